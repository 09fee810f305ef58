/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A page of HTML that grows with the session: one block for what was entered, one for the answer. It needs neither scripts nor a
 * network, and each statement is written at once, so the page is whole at any time (HTML does not ask for closing tags). */
#include "repl/transcript.h"

#include "repl/html.h"
#include "repl/view.h"

#include <stdlib.h>

FILE *transcript_open(Arena *a, const char *path)
{
    FILE *page = fopen(path, "w");
    Buf   b = buf_new(a);
    html_head(&b, STR("nabla"));
    if (page && (fwrite(b.s, 1, b.n, page) != b.n || fflush(page) != 0)) {
        fclose(page);
        page = NULL;
    }
    return page;
}

bool transcript_add(FILE *page, Env *env, const Outcome *o, Str printed)
{
    char  *text = NULL;
    size_t n = 0;
    bool   failed = o->kind == RUN_FAILED || o->kind == RUN_UNFINISHED;
    FILE  *answer = open_memstream(&text, &n);
    if (!answer)
        return false;
    if (failed)
        print_text_error(answer, o->diag);
    else
        print_text(answer, env, o);
    fclose(answer);
    Buf b = buf_new(env_line(env));
    html_block(&b, "pre", "in", o->input);
    html_block(&b, "pre", "out", printed);
    html_block(&b, "pre", failed ? "error" : "out", (Str){ text, n });
    free(text);
    return fwrite(b.s, 1, b.n, page) == b.n && fflush(page) == 0;
}
