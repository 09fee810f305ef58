/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From an expression and its variables to an Objective of numeric/, and numbers of a format back to expressions. */
#ifndef SYMBOLIC_TAPE_OBJECTIVE_H
#define SYMBOLIC_TAPE_OBJECTIVE_H

#include "numeric/objective.h"
#include "symbolic/tape/compile.h"

/* f as a function of x[0..n-1], numbers or vectors and matrices of the sizes given, in the format, which must outlive it: the mean over the
 * rows where f varies along a table. Its parameters are the entries of all x, one behind the other. The Hessian (of numbers
 * only) and the product of the Hessian with a vector are made if asked for. False with pool_error(): a name without value, a missing entry of a column, a derivative without rule. */
typedef enum ObjectivePart { PART_VALUE, PART_GRADIENT, PART_HESSIAN, PART_PRODUCT, PART_RESIDUALS } ObjectivePart;
enum { OBJECTIVE_PARTS = PART_RESIDUALS + 1 };
enum { OBJECTIVE_VALUE = 1 << PART_VALUE, OBJECTIVE_HESSIAN = 1 << PART_HESSIAN, OBJECTIVE_PRODUCT = 1 << PART_PRODUCT, OBJECTIVE_RESIDUALS = 1 << PART_RESIDUALS };
bool        objective_make(Pool *p, Arena *a, const Expr *f, const CompileInput *x, size_t n, const Format *format, unsigned extras, Objective *out);

/* The same in two steps, for several formats: the tapes are compiled when a format first asks for them. x must outlive it. */
typedef struct ObjectiveCode {
    Pool               *pool;
    Arena              *arena;
    const CompileInput *x;
    size_t              n, parameters, residuals;
    const Expr         *f, **symbol, **output, *axis;       /* output: f, then its gradient */
    Program             program[OBJECTIVE_PARTS];
    size_t              inputs[OBJECTIVE_PARTS];
    bool                made[OBJECTIVE_PARTS], by_lanes;    /* by_lanes: the Hessian is a product with the unit vectors, one in each lane */
} ObjectiveCode;

bool        objective_code(Pool *p, Arena *a, const Expr *f, const CompileInput *x, size_t n, ObjectiveCode *out);
/* Instead of its own gradient: these outputs (the value, then the slopes) of these inputs, which begin with x. */
bool        objective_compile_gradient(ObjectiveCode *c, const CompileInput *in, size_t inputs, const Expr *const *output);
bool        objective_bind(ObjectiveCode *c, const Format *f, unsigned parts, Objective *out);       /* the gradient is always among them */

/* The number of a lane, exactly, shown with the shortest digits that read back, at most so many (0: all). oo and undefined as they are. */
const Expr *float_expr(Pool *p, Arena *a, const Format *f, const void *lane, size_t digits);
const Expr *double_expr(Pool *p, Arena *a, double x, size_t digits);

#endif
