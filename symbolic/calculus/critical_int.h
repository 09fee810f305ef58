/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the files on curves share: critical.c finds the points, extrema.c compares the values. */
#ifndef SYMBOLIC_CALCULUS_CRITICAL_INT_H
#define SYMBOLIC_CALCULUS_CRITICAL_INT_H

#include "base/builtin.h"
#include "base/vec.h"
#include "symbolic/solve/isolate.h"

typedef struct Point {
    Zero        zero;
    const Expr *value;              /* f there, exact or a ball */
    const char *kind;
} Point;

typedef struct Curve {
    Call        *c;
    const Expr  *f, *x, *low, *high;        /* ends may be infinite; low NULL: the whole line */
    bool         jumps_apart;               /* the caller looks at the places where f may jump; kinks that are not decided are points, too */
    VEC(Point)   point;
    Str          open;                      /* why the list may be incomplete; empty if it is complete */
} Curve;

/* Reads the call: function, variable, range. False with a message. */
bool        curve_read(Curve *s);
/* All critical points in the range, ascending, into s->point; s->open tells what is missing. False after a failure. */
bool        curve_points(Curve *s);
/* f at a place, exact or as a ball; NULL: it has none. */
const Expr *curve_value(Curve *s, const Expr *f, const Zero *z);
/* Is e real and finite on all of the range, by balls over parts of it? False: not shown. */
bool        curve_continuous(Curve *s, const Expr *e);
Value       curve_incomplete(Curve *s);

#endif
