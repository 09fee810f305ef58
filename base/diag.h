/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Diagnostics: the first failure of a statement, with its place and a hint that can be pasted.
 *
 * AST nodes carry spans into a Source; expressions are shared and cannot. The first failure wins: later ones are
 * consequences. Rendering (caret line, FILE:LINE:COLUMN) is data here and text in repl/. */
#ifndef BASE_DIAG_H
#define BASE_DIAG_H

#include "base/str.h"

typedef struct Source {             /* a text that is read: a prompt line, a file, an -e argument, a row of a table */
    Str name;                       /* file name; empty at the prompt, for -e and for a pipe */
    Str text;
} Source;

typedef struct Span {               /* bytes start..end-1 of a source's text */
    uint32_t start, end;
} Span;

typedef struct Diag {
    Arena        *arena;            /* of the messages */
    bool          failed;
    bool          unfinished;       /* the input ends inside a bracket or after an operator: more could repair it */
    bool          interrupted;      /* stopped by Ctrl-C or the time limit */
    const Source *source;           /* where span lies */
    Span          span;
    Str           message;          /* one sentence without a full stop */
    Str           hint;             /* empty if there is none */
} Diag;

Diag diag_new(Arena *a);
void diag_fail(Diag *d, const Source *source, Span span, const char *format, ...) __attribute__((format(printf, 4, 5)));
void diag_hint(Diag *d, const char *format, ...) __attribute__((format(printf, 2, 3)));  /* only the first hint stays */
Span span_join(Span a, Span b);

/* The line that a failure points at, for display. */
typedef struct Place {
    Str      line;                  /* the source line without its newline */
    uint32_t line_number, column;   /* from 1; the column counts screen columns */
    uint32_t width;                 /* screen columns of the span on this line, at least 1 */
} Place;

Place place_of(const Source *source, Span span);

#endif
