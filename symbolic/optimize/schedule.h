/* SPDX-License-Identifier: GPL-3.0-or-later */
/* schedule(cosine(T: 100), lr: 0.1): the rates of a schedule as a table. */
#ifndef SYMBOLIC_OPTIMIZE_SCHEDULE_H
#define SYMBOLIC_OPTIMIZE_SCHEDULE_H

#include "base/builtin.h"

extern const Builtin schedule_builtins[];

#endif
