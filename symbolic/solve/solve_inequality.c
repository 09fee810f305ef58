/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Inequalities of one unknown. The zeros of the differences, the poles and the edges of the domains cut the line into open
 * intervals in which every difference is continuous and not 0, so one point tells for the interval; the cuts themselves are
 * tried exactly. What holds is put together into a union of intervals. Functions with jumps are refused. */
#include "symbolic/solve/solve_int.h"

#include "symbolic/algebra/zero.h"
#include "symbolic/expr/evaluate.h"
#include "symbolic/solve/isolate.h"

enum { BITS = 256, MOST_BITS = 4096 };

typedef struct Cuts {
    Problem    *s;
    Places      at;                 /* ascending, each once */
    bool       *point, *after;      /* does it hold at at[i]; between at[i-1] and at[i], i = 0..n? */
    const char *why;
} Cuts;

static bool cut_zeros(Cuts *k, const Expr *e)
{
    Problem *s = k->s;
    return e && places_of(s->c, e, s->x[0], s->low[0], s->high[0], &k->at, &k->why);
}

/* The edges of a domain, a relation or several. */
static bool cut_domain(Cuts *k, const Expr *domain)
{
    bool fine = domain != NULL;
    if (fine && domain->kind == EXPR_RELATION)
        return cut_zeros(k, expr_sub(k->s->c->pool, domain->arg[0], domain->arg[1]));
    for (uint32_t i = 0; fine && domain->kind != EXPR_CONSTANT && i < domain->arity; i++)
        fine = cut_domain(k, domain->arg[i]);
    return fine;
}

/* Continuous wherever it is defined? */
static bool is_continuous(FnId id)
{
    switch ((int)id) {
    case FN_floor: case FN_ceil: case FN_round: case FN_mod: case FN_gamma: case FN_lgamma: case FN_digamma: case FN_polygamma: case FN_beta:
    case FN_factorial: case FN_binomial: case FN_zeta: case FN_zetaderiv: case FN_atan2: case FN_nthroot:
        return false;
    default:
        return true;
    }
}

static bool cut_node(Cuts *k, const Expr *e)
{
    Pool *p = k->s->c->pool;
    if (e->kind == EXPR_POW && !(expr_is_integer(e->arg[1]) && expr_number_sign(e->arg[1]) > 0))
        return cut_zeros(k, e->arg[0]);
    if (e->kind == EXPR_RELATION)
        return cut_zeros(k, expr_sub(p, e->arg[0], e->arg[1]));
    if (e->kind != EXPR_CALL)
        return true;
    if (expr_is_call(e, FN_sign))
        return cut_zeros(k, e->arg[0]);
    if (!is_continuous(e->fn->id)) {
        k->why = "a function with jumps or poles occurs";
        return false;
    }
    return !e->fn->domain[0] || cut_domain(k, pool_read(p, e->fn->domain, e->arg, e->arity));
}

static bool ball_of(Call *c, const Expr *e, slong bits, arb_t out) { return expr_real_ball(c->pool, e, NULL, NULL, bits, out); }

/* Ascending, each once; false if two could not be told apart. */
static bool sort_cuts(Cuts *k)
{
    Call  *c = k->s->c;
    Places all = k->at;
    arb_t  a, b;
    bool   fine = true;
    k->at = (Places){ 0 };
    arb_init(a);
    arb_init(b);
    for (size_t i = 0; i < all.n && fine; i++) {
        size_t at = 0;
        bool   known = false;
        for (; at < k->at.n && fine; at++) {
            int sign = 0;
            fine = expr_sign(c->pool, expr_sub(c->pool, all.at[i], k->at.at[at]), &sign).answer == YES;
            known = sign == 0;
            if (sign <= 0)
                break;
        }
        if (!fine || known)
            continue;
        vec_push(c->arena, &k->at, NULL);
        memmove(k->at.at + at + 1, k->at.at + at, (k->at.n - 1 - at) * sizeof *k->at.at);
        k->at.at[at] = all.at[i];
    }
    arb_clear(b);
    arb_clear(a);
    pool_clear_error(c->pool);
    if (!fine)
        k->why = "two of its zeros were not told apart";
    return fine;
}

