/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Evaluation on complex balls: one loop over the reachable nodes, arguments first, with a table of values by position.
 * Exact arguments stay exact, so gamma(1/3) and integer powers use Arb's fast paths; the reals are left only on a proved
 * domain exit. The caller of expr_enclose doubles the precision; expr_decimal does it until every digit is certain. */
#include "symbolic/expr/evaluate.h"

#include "base/interrupt.h"
#include "symbolic/algebra/zero.h"
#include "symbolic/expr/expr_int.h"
#include "symbolic/expr/show.h"

enum { MAX_BITS = 1 << 17, HUGE_EXPONENT_BITS = 4096, ZERO_TEST_FROM = 1024 };

typedef struct Walk {
    Pool              *pool;
    Arena             *scratch;
    Nodes              nodes;
    uint32_t          *position;          /* by id - base */
    uint32_t           base;
    acb_ptr            value;
    slong              prec;
    const Expr *const *symbol;
    acb_srcptr         given;
    size_t             n_given;
    const Expr        *fault;
} Walk;

static acb_ptr value_of(const Walk *w, const Expr *e)
{
    return w->value + w->position[e->id - w->base];
}

static bool absurd(const acb_t z)
{
    return fmpz_bits(ARF_EXPREF(arb_midref(acb_realref(z)))) > HUGE_EXPONENT_BITS
        || fmpz_bits(ARF_EXPREF(arb_midref(acb_imagref(z)))) > HUGE_EXPONENT_BITS;
}

/* ---- powers ------------------------------------------------------------------------------------------------------------ */

static bool is_real(const acb_t z) { return arb_is_zero(acb_imagref(z)); }

static EvalStatus power_integer(acb_t r, const acb_t base, const fmpz_t n, slong prec)
{
    if (fmpz_sgn(n) < 0 && acb_contains_zero(base))
        return acb_is_zero(base) ? EVAL_UNDEFINED : EVAL_IMPRECISE;
    if (fmpz_bits(n) > HUGE_EXPONENT_BITS)
        return EVAL_TOO_LARGE;
    if (is_real(base)) {
        arb_pow_fmpz(acb_realref(r), acb_realref(base), n, prec);
        arb_zero(acb_imagref(r));
    } else {
        acb_pow_fmpz(r, base, n, prec);
    }
    return acb_is_finite(r) ? EVAL_OK : EVAL_IMPRECISE;
}

/* base^(p/q) of a nonnegative real base. */
static EvalStatus power_rational(acb_t r, const acb_t base, const fmpq_t q, slong prec)
{
    if (arb_is_zero(acb_realref(base))) {
        acb_zero(r);
        return fmpq_sgn(q) > 0 ? EVAL_OK : EVAL_UNDEFINED;
    }
    if (fmpz_fits_si(fmpq_denref(q)) && fmpz_cmp_si(fmpq_denref(q), 1000) <= 0) {
        arb_root_ui(acb_realref(r), acb_realref(base), fmpz_get_ui(fmpq_denref(q)), prec + 10);
        arb_pow_fmpz(acb_realref(r), acb_realref(r), fmpq_numref(q), prec);
    } else {
        arb_pow_fmpq(acb_realref(r), acb_realref(base), q, prec);
    }
    arb_zero(acb_imagref(r));
    return acb_is_finite(r) ? EVAL_OK : EVAL_IMPRECISE;
}

static EvalStatus power_general(acb_t r, acb_srcptr base, acb_srcptr exponent, slong prec)
{
    if (acb_contains_zero(base)) {
        if (!acb_is_zero(base))
            return EVAL_IMPRECISE;
        if (!arb_is_positive(acb_realref(exponent)))
            return arb_contains_nonpositive(acb_realref(exponent)) && arb_is_negative(acb_realref(exponent)) ? EVAL_UNDEFINED
                                                                                                             : EVAL_IMPRECISE;
        acb_zero(r);
        return EVAL_OK;
    }
    if (is_real(base) && is_real(exponent) && arb_is_positive(acb_realref(base))) {
        if (arf_cmpabs_2exp_si(arb_midref(acb_realref(exponent)), HUGE_EXPONENT_BITS) > 0)
            return EVAL_TOO_LARGE;
        arb_pow(acb_realref(r), acb_realref(base), acb_realref(exponent), prec);
        arb_zero(acb_imagref(r));
    } else {
        acb_pow(r, base, exponent, prec);
    }
    return acb_is_finite(r) ? EVAL_OK : EVAL_IMPRECISE;
}

