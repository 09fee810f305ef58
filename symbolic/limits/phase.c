/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Oscillation: sin(f) with f -> oo is the sine of a free angle theta, floor(f) is f - theta with theta in 0..1.
 *
 * Angles whose difference from a rational multiple of a known one has a limit are written by that one, so sin(x)^2 +
 * cos(x)^2 is 1 and sin(sqrt(x + 1)) - sin(sqrt(x)) tends to 0. A coefficient that contains angles is then a function on a
 * box: its sign is decided, and its range enclosed, by ball arithmetic on parts of the box. Nothing is divided by that
 * might vanish there, so all coefficients stay bounded. */
#include "symbolic/limits/phase.h"

#include "symbolic/algebra/zero.h"
#include "symbolic/expr/evaluate.h"

enum { MOST_BOXES = 3000, BITS = 64 };

bool has_phase(const Engine *g, const Expr *e)
{
    for (size_t i = 0; i < g->phases; i++)
        if (expr_depends(g->pool, e, g->phase[i].theta))
            return true;
    return false;
}

/* ---- finding phases ------------------------------------------------------------------------------------------------------------------- */

static const Expr *new_phase(Engine *g, const Expr *base, bool step, bool dependent)
{
    if (g->phases == MOST_PHASES) {
        trouble(g, UNSURE, "too many oscillations");
        return NULL;
    }
    const Expr *theta = expr_fresh(g->pool, expr_symbol(g->pool, STR("theta")));
    g->phase[g->phases] = (Phase){ theta, base, step, 1, dependent || has_phase(g, base) };
    g->phases++;
    return theta;
}

/* r*theta + (u - r*base) for a known base, if u/base tends to a rational r and the difference has a limit; else NULL. */
static const Expr *by_known(Engine *g, const Expr *u, const Expr *var)
{
    Pool *p = g->pool;
    for (size_t i = 0; i < g->phases; i++) {
        Phase *phase = &g->phase[i];
        if (phase->step || !expr_depends(p, phase->base, var))
            continue;
        const Germ *r = germ_of(g, expr_div(p, u, phase->base), var);
        if (r->trouble || r->order != 0 || !expr_is_number(r->value) || !fmpz_fits_si(fmpq_denref(expr_number(r->value))))
            continue;
        const Expr *rest = expr_sub(p, u, expr_mul(p, r->value, phase->base));
        const Germ *d = germ_of(g, rest, var);
        slong       q = fmpz_get_si(fmpq_denref(expr_number(r->value)));
        if (d->trouble || d->order < 0 || q > 12)
            continue;
        phase->turns = phase->turns % q ? phase->turns * q : phase->turns;
        return expr_add(p, expr_mul(p, r->value, phase->theta), rest);
    }
    return NULL;
}

static const Expr *step_phase(Engine *g, const Expr *e)
{
    Pool       *p = g->pool;
    const Expr *u = e->fn->id == FN_round ? expr_add(p, e->arg[0], expr_ratio(p, 1, 2)) : e->arg[0];
    bool        ceil = e->fn->id == FN_ceil;
    const Expr *base = ceil ? expr_neg(p, u) : u, *theta = NULL;
    bool        others = false;
    for (size_t i = 0; i < g->phases; i++) {
        if (g->phase[i].step && g->phase[i].base == base)
            theta = g->phase[i].theta;
        else
            others = g->phase[i].dependent = true;
    }
    theta = theta ? theta : new_phase(g, base, true, others);
    return theta ? (ceil ? expr_add(p, u, theta) : expr_sub(p, u, theta)) : NULL;
}

