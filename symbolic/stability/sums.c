/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Finite sums and products over a range: sum(1/k, k = 1..10), and over the entries of a vector: sum([1, 2, 3]).
 * Terms are made by substitution. A sum of a polynomial in k with symbolic or far bounds has a closed form by Faulhaber's
 * formula, as a combination of binomials found from values at k = 0..degree (Newton's forward differences). */
#include "symbolic/stability/sums.h"
#include "symbolic/stability/typed_sum.h"

#include "base/interrupt.h"
#include "symbolic/algebra/poly.h"
#include "symbolic/data/table.h"
#include "symbolic/expr/expr_int.h"
#include "symbolic/matrix/matrix.h"

enum { ARG_METHOD = 3, MOST_TERMS = 1000000, MOST_DEGREE = 40, MOST_ENTRY_TERMS = 16 };

typedef struct IndexRange { const Expr *var, *low, *high, *step; } IndexRange;

static IndexRange range_of(const Call *c, Value over)
{
    const Value *step = record_get(over.record, STR("step"));
    return (IndexRange){ record_get(over.record, STR("var"))->expr, record_get(over.record, STR("low"))->expr,
                         record_get(over.record, STR("high"))->expr, step->kind == VALUE_EXPR ? step->expr : expr_int(c->pool, 1) };
}

/* The number of terms as an expression: high - low + 1 where a bound is symbolic. NULL if a bound is no finite number of terms. */
static const Expr *number_of_terms(Call *c, const IndexRange *r)
{
    Pool       *p = c->pool;
    const Expr *n = expr_div(p, expr_sub(p, r->high, r->low), r->step);
    if (!n || (n->flags & EXPR_HAS_INFINITE))
        return n ? pool_fail(p, "the bounds of a sum or product are finite") : NULL;
    if (expr_is_numeric(n))
        n = expr_call1(p, FN_floor, n);
    n = expr_add(p, n, expr_int(p, 1));
    return n && expr_is_number(n) && expr_number_sign(n) < 0 ? expr_int(p, 0) : n;
}

/* In one call; inside `using` from the left, one operation after the other, or by the method that is named. */
static const Expr *combine(const Call *c, bool product, const Expr *const *term, size_t n)
{
    if (!c->typed || n == 0)
        return product ? expr_product(c->pool, term, n) : expr_sum(c->pool, term, n);
    if (!product && call_has(c, ARG_METHOD))
        return typed_sum(c->pool, c->arg[ARG_METHOD].text, term, n);
    if (!product)
        return typed_total(c->pool, term, n);
    const Expr *e = term[0];
    for (size_t i = 1; i < n; i++)
        e = typed_node(c->pool, EXPR_MUL, (const Expr *const[]){ e, term[i] }, 2);
    return e;
}

static const Expr *term_by_term(Call *c, const Expr *f, const IndexRange *r, slong n, bool product)
{
    const Expr **term = arena_array(c->arena, const Expr *, (size_t)n + 1), *k = r->low;
    for (slong i = 0; i < n; i++, k = expr_add(c->pool, k, r->step)) {
        if (should_stop())
            return pool_fail(c->pool, "interrupted after %ld of %ld terms", i, n);
        if (!(term[i] = expr_subst(c->pool, f, &r->var, &k, 1)))
            return NULL;
    }
    return combine(c, product, term, (size_t)n);
}

/* sum of f(k), k = a..b, for a polynomial f of degree d: with g(j) = f(a + j), the sum over j < n of g is
 * sum_i (Delta^i g)(0) * binomial(n, i + 1), n = b - a + 1. NULL without failure if f is no polynomial in k. */
static const Expr *polynomial_sum(Call *c, const Expr *f, const IndexRange *r, const Expr *n)
{
    Pool        *p = c->pool;
    const Expr **coefficient, *difference[MOST_DEGREE + 2];
    slong        d = expr_coefficients(p, c->arena, f, r->var, MOST_DEGREE, &coefficient);
    if (d < 0 || !expr_is_one(r->step))
        return NULL;
    for (slong j = 0; j <= d; j++) {
        const Expr *at = expr_add(p, r->low, expr_int(p, j));
        if (!(difference[j] = expr_subst(p, f, &r->var, &at, 1)))
            return NULL;
    }
    for (slong i = 1; i <= d; i++)
        for (slong j = d; j >= i; j--)
            difference[j] = expr_expand(p, expr_sub(p, difference[j], difference[j - 1]));
    const Expr *sum = expr_int(p, 0), *binomial = n;
    for (slong i = 0; i <= d; i++) {
        sum = expr_add(p, sum, expr_mul(p, difference[i], binomial));
        binomial = expr_mul(p, binomial, expr_mul(p, expr_sub(p, n, expr_int(p, i + 1)), expr_ratio(p, 1, i + 2)));
    }
    return !sum || expr_is_numeric(sum) ? sum : expr_factor(p, sum);
}

static const Expr *over_range(Call *c, const Expr *f, Value over, bool product)
{
    IndexRange r = range_of(c, over);
    slong       count;
    const Expr *n = number_of_terms(c, &r);
    if (!n)
        return NULL;
    bool known = expr_fits_slong(n, &count) && count <= MOST_TERMS;
    bool entries = !product && expr_is_one(r.step) && expr_has_entry(c->pool, f, r.var);
    if (entries && (!known || (count > MOST_ENTRY_TERMS && !c->typed))) {
        const Expr *sum = expr_index_sum(c->pool, f, r.var, r.low, r.high);
        if (sum || !known)
            return sum;
        pool_clear_error(c->pool);                            /* a condition on entries, say: term by term then */
    }
    if (known && (count <= 1000 || c->typed))
        return term_by_term(c, f, &r, count, product);
    const Expr *closed = product ? NULL : polynomial_sum(c, f, &r, n);
    if (closed || pool_error(c->pool).n)
        return closed;
    if (known)
        return term_by_term(c, f, &r, count, product);
    return expr_is_number(n) ? pool_fail(c->pool, "more than %d terms, and no closed form is known", MOST_TERMS)
                             : pool_fail(c->pool, "the bounds are no numbers, and no closed form is known");
}

static const Expr *over_ranges(Call *c, const Expr *e, bool product)
{
    for (size_t i = 0; e && i < c->arg[1].list->n; i++)
        e = over_range(c, e, c->arg[1].list->item[i], product);
    return e;
}

/* Do entries x[i] and x[j] of two ranges occur? */
static bool has_entries_of_several(const Call *c, const Expr *f)
{
    size_t n = 0;
    for (size_t i = 0; i < c->arg[1].list->n; i++)
        n += expr_has_entry(c->pool, f, range_of(c, c->arg[1].list->item[i]).var);
    return n > 1;
}

/* f multiplied out as a polynomial in the entries. */
static const Expr *expanded_entries(Call *c, const Expr *f)
{
    Nodes        nodes = expr_nodes(c->pool, c->arena, &f, 1);
    const Expr **entry = arena_array(c->arena, const Expr *, nodes.n), **letter = arena_array(c->arena, const Expr *, nodes.n);
    size_t       n = 0;
    for (size_t k = 0; k < nodes.n; k++)
        if (expr_is_entry(nodes.at[k])) {
            letter[n] = expr_symbol(c->pool, str_printf(c->arena, "entry %zu", k));
            entry[n++] = nodes.at[k];
        }
    const Expr *e = expr_expand(c->pool, expr_subst(c->pool, f, entry, letter, n));
    return e ? expr_subst(c->pool, e, letter, entry, n) : NULL;
}

static Value combined(Call *c, bool product)
{
    const Expr *e = c->arg[0].kind == VALUE_EXPR ? c->arg[0].expr : NULL;
    if (!product && call_has(c, 2) && e)
        return value_expr(axis_value(c->pool, axis_sum(c->pool, c->arg[2].expr, e), c->settings->digits));
    if (!call_has(c, 1)) {
        if (c->arg[0].kind == VALUE_LIST && c->arg[0].list->n == 0)
            return value_expr(expr_int(c->pool, product));
        if (e && e->kind != EXPR_TENSOR && expr_is_tensor(e) && !product)
            return value_expr(c->typed ? typed_matrix_op(c->pool, MATRIX_TOTAL, e) : expr_matrix_op(c->pool, MATRIX_TOTAL, e));
        if (!e || e->kind != EXPR_TENSOR)
            return call_fail(c, 0, "%.*s needs a range, or a vector alone", STR_ARGS(c->name));
        return value_expr(combine(c, product, e->arg, e->arity));
    }
    if (!e)
        return call_fail(c, 0, "%.*s needs an expression here", STR_ARGS(c->name));
    const Expr *result = over_ranges(c, e, product), *apart;
    if (result || product || !has_entries_of_several(c, e))
        return value_expr(result);
    pool_clear_error(c->pool);                                /* term by term the indices separate: (x[i] - x[j])^2 */
    if ((apart = expanded_entries(c, e)) && apart != e && (result = over_ranges(c, apart, product)))
        return value_expr(result);
    pool_clear_error(c->pool);
    call_fail(c, 0, "entries with different indices in one term: no form was found for vectors of unknown length");
    diag_hint(c->diag, "vector x(5), a number as the length, writes the sum out");
    return value_failed();
}

static Value sum_call(Call *c)
{
    if (call_has(c, ARG_METHOD) && !sum_method_known(c->arg[ARG_METHOD].text)) {
        Value v = call_fail(c, ARG_METHOD, "no sum goes by the method %.*s", STR_ARGS(c->arg[ARG_METHOD].text));
        diag_hint(c->diag, "%s", SUM_METHODS);
        return v;
    }
    return combined(c, false);
}

static Value product_call(Call *c) { return combined(c, true); }

static Value welford_call(Call *c)
{
    const Expr *e = c->arg[0].expr;
    if (e->kind != EXPR_TENSOR || e->arity == 0)
        return call_fail(c, 0, "welford takes a vector of numbers");
    const Expr *v = typed_welford(c->pool, e->arg, e->arity);
    return value_expr(c->typed ? v : expr_canonical(c->pool, v));
}

/* Entry k is -log(sum over j of exp(z_j - z_k)): exact, and rounded once inside `using`, so exp(1000) is never formed. */
static Value log_softmax_call(Call *c)
{
    const Expr *z = expr_canonical(c->pool, c->arg[0].expr);
    if (!z || z->kind != EXPR_TENSOR)
        return call_fail(c, 0, "log_softmax takes a vector of numbers");
    const Expr **entry = arena_array(c->arena, const Expr *, z->arity), **term = arena_array(c->arena, const Expr *, z->arity);
    for (uint32_t k = 0; k < z->arity; k++) {
        for (uint32_t j = 0; j < z->arity; j++)
            term[j] = expr_call1(c->pool, FN_exp, expr_sub(c->pool, z->arg[j], z->arg[k]));
        entry[k] = expr_neg(c->pool, expr_call1(c->pool, FN_log, expr_sum(c->pool, term, z->arity)));
    }
    return value_expr(expr_tensor(c->pool, expr_rows(z), expr_cols(z), entry));
}

const Builtin sums_builtins[] = {
    { .sig = "log_softmax(z: expr) -> expr", .help = "The logarithms of softmax(z): the entries minus logsumexp(z).",
      .example = { { "log_softmax([1000, 1000])", "[-log(2), -log(2)]" },
                   { "log_softmax([0, log(3)])", "[-2 log(2), -log(4/3)]" } }, .lesson = 14, .see = "softmax logsumexp log_sigmoid", .words = "log probabilities cross entropy logits",
      .call = log_softmax_call },
    { .sig = "welford(v: expr) -> expr", .help = "The variance of the entries in one pass, by Welford's updates: inside `using` each of them is rounded.",
      .example = { { "welford([10001, 10002, 10003, 10004]) using fp32", "~ 1.25   exact" }, { "welford([1, 2, 4])", "14/9" } },
      .lesson = 14, .see = "sum using", .words = "variance one pass stable", .typed = true, .call = welford_call },
    { .sig = "sum(f: value, k: over?...; over: data?, method: word?) -> expr",
      .help = "The sum of f over a range of k, over the rows of a table, or of the entries of a vector; method: " SUM_METHODS " of one that is run `using` a format.",
      .example = { { "sum(1/k, k = 1..10)", "7381/2520" }, { "sum(k^2, k = 1..n)", "n*(n + 1)*(2n + 1)/6" },
                   { "sum(0.001, k = 1..1000, method: kahan) using fp16", "~ 1   exact" } },
      .see = "product integrate", .words = "summation sigma total add", .typed = true, .call = sum_call },
    { .sig = "product(f: value, k: over?...) -> expr", .help = "The product of f over a range of k, or of the entries of a vector.",
      .example = { { "product(k, k = 1..5)", "120" },
                   { "product([2, 3, 7])", "42" } }, .see = "sum factorial", .words = "prod multiply", .typed = true, .call = product_call },
    { 0 }
};
