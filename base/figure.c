/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Building and copying figures, and the ranges of their axes. */
#include "base/figure.h"

#include "base/vec.h"

#include <float.h>
#include <math.h>
#include <string.h>

Figure *figure_new(Arena *a)
{
    Figure *f = arena_alloc(a, sizeof *f);
    *f = (Figure){ .arena = a, .x_low = NAN, .x_high = NAN, .y_low = NAN, .y_high = NAN };
    return f;
}

PlotSeries *figure_add(Figure *f, SeriesKind kind, Str name, size_t n)
{
    if (f->n == f->room)
        f->series = vec_grow(f->arena, f->series, f->n, &f->room, sizeof *f->series);
    PlotSeries *s = &f->series[f->n++];
    *s = (PlotSeries){ .kind = kind, .name = name, .n = n };
    return s;
}

static const double *numbers_copy(Arena *a, const double *x, size_t n)
{
    return x ? arena_copy(a, x, n * sizeof *x) : NULL;
}

Figure *figure_copy(Arena *a, const Figure *f)
{
    Figure *g = arena_copy(a, f, sizeof *f);
    g->arena = a;
    g->title = str_copy(a, f->title);
    g->x_label = str_copy(a, f->x_label);
    g->y_label = str_copy(a, f->y_label);
    g->note = str_copy(a, f->note);
    g->to = (Str){ 0 };                             /* what is kept is looked at again, not written again */
    g->room = f->n;
    g->series = arena_copy(a, f->series, f->n * sizeof *f->series);
    for (size_t i = 0; i < f->n; i++) {
        PlotSeries *s = &g->series[i];
        bool        grid = s->z != NULL;
        s->name = str_copy(a, s->name);
        s->x = numbers_copy(a, s->x, grid ? s->columns : s->n);
        s->y = numbers_copy(a, s->y, grid ? s->rows : s->n);
        s->x2 = numbers_copy(a, s->x2, s->n);
        s->y2 = numbers_copy(a, s->y2, s->n);
        s->z = numbers_copy(a, s->z, s->columns * s->rows);
        Str *label = s->label ? arena_array(a, Str, s->n) : NULL;
        for (size_t k = 0; label && k < s->n; k++)
            label[k] = str_copy(a, s->label[k]);
        s->label = label;
    }
    return g;
}

const char *series_kind_name(SeriesKind kind)
{
    switch (kind) {
    case SERIES_CURVE:      return "curve";
    case SERIES_SCATTER:    return "scatter";
    case SERIES_BARS:       return "bars";
    case SERIES_CONTOUR:    return "contour";
    case SERIES_BAND:       return "band";
    case SERIES_VERTICAL:   return "vertical";
    case SERIES_HORIZONTAL: return "horizontal";
    case SERIES_ARROWS:     return "arrows";
    case SERIES_HEAT:       return "heat";
    case SERIES_SURFACE:    return "surface";
    }
    return "";
}

void range_include(double *low, double *high, const double *value, size_t n, bool positive)
{
    for (size_t i = 0; value && i < n; i++) {
        if (!isfinite(value[i]) || (positive && value[i] <= 0))
            continue;
        *low = isnan(*low) || value[i] < *low ? value[i] : *low;
        *high = isnan(*high) || value[i] > *high ? value[i] : *high;
    }
}

static void settle_log(double *low, double *high, double margin)
{
    double a = log10(*low), b = log10(*high), d = b - a < 0.3 ? 0.3 : (b - a) * margin;
    a -= d;
    b += d;
    *low = pow(10, a < -307 ? -307 : a);
    *high = pow(10, b > 307 ? 307 : b);
}

void range_settle(double *low, double *high, bool logarithmic, double margin)
{
    double most = DBL_MAX / 8;
    if (isnan(*low) || isnan(*high)) {
        *low = logarithmic ? 0.1 : 0;
        *high = 1;
    }
    if (logarithmic) {
        settle_log(low, high, margin);
        return;
    }
    *low = *low < -most ? -most : *low;
    *high = *high > most ? most : *high;
    double size = fmax(fabs(*low), fabs(*high)), width = *high - *low;
    double d = width <= 1e-13 * size || width == 0 ? (size > 0 ? size / 2 : 1) : width * margin;
    *low -= d;
    *high += d;
}
