/* SPDX-License-Identifier: GPL-3.0-or-later */
/* continuous, discontinuities: limits from both sides and the value at every place that could be a discontinuity (joints.c).
 *
 * On the whole line such places may come in families, offset + period*n. The member n = 0 is looked at; the others behave in
 * the same way if f(x + period) - f(x) is a constant, which is proved or else the answer asks for a range. Between two neighbouring
 * places f is continuous or nowhere real; one value in between tells. */
#include "symbolic/limits/joints.h"

#include "base/report.h"
#include "base/vec.h"
#include "symbolic/algebra/poly.h"
#include "symbolic/algebra/simplify.h"
#include "symbolic/algebra/zero.h"
#include "symbolic/expr/show.h"
#include "symbolic/solve/invert.h"
#include "symbolic/solve/isolate.h"
#include "symbolic/solve/solve.h"
#include "symbolic/solve/solve_int.h"

#include <math.h>

typedef struct Family { const Expr *offset, *period; } Family;

typedef struct Line {               /* the whole line */
    Call        *c;
    const Expr  *f, *x;
    VEC(const Expr *) place;
    VEC(Family)  family;
    Str          why;
} Line;

static void show(Buf *b, Call *c, const Expr *e)
{
    expr_show(b, c->pool, e, (ShowStyle){ .unicode = c->settings->unicode, .digits = c->settings->digits });
}

static Str shown(Call *c, const Expr *e)
{
    Buf b = buf_new(c->arena);
    show(&b, c, e);
    return buf_str(&b);
}

static const Expr *plain(Call *c, const Expr *f) { return f->flags & EXPR_AS_TYPED ? expr_canonical(c->pool, f) : f; }

/* ---- words ------------------------------------------------------------------------------------------------------------------- */

static Str side_text(Call *c, const Break *b, int i)
{
    static const char *const where[] = { "left", "right" };
    if (b->outside[i])
        return str_printf(c->arena, "not defined to the %s", where[i]);
    if (!b->limit[i])
        return str_printf(c->arena, "%.*s from the %s", STR_ARGS(b->reason[i]), where[i]);
    return str_printf(c->arena, "%.*s from the %s", STR_ARGS(shown(c, b->limit[i])), where[i]);
}

static Str both_sides(Call *c, const Break *b)
{
    return str_printf(c->arena, "%.*s, %.*s", STR_ARGS(side_text(c, b, 0)), STR_ARGS(side_text(c, b, 1)));
}

static const Expr *common_limit(const Break *b) { return b->outside[0] ? b->limit[1] : b->limit[0]; }

static Str limit_text(Call *c, const Break *b)
{
    const char *side = b->outside[0] ? " from the right" : b->outside[1] ? " from the left" : "";
    return str_printf(c->arena, "the limit%s is %.*s", side, STR_ARGS(shown(c, common_limit(b))));
}

/* "removable, the limit is 1, there is no value" */
static Str break_text(Call *c, const Break *b)
{
    Str value = b->value ? str_printf(c->arena, "the value is %.*s", STR_ARGS(shown(c, b->value))) : STR("there is no value");
    switch (b->kind) {
    case BREAK_NONE:
        if (b->outside[0] || b->outside[1])
            return str_printf(c->arena, "the value is %.*s, and so is the limit from the %s; %.*s", STR_ARGS(shown(c, b->value)), b->outside[0] ? "right" : "left",
                              STR_ARGS(side_text(c, b, !b->outside[0])));
        return str_printf(c->arena, "the limit and the value are %.*s", STR_ARGS(shown(c, b->value)));
    case BREAK_REMOVABLE:
        return str_printf(c->arena, "removable, %.*s, %.*s", STR_ARGS(limit_text(c, b)), STR_ARGS(value));
    case BREAK_JUMP: case BREAK_INFINITE: case BREAK_ESSENTIAL:
        return str_printf(c->arena, "%s, %.*s", break_name(b->kind), STR_ARGS(both_sides(c, b)));
    case BREAK_UNDEFINED:
        return b->value ? STR("the function is not defined beside this point") : STR("the function is not defined there");
    case BREAK_OPEN:
        return str_printf(c->arena, "could not decide, because %.*s", STR_ARGS(b->why));
    }
    return value;
}

