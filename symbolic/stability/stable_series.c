/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A series about 0 for |x| <= r: its exact coefficients from the series of the expression, its remainder from a Taylor model in balls. As few
 * terms as bring the relative remainder below 2^-(p + 2) are taken, and r is the whole range or one of a few radii inside it; what is outside goes to
 * the best other form. Without a proof there is no series. */
#include "symbolic/stability/stabilize.h"

#include "base/interrupt.h"
#include "symbolic/expr/nary.h"
#include "symbolic/limits/series.h"
#include "symbolic/limits/taylor_model.h"

#include <math.h>

enum { ORDER = 40, MOST_TERMS = 18, PREC = 256, OTHERS = 3 };

typedef struct Expansion {
    slong       valuation, n;
    const Expr *c[ORDER + 1];           /* exact; of x^(valuation + i) */
} Expansion;

static bool exact_expansion(Search *s, const Expr *node, const Expr *x, Expansion *out)
{
    Series series;
    Str    why;
    Pool  *p = s->pool;
    const Expr *f = expr_canonical(p, node);
    if (!f || expr_series(p, s->arena, f, x, expr_int(p, 0), ORDER - 4, &series, &why) != SERIES_OK || !series.regular || series.n == 0) {
        pool_clear_error(p);
        return false;
    }
    slong first, last;
    if (!expr_fits_slong(series.term[0].e, &first) || !expr_fits_slong(series.term[series.n - 1].e, &last) || last - first > ORDER)
        return false;
    *out = (Expansion){ .valuation = first, .n = last - first + 1 };
    for (slong k = 0; k < out->n; k++)
        out->c[k] = expr_int(p, 0);
    for (size_t i = 0; i < series.n; i++) {
        slong k;
        if (!expr_fits_slong(series.term[i].e, &k) || !expr_is_number(series.term[i].c))
            return false;
        out->c[k - first] = series.term[i].c;
    }
    return true;
}

/* How many of the coefficients are enough on |x| <= r, by a proof; 0: no proof. The coefficients of the model must enclose the exact ones. */
static slong terms_needed(const Operations *node, const Expansion *e, double radius, slong bits, double *log2_remainder)
{
    TaylorModel m;
    arb_t       r, tail, front, c;
    slong       needed = 0;
    arb_init(r);
    arb_set_d(r, radius);
    if (!taylor_model(node, r, ORDER + 12, PREC, &m)) {
        arb_clear(r);
        return 0;
    }
    arb_init(tail);
    arb_init(front);
    arb_init(c);
    slong shift = e->valuation - m.valuation;
    bool  fine = shift >= 0 && shift + e->n <= m.n;
    for (slong i = 0; i < m.n && fine; i++) {
        if (i < shift)
            arb_zero(c);
        else if (i - shift < e->n)
            arb_set_fmpq(c, expr_number(e->c[i - shift]), PREC);
        else
            break;
        fine = arb_overlaps(c, m.c + i);
    }
    for (slong n = 1; fine && n <= e->n && !needed; n++) {
        arb_abs(tail, m.bound);                             /* |sum over k >= n| <= tail * r^n */
        for (slong i = m.n; i-- > shift + n;) {
            arb_mul(tail, tail, r, PREC);
            arb_abs(c, m.c + i);
            arb_add(tail, tail, c, PREC);
        }
        for (slong i = 0; i < n; i++)
            arb_mul(tail, tail, r, PREC);
        arb_zero(front);                                    /* |sum over k < n| >= |c_0| - |c_1| r - ... */
        for (slong i = n; i-- > 1;) {
            arb_set_fmpq(c, expr_number(e->c[i]), PREC);
            arb_abs(c, c);
            arb_add(front, front, c, PREC);
            arb_mul(front, front, r, PREC);
        }
        arb_set_fmpq(c, expr_number(e->c[0]), PREC);
        arb_abs(c, c);
        arb_sub(front, c, front, PREC);
        if (!arb_is_positive(front))
            break;
        arb_div(tail, tail, front, PREC);
        arf_t top;
        arf_init(top);
        arb_get_ubound_arf(top, tail, 64);
        if (arf_cmp_2exp_si(top, -bits) < 0) {
            needed = n;
            *log2_remainder = log2(arf_get_d(top, ARF_RND_UP));
        }
        arf_clear(top);
    }
    arb_clear(tail);
    arb_clear(front);
    arb_clear(c);
    arb_clear(r);
    taylor_model_clear(&m);
    return needed;
}

