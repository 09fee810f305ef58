/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Operations in balls: the true value of every node, and backwards the derivative of the result in every node. A derivative of a function is
 * the rule of its row, run as a list of operations of its own. At a kink inside a ball abs, max and min have all slopes between those of both sides. */
#include "symbolic/expr/operations.h"

enum { MOST_OPERANDS = 64 };

/* ---- values ------------------------------------------------------------------------------------------------------------------ */

static void unknown_truth(arb_t r) { arb_indeterminate(r); }

static void relation_ball(arb_t r, Relop op, const arb_t u, const arb_t v)
{
    int yes = 0, no = 0;
    if (!arb_is_finite(u) || !arb_is_finite(v)) {
        unknown_truth(r);
        return;
    }
    switch (op) {
    case REL_EQ: yes = arb_is_exact(u) && arb_equal(u, v), no = !arb_overlaps(u, v); break;
    case REL_NE: no = arb_is_exact(u) && arb_equal(u, v), yes = !arb_overlaps(u, v); break;
    case REL_LT: yes = arb_lt(u, v), no = arb_ge(u, v); break;
    case REL_LE: yes = arb_le(u, v), no = arb_gt(u, v); break;
    case REL_GT: yes = arb_gt(u, v), no = arb_le(u, v); break;
    case REL_GE: yes = arb_ge(u, v), no = arb_lt(u, v); break;
    }
    if (yes || no)
        arb_set_si(r, yes);
    else
        unknown_truth(r);
}

static void logic_ball(arb_t r, const Operation *o, arb_srcptr value)
{
    bool all = true, any = false, known = true;
    for (uint32_t i = 0; i < o->n; i++) {
        arb_srcptr x = value + o->arg[i];
        known = known && arb_is_finite(x);
        all = all && arb_is_one(x);
        any = any || arb_is_one(x);
    }
    if (o->kind == EXPR_OR && any)
        arb_one(r);
    else if (!known)
        unknown_truth(r);
    else
        arb_set_si(r, o->kind == EXPR_AND ? all : o->kind == EXPR_OR ? any : !any);
}

/* The operand that the `if` takes, or the list's length where a condition is not decided. */
static uint32_t taken_branch(const Operation *o, arb_srcptr value)
{
    for (uint32_t i = 0; i + 1 < o->n; i += 2) {
        if (arb_is_one(value + o->arg[i]))
            return i + 1;
        if (!arb_is_zero(value + o->arg[i]))
            return o->n;
    }
    return o->n - 1;
}

static void piecewise_ball(arb_t r, const Operation *o, arb_srcptr value, slong prec)
{
    uint32_t i = taken_branch(o, value);
    if (i < o->n) {
        arb_set(r, value + o->arg[i]);
        return;
    }
    arb_set(r, value + o->arg[o->n - 1]);                   /* not decided: the hull of all branches */
    for (i = 1; i < o->n; i += 2)
        arb_union(r, r, value + o->arg[i], prec);
}

/* The square of a wide ball by its ends: the product of balls would reach below them, even below 0. */
static void square(arb_t r, const arb_t u, slong prec)
{
    enum { WIDE_BITS = 20 };
    if (arb_is_exact(u) || arb_rel_accuracy_bits(u) >= WIDE_BITS || !arb_is_finite(u)) {
        arb_sqr(r, u, prec);
        return;
    }
    arf_t low, high;
    arf_init(low);
    arf_init(high);
    bool around_zero = arb_contains_zero(u);
    arb_get_abs_lbound_arf(low, u, prec);
    arb_get_abs_ubound_arf(high, u, prec);
    arf_mul(low, low, low, prec, ARF_RND_DOWN);
    arf_mul(high, high, high, prec, ARF_RND_UP);
    if (around_zero)
        arf_zero(low);
    arb_set_interval_arf(r, low, high, prec);
    if (around_zero)
        arb_nonnegative_part(r, r);
    arf_clear(low);
    arf_clear(high);
}

static void power_ball(arb_t r, const arb_t u, const arb_t v, slong prec)
{
    if (arb_is_exact(v) && arb_is_int(v) && arf_cmpabs_2exp_si(arb_midref(v), 40) < 0) {
        slong n = arf_get_si(arb_midref(v), ARF_RND_NEAR);
        n == 2 ? square(r, u, prec) : arb_pow_ui(r, u, (ulong)(n < 0 ? -n : n), prec);
        if (n % 2 == 0 && arb_contains_zero(u) && !arb_is_exact(u))
            arb_nonnegative_part(r, r);
        if (n < 0)
            arb_inv(r, r, prec);
    } else if (arb_is_zero(u) && arb_is_positive(v)) {
        arb_zero(r);
    } else {
        arb_pow(r, u, v, prec);
    }
}