static Value limit_cell(Call *c, const Break *b, int i, const Expr *shift)
{
    return b->limit[i] ? value_expr(shift ? expr_add(c->pool, b->limit[i], shift) : b->limit[i])
         : value_text(b->outside[i] ? STR("not defined") : b->reason[i].n ? b->reason[i] : STR("not decided"));
}

static Value value_cell(Call *c, const Break *b, const Expr *shift)
{
    return b->value ? value_expr(shift ? expr_add(c->pool, b->value, shift) : b->value) : value_text(STR("none"));
}

/* ---- the question -------------------------------------------------------------------------------------------------------------- */

static bool read_function(Call *c, const Expr *x, bool letters)
{
    const Expr *f = c->arg[0].expr;
    if (!x || x->kind != EXPR_SYMBOL || !expr_is_scalar(f) || f->kind == EXPR_RELATION) {
        call_fail(c, 0, "%.*s takes a function of one variable", STR_ARGS(c->name));
        diag_hint(c->diag, "%.*s(1/x, x%s)", STR_ARGS(c->name), str_is(c->name, "continuous") ? " = 0" : "");
        return false;
    }
    Nodes free = expr_symbols(c->pool, c->arena, f);
    for (size_t i = 0; !letters && i < free.n; i++)
        if (free.at[i] != x)
            return call_fail(c, 0, "%.*s needs a value for %.*s", STR_ARGS(c->name), STR_ARGS(free.at[i]->name)), false;
    return true;
}

/* The ends of a range; false with a message if they are in the wrong order. infinite: the whole line. */
static bool read_ends(Call *c, size_t arg, const Expr **x, const Expr **low, const Expr **high)
{
    const Record *r = c->arg[arg].record;
    *x = record_get(r, STR("var"))->expr;
    *low = plain(c, record_get(r, STR("low"))->expr);
    *high = plain(c, record_get(r, STR("high"))->expr);
    if (!*low || !*high)
        return false;
    if ((*low)->flags & (*high)->flags & EXPR_HAS_INFINITE && *low == expr_neg(c->pool, *high) && expr_is_constant(*high, CONSTANT_OO)) {
        *low = *high = NULL;
        return true;
    }
    if (expr_decide(c->pool, expr_relation(c->pool, REL_LT, *low, *high)).answer != YES) {
        call_fail(c, (int)arg, "the range needs two numbers, the lower one first");
        if (expr_decide(c->pool, expr_relation(c->pool, REL_GT, *low, *high)).answer == YES)
            diag_hint(c->diag, "%.*s = %.*s..%.*s", STR_ARGS((*x)->name), STR_ARGS(shown(c, *high)), STR_ARGS(shown(c, *low)));
        return false;
    }
    if (((*low)->flags | (*high)->flags) & EXPR_HAS_INFINITE)
        return call_fail(c, (int)arg, "the range is finite, or -oo..oo"), false;
    return true;
}

/* ---- continuous ------------------------------------------------------------------------------------------------------------------- */

static Value verdict(Call *c, Report *r, Truth t, Str why)
{
    r->main = t == UNKNOWN ? value_text(STR("undecided")) : value_expr(expr_truth(c->pool, t == YES));
    r->summary = t == UNKNOWN ? why : str_printf(c->arena, "%s: %.*s", t == YES ? "yes" : "no", STR_ARGS(why));
    return value_report(r);
}

static void report_break(Report *r, Call *c, const Break *b)
{
    report_value(r, "kind", value_text(str_of(break_name(b->kind))));
    if (b->limit[0])
        report_value(r, "left", value_expr(b->limit[0]));
    if (b->limit[1])
        report_value(r, "right", value_expr(b->limit[1]));
    if (b->value)
        report_value(r, "value", value_cell(c, b, NULL));
}

static Value continuous_at(Call *c)
{
    Report     *r = report_new(c->arena, "continuous");
    const Expr *x = c->arg[1].expr->arg[0], *at = plain(c, c->arg[1].expr->arg[1]);
    if (!read_function(c, x, true))
        return value_failed();
    if (!at || !expr_is_scalar(at) || at->flags & (EXPR_HAS_INFINITE | EXPR_HAS_I) || expr_depends(c->pool, at, x))
        return call_fail(c, 1, "the point is a finite real number");
    Break b = break_at(c, c->arg[0].expr, x, at);
    report_break(r, c, &b);
    return verdict(c, r, b.kind == BREAK_NONE ? YES : b.kind == BREAK_OPEN ? UNKNOWN : NO, break_text(c, &b));
}

