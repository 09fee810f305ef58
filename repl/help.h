/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Answers to ?name, help name, ??words and help. */
#ifndef REPL_HELP_H
#define REPL_HELP_H

#include "parser/env.h"

/* Turns an outcome of kind RUN_HELP into RUN_DONE with the page as a text, or into RUN_FAILED with did-you-mean. */
void help_answer(Env *env, const Source *source, Outcome *o);

int         help_lessons(void);             /* how many, with that of no number */
const char *help_lesson(int k);             /* its title; 0: rows of no lesson */

#endif
