/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Formulas as boxes in boxes: fractions, powers, roots, matrices, big operators. A tree is made once, from text in input syntax (what
 * every result prints as), and written as two-dimensional text, LaTeX or MathML. */
#ifndef REPL_BOX_H
#define REPL_BOX_H

#include "base/str.h"

typedef enum BoxKind {
    BOX_TEXT,                       /* text, of a class */
    BOX_ROW,                        /* children side by side */
    BOX_FRACTION,                   /* above, below */
    BOX_POWER, BOX_INDEX,           /* base, what is raised or lowered */
    BOX_ROOT,                       /* radicand */
    BOX_FENCE,                      /* inside; text and close: the signs, by name */
    BOX_MATRIX,                     /* columns; entries row by row */
    BOX_CASES,                      /* value, condition, value, condition, ... */
    BOX_BIG                         /* text: sum, product, integral, lim; body, below, above (NULL: none) */
} BoxKind;

typedef enum BoxClass {
    CLASS_NAME, CLASS_NUMBER,
    CLASS_OPERATOR,                 /* with room on both sides */
    CLASS_MARK,                     /* commas, primes, signs in front of their operand */
    CLASS_FUNCTION, CLASS_WORDS
} BoxClass;

typedef struct Box Box;
struct Box {
    BoxKind     kind;
    BoxClass    class;
    Str         text, close;        /* names and signs in ASCII: "alpha", "<=" */
    size_t      columns, n;
    const Box **child;
};

/* formula.c: NULL if the text is no expression or statement that has a form. */
const Box *formula_box(Arena *a, Str text);

/* The three writers. */
Str  box_latex(Arena *a, const Box *box);
Str  box_mathml(Arena *a, const Box *box);                               /* one <math> element */
Str  box_lines(Arena *a, const Box *box, bool unicode);                  /* lines, each ended by a newline */

/* box_symbols.c: a name or sign in Unicode and in LaTeX; NULL: it stands for itself. */
typedef struct Symbol { const char *name, *unicode, *latex; } Symbol;
const Symbol *symbol_named(Str name);

#endif
