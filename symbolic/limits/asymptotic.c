/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Functions of what tends to infinity, written by exp, log, sines and tails.
 *
 * A tail is what remains of a special function when its exponential, logarithmic and oscillating parts are taken out:
 * erfc(u) = exp(-u^2)*T(u) with T ~ 1/(sqrt(pi)*u)*(1 - 1/(2u^2) + ...). It varies slowly, like a power, so it does not
 * disturb the comparison of rates. A tail is a node of its own, an unknown function with a reserved name; its row gives the
 * definition (for zero tests and derivatives) and the asymptotic series, which stream_of_tail composes. [DLMF 6.12, 7.12,
 * 5.11, 10.17, 10.40; Corless et al. 1996 for lambertw] */
#include "symbolic/limits/germ.h"

#include "symbolic/algebra/zero.h"

#include <flint/arith.h>

enum { TAIL_MARK = 3 };

typedef enum TailId {
    TAIL_ERFC, TAIL_ERFI, TAIL_EI, TAIL_SI_F, TAIL_SI_G, TAIL_GAMMA, TAIL_DIGAMMA, TAIL_POLYGAMMA, TAIL_BESSEL_P, TAIL_BESSEL_Q,
    TAIL_BESSEL_I, TAIL_BESSEL_K, TAIL_ZETA, TAIL_LAMBERT, TAILS
} TailId;

typedef struct TailRow {            /* in u, the argument, and v, the order if there is one */
    const char *definition;
    const char *factor, *small;     /* the tail ~ factor * sum of c[k] small^k */
    const char *coefficient;        /* in u = k and v; NULL: computed below */
} TailRow;

#define CHI "(u - v*pi/2 - pi/4)"

static const TailRow tails[TAILS] = {
    [TAIL_ERFC] = { "erfc(u)*exp(u^2)", "1/(sqrt(pi)*u)", "1/u^2", "(-1)^u*(2*u)!/(u!*4^u)" },
    [TAIL_ERFI] = { "erfi(u)*exp(-u^2)", "1/(sqrt(pi)*u)", "1/u^2", "(2*u)!/(u!*4^u)" },
    [TAIL_EI] = { "ei(u)*exp(-u)", "1/u", "1/u", "u!" },
    [TAIL_SI_F] = { "ci(u)*sin(u) + (pi/2 - si(u))*cos(u)", "1/u", "1/u^2", "(-1)^u*(2*u)!" },
    [TAIL_SI_G] = { "(pi/2 - si(u))*sin(u) - ci(u)*cos(u)", "1/u^2", "1/u^2", "(-1)^u*(2*u + 1)!" },
    [TAIL_GAMMA] = { "lgamma(u) - (u - 1/2)*log(u) + u - log(2*pi)/2", "1/u", "1/u^2", NULL },
    [TAIL_DIGAMMA] = { "digamma(u) - log(u)", "1", "1/u", NULL },
    [TAIL_POLYGAMMA] = { "polygamma(v, u)", "(-1)^(v + 1)/u^v", "1/u", NULL },
    [TAIL_BESSEL_P] = { "(besselj(v, u)*cos" CHI " + bessely(v, u)*sin" CHI ")*sqrt(pi*u/2)", "1", "1/u^2", NULL },
    [TAIL_BESSEL_Q] = { "(bessely(v, u)*cos" CHI " - besselj(v, u)*sin" CHI ")*sqrt(pi*u/2)", "1/u", "1/u^2", NULL },
    [TAIL_BESSEL_I] = { "besseli(v, u)*exp(-u)*sqrt(2*pi*u)", "1", "1/u", NULL },
    [TAIL_BESSEL_K] = { "besselk(v, u)*exp(u)*sqrt(2*u/pi)", "1", "1/u", NULL },
    [TAIL_ZETA] = { "(zeta(u) - 1 - 2^(-u) - 3^(-u) - 4^(-u) - 5^(-u) - 6^(-u) - 7^(-u))*8^u", "1", "1/u", NULL },
    [TAIL_LAMBERT] = { "lambertw(exp(u)) - u + log(u)", "1", "1/u", NULL },
};

/* ---- tails as nodes -------------------------------------------------------------------------------------------------------------- */

