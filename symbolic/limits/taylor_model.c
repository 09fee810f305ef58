/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Arithmetic of Taylor models. Products and sums bound what is cut off by the sizes of the parts on |x| <= r. A function f of u = a + h, h(0) = 0, is
 * its Taylor polynomial at a composed with h, and its remainder coefficient is enclosed by the n-th Taylor coefficient of f about the ball of
 * all values of u [Makino, Berz 1996]. A quotient cancels powers of x first, so 1/x - 1/tan(x) has a model about 0. */
#include "symbolic/limits/taylor_model.h"

#if __FLINT_RELEASE >= 30000
#include <flint/arb_poly.h>
#else
#include <arb_poly.h>
#endif

static void model_init(TaylorModel *m, slong n)
{
    *m = (TaylorModel){ .n = n, .c = _arb_vec_init(n) };
    arb_init(m->bound);
}

void taylor_model_clear(TaylorModel *m)
{
    _arb_vec_clear(m->c, m->n);
    arb_clear(m->bound);
}

static void model_set(TaylorModel *to, const TaylorModel *from)
{
    to->valuation = from->valuation;
    for (slong i = 0; i < to->n; i++)
        arb_set(to->c + i, from->c + i);
    arb_set(to->bound, from->bound);
}

static bool model_is_finite(const TaylorModel *m)
{
    for (slong i = 0; i < m->n; i++)
        if (!arb_is_finite(m->c + i))
            return false;
    return arb_is_finite(m->bound);
}

static void add_size(arb_t sum, const arb_t x, slong prec)
{
    arf_t size;
    arf_init(size);
    arb_get_abs_ubound_arf(size, x, prec);
    arb_add_arf(sum, sum, size, prec);
    arf_clear(size);
}

/* A bound of |c_from| r^0 + |c_(from+1)| r + ... + bound * r^(n - from): of the part from x^from on, divided by x^from. */
static void tail_size(arb_t out, const TaylorModel *m, slong from, const arb_t r, slong prec)
{
    arb_zero(out);
    add_size(out, m->bound, prec);
    for (slong i = m->n; i-- > from;) {
        arb_mul(out, out, r, prec);
        add_size(out, m->c + i, prec);
    }
}

/* Coefficients are moved up by k places: valuation falls by k. What leaves goes to the bound. */
static void shift_up(TaylorModel *m, slong k, const arb_t r, slong prec)
{
    arb_t size;
    if (k <= 0)
        return;
    arb_init(size);
    tail_size(size, m, k < m->n ? m->n - k : 0, r, prec);
    for (slong i = m->n; i < k; i++)                /* all of it is beyond x^n */
        arb_mul(size, size, r, prec);
    for (slong i = m->n; i-- > 0;)
        if (i >= k)
            arb_swap(m->c + i, m->c + i - k);
        else
            arb_zero(m->c + i);
    arb_set(m->bound, size);
    m->valuation -= k;
    arb_clear(size);
}

/* Exact zeros in front leave; the model is one place less accurate for each, which the bound pays: |c_n| is not known. */
static bool trim(TaylorModel *m)
{
    slong zeros = 0;
    while (zeros < m->n && arb_is_zero(m->c + zeros))
        zeros++;
    if (zeros == m->n || arb_contains_zero(m->c + zeros))
        return false;
    for (slong i = 0; i + zeros < m->n; i++)
        arb_swap(m->c + i, m->c + i + zeros);
    m->n -= zeros;                                  /* x^n*rho keeps its power: n - zeros places behind the new front */
    m->valuation += zeros;
    return true;
}

static void model_add(TaylorModel *z, const TaylorModel *x, const TaylorModel *y, bool minus, const arb_t r, slong prec)
{
    TaylorModel u, v;
    slong       n = x->n < y->n ? x->n : y->n;
    model_init(&u, x->n);
    model_init(&v, y->n);
    model_set(&u, x);
    model_set(&v, y);
    shift_up(&u, u.valuation - v.valuation, r, prec);
    shift_up(&v, v.valuation - u.valuation, r, prec);
    model_init(z, n);
    z->valuation = u.valuation;
    for (slong i = 0; i < n; i++)
        minus ? arb_sub(z->c + i, u.c + i, v.c + i, prec) : arb_add(z->c + i, u.c + i, v.c + i, prec);
    arb_t s;
    arb_init(s);
    tail_size(z->bound, &u, n, r, prec);
    tail_size(s, &v, n, r, prec);
    arb_add(z->bound, z->bound, s, prec);
    arb_clear(s);
    taylor_model_clear(&u);
    taylor_model_clear(&v);
}