static bool find_cuts(Cuts *k)
{
    Problem *s = k->s;
    Call    *c = s->c;
    for (size_t i = 0; i < s->n; i++) {
        Nodes nodes = expr_nodes(c->pool, c->arena, &s->e[i], 1);
        if (!cut_zeros(k, s->e[i]))
            return false;
        for (size_t j = 0; j < nodes.n; j++)
            if (expr_depends(c->pool, nodes.at[j], s->x[0]) && !cut_node(k, nodes.at[j]))
                return false;
    }
    for (int end = 0; s->low[0] && end < 2; end++) {
        const Expr *e = end ? s->high[0] : s->low[0];
        if (!(e->flags & EXPR_HAS_INFINITE))
            vec_push(c->arena, &k->at, e);
    }
    return sort_cuts(k);
}

/* ---- what holds where -------------------------------------------------------------------------------------------------------- */

static bool sign_fits(Relop op, int sign)
{
    switch (op) {
    case REL_EQ: return sign == 0;
    case REL_NE: return sign != 0;
    case REL_LT: return sign < 0;
    case REL_LE: return sign <= 0;
    case REL_GT: return sign > 0;
    case REL_GE: return sign >= 0;
    }
    return false;
}

/* All relations at one place, where a part that is not real makes it fail. */
static Truth holds_at(Cuts *k, const Expr *at)
{
    Problem *s = k->s;
    Pool    *p = s->c->pool;
    Truth    all = YES;
    acb_t    z;
    acb_init(z);
    for (size_t i = 0; i < s->n && all == YES; i++) {
        const Expr *v = expr_subst(p, s->e[i], &s->x[0], &at, 1);
        if (!v || (v->flags & EXPR_HAS_INFINITE)) {
            all = NO;
            break;
        }
        EvalStatus status = expr_enclose(p, v, NULL, NULL, 0, BITS, z, NULL);
        for (slong bits = 2 * BITS; status == EVAL_IMPRECISE && bits <= MOST_BITS; bits *= 2)
            status = expr_enclose(p, v, NULL, NULL, 0, bits, z, NULL);
        if (status == EVAL_UNDEFINED || (status == EVAL_OK && !arb_contains_zero(acb_imagref(z)))) {
            all = NO;
            break;
        }
        int   sign;
        Truth known = status == EVAL_OK ? expr_sign(p, v, &sign).answer : UNKNOWN;
        all = known != YES ? UNKNOWN : sign_fits(s->equation[i]->relop, sign) ? YES : NO;
    }
    pool_clear_error(p);
    acb_clear(z);
    if (all == UNKNOWN)
        k->why = "the sign of a difference was not decided";
    return all;
}

/* A rational number between two cuts. */
static const Expr *between(Cuts *k, const Expr *low, const Expr *high)
{
    Call       *c = k->s->c;
    const Expr *e = NULL;
    arb_t       a, b;
    fmpz_t      n;
    fmpq_t      q;
    arb_init(a);
    arb_init(b);
    fmpz_init(n);
    fmpq_init(q);
    if ((!low || ball_of(c, low, BITS, a)) && (!high || ball_of(c, high, BITS, b))) {
        if (!low && high)
            arb_sub_ui(a, b, 2, BITS);
        if (!high)
            arb_add_ui(b, a, 2, BITS);
        arb_add(a, a, b, BITS);
        arb_mul_2exp_si(a, a, -1);
        arf_get_fmpq(q, arb_midref(a));
        if (low && high) {              /* fewer digits where there is room */
            arb_sub(b, b, a, 30);
            slong bits = -arf_abs_bound_lt_2exp_si(arb_midref(b)) + 8;
            arb_mul_2exp_si(a, a, bits);
            arf_get_fmpz(n, arb_midref(a), ARF_RND_NEAR);
            fmpq_set_fmpz(q, n);
            bits >= 0 ? fmpq_div_2exp(q, q, (flint_bitcnt_t)bits) : fmpq_mul_2exp(q, q, (flint_bitcnt_t)-bits);
        }
        e = expr_fmpq(c->pool, q);
    }
    fmpq_clear(q);
    fmpz_clear(n);
    arb_clear(b);
    arb_clear(a);
    return e;
}

