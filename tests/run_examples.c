/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Every example of every built-in and of every word of the language is run in a session of its own and compared with the
 * text of its row: the value in input syntax with its note, or the line that plain text prints, where the row shows a
 * decimal too. What it gave is typed back in the same session and must give the same again; approximations, which are exact
 * when typed, and equations in unknown functions are excepted. */
#include "tests/session.h"

#include "parser/words.h"
#include "repl/view.h"
#include "symbolic/method.h"

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

static bool can_be_typed(Value v, Str text)
{
    bool mathematics = v.kind == VALUE_EXPR || v.kind == VALUE_LIST || v.kind == VALUE_RECORD;
    return mathematics && !env_value_is_approximate(v) && !memchr(text.s, '\'', text.n);
}

static bool typed_back(Arena *a, Env *env, Str text, Str *got)
{
    Source  source;
    Outcome o = run_text(env, &source, str_printf(a, "(%.*s)", STR_ARGS(text)));
    *got = o.kind == RUN_DONE ? str_copy(a, env_value_text(env, o.value, false)) : str_copy(a, o.diag->message);
    return o.kind == RUN_DONE && str_eq(*got, text);
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
        if (fine && can_be_typed(o.value, text))
            fine = typed_back(a, env, str_copy(a, text), got);
    } else {
        *got = str_printf(a, "error: %.*s", STR_ARGS(o.diag->message));
    }
    env_delete(env);
    return fine;
}

static void check_row(Arena *a, const Example *example, size_t n, Checks *c)
{
    Str got;
    for (size_t i = 0; i < n && example[i].in; i++) {
        bool fine = check(a, &example[i], &got);
        fine ? c->passed++ : c->failed++;
        if (!fine)
            printf("%s\n    expected %s\n    got      %.*s\n", example[i].in, example[i].out, STR_ARGS(got));
    }
}

int main(void)
{
    Arena *a = arena_new();
    Checks c = { 0 };
    for (size_t t = 0; builtin_tables[t]; t++)
        for (const Builtin *b = builtin_tables[t]; b->sig; b++)
            check_row(a, b->example, sizeof b->example / sizeof *b->example, &c);
    for (const WordRow *w = word_rows; w->name; w++)
        check_row(a, w->example, sizeof w->example / sizeof *w->example, &c);
    for (const MethodRow *m = method_rows; m->name; m++)
        check_row(a, m->example, sizeof m->example / sizeof *m->example, &c);
    printf("CHECKS %zu %zu\n", c.passed, c.failed);
    arena_delete(a);
    return c.failed ? 1 : 0;
}
