/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What `using` shows: the value of the format, the true value, how far they are apart, and where infinities and NaN come from. */
#include "symbolic/tape/run.h"

#include "symbolic/expr/evaluate.h"
#include "symbolic/expr/show.h"
#include "symbolic/stability/contract.h"
#include "symbolic/stability/error_analysis.h"

#include <math.h>
#include <stdlib.h>

enum { ERROR_DIGITS = 3, MOST_NODES = 20000, MOST_DECIMALS = 17000 };     /* fp128 has up to 16,494 places */

typedef struct Entry {              /* one number of the result */
    const void *lane;
    const Expr *value, *truth;      /* truth: the expression's exact meaning; NULL if it has none */
    Str         text, true_text, error;
} Entry;

static Str decimal(Pool *p, Arena *a, const Expr *e, size_t digits)
{
    Decimal d = e ? expr_decimal(p, a, e, digits) : (Decimal){ .status = EVAL_SYMBOLIC };
    pool_clear_error(p);
    return d.status == EVAL_OK ? d.text : (Str){ 0 };
}

/* "0.4 ulp", "exact", "relative error 0.12", or empty where nothing can be said. */
static Str error_text(Pool *p, Arena *a, const Format *f, const Entry *e)
{
    if (!expr_is_number(e->value) || !e->true_text.n || f->family == FAMILY_BALL)
        return (Str){ 0 };
    const Expr *error = expr_sub(p, e->value, e->truth);
    Str         size = decimal(p, a, error, ERROR_DIGITS);
    if (str_is(size, "0"))
        return STR("exact");
    if (str_is(e->true_text, "0"))
        return (Str){ 0 };
    fmpq_t ulp;
    fmpq_init(ulp);
    Str text = { 0 };
    if (format_ulp(f, e->lane, ulp)) {
        Str    ulps = decimal(p, a, expr_call1(p, FN_abs, expr_div(p, error, expr_fmpq(p, ulp))), ERROR_DIGITS);
        double n = ulps.n ? strtod(ulps.s, NULL) : 0;
        if (ulps.n && n < 1e6)
            text = str_printf(a, "error %.*s ulp", STR_ARGS(ulps));
    }
    fmpq_clear(ulp);
    if (!text.n) {
        Str relative = decimal(p, a, expr_call1(p, FN_abs, expr_div(p, error, e->truth)), ERROR_DIGITS);
        if (relative.n)
            text = str_printf(a, "relative error %.*s", STR_ARGS(relative));
    }
    pool_clear_error(p);
    return text;
}

static bool is_finite_lane(const Format *f, const void *lane)
{
    fmpq_t q;
    fmpq_init(q);
    bool finite = format_get_fmpq(f, lane, q) == FLOAT_FINITE;
    fmpq_clear(q);
    return finite;
}

/* The first operation whose operands are finite and whose result is not, as text: "overflow: exp(1000) exceeds 6.55e4". */
static Str first_fault(Pool *p, Arena *a, const Expr *e, const Format *f, uint64_t seed)
{
    Nodes        nodes = expr_nodes(p, a, &e, 1);
    const Expr **part = arena_array(a, const Expr *, nodes.n);
    size_t       n = 0;
    for (size_t k = 0; k < nodes.n && nodes.n <= MOST_NODES; k++)
        if (expr_is_scalar(nodes.at[k]) && nodes.at[k]->kind != EXPR_AXIS && nodes.at[k]->kind != EXPR_TENSOR)
            part[n++] = nodes.at[k];
    void *lane = n ? expr_run(p, a, part, n, f, seed) : NULL;
    pool_clear_error(p);
    for (size_t k = 0; lane && k < n; k++) {
        if (is_finite_lane(f, format_at(f, lane, k)))
            continue;
        Str  text = expr_text(a, p, part[k]);
        bool nan = expr_is_constant(expr_of_lane(p, f, format_at(f, lane, k)), CONSTANT_UNDEFINED);
        bool divides = part[k]->kind == EXPR_DIV;
        text = text.n > 60 ? str_printf(a, "%.*s...", 57, text.s) : text;
        if (nan && f->overflow != OVERFLOW_NAN)
            return str_printf(a, "invalid: %.*s", STR_ARGS(text));
        if (divides && !nan) {
            fmpq_t zero;
            fmpq_init(zero);
            const Expr *below = part[k]->arg[1];
            bool        is_zero = false;
            for (size_t j = 0; j < k; j++)
                if (part[j] == below)
                    is_zero = format_get_fmpq(f, format_at(f, lane, j), zero) == FLOAT_FINITE && fmpq_is_zero(zero);
            fmpq_clear(zero);
            if (is_zero)
                return str_printf(a, "division by zero: %.*s", STR_ARGS(text));
        }
        bool        call = part[k]->kind == EXPR_CALL && !nan;
        const Expr *meaning = call ? expr_canonical(p, part[k]) : NULL;
        pool_clear_error(p);
        if (call && (!meaning || meaning->flags & EXPR_HAS_INFINITE || expr_decimal(p, a, meaning, ERROR_DIGITS).status == EVAL_UNDEFINED))
            return str_printf(a, "pole: %.*s", STR_ARGS(text));
        return str_printf(a, "overflow: %.*s exceeds %.7g", STR_ARGS(text), f->largest);
    }
    return (Str){ 0 };
}

