/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Runs the statements of files, pipes and -e texts. */
#ifndef REPL_BATCH_H
#define REPL_BATCH_H

#include "repl/guard.h"
#include "repl/options.h"

#include <stdio.h>

bool       stream_text(Arena *a, FILE *in, Str *text);                  /* false: it cannot be read */
/* *quit: nothing else is to be run. */
ExitStatus batch_run(Env *env, const Options *o, Guard *g, const Source *source, bool *quit);

#endif
