/* SPDX-License-Identifier: GPL-3.0-or-later */
/* An outcome as a passage of a page. */
#ifndef REPL_PRINT_HTML_H
#define REPL_PRINT_HTML_H

#include "base/figure.h"
#include "parser/env.h"

typedef struct Asked {              /* what stands in the source */
    Str prose;                      /* comment lines before the statement, with blank lines between paragraphs */
    Str input;                      /* the statement as typed */
    Str printed;                    /* text of print(...) */
} Asked;

typedef struct Passage {
    Str           text;
    const Figure *figure;           /* drawn when the page is written; NULL: none */
    Str           graph;            /* SVG of Graphviz; empty: none */
    size_t        at;               /* the picture stands behind so many bytes of the text */
} Passage;

/* Lives as long as the outcome. An outcome of kind RUN_END adds its prose alone. */
Passage print_html(Env *env, const Outcome *o, const Asked *asked);
/* The passage with its picture, the number'th of its page: a figure is drawn by gnuplot as SVG; where that cannot be, as text, with the reason. */
void    print_html_passage(Buf *b, const Passage *p, size_t number, bool sandbox, bool unicode);

#endif