static EvalStatus eval_power(Walk *w, const Expr *e, acb_t r)
{
    acb_srcptr base = value_of(w, e->arg[0]), exponent = value_of(w, e->arg[1]);
    if (expr_is_integer(e->arg[1]))
        return power_integer(r, base, fmpq_numref(expr_number(e->arg[1])), w->prec);
    if (expr_is_number(e->arg[1]) && is_real(base) && arb_is_nonnegative(acb_realref(base)))
        return power_rational(r, base, expr_number(e->arg[1]), w->prec);
    return power_general(r, base, exponent, w->prec);
}

/* ---- other nodes --------------------------------------------------------------------------------------------------------- */

static void eval_constant(acb_t r, Constant c, slong prec)
{
    acb_zero(r);
    switch (c) {
    case CONSTANT_PI:    arb_const_pi(acb_realref(r), prec); break;
    case CONSTANT_E:     arb_const_e(acb_realref(r), prec); break;
    case CONSTANT_EULER: arb_const_euler(acb_realref(r), prec); break;
    case CONSTANT_I:     acb_onei(r); break;
    case CONSTANT_OO: case CONSTANT_UNDEFINED: case CONSTANT_TRUE: case CONSTANT_FALSE:
        acb_indeterminate(r);
        break;
    }
}

static EvalStatus eval_call_node(Walk *w, const Expr *e, acb_t r)
{
    acb_ptr u = _acb_vec_init(e->arity);
    for (uint32_t i = 0; i < e->arity; i++)
        acb_set(u + i, value_of(w, e->arg[i]));
    CallStatus status = fn_eval(r, e->fn, u, (slong)e->arity, w->prec);
    _acb_vec_clear(u, e->arity);
    return status == CALL_OK ? EVAL_OK : status == CALL_IMPRECISE ? EVAL_IMPRECISE : EVAL_UNDEFINED;
}

/* Three-valued truth of a condition by the balls of its sides. */
static Truth ball_truth(Walk *w, const Expr *c)
{
    if (expr_is_constant(c, CONSTANT_TRUE) || expr_is_constant(c, CONSTANT_FALSE))
        return c->constant == CONSTANT_TRUE ? YES : NO;
    if (c->kind == EXPR_NOT) {
        Truth t = ball_truth(w, c->arg[0]);
        return t == UNKNOWN ? UNKNOWN : t == YES ? NO : YES;
    }
    if (c->kind == EXPR_AND || c->kind == EXPR_OR) {
        Truth all = c->kind == EXPR_AND ? YES : NO;
        for (uint32_t i = 0; i < c->arity; i++) {
            Truth t = ball_truth(w, c->arg[i]);
            if (t != UNKNOWN && t != (c->kind == EXPR_AND ? YES : NO))
                return t;
            all = t == UNKNOWN ? UNKNOWN : all;
        }
        return all;
    }
    if (c->kind != EXPR_RELATION || !is_real(value_of(w, c->arg[0])) || !is_real(value_of(w, c->arg[1])))
        return UNKNOWN;
    arb_srcptr a = acb_realref(value_of(w, c->arg[0])), b = acb_realref(value_of(w, c->arg[1]));
    switch (c->relop) {
    case REL_LT: return arb_lt(a, b) ? YES : arb_ge(a, b) ? NO : UNKNOWN;
    case REL_LE: return arb_le(a, b) ? YES : arb_gt(a, b) ? NO : UNKNOWN;
    case REL_GT: return arb_gt(a, b) ? YES : arb_le(a, b) ? NO : UNKNOWN;
    case REL_GE: return arb_ge(a, b) ? YES : arb_lt(a, b) ? NO : UNKNOWN;
    case REL_EQ: return arb_eq(a, b) ? YES : arb_ne(a, b) ? NO : UNKNOWN;
    case REL_NE: return arb_ne(a, b) ? YES : arb_eq(a, b) ? NO : UNKNOWN;
    }
    return UNKNOWN;
}

static EvalStatus eval_piecewise(Walk *w, const Expr *e, acb_t r)
{
    for (uint32_t i = 0; i + 1 < e->arity; i += 2) {
        Truth t = ball_truth(w, e->arg[i]);
        if (t == UNKNOWN)
            return EVAL_IMPRECISE;
        if (t == YES) {
            acb_set(r, value_of(w, e->arg[i + 1]));
            return acb_is_finite(r) ? EVAL_OK : EVAL_IMPRECISE;
        }
    }
    acb_set(r, value_of(w, e->arg[e->arity - 1]));
    return acb_is_finite(r) ? EVAL_OK : EVAL_IMPRECISE;
}