const Expr *rewrite_oscillation(Engine *g, const Expr *e, const Expr *var)
{
    const Expr *u = e->arg[0];
    bool        wave = e->fn->id == FN_sin || e->fn->id == FN_cos;
    if (!expr_depends(g->pool, u, var))
        return e;
    const Germ *germ = germ_of(g, u, var);
    if (germ->trouble && (!wave || (u->flags & EXPR_HAS_I))) {
        trouble(g, germ->trouble, germ->why);
        return NULL;
    }
    if (!germ->trouble && germ->order >= 0)
        return e;
    if (!wave)
        return step_phase(g, e);
    if (u->flags & EXPR_HAS_I) {
        trouble(g, UNSURE, "a sine of a complex number");
        return NULL;
    }
    const Expr *angle = germ->trouble ? new_phase(g, u, false, true) : by_known(g, u, var);
    angle = angle ? angle : new_phase(g, u, false, false);
    return angle ? expr_call1(g->pool, e->fn->id, angle) : NULL;
}

/* ---- boxes -------------------------------------------------------------------------------------------------------------------------------- */

typedef struct Box { double low[MOST_PHASES], high[MOST_PHASES]; } Box;

static Box whole_box(const Engine *g)
{
    Box b = { 0 };
    for (size_t i = 0; i < g->phases; i++)
        b.high[i] = g->phase[i].step ? 1 : 6.2831853071795865 * (double)g->phase[i].turns;
    return b;
}

static bool value_on(Engine *g, const Expr *c, const Box *b, arb_t r)
{
    const Expr *symbol[MOST_PHASES];
    acb_ptr     value = _acb_vec_init(MOST_PHASES + 1);
    for (size_t i = 0; i < g->phases; i++) {
        arf_t low, high;
        symbol[i] = g->phase[i].theta;
        arf_init(low);
        arf_init(high);
        arf_set_d(low, b->low[i]);
        arf_set_d(high, b->high[i]);
        arb_set_interval_arf(acb_realref(value + i), low, high, BITS);
        arf_clear(low);
        arf_clear(high);
    }
    bool fine = expr_enclose(g->pool, c, symbol, value, g->phases, BITS, value + MOST_PHASES, NULL) == EVAL_OK &&
                arb_is_zero(acb_imagref(value + MOST_PHASES));
    arb_set(r, acb_realref(value + MOST_PHASES));
    _acb_vec_clear(value, MOST_PHASES + 1);
    return fine;
}

/* Halves b along the longest side that occurs in c. */
static void halve(Engine *g, const Expr *c, const Box *b, Box *left, Box *right)
{
    size_t k = 0;
    double most = -1;
    for (size_t i = 0; i < g->phases; i++)
        if (expr_depends(g->pool, c, g->phase[i].theta) && b->high[i] - b->low[i] > most) {
            most = b->high[i] - b->low[i];
            k = i;
        }
    *left = *right = *b;
    left->high[k] = right->low[k] = (b->low[k] + b->high[k]) / 2;
}

/* Both signs, and whether some part of the box stayed undecided. */
static void signs_on_box(Engine *g, const Expr *c, bool *plus, bool *minus, bool *open)
{
    Box   *stack = arena_array(g->arena, Box, MOST_BOXES + 2);
    size_t n = 0, used = 0;
    arb_t  r;
    arb_init(r);
    *plus = *minus = *open = false;
    stack[n++] = whole_box(g);
    while (n && !(*plus && *minus)) {
        Box  b = stack[--n], point = b;
        bool fine = value_on(g, c, &b, r);
        if (fine && !arb_contains_zero(r)) {
            *(arb_is_positive(r) ? plus : minus) = true;
            continue;
        }
        for (size_t i = 0; i < g->phases; i++)
            point.low[i] = point.high[i] = (b.low[i] + b.high[i]) / 2;
        if (value_on(g, c, &point, r) && !arb_contains_zero(r))
            *(arb_is_positive(r) ? plus : minus) = true;
        if (used++ >= MOST_BOXES / 4) {
            *open = true;
            break;
        }
        halve(g, c, &b, &stack[n], &stack[n + 1]);
        n += 2;
    }
    arb_clear(r);
}

