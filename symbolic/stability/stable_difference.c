/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Differences f(a) - f(b) at near points, where no identity helps, as with erf(x + h) - erf(x). With m = (a + b)/2 and h = a - b
 *
 *     f(a) - f(b) = h f'(m) (1 + h^2 (c_1(m) + h^2 (c_2(m) + ...))),   c_j = f^(2j+1)/(f' 4^j (2j+1)!),
 *
 * what is left out behind c_J is at most 2 |h/2|^(2J+3)/(2J+3)! max |f^(2J+3)|, and the difference is at least |h| min |f'| by the mean value theorem.
 * Both are enclosed by balls between a and b over pieces of the box; where their quotient is not small enough for the format there is no series. */
#include "symbolic/stability/stabilize.h"

#include "base/interrupt.h"
#include "symbolic/algebra/simplify.h"
#include "symbolic/calculus/diff.h"
#include "symbolic/expr/nary.h"

#include <math.h>

enum { MOST_ORDER = 7, PIECES = 256, PREC = 128, LONGEST = 120 };

typedef struct Difference {
    const Expr *node, *h, *middle, *t;      /* typed; t: the argument of the derivatives */
    size_t      variable;                   /* h is this one of the box; SIZE_MAX: it is another expression */
    Operations  at_middle;                  /* m of the variables */
    slong       known;                      /* derivatives: f^(2j + 1) of t for j below that */
    const Expr *derivative[MOST_ORDER + 2];
    Operations  slope[MOST_ORDER + 2];
} Difference;

/* ---- the pieces of it ----------------------------------------------------------------------------------------------------------------- */

static bool near_arguments(Search *s, const Expr *node, Difference *d)
{
    Pool *p = s->pool;
    if (node->kind != EXPR_SUB || node->arity != 2)
        return false;
    const Expr *f = node->arg[0], *g = node->arg[1];
    if (f->kind != EXPR_CALL || g->kind != EXPR_CALL || f->fn != g->fn || f->arity != 1)
        return false;
    const Expr *h = expr_sub(p, expr_canonical(p, f->arg[0]), expr_canonical(p, g->arg[0]));
    bool        small = h && !expr_is_zero(h) && expr_size(p, h) < expr_size(p, f->arg[0]) + expr_size(p, g->arg[0]);
    *d = (Difference){ .node = node, .variable = SIZE_MAX };
    d->h = small ? expr_typed_form(p, h) : NULL;
    if (!d->h)
        return false;
    for (size_t i = 0; i < s->box->n; i++)
        d->variable = d->h == s->box->variable[i] ? i : d->variable;
    d->middle = expr_tidy(p, plain_add(p, g->arg[0], plain_scaled(p, expr_ratio(p, 1, 2), d->h)));
    d->t = expr_fresh(p, expr_symbol(p, STR("t")));
    return d->middle && operations_of(p, s->arena, d->middle, s->box->variable, s->box->n, &d->at_middle);
}

/* The derivative of order 2j + 1. False: there is none, or it is too long to be of use, or made of functions that take too long (polygamma). */
static bool slope_known(Search *s, Difference *d, slong j)
{
    Pool *p = s->pool;
    for (; d->known <= j; d->known++) {
        const Expr *last = d->known ? d->derivative[d->known - 1] : expr_call(p, d->node->arg[0]->fn, &d->t, 1);
        const Expr *slope = last ? expr_diff_n(p, last, d->t, d->known ? 2 : 1) : NULL;
        if (!slope || expr_size(p, slope) > LONGEST || !operations_of(p, s->arena, slope, &d->t, 1, &d->slope[d->known])
            || operations_slow_calls(&d->slope[d->known])) {
            pool_clear_error(p);
            return false;
        }
        d->derivative[d->known] = slope;
    }
    return true;
}

/* c_j at the middle, typed; for j = 0 the slope there. */
static const Expr *coefficient(Search *s, const Difference *d, slong j)
{
    Pool       *p = s->pool;
    const Expr *c = d->derivative[j];
    fmpz_t      scale;
    fmpz_init(scale);
    fmpz_fac_ui(scale, (ulong)(2*j + 1));
    fmpz_mul_2exp(scale, scale, (ulong)(2*j));
    if (j)
        c = expr_div(p, expr_simplify(p, expr_div(p, c, d->derivative[0])), expr_fmpz(p, scale));
    fmpz_clear(scale);
    c = c ? expr_typed_form(p, c) : NULL;
    return c ? expr_subst(p, c, &d->t, &d->middle, 1) : NULL;
}

/* ---- the proof ------------------------------------------------------------------------------------------------------------------------ */

/* The balls of the variables in piece k: the other variables are cut into `each` parts of equal length, h lies between -radius and radius. */
static void piece(const Search *s, const Difference *d, size_t k, size_t each, double radius, arb_ptr x)
{
    const Box *box = s->box;
    arf_t      low, high;
    arf_init(low);
    arf_init(high);
    for (size_t i = 0; i < box->n; i++) {
        double a = box->low[i], b = box->high[i];
        if (i == d->variable) {
            a = fmax(a, -radius);
            b = fmin(b, radius);
        } else {
            size_t part = k % each;
            double step = b/(double)each - a/(double)each, from = a;
            k /= each;
            a = part ? from + (double)part*step : from;
            b = part + 1 < each ? from + (double)(part + 1)*step : b;
            a = nextafter(a, -INFINITY);
            b = nextafter(b, INFINITY);
        }
        arf_set_d(low, a);
        arf_set_d(high, b);
        arb_set_interval_arf(x + i, low, high, PREC);
    }
    arf_clear(low);
    arf_clear(high);
}

