/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Branch and bound for the extreme eigenvalues of a Hessian over a box. Over a part of the box the Hessian lies in a ball around its midpoint
 * matrix M, so by Weyl no eigenvalue is further from those of M than the largest row sum of radii. s bounds the eigenvalues of M from above if s - M has a
 * Cholesky factor in balls. The Rayleigh quotient of any vector at any point of the box bounds the largest eigenvalue from below. The part whose bound is
 * worst is halved, until bound and quotient agree or the budget is spent; both stay valid then. [Neumaier 1990; Horn, Johnson 2013, 4.3] */
#include "symbolic/optimize/curvature_box.h"

#include "base/interrupt.h"
#include "numeric/eigen.h"
#include "symbolic/calculus/diff.h"
#include "symbolic/expr/evaluate.h"
#include "symbolic/matrix/matrix.h"

#include <math.h>
#include <string.h>

#include <flint/fmpq.h>
#if __FLINT_RELEASE >= 30000
#include <flint/arb_mat.h>
#else
#include <arb_mat.h>
#endif

enum { MOST_PARTS = 3000, BOX_BITS = 80 };
static const double enough = 1e-4;      /* relative distance of the bounds */

typedef struct Part { double *low, *high, bound; } Part;      /* bound: no eigenvalue in it lies above */

typedef struct Curve {
    Call         *c;
    size_t        n;
    const Expr  *const *var;
    const Expr  **entry;            /* of the Hessian times sign, row by row */
    Part         *part;
    size_t        parts;
    double        attained;         /* an eigenvalue not below this exists */
} Curve;

/* The matrix over the box, as balls. False: an entry is not finite. */
static bool enclose(const Curve *w, const double *low, const double *high, arb_mat_t h)
{
    acb_ptr x = _acb_vec_init((slong)w->n);
    acb_t   y;
    bool    fine = true;
    arb_t   end;
    acb_init(y);
    arb_init(end);
    for (size_t i = 0; i < w->n; i++) {
        arb_set_d(acb_realref(x + i), low[i]);
        arb_set_d(end, high[i]);
        arb_union(acb_realref(x + i), acb_realref(x + i), end, BOX_BITS);
    }
    for (size_t k = 0; k < w->n * w->n && fine; k++) {
        fine = expr_enclose(w->c->pool, w->entry[k], w->var, x, w->n, BOX_BITS, y, NULL) == EVAL_OK && acb_is_real(y) && arb_is_finite(acb_realref(y));
        if (fine)
            arb_set(arb_mat_entry(h, (slong)(k / w->n), (slong)(k % w->n)), acb_realref(y));
    }
    pool_clear_error(w->c->pool);
    arb_clear(end);
    acb_clear(y);
    _acb_vec_clear(x, (slong)w->n);
    return fine;
}

/* Is s - M positive definite, proved? m holds midpoints. */
static bool above(const arb_mat_t m, double s)
{
    arb_mat_t d, l;
    slong     n = arb_mat_nrows(m);
    arb_t     shift;
    arb_init(shift);
    arb_set_d(shift, s);
    arb_mat_init(d, n, n);
    arb_mat_init(l, n, n);
    arb_mat_neg(d, m);
    for (slong i = 0; i < n; i++)
        arb_add(arb_mat_entry(d, i, i), arb_mat_entry(d, i, i), shift, BOX_BITS);
    bool fine = arb_mat_cho(l, d, BOX_BITS);
    arb_mat_clear(l);
    arb_mat_clear(d);
    arb_clear(shift);
    return fine;
}

/* The largest eigenvalue of the midpoint matrix, about, in doubles; *radius: the largest row sum of radii, rounded up. */
static double middle(const arb_mat_t h, arb_mat_t m, double *radius, double *size)
{
    slong   n = arb_mat_nrows(h);
    double  entry[MOST_BOX_VARIABLES * MOST_BOX_VARIABLES], value[MOST_BOX_VARIABLES];
    *radius = *size = 0;
    arb_mat_get_mid(m, h);
    for (slong i = 0; i < n; i++) {
        mag_t sum;
        mag_init(sum);
        for (slong j = 0; j < n; j++) {
            mag_add(sum, sum, arb_radref(arb_mat_entry(h, i, j)));
            entry[i * n + j] = arf_get_d(arb_midref(arb_mat_entry(m, i, j)), ARF_RND_NEAR);
            *size = fmax(*size, fabs(entry[i * n + j]));
        }
        *radius = fmax(*radius, nextafter(mag_get_d(sum), INFINITY));
        mag_clear(sum);
    }
    eigen_symmetric(entry, (size_t)n, value);
    return value[n - 1];
}

