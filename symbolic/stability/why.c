/* SPDX-License-Identifier: GPL-3.0-or-later */
/* why: one evaluation in a format taken apart, with the root cause and the identity that helps. condition: how much of an error lies in the
 * problem, whatever the formula. */
#include "symbolic/stability/error_analysis.h"

#include "base/builtin.h"
#include "base/report.h"
#include "symbolic/expr/evaluate.h"
#include "symbolic/expr/memo.h"
#include "symbolic/expr/nary.h"
#include "symbolic/expr/show.h"
#include "symbolic/stability/contract.h"
#include "symbolic/stability/identity.h"

#include <math.h>
#include <string.h>

enum { TEXT_WIDTH = 36, TRUE_DIGITS = 12 };

typedef struct Inquiry {
    Call          *c;
    const Expr    *e;
    const Format  *format;
    ErrorAnalysis  r;
    const Expr   **at;
} Inquiry;

/* ---- text -------------------------------------------------------------------------------------------------------------------------- */

static Str short_text(Call *c, const Expr *e, size_t width)
{
    Str text = expr_text(c->arena, c->pool, e);
    return text.n > width ? str_printf(c->arena, "%.*s...", (int)width - 3, text.s) : text;
}

/* Up to TRUE_DIGITS right digits, without the zeros behind them. */
static Str ball_text(Arena *a, const arb_t x)
{
    Str    text;
    size_t decided;
    if (arb_is_zero(x))
        return STR("0");
    if (!arb_is_finite(x) || !ball_decimal_best(a, x, TRUE_DIGITS, &text, &decided))
        return STR("none");
    const char *point = memchr(text.s, '.', text.n), *e = memchr(text.s, 'e', text.n);
    size_t      end = e ? (size_t)(e - text.s) : text.n, keep = end;
    while (point && keep && text.s[keep - 1] == '0')
        keep--;
    keep -= point && keep && text.s[keep - 1] == '.';
    return keep == end ? text : str_printf(a, "%.*s%.*s", (int)keep, text.s, (int)(text.n - end), text.s + end);
}

static Str number_text(Arena *a, double x)
{
    return isnan(x) ? STR("") : isinf(x) ? STR("inf") : x == 0 ? STR("0") : str_printf(a, x >= 1e5 || x < 1e-3 ? "%.1e" : "%.4g", x);
}

static Str flags_text(Arena *a, const NodeError *e, const Format *f)
{
    Buf b = buf_new(a);
    if (e->flags & FLAG_CANCELLATION)
        buf_printf(&b, e->lost >= (double)f->precision ? "cancels all digits" : "cancels %.0f bits", e->lost);
    static const struct { unsigned flag; const char *text; } names[] = {
        { FLAG_ABSORPTION, "absorbs an operand" }, { FLAG_OVERFLOW, "overflow" }, { FLAG_UNDERFLOW, "underflow" }, { FLAG_INVALID, "invalid" },
        { FLAG_DATA, "rounded on entry" }, { FLAG_EXACT, "exact" },
    };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (e->flags & names[i].flag)
            buf_printf(&b, "%s%s", b.n ? ", " : "", names[i].text);
    return buf_str(&b);
}

static Str conditions_text(Arena *a, const NodeError *e, uint32_t n)
{
    Buf b = buf_new(a);
    for (uint32_t i = 0; i < n && i < 3 && !isnan(e->condition[i]); i++)
        buf_printf(&b, "%s%.*s", i ? ", " : "", STR_ARGS(number_text(a, e->condition[i])));
    return buf_str(&b);
}

/* ---- the tree ------------------------------------------------------------------------------------------------------------------------ */

typedef struct Tree {
    Inquiry *q;
    Report  *report;
    Table   *table;
    bool    *shown;
} Tree;

static void tree_row(Tree *t, size_t k, Str stem, Str branch)
{
    const ErrorAnalysis *r = &t->q->r;
    const NodeError     *e = &r->node[k];
    Arena               *a = t->report->arena;
    Str text = short_text(t->q->c, r->ops.at[k].e, TEXT_WIDTH);
    Value cell[] = { value_text(str_printf(a, "%.*s%.*s%.*s", STR_ARGS(stem), STR_ARGS(branch), STR_ARGS(text))),
                     value_text(format_shortest(r->format, a, e->computed)), value_text(ball_text(a, e->truth)),
                     value_text(number_text(a, e->local)), value_text(r->ops.at[k].n ? number_text(a, e->inherited) : STR("")),
                     value_text(conditions_text(a, e, r->ops.at[k].n)),
                     value_text(e->share >= 0.0005 ? str_printf(a, "%.1f%%", 100 * e->share) : STR("")),
                     value_text(flags_text(a, e, r->format)) };
    table_row(t->report, t->table, cell);
}

