/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The derivation of a derivative: one rule per operation of the expression as it was typed, from the outside in.
 *
 * The engine (diff.c) walks the expression as typed and tells every rule that it applies. A line is a template for such a rule in
 * which the derivatives of the operands are still to be taken, (x^2)'*sin(x) + x^2*(sin(x))'; with the recorded derivatives
 * of the operands it must be the recorded derivative of the node. At the end the result is compared with expr_diff of the
 * canonical expression, and every line with difference quotients (check.c): a derivation that does not lead to the answer is
 * an error, never printed. Refused: sums over data, inequalities, nesting deeper than anyone reads. */
#include "symbolic/calculus/derivation.h"

#include "base/interrupt.h"
#include "base/sort.h"
#include "base/vec.h"
#include "symbolic/algebra/simplify.h"
#include "symbolic/algebra/zero.h"
#include "symbolic/calculus/diff.h"
#include "symbolic/expr/expr_int.h"
#include "symbolic/expr/memo.h"

enum { MOST_STEPS = 2000, MOST_DEPTH = 300, MOST_FACTORS = 60 };

typedef struct Rule {
    const char *name, *note;        /* name NULL: there is none */
    const Expr *after;              /* the template */
} Rule;

typedef struct Line {
    Rule        rule;
    const Expr *node, *value;
} Line;

typedef VEC(const Expr *) Nodelist;

typedef struct Derivation {
    Recorder    recorder;           /* (first, so that the engine's pointer to it is one to this) */
    Pool       *pool;
    Arena      *arena;
    const Expr *x;
    Memo        memo;               /* node -> its derivative, as the engine recorded it */
    Memo        told;               /* nodes that have a line, or need none */
    Nodelist    pending;            /* nodes whose derivative stands in the template that is being made */
    VEC(Line)   line;
} Derivation;

static const char pending_name[] = { UNKNOWN_BARE, 0 };

const Expr *expr_pending(Pool *p, const Expr *e)
{
    static const uint32_t once = 1;
    return e ? expr_unknown(p, str_of(pending_name), &once, &e, 1) : NULL;
}

bool expr_is_pending(const Expr *e)
{
    return e->kind == EXPR_UNKNOWN && e->unknown.name.n == 1 && e->unknown.name.s[0] == UNKNOWN_BARE;
}

static bool moves(const Derivation *d, const Expr *u) { return expr_depends(d->pool, u, d->x); }

/* The derivative of an operand as it stands in a template: that of x is 1 at once, others are still to be taken. */
static const Expr *prime(Derivation *d, const Expr *u)
{
    if (u == d->x || !moves(d, u))
        return expr_int(d->pool, u == d->x);
    vec_push(d->arena, &d->pending, u);
    return expr_pending(d->pool, u);
}

/* ---- templates, in which the order of operands stays --------------------------------------------------------------- */

static const Expr *times(Pool *p, const Expr *a, const Expr *b)
{
    const Expr *arg[] = { a, b };
    return !a || !b ? NULL : expr_is_one(a) ? b : expr_is_one(b) ? a : expr_is_zero(a) ? a : expr_is_zero(b) ? b : typed_node(p, EXPR_MUL, arg, 2);
}

static const Expr *negative(Pool *p, const Expr *a)
{
    return a && expr_is_number(a) ? expr_neg(p, a) : typed_node(p, EXPR_NEG, &a, 1);
}

static const Expr *plus(Pool *p, const Expr *a, const Expr *b, bool minus)
{
    const Expr *arg[] = { a, b };
    if (!a || !b || expr_is_zero(b))
        return b ? a : NULL;
    if (expr_is_zero(a))
        return minus ? negative(p, b) : b;
    return typed_node(p, minus ? EXPR_SUB : EXPR_ADD, arg, 2);
}

static const Expr *over(Pool *p, const Expr *a, const Expr *b)
{
    const Expr *arg[] = { a, b };
    return typed_node(p, EXPR_DIV, arg, 2);
}

static const Expr *square(Pool *p, const Expr *a)
{
    const Expr *arg[] = { a, expr_int(p, 2) };
    return typed_node(p, EXPR_POW, arg, 2);
}

static Rule rule(const char *name, const Expr *after, const char *note) { return (Rule){ name, note, after }; }

/* The derivative of u, which no rule takes further apart. */
static Rule at_once(Derivation *d, const char *name, const Expr *u, const char *note)
{
    return rule(name, expr_diff(d->pool, expr_canonical(d->pool, u), d->x), note);
}

/* ---- sums and products ---------------------------------------------------------------------------------------------- */

