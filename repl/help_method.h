/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Help pages of optimizers and schedules: the formulas that run. */
#ifndef REPL_HELP_METHOD_H
#define REPL_HELP_METHOD_H

#include "base/str.h"

/* Adds the lines of what has that name; false: nothing has. */
bool   help_method(Buf *b, Str name);
/* The lists ?optimizers and ?schedules; false: the topic is another one. */
bool   help_methods(Buf *b, Str topic);
/* The i-th of all optimizers and schedules, for the search; false: there is none. */
bool   help_method_row(Arena *a, size_t i, Str *name, Str *form, const char **help);

#endif
