/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tables of data seen from the language: columns as vectors, rows as records, records of vectors as tables, and conditions
 * on rows. */
#ifndef SYMBOLIC_DATA_COLUMNS_H
#define SYMBOLIC_DATA_COLUMNS_H

#include "base/builtin.h"
#include "numeric/data.h"
#include "symbolic/expr/expr.h"

enum { COLUMNS_MOST_ENTRIES = 100000 };            /* of a column as a vector */

const Expr *column_entry(Pool *p, const Column *c, size_t row);            /* exact; nan if missing. Of text: the code */
/* The column as a vector, or as a list of texts; *why tells why there is none. */
Value       column_value(Pool *p, Arena *a, const Data *d, const Column *c, Str *why);
Value       row_value(Pool *p, Arena *a, const Data *d, size_t row);       /* a record */
/* The table whose columns are the entries of the record: vectors of numbers or lists of texts, of one length. */
const Data *data_from_record(Arena *a, const Record *r, Str *why);
/* The table that a value is (data or a record); NULL and *why otherwise. */
const Data *data_of(Arena *a, Value v, Str *why);

/* The rows in which a condition on the columns holds. symbol[k] stands for column k. False: *why. */
typedef struct RowList { uint32_t *row; size_t n; } RowList;
bool        rows_where(Pool *p, Arena *a, const Data *d, const Expr *const *symbol, const Expr *condition, RowList *out, Str *why);

#endif