/* "1.4142135623731 +- 2.1e-14": the digits that the ball decides, and its radius. */
static Str ball_text(Arena *a, const Format *f, const void *lane, bool unicode)
{
    const arb_struct *x = lane;
    Str               digits;
    size_t            decided;
    if (!ball_decimal_best(a, x, (size_t)(f->precision * 0.302) + 1, &digits, &decided))
        return format_shortest(f, a, lane);
    return mag_is_zero(arb_radref(x)) ? digits : str_printf(a, "%.*s %s %.2g", STR_ARGS(digits), unicode ? "±" : "+-", mag_get_d(arb_radref(x)));
}

static Entry entry_of(Pool *p, Arena *a, const Expr *e, const Format *f, const void *lane, const Settings *s)
{
    Entry entry = { .lane = lane, .value = expr_of_lane(p, f, lane), .text = format_shortest(f, a, lane) };
    if (f->family == FAMILY_BALL)
        entry.text = ball_text(a, f, lane, s->unicode);
    entry.truth = expr_canonical(p, e);
    pool_clear_error(p);
    entry.true_text = decimal(p, a, entry.truth, s->digits);
    entry.error = error_text(p, a, f, &entry);
    return entry;
}

static void add_number(Report *r, Pool *p, const char *name, const Format *f, const void *lane)
{
    report_value(r, name, value_expr(expr_of_lane(p, f, lane)));
}

/* The numbers beside the value, and their distance. */
static void add_neighbours(Report *r, Pool *p, const Format *f, const Entry *e)
{
    void  *beside = format_lanes(f, r->arena, 1);
    fmpq_t ulp;
    fmpq_init(ulp);
    format_neighbour(f, beside, e->lane, false);
    add_number(r, p, "below", f, beside);
    format_neighbour(f, beside, e->lane, true);
    add_number(r, p, "above", f, beside);
    if (format_ulp(f, e->lane, ulp))
        report_value(r, "ulp", value_expr(expr_fmpq(p, ulp)));
    fmpq_clear(ulp);
}

/* |value - truth| in units of the last place at the true value; infinite beside a true 0. False: the true value is no real number. */
static bool ulps_against(Pool *p, const Format *f, const void *lane, const Expr *truth, double *ulps)
{
    acb_t ball;
    acb_init(ball);
    bool known = truth && expr_enclose(p, truth, NULL, NULL, 0, 4*f->precision + 256, ball, NULL) == EVAL_OK && acb_is_real(ball);
    if (known)
        *ulps = error_ulps(f, lane, acb_realref(ball));
    if (known && arb_is_zero(acb_realref(ball)))
        *ulps = *ulps == 0 ? 0 : INFINITY;
    acb_clear(ball);
    pool_clear_error(p);
    return known;
}

