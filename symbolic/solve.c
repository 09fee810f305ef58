/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Exact solutions. One equation: the numerator of the fraction in lowest terms is factored over the rationals, factors that
 * are linear or quadratic in the unknown give the roots (in x^k too, for x^2n + b x^n + c by its factors only). Linear
 * systems: elimination over expressions with the proof of zero deciding pivots. Every solution is substituted back. */
#include "symbolic/solve.h"
#include "symbolic/poly.h"
#include "symbolic/show.h"
#include "symbolic/simplify.h"
#include "symbolic/zero.h"
#include "base/interrupt.h"

enum { DEGREE_LIMIT = 2000 };

/* Fails only on proof: balls that differ. */
static bool satisfies(Pool *p, const Expr *e, const Expr *x, const Expr *root)
{
    const Expr *at = expr_subst(p, e, &x, &root, 1);
    if (!at) {
        pool_clear_error(p);
        return false;               /* a pole */
    }
    return expr_normal_is_zero(p, at) || expr_agrees(p, at, expr_int(p, 0));
}

/* ---- one equation --------------------------------------------------------------------------------------------------- */

static Roots unsolved(const char *why)
{
    return (Roots){ .found = UNKNOWN, .why = why };
}

/* c[0] + c[1]*x + c[2]*x^2, exactly as the schoolbook has it; returns the number of roots. */
static size_t quadratic(Pool *p, const Expr *const *c, const Expr **out)
{
    const Expr *four = expr_mul(p, expr_int(p, 4), expr_mul(p, c[2], c[0]));
    const Expr *inner = expr_factor(p, expr_sub(p, expr_powi(p, c[1], 2), four));
    const Expr *root = expr_pow(p, inner, expr_ratio(p, 1, 2)), *twice = expr_mul(p, expr_int(p, 2), c[2]);
    const Expr *centre = expr_div(p, expr_neg(p, c[1]), twice), *half = expr_div(p, root, twice);
    out[0] = expr_sub(p, centre, half);
    out[1] = expr_add(p, centre, half);
    if (half && centre && half->kind == EXPR_NUMBER && expr_number_sign(half) < 0) {
        const Expr *swap = out[0];
        out[0] = out[1];
        out[1] = swap;
    }
    return expr_is_zero(inner) ? 1 : 2;
}

/* Ascending where both are rational, stable otherwise. */
static void insert_root(Roots *r, const Expr *root)
{
    size_t at = r->n;
    for (size_t i = 0; i < r->n; i++)
        if (r->at[i] == root)
            return;
    fmpq_t gap;
    fmpq_init(gap);
    while (at > 0 && expr_is_number(root) && expr_is_number(r->at[at - 1])) {
        fmpq_sub(gap, expr_number(root), expr_number(r->at[at - 1]));
        if (fmpq_sgn(gap) > 0)
            break;
        r->at[at] = r->at[at - 1];
        at--;
    }
    fmpq_clear(gap);
    r->at[at] = root;
    r->n++;
}

/* Adds the roots of one factor; false if its degree is beyond us. */
static bool factor_roots(Pool *p, Arena *a, const Expr *factor, const Expr *x, Roots *r)
{
    const Expr **c, *root[2];
    if (!expr_depends(p, factor, x))
        return true;
    slong degree = expr_coefficients(p, a, factor, x, DEGREE_LIMIT, &c);
    if (degree == 1)
        root[0] = expr_div(p, expr_neg(p, c[0]), c[1]);
    size_t n = degree == 1 ? 1 : degree == 2 ? quadratic(p, c, root) : 0;
    if (n == 0)
        return degree == 0;
    if (!expr_is_numeric(c[degree]))
        r->assumed_nonzero = r->assumed_nonzero ? expr_mul(p, r->assumed_nonzero, c[degree]) : c[degree];
    for (size_t i = 0; i < n; i++) {
        if (!root[i])
            return false;
        insert_root(r, root[i]);
    }
    return true;
}

Roots expr_solve(Pool *p, Arena *a, const Expr *e, const Expr *x)
{
    const Expr *num, *den, *whole = expr_together(p, e), **c;
    if (!whole)
        return unsolved("the equation has no value");
    expr_fraction(p, whole, &num, &den);
    if (expr_normal_is_zero(p, num))
        return unsolved("every value is a solution");
    if (!expr_depends(p, num, x))
        return num->kind == EXPR_NUMBER ? (Roots){ .found = NO } : unsolved("the unknown does not occur");
    slong degree = expr_coefficients(p, a, num, x, DEGREE_LIMIT, &c);
    if (degree < 0)
        return unsolved("it is no polynomial equation in the unknown");
    const Expr *f = expr_factor(p, num);
    Roots       r = { .found = YES, .at = arena_array(a, const Expr *, (size_t)degree + 2) };
    for (size_t i = 0; i < (f->kind == EXPR_MUL ? f->arity : 1); i++) {
        const Expr *g = f->kind == EXPR_MUL ? f->arg[i] : f;
        slong       n;
        if (g->kind == EXPR_POW && expr_fits_slong(g->arg[1], &n) && n > 0)
            g = g->arg[0];
        if (!factor_roots(p, a, g, x, &r))
            return unsolved("a factor has degree above 2 and does not split over the rationals");
        if (should_stop())
            return unsolved("it was stopped");
    }
    size_t kept = 0;
    for (size_t i = 0; i < r.n; i++)
        if (satisfies(p, e, x, r.at[i]))
            r.at[kept++] = r.at[i];
    r.n = kept;
    r.found = kept ? YES : NO;
    return r;
}