static void tree_rows(Tree *t, size_t k, Str stem, Str branch, Str below)
{
    const Operation *o = &t->q->r.ops.at[k];
    Arena           *a = t->report->arena;
    bool             unicode = t->q->c->settings->unicode;
    tree_row(t, k, stem, branch);
    if (t->shown[k])
        return;                                 /* a common subexpression: its operands stand above */
    t->shown[k] = true;
    Str deeper = str_printf(a, "%.*s%.*s", STR_ARGS(stem), STR_ARGS(below));
    for (uint32_t i = 0; i < o->n; i++) {
        bool last = i + 1 == o->n;
        tree_rows(t, o->arg[i], deeper, str_of(unicode ? last ? "└ " : "├ " : last ? "` " : "| "), str_of(unicode && !last ? "│ " : last ? "  " : "| "));
    }
}

/* ---- advice -------------------------------------------------------------------------------------------------------------------------- */

/* Bits of error of another expression with the same true value at the same point. */
static double bits_of(const Inquiry *q, const Expr *e, Arena *a)
{
    Operations ops;
    Pool      *p = q->c->pool;
    size_t     root = q->r.ops.n - 1;
    e = expr_contracted(p, expr_typed_form(p, e), q->format);
    if (!e || !operations_of(p, a, e, q->c->vars, q->c->nvars, &ops)) {
        pool_clear_error(p);
        return INFINITY;
    }
    void *lane = format_lanes(q->format, a, ops.n);
    for (size_t k = 0; k < ops.n; k++) {
        if (ops.at[k].kind == EXPR_SYMBOL)
            format_set_fmpq(q->format, format_at(q->format, lane, k), expr_number(q->at[ops.at[k].variable]), NULL);
        operation_in_format(&ops, k, q->format, lane, a, NULL);
    }
    return error_bits(q->format, format_at(q->format, lane, ops.n - 1), q->r.node[root].truth);
}

typedef struct Advice { const Expr *better; double bits, score; size_t row; const Expr *at; } Advice;

static void try_node(const Inquiry *q, Identities *rows, const Expr *node, const Expr *whole, Advice *best)
{
    const Rewritings *w = identities_apply(rows, node);
    Arena            *a = arena_new();
    for (size_t i = 0; i < w->n; i++) {
        Mark        mark = arena_mark(a);
        const Expr *e = expr_tidy(q->c->pool, expr_subst(q->c->pool, whole, &node, &w->at[i].to, 1));
        double      bits = e ? bits_of(q, e, a) : INFINITY, score = fmax(bits, 1) + 0.05*(double)(e ? expr_size(q->c->pool, e) : 0);
        if (bits < q->r.bits - 1 && score < best->score)
            *best = (Advice){ e, bits, score, w->at[i].row, node };
        arena_release(a, mark);
    }
    arena_delete(a);
    pool_clear_error(q->c->pool);
}

/* The identity that leaves the least error: at the cause first, then anywhere. */
static Advice advice_of(const Inquiry *q)
{
    const ErrorAnalysis *r = &q->r;
    Advice               best = { .bits = INFINITY, .score = INFINITY };
    Identities          *rows = identities_new(q->c->pool, q->c->arena);
    const Expr          *whole = r->ops.at[r->ops.n - 1].e;
    if (!rows || r->cause == r->ops.n)
        return best;
    try_node(q, rows, r->ops.at[r->cause].e, whole, &best);
    for (size_t k = r->ops.n; k-- > 0 && best.bits > 2;)
        if (k != r->cause)
            try_node(q, rows, r->ops.at[k].e, whole, &best);
    return best;
}

static const char *what_happened(const ErrorAnalysis *r)
{
    unsigned flags = r->node[r->cause].flags;
    return flags & FLAG_OVERFLOW ? "overflow" : flags & FLAG_INVALID ? "an invalid operation" : flags & FLAG_CANCELLATION ? "cancellation"
         : flags & FLAG_UNDERFLOW ? "underflow" : flags & FLAG_ABSORPTION ? "absorption" : flags & FLAG_DATA ? "a rounded input" : "rounding";
}

