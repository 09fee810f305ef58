/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Case files: `input => expected` per line, `#` comments. The input may hold several statements, separated by `;`; the value
 * of the last is compared as printed. `=> error: words` wants a refusal whose message or hint holds each of the words
 * between the ` | ` marks. Every line has a session of its own. */
#include "tests/session.h"

static bool holds(Str text, Str words)
{
    for (size_t i = 0; i + words.n <= text.n; i++)
        if (str_eq(str_slice(text, i, i + words.n), words))
            return true;
    return words.n == 0;
}

static bool refused(const Diag *d, Str expected, Arena *a)
{
    Str said = str_printf(a, "%.*s hint: %.*s", STR_ARGS(d->message), STR_ARGS(d->hint));
    while (expected.n) {
        size_t cut = 0;
        while (cut < expected.n && !(expected.s[cut] == '|' && cut && expected.s[cut - 1] == ' ' && cut + 1 < expected.n && expected.s[cut + 1] == ' '))
            cut++;
        if (!holds(said, str_trim(str_slice(expected, 0, cut))))
            return false;
        expected = str_slice(expected, cut + 1, expected.n);
    }
    return true;
}

static bool check(Str input, Str expected, Arena *a, Str *got)
{
    Env    *env = env_new(builtin_tables);
    Source  source;
    Outcome o = run_text(env, &source, input);
    bool    fine = false;
    if (o.kind == RUN_FAILED || o.kind == RUN_UNFINISHED) {
        *got = str_printf(a, "error: %.*s | %.*s", STR_ARGS(o.diag->message), STR_ARGS(o.diag->hint));
        fine = str_starts(expected, STR("error:")) && refused(o.diag, str_trim(str_slice(expected, 6, expected.n)), a);
    } else {
        Str text = env_value_text(env, o.value, false);
        *got = o.value.note.n ? str_printf(a, "%.*s   %.*s", STR_ARGS(text), STR_ARGS(o.value.note)) : str_copy(a, text);
        fine = str_eq(*got, expected);
    }
    env_delete(env);
    return fine;
}

static bool split(Str line, Str *input, Str *expected)
{
    for (size_t i = line.n; i-- > 3;)
        if (str_eq(str_slice(line, i - 3, i + 1), STR(" => "))) {
            *input = str_trim(str_slice(line, 0, i - 3));
            *expected = str_trim(str_slice(line, i + 1, line.n));
            return true;
        }
    return false;
}

int main(int argc, char **argv)
{
    Arena *a = arena_new();
    Checks c = { 0 };
    for (int i = 1; i < argc; i++) {
        Str text = read_all(a, argv[i]), line, input, expected, got;
        for (size_t n = 1; next_line(&text, &line); n++) {
            line = str_trim(line);
            if (line.n == 0 || line.s[0] == '#' || !split(line, &input, &expected))
                continue;
            bool fine = check(input, expected, a, &got);
            fine ? c.passed++ : c.failed++;
            if (!fine)
                printf("%s:%zu: %.*s\n    expected %.*s\n    got      %.*s\n", argv[i], n, STR_ARGS(input), STR_ARGS(expected), STR_ARGS(got));
        }
    }
    printf("CHECKS %zu %zu\n", c.passed, c.failed);
    arena_delete(a);
    return c.failed ? 1 : 0;
}
