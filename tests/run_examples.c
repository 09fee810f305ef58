/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Every example of every built-in is run in a session of its own and compared with the text of its row: the value in input
 * syntax with its note, or the line that plain text prints, where the row shows a decimal too. */
#include "tests/session.h"

#include "repl/view.h"

/* What the prompt would print for the outcome, without the last newline. */
static Str printed(Arena *a, Env *env, const Outcome *o)
{
    char  *text = NULL;
    size_t n = 0;
    FILE  *out = open_memstream(&text, &n);
    print_text(out, env, o);
    fclose(out);
    Str copy = str_copy(a, str_trim((Str){ text, n }));
    free(text);
    return copy;
}

static bool check(Arena *a, const Example *e, Str *got)
{
    Env    *env = env_new(builtin_tables);
    Source  source;
    Outcome o = run_text(env, &source, str_of(e->in));
    bool    fine = false;
    if (o.kind == RUN_DONE) {
        Str text = env_value_text(env, o.value, false);
        *got = o.value.note.n ? str_printf(a, "%.*s   %.*s", STR_ARGS(text), STR_ARGS(o.value.note)) : str_copy(a, text);
        fine = str_is(*got, e->out) || str_is(printed(a, env, &o), e->out);
    } else {
        *got = str_printf(a, "error: %.*s", STR_ARGS(o.diag->message));
    }
    env_delete(env);
    return fine;
}

static void check_row(Arena *a, const Builtin *b, Checks *c)
{
    Str got;
    for (size_t i = 0; i < sizeof b->example / sizeof *b->example && b->example[i].in; i++) {
        bool fine = check(a, &b->example[i], &got);
        fine ? c->passed++ : c->failed++;
        if (!fine)
            printf("%s\n    expected %s\n    got      %.*s\n", b->example[i].in, b->example[i].out, STR_ARGS(got));
    }
}

int main(void)
{
    Arena *a = arena_new();
    Checks c = { 0 };
    for (size_t t = 0; builtin_tables[t]; t++)
        for (const Builtin *b = builtin_tables[t]; b->sig; b++)
            check_row(a, b, &c);
    printf("CHECKS %zu %zu\n", c.passed, c.failed);
    arena_delete(a);
    return c.failed ? 1 : 0;
}
