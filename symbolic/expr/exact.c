/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Constants as exact numbers: one loop over the nodes builds a Calcium number for each, and Calcium decides whether the last
 * one is zero (F. Johansson, Calcium: computing in exact real and complex fields, ISSAC 2021). Functions are written by
 * exponentials and logarithms; one without a row below (zeta, Bessel functions) makes the answer UNKNOWN. The limits of the
 * context bound the work, so that a hard constant is given up and not searched for ever. */
#include "symbolic/expr/exact.h"

#include "base/interrupt.h"
#include "symbolic/algebra/algebraic.h"

#if __FLINT_RELEASE >= 30000
#include <flint/ca.h>
#else
#include <calcium/ca.h>
#endif

enum { MAX_NODES = 400, MAX_POWER_BITS = 16, MAX_PREC = 4096, MAX_DEGREE = 120, MAX_RADICAND_BITS = 256 };

typedef void (*ExactRule)(ca_t r, const ca_t u, ca_ctx_t ctx);

/* (exp(u) + sign*exp(-u))/2 */
static void half_exponentials(ca_t r, const ca_t u, int sign, ca_ctx_t ctx)
{
    ca_t t;
    ca_init(t, ctx);
    ca_exp(r, u, ctx);
    ca_inv(t, r, ctx);
    sign > 0 ? ca_add(r, r, t, ctx) : ca_sub(r, r, t, ctx);
    ca_div_ui(r, r, 2, ctx);
    ca_clear(t, ctx);
}

static void exact_sinh(ca_t r, const ca_t u, ca_ctx_t ctx) { half_exponentials(r, u, -1, ctx); }
static void exact_cosh(ca_t r, const ca_t u, ca_ctx_t ctx) { half_exponentials(r, u, 1, ctx); }

static void exact_tanh(ca_t r, const ca_t u, ca_ctx_t ctx)
{
    ca_t c;
    ca_init(c, ctx);
    exact_cosh(c, u, ctx);
    exact_sinh(r, u, ctx);
    ca_div(r, r, c, ctx);
    ca_clear(c, ctx);
}

/* log(u + sqrt(u^2 + 1)) */
static void exact_asinh(ca_t r, const ca_t u, ca_ctx_t ctx)
{
    ca_mul(r, u, u, ctx);
    ca_add_ui(r, r, 1, ctx);
    ca_sqrt(r, r, ctx);
    ca_add(r, r, u, ctx);
    ca_log(r, r, ctx);
}

/* log(u + sqrt(u + 1)*sqrt(u - 1)) */
static void exact_acosh(ca_t r, const ca_t u, ca_ctx_t ctx)
{
    ca_t t;
    ca_init(t, ctx);
    ca_add_ui(r, u, 1, ctx);
    ca_sqrt(r, r, ctx);
    ca_sub_ui(t, u, 1, ctx);
    ca_sqrt(t, t, ctx);
    ca_mul(r, r, t, ctx);
    ca_add(r, r, u, ctx);
    ca_log(r, r, ctx);
    ca_clear(t, ctx);
}

/* (log(1 + u) - log(1 - u))/2 */
static void exact_atanh(ca_t r, const ca_t u, ca_ctx_t ctx)
{
    ca_t t;
    ca_init(t, ctx);
    ca_add_ui(r, u, 1, ctx);
    ca_log(r, r, ctx);
    ca_ui_sub(t, 1, u, ctx);
    ca_log(t, t, ctx);
    ca_sub(r, r, t, ctx);
    ca_div_ui(r, r, 2, ctx);
    ca_clear(t, ctx);
}

static void log_to_base(ca_t r, const ca_t u, ulong base, ca_ctx_t ctx)
{
    ca_t b;
    ca_init(b, ctx);
    ca_set_ui(b, base, ctx);
    ca_log(b, b, ctx);
    ca_log(r, u, ctx);
    ca_div(r, r, b, ctx);
    ca_clear(b, ctx);
}

static void exact_log2(ca_t r, const ca_t u, ca_ctx_t ctx) { log_to_base(r, u, 2, ctx); }
static void exact_log10(ca_t r, const ca_t u, ca_ctx_t ctx) { log_to_base(r, u, 10, ctx); }

/* The real cube root: of a negative number it is minus that of its opposite. */
static void exact_cbrt(ca_t r, const ca_t u, ca_ctx_t ctx)
{
    truth_t negative = ca_check_is_negative_real(u, ctx);
    ca_t    third;
    if (negative == T_UNKNOWN) {
        ca_unknown(r, ctx);
        return;
    }
    ca_init(third, ctx);
    ca_one(third, ctx);
    ca_div_ui(third, third, 3, ctx);
    if (negative == T_TRUE) {
        ca_neg(r, u, ctx);
        ca_pow(r, r, third, ctx);
        ca_neg(r, r, ctx);
    } else {
        ca_pow(r, u, third, ctx);
    }
    ca_clear(third, ctx);
}

static void exact_sec(ca_t r, const ca_t u, ca_ctx_t ctx) { ca_cos(r, u, ctx); ca_inv(r, r, ctx); }
static void exact_csc(ca_t r, const ca_t u, ca_ctx_t ctx) { ca_sin(r, u, ctx); ca_inv(r, r, ctx); }
static void exact_acot(ca_t r, const ca_t u, ca_ctx_t ctx) { ca_inv(r, u, ctx); ca_atan(r, r, ctx); }

