/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Systems that are not polynomial, or hold letters: an equation that is linear in one unknown with a coefficient free of all of them
 * gives that unknown, which is put into the others; the last equation is solved alone. Each solution is put back. */
#include "symbolic/solve/solve_int.h"

#include "symbolic/algebra/poly.h"
#include "symbolic/algebra/simplify.h"
#include "symbolic/algebra/zero.h"
#include "symbolic/expr/show.h"
#include "symbolic/solve/invert.h"
#include "symbolic/solve/solve.h"

typedef struct Chain {              /* the unknowns that are left, and what the others are in them */
    Problem     *s;
    const Expr **value;             /* of each unknown, or itself */
    bool        *gone;
    const Expr **e;                 /* what is left of the equations; NULL: used */
    const Expr  *nonzero;
} Chain;

/* Is f = c1*x + c0 with c1 free of all unknowns? Then *value is -c0/c1. */
static bool linear_in(Chain *k, const Expr *f, size_t j, const Expr **value)
{
    Pool        *p = k->s->c->pool;
    const Expr  *num, *den, **c, *whole = expr_together(p, f);
    if (!whole)
        return false;
    expr_fraction(p, whole, &num, &den);
    if (expr_coefficients(p, k->s->c->arena, num, k->s->x[j], 1, &c) != 1)
        return false;
    for (size_t i = 0; i < k->s->unknowns; i++)
        if (expr_depends(p, c[1], k->s->x[i]))
            return false;
    *value = expr_div(p, expr_neg(p, c[0]), c[1]);
    if (*value && !expr_is_numeric(c[1]))
        k->nonzero = k->nonzero ? expr_mul(p, k->nonzero, c[1]) : c[1];
    return *value != NULL;
}

static bool eliminate_one(Chain *k)
{
    Problem *s = k->s;
    Pool    *p = s->c->pool;
    for (size_t i = 0; i < s->n; i++)
        for (size_t j = 0; j < s->unknowns; j++) {
            const Expr *v;
            if (!k->e[i] || k->gone[j] || !expr_depends(p, k->e[i], s->x[j]) || !linear_in(k, k->e[i], j, &v))
                continue;
            k->e[i] = NULL;
            k->gone[j] = true;
            k->value[j] = v;
            for (size_t m = 0; m < s->n; m++)
                if (k->e[m] && !(k->e[m] = expr_subst(p, k->e[m], &s->x[j], &v, 1)))
                    return false;
            for (size_t m = 0; m < s->unknowns; m++)
                if (k->gone[m] && !(k->value[m] = expr_subst(p, k->value[m], &s->x[j], &v, 1)))
                    return false;
            return true;
        }
    return false;
}

static bool back(Chain *k, const Expr *last, const Expr *root, Value *out)
{
    Problem     *s = k->s;
    Pool        *p = s->c->pool;
    const Expr **at = arena_array(s->c->arena, const Expr *, s->unknowns);
    for (size_t j = 0; j < s->unknowns; j++) {
        at[j] = k->gone[j] ? expr_subst(p, k->value[j], &last, &root, 1) : root;
        const Expr *simple = at[j] ? expr_simplify(p, at[j]) : NULL;
        if (!at[j])
            return pool_clear_error(p), false;
        at[j] = simple ? simple : at[j];
    }
    for (size_t i = 0; i < s->n; i++) {
        const Expr *left = expr_subst(p, s->e[i], s->x, at, s->unknowns);
        if (!left || !expr_agrees(p, left, expr_int(p, 0)))
            return pool_clear_error(p), false;
    }
    *out = named_solution(s, at);
    return true;
}

bool solve_by_substitution(Problem *s, Value *out)
{
    Call   *c = s->c;
    Pool   *p = c->pool;
    Chain   k = { s, arena_copy(c->arena, s->x, s->unknowns * sizeof *s->x), arena_array(c->arena, bool, s->unknowns), arena_copy(c->arena, s->e, s->n * sizeof *s->e), NULL };
    size_t  left = SIZE_MAX, open = 0;
    const Expr *f = NULL;
    for (size_t i = 1; i < s->unknowns; i++)
        if (!eliminate_one(&k))
            return pool_clear_error(p), false;
    for (size_t j = 0; j < s->unknowns; j++)
        left = k.gone[j] ? left : j;
    for (size_t i = 0; i < s->n; i++)
        if (k.e[i] && expr_zero_test(p, k.e[i]).answer != YES) {
            f = k.e[i];
            open++;
        }
    if (open != 1)
        return false;
    Roots   r = expr_solve_real(p, c->arena, f, s->x[left]);
    Inverse v = { .found = r.found, .n = r.n, .at = r.at, .every = r.every };
    pool_clear_error(p);
    if (v.found == UNKNOWN)
        v = expr_solve_inverting(p, c->arena, f, s->x[left]);
    if (v.found == UNKNOWN || v.every || v.whole || v.conditions)
        return false;
    Value *item = arena_array(c->arena, Value, v.n + 1);
    size_t n = 0;
    for (size_t i = 0; i < v.n; i++)
        n += back(&k, s->x[left], v.at[i], &item[n]);
    *out = n ? value_list(c->arena, item, n) : value_text(STR("no real solution"));
    const Expr *nonzero = r.assumed_nonzero ? (k.nonzero ? expr_mul(p, k.nonzero, r.assumed_nonzero) : r.assumed_nonzero) : k.nonzero;
    if (n && nonzero) {
        Buf b = buf_new(c->arena);
        buf_add_s(&b, "if ");
        expr_show(&b, p, nonzero, (ShowStyle){ .unicode = c->settings->unicode, .digits = c->settings->digits });
        buf_add_s(&b, " != 0");
        out->note = buf_str(&b);
    }
    return true;
}
