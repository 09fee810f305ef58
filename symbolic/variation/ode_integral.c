/* SPDX-License-Identifier: GPL-3.0-or-later */
/* y(x) from a first integral F(x, y, y') = C1 in which one of x, y is missing. Roots that contain y' are squared away; of a polynomial
 * in y' that is linear or even, y'^2 is a fraction. Without y, the root of it is integrated by a table. Without x,
 * some w(y) among a few (y, y^2, 1/y, exp(y), ...) may satisfy w'^2 = a*w^2 + b*w + c, which the catenary, circles, sines and
 * parabolas solve. Letters count as positive here; several forms of the constant (C1, C1^2, 1/C1, -C1, ...) are offered, the
 * shortest first, and nothing is verified: the caller puts each candidate into the equation. */
#include "symbolic/variation/ode.h"

#include "base/vec.h"
#include "symbolic/algebra/poly.h"
#include "symbolic/algebra/simplify.h"
#include "symbolic/calculus/diff.h"
#include "symbolic/variation/variation_int.h"

enum { MOST_POWER = 8 };

typedef struct Slope {
    Pool       *pool;
    Arena      *arena;
    const Expr *x, *y, *s;          /* symbols for the variable, the function and its derivative */
    const Expr *first, *shift;      /* the two constants */
    const Expr *square;             /* y'^2 in terms of x or y; */
    const Expr *plain;              /* or y' itself */
} Slope;

static const Expr *tidy(Pool *p, const Expr *e)
{
    const Expr *one = e ? expr_together(p, e) : NULL;
    return one ? expr_simplify(p, one) : NULL;
}

static const Expr *numerator(Pool *p, const Expr *e) { return jet_numerator(p, e, NULL); }

/* Of a fraction whose denominator is free of x. */
static slong coefficients(Slope *w, const Expr *e, const Expr *x, slong limit, const Expr ***c)
{
    Pool       *p = w->pool;
    const Expr *top, *bottom, *one = e ? expr_together(p, e) : NULL;
    if (!one)
        return -1;
    expr_fraction(p, one, &top, &bottom);
    slong d = top && !expr_depends(p, bottom, x) ? expr_coefficients(p, w->arena, top, x, limit, c) : -1;
    for (slong k = 0; k <= d; k++)
        (*c)[k] = tidy(p, expr_div(p, (*c)[k], bottom));
    for (slong k = 0; k <= d; k++)
        if (!(*c)[k])
            return -1;
    return d;
}

/* ---- y' from the first integral ---------------------------------------------------------------------------------------- */

/* The radicand R of the roots R^(n/2) in e that contain s; NULL if there is none or more than one. */
static const Expr *radicand(Slope *w, const Expr *e, bool *several)
{
    Nodes       nodes = expr_nodes(w->pool, w->arena, &e, 1);
    const Expr *found = NULL;
    *several = false;
    for (size_t i = 0; i < nodes.n; i++) {
        const Expr *u = nodes.at[i];
        if (u->kind != EXPR_POW || !expr_depends(w->pool, u, w->s) || expr_is_integer(u->arg[1]))
            continue;
        const Expr *twice = expr_mul(w->pool, expr_int(w->pool, 2), u->arg[1]);
        *several = *several || !twice || !expr_is_integer(twice) || (found && found != u->arg[0]);
        found = u->arg[0];
    }
    return found;
}

