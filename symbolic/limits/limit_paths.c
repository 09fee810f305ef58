/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Paths to a point of several variables: the axes, lines, powers y = c*x^p with p from the slopes of the Newton polygon of the
 * denominator, curves that touch the zeros of the denominator, and the diagonals. Two with different limits prove that there is none. */
#include "symbolic/limits/limit_several_int.h"

#include "base/interrupt.h"
#include "symbolic/algebra/poly.h"
#include "symbolic/algebra/zero.h"
#include "symbolic/expr/show.h"

enum { MOST_DEGREE = 24 };

bool several_zero(Pool *p, const Expr *e)
{
    bool zero = e && expr_zero_test(p, e).answer == YES;
    pool_clear_error(p);
    return zero;
}

static Str shown(const Several *s, const Expr *e)
{
    Buf b = buf_new(s->arena);
    expr_show(&b, s->pool, e, (ShowStyle){ .unicode = s->settings && s->settings->unicode, .digits = s->settings ? s->settings->digits : 17 });
    return buf_str(&b);
}

/* ---- paths -------------------------------------------------------------------------------------------------------------------------------- */

/* What x[i] is at the origin as a name of the user: x, or x - a. */
static const Expr *moved(const Several *s, size_t i) { return expr_sub(s->pool, s->x[i], s->to[i]); }

bool several_differ(Pool *p, const Expr *a, const Expr *b)
{
    if (a == b)
        return false;
    bool infinite = (a->flags | b->flags) & EXPR_HAS_INFINITE;
    return infinite || expr_zero_test(p, expr_sub(p, a, b)).answer == NO;
}

/* The limit along x = image(t), t -> 0+; UNDECIDED where there is nothing to learn. */
static Limit along(const Several *s, const Expr *const *image)
{
    Limit       nothing = { .answer = LIMIT_UNDECIDED };
    const Expr *f = expr_subst(s->pool, s->f, s->x, image, s->n);
    pool_clear_error(s->pool);
    if (!f || (f->flags & EXPR_HAS_INFINITE) || should_stop())
        return nothing;
    Limit l = expr_limit_within(s->pool, s->arena, f, s->t, expr_int(s->pool, 0), 1, s->seconds / 8, NULL);
    pool_clear_error(s->pool);
    bool undefined = l.answer == LIMIT_NONE && (l.failure == FAILS_UNDEFINED || l.given);
    bool odd = l.answer == LIMIT_FOUND && (l.value->kind == EXPR_PIECEWISE || (l.value->flags & EXPR_HAS_I));
    return undefined || odd ? nothing : l;
}

/* Compares with the other paths. False: the question is answered, there is no limit. */
static bool agrees(Several *s, const Limit *l, Str path)
{
    if (l->answer == LIMIT_NONE) {
        s->result.answer = LIMIT_NONE;
        s->result.witness[0] = (PathLimit){ path, NULL, s->settings ? limit_reason(s->pool, s->arena, l, s->settings) : (Str){ 0 } };
        s->result.witnesses = 1;
        return false;
    }
    if (l->answer == LIMIT_FOUND && !s->value) {
        s->value = l->value;
        s->path = path;
    } else if (l->answer == LIMIT_FOUND && several_differ(s->pool, s->value, l->value)) {
        s->result.answer = LIMIT_NONE;
        s->result.witness[0] = (PathLimit){ s->path, s->value, { 0 } };
        s->result.witness[1] = (PathLimit){ path, l->value, { 0 } };
        s->result.witnesses = 2;
        return false;
    }
    return true;
}

