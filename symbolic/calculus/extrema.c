/* SPDX-License-Identifier: GPL-3.0-or-later */
/* extrema: the least and the greatest value in a range, or what the values tend to where neither is taken.
 *
 * Where balls show f to be continuous on a finite range, the candidates are the critical points and both ends. Else the range is
 * cut at the places where f may not be continuous (limits/joints.h), and the limits from both sides of each, and at infinite
 * ends, are candidates as well, which f comes near to but does not take. */
#include "symbolic/calculus/critical_int.h"

#include "base/report.h"
#include "symbolic/algebra/zero.h"
#include "symbolic/expr/show.h"
#include "symbolic/limits/joints.h"
#include "symbolic/limits/limit.h"

#include <math.h>

typedef struct Candidate {
    const Expr *value, *at;         /* value: oo and -oo too */
    int         side;               /* of at, from which the value is approached: -1, 1; 0: it is taken there, or at is infinite */
    bool        taken;
} Candidate;

typedef struct Search {
    Curve         *s;
    Call          *c;
    VEC(Candidate) candidate;
} Search;

static Str shown(Call *c, const Expr *e)
{
    Buf b = buf_new(c->arena);
    expr_show(&b, c->pool, e, (ShowStyle){ .unicode = c->settings->unicode, .digits = c->settings->digits });
    return buf_str(&b);
}

static bool is_infinite(const Expr *e) { return e->flags & EXPR_HAS_INFINITE; }

/* ---- comparing ------------------------------------------------------------------------------------------------------------------- */

/* The sign of a - b, of real numbers or oo and -oo; UNKNOWN if they may be equal. */
static Truth compare(Pool *p, const Expr *a, const Expr *b, int *sign)
{
    *sign = 0;
    if (a == b)
        return YES;
    if (is_infinite(a) || is_infinite(b)) {
        int x = !is_infinite(a) ? 0 : expr_is_constant(a, CONSTANT_OO) ? 1 : -1, y = !is_infinite(b) ? 0 : expr_is_constant(b, CONSTANT_OO) ? 1 : -1;
        *sign = (x > y) - (x < y);
        return YES;
    }
    Truth t = expr_sign(p, expr_sub(p, a, b), sign).answer;
    pool_clear_error(p);
    return t == YES ? YES : UNKNOWN;
}

typedef struct Extreme {
    const Expr *value;
    bool        taken;
    Str         where;              /* "x = 1, x = 4" or "x -> 0+, x -> oo" */
} Extreme;

static void add_place(Search *s, Buf *b, const Candidate *q)
{
    const char *arrow = s->c->settings->unicode ? "→" : "->";
    buf_printf(b, "%.*s %s %.*s%s", STR_ARGS(s->s->x->name), q->taken ? "=" : arrow, STR_ARGS(shown(s->c, q->at)), q->side ? q->side > 0 ? "+" : "-" : "");
}

/* The extreme of all candidates; false if two could not be compared. */
static bool extreme(Search *s, bool greatest, Extreme *out)
{
    const Candidate *q = s->candidate.at;
    size_t best = 0;
    int    sign;
    Buf    taken = buf_new(s->c->arena), near = buf_new(s->c->arena);
    for (size_t i = 1; i < s->candidate.n; i++)
        if (compare(s->c->pool, q[i].value, q[best].value, &sign) == YES && (greatest ? sign > 0 : sign < 0))
            best = i;
    for (size_t i = 0; i < s->candidate.n; i++) {
        Truth t = compare(s->c->pool, q[i].value, q[best].value, &sign);
        if (t != YES)
            return false;
        Buf *b = q[i].taken ? &taken : &near;
        if (sign)
            continue;
        buf_add_s(b, buf_str(b).n ? ", " : "");
        add_place(s, b, &q[i]);
    }
    *out = (Extreme){ q[best].value, buf_str(&taken).n > 0, buf_str(&taken).n ? buf_str(&taken) : buf_str(&near) };
    return true;
}

