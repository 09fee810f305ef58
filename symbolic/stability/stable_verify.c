/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Is a form worth the same as the input? Both are enclosed at every sample; disjoint balls prove them different, and overlapping ones bound the
 * relative difference. A series differs by its remainder, which its own proof bounds. */
#include "symbolic/stability/stabilize.h"

#include "base/interrupt.h"

#include <math.h>

enum { MANY_BITS = 1300, MOST_BITS = 5400, MOST_AT = 12 };

/* A difference below that is none in the format. */
static double enough_bits(const Search *s) { return (double)s->format->precision + 1; }

/* log2 |a/b - 1| at most; +inf where one of them is not known. */
static double difference_at(const Search *s, const Samples *at, const Candidate *c, size_t point, slong prec)
{
    const Operations *in = &s->at[0].ops;
    size_t  n = at->variables, most = in->n > c->ops.n ? in->n : c->ops.n;
    arb_ptr x = _arb_vec_init((slong)n), value = _arb_vec_init((slong)most);
    arb_t   truth;
    double  bits = INFINITY;
    arb_init(truth);
    for (size_t i = 0; i < n; i++)
        format_get_arb(at->format, format_at(at->format, at->x, i * at->points + point), x + i);
    operations_balls(in, x, prec, value);
    arb_set(truth, value + in->n - 1);
    operations_balls(&c->ops, x, prec, value);
    arb_sub(value, value + c->ops.n - 1, truth, prec);
    if (arb_is_zero(value)) {
        bits = -INFINITY;
    } else if (arb_is_finite(value) && (double)arb_rel_accuracy_bits(truth) > enough_bits(s)) {
        arb_div(value, value, truth, 64);
        mag_t size;
        mag_init(size);
        arb_get_mag(size, value);
        bits = mag_get_d_log2_approx(size);
        mag_clear(size);
    } else if (arb_is_finite(value) && arb_contains_zero(value)) {
        bits = -enough_bits(s) - 1;                 /* the input itself is not known better */
    }
    arb_clear(truth);
    _arb_vec_clear(x, (slong)n);
    _arb_vec_clear(value, (slong)most);
    return bits;
}

/* Longer formats need longer balls. */
static slong more_bits(const Search *s) { return s->format->precision > 64 ? 2*s->format->precision : 0; }

slong search_bits(const Search *s) { return MOST_BITS + more_bits(s); }

static bool equal_at(const Search *s, const Samples *at, const Candidate *c, double *log2_difference)
{
    slong more = more_bits(s);
    for (size_t k = 0; k < at->points && !should_stop(); k++) {
        double d = difference_at(s, at, c, k, MANY_BITS + more);
        if (d > -200 - (double)more)
            d = difference_at(s, at, c, k, MOST_BITS + more);   /* numbers of very different size need more */
        *log2_difference = fmax(*log2_difference, d);
        if (d > -enough_bits(s))
            return false;
    }
    for (size_t k = 0; k < MOST_AT && at->points; k++)
        if (difference_at(s, at, c, k * at->points / MOST_AT, MOST_BITS + more) > -enough_bits(s))
            return false;
    return true;
}

bool search_verify(const Search *s, const Candidate *c, double *log2_difference)
{
    *log2_difference = -INFINITY;
    return equal_at(s, &s->samples, c, log2_difference) && equal_at(s, &s->more, c, log2_difference);
}
