/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What Tab offers at a place of a line. Knows the session, not the terminal. */
#ifndef REPL_COMPLETE_H
#define REPL_COMPLETE_H

#include "parser/env.h"

typedef struct Completion {
    Str  text;
    char after;                     /* typed behind it if it is the only one: `(`, a blank, or 0 */
} Completion;

typedef struct Completions {
    bool        files;              /* the cursor is inside a string: file names */
    size_t      start;              /* where the word begins that they complete */
    size_t      n;
    Completion *at;                 /* sorted, each once */
} Completions;

/* cursor: a byte of the line; the text after it does not matter. */
Completions complete(Env *env, Arena *a, Str line, size_t cursor);

#endif