/* Every literal of a typed expression as the number of the format that it becomes. */
static const Expr *with_rounded_literals(Pool *p, Arena *a, const Expr *e, const Format *f)
{
    Nodes        nodes = e ? expr_nodes(p, a, &e, 1) : (Nodes){ 0 };
    const Expr **from = arena_array(a, const Expr *, nodes.n), **to = arena_array(a, const Expr *, nodes.n);
    void        *lane = format_lanes(f, a, 1);
    Rng          random = rng_stream(1, STR("literals"));
    size_t       n = 0;
    for (size_t k = 0; k < nodes.n; k++)
        if (expr_is_number(nodes.at[k]) || nodes.at[k]->kind == EXPR_CONSTANT) {
            Constant constant = nodes.at[k]->constant;
            if (expr_is_number(nodes.at[k]))
                format_set_fmpq(f, lane, expr_number(nodes.at[k]), &random);
            else if (constant == CONSTANT_PI || constant == CONSTANT_E || constant == CONSTANT_EULER)
                format_set_constant(f, lane, constant == CONSTANT_PI ? FLOAT_PI : constant == CONSTANT_E ? FLOAT_E : FLOAT_EULER, &random);
            else
                continue;
            from[n] = nodes.at[k];
            to[n++] = expr_of_lane(p, f, lane);
        }
    return e ? expr_subst(p, e, from, to, n) : NULL;
}

static void add_ulps(Report *r, const char *name, double ulps)
{
    report_value(r, name, value_text(isinf(ulps) ? STR("inf") : str_printf(r->arena, "%.6g", ulps)));
}

/* The error in units of the last place and in bits; what of it comes with the rounded data, and what from the arithmetic. */
static void add_errors(Report *r, Pool *p, const Format *f, const Entry *e, const Expr *typed)
{
    double ulps;
    if (ulps_against(p, f, e->lane, e->truth, &ulps)) {
        add_ulps(r, "ulps", ulps);
        report_value(r, "error_bits", value_text(str_printf(r->arena, "%.4g", fmin(log2(1 + ulps), f->bits ? f->bits : (double)f->precision))));
    }
    const Expr *parts = expr_with_rounded_parts(p, r->arena, typed, f), *rounded = expr_canonical(p, with_rounded_literals(p, r->arena, parts, f));
    if (rounded && ulps_against(p, f, e->lane, rounded, &ulps)) {
        report_value(r, "data_error", value_expr(expr_sub(p, rounded, e->truth)));
        report_value(r, "arithmetic_error", value_expr(expr_sub(p, e->value, rounded)));
        add_ulps(r, "arithmetic_ulps", ulps);
    }
    pool_clear_error(p);
}

static void add_fields(Report *r, Pool *p, const Format *f, const Entry *e, const Expr *typed)
{
    Arena *a = r->arena;
    report_value(r, "value", value_expr(e->value));
    if (e->true_text.n)
        report_value(r, "true_value", value_expr(e->truth));
    if (e->true_text.n && expr_is_number(e->value))
        report_value(r, "error", value_expr(expr_sub(p, e->value, e->truth)));
    report_value(r, "format", value_text(format_full_name(f, a)));
    report_value(r, "hex", value_text(format_hex(f, a, e->lane)));
    Str bits = format_encoding(f, a, e->lane);
    if (bits.n)
        report_value(r, "bits", value_text(bits));
    if (expr_is_number(e->value) && f->family != FAMILY_BALL) {
        bool   exact;
        fmpq_t q;
        fmpq_init(q);
        format_get_fmpq(f, e->lane, q);
        Str all = rational_decimal(r->arena, fmpq_numref(q), fmpq_denref(q), MOST_DECIMALS, &exact);
        if (exact)
            report_value(r, "decimal", value_text(all));
        fmpq_clear(q);
        add_neighbours(r, p, f, e);
        if (e->true_text.n)
            add_errors(r, p, f, e, typed);
    }
    pool_clear_error(p);
}

/* The true value is shown where it has more digits than the format; beyond that the error says all. */
static Str summary_of(Arena *a, const Format *f, const Entry *e, Str fault, const Settings *s)
{
    Buf  b = buf_new(a);
    bool unicode = s->unicode, show_truth = e->true_text.n && format_bits_of_digits((slong)s->digits) + 4 >= f->precision;
    if (expr_is_number(e->value) || e->value->kind == EXPR_BALL)
        buf_add_s(&b, unicode ? "≈ " : "~ ");
    buf_add(&b, e->text);
    if (fault.n)
        buf_printf(&b, "   %.*s", STR_ARGS(fault));
    if (str_is(e->error, "exact"))
        buf_add_s(&b, "   exact");
    else if (!show_truth && e->error.n)
        buf_printf(&b, "   %.*s", STR_ARGS(e->error));
    else if (show_truth)
        buf_printf(&b, "%strue value %.*s%s%.*s", fault.n ? "; " : "   ", STR_ARGS(e->true_text), e->error.n ? ", " : "", STR_ARGS(e->error));
    return buf_str(&b);
}

