/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Denesting over the exact algebraic numbers of Calcium (qqbar: minimal polynomial and an enclosing ball). A number of degree 1 or 2 is
 * read off its minimal polynomial. One of degree 4 with the conjugates r1..r4 is (s + a + b + c)/4 for their sum s and
 * a = r1 + r2 - r3 - r4, b = r1 - r2 + r3 - r4, c = r1 - r2 - r3 + r4; if a^2, b^2, c^2 are rational, which is so for every order of
 * the conjugates or for none when the Galois group has no element of order 4, this is a sum of square roots. Equality of every result with
 * the number is exact. Refused: higher degrees, and numbers whose calculation would pass the limits. */
#include "symbolic/algebra/radicals.h"

#include "base/interrupt.h"
#include "symbolic/expr/memo.h"

#include <stdlib.h>

#include <flint/flint.h>
#if __FLINT_RELEASE >= 30000
#include <flint/qqbar.h>
#else
#include <calcium/qqbar.h>
#endif

enum { MOST_NODES = 60, MOST_DEGREE = 24, MOST_PRODUCT = 48, MOST_BITS = 2000, MOST_ROOT = 12 };

/* ---- from an expression ---------------------------------------------------------------------------------------------- */

static bool small_rational(const Expr *e, slong *p, slong *q)
{
    const fmpq *r = expr_number(e);
    if (!fmpz_fits_si(fmpq_numref(r)) || !fmpz_fits_si(fmpq_denref(r)))
        return false;
    *p = fmpz_get_si(fmpq_numref(r));
    *q = fmpz_get_si(fmpq_denref(r));
    return *p > -100000 && *p < 100000 && *q < 100000;
}

static bool power_value(qqbar_t r, const qqbar_t base, const Expr *exponent)
{
    slong p, q;
    if (!expr_is_number(exponent) || !small_rational(exponent, &p, &q) || q > MOST_ROOT || qqbar_degree(base) * q > MOST_DEGREE)
        return false;
    if (qqbar_is_zero(base) || (ulong)labs(p) * (ulong)qqbar_height_bits(base) > MOST_BITS)
        return false;
    qqbar_pow_fmpq(r, base, expr_number(exponent));
    return true;
}

/* sin, cos and tan of rational multiples of pi */
static bool call_value(qqbar_t r, const Expr *e)
{
    slong       p = 1, q = 1;
    const Expr *u = e->arg[0];
    bool turn = expr_is_constant(u, CONSTANT_PI)
        || (u->kind == EXPR_MUL && u->arity == 2 && expr_is_number(u->arg[0]) && expr_is_constant(u->arg[1], CONSTANT_PI) && small_rational(u->arg[0], &p, &q));
    if (!turn || q > 2 * MOST_DEGREE)
        return false;
    switch ((int)e->fn->id) {
    case FN_sin: qqbar_sin_pi(r, p, (ulong)q); break;
    case FN_cos: qqbar_cos_pi(r, p, (ulong)q); break;
    case FN_tan: return qqbar_tan_pi(r, p, (ulong)q) && qqbar_degree(r) <= MOST_DEGREE;
    default:     return false;
    }
    return qqbar_degree(r) <= MOST_DEGREE;
}

/* The real cube root. */
static bool cube_root(qqbar_t r, const qqbar_t u)
{
    if (!qqbar_is_real(u) || qqbar_degree(u) * 3 > MOST_DEGREE)
        return false;
    bool negative = qqbar_sgn_re(u) < 0;
    negative ? qqbar_neg(r, u) : qqbar_set(r, u);
    qqbar_root_ui(r, r, 3);
    if (negative)
        qqbar_neg(r, r);
    return true;
}

static bool node_value(qqbar_t r, const Expr *e, qqbar_ptr const *arg)
{
    switch ((int)e->kind) {
    case EXPR_NUMBER:   qqbar_set_fmpq(r, expr_number(e)); return true;
    case EXPR_CONSTANT: qqbar_i(r); return e->constant == CONSTANT_I;
    case EXPR_POW:      return arg[0] && power_value(r, arg[0], e->arg[1]);
    case EXPR_CALL:
        if (e->fn->id == FN_cbrt)
            return arg[0] && cube_root(r, arg[0]);
        return e->arity == 1 && call_value(r, e);
    case EXPR_ADD: case EXPR_MUL:
        for (uint32_t i = 0; i < e->arity; i++) {
            if (!arg[i] || (i && !qqbar_binop_within_limits(r, arg[i], MOST_PRODUCT, MOST_BITS)))
                return false;
            i == 0 ? qqbar_set(r, arg[i]) : e->kind == EXPR_ADD ? qqbar_add(r, r, arg[i]) : qqbar_mul(r, r, arg[i]);
        }
        return true;
    default: return false;
    }
}

