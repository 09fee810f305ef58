/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Lists of terms and factors of typed expressions, and the cancellation that follows every rewriting: (n + 1) - n is 1, h*x/h is x. Numbers with
 * the same meaning as typed and canonical are the same pointer after expr_canonical, which decides what is alike. */
#include "symbolic/expr/nary.h"

#include "symbolic/algebra/poly.h"
#include "symbolic/expr/operations.h"
#include "symbolic/expr/walk.h"

#include <math.h>

/* ---- plain nodes --------------------------------------------------------------------------------------------------------------- */

static const Expr *node2(Pool *p, ExprKind kind, const Expr *a, const Expr *b)
{
    return typed_node(p, kind, (const Expr *const[]){ a, b }, 2);
}

static bool both_numbers(const Expr *a, const Expr *b) { return a && b && expr_is_number(a) && expr_is_number(b); }

const Expr *plain_neg(Pool *p, const Expr *a)
{
    if (!a || expr_is_number(a))
        return expr_neg(p, a);
    return a->kind == EXPR_NEG ? a->arg[0] : a->kind == EXPR_SUB ? node2(p, EXPR_SUB, a->arg[1], a->arg[0]) : typed_node(p, EXPR_NEG, &a, 1);
}

const Expr *plain_add(Pool *p, const Expr *a, const Expr *b)
{
    if (both_numbers(a, b))
        return expr_add(p, a, b);
    if (!a || !b)
        return NULL;
    if (expr_is_zero(a) || expr_is_zero(b))
        return expr_is_zero(a) ? b : a;
    if (b->kind == EXPR_NEG)
        return node2(p, EXPR_SUB, a, b->arg[0]);
    if (a->kind == EXPR_NEG)
        return node2(p, EXPR_SUB, b, a->arg[0]);
    return expr_is_number(b) && expr_number_sign(b) < 0 ? node2(p, EXPR_SUB, a, expr_neg(p, b)) : node2(p, EXPR_ADD, a, b);
}

const Expr *plain_sub(Pool *p, const Expr *a, const Expr *b) { return plain_add(p, a, plain_neg(p, b)); }

const Expr *plain_mul(Pool *p, const Expr *a, const Expr *b)
{
    if (both_numbers(a, b))
        return expr_mul(p, a, b);
    if (!a || !b)
        return NULL;
    if (expr_is_zero(a) || expr_is_one(b))
        return a;
    if (expr_is_zero(b) || expr_is_one(a))
        return b;
    if (expr_is_int(a, -1) || expr_is_int(b, -1))
        return plain_neg(p, expr_is_int(a, -1) ? b : a);
    if (a->kind == EXPR_NEG || b->kind == EXPR_NEG) {
        const Expr *x = a->kind == EXPR_NEG ? a->arg[0] : a, *y = b->kind == EXPR_NEG ? b->arg[0] : b;
        const Expr *product = plain_mul(p, x, y);
        return a->kind == b->kind ? product : plain_neg(p, product);
    }
    return node2(p, EXPR_MUL, a, b);
}

const Expr *plain_div(Pool *p, const Expr *a, const Expr *b)
{
    if (both_numbers(a, b) && !expr_is_zero(b))
        return expr_div(p, a, b);
    if (!a || !b)
        return NULL;
    if (expr_is_one(b) || expr_is_zero(a))
        return a;
    if (expr_is_int(b, -1))
        return plain_neg(p, a);
    if (a->kind == EXPR_NEG || b->kind == EXPR_NEG) {
        const Expr *quotient = plain_div(p, a->kind == EXPR_NEG ? a->arg[0] : a, b->kind == EXPR_NEG ? b->arg[0] : b);
        return a->kind == b->kind ? quotient : plain_neg(p, quotient);
    }
    return node2(p, EXPR_DIV, a, b);
}

static const Expr *fmpz_number(Pool *p, const fmpz_t n, bool positive)
{
    fmpz_t m;
    fmpz_init(m);
    positive ? fmpz_abs(m, n) : fmpz_set(m, n);
    const Expr *e = expr_fmpz(p, m);
    fmpz_clear(m);
    return e;
}

const Expr *plain_scaled(Pool *p, const Expr *number, const Expr *e)
{
    if (!number || !e || expr_is_one(number))
        return e;
    const fmpq *q = expr_number(number);
    const Expr *above = fmpz_number(p, fmpq_numref(q), false), *below = fmpz_number(p, fmpq_denref(q), true);
    return plain_div(p, plain_mul(p, above, e), below);
}

