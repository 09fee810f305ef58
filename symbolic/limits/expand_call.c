/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Streams of functions.
 *
 * In this order: a row of the table of rules (exp, log, absolute value, steps, extremes, circular functions); a form in other
 * functions; where the function is not regular, its expansion there (gamma, zeta, exponential integrals, Bessel functions);
 * f(c) + integral of f'(u) du where f' is elementary; else the Taylor coefficients by repeated derivatives. What tends to
 * infinity is trouble GROWS: asymptotic.c rewrites it. */
#include "symbolic/algebra/zero.h"
#include "symbolic/calculus/diff.h"
#include "symbolic/expr/evaluate.h"
#include "symbolic/limits/germ.h"

typedef Stream *(*CallRule)(Local *q, const Expr *e);

static Stream *refuse(Local *q, Trouble t, const char *why)
{
    trouble(q->g, t, why);
    return NULL;
}

static const Expr *zero_of(Local *q) { return expr_int(q->g->pool, 0); }

static Stream *constant(Local *q, const Expr *c) { return stream_term(q->g, c, zero_of(q)); }

static Stream *negated(Local *q, Stream *s) { return s ? stream_scale(q->g, s, expr_int(q->g->pool, -1), NULL) : NULL; }

/* The stream of a text in u, v, w, the arguments. */
static Stream *written(Local *q, const char *text, const Expr *const *arg, size_t n)
{
    return stream_of(q, pool_read(q->g->pool, text, arg, n));
}

/* f(c), or NULL where it has no finite value. */
static const Expr *value_at(Local *q, const Expr *e, size_t i, const Expr *c)
{
    Pool        *p = q->g->pool;
    const Expr **arg = arena_copy(q->g->arena, e->arg, e->arity * sizeof *arg);
    arg[i] = c;
    const Expr *value = expr_call(p, e->fn, arg, e->arity);
    if (!value || (value->flags & EXPR_HAS_INFINITE)) {
        pool_clear_error(p);
        return NULL;
    }
    if (!expr_is_numeric(value))
        return value;
    acb_t z;
    acb_init(z);
    EvalStatus status = expr_enclose(p, value, NULL, NULL, 0, 128, z, NULL);
    acb_clear(z);
    return status == EVAL_OK ? value : NULL;
}

/* Does f change by more than powers of its argument as that tends to infinity? */
static bool is_wild(FnId id)
{
    switch ((int)id) {
    case FN_log: case FN_atan: case FN_asinh: case FN_acosh: case FN_si: case FN_ci: case FN_digamma: case FN_lgamma: case FN_lambertw:
    case FN_besselj: case FN_bessely:
        return false;
    default:
        return true;
    }
}

/* Coefficients must vary more slowly than all powers of w: gamma(log(1/w)) must be written by exp first. */
static bool tame(Local *q, FnId id, const Expr *c)
{
    if (!q->slow || !is_wild(id) || !expr_depends(q->g->pool, c, q->slow))
        return true;
    const Germ *germ = germ_of(q->g, c, q->slow);
    if (germ->trouble || germ->order < 0)
        return trouble(q->g, germ->trouble ? germ->trouble : GROWS, germ->trouble ? germ->why : "a function of what tends to infinity");
    return true;
}

/* ---- signs, steps, extremes ------------------------------------------------------------------------------------------------------- */

/* The sign of an argument beside the point; NULL with trouble if it is not known. */
static Stream *signed_argument(Local *q, const Expr *u, int *sign)
{
    Stream *s = stream_of(q, u);
    if (u && (u->flags & EXPR_HAS_I))
        return refuse(q, UNSURE, "a sign of a complex number");
    return s && local_sign(q, s, sign) ? s : NULL;
}

static Stream *abs_rule(Local *q, const Expr *e)
{
    int     sign;
    Stream *s = signed_argument(q, e->arg[0], &sign);
    return sign < 0 ? negated(q, s) : s;
}

static Stream *sign_rule(Local *q, const Expr *e)
{
    int sign;
    return signed_argument(q, e->arg[0], &sign) ? constant(q, expr_int(q->g->pool, sign)) : NULL;
}

static Stream *relu_rule(Local *q, const Expr *e)
{
    int     sign;
    Stream *s = signed_argument(q, e->arg[0], &sign);
    return s && sign < 0 ? stream_zero(q->g) : s;
}

