/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Every example of every built-in and of every word of the language is run in a session of its own and compared with the
 * text of its row: the value in input syntax with its note, or the line that plain text prints, where the row shows a
 * decimal too. What it gave is typed back in the same session and must give the same again; approximations, which are exact
 * when typed, and equations in unknown functions are excepted. What print(...) writes counts as the answer. A row whose examples
 * read a file brings its text. Each row of a built-in or a method has two examples at least, and no page of help is longer
 * than a screen. */
#include "tests/session.h"

#include "numeric/function.h"
#include "parser/settings.h"
#include "parser/sig.h"
#include "parser/words.h"
#include "repl/help.h"
#include "repl/view.h"
#include "symbolic/optimize/method.h"

#include <unistd.h>

enum { LEAST_EXAMPLES = 2, MOST_LINES = 24 };

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

static void on_print(void *context, Str text)
{
    buf_add(context, text);
}

static bool check(Arena *a, const Example *e, Str *got)
{
    Env    *env = env_new(builtin_tables);
    Source  source;
    Buf     said = buf_new(a);
    env_on_print(env, on_print, &said);
    Outcome o = run_text(env, &source, str_of(e->in));
    bool    fine = false;
    if (o.kind == RUN_DONE && said.n) {
        *got = str_trim(buf_str(&said));
        fine = str_is(*got, e->out);
    } else if (o.kind == RUN_DONE) {
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

static void check_row(Arena *a, const char *name, const Example *example, size_t n, size_t least, Checks *c)
{
    Str    got;
    size_t k = 0;
    for (; k < n && example[k].in; k++) {
        bool fine = check(a, &example[k], &got);
        fine ? c->passed++ : c->failed++;
        if (!fine)
            printf("%s\n    expected %s\n    got      %.*s\n", example[k].in, example[k].out, STR_ARGS(got));
    }
    k >= least ? c->passed++ : c->failed++;
    if (k < least)
        printf("%s\n    has %zu examples, and needs %zu\n", name, k, least);
}

/* ?name: a page that fits a screen. */
static void check_page(Env *env, Arena *a, Str name, Checks *c)
{
    Source  source;
    size_t  lines = 1;
    Outcome o = run_text(env, &source, str_printf(a, "?%.*s", STR_ARGS(name)));
    help_answer(env, &source, &o);
    Str text = o.kind == RUN_DONE ? env_value_text(env, o.value, false) : (Str){ 0 };
    for (size_t i = 0; i < text.n; i++)
        lines += text.s[i] == '\n';
    bool fine = text.n && lines <= MOST_LINES;
    fine ? c->passed++ : c->failed++;
    if (!fine)
        printf("?%.*s\n    %s, %zu lines\n", STR_ARGS(name), text.n ? "too long" : "no page", lines);
}

static void check_pages(Arena *a, Checks *c)
{
    Env *env = env_new(builtin_tables);
    for (size_t t = 0; builtin_tables[t]; t++)
        for (const Builtin *b = builtin_tables[t]; b->sig; b++)
            check_page(env, a, sig_parse(a, b->sig).name, c);
    for (const WordRow *w = word_rows; w->name; w++)
        check_page(env, a, str_of(w->name), c);
    for (const MethodRow *m = method_rows; m->name; m++)
        check_page(env, a, str_of(m->name), c);
    for (const RuleText *r = rule_texts; r->name; r++)
        check_page(env, a, str_of(r->name), c);
    for (const ScheduleText *s = schedule_texts; s->name; s++)
        if (!s->dialect)
            check_page(env, a, str_of(s->name), c);
    for (const MemoryText *m = memory_texts; m->name; m++)
        check_page(env, a, str_of(m->name), c);
    for (const SettingRow *s = setting_rows; s->name; s++)
        check_page(env, a, str_of(s->name), c);
    for (size_t i = 0; i < FN_COUNT; i++)
        check_page(env, a, str_of(fn_rows[i].name), c);
    env_delete(env);
}

/* The examples of a row run in a directory of their own, with the file of the row in it. */
static void check_builtin(Arena *a, const Builtin *b, Checks *c)
{
    FILE *f = b->file.name ? fopen(b->file.name, "w") : NULL;
    if (f) {
        fputs(b->file.text, f);
        fclose(f);
    }
    check_row(a, b->sig, b->example, sizeof b->example / sizeof *b->example, LEAST_EXAMPLES, c);
    if (f)
        unlink(b->file.name);
}

int main(void)
{
    char   place[] = "/tmp/nabla-examples-XXXXXX";
    Arena *a = arena_new();
    Checks c = { 0 };
    if (!mkdtemp(place) || chdir(place) != 0) {
        perror(place);
        return 1;
    }
    for (size_t t = 0; builtin_tables[t]; t++)
        for (const Builtin *b = builtin_tables[t]; b->sig; b++)
            check_builtin(a, b, &c);
    for (const WordRow *w = word_rows; w->name; w++)
        check_row(a, w->name, w->example, sizeof w->example / sizeof *w->example, 0, &c);
    for (const MethodRow *m = method_rows; m->name; m++)
        check_row(a, m->name, m->example, sizeof m->example / sizeof *m->example, LEAST_EXAMPLES, &c);
    check_pages(a, &c);
    rmdir(place);
    printf("CHECKS %zu %zu\n", c.passed, c.failed);
    arena_delete(a);
    return c.failed ? 1 : 0;
}
