/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Lessons, and the sessions in other pages: each ```nabla block of a page holds lines `nabla> input`, continued by lines `   ... more`, each
 * followed by what the prompt prints. A page is replayed in one session and compared exactly.
 * Usage: run_lessons FOLDER, for all its .md files in order of their names. */
#include "tests/session.h"

#include "repl/help.h"
#include "repl/view.h"

#include <glob.h>

enum { PROMPT_COLUMNS = 7, SCREEN_COLUMNS = 80 };

typedef struct Page {
    const char *path;
    Arena      *arena;
    Env        *env;
    Str         rest;               /* lines not yet read */
    size_t      line;               /* number of the last line read */
    Checks      checks;
} Page;

static void on_print(void *context, Str text)
{
    fwrite(text.s, 1, text.n, context);
}

/* All that the prompt prints for the input, which may hold several statements. The caret of the first error stands under the
 * input, as long as nothing is printed before it. */
static Str replay(Page *p, Str input)
{
    char  *text = NULL;
    size_t n = 0, at = 0;
    FILE  *out = open_memstream(&text, &n);
    Source source = { .text = input };
    Typed  typed = { &source, PROMPT_COLUMNS, SCREEN_COLUMNS };
    env_on_print(p->env, on_print, out);
    for (Outcome o = { .kind = RUN_DONE }; o.kind == RUN_DONE;) {
        o = env_run(p->env, &source, &at, (RunMode){ .prompt = true });
        if (o.kind == RUN_HELP)
            help_answer(p->env, &source, &o);
        if (o.kind == RUN_DONE)
            print_text(out, p->env, &o);
        else if ((o.kind == RUN_FAILED || o.kind == RUN_UNFINISHED) && ftell(out) == 0)
            print_prompt_error(out, o.diag, &typed);
        else if (o.kind == RUN_FAILED || o.kind == RUN_UNFINISHED)
            print_text_error(out, o.diag);
    }
    env_on_print(p->env, NULL, NULL);
    fclose(out);
    Str copy = str_copy(p->arena, (Str){ text, n });
    free(text);
    return copy;
}

static bool page_line(Page *p, Str *line)
{
    p->line++;
    return next_line(&p->rest, line);
}

static bool page_peek(const Page *p, const char *start)
{
    return str_starts(p->rest, str_of(start));
}

/* One input with its continuations and the output that the page shows. */
static void check_entry(Page *p, Str first)
{
    size_t line_number = p->line;
    Buf    input = buf_new(p->arena), expected = buf_new(p->arena);
    Str    line;
    buf_add(&input, first);
    while (page_peek(p, "   ... ") && page_line(p, &line))
        buf_printf(&input, "\n%.*s", STR_ARGS(str_slice(line, 7, line.n)));
    while (p->rest.n && !page_peek(p, "nabla>") && !page_peek(p, "```") && page_line(p, &line))
        buf_printf(&expected, "%.*s\n", STR_ARGS(line));
    Str  got = replay(p, buf_str(&input));
    bool fine = str_eq(got, buf_str(&expected));
    fine ? p->checks.passed++ : p->checks.failed++;
    if (!fine)
        printf("%s:%zu: %.*s\n  the page shows\n%.*s  the program prints\n%.*s", p->path, line_number, STR_ARGS(buf_str(&input)),
               STR_ARGS(buf_str(&expected)), STR_ARGS(got));
}

static void check_block(Page *p)
{
    static const Str prompt = { "nabla>", 6 };
    Str line;
    while (page_line(p, &line) && !str_starts(line, STR("```")))
        if (str_starts(line, prompt)) {
            check_entry(p, str_trim(str_slice(line, prompt.n, line.n)));
        } else if (str_trim(line).n) {
            printf("%s:%zu: not a prompt line: %.*s\n", p->path, p->line, STR_ARGS(line));
            p->checks.failed++;
        }
}

static Checks check_page(const char *path)
{
    Page p = { .path = path, .arena = arena_new(), .env = env_new(builtin_tables) };
    Str  line;
    env_settings(p.env)->unicode = true;
    p.rest = read_all(p.arena, path);
    while (page_line(&p, &line))
        if (str_is(str_trim(line), "```nabla"))
            check_block(&p);
    env_delete(p.env);
    arena_delete(p.arena);
    return p.checks;
}

int main(int argc, char **argv)
{
    char   pattern[4096];
    glob_t pages = { 0 };
    Checks all = { 0 };
    if (argc != 2 || snprintf(pattern, sizeof pattern, "%s/*.md", argv[1]) >= (int)sizeof pattern)
        return 2;
    glob(pattern, 0, NULL, &pages);
    for (size_t i = 0; i < pages.gl_pathc; i++) {
        Checks c = check_page(pages.gl_pathv[i]);
        all.passed += c.passed;
        all.failed += c.failed;
    }
    globfree(&pages);
    printf("CHECKS %zu %zu\n", all.passed, all.failed);
    return all.failed ? 1 : 0;
}
