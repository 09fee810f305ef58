/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Numbers known to some digits are contagious: a constant in which a ball occurs becomes the ball of its value. */
#include "symbolic/expr/evaluate.h"
#include "symbolic/expr/expr_int.h"

static slong digits_within(Pool *p, const Expr *e)
{
    Mark  mark = arena_mark(pool_scratch(p));
    Nodes nodes = expr_nodes(p, pool_scratch(p), &e, 1);
    slong digits = 1;
    for (size_t i = 0; i < nodes.n; i++)
        if (nodes.at[i]->kind == EXPR_BALL && nodes.at[i]->ball->digits > digits)
            digits = nodes.at[i]->ball->digits;
    arena_release(pool_scratch(p), mark);
    return digits;
}

const Expr *fold_ball(Pool *p, const Expr *e)
{
    if (!e || !(e->flags & EXPR_HAS_BALL) || e->kind == EXPR_BALL
        || (e->flags & (EXPR_HAS_SYMBOL | EXPR_HAS_INFINITE | EXPR_HAS_ORDER | EXPR_HAS_TENSOR)))
        return e;
    Ball ball = { .digits = digits_within(p, e) };
    acb_init(ball.value);
    EvalStatus status = expr_enclose(p, e, NULL, NULL, 0, (slong)((double)ball.digits * 3.33) + 64, ball.value, NULL);
    const Expr *result = e;
    if (status == EVAL_OK)
        result = expr_ball(p, &ball);
    else if (status == EVAL_UNDEFINED)
        result = pool_fail(p, "the value is not defined");
    acb_clear(ball.value);
    return result;
}
