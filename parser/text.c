/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Values as text in input syntax, their decimals, and the names of their kinds. */
#include "parser/env_int.h"

#include "numeric/data.h"
#include "symbolic/expr/evaluate.h"
#include "symbolic/expr/show.h"
#include "symbolic/optimize/method.h"

enum { MOST_DECIMALS = 1000 };

/* A text inside another value, as it would be typed. */
static void print_quoted(Buf *b, Str text)
{
    buf_add_c(b, '"');
    for (size_t i = 0; i < text.n; i++) {
        char c = text.s[i];
        if (c == '"' || c == '\\' || c == '{' || c == '}')
            buf_add_c(b, '\\');
        if (c == '\n' || c == '\t')
            buf_add_s(b, c == '\n' ? "\\n" : "\\t");
        else
            buf_add_c(b, c);
    }
    buf_add_c(b, '"');
}

static void print_item(Buf *b, Env *env, Value v, bool unicode)
{
    if (v.kind == VALUE_TEXT)
        print_quoted(b, v.text);
    else
        value_print(b, env, v, unicode);
}

static void print_items(Buf *b, Env *env, const Value *item, size_t n, bool unicode)
{
    for (size_t i = 0; i < n; i++) {
        if (i)
            buf_add_s(b, ", ");
        print_item(b, env, item[i], unicode);
    }
}

static void print_range(Buf *b, Env *env, const Range *r, ShowStyle style)
{
    expr_show(b, env->line, r->low, style);
    buf_add_s(b, "..");
    expr_show(b, env->line, r->high, style);
    if (r->step) {
        buf_add_s(b, " by ");
        expr_show(b, env->line, r->step, style);
    }
}

static void print_params(Buf *b, const Function *f)
{
    for (size_t i = 0; i < f->n; i++) {
        buf_printf(b, "%s%.*s", i ? ", " : "", STR_ARGS(f->param[i]));
        if (f->fallback[i])
            buf_printf(b, ": %.*s", STR_ARGS(str_slice(f->source->text, f->fallback[i]->span.start, f->fallback[i]->span.end)));
    }
}

static void print_function(Buf *b, const Function *f)
{
    switch (f->kind) {
    case FUNCTION_USER: {
        Str body = str_slice(f->source->text, f->body->span.start, f->body->span.end);
        if (f->name.n)
            buf_printf(b, "%.*s(", STR_ARGS(f->name));
        else if (f->n != 1)
            buf_add_s(b, "(");
        print_params(b, f);
        buf_add_s(b, f->name.n ? ") = " : f->n != 1 ? ") |-> " : " |-> ");
        buf_add(b, body);
        break;
    }
    case FUNCTION_MATH: case FUNCTION_UNKNOWN:
        buf_add(b, f->name);
        break;
    case FUNCTION_DERIVATIVE:
        buf_add(b, f->name);
        for (uint32_t k = 0; k < f->order; k++)
            buf_add_c(b, '\'');
        break;
    }
}

void value_print(Buf *b, Env *env, Value v, bool unicode)
{
    ShowStyle style = { unicode, env->settings.digits };
    switch (v.kind) {
    case VALUE_EXPR:  expr_show(b, env->line, v.expr, style); break;
    case VALUE_TEXT:  buf_add(b, v.text); break;
    case VALUE_RANGE: print_range(b, env, v.range, style); break;
    case VALUE_LIST:
        buf_add_s(b, "[");
        print_items(b, env, v.list->item, v.list->n, unicode);
        buf_add_s(b, "]");
        break;
    case VALUE_RECORD:
        buf_add_s(b, "(");
        for (size_t i = 0; i < v.record->n; i++) {
            buf_printf(b, "%s%.*s = ", i ? ", " : "", STR_ARGS(v.record->name[i]));
            print_item(b, env, v.record->item[i], unicode);
        }
        buf_add_s(b, ")");
        break;
    case VALUE_FUNCTION: print_function(b, v.function); break;
    case VALUE_REPORT:
        if (v.report->summary.n)
            buf_add(b, v.report->summary);
        else
            value_print(b, env, v.report->main, unicode);
        break;
    case VALUE_DATA:
        buf_add(b, data_summary(v.data, b->arena));
        break;
    case VALUE_METHOD: buf_add(b, method_text(b->arena, v.method)); break;
    case VALUE_FORMAT: buf_add(b, format_name(v.format, b->arena)); break;
    case VALUE_FAILED: case VALUE_NONE:
        break;
    }
}

Str value_shown(Env *env, Value v)
{
    Buf b = buf_new(env->line_arena);
    value_print(&b, env, v, false);
    Str s = buf_str(&b);
    return s.n > 200 ? str_printf(env->line_arena, "%.*s...", 200, s.s) : s;
}

Str env_value_text(Env *env, Value v, bool unicode)
{
    bool again = v.kind == VALUE_EXPR && env->shown.expr == v.expr && env->shown.unicode == unicode;
    if (again)
        return env->shown.text;
    Buf b = buf_new(env->line_arena);
    value_print(&b, env, v, unicode);
    if (env->shown.over && v.kind == VALUE_EXPR) {
        env->shown.expr = v.expr;
        env->shown.unicode = unicode;
        env->shown.text = buf_str(&b);
    }
    return buf_str(&b);
}

/* ---- decimals ---------------------------------------------------------------------------------------------------------- */

static bool has_decimal(const Expr *e)
{
    return expr_is_numeric(e) && expr_is_scalar(e) && !(e->flags & (EXPR_HAS_INFINITE | EXPR_HAS_ORDER)) && e->kind != EXPR_RELATION
        && e->kind != EXPR_AND && e->kind != EXPR_OR && e->kind != EXPR_NOT && truth_of(e) == UNKNOWN;
}

