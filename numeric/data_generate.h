/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Generated sets of points in the plane, as rows: moons, spirals, xor, circles, blobs, line. */
#ifndef NUMERIC_DATA_GENERATE_H
#define NUMERIC_DATA_GENERATE_H

#include "base/rng.h"
#include "numeric/data.h"

typedef struct Point { double x, y; int label; } Point;

typedef struct Generator {
    const char *name;
    const char *help;               /* the points without noise */
    bool        labelled;           /* has a column `class` */
    double      noise;              /* default deviation of the noise in each coordinate */
    Point     (*point)(size_t i, size_t n, Rng *random);      /* the i-th of n, without noise */
    bool        only_y;             /* noise in y alone */
} Generator;

extern const Generator generators[];                                       /* ended by a row without name */
const Generator *generator_find(Str name);                                 /* NULL if there is none */

enum { GENERATED_PLACES = 6 };      /* coordinates are rounded to so many decimals, which are exact in every format */

Data *data_generate(Arena *a, const Generator *g, size_t n, double noise, uint64_t seed);

#endif
