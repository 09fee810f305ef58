/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tables of data: named columns of equal length, immutable once made.
 *
 * A column is a contiguous array of doubles, read in place as a bank of a tape; a missing value is a NaN. The exact numbers
 * behind the doubles are not stored if the doubles determine them: decimals of at most 15 digits with a common scale are
 * nearbyint(x*10^scale)/10^scale. Else the numbers are kept as they were written. A text column holds the codes 0, 1, ...
 * of its labels, in order of first appearance.
 *
 * A table owns an arena. References count: every arena that keeps a table releases it at its own end. */
#ifndef NUMERIC_DATA_H
#define NUMERIC_DATA_H

#include "base/value.h"

#include <flint/flint.h>
#include <flint/fmpq.h>

enum { DATA_MOST_SCALE = 22 };          /* 10^22 is a double */

typedef enum Exactness {
    EXACT_DOUBLE,                       /* the doubles are the values */
    EXACT_DECIMAL,                      /* whole multiples of 10^-scale */
    EXACT_WRITTEN                       /* written[row]: a decimal, or p/q */
} Exactness;

typedef struct Column {
    Str           name;
    bool          text;                 /* value[row] is the code of a label */
    Exactness     exactness;
    int           scale;                /* of EXACT_DECIMAL */
    const double *value;
    const Str    *written;              /* of EXACT_WRITTEN */
    size_t        missing;              /* how many values are NaN */
    size_t        n_labels;
    const Str    *label;
} Column;

struct Data {
    Arena  *memory;                     /* of everything below */
    size_t  references;
    size_t  rows, columns;
    Column *column;
};

/* ---- reading a table -------------------------------------------------------------------------------------------------- */

const Column *data_column(const Data *d, Str name);                        /* NULL if absent */
bool          column_exact(const Column *c, size_t row, fmpq_t q);         /* false: missing, or infinite */
double        column_code(const Column *c, Str label);                     /* of a text column; -1: no row has it */
Str           column_text(const Column *c, Arena *a, size_t row);          /* "5.1", "setosa", "nan" */
Str           data_summary(const Data *d, Arena *a);                       /* "data with 150 rows: sepal_length, ..., class" */
void          data_own(Arena *a, const Data *d);                           /* a keeps the table too */

/* ---- making one --------------------------------------------------------------------------------------------------------- */

/* A table without rows whose columns are to be filled; the first owner is a. */
Data *data_new(Arena *a, size_t columns);
double *data_values(Data *d, size_t k, size_t rows);     /* room for the values of column k */
/* The rows row[0], ..., row[n-1] (from 0) of d. */
Data *data_take(Arena *a, const Data *d, const uint32_t *row, size_t n);
/* As a column name: every run of other characters is one `_`, a digit in front gets an x; empty: x1, x2, ... by k from 0. */
Str   data_name(Arena *a, Str raw, size_t k);
/* Counts missing values; chooses EXACT_DECIMAL if all values are multiples of 10^-scale and small enough, else returns false. */
bool  column_decimal(Column *c, size_t rows, int scale);
/* The value of a decimal ("-1.5e-3") or fraction ("1/3"); false if it is none. */
bool  decimal_exact(Str s, fmpq_t q);

#endif