static const char tail_names[TAILS][3] = {
    { TAIL_MARK, 'a' }, { TAIL_MARK, 'b' }, { TAIL_MARK, 'c' }, { TAIL_MARK, 'd' }, { TAIL_MARK, 'e' }, { TAIL_MARK, 'f' }, { TAIL_MARK, 'g' },
    { TAIL_MARK, 'h' }, { TAIL_MARK, 'i' }, { TAIL_MARK, 'j' }, { TAIL_MARK, 'k' }, { TAIL_MARK, 'l' }, { TAIL_MARK, 'm' }, { TAIL_MARK, 'n' },
};

static const Expr *tail(Pool *p, TailId id, const Expr *u, const Expr *order)
{
    static const uint32_t none[2] = { 0, 0 };
    const Expr *arg[] = { u, order };
    return u ? expr_unknown(p, str_of(tail_names[id]), none, arg, order ? 2 : 1) : NULL;
}

static bool is_tail(const Expr *e)
{
    return e->kind == EXPR_UNKNOWN && e->unknown.name.n == 2 && e->unknown.name.s[0] == TAIL_MARK;
}

static TailId tail_id(const Expr *e) { return (TailId)(e->unknown.name.s[1] - 'a'); }

const Expr *plain_tails(Engine *g, const Expr *e)
{
    Pool *p = g->pool;
    for (int round = 0; e && round < 40; round++) {
        Nodes  nodes = expr_nodes(p, g->arena, &e, 1);
        size_t i = nodes.n;
        while (i > 0 && !is_tail(nodes.at[i - 1]))
            i--;
        if (i == 0)
            break;
        const Expr *t = nodes.at[i - 1], *to = pool_read(p, tails[tail_id(t)].definition, t->arg, t->arity);
        e = expr_subst(p, e, &t, &to, 1);
    }
    return e;
}

/* ---- asymptotic coefficients -------------------------------------------------------------------------------------------------------- */

typedef struct TailContext { TailId id; const Expr *order; } TailContext;

static const Expr *bernoulli(Pool *p, size_t n)
{
    fmpq_t b;
    fmpq_init(b);
    arith_bernoulli_number(b, n);
    const Expr *e = expr_fmpq(p, b);
    fmpq_clear(b);
    return e;
}

static const Expr *factorial(Pool *p, size_t n) { return expr_call1(p, FN_factorial, expr_int(p, (slong)n)); }

/* (4n^2 - 1)(4n^2 - 9)...(4n^2 - (2k - 1)^2)/(k! 8^k) */
static const Expr *hankel(Pool *p, const Expr *n, size_t k)
{
    const Expr *square = expr_mul(p, expr_int(p, 4), expr_powi(p, n, 2)), *r = expr_int(p, 1);
    for (slong i = 1; i <= (slong)k; i++)
        r = expr_mul(p, r, expr_div(p, expr_sub(p, square, expr_int(p, (2 * i - 1) * (2 * i - 1))), expr_int(p, 8 * i)));
    return r;
}

static const Expr *alternating(Pool *p, const Expr *c, size_t k) { return k % 2 ? expr_neg(p, c) : c; }

static const Expr *polygamma_coefficient(Pool *p, const Expr *order, size_t k)
{
    slong n;
    if (!expr_fits_slong(order, &n) || n < 1)
        return NULL;
    if (k == 0)
        return factorial(p, (size_t)n - 1);
    if (k == 1)
        return expr_div(p, factorial(p, (size_t)n), expr_int(p, 2));
    const Expr *c = k % 2 ? expr_int(p, 0) : expr_mul(p, bernoulli(p, k), factorial(p, k + (size_t)n - 1));
    return expr_div(p, c, factorial(p, k));
}

