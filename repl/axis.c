/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Steps of 1, 2 or 5 times a power of ten; on a logarithmic axis decades, or 1, 2, 5 where there are few of them. All labels of an axis have
 * the same number of decimals. */
#include "repl/axis.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Without the "+0" of an exponent. */
static Str tidy(Arena *a, Str s)
{
    const char *e = memchr(s.s, 'e', s.n);
    if (!e)
        return s;
    size_t at = (size_t)(e - s.s);
    return str_printf(a, "%.*se%d", (int)at, s.s, atoi(e + 1));
}

Str axis_number(Arena *a, double x, int digits)
{
    return tidy(a, str_printf(a, "%.*g", digits, x == 0 ? 0.0 : x));
}

double axis_place(double low, double high, bool logarithmic, double x)
{
    if (!logarithmic)
        return (x / 2 - low / 2) / (high / 2 - low / 2);
    return x > 0 ? (log10(x) - log10(low)) / (log10(high) - log10(low)) : NAN;
}

static double nice_step(double raw)
{
    double unit = pow(10, floor(log10(raw))), r = raw / unit;
    return (r <= 1.0000001 ? 1 : r <= 2.0000001 ? 2 : r <= 5.0000001 ? 5 : 10) * unit;
}

static size_t linear_ticks(Arena *a, double low, double high, bool whole, size_t most, Tick *out)
{
    double step = nice_step(fmax(high / (double)most - low / (double)most, whole)), size = fmax(fabs(low), fabs(high));
    size_t n = 0;
    for (;; step = nice_step(step * 1.5)) {
        double first = ceil(low / step - 1e-9), last = floor(high / step + 1e-9);
        if (last - first + 1 > (double)most)
            continue;
        int  decimals = (int)fmax(0, ceil(-log10(step) - 1e-9)), digits = (int)fmax(1, floor(log10(size / step) + 1e-9) + 1);
        bool plain = size < 1e6 && decimals <= 4;
        for (double k = first; k <= last && n < MOST_TICKS; k++) {
            double x = k * step;
            Str    s = plain ? str_printf(a, "%.*f", decimals, k == 0 ? 0.0 : x) : axis_number(a, k == 0 ? 0.0 : x, digits + 1);
            out[n++] = (Tick){ x, s };
        }
        return n;
    }
}

static size_t log_ticks(Arena *a, double low, double high, size_t most, Tick *out)
{
    static const double parts[] = { 1, 2, 5 };
    double first = floor(log10(low) + 1e-9), last = ceil(log10(high) - 1e-9), decades = log10(high) - log10(low);
    bool   plain = low >= 0.9e-4 && high <= 1.1e5;
    size_t n = 0, each = decades * 3 + 1 <= (double)most && decades < 3 ? 3 : 1, skip = (size_t)fmax(1, ceil((decades + 1) / (double)most));
    if (decades < 0.7)
        return linear_ticks(a, low, high, false, most, out);
    for (double d = first; d <= last; d++) {
        if (fmod(fabs(d), (double)skip) != 0)
            continue;
        for (size_t k = 0; k < each && n < MOST_TICKS; k++) {
            double x = parts[k] * pow(10, d);
            if (x >= low * (1 - 1e-9) && x <= high * (1 + 1e-9))
                out[n++] = (Tick){ x, plain ? axis_number(a, x, 6) : str_printf(a, "%ge%d", parts[k], (int)d) };
        }
    }
    return n;
}

size_t axis_ticks(Arena *a, double low, double high, bool logarithmic, bool whole, size_t most, Tick *out)
{
    if (most < 2)
        most = 2;
    if (low > high)
        return axis_ticks(a, high, low, logarithmic, whole, most, out);
    return logarithmic ? log_ticks(a, low, high, most, out) : linear_ticks(a, low, high, whole, most, out);
}
