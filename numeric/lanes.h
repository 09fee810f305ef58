/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Columns of a table as lanes of a format. */
#ifndef NUMERIC_LANES_H
#define NUMERIC_LANES_H

#include "numeric/data.h"
#include "numeric/format.h"

/* The values of a column: in place for fp64, else in the arena, each exact value rounded once. */
const void *column_lanes(Arena *a, const Column *c, size_t rows, const Format *f);

#endif
