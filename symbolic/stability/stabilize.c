/* SPDX-License-Identifier: GPL-3.0-or-later */
/* stabilize: the better form of an expression over ranges, with its derivation, its errors and what they rest on. */
#include "symbolic/stability/stabilize.h"

#include "base/builtin.h"
#include "base/report.h"
#include "symbolic/expr/evaluate.h"
#include "symbolic/expr/show.h"
#include "symbolic/stability/laboratory.h"

#include <math.h>
#include <stdlib.h>

/* ---- arguments ---------------------------------------------------------------------------------------------------------------------- */

static bool double_of(Call *c, const Expr *e, double *out)
{
    Arena  *a = arena_new();
    Decimal d = expr_decimal(c->pool, a, expr_canonical(c->pool, e), 20);
    bool    fine = d.status == EVAL_OK;
    *out = fine ? strtod(d.text.s, NULL) : NAN;
    if (expr_is_constant(e, CONSTANT_OO))
        *out = 0x1.fffffffffffffp+1023, fine = true;
    arena_delete(a);
    pool_clear_error(c->pool);
    return fine && isfinite(*out);
}

/* A result is in its variables again: one whose name has a value outside becomes a symbol of its own that prints alike, or the value would enter. */
static void own_names(Call *c, size_t n, const Expr **variable)
{
    for (size_t i = 0; i < n; i++)
        if (variable[i]->kind == EXPR_SYMBOL && c->taken(c, expr_plain_name(variable[i]))) {
            const Expr *own = expr_fresh(c->pool, variable[i]);
            if (c->arg[0].kind == VALUE_EXPR)
                c->arg[0].expr = expr_subst(c->pool, c->arg[0].expr, &variable[i], &own, 1);
            variable[i] = own;
        }
}

/* A condition in the variables as they are called now. */
static const Expr *renamed(Call *c, const Expr *e, const Box *box)
{
    Nodes symbols = expr_symbols(c->pool, c->arena, e);
    for (size_t k = 0; k < symbols.n; k++)
        for (size_t i = 0; i < box->n; i++)
            if (str_eq(expr_plain_name(symbols.at[k]), expr_plain_name(box->variable[i])))
                e = expr_subst(c->pool, e, &symbols.at[k], &box->variable[i], 1);
    return e;
}

static const Expr *exact_end(Call *c, const Expr *e)
{
    const Expr *x = expr_canonical(c->pool, e);
    pool_clear_error(c->pool);
    return x && expr_is_number(x) ? x : NULL;
}

/* The ranges x = a..b behind argument `first`, and the relations behind that. */
bool laboratory_box(Call *c, size_t ranges, size_t relations, Box *box)
{
    const List *list = c->arg[ranges].list;
    const Expr **variable = arena_array(c->arena, const Expr *, list->n);
    *box = (Box){ .n = list->n, .variable = variable, .low = arena_array(c->arena, double, list->n), .high = arena_array(c->arena, double, list->n),
                    .first = arena_array(c->arena, const Expr *, list->n), .last = arena_array(c->arena, const Expr *, list->n) };
    for (size_t i = 0; i < list->n; i++) {
        const Record *r = list->item[i].record;
        const Expr   *low = record_get(r, STR("low"))->expr, *high = record_get(r, STR("high"))->expr;
        variable[i] = record_get(r, STR("var"))->expr;
        box->first[i] = exact_end(c, low);
        box->last[i] = exact_end(c, high);
        if (!double_of(c, low, &box->low[i]) || !double_of(c, high, &box->high[i])
            || box->low[i] > box->high[i])
            return call_fail(c, (int)ranges, "the ends of a range are numbers of fp64, the smaller one first"), false;
    }
    own_names(c, box->n, variable);
    if (relations == SIZE_MAX || !call_has(c, relations) || c->arg[relations].list->n == 0)
        return true;
    const List  *conditions = c->arg[relations].list;
    const Expr **part = arena_array(c->arena, const Expr *, conditions->n);
    Operations  *o = arena_alloc(c->arena, sizeof *o);
    for (size_t i = 0; i < conditions->n; i++)
        part[i] = renamed(c, conditions->item[i].expr, box);
    const Expr *all = conditions->n == 1 ? part[0] : expr_logic(c->pool, EXPR_AND, part, conditions->n);
    if (!all || !operations_of(c->pool, c->arena, all, variable, box->n, o))
        return call_fail(c, (int)relations, "%.*s", STR_ARGS(pool_error(c->pool))), false;
    box->condition = o;
    return true;
}