/* The value v that u tends to, and the sign of u - v beside the point. */
static bool approach(Local *q, const Expr *u, const Expr **v, int *side)
{
    Engine     *g = q->g;
    Stream     *s = stream_of(q, u), *h;
    const Expr *c;
    bool        folded = q->folded;
    if (!s || !local_split(q, s, &c, &h))
        return false;
    if (q->slow && expr_depends(g->pool, c, q->slow)) {
        const Germ *limit = germ_of(g, c, q->slow);
        if (limit->trouble || limit->order < 0)
            return trouble(g, limit->trouble ? limit->trouble : GROWS, "infinitely many steps");
        c = limit->value;
    }
    *v = c;
    q->folded = folded;
    return local_sign(q, stream_add(g, s, constant(q, expr_neg(g->pool, c))), side);
}

/* floor, ceil, round of a finite limit: at a jump the side of approach decides. */
static Stream *step_rule(Local *q, const Expr *e)
{
    Pool       *p = q->g->pool;
    const Expr *v = NULL;
    int         side;
    bool        folded = q->folded, round = e->fn->id == FN_round;
    if (!approach(q, e->arg[0], &v, &side))
        return NULL;
    const Expr *shifted = round ? expr_add(p, v, expr_ratio(p, 1, 2)) : v, *below = expr_call1(p, FN_floor, shifted);
    if (!below || !expr_is_integer(below))
        return refuse(q, UNSURE, "the value of a step function was not decided");
    Truth jump = expr_zero_test(p, expr_sub(p, shifted, below)).answer;
    if (jump == UNKNOWN)
        return refuse(q, UNSURE, "the value of a step function was not decided");
    if (jump == YES && round && side == 0)
        return constant(q, expr_call1(p, FN_round, v));
    if (jump == NO)
        q->folded = folded;
    slong step = e->fn->id == FN_ceil ? (jump == NO || side > 0) : jump == YES && side < 0 ? -1 : 0;
    return constant(q, expr_add(p, below, expr_int(p, step)));
}

static Stream *extreme_rule(Local *q, const Expr *e)
{
    const Expr *best = e->arg[0];
    for (size_t i = 1; i < e->arity; i++) {
        int sign;
        if (!signed_argument(q, expr_sub(q->g->pool, e->arg[i], best), &sign))
            return NULL;
        if (sign && (sign > 0) == (e->fn->id == FN_max))
            best = e->arg[i];
    }
    return stream_of(q, best);
}

/* Real roots of odd order are odd functions. */
static Stream *root_rule(Local *q, const Expr *e)
{
    int         sign;
    Pool       *p = q->g->pool;
    const Expr *order = e->arity > 1 ? e->arg[1] : expr_int(p, 3);
    Stream     *s = signed_argument(q, e->arg[0], &sign);
    if (!s || sign >= 0)
        return s ? local_power(q, s, expr_powi(p, order, -1)) : NULL;
    slong n;
    if (!expr_fits_slong(order, &n) || n % 2 == 0)
        return refuse(q, UNSURE, "an even root of what is negative");
    return negated(q, local_power(q, negated(q, s), expr_powi(p, order, -1)));
}

static Stream *angle_rule(Local *q, const Expr *e)
{
    int right, up;
    if (!signed_argument(q, e->arg[1], &right) || !signed_argument(q, e->arg[0], &up))
        return NULL;
    if (right == 0)
        return constant(q, expr_mul(q->g->pool, expr_ratio(q->g->pool, up, 2), expr_constant(q->g->pool, CONSTANT_PI)));
    return written(q, right > 0 ? "atan(u/v)" : up < 0 ? "atan(u/v) - pi" : "atan(u/v) + pi", e->arg, 2);
}

static Stream *refused_rule(Local *q, const Expr *e)
{
    (void)e;
    return refuse(q, UNSURE, "an angle or a complex part has no series rule");
}

static Stream *exp_rule(Local *q, const Expr *e) { return local_exp(q, stream_of(q, e->arg[0])); }

static Stream *log_rule(Local *q, const Expr *e) { return local_log(q, stream_of(q, e->arg[0])); }

/* ---- Taylor coefficients ------------------------------------------------------------------------------------------------------------ */

static const Expr *over_factorial(Pool *p, const Expr *c, size_t k)
{
    return expr_div(p, c, expr_call1(p, FN_factorial, expr_int(p, (slong)k)));
}