typedef struct Term { const Expr *e; bool minus; Pool *pool; } Term;
typedef VEC(Term) TermList;

static int display_order(const void *a, const void *b)
{
    const Term *s = a, *t = b;
    return expr_display_cmp(s->pool, s->e, t->e);
}

/* The terms of a sum as typed, from the left; of a canonical one in the order in which it prints. */
static void terms_of(Derivation *d, const Expr *u, TermList *out)
{
    VEC(Term) stack = { 0 };
    vec_push(d->arena, &stack, (Term){ u, false, d->pool });
    while (stack.n) {
        Term t = stack.at[--stack.n];
        bool typed = t.e->flags & EXPR_AS_TYPED, sum = t.e->kind == EXPR_ADD || t.e->kind == EXPR_SUB, minus = t.minus;
        const Expr *rest;
        if (t.e->kind == EXPR_NEG)
            vec_push(d->arena, &stack, (Term){ t.e->arg[0], !minus, d->pool });
        else if (sum)
            for (uint32_t i = t.e->arity; i-- > 0;)
                vec_push(d->arena, &stack, (Term){ t.e->arg[i], minus != (t.e->kind == EXPR_SUB && i), d->pool });
        else if (!typed && expr_number_sign(expr_split_coefficient(d->pool, t.e, &rest)) < 0)
            vec_push(d->arena, out, (Term){ expr_neg(d->pool, t.e), !minus, d->pool });
        else
            vec_push(d->arena, out, t);
    }
    if (!(u->flags & EXPR_AS_TYPED))
        sort_array(out->at, out->n, sizeof *out->at, display_order);
}

static Rule sum_rule(Derivation *d, const Expr *u)
{
    TermList      term = { 0 };
    size_t      constant = 0;
    const Expr *after = expr_int(d->pool, 0);
    terms_of(d, u, &term);
    for (size_t i = 0; i < term.n; i++) {
        constant += !moves(d, term.at[i].e);
        after = plus(d->pool, after, prime(d, term.at[i].e), term.at[i].minus);
    }
    return rule("sum rule", after, constant ? "constants have derivative 0" : NULL);
}

/* The factors of a product as typed, with those of negated ones; false if there are too many. */
static bool factors_of(Derivation *d, const Expr *u, Nodelist *out)
{
    Nodelist stack = { 0 };
    vec_push(d->arena, &stack, u);
    while (stack.n) {
        const Expr *e = stack.at[--stack.n];
        if (e->kind == EXPR_NEG)
            vec_push(d->arena, out, expr_int(d->pool, -1));
        if (e->kind == EXPR_MUL || e->kind == EXPR_NEG)
            for (uint32_t i = e->arity; i-- > 0;)
                vec_push(d->arena, &stack, e->arg[i]);
        else
            vec_push(d->arena, out, e);
        if (out->n + stack.n > MOST_FACTORS)
            return false;
    }
    return true;
}

static Rule product_rule(Derivation *d, const Expr *u)
{
    Pool       *p = d->pool;
    Nodelist    all = { 0 }, f = { 0 };
    const Expr *constant = expr_int(p, 1), *rest = expr_int(p, 1), *after = expr_int(p, 0);
    if (!factors_of(d, u, &all))
        return rule(NULL, NULL, "a product of so many factors");
    for (size_t i = 0; i < all.n; i++)
        if (moves(d, all.at[i])) {
            vec_push(d->arena, &f, all.at[i]);
            rest = times(p, rest, all.at[i]);
        } else {
            constant = expr_is_int(all.at[i], -1) ? negative(p, constant) : times(p, constant, all.at[i]);
        }
    if (expr_is_numeric(constant))
        constant = expr_canonical(p, constant);
    if (f.n < all.n && expr_is_int(constant, -1))
        return rule("constant factor", negative(p, prime(d, rest)), NULL);
    if (f.n < all.n)
        return rule("constant factor", times(p, constant, prime(d, rest)), NULL);
    for (size_t i = 0; i < f.n; i++) {
        const Expr *term = expr_int(p, 1);
        for (size_t j = 0; j < f.n; j++)
            term = times(p, term, i == j ? prime(d, f.at[j]) : f.at[j]);
        after = plus(p, after, term, false);
    }
    return rule("product rule", after, NULL);
}

static Rule quotient_rule(Derivation *d, const Expr *u)
{
    Pool       *p = d->pool;
    const Expr *f = u->arg[0], *g = u->arg[1];
    if (!moves(d, g))
        return rule("constant factor", over(p, prime(d, f), g), NULL);
    if (!moves(d, f) && g == d->x)
        return at_once(d, "power rule", u, NULL);
    const Expr *left = times(p, prime(d, f), g), *right = times(p, f, prime(d, g));
    return rule("quotient rule", over(p, plus(p, left, right, true), square(p, g)), NULL);
}

