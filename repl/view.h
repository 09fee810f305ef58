/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The views of an outcome: plain text and JSON. All write to streams that the caller flushes. */
#ifndef REPL_VIEW_H
#define REPL_VIEW_H

#include "base/report.h"
#include "parser/env.h"

#include <stdio.h>

void print_text(FILE *out, Env *env, const Outcome *o);
void print_latex(FILE *out, Env *env, const Outcome *o);                   /* what print_text does after `set formulas latex` */
void print_json(FILE *out, Env *env, const Outcome *o, Str printed);      /* one line; printed: text of print(...) */

Str  value_latex(Env *env, Value v);                                      /* for math mode; empty: it has no form as a formula */
Str  step_latex(Env *env, const Step *s);                                 /* before = after */

typedef struct Typed {              /* a line of the prompt that is still the last one on the screen */
    const Source *source;
    size_t        prompt, width;    /* columns of the prompt in front of its last line, and of the screen */
} Typed;

void print_text_error(FILE *err, const Diag *d);                          /* place, source line, caret, message, hint */
void print_prompt_error(FILE *err, const Diag *d, const Typed *typed);    /* the caret stands under the typed text if it can */

#endif
