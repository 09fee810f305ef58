/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Antiderivatives for first integrals and for y'' = f(x): term by term of the partial fractions, where each term is a multiple of the
 * derivative of a row of the table, with u for the letter or a linear inner argument; fractions with a quadratic
 * denominator by logarithm and arc tangent. A table for a solver, no integrator: NULL where no row fits. */
#include "symbolic/algebra/poly.h"
#include "symbolic/algebra/simplify.h"
#include "symbolic/calculus/diff.h"
#include "symbolic/variation/ode.h"

#include "base/vec.h"

static const char *const rows[] = {
    "u", "u^2", "log(u)", "u*log(u) - u", "sin(u)", "cos(u)", "exp(u)", "sinh(u)", "cosh(u)", "tan(u)", "1/tan(u)", "log(cos(u))", "log(sin(u))",
    "log(tan(u/2))", "log(1/cos(u) + tan(u))", "tanh(u)", "1/tanh(u)", "log(cosh(u))", "log(sinh(u))", "2*atan(exp(u))",
    "asin(u)", "asinh(u)", "acosh(u)", "atan(u)", "sqrt(1 - u^2)", "sqrt(1 + u^2)", "u*asin(u) + sqrt(1 - u^2)", "u*atan(u) - log(1 + u^2)/2",
    "(u*sqrt(1 + u^2) + asinh(u))/2", "(u*sqrt(1 - u^2) + asin(u))/2", "u/2 - sin(u)*cos(u)/2", "u/2 + sin(u)*cos(u)/2", "exp(u)*(u - 1)",
};

typedef struct Table {
    Pool       *pool;
    Arena      *arena;
    const Expr *x;
} Table;

/* f = c*F' with c free of x gives c*F. */
static const Expr *multiple_of(const Table *t, const Expr *f, const Expr *candidate)
{
    Pool       *p = t->pool;
    const Expr *d = candidate ? expr_diff(p, candidate, t->x) : NULL;
    const Expr *ratio = d && !expr_is_zero(d) ? expr_simplify(p, expr_div(p, f, d)) : NULL;
    return ratio && !expr_depends(p, ratio, t->x) ? expr_mul(p, ratio, candidate) : NULL;
}

/* Linear bases and arguments in f: what u may stand for. */
static void inner_of(const Table *t, const Expr *f, const Expr **u, size_t *n, size_t most)
{
    Nodes nodes = expr_nodes(t->pool, t->arena, &f, 1);
    u[(*n)++] = t->x;
    for (size_t i = 0; i < nodes.n; i++) {
        const Expr  *e = nodes.at[i], *v = e->kind == EXPR_CALL || e->kind == EXPR_POW ? e->arg[0] : NULL, **c;
        bool         linear = v && expr_depends(t->pool, v, t->x) && expr_coefficients(t->pool, t->arena, v, t->x, 1, &c) == 1;
        for (size_t k = 0; k < *n; k++)
            linear = linear && u[k] != v;
        if (linear && *n < most)
            u[(*n)++] = v;
    }
}

/* (p*x + q)/(a*x^2 + b*x + c) without real poles: p/(2a)*log of the denominator, and an arc tangent. */
static const Expr *quadratic_fraction(const Table *t, const Expr *f)
{
    Pool        *p = t->pool;
    const Expr  *top, *bottom, **u, **v, *unused, *zero = expr_int(p, 0);
    expr_fraction(p, f, &top, &bottom);
    slong n = expr_coefficients(p, t->arena, top, t->x, 1, &u), m = expr_coefficients(p, t->arena, bottom, t->x, 2, &v);
    if (n < 0 || m != 2)
        return NULL;
    const Expr *in[] = { v[2], v[1], v[0] }, *gap = expr_simplify(p, pool_read(p, "4*u*w - v^2", in, 3));
    if (!gap || ode_sign(p, t->arena, gap, &unused) <= 0)
        return NULL;
    const Expr *lead = expr_div(p, n == 1 ? u[1] : zero, expr_mul(p, expr_int(p, 2), v[2])), *size = expr_simplify(p, expr_pow(p, gap, expr_ratio(p, 1, 2)));
    const Expr *rest = expr_sub(p, u[0], expr_mul(p, lead, v[1])), *arg[] = { size, expr_add(p, expr_mul(p, expr_int(p, 2), expr_mul(p, v[2], t->x)), v[1]), rest };
    return expr_add(p, expr_mul(p, lead, expr_call1(p, FN_log, bottom)), pool_read(p, "2*w/u*atan(v/u)", arg, 3));
}

static const Expr *of_term(const Table *t, const Expr *f)
{
    const Expr *u[8];
    size_t      n = 0;
    if (!expr_depends(t->pool, f, t->x))
        return expr_mul(t->pool, f, t->x);
    inner_of(t, f, u, &n, 8);
    for (size_t k = 0; k < n; k++) {
        for (slong power = -6; power <= 6; power++) {
            const Expr *found = multiple_of(t, f, expr_pow(t->pool, u[k], expr_ratio(t->pool, power, 2)));
            if (found)
                return found;
        }
        for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
            const Expr *found = multiple_of(t, f, pool_read(t->pool, rows[i], &u[k], 1));
            pool_clear_error(t->pool);
            if (found)
                return found;
        }
    }
    return quadratic_fraction(t, f);
}

const Expr *ode_antiderivative(Pool *p, Arena *a, const Expr *f, const Expr *x)
{
    Table       t = { p, a, x };
    const Expr *apart = expr_apart(p, f, x), *e = apart ? apart : f, *sum = expr_int(p, 0), *whole = of_term(&t, f);
    if (whole)
        return whole;
    for (uint32_t i = 0; i < (e->kind == EXPR_ADD ? e->arity : 1) && sum; i++)
        sum = expr_add(p, sum, of_term(&t, e->kind == EXPR_ADD ? e->arg[i] : e));
    pool_clear_error(p);
    return sum;
}
