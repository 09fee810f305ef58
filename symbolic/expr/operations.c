/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The list of operations of an expression, and its runs in doubles and in a format. Both branches of an `if` are computed and one is taken. */
#include "symbolic/expr/operations.h"

#include "numeric/tape.h"
#include "symbolic/calculus/diff.h"
#include "symbolic/expr/memo.h"
#include "symbolic/expr/show.h"

#include <math.h>
#include <string.h>

enum { MOST_OPERATIONS = 5000, MOST_OPERANDS = 64 };

/* ---- the list --------------------------------------------------------------------------------------------------------------- */

static double nearest_double(const Expr *e)
{
    Format f;
    double x = NAN;
    if (e->kind == EXPR_NUMBER && format_named(STR("fp64"), &f))
        format_set_fmpq(&f, &x, expr_number(e), NULL);
    else if (e->kind == EXPR_CONSTANT)
        x = e->constant == CONSTANT_PI ? 0x1.921fb54442d18p+1 : e->constant == CONSTANT_E ? 0x1.5bf0a8b145769p+1
          : e->constant == CONSTANT_EULER ? 0x1.2788cfc6fb619p-1 : e->constant == CONSTANT_OO ? INFINITY
          : e->constant == CONSTANT_TRUE ? 1 : e->constant == CONSTANT_FALSE ? 0 : NAN;
    return x;
}

static bool is_operation(const Expr *e)
{
    switch ((ExprKind)e->kind) {
    case EXPR_NUMBER: case EXPR_SYMBOL: case EXPR_ADD: case EXPR_SUB: case EXPR_MUL: case EXPR_DIV: case EXPR_NEG: case EXPR_POW: case EXPR_CALL:
    case EXPR_RELATION: case EXPR_AND: case EXPR_OR: case EXPR_NOT: case EXPR_PIECEWISE:
        return expr_is_scalar(e);
    case EXPR_CONSTANT:
        return e->constant != CONSTANT_I && e->constant != CONSTANT_UNDEFINED;
    case EXPR_BALL: case EXPR_UNKNOWN: case EXPR_TENSOR: case EXPR_MATMUL: case EXPR_MATRIX: case EXPR_ORDER: case EXPR_AXIS: case EXPR_COLUMN:
    case EXPR_COUNT: case EXPR_OVER:
        return false;
    }
    return false;
}

static bool find_variable(const Expr *e, const Expr *const *variable, size_t n, uint32_t *out)
{
    for (size_t i = 0; i < n; i++)
        if (variable[i] == e) {
            *out = (uint32_t)i;
            return true;
        }
    return false;
}

bool operations_of(Pool *p, Arena *a, const Expr *e, const Expr *const *variable, size_t variables, Operations *out)
{
    e = expr_typed_form(p, e);
    if (!e)
        return false;
    Arena     *scratch = arena_new();
    Nodes      nodes = expr_nodes(p, scratch, &e, 1);
    Operation *op = arena_array(a, Operation, nodes.n);
    Memo       place = memo_new(scratch);
    bool       fine = nodes.n <= MOST_OPERATIONS || (pool_fail(p, "the expression has more than %d operations", MOST_OPERATIONS), false);
    for (size_t k = 0; k < nodes.n && fine; k++) {
        const Expr *node = nodes.at[k];
        op[k] = (Operation){ .e = node, .kind = (ExprKind)node->kind, .n = node->arity, .value = nearest_double(node) };
        if (!is_operation(node) || node->arity > MOST_OPERANDS)
            fine = (pool_fail(p, "%s is no real number or operation on numbers", expr_text(pool_arena(p), p, node).s), false);
        else if (node->kind == EXPR_SYMBOL && !find_variable(node, variable, variables, &op[k].variable))
            fine = (pool_fail(p, "%.*s needs a value or a range", STR_ARGS(expr_plain_name(node))), false);
        uint32_t *arg = arena_array(a, uint32_t, node->arity);
        for (uint32_t i = 0; i < node->arity; i++)
            arg[i] = (uint32_t)((uintptr_t)memo_get(&place, node->arg[i]) - 1);
        op[k].arg = arg;
        memo_put(&place, node, (void *)(uintptr_t)(k + 1));
    }
    *out = (Operations){ nodes.n, variables, op };
    arena_delete(scratch);
    return fine;
}

