/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A picture as data: series of numbers with the kind of mark that shows them, and what the axes say. Commands fill it, repl/ draws
 * it on the terminal or as a file. A number that is not finite is a gap: no mark, and a curve ends before it. */
#ifndef BASE_FIGURE_H
#define BASE_FIGURE_H

#include "base/str.h"

typedef enum SeriesKind {
    SERIES_CURVE,                   /* x, y: joined by lines */
    SERIES_SCATTER,                 /* x, y: one mark each */
    SERIES_BARS,                    /* from x to x2 (edges), from 0 to y; label: names of the bars */
    SERIES_CONTOUR,                 /* x, y: pieces of the level set at `level`, gaps between them */
    SERIES_BAND,                    /* between y and y2 over x */
    SERIES_VERTICAL,                /* lines at x */
    SERIES_HORIZONTAL,              /* lines at y */
    SERIES_ARROWS,                  /* at x, y in the direction x2, y2 */
    SERIES_HEAT,                    /* z over a grid of columns x rows, row by row; x and y are the middles of the cells */
    SERIES_SURFACE                  /* the same as a surface over the plane */
} SeriesKind;

typedef struct PlotSeries {         /* arrays that the kind does not use are NULL */
    SeriesKind    kind;
    Str           name;             /* in the legend; empty: none */
    size_t        n, columns, rows; /* n: entries of x, y, x2, y2; of a grid columns and rows */
    const double *x, *y, *x2, *y2, *z;
    const Str    *label;
    double        level;
    size_t        like;             /* 0: a style of its own; k: that of series k - 1 */
} PlotSeries;

typedef struct Figure {
    Arena      *arena;
    Str         title, x_label, y_label, note;
    bool        log_x, log_y;
    bool        whole_x, whole_y;   /* only whole numbers are marked */
    bool        equal;              /* one unit is as long in both directions */
    double      x_low, x_high, y_low, y_high;       /* what is shown */
    Str         to;                 /* the file it is written to; empty: the terminal */
    size_t      n, room;
    PlotSeries *series;
} Figure;

Figure     *figure_new(Arena *a);                   /* its ranges are empty: NAN */
PlotSeries *figure_add(Figure *f, SeriesKind kind, Str name, size_t n);
Figure     *figure_copy(Arena *a, const Figure *f);
const char *series_kind_name(SeriesKind kind);      /* "curve" */
/* Makes the range include the numbers that are finite (and positive, for a logarithmic axis). */
void        range_include(double *low, double *high, const double *value, size_t n, bool positive);
/* A range with a margin that is wide enough to draw: around one number, or [0, 1] if it is empty. */
void        range_settle(double *low, double *high, bool logarithmic, double margin);

#endif