static void constant_ball(arb_t r, const Expr *e, slong prec)
{
    switch (e->constant) {
    case CONSTANT_PI:    arb_const_pi(r, prec); break;
    case CONSTANT_E:     arb_const_e(r, prec); break;
    case CONSTANT_EULER: arb_const_euler(r, prec); break;
    case CONSTANT_TRUE:  arb_one(r); break;
    case CONSTANT_FALSE: arb_zero(r); break;
    case CONSTANT_OO:    arb_pos_inf(r); break;
    case CONSTANT_I: case CONSTANT_UNDEFINED: arb_indeterminate(r); break;
    }
}

static void call_ball(arb_t r, const Operation *o, arb_srcptr value, slong prec)
{
    arb_ptr arg = _arb_vec_init(o->n);
    bool    finite = true;
    for (uint32_t i = 0; i < o->n; i++) {
        arb_set(arg + i, value + o->arg[i]);
        finite = finite && arb_is_finite(arg + i);
    }
    if (!finite || (o->e->fn->outside && o->e->fn->outside(arg)))
        arb_indeterminate(r);
    else
        o->e->fn->real(r, arg, o->n, prec);
    _arb_vec_clear(arg, o->n);
}

void operation_ball(const Operations *ops, size_t k, arb_srcptr x, slong prec, arb_ptr value)
{
    const Operation *o = &ops->at[k];
    arb_ptr          r = value + k;
    arb_srcptr       u = o->n ? value + o->arg[0] : NULL, v = o->n > 1 ? value + o->arg[1] : NULL;
    switch (o->kind) {
    case EXPR_NUMBER:    arb_set_fmpq(r, expr_number(o->e), prec); break;
    case EXPR_CONSTANT:  constant_ball(r, o->e, prec); break;
    case EXPR_SYMBOL:    arb_set(r, x + o->variable); break;
    case EXPR_ADD:       arb_add(r, u, v, prec); break;
    case EXPR_SUB:       u == v ? arb_zero(r) : arb_sub(r, u, v, prec); break;
    case EXPR_MUL:       u == v ? square(r, u, prec) : arb_mul(r, u, v, prec); break;
    case EXPR_DIV:       arb_div(r, u, v, prec); break;
    case EXPR_NEG:       arb_neg(r, u); break;
    case EXPR_POW:       power_ball(r, u, v, prec); break;
    case EXPR_CALL:      call_ball(r, o, value, prec); break;
    case EXPR_RELATION:  relation_ball(r, o->e->relop, u, v); break;
    case EXPR_AND: case EXPR_OR: case EXPR_NOT: logic_ball(r, o, value); break;
    case EXPR_PIECEWISE: piecewise_ball(r, o, value, prec); break;
    case EXPR_BALL: case EXPR_UNKNOWN: case EXPR_TENSOR: case EXPR_MATMUL: case EXPR_MATRIX: case EXPR_ORDER: case EXPR_AXIS: case EXPR_COLUMN:
    case EXPR_COUNT: case EXPR_OVER: arb_indeterminate(r); break;
    }
}

void operations_balls(const Operations *o, arb_srcptr x, slong prec, arb_ptr value)
{
    for (size_t k = 0; k < o->n; k++)
        operation_ball(o, k, x, prec, value);
}

/* ---- slopes ------------------------------------------------------------------------------------------------------------------ */

static void slope_of_sign(arb_t out, const arb_t u)        /* 1 where u > 0, -1 where u < 0 */
{
    if (arb_is_positive(u)) {
        arb_one(out);
    } else if (arb_is_negative(u)) {
        arb_set_si(out, -1);
    } else {
        arb_zero(out);
        arb_add_error_2exp_si(out, 0);
    }
}

static void slope_of_extreme(arb_t out, bool largest, const arb_t mine, const arb_t other)
{
    if (arb_gt(mine, other) || arb_lt(mine, other)) {
        arb_set_si(out, arb_gt(mine, other) == largest);
    } else {
        arb_set_d(out, 0.5);
        arb_add_error_2exp_si(out, -1);
    }
}