/* f where it should be real: between two places, or a place to name where it is not. */
static Truth real_between(Call *c, const Expr *f, const Expr *x, double from, double to, double *at)
{
    static const double share[] = { 0.5, 0.3819660113, 0.7320508 };
    for (size_t k = 0; k < sizeof share / sizeof *share; k++) {
        *at = from + share[k] * (to - from);
        Truth t = real_at(c->pool, f, x, *at);
        pool_clear_error(c->pool);
        if (t != UNKNOWN)
            return t;
    }
    return UNKNOWN;
}

static double number_of(Call *c, const Expr *e)
{
    arb_t  v;
    double d = 0;
    arb_init(v);
    if (expr_real_ball(c->pool, e, NULL, NULL, 128, v))
        d = arf_get_d(arb_midref(v), ARF_RND_NEAR);
    arb_clear(v);
    return d;
}

/* At an end of the range only the side inside counts. */
static void inner_side(Call *c, Break *b, double low, double high)
{
    int outer = b->place == low ? 0 : b->place == high ? 1 : -1;
    if (outer < 0 || b->kind == BREAK_OPEN || b->outside[!outer])
        return;
    const Expr *l = b->limit[!outer];
    bool infinite = l && l->flags & EXPR_HAS_INFINITE;
    b->outside[outer] = true;
    b->limit[outer] = NULL;
    b->reason[outer] = (Str){ 0 };
    b->kind = !l ? BREAK_ESSENTIAL : infinite ? BREAK_INFINITE
            : b->value && expr_zero_test(c->pool, expr_sub(c->pool, l, b->value)).answer == YES ? BREAK_NONE : BREAK_REMOVABLE;
}

static Value continuous_on(Call *c, const Expr *x, const Expr *low, const Expr *high)
{
    const Expr *f = c->arg[0].expr, *g = plain(c, f);
    Breaks      b = breaks_in(c, f, x, low, high);
    Report     *r = report_new(c->arena, "continuous");
    double      from = number_of(c, low), to = number_of(c, high), last = from, at = from;
    Truth       t = g ? YES : NO;
    Str         open = b.why;
    for (size_t i = 0; i < b.n; i++) {
        Break *q = &b.at[i];
        inner_side(c, q, from, to);
        if (q->kind != BREAK_NONE && q->kind != BREAK_OPEN) {
            report_value(r, "at", value_expr(q->at));
            report_break(r, c, q);
            return verdict(c, r, NO, str_printf(c->arena, "at %.*s = %.*s, %.*s", STR_ARGS(x->name), STR_ARGS(shown(c, q->at)), STR_ARGS(break_text(c, q))));
        }
        if (q->kind == BREAK_OPEN && !open.n)
            open = str_printf(c->arena, "at %.*s = %.*s %.*s", STR_ARGS(x->name), STR_ARGS(shown(c, q->at)), STR_ARGS(q->why));
    }
    for (size_t i = 0; i <= b.n && t == YES; i++) {
        double next = i < b.n ? b.at[i].place : to;
        if (next > last)
            t = real_between(c, g, x, last, next, &at);
        last = next;
    }
    if (t == NO)
        return verdict(c, r, NO, str_printf(c->arena, "it is not defined at %.*s = %.6g", STR_ARGS(x->name), at));
    if (t == UNKNOWN && !open.n)
        open = str_printf(c->arena, "no value was found near %.*s = %.6g", STR_ARGS(x->name), at);
    if (open.n)
        return verdict(c, r, UNKNOWN, str_printf(c->arena, "could not decide, because %.*s", STR_ARGS(open)));
    return verdict(c, r, YES, str_printf(c->arena, "%s", b.n ? "it is at every place that could be a discontinuity" : "nothing in it can be discontinuous there"));
}

/* ---- discontinuities ---------------------------------------------------------------------------------------------------------------- */

typedef struct Listing { Call *c; const Expr *x; Report *r; Table *t; } Listing;     /* t NULL: empty */

