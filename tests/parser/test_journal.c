/* SPDX-License-Identifier: GPL-3.0-or-later */
/* save: the script makes the same session; what is not a script is not overwritten. */
#include "tests/session.h"

#include <criterion/criterion.h>
#include <unistd.h>

/* Runs each line, also behind one that fails; the text of the last value. */
static Str run_lines(Arena *a, Env *env, Str text)
{
    Str line, last = { 0 };
    while (next_line(&text, &line)) {
        Source  source;
        Outcome o = run_text(env, &source, line);
        if (o.kind == RUN_END)      /* a comment */
            continue;
        last = o.kind == RUN_DONE ? str_copy(a, env_value_text(env, o.value, false)) : str_printf(a, "error: %.*s", STR_ARGS(o.diag->message));
    }
    return last;
}

static const char lines[] =
    "f(x) = x^2\n"
    "a = f(3);\n"
    "foo(1)\n"                      /* fails: left out */
    "a + 1\n"
    "/ 2\n"                         /* goes on from ans */
    "assume k > 0\n"
    "show vars\n"
    "vector u(2)\n"
    "set digits 5\n"
    "optimizer halve(lr: 1/2) { x = x - lr*g }\n"
    "s = 0; for j in 1..4 { s = s + j }; s\n";

Test(journal, a_saved_session_comes_back)
{
    char   path[] = "/tmp/nabla-save-XXXXXX";
    Arena *a = arena_new();
    Env   *first = env_new(builtin_tables), *second = env_new(builtin_tables);
    int    file = mkstemp(path);
    cr_assert(file >= 0);
    close(file);
    run_lines(a, first, STR(lines));
    Str said = run_lines(a, first, str_printf(a, "save \"%s\"", path));
    cr_expect(str_eq(said, str_printf(a, "wrote %s: 11 statements", path)), "%s", said.s);
    run_lines(a, first, str_printf(a, "save \"%s\"", path));       /* a script of its own is replaced */
    run_lines(a, second, read_all(a, path));
    static const char *const asked[] = { "show vars", "show functions", "show assumptions", "ans", "out[2]", "out[3]", "N(pi)", "u", "history" };
    for (size_t i = 0; i < sizeof asked / sizeof *asked; i++) {
        Str one = run_lines(a, first, str_of(asked[i])), other = run_lines(a, second, str_of(asked[i]));
        cr_expect(str_eq(one, other) && !str_starts(one, STR("error")), "%s: %s and %s", asked[i], one.s, other.s);
    }
    unlink(path);
    env_delete(first);
    env_delete(second);
    arena_delete(a);
}

Test(journal, other_files_are_left_alone)
{
    char   path[] = "/tmp/nabla-save-XXXXXX";
    Arena *a = arena_new();
    Env   *env = env_new(builtin_tables);
    int    file = mkstemp(path);
    cr_assert(file >= 0 && write(file, "1,2\n", 4) == 4);
    close(file);
    cr_expect(str_starts(run_lines(a, env, str_printf(a, "save \"%s\"", path)), STR("error: ")));
    cr_expect(str_is(read_all(a, path), "1,2\n"));
    cr_expect(str_starts(run_lines(a, env, STR("save \"/nowhere/x.nabla\"")), STR("error: cannot write")));
    unlink(path);
    env_delete(env);
    arena_delete(a);
}