/* ---- linear systems -------------------------------------------------------------------------------------------------- */

typedef struct System {
    Pool        *pool;
    size_t       m, n;
    const Expr **a;                 /* m rows: n coefficients and the right side */
} System;

static const Expr **entry(const System *s, size_t i, size_t j)
{
    return &s->a[i * (s->n + 1) + j];
}

/* Coefficients of one equation; false if it is not linear in all unknowns together. */
static bool read_row(System *s, Arena *a, const Expr *e, const Expr *const *x, size_t i)
{
    Pool       *p = s->pool;
    const Expr *num, *den, **c;
    expr_fraction(p, expr_together(p, e), &num, &den);
    const Expr *rest = num;
    for (size_t j = 0; j < s->n; j++) {
        slong degree = expr_coefficients(p, a, rest, x[j], 1, &c);
        if (degree < 0)
            return false;
        *entry(s, i, j) = degree == 1 ? c[1] : expr_int(p, 0);
        for (size_t k = 0; k < s->n; k++)
            if (expr_depends(p, *entry(s, i, j), x[k]))
                return false;
        rest = c[0];
    }
    *entry(s, i, s->n) = expr_neg(p, rest);
    return true;
}

static bool vanishes(Pool *p, const Expr *e)
{
    return expr_zero_test(p, e).answer == YES;
}

static void eliminate(System *s, size_t row, size_t column)
{
    Pool *p = s->pool;
    for (size_t i = 0; i < s->m; i++) {
        const Expr *f = expr_div(p, *entry(s, i, column), *entry(s, row, column));
        if (i == row || expr_is_zero(*entry(s, i, column)))
            continue;
        for (size_t j = 0; j <= s->n; j++)
            *entry(s, i, j) = expr_together(p, expr_sub(p, *entry(s, i, j), expr_mul(p, f, *entry(s, row, j))));
    }
}

Truth expr_solve_linear(Pool *p, Arena *a, const Expr *const *equation, size_t m, const Expr *const *x, size_t n,
                        const Expr **out, const Expr **assumed_nonzero, const char **why)
{
    System s = { p, m, n, arena_array(a, const Expr *, m * (n + 1)) };
    for (size_t i = 0; i < m; i++)
        if (!read_row(&s, a, equation[i], x, i)) {
            *why = "the system is not linear in the unknowns";
            return UNKNOWN;
        }
    size_t rank = 0;
    for (size_t j = 0; j < n; j++) {
        size_t pivot = rank;
        while (pivot < m && vanishes(p, *entry(&s, pivot, j)))
            pivot++;
        if (pivot == m) {
            *why = "the solution is not unique";
            continue;
        }
        for (size_t k = 0; k <= n; k++) {
            const Expr *swap = *entry(&s, rank, k);
            *entry(&s, rank, k) = *entry(&s, pivot, k);
            *entry(&s, pivot, k) = swap;
        }
        if (expr_zero_test(p, *entry(&s, rank, j)).answer == UNKNOWN) {
            *why = "a pivot could not be proved nonzero";
            return UNKNOWN;
        }
        eliminate(&s, rank++, j);
        if (pool_error(p).n || should_stop()) {
            *why = "elimination met a value that has none";
            return UNKNOWN;
        }
    }
    for (size_t i = rank; i < m; i++)
        if (!vanishes(p, *entry(&s, i, n))) {
            *why = "the equations contradict each other";
            return expr_is_numeric(*entry(&s, i, n)) ? NO : UNKNOWN;
        }
    *assumed_nonzero = expr_int(p, 1);
    for (size_t i = 0; rank == n && i < n; i++) {
        out[i] = expr_together(p, expr_div(p, *entry(&s, i, n), *entry(&s, i, i)));
        *assumed_nonzero = expr_mul(p, *assumed_nonzero, *entry(&s, i, i));
    }
    *assumed_nonzero = expr_is_numeric(*assumed_nonzero) ? NULL : expr_factor(p, *assumed_nonzero);
    return rank == n ? YES : UNKNOWN;
}

/* ---- the command ------------------------------------------------------------------------------------------------------ */

typedef struct Items { size_t n; const Expr **at; } Items;

