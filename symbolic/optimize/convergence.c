/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How fast a run converged, from the norms of its gradients g_k: the order is the ratio of the logarithms of two successive quotients, the
 * factor of linear convergence the mean quotient over the second half. A quotient that creeps towards 1 is sublinear. */
#include "symbolic/optimize/convergence.h"

#include <math.h>

enum { LEAST_ROWS = 4 };

static double order_at(const Trace *t, size_t i)
{
    double now = log(t->gradient_norm[i] / t->gradient_norm[i - 1]), before = log(t->gradient_norm[i - 1] / t->gradient_norm[i - 2]);
    return now < 0 && before < 0 ? now / before : 0;
}

static double middle(double a, double b, double c)
{
    return fmax(fmin(a, b), fmin(fmax(a, b), c));
}

/* The mean quotient between two rows. */
static double quotient(const Trace *t, size_t from, size_t to)
{
    return pow(t->gradient_norm[to] / t->gradient_norm[from], 1 / (double)(t->step[to] - t->step[from]));
}

Convergence trace_convergence(const Trace *t)
{
    Convergence c = { .kind = "unknown" };
    size_t      n = t->rows;
    while (n > 0 && !(t->gradient_norm[n - 1] > 0 && isfinite(t->gradient_norm[n - 1])))
        n--;
    if (n < LEAST_ROWS)
        return c;
    size_t last = n - 1;
    for (size_t i = 0; i < n; i++)
        if (!(t->gradient_norm[i] > 0))
            return c;
    double order = n > 4 ? middle(order_at(t, last), order_at(t, last - 1), order_at(t, last - 2)) : order_at(t, last);
    double least = n > 4 ? fmin(fmin(order_at(t, last), order_at(t, last - 1)), order_at(t, last - 2)) : order;
    double early = quotient(t, last / 4, last / 2), late = quotient(t, last / 2, last);
    if (!(late < 1)) {
        c.kind = late > 1 ? "none" : "stands still";
        return c;
    }
    c.factor = late;
    c.order = 1;
    if (t->stride == 1 && order > 1.2 && t->gradient_norm[last] < 1e-3 * t->gradient_norm[0]) {
        c.order = order;
        c.kind = order > 1.7 && least > 1.4 ? "quadratic" : "superlinear";
    } else if (early < 1 && 1 - late < 0.7 * (1 - early) && late > 0.9) {
        c.kind = "sublinear";
    } else {
        c.kind = "linear";
    }
    return c;
}
