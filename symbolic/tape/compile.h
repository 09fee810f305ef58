/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From expressions to a tape: common subexpressions once, values that vary over lanes apart from uniform ones, constants
 * exact. Expressions as typed keep every operation that was typed, in its order; canonical ones are free to share a division or
 * to multiply out a small power. */
#ifndef SYMBOLIC_TAPE_COMPILE_H
#define SYMBOLIC_TAPE_COMPILE_H

#include "numeric/tape.h"
#include "symbolic/expr/expr.h"

typedef struct CompileInput {
    const Expr *symbol;             /* a number; a uniform input may be a vector or matrix */
    bool        column;             /* its values are lanes: data, points of a plot, the parameters of an optimizer rule */
    uint32_t    rows, cols;         /* of a vector or matrix, what its lengths are; else 0 or 1 */
} CompileInput;

typedef struct Program {
    const Tape *tape;
    const Expr *axis;               /* of the table whose columns are read; NULL: none */
    size_t      n_columns;          /* inputs behind those asked for, one per column of the table that is read */
    const size_t *column;           /* their numbers in the table */
} Program;

/* The tape of the outputs, in the arena: numbers, or uniform vectors and matrices, entries row by row. Uniform inputs lie one behind the other in the order given (machine_input of the
 * first one addresses all of them), so do uniform outputs. Numbers that the tape holds belong to the pool.
 * False with pool_error(): a name or length without value, the imaginary unit, something that is no number, two tables at once. */
bool expr_compile(Pool *p, Arena *a, const CompileInput *input, size_t inputs, const Expr *const *output, size_t outputs, Program *out);

#endif