static bool only_phases(Engine *g, const Expr *c)
{
    Nodes symbols = expr_symbols(g->pool, g->arena, c);
    for (size_t i = 0; i < symbols.n; i++) {
        bool phase = false;
        for (size_t k = 0; k < g->phases; k++)
            phase = phase || symbols.at[i] == g->phase[k].theta;
        if (!phase)
            return false;
    }
    return true;
}

static bool finite_on_box(Engine *g, const Expr *c)
{
    Box   *stack = arena_array(g->arena, Box, MOST_BOXES + 2);
    size_t n = 0, used = 0;
    arb_t  r;
    arb_init(r);
    stack[n++] = whole_box(g);
    while (n && used++ < MOST_BOXES / 4) {
        Box b = stack[--n];
        if (value_on(g, c, &b, r) && mag_cmp_2exp_si(arb_radref(r), 40) < 0)
            continue;
        halve(g, c, &b, &stack[n], &stack[n + 1]);
        n += 2;
    }
    arb_clear(r);
    return n == 0;
}

bool phase_sign(Engine *g, const Expr *c, int *sign)
{
    bool plus, minus, open;
    if (!only_phases(g, c))
        return trouble(g, UNSURE, "an oscillation whose size depends on the parameters");
    signs_on_box(g, c, &plus, &minus, &open);
    *sign = plus ? 1 : -1;
    if (plus && minus) {
        g->sign_changes = true;
        return trouble(g, UNSURE, "a coefficient oscillates between both signs");
    }
    return open ? trouble(g, UNSURE, "a coefficient oscillates and comes near 0") : true;
}

bool phase_bounded(Engine *g, const Expr *c)
{
    Nodes  nodes = expr_nodes(g->pool, g->arena, &c, 1);
    Truth *known = memo_get(&g->bounded, c);
    if (!known) {
        known = arena_alloc(g->arena, sizeof *known);
        *known = YES;
        for (size_t i = 0; i < nodes.n && *known == YES; i++) {       /* the parts that may have poles */
            const Expr *v = nodes.at[i];
            bool        pole = v->kind == EXPR_CALL && v->fn->id != FN_sin && v->fn->id != FN_cos && v->fn->id != FN_exp && v->fn->id != FN_abs;
            pole = pole || (v->kind == EXPR_POW && !(expr_is_number(v->arg[1]) && expr_number_sign(v->arg[1]) >= 0));
            if (pole && has_phase(g, v))
                *known = only_phases(g, v) && finite_on_box(g, v) ? YES : NO;
        }
        memo_put(&g->bounded, c, known);
    }
    return *known == YES || trouble(g, UNSURE, "an oscillation that is not known to be bounded");
}

/* ---- ranges --------------------------------------------------------------------------------------------------------------------------------- */

static const Expr *at_angle(Engine *g, const Expr *c, const Expr *theta, slong p, slong q)
{
    const Expr *value = expr_mul(g->pool, expr_ratio(g->pool, p, q), expr_constant(g->pool, CONSTANT_PI));
    return expr_subst(g->pool, c, &theta, &value, 1);
}

static bool is_zero(Engine *g, const Expr *e)
{
    bool zero = e && expr_zero_test(g->pool, e).answer == YES;
    pool_clear_error(g->pool);
    return zero;
}

