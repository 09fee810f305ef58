/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Is an expression zero? Balls come first, for a ball that excludes zero proves NO in microseconds; a proof of YES is tried
 * only where they all contain zero: exact numbers of Calcium for constants, the rational normal form over kernels for
 * functions of symbols. Real symbols are sampled on both sides of zero, so sqrt(x^2) - x and log(x^2) - 2*log(x) are not
 * zero. What is neither excluded nor proved stays UNKNOWN: there is no guess. */
#include "symbolic/algebra/zero.h"

#include "base/interrupt.h"
#include "base/rng.h"
#include "symbolic/algebra/poly.h"
#include "symbolic/algebra/proof.h"
#include "symbolic/calculus/stops.h"
#include "symbolic/expr/evaluate.h"
#include "symbolic/expr/exact.h"
#include "symbolic/matrix/matrix.h"

enum { FIRST_BITS = 64, QUICK_BITS = 512, LAST_BITS = 8192, POINTS = 12, POINT_BITS = 256 };

static Verdict verdict(Truth answer, const char *why) { return (Verdict){ answer, why }; }

/* ---- constants ------------------------------------------------------------------------------------------------------ */

/* What balls of from..to bits tell; *defined: the last one was finite. */
static Verdict balls_decide(Pool *p, const Expr *e, slong from, slong to, bool *defined)
{
    Verdict v = verdict(UNKNOWN, "no proof found");
    acb_t   z;
    acb_init(z);
    *defined = false;
    for (slong prec = from; prec <= to && v.answer == UNKNOWN; prec *= 2) {
        EvalStatus status = expr_enclose(p, e, NULL, NULL, 0, prec, z, NULL);
        *defined = status == EVAL_OK;
        if (*defined && !acb_contains_zero(z))
            v = verdict(NO, "a ball excludes zero");
        else if (*defined && acb_is_zero(z))
            v = verdict(YES, "its value is exactly zero");
        else if (status != EVAL_OK && status != EVAL_IMPRECISE)
            break;
    }
    acb_clear(z);
    return v;
}

/* Balls have the last word: a proof of YES is believed only where they are finite and contain zero, and NO only from them. */
static Verdict constant_zero_test(Pool *p, const Expr *e)
{
    bool    defined;
    Verdict v = balls_decide(p, e, FIRST_BITS, QUICK_BITS, &defined);
    if (v.answer != UNKNOWN || e->flags & EXPR_HAS_BALL)
        return v;
    if (!defined)
        return verdict(UNKNOWN, "it has no finite value");
    if (exact_is_zero(p, e) == YES)
        return verdict(YES, "exact numbers");
    if (expr_normal_is_zero(p, e))
        return verdict(YES, "rational normal form");
    const char *proof = proof_of_zero(p, e);
    if (proof)
        return verdict(YES, proof);
    return balls_decide(p, e, 2 * QUICK_BITS, LAST_BITS, &defined);
}

/* ---- functions of symbols -------------------------------------------------------------------------------------------- */

/* A rational number of moderate size, positive where the symbol is, else of either sign; every third point lies in -1..1, where
 * inverse functions live. */
static void random_point(Rng *r, acb_ptr at, Nodes symbols, int k)
{
    for (size_t i = 0; i < symbols.n; i++) {
        slong numerator = 1 + (slong)rng_below(r, 1000);
        bool  negative = rng_below(r, 2) && !expr_is_positive_symbol(symbols.at[i]);
        acb_set_si(at + i, negative ? -numerator : numerator);
        if (!expr_is_whole_symbol(symbols.at[i]))
            acb_mul_2exp_si(at + i, at + i, k % 3 ? -7 : -10);
    }
}

/* Does a ball at some point exclude zero? *zeros counts the points where it does not. */
static bool excluded_at_points(Pool *p, const Expr *e, Nodes symbols, int *zeros)
{
    Rng     r = rng_stream(0, STR("zero test"));
    acb_ptr at = _acb_vec_init((slong)symbols.n);
    acb_t   z;
    bool    excluded = false;
    acb_init(z);
    *zeros = 0;
    for (int k = 0; k < POINTS + 3 && !excluded && !should_stop(); k++) {
        random_point(&r, at, symbols, k);
        for (size_t i = 0; k >= POINTS && i < symbols.n; i++) {          /* and where all signs are 0, and halves on both sides, which are rounded */
            acb_set_si(at + i, k == POINTS ? expr_is_positive_symbol(symbols.at[i]) : k > POINTS + 1 && !expr_is_positive_symbol(symbols.at[i]) ? -1 : 1);
            if (k > POINTS && !expr_is_whole_symbol(symbols.at[i]))
                acb_mul_2exp_si(at + i, at + i, -1);
        }
        if (expr_enclose(p, e, symbols.at, at, symbols.n, POINT_BITS, z, NULL) != EVAL_OK)
            continue;
        excluded = !acb_contains_zero(z);
        *zeros += !excluded;
    }
    acb_clear(z);
    _acb_vec_clear(at, (slong)symbols.n);
    return excluded;
}

