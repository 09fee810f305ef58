/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The command limit: reasons in words, steps, reports. */
#include "symbolic/limit.h"

#include "base/report.h"
#include "symbolic/show.h"

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

static Value limit_call(Call *c)
{
    const Record *arrow = c->arg[1].record;
    const Value  *var = record_get(arrow, STR("var")), *to = record_get(arrow, STR("to")), *side = record_get(arrow, STR("side"));
    slong         direction = 0, seconds = LIMIT_SECONDS;
    if (var->kind != VALUE_EXPR || to->kind != VALUE_EXPR)
        return call_fail(c, 1, "limit takes one variable");
    if (side && side->kind == VALUE_EXPR)
        expr_fits_slong(side->expr, &direction);
    if (!expr_fits_slong(c->arg[2].expr, &seconds) || seconds < 1)
        return call_fail(c, 2, "the budget is a whole number of seconds, 1 or more");
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
      .help = "The value that f approaches as x tends to a, from one side (a+, a-) or from both; a may be oo or -oo. If there is none, the answer says why.",
      .example = { { "limit(sin(x)/x, x -> 0)", "1" },
                   { "limit(1/x, x -> 0)", "does not exist: -oo from the left, oo from the right" },
                   { "limit(sin(x) + 2, x -> oo)", "does not exist: oscillates between 1 and 3" },
                   { "limit(x*log(x), x -> 0+)", "0" } },
      .lesson = 1, .see = "series taylor", .words = "lim approach tends continuity oscillates", .call = limit_call },
    { 0 }
};
