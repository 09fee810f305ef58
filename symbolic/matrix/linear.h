/* SPDX-License-Identifier: GPL-3.0-or-later */
/* dot, norm, det and their kin. */
#ifndef SYMBOLIC_MATRIX_LINEAR_H
#define SYMBOLIC_MATRIX_LINEAR_H

#include "base/builtin.h"

extern const Builtin linear_builtins[];

#endif
