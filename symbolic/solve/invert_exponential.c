/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Equations in exponentials with commensurable exponents are polynomials in one of them: 4^x - 2^x = 2. Logarithms that occur
 * linearly are joined: log(x) + log(x - 1) = log(6); logarithms beside x by x = exp(y). A polynomial beside one exponential,
 * x*exp(x) = 2, goes by Lambert's function: y*exp(y) = z has the real solutions W(z), z >= -1/e, and the lower branch for
 * -1/e < z < 0. */
#include "symbolic/solve/invert_int.h"

#include "symbolic/algebra/poly.h"
#include "symbolic/algebra/zero.h"

enum { MOST_LEAVES = 16, MOST_POWER = 60 };

bool is_exponential(const Expr *e, Pool *p, const Expr *x)
{
    return expr_is_call(e, FN_exp) || (e->kind == EXPR_POW && !expr_depends(p, e->arg[0], x));
}

bool is_logarithm(const Expr *e)
{
    return expr_is_call(e, FN_log) || expr_is_call(e, FN_log2) || expr_is_call(e, FN_log10) || expr_is_call(e, FN_log1p);
}

/* exp(u) or b^u as exp of this. */
static const Expr *exponent_of(Pool *p, const Expr *e)
{
    return e->kind == EXPR_POW ? expr_mul(p, e->arg[1], expr_call1(p, FN_log, e->arg[0])) : e->arg[0];
}

/* ---- several exponentials ------------------------------------------------------------------------------------------------ */

/* Hyperbolic functions by exponentials. */
static const Expr *by_exponentials(Pool *p, const Expr *e)
{
    const Expr *u = e->arg[0], *plus = expr_call1(p, FN_exp, u), *minus = expr_call1(p, FN_exp, expr_neg(p, u)), *half = expr_ratio(p, 1, 2);
    switch ((int)e->fn->id) {
    case FN_sinh:    return expr_mul(p, half, expr_sub(p, plus, minus));
    case FN_cosh:    return expr_mul(p, half, expr_add(p, plus, minus));
    case FN_tanh:    return expr_div(p, expr_sub(p, plus, minus), expr_add(p, plus, minus));
    case FN_expm1:   return expr_sub(p, plus, expr_int(p, 1));
    default:         return expr_div(p, expr_int(p, 1), expr_add(p, expr_int(p, 1), minus));
    }
}

static bool rewrite_hyperbolic(Inverter *s, const Expr *f, const Found *leaf, const Expr *x, Found *out, bool *done)
{
    const Expr *to[MOST_LEAVES];
    *done = false;
    for (size_t i = 0; i < leaf->n; i++) {
        bool other = !is_exponential(leaf->at[i], s->pool, x);
        to[i] = other ? by_exponentials(s->pool, leaf->at[i]) : leaf->at[i];
        *done = *done || other;
    }
    return !*done || invert_zero(s, expr_subst(s->pool, f, leaf->at, to, leaf->n), x, out);
}

bool invert_exponentials(Inverter *s, const Expr *f, const Found *leaf, const Expr *x, Found *out)
{
    Pool       *p = s->pool;
    const Expr *with[MOST_LEAVES], *without[MOST_LEAVES], *to[MOST_LEAVES];
    const Expr *t = expr_fresh(p, expr_symbol(p, STR("t")));
    fmpq_t      ratio[MOST_LEAVES], common;
    bool        done, fine = leaf->n <= MOST_LEAVES;
    if (!fine)
        return invert_fail(s, "it has too many exponentials");
    bool rewritten = rewrite_hyperbolic(s, f, leaf, x, out, &done);
    if (done)
        return rewritten;
    fmpq_init(common);
    for (size_t i = 0; i < MOST_LEAVES; i++)
        fmpq_init(ratio[i]);
    for (size_t i = 0; i < leaf->n && fine; i++) {
        invert_split(s, exponent_of(p, leaf->at[i]), x, &with[i], &without[i]);
        fine = invert_ratio(s, with[i], with[0], ratio[i]);
        i ? fmpq_gcd(common, common, ratio[i]) : fmpq_set(common, ratio[i]);
    }
    for (size_t i = 0; i < leaf->n && fine; i++) {
        fmpq_div(ratio[i], ratio[i], common);
        fine = fmpz_cmpabs(fmpq_numref(ratio[i]), (fmpz[]){ MOST_POWER }) <= 0;
        to[i] = fine ? expr_mul(p, expr_call1(p, FN_exp, without[i]), expr_powi(p, t, fmpz_get_si(fmpq_numref(ratio[i])))) : NULL;
    }
    const Expr *inside = fine ? expr_mul(p, expr_fmpq(p, common), with[0]) : NULL;
    for (size_t i = 0; i < MOST_LEAVES; i++)
        fmpq_clear(ratio[i]);
    fmpq_clear(common);
    if (!fine)
        return invert_fail(s, "the exponents of its exponentials have no common part");
    Found value = { 0 };
    if (!invert_zero(s, expr_subst(p, f, leaf->at, to, leaf->n), t, &value))
        return false;
    for (size_t i = 0; i < value.n; i++) {
        Truth positive = invert_require(s, REL_GT, value.at[i], expr_int(p, 0));
        if (positive == UNKNOWN || (positive == YES && !invert_zero(s, expr_sub(p, inside, expr_call1(p, FN_log, value.at[i])), x, out)))
            return false;
    }
    return true;
}