/* The derivative of a function in its operand i, as operations of operands u[0], u[1], ... */
static const Operations *partial_of(Pool *p, Arena *a, const FnRow *fn, uint32_t n, uint32_t i)
{
    const Expr *u[MOST_OPERANDS];
    Operations *rule = arena_alloc(a, sizeof *rule);
    for (uint32_t j = 0; j < n; j++)
        u[j] = expr_symbol(p, str_printf(pool_arena(p), "operand %u", j + 1));
    const Expr *slope = expr_partial(p, typed_call(p, fn, u, n), i);        /* as typed: fma(u, v, w) would be u*v + w */
    bool        fine = slope && operations_of(p, a, slope, u, n, rule);
    pool_clear_error(p);
    return fine ? rule : NULL;
}

void operations_add_partials(Pool *p, Arena *a, Operations *o)
{
    Operation *op = (Operation *)(uintptr_t)o->at;      /* the list was made for this caller */
    for (size_t k = 0; k < o->n; k++) {
        FnId id = op[k].kind == EXPR_CALL ? op[k].e->fn->id : FN_COUNT;
        if (id == FN_COUNT || id == FN_abs || id == FN_max || id == FN_min)
            continue;
        const Operations **partial = arena_array(a, const Operations *, op[k].n);
        for (uint32_t i = 0; i < op[k].n; i++)
            partial[i] = partial_of(p, a, op[k].e->fn, op[k].n, i);
        op[k].partial = partial;
    }
}

/* ---- doubles ---------------------------------------------------------------------------------------------------------------- */

typedef double Unary(double);
typedef double Binary(double, double);

static double sign_of(double x) { return x > 0 ? 1 : x < 0 ? -1 : x; }
static double relu_of(double x) { return x > 0 ? x : isnan(x) ? x : 0; }

static Unary *const unary[FN_COUNT] = {
    [FN_exp] = exp, [FN_log] = log, [FN_log2] = log2, [FN_log10] = log10, [FN_log1p] = log1p, [FN_expm1] = expm1, [FN_sqrt] = sqrt, [FN_cbrt] = cbrt,
    [FN_abs] = fabs, [FN_sign] = sign_of, [FN_floor] = floor, [FN_ceil] = ceil, [FN_round] = round, [FN_sin] = sin, [FN_cos] = cos, [FN_tan] = tan,
    [FN_asin] = asin, [FN_acos] = acos, [FN_atan] = atan, [FN_sinh] = sinh, [FN_cosh] = cosh, [FN_tanh] = tanh, [FN_asinh] = asinh,
    [FN_acosh] = acosh, [FN_atanh] = atanh, [FN_erf] = erf, [FN_erfc] = erfc, [FN_gamma] = tgamma, [FN_lgamma] = lgamma, [FN_relu] = relu_of,
};
static Binary *const binary[FN_COUNT] = {
    [FN_min] = fmin, [FN_max] = fmax, [FN_atan2] = atan2, [FN_hypot] = hypot,
};

size_t operations_slow_calls(const Operations *o)
{
    size_t slow = 0;
    for (size_t k = 0; k < o->n; k++) {
        const Operation *op = &o->at[k];
        slow += op->kind == EXPR_CALL && op->e->fn->id != FN_fma && !(op->n == 1 && unary[op->e->fn->id]) && !(op->n == 2 && binary[op->e->fn->id]);
    }
    return slow;
}

static double call_exactly(const FnRow *fn, const double *arg, size_t n)
{
    Format f;
    double r = NAN;
    if (format_named(STR("fp64"), &f))
        format_call(&f, &r, fn, arg, n, NULL);
    return r;
}

static void call_doubles(const Operation *o, double *const *arg, size_t lanes, double *r)
{
    FnId id = o->e->fn->id;
    if (o->n == 1 && unary[id]) {
        for (size_t l = 0; l < lanes; l++)
            r[l] = unary[id](arg[0][l]);
    } else if (o->n == 2 && binary[id]) {
        for (size_t l = 0; l < lanes; l++)
            r[l] = binary[id](arg[0][l], arg[1][l]);
    } else if (id == FN_fma) {
        for (size_t l = 0; l < lanes; l++)
            r[l] = fma(arg[0][l], arg[1][l], arg[2][l]);
    } else {
        for (size_t l = 0; l < lanes; l++) {
            double x[MOST_OPERANDS];
            for (uint32_t i = 0; i < o->n; i++)
                x[i] = arg[i][l];
            r[l] = call_exactly(o->e->fn, x, o->n);
        }
    }
}

