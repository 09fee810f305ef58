/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Canonical expressions as somebody would type them: a sum is added from the left in its printed order with negative terms subtracted,
 * negative powers are divisions, half powers are roots, and a rational coefficient multiplies above and divides below. */
#include "symbolic/expr/operations.h"

#include "base/sort.h"
#include "symbolic/expr/walk.h"

#include <stdlib.h>

static const Expr *node2(Pool *p, ExprKind kind, const Expr *a, const Expr *b)
{
    return typed_node(p, kind, (const Expr *const[]){ a, b }, 2);
}

static const Expr *joined(Pool *p, ExprKind kind, const Expr *left, const Expr *right)
{
    return left ? node2(p, kind, left, right) : right;
}

static const Expr *magnitude(Pool *p, const fmpz_t n)
{
    fmpz_t m;
    fmpz_init(m);
    fmpz_abs(m, n);
    const Expr *e = expr_fmpz(p, m);
    fmpz_clear(m);
    return e;
}

/* base^exponent with a rational exponent, its sign left out. */
static const Expr *power_form(Pool *p, const Expr *base, const fmpq_t exponent)
{
    fmpq_t size;
    fmpq_init(size);
    fmpq_abs(size, exponent);
    const Expr *e = fmpq_is_one(size) ? base
                  : fmpz_is_one(fmpq_numref(size)) && fmpz_equal_si(fmpq_denref(size), 2) ? typed_call(p, &fn_rows[FN_sqrt], &base, 1)
                  : node2(p, EXPR_POW, base, expr_fmpq(p, size));
    fmpq_clear(size);
    return e;
}

/* A factor joins the numerator or the denominator. `form` holds the typed forms of e's arguments. */
static void place_factor(Pool *p, const Expr *e, const Expr *form, const Expr **above, const Expr **below)
{
    bool power = e->kind == EXPR_POW && expr_is_number(e->arg[1]) && expr_number_sign(e->arg[1]) < 0;
    if (power && form->kind == EXPR_DIV && expr_is_one(form->arg[0]))
        *below = joined(p, EXPR_MUL, *below, form->arg[1]);
    else
        *above = joined(p, EXPR_MUL, *above, form);
}

static const Expr *product_form(Pool *p, const Expr *e, const Expr *const *form)
{
    const Expr *above = NULL, *below = NULL;
    bool        negative = false;
    size_t      first = 0;
    if (expr_is_number(e->arg[0])) {
        const fmpq *q = expr_number(e->arg[0]);
        negative = fmpq_sgn(q) < 0;
        above = fmpz_is_pm1(fmpq_numref(q)) ? NULL : magnitude(p, fmpq_numref(q));
        below = fmpz_is_one(fmpq_denref(q)) ? NULL : expr_fmpz(p, fmpq_denref(q));
        first = 1;
    }
    for (size_t i = first; i < e->arity; i++)
        place_factor(p, e->arg[i], form[i], &above, &below);
    above = above ? above : expr_int(p, 1);
    above = below ? node2(p, EXPR_DIV, above, below) : above;
    return negative ? typed_node(p, EXPR_NEG, &above, 1) : above;
}

typedef struct Term { const Expr *e, *form; Pool *p; } Term;

static int term_order(const void *x, const void *y)
{
    const Term *a = x, *b = y;
    return expr_display_cmp(a->p, a->e, b->e);
}

static const Expr *sum_form(Pool *p, Arena *a, const Expr *e, const Expr *const *form)
{
    Term       *term = arena_array(a, Term, e->arity);
    const Expr *sum = NULL;
    for (uint32_t i = 0; i < e->arity; i++)
        term[i] = (Term){ e->arg[i], form[i], p };
    qsort(term, e->arity, sizeof *term, term_order);
    for (uint32_t i = 0; i < e->arity; i++) {
        const Expr *t = term[i].form;
        bool        number = expr_is_number(t) && expr_number_sign(t) < 0;
        if (sum && t->kind == EXPR_NEG)
            sum = node2(p, EXPR_SUB, sum, t->arg[0]);
        else if (sum && number)
            sum = node2(p, EXPR_SUB, sum, expr_neg(p, t));
        else
            sum = joined(p, EXPR_ADD, sum, t);
    }
    return sum;
}

static const Expr *pow_form(Pool *p, const Expr *e, const Expr *const *form)
{
    if (!expr_is_number(e->arg[1]))
        return node2(p, EXPR_POW, form[0], form[1]);
    const Expr *power = power_form(p, form[0], expr_number(e->arg[1]));
    return expr_number_sign(e->arg[1]) < 0 ? node2(p, EXPR_DIV, expr_int(p, 1), power) : power;
}

static const Expr *node_form(void *none, Pool *p, Arena *a, const Expr *e, const Expr *const *form)
{
    (void)none;
    if (e->arity == 0)
        return e;
    if (e->kind == EXPR_ADD && !(e->flags & EXPR_AS_TYPED))
        return sum_form(p, a, e, form);
    if (e->kind == EXPR_MUL && !(e->flags & EXPR_AS_TYPED))
        return product_form(p, e, form);
    if (e->kind == EXPR_POW && !(e->flags & EXPR_AS_TYPED))
        return pow_form(p, e, form);
    if (e->kind == EXPR_CALL && e->fn->max_args < 0) {          /* max of several numbers: from the left */
        const Expr *r = form[0];
        for (uint32_t i = 1; i < e->arity; i++)
            r = typed_call(p, e->fn, (const Expr *const[]){ r, form[i] }, 2);
        return r;
    }
    return e->kind == EXPR_CALL ? typed_call(p, e->fn, form, e->arity) : typed_remake(p, e, form);
}

const Expr *expr_typed_form(Pool *p, const Expr *e)
{
    return expr_walk(p, e, node_form, NULL);
}
