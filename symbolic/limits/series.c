/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The commands series and taylor: the terms of a stream below an order, in powers of the distance from the point.
 *
 * The expansion is that for x > a (x -> oo at infinity). Fractional powers and logarithms are real only there; whatever else differs
 * on the two sides, such as abs(x), is noted, and is no Taylor series. At infinity exp(-x) is beyond all powers of 1/x and counts as zero. Nothing
 * is started again: the stream gives term after term. */
#include "symbolic/limits/series.h"

#include "base/report.h"
#include "symbolic/algebra/poly.h"
#include "symbolic/limits/approximate.h"
#include "symbolic/limits/germ.h"

enum { MOST_TERMS = 1000, SERIES_SECONDS = 2 };

typedef struct Question {
    Pool       *pool;
    Arena      *arena;
    const Expr *e, *x, *point;      /* point NULL: side*oo */
    int         side;
    Engine     *g;
    Local      *place;
} Question;

static bool refuse(Str *why, const char *text)
{
    *why = str_of(text);
    return false;
}

static bool infinite_point(Pool *p, const Expr *point, int *side)
{
    const Expr *rest = NULL, *sign = expr_split_coefficient(p, point, &rest);
    *side = expr_number_sign(sign) < 0 ? -1 : 1;
    return expr_is_constant(rest, CONSTANT_OO);
}

/* The stream of e; where something tends to infinity, that of e written by exp, log and tails in u = 1/(x - a). */
static Stream *start(Question *q)
{
    Engine *g = q->g;
    Pool   *p = q->pool;
    q->place = local_new(g, q->x, q->point, q->side);
    q->place->flat = true;
    Stream *s = stream_of(q->place, q->e);
    if (g->trouble != GROWS)
        return s;
    g->trouble = CLEAR;
    const Expr *u = g->level[0], *image = q->side < 0 ? expr_neg(p, u) : u;
    if (q->point)
        image = expr_add(p, q->point, expr_powi(p, u, -1));
    const Expr *e = prepare(g, expr_subst(p, q->e, &q->x, &image, 1), u);
    if (!e)
        return NULL;
    if (has_phase(g, e))
        trouble(g, NO_SERIES, "the function oscillates there");
    q->place = local_new(g, u, NULL, 1);
    q->place->flat = true;
    q->place->folded = q->point != NULL;
    return stream_of(q->place, e);
}

/* Coefficients have log(w) for the slow variable. */
static const Expr *finished(const Question *q, const Expr *c)
{
    Pool *p = q->pool;
    if (!q->place->slow || !expr_depends(p, c, q->place->slow))
        return plain_tails(q->g, c);
    const Expr *w = q->point ? expr_sub(p, q->x, q->point) : expr_mul(p, expr_int(p, q->side), q->x), *log = expr_call1(p, FN_log, w);
    log = q->point ? expr_neg(p, log) : log;
    return expr_subst(p, c, &q->place->slow, &log, 1);
}

/* The remainder after the terms below the limit: O(w^limit), with the logarithms of the next term. */
static const Expr *remainder_factor(const Question *q, Stream *s, size_t n, const Expr *limit)
{
    Pool         *p = q->pool;
    const Expr  **c;
    const Expr   *slow = q->place->slow;
    if (!q->place->one_sided || !stream_has(s, n) || exponent_cmp(q->g, s->term[n].e, limit) > 0 || !expr_depends(p, s->term[n].c, slow))
        return expr_int(p, 1);
    slong degree = expr_coefficients(p, q->arena, s->term[n].c, slow, 100, &c);
    return finished(q, degree > 0 ? expr_powi(p, slow, degree) : s->term[n].c);
}

static bool collect(Question *q, Stream *s, const Expr *limit, Series *out, Str *why)
{
    size_t n = 0;
    while (n <= 4 * MOST_TERMS && stream_has(s, n) && exponent_cmp(q->g, s->term[n].e, limit) < 0)
        n++;
    if (q->g->trouble || n > 4 * MOST_TERMS)
        return refuse(why, q->g->trouble ? q->g->why : "too many terms");
    out->n = n;
    out->term = arena_array(q->arena, SeriesTerm, n + 1);
    for (size_t i = 0; i < n; i++) {
        const Expr *c = finished(q, s->term[i].c);
        out->term[i] = (SeriesTerm){ s->term[i].e, c };
        out->regular = out->regular && c == s->term[i].c && expr_is_integer(s->term[i].e);
    }
    out->remainder = remainder_factor(q, s, n, limit);
    return true;
}

SeriesStatus expr_series(Pool *p, Arena *a, const Expr *e, const Expr *x, const Expr *point, slong order, Series *out, Str *why)
{
    int side = 1;
    *out = (Series){ .regular = true };
    if (order > MOST_TERMS) {
        *why = str_printf(a, "order %ld is beyond the budget of %d terms", (long)order, MOST_TERMS);
        return SERIES_UNDECIDED;
    }
    bool     infinite = infinite_point(p, point, &side);
    Question q = { p, a, e, x, infinite ? NULL : point, infinite ? side : 1, engine_new(p, a, x, SERIES_SECONDS), NULL };
    Stream  *s = start(&q);
    if (!s || !collect(&q, s, expr_int(p, order), out, why)) {
        *why = str_of(q.g->why ? q.g->why : why->n ? why->s : "a coefficient is not defined");
        pool_clear_error(p);
        return q.g->trouble == NO_SERIES || q.g->trouble == GROWS ? SERIES_NONE : SERIES_UNDECIDED;
    }
    out->folded = !infinite && q.place->folded;
    return SERIES_OK;
}

