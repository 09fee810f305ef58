/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The views of an outcome: plain text and JSON. Both write to streams that the caller flushes. */
#ifndef REPL_VIEW_H
#define REPL_VIEW_H

#include "parser/env.h"

#include <stdio.h>

void print_text(FILE *out, Env *env, const Outcome *o);
void print_text_error(FILE *err, const Diag *d);                          /* FILE:LINE:COLUMN, source line, caret, hint */
void print_json(FILE *out, Env *env, const Outcome *o, Str printed);      /* one line; printed: text of print(...) */

#endif