static void model_mul(TaylorModel *z, const TaylorModel *x, const TaylorModel *y, const arb_t r, slong prec)
{
    slong n = x->n < y->n ? x->n : y->n;
    arb_t s, t;
    arb_init(s);
    arb_init(t);
    model_init(z, n);
    z->valuation = x->valuation + y->valuation;
    _arb_poly_mullow(z->c, x->c, n, y->c, n, n, prec);
    for (slong i = 0; i < n; i++) {                 /* x_i times what of y reaches x^n, and the bound of x times all of y */
        tail_size(s, y, n - i, r, prec);
        arb_zero(t);
        add_size(t, x->c + i, prec);
        arb_addmul(z->bound, s, t, prec);
    }
    tail_size(s, x, n, r, prec);
    tail_size(t, y, 0, r, prec);
    arb_addmul(z->bound, s, t, prec);
    arb_clear(s);
    arb_clear(t);
}

/* ---- functions --------------------------------------------------------------------------------------------------------------------------- */

typedef void Series(arb_ptr r, arb_srcptr h, slong len, slong n, slong prec);

static void inverse_series(arb_ptr r, arb_srcptr h, slong len, slong n, slong prec) { _arb_poly_inv_series(r, h, len, n, prec); }
static void sqrt_series(arb_ptr r, arb_srcptr h, slong len, slong n, slong prec)    { _arb_poly_sqrt_series(r, h, len, n, prec); }
static void exp_series(arb_ptr r, arb_srcptr h, slong len, slong n, slong prec)     { _arb_poly_exp_series(r, h, len, n, prec); }
static void log_series(arb_ptr r, arb_srcptr h, slong len, slong n, slong prec)     { _arb_poly_log_series(r, h, len, n, prec); }
static void tan_series(arb_ptr r, arb_srcptr h, slong len, slong n, slong prec)     { _arb_poly_tan_series(r, h, len, n, prec); }
static void atan_series(arb_ptr r, arb_srcptr h, slong len, slong n, slong prec)    { _arb_poly_atan_series(r, h, len, n, prec); }
static void asin_series(arb_ptr r, arb_srcptr h, slong len, slong n, slong prec)    { _arb_poly_asin_series(r, h, len, n, prec); }
static void sin_series(arb_ptr r, arb_srcptr h, slong len, slong n, slong prec)     { _arb_poly_sin_series(r, h, len, n, prec); }
static void cos_series(arb_ptr r, arb_srcptr h, slong len, slong n, slong prec)     { _arb_poly_cos_series(r, h, len, n, prec); }
static void sinh_series(arb_ptr r, arb_srcptr h, slong len, slong n, slong prec)    { _arb_poly_sinh_series(r, h, len, n, prec); }
static void cosh_series(arb_ptr r, arb_srcptr h, slong len, slong n, slong prec)    { _arb_poly_cosh_series(r, h, len, n, prec); }

static void expm1_series(arb_ptr r, arb_srcptr h, slong len, slong n, slong prec)
{
    _arb_poly_exp_series(r, h, len, n, prec);
    arb_sub_ui(r, r, 1, prec);
}

static void log1p_series(arb_ptr r, arb_srcptr h, slong len, slong n, slong prec)
{
    arb_ptr t = _arb_vec_init(len);
    for (slong i = 0; i < len; i++)
        arb_set(t + i, h + i);
    arb_add_ui(t, t, 1, prec);
    _arb_poly_log_series(r, t, len, n, prec);
    _arb_vec_clear(t, len);
}

static void tanh_series(arb_ptr r, arb_srcptr h, slong len, slong n, slong prec)
{
    arb_ptr s = _arb_vec_init(n), c = _arb_vec_init(n);
    _arb_poly_sinh_cosh_series(s, c, h, len, n, prec);
    _arb_poly_div_series(r, s, n, c, n, n, prec);
    _arb_vec_clear(s, n);
    _arb_vec_clear(c, n);
}