/* ---- products ------------------------------------------------------------------------------------------------------------------- */

/* The rational number that a typed expression without symbols is, or NULL. */
static const Expr *number_of(Pool *p, const Expr *e)
{
    if (expr_is_number(e))
        return e;
    if (!expr_is_numeric(e) || e->kind == EXPR_CONSTANT || e->kind == EXPR_CALL)
        return NULL;
    const Expr *c = expr_canonical(p, e);
    return c && expr_is_number(c) ? c : NULL;
}

bool expr_same(Pool *p, const Expr *a, const Expr *b)
{
    if (a == b)
        return true;
    const Expr *x = expr_canonical(p, a), *y = expr_canonical(p, b);
    if (!x || !y)
        pool_clear_error(p);
    return x && x == y;
}

static void add_factor(Pool *p, Arena *a, Factors *f, const Expr *e, const Expr *exponent)
{
    const Expr *number = number_of(p, e), *power;
    if (number && expr_is_integer(exponent) && !(expr_is_zero(number) && expr_number_sign(exponent) < 0)) {
        f->coefficient = expr_mul(p, f->coefficient, expr_pow(p, number, exponent));
        return;
    }
    switch ((int)e->kind) {
    case EXPR_MUL: case EXPR_DIV:
        if (expr_is_integer(exponent)) {
            for (uint32_t i = 0; i < e->arity; i++)
                add_factor(p, a, f, e->arg[i], i > 0 && e->kind == EXPR_DIV ? expr_neg(p, exponent) : exponent);
            return;
        }
        break;
    case EXPR_NEG:
        if (expr_is_integer(exponent)) {
            f->coefficient = expr_mul(p, f->coefficient, expr_pow(p, expr_int(p, -1), exponent));
            add_factor(p, a, f, e->arg[0], exponent);
            return;
        }
        break;
    case EXPR_POW:
        power = number_of(p, e->arg[1]);
        if (power && expr_is_integer(power) && expr_is_integer(exponent)) {
            add_factor(p, a, f, e->arg[0], expr_mul(p, power, exponent));
            return;
        }
        break;
    default:
        break;
    }
    for (size_t i = 0; i < f->n; i++)
        if (expr_same(p, f->at[i].base, e)) {
            f->at[i].exponent = expr_add(p, f->at[i].exponent, exponent);
            return;
        }
    vec_push(a, f, (Factor){ e, exponent });
}

Factors factors_of(Pool *p, Arena *a, const Expr *e)
{
    Factors f = { .coefficient = expr_int(p, 1) }, kept = { 0 };
    add_factor(p, a, &f, e, expr_int(p, 1));
    kept.coefficient = f.coefficient;
    for (size_t i = 0; i < f.n; i++)
        if (!expr_is_zero(f.at[i].exponent))
            vec_push(a, &kept, f.at[i]);
    return kept;
}

static const Expr *power_of(Pool *p, const Expr *base, const Expr *exponent)
{
    return expr_is_one(exponent) ? base : node2(p, EXPR_POW, base, exponent);
}

const Expr *factors_join(Pool *p, const Factors *f)
{
    const Expr *above = NULL, *below = NULL;
    const fmpq *q = expr_number(f->coefficient);
    const Expr *num = fmpz_number(p, fmpq_numref(q), true), *den = fmpz_number(p, fmpq_denref(q), true);
    if (!expr_is_one(num))
        above = num;
    for (size_t i = 0; i < f->n; i++) {
        bool        negative = expr_number_sign(f->at[i].exponent) < 0;
        const Expr *power = power_of(p, f->at[i].base, negative ? expr_neg(p, f->at[i].exponent) : f->at[i].exponent);
        const Expr **side = negative ? &below : &above;
        *side = *side ? plain_mul(p, *side, power) : power;
    }
    if (!expr_is_one(den))
        below = below ? plain_mul(p, den, below) : den;
    above = above ? above : expr_int(p, 1);
    above = below ? plain_div(p, above, below) : above;
    return fmpq_sgn(q) < 0 ? plain_neg(p, above) : above;
}

/* ---- sums ----------------------------------------------------------------------------------------------------------------------- */

