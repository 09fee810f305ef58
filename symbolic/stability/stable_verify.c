/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Is a form worth the same as the input? Both are enclosed at every sample; disjoint balls prove them different, and overlapping ones bound the
 * relative difference. A series differs by its remainder, which its own proof bounds. */
#include "symbolic/stability/stabilize.h"

#include "base/interrupt.h"

#include <math.h>

enum { MANY_BITS = 1300, MOST_BITS = 5400, MOST_AT = 12, SERIES_BITS = 54 };

/* log2 |a/b - 1| at most; +inf where one of them is not known. */
static double difference_at(const Search *s, const Candidate *c, size_t point, slong prec)
{
    const Operations *in = &s->at[0].ops;
    size_t  n = s->samples.variables, most = in->n > c->ops.n ? in->n : c->ops.n;
    arb_ptr x = _arb_vec_init((slong)n), value = _arb_vec_init((slong)most);
    arb_t   truth;
    double  bits = INFINITY;
    arb_init(truth);
    for (size_t i = 0; i < n; i++)
        arb_set_d(x + i, s->samples.x[i * s->samples.points + point]);
    operations_balls(in, x, prec, value);
    arb_set(truth, value + in->n - 1);
    operations_balls(&c->ops, x, prec, value);
    arb_sub(value, value + c->ops.n - 1, truth, prec);
    if (arb_is_zero(value)) {
        bits = -INFINITY;
    } else if (arb_is_finite(value) && !arb_contains_zero(truth)) {
        arb_div(value, value, truth, 64);
        mag_t size;
        mag_init(size);
        arb_get_mag(size, value);
        bits = mag_get_d_log2_approx(size);
        mag_clear(size);
    } else if (arb_is_finite(value) && arb_contains_zero(value)) {
        bits = -(double)SERIES_BITS - 1;            /* the input itself is not known better */
    }
    arb_clear(truth);
    _arb_vec_clear(x, (slong)n);
    _arb_vec_clear(value, (slong)most);
    return bits;
}

bool search_verify(const Search *s, const Candidate *c, double *log2_difference)
{
    *log2_difference = -INFINITY;
    for (size_t k = 0; k < s->samples.points && !should_stop(); k++) {
        double d = difference_at(s, c, k, MANY_BITS);
        if (d > -200)
            d = difference_at(s, c, k, MOST_BITS);  /* numbers of very different size need more */
        *log2_difference = fmax(*log2_difference, d);
        if (d > -SERIES_BITS)
            return false;
    }
    for (size_t k = 0; k < MOST_AT && s->samples.points; k++) {
        double d = difference_at(s, c, k * s->samples.points / MOST_AT, MOST_BITS);
        if (d > -SERIES_BITS)
            return false;
    }
    return true;
}