static void slope_over(const Operations *o, const arb_t at, arb_ptr scratch, mag_t most, mag_t least)
{
    operations_balls(o, at, PREC, scratch);
    arb_get_mag(most, scratch + o->n - 1);
    arb_get_mag_lower(least, scratch + o->n - 1);
}

/* log2 of the relative remainder behind c_order for |h| <= radius; not negative: no proof. */
static double remainder_log2(const Search *s, const Difference *d, slong order, double radius)
{
    size_t n = s->box->n, others = n - (d->variable < n), each = 1, count = 1, most_operations = d->at_middle.n;
    while (others && pow((double)(each + 1), (double)others) <= PIECES)
        each++;
    for (size_t i = 0; i < others; i++)
        count *= each;
    for (slong j = 0; j <= order + 1; j++)
        most_operations = d->slope[j].n > most_operations ? d->slope[j].n : most_operations;
    arb_ptr x = _arb_vec_init((slong)n), scratch = _arb_vec_init((slong)most_operations);
    mag_t   most, least, first, unused;
    arb_t   between;
    mag_init(most), mag_init(least), mag_init(first), mag_init(unused);
    arb_init(between);
    double worst = -INFINITY, fixed = (double)(2*order + 2)*log2(radius/2) - lgamma((double)(2*order + 4))/log(2);
    for (size_t k = 0; k < count && worst < 0 && !should_stop(); k++) {
        piece(s, d, k, each, radius, x);
        operations_balls(&d->at_middle, x, PREC, scratch);
        arb_set(between, scratch + d->at_middle.n - 1);
        mag_set_d(most, radius/2);
        arb_add_error_mag(between, most);
        slope_over(&d->slope[0], between, scratch, first, least);
        slope_over(&d->slope[order + 1], between, scratch, most, unused);
        bool known = !mag_is_inf(most) && !mag_is_zero(least);
        worst = known ? fmax(worst, fixed + mag_get_d_log2_approx(most) - mag_get_d_log2_approx(least) + 0.01) : INFINITY;
    }
    mag_clear(most), mag_clear(least), mag_clear(first), mag_clear(unused);
    arb_clear(between);
    _arb_vec_clear(x, (slong)n);
    _arb_vec_clear(scratch, (slong)most_operations);
    return should_stop() ? INFINITY : worst;
}

/* ---- the form ------------------------------------------------------------------------------------------------------------------------- */

static const Expr *series_form(Search *s, const Difference *d, slong order)
{
    Pool       *p = s->pool;
    const Expr *two = expr_int(p, 2), *square = typed_node(p, EXPR_POW, (const Expr *const[]){ d->h, two }, 2), *inner = NULL;
    for (slong j = order; j >= 1; j--)
        inner = plain_mul(p, square, inner ? plain_add(p, coefficient(s, d, j), inner) : coefficient(s, d, j));
    const Expr *front = plain_mul(p, d->h, coefficient(s, d, 0));
    return inner ? plain_mul(p, front, plain_add(p, expr_int(p, 1), inner)) : front;
}

static void add_form(Search *s, Difference *d, double radius, double reach)
{
    double bits = 0;
    slong  order = 0;
    while (order <= MOST_ORDER && slope_known(s, d, order + 1)
           && (bits = remainder_log2(s, d, order, fmin(radius, reach))) >= -(double)(s->format->precision + 2))
        order += isfinite(bits) ? 1 : MOST_ORDER + 1;       /* no slope without zero: more terms do not help */
    if (order > MOST_ORDER || !slope_known(s, d, order + 1))
        return;
    const Expr *form = series_form(s, d, order);
    const Expr *size = d->variable < s->box->n && s->box->low[d->variable] >= 0 ? d->h : typed_call(s->pool, &fn_rows[FN_abs], &d->h, 1);
    Candidate   how = { .kind = MOVE_SERIES, .before = d->node, .after = form,
                        .note = str_printf(s->arena, "relative remainder below 2^%.0f, proved by derivatives in balls", floor(bits) + 1) };
    search_branch(s, d->node, form, size, radius, radius >= reach, how);
}

static void series_of_difference(Search *s, const Expr *node)
{
    static const double radii[] = { 1, 0.5, 0.25, 0.1, 0.05, 0.02, 0.005, 0.001, 1e-4, 1e-5, 1e-6 };
    enum { MOST_FORMS = 3 };
    Difference d;
    double     reach = INFINITY;
    if (!near_arguments(s, node, &d)) {
        pool_clear_error(s->pool);
        return;
    }
    if (d.variable < s->box->n)
        reach = fmax(-s->box->low[d.variable], s->box->high[d.variable]);
    else if (expr_is_number(d.h))
        reach = fabs(fmpq_get_d(expr_number(d.h)));
    size_t before = s->n, forms = 0;
    if (reach <= 2)
        add_form(s, &d, reach, reach);
    for (size_t i = 0; i < sizeof radii / sizeof *radii && forms < MOST_FORMS && s->n == before && !should_stop(); i++)
        if (radii[i] < reach) {
            add_form(s, &d, radii[i], reach);
            forms += s->n > before;
        }
    pool_clear_error(s->pool);
}

void search_differences(Search *s)
{
    Arena      *a = arena_new();
    const Expr *input = s->at[0].e;
    Nodes       nodes = expr_nodes(s->pool, a, &input, 1);
    for (size_t k = 0; k < nodes.n && !should_stop(); k++)
        series_of_difference(s, nodes.at[k]);
    arena_delete(a);
}
