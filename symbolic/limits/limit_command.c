/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The command limit: reasons in words, steps, reports. */
#include "symbolic/limits/limit.h"

#include "base/report.h"
#include "symbolic/expr/show.h"
#include "symbolic/limits/limit_several.h"

static void show(Buf *b, Pool *p, const Expr *e, const Settings *settings)
{
    expr_show(b, p, e, (ShowStyle){ .unicode = settings->unicode, .digits = settings->digits });
}

static void add_oscillation(Buf *b, Pool *p, const Limit *l, const Settings *settings)
{
    switch (l->failure) {
    case FAILS_SIDES:
        break;
    case FAILS_OSCILLATES:
        buf_add_s(b, "oscillates");
        if (l->low && l->high) {
            buf_add_s(b, " between ");
            show(b, p, l->low, settings);
            buf_add_s(b, " and ");
            show(b, p, l->high, settings);
        }
        break;
    case FAILS_UNBOUNDED:
        buf_add_s(b, "oscillates without bound");
        break;
    case FAILS_SEQUENCES:
        buf_add_s(b, "tends to ");
        show(b, p, l->low, settings);
        buf_add_s(b, " and to ");
        show(b, p, l->high, settings);
        buf_add_s(b, " along different sequences");
        break;
    case FAILS_UNDEFINED:
        buf_add_s(b, "the function is not real there");
        break;
    }
}

Str limit_reason(Pool *p, Arena *a, const Limit *l, const Settings *settings)
{
    Buf b = buf_new(a);
    if (l->failure == FAILS_SIDES || l->left || l->right) {
        const Expr *side[] = { l->left, l->right };
        for (int i = 0; i < 2; i++) {
            buf_add_s(&b, i ? ", " : "");
            if (side[i])
                show(&b, p, side[i], settings);
            else
                add_oscillation(&b, p, l, settings);
            buf_add_s(&b, i ? " from the right" : " from the left");
        }
    } else {
        add_oscillation(&b, p, l, settings);
    }
    return buf_str(&b);
}

static Value none_value(Call *c, Report *r, const Limit *l)
{
    const struct { const char *name; const Expr *e; } field[] = { { "left", l->left }, { "right", l->right }, { "low", l->low }, { "high", l->high } };
    for (size_t i = 0; i < sizeof field / sizeof *field; i++)
        if (field[i].e)
            report_value(r, field[i].name, value_expr(field[i].e));
    Buf b = buf_new(c->arena);
    buf_add_s(&b, "does not exist");
    if (l->given) {
        buf_add_s(&b, " for ");
        show(&b, c->pool, l->given, c->settings);
    }
    buf_printf(&b, ": %.*s", STR_ARGS(limit_reason(c->pool, c->arena, l, c->settings)));
    r->summary = buf_str(&b);
    return value_report(r);
}

/* ---- several variables ---------------------------------------------------------------------------------------------------------------------- */

static Str path_text(Call *c, const PathLimit *w)
{
    Buf b = buf_new(c->arena);
    if (w->value)
        show(&b, c->pool, w->value, c->settings);
    else
        buf_add(&b, w->reason);
    buf_printf(&b, " along %.*s", STR_ARGS(w->path));
    return buf_str(&b);
}

static Value several_value(Call *c, const SeveralLimit *l)
{
    Report *r = report_new(c->arena, "limit");
    if (l->answer == LIMIT_UNDECIDED && l->value) {
        Buf b = buf_new(c->arena);
        show(&b, c->pool, l->value, c->settings);
        return call_fail(c, -1, "could not decide this limit, because %.*s (%.*s)", STR_ARGS(l->why), STR_ARGS(buf_str(&b)));
    }
    if (l->answer == LIMIT_UNDECIDED)
        return call_fail(c, -1, "could not decide this limit, because %.*s", STR_ARGS(l->why));
    if (l->answer == LIMIT_FOUND) {
        if (!c->steps)
            return value_expr(l->value);
        report_step(r, "proof", NULL, NULL, str_of(l->proof));
        report_step(r, "=", NULL, l->value, (Str){ 0 });
        r->main = value_expr(l->value);
        r->derived = true;
        return value_report(r);
    }
    Buf b = buf_new(c->arena);
    for (size_t i = 0; i < l->witnesses; i++) {
        buf_printf(&b, "%s%.*s", i ? ", " : "", STR_ARGS(path_text(c, &l->witness[i])));
        if (l->witness[i].value)
            report_value(r, i ? "second" : "first", value_expr(l->witness[i].value));
    }
    r->summary = str_printf(c->arena, "does not exist: %.*s", STR_ARGS(buf_str(&b)));
    return value_report(r);
}

