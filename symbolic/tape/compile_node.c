/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The instructions of one node. Sums become multiply-adds (two roundings each, so fusing changes no bit), products gather
 * their uniform factors first and divide once at the end, small whole powers are multiplied out by squaring. Nodes as
 * typed keep one operation for each that was typed. */
#include "symbolic/algebra/algebraic.h"
#include "symbolic/tape/compile_int.h"

enum { MOST_SQUARINGS_POWER = 64, ROOT_DIGITS = 400 };

static const Expr *refuse(Compiler *c, const char *what)
{
    return pool_fail(c->pool, "%s cannot run in a number format", what);
}

/* ---- sums ------------------------------------------------------------------------------------------------------------------ */

/* Is it a product of two that nothing else needs, so that it can join the sum? */
static bool joins(Compiler *c, const Expr *term, const View *acc)
{
    const Place *p = place_of_node(c, term);
    bool         uniform = !p->lane && acc && !view_is_uniform(*acc);       /* then it is cheaper as a value of its own */
    return term->kind == EXPR_MUL && term->arity == 2 && p->uses == 1 && p->pass != (int)c->pass && !(p->pass >= 0 && !p->lane) && !uniform;
}

static bool negative_one(const Expr *e)
{
    return expr_is_int(e, -1);
}

/* acc + sign*term; acc NULL: the first term. */
static View add_term(Compiler *c, const View *acc, const Expr *term, bool minus)
{
    if (!joins(c, term, acc)) {
        View v = view_of(c, term);
        return !acc ? (minus ? emit1(c, TAPE_NEG, v) : v) : emit2(c, minus ? TAPE_SUB : TAPE_ADD, *acc, v);
    }
    const Expr *a = term->arg[0], *b = term->arg[1];
    if (negative_one(a)) {
        View v = view_of(c, b);
        return !acc ? emit1(c, TAPE_NEG, v) : emit2(c, minus ? TAPE_ADD : TAPE_SUB, *acc, v);
    }
    View va = view_of(c, a), vb = view_of(c, b);
    if (acc)
        return emit(c, minus ? TAPE_MULSUB : TAPE_MULADD, FN_exp, 0, va, vb, *acc);
    View product = emit2(c, TAPE_MUL, va, vb);
    return minus ? emit1(c, TAPE_NEG, product) : product;
}

/* d += the terms of e that are vectors placed among zeros. */
static View sum_of_placed(Compiler *c, const Expr *e, View d)
{
    add_all_placed(c, d, e->arg, e->arity, c->entries);
    return d;
}

static View sum_terms(Compiler *c, const Expr *e)
{
    bool         typed = e->flags & EXPR_AS_TYPED;
    const Expr **term = arena_array(c->scratch, const Expr *, e->arity);
    uint32_t     n = 0, first = 0, placed = 0;
    for (uint32_t i = 0; !typed && c->entries > 1 && i < e->arity; i++)
        placed += is_placed(c, e->arg[i]);
    for (int lane = 0; lane < 2; lane++)            /* canonical sums: uniform terms before those of lanes */
        for (uint32_t i = 0; i < e->arity; i++)
            if ((typed ? !lane : place_of_node(c, e->arg[i])->lane == lane) && !(placed && is_placed(c, e->arg[i])))
                term[n++] = e->arg[i];
    if (n == 0)
        return sum_of_placed(c, e, zero_column(c, c->entries, place_of_node(c, e)->lane));
    while (!typed && first + 1 < n && term[first]->kind == EXPR_MUL && negative_one(term[first]->arg[0]) && !place_of_node(c, term[first + 1])->lane)
        first++;                                    /* a leading minus would cost an instruction */
    View acc = add_term(c, NULL, term[first], false);
    for (uint32_t i = 0; i < n; i++)
        if (i != first)
            acc = add_term(c, &acc, term[i], false);
    return placed ? sum_of_placed(c, e, own_column(c, acc, c->entries)) : acc;
}

/* ---- products and powers ------------------------------------------------------------------------------------------------------- */

static View whole_power(Compiler *c, View base, ulong n)
{
    View result = base;
    bool have = false;
    for (; n; n >>= 1) {
        if (n & 1) {
            result = have ? emit2(c, TAPE_MUL, result, base) : base;
            have = true;
        }
        if (n > 1)
            base = emit2(c, TAPE_MUL, base, base);
    }
    return result;
}

