/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Rows of small formats, to nearest: what the builds of format_small_rows.c share. */
#ifndef NUMERIC_FORMAT_SMALL_H
#define NUMERIC_FORMAT_SMALL_H

#include "numeric/tape.h"

typedef struct SmallConstants { double tiny, shift, largest; } SmallConstants;     /* 2^emin, 1.5*2^(53 - p), the largest number */

/* d = a op b rounded; a and b step by 0 or 1, d may be one of them. Lanes beyond the largest number (or nan) are not rounded: then
 * false. */
typedef bool SmallRow(const SmallConstants *k, double *d, const double *a, size_t as, const double *b, size_t bs, size_t n);

typedef struct SmallRows { SmallRow *add, *subtract, *multiply, *divide, *root, *copy; } SmallRows;

extern const SmallRows small_rows_base, small_rows_avx2, small_rows_avx512;

#endif
