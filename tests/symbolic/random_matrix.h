/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Random matrices of small rationals as values of a session, and statements that must be true. */
#ifndef TESTS_SYMBOLIC_RANDOM_MATRIX_H
#define TESTS_SYMBOLIC_RANDOM_MATRIX_H

#include "repl/registry.h"
#include "tests/symbolic/session.h"

/* name = a random matrix; every seventh entry or so is 0. */
static inline void assign_random(Env *env, Rng *r, const char *name, size_t rows, size_t cols, bool symmetric)
{
    Arena *a = arena_new();
    Buf    b = buf_new(a);
    int    top[400], bottom[400];
    buf_printf(&b, "%s = [", name);
    for (size_t i = 0; i < rows; i++)
        for (size_t j = 0; j < cols; j++) {
            size_t at = i * cols + j, mirror = j * cols + i;
            top[at] = symmetric && j < i ? top[mirror] : (int)rng_below(r, 13) - 6;
            bottom[at] = symmetric && j < i ? bottom[mirror] : 1 + (int)rng_below(r, 3);
            buf_printf(&b, "%s%d/%d", j ? ", " : i ? "; " : "", top[at], bottom[at]);
        }
    buf_add_s(&b, rows == 1 && cols > 1 ? "]^T" : "]");
    buf_add_c(&b, '\0');
    cr_assert_eq(run(env, buf_str(&b).s).kind, VALUE_EXPR, "%s", buf_str(&b).s);
    arena_delete(a);
}

static inline bool text_is(Env *env, const char *statements, const char *expected)
{
    Value v = run(env, statements);
    return v.kind != VALUE_FAILED && str_is(env_value_text(env, v, false), expected);
}

static inline void expect_true(Env *env, const char *statements)
{
    bool fine = text_is(env, statements, "true");
    Str  a = env_value_text(env, run(env, "A"), false);
    cr_expect(fine, "%s with A = %.*s", statements, STR_ARGS(a));
}

#endif
