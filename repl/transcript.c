/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A page of HTML that grows with the session: one block for what was entered, one for the answer. It needs neither scripts nor a
 * network, and each statement is written at once, so the page is whole at any time (HTML does not ask for closing tags). */
#include "repl/transcript.h"

#include "repl/view.h"

#include <stdlib.h>

static const char head[] =
    "<!DOCTYPE html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n<title>nabla</title>\n<style>\n"
    "body { max-width: 60rem; margin: 2rem auto; padding: 0 1rem; font-family: serif }\n"
    "pre { margin: 0 0 0.3rem; white-space: pre-wrap; font-size: 0.95rem }\n"
    "pre.in { margin-top: 1rem; font-weight: bold }\npre.in::before { content: \"nabla> \"; color: #888; font-weight: normal }\n"
    "pre.error { color: #a00 }\n"
    "@media (prefers-color-scheme: dark) { body { background: #111; color: #ddd } pre.error { color: #f88 } }\n</style>\n";

FILE *transcript_open(const char *path)
{
    FILE *page = fopen(path, "w");
    if (page) {
        fputs(head, page);
        fflush(page);
    }
    return page;
}

static void put_escaped(FILE *page, Str s)
{
    for (size_t i = 0; i < s.n; i++)
        switch (s.s[i]) {
        case '<': fputs("&lt;", page); break;
        case '>': fputs("&gt;", page); break;
        case '&': fputs("&amp;", page); break;
        default:  fputc(s.s[i], page);
        }
}

static void put_block(FILE *page, const char *class, Str text)
{
    while (text.n && text.s[text.n - 1] == '\n')
        text.n--;
    if (!text.n)
        return;
    fprintf(page, "<pre class=\"%s\">", class);
    put_escaped(page, text);
    fputs("</pre>\n", page);
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
    put_block(page, "in", o->input);
    put_block(page, "out", printed);
    put_block(page, failed ? "error" : "out", (Str){ text, n });
    free(text);
    return fflush(page) == 0;
}