static const Expr *tail_coefficient(Engine *g, void *context, size_t k)
{
    TailContext   *t = context;
    Pool          *p = g->pool;
    const TailRow *row = &tails[t->id];
    const Expr    *arg[] = { expr_int(p, (slong)k), t->order ? t->order : expr_int(p, 0) };
    if (row->coefficient)
        return pool_read(p, row->coefficient, arg, 2);
    switch ((int)t->id) {
    case TAIL_GAMMA:
        return expr_div(p, bernoulli(p, 2 * k + 2), expr_int(p, (slong)((2 * k + 2) * (2 * k + 1))));
    case TAIL_DIGAMMA:
        return k == 0 ? expr_int(p, 0) : k == 1 ? expr_ratio(p, -1, 2) : expr_neg(p, expr_div(p, bernoulli(p, k), expr_int(p, (slong)k)));
    case TAIL_POLYGAMMA: return polygamma_coefficient(p, t->order, k);
    case TAIL_BESSEL_P:  return alternating(p, hankel(p, t->order, 2 * k), k);
    case TAIL_BESSEL_Q:  return alternating(p, hankel(p, t->order, 2 * k + 1), k);
    case TAIL_BESSEL_I:  return alternating(p, hankel(p, t->order, k), k);
    case TAIL_BESSEL_K:  return hankel(p, t->order, k);
    }
    return expr_int(p, k == 0);
}

/* The tail v of lambertw(exp(u)) = u - log(u) + v solves v = -log(1 - log(u)/u + v/u). Each round from v = 0 gives one more
 * power of 1/u. */
static Stream *lambert_stream(Local *q, const Expr *u)
{
    enum { ROUNDS = 8 };
    Engine     *g = q->g;
    const Expr *minus = pool_read(g->pool, "-log(u)/u", &u, 1), *inverse = pool_read(g->pool, "1/u", &u, 1);
    Stream     *v = stream_zero(g), *a = stream_of(q, minus), *b = stream_of(q, inverse);
    for (int i = 0; i < ROUNDS && a && b && v; i++) {
        v = stream_unit_log(g, stream_add(g, a, stream_mul(g, b, v)));
        v = v ? stream_scale(g, v, expr_int(g->pool, -1), NULL) : NULL;
    }
    if (!a || !b || !v || !stream_has(b, 0))
        return NULL;
    return stream_below(g, v, expr_mul(g->pool, expr_int(g->pool, ROUNDS), b->term[0].e), "too many terms of lambertw cancel");
}

static Stream *asymptotic_stream(Local *q, const Expr *e)
{
    TailId         id = tail_id(e);
    const TailRow *row = &tails[id];
    Pool          *p = q->g->pool;
    TailContext   *t = arena_alloc(q->g->arena, sizeof *t);
    *t = (TailContext){ id, e->arity > 1 ? e->arg[1] : NULL };
    if (id == TAIL_LAMBERT)
        return lambert_stream(q, e->arg[0]);
    Stream *sum = stream_compose(q->g, tail_coefficient, t, stream_of(q, pool_read(p, row->small, e->arg, e->arity)));
    if (id == TAIL_ZETA)
        sum = stream_until(q->g, sum, 1, "too many terms of zeta cancel");
    return stream_mul(q->g, stream_of(q, pool_read(p, row->factor, e->arg, e->arity)), sum);
}

Stream *stream_of_tail(Local *q, const Expr *e)
{
    Engine *g = q->g;
    if (!is_tail(e)) {
        trouble(g, NO_SERIES, "an unknown function");
        return NULL;
    }
    Stream *u = stream_of(q, e->arg[0]), *h;
    if (!u || !stream_has(u, 0))
        return NULL;
    if (exponent_sign(g, u->term[0].e) < 0)
        return asymptotic_stream(q, e);
    const Expr *c;
    return local_split(q, u, &c, &h) ? stream_by_derivatives(q, e, 0, c, h) : NULL;
}

/* ---- rewriting ------------------------------------------------------------------------------------------------------------------------- */

typedef struct AtInfinity {         /* u, and v = first tail, w = second */
    FnId        id;
    const char *plus, *minus;       /* NULL: not known */
    int         first, second;      /* TailId or -1 */
} AtInfinity;