static EvalStatus eval_symbol(Walk *w, const Expr *e, acb_t r)
{
    for (size_t i = 0; i < w->n_given; i++)
        if (w->symbol[i] == e) {
            acb_set(r, w->given + i);
            return EVAL_OK;
        }
    return EVAL_SYMBOLIC;
}

static bool arguments_finite(const Walk *w, const Expr *e)
{
    for (uint32_t i = 0; i < e->arity; i++)
        if (!acb_is_finite(value_of(w, e->arg[i])))
            return false;
    return true;
}

static EvalStatus eval_node(Walk *w, const Expr *e, acb_t r)
{
    if (e->kind != EXPR_PIECEWISE && e->kind != EXPR_RELATION && !arguments_finite(w, e))
        return EVAL_IMPRECISE;
    switch ((ExprKind)e->kind) {
    case EXPR_NUMBER:
        acb_set_fmpq(r, expr_number(e), w->prec);
        return EVAL_OK;
    case EXPR_BALL:
        acb_set(r, e->ball->value);
        return EVAL_OK;
    case EXPR_CONSTANT:
        eval_constant(r, e->constant, w->prec);
        return e->constant >= CONSTANT_OO ? EVAL_SYMBOLIC : EVAL_OK;
    case EXPR_SYMBOL:
        return eval_symbol(w, e, r);
    case EXPR_ADD:
        acb_set(r, value_of(w, e->arg[0]));
        for (uint32_t i = 1; i < e->arity; i++)
            acb_add(r, r, value_of(w, e->arg[i]), w->prec);
        return EVAL_OK;
    case EXPR_MUL:
        acb_set(r, value_of(w, e->arg[0]));
        for (uint32_t i = 1; i < e->arity; i++)
            acb_mul(r, r, value_of(w, e->arg[i]), w->prec);
        return acb_is_finite(r) ? EVAL_OK : EVAL_IMPRECISE;
    case EXPR_SUB:
        acb_sub(r, value_of(w, e->arg[0]), value_of(w, e->arg[1]), w->prec);
        return EVAL_OK;
    case EXPR_NEG:
        acb_neg(r, value_of(w, e->arg[0]));
        return EVAL_OK;
    case EXPR_DIV:
        acb_div(r, value_of(w, e->arg[0]), value_of(w, e->arg[1]), w->prec);
        return acb_is_finite(r) ? EVAL_OK : acb_is_zero(value_of(w, e->arg[1])) ? EVAL_UNDEFINED : EVAL_IMPRECISE;
    case EXPR_POW:       return eval_power(w, e, r);
    case EXPR_CALL:      return eval_call_node(w, e, r);
    case EXPR_PIECEWISE: return eval_piecewise(w, e, r);
    case EXPR_RELATION: case EXPR_AND: case EXPR_OR: case EXPR_NOT:
        return EVAL_OK;                                    /* read by ball_truth */
    case EXPR_UNKNOWN: case EXPR_TENSOR: case EXPR_MATMUL: case EXPR_MATRIX: case EXPR_ORDER: case EXPR_AXIS: case EXPR_COLUMN: case EXPR_COUNT: case EXPR_OVER:
        return EVAL_SYMBOLIC;
    }
    return EVAL_SYMBOLIC;
}

static void index_nodes(Walk *w)
{
    w->base = w->nodes.at[0]->id;
    w->position = arena_array(w->scratch, uint32_t, w->nodes.at[w->nodes.n - 1]->id - w->base + 1);
    for (size_t k = 0; k < w->nodes.n; k++)
        w->position[w->nodes.at[k]->id - w->base] = (uint32_t)k;
}

/* A branch that is not taken may be undefined: inside a piecewise expression a failed node stays without value. */
static EvalStatus walk_nodes(Walk *w, bool branches)
{
    EvalStatus status = EVAL_OK;
    for (size_t k = 0; k < w->nodes.n; k++) {
        acb_ptr r = w->value + k;
        status = should_stop() ? EVAL_STOPPED : eval_node(w, w->nodes.at[k], r);
        if (status == EVAL_OK && absurd(r))
            status = EVAL_TOO_LARGE;
        if (status == EVAL_OK)
            continue;
        w->fault = w->nodes.at[k];
        acb_indeterminate(r);
        if (!branches || status == EVAL_STOPPED)
            return status;
    }
    return status;
}