/* c_0 x^v (1 + q*(d_1 + q*(d_2 + ...))), q = x or, where every second coefficient is 0, x^2. */
static const Expr *horner(Pool *p, const Expansion *e, slong n, const Expr *x)
{
    bool  even = true;
    for (slong k = 1; k < n; k += 2)
        even = even && expr_is_zero(e->c[k]);
    slong       step = even ? 2 : 1, last = (n - 1) - (n - 1) % step;
    const Expr *two = expr_int(p, 2), *q = even ? typed_node(p, EXPR_POW, (const Expr *const[]){ x, two }, 2) : x, *inner = NULL;
    for (slong k = last; k >= step; k -= step) {
        const Expr *d = expr_div(p, e->c[k], e->c[0]);
        const Expr *sum = inner ? plain_add(p, d, inner) : d;
        inner = expr_number(e->c[k]) && inner == NULL && expr_is_zero(d) ? NULL : plain_mul(p, q, sum);
    }
    Factors lead = { .coefficient = e->c[0] };
    if (e->valuation)
        vec_push(pool_arena(p), &lead, (Factor){ x, expr_int(p, e->valuation) });
    const Expr *front = factors_join(p, &lead);
    return inner ? plain_mul(p, front, plain_add(p, expr_int(p, 1), inner)) : front;
}

/* The best few forms that hold no series, and the input. */
static size_t best_forms(const Search *s, size_t *others)
{
    size_t count = 1;
    others[0] = 0;
    for (size_t i = 1; i < s->n; i++) {
        if (s->at[i].kind == MOVE_SERIES)
            continue;
        size_t j = count;
        while (j > 1 && s->at[i].rank < s->at[others[j - 1]].rank)
            j--;
        if (j > OTHERS)
            continue;
        for (size_t k = count < OTHERS ? count : OTHERS; k > j; k--)
            others[k] = others[k - 1];
        others[j] = i;
        count += count <= OTHERS;
    }
    return count;
}

void search_branch(Search *s, const Expr *node, const Expr *form, const Expr *size, double radius, bool everywhere, Candidate how)
{
    const Expr *input = s->at[0].e;
    if (everywhere) {
        search_add(s, node == input ? form : expr_subst(s->pool, input, &node, &form, 1), how);
        return;
    }
    size_t      others[OTHERS + 1], count = node == input ? best_forms(s, others) : 1;
    const Expr *limit = pool_read_typed(s->pool, str_printf(pool_arena(s->pool), "%g", radius).s, NULL, 0);
    for (size_t j = 0; j < count && limit; j++) {
        const Expr *arg[] = { expr_relation(s->pool, REL_LT, size, limit), form, node == input ? s->at[others[j]].e : node };
        const Expr *branches = expr_piecewise(s->pool, arg, 3);
        how.parent = node == input ? others[j] : 0;
        how.after = branches;
        search_add(s, node == input ? branches : expr_subst(s->pool, input, &node, &branches, 1), how);
    }
}

/* The node is the input itself, or a part of it. */
static void add_series(Search *s, const Expr *node, const Operations *ops, const Expansion *e, double radius, bool whole)
{
    double      bits = 0;
    const Expr *x = s->box->variable[0];
    slong       n = terms_needed(ops, e, radius, s->format->precision + 2, &bits);
    if (n == 0 || n > 2*MOST_TERMS)
        return;
    const Expr *form = horner(s->pool, e, n, x), *size = s->box->low[0] >= 0 ? x : typed_call(s->pool, &fn_rows[FN_abs], &x, 1);
    Candidate   how = { .kind = MOVE_SERIES, .before = node, .after = form,
                        .note = str_printf(s->arena, "|x| <= %g: relative remainder below 2^%.0f, proved by a Taylor model in balls", radius, floor(bits) + 1) };
    search_branch(s, node, form, size, radius, whole, how);
}

static void series_of_node(Search *s, const Expr *node, double radius)
{
    static const double radii[] = { 1, 0.5, 0.25, 0.125, 0.05, 0.02, 0.005 };
    Expansion  e;
    Operations ops;
    if (!exact_expansion(s, node, s->box->variable[0], &e) || !operations_of(s->pool, s->arena, node, s->box->variable, 1, &ops))
        return;
    if (radius <= 2)
        add_series(s, node, &ops, &e, radius, true);
    for (size_t i = 0; i < sizeof radii / sizeof *radii && !should_stop(); i++)
        if (radii[i] < radius)
            add_series(s, node, &ops, &e, radii[i], false);
}

void search_series(Search *s)
{
    enum { MOST_NODES = 12 };
    const Box *box = s->box;
    if (box->n != 1 || box->low[0] > 0 || box->high[0] < 0)
        return;
    double      radius = fmax(-box->low[0], box->high[0]);
    Arena      *a = arena_new();
    const Expr *input = s->at[0].e, *both = input;
    Nodes       nodes = expr_nodes(s->pool, a, &input, 1);
    series_of_node(s, input, radius);
    for (size_t k = nodes.n, tried = 0; k-- > 0 && tried < MOST_NODES && !should_stop();) {
        const Expr *node = nodes.at[k];
        if (node == input || (node->kind != EXPR_ADD && node->kind != EXPR_SUB))
            continue;
        size_t before = s->n;
        series_of_node(s, node, radius);
        tried++;
        if (s->n > before && s->at[before].kind == MOVE_SERIES) {      /* all such parts at once */
            const Expr *after = s->at[before].after;
            both = expr_subst(s->pool, both, &node, &after, 1);
            search_add(s, both, (Candidate){ .kind = MOVE_SERIES, .before = input, .after = both, .note = s->at[before].note });
        }
    }
    arena_delete(a);
}
