/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The conversation at a terminal. */
#ifndef REPL_PROMPT_H
#define REPL_PROMPT_H

#include "repl/program.h"

Prompt prompt_run;
bool   entry_finished(Arena *a, Str text);         /* says the parser: can it run, or does it go on in another line? */

#endif