/* ---- logarithms ------------------------------------------------------------------------------------------------------------ */

/* log2(u), log10(u), log1p(u) by log. */
static const Expr *natural(Pool *p, const Expr *e)
{
    const Expr *u = expr_is_call(e, FN_log1p) ? expr_add(p, expr_int(p, 1), e->arg[0]) : e->arg[0], *log = expr_call1(p, FN_log, u);
    return expr_is_call(e, FN_log2) ? expr_div(p, log, expr_call1(p, FN_log, expr_int(p, 2)))
         : expr_is_call(e, FN_log10) ? expr_div(p, log, expr_call1(p, FN_log, expr_int(p, 10))) : log;
}

/* sum of q_i*log(u_i) + rest = 0 with rational q_i: the product of u_i^q_i is exp(-rest). */
static bool join(Inverter *s, const Expr *f, const Found *leaf, const Expr *x, Found *out, bool *joined)
{
    Pool        *p = s->pool;
    const Expr  *rest = f, *product = expr_int(p, 1), *first = NULL, **c;
    fmpz_t       common;
    fmpq_t       q;
    *joined = true;
    fmpz_init_set_ui(common, 1);
    fmpq_init(q);
    const Expr *t = expr_fresh(p, expr_symbol(p, STR("t"))), *share[MOST_LEAVES];
    for (size_t i = 0; i < leaf->n && *joined; i++) {
        slong degree = expr_coefficients(p, s->arena, expr_subst(p, rest, &leaf->at[i], &t, 1), t, 1, &c);
        *joined = degree == 1 && !expr_depends(p, c[1], x);
        if (*joined) {
            first = first ? first : c[1];
            rest = c[0];
            *joined = invert_ratio(s, c[1], first, q);
            share[i] = expr_fmpq(p, q);
            fmpz_lcm(common, common, fmpq_denref(q));
        }
    }
    *joined = *joined && !expr_depends(p, rest, x);
    for (size_t i = 0; i < leaf->n && *joined; i++)
        product = expr_mul(p, product, expr_pow(p, leaf->at[i]->arg[0], expr_mul(p, share[i], expr_fmpz(p, common))));
    const Expr *target = *joined ? expr_call1(p, FN_exp, expr_neg(p, expr_mul(p, expr_fmpz(p, common), expr_div(p, rest, first)))) : NULL;
    fmpq_clear(q);
    fmpz_clear(common);
    return !*joined || invert_zero(s, expr_sub(p, product, target), x, out);
}

bool invert_logarithms(Inverter *s, const Expr *f, const Found *leaf, const Expr *x, Found *out)
{
    Pool       *p = s->pool;
    const Expr *to[MOST_LEAVES], **c;
    bool        other = false, beside = false, joined = false;
    if (leaf->n > MOST_LEAVES)
        return invert_fail(s, "it has too many logarithms");
    for (size_t i = 0; i < leaf->n; i++) {
        to[i] = leaf->at[i] == x ? x : natural(p, leaf->at[i]);
        other = other || to[i] != leaf->at[i];
        beside = beside || leaf->at[i] == x;
    }
    if (other)
        return invert_zero(s, expr_subst(p, f, leaf->at, to, leaf->n), x, out);
    bool fine = beside || join(s, f, leaf, x, out, &joined);
    if (joined)
        return fine;
    const Expr *log = leaf->at[leaf->at[0] == x], *y = expr_fresh(p, expr_symbol(p, STR("y"))), *e = expr_call1(p, FN_exp, y);
    if (leaf->n != 2 || !beside || expr_coefficients(p, s->arena, log->arg[0], x, 1, &c) != 1)
        return invert_fail(s, "no way is known to invert its functions together");
    const Expr *place = expr_div(p, expr_sub(p, e, c[0]), c[1]);
    const Expr *const from[] = { log, x }, *const into[] = { y, place };
    Found       value = { 0 };
    if (!invert_zero(s, expr_subst(p, f, from, into, 2), y, &value))
        return false;
    for (size_t i = 0; i < value.n; i++)
        found_add(s, out, expr_subst(p, place, &y, &value.at[i], 1));
    return true;
}

