/* SPDX-License-Identifier: GPL-3.0-or-later */
/* is_zero and sign_of: three answers, with the reason. Both use what is assumed about the symbols. */
#include "base/report.h"
#include "symbolic/algebra/zero.h"

/* "yes: reason", with the two parts as fields. */
static Value answer_report(Call *c, const char *command, const char *answer, const char *why, Value main)
{
    Report *r = report_new(c->arena, command);
    r->main = main;
    r->summary = str_printf(c->arena, "%s: %s", answer, why);
    report_value(r, "answer", value_text(str_of(answer)));
    report_value(r, "reason", value_text(str_of(why)));
    return value_report(r);
}

static const Expr *argument(Call *c)
{
    const Expr *e = c->arg[0].expr;
    return e->flags & EXPR_AS_TYPED ? expr_canonical(c->pool, e) : e;
}

static Value is_zero_call(Call *c)
{
    const Expr *e = argument(c);
    if (!e)
        return value_failed();
    Verdict v = expr_zero_test(c->pool, e);
    Value   main = v.answer == UNKNOWN ? value_none() : value_expr(expr_truth(c->pool, v.answer == YES));
    return answer_report(c, "is_zero", v.answer == YES ? "yes" : v.answer == NO ? "no" : "unknown", v.why, main);
}

static Value sign_of_call(Call *c)
{
    static const char *const strict[] = { "negative", "zero", "positive" }, *const weak[] = { "not positive", "zero", "not negative" };
    const Expr *e = argument(c);
    int         sign;
    bool        or_zero;
    if (!e)
        return value_failed();
    Verdict v = expr_sign_everywhere(c->pool, e, &sign, &or_zero);
    if (v.answer == NO)
        return answer_report(c, "sign_of", "none", v.why, value_none());
    if (v.answer == UNKNOWN)
        return answer_report(c, "sign_of", "unknown", v.why, value_none());
    return answer_report(c, "sign_of", (or_zero ? weak : strict)[sign + 1], v.why, or_zero ? value_none() : value_expr(expr_int(c->pool, sign)));
}

const Builtin zero_builtins[] = {
    { .sig = "is_zero(e: expr) -> value",
      .help = "Is e zero for all real values of its variables that are assumed, where it is defined? yes, no or unknown, with the reason.",
      .example = { { "is_zero(sin(2x) - 2*sin(x)*cos(x))", "yes: normal form over independent functions" },
                   { "is_zero(sqrt(x^2) - x)", "no: a ball excludes zero at a point" } },
      .see = "sign_of simplify assume", .words = "identity equal vanish proof prove", .by_value = true, .call = is_zero_call },
    { .sig = "sign_of(e: scalar) -> value",
      .help = "The sign that e has for all real values of its variables that are assumed, where it is defined, with the reason.",
      .example = { { "sign_of(x^2 + x + 1)", "positive: the signs of its parts" }, { "sign_of(pi - 22/7)", "negative: a ball excludes zero" } },
      .see = "is_zero sign assume", .words = "positive negative", .by_value = true, .call = sign_of_call },
    { 0 }
};
