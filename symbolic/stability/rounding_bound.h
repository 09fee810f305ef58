/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A certified bound of the rounding error of an expression over a box. */
#ifndef SYMBOLIC_STABILITY_ROUNDING_BOUND_H
#define SYMBOLIC_STABILITY_ROUNDING_BOUND_H

#include "symbolic/stability/samples.h"

typedef struct RoundingBound {
    double bound;                   /* |computed - exact| <= bound for every point of the box; INFINITY: none was found */
    double found;                   /* an error that occurs, at: a lower bound of the maximum */
    double *at;
    double low, high;               /* enclosure of the exact values */
    size_t boxes;
} RoundingBound;

/* Of o run in f, to nearest. Literals mean their exact values and are rounded; variables are numbers of f. */
RoundingBound rounding_bound(Arena *a, const Operations *o, const Box *box, const Format *f);

#endif