/* (log(1 + h) - log(1 - h))/2 */
static void atanh_series(arb_ptr r, arb_srcptr h, slong len, slong n, slong prec)
{
    arb_ptr minus = _arb_vec_init(len), l = _arb_vec_init(n);
    _arb_vec_neg(minus, h, len);
    log1p_series(r, h, len, n, prec);
    log1p_series(l, minus, len, n, prec);
    _arb_vec_sub(r, r, l, n, prec);
    _arb_vec_scalar_mul_2exp_si(r, r, n, -1);
    _arb_vec_clear(minus, len);
    _arb_vec_clear(l, n);
}

/* log(h + sqrt(1 + h^2)) */
static void asinh_series(arb_ptr r, arb_srcptr h, slong len, slong n, slong prec)
{
    arb_ptr square = _arb_vec_init(n), root = _arb_vec_init(n);
    _arb_poly_mullow(square, h, len, h, len, n < 2*len - 1 ? n : 2*len - 1, prec);
    arb_add_ui(square, square, 1, prec);
    _arb_poly_sqrt_series(root, square, n, n, prec);
    for (slong i = 0; i < len && i < n; i++)
        arb_add(root + i, root + i, h + i, prec);
    _arb_poly_log_series(r, root, n, n, prec);
    _arb_vec_clear(square, n);
    _arb_vec_clear(root, n);
}

static Series *const series_of[FN_COUNT] = {
    [FN_tanh] = tanh_series, [FN_atanh] = atanh_series, [FN_asinh] = asinh_series,
    [FN_exp] = exp_series, [FN_log] = log_series, [FN_sqrt] = sqrt_series, [FN_sin] = sin_series, [FN_cos] = cos_series, [FN_tan] = tan_series,
    [FN_atan] = atan_series, [FN_asin] = asin_series, [FN_sinh] = sinh_series, [FN_cosh] = cosh_series, [FN_expm1] = expm1_series,
    [FN_log1p] = log1p_series,
};

/* z = f(u), u without a pole. */
static bool model_apply(TaylorModel *z, Series *f, const TaylorModel *x, const arb_t r, slong prec)
{
    TaylorModel u;
    slong       n;
    model_init(&u, x->n);
    model_set(&u, x);
    if (u.valuation < 0) {
        taylor_model_clear(&u);
        return false;
    }
    shift_up(&u, u.valuation, r, prec);
    n = u.n;
    model_init(z, n);
    f(z->c, u.c, n, n, prec);
    /* f(u) = sum over k < n of f_k h^k + f_n(xi) h^n with h = x*w: what of the powers of h reaches x^n is in their bounds. */
    arb_ptr line = _arb_vec_init(2), plain = _arb_vec_init(n), wide = _arb_vec_init(n + 1);
    arb_t   size, range, term, sum;
    arb_init(size);
    arb_init(range);
    arb_init(term);
    arb_init(sum);
    tail_size(size, &u, 1, r, prec);                /* |w| <= size */
    arb_mul(range, size, r, prec);
    arb_set(line, u.c);
    arb_one(line + 1);
    f(plain, line, n > 1 ? 2 : 1, n, prec);
    arb_add_error(line, range);
    f(wide, line, 2, n + 1, prec);
    add_size(sum, wide + n, prec);
    for (slong k = 0; k < n; k++)
        arb_mul(sum, sum, size, prec);              /* |f_n h^n| <= |f_n| |w|^n |x|^n */
    arb_set(z->bound, sum);
    TaylorModel h, power, next;
    model_init(&h, n);
    model_set(&h, &u);
    arb_zero(h.c);
    model_init(&power, n);
    model_set(&power, &h);
    for (slong k = 1; k < n; k++) {                 /* power = h^k: its bound times |f_k| */
        arb_zero(term);
        add_size(term, plain + k, prec);
        arb_addmul(z->bound, term, power.bound, prec);
        model_mul(&next, &power, &h, r, prec);
        taylor_model_clear(&power);
        power = next;
    }
    taylor_model_clear(&power);
    taylor_model_clear(&h);
    taylor_model_clear(&u);
    _arb_vec_clear(line, 2);
    _arb_vec_clear(plain, n);
    _arb_vec_clear(wide, n + 1);
    arb_clear(size);
    arb_clear(range);
    arb_clear(term);
    arb_clear(sum);
    return model_is_finite(z);
}