static bool try_all(Cuts *k)
{
    Problem *s = k->s;
    Arena   *a = s->c->arena;
    size_t   n = k->at.n;
    bool     low = s->low[0] && !(s->low[0]->flags & EXPR_HAS_INFINITE), high = s->high[0] && !(s->high[0]->flags & EXPR_HAS_INFINITE);
    k->point = arena_array(a, bool, n + 1);
    k->after = arena_array(a, bool, n + 1);
    for (size_t i = 0; i <= n; i++) {
        Truth point = i < n ? holds_at(k, k->at.at[i]) : NO;
        bool  outside = (i == 0 && low) || (i == n && high);
        const Expr *middle = outside ? NULL : between(k, i ? k->at.at[i - 1] : NULL, i < n ? k->at.at[i] : NULL);
        Truth inside = outside ? NO : middle ? holds_at(k, middle) : UNKNOWN;
        if (point == UNKNOWN || inside == UNKNOWN)
            return false;
        k->point[i] = point == YES;
        k->after[i] = inside == YES;
    }
    return true;
}

/* ---- the union ------------------------------------------------------------------------------------------------------------------ */

/* low < x < high, with or without its ends; NULL: no end. */
static const Expr *interval(Cuts *k, const Expr *low, bool low_too, const Expr *high, bool high_too)
{
    Pool       *p = k->s->c->pool;
    const Expr *x = k->s->x[0];
    if (low && low == high)
        return expr_relation(p, REL_EQ, x, low);
    if (!low)
        return expr_relation(p, high_too ? REL_LE : REL_LT, x, high);
    if (!high)
        return expr_relation(p, low_too ? REL_GE : REL_GT, x, low);
    const Expr *part[2] = { expr_relation(p, low_too ? REL_LE : REL_LT, low, x), expr_relation(p, high_too ? REL_LE : REL_LT, x, high) };
    return expr_logic(p, EXPR_AND, part, 2);
}

static Value union_of(Cuts *k)
{
    Call   *c = k->s->c;
    size_t  n = k->at.n;
    Places  part = { 0 };
    bool    open = false, low_too = false;
    const Expr *low = NULL;
    for (size_t i = 0; i <= n; i++) {
        if (k->after[i] && !open) {                       /* begins behind a cut that does not hold */
            open = true;
            low = i ? k->at.at[i - 1] : NULL;
            low_too = false;
        } else if (!k->after[i] && open) {                /* ended at the cut before */
            vec_push(c->arena, &part, interval(k, low, low_too, k->at.at[i - 1], true));
            open = false;
        }
        if (i == n)
            break;
        if (k->point[i] && !open) {
            open = true;
            low = k->at.at[i];
            low_too = true;
        } else if (!k->point[i] && open) {
            vec_push(c->arena, &part, interval(k, low, low_too, k->at.at[i], false));
            open = false;
        }
    }
    if (open && !low)
        return value_text(str_printf(c->arena, "every real %.*s is a solution", STR_ARGS(k->s->x[0]->name)));
    if (open)
        vec_push(c->arena, &part, interval(k, low, low_too, NULL, false));
    if (!part.n)
        return value_text(k->s->low[0] ? STR("no solution in the range") : STR("no real solution"));
    return value_expr(part.n == 1 ? part.at[0] : expr_logic(c->pool, EXPR_OR, part.at, part.n));
}

Value solve_inequalities(Problem *s)
{
    Call *c = s->c;
    Cuts  k = { .s = s };
    Nodes names = expr_symbols(c->pool, c->arena, expr_tensor(c->pool, s->n, 1, s->e));
    for (size_t i = 0; i < names.n; i++)
        if (names.at[i] != s->x[0])
            return call_fail(c, 0, "an inequality is solved for numbers: %.*s needs a value", STR_ARGS(names.at[i]->name));
    if (!range_is_fine(c, s->low[0], s->high[0]))
        return value_failed();
    if (!find_cuts(&k) || !try_all(&k)) {
        call_fail(c, -1, "could not decide, because %s", k.why ? k.why : "a value is not defined");
        if (!s->low[0])
            diag_hint(c->diag, "a range may help: %.*s = -10..10", STR_ARGS(s->x[0]->name));
        return value_failed();
    }
    return union_of(&k);
}