/* e = A + B*sqrt(R) is zero where A^2 - B^2*R is. */
static const Expr *without_root(Slope *w, const Expr *e)
{
    Pool       *p = w->pool;
    bool        several;
    const Expr *r = radicand(w, e, &several), *k = expr_fresh(p, w->s), **c;
    if (several)
        return NULL;
    if (!r)
        return e;
    Nodes        nodes = expr_nodes(p, w->arena, &e, 1);
    const Expr **from = arena_array(w->arena, const Expr *, nodes.n), **to = arena_array(w->arena, const Expr *, nodes.n);
    size_t       n = 0;
    for (size_t i = 0; i < nodes.n; i++)
        if (nodes.at[i]->kind == EXPR_POW && nodes.at[i]->arg[0] == r && !expr_is_integer(nodes.at[i]->arg[1])) {
            from[n] = nodes.at[i];
            to[n++] = expr_pow(p, k, expr_mul(p, expr_int(p, 2), nodes.at[i]->arg[1]));
        }
    const Expr *f = numerator(p, expr_subst(p, e, from, to, n)), *part[2] = { expr_int(p, 0), expr_int(p, 0) };
    slong       degree = f ? expr_coefficients(p, w->arena, f, k, MOST_POWER, &c) : -1;
    for (slong i = 0; i <= degree; i++)
        part[i % 2] = expr_add(p, part[i % 2], expr_mul(p, c[i], expr_powi(p, r, i/2)));
    return degree < 0 ? NULL : numerator(p, expr_sub(p, expr_powi(p, part[0], 2), expr_mul(p, r, expr_powi(p, part[1], 2))));
}

/* Reads y' or y'^2 off one factor: c[d] s^d + c[0], d even or 1. */
static bool read_slope(Slope *w, const Expr *factor)
{
    Pool        *p = w->pool;
    const Expr **c;
    slong        d = expr_depends(p, factor, w->s) ? expr_coefficients(p, w->arena, factor, w->s, MOST_POWER, &c) : -1;
    for (slong k = 1; k < d; k++)
        if (!expr_is_zero(c[k]))
            return false;
    if (d < 1)
        return false;
    const Expr *power = tidy(p, expr_neg(p, expr_div(p, c[0], c[d])));
    if (d == 2)
        w->square = power;
    else if (d == 1 && power)
        w->plain = power;
    else
        w->plain = power ? tidy(p, expr_pow(p, power, expr_ratio(p, 1, d))) : NULL;
    return w->square || w->plain;
}

static bool find_slope(Slope *w, const Expr *first_integral)
{
    const Expr *top = numerator(w->pool, first_integral), *e = top ? without_root(w, top) : NULL;
    const Expr *f = e ? expr_factor(w->pool, e) : NULL;
    w->square = w->plain = NULL;
    for (uint32_t i = 0; f && i < (f->kind == EXPR_MUL ? f->arity : 1); i++) {
        const Expr *g = f->kind == EXPR_MUL ? f->arg[i] : f;
        if (g->kind == EXPR_POW && expr_is_integer(g->arg[1]))
            g = g->arg[0];
        if (read_slope(w, g))
            return true;
    }
    return false;
}

/* ---- y' in terms of x ------------------------------------------------------------------------------------------------------ */

static const Expr *part(Slope *w, const char *text, const Expr *a, const Expr *b, const Expr *c)
{
    const Expr *arg[] = { a, b, c };
    return pool_read(w->pool, text, arg, 3);
}

static const Expr *times_x(Slope *w, const Expr *e) { return expr_mul(w->pool, e, w->x); }

static const Expr *root(Slope *w, const Expr *e) { return tidy(w->pool, expr_pow(w->pool, e, expr_ratio(w->pool, 1, 2))); }

/* The integral of sqrt(a/(b*x^2 + c)): an area function of x*sqrt(|b/c|). */
static const Expr *integral_of_inverse_root(Slope *w, const Expr *a, const Expr *b, const Expr *c)
{
    Pool       *p = w->pool;
    const Expr *unused;
    int         sb = ode_sign(p, w->arena, b, &unused), sc = ode_sign(p, w->arena, c, &unused);
    if (!sb || !sc || (sb < 0 && sc < 0))
        return NULL;
    const Expr *scale = root(w, expr_mul(p, expr_int(p, sb*sc), expr_div(p, b, c))), *size = root(w, expr_mul(p, expr_int(p, sb), expr_div(p, a, b)));
    FnId        fn = sb < 0 ? FN_asin : sc < 0 ? FN_acosh : FN_asinh;
    return scale && size ? expr_mul(p, size, expr_call1(p, fn, times_x(w, scale))) : NULL;
}

