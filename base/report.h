/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The result of a command with more than one thing to say: named values, typed tables, derivation steps, plots, notes.
 * Data only: plain text, JSON and pictures are views in repl/, and never know a command by name. */
#ifndef BASE_REPORT_H
#define BASE_REPORT_H

#include "base/figure.h"
#include "base/value.h"

typedef struct Table {
    Str          name;
    size_t       columns, rows, room;
    const Str   *column;            /* names */
    Value       *cell;              /* rows x columns, row by row */
} Table;

typedef struct Step {               /* one line of a derivation: "product rule", before, after; the rule of a result is "=" */
    Str         rule;
    const Expr *before, *after;
    Str         note;
    bool        whole;              /* before is what was asked: plain text leaves it out */
} Step;

typedef struct Plot {               /* how a table or value of the same report can be drawn */
    Str kind;                       /* "dot": a graph for Graphviz; "lines": columns of a table over its first named one; with log axes
                                     * "lines y", "lines x", "lines xy" */
    Str title, table, columns;      /* columns: names separated by blanks, the first is x */
} Plot;

typedef enum FieldKind { FIELD_VALUE, FIELD_TABLE, FIELD_STEPS, FIELD_PLOT, FIELD_FIGURE, FIELD_NOTE } FieldKind;

typedef struct Steps { size_t n, room; Step *step; } Steps;

typedef struct Field {
    FieldKind kind;
    Str       name;
    union {
        Value  value;
        Table *table;
        Steps *steps;
        Plot   plot;
        Figure *figure;
        Str    note;
    };
} Field;

struct Report {
    Arena  *arena;
    Str     command;
    Value   main;                   /* what the report is worth in an expression; kind NONE if nothing */
    bool    traced;                 /* plain text prints every row of its tables */
    bool    derived;                /* its steps end in the main value, which plain text does not print again */
    bool    tabled;                 /* its tables say it all: plain text leaves the main value out */
    Str     summary;                /* the line that plain text prints; empty: the main value is printed */
    size_t  n, room;
    Field  *field;
};

Report *report_new(Arena *a, const char *command);
void    report_value(Report *r, const char *name, Value v);
void    report_note(Report *r, const char *format, ...) __attribute__((format(printf, 2, 3)));
Table  *report_table(Report *r, const char *name, const char *columns);    /* column names separated by blanks */
void    table_row(Report *r, Table *t, const Value *cell);                 /* one value per column */
Step   *report_step(Report *r, const char *rule, const Expr *before, const Expr *after, Str note);
const Steps *report_steps(const Report *r);                                /* the last list of them; NULL if there is none */
void    report_plot(Report *r, const char *kind, const char *title, const char *table);
void    report_lines(Report *r, const char *axes, const char *title, const char *table, const char *columns);   /* a plot "lines"; axes "", "x", "y", "xy" */
void    report_figure(Report *r, Figure *f);
const Figure *report_picture(const Report *r);                             /* its first figure; NULL if there is none */
const Field *report_field(const Report *r, Str name);                      /* NULL if absent */

#endif
