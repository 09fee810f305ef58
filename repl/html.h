/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What pages of HTML are made of: escaped text, the head with its style, statements in colours. */
#ifndef REPL_HTML_H
#define REPL_HTML_H

#include "base/str.h"

/* The only way text gets into a page: fit for elements and for attributes in double quotes. Bytes and characters that HTML forbids become U+FFFD. */
void html_text(Buf *b, Str text);
void html_block(Buf *b, const char *element, const char *class, Str text);    /* <element class="class">text</element>, unless it is empty */
void html_head(Buf *b, Str title);              /* up to the start of the body */
extern const char html_start[];                 /* how each of these pages begins */
extern const char html_tail[];                  /* may be missing: a page is whole without it */
void html_statement(Buf *b, Str text);          /* words of the language, numbers, texts and comments as spans */
/* SVG of a program as an element: without prolog, its names made different from those of other pictures. */
void html_svg(Buf *b, Str svg, size_t number, Str label);

#endif