/* ---- powers and functions --------------------------------------------------------------------------------------------- */

/* The partial derivative of u in its i-th operand, which stands for all of it: taken in a new variable. */
static const Expr *partial(Derivation *d, const Expr *u, size_t i)
{
    Pool        *p = d->pool;
    const Expr **arg = arena_array(d->arena, const Expr *, u->arity);
    for (size_t k = 0; k < u->arity; k++)
        arg[k] = expr_canonical(p, u->arg[k]);
    const Expr *t = expr_fresh(p, expr_symbol(p, STR("operand"))), *whole = arg[i];
    arg[i] = t;
    return expr_subst(p, expr_diff(p, expr_remake(p, u, arg), t), &t, &whole, 1);
}

static Rule power_rule(Derivation *d, const Expr *u)
{
    Pool       *p = d->pool;
    const Expr *f = u->arg[0], *g = u->arg[1];
    if (!moves(d, g))
        return f == d->x ? at_once(d, "power rule", u, NULL)
                         : rule("chain rule", times(p, partial(d, u, 0), prime(d, f)), "power rule outside");
    if (!moves(d, f))
        return g == d->x ? at_once(d, "exponential", u, NULL)
                         : rule("chain rule", times(p, partial(d, u, 1), prime(d, g)), "exponential outside");
    const Expr *log = typed_call(p, &fn_rows[FN_log], &f, 1);
    const Expr *inner = plus(p, times(p, prime(d, g), log), over(p, times(p, g, prime(d, f)), f), false);
    return rule("logarithmic differentiation", times(p, u, inner), "u^v = exp(v*log(u))");
}

static const char *kink_of(const FnRow *fn)
{
    switch ((int)fn->id) {
    case FN_abs:   return "no derivative where the argument is 0";
    case FN_stop_gradient:
        return "counts as a constant";
    case FN_sign:  return "jumps where the argument is 0";
    case FN_floor: case FN_ceil:
        return "jumps where the argument is a whole number";
    case FN_round: return "jumps where the argument is a half";
    case FN_mod:   return "jumps where the quotient is a whole number";
    }
    return NULL;
}

/* max(u, v)' and min: the derivative of the argument that is extreme. */
static Rule extreme_rule(Derivation *d, const Expr *u)
{
    const Expr **arg = arena_array(d->arena, const Expr *, u->arity), **value = arena_array(d->arena, const Expr *, u->arity);
    for (size_t i = 0; i < u->arity; i++) {
        arg[i] = expr_canonical(d->pool, u->arg[i]);
        value[i] = prime(d, u->arg[i]);
    }
    return rule("piecewise", expr_where_extreme(d->pool, u->fn->id, arg, value, u->arity), "perhaps no derivative where two are equal");
}

static Rule function_rule(Derivation *d, const Expr *u)
{
    bool        known = u->kind == EXPR_CALL, simple = true;
    const char *name = !known ? "unknown function" : u->fn->id == FN_exp ? "exponential" : "table", *note = known ? kink_of(u->fn) : NULL;
    const Expr *after = expr_int(d->pool, 0);
    if (known && (u->fn->id == FN_max || u->fn->id == FN_min))
        return extreme_rule(d, u);
    for (size_t i = 0; i < u->arity; i++)
        simple = simple && (u->arg[i] == d->x || !moves(d, u->arg[i]));
    if (simple)
        return at_once(d, name, u, note);
    for (size_t i = 0; i < u->arity; i++)
        if (moves(d, u->arg[i])) {
            const Expr *outer = partial(d, u, i);
            after = plus(d->pool, after, outer && expr_is_zero(outer) ? outer : times(d->pool, outer, prime(d, u->arg[i])), false);
        }
    return rule("chain rule", after, note ? note : known && u->fn->id == FN_exp ? "exponential outside" : NULL);
}

/* Operand by operand: the branches of a piecewise function, the entries of a vector, the sides of an equation. */
static Rule each_rule(Derivation *d, const Expr *u, const char *name, const char *note)
{
    const Expr **arg = arena_array(d->arena, const Expr *, u->arity);
    for (size_t i = 0; i < u->arity; i++)
        arg[i] = expr_is_condition(u, i) ? expr_canonical(d->pool, u->arg[i]) : prime(d, u->arg[i]);
    return rule(name, expr_remake(d->pool, u, arg), note);
}