const Expr *laboratory_number(Pool *p, double x)
{
    Ball ball = { .digits = 4 };
    acb_init(ball.value);
    arb_set_d(acb_realref(ball.value), isfinite(x) ? x : 64);
    arb_add_error_2exp_si(acb_realref(ball.value), -40);
    const Expr *e = expr_ball(p, &ball);
    acb_clear(ball.value);
    return e;
}

const Format *laboratory_format(Call *c, size_t i, slong most, bool correct)
{
    Format *f = arena_alloc(c->arena, sizeof *f);
    format_named(STR("fp64"), f);
    if (call_has(c, i))
        *f = *c->arg[i].format;
    if (f->family == FAMILY_BALL || f->rounding == ROUND_STOCHASTIC || (most && f->precision > most)) {
        call_fail(c, (int)i, f->family == FAMILY_BALL ? "a ball carries its error bound along: there is nothing to measure"
                  : f->rounding == ROUND_STOCHASTIC ? "stochastic rounding has no one error: nearest, up, down or toward zero"
                                                    : "%.*s works with at most %ld bits", STR_ARGS(c->name), (long)most);
        return NULL;
    }
    *f = format_with(*f, f->rounding, false, correct);
    return f;
}

/* ---- the report ------------------------------------------------------------------------------------------------------------------------ */

static Str rule_text(Arena *a, const Candidate *c)
{
    switch (c->kind) {
    case MOVE_INPUT:    return STR("input");
    case MOVE_IDENTITY: return str_printf(a, "%s = %s", identity_pattern(c->row), identity_replacement(c->row));
    case MOVE_ALGEBRA:  return str_of(c->name);
    case MOVE_SERIES:   return STR("series");
    case MOVE_REGIME:   return STR("each where it is better");
    }
    return STR("");
}

/* The steps that lead to candidate i, of its first branch before those of its second. */
static void add_steps(Report *r, const Search *s, size_t i, unsigned depth)
{
    const Candidate *c = &s->at[i];
    if (c->kind == MOVE_INPUT || depth > 60)
        return;
    add_steps(r, s, c->parent, depth + 1);
    if (c->kind == MOVE_REGIME && c->other != c->parent)
        add_steps(r, s, c->other, depth + 1);
    Str rule = rule_text(r->arena, c);
    if (rule.n > 60)
        rule = str_printf(r->arena, "%.*s...", 57, rule.s);
    report_step(r, rule.s, c->before ? c->before : s->at[c->parent].e, c->after ? c->after : c->e, c->note);
}

static bool uses_series(const Search *s, size_t i, unsigned depth)
{
    const Candidate *c = &s->at[i];
    return depth < 60 && (c->kind == MOVE_SERIES || (c->kind != MOVE_INPUT && uses_series(s, c->parent, depth + 1))
                          || (c->kind == MOVE_REGIME && uses_series(s, c->other, depth + 1)));
}

static Str proof_text(const Search *s, Arena *a)
{
    double difference;
    if (!s->best)
        return STR("nothing to prove");
    search_verify(s, &s->at[s->best], &difference);
    size_t points = s->samples.points + s->more.points;
    if (uses_series(s, s->best, 0))
        return str_printf(a, "identities and a series with a proved remainder; compared in balls of %ld bits at %zu points", search_bits(s), points);
    return str_printf(a, "identities of real numbers; equal in balls of up to %ld bits at %zu points", search_bits(s), points);
}

static void add_sampling(Report *r, Table *t, const char *name, double before, double after)
{
    Arena *a = r->arena;
    table_row(r, t, (Value[]){ value_text(str_of(name)), value_text(str_printf(a, "%.2f", before)), value_text(str_printf(a, "%.2f", after)) });
}

