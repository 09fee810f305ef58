/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The only place that runs a program. */
#ifndef REPL_FILTER_H
#define REPL_FILTER_H

#include "base/str.h"

enum { FILTER_SECONDS = 20, FILTER_NOT_FOUND = 127 };

/* What the program (searched for on the path, run without a shell) writes when it reads `in`; its wait status, -1: no process. */
int  filter_run(Arena *a, char *const argv[], Str in, Str *out);
/* Writes a whole file; false: errno. */
bool file_write(Arena *a, Str name, Str text);

#endif
