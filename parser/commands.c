/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Built-ins that concern the session rather than mathematics. */
#include "parser/commands.h"

#include "parser/env_int.h"

static Value print_call(Call *c)
{
    Env *env = call_env(c);
    Buf  b = buf_new(c->arena);
    for (size_t i = 0; call_has(c, 0) && i < c->arg[0].list->n; i++) {
        if (i)
            buf_add_c(&b, ' ');
        value_print(&b, env, c->arg[0].list->item[i], env->settings.unicode);
    }
    buf_add_c(&b, '\n');
    if (env->print)
        env->print(env->print_context, buf_str(&b));
    return value_none();
}

/* The order term of a series, so that a printed series can be typed back. */
static Value order_call(Call *c)
{
    return value_expr(expr_order(c->pool, c->arg[0].expr));
}

const Builtin session_builtins[] = {
    { .sig = "print(values: value?...) -> none", .help = "Prints values in one line, separated by blanks; {expr} inside a text is its value.",
      .example = { { "x = 2; print(\"x =\", x, x^2 - 1)", "x = 2 3" },
                   { "print(\"half of 3 is {3/2}\")", "half of 3 is 3/2" } }, .see = "show", .words = "output write disp println printf echo", .call = print_call },
    { .sig = "O(e: scalar) -> expr", .help = "The order term of a series.", .example = { { "1 + x + O(x^2)", "1 + x + O(x^2)" },
                   { "x - x^3/6 + O(x^5)", "x - x^3/6 + O(x^5)" } }, .lesson = 5,
      .see = "taylor", .words = "order term big", .call = order_call },
    { 0 }
};