EvalStatus expr_enclose(Pool *p, const Expr *e, const Expr *const *symbol, acb_srcptr value, size_t nvalues, slong prec,
                        acb_t out, const Expr **fault)
{
    Arena *scratch = pool_scratch(p);
    Mark   mark = arena_mark(scratch);
    Walk   w = { .pool = p, .scratch = scratch, .prec = prec, .symbol = symbol, .given = value, .n_given = nvalues };
    w.nodes = expr_nodes(p, scratch, &e, 1);
    index_nodes(&w);
    w.value = _acb_vec_init((slong)w.nodes.n);
    bool branches = false;
    for (size_t k = 0; k < w.nodes.n; k++)
        branches = branches || w.nodes.at[k]->kind == EXPR_PIECEWISE;
    EvalStatus status = walk_nodes(&w, branches);
    acb_set(out, w.value + w.nodes.n - 1);
    if (fault)
        *fault = status == EVAL_OK ? NULL : w.fault;
    _acb_vec_clear(w.value, (slong)w.nodes.n);
    arena_release(scratch, mark);
    return status;
}

/* ---- digits ------------------------------------------------------------------------------------------------------------- */

static Decimal no_decimal(Pool *p, Arena *a, EvalStatus status, const Expr *fault)
{
    Decimal d = { .status = status };
    Str     where = fault ? expr_text(a, p, fault) : STR("this");
    if (where.n > 60)
        where = STR("a part of it");
    switch (status) {
    case EVAL_UNDEFINED: d.why = str_printf(a, "%.*s is not defined", STR_ARGS(where)); break;
    case EVAL_SYMBOLIC:  d.why = str_printf(a, "%.*s has no value", STR_ARGS(where)); break;
    case EVAL_TOO_LARGE: d.why = str_printf(a, "%.*s is too large: its exponent has more than %d bits", STR_ARGS(where), HUGE_EXPONENT_BITS); break;
    case EVAL_STOPPED:   d.why = STR("interrupted"); break;
    case EVAL_IMPRECISE: d.why = str_printf(a, "could not decide %.*s with %d bits", STR_ARGS(where), MAX_BITS); break;
    case EVAL_OK: break;
    }
    return d;
}

static Decimal rational_digits(Arena *a, const Expr *e, size_t digits)
{
    Decimal d = { .digits = digits };
    d.text = rational_decimal(a, fmpq_numref(expr_number(e)), fmpq_denref(expr_number(e)), digits, &d.exact);
    return d;
}

/* Is this part proved to be zero? */
static bool part_is_zero(Pool *p, const Expr *e, bool imaginary)
{
    const Expr *part = expr_call1(p, imaginary ? FN_im : FN_re, e);
    return part && expr_zero_test(p, part).answer == YES;
}

static Str complex_text(Arena *a, Str re, Str im)
{
    bool minus = im.n && im.s[0] == '-';
    Str  size = minus ? str_slice(im, 1, im.n) : im;
    if (str_is(re, "0"))
        return str_printf(a, "%.*s*i", STR_ARGS(im));
    return str_printf(a, "%.*s %c %.*s*i", STR_ARGS(re), minus ? '-' : '+', STR_ARGS(size));
}

/* One part of a value: decided digits, a zero that is exact or proved, or not yet. */
typedef enum PartState { PART_NO, PART_DIGITS, PART_ZERO } PartState;

static PartState part_digits(Arena *a, const arb_t x, size_t digits, Str *out)
{
    if (arb_is_zero(x)) {
        *out = STR("0");
        return PART_ZERO;
    }
    return ball_decimal(a, x, digits, out) ? PART_DIGITS : PART_NO;
}

static void zero_part(Pool *p, const Expr *e, bool imaginary, PartState *state, Str *text, bool *tested)
{
    *tested = true;
    if (part_is_zero(p, e, imaginary)) {
        *state = PART_ZERO;
        *text = STR("0");
    }
}

/* How many decimal places are zero for sure: |z| < 10^-places. */
static slong zero_places(const acb_t z)
{
    arf_t bound;
    arf_init(bound);
    acb_get_abs_ubound_arf(bound, z, 30);
    slong places = arf_is_zero(bound) ? WORD_MAX : (slong)(-fmpz_get_d(ARF_EXPREF(bound)) * 0.30103);
    arf_clear(bound);
    return places;
}