static void add_row(Listing *l, const Break *b, const Expr *at, const Expr *shift)
{
    Call *c = l->c;
    if (b->kind == BREAK_NONE || b->kind == BREAK_UNDEFINED)
        return;
    if (!l->t)
        l->t = report_table(l->r, "discontinuities", str_printf(c->arena, "%.*s kind left right value", STR_ARGS(l->x->name)).s);
    table_row(l->r, l->t, (Value[]){ value_expr(at), value_text(str_of(break_name(b->kind))), limit_cell(c, b, 0, shift), limit_cell(c, b, 1, shift), value_cell(c, b, shift) });
}

static void add_rows(Listing *l, const Breaks *b)
{
    for (size_t i = 0; i < b->n; i++)
        add_row(l, &b->at[i], b->at[i].at, NULL);
}

static Value finish_list(Listing *l, const char *where)
{
    Call  *c = l->c;
    size_t n = l->t ? l->t->rows : 0;
    Value *at = arena_array(c->arena, Value, n + 1);
    for (size_t i = 0; i < n; i++)
        at[i] = l->t->cell[i * l->t->columns];
    l->r->main = value_list(c->arena, at, n);
    report_value(l->r, "points_at", l->r->main);
    l->r->summary = n ? str_printf(c->arena, "%zu discontinuit%s%s", n, n == 1 ? "y" : "ies", where)
                      : str_printf(c->arena, "no discontinuities%s: it is continuous where it is defined", where);
    return value_report(l->r);
}

static Value discontinuities_in(Call *c, const Expr *x, const Expr *low, const Expr *high)
{
    Listing l = { c, x, report_new(c->arena, "discontinuities"), NULL };
    Breaks  b = breaks_in(c, c->arg[0].expr, x, low, high);
    if (b.why.n && !b.n)
        return call_fail(c, -1, "could not decide, because %.*s", STR_ARGS(b.why));
    add_rows(&l, &b);
    Value v = finish_list(&l, " in the range");
    if (b.why.n)
        report_note(l.r, "perhaps not all: %.*s", STR_ARGS(b.why));
    return v;
}

static bool line_open(Line *s, const char *why)
{
    if (!s->why.n)
        s->why = str_of(why);
    return false;
}

/* offset + period*n for all whole n, of an expression in the symbol n */
static bool add_family(Line *s, const Expr *e, const Expr *whole)
{
    const Expr **k;
    if (expr_coefficients(s->c->pool, s->c->arena, e, whole, 1, &k) != 1 || !expr_is_numeric(k[1]))
        return line_open(s, "infinitely many places follow no simple pattern");
    vec_push(s->c->arena, &s->family, (Family){ k[0], k[1] });
    return true;
}

static bool zeros_on_line(Line *s, const Expr *e)
{
    Call  *c = s->c;
    Places places = { 0 };
    const char *why = "";
    if (places_of(c, e, s->x, NULL, NULL, &places, &why)) {
        for (size_t i = 0; i < places.n; i++)
            vec_push(c->arena, &s->place, places.at[i]);
        return true;
    }
    pool_clear_error(c->pool);
    Inverse v = expr_solve_inverting(c->pool, c->arena, e, s->x);
    pool_clear_error(c->pool);
    if (v.found == UNKNOWN || v.every || v.conditions || v.exceptions || v.partly) {
        Zeros z = expr_zeros(c->pool, c->arena, e, s->x, NULL, NULL, c->settings->digits);
        for (size_t i = 0; z.found == YES && i < z.n; i++)
            vec_push(c->arena, &s->place, z.at[i].at);
        pool_clear_error(c->pool);
        return z.found == YES || line_open(s, "the places were not all found");
    }
    for (size_t i = 0; i < v.n; i++) {
        if (!v.whole || !expr_depends(c->pool, v.at[i], v.whole))
            vec_push(c->arena, &s->place, v.at[i]);
        else if (!add_family(s, v.at[i], v.whole))
            return false;
    }
    return true;
}