static Value stabilize_report(Call *c, Search *s, const Box *box)
{
    Report          *r = report_new(c->arena, "stabilize");
    const Candidate *old = &s->at[0], *new = &s->at[s->best];
    Arena           *scratch = arena_new();
    void            *x = format_lanes(s->format, c->arena, box->n + 1);
    double           worst_before = samples_worst(&s->samples, box, &old->ops, &old->ops, scratch, x);
    double           worst_after = s->best ? samples_worst(&s->samples, box, &old->ops, &new->ops, scratch, x) : worst_before;
    arena_delete(scratch);
    Str  proof = proof_text(s, c->arena), text = expr_text(c->arena, c->pool, new->e);
    r->main = value_expr(new->e);
    add_steps(r, s, s->best, 0);
    Table *t = report_table(r, "errors", "bits before after");
    add_sampling(r, t, "mean, uniform in ordinals", old->errors.mean_ordinal, new->errors.mean_ordinal);
    add_sampling(r, t, "mean, uniform in value", old->errors.mean_value, new->errors.mean_value);
    add_sampling(r, t, "worst found", worst_before, worst_after);
    report_value(r, "value", r->main);
    report_value(r, "format", value_text(format_name(s->format, c->arena)));
    report_value(r, "bits_before", value_expr(laboratory_number(c->pool, old->errors.mean_ordinal)));
    report_value(r, "bits_after", value_expr(laboratory_number(c->pool, new->errors.mean_ordinal)));
    report_value(r, "value_before", value_expr(laboratory_number(c->pool, old->errors.mean_value)));
    report_value(r, "value_after", value_expr(laboratory_number(c->pool, new->errors.mean_value)));
    report_value(r, "worst_before", value_expr(laboratory_number(c->pool, worst_before)));
    report_value(r, "worst_after", value_expr(laboratory_number(c->pool, worst_after)));
    report_value(r, "cost", value_expr(expr_int(c->pool, (slong)new->cost)));
    report_value(r, "proof", value_text(proof));
    r->summary = s->best ? str_printf(c->arena, "%.*s\n%.2f bits of error on average (%.2f before), worst %.1f (%.1f)\n%.*s", STR_ARGS(text),
                                      fmax(new->errors.mean_ordinal, new->errors.mean_value), fmax(old->errors.mean_ordinal, old->errors.mean_value),
                                      worst_after, worst_before, STR_ARGS(proof))
               : str_printf(c->arena, "%.*s\nno form found that is better: %.2f bits of error on average, worst %.1f", STR_ARGS(text),
                            fmax(old->errors.mean_ordinal, old->errors.mean_value), worst_before);
    return value_report(r);
}

static Value stabilize_call(Call *c)
{
    enum { MOST_PRECISION = 1000 };
    Box           box;
    Search        s;
    if (c->arg[0].kind != VALUE_EXPR || !expr_is_scalar(c->arg[0].expr) || expr_is_truth(c->arg[0].expr))
        return call_fail(c, 0, "stabilize takes an expression with numbers as values");
    const Format *f = laboratory_format(c, 3, MOST_PRECISION, false);
    if (!f || !laboratory_box(c, 1, 2, &box))
        return value_failed();
    if (!stabilize(c->pool, c->arena, c->arg[0].expr, &box, f, &s)) {
        Str why = pool_error(c->pool);
        return call_fail(c, 0, "%.*s", STR_ARGS(why));
    }
    return stabilize_report(c, &s, &box);
}

extern const Builtin stabilize_builtins[];
const Builtin stabilize_builtins[] = {
    { .sig = "stabilize(f: expr, range: over..., where: relation?...; format: format?) -> report",
      .help = "A form of f with less rounding error over the ranges, in fp64 or the format named: its errors before and after, the derivation, and what it rests on.",
      .example = { { "stabilize(exp(x) - 1, x = -1..1).value", "expm1(x)" }, { "stabilize(log(n + 1) - log(n), n = 1..1e300).value", "log1p(1/n)" },
                   { "stabilize((1 - cos(x))/sin(x), x = 0.001..1, format: fp16).value", "tan(x/2)" } },
      .lesson = 14, .see = "why bound condition error_plot using", .words = "herbie rewrite accuracy numerically stable form improve", .formed = true, .call = stabilize_call },
    { 0 }
};
