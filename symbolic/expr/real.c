/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is surely real, and what is surely not negative, for all real values of the symbols at which it is defined. Constructors
 * ask this before log(exp(u)) becomes u or abs(u) becomes u: asin(2), sqrt(x) and acosh(1/2) look real and are not. Both
 * answers are flags of the node, computed once from those of its arguments; no answer means "not known". Assumptions do not
 * enter: a node means the same in every line. */
#include "symbolic/expr/expr_int.h"

enum { REAL = EXPR_REAL, NONNEGATIVE = EXPR_REAL | EXPR_NONNEGATIVE };

static uint16_t of_leaf(const Expr *e)
{
    if (e->kind == EXPR_NUMBER)
        return fmpq_sgn(&e->number) >= 0 ? NONNEGATIVE : REAL;
    if (e->kind == EXPR_SYMBOL)
        return expr_is_positive_symbol(e) ? NONNEGATIVE : REAL;
    if (e->kind == EXPR_BALL && arb_is_zero(acb_imagref(e->ball->value)))
        return arb_is_nonnegative(acb_realref(e->ball->value)) ? NONNEGATIVE : REAL;
    if (e->kind == EXPR_CONSTANT && (e->constant == CONSTANT_PI || e->constant == CONSTANT_E || e->constant == CONSTANT_EULER))
        return NONNEGATIVE;
    return 0;
}

/* What all of arg[0], arg[step], ... have. */
static uint16_t common(const Expr *const *arg, size_t n)
{
    uint16_t f = NONNEGATIVE;
    for (size_t i = 0; i < n; i++)
        f &= arg[i]->flags;
    return f;
}

static uint16_t of_power(const Expr *a, const Expr *b)
{
    bool whole = expr_is_integer(b);
    if ((a->flags & EXPR_NONNEGATIVE) && (whole || (b->flags & EXPR_REAL)))
        return NONNEGATIVE;
    if (!whole || !(a->flags & EXPR_REAL))
        return 0;
    return fmpz_is_even(fmpq_numref(expr_number(b))) ? NONNEGATIVE : REAL;
}

static uint16_t of_piecewise(const Expr *const *arg, size_t n)
{
    uint16_t f = arg[n - 1]->flags & NONNEGATIVE;
    for (size_t i = 1; i < n; i += 2)
        f &= arg[i]->flags;
    return f;
}

/* A function without a proof of leaving its domain is real on the reals; the others are real where u >= 0 at least, or not
 * known to be. */
static uint16_t of_call(const FnRow *fn, const Expr *const *arg, size_t n)
{
    uint16_t all = common(arg, n), any = 0;
    for (size_t i = 0; i < n; i++)
        any |= arg[i]->flags & EXPR_NONNEGATIVE;
    switch ((int)fn->id) {
    case FN_abs: case FN_hypot:
        return NONNEGATIVE;
    case FN_re: case FN_im: case FN_arg:
        return REAL;
    case FN_log: case FN_log2: case FN_log10: case FN_ci: case FN_chi: case FN_li: case FN_lgamma: case FN_lambertw:
        return all & EXPR_NONNEGATIVE ? REAL : 0;
    case FN_log1p:
        return all & NONNEGATIVE;
    case FN_root_of:                /* a negative number marks a root that is not real */
        return arg[0]->flags & EXPR_NONNEGATIVE ? REAL : 0;
    case FN_besselj: case FN_besseli:
        return (all & EXPR_REAL) && (arg[1]->flags & EXPR_NONNEGATIVE || expr_is_integer(arg[0])) ? REAL : 0;
    default:
        break;
    }
    if (!(all & EXPR_REAL) || fn->outside)
        return 0;
    switch ((int)fn->id) {
    case FN_exp: case FN_cosh: case FN_sech: case FN_erfc: case FN_sigmoid: case FN_softplus: case FN_relu:
        return NONNEGATIVE;
    case FN_max:
        return any ? NONNEGATIVE : REAL;
    case FN_min: case FN_sign: case FN_floor: case FN_ceil: case FN_round: case FN_gamma: case FN_factorial: case FN_cbrt:
    case FN_sinh: case FN_tanh: case FN_atan: case FN_asinh: case FN_erf: case FN_conj: case FN_expm1: case FN_stop_gradient:
        return all;
    default:
        return REAL;
    }
}

uint16_t real_flags(const Expr *e, const Expr *const *arg, size_t n)
{
    switch ((ExprKind)e->kind) {
    case EXPR_NUMBER: case EXPR_BALL: case EXPR_CONSTANT: case EXPR_SYMBOL:
        return of_leaf(e);
    case EXPR_ADD: case EXPR_MUL: case EXPR_DIV:
        return common(arg, n);
    case EXPR_SUB: case EXPR_NEG: case EXPR_UNKNOWN:
        return common(arg, n) & EXPR_REAL;
    case EXPR_POW:       return of_power(arg[0], arg[1]);
    case EXPR_CALL:      return of_call(e->fn, arg, n);
    case EXPR_PIECEWISE: return of_piecewise(arg, n);
    case EXPR_COLUMN: case EXPR_COUNT:
        return REAL;
    case EXPR_OVER:
        return common(arg, n) & EXPR_REAL;
    case EXPR_MATMUL: case EXPR_MATRIX:
        return common(arg, n) & EXPR_REAL;
    case EXPR_RELATION: case EXPR_AND: case EXPR_OR: case EXPR_NOT: case EXPR_TENSOR: case EXPR_ORDER: case EXPR_AXIS:
        return 0;
    }
    return 0;
}