static void slope_of_call(arb_t out, const Operation *o, uint32_t i, arb_srcptr value, slong prec)
{
    FnId id = o->e->fn->id;
    if (id == FN_abs) {
        slope_of_sign(out, value + o->arg[0]);
        return;
    }
    if ((id == FN_max || id == FN_min) && o->n == 2) {
        slope_of_extreme(out, id == FN_max, value + o->arg[i], value + o->arg[1 - i]);
        return;
    }
    const Operations *rule = o->partial ? o->partial[i] : NULL;
    if (!rule) {
        arb_indeterminate(out);
        return;
    }
    arb_ptr arg = _arb_vec_init(o->n), run = _arb_vec_init((slong)rule->n);
    for (uint32_t j = 0; j < o->n; j++)
        arb_set(arg + j, value + o->arg[j]);
    operations_balls(rule, arg, prec, run);
    arb_set(out, run + rule->n - 1);
    _arb_vec_clear(run, (slong)rule->n);
    _arb_vec_clear(arg, o->n);
}

static void slope_of_power(arb_t out, const Operations *ops, const Operation *o, uint32_t i, arb_srcptr value, slong prec)
{
    arb_srcptr u = value + o->arg[0], v = value + o->arg[1];
    arb_t      t;
    arb_init(t);
    if (i == 0) {
        arb_sub_ui(t, v, 1, prec);
        power_ball(t, u, t, prec);
        arb_mul(out, t, v, prec);
    } else if (ops->at[o->arg[1]].kind == EXPR_NUMBER && arb_is_int(v)) {
        arb_zero(out);
    } else {
        power_ball(t, u, v, prec);
        arb_log(out, u, prec);
        arb_mul(out, out, t, prec);
    }
    arb_clear(t);
}

void operation_partial(const Operations *ops, size_t k, uint32_t i, arb_srcptr value, slong prec, arb_t out)
{
    const Operation *o = &ops->at[k];
    arb_srcptr       u = value + o->arg[0], v = o->n > 1 ? value + o->arg[1] : NULL;
    switch (o->kind) {
    case EXPR_ADD:  arb_one(out); break;
    case EXPR_SUB:  arb_set_si(out, i == 0 ? 1 : -1); break;
    case EXPR_NEG:  arb_set_si(out, -1); break;
    case EXPR_MUL:  arb_set(out, i == 0 ? v : u); break;
    case EXPR_DIV:
        if (i == 0) {
            arb_inv(out, v, prec);
        } else {
            arb_div(out, value + k, v, prec);
            arb_neg(out, out);
        }
        break;
    case EXPR_POW:  slope_of_power(out, ops, o, i, value, prec); break;
    case EXPR_CALL: slope_of_call(out, o, i, value, prec); break;
    case EXPR_PIECEWISE: {
        uint32_t taken = taken_branch(o, value);
        arb_set_si(out, i == taken);
        if (taken >= o->n && (i % 2 == 1 || i + 1 == o->n)) {
            arb_set_d(out, 0.5);
            arb_add_error_2exp_si(out, -1);
        }
        break;
    }
    case EXPR_RELATION: case EXPR_AND: case EXPR_OR: case EXPR_NOT: case EXPR_NUMBER: case EXPR_CONSTANT: case EXPR_SYMBOL:
        arb_zero(out);
        break;
    case EXPR_BALL: case EXPR_UNKNOWN: case EXPR_TENSOR: case EXPR_MATMUL: case EXPR_MATRIX: case EXPR_ORDER: case EXPR_AXIS: case EXPR_COLUMN:
    case EXPR_COUNT: case EXPR_OVER: arb_indeterminate(out); break;
    }
}

void operations_slopes(const Operations *o, arb_srcptr value, slong prec, arb_ptr slope)
{
    arb_t d;
    arb_init(d);
    for (size_t k = 0; k < o->n; k++)
        arb_zero(slope + k);
    arb_one(slope + o->n - 1);
    for (size_t k = o->n; k-- > 0;)
        for (uint32_t i = 0; i < o->at[k].n && !arb_is_zero(slope + k); i++) {
            operation_partial(o, k, i, value, prec, d);
            if (!arb_is_zero(d))
                arb_addmul(slope + o->at[k].arg[i], slope + k, d, prec);
        }
    arb_clear(d);
}