static void add_term(Pool *p, Arena *a, Terms *t, const Expr *e, const Expr *scale)
{
    const Expr *number = number_of(p, e);
    if (number) {
        vec_push(a, t, (Term){ expr_mul(p, number, scale), NULL });
    } else if (e->kind == EXPR_ADD || e->kind == EXPR_SUB) {
        add_term(p, a, t, e->arg[0], scale);
        add_term(p, a, t, e->arg[1], e->kind == EXPR_SUB ? expr_neg(p, scale) : scale);
    } else if (e->kind == EXPR_NEG) {
        add_term(p, a, t, e->arg[0], expr_neg(p, scale));
    } else if (e->kind == EXPR_MUL || e->kind == EXPR_DIV) {
        Factors f = factors_of(p, a, e);
        const Expr *c = f.coefficient;
        if (expr_is_one(c)) {
            vec_push(a, t, (Term){ scale, e });
            return;
        }
        f.coefficient = expr_int(p, 1);
        if (f.n == 0 || expr_is_zero(c))
            vec_push(a, t, (Term){ expr_mul(p, c, scale), NULL });
        else
            vec_push(a, t, (Term){ expr_mul(p, c, scale), factors_join(p, &f) });
    } else {
        vec_push(a, t, (Term){ scale, e });
    }
}

Terms terms_of(Pool *p, Arena *a, const Expr *e)
{
    Terms t = { 0 };
    add_term(p, a, &t, e, expr_int(p, 1));
    return t;
}

const Expr *terms_join(Pool *p, const Terms *t)
{
    const Expr *sum = NULL;
    size_t      first = 0;
    while (first < t->n && expr_number_sign(t->at[first].coefficient) < 0)
        first++;
    first = first < t->n ? first : 0;
    for (size_t k = 0; k < t->n; k++) {                 /* a positive term leads, where there is one */
        size_t      i = k == 0 ? first : k <= first ? k - 1 : k;
        const Term *x = &t->at[i];
        bool        minus = sum && expr_number_sign(x->coefficient) < 0;
        const Expr *c = minus ? expr_neg(p, x->coefficient) : x->coefficient;
        const Expr *term = x->rest ? plain_scaled(p, c, x->rest) : c;
        sum = !sum ? term : minus ? plain_sub(p, sum, term) : plain_add(p, sum, term);
    }
    return sum ? sum : expr_int(p, 0);
}

/* ---- tidying --------------------------------------------------------------------------------------------------------------------- */

enum { MOST_EXPANDED = 12 };

static const Expr *tidy_sum(Pool *p, Arena *a, const Expr *e)
{
    Terms t = terms_of(p, a, e), merged = { 0 };
    for (size_t i = 0; i < t.n; i++) {
        bool found = false;
        for (size_t j = 0; j < merged.n && !found; j++)
            if ((!t.at[i].rest && !merged.at[j].rest) || (t.at[i].rest && merged.at[j].rest && expr_same(p, t.at[i].rest, merged.at[j].rest))) {
                merged.at[j].coefficient = expr_add(p, merged.at[j].coefficient, t.at[i].coefficient);
                found = true;
            }
        if (!found)
            vec_push(a, &merged, t.at[i]);
    }
    Terms kept = { 0 };
    for (size_t j = 0; j < merged.n; j++)
        if (!expr_is_zero(merged.at[j].coefficient))
            vec_push(a, &kept, merged.at[j]);
    if (kept.n < t.n)
        e = terms_join(p, &kept);
    if (kept.n < 2 || kept.n > MOST_EXPANDED)
        return e;
    const Expr *wide = expr_expand_outside(p, expr_canonical(p, e));
    pool_clear_error(p);
    size_t terms = !wide ? kept.n : wide->kind == EXPR_ADD ? wide->arity : 1;
    return terms < kept.n && !(wide->flags & EXPR_HAS_I) ? expr_typed_form(p, wide) : e;
}

/* How often factors occur in the text: x*(x/y) counts x twice, so rebuilding it as x^2/y, which may overflow, is no cancellation. */
static double count_factors(Pool *p, const Expr *e, size_t *numbers, unsigned depth)
{
    const Expr *power = e->kind == EXPR_POW ? number_of(p, e->arg[1]) : NULL;
    if (number_of(p, e)) {
        *numbers += !expr_is_one(e);
        return 0;
    }
    if ((e->kind == EXPR_MUL || e->kind == EXPR_DIV || e->kind == EXPR_NEG) && depth < 100) {
        double sum = 0;
        for (uint32_t i = 0; i < e->arity; i++)
            sum += count_factors(p, e->arg[i], numbers, depth + 1);
        return sum;
    }
    if (power && expr_is_integer(power))
        return fabs(fmpz_get_d(fmpq_numref(expr_number(power)))) * count_factors(p, e->arg[0], numbers, depth + 1);
    return 1;
}