/* base^|exponent| of a factor whose exponent is a rational number. */
static View positive_power(Compiler *c, const Expr *base, const Expr *exponent)
{
    View  b = view_of(c, base);
    slong n, d;
    if (fmpz_fits_si(fmpq_numref(&exponent->number)) && fmpz_fits_si(fmpq_denref(&exponent->number))) {
        n = fmpz_get_si(fmpq_numref(&exponent->number));
        d = fmpz_get_si(fmpq_denref(&exponent->number));
        n = n < 0 ? -n : n;
        if (d == 1 && n <= MOST_SQUARINGS_POWER)
            return whole_power(c, b, (ulong)n);
        if (d == 2 && n == 1)
            return emit1(c, TAPE_SQRT, b);
        if (d == 2 && n == 3)
            return emit2(c, TAPE_MUL, b, emit1(c, TAPE_SQRT, b));
    }
    const Expr *size = expr_number_sign(exponent) < 0 ? expr_neg(c->pool, exponent) : exponent;
    return emit2(c, TAPE_POW, b, constant_view(c, size));
}

static bool is_divisor(const Expr *factor)
{
    return factor->kind == EXPR_POW && !(factor->flags & EXPR_AS_TYPED) && expr_is_number(factor->arg[1]) && expr_number_sign(factor->arg[1]) < 0;
}

typedef struct Factors { bool has_uniform, has_lane; View uniform, lane; } Factors;

static void multiply(Compiler *c, Factors *f, View v)
{
    bool uniform = view_is_uniform(v);
    bool *has = uniform ? &f->has_uniform : &f->has_lane;
    View *product = uniform ? &f->uniform : &f->lane;
    *product = *has ? emit2(c, TAPE_MUL, *product, v) : v;
    *has = true;
}

static View product_of(Compiler *c, const Factors *f)
{
    return f->has_uniform && f->has_lane ? emit2(c, TAPE_MUL, f->uniform, f->lane) : f->has_lane ? f->lane : f->uniform;
}

static View product_factors(Compiler *c, const Expr *e)
{
    Factors above = { 0 }, below = { 0 };
    for (uint32_t i = 0; i < e->arity; i++) {
        const Expr *factor = e->arg[i];
        const Place *p = place_of_node(c, factor);
        if (is_divisor(factor) && (p->pass < 0 || (p->lane && p->pass != (int)c->pass)))
            multiply(c, &below, positive_power(c, factor->arg[0], factor->arg[1]));
        else if (i > 0 || !negative_one(factor))
            multiply(c, &above, view_of(c, factor));
    }
    bool minus = negative_one(e->arg[0]), any_below = below.has_lane || below.has_uniform;
    if (!above.has_lane && !above.has_uniform) {
        above.uniform = constant_view(c, expr_int(c->pool, minus ? -1 : 1));
        above.has_uniform = true;
        minus = false;
    }
    if (above.has_uniform && below.has_uniform) {   /* one uniform quotient instead of work in every lane */
        above.uniform = emit2(c, TAPE_DIV, above.uniform, below.uniform);
        below.has_uniform = false;
        any_below = below.has_lane;
    }
    View v = product_of(c, &above);
    if (any_below)
        v = emit2(c, TAPE_DIV, v, product_of(c, &below));
    return minus ? emit1(c, TAPE_NEG, v) : v;
}

static View typed_product(Compiler *c, const Expr *e)
{
    View v = view_of(c, e->arg[0]);
    for (uint32_t i = 1; i < e->arity; i++)
        v = emit2(c, TAPE_MUL, v, view_of(c, e->arg[i]));
    return v;
}

static View power(Compiler *c, const Expr *e)
{
    const Expr *base = e->arg[0], *exponent = e->arg[1];
    if (expr_is_constant(base, CONSTANT_E))
        return emit(c, TAPE_CALL, FN_exp, 1, view_of(c, exponent), view_of(c, exponent), view_of(c, exponent));
    if (e->flags & EXPR_AS_TYPED) {
        View b = view_of(c, base);
        return expr_is_int(exponent, 2) ? emit2(c, TAPE_MUL, b, b) : emit2(c, TAPE_POW, b, view_of(c, exponent));
    }
    if (!expr_is_number(exponent))
        return emit2(c, TAPE_POW, view_of(c, base), view_of(c, exponent));
    View v = positive_power(c, base, exponent);
    return expr_number_sign(exponent) < 0 ? emit2(c, TAPE_DIV, constant_view(c, c->one), v) : v;
}

/* ---- conditions -------------------------------------------------------------------------------------------------------------------- */

static View relation(Compiler *c, const Expr *e)
{
    View a = view_of(c, e->arg[0]), b = view_of(c, e->arg[1]);
    switch (e->relop) {
    case REL_LT: return emit2(c, TAPE_LT, a, b);
    case REL_LE: return emit2(c, TAPE_LE, a, b);
    case REL_GT: return emit2(c, TAPE_LT, b, a);
    case REL_GE: return emit2(c, TAPE_LE, b, a);
    case REL_NE: return emit2(c, TAPE_NE, a, b);
    case REL_EQ: break;
    }
    return emit2(c, TAPE_EQ, a, b);
}

