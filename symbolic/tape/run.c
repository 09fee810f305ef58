/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Runs an expression as typed in a format. Parts that were not typed as operations are numbers already: each is enclosed by balls
 * until it rounds one way, and enters the tape as the number of the format that it becomes. */
#include "symbolic/tape/run.h"

#include "symbolic/expr/evaluate.h"
#include "symbolic/expr/memo.h"
#include "symbolic/stability/contract.h"
#include "symbolic/tape/compile.h"

enum { MOST_BITS = 1 << 16 };

static bool is_leaf(const Expr *e)
{
    return e->kind == EXPR_NUMBER || (e->kind == EXPR_CONSTANT && e->constant != CONSTANT_I);
}

/* The number of the format nearest to an exact constant (or as its rounding says). */
static const Expr *rounded(Pool *p, Arena *a, const Expr *e, const Format *f)
{
    void *lane = format_lanes(f, a, 1);
    acb_t ball;
    bool  decided = false;
    acb_init(ball);
    for (slong bits = f->precision + 64; bits <= MOST_BITS + f->precision && !decided; bits *= 2) {
        EvalStatus status = expr_enclose(p, e, NULL, NULL, 0, bits, ball, NULL);
        if (status == EVAL_UNDEFINED || status == EVAL_TOO_LARGE || status == EVAL_STOPPED || status == EVAL_SYMBOLIC)
            break;
        decided = status == EVAL_OK && acb_is_real(ball) && format_set_arb(f, lane, acb_realref(ball), NULL);
    }
    acb_clear(ball);
    return decided ? expr_of_lane(p, f, lane) : pool_fail(p, "a number in it could not be rounded");
}

static bool is_exact_part(const Expr *e)
{
    return !(e->flags & EXPR_AS_TYPED) && expr_is_numeric(e) && expr_is_scalar(e) && e->kind != EXPR_RELATION && e->kind != EXPR_AND
        && e->kind != EXPR_OR && e->kind != EXPR_NOT && e->kind != EXPR_BALL;
}

const Expr *expr_with_rounded_parts(Pool *p, Arena *a, const Expr *root, const Format *f)
{
    Arena *scratch = arena_new();
    Nodes  nodes = expr_nodes(p, scratch, &root, 1);
    Memo   image = memo_new(scratch);
    for (size_t k = 0; k < nodes.n; k++) {
        const Expr *e = nodes.at[k], *made = e;
        if (is_exact_part(e)) {
            if (!is_leaf(e) && (e == root || k + 1 < nodes.n))
                made = NULL;                    /* made when a typed node asks for it */
        } else if (e->arity) {
            const Expr **arg = arena_array(scratch, const Expr *, e->arity);
            for (uint32_t i = 0; i < e->arity; i++) {
                arg[i] = memo_get(&image, e->arg[i]);
                if (!arg[i] && !(arg[i] = rounded(p, a, e->arg[i], f)))
                    break;
                memo_put(&image, e->arg[i], arg[i]);
            }
            made = pool_error(p).n ? NULL : typed_remake(p, e, arg);
            if (!made)
                break;
        }
        if (made)
            memo_put(&image, e, made);
    }
    const Expr *result = pool_error(p).n ? NULL : memo_get(&image, root);
    if (!result && !pool_error(p).n)
        result = rounded(p, a, root, f);
    arena_delete(scratch);
    return result;
}

/* Numbers alone are rounded where they are: no tape is needed. NULL: there is something else among them. */
static void *rounded_numbers(Arena *a, const Expr *const *e, size_t n, const Format *f)
{
    for (size_t i = 0; i < n; i++)
        if (e[i]->kind != EXPR_NUMBER || f->rounding == ROUND_STOCHASTIC)
            return NULL;
    void *lanes = format_lanes(f, a, n);
    for (size_t i = 0; i < n; i++)
        format_set_fmpq(f, format_at(f, lanes, i), expr_number(e[i]), NULL);
    return lanes;
}

void *expr_run(Pool *p, Arena *a, const Expr *const *e, size_t n, const Format *f, uint64_t seed)
{
    void *lanes = n ? rounded_numbers(a, e, n, f) : NULL;
    if (lanes)
        return lanes;
    const Expr **part = arena_array(a, const Expr *, n);
    Program      program;
    pool_clear_error(p);
    for (size_t i = 0; i < n; i++)
        if (!(part[i] = expr_contracted(p, expr_with_rounded_parts(p, a, e[i], f), f)))
            return NULL;
    if (!expr_compile(p, a, NULL, 0, part, n, &program))
        return NULL;
    if (program.axis)
        return pool_fail(p, "a sum over the rows of a table runs with minimize, not with using"), NULL;
    Machine *m = machine_new(a, program.tape, f);
    machine_seed(m, seed);
    if (!machine_run(m, 0))
        return pool_fail(p, "interrupted"), NULL;
    return (void *)machine_output(m, 0);
}

static const Expr *enclosure(Pool *p, const Format *f, const arb_struct *x)
{
    Ball ball = { .digits = (slong)((double)f->precision * 0.30103) };
    acb_init(ball.value);
    acb_set_arb(ball.value, x);
    const Expr *e = expr_ball(p, &ball);
    acb_clear(ball.value);
    return e;
}

const Expr *expr_of_lane(Pool *p, const Format *f, const void *lane)
{
    if (f->family == FAMILY_BALL && arb_is_finite(lane) && !arb_is_exact(lane))
        return enclosure(p, f, lane);
    fmpq_t q;
    fmpq_init(q);
    const Expr *e = NULL;
    switch (format_get_fmpq(f, lane, q)) {
    case FLOAT_FINITE:            e = expr_fmpq(p, q); break;
    case FLOAT_INFINITE:          e = expr_constant(p, CONSTANT_OO); break;
    case FLOAT_NEGATIVE_INFINITE: e = expr_neg(p, expr_constant(p, CONSTANT_OO)); break;
    case FLOAT_NAN:               e = expr_constant(p, CONSTANT_UNDEFINED); break;
    }
    fmpq_clear(q);
    return e;
}