typedef struct Cycle {              /* the derivatives at c, one after the other, again and again */
    const Expr *value[4];
} Cycle;

static const Expr *cycle_coefficient(Engine *g, void *context, size_t k)
{
    return over_factorial(g->pool, ((Cycle *)context)->value[k % 4], k);
}

/* sin, cos, sinh, cosh: shift counts the derivatives from the sine. */
static Stream *wave(Local *q, const Expr *u, bool hyperbolic, size_t shift)
{
    Pool       *p = q->g->pool;
    const Expr *c;
    Stream     *h, *s = stream_of(q, u);
    if (!s || !local_split(q, s, &c, &h) || (hyperbolic && !tame(q, FN_sinh, c)))
        return NULL;
    const Expr *sine = expr_call1(p, hyperbolic ? FN_sinh : FN_sin, c), *cosine = expr_call1(p, hyperbolic ? FN_cosh : FN_cos, c);
    const Expr *all[4] = { sine, cosine, hyperbolic ? sine : expr_neg(p, sine), hyperbolic ? cosine : expr_neg(p, cosine) };
    Cycle      *cycle = arena_alloc(q->g->arena, sizeof *cycle);
    for (size_t i = 0; i < 4; i++)
        cycle->value[i] = all[(i + shift) % 4];
    return stream_compose(q->g, cycle_coefficient, cycle, h);
}

static Stream *sin_rule(Local *q, const Expr *e) { return wave(q, e->arg[0], e->fn->id == FN_sinh, 0); }
static Stream *cos_rule(Local *q, const Expr *e) { return wave(q, e->arg[0], e->fn->id == FN_cosh, 1); }

typedef struct Riccati {            /* y' = a + b*y^2 */
    int          a, b;
    size_t       n, room;
    const Expr **y;
} Riccati;

static const Expr *riccati_coefficient(Engine *g, void *context, size_t k)
{
    Riccati *r = context;
    Pool    *p = g->pool;
    if (k >= r->room) {
        const Expr **wide = arena_array(g->arena, const Expr *, 2 * k + 8);
        for (size_t i = 0; i < r->n; i++)
            wide[i] = r->y[i];
        r->y = wide;
        r->room = 2 * k + 8;
    }
    for (; r->n <= k; r->n++) {
        const Expr **part = arena_array(g->arena, const Expr *, r->n);
        for (size_t i = 0; i < r->n; i++)
            part[i] = expr_mul(p, r->y[i], r->y[r->n - 1 - i]);
        const Expr *slope = expr_add(p, expr_int(p, r->n == 1 ? r->a : 0), expr_mul(p, expr_int(p, r->b), expr_sum(p, part, r->n)));
        r->y[r->n] = expr_div(p, slope, expr_int(p, (slong)r->n));
        if (coefficient_zero(g, &r->y[r->n]) == UNKNOWN)
            return NULL;
    }
    return r->y[k];
}

static Stream *tan_rule(Local *q, const Expr *e)
{
    FnId        id = e->fn->id;
    bool        hyperbolic = id == FN_tanh || id == FN_coth, inverse = id == FN_cot || id == FN_coth;
    const Expr *c, *y;
    Stream     *h, *s = stream_of(q, e->arg[0]);
    if (!s || !local_split(q, s, &c, &h) || (hyperbolic && !tame(q, id, c)))
        return NULL;
    if ((y = value_at(q, e, 0, c))) {
        Riccati *r = arena_alloc(q->g->arena, sizeof *r);
        *r = (Riccati){ id == FN_cot ? -1 : 1, id == FN_tan ? 1 : -1, 1, 8, arena_array(q->g->arena, const Expr *, 8) };
        r->y[0] = y;
        return stream_compose(q->g, riccati_coefficient, r, h);
    }
    Stream *sine = wave(q, e->arg[0], hyperbolic, 0), *cosine = wave(q, e->arg[0], hyperbolic, 1);
    return inverse ? stream_mul(q->g, cosine, local_inverse(q, sine)) : stream_mul(q->g, sine, local_inverse(q, cosine));
}

/* ---- power series with known coefficients ------------------------------------------------------------------------------------------- */

typedef struct Row {                /* coefficients of a special function about 0, in n and k */
    const char *text;
    size_t      first;              /* zero before */
    const Expr *n;
} Row;