/* All values of the symbols: real, or positive where the symbol is a positive one. */
static Verdict everywhere_zero_test(Pool *p, const Expr *e)
{
    if (!(e->flags & EXPR_HAS_SYMBOL))
        return constant_zero_test(p, e);
    Mark  mark = arena_mark(pool_scratch(p));
    Nodes symbols = expr_symbols(p, pool_scratch(p), e);
    int   zeros;
    bool  excluded = excluded_at_points(p, e, symbols, &zeros);
    arena_release(pool_scratch(p), mark);
    if (excluded)
        return verdict(NO, "a ball excludes zero at a point");
    if (expr_normal_is_zero(p, e))
        return verdict(YES, "rational normal form");
    const char *proof = proof_of_zero(p, e);
    if (proof)
        return verdict(YES, proof);
    return verdict(UNKNOWN, zeros ? "zero to many digits at several points, not proved" : "no proof found");
}

/* On each piece of what is assumed: all of them YES, or one of them NO, unless some assumption was not used. */
static Verdict function_zero_test(Pool *p, const Expr *e)
{
    Piece  piece[PIECES];
    bool   complete = true;
    Pool  *child = pool_new(p);
    size_t n = assumed_pieces(child, e, piece, &complete);
    Verdict all = verdict(YES, "zero");
    for (size_t i = 0; i < n && all.answer == YES; i++)
        all = everywhere_zero_test(child, piece[i].e);
    pool_delete(child);
    if (!n)
        return everywhere_zero_test(p, e);
    if (all.answer == NO && !complete)
        return verdict(UNKNOWN, "not zero everywhere, but not all assumptions could be used");
    return all;
}

static Verdict tensor_zero_test(Pool *p, const Expr *e)
{
    Verdict all = verdict(YES, "every entry is zero");
    for (uint32_t i = 0; i < e->arity; i++) {
        Verdict v = expr_zero_test(p, e->arg[i]);
        if (v.answer == NO)
            return v;
        if (v.answer == UNKNOWN)
            all = v;
    }
    return all;
}

enum { MOST_LENGTHS = 8 };

static size_t add_length(const Expr *length, const Expr **list, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (list[i] == length)
            return n;
    if (length->kind == EXPR_SYMBOL && n < MOST_LENGTHS)
        list[n++] = length;
    return n;
}

/* e with the lengths of its vectors and matrices 2 and 3 in turn; NULL if it has none. */
static const Expr *with_small_sizes(Pool *p, const Expr *e)
{
    const Expr *length[MOST_LENGTHS], *size[MOST_LENGTHS];
    size_t      n = 0;
    Arena      *a = arena_new();
    Nodes       symbols = expr_symbols(p, a, e);
    for (size_t i = 0; i < symbols.n; i++)
        if (expr_is_tensor(symbols.at[i])) {
            n = add_length(symbols.at[i]->shape->rows, length, n);
            n = add_length(symbols.at[i]->shape->cols, length, n);
        }
    for (size_t i = 0; i < n; i++)
        size[i] = expr_int(p, 2 + (slong)i % 2);
    arena_delete(a);
    return n ? expr_subst(p, e, length, size, n) : NULL;
}

/* Vectors and matrices of unknown lengths: an entry that is not zero for some sizes is a proof. */
static Verdict sized_zero_test(Pool *p, const Expr *e)
{
    if (expr_is_zero_tensor(e))
        return verdict(YES, "every entry is zero");
    const Expr *sample = with_small_sizes(p, e);
    if (!sample || (sample->flags & EXPR_HAS_TENSOR && sample->kind != EXPR_TENSOR))
        return verdict(UNKNOWN, "its lengths are not known");
    Verdict v = expr_zero_test(p, sample);
    return v.answer == NO ? v : verdict(UNKNOWN, v.answer == YES ? "zero for small sizes, not proved for all" : v.why);
}

Verdict expr_zero_test(Pool *p, const Expr *e)
{
    if (!e)
        return verdict(UNKNOWN, "it has no value");
    if (expr_is_number(e))
        return verdict(expr_is_zero(e) ? YES : NO, "exact rational");
    if (e->kind == EXPR_TENSOR)
        return tensor_zero_test(p, e);
    if (e->flags & EXPR_HAS_TENSOR && e->flags & EXPR_HAS_SYMBOL)
        return sized_zero_test(p, e);
    if (e->flags & (EXPR_HAS_INFINITE | EXPR_HAS_ORDER | EXPR_HAS_TENSOR))
        return verdict(UNKNOWN, "it is no finite number");
    return e->flags & EXPR_HAS_SYMBOL ? function_zero_test(p, e) : constant_zero_test(p, e);
}