/* ---- Lambert's function ------------------------------------------------------------------------------------------------------ */

/* The real y with y*exp(y) = z. */
static bool lambert_values(Inverter *s, const Expr *z, Found *y)
{
    Pool       *p = s->pool;
    const Expr *least = expr_neg(p, expr_call1(p, FN_exp, expr_int(p, -1)));
    int         above = 0, sign = 0;
    if (!expr_is_numeric(z)) {
        found_add(s, y, expr_call1(p, FN_lambertw, z));
        return invert_require(s, REL_GE, z, expr_int(p, 0)) == YES;
    }
    if (expr_sign(p, expr_sub(p, z, least), &above).answer != YES || expr_sign(p, z, &sign).answer != YES)
        return invert_fail(s, "the sign of a number was not decided");
    if (above < 0)
        return true;
    found_add(s, y, above ? expr_call1(p, FN_lambertw, z) : expr_int(p, -1));
    if (above && sign < 0)
        found_add(s, y, expr_call1(p, FN_lambertwm1, z));
    return true;
}

/* a*(x + shift)^k*exp(m*x) = b */
static bool lambert_form(Inverter *s, const Expr *a, const Expr *shift, slong k, const Expr *m, const Expr *b, Found *out)
{
    Pool       *p = s->pool;
    const Expr *power = expr_mul(p, expr_div(p, b, a), expr_call1(p, FN_exp, expr_mul(p, m, shift)));       /* w^k*exp(m*w), w = x + shift */
    Found       root = { 0 }, y = { 0 };
    const Expr *t = expr_fresh(p, expr_symbol(p, STR("t")));
    if (!invert_zero(s, expr_sub(p, expr_powi(p, t, k), power), t, &root))
        return false;
    const Expr *rate = expr_div(p, m, expr_int(p, k));
    for (size_t i = 0; i < root.n; i++)
        if (!lambert_values(s, expr_mul(p, rate, root.at[i]), &y))
            return false;
    for (size_t i = 0; i < y.n; i++)
        found_add(s, out, expr_sub(p, expr_div(p, y.at[i], rate), shift));
    return true;
}

/* A polynomial as a*(x + shift)^k; false if it is none. */
static bool pure_power(Inverter *s, const Expr *f, const Expr *x, const Expr **a, const Expr **shift, slong *k)
{
    Pool        *p = s->pool;
    const Expr **c;
    *k = expr_coefficients(p, s->arena, f, x, 12, &c);
    if (*k < 0)
        return false;
    *a = c[*k];
    *shift = *k ? expr_div(p, c[*k - 1], expr_mul(p, expr_int(p, *k), c[*k])) : expr_int(p, 0);
    return expr_normal_is_zero(p, expr_sub(p, f, expr_mul(p, *a, expr_powi(p, expr_add(p, x, *shift), *k))));
}

bool invert_lambert(Inverter *s, const Expr *f, const Expr *leaf, const Expr *x, Found *out)
{
    Pool        *p = s->pool;
    const Expr  *t = expr_fresh(p, expr_symbol(p, STR("t"))), **c, **w, *a, *b, *shift, *shift2;
    slong        k, l;
    const Expr  *inside = exponent_of(p, leaf);
    if (expr_coefficients(p, s->arena, inside, x, 1, &w) != 1 || expr_coefficients(p, s->arena, expr_subst(p, f, &leaf, &t, 1), t, 1, &c) != 1
        || !pure_power(s, c[1], x, &a, &shift, &k) || !pure_power(s, c[0], x, &b, &shift2, &l) || (k && l) || (!k && !l))
        return invert_fail(s, "no way is known to invert its functions together");
    const Expr *factor = expr_call1(p, FN_exp, w[0]);
    if (k)                          /* a*(x + shift)^k*factor*exp(w1*x) + b = 0 */
        return lambert_form(s, expr_mul(p, a, factor), shift, k, w[1], expr_neg(p, b), out);
    return lambert_form(s, b, shift2, l, expr_neg(p, w[1]), expr_neg(p, expr_mul(p, a, factor)), out);
}