/* ---- candidates --------------------------------------------------------------------------------------------------------------------- */

static void add_value(Search *s, const Expr *value, const Expr *at)
{
    for (size_t i = 0; i < s->candidate.n; i++)
        if (s->candidate.at[i].at == at && s->candidate.at[i].taken)
            return;
    if (value)
        vec_push(s->c->arena, &s->candidate, (Candidate){ value, at, 0, true });
}

/* Is f real somewhere between the two places? Its breaks are none of the places between, so one stands for all. */
static bool real_between(Search *s, double from, double to)
{
    double at = isinf(from) ? isinf(to) ? 0 : to - 1 : isinf(to) ? from + 1 : from + 0.3819660113 * (to - from);
    if (real_at(s->c->pool, s->s->f, s->s->x, at) == YES)
        return true;
    pool_clear_error(s->c->pool);
    call_fail(s->c, 0, "could not decide, because the function may have no value near %.*s = %.6g", STR_ARGS(s->s->x->name), at);
    return false;
}

static bool fail_at(Search *s, const Break *b, const char *why)
{
    call_fail(s->c, 0, "could not decide, because at %.*s = %.*s %s", STR_ARGS(s->s->x->name), STR_ARGS(shown(s->c, b->at)), why);
    return false;
}

/* What f does at a place where it may not be continuous, seen from the sides that lie in the range. */
static bool add_break(Search *s, const Break *b, bool first, bool last)
{
    if (b->kind == BREAK_OPEN || b->kind == BREAK_UNDEFINED)
        return fail_at(s, b, b->kind == BREAK_OPEN ? "the function was not understood" : "the function is not defined beside it");
    add_value(s, b->value, b->at);
    for (int k = 0; k < 2; k++) {
        if (k ? last : first)
            continue;
        if (b->outside[k])
            return fail_at(s, b, "the function is not defined on both sides");
        if (!b->limit[k])
            return fail_at(s, b, "the function has no limit");
        vec_push(s->c->arena, &s->candidate, (Candidate){ b->limit[k], b->at, k ? 1 : -1, false });
    }
    return true;
}

static bool add_infinite_end(Search *s, const Expr *to)
{
    Limit l = expr_limit(s->c->pool, s->c->arena, s->s->f, s->s->x, to, 0);
    pool_clear_error(s->c->pool);
    if (l.answer != LIMIT_FOUND) {
        call_fail(s->c, 0, "could not decide, because the function has no limit known as %.*s tends to %.*s", STR_ARGS(s->s->x->name), STR_ARGS(shown(s->c, to)));
        return false;
    }
    vec_push(s->c->arena, &s->candidate, (Candidate){ l.value, to, 0, false });
    return true;
}

static double end_place(Pool *p, const Expr *end)
{
    arb_t  v;
    double d = expr_is_constant(end, CONSTANT_OO) ? INFINITY : -INFINITY;
    arb_init(v);
    if (!is_infinite(end) && expr_real_ball(p, end, NULL, NULL, 128, v))
        d = arf_get_d(arb_midref(v), ARF_RND_NEAR);
    arb_clear(v);
    return d;
}