static Value report_of_number(Pool *p, Arena *a, const Expr *e, const Format *f, const Settings *s)
{
    e = expr_contracted(p, e, f);
    void *lane = e ? expr_run(p, a, &e, 1, f, s->seed) : NULL;
    if (!lane)
        return value_failed();
    Entry   entry = entry_of(p, a, e, f, lane, s);
    Report *r = report_new(a, "using");
    Str     fault = expr_is_number(entry.value) || entry.value->kind == EXPR_BALL ? (Str){ 0 } : first_fault(p, a, e, f, s->seed);
    r->main = value_expr(entry.value);
    r->summary = summary_of(a, f, &entry, fault, s);
    add_fields(r, p, f, &entry, e);
    if (fault.n)
        report_value(r, "cause", value_text(fault));
    return value_report(r);
}

static void add_entry(Buf *b, uint32_t i, uint32_t n, size_t cols, Str text)
{
    buf_printf(b, "%s%.*s%s", i == 0 ? "[" : cols > 1 && i % cols == 0 ? "; " : ", ", STR_ARGS(text), i + 1 == n ? "]" : "");
}

static Value report_of_tensor(Pool *p, Arena *a, const Expr *e, const Format *f, const Settings *s)
{
    void *lane = expr_run(p, a, e->arg, e->arity, f, s->seed);
    if (!lane)
        return value_failed();
    Report      *r = report_new(a, "using");
    const Expr **value = arena_array(a, const Expr *, e->arity), **truth = arena_array(a, const Expr *, e->arity);
    Buf          text = buf_new(a), true_text = buf_new(a);
    bool         exact = true, known = true;
    for (uint32_t i = 0; i < e->arity; i++) {
        Entry entry = entry_of(p, a, e->arg[i], f, format_at(f, lane, i), s);
        value[i] = entry.value;
        truth[i] = entry.truth;
        exact = exact && str_is(entry.error, "exact");
        known = known && entry.true_text.n;
        add_entry(&text, i, e->arity, expr_cols(e), entry.text);
        add_entry(&true_text, i, e->arity, expr_cols(e), entry.true_text);
    }
    r->main = value_expr(expr_tensor(p, expr_rows(e), expr_cols(e), value));
    r->summary = str_printf(a, "%s %.*s%s%.*s", s->unicode ? "≈" : "~", STR_ARGS(buf_str(&text)), exact ? "   exact" : known ? "   true value " : "",
                            exact || !known ? 0 : (int)true_text.n, true_text.s ? true_text.s : "");
    report_value(r, "value", r->main);
    if (known)
        report_value(r, "true_value", value_expr(expr_tensor(p, expr_rows(e), expr_cols(e), truth)));
    report_value(r, "format", value_text(format_full_name(f, a)));
    return value_report(r);
}

/* ---- the table of formats ------------------------------------------------------------------------------------------------ */

static Value formats_call(Call *c)
{
    const char *const *name;
    size_t             n = format_names(&name);
    Report            *r = report_new(c->arena, "formats");
    Table             *t = report_table(r, "formats", "name bits precision emin emax largest smallest_normal epsilon");
    for (size_t i = 0; i < n; i++) {
        Format f;
        if (!format_named(str_of(name[i]), &f) || f.family == FAMILY_BALL)
            continue;
        Pool        *p = c->pool;
        const Expr  *two = expr_int(p, 2), *top = f.largest > 0 && isfinite(f.largest) ? NULL : expr_powi(p, two, f.emax + 1);
        Value        cell[8] = { value_text(str_of(name[i])), value_expr(expr_int(p, f.bits)), value_expr(expr_int(p, f.precision)),
                                 value_expr(expr_int(p, f.emin)), value_expr(expr_int(p, f.emax)),
                                 value_text(top ? str_printf(c->arena, "below 2^%ld", (long)f.emax + 1) : str_printf(c->arena, "%.6g", f.largest)),
                                 value_text(str_printf(c->arena, "2^%ld", (long)f.emin)), value_text(str_printf(c->arena, "2^%ld", 1 - (long)f.precision)) };
        table_row(r, t, cell);
    }
    report_note(r, "also: 200 bits, 50 digits, float(11, -14, 15), mpfr(100), ball; behind it .saturating, .contracted (a*b + c rounded once), nearest, up, down, toward zero, stochastic");
    return value_report(r);
}

