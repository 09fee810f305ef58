/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Proofs of zero, in this order: the normal form over kernels, first of the real form, then of the exponential form
 * (proof_form.c); a derivative that is zero in every symbol on a connected domain, with a value that is zero at one point;
 * and the same in each case of the sign of a factor. Each step is sound alone, so a failure only means "not found". The work is
 * bounded by counting proofs, and all nodes live in a child pool that dies at the end. */
#include "symbolic/algebra/proof.h"

#include "base/interrupt.h"
#include "symbolic/algebra/poly.h"
#include "symbolic/algebra/proof_int.h"
#include "symbolic/calculus/diff.h"
#include "symbolic/expr/evaluate.h"
#include "symbolic/expr/exact.h"

enum { BUDGET = 60, DEPTH_LIMIT = 6, SIZE_LIMIT = 400, NODE_BUDGET = 100000, POINT_BITS = 256 };

typedef struct Proof {
    Pool       *pool;
    Arena      *arena;
    int         budget;             /* proofs that may still be tried */
    const char *why;
} Proof;

static bool prove(Proof *w, const Expr *e, int depth);

/* ---- where a real function may jump ------------------------------------------------------------------------------------------ */

static void need(Exprs *breaks, Arena *a, const Expr *u) { vec_push(a, breaks, u); }

static bool all_real(const Expr *e)
{
    for (uint32_t i = 0; i < e->arity; i++)
        if (!(e->arg[i]->flags & EXPR_REAL))
            return false;
    return true;
}

/* Is the call continuous where the noted factors are not zero? (Its derivative may be infinite at single points.) */
static bool call_is_continuous(Proof *w, const Expr *e, Exprs *breaks)
{
    Pool       *p = w->pool;
    Arena      *a = w->arena;
    const Expr *u = e->arg[0], *one = expr_int(p, 1);
    slong       n;
    switch ((int)e->fn->id) {
    case FN_exp: case FN_sin: case FN_cos: case FN_sinh: case FN_cosh: case FN_erf: case FN_erfc: case FN_erfi: case FN_si: case FN_shi:
        return true;
    case FN_tanh: case FN_atan: case FN_asinh: case FN_abs: case FN_asin: case FN_acos: case FN_acosh: case FN_sech: case FN_sigmoid:
    case FN_softplus: case FN_relu: case FN_hypot: case FN_max: case FN_min: case FN_expm1: case FN_cbrt:
        return all_real(e);
    case FN_log: case FN_log2: case FN_log10: case FN_sign: case FN_ei: case FN_ci: case FN_chi: case FN_coth: case FN_csch:
    case FN_acot: case FN_acsc: case FN_asec: case FN_acsch: case FN_asech:
        need(breaks, a, u);
        return all_real(e);
    case FN_log1p:
        need(breaks, a, expr_add(p, one, u));
        return all_real(e);
    case FN_atanh: case FN_acoth:
        need(breaks, a, expr_add(p, one, u));
        need(breaks, a, expr_sub(p, one, u));
        return all_real(e);
    case FN_gamma: case FN_lgamma: case FN_digamma: case FN_lambertw:
        return proof_of_sign(p, u) > 0;
    case FN_polygamma:
        return expr_is_number(u) && proof_of_sign(p, e->arg[1]) > 0;
    case FN_zeta: case FN_li:
        return proof_of_sign(p, expr_sub(p, u, one)) > 0;
    case FN_besselj: case FN_besseli:
        return expr_is_number(u) && ((expr_fits_slong(u, &n) && e->arg[1]->flags & EXPR_REAL) || proof_of_sign(p, e->arg[1]) > 0);
    case FN_bessely: case FN_besselk:
        return expr_is_number(u) && proof_of_sign(p, e->arg[1]) > 0;
    default:
        return false;
    }
}