/* The integral of sqrt(a*x/(b*x + c)) with b < 0 < c or 0 < c, b. */
static const Expr *integral_of_quotient_root(Slope *w, const Expr *a, const Expr *b, const Expr *c)
{
    const Expr *unused;
    int         sb = ode_sign(w->pool, w->arena, b, &unused), sc = ode_sign(w->pool, w->arena, c, &unused);
    const Expr *arg[] = { b, c, w->x }, *inner = NULL;
    if (sb < 0 && sc > 0)
        inner = pool_read(w->pool, "v/sqrt(-u)^3*asin(sqrt(-u*w/v)) + sqrt(w*(u*w + v))/u", arg, 3);
    else if (sb > 0 && sc > 0)
        inner = pool_read(w->pool, "sqrt(w*(u*w + v))/u - v/sqrt(u)^3*asinh(sqrt(u*w/v))", arg, 3);
    return inner ? expr_mul(w->pool, root(w, a), inner) : NULL;
}

static const Expr *integral_of_root(Slope *w, const Expr *q)
{
    Pool        *p = w->pool;
    const Expr  *top, *bottom, **u, **v, *r = root(w, q);
    bool         is_root = false;
    if (!r)
        return NULL;
    Nodes nodes = expr_nodes(p, w->arena, &r, 1);
    for (size_t i = 0; i < nodes.n; i++)
        is_root = is_root || (nodes.at[i]->kind == EXPR_POW && !expr_is_integer(nodes.at[i]->arg[1]) && expr_depends(p, nodes.at[i], w->x));
    if (!is_root)
        return r;                                   /* the caller integrates it as it is */
    expr_fraction(p, q, &top, &bottom);
    slong n = expr_coefficients(p, w->arena, expr_expand(p, top), w->x, 2, &u), m = expr_coefficients(p, w->arena, expr_expand(p, bottom), w->x, 2, &v);
    if (n < 0 || m < 0)
        return NULL;
    bool even = m == 2 && expr_is_zero(v[1]), monomial = n == 0 || (expr_is_zero(u[0]) && (n == 1 || expr_is_zero(u[1])));
    if (m == 0 && n == 1)
        return part(w, "2*sqrt(u)^3/(3*v)", expr_div(p, top, bottom), expr_div(p, u[1], v[0]), NULL);
    if (!monomial)
        return NULL;
    if (n == 0 && m == 1)
        return part(w, "2*sqrt(u*v)/w", u[0], bottom, v[1]);
    if (n == 0 && even)
        return integral_of_inverse_root(w, u[0], v[2], v[0]);
    if (n == 2 && even)
        return part(w, "sqrt(u*v)/w", u[2], bottom, v[2]);
    return n == 1 && m == 1 ? integral_of_quotient_root(w, u[1], v[1], v[0]) : NULL;
}

/* y = integral of f(x) + C2, by the linear solver: y' - f = 0. */
static const Expr *integral_of(Slope *w, const Expr *f)
{
    Pool       *p = w->pool;
    const Expr *y = expr_unknown(p, STR("integral\002"), &(uint32_t){ 0 }, &w->x, 1), *slope = expr_unknown(p, y->unknown.name, &(uint32_t){ 1 }, &w->x, 1);
    Constants   c = { .used = f };
    Solution    s = ode_linear(p, w->arena, expr_sub(p, slope, f), y, &c);
    const Expr *c1 = c.next ? expr_symbol(p, str_printf(w->arena, "C%zu", c.next)) : NULL;
    return s.value ? expr_subst(p, s.value, &c1, &w->shift, 1) : NULL;
}

static const Expr *solve_without_y(Slope *w)
{
    const Expr *f = w->plain;
    if (!f) {
        const Expr *r = integral_of_root(w, w->square), *plain = root(w, w->square);
        if (r && r != plain)
            return expr_add(w->pool, r, w->shift);
        f = r;
    }
    return f ? integral_of(w, f) : NULL;
}

/* ---- y' in terms of y ------------------------------------------------------------------------------------------------------ */

/* w(y), w'(y), y(w) */
typedef struct Change { const char *slope, *inverse; } Change;

