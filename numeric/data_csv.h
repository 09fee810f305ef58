/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tables from text: comma, semicolon, tab or another separator, quoted fields, comment lines, header line or none. */
#ifndef NUMERIC_DATA_CSV_H
#define NUMERIC_DATA_CSV_H

#include "numeric/data.h"

typedef struct CsvOptions {
    char       separator;           /* 0: the one of tab ; , that splits the first rows alike; a blank if rows are numbers then */
    char       decimal;             /* between whole and fraction: '.' or ',' */
    Truth      header;              /* UNKNOWN: the first row is one if no field of it is a number */
    bool       skip_bad;            /* leave out bad rows instead of refusing the text */
    size_t     n_text;
    const Str *text;                /* names of columns to be read as text even where most entries are numbers */
    bool     (*reserved)(Str name); /* such a name gets a `_`; may be NULL */
} CsvOptions;

enum { CSV_LINES_NOTED = 8 };

typedef struct CsvNotes {
    Str    error, hint;             /* why there is no table */
    bool   stopped;                 /* by should_stop() */
    size_t missing;                 /* values, in all columns */
    size_t bad;                     /* rows left out; the lines of the first ones */
    size_t bad_line[CSV_LINES_NOTED];
} CsvNotes;

/* The text ends with a NUL behind its last byte. NULL after an error; messages and the table belong to a. */
Data *data_read_csv(Arena *a, Str text, const CsvOptions *o, CsvNotes *notes);

#endif