/* floor(u + 3) as floor(u) + 3 */
static const Expr *floors_shifted(Call *c, const Expr *e)
{
    Pool  *p = c->pool;
    Nodes  nodes = expr_nodes(p, c->arena, &e, 1);
    for (size_t i = 0; e && i < nodes.n; i++) {
        const Expr *u = nodes.at[i]->kind == EXPR_CALL && nodes.at[i]->arity == 1 ? expr_expand(p, nodes.at[i]->arg[0]) : NULL;
        if (!u || (nodes.at[i]->fn->id != FN_floor && nodes.at[i]->fn->id != FN_ceil) || u->kind != EXPR_ADD || !expr_is_integer(u->arg[0]))
            continue;
        const Expr *moved = expr_add(p, expr_call1(p, nodes.at[i]->fn->id, expr_sub(p, u, u->arg[0])), u->arg[0]);
        e = expr_subst(p, e, &nodes.at[i], &moved, 1);
    }
    return e;
}

/* f(x + period) - f(x), if it is a number; else NULL */
static const Expr *gain(Line *s, const Expr *period)
{
    Pool       *p = s->c->pool;
    const Expr *f = plain(s->c, s->f), *moved = expr_add(p, s->x, period);
    const Expr *d = floors_shifted(s->c, expr_sub(p, expr_subst(p, f, &s->x, &moved, 1), floors_shifted(s->c, f)));
    d = d ? expr_simplify(p, d) : NULL;
    pool_clear_error(p);
    if (d && expr_depends(p, d, s->x) && expr_zero_test(p, d).answer == YES)
        d = expr_int(p, 0);
    return d && expr_is_numeric(d) && !(d->flags & EXPR_HAS_INFINITE) ? d : NULL;
}

static bool add_family_rows(Line *s, Listing *l, const Expr **edge)
{
    Call       *c = s->c;
    const Expr *n = expr_fresh(c->pool, expr_symbol(c->pool, STR("n")));
    for (size_t i = 0; i < s->family.n; i++) {
        const Family *f = &s->family.at[i];
        bool          same = false;
        for (size_t k = 0; k < i && !same; k++)
            same = s->family.at[k].offset == f->offset && s->family.at[k].period == f->period;
        const Expr *step = same ? NULL : gain(s, f->period);
        if (same)
            continue;
        if (!step)
            return line_open(s, "infinitely many places are no copies of one");
        Break b = break_at(c, s->f, s->x, f->offset);
        if (b.outside[0] || b.outside[1])
            *edge = f->offset;
        add_row(l, &b, expr_add(c->pool, f->offset, expr_mul(c->pool, f->period, n)), expr_mul(c->pool, step, n));
    }
    return true;
}

/* The places on the line that are no families, ascending. */
static Breaks single_places(Line *s)
{
    Call      *c = s->c;
    VEC(Break) found = { 0 };
    for (size_t i = 0; i < s->place.n; i++) {
        Break  b = break_at(c, s->f, s->x, s->place.at[i]);
        size_t k = 0;
        while (k < found.n && (fabs(found.at[k].place - b.place) > 1e-13 * (1 + fabs(b.place)) || expr_zero_test(c->pool, expr_sub(c->pool, found.at[k].at, b.at)).answer == NO))
            k++;
        if (k < found.n)
            continue;
        vec_push(c->arena, &found, b);
        for (k = found.n - 1; k > 0 && found.at[k].place < found.at[k - 1].place; k--) {
            found.at[k] = found.at[k - 1];
            found.at[k - 1] = b;
        }
    }
    pool_clear_error(c->pool);
    return (Breaks){ found.n, found.at, { 0 } };
}

/* *edge: a place beside which f is not real, without being a discontinuity. */
static Value discontinuities_on_line(Call *c, const Expr *x, const Expr **edge)
{
    Listing l = { c, x, report_new(c->arena, "discontinuities"), NULL };
    Line    s = { .c = c, .f = c->arg[0].expr, .x = x };
    Joints  j = expr_joints(c->pool, c->arena, s.f, x);
    bool    fine = !j.why || line_open(&s, j.why);
    for (size_t i = 0; fine && i < j.n; i++)
        fine = zeros_on_line(&s, j.at[i].zero_of);
    Breaks found = fine ? single_places(&s) : (Breaks){ 0 };
    add_rows(&l, &found);
    for (size_t i = 0; i < found.n; i++)
        if (found.at[i].outside[0] || found.at[i].outside[1])
            *edge = found.at[i].at;
    size_t single = l.t ? l.t->rows : 0;
    fine = fine && add_family_rows(&s, &l, edge);
    pool_clear_error(c->pool);
    if (!fine) {
        call_fail(c, -1, "could not decide on the whole line, because %.*s", STR_ARGS(s.why));
        diag_hint(c->diag, "a range may help: %.*s = -10..10", STR_ARGS(x->name));
        return value_failed();
    }
    Value v = finish_list(&l, "");
    if (l.t && l.t->rows > single) {
        l.r->summary = STR("infinitely many discontinuities");
        report_note(l.r, "n is any whole number");
    }
    return v;
}