/* ---- signs and relations ----------------------------------------------------------------------------------------------- */

/* The sign that balls decide; a zero test is asked where they contain zero at all precisions. */
Verdict expr_sign(Pool *p, const Expr *e, int *sign)
{
    *sign = 0;
    if (!e || !expr_is_numeric(e))
        return verdict(UNKNOWN, "it is no number");
    if (expr_is_number(e)) {
        *sign = expr_number_sign(e);
        return verdict(YES, "exact rational");
    }
    Verdict v = verdict(UNKNOWN, "no proof found");
    acb_t   z;
    acb_init(z);
    for (slong prec = FIRST_BITS; prec <= QUICK_BITS && v.answer == UNKNOWN; prec *= 2) {
        if (expr_enclose(p, e, NULL, NULL, 0, prec, z, NULL) != EVAL_OK)
            continue;
        if (!arb_contains_zero(acb_imagref(z)))
            v = verdict(NO, "it is not real");
        else if (arb_is_zero(acb_imagref(z)) && !arb_contains_zero(acb_realref(z))) {
            *sign = arb_is_positive(acb_realref(z)) ? 1 : -1;
            v = verdict(YES, "a ball excludes zero");
        }
    }
    acb_clear(z);
    if (v.answer != UNKNOWN)
        return v;
    Verdict zero = expr_zero_test(p, e);
    return zero.answer == YES ? zero : verdict(UNKNOWN, zero.answer == NO ? "its sign was not decided" : zero.why);
}

/* Of one piece of what is assumed: +-1 for a strict sign, +-2 for "or zero", 0 not known. */
static int piece_sign(Pool *p, const Expr *e, bool zero)
{
    const Expr *f = zero ? NULL : expr_factor(p, e), *minus = f ? expr_neg(p, f) : NULL;
    int         sign = f ? proof_of_sign(p, f) : 0;
    pool_clear_error(p);
    if (sign || !f)
        return sign;
    return proof_of_nonnegative(p, f) || proof_of_nonnegative(p, e) ? 2 : minus && proof_of_nonnegative(p, minus) ? -2 : 0;
}

Verdict expr_sign_everywhere(Pool *p, const Expr *e, int *sign, bool *or_zero)
{
    *or_zero = false;
    *sign = 0;
    if (!e || e->shape || e->flags & (EXPR_HAS_TENSOR | EXPR_HAS_INFINITE | EXPR_HAS_ORDER | EXPR_HAS_BALL))
        return verdict(UNKNOWN, "it is no number");
    if (expr_is_numeric(e))
        return expr_sign(p, e, sign);
    Piece  piece[PIECES] = { { .e = e } };
    bool   complete, known = true;
    Pool  *child = pool_new(p);
    size_t n = assumed_pieces(child, e, piece, &complete);
    for (size_t i = 0; i < (n ? n : 1) && known; i++) {
        bool zero = everywhere_zero_test(child, piece[i].e).answer == YES;
        int  s = piece_sign(child, piece[i].e, zero), way = (s > 0) - (s < 0);
        known = (zero || s) && (i == 0 || way == *sign || way == 0 || *sign == 0);
        *or_zero |= s == 2 || s == -2 || (i > 0 && (way == 0) != (*sign == 0));
        *sign = way ? way : *sign;
    }
    pool_delete(child);
    return known ? verdict(YES, n ? "the signs of its parts under the assumptions" : "the signs of its parts") : verdict(UNKNOWN, "it depends on the symbols");
}

static Verdict decide_difference(Relop op, int sign, const char *why)
{
    switch (op) {
    case REL_EQ: return verdict(sign == 0 ? YES : NO, why);
    case REL_NE: return verdict(sign != 0 ? YES : NO, why);
    case REL_LT: return verdict(sign < 0 ? YES : NO, why);
    case REL_LE: return verdict(sign <= 0 ? YES : NO, why);
    case REL_GT: return verdict(sign > 0 ? YES : NO, why);
    case REL_GE: return verdict(sign >= 0 ? YES : NO, why);
    }
    return verdict(UNKNOWN, why);
}

/* The same for a difference that may be zero as well. */
static Verdict decide_weakly(Relop op, int sign, const char *why)
{
    if (sign > 0 ? op == REL_GE : op == REL_LE)
        return verdict(YES, why);
    if (sign > 0 ? op == REL_LT : op == REL_GT)
        return verdict(NO, why);
    return verdict(UNKNOWN, "it depends on the symbols");
}