static void add_verdict(Inquiry *q, Report *r, Buf *b)
{
    const ErrorAnalysis *e = &q->r;
    Arena               *a = r->arena;
    if (e->cause == e->ops.n) {
        buf_add_s(b, "\nno node loses digits to speak of");
        return;
    }
    const NodeError *n = &e->node[e->cause];
    Str cause = short_text(q->c, e->ops.at[e->cause].e, 60);
    buf_printf(b, "\ncause: %.*s: %s", STR_ARGS(cause), what_happened(e));
    if (n->flags & FLAG_CANCELLATION)
        buf_printf(b, n->lost >= (double)q->format->precision ? " of all digits" : " of %.0f bits", n->lost);
    if (e->fault < e->ops.n && e->fault != e->cause)
        buf_printf(b, " (%s in %.*s)", e->node[e->fault].flags & FLAG_OVERFLOW ? "overflow" : "invalid operation",
                   STR_ARGS(short_text(q->c, e->ops.at[e->fault].e, 40)));
    buf_printf(b, "; with this node exact: %.1f bits", n->cured);
    report_value(r, "cause", value_expr(e->ops.at[e->cause].e));
    report_value(r, "cured", value_text(str_printf(a, "%.2f", n->cured)));
    Advice advice = advice_of(q);
    if (advice.better) {
        buf_printf(b, "\nadvice: %s = %s gives %.*s with %.1f bits of error", identity_pattern(advice.row), identity_replacement(advice.row),
                   STR_ARGS(short_text(q->c, advice.better, 160)), advice.bits);
        report_value(r, "advice", value_expr(advice.better));
        report_value(r, "identity", value_text(str_printf(a, "%s = %s", identity_pattern(advice.row), identity_replacement(advice.row))));
    } else {
        buf_add_s(b, n->flags & FLAG_DATA ? "\nadvice: the input itself is rounded; more digits in it help, another formula does not"
                                          : "\nadvice: try stabilize over a range around this point, or a wider format");
    }
}

/* ---- the commands ---------------------------------------------------------------------------------------------------------------------- */

/* The point as rational numbers: a constant like pi or sqrt(2) becomes the number of the format that it rounds to. */
static bool read_point(Call *c, Inquiry *q)
{
    q->at = arena_array(c->arena, const Expr *, c->nvars + 1);
    for (size_t i = 0; i < c->nvars; i++) {
        const Expr *x = expr_canonical(c->pool, c->at[i]);
        if (!x) {
            call_fail(c, 1, "%.*s needs a value", STR_ARGS(expr_plain_name(c->vars[i])));
            diag_hint(c->diag, "%.*s(..., %.*s = 1e-8)", STR_ARGS(c->name), STR_ARGS(expr_plain_name(c->vars[i])));
            return false;
        }
        if (!expr_is_number(x)) {
            const Expr *ball = expr_is_numeric(x) && expr_is_scalar(x) ? expr_approximate(c->pool, x, 60) : NULL;
            void       *lane = format_lanes(q->format, c->arena, 1);
            pool_clear_error(c->pool);
            if (!ball || ball->kind != EXPR_BALL || !acb_is_real(ball->ball->value))
                return call_fail(c, 1, "%.*s needs a real number", STR_ARGS(expr_plain_name(c->vars[i]))), false;
            format_set_arb(q->format, lane, acb_realref(ball->ball->value), NULL);
            fmpq_t value;
            fmpq_init(value);
            format_get_fmpq(q->format, lane, value);
            x = expr_fmpq(c->pool, value);
            fmpq_clear(value);
        }
        q->at[i] = x;
    }
    return true;
}

static const Format *format_argument(Call *c, size_t i)
{
    if (call_has(c, i)) {
        Format *f = arena_copy(c->arena, c->arg[i].format, sizeof *f);
        *f = format_with(*f, f->rounding, false, true);
        return f;
    }
    Format *fp64 = arena_alloc(c->arena, sizeof *fp64);
    format_named(STR("fp64"), fp64);
    *fp64 = format_with(*fp64, ROUND_NEAREST, false, true);
    return fp64;
}

static Value why_call(Call *c)
{
    Inquiry q = { .c = c, .format = format_argument(c, 2) };
    if (c->arg[0].kind != VALUE_EXPR || !expr_is_scalar(c->arg[0].expr) || expr_is_truth(c->arg[0].expr))
        return call_fail(c, 0, "why explains the value of a number");
    if (q.format->family == FAMILY_BALL)
        return call_fail(c, 2, "a ball carries its error bound along: there is nothing to explain");
    if (!read_point(c, &q))
        return value_failed();
    if (!error_analysis(c->pool, c->arena, c->arg[0].expr, c->vars, q.at, c->nvars, q.format, &q.r)) {
        Str why = pool_error(c->pool);
        return call_fail(c, 0, "%.*s", STR_ARGS(why));
    }
    Report    *r = report_new(c->arena, "why");
    size_t     root = q.r.ops.n - 1;
    NodeError *e = &q.r.node[root];
    r->main = value_none();
    r->traced = true;
    Tree t = { &q, r, report_table(r, "nodes", "node computed true local inherited condition share remarks"), arena_array(c->arena, bool, q.r.ops.n) };
    tree_rows(&t, root, STR(""), STR(""), STR(""));
    Buf b = buf_new(c->arena);
    buf_printf(&b, "%s %.*s   true value %.*s, error %.1f bits", c->settings->unicode ? "≈" : "~", STR_ARGS(format_shortest(q.format, c->arena, e->computed)),
               STR_ARGS(ball_text(c->arena, e->truth)), q.r.bits);
    report_value(r, "bits", value_text(str_printf(c->arena, "%.2f", q.r.bits)));
    add_verdict(&q, r, &b);
    r->summary = buf_str(&b);
    return value_report(r);
}

