/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the files of plot share: plot.c reads the call and draws functions of one variable, plot_plane.c those of two, plot_teach.c the
 * pictures of limits, Taylor polynomials, sums and tangents, plot_data.c numbers and reports. */
#ifndef SYMBOLIC_PLOT_PLOT_INT_H
#define SYMBOLIC_PLOT_PLOT_INT_H

#include "base/builtin.h"
#include "base/report.h"
#include "symbolic/tape/sample.h"

enum {                              /* the arguments of plot */
    ARG_WHAT, ARG_OVER, ARG_ARROW, ARG_TO, ARG_TITLE, ARG_LOG, ARG_Y, ARG_VIEW, ARG_LEVELS, ARG_PATH, ARG_TAYLOR, ARG_AROUND, ARG_RIEMANN, ARG_RULE,
    ARG_NEWTON, ARG_TANGENT, ARG_STEPS, ARG_EPS
};

typedef struct PlotRange { const Expr *x, *low, *high; double from, to; } PlotRange;

typedef struct PlotTask {
    Call     *c;
    Figure   *f;
    size_t    ranges;
    PlotRange range[2];
    bool      given;                /* the ranges are the user's */
    bool      fixed_y;              /* so is the range of y */
    double    y_low, y_high;        /* what the curves so far want to show */
} PlotTask;

Str         plot_text(Call *c, const Expr *e);                          /* as the legend shows it */
bool        plot_curve(PlotTask *t, const Expr *y, Str name);           /* over the only range; false with a failure */
void        plot_points(PlotTask *t, SeriesKind kind, Str name, size_t n, const double *x, const double *y);     /* copied; widens the range of y */
double      plot_at(PlotTask *t, const Expr *f, const Expr *at);        /* the value of f at a number */
bool        plot_over_plane(PlotTask *t, const Expr *const *e, size_t n);
bool        plot_pictures(PlotTask *t, const Expr *f);                  /* what taylor:, riemann:, newton:, ... ask for */
bool        plot_limit(PlotTask *t, const Expr *f);                     /* plot(f, x -> a) */
bool        plot_value(PlotTask *t, const Value *v, size_t n, bool *done);      /* data, vectors of numbers, reports; *done: they were such */
Value       plot_finish(PlotTask *t, const char *what);
bool        plot_begin(Call *c, PlotTask *t, int to, int title);        /* an empty figure with the options every picture has; -1: none */

#endif