/* The numbers of a vector, list or matrix of the right size; NULL with a failure otherwise. */
static const Expr **point_of(Call *c, const Value *to, size_t n)
{
    const Expr **at = arena_array(c->arena, const Expr *, n);
    size_t       given = to->kind == VALUE_LIST ? to->list->n : to->kind == VALUE_EXPR && to->expr->kind == EXPR_TENSOR ? to->expr->arity : 0;
    for (size_t i = 0; i < n && given == n; i++) {
        at[i] = to->kind == VALUE_EXPR ? to->expr->arg[i] : to->list->item[i].kind == VALUE_EXPR ? to->list->item[i].expr : NULL;
        if (!at[i])
            given = 0;
    }
    if (given == n)
        return at;
    call_fail(c, 1, "the point needs %zu coordinates: (x, y) -> (0, 0)", n);
    return NULL;
}

static Value several_call(Call *c, const Value *var, const Value *to, double seconds)
{
    size_t       n = var->list->n;
    const Expr **x = arena_array(c->arena, const Expr *, n), **at = point_of(c, to, n);
    if (!at)
        return value_failed();
    for (size_t i = 0; i < n; i++)
        x[i] = var->list->item[i].expr;
    const Expr *f = c->arg[0].expr->flags & EXPR_AS_TYPED ? expr_canonical(c->pool, c->arg[0].expr) : c->arg[0].expr;
    if (!f)
        return value_failed();
    SeveralLimit l = expr_limit_several(c->pool, c->arena, f, x, at, n, seconds, c->settings);
    return several_value(c, &l);
}

static Value limit_call(Call *c)
{
    const Record *arrow = c->arg[1].record;
    const Value  *var = record_get(arrow, STR("var")), *to = record_get(arrow, STR("to")), *side = record_get(arrow, STR("side"));
    slong         direction = 0, seconds = LIMIT_SECONDS;
    if (side && side->kind == VALUE_EXPR)
        expr_fits_slong(side->expr, &direction);
    if (!expr_fits_slong(c->arg[2].expr, &seconds) || seconds < 1)
        return call_fail(c, 2, "the budget is a whole number of seconds, 1 or more");
    if (var->kind == VALUE_LIST && direction)
        return call_fail(c, 1, "a side needs one variable");
    if (var->kind == VALUE_LIST)
        return several_call(c, var, to, (double)seconds);
    if (var->kind != VALUE_EXPR || to->kind != VALUE_EXPR)
        return call_fail(c, 1, "limit needs a variable and a point");
    if (expr_depends(c->pool, to->expr, var->expr))
        return call_fail(c, 1, "the point must not contain the variable itself");
    Report *r = report_new(c->arena, "limit");
    Limit   l = expr_limit_within(c->pool, c->arena, c->arg[0].expr, var->expr, to->expr, (int)direction, (double)seconds, c->steps ? r : NULL);
    if (l.answer == LIMIT_UNDECIDED)
        return call_fail(c, -1, "could not decide this limit, because %.*s", STR_ARGS(l.why));
    if (l.answer == LIMIT_NONE)
        return none_value(c, r, &l);
    if (l.domain)
        report_note(r, "the function is real only to the %s of the point", l.domain > 0 ? "right" : "left");
    if (!c->steps && !l.domain)
        return value_expr(l.value);
    if (c->steps)
        report_step(r, "=", NULL, l.value, (Str){ 0 });
    r->main = value_expr(l.value);
    r->derived = c->steps;
    return value_report(r);
}

const Builtin limit_builtins[] = {
    { .sig = "limit(f: scalar, x: arrow; seconds: int = 2) -> expr",
      .help = "The value that f approaches as x tends to a, from one side (a+, a-) or from both; a may be oo or -oo; or as several variables tend to a point. If there is none, the answer says why.",
      .example = { { "limit(sin(x)/x, x -> 0)", "1" },
                   { "limit(1/x, x -> 0)", "does not exist: -oo from the left, oo from the right" },
                   { "limit(sin(x) + 2, x -> oo)", "does not exist: oscillates between 1 and 3" },
                   { "limit(x*y/(x^2 + y^2), (x, y) -> (0, 0))", "does not exist: 0 along y = 0, 1/2 along y = x" } },
      .lesson = 1, .see = "series taylor", .words = "lim approach tends continuity oscillates", .by_value = true, .call = limit_call },
    { 0 }
};
