/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Expressions over the rows of a table. */
#ifndef SYMBOLIC_DATA_TABLE_H
#define SYMBOLIC_DATA_TABLE_H

#include "base/builtin.h"
#include "symbolic/tape/compile.h"

/* A machine for the program in f (which must outlive it) whose columns are those of the program's table; `inputs` as given to expr_compile. */
Machine    *program_machine(Arena *a, const Program *program, size_t inputs, const Format *f);
size_t      axis_rows(const Expr *axis);
/* The axis along which e varies, or over which it already holds a mean; NULL: none, or a sum, which batches would change. */
const Expr *axis_of_mean(Pool *p, const Expr *e);
/* Sum and mean of e over the rows. */
const Expr *axis_sum(Pool *p, const Expr *axis, const Expr *e);
const Expr *axis_mean(Pool *p, const Expr *axis, const Expr *e);
/* e, over the rows of one table, over those of another, whose columns have the same names. NULL with pool_error(). */
const Expr *axis_exchange(Pool *p, const Expr *e, const Expr *axis, const Expr *other);
/* If e holds no free name but columns: its exact value where e is rational in them, else a ball with that many digits. */
const Expr *axis_value(Pool *p, const Expr *e, size_t digits);

extern const Builtin table_builtins[];             /* mean count */

#endif
