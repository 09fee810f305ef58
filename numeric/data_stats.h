/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Summaries of columns, standardization, and random order of rows. Missing values are passed over. */
#ifndef NUMERIC_DATA_STATS_H
#define NUMERIC_DATA_STATS_H

#include "numeric/data.h"

typedef struct ColumnSummary {      /* NaN where the count is too small */
    size_t count;
    double mean, deviation;         /* deviation by n - 1 */
    double quartile[5];             /* smallest, quartiles by linear interpolation, largest */
} ColumnSummary;

ColumnSummary column_summary(const Column *c, size_t rows);

/* (x - centre[k]) / width[k] in the columns where change[k]; the others stay. */
Data *data_rescale(Arena *a, const Data *d, const bool *change, const double *centre, const double *width);

/* 0, ..., n-1 in a random order that the seed fixes. */
uint32_t *random_order(Arena *a, size_t n, uint64_t seed, Str use);

#endif