static double compared(Relop op, double x, double y)
{
    switch (op) {
    case REL_EQ: return x == y;
    case REL_NE: return x != y;
    case REL_LT: return x < y;
    case REL_LE: return x <= y;
    case REL_GT: return x > y;
    case REL_GE: return x >= y;
    }
    return NAN;
}

static double chosen(const Operation *o, double *const *arg, size_t l)
{
    for (uint32_t i = 0; i + 1 < o->n; i += 2)
        if (arg[i][l] != 0)
            return arg[i + 1][l];
    return arg[o->n - 1][l];
}

static double logical(const Operation *o, double *const *arg, size_t l)
{
    bool all = true, any = false;
    for (uint32_t i = 0; i < o->n; i++) {
        all = all && arg[i][l] != 0;
        any = any || arg[i][l] != 0;
    }
    return o->kind == EXPR_AND ? all : o->kind == EXPR_OR ? any : !any;
}

#define EACH(formula) for (size_t l = 0; l < lanes; l++) r[l] = (formula)

static void run_doubles(const Operation *o, const double *x, double *const *arg, size_t lanes, double *r)
{
    const double *u = o->n ? arg[0] : NULL, *v = o->n > 1 ? arg[1] : NULL;
    switch (o->kind) {
    case EXPR_NUMBER: case EXPR_CONSTANT: EACH(o->value); break;
    case EXPR_SYMBOL:    memcpy(r, x + o->variable * lanes, lanes * sizeof *r); break;
    case EXPR_ADD:       EACH(u[l] + v[l]); break;
    case EXPR_SUB:       EACH(u[l] - v[l]); break;
    case EXPR_MUL:       EACH(u[l] * v[l]); break;
    case EXPR_DIV:       EACH(u[l] / v[l]); break;
    case EXPR_NEG:       EACH(-u[l]); break;
    case EXPR_POW:       EACH(v[l] == 2 ? u[l] * u[l] : pow(u[l], v[l])); break;
    case EXPR_CALL:      call_doubles(o, arg, lanes, r); break;
    case EXPR_RELATION:  EACH(compared(o->e->relop, u[l], v[l])); break;
    case EXPR_PIECEWISE: EACH(chosen(o, arg, l)); break;
    case EXPR_AND: case EXPR_OR: case EXPR_NOT: EACH(logical(o, arg, l)); break;
    case EXPR_BALL: case EXPR_UNKNOWN: case EXPR_TENSOR: case EXPR_MATMUL: case EXPR_MATRIX: case EXPR_ORDER: case EXPR_AXIS: case EXPR_COLUMN:
    case EXPR_COUNT: case EXPR_OVER: EACH(NAN); break;
    }
}

void operations_doubles(const Operations *o, const double *x, size_t lanes, double *value)
{
    for (size_t k = 0; k < o->n; k++) {
        double *arg[MOST_OPERANDS];
        for (uint32_t i = 0; i < o->at[k].n; i++)
            arg[i] = value + o->at[k].arg[i] * lanes;
        run_doubles(&o->at[k], x, arg, lanes, value + k * lanes);
    }
}

/* ---- a format ----------------------------------------------------------------------------------------------------------------- */

static void instruction_in_format(const Format *f, TapeOp op, uint32_t d, uint32_t a, uint32_t b, void *value, Rng *random)
{
    Instruction i = { .op = (uint16_t)op, .rows = 1, .lanes = 1, .d = { .off = d }, .a = { .off = a }, .b = { .off = b }, .c = { .off = b } };
    void *const bank[] = { value };
    f->kernels->run(f, &i, &(Banks){ bank, random, false }, 1);
}

static void leaf_in_format(const Operation *o, const Format *f, void *x, Rng *random)
{
    if (o->kind == EXPR_NUMBER)
        format_set_fmpq(f, x, expr_number(o->e), random);
    else if (o->e->constant == CONSTANT_OO)
        format_set_class(f, x, FLOAT_INFINITE);
    else if (o->e->constant == CONSTANT_TRUE || o->e->constant == CONSTANT_FALSE)
        format_set_double(f, x, o->e->constant == CONSTANT_TRUE, random);
    else
        format_set_constant(f, x, o->e->constant == CONSTANT_PI ? FLOAT_PI : o->e->constant == CONSTANT_E ? FLOAT_E : FLOAT_EULER, random);
}