static bool value_of(Pool *p, Arena *a, const Expr *e, qqbar_t out)
{
    Nodes nodes = expr_nodes(p, a, &e, 1);
    Memo  done = memo_new(a);
    bool  known = nodes.n <= MOST_NODES;
    qqbar_ptr value = known ? _qqbar_vec_init((slong)nodes.n) : NULL;
    size_t    made = known ? nodes.n : 0;
    for (size_t k = 0; k < made && !should_stop(); k++) {
        qqbar_ptr *arg = arena_array(a, qqbar_ptr, nodes.at[k]->arity + 1);
        for (uint32_t i = 0; i < nodes.at[k]->arity; i++)
            arg[i] = memo_get(&done, nodes.at[k]->arg[i]);
        known = node_value(value + k, nodes.at[k], arg);        /* pi has none, but sin(pi/5) has */
        if (known)
            memo_put(&done, nodes.at[k], value + k);
    }
    known = made && memo_get(&done, e);
    if (known)
        qqbar_set(out, value + made - 1);
    if (made)
        _qqbar_vec_clear(value, (slong)made);
    return known;
}

/* ---- to an expression ------------------------------------------------------------------------------------------------ */

static const Expr *rational(Pool *p, const qqbar_t x)
{
    fmpq_t q;
    fmpq_init(q);
    qqbar_get_fmpq(q, x);
    const Expr *e = expr_fmpq(p, q);
    fmpq_clear(q);
    return e;
}

/* The root of a rational square x^2 that x is: its sign is that of the real part, or of the imaginary one. NULL if the square is not rational. */
static const Expr *signed_root(Pool *p, const qqbar_t x)
{
    qqbar_t     square;
    const Expr *r = NULL;
    qqbar_init(square);
    qqbar_mul(square, x, x);
    if (qqbar_is_rational(square)) {
        int s = qqbar_sgn_re(x);
        r = expr_pow(p, rational(p, square), expr_ratio(p, 1, 2));
        r = (s ? s : qqbar_sgn_im(x)) < 0 ? expr_neg(p, r) : r;
    }
    qqbar_clear(square);
    return r;
}

/* From a*x^2 + b*x + c = 0: -b/(2*a) and the rest, whose square is rational. */
static const Expr *quadratic(Pool *p, const qqbar_t x)
{
    const fmpz *c = QQBAR_COEFFS(x);
    qqbar_t     middle;
    fmpq_t      q;
    qqbar_init(middle);
    fmpq_init(q);
    fmpq_set_fmpz_frac(q, c + 1, c + 2);
    fmpq_div_2exp(q, q, 1);
    fmpq_neg(q, q);
    qqbar_set_fmpq(middle, q);
    const Expr *m = expr_fmpq(p, q);
    qqbar_sub(middle, x, middle);
    const Expr *r = signed_root(p, middle);
    fmpq_clear(q);
    qqbar_clear(middle);
    return r ? expr_add(p, m, r) : NULL;
}

static const Expr *biquadratic(Pool *p, const qqbar_t x)
{
    qqbar_ptr   r = _qqbar_vec_init(6), t = r + 4, s = r + 5;
    const Expr *sum = expr_int(p, 0);
    qqbar_conjugates(r, x);
    for (int i = 1; i < 4; i++)             /* x first */
        if (qqbar_equal(r + i, x))
            qqbar_swap(r, r + i);
    qqbar_set(s, r);
    for (int i = 1; i < 4; i++)
        qqbar_add(s, s, r + i);
    for (int i = 1; i < 4 && sum; i++) {    /* r1 + ri - the other two = 2*(r1 + ri) - s */
        qqbar_add(t, r, r + i);
        qqbar_mul_2exp_si(t, t, 1);
        qqbar_sub(t, t, s);
        const Expr *root = signed_root(p, t);
        sum = root ? expr_add(p, sum, root) : NULL;
    }
    if (sum && qqbar_is_rational(s))
        sum = expr_mul(p, expr_ratio(p, 1, 4), expr_add(p, sum, rational(p, s)));
    _qqbar_vec_clear(r, 6);
    return sum;
}

/* c*(sum) with the rational content multiplied out. */
static const Expr *spread(Pool *p, const Expr *e)
{
    if (!e || e->kind != EXPR_MUL || e->arity != 2 || !expr_is_number(e->arg[0]) || e->arg[1]->kind != EXPR_ADD)
        return e;
    const Expr *sum = expr_int(p, 0);
    for (uint32_t i = 0; i < e->arg[1]->arity; i++)
        sum = expr_add(p, sum, expr_mul(p, e->arg[0], e->arg[1]->arg[i]));
    return sum;
}

const Expr *expr_radicals(Pool *p, const Expr *e)
{
    if (!expr_is_numeric(e) || e->shape || e->flags & (EXPR_HAS_BALL | EXPR_HAS_INFINITE | EXPR_HAS_TENSOR))
        return NULL;
    Arena      *a = arena_new();
    const Expr *r = NULL;
    qqbar_t     x;
    qqbar_init(x);
    if (value_of(p, a, e, x)) {
        slong degree = qqbar_degree(x);
        r = degree == 1 ? rational(p, x) : degree == 2 ? quadratic(p, x) : degree == 4 ? spread(p, biquadratic(p, x)) : NULL;
    }
    qqbar_clear(x);
    arena_delete(a);
    return r;
}
