/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The views of a figure: text, and files by gnuplot. */
#ifndef REPL_FIGURE_H
#define REPL_FIGURE_H

#include "base/figure.h"
#include "parser/env.h"

#include <jansson.h>
#include <stdio.h>

typedef struct FigureStyle {
    size_t width, height;           /* of the screen, in characters */
    bool   unicode, colors;
} FigureStyle;

FigureStyle figure_style(FILE *out, bool unicode);          /* of a terminal; else 80 columns without colours */
void        figure_print(FILE *out, Arena *a, const Figure *f, FigureStyle style);

/* If the outcome is a report with a figure that is to be written to a file: writes it, by gnuplot for svg, png, pdf; the script for gp, the
 * numbers for dat. False, with d telling why: it could not be written. */
bool        figure_write(Env *env, Outcome *o, bool sandbox, Diag *d, const Source *source);
const char *figure_svg(Arena *a, const Figure *f, Str *svg);                            /* by gnuplot; NULL, or why there is none */
Str         figure_script(Arena *a, const Figure *f);       /* gnuplot's, with the data in it and without a terminal */
Str         figure_numbers(Arena *a, const Figure *f);      /* columns separated by tabs, blocks by blank lines */

json_t     *figure_json(const Figure *f);

#endif