static bool model_div(TaylorModel *z, const TaylorModel *x, const TaylorModel *y, const arb_t r, slong prec)
{
    TaylorModel v, inverse;
    slong       length = y->n;
    model_init(&v, length);
    model_set(&v, y);
    bool fine = trim(&v);
    slong valuation = v.valuation;
    if (fine) {
        v.valuation = 0;
        fine = model_apply(&inverse, inverse_series, &v, r, prec);
        if (fine) {
            inverse.valuation = -valuation;
            model_mul(z, x, &inverse, r, prec);
        }
        taylor_model_clear(&inverse);
    }
    v.n = v.n < length ? v.n : length;
    _arb_vec_clear(v.c, length);
    arb_clear(v.bound);
    return fine;
}

/* ---- the list of operations ---------------------------------------------------------------------------------------------------------------- */

static void model_constant(TaylorModel *z, const arb_t c, slong n)
{
    model_init(z, n);
    arb_set(z->c, c);
}

static bool model_power(TaylorModel *z, const TaylorModel *x, slong k, const arb_t r, slong prec)
{
    TaylorModel next;
    if (k < 1 || k > 20)
        return false;
    model_init(z, x->n);
    model_set(z, x);
    for (slong i = 1; i < k; i++) {
        model_mul(&next, z, x, r, prec);
        taylor_model_clear(z);
        *z = next;
    }
    return true;
}

static bool step(const Operations *o, size_t k, TaylorModel *m, const arb_t r, slong n, slong prec)
{
    const Operation *op = &o->at[k];
    TaylorModel     *u = op->n ? &m[op->arg[0]] : NULL, *v = op->n > 1 ? &m[op->arg[1]] : NULL;
    arb_ptr          value;
    bool             fine = true;
    slong            exponent;
    switch ((int)op->kind) {
    case EXPR_NUMBER: case EXPR_CONSTANT:
        value = _arb_vec_init((slong)o->n);
        operation_ball(o, k, NULL, prec, value);
        model_constant(&m[k], value + k, n);
        _arb_vec_clear(value, (slong)o->n);
        return true;
    case EXPR_SYMBOL:
        model_init(&m[k], n);
        arb_one(m[k].c);
        m[k].valuation = 1;
        return true;
    case EXPR_ADD: case EXPR_SUB:
        model_add(&m[k], u, v, op->kind == EXPR_SUB, r, prec);
        return true;
    case EXPR_NEG:
        model_init(&m[k], u->n);
        model_set(&m[k], u);
        for (slong i = 0; i < u->n; i++)
            arb_neg(m[k].c + i, m[k].c + i);
        return true;
    case EXPR_MUL:
        model_mul(&m[k], u, v, r, prec);
        return true;
    case EXPR_DIV:
        fine = model_div(&m[k], u, v, r, prec);
        break;
    case EXPR_POW:
        fine = expr_fits_slong(op->e->arg[1], &exponent) && model_power(&m[k], u, exponent, r, prec);
        break;
    case EXPR_CALL:
        fine = op->n == 1 && series_of[op->e->fn->id] && model_apply(&m[k], series_of[op->e->fn->id], u, r, prec);
        break;
    default:
        fine = false;
    }
    if (!fine && !m[k].c)
        model_init(&m[k], n);
    return fine;
}

bool taylor_model(const Operations *o, const arb_t r, slong n, slong prec, TaylorModel *out)
{
    Arena       *a = arena_new();
    TaylorModel *m = arena_array(a, TaylorModel, o->n);
    size_t       made = 0;
    bool         fine = o->variables == 1;
    for (; made < o->n && fine; made++)
        fine = step(o, made, m, r, n, prec);
    if (fine) {
        model_init(out, m[o->n - 1].n);
        model_set(out, &m[o->n - 1]);
        fine = model_is_finite(out);
        if (!fine)
            taylor_model_clear(out);
    }
    for (size_t k = 0; k < made; k++)
        taylor_model_clear(&m[k]);
    arena_delete(a);
    return fine;
}
