/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What Tab offers, by the place of the cursor. */
#include "repl/complete.h"
#include "repl/registry.h"

#include <criterion/criterion.h>

typedef struct Case {
    const char *line, *offered;     /* must be among the offers; NULL: nothing is offered */
    char        after;
    const char *absent;             /* must not be; NULL: no such demand */
} Case;

static const Case cases[] = {
    { "tay", "taylor", '(', "tan" },
    { "1 + co", "cos", '(', "sin" },
    { "velo", "velocity", 0, NULL },
    { "squ", "square", '(', NULL },
    { "taylor(exp(x), x = 0, ord", "order:", ' ', NULL },
    { "taylor(exp(x), ", "order:", ' ', "exp" },
    { "sin(taylor(x, ", "order:", ' ', NULL },
    { "taylor(sin(", NULL, 0, NULL },
    { "taylor(exp(x), x = 0)\nord", NULL, 0, NULL },
    { "set ", "digits", ' ', "velocity" },
    { "x = 2; set dig", "digits", ' ', NULL },
    { "set unicode o", "off", 0, "digits" },
    { "set digits ", NULL, 0, NULL },
    { "show va", "vars", 0, NULL },
    { "show ve", "velocity", 0, "vars" },
    { "clear ", "all", 0, "sin" },
    { "?lim", "limit", 0, NULL },
    { "help ta", "taylor", 0, NULL },
    { "show hi", "history", 0, NULL },
    { "set timing o", "on", 0, "or" },
    { "set formulas ", "box", 0, "or" },
    { "minimize(x^2, method: lbfgs(", "memory:", ' ', "from:" },
    { "minimize(x^2, ", "from:", ' ', NULL },
    { "minimize(x^2, method: ad", "adam", '(', "abs" },
    { "minimize(x^2, method: ", "newton", '(', "sin" },
    { "minimize(x^2, method: adam(", "beta1:", ' ', "from:" },
    { "minimize(x^2, method: adam, ", "lr:", ' ', "adam" },
    { "compare(x^2, methods: [adam, mo", "momentum", '(', NULL },
    { "minimize(x^2, lr: cos", "cosine", '(', NULL },
    { "minimize(x^2, lr: cosine(0.1, wa", "warmup:", ' ', NULL },
    { "pi using b", "bf16", 0, NULL },
    { "minimize(x^2, format: fp", "fp32", 0, NULL },
    { "", NULL, 0, NULL },
    { "2 + ", NULL, 0, NULL },
    { "12", NULL, 0, NULL },
    { "x # tay", NULL, 0, NULL },
};

Test(complete, by_place)
{
    Arena *a = arena_new();
    Env   *env = env_new(builtin_tables);
    Source s = { .text = STR("velocity = 3\nsquare(x) = x^2\n") };
    for (size_t at = 0; env_run(env, &s, &at, (RunMode){ 0 }).kind == RUN_DONE;)
        continue;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const Case *k = &cases[i];
        Completions c = complete(env, a, str_of(k->line), strlen(k->line));
        bool found = false, absent = true;
        for (size_t j = 0; j < c.n; j++) {
            found = found || (k->offered && str_is(c.at[j].text, k->offered) && c.at[j].after == k->after);
            absent = absent && !(k->absent && str_is(c.at[j].text, k->absent));
            cr_expect(j == 0 || str_cmp(c.at[j - 1].text, c.at[j].text) < 0, "sorted, each once: %s", k->line);
        }
        cr_expect(!c.files && absent && (k->offered ? found : c.n == 0), "%s", k->line);
    }
    env_delete(env);
    arena_delete(a);
}

Test(complete, file_names_in_strings)
{
    Arena *a = arena_new();
    Env   *env = env_new(builtin_tables);
    Str    open = STR("include \"less\\\"on"), closed = STR("include \"a\" + ta");
    cr_expect(complete(env, a, open, open.n).files);
    cr_expect(!complete(env, a, closed, closed.n).files);
    cr_expect_eq(complete(env, a, closed, closed.n).start, closed.n - 2);
    env_delete(env);
    arena_delete(a);
}