static bool power_is_continuous(Proof *w, const Expr *e, Exprs *breaks)
{
    const Expr *base = e->arg[0], *exponent = e->arg[1];
    if (expr_is_numeric(base) && expr_is_numeric(exponent))
        return true;
    if (!expr_is_number(exponent) || expr_number_sign(exponent) < 0)
        need(breaks, w->arena, base);
    return expr_is_integer(exponent) || base->flags & EXPR_REAL;
}

static bool is_continuous(Proof *w, const Expr *e, Exprs *breaks)
{
    Nodes nodes = expr_nodes(w->pool, w->arena, &e, 1);
    for (size_t i = 0; i < nodes.n; i++) {
        const Expr *u = nodes.at[i];
        if (u->kind == EXPR_NUMBER || u->kind == EXPR_CONSTANT || u->kind == EXPR_SYMBOL || u->kind == EXPR_ADD || u->kind == EXPR_MUL)
            continue;
        if (u->kind == EXPR_POW ? !power_is_continuous(w, u, breaks) : u->kind != EXPR_CALL || !call_is_continuous(w, u, breaks))
            return false;
    }
    return true;
}

/* The irreducible factors of the breaks that may be zero. */
static bool break_factors(Proof *w, const Exprs *breaks, Exprs *out)
{
    for (size_t i = 0; i < breaks->n; i++) {
        const Expr *u = breaks->at[i], *e = u && !proof_of_sign(w->pool, u) ? expr_factor(w->pool, u) : NULL;
        if (!u)
            return false;
        const Expr *const *part = e && e->kind == EXPR_MUL ? e->arg : &e;
        for (size_t k = 0; e && k < (e->kind == EXPR_MUL ? e->arity : 1); k++) {
            const Expr *base = part[k]->kind == EXPR_POW && expr_is_number(part[k]->arg[1]) ? part[k]->arg[0] : part[k];
            if (!proof_of_sign(w->pool, base))
                vec_push(w->arena, out, base);
        }
    }
    return true;
}

/* ---- derivatives --------------------------------------------------------------------------------------------------------------- */

static bool constant_is_zero(Proof *w, const Expr *e)
{
    acb_t z;
    acb_init(z);
    bool finite = expr_enclose(w->pool, e, NULL, NULL, 0, POINT_BITS, z, NULL) == EVAL_OK, zero = finite && acb_contains_zero(z);
    acb_clear(z);
    return zero && (expr_is_zero(e) || expr_normal_is_zero(w->pool, e) || exact_is_zero(w->pool, e) == YES);
}

/* Is e zero with all symbols at some simple values? */
static bool zero_at_point(Proof *w, const Expr *e, Nodes symbols)
{
    static const slong at[][2] = { { 1, 1 }, { 1, 2 }, { 0, 1 }, { 2, 1 } };
    const Expr       **value = arena_array(w->arena, const Expr *, symbols.n + 1);
    for (size_t k = 0; k < sizeof at / sizeof *at; k++) {
        for (size_t i = 0; i < symbols.n; i++) {
            bool zero = at[k][0] == 0 && expr_is_positive_symbol(symbols.at[i]);
            value[i] = zero ? expr_int(w->pool, 3) : expr_ratio(w->pool, at[k][0], at[k][1]);
        }
        const Expr *c = expr_subst(w->pool, e, symbols.at, value, symbols.n);
        if (!c)
            pool_clear_error(w->pool);
        if (c && constant_is_zero(w, c))
            return true;
    }
    return false;
}

/* All derivatives zero, on a domain that is connected since every break has one sign there, and zero at a point. */
static bool by_derivative(Proof *w, const Expr *e, int depth)
{
    Nodes symbols = expr_symbols(w->pool, w->arena, e);
    if (!symbols.n || !zero_at_point(w, e, symbols))
        return false;
    for (size_t i = 0; i < symbols.n; i++) {
        const Expr *d = expr_diff(w->pool, e, symbols.at[i]);
        if (!d)
            pool_clear_error(w->pool);
        if (!d || !prove(w, d, depth - 1))
            return false;
    }
    w->why = "its derivative is zero, and so is one value";
    return true;
}