static const AtInfinity rows[] = {
    { FN_sinh, "(exp(u) - exp(-u))/2", "(exp(u) - exp(-u))/2", -1, -1 },
    { FN_cosh, "(exp(u) + exp(-u))/2", "(exp(u) + exp(-u))/2", -1, -1 },
    { FN_tanh, "1 - 2*exp(-2*u)/(1 + exp(-2*u))", "2*exp(2*u)/(1 + exp(2*u)) - 1", -1, -1 },
    { FN_coth, "1 + 2*exp(-2*u)/(1 - exp(-2*u))", "-1 - 2*exp(2*u)/(1 - exp(2*u))", -1, -1 },
    { FN_asinh, "log(u + (u^2 + 1)^(1/2))", "-log((u^2 + 1)^(1/2) - u)", -1, -1 },
    { FN_acosh, "log(u + (u^2 - 1)^(1/2))", NULL, -1, -1 },
    { FN_atan, "pi/2 - atan(1/u)", "-pi/2 - atan(1/u)", -1, -1 },
    { FN_acoth, "atanh(1/u)", "atanh(1/u)", -1, -1 },
    { FN_tan, "sin(u)/cos(u)", "sin(u)/cos(u)", -1, -1 },
    { FN_cot, "cos(u)/sin(u)", "cos(u)/sin(u)", -1, -1 },
    { FN_erf, "1 - exp(-u^2)*v", "exp(-u^2)*w - 1", TAIL_ERFC, -1 - TAIL_ERFC },
    { FN_erfc, "exp(-u^2)*v", "2 - exp(-u^2)*w", TAIL_ERFC, -1 - TAIL_ERFC },
    { FN_erfi, "exp(u^2)*v", "-exp(u^2)*w", TAIL_ERFI, -1 - TAIL_ERFI },
    { FN_ei, "exp(u)*v", "exp(u)*v", TAIL_EI, -1 },
    { FN_shi, "(exp(u)*v - exp(-u)*w)/2", "(exp(u)*v - exp(-u)*w)/2", TAIL_EI, -1 - TAIL_EI },
    { FN_chi, "(exp(u)*v + exp(-u)*w)/2", NULL, TAIL_EI, -1 - TAIL_EI },
    { FN_si, "pi/2 - v*cos(u) - w*sin(u)", NULL, TAIL_SI_F, TAIL_SI_G },
    { FN_ci, "v*sin(u) - w*cos(u)", NULL, TAIL_SI_F, TAIL_SI_G },
    { FN_gamma, "exp((u - 1/2)*log(u) - u + log(2*pi)/2 + v)", "pi/(sin(pi*u)*gamma(1 - u))", TAIL_GAMMA, -1 },
    { FN_lgamma, "(u - 1/2)*log(u) - u + log(2*pi)/2 + v", NULL, TAIL_GAMMA, -1 },
    { FN_digamma, "log(u) + v", "digamma(1 - u) - pi*cot(pi*u)", TAIL_DIGAMMA, -1 },
    { FN_zeta, "1 + 2^(-u) + 3^(-u) + 4^(-u) + 5^(-u) + 6^(-u) + 7^(-u) + 8^(-u)*v", NULL, TAIL_ZETA, -1 },
    { FN_lambertw, "log(u) - log(log(u)) + v", NULL, TAIL_LAMBERT, -1 },      /* of log(u) */
};

static const Expr *refuse(Engine *g, const char *why)
{
    trouble(g, UNSURE, why);
    return NULL;
}

/* A tail of u; a number below -1 means that of -u. */
static const Expr *tail_by_number(Pool *p, int number, const Expr *u)
{
    return number == -1 ? u : number >= 0 ? tail(p, (TailId)number, u, NULL) : tail(p, (TailId)(-1 - number), expr_neg(p, u), NULL);
}