static Rule rule_for(Derivation *d, const Expr *u)
{
    switch ((ExprKind)u->kind) {
    case EXPR_ADD: case EXPR_SUB:
        return sum_rule(d, u);
    case EXPR_MUL: case EXPR_NEG:
        return product_rule(d, u);
    case EXPR_DIV:       return quotient_rule(d, u);
    case EXPR_POW:       return power_rule(d, u);
    case EXPR_CALL: case EXPR_UNKNOWN:
        return function_rule(d, u);
    case EXPR_PIECEWISE: return each_rule(d, u, "piecewise", "branch by branch, between the joints");
    case EXPR_TENSOR:    return each_rule(d, u, "entry by entry", NULL);
    case EXPR_MATMUL: case EXPR_MATRIX:
        break;
    case EXPR_RELATION:
        return u->relop == REL_EQ ? each_rule(d, u, "both sides", NULL) : rule(NULL, NULL, "an inequality");
    case EXPR_ORDER: case EXPR_OVER: case EXPR_AND: case EXPR_OR: case EXPR_NOT:
        return rule(NULL, NULL, u->kind == EXPR_ORDER ? "a series" : u->kind == EXPR_OVER ? "a sum over data" : "a truth value");
    case EXPR_NUMBER: case EXPR_BALL: case EXPR_CONSTANT: case EXPR_SYMBOL: case EXPR_AXIS: case EXPR_COLUMN: case EXPR_COUNT:
        break;                      /* do not move */
    }
    return rule(NULL, NULL, "this");
}

/* ---- the walk ----------------------------------------------------------------------------------------------------------- */

static void record_rule(Recorder *r, const Expr *e, const Expr *derivative)
{
    memo_put(&((Derivation *)r)->memo, e, derivative);
}

/* The engine's derivative of u. A template may hold nodes that were not typed: 3*(x*y) without its constant. */
static const Expr *recorded(Derivation *d, const Expr *u)
{
    const Expr *value = memo_get(&d->memo, u);
    if (!value && (value = expr_diff_told(d->pool, u, d->x, &d->recorder)))
        memo_put(&d->memo, u, value);
    return value;
}

/* A line for the rule that the engine applied to u, then for those inside it. With the derivatives of the operands, the template must be the
 * engine's derivative. */
static bool tell(Derivation *d, const Expr *u, unsigned depth)
{
    Pool *p = d->pool;
    if (memo_get(&d->told, u))
        return true;
    if (depth > MOST_DEPTH || d->line.n >= MOST_STEPS || should_stop())
        return pool_fail(p, should_stop() ? "interrupted" : "the derivation is longer than %d steps or deeper than %d", MOST_STEPS, MOST_DEPTH), false;
    size_t at = d->line.n;
    d->pending.n = 0;
    Rule r = rule_for(d, u);
    if (!r.name)
        return pool_fail(p, "there are no steps for the derivative of %s", r.note), false;
    if (r.after && !d->pending.n)
        r.after = expr_canonical(p, r.after);
    const Expr *value = r.after ? recorded(d, u) : NULL;
    if (!value)
        return false;
    vec_push(d->arena, &d->line, (Line){ r, u, NULL });
    memo_put(&d->told, u, u);
    size_t       n = d->pending.n;
    const Expr **inner = arena_copy(d->arena, d->pending.at ? d->pending.at : &u, (n ? n : 1) * sizeof *inner);
    const Expr **from = arena_array(d->arena, const Expr *, n + 1), **to = arena_array(d->arena, const Expr *, n + 1);
    for (size_t i = 0; i < n; i++) {
        from[i] = expr_pending(p, inner[i]);
        to[i] = tell(d, inner[i], depth + 1) ? recorded(d, inner[i]) : NULL;
        if (!to[i])
            return false;
    }
    const Expr *whole = d->line.at[at].value = expr_canonical(p, expr_subst(p, r.after, from, to, n));
    if (whole && whole != value && whole->kind != EXPR_RELATION && !expr_agrees(p, whole, value))
        return pool_fail(p, "a step of this derivation is not what was computed: %s", r.name), false;
    return whole != NULL;
}

/* ---- checks and the report ------------------------------------------------------------------------------------------------- */

/* What balls can evaluate: vectors and equations as weighted sums of their entries, and for unknown functions u(s, t), with their
 * derivatives, sin(s + 2*t + c) with those of it. */