static const ExactRule exact_rule[FN_COUNT] = {
    [FN_exp] = ca_exp, [FN_log] = ca_log, [FN_sqrt] = ca_sqrt, [FN_cbrt] = exact_cbrt,
    [FN_log2] = exact_log2, [FN_log10] = exact_log10,
    [FN_sin] = ca_sin, [FN_cos] = ca_cos, [FN_tan] = ca_tan, [FN_cot] = ca_cot, [FN_sec] = exact_sec, [FN_csc] = exact_csc,
    [FN_asin] = ca_asin, [FN_acos] = ca_acos, [FN_atan] = ca_atan, [FN_acot] = exact_acot,
    [FN_sinh] = exact_sinh, [FN_cosh] = exact_cosh, [FN_tanh] = exact_tanh,
    [FN_asinh] = exact_asinh, [FN_acosh] = exact_acosh, [FN_atanh] = exact_atanh,
    [FN_abs] = ca_abs, [FN_re] = ca_re, [FN_im] = ca_im, [FN_conj] = ca_conj, [FN_arg] = ca_arg,
    [FN_gamma] = ca_gamma, [FN_erf] = ca_erf, [FN_erfc] = ca_erfc,
};

static void exact_constant(ca_t r, Constant c, ca_ctx_t ctx)
{
    switch (c) {
    case CONSTANT_PI:    ca_pi(r, ctx); return;
    case CONSTANT_E:     ca_one(r, ctx); ca_exp(r, r, ctx); return;
    case CONSTANT_EULER: ca_euler(r, ctx); return;
    case CONSTANT_I:     ca_i(r, ctx); return;
    case CONSTANT_OO: case CONSTANT_UNDEFINED: case CONSTANT_TRUE: case CONSTANT_FALSE: break;
    }
    ca_unknown(r, ctx);
}

/* The root of a number so long that the search for its factors, by elliptic curves, would take seconds. */
static bool is_long_root(const Expr *e)
{
    if (!expr_is_number(e->arg[0]) || !expr_is_number(e->arg[1]) || expr_is_integer(e->arg[1]))
        return false;
    const fmpq *base = expr_number(e->arg[0]);
    return fmpz_bits(fmpq_numref(base)) > MAX_RADICAND_BITS || fmpz_bits(fmpq_denref(base)) > MAX_RADICAND_BITS;
}

/* The number of node e; arg(i) is that of its i-th argument. What has no exact form stays unknown, and so does all above. */
static void exact_node(ca_t r, const Expr *e, ca_struct *const *arg, ca_ctx_t ctx)
{
    if (e->kind == EXPR_NUMBER) {
        ca_set_fmpq(r, expr_number(e), ctx);
    } else if (e->kind == EXPR_CONSTANT) {
        exact_constant(r, e->constant, ctx);
    } else if (e->kind == EXPR_ADD || e->kind == EXPR_MUL) {
        ca_set(r, arg[0], ctx);
        for (uint32_t i = 1; i < e->arity; i++)
            e->kind == EXPR_ADD ? ca_add(r, r, arg[i], ctx) : ca_mul(r, r, arg[i], ctx);
    } else if (e->kind == EXPR_POW) {
        if (expr_is_number(e->arg[1]) && fmpz_bits(fmpq_numref(expr_number(e->arg[1]))) > MAX_POWER_BITS)
            ca_unknown(r, ctx);
        else if (is_long_root(e))
            ca_unknown(r, ctx);
        else
            ca_pow(r, arg[0], arg[1], ctx);
    } else if (expr_is_call(e, FN_root_of)) {
        qqbar_t root;
        qqbar_init(root);
        expr_root_exact(e, root) ? ca_set_qqbar(r, root, ctx) : ca_unknown(r, ctx);
        qqbar_clear(root);
    } else if (e->kind == EXPR_CALL && e->arity == 1 && exact_rule[e->fn->id]) {
        exact_rule[e->fn->id](r, arg[0], ctx);
    } else {
        ca_unknown(r, ctx);
    }
}

static size_t position(Nodes nodes, const Expr *e)
{
    size_t low = 0, high = nodes.n;
    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;
        *(nodes.at[middle]->id <= e->id ? &low : &high) = middle;
    }
    return low;
}

static Truth decide(Arena *scratch, Nodes nodes, ca_struct *value, ca_ctx_t ctx)
{
    for (size_t k = 0; k < nodes.n; k++) {
        const Expr *e = nodes.at[k];
        ca_struct **arg = arena_array(scratch, ca_struct *, e->arity + 1);
        for (uint32_t i = 0; i < e->arity; i++)
            arg[i] = value + position(nodes, e->arg[i]);
        if (should_stop())
            return UNKNOWN;
        exact_node(value + k, e, arg, ctx);
        if (ca_is_special(value + k, ctx))
            return UNKNOWN;
    }
    truth_t zero = ca_check_is_zero(value + nodes.n - 1, ctx);
    return zero == T_TRUE ? YES : zero == T_FALSE ? NO : UNKNOWN;
}

Truth exact_is_zero(Pool *p, const Expr *e)
{
    Arena *scratch = pool_scratch(p);
    Mark   mark = arena_mark(scratch);
    Nodes  nodes = expr_nodes(p, scratch, &e, 1);
    Truth  answer = UNKNOWN;
    if (nodes.n <= MAX_NODES) {
        ca_ctx_t ctx;
        ca_ctx_init(ctx);
        ctx->options[CA_OPT_PREC_LIMIT] = MAX_PREC;
        ctx->options[CA_OPT_QQBAR_DEG_LIMIT] = MAX_DEGREE;
        ca_struct *value = arena_array(scratch, ca_struct, nodes.n);
        for (size_t k = 0; k < nodes.n; k++)
            ca_init(value + k, ctx);
        answer = decide(scratch, nodes, value, ctx);
        for (size_t k = 0; k < nodes.n; k++)
            ca_clear(value + k, ctx);
        ca_ctx_clear(ctx);
    }
    arena_release(scratch, mark);
    return answer;
}
