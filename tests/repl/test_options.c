/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The command line: values, refusals, suggestions. */
#include "repl/options.h"

#include <criterion/criterion.h>

enum { MOST = 8 };

static bool read_options(Arena *a, Options *o, Str *message, Str *hint, const char *const *args)
{
    char *argv[MOST + 1] = { (char *)"nabla" };
    int   argc = 1;
    for (; args[argc - 1] && argc < MOST; argc++)
        argv[argc] = (char *)args[argc - 1];
    *message = (Str){ 0 };
    return options_read(a, argc, argv, o, message, hint);
}

#define READ(...) read_options(a, &o, &message, &hint, (const char *const[]){ __VA_ARGS__, NULL })

Test(options, values)
{
    Arena  *a = arena_new();
    Options o;
    Str     message, hint;
    cr_assert(READ("--timeout", "0.25", "--memory=3K", "--digits=40", "f.nabla"));
    cr_expect(o.timeout == 0.25 && o.memory == 3072 && str_is(o.digits, "40") && str_is(o.file, "f.nabla"));
    cr_assert(READ("--memory", "2G"));
    cr_expect_eq(o.memory, (size_t)2 << 30);
    cr_assert(READ("--memory", "7m"));
    cr_expect_eq(o.memory, (size_t)7 << 20);
    cr_assert(READ("-e", "--json", "--", "--strange"));
    cr_expect(!o.json && o.expressions == 1 && str_is(o.file, "--strange"));
    arena_delete(a);
}

Test(options, refusals)
{
    static const char *const bad[][2] = {
        { "--timeout", "0" }, { "--timeout", "-1" }, { "--timeout", "1s" }, { "--timeout", "nan" }, { "--timeout", NULL }, { "--timeout", "" },
        { "--memory", "0" }, { "--memory", "M" }, { "--memory", "2T" }, { "--memory", "99999999999999999999" }, { "--memory", "17179869184G" },
        { "--digits", "0" }, { "--digits", "many" }, { "--json=1", NULL }, { "-e", NULL }, { "a.nabla", "b.nabla" }, { "-x", NULL },
    };
    Arena  *a = arena_new();
    Options o;
    Str     message, hint;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        cr_expect(!READ(bad[i][0], bad[i][1]) && message.n, "%s %s", bad[i][0], bad[i][1] ? bad[i][1] : "");
    cr_expect(!READ("--keepgoing") && str_is(hint, "--keep-going"));
    cr_expect(!READ("--timout=3") && str_is(hint, "--timeout"));
    arena_delete(a);
}
