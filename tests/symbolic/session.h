/* SPDX-License-Identifier: GPL-3.0-or-later */
/* For tests of the calculus commands: a session with their rows, text to expressions, values at points, random expressions. */
#ifndef TESTS_SYMBOLIC_SESSION_H
#define TESTS_SYMBOLIC_SESSION_H

#include "base/rng.h"
#include "parser/env.h"
#include "symbolic/algebra/zero.h"
#include "symbolic/calculus/diff.h"
#include "symbolic/expr/evaluate.h"
#include "symbolic/expr/show.h"
#include "symbolic/limits/limit.h"
#include "symbolic/limits/series.h"
#include "symbolic/matrix/linear.h"
#include "symbolic/stability/sums.h"
#include "symbolic/variation/variation.h"

#include <criterion/criterion.h>

static const Builtin *const calculus_tables[] = { diff_builtins, vector_calculus_builtins, linear_builtins, sums_builtins, series_builtins,
                                                  limit_builtins, variation_builtins, NULL };

/* The last value of the statements in text; kind FAILED if one failed. It lives until the next run. */
static inline Value run(Env *env, const char *text)
{
    Source  source = { .text = str_of(text) };
    Outcome o = { .kind = RUN_END };
    size_t  at = 0;
    do {
        o = env_run(env, &source, &at, (RunMode){ 0 });
    } while (o.kind == RUN_DONE && str_trim(str_slice(source.text, at, source.text.n)).n);
    return o.kind == RUN_DONE ? o.value : o.kind == RUN_END ? value_none() : value_failed();
}

/* The expression that text means, in the pool of the line that was run last. */
static inline const Expr *parse(Env *env, const char *text)
{
    const Expr *e = pool_read(env_pool(env), text, NULL, 0);
    cr_assert(e, "%s", text);
    return e;
}

/* Checks the executed examples of a table of rows. */
static inline void check_examples(const Builtin *rows)
{
    for (; rows->sig; rows++)
        for (size_t i = 0; i < 4 && rows->example[i].in; i++) {
            Env *env = env_new(calculus_tables);
            Str  text = env_value_text(env, run(env, rows->example[i].in), false);
            cr_expect(str_is(text, rows->example[i].out), "%s: %.*s", rows->example[i].in, STR_ARGS(text));
            env_delete(env);
        }
}

/* Encloses e at x = numerator/64 + 2^shift*step. False where it has no value. */
static inline bool value_at(Pool *p, const Expr *e, const Expr *x, slong numerator, slong step, slong shift, acb_t out)
{
    acb_t at;
    arb_t h;
    acb_init(at);
    arb_init(h);
    arb_set_si(h, step);
    arb_mul_2exp_si(h, h, shift);
    acb_set_si(at, numerator);
    acb_mul_2exp_si(at, at, -6);
    acb_add_arb(at, at, h, 1000);
    bool ok = expr_enclose(p, e, &x, at, 1, 1000, out, NULL) == EVAL_OK;
    acb_clear(at);
    arb_clear(h);
    return ok;
}

/* Is |u - v| <= 2^-bits * (1 + |v|)? */
static inline bool near(const acb_t u, const acb_t v, slong bits)
{
    acb_t d;
    arb_t size, bound;
    acb_init(d);
    arb_init(size);
    arb_init(bound);
    acb_sub(d, u, v, 1000);
    acb_abs(size, d, 1000);
    acb_abs(bound, v, 1000);
    arb_add_ui(bound, bound, 1, 1000);
    arb_mul_2exp_si(bound, bound, -bits);
    bool ok = arb_le(size, bound);
    acb_clear(d);
    arb_clear(size);
    arb_clear(bound);
    return ok;
}

/* A random smooth expression in the given variables, defined on the whole line. */
static inline const Expr *random_expr(Pool *p, Rng *r, const Expr *const *x, size_t n, int depth)
{
    if (depth == 0 || rng_below(r, 8) == 0)
        return rng_below(r, 4) ? x[rng_below(r, n)] : expr_ratio(p, (slong)rng_below(r, 9) - 4, 3);
    const Expr *u = random_expr(p, r, x, n, depth - 1);
    const Expr *square = expr_add(p, expr_int(p, 1), expr_powi(p, u, 2));
    switch (rng_below(r, 9)) {
    case 0: return expr_call1(p, FN_sin, u);
    case 1: return expr_call1(p, FN_cos, u);
    case 2: return expr_call1(p, FN_atan, u);
    case 3: return expr_call1(p, FN_log, square);
    case 4: return expr_call1(p, FN_exp, expr_call1(p, FN_sin, u));
    case 5: return expr_pow(p, square, expr_ratio(p, -1, 2));
    case 6: return expr_pow(p, square, random_expr(p, r, x, n, 1));
    case 7: return expr_mul(p, u, random_expr(p, r, x, n, depth - 1));
    default: return expr_add(p, u, random_expr(p, r, x, n, depth - 1));
    }
}

#endif
