/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Points of a box with the true value of an expression at each, and the errors of computed values there. */
#ifndef SYMBOLIC_STABILITY_SAMPLES_H
#define SYMBOLIC_STABILITY_SAMPLES_H

#include "symbolic/expr/operations.h"

typedef struct Box {
    size_t             n;           /* variables */
    const Expr *const *variable;
    double            *low, *high;
    const Operations  *condition;   /* the points that count; NULL: all */
} Box;

typedef struct Samples {
    size_t  variables, points;      /* points with a true value that is a finite double */
    size_t  ordinal;                /* the first of them are uniform in ordinals, the rest uniform in value */
    double *x;                      /* x[variable*points + point] */
    double *truth;                  /* nearest doubles */
} Samples;

typedef struct Errors { double mean_ordinal, mean_value, worst; size_t worst_at; } Errors;     /* bits */

/* wanted points of each kind, from the stream of the seed; ends and their neighbours among those uniform in ordinals. */
Samples samples_new(Arena *a, const Box *box, const Operations *o, size_t wanted, uint64_t seed);
/* The true value at a point, to the nearest double; false: none, not finite, or not decided. */
bool    true_double(const Operations *o, const double *x, double *out);
bool    box_contains(const Box *box, const double *x);

/* log2(1 + distance in ordinals); 64 for a value that is not a number. */
double  double_bits(double computed, double truth);
/* At one point; scratch has room for all operations of o. Negative: there is no true value. */
double  point_bits(const Operations *truth, const Operations *o, double *scratch, const double *x);
/* bits[point], if not NULL, are the single errors. */
Errors  samples_errors(const Samples *s, const Operations *o, Arena *scratch, double *bits);
/* The largest error that a climb over ordinals finds from the worst samples; x gets the point. */
double  samples_worst(const Samples *s, const Box *box, const Operations *truth, const Operations *o, Arena *scratch, double *x);

double  ordinal_to_double(int64_t n);
int64_t double_to_ordinal(double x);

#endif