/* Both halves of a path, x[i] > 0 and x[i] < 0; it is named without a condition if they agree. */
static bool both_halves(Several *s, const Expr *const *plus, const Expr *const *minus, size_t i, Str path)
{
    Limit right = along(s, plus), left = along(s, minus);
    if (right.answer == LIMIT_FOUND && left.answer == LIMIT_FOUND && !several_differ(s->pool, right.value, left.value))
        return agrees(s, &right, path);
    Str name = s->x[i]->name, at = shown(s, s->to[i]);
    return agrees(s, &right, str_printf(s->arena, "%.*s (%.*s > %.*s)", STR_ARGS(path), STR_ARGS(name), STR_ARGS(at))) &&
           agrees(s, &left, str_printf(s->arena, "%.*s (%.*s < %.*s)", STR_ARGS(path), STR_ARGS(name), STR_ARGS(at)));
}

/* x[i] = +-t and the others 0. */
static bool along_axes(Several *s)
{
    for (size_t i = 0; i < s->n; i++) {
        const Expr *image[2][MOST_VARIABLES];
        Buf         b = buf_new(s->arena);
        for (size_t k = 0; k < s->n; k++) {
            image[0][k] = k == i ? s->t : expr_int(s->pool, 0);
            image[1][k] = expr_neg(s->pool, image[0][k]);
            if (k != i)
                buf_printf(&b, "%s%.*s = %.*s", b.n ? ", " : "", STR_ARGS(s->x[k]->name), STR_ARGS(shown(s, s->to[k])));
        }
        if (!both_halves(s, image[0], image[1], i, buf_str(&b)))
            return false;
    }
    return true;
}

/* x[j] = g(x[i]), the others 0, where g is a function of t. */
static bool along_graph(Several *s, size_t i, size_t j, const Expr *g)
{
    Pool       *p = s->pool;
    const Expr *base = moved(s, i), *right = expr_subst(p, g, &s->t, &base, 1), *image[2][MOST_VARIABLES];
    Str         equation = shown(s, expr_relation(p, REL_EQ, s->x[j], expr_add(p, s->to[j], right)));
    for (int half = 0; half < 2; half++) {
        const Expr *at = half ? expr_neg(p, s->t) : s->t;
        for (size_t k = 0; k < s->n; k++)
            image[half][k] = k == i ? at : k == j ? expr_subst(p, g, &s->t, &at, 1) : expr_int(p, 0);
        pool_clear_error(p);
    }
    if (!image[0][j] || (image[0][j]->flags & EXPR_HAS_I))
        return true;
    if (!image[1][j] || (image[1][j]->flags & EXPR_HAS_I)) {
        Limit l = along(s, image[0]);
        return agrees(s, &l, equation);
    }
    return both_halves(s, image[0], image[1], i, equation);
}

/* y = c*x^p, and curves near it if the denominator vanishes on it. */
static bool along_power(Several *s, size_t i, size_t j, const Expr *c, const Expr *exponent)
{
    Pool       *p = s->pool;
    const Expr *g = expr_mul(p, c, expr_pow(p, s->t, exponent)), *image[MOST_VARIABLES];
    for (size_t k = 0; k < s->n; k++)
        image[k] = k == i ? s->t : k == j ? g : expr_int(p, 0);
    if (!s->denominator || !several_zero(p, expr_subst(p, s->denominator, s->x, image, s->n)))
        return along_graph(s, i, j, g);
    for (slong k = 1; k <= 4; k++)
        for (int sign = 1; sign >= -1; sign -= 2) {
            const Expr *more = expr_mul(p, expr_int(p, sign), expr_pow(p, s->t, expr_add(p, exponent, expr_int(p, k))));
            if (!along_graph(s, i, j, expr_add(p, g, more)))
                return false;
        }
    return true;
}

static bool along_powers(Several *s)
{
    static const struct { slong p, q; } factor[] = { { 1, 1 }, { -1, 1 }, { 2, 1 }, { -1, 2 } };
    Pool *p = s->pool;
    for (size_t k = 0; k < s->slopes; k++)
        for (size_t c = 0; c < sizeof factor / sizeof *factor; c++)
            for (size_t i = 0; i < s->n; i++)
                for (size_t j = i + 1; j < s->n; j++) {
                    bool        whole = expr_is_integer(s->slope[k]);
                    const Expr *exponent = whole ? s->slope[k] : expr_powi(p, s->slope[k], -1), *m = expr_ratio(p, factor[c].p, factor[c].q);
                    if (!along_power(s, whole ? i : j, whole ? j : i, m, exponent))
                        return false;
                }
    return true;
}