/* What is left when the precision ends: a zero that is proved, one that is only likely, or fewer digits. */
static Decimal last_resort(Pool *p, Arena *a, const Expr *e, acb_t z, size_t digits)
{
    Decimal d = { .digits = digits };
    size_t  known, known_too;
    Str     im;
    if (acb_contains_zero(z)) {
        d.text = STR("0");
        d.exact = expr_zero_test(p, e).answer == YES;
        d.zero_not_proved = !d.exact;
        slong places = zero_places(z);
        if (!d.exact && places < 1)
            return no_decimal(p, a, EVAL_IMPRECISE, e);
        d.digits = d.exact ? digits : (size_t)places;
        return d;
    }
    if (!ball_decimal_best(a, acb_realref(z), digits, &d.text, &known))
        return no_decimal(p, a, EVAL_IMPRECISE, e);
    d.digits = known;
    if (is_real(z))
        return d;
    if (!ball_decimal_best(a, acb_imagref(z), digits, &im, &known_too))
        return no_decimal(p, a, EVAL_IMPRECISE, e);
    d.digits = known_too < known ? known_too : known;
    d.text = complex_text(a, d.text, im);
    return d;
}

static bool worth_a_zero_test(slong prec, slong first, const acb_t z)
{
    return prec > first && prec <= 4 * first && acb_contains_zero(z);
}

Decimal expr_decimal(Pool *p, Arena *a, const Expr *e, size_t digits)
{
    if (expr_is_number(e))
        return rational_digits(a, e, digits);
    acb_t       z;
    const Expr *fault = NULL;
    Decimal     d = { 0 };
    slong       first = (slong)(3.3220 * (double)digits) + 40, last = first * 16 > MAX_BITS ? first * 16 : MAX_BITS;
    EvalStatus  status = EVAL_IMPRECISE;
    bool        zero_tested = false, part_tested = false;
    acb_init(z);
    for (slong prec = first; prec <= last; prec *= 2) {
        Str re, im;
        status = expr_enclose(p, e, NULL, NULL, 0, prec, z, &fault);
        if (status != EVAL_OK && status != EVAL_IMPRECISE)
            break;
        if (status == EVAL_IMPRECISE) {
            if (prec > ZERO_TEST_FROM && !zero_tested && fault && fault->kind == EXPR_POW) {
                zero_tested = true;                       /* 1/sin(pi): the base never excludes zero */
                if (expr_zero_test(p, fault->arg[0]).answer == YES) {
                    status = EVAL_UNDEFINED;
                    break;
                }
            }
            continue;
        }
        if (e->flags & EXPR_HAS_BALL)
            break;
        PartState real = part_digits(a, acb_realref(z), digits, &re), imag = part_digits(a, acb_imagref(z), digits, &im);
        if (real == PART_NO && arb_contains_zero(acb_realref(z)) && imag == PART_DIGITS && !part_tested)
            zero_part(p, e, false, &real, &re, &part_tested);
        if (imag == PART_NO && arb_contains_zero(acb_imagref(z)) && real == PART_DIGITS && !part_tested)
            zero_part(p, e, true, &imag, &im, &part_tested);
        if (real != PART_NO && imag != PART_NO) {
            d = (Decimal){ .digits = digits, .text = imag == PART_ZERO ? re : complex_text(a, re, im) };
            d.exact = real == PART_ZERO && imag == PART_ZERO;
            acb_clear(z);
            return d;
        }
        if (!zero_tested && worth_a_zero_test(prec, first, z)) {
            zero_tested = true;
            if (expr_zero_test(p, e).answer == YES) {
                acb_zero(z);
                break;
            }
        }
    }
    d = status == EVAL_OK ? last_resort(p, a, e, z, digits) : no_decimal(p, a, status, fault);
    acb_clear(z);
    return d;
}

/* ---- balls ---------------------------------------------------------------------------------------------------------------- */

static bool accurate(const acb_t z, slong bits)
{
    return acb_is_zero(z) || acb_rel_accuracy_bits(z) >= bits;
}

/* A part of an accurate complex value that contains zero becomes zero where that is proved. */
static void settle_zero_part(Pool *p, const Expr *e, acb_t z)
{
    if (is_real(z) || e->flags & EXPR_HAS_BALL)
        return;
    if (!arb_is_zero(acb_realref(z)) && arb_contains_zero(acb_realref(z)) && part_is_zero(p, e, false))
        arb_zero(acb_realref(z));
    else if (arb_contains_zero(acb_imagref(z)) && part_is_zero(p, e, true))
        arb_zero(acb_imagref(z));
}