/* Gershgorin's discs: exact for diagonal matrices. */
static double discs(const arb_mat_t h)
{
    double most = -INFINITY;
    arb_t  sum, entry;
    arf_t  end;
    arb_init(sum);
    arb_init(entry);
    arf_init(end);
    for (slong i = 0; i < arb_mat_nrows(h); i++) {
        arb_set(sum, arb_mat_entry(h, i, i));
        for (slong j = 0; j < arb_mat_nrows(h); j++)
            if (j != i) {
                arb_abs(entry, arb_mat_entry(h, i, j));
                arb_add(sum, sum, entry, BOX_BITS);
            }
        arb_get_ubound_arf(end, sum, BOX_BITS);
        most = fmax(most, arf_get_d(end, ARF_RND_CEIL));
    }
    arf_clear(end);
    arb_clear(entry);
    arb_clear(sum);
    return most;
}

/* No eigenvalue of a matrix in h lies above. */
static double upper_bound(const arb_mat_t h)
{
    arb_mat_t m;
    double    radius, size;
    arb_mat_init(m, arb_mat_nrows(h), arb_mat_nrows(h));
    double about = middle(h, m, &radius, &size), step = 1e-14 * (size + fabs(about)) + 1e-300, s = about + step;
    for (int k = 0; k < 60 && !above(m, s); k++, step *= 2)
        s = about + step;
    bool fine = above(m, s);
    arb_mat_clear(m);
    return fmin(discs(h), fine ? nextafter(s + radius, INFINITY) : INFINITY);
}

/* At a point some eigenvalue is not below: the Rayleigh quotient, in balls, of what a power iteration ends with. */
static double lower_bound(const arb_mat_t h)
{
    size_t n = (size_t)arb_mat_nrows(h);
    double entry[MOST_BOX_VARIABLES * MOST_BOX_VARIABLES], v[MOST_BOX_VARIABLES], w[MOST_BOX_VARIABLES], shift = 0, best = -INFINITY;
    for (size_t k = 0; k < n * n; k++) {
        entry[k] = arf_get_d(arb_midref(arb_mat_entry(h, (slong)(k / n), (slong)(k % n))), ARF_RND_NEAR);
        shift += fabs(entry[k]);
    }
    for (size_t i = 0; i < n; i++)
        v[i] = 1 + 0.37 * (double)i;
    for (int k = 0; k < 200; k++) {
        double norm = 0;
        for (size_t i = 0; i < n; i++) {
            w[i] = shift * v[i];
            for (size_t j = 0; j < n; j++)
                w[i] += entry[i * n + j] * v[j];
            norm = fmax(norm, fabs(w[i]));
        }
        for (size_t i = 0; i < n; i++)
            v[i] = norm > 0 ? w[i] / norm : v[i];
    }
    arb_t top, bottom, x, y;
    arb_init(top);
    arb_init(bottom);
    arb_init(x);
    arb_init(y);
    for (size_t i = 0; i < n; i++) {
        arb_set_d(x, v[i]);
        arb_addmul(bottom, x, x, BOX_BITS);
        for (size_t j = 0; j < n; j++) {
            arb_set_d(y, v[j]);
            arb_mul(y, y, x, BOX_BITS);
            arb_addmul(top, y, arb_mat_entry(h, (slong)i, (slong)j), BOX_BITS);
        }
    }
    arb_div(top, top, bottom, BOX_BITS);
    if (arb_is_finite(top)) {
        arb_get_lbound_arf(arb_midref(x), top, BOX_BITS);
        best = arf_get_d(arb_midref(x), ARF_RND_FLOOR);
    }
    arb_clear(y);
    arb_clear(x);
    arb_clear(bottom);
    arb_clear(top);
    return best;
}