static Value discontinuities_call(Call *c)
{
    const Expr *low = NULL, *high = NULL;
    const Expr *x = c->arg[1].kind == VALUE_EXPR ? c->arg[1].expr : !call_has(c, 1) && c->nvars == 1 ? c->vars[0] : NULL;
    if (call_has(c, 2) && !read_ends(c, 2, &x, &low, &high))
        return value_failed();
    if (!read_function(c, x, false))
        return value_failed();
    const Expr *edge = NULL;
    return low ? discontinuities_in(c, x, low, high) : discontinuities_on_line(c, x, &edge);
}

/* On the line: no discontinuity, real somewhere, and on both sides of every place. */
static Value continuous_on_line(Call *c, const Expr *x)
{
    Report     *r = report_new(c->arena, "continuous");
    const Expr *edge = NULL, *f = c->arg[0].expr, *g = plain(c, f);
    Value       v = discontinuities_on_line(c, x, &edge);
    double      at = 0;
    if (v.kind != VALUE_REPORT)
        return v;
    const Field *listed = report_field(v.report, STR("discontinuities"));
    const Expr  *bad = listed ? listed->table->cell[0].expr : edge;
    if (bad)
        return verdict(c, r, NO, str_printf(c->arena, "%s at %.*s = %.*s%s", listed ? "it is not" : "it is not defined beside", STR_ARGS(x->name), STR_ARGS(shown(c, bad)),
                                            expr_is_numeric(bad) ? "" : ", n a whole number"));
    Truth real = g ? real_between(c, g, x, -1.25, 2, &at) : UNKNOWN;
    return verdict(c, r, real, real == YES ? STR("it has no discontinuity") : real == NO ? str_printf(c->arena, "it is not defined at %.*s = %.6g", STR_ARGS(x->name), at)
                                                                                         : STR("could not decide, because no value was found"));
}

static Value continuous_call(Call *c)
{
    const Expr *x, *low, *high;
    if (call_has(c, 1) == call_has(c, 2)) {
        call_fail(c, -1, "continuous needs a point or a range");
        diag_hint(c->diag, "continuous(1/x, x = 0), continuous(1/x, x = 1..2)");
        return value_failed();
    }
    if (call_has(c, 1))
        return continuous_at(c);
    if (!read_ends(c, 2, &x, &low, &high) || !read_function(c, x, false))
        return value_failed();
    return low ? continuous_on(c, x, low, high) : continuous_on_line(c, x);
}

extern const Builtin continuity_builtins[];
const Builtin continuity_builtins[] = {
    { .sig = "continuous(f: scalar, x: point?, range: over?) -> report",
      .help = "Is f continuous at a point, or on a range with its ends? With the limits from both sides and the value.",
      .example = { { "continuous(x^2, x = 2)", "yes: the limit and the value are 4" },
                   { "continuous(sin(x)/x, x = 0)", "no: removable, the limit is 1, there is no value" },
                   { "continuous(1/x, x = -1..1)", "no: at x = 0, infinite, -oo from the left, oo from the right" } },
      .lesson = 1, .see = "discontinuities limit differentiable", .words = "continuity removable jump gap hole pole", .formed = true, .by_value = true, .call = continuous_call },
    { .sig = "discontinuities(f: objective, x: var?, range: over?) -> report",
      .help = "Where f is not continuous, with the kind (removable, jump, infinite, essential), the limits from both sides and the value.",
      .example = { { "discontinuities((x^2 - 1)/(x - 1), x).points_at", "[1]" }, { "discontinuities(floor(x), x = 1/2..5/2).points_at", "[1, 2]" },
                   { "discontinuities(x^2 + 1, x)", "no discontinuities: it is continuous where it is defined" } },
      .lesson = 1, .see = "continuous limit", .words = "continuity singularities poles jumps removable essential holes", .formed = true, .by_value = true, .call = discontinuities_call },
    { 0 }
};