static Str scalar_decimal(Env *env, const Expr *e, Str *doubt)
{
    if (e->kind == EXPR_BALL)                                   /* it has no more digits than it shows */
        return env_value_text(env, value_expr(e), false);
    Decimal d = expr_decimal(env->line, env->line_arena, e, env->settings.digits);
    pool_clear_error(env->line);
    if (d.status != EVAL_OK)
        return (Str){ 0 };
    if (d.zero_not_proved)
        *doubt = str_printf(env->line_arena, "0 to %zu digits, not proved", d.digits);
    return d.zero_not_proved ? STR("0") : d.text;
}

/* The numbers of a value: a scalar itself, the entries of a tensor or list. The decimals stand in the same brackets. */
typedef struct Numbers { size_t n, cols; bool single; const Expr *const *at; } Numbers;

static bool numbers_of(Env *env, Value v, Numbers *out)
{
    *out = (Numbers){ 0 };
    if (v.kind == VALUE_EXPR) {
        bool tensor = v.expr->kind == EXPR_TENSOR;
        *out = tensor ? (Numbers){ v.expr->arity, expr_cols(v.expr), false, v.expr->arg }
                      : (Numbers){ 1, 1, true, arena_copy(env->line_arena, &v.expr, sizeof v.expr) };
    } else if (v.kind == VALUE_LIST) {
        const Expr **at = arena_array(env->line_arena, const Expr *, v.list->n);
        for (size_t i = 0; i < v.list->n; i++) {
            if (v.list->item[i].kind != VALUE_EXPR)
                return false;
            at[i] = v.list->item[i].expr;
        }
        *out = (Numbers){ v.list->n, 1, false, at };
    }
    for (size_t i = 0; i < out->n; i++)
        if (!has_decimal(out->at[i]))
            return false;
    return out->n > 0 && out->n <= MOST_DECIMALS;
}

Str env_value_approx(Env *env, Value v, Str *doubt)
{
    Numbers numbers;
    Buf     b = buf_new(env->line_arena);
    *doubt = (Str){ 0 };
    if (!numbers_of(env, v.kind == VALUE_REPORT ? v.report->main : v, &numbers))
        return (Str){ 0 };
    for (size_t i = 0; i < numbers.n; i++) {
        Str s = scalar_decimal(env, numbers.at[i], doubt);
        if (!s.n)
            return s;
        buf_add_s(&b, numbers.single ? "" : i == 0 ? "[" : numbers.cols > 1 && i % numbers.cols == 0 ? "; " : ", ");
        buf_add(&b, s);
    }
    buf_add_s(&b, numbers.single ? "" : "]");
    return buf_str(&b);
}

/* An integer or a fraction, also a complex one. */
static bool is_plain(const Expr *e)
{
    bool plain = e->kind == EXPR_NUMBER || e->kind == EXPR_ADD || e->kind == EXPR_MUL || (e->kind == EXPR_CONSTANT && e->constant == CONSTANT_I);
    for (uint32_t i = 0; plain && i < e->arity; i++)
        plain = is_plain(e->arg[i]);
    return plain;
}

/* Was it asked for decimals, and are they all of the number? */
static bool is_decimal(Env *env, const Expr *e)
{
    return env->decimals && (e->kind == EXPR_BALL || (is_plain(e) && expr_decimal(env->line, env->line_arena, e, env->settings.digits).exact));
}

Str env_value_shown(Env *env, Value v)
{
    Numbers numbers;
    Str     doubt;
    bool    decimals = numbers_of(env, v, &numbers);
    for (size_t i = 0; decimals && i < numbers.n; i++)
        decimals = is_decimal(env, numbers.at[i]);
    return decimals ? env_value_approx(env, v, &doubt) : env_value_text(env, v, env->settings.unicode);
}

bool env_value_is_plain(Env *env, Value v)
{
    Numbers numbers;
    if (!numbers_of(env, v, &numbers))
        return true;
    for (size_t i = 0; i < numbers.n; i++)
        if (!is_plain(numbers.at[i]) || (env->decimals && expr_is_number(numbers.at[i]) && !expr_is_integer(numbers.at[i]) && !is_decimal(env, numbers.at[i])))
            return false;
    return true;
}

bool env_value_is_approximate(Value v)
{
    if (v.kind == VALUE_EXPR)
        return v.expr->flags & EXPR_HAS_BALL;
    bool found = false;
    for (size_t i = 0; v.kind == VALUE_LIST && i < v.list->n; i++)
        found = found || env_value_is_approximate(v.list->item[i]);
    for (size_t i = 0; v.kind == VALUE_RECORD && i < v.record->n; i++)
        found = found || env_value_is_approximate(v.record->item[i]);
    return found;
}

const char *env_value_kind(Env *env, Value v)
{
    (void)env;
    switch (v.kind) {
    case VALUE_EXPR:
        if (truth_of(v.expr) != UNKNOWN)
            return "bool";
        return v.expr->kind == EXPR_TENSOR ? "tensor" : has_decimal(v.expr) ? "number" : "expr";
    case VALUE_TEXT:   return "text";
    case VALUE_LIST: case VALUE_RECORD:
        return "list";
    case VALUE_RANGE: case VALUE_FUNCTION:
        return "expr";
    case VALUE_REPORT: return "report";
    case VALUE_DATA:   return "data";
    case VALUE_METHOD: case VALUE_FORMAT:
        return "text";
    case VALUE_FAILED: case VALUE_NONE:
        return "none";
    }
    return "none";
}
