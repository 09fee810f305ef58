/* SPDX-License-Identifier: GPL-3.0-or-later */
/* --transcript FILE: the session as a page. */
#ifndef REPL_TRANSCRIPT_H
#define REPL_TRANSCRIPT_H

#include "parser/env.h"

#include <stdio.h>

FILE *transcript_open(Arena *a, const char *path);                              /* NULL: it cannot be written */
bool  transcript_add(FILE *page, Env *env, const Outcome *o, Str printed);      /* printed: text of print(...); false: the disk is full */

#endif
