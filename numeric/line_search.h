/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Line searches: how far to go along a direction. All of them work on the function of one number
 *
 *     psi(t) = (f(x + t*d) - f(x)) / |slope|,    psi(0) = 0, psi'(0) = -1,
 *
 * in doubles: ratios, which stay in their range at any precision. The step itself is a number of the format. */
#ifndef NUMERIC_LINE_SEARCH_H
#define NUMERIC_LINE_SEARCH_H

#include "numeric/minimize.h"

typedef enum SearchKind {
    SEARCH_ARMIJO,              /* from the first step on, halved until the value falls by c1 of what the slope promises */
    SEARCH_WOLFE,               /* strong Wolfe: the slope must fall to c2 as well; near the minimum Hager's and Zhang's test of slopes alone */
    SEARCH_EXACT,               /* until the slope is 0 as well as the format knows it: on a quadratic exact in the format */
    SEARCH_NONE                 /* the first step, whatever comes */
} SearchKind;

#define SEARCH_WORDS "armijo wolfe exact none"

typedef struct LineSearch {
    SearchKind kind;
    double     c1, c2;
    void      *start, *base, *slope;    /* x, f and g.d before the step */
    void      *step, *value, *lane;     /* lane: to work with */
    void      *slope_low, *slope_high, *work[6];
    double     noise;                   /* rounding of the value, in units of psi */
    double     above;                   /* how far psi may stay above 0 */
    double     promised;                /* psi' at the last trial */
} LineSearch;

LineSearch line_search_new(Arena *a, const Objective *o, SearchKind kind, double c1, double c2);

/* From o->x along d, trying `first`: leaves the new point in o->x and the step in s->step. With WOLFE and EXACT value and gradient are
 * those of the new point (o->evaluated). NO_DESCENT: nothing lower was found, or d does not lead down; x is as before. */
StepResult line_search_run(LineSearch *s, Objective *o, const void *d, double first);
/* The same while the value may rise up to `highest`, a lane. */
StepResult line_search_below(LineSearch *s, Objective *o, const void *d, double first, const void *highest);
const void *line_search_rate(const LineSearch *s);

#endif
