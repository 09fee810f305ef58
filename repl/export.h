/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The session as a report: the page of --html, and what `export` writes. */
#ifndef REPL_EXPORT_H
#define REPL_EXPORT_H

#include "repl/options.h"
#include "repl/print_html.h"

typedef struct Export Export;

enum { MOST_PRINTED = 1 << 20 };                /* bytes of one statement's print(...) that a report shows */

/* Sets the session's hook for `export`. False: the page of --html cannot be written. It lives in a. */
bool export_open(Arena *a, Env *env, const Options *o, Export **e);
/* The next statements are of another source. */
void export_source(Export *e);
/* A statement and its outcome; written: another process has put it into the page of --html, and died. False: that page is lost. */
bool export_add(Export *e, const Source *source, const Outcome *o, Str printed, bool written);
bool export_close(Export *e);

#endif