const Expr *expr_approximate(Pool *p, const Expr *e, size_t digits)
{
    if (expr_is_number(e)) {
        bool  exact;
        Mark  mark = arena_mark(pool_scratch(p));
        rational_decimal(pool_scratch(p), fmpq_numref(expr_number(e)), fmpq_denref(expr_number(e)), digits, &exact);
        arena_release(pool_scratch(p), mark);
        if (exact)
            return e;
    }
    slong       want = (slong)(3.3220 * (double)digits) + 8, first = want + 32;
    const Expr *fault = NULL, *result = NULL;
    Ball        ball = { .digits = (slong)digits };
    EvalStatus  status = EVAL_IMPRECISE;
    bool        zero_tested = false;
    acb_init(ball.value);
    for (slong prec = first; !result && prec <= (first * 16 > MAX_BITS ? first * 16 : MAX_BITS); prec *= 2) {
        Str text;
        Mark mark = arena_mark(pool_scratch(p));
        status = expr_enclose(p, e, NULL, NULL, 0, prec, ball.value, &fault);
        if (status == EVAL_OK && accurate(ball.value, want))
            settle_zero_part(p, e, ball.value);
        if (status == EVAL_OK && (accurate(ball.value, want) || (e->flags & EXPR_HAS_BALL))
            && ((e->flags & EXPR_HAS_BALL) || !is_real(ball.value) || ball_decimal(pool_scratch(p), acb_realref(ball.value), digits, &text)))
            result = expr_ball(p, &ball);
        arena_release(pool_scratch(p), mark);
        if (status != EVAL_OK && status != EVAL_IMPRECISE)
            break;
        if (!result && !zero_tested && status == EVAL_OK && worth_a_zero_test(prec, first, ball.value)) {
            zero_tested = true;
            if (expr_zero_test(p, e).answer == YES)
                result = expr_int(p, 0);
        }
    }
    if (!result) {
        Mark    mark = arena_mark(pool_scratch(p));
        Decimal d = status == EVAL_OK ? last_resort(p, pool_scratch(p), e, ball.value, digits)
                                      : no_decimal(p, pool_scratch(p), status, fault);
        if (d.zero_not_proved)
            pool_fail(p, "0 to %zu digits, but it could not be proved to be zero", d.digits);
        else if (status == EVAL_OK)
            result = expr_ball(p, &ball);
        else
            pool_fail(p, "%.*s", STR_ARGS(d.why));
        arena_release(pool_scratch(p), mark);
    }
    acb_clear(ball.value);
    return result;
}

/* ---- N ------------------------------------------------------------------------------------------------------------------- */

enum { MAX_DIGITS = 1000000 };

static const Expr *approximate_entries(Pool *p, const Expr *e, size_t digits)
{
    if (e->kind != EXPR_TENSOR)
        return expr_approximate(p, e, digits);
    const Expr **entry = arena_array(pool_arena(p), const Expr *, e->arity);
    for (uint32_t i = 0; i < e->arity; i++)
        if (!(entry[i] = expr_approximate(p, e->arg[i], digits)))
            return NULL;
    return expr_tensor(p, expr_rows(e), expr_cols(e), entry);
}

static Value approximate_call(Call *c)
{
    const Expr *e = c->arg[0].expr;
    slong       digits = (slong)c->settings->digits;
    if (call_has(c, 1) && (!expr_fits_slong(c->arg[1].expr, &digits) || digits < 1 || digits > MAX_DIGITS))
        return call_fail(c, 1, "N gives 1 to %d digits", MAX_DIGITS);
    Nodes symbols = expr_symbols(c->pool, c->arena, e);
    if (symbols.n)
        return call_fail(c, 0, "N needs a number, but %.*s has no value", STR_ARGS(symbols.at[0]->name));
    const Expr *result = approximate_entries(c->pool, e, (size_t)digits);
    return result ? value_expr(result) : call_fail(c, 0, "%.*s", STR_ARGS(pool_error(c->pool)));
}

const Builtin evaluate_builtins[] = {
    { .sig     = "N(e: expr, digits: int?) -> expr",
      .help    = "The decimal value of a number, every digit certain.",
      .example = { { "N(pi, 30)", "3.14159265358979323846264338328" },
                   { "N(sqrt(2), 40)", "1.414213562373095048801688724209698078570" } },
      .words = "numerical decimal digits evaluate evalf vpa float precision", .call = approximate_call },
    { 0 }
};