/* Bounds a part, and looks at its middle and just inside of two corners: an end that is no double was moved outwards. */
static void look_at(Curve *w, Part *p)
{
    arb_mat_t h;
    double    at[MOST_BOX_VARIABLES];
    arb_mat_init(h, (slong)w->n, (slong)w->n);
    p->bound = enclose(w, p->low, p->high, h) ? upper_bound(h) : INFINITY;
    if (p->bound > w->attained)
        for (int k = 0; k < 3; k++) {
            for (size_t i = 0; i < w->n; i++)
                at[i] = k == 0 ? (p->low[i] + p->high[i]) / 2 : k == 1 ? nextafter(nextafter(p->low[i], INFINITY), INFINITY) : nextafter(nextafter(p->high[i], -INFINITY), -INFINITY);
            if (enclose(w, at, at, h))
                w->attained = fmax(w->attained, lower_bound(h));
        }
    arb_mat_clear(h);
}

static size_t worst(const Curve *w)
{
    size_t k = 0;
    for (size_t i = 1; i < w->parts; i++)
        if (w->part[i].bound > w->part[k].bound)
            k = i;
    return k;
}

/* Halves a part. */
static void halve(Curve *w, size_t k, size_t side)
{
    Part *a = &w->part[k], *b = &w->part[w->parts++];
    *b = (Part){ arena_copy(w->c->arena, a->low, w->n * sizeof *a->low), arena_copy(w->c->arena, a->high, w->n * sizeof *a->high), INFINITY };
    double at = (a->low[side] + a->high[side]) / 2;
    a->high[side] = b->low[side] = at;
    look_at(w, a);
    look_at(w, b);
}

/* The largest eigenvalue over the box: in [out[0], out[1]]. */
static void largest(Curve *w, const double *low, const double *high, double out[2])
{
    w->part = arena_array(w->c->arena, Part, MOST_PARTS);
    w->parts = 1;
    w->attained = -INFINITY;
    w->part[0] = (Part){ arena_copy(w->c->arena, low, w->n * sizeof *low), arena_copy(w->c->arena, high, w->n * sizeof *high), INFINITY };
    look_at(w, &w->part[0]);
    double *width = arena_array(w->c->arena, double, w->n);
    for (size_t i = 0; i < w->n; i++)
        width[i] = high[i] - low[i];
    for (;;) {
        size_t k = worst(w);
        out[0] = w->attained;
        out[1] = fmax(w->part[k].bound, w->attained);
        if (out[1] - out[0] <= enough * fmax(fabs(out[1]), fabs(out[0])) || w->parts == MOST_PARTS || should_stop())
            return;
        size_t side = 0;
        for (size_t i = 1; i < w->n; i++)
            if ((w->part[k].high[i] - w->part[k].low[i]) / width[i] > (w->part[k].high[side] - w->part[k].low[side]) / width[side])
                side = i;
        if (!(w->part[k].low[side] < (w->part[k].low[side] + w->part[k].high[side]) / 2))
            return;
        halve(w, k, side);
    }
}

bool curvature_box(const Region *b, CurvatureBox *out)
{
    Call        *c = b->q.c;
    size_t       n = b->q.n;
    const Expr  *h = expr_hessian(c->pool, b->q.entries, b->q.var, n);
    Curve        w = { .c = c, .n = n, .var = b->q.var, .entry = arena_array(c->arena, const Expr *, n * n) };
    double       low[MOST_BOX_VARIABLES], high[MOST_BOX_VARIABLES];
    if (!h)
        return false;
    out->constant = expr_is_numeric(h);
    for (size_t i = 0; i < n; i++) {        /* an end may be no double: outwards */
        low[i] = nextafter(b->low[i], -INFINITY);
        high[i] = nextafter(b->high[i], INFINITY);
        low[i] = floor(b->low[i]) == b->low[i] ? b->low[i] : low[i];
        high[i] = floor(b->high[i]) == b->high[i] ? b->high[i] : high[i];
    }
    for (size_t k = 0; k < n * n; k++)
        w.entry[k] = h->kind == EXPR_TENSOR ? h->arg[k] : h;
    largest(&w, low, high, out->largest);
    for (size_t k = 0; k < n * n; k++)
        w.entry[k] = expr_neg(c->pool, w.entry[k]);
    double negative[2];
    largest(&w, low, high, negative);
    out->least[0] = -negative[1];
    out->least[1] = -negative[0];
    return true;
}
