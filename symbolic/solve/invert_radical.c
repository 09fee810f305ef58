/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Equations with roots of expressions in x. A root r = u^(1/q) of a linear u is a new unknown, x = (r^q - c)/m; else a square
 * root is removed by A + B*r = 0 => A^2 = B^2*u, a cube root by its norm. What is too much falls out when it is put back. */
#include "symbolic/solve/invert_int.h"

#include "symbolic/algebra/poly.h"

enum { MOST_ROOT = 24, MOST_LEAVES = 16, MOST_DEGREE = 40 };

bool is_radical(const Expr *e)
{
    return expr_is_call(e, FN_cbrt) || (e->kind == EXPR_POW && expr_is_number(e->arg[1]) && !expr_is_integer(e->arg[1]));
}

/* The common root of all powers of u: u^(1/q). Each of them becomes a power of r. */
static const Expr *by_root(Inverter *s, const Expr *f, const Found *leaf, const Expr *first, const Expr *r, slong *q)
{
    Pool       *p = s->pool;
    const Expr *u = first->arg[0], *from[MOST_LEAVES], *to[MOST_LEAVES];
    fmpz_t      common;
    size_t      n = 0;
    bool        cube = expr_is_call(first, FN_cbrt);
    fmpz_init_set_ui(common, cube ? 3 : 1);
    for (size_t i = 0; i < leaf->n && !cube; i++)
        if (leaf->at[i]->kind == EXPR_POW && is_radical(leaf->at[i]) && leaf->at[i]->arg[0] == u)
            fmpz_lcm(common, common, fmpq_denref(expr_number(leaf->at[i]->arg[1])));
    *q = fmpz_cmp_si(common, MOST_ROOT) <= 0 ? fmpz_get_si(common) : 0;
    for (size_t i = 0; i < leaf->n && n < MOST_LEAVES && *q; i++) {
        const Expr *e = leaf->at[i];
        if (cube ? e != first : !(e->kind == EXPR_POW && is_radical(e) && e->arg[0] == u))
            continue;
        from[n] = e;
        to[n++] = cube ? r : expr_pow(p, r, expr_mul(p, e->arg[1], expr_int(p, *q)));
    }
    fmpz_clear(common);
    return *q ? expr_subst(p, f, from, to, n) : NULL;
}

/* The product of f over all values of r with r^q = u, q = 2 or 3; NULL if f has too high a degree. */
static const Expr *norm(Inverter *s, const Expr *f, const Expr *r, slong q, const Expr *u)
{
    Pool        *p = s->pool;
    const Expr **c, *part[3] = { expr_int(p, 0), expr_int(p, 0), expr_int(p, 0) }, *num, *den;
    expr_fraction(p, expr_together(p, f), &num, &den);
    slong degree = expr_coefficients(p, s->arena, num, r, MOST_DEGREE, &c);
    if (degree < 0 || q < 2 || q > 3)
        return NULL;
    for (slong i = 0; i <= degree; i++)
        part[i % q] = expr_add(p, part[i % q], expr_mul(p, c[i], expr_powi(p, u, i / q)));
    if (q == 2)
        return expr_sub(p, expr_powi(p, part[0], 2), expr_mul(p, u, expr_powi(p, part[1], 2)));
    const Expr *sum = expr_add(p, expr_powi(p, part[0], 3), expr_mul(p, u, expr_powi(p, part[1], 3)));
    sum = expr_add(p, sum, expr_mul(p, expr_powi(p, u, 2), expr_powi(p, part[2], 3)));
    return expr_sub(p, sum, expr_mul(p, expr_mul(p, expr_int(p, 3), u), expr_mul(p, part[0], expr_mul(p, part[1], part[2]))));
}

bool invert_radicals(Inverter *s, const Expr *f, const Found *leaf, const Expr *x, Found *out)
{
    Pool        *p = s->pool;
    const Expr  *first = NULL, *r = expr_fresh(p, expr_symbol(p, STR("r"))), **c;
    slong        q;
    bool         plain = true;
    for (size_t i = 0; i < leaf->n; i++) {
        if (is_radical(leaf->at[i]) && !first)
            first = leaf->at[i];
        plain = plain && (leaf->at[i] == x || (is_radical(leaf->at[i]) && leaf->at[i]->arg[0] == first->arg[0] && leaf->at[i]->kind == first->kind));
    }
    const Expr *g = by_root(s, f, leaf, first, r, &q), *u = first->arg[0];
    if (!g)
        return invert_fail(s, "its roots are too many");
    if (plain && expr_coefficients(p, s->arena, u, x, 1, &c) == 1) {
        const Expr *place = expr_div(p, expr_sub(p, expr_powi(p, r, q), c[0]), c[1]);
        Found       value = { 0 };
        if (!invert_zero(s, expr_subst(p, g, &x, &place, 1), r, &value))
            return false;
        for (size_t i = 0; i < value.n; i++)
            found_add(s, out, expr_expand(p, expr_subst(p, place, &r, &value.at[i], 1)));
        return true;
    }
    const Expr *product = norm(s, g, r, q, u);
    return product ? invert_zero(s, product, x, out) : invert_fail(s, "its roots are too many");
}
