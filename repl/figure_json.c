/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A figure as JSON: axes and the numbers of every series; a gap is null. */
#include "repl/figure.h"

#include <math.h>

static json_t *text(Str s)
{
    json_t *j = s.n ? json_stringn(s.s, s.n) : NULL;
    return j ? j : json_null();
}

static json_t *number(double x) { return isfinite(x) ? json_real(x) : json_null(); }

static void set_numbers(json_t *o, const char *key, const double *x, size_t n)
{
    if (!x)
        return;
    json_t *list = json_array();
    for (size_t i = 0; i < n; i++)
        json_array_append_new(list, number(x[i]));
    json_object_set_new(o, key, list);
}

static json_t *axis(Str label, double low, double high, bool logarithmic)
{
    return json_pack("{s:o, s:o, s:o, s:b}", "label", text(label), "low", number(low), "high", number(high), "log", (int)logarithmic);
}

static json_t *series(const PlotSeries *s)
{
    json_t *o = json_object();
    json_object_set_new(o, "kind", json_string(series_kind_name(s->kind)));
    json_object_set_new(o, "name", text(s->name));
    set_numbers(o, "x", s->x, s->z ? s->columns : s->n);
    set_numbers(o, "y", s->y, s->z ? s->rows : s->n);
    set_numbers(o, "x2", s->x2, s->n);
    set_numbers(o, "y2", s->y2, s->n);
    set_numbers(o, "z", s->z, s->columns * s->rows);
    if (s->kind == SERIES_CONTOUR)
        json_object_set_new(o, "level", number(s->level));
    if (s->label) {
        json_t *list = json_array();
        for (size_t i = 0; i < s->n; i++)
            json_array_append_new(list, text(s->label[i]));
        json_object_set_new(o, "label", list);
    }
    return o;
}

json_t *figure_json(const Figure *f)
{
    json_t *o = json_object(), *list = json_array();
    json_object_set_new(o, "title", text(f->title));
    json_object_set_new(o, "x_axis", axis(f->x_label, f->x_low, f->x_high, f->log_x));
    json_object_set_new(o, "y_axis", axis(f->y_label, f->y_low, f->y_high, f->log_y));
    if (f->note.n)
        json_object_set_new(o, "note", text(f->note));
    for (size_t i = 0; i < f->n; i++)
        json_array_append_new(list, series(&f->series[i]));
    json_object_set_new(o, "series", list);
    return o;
}