static void add_items(Items *out, const Value *v)
{
    if (v->kind == VALUE_LIST)
        for (size_t i = 0; i < v->list->n; i++)
            add_items(out, &v->list->item[i]);
    else if (v->kind == VALUE_EXPR && v->expr->kind == EXPR_TENSOR)
        for (size_t i = 0; i < v->expr->arity; i++)
            out->at[out->n++] = v->expr->arg[i];
    else if (v->kind == VALUE_EXPR)
        out->at[out->n++] = v->expr;
}

static size_t count_items(const Value *v)
{
    size_t n = 0;
    if (v->kind == VALUE_LIST)
        for (size_t i = 0; i < v->list->n; i++)
            n += count_items(&v->list->item[i]);
    else
        n = v->kind == VALUE_EXPR && v->expr->kind == EXPR_TENSOR ? v->expr->arity : 1;
    return n;
}

static Items items_of(Call *c, size_t i)
{
    Items items = { 0, arena_array(c->arena, const Expr *, count_items(&c->arg[i]) + 1) };
    add_items(&items, &c->arg[i]);
    return items;
}

/* left = right becomes left - right; false after a failure. */
static bool differences(Call *c, Items eq)
{
    for (size_t i = 0; i < eq.n; i++) {
        if (eq.at[i]->kind != EXPR_RELATION || eq.at[i]->relop != REL_EQ) {
            call_fail(c, 0, "solve takes an equation");
            diag_hint(c->diag, "solve(x^2 - 4 = 0, x)");
            return false;
        }
        eq.at[i] = expr_sub(c->pool, eq.at[i]->arg[0], eq.at[i]->arg[1]);
        if (!eq.at[i])
            return false;
    }
    return true;
}

/* "if a != 0"; empty if nothing was assumed. */
static Str nonzero_note(Call *c, const Expr *e)
{
    Buf b = buf_new(c->arena);
    if (!e)
        return (Str){ 0 };
    buf_add_s(&b, "if ");
    expr_show(&b, c->pool, e, (ShowStyle){ .unicode = c->settings->unicode, .digits = c->settings->digits });
    buf_add_s(&b, " != 0");
    return buf_str(&b);
}

static Value solve_one(Call *c, const Expr *e, const Expr *x)
{
    Roots r = expr_solve(c->pool, c->arena, e, x);
    if (r.found == UNKNOWN)
        return call_fail(c, -1, "could not solve, because %s", r.why);
    if (r.found == NO)
        return value_text(STR("no solution"));
    Value *item = arena_array(c->arena, Value, r.n);
    for (size_t i = 0; i < r.n; i++)
        item[i] = value_expr(r.at[i]);
    Value v = value_list(c->arena, item, r.n);
    v.note = nonzero_note(c, r.assumed_nonzero);
    return v;
}

static Value solve_system(Call *c, Items eq, Items x)
{
    const char  *why = "the solution is not unique";
    const Expr **out = arena_array(c->arena, const Expr *, x.n), *assumed = NULL;
    Truth        found = expr_solve_linear(c->pool, c->arena, eq.at, eq.n, x.at, x.n, out, &assumed, &why);
    if (found == NO)
        return value_text(STR("no solution"));
    if (found == UNKNOWN)
        return call_fail(c, -1, "could not solve, because %s", why);
    Str   *name = arena_array(c->arena, Str, x.n);
    Value *item = arena_array(c->arena, Value, x.n);
    for (size_t i = 0; i < x.n; i++) {
        name[i] = x.at[i]->name;
        item[i] = value_expr(out[i]);
    }
    for (size_t i = 0; i < eq.n; i++) {
        const Expr *left = expr_subst(c->pool, eq.at[i], x.at, out, x.n);
        if (!left || (!expr_normal_is_zero(c->pool, left) && !expr_agrees(c->pool, left, expr_int(c->pool, 0))))
            return call_fail(c, -1, "could not solve, because the solution does not satisfy equation %zu", i + 1);
    }
    Value v = value_record(c->arena, name, item, x.n);
    v.note = nonzero_note(c, assumed);
    return v;
}

static Value solve_call(Call *c)
{
    Items eq = items_of(c, 0), x = items_of(c, 1);
    if (!differences(c, eq))
        return value_failed();
    for (size_t i = 0; i < x.n; i++)
        if (x.at[i]->kind != EXPR_SYMBOL)
            return call_fail(c, 1, "solve needs variables here");
    if (eq.n == 1 && x.n == 1)
        return solve_one(c, eq.at[0], x.at[0]);
    return solve_system(c, eq, x);
}

const Builtin solve_builtins[] = {
    { .sig = "solve(equations: relation..., x: closedvar) -> list",
      .help = "The exact solutions of a polynomial equation, complex ones included, or of a linear system.",
      .example = { { "solve(x^2 - 4 = 0, x)", "[-2, 2]" },
                   { "solve(x + y = 3, x - y = 1, (x, y))", "(x = 2, y = 1)" } },
      .lesson = 5, .see = "factor", .words = "roots zeros equation unknown linear quadratic system", .call = solve_call },
    { 0 }
};
