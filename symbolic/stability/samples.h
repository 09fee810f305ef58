/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Points of a box with the true value of an expression at each, and the errors of computed values there, in any format of numbers. */
#ifndef SYMBOLIC_STABILITY_SAMPLES_H
#define SYMBOLIC_STABILITY_SAMPLES_H

#include "symbolic/expr/operations.h"

typedef struct Box {
    size_t             n;           /* variables */
    const Expr *const *variable;
    double            *low, *high;
    const Expr       **first, **last;   /* the same ends as exact numbers where they are; NULL, entries too: as the doubles say */
    const Operations  *condition;   /* the points that count; NULL: all */
} Box;

typedef struct Samples {
    const Format *format;           /* no ball, not stochastic */
    size_t        variables, points;    /* points with a true value that is a finite number of the format */
    size_t        ordinal;          /* the first of them are uniform in ordinals, the rest uniform in value */
    void         *x;                /* numbers of the format: x[variable*points + point] */
    void         *truth;            /* what the true values are rounded to */
} Samples;

typedef struct Errors { double mean_ordinal, mean_value, worst; size_t worst_at; } Errors;     /* bits */

/* wanted points of each kind, from the stream of the seed; ends and their neighbours among those uniform in ordinals. No points: no number of
 * the format lies in the box. */
Samples samples_new(Arena *a, const Box *box, const Format *f, const Operations *o, size_t wanted, uint64_t seed);
/* Point number `point` as lanes, one for each variable. */
void    samples_point(const Samples *s, size_t point, void *x);
/* The true value at the point x (lanes of f), rounded; false: none, not finite, or not decided. */
bool    true_number(const Operations *o, const Format *f, const void *x, void *out);
bool    box_contains(const Box *box, const Format *f, const void *x);
/* The ordinals of the first and the last number of f in the range of a variable. False: there is none. */
bool    box_ordinals(const Box *box, const Format *f, size_t variable, fmpz_t low, fmpz_t high);

/* log2(1 + distance in ordinals); all bits of the format for a value that is not a number. */
double  bits_between(const Format *f, const void *computed, const void *truth);
/* At one point; scratch has room for all operations of o. Negative: there is no true value. */
double  point_bits(const Operations *truth, const Operations *o, const Format *f, void *scratch, const void *x);
/* bits[point], if not NULL, are the single errors. */
Errors  samples_errors(const Samples *s, const Operations *o, Arena *scratch, double *bits);
/* The largest error that a climb over ordinals finds from the worst samples; x (lanes) gets the point. */
double  samples_worst(const Samples *s, const Box *box, const Operations *truth, const Operations *o, Arena *scratch, void *x);

#endif