static const Expr *row_coefficient(Engine *g, void *context, size_t k)
{
    const Row  *row = context;
    const Expr *arg[] = { expr_int(g->pool, (slong)k), row->n ? row->n : expr_int(g->pool, 0) };
    return k < row->first ? expr_int(g->pool, 0) : pool_read(g->pool, row->text, arg, 2);
}

static Stream *row_series(Local *q, const char *text, size_t first, const Expr *n, Stream *h)
{
    Row *row = arena_alloc(q->g->arena, sizeof *row);
    *row = (Row){ text, first, n };
    return stream_compose(q->g, row_coefficient, row, h);
}

/* About a point where e is not regular: ei, ci, chi at 0, with a logarithm. */
static Stream *integral_at_zero(Local *q, const Expr *e, Stream *h)
{
    static const struct { FnId id; const char *head, *coefficient; } row[] = {
        { FN_ei, "euler + log(abs(u))", "1/(u*u!)" },
        { FN_ci, "euler + log(u)", "cos(u*pi/2)/(u*u!)" },
        { FN_chi, "euler + log(u)", "cos(u*pi/2)^2/(u*u!)" },
    };
    for (size_t i = 0; i < sizeof row / sizeof *row; i++)
        if (row[i].id == e->fn->id) {
            bool    folded = q->folded;             /* log(abs(u)) is even */
            Stream *head = written(q, row[i].head, e->arg, 1);
            q->folded = folded;
            return head ? stream_add(q->g, head, row_series(q, row[i].coefficient, 1, NULL, h)) : NULL;
        }
    return NULL;
}

/* J, I of constant order n at 0: (u/2)^n * sum of (-+1)^k (u/2)^(2k)/(k! gamma(n + k + 1)). */
static Stream *bessel_first(Local *q, const Expr *n, const Expr *u, bool modified)
{
    const Expr *half = expr_div(q->g->pool, u, expr_int(q->g->pool, 2));
    slong       whole;
    if (expr_fits_slong(n, &whole) && whole < 0) {
        Stream *s = bessel_first(q, expr_neg(q->g->pool, n), u, modified);
        return !modified && whole % 2 != 0 ? negated(q, s) : s;
    }
    Stream *square = stream_of(q, expr_powi(q->g->pool, half, 2));
    Stream *sum = row_series(q, modified ? "1/(u!*gamma(v + u + 1))" : "(-1)^u/(u!*gamma(v + u + 1))", 0, n, square);
    return stream_mul(q->g, stream_of(q, expr_pow(q->g->pool, half, n)), sum);
}

/* Y, K of whole order n >= 0 at 0: a polynomial in 1/u, a logarithm times J or I, and a power series. [DLMF 10.8.1, 10.31.1] */
static Stream *bessel_second(Local *q, const Expr *n, const Expr *u, bool modified)
{
    Pool       *p = q->g->pool;
    slong       order;
    const Expr *half = expr_div(p, u, expr_int(p, 2)), *arg[] = { half, n };
    if (!expr_fits_slong(n, &order) || order < 0 || order > 50)
        return NULL;
    const Expr *finite = expr_int(p, 0);
    for (slong k = 0; k < order; k++) {
        const Expr *term[] = { half, n, expr_int(p, k) };
        finite = expr_add(p, finite, pool_read(p, modified ? "(-1)^w*(v - w - 1)!/w!*u^(2*w - v)/2" : "-(v - w - 1)!/w!*u^(2*w - v)/pi", term, 3));
    }
    Stream *log_part = stream_mul(q->g, written(q, modified ? "(-1)^(v + 1)*log(u)" : "2*log(u)/pi", arg, 2), bessel_first(q, n, u, modified));
    Stream *sum = row_series(q, modified ? "(-1)^v/2*(digamma(u + 1) + digamma(v + u + 1))/(u!*(v + u)!)"
                                         : "-(-1)^u*(digamma(u + 1) + digamma(v + u + 1))/(pi*u!*(v + u)!)", 0, n, stream_of(q, expr_powi(p, half, 2)));
    Stream *last = stream_mul(q->g, stream_of(q, expr_pow(p, half, n)), sum);
    return stream_sum(q->g, (Stream *[]){ stream_of(q, finite), log_part, last }, 3);
}

static bool is_bessel(FnId id) { return id == FN_besselj || id == FN_bessely || id == FN_besseli || id == FN_besselk; }