/* |x f'/f| of the function itself, at every variable, in exact arithmetic. */
static Value condition_call(Call *c)
{
    Inquiry q = { .c = c, .format = format_argument(c, 2) };
    if (c->arg[0].kind != VALUE_EXPR || !expr_is_scalar(c->arg[0].expr) || expr_is_truth(c->arg[0].expr))
        return call_fail(c, 0, "condition needs a number that depends on a variable");
    if (c->nvars == 0)
        return call_fail(c, 0, "nothing varies in it");
    if (!read_point(c, &q))
        return value_failed();
    if (!error_analysis(c->pool, c->arena, c->arg[0].expr, c->vars, q.at, c->nvars, q.format, &q.r)) {
        Str why = pool_error(c->pool);
        return call_fail(c, 0, "%.*s", STR_ARGS(why));
    }
    size_t  n = q.r.ops.n;
    arb_ptr value = _arb_vec_init((slong)n), slope = _arb_vec_init((slong)n);
    arb_t   k;
    arb_init(k);
    for (size_t i = 0; i < n; i++)
        arb_set(value + i, q.r.node[i].truth);
    operations_slopes(&q.r.ops, value, q.r.precision, slope);
    double total = 0;
    Buf    b = buf_new(c->arena);
    Report *r = report_new(c->arena, "condition");
    Table  *t = report_table(r, "condition", "variable value condition");
    for (size_t v = 0; v < c->nvars; v++)
        for (size_t i = 0; i < n; i++) {
            if (q.r.ops.at[i].kind != EXPR_SYMBOL || q.r.ops.at[i].variable != v)
                continue;
            arb_mul(k, slope + i, value + i, q.r.precision);
            arb_div(k, k, value + n - 1, q.r.precision);
            double size = arb_is_finite(k) ? fabs(arf_get_d(arb_midref(k), ARF_RND_NEAR)) : INFINITY;
            total += size;
            table_row(r, t, (Value[]){ value_text(expr_plain_name(c->vars[v])), value_expr(q.at[v]), value_text(number_text(c->arena, size)) });
            if (c->nvars == 1 && arb_is_finite(k)) {
                Str text = ball_text(c->arena, k);
                report_value(r, "value", value_text(text));
            }
        }
    double problem = log2(1 + total/2);
    buf_printf(&b, "condition number %.*s: an input rounded to %.*s may cost %.1f bits whatever the formula; this one has %.1f here%s",
               STR_ARGS(number_text(c->arena, total)), STR_ARGS(format_name(q.format, c->arena)), problem, q.r.bits,
               q.r.bits > problem + 4 ? ": the algorithm is at fault" : problem > 4 ? ": the problem is at fault" : ": problem and algorithm are fine");
    r->summary = buf_str(&b);
    r->traced = true;
    arb_clear(k);
    _arb_vec_clear(value, (slong)n);
    _arb_vec_clear(slope, (slong)n);
    return value_report(r);
}

extern const Builtin why_builtins[];
const Builtin why_builtins[] = {
    { .sig = "why(f: objective, at: site?...; format: format?) -> report",
      .help = "Where the error of a computed value comes from: every operation of f as typed, the root cause, and the identity that helps.",
      .example = { { "why((1 - cos(x))/x^2, x = 1e-8).identity", "1 - cos(u) = 2*sin(u/2)^2" }, { "why(sqrt(x^2 + 1) - 1, x = 1e200).cause", "x^2" } },
      .lesson = 14, .see = "condition stabilize bound using error_plot", .words = "explain rounding error analysis cancellation root cause", .formed = true, .call = why_call },
    { .sig = "condition(f: objective, at: site?...; format: format?) -> report",
      .help = "The condition number |x f'(x)/f(x)|: how much a relative error of the input is magnified by the problem itself, apart from any formula.",
      .example = { { "condition(x - 1, x = 1.001).value", "1001" },
                   { "condition(x^3, x = 2).value", "3" } },
      .lesson = 14, .see = "why stabilize", .words = "condition number ill-conditioned sensitivity", .formed = true, .call = condition_call },
    { 0 }
};