static const Change changes[] = {
    { "1", "u" }, { "cos(u)", "asin(u)" }, { "-sin(u)", "acos(u)" }, { "1/u", "exp(u)" }, { "1/cos(u)^2", "atan(u)" }, { "2*u", "sqrt(u)" }, { "2*u", "-sqrt(u)" }, { "-1/u^2", "1/u" }, { "1/(2*sqrt(u))", "u^2" }, { "exp(u)", "log(u)" }, { "-exp(-u)", "-log(u)" },
    { "-2/u^3", "1/sqrt(u)" }, { "3*u^2", "u^(1/3)" }, { "exp(u/2)/2", "2*log(u)" }, { "-exp(-u/2)/2", "-2*log(u)" }, { "sqrt(u)*3/2", "u^(2/3)" },
};

/* A constant that is the first one in disguise, as sqrt(1 - C1^2)/C1, is the first one where it stands alone. */
static const Expr *renamed(Slope *w, const Expr *e, const Expr *const *others, size_t n)
{
    Nodes nodes = expr_nodes(w->pool, w->arena, &e, 1);
    bool  sum = false;
    for (size_t i = 0; i < n; i++)
        if (expr_depends(w->pool, others[i], w->first))
            return e;
    for (size_t i = 0; i < nodes.n; i++)
        sum = sum || (nodes.at[i]->kind == EXPR_ADD && expr_depends(w->pool, nodes.at[i], w->first));
    return sum ? w->first : e;
}

/* w'^2 = a*w^2 + b*w + c */
static const Expr *solve_quadratic(Slope *w, const Expr *a, const Expr *b, const Expr *c)
{
    Pool       *p = w->pool;
    const Expr *z = expr_add(p, w->x, w->shift), *unused;
    const Expr *arg[] = { a, b, c };
    if (expr_is_zero(a) && expr_is_zero(b)) {
        const Expr *speed = root(w, c);
        return speed ? expr_add(p, times_x(w, renamed(w, speed, NULL, 0)), w->shift) : NULL;
    }
    if (expr_is_zero(a)) {
        const Expr *lead = tidy(p, expr_div(p, b, expr_int(p, 4))), *rest = tidy(p, expr_div(p, c, b));
        return expr_sub(p, expr_mul(p, lead, expr_powi(p, z, 2)), rest);
    }
    const Expr *rest = tidy(p, pool_read(p, "w - v^2/(4*u)", arg, 3)), *centre = tidy(p, pool_read(p, "-v/(2*u)", arg, 3));
    int         sa = ode_sign(p, w->arena, a, &unused), sr = rest ? ode_sign(p, w->arena, rest, &unused) : 0;
    if (rest && expr_is_zero(rest) && sa > 0)
        return expr_add(p, centre, expr_call1(p, FN_exp, expr_mul(p, root(w, a), z)));
    if (!rest || !centre || !sa || (sa < 0 && sr < 0))
        return NULL;
    sr = sr ? sr : 1;                                       /* the real solutions, if that depends on the constant */
    const Expr *rate = root(w, expr_mul(p, expr_int(p, sa), a)), *size = root(w, expr_mul(p, expr_int(p, sa*sr), expr_div(p, rest, a)));
    if (!rate || !size)
        return NULL;
    size = renamed(w, size, (const Expr *const[]){ rate, centre }, 2);
    FnId fn = sa < 0 ? FN_sin : sr < 0 ? FN_cosh : FN_sinh;
    return expr_add(p, centre, expr_mul(p, size, expr_call1(p, fn, expr_mul(p, rate, z))));
}

/* The point in which a quadratic numerator or denominator of q(y) is symmetric; NULL: 0, or none. */
static const Expr *centre_of(Slope *w, const Expr *q)
{
    Pool       *p = w->pool;
    const Expr *side[2], **c;
    expr_fraction(p, q, &side[0], &side[1]);
    for (int i = 0; i < 2; i++) {
        const Expr *e = side[i] ? expr_expand(p, side[i]) : NULL;
        if (e && expr_coefficients(p, w->arena, e, w->y, 2, &c) == 2 && !expr_is_zero(c[1]))
            return tidy(p, expr_mul(p, expr_ratio(p, -1, 2), expr_div(p, c[1], c[2])));
    }
    return NULL;
}