static const Expr *two_arguments(Engine *g, const Expr *e, int sign)
{
    Pool       *p = g->pool;
    const Expr *n = e->arg[0], *u = e->arg[1], *phase[] = { u, n };
    slong       order;
    bool        modified = e->fn->id == FN_besseli || e->fn->id == FN_besselk;
    if (e->fn->id == FN_polygamma)
        return sign > 0 && expr_fits_slong(n, &order) && order > 0 ? tail(p, TAIL_POLYGAMMA, u, n) : refuse(g, "polygamma at -oo");
    if (sign < 0) {
        bool first = e->fn->id == FN_besselj || e->fn->id == FN_besseli;
        if (!first || !expr_fits_slong(n, &order))
            return refuse(g, "a Bessel function at -oo");
        const Expr *mirrored = expr_call2(p, e->fn->id, n, expr_neg(p, u));
        return order % 2 ? expr_neg(p, mirrored) : mirrored;
    }
    if (modified) {
        bool        k = e->fn->id == FN_besselk;
        const Expr *arg[] = { u, tail(p, k ? TAIL_BESSEL_K : TAIL_BESSEL_I, u, n) };
        return pool_read(p, k ? "exp(-u)*(pi/2)^(1/2)*u^(-1/2)*v" : "exp(u)*(2*pi)^(-1/2)*u^(-1/2)*v", arg, 2);
    }
    const Expr *chi = pool_read(p, CHI, phase, 2), *arg[] = { chi, tail(p, TAIL_BESSEL_P, u, n), tail(p, TAIL_BESSEL_Q, u, n) };
    const Expr *wave = pool_read(p, e->fn->id == FN_besselj ? "v*cos(u) - w*sin(u)" : "v*sin(u) + w*cos(u)", arg, 3);
    return expr_mul(p, pool_read(p, "(2/pi)^(1/2)*u^(-1/2)", &u, 1), wave);
}

/* The functions of steps and signs at infinity. */
static const Expr *by_sign(Engine *g, const Expr *e, const Expr *var)
{
    Pool *p = g->pool;
    int   sign = 0;
    if (e->fn->id == FN_max || e->fn->id == FN_min) {
        const Expr *best = e->arg[0];
        for (size_t i = 1; i < e->arity; i++) {
            if (!sign_at_infinity(g, expr_sub(p, e->arg[i], best), var, &sign))
                return NULL;
            best = sign && (sign > 0) == (e->fn->id == FN_max) ? e->arg[i] : best;
        }
        return best;
    }
    if (!sign_at_infinity(g, e->arg[0], var, &sign))
        return NULL;
    if (e->fn->id == FN_abs)
        return sign < 0 ? expr_neg(p, e->arg[0]) : e->arg[0];
    return e->fn->id == FN_sign ? expr_int(p, sign) : sign < 0 ? expr_int(p, 0) : e->arg[0];
}

static const Expr *infinite_argument(Engine *g, const Expr *e, const Expr *var)
{
    Pool       *p = g->pool;
    size_t      last = e->arity - 1;
    const Expr *u = e->arg[last];
    int         sign;
    if (!expr_depends(p, u, var))
        return e;
    const Germ *germ = germ_of(g, u, var);
    if (germ->trouble) {
        trouble(g, germ->trouble, germ->why);
        return NULL;
    }
    if (germ->order >= 0)
        return e;
    if (!germ_sign(g, germ, &sign) || !sign)
        return NULL;
    if (e->arity == 2)
        return two_arguments(g, e, sign);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const AtInfinity *r = &rows[i];
        if (r->id != e->fn->id)
            continue;
        if (sign < 0 && !r->minus && e->fn->parity == PARITY_ODD)       /* -f(-u), which the constructors do not turn back */
            u = expr_neg(p, u);
        const char *text = sign < 0 && r->minus ? r->minus : sign > 0 || e->fn->parity == PARITY_ODD ? r->plus : NULL;
        if (!text)
            return refuse(g, "a function that is not real at -oo");
        const Expr *inner = r->id == FN_lambertw ? expr_call1(p, FN_log, u) : u;
        const Expr *arg[] = { u, tail_by_number(p, r->first, inner), tail_by_number(p, r->second, u) };
        const Expr *f = pool_read(p, text, arg, 3);
        return sign < 0 && !r->minus ? expr_neg(p, f) : f;
    }
    return e;
}

const Expr *rewrite_call(Engine *g, const Expr *e, const Expr *var)
{
    const Expr *form = call_form(g->pool, e);
    if (form)
        return form;
    switch ((int)e->fn->id) {
    case FN_exp: case FN_log:
        return e;
    case FN_sin: case FN_cos: case FN_floor: case FN_ceil: case FN_round:
        return rewrite_oscillation(g, e, var);
    case FN_abs: case FN_sign: case FN_relu: case FN_max: case FN_min:
        return by_sign(g, e, var);
    }
    return e->arity <= 2 ? infinite_argument(g, e, var) : e;
}
