/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Expressions run in a number format, operation by operation as they were typed. */
#ifndef SYMBOLIC_TAPE_RUN_H
#define SYMBOLIC_TAPE_RUN_H

#include "base/builtin.h"
#include "base/report.h"
#include "numeric/format.h"
#include "symbolic/expr/expr.h"

/* The n scalars without free names, run in f; lanes of f in the arena, NULL with pool_error(). What was not typed as an operation (a
 * stored value, sqrt(2) + 1 as one number) enters as its exact value, rounded once. seed: of stochastic rounding. */
void       *expr_run(Pool *p, Arena *a, const Expr *const *e, size_t n, const Format *f, uint64_t seed);

/* e with its exact parts (literals, stored values) as the numbers of the format that they become: its exact value is what perfect arithmetic on
 * rounded data would give. NULL with pool_error(). */
const Expr *expr_with_rounded_parts(Pool *p, Arena *a, const Expr *e, const Format *f);

/* The exact value of a lane: a rational number, oo, -oo, or undefined for NaN; an enclosure stays a ball. */
const Expr *expr_of_lane(Pool *p, const Format *f, const void *lane);

/* e (a number, vector or matrix without free names) run in f: the value, the true value, the error in units of the last place, the
 * encoding; where it is infinite or NaN, the operation that made it so. A condition gives its truth value. */
Value       run_report(Pool *p, Arena *a, const Expr *e, const Format *f, const Settings *settings);

/* format_table.c: e in each of the formats, as one table. */
Value       run_in_formats(Pool *p, Arena *a, const Expr *e, const List *formats, const Settings *settings);

extern const Builtin run_builtins[];                /* formats, bits */

#endif