const Expr *series_coefficient(Pool *p, const Series *s, slong k)
{
    slong e;
    for (size_t i = 0; i < s->n; i++)
        if (expr_fits_slong(s->term[i].e, &e) && e == k)
            return s->term[i].c;
    return expr_int(p, 0);
}

/* The sum with its order term, in powers of (x - a), or of 1/x at infinity. */
static const Expr *series_expr(Pool *p, Arena *a, const Series *s, const Expr *x, const Expr *point, slong order)
{
    int          side;
    bool         infinite = infinite_point(p, point, &side);
    const Expr  *base = infinite ? expr_mul(p, expr_int(p, side), expr_powi(p, x, -1)) : expr_sub(p, x, point), *rest = NULL;
    const Expr **term = arena_array(a, const Expr *, s->n + 1);
    for (size_t i = 0; i < s->n; i++)
        term[i] = expr_mul(p, s->term[i].c, expr_pow(p, base, s->term[i].e));
    expr_split_coefficient(p, expr_powi(p, base, order), &rest);
    term[s->n] = expr_order(p, expr_mul(p, s->remainder, rest));
    return expr_sum(p, term, s->n + 1);
}

static Value series_command(Call *c, bool taylor)
{
    if (c->arg[1].kind == VALUE_RECORD)
        return taylor ? taylor_several(c) : call_fail(c, 1, "series takes one variable; taylor takes several");
    const Expr *relation = c->arg[1].expr, *x = relation->arg[0], *point = relation->arg[1];
    slong       order = 0;
    Series      s = { 0 };
    Str         why = { 0 };
    if (!expr_fits_slong(c->arg[2].expr, &order) || order < 0)
        return call_fail(c, 2, "the order must be a whole number, 0 or more");
    if (!expr_is_scalar(x) || !expr_is_scalar(point) || !expr_is_scalar(c->arg[0].expr))
        return call_fail(c, 1, "a power series is that of a number in one variable: %.*s(sin(x), x = 0)", STR_ARGS(c->name));
    if (expr_depends(c->pool, point, x))
        return call_fail(c, 1, "the point must not contain the variable itself");
    SeriesStatus status = expr_series(c->pool, c->arena, c->arg[0].expr, x, point, order + 1, &s, &why);
    if (status == SERIES_NONE)
        return call_fail(c, 0, "there is no power series at this point: %.*s", STR_ARGS(why));
    if (status == SERIES_UNDECIDED)
        return call_fail(c, 0, "could not find the series: %.*s", STR_ARGS(why));
    if (taylor && !s.regular) {
        diag_hint(c->diag, "series(...) gives fractional powers and logarithms");
        return call_fail(c, 0, "there is no Taylor series at this point: fractional powers or logarithms occur");
    }
    if (taylor && s.n && expr_number_sign(s.term[0].e) < 0) {
        diag_hint(c->diag, "series(...) gives the Laurent series");
        return call_fail(c, 0, "there is a pole at this point, so there is no Taylor series");
    }
    if (taylor && s.folded)
        return call_fail(c, 0, "there is no Taylor series at this point: the expansions differ on the two sides of it");
    const Expr *sum = series_expr(c->pool, c->arena, &s, x, point, order + 1);
    if (!s.folded)
        return value_expr(sum);
    Report *r = report_new(c->arena, "series");
    report_note(r, "to the right of the point; on the left it is another one");
    r->main = value_expr(sum);
    return value_report(r);
}

static Value taylor_call(Call *c)
{
    return series_command(c, true);
}

static Value series_call(Call *c)
{
    return series_command(c, false);
}

const Builtin series_builtins[] = {
    { .sig = "taylor(f: scalar, x: point; order: int = 6) -> expr",
      .help = "The Taylor polynomial of f about x = a, up to the power `order`, with the order of the remainder; of several variables by total degree.",
      .example = { { "taylor(exp(x), x = 0, order: 4)", "1 + x + x^2/2 + x^3/6 + x^4/24 + O(x^5)" },
                   { "taylor(log(x), x = 1, order: 2)", "x - 1 - (x - 1)^2/2 + O((x - 1)^3)" },
                   { "taylor(exp(x*y), (x, y) = (0, 0), order: 4)", "x^2*y^2/2 + x*y + 1 + O((x^2 + y^2)^(5/2))" } },
      .lesson = 5, .see = "series limit diff", .words = "maclaurin polynomial expansion approximation", .by_value = true, .call = taylor_call },
    { .sig = "series(f: scalar, x: point; order: int = 6) -> expr",
      .help = "The power series of f about x = a, also with negative powers (Laurent), fractional ones (Puiseux) and logarithms, or in 1/x for a = oo.",
      .example = { { "series(1/sin(x), x = 0, order: 3)", "1/x + x/6 + 7x^3/360 + O(x^4)" },
                   { "series(x/(x + 1), x = oo, order: 3)", "1 - 1/x + 1/x^2 - 1/x^3 + O(1/x^4)" } },
      .lesson = 5, .see = "taylor limit", .words = "laurent expansion power", .by_value = true, .call = series_call },
    { 0 }
};
