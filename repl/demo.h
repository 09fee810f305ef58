/* SPDX-License-Identifier: GPL-3.0-or-later */
/* --demo FILE and --lesson N: entries that come from a file and wait for Enter. */
#ifndef REPL_DEMO_H
#define REPL_DEMO_H

#include "repl/options.h"

#include <stdio.h>

typedef struct Demo {
    Str  text;                      /* what is left of the file */
    bool lesson;                    /* Markdown */
    bool block;                     /* inside a block of it */
    bool goes_on;                   /* false: there is none, or it is over */
} Demo;

/* False, with a sentence: the file cannot be read. Without these options there is a demo that does not go on. */
bool demo_open(Arena *a, const Options *o, Demo *d, Str *message);
/* The next entry, with the prose before it written to a stream; false at the end. */
bool demo_next(Demo *d, Arena *a, Str *entry, FILE *prose);

#endif