static Stream *bessel_at_zero(Local *q, const Expr *e)
{
    const Expr *n = e->arg[0], *u = e->arg[1];
    Pool       *p = q->g->pool;
    if (expr_depends(p, n, q->var) || !expr_is_numeric(n))
        return NULL;
    switch ((int)e->fn->id) {
    case FN_besselj: return bessel_first(q, n, u, false);
    case FN_besseli: return bessel_first(q, n, u, true);
    case FN_bessely:
        return expr_is_integer(n) ? bessel_second(q, n, u, false)
                                  : written(q, "(besselj(u, v)*cos(u*pi) - besselj(-u, v))/sin(u*pi)", e->arg, 2);
    case FN_besselk:
        return expr_is_integer(n) ? bessel_second(q, expr_call1(p, FN_abs, n), u, true)
                                  : written(q, "pi/2*(besseli(-u, v) - besseli(u, v))/sin(u*pi)", e->arg, 2);
    }
    return NULL;
}

/* ---- poles --------------------------------------------------------------------------------------------------------------------------- */

/* At u -> -n: gamma and its kin by their recurrences, in gamma(u + n + 1). */
static Stream *gamma_pole(Local *q, const Expr *e, const Expr *c)
{
    Pool       *p = q->g->pool;
    slong       n;
    FnId        id = e->fn->id;
    const Expr *u = e->arg[e->arity - 1];
    if (!expr_fits_slong(c, &n) || n > 0 || n < -60)
        return NULL;
    if (id == FN_lgamma)
        return n == 0 ? written(q, "lgamma(u + 1) - log(u)", &u, 1) : NULL;
    const Expr *top = expr_add(p, u, expr_int(p, 1 - n)), *product = expr_int(p, 1), *sum = expr_int(p, 0);
    for (slong k = 0; k <= -n; k++) {
        const Expr *arg[] = { e->arg[0], expr_add(p, u, expr_int(p, k)) };
        product = expr_mul(p, product, arg[1]);
        sum = expr_add(p, sum, pool_read(p, id == FN_digamma ? "1/v" : "(-1)^u*u!/v^(u + 1)", arg, 2));
    }
    if (id == FN_gamma)
        return stream_of(q, expr_div(p, expr_call1(p, FN_gamma, top), product));
    const Expr *regular = id == FN_digamma ? expr_call1(p, FN_digamma, top) : expr_call2(p, FN_polygamma, e->arg[0], top);
    return stream_of(q, expr_sub(p, regular, sum));
}

typedef struct Branch { const Expr **mu, **alpha; size_t n; } Branch;

/* lambertw about -1/e in p = sqrt(2(e*u + 1)). [Corless et al. 1996, (4.22)] */
static const Expr *branch_coefficient(Engine *g, void *context, size_t k)
{
    Branch *b = context;
    Pool   *p = g->pool;
    if (k >= 60) {
        trouble(g, UNSURE, "too many terms at the branch point of lambertw");
        return NULL;
    }
    for (; b->n <= k; b->n++) {
        slong       m = (slong)b->n;
        const Expr *sum = expr_int(p, 0);
        for (slong j = 2; j < m; j++)
            sum = expr_add(p, sum, expr_mul(p, b->mu[j], b->mu[m + 1 - j]));
        b->alpha[m] = m == 0 ? expr_int(p, 2) : m == 1 ? expr_int(p, -1) : sum;
        if (m < 2) {
            b->mu[m] = expr_int(p, m == 0 ? -1 : 1);
            continue;
        }
        const Expr *a = expr_add(p, expr_div(p, b->mu[m - 2], expr_int(p, 2)), expr_div(p, b->alpha[m - 2], expr_int(p, 4)));
        a = expr_mul(p, expr_ratio(p, m - 1, m + 1), a);
        a = expr_sub(p, a, expr_div(p, b->alpha[m], expr_int(p, 2)));
        b->mu[m] = expr_sub(p, a, expr_div(p, b->mu[m - 1], expr_int(p, m + 1)));
    }
    return b->mu[k];
}

static Stream *lambert_branch(Local *q, const Expr *e, const Expr *c)
{
    Pool *p = q->g->pool;
    if (expr_zero_test(p, pool_read(p, "u + exp(-1)", &c, 1)).answer != YES)
        return NULL;
    Branch *b = arena_alloc(q->g->arena, sizeof *b);
    *b = (Branch){ arena_array(q->g->arena, const Expr *, 64), arena_array(q->g->arena, const Expr *, 64), 0 };
    return stream_compose(q->g, branch_coefficient, b, written(q, "sqrt(2*(exp(1)*u + 1))", e->arg, 1));
}

