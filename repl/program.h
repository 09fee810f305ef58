/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The whole program but for the line editor and the list of built-ins, which main.c hands in. */
#ifndef REPL_PROGRAM_H
#define REPL_PROGRAM_H

#include "repl/guard.h"
#include "repl/options.h"

/* Talks with a user at a terminal until he leaves; returns the exit status. */
typedef ExitStatus Prompt(Env *env, const Options *o, Guard *g);

/* Reads the options, makes a session, runs -e texts, a file, standard input or the prompt. Returns the exit status. */
int program_run(int argc, char **argv, const Builtin *const *tables, Prompt *prompt);

#endif