/* Truth values are 1 and 0: and is the product, or the maximum. */
static View logic(Compiler *c, const Expr *e)
{
    View v = view_of(c, e->arg[0]);
    for (uint32_t i = 1; i < e->arity; i++) {
        View w = view_of(c, e->arg[i]);
        v = e->kind == EXPR_AND ? emit2(c, TAPE_MUL, v, w) : emit(c, TAPE_CALL, FN_max, 2, v, w, w);
    }
    return e->kind == EXPR_NOT ? emit2(c, TAPE_SUB, constant_view(c, c->one), v) : v;
}

static View piecewise(Compiler *c, const Expr *e)
{
    View v = view_of(c, e->arg[e->arity - 1]);
    for (uint32_t i = e->arity - 1; i >= 2; i -= 2)
        v = emit(c, TAPE_SELECT, FN_exp, 0, view_of(c, e->arg[i - 2]), v, view_of(c, e->arg[i - 1]));
    return v;
}

static bool function(Compiler *c, const Expr *e, View *out)
{
    if (e->fn->id == FN_min || e->fn->id == FN_max) {
        *out = view_of(c, e->arg[0]);
        for (uint32_t i = 1; i < e->arity; i++) {
            View v = view_of(c, e->arg[i]);
            *out = emit(c, TAPE_CALL, e->fn->id, 2, *out, v, v);
        }
        return true;
    }
    if (e->fn->id == FN_root_of) {
        const Expr *ball = expr_root_ball(c->pool, e, ROOT_DIGITS);
        if (ball && ball->kind == EXPR_BALL)
            *out = constant_view(c, ball);
        return ball && (ball->kind == EXPR_BALL || refuse(c, e->fn->name));
    }
    if (e->arity > 3)
        return refuse(c, e->fn->name) != NULL;
    if (e->fn->id == FN_stop_gradient) {
        *out = view_of(c, e->arg[0]);
        return true;
    }
    View a = view_of(c, e->arg[0]), b = e->arity > 1 ? view_of(c, e->arg[1]) : a, third = e->arity > 2 ? view_of(c, e->arg[2]) : a;
    *out = e->fn->id == FN_sqrt ? emit1(c, TAPE_SQRT, a) : emit(c, TAPE_CALL, e->fn->id, e->arity, a, b, third);
    return true;
}

/* ---- the switch ------------------------------------------------------------------------------------------------------------------------ */

bool compile_node(Compiler *c, const Expr *e, View *out)
{
    bool typed = e->flags & EXPR_AS_TYPED;
    switch ((ExprKind)e->kind) {
    case EXPR_NUMBER: case EXPR_BALL:
        *out = constant_view(c, e);
        return true;
    case EXPR_CONSTANT:
        if (e->constant == CONSTANT_I)
            return refuse(c, "the imaginary unit") != NULL;
        if (e->constant == CONSTANT_UNDEFINED)
            return refuse(c, "an undefined value") != NULL;
        *out = constant_view(c, e);
        return true;
    case EXPR_SYMBOL:
        return pool_fail(c->pool, "%.*s has no value", STR_ARGS(e->name)) != NULL;
    case EXPR_ADD:       *out = sum_terms(c, e); return true;
    case EXPR_MUL:       *out = typed ? typed_product(c, e) : product_factors(c, e); return true;
    case EXPR_POW:       *out = power(c, e); return true;
    case EXPR_SUB: {
        View first = view_of(c, e->arg[0]);
        *out = add_term(c, &first, e->arg[1], true);
        return true;
    }
    case EXPR_DIV:       *out = emit2(c, TAPE_DIV, view_of(c, e->arg[0]), view_of(c, e->arg[1])); return true;
    case EXPR_NEG:       *out = emit1(c, TAPE_NEG, view_of(c, e->arg[0])); return true;
    case EXPR_CALL:      return function(c, e, out);
    case EXPR_PIECEWISE: *out = piecewise(c, e); return true;
    case EXPR_RELATION:  *out = relation(c, e); return true;
    case EXPR_AND: case EXPR_OR: case EXPR_NOT:
        *out = logic(c, e);
        return true;
    case EXPR_UNKNOWN:   return refuse(c, "an unknown function") != NULL;
    case EXPR_TENSOR: case EXPR_MATMUL: case EXPR_MATRIX:
        return compile_matrix(c, e, out);
    case EXPR_ORDER:     return refuse(c, "an order term") != NULL;
    case EXPR_AXIS: case EXPR_COLUMN: case EXPR_COUNT: case EXPR_OVER:
        break;                      /* placed by compile.c */
    }
    return false;
}
