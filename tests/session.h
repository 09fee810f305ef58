/* SPDX-License-Identifier: GPL-3.0-or-later */
/* For test programs: a session with all built-ins, and the result of a text as text. */
#ifndef TESTS_SESSION_H
#define TESTS_SESSION_H

#include "parser/env.h"
#include "repl/registry.h"
#include "symbolic/expr/expr.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct Checks { size_t passed, failed; } Checks;

/* Runs all statements of the text; the outcome of the last one, or of the first that fails. */
static inline Outcome run_text(Env *env, Source *source, Str text)
{
    Outcome last = { .kind = RUN_END };
    size_t  at = 0;
    *source = (Source){ STR(""), text };
    do {                            /* the outcome lives until the next env_run: stop at the last statement */
        last = env_run(env, source, &at, (RunMode){ .prompt = true });
    } while (last.kind == RUN_DONE && str_trim(str_slice(text, at, text.n)).n);
    return last;
}

static inline Str read_all(Arena *a, const char *path)
{
    FILE *f = fopen(path, "rb");
    Buf   b = buf_new(a);
    char  chunk[65536];
    if (!f) {
        fprintf(stderr, "cannot read %s\n", path);
        exit(2);
    }
    for (size_t n; (n = fread(chunk, 1, sizeof chunk, f)) > 0;)
        buf_add(&b, (Str){ chunk, n });
    fclose(f);
    return buf_str(&b);
}

/* Takes the next line off the text. */
static inline bool next_line(Str *text, Str *line)
{
    if (text->n == 0)
        return false;
    const char *end = memchr(text->s, '\n', text->n);
    size_t      n = end ? (size_t)(end - text->s) : text->n;
    *line = (Str){ text->s, n };
    *text = str_slice(*text, end ? n + 1 : n, text->n);
    return true;
}

static inline Str field(Str line, size_t k)
{
    for (; k > 0; k--) {
        const char *tab = memchr(line.s, '\t', line.n);
        if (!tab)
            return (Str){ 0 };
        line = str_slice(line, (size_t)(tab - line.s) + 1, line.n);
    }
    const char *tab = memchr(line.s, '\t', line.n);
    return tab ? str_slice(line, 0, (size_t)(tab - line.s)) : line;
}

#endif