/* Lane l of operation k; every operation has `lanes` of them. */
static void truth_in_format(const Operations *o, size_t k, const Format *f, void *value, size_t lanes, size_t l, Rng *random)
{
    const Operation *op = &o->at[k];
    double           x[MOST_OPERANDS], *arg[MOST_OPERANDS];
    void            *to = format_at(f, value, k * lanes + l);
    if (op->kind == EXPR_RELATION) {
        const void *left = format_at(f, value, op->arg[0] * lanes + l), *right = format_at(f, value, op->arg[1] * lanes + l);
        fmpq_t      u, v;
        fmpq_init(u);
        fmpq_init(v);
        FloatClass a = format_get_fmpq(f, left, u), b = format_get_fmpq(f, right, v);
        double     order = fmpq_cmp(u, v);
        x[0] = a == FLOAT_FINITE && b == FLOAT_FINITE ? order : format_get_double(f, left);
        x[1] = a == FLOAT_FINITE && b == FLOAT_FINITE ? 0 : format_get_double(f, right);
        format_set_double(f, to, compared(op->e->relop, x[0], x[1]), random);
        fmpq_clear(u);
        fmpq_clear(v);
        return;
    }
    for (uint32_t i = 0; i < op->n; i++) {
        x[i] = format_get_double(f, format_at(f, value, op->arg[i] * lanes + l));
        arg[i] = &x[i];
    }
    if (op->kind != EXPR_PIECEWISE) {
        format_set_double(f, to, logical(op, arg, 0), random);
        return;
    }
    uint32_t i = 0;
    while (i + 1 < op->n && x[i] == 0)
        i += 2;
    format_copy(f, to, format_at(f, value, op->arg[i + 1 < op->n ? i + 1 : op->n - 1] * lanes + l), 1);
}

void operation_in_format(const Operations *o, size_t k, const Format *f, void *value, Arena *a, Rng *random)
{
    const Operation *op = &o->at[k];
    uint32_t         u = op->n ? op->arg[0] : 0, v = op->n > 1 ? op->arg[1] : u, d = (uint32_t)k;
    switch (op->kind) {
    case EXPR_NUMBER: case EXPR_CONSTANT: leaf_in_format(op, f, format_at(f, value, k), random); break;
    case EXPR_SYMBOL: break;
    case EXPR_ADD: instruction_in_format(f, TAPE_ADD, d, u, v, value, random); break;
    case EXPR_SUB: instruction_in_format(f, TAPE_SUB, d, u, v, value, random); break;
    case EXPR_MUL: instruction_in_format(f, TAPE_MUL, d, u, v, value, random); break;
    case EXPR_DIV: instruction_in_format(f, TAPE_DIV, d, u, v, value, random); break;
    case EXPR_NEG: instruction_in_format(f, TAPE_NEG, d, u, v, value, random); break;
    case EXPR_POW: case EXPR_CALL: {
        Mark  mark = arena_mark(a);
        char *arg = format_lanes(f, a, op->n);
        for (uint32_t i = 0; i < op->n; i++)
            format_copy(f, arg + i * f->lane, format_at(f, value, op->arg[i]), 1);
        if (op->kind == EXPR_POW)
            format_power(f, format_at(f, value, k), arg, random);
        else
            format_call(f, format_at(f, value, k), op->e->fn, arg, op->n, random);
        arena_release(a, mark);
        break;
    }
    case EXPR_RELATION: case EXPR_AND: case EXPR_OR: case EXPR_NOT: case EXPR_PIECEWISE:
        truth_in_format(o, k, f, value, 1, 0, random);
        break;
    case EXPR_BALL: case EXPR_UNKNOWN: case EXPR_TENSOR: case EXPR_MATMUL: case EXPR_MATRIX: case EXPR_ORDER: case EXPR_AXIS: case EXPR_COLUMN:
    case EXPR_COUNT: case EXPR_OVER:
        format_set_class(f, format_at(f, value, k), FLOAT_NAN);
        break;
    }
}

/* ---- a format, many points ---------------------------------------------------------------------------------------------------------- */

static View lanes_view(size_t off) { return (View){ .off = (uint32_t)off, .lane_stride = 1 }; }

static void instruction_on_lanes(const Operations *o, size_t k, const Format *f, TapeOp op, size_t lanes, void *value)
{
    const Operation *e = &o->at[k];
    size_t           u = e->n ? e->arg[0] : 0, v = e->n > 1 ? e->arg[1] : u, w = e->n > 2 ? e->arg[2] : v;
    Instruction      i = { .op = (uint16_t)op, .rows = 1, .lanes = (uint32_t)lanes, .k = e->n, .d = lanes_view(k * lanes), .a = lanes_view(u * lanes),
                           .b = lanes_view(v * lanes), .c = lanes_view(w * lanes) };
    void *const bank[] = { value };
    if (e->kind == EXPR_CALL)
        i.fn = (uint16_t)e->e->fn->id;
    f->kernels->run(f, &i, &(Banks){ bank, NULL, false }, lanes);
}