static const Expr *solve_by_change(Slope *w, const Expr *square, const Change *t)
{
    Pool        *p = w->pool;
    const Expr  *u = expr_positive(p, w->y), **c, *inverse = pool_read(p, t->inverse, &u, 1), *slope = inverse ? pool_read(p, t->slope, &inverse, 1) : NULL;
    const Expr  *q = slope ? expr_mul(p, expr_powi(p, slope, 2), expr_subst(p, square, &w->y, &inverse, 1)) : NULL;
    const Expr  *f = tidy(p, q), *zero = expr_int(p, 0);
    slong        d = coefficients(w, f, u, 2, &c);
    const Expr  *value = d >= 0 ? solve_quadratic(w, d == 2 ? c[2] : zero, d >= 1 ? c[1] : zero, c[0]) : NULL;
    return value ? pool_read(p, t->inverse, &value, 1) : NULL;
}

/* ---- the entry -------------------------------------------------------------------------------------------------------------- */

static const char *const constants[] = { "u", "1/u", "u^2", "1/u^2", "-u", "-1/u", "-u^2", "-1/u^2" };

/* Inserts by length, each once. */
static size_t insert(Pool *p, const Expr **out, size_t n, size_t most, const Expr *e)
{
    size_t at = n < most ? n : most - 1, cost = expr_cost(p, e);
    for (size_t i = 0; i < n; i++)
        if (out[i] == e)
            return n;
    if (n == most && expr_cost(p, out[n - 1]) <= cost)
        return n;
    for (; at > 0 && expr_cost(p, out[at - 1]) > cost; at--)
        out[at] = out[at - 1];
    out[at] = e;
    return n < most ? n + 1 : most;
}

/* The first integral with its jets as symbols and positive letters; false: it holds higher derivatives. */
typedef struct Problem {
    Slope        slope;
    const Expr  *f, *first, *c;     /* f = form(c), where c is the first constant */
    Nodes        letters;
    const Expr **positive;
} Problem;

static bool read_integral(Problem *q, Pool *p, Arena *a, const Expr *quantity, const Expr *y, Constants *names)
{
    Jets j = jets_of(p, a, quantity, &y, 1);
    q->first = ode_constant(p, a, names);
    q->c = expr_positive(p, q->first);
    q->slope = (Slope){ .pool = p, .arena = a, .first = q->c, .x = y->arg[0], .y = expr_positive(p, y->arg[0]), .s = expr_fresh(p, y->arg[0]), .shift = ode_constant(p, a, names) };
    const Expr *derivative = expr_unknown(p, y->unknown.name, &(uint32_t){ 1 }, y->arg, 1), *from[] = { y, derivative }, *to[] = { q->slope.y, q->slope.s };
    for (size_t i = 0; i < j.n; i++)
        if (jet_order(j.at[i]) > 1)
            return false;
    q->letters = expr_symbols(p, a, quantity);
    q->positive = arena_array(a, const Expr *, q->letters.n + 1);
    for (size_t i = 0; i < q->letters.n; i++)
        q->positive[i] = q->letters.at[i] == q->slope.x ? q->slope.x : expr_positive(p, q->letters.at[i]);
    q->f = expr_subst(p, expr_subst(p, quantity, from, to, 2), q->letters.at, q->positive, q->letters.n);
    return q->f != NULL;
}

static bool slope_of_form(Problem *q, size_t form)
{
    Pool *p = q->slope.pool;
    return find_slope(&q->slope, expr_sub(p, q->f, pool_read(p, constants[form], &q->c, 1)));
}

/* With the letters and the constant as they print. */
static const Expr *with_letters(const Problem *q, const Expr *e)
{
    Pool *p = q->slope.pool;
    return e ? expr_subst(p, expr_subst(p, e, q->positive, q->letters.at, q->letters.n), &q->c, &q->first, 1) : NULL;
}

static const Expr *square_of(Slope *w) { return w->square ? w->square : expr_powi(w->pool, w->plain, 2); }