/* The encoding of a number: a report of `using` whose value is the bit pattern. */
static Value bits_call(Call *c)
{
    Format fp64;
    format_named(STR("fp64"), &fp64);
    fp64 = format_with(fp64, ROUND_NEAREST, false, true);
    if (c->arg[0].kind != VALUE_EXPR || !expr_is_scalar(c->arg[0].expr) || expr_is_truth(c->arg[0].expr))
        return call_fail(c, 0, "bits takes a number");
    const Format *f = call_has(c, 1) ? c->arg[1].format : &fp64;
    if (f->bits == 0)
        return call_fail(c, 1, "%.*s has no encoding", STR_ARGS(format_name(f, c->arena)));
    void *lane = expr_run(c->pool, c->arena, &c->arg[0].expr, 1, f, c->settings->seed);
    if (!lane)
        return value_failed();
    Str hex = format_encoding(f, c->arena, lane);
    if (!hex.n)
        return call_fail(c, 0, "%.*s has no encoding of it", STR_ARGS(format_name(f, c->arena)));
    /* sign, exponent and fraction apart */
    int fraction = (int)f->precision - 1 + str_is(f->name, "x87"), exponent = f->bits - 1 - fraction;
    Buf b = buf_new(c->arena);
    for (int k = f->bits; k-- > 0;) {
        size_t at = hex.n - 1 - (size_t)(k/4);
        int    digit = hex.s[at] <= '9' ? hex.s[at] - '0' : hex.s[at] - 'a' + 10;
        buf_add_c(&b, (char)('0' + (digit >> k % 4 & 1)));
        if (k == f->bits - 1 || (k == fraction && exponent > 0))
            buf_add_c(&b, ' ');
    }
    Report *r = report_new(c->arena, "bits");
    r->main = value_text(hex);
    report_value(r, "bits", value_text(hex));
    report_value(r, "binary", value_text(buf_str(&b)));
    report_value(r, "hex", value_text(format_hex(f, c->arena, lane)));
    report_value(r, "value", value_expr(expr_of_lane(c->pool, f, lane)));
    r->summary = str_printf(c->arena, "%.*s   %.*s   %.*s", STR_ARGS(hex), STR_ARGS(buf_str(&b)), STR_ARGS(format_hex(f, c->arena, lane)));
    return value_report(r);
}

const Builtin run_builtins[] = {
    { .sig = "bits(x: expr, format: format?) -> report", .help = "How a number is encoded in a format: its bits as sign, exponent and fraction, and in hexadecimal.",
      .example = { { "bits(0.1, fp16)", "0x2e66   0 01011 1001100110   0x1.998p-4" }, { "bits(-2, bf16)", "0xc000   1 10000000 0000000   -0x1p+1" } },
      .lesson = 14, .see = "using formats", .words = "encoding binary bit pattern ieee 754", .formed = true, .call = bits_call },
    { .sig = "formats() -> report", .help = "The number formats that `using` and format: take.",
      .example = { { "formats().formats[1].name", "fp64" },
                   { "formats().formats[4].largest", "65504" } }, .lesson = 14, .see = "using",
      .words = "floating point precision half single double bfloat16", .call = formats_call },
    { 0 }
};

Value run_report(Pool *p, Arena *a, const Expr *e, const Format *f, const Settings *settings)
{
    if (expr_is_truth(e)) {
        void *lane = expr_run(p, a, &e, 1, f, settings->seed);
        return lane ? value_expr(expr_truth(p, !expr_is_zero(expr_of_lane(p, f, lane)))) : value_failed();
    }
    return e->kind == EXPR_TENSOR ? report_of_tensor(p, a, e, f, settings) : report_of_number(p, a, e, f, settings);
}