/* All variables alike, with all signs. */
static bool along_diagonals(Several *s)
{
    for (unsigned bits = 0; s->n > 2 && bits < 1u << s->n; bits++) {
        const Expr *image[MOST_VARIABLES];
        Buf         b = buf_new(s->arena);
        for (size_t k = 0; k < s->n; k++) {
            image[k] = expr_mul(s->pool, expr_int(s->pool, bits >> k & 1 ? -1 : 1), s->t);
            const Expr *there = expr_add(s->pool, s->to[k], image[k]);
            buf_printf(&b, "%s%.*s = %.*s", k ? ", " : "", STR_ARGS(s->x[k]->name), STR_ARGS(shown(s, there)));
        }
        Limit l = along(s, image);
        if (!agrees(s, &l, buf_str(&b)))
            return false;
    }
    return true;
}

/* ---- the Newton polygon ------------------------------------------------------------------------------------------------------------------- */

static void add_slope(Several *s, const Expr *slope)
{
    for (size_t i = 0; i < s->slopes; i++)
        if (s->slope[i] == slope)
            return;
    if (s->slopes < MOST_SLOPES)
        s->slope[s->slopes++] = slope;
}

/* The least power of x in c, a polynomial; -1 if it is none. */
static slong least_power(Several *s, const Expr *c, const Expr *x)
{
    const Expr **k;
    slong        degree = expr_coefficients(s->pool, s->arena, c, x, MOST_DEGREE, &k), i = 0;
    while (i <= degree && expr_is_zero(k[i]))
        i++;
    pool_clear_error(s->pool);
    return degree < 0 ? -1 : i;
}

/* The exponents p for which two monomials of a polynomial are of one size on y = x^p. */
static void polygon_slopes(Several *s, const Expr *e)
{
    const Expr **c;
    slong        least[MOST_DEGREE + 1], degree = e ? expr_coefficients(s->pool, s->arena, e, s->x[1], MOST_DEGREE, &c) : -1;
    pool_clear_error(s->pool);
    for (slong j = 0; j <= degree; j++) {
        least[j] = expr_is_zero(c[j]) ? -1 : least_power(s, c[j], s->x[0]);
        for (slong i = 0; i < j; i++)
            if (least[i] >= 0 && least[j] >= 0 && least[i] > least[j])
                add_slope(s, expr_ratio(s->pool, least[i] - least[j], j - i));
    }
}

static void find_slopes(Several *s)
{
    Pool       *p = s->pool;
    const Expr *num = NULL, *den = NULL, *whole = expr_together(p, s->f);
    add_slope(s, expr_int(p, 1));
    if (whole)
        expr_fraction(p, whole, &num, &den);
    if (den && !expr_is_numeric(den)) {
        s->denominator = den;
        Nodes nodes = expr_nodes(p, s->arena, &den, 1);
        for (size_t i = 0; i < nodes.n && s->n == 2; i++)        /* factors, and bases of roots */
            if (nodes.at[i]->kind == EXPR_ADD)
                polygon_slopes(s, nodes.at[i]);
        if (s->n == 2)
            polygon_slopes(s, expr_expand(p, den));
    }
    add_slope(s, expr_int(p, 2));
    add_slope(s, expr_ratio(p, 1, 2));
    add_slope(s, expr_int(p, 3));
    add_slope(s, expr_ratio(p, 1, 3));
    pool_clear_error(p);
}

bool several_paths(Several *s)
{
    find_slopes(s);
    return along_axes(s) && along_powers(s) && along_diagonals(s);
}