/* c = a + b*cos(k*theta) + d*sin(k*theta): the range is a -+ sqrt(b^2 + d^2). */
static bool harmonic_range(Engine *g, const Expr *c, const Expr *theta, slong turns, const Expr **low, const Expr **high)
{
    Pool *p = g->pool;
    for (slong k = 1; k <= 4 * turns; k++) {
        const Expr *c0 = at_angle(g, c, theta, 0, 1), *c1 = at_angle(g, c, theta, turns, 2 * k), *c2 = at_angle(g, c, theta, turns, k), *c3 = at_angle(g, c, theta, 3 * turns, 2 * k);
        if (!c0 || !c1 || !c2 || !c3) {
            pool_clear_error(p);
            continue;
        }
        const Expr *arg[] = { c0, c2 }, *a = pool_read(p, "(u + v)/2", arg, 2), *b = pool_read(p, "(u - v)/2", arg, 2);
        const Expr *d = expr_div(p, expr_sub(p, c1, c3), expr_int(p, 2)), *angle = expr_mul(p, expr_ratio(p, k, turns), theta);
        const Expr *form[] = { expr_mul(p, b, expr_call1(p, FN_cos, angle)), expr_mul(p, d, expr_call1(p, FN_sin, angle)), a };
        if (!is_zero(g, expr_sub(p, c, expr_sum(p, form, 3))))
            continue;
        const Expr *size[] = { b, d }, *radius = pool_read(p, "sqrt(u^2 + v^2)", size, 2);
        *low = expr_sub(p, a, radius);
        *high = expr_add(p, a, radius);
        return *low && *high;
    }
    return false;
}

/* The extreme value among those at multiples of pi/12 (steps: of 1/12): the slope vanishes there, or it is an end, and no part
 * of the box has a larger one by 2^-16. */
static const Expr *extreme_at_nodes(Engine *g, const Expr *c, const Phase *phase, int sign)
{
    Pool       *p = g->pool;
    const Expr *best = NULL, *flipped = sign < 0 ? expr_neg(p, c) : c, *where = NULL, *theta = phase->theta;
    slong       last = phase->step ? 12 : 24 * phase->turns;
    for (slong k = 0; k <= last; k++) {
        const Expr *unit = phase->step ? expr_int(p, 1) : expr_constant(p, CONSTANT_PI), *at = expr_mul(p, expr_ratio(p, k, 12), unit);
        const Expr *value = expr_subst(p, flipped, &theta, &at, 1);
        int         order = 1;
        if (!value || (best && expr_sign(p, expr_sub(p, value, best), &order).answer != YES)) {
            pool_clear_error(p);
            return NULL;
        }
        best = order > 0 ? value : best;
        where = order > 0 ? at : where;
    }
    bool end = phase->step && (expr_is_zero(where) || expr_is_one(where));
    const Expr *slope = end ? NULL : expr_diff(p, c, theta);
    if (!end && !is_zero(g, expr_subst(p, slope, &theta, &where, 1)))
        return NULL;
    bool        plus, minus, open;
    const Expr *slack = expr_sub(p, flipped, expr_add(p, best, expr_ratio(p, 1, 1 << 16)));
    signs_on_box(g, slack, &plus, &minus, &open);
    return plus || open ? NULL : sign < 0 ? expr_neg(p, best) : best;
}

Truth phase_range(Engine *g, const Expr *c, const Expr **low, const Expr **high)
{
    const Phase *only = NULL;
    size_t       count = 0;
    bool         dependent = false;
    *low = *high = NULL;
    c = plain_tails(g, c);
    for (size_t i = 0; i < g->phases; i++)
        if (expr_depends(g->pool, c, g->phase[i].theta)) {
            const Expr *slope = expr_diff(g->pool, c, g->phase[i].theta);
            if (is_zero(g, slope)) {                     /* it only seems to depend on it */
                const Expr *zero = expr_int(g->pool, 0), *fixed = expr_subst(g->pool, c, &g->phase[i].theta, &zero, 1);
                c = fixed ? fixed : c;
                continue;
            }
            only = &g->phase[i];
            dependent = dependent || only->dependent;
            count++;
        }
    if (count == 0) {
        *low = *high = c;
        return YES;
    }
    if (!dependent && count == 1 && only_phases(g, c) && (only->step || !harmonic_range(g, c, only->theta, only->turns, low, high))) {
        *low = extreme_at_nodes(g, c, only, -1);
        *high = extreme_at_nodes(g, c, only, 1);
    }
    if (*low && *high)
        return NO;
    *low = *high = NULL;
    return dependent ? UNKNOWN : NO;
}
