/* SPDX-License-Identifier: GPL-3.0-or-later */
/* sum and product. */
#ifndef SYMBOLIC_STABILITY_SUMS_H
#define SYMBOLIC_STABILITY_SUMS_H

#include "base/builtin.h"

extern const Builtin sums_builtins[];

#endif