static const Expr *tidy_product(Pool *p, Arena *a, const Expr *e)
{
    size_t      numbers = 0;
    double      before = count_factors(p, e, &numbers, 0), after = 0;
    Factors     f = factors_of(p, a, e);
    const fmpq *c = expr_number(f.coefficient);
    for (size_t i = 0; i < f.n; i++)
        after += fabs(fmpz_get_d(fmpq_numref(expr_number(f.at[i].exponent))));
    size_t left = (size_t)!fmpz_is_pm1(fmpq_numref(c)) + !fmpz_is_one(fmpq_denref(c));
    return fmpq_is_zero(c) || after < before || left < numbers ? factors_join(p, &f) : e;
}

static const Expr *tidy_call(Pool *p, const Expr *e)
{
    const Expr *u = e->arg[0], *v = e->arity > 1 ? e->arg[1] : NULL;
    if (expr_is_numeric(e)) {
        const Expr *c = expr_canonical(p, e);
        pool_clear_error(p);
        return c && expr_is_number(c) ? c : e;
    }
    if (expr_is_call(e, FN_sqrt) && u->kind == EXPR_POW && expr_is_int(u->arg[1], 2))
        return typed_call(p, &fn_rows[FN_abs], u->arg, 1);
    if (expr_is_call(e, FN_sqrt) && u->kind == EXPR_MUL && u->arg[0] == u->arg[1])
        return typed_call(p, &fn_rows[FN_abs], u->arg, 1);
    if ((expr_is_call(e, FN_log) && expr_is_call(u, FN_exp)) || (expr_is_call(e, FN_exp) && expr_is_call(u, FN_log))
        || (expr_is_call(e, FN_log1p) && expr_is_call(u, FN_expm1)) || (expr_is_call(e, FN_expm1) && expr_is_call(u, FN_log1p)))
        return u->arg[0];
    if (e->arity == 1 && u->kind == EXPR_NEG && e->fn->parity != PARITY_NONE) {
        const Expr *f = typed_call(p, e->fn, u->arg, 1);
        return e->fn->parity == PARITY_ODD ? plain_neg(p, f) : f;
    }
    if (expr_is_call(e, FN_hypot) && (expr_is_zero(u) || expr_is_zero(v)))
        return typed_call(p, &fn_rows[FN_abs], expr_is_zero(u) ? &v : &u, 1);
    return e;
}

static const Expr *tidy_node(Pool *p, Arena *a, const Expr *e)
{
    switch ((int)e->kind) {
    case EXPR_ADD: case EXPR_SUB:
        return tidy_sum(p, a, e);
    case EXPR_NEG:
        return plain_neg(p, e->arg[0]);
    case EXPR_MUL: case EXPR_DIV:
        return tidy_product(p, a, e);
    case EXPR_POW:
        if (expr_is_one(e->arg[1]))
            return e->arg[0];
        if (expr_is_int(e->arg[1], 2) && expr_is_call(e->arg[0], FN_sqrt))
            return e->arg[0]->arg[0];
        if (expr_is_int(e->arg[1], 2) && (e->arg[0]->kind == EXPR_NEG || expr_is_call(e->arg[0], FN_abs)))
            return node2(p, EXPR_POW, e->arg[0]->arg[0], e->arg[1]);
        return number_of(p, e) ? number_of(p, e) : e;
    case EXPR_CALL:
        return tidy_call(p, e);
    default:
        return e;
    }
}

static const Expr *tidied(void *none, Pool *p, Arena *a, const Expr *node, const Expr *const *arg)
{
    (void)none;
    const Expr *r = !args_differ(node, arg) ? node : node->kind == EXPR_NEG ? plain_neg(p, arg[0]) : node->kind == EXPR_ADD ? plain_add(p, arg[0], arg[1])
                  : node->kind == EXPR_SUB ? plain_sub(p, arg[0], arg[1]) : node->kind == EXPR_MUL ? plain_mul(p, arg[0], arg[1])
                  : node->kind == EXPR_DIV ? plain_div(p, arg[0], arg[1]) : typed_remake(p, node, arg);
    return r ? tidy_node(p, a, r) : NULL;
}

const Expr *expr_tidy(Pool *p, const Expr *e)
{
    return expr_walk(p, e, tidied, NULL);
}