static const Expr *concrete(Derivation *d, const Expr *e)
{
    Pool *p = d->pool;
    if (e && (e->kind == EXPR_TENSOR || e->kind == EXPR_RELATION)) {
        const Expr *sum = expr_int(p, 0);
        for (uint32_t i = 0; i < e->arity; i++)
            sum = expr_add(p, sum, expr_mul(p, expr_int(p, (slong)i + 1), e->arg[i]));
        e = sum;
    }
    for (bool found = true; e && found;) {
        Nodes nodes = expr_nodes(p, d->arena, &e, 1);
        found = false;
        for (size_t k = 0; k < nodes.n && !found; k++)
            if ((found = nodes.at[k]->kind == EXPR_UNKNOWN)) {
                const Expr *u = nodes.at[k], *inside = expr_int(p, (slong)(str_hash(u->unknown.name) % 64)), *scale = expr_int(p, 1), *turns = expr_int(p, 0);
                for (uint32_t i = 0; i < u->arity; i++) {
                    inside = expr_add(p, inside, expr_mul(p, expr_int(p, (slong)i + 1), u->arg[i]));
                    scale = expr_mul(p, scale, expr_powi(p, expr_int(p, (slong)i + 1), u->unknown.order[i]));
                    turns = expr_add(p, turns, expr_ratio(p, u->unknown.order[i], 2));
                }
                inside = expr_add(p, inside, expr_mul(p, turns, expr_constant(p, CONSTANT_PI)));
                const Expr *value = expr_mul(p, scale, expr_call1(p, FN_sin, inside));
                e = expr_subst(p, e, &u, &value, 1);
            }
    }
    return e;
}

/* All steps and the answer at random points: the least number of points that any of them was checked at, or a failure. */
static bool check(Derivation *d, const Expr *f, const Expr *answer, size_t *points)
{
    const Expr *value = concrete(d, f), *slope = concrete(d, answer);
    if (!value || !slope)
        return false;
    Points *pts = points_new(d->pool, d->arena, value, slope, d->x);
    size_t  at = 0;
    Truth   t = points_check_derivative(pts, value, slope, points);
    const char *wrong = t == NO ? "answer" : NULL;
    for (size_t i = 0; i < d->line.n && !wrong; i++) {
        const Line *l = &d->line.at[i];
        value = concrete(d, expr_canonical(d->pool, l->node));
        slope = concrete(d, l->value);
        t = value && slope ? points_check_derivative(pts, value, slope, &at) : UNKNOWN;
        wrong = t == NO ? l->rule.name : NULL;
        *points = at < *points ? at : *points;
    }
    points_delete(pts);
    if (wrong)
        pool_fail(d->pool, "the check by difference quotients contradicts a step of this derivation: %s", wrong);
    return !wrong;
}

static void record(Derivation *d, Report *r, const Expr *asked, const Expr *result, const Expr *answer, size_t points)
{
    Str checked = points ? str_printf(r->arena, "checked at %zu point%s", points, points == 1 ? "" : "s") : STR("not checked: no values at random points");
    if (!d->line.n && asked != d->x)
        checked = (Str){ 0 };       /* a constant */
    const Steps *before = report_steps(r);
    bool         first = !before || before->n == 0;
    for (size_t i = 0; i < d->line.n; i++) {
        const Line *l = &d->line.at[i];
        Step       *s = report_step(r, l->rule.name, expr_pending(d->pool, l->node), l->rule.after, l->rule.note ? str_of(l->rule.note) : (Str){ 0 });
        s->whole = first && i == 0 && d->line.n > 1;
    }
    if (!d->line.n)
        report_step(r, asked == d->x ? "variable" : "constant", expr_pending(d->pool, asked), answer, (Str){ 0 });
    if (result != answer)
        report_step(r, "rearranged", result, answer, (Str){ 0 });
    report_step(r, "=", NULL, answer, checked);
}

const Expr *diff_derivation(Pool *p, Report *r, const Expr *e, const Expr *x)
{
    if (!e || !x)
        return NULL;
    Arena      *scratch = arena_new();
    Derivation  d = { .recorder = { record_rule }, .pool = p, .arena = scratch, .x = x, .memo = memo_new(scratch), .told = memo_new(scratch) };
    const Expr *f = expr_canonical(p, e), *answer = expr_diff(p, f, x), *result = NULL;
    size_t      points = 0;
    if (answer)
        result = e == x || !expr_depends(p, e, x) ? answer : recorded(&d, e);
    if (result && e != x && expr_depends(p, e, x) && !tell(&d, e, 0))
        result = NULL;
    if (result && result != answer && result->kind != EXPR_RELATION && expr_zero_test(p, expr_sub(p, result, answer)).answer == NO)
        result = pool_fail(p, "the derivation does not lead to the answer");
    bool fine = result && check(&d, f, answer, &points);
    if (fine)
        record(&d, r, e, result, answer, points);
    arena_delete(scratch);
    return fine ? answer : NULL;
}