static bool is_transcendental(Proof *w, const Expr *e)
{
    Nodes nodes = expr_nodes(w->pool, w->arena, &e, 1);
    for (size_t i = 0; i < nodes.n; i++)
        if (nodes.at[i]->kind == EXPR_CALL && nodes.at[i]->flags & EXPR_HAS_SYMBOL && nodes.at[i]->fn->id != FN_abs)
            return true;
    return false;
}

/* ---- cases ---------------------------------------------------------------------------------------------------------------------- */

static bool in_cases(Proof *w, const Expr *e, const Exprs *factors, bool jumps, int depth)
{
    for (size_t i = 0; i < factors->n; i++) {
        Case   c[CASES];
        size_t n = sign_cases(w->pool, w->arena, factors->at[i], c);
        bool   all = n > 0;
        for (size_t k = 0; k < n && all; k++) {
            if (c[k].sign == 0 && !jumps)               /* the value there is that of its neighbours, or none */
                continue;
            const Expr *u = expr_subst(w->pool, e, &c[k].symbol, &c[k].value, 1);
            bool        undefined = !u && c[k].sign == 0 && expr_fresh(w->pool, c[k].symbol);     /* and not out of nodes */
            pool_clear_error(w->pool);
            all = undefined || (u && prove(w, u, depth - 1));
        }
        if (all) {
            w->why = "proved in each case of a sign";
            return true;
        }
        if (n)                                          /* another order of the same cases would not help */
            return false;
    }
    return false;
}

/* ---- the proof -------------------------------------------------------------------------------------------------------------------- */

static bool exponential_form_is_zero(Proof *w, const Expr *real)
{
    Form        f = { .pool = w->pool, .arena = w->arena, .exponential = true };
    const Expr *e = form_of(&f, real);
    if (!e)
        pool_clear_error(w->pool);
    return e && expr_normal_is_zero(w->pool, e);
}

static bool prove(Proof *w, const Expr *e, int depth)
{
    if (expr_is_zero(e))
        return true;
    if (depth <= 0 || w->budget-- <= 0 || should_stop() || expr_size(w->pool, e) > SIZE_LIMIT)
        return false;
    Form        f = { .pool = w->pool, .arena = w->arena };
    const Expr *real = form_of(&f, e);
    if (!real) {
        pool_clear_error(w->pool);
        return false;
    }
    if (expr_normal_is_zero(w->pool, real) || exponential_form_is_zero(w, real)) {
        w->why = "normal form over independent functions";
        return true;
    }
    if (!(real->flags & EXPR_HAS_SYMBOL))
        return constant_is_zero(w, real);
    Exprs breaks = { 0 }, jumps = { 0 };
    bool  smooth = !f.jumps && is_transcendental(w, real) && is_continuous(w, real, &breaks) && break_factors(w, &breaks, &jumps);
    if (smooth && !jumps.n && by_derivative(w, real, depth))
        return true;
    if (in_cases(w, e, &f.unsure, f.jumps, depth))
        return true;
    return smooth && in_cases(w, e, &jumps, false, depth);
}

const Expr *expr_split_signs(Pool *p, const Expr *e)
{
    Form        f = { .pool = p, .arena = arena_new(), .keep = true };
    const Expr *r = e->shape || expr_size(p, e) > SIZE_LIMIT ? NULL : form_of(&f, e);
    arena_delete(f.arena);
    return r;
}

const char *proof_of_zero(Pool *p, const Expr *e)
{
    if (e->flags & (EXPR_HAS_BALL | EXPR_HAS_TENSOR | EXPR_HAS_INFINITE | EXPR_HAS_ORDER) || e->shape)
        return NULL;
    Proof w = { .pool = pool_new(p), .arena = arena_new(), .budget = BUDGET, .why = NULL };
    pool_set_budget(w.pool, NODE_BUDGET);
    const char *why = prove(&w, e, DEPTH_LIMIT) ? w.why ? w.why : "normal form over independent functions" : NULL;
    arena_delete(w.arena);
    pool_delete(w.pool);
    return why;
}
