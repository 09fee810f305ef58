/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Did-you-mean: near names, run-together products and calls, and what looks like a variable. */
#include "base/rng.h"
#include "parser/suggest.h"

#include <criterion/criterion.h>

Test(suggest, one_typing_error_is_repaired)
{
    static const char *const names[] = { "diff", "gradient", "integrate", "taylor", "minimize", "sinh", "euler_lagrange" };
    enum { N = sizeof names / sizeof *names };
    Str all[N];
    for (size_t i = 0; i < N; i++)
        all[i] = str_of(names[i]);
    Arena *a = arena_new();
    Rng    r = rng_stream(1, STR("suggest"));
    for (int round = 0; round < 2000; round++) {
        Str    word = str_copy(a, all[rng_below(&r, N)]);
        char  *typed = arena_copy(a, word.s, word.n + 1);
        size_t at = 1 + rng_below(&r, word.n - 1), n = word.n;
        switch (rng_below(&r, 3)) {
        case 0: { char c = typed[at]; typed[at] = typed[at - 1]; typed[at - 1] = c; break; }
        case 1: typed[at] = 'q'; break;
        default: n = word.n - 1; break;
        }
        Str found = suggest_nearest((Str){ typed, n }, all, N);
        cr_expect(str_eq(found, word), "%.*s: %.*s", (int)n, typed, STR_ARGS(found));
    }
    arena_delete(a);
}

Test(suggest, the_likelier_error_wins)
{
    static const struct { const char *typed, *meant; } rows[] = { { "sinn", "sin" }, { "siin", "sin" }, { "Sin", "sin" }, { "sihn", "sinh" }, { "sgin", "sign" } };
    Str names[] = { STR("sign"), STR("sinh"), STR("sin"), STR("min") };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        cr_expect(str_is(suggest_nearest(str_of(rows[i].typed), names, 4), rows[i].meant), "%s", rows[i].typed);
}

Test(suggest, nothing_is_invented)
{
    Str names[] = { STR("diff"), STR("integrate") };
    cr_expect(suggest_nearest(STR("x"), names, 2).n == 0);
    cr_expect(suggest_nearest(STR(""), names, 2).n == 0);
    cr_expect(suggest_nearest(STR("velocity"), names, 2).n == 0);
    cr_expect(suggest_nearest(STR("diff"), names, 0).n == 0);
}

Test(suggest, words_run_together)
{
    static const struct { const char *word; bool call; const char *meant; } rows[] = {
        { "xy", false, "x*y" }, { "sinx", false, "sin(x)" }, { "xsin", true, "x*sin" }, { "x", false, "" }, { "pir", false, "pi*r" },
        { "abc", false, "a*b*c" }, { "velocity", false, "" }, { "foo", false, "" }, { "thetar", false, "theta*r" }, { "cosxy", false, "cos(x*y)" },
        { "sin2x", false, "sin(2x)" }, { "xsinx", false, "x*sin(x)" }, { "gammax", false, "gamma*x" }, { "sinn", true, "" }, { "sin", true, "" },
    };
    Arena *a = arena_new();
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        Str got = suggest_product(a, str_of(rows[i].word), rows[i].call);
        cr_expect(str_is(got, rows[i].meant), "%s: %.*s", rows[i].word, STR_ARGS(got));
    }
    arena_delete(a);
}

Test(suggest, variables_look_like_variables)
{
    static const char *const yes[] = { "x", "x1", "lambda", "lambda2", "u_xt", "x_max", "x1_a", "Omega", "B" };
    static const char *const no[] = { "xy", "price", "x_", "x_a_b", "sinx", "", "lambdax" };
    for (size_t i = 0; i < sizeof yes / sizeof *yes; i++)
        cr_expect(name_is_variable(str_of(yes[i])), "%s", yes[i]);
    for (size_t i = 0; i < sizeof no / sizeof *no; i++)
        cr_expect(!name_is_variable(str_of(no[i])), "%s", no[i]);
}