/* oo, -oo, or a constant that is surely real, between them? */
static bool extended_rank(const Expr *e, int *rank)
{
    bool down = e->kind == EXPR_MUL && e->arity == 2 && expr_is_int(e->arg[0], -1);
    if (expr_is_constant(down ? e->arg[1] : e, CONSTANT_OO))
        *rank = down ? -1 : 1;
    else if (expr_is_numeric(e) && (e->flags & EXPR_REAL))
        *rank = 0;
    else
        return false;
    return true;
}

static Verdict decide_relation(Pool *p, const Expr *c)
{
    int a, b;
    if ((c->flags & EXPR_HAS_INFINITE) && extended_rank(c->arg[0], &a) && extended_rank(c->arg[1], &b))
        return decide_difference(c->relop, (a > b) - (a < b), "an infinite side");
    const Expr *d = expr_sub(p, c->arg[0], c->arg[1]);
    bool        equation = c->relop == REL_EQ || c->relop == REL_NE;
    if (!d) {
        pool_clear_error(p);
        return verdict(UNKNOWN, "its sides have no difference");
    }
    if (expr_is_numeric(d) && !equation) {
        int     sign;
        Verdict v = expr_sign(p, d, &sign);
        return v.answer == YES ? decide_difference(c->relop, sign, v.why) : verdict(UNKNOWN, v.why);
    }
    Verdict zero = expr_zero_test(p, d);
    if (zero.answer == YES)
        return decide_difference(c->relop, 0, zero.why);
    if (zero.answer == NO && expr_is_numeric(d))
        return decide_difference(c->relop, 1, zero.why);
    int     sign;
    bool    or_zero;
    Verdict v = expr_sign_everywhere(p, d, &sign, &or_zero);
    if (v.answer == YES && sign)
        return or_zero ? decide_weakly(c->relop, sign, v.why) : decide_difference(c->relop, sign, v.why);
    return verdict(UNKNOWN, zero.answer == NO ? "it depends on the symbols" : zero.why);
}

static Verdict decide_logic(Pool *p, const Expr *c)
{
    Truth   neutral = c->kind == EXPR_AND ? YES : NO;
    Verdict all = verdict(neutral, "all parts are decided");
    for (uint32_t i = 0; i < c->arity; i++) {
        Verdict v = expr_decide(p, c->arg[i]);
        if (v.answer == UNKNOWN)
            all = v;
        else if (v.answer != neutral)
            return v;
    }
    return all;
}

Verdict expr_decide(Pool *p, const Expr *c)
{
    if (c && (expr_is_constant(c, CONSTANT_TRUE) || expr_is_constant(c, CONSTANT_FALSE)))
        return verdict(c->constant == CONSTANT_TRUE ? YES : NO, "a truth value");
    if (c && c->kind == EXPR_NOT) {
        Verdict v = expr_decide(p, c->arg[0]);
        return v.answer == UNKNOWN ? v : verdict(v.answer == YES ? NO : YES, v.why);
    }
    if (c && (c->kind == EXPR_AND || c->kind == EXPR_OR))
        return decide_logic(p, c);
    if (c && c->kind == EXPR_RELATION)
        c = expr_without_stops(p, c);
    if (c && c->kind == EXPR_RELATION)
        return decide_relation(p, c);
    return verdict(UNKNOWN, "it is no relation");
}

/* Branches are chosen first: one that does not count may have no value at the point. */
const Expr *expr_at(Pool *p, const Expr *e, const Expr *const *x, const Expr *const *to, size_t n)
{
    Arena       *scratch = arena_new();
    Nodes        nodes = expr_nodes(p, scratch, &e, 1);
    size_t       m = 0, room = 1;
    for (size_t k = 0; k < nodes.n; k++)
        room += nodes.at[k]->kind == EXPR_PIECEWISE ? nodes.at[k]->arity : 0;
    const Expr **condition = arena_array(scratch, const Expr *, room), **truth = arena_array(scratch, const Expr *, room);
    for (size_t k = 0; k < nodes.n; k++)
        for (uint32_t i = 0; nodes.at[k]->kind == EXPR_PIECEWISE && i + 1 < nodes.at[k]->arity; i += 2) {
            const Expr *here = expr_subst(p, nodes.at[k]->arg[i], x, to, n);
            Verdict     v = here && expr_is_numeric(here) ? expr_decide(p, here) : verdict(UNKNOWN, "");
            if (v.answer != UNKNOWN) {
                condition[m] = nodes.at[k]->arg[i];
                truth[m++] = expr_truth(p, v.answer == YES);
            }
        }
    e = m ? expr_subst(p, e, condition, truth, m) : e;
    e = e ? expr_subst(p, e, x, to, n) : NULL;
    arena_delete(scratch);
    return e;
}