/* Where f has no finite value at c: NULL without trouble if nothing is known. */
static Stream *singular(Local *q, const Expr *e, const Expr *c, Stream *h)
{
    switch ((int)e->fn->id) {
    case FN_gamma: case FN_digamma: case FN_lgamma: case FN_polygamma:
        return gamma_pole(q, e, c);
    case FN_ei: case FN_ci: case FN_chi:
        return expr_is_zero(c) ? integral_at_zero(q, e, h) : NULL;
    case FN_zeta:
        return expr_is_one(c) ? stream_add(q->g, written(q, "1/(u - 1)", e->arg, 1),
                                           stream_until(q->g, constant(q, expr_constant(q->g->pool, CONSTANT_EULER)), 1,
                                                        "the Stieltjes constants have no name here")) : NULL;
    case FN_atanh: case FN_acoth:
        return written(q, e->fn->id == FN_atanh ? "(log(1 + u) - log(1 - u))/2" : "(log(u + 1) - log(u - 1))/2", e->arg, 1);
    }
    return NULL;
}

/* ---- regular points ------------------------------------------------------------------------------------------------------------------ */

/* Is a derivative rule made of functions that are expanded without it? */
static bool is_elementary(Local *q, const Expr *slope, const Expr *e)
{
    Nodes nodes = expr_nodes(q->g->pool, q->g->arena, &slope, 1);
    for (size_t i = 0; i < nodes.n; i++) {
        const Expr *v = nodes.at[i];
        if (v->kind != EXPR_CALL || v->id < e->id)
            continue;
        switch ((int)v->fn->id) {
        case FN_exp: case FN_log: case FN_sin: case FN_cos: case FN_sqrt: case FN_abs: case FN_sign: case FN_sinh: case FN_cosh:
            continue;
        default:
            return false;
        }
    }
    return true;
}

typedef struct Derivatives {        /* of f in s, at c */
    const Expr *f, *s, *c;
    size_t      n;
} Derivatives;

static const Expr *derivative_coefficient(Engine *g, void *context, size_t k)
{
    Derivatives *d = context;
    for (; d->n < k && d->f; d->n++)
        d->f = k > 24 ? NULL : plain_tails(g, expr_diff(g->pool, d->f, d->s));
    const Expr *value = d->f ? expr_subst(g->pool, d->f, &d->s, &d->c, 1) : NULL;
    if (!value || (value->flags & EXPR_HAS_INFINITE)) {
        pool_clear_error(g->pool);
        trouble(g, UNSURE, k > 24 ? "too many terms of a special function" : "a function is not known to be smooth there");
        return NULL;
    }
    return over_factorial(g->pool, value, k);
}

Stream *stream_by_derivatives(Local *q, const Expr *e, size_t i, const Expr *c, Stream *h)
{
    Pool        *p = q->g->pool;
    Derivatives *d = arena_alloc(q->g->arena, sizeof *d);
    const Expr **arg = arena_copy(q->g->arena, e->arg, e->arity * sizeof *arg), *s = expr_fresh(p, expr_symbol(p, STR("s")));
    arg[i] = s;
    *d = (Derivatives){ .f = plain_tails(q->g, expr_remake(p, e, arg)), .s = s, .c = c };
    return stream_compose(q->g, derivative_coefficient, d, h);
}

static Stream *regular(Local *q, const Expr *e, size_t i)
{
    const Expr *c, *value;
    Stream     *h, *s = stream_of(q, e->arg[i]), *special = NULL;
    if (!s || !local_split(q, s, &c, &h) || !tame(q, e->fn->id, c))
        return NULL;
    if (is_bessel(e->fn->id) && i == 1 && expr_is_zero(c))
        special = bessel_at_zero(q, e);
    if (!special && !q->g->trouble && e->fn->id == FN_lambertw)
        special = lambert_branch(q, e, c);
    if (special || q->g->trouble)
        return special;
    if (!(value = value_at(q, e, i, c))) {
        special = singular(q, e, c, h);
        return special || q->g->trouble ? special : refuse(q, NO_SERIES, "a function has no finite value there");
    }
    const Expr *slope = e->arity == 1 ? expr_partial(q->g->pool, e, 0) : NULL;
    if (slope && is_elementary(q, slope, e)) {
        Stream *inner = stream_of(q, slope);
        inner = inner ? stream_mul(q->g, inner, stream_delta(q->g, s)) : NULL;
        return inner ? stream_add(q->g, constant(q, value), stream_integral(q->g, inner)) : NULL;
    }
    pool_clear_error(q->g->pool);
    return stream_by_derivatives(q, e, i, c, h);
}