/* The limits at the ends and at every place between at which f may not be continuous. */
static bool add_limits(Search *s)
{
    Curve      *q = s->s;
    Pool       *p = s->c->pool;
    const Expr *oo = expr_constant(p, CONSTANT_OO), *end[] = { q->low ? q->low : expr_neg(p, oo), q->low ? q->high : oo };
    Breaks      b = breaks_in(s->c, q->f, q->x, end[0], end[1]);
    double      from = end_place(p, end[0]), to = end_place(p, end[1]), last = from;
    bool        broken[2] = { false, false };
    if (b.why.n)
        return call_fail(s->c, 0, "could not decide, because %.*s", STR_ARGS(b.why)), false;
    for (size_t i = 0; i <= b.n; i++) {
        double next = i < b.n ? b.at[i].place : to;
        if (last < next && !real_between(s, last, next))
            return false;
        last = next;
        if (i == b.n)
            break;
        broken[0] = broken[0] || next == from;
        broken[1] = broken[1] || next == to;
        if (b.at[i].kind != BREAK_NONE && !add_break(s, &b.at[i], next == from, next == to))
            return false;
        if (b.at[i].kind == BREAK_NONE)
            add_value(s, b.at[i].value, b.at[i].at);
    }
    for (int i = 0; i < 2; i++) {
        if (is_infinite(end[i]) && !add_infinite_end(s, end[i]))
            return false;
        if (!is_infinite(end[i]) && !broken[i])
            add_value(s, curve_value(q, q->f, &(Zero){ end[i], true, 0 }), end[i]);
    }
    return true;
}

/* ---- the command -------------------------------------------------------------------------------------------------------------------- */

/* "minimum -2 at x = 1", "no maximum: it tends to 1 as x -> oo". */
static Str sentence(Search *s, const char *what, const Extreme *e)
{
    Arena *a = s->c->arena;
    if (e->taken)
        return str_printf(a, "%s %.*s at %.*s", what, STR_ARGS(shown(s->c, e->value)), STR_ARGS(e->where));
    return str_printf(a, "no %s: it tends to %.*s as %.*s", what, STR_ARGS(shown(s->c, e->value)), STR_ARGS(e->where));
}

static Value extrema_call(Call *c)
{
    Curve   q = { .c = c };
    Search  s = { .s = &q, .c = c };
    Extreme least, greatest;
    if (!curve_read(&q))
        return value_failed();
    if (!expr_depends(c->pool, q.f, q.x))
        return call_fail(c, 0, "the function is constant");
    bool whole = curve_continuous(&q, q.f);
    q.jumps_apart = !whole;
    if (!curve_points(&q))
        return value_failed();
    if (q.open.n)
        return curve_incomplete(&q);
    for (size_t i = 0; i < q.point.n; i++)
        add_value(&s, q.point.at[i].value, q.point.at[i].zero.at);
    for (int i = 0; whole && i < 2; i++)
        add_value(&s, curve_value(&q, q.f, &(Zero){ i ? q.high : q.low, true, 0 }), i ? q.high : q.low);
    if (!whole && !add_limits(&s))
        return value_failed();
    if (!s.candidate.n || !extreme(&s, false, &least) || !extreme(&s, true, &greatest))
        return call_fail(c, -1, "could not decide, because two values of the function may be equal");
    Report *r = report_new(c->arena, "extrema");
    if (least.taken)
        report_value(r, "minimum", value_expr(least.value));
    if (greatest.taken)
        report_value(r, "maximum", value_expr(greatest.value));
    report_value(r, "infimum", value_expr(least.value));
    report_value(r, "supremum", value_expr(greatest.value));
    r->main = value_list(c->arena, (Value[]){ value_expr(least.value), value_expr(greatest.value) }, 2);
    r->summary = str_printf(c->arena, "%.*s; %.*s", STR_ARGS(sentence(&s, "minimum", &least)), STR_ARGS(sentence(&s, "maximum", &greatest)));
    return value_report(r);
}

const Builtin extrema_builtins[] = {
    { .sig = "extrema(f: objective, x: var?, range: over?) -> report",
      .help = "The least and the greatest value of f in a range, ends included, and where they are; or what f tends to where it takes none.",
      .example = { { "extrema(x^3 - 3x, x = 0..2)", "minimum -2 at x = 1; maximum 2 at x = 2" },
                   { "extrema(x + 1/x, x = 0..oo).infimum", "2" } },
      .lesson = 2, .see = "critical_points minimize", .words = "global minimum maximum infimum supremum largest smallest range of values bounds", .by_value = true, .call = extrema_call },
    { 0 }
};