static void call_on_lanes(const Operations *o, size_t k, const Format *f, size_t lanes, void *value, Arena *scratch)
{
    const Operation *op = &o->at[k];
    if (op->n <= 2 && op->e->fn->id != FN_fma) {
        instruction_on_lanes(o, k, f, TAPE_CALL, lanes, value);
        return;
    }
    if (op->n == 3 && op->e->fn->id == FN_fma) {
        instruction_on_lanes(o, k, f, TAPE_FMA, lanes, value);
        return;
    }
    char *arg = format_lanes(f, scratch, op->n);
    for (size_t l = 0; l < lanes; l++) {
        for (uint32_t i = 0; i < op->n; i++)
            format_copy(f, arg + i * f->lane, format_at(f, value, op->arg[i] * lanes + l), 1);
        format_call(f, format_at(f, value, k * lanes + l), op->e->fn, arg, op->n, NULL);
    }
}

static void run_lanes(const Operations *o, size_t k, const Format *f, const void *x, size_t lanes, void *value, Arena *scratch)
{
    const Operation *op = &o->at[k];
    switch (op->kind) {
    case EXPR_NUMBER: case EXPR_CONSTANT:
        leaf_in_format(op, f, format_at(f, value, k * lanes), NULL);
        for (size_t l = 1; l < lanes; l++)
            format_copy(f, format_at(f, value, k * lanes + l), format_at(f, value, k * lanes), 1);
        break;
    case EXPR_SYMBOL: format_copy(f, format_at(f, value, k * lanes), format_at(f, x, op->variable * lanes), lanes); break;
    case EXPR_ADD: instruction_on_lanes(o, k, f, TAPE_ADD, lanes, value); break;
    case EXPR_SUB: instruction_on_lanes(o, k, f, TAPE_SUB, lanes, value); break;
    case EXPR_MUL: instruction_on_lanes(o, k, f, TAPE_MUL, lanes, value); break;
    case EXPR_DIV: instruction_on_lanes(o, k, f, TAPE_DIV, lanes, value); break;
    case EXPR_NEG: instruction_on_lanes(o, k, f, TAPE_NEG, lanes, value); break;
    case EXPR_POW: instruction_on_lanes(o, k, f, TAPE_POW, lanes, value); break;
    case EXPR_CALL: call_on_lanes(o, k, f, lanes, value, scratch); break;
    case EXPR_RELATION: case EXPR_AND: case EXPR_OR: case EXPR_NOT: case EXPR_PIECEWISE:
        for (size_t l = 0; l < lanes; l++)
            truth_in_format(o, k, f, value, lanes, l, NULL);
        break;
    case EXPR_BALL: case EXPR_UNKNOWN: case EXPR_TENSOR: case EXPR_MATMUL: case EXPR_MATRIX: case EXPR_ORDER: case EXPR_AXIS: case EXPR_COLUMN:
    case EXPR_COUNT: case EXPR_OVER:
        for (size_t l = 0; l < lanes; l++)
            format_set_class(f, format_at(f, value, k * lanes + l), FLOAT_NAN);
        break;
    }
}

void operations_run(const Operations *o, const Format *f, const void *x, size_t lanes, void *value, Arena *scratch)
{
    if (f->family == FAMILY_DOUBLE) {
        operations_doubles(o, x, lanes, value);
        return;
    }
    for (size_t k = 0; k < o->n; k++) {
        bool truth = o->at[k].kind == EXPR_RELATION || o->at[k].kind == EXPR_PIECEWISE || o->at[k].kind == EXPR_AND || o->at[k].kind == EXPR_OR
                  || o->at[k].kind == EXPR_NOT;
        if (truth && f->family == FAMILY_SMALL) {           /* 1, 0 and one of the operands: nothing is rounded */
            double *arg[MOST_OPERANDS], *all = value;
            for (uint32_t i = 0; i < o->at[k].n; i++)
                arg[i] = all + o->at[k].arg[i] * lanes;
            run_doubles(&o->at[k], x, arg, lanes, all + k * lanes);
        } else {
            run_lanes(o, k, f, x, lanes, value, scratch);
        }
    }
}