/* ---- dispatch ---------------------------------------------------------------------------------------------------------------------------- */

static const struct { FnId id; CallRule rule; } rules[] = {
    { FN_exp, exp_rule },   { FN_log, log_rule },     { FN_sin, sin_rule },     { FN_cos, cos_rule },
    { FN_sinh, sin_rule },  { FN_cosh, cos_rule },    { FN_tan, tan_rule },     { FN_cot, tan_rule },
    { FN_tanh, tan_rule },  { FN_coth, tan_rule },    { FN_abs, abs_rule },     { FN_sign, sign_rule },
    { FN_floor, step_rule }, { FN_ceil, step_rule },  { FN_round, step_rule },  { FN_min, extreme_rule },
    { FN_max, extreme_rule }, { FN_relu, relu_rule }, { FN_cbrt, root_rule },   { FN_nthroot, root_rule },
    { FN_atan2, angle_rule }, { FN_arg, refused_rule }, { FN_re, refused_rule }, { FN_im, refused_rule },
    { FN_conj, refused_rule },
};

static const struct { FnId id; const char *form; } forms[] = {
    { FN_log2, "log(u)/log(2)" }, { FN_log10, "log(u)/log(10)" }, { FN_log1p, "log(1 + u)" }, { FN_expm1, "exp(u) - 1" },
    { FN_sqrt, "u^(1/2)" },       { FN_sec, "1/cos(u)" },         { FN_csc, "1/sin(u)" },     { FN_sech, "1/cosh(u)" },
    { FN_csch, "1/sinh(u)" },     { FN_acot, "atan(1/u)" },       { FN_asec, "acos(1/u)" },   { FN_acsc, "asin(1/u)" },
    { FN_asech, "acosh(1/u)" },   { FN_acsch, "asinh(1/u)" },     { FN_hypot, "(u^2 + v^2)^(1/2)" }, { FN_mod, "u - v*floor(u/v)" },
    { FN_factorial, "gamma(u + 1)" }, { FN_beta, "gamma(u)*gamma(v)/gamma(u + v)" }, { FN_li, "ei(log(u))" },
    { FN_binomial, "gamma(u + 1)/(gamma(v + 1)*gamma(u - v + 1))" }, { FN_sigmoid, "1/(1 + exp(-u))" }, { FN_softplus, "log(1 + exp(u))" },
    { FN_fma, "u*v + w" },        { FN_sinpi, "sin(pi*u)" },      { FN_cospi, "cos(pi*u)" },  { FN_tanpi, "tan(pi*u)" },
    { FN_cosm1, "cos(u) - 1" },   { FN_powm1, "u^v - 1" },        { FN_compound, "(1 + u)^v" }, { FN_log1mexp, "log(1 - exp(u))" },
    { FN_log_sigmoid, "-log(1 + exp(-u))" }, { FN_logaddexp, "log(exp(u) + exp(v))" }, { FN_logcosh, "log(cosh(u))" },
    { FN_xlogy, "u*log(v)" },     { FN_xlog1py, "u*log(1 + v)" }, { FN_erfcx, "exp(u^2)*erfc(u)" },
    { FN_stop_gradient, "u" },
};

const Expr *call_form(Pool *p, const Expr *e)
{
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++)
        if (forms[i].id == e->fn->id)
            return pool_read(p, forms[i].form, e->arg, e->arity);
    return NULL;
}

Stream *stream_of_call(Local *q, const Expr *e)
{
    const Expr *form = call_form(q->g->pool, e);
    size_t varying = e->arity, count = 0;
    for (size_t i = 0; i < sizeof rules / sizeof *rules; i++)
        if (rules[i].id == e->fn->id)
            return rules[i].rule(q, e);
    if (form)
        return stream_of(q, form);
    for (size_t i = 0; i < e->arity; i++)
        if (expr_depends(q->g->pool, e->arg[i], q->var)) {
            varying = i;
            count++;
        }
    if (count != 1)
        return refuse(q, UNSURE, "a function of several varying arguments");
    return regular(q, e, varying);
}