static size_t candidates_in_y(Problem *q, const Expr **out, size_t n, size_t most)
{
    Slope      *w = &q->slope;
    Pool       *p = w->pool;
    const Expr *square = square_of(w), *centre = centre_of(w, square), *zero = expr_int(p, 0), *moved = expr_add(p, w->y, centre ? centre : zero);
    if (centre)
        square = tidy(p, expr_subst(p, square, &w->y, &moved, 1));
    for (size_t k = 0; square && k < sizeof changes / sizeof *changes; k++) {
        const Expr *e = with_letters(q, expr_add(p, solve_by_change(w, square, &changes[k]), centre ? centre : zero));
        if (e)
            n = insert(p, out, n, most, e);
        pool_clear_error(p);
    }
    return n;
}

/* C1*f/2 + C2 as C1*f + C2: a rational factor goes into the constant. */
static const Expr *without_factor(const Problem *q, const Expr *e)
{
    Pool       *p = q->slope.pool;
    const Expr *d = e ? expr_diff(p, e, q->first) : NULL, *rest;
    if (!d || expr_depends(p, d, q->first) || expr_is_zero(d))
        return e;
    const Expr *factor = expr_split_coefficient(p, d->kind == EXPR_ADD ? d->arg[0] : d, &rest), *whole = expr_div(p, q->first, factor);
    return expr_subst(p, e, &q->first, &whole, 1);
}

/* And the curve reflected in the second constant, where the sign of a root decides. */
static size_t candidates_in_x(Problem *q, const Expr **out, size_t n, size_t most)
{
    Slope      *w = &q->slope;
    Pool       *p = w->pool;
    const Expr *e = without_factor(q, with_letters(q, solve_without_y(w))), *other = expr_sub(p, expr_mul(p, expr_int(p, 2), w->shift), e);
    if (e)
        n = insert(p, out, n, most, e);
    if (other && w->square)
        n = insert(p, out, n, most, other);
    pool_clear_error(p);
    return n;
}

size_t ode_from_integral(Pool *p, Arena *a, const Expr *quantity, const Expr *y, Constants *names, const Expr **out, size_t most)
{
    Problem q = { 0 };
    size_t  n = 0;
    if (!read_integral(&q, p, a, quantity, y, names))
        return 0;
    for (size_t i = 0; i < sizeof constants / sizeof *constants; i++) {
        if (!slope_of_form(&q, i))
            continue;
        const Expr *f = q.slope.square ? q.slope.square : q.slope.plain;
        bool        with_y = expr_depends(p, f, q.slope.y), with_x = expr_depends(p, f, q.slope.x);
        if (with_y && !with_x)
            n = candidates_in_y(&q, out, n, most);
        else if (!with_y)
            n = candidates_in_x(&q, out, n, most);
    }
    pool_clear_error(p);
    return n;
}

bool ode_cycloid(Pool *p, Arena *a, const Expr *quantity, const Expr *y, Constants *names, size_t form, const Expr *s, const Expr **x_of, const Expr **y_of)
{
    Problem      q = { 0 };
    const Expr **c, *unused;
    Slope       *w = &q.slope;
    *x_of = *y_of = NULL;
    if (form >= sizeof constants / sizeof *constants || !read_integral(&q, p, a, quantity, y, names))
        return false;
    bool        found = slope_of_form(&q, form) && !expr_depends(p, square_of(w), w->x);
    const Expr *f = found ? tidy(p, expr_mul(p, w->y, square_of(w))) : NULL;
    if (f && coefficients(w, f, w->y, 1, &c) == 1 && ode_sign(p, a, c[0], &unused) > 0 && ode_sign(p, a, c[1], &unused) < 0) {
        const Expr *in[] = { c[0], expr_neg(p, c[1]), s }, *width = tidy(p, pool_read(p, "u/(2*v*sqrt(v))", in, 3)), *height = tidy(p, pool_read(p, "u/(2*v)", in, 3));
        *x_of = with_letters(&q, expr_add(p, w->shift, expr_mul(p, width, pool_read(p, "w - sin(w)", in, 3))));
        *y_of = with_letters(&q, expr_mul(p, height, pool_read(p, "1 - cos(w)", in, 3)));
    }
    pool_clear_error(p);
    return true;
}
