/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Evaluation of expressions: arithmetic goes to the canonical constructors, everything else to its own file. Long chains
 * of + and * reach the constructors in one call. A failure is recorded once, at the innermost place. */
#include "parser/env_int.h"

#include "base/interrupt.h"
#include "base/vec.h"
#include "parser/suggest.h"
#include "symbolic/data/columns.h"
#include "symbolic/matrix/matrix.h"

enum { MOST_TEXT = 1 << 24 };

/* ---- failures -------------------------------------------------------------------------------------------------------- */

Value eval_fail(const Eval *ev, const Ast *t, const char *format, ...)
{
    if (!ev->env->diag.failed) {
        va_list args;
        va_start(args, format);
        Str message = str_vprintf(ev->env->line_arena, format, args);
        va_end(args);
        diag_fail(&ev->env->diag, ev->source, t->span, "%.*s", STR_ARGS(message));
    }
    return value_failed();
}

void eval_hint(const Eval *ev, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    Str hint = str_vprintf(ev->env->line_arena, format, args);
    va_end(args);
    diag_hint(&ev->env->diag, "%.*s", STR_ARGS(hint));
}

Value value_checked(const Eval *ev, const Ast *t, const Expr *e)
{
    if (e)
        return value_expr(e);
    Str why = pool_error(ev->env->line);
    eval_fail(ev, t, "%.*s", STR_ARGS(why.n ? why : STR("this has no value")));
    pool_clear_error(ev->env->line);
    return value_failed();
}

bool eval_enter(const Eval *ev, const Ast *t)
{
    const char here = 0;
    const char *now = &here;
    size_t used = (size_t)(now < ev->env->stack_base ? ev->env->stack_base - now : now - ev->env->stack_base);
    if (should_stop()) {
        eval_fail(ev, t, "interrupted");
        ev->env->diag.interrupted = true;
        return false;
    }
    if (used > ev->env->stack_room) {
        eval_fail(ev, t, "functions call each other too deeply (%u levels)", ev->env->depth);
        eval_hint(ev, "does the recursion end?");
        return false;
    }
    return true;
}

static const char *kind_word(Value v)
{
    switch (v.kind) {
    case VALUE_TEXT:     return "a text";
    case VALUE_LIST:     return "a list";
    case VALUE_RECORD:   return "a record";
    case VALUE_RANGE:    return "a range";
    case VALUE_FUNCTION: return "a function";
    case VALUE_REPORT:   return "a report";
    case VALUE_DATA:     return "a table of data";
    case VALUE_METHOD:   return "a method";
    case VALUE_FORMAT:   return "a number format";
    case VALUE_EXPR:     return "an expression";
    case VALUE_FAILED: case VALUE_NONE:
        return "nothing";
    }
    return "nothing";
}

const Expr *eval_scalar_or_tensor(const Eval *ev, const Ast *t)
{
    Value v = eval_expr(ev, t);
    if (v.kind == VALUE_REPORT && v.report->main.kind == VALUE_EXPR)
        v = v.report->main;
    if (v.kind == VALUE_EXPR)
        return v.expr;
    if (v.kind == VALUE_FUNCTION) {
        eval_fail(ev, t, "%.*s is a function, not a value", STR_ARGS(v.function->name.n ? v.function->name : STR("this")));
        eval_hint(ev, "%.*s(x)", STR_ARGS(v.function->name.n ? v.function->name : STR("f")));
    } else if (v.kind != VALUE_FAILED) {
        eval_fail(ev, t, "expected a number or an expression, found %s", kind_word(v));
    }
    return NULL;
}

/* ---- literals -------------------------------------------------------------------------------------------------------- */

/* Digits with an optional point and exponent of ten, or the hexadecimal form of C; exact. Absurd exponents stay powers. */
static const Expr *decimal_literal(Pool *p, Str s)
{
    enum { MAX_SHIFT = 1000000 };
    size_t end = 0, point = s.n;
    while (end < s.n && (s.s[end] | 32) != 'e')
        end++;
    Arena *scratch = pool_scratch(p);
    Mark   mark = arena_mark(scratch);
    char  *digits = arena_alloc(scratch, end + 1);
    size_t n = 0, fraction = 0;
    for (size_t i = 0; i < end; i++) {
        if (s.s[i] == '.')
            point = i;
        else
            digits[n++] = s.s[i];
        fraction += i > point;
    }
    fmpz_t mantissa, ten, exponent;
    fmpz_init(mantissa);
    fmpz_init(exponent);
    fmpz_init_set_si(ten, 10);
    fmpz_set_str(mantissa, n ? digits : "0", 10);
    if (end < s.n) {
        Str tail = str_copy(scratch, str_slice(s, end + 1 + (s.s[end + 1] == '+'), s.n));
        fmpz_set_str(exponent, tail.s, 10);
    }
    fmpz_sub_ui(exponent, exponent, fraction);
    const Expr *e;
    if (fmpz_cmpabs(exponent, (fmpz[]){ MAX_SHIFT }) <= 0) {
        slong  shift = fmpz_get_si(exponent);
        fmpq_t q;
        fmpq_init(q);
        fmpz_pow_ui(ten, ten, (ulong)(shift < 0 ? -shift : shift));
        if (shift < 0)
            fmpq_set_fmpz_frac(q, mantissa, ten);
        else
            fmpz_mul(fmpq_numref(q), mantissa, ten);
        e = expr_fmpq(p, q);
        fmpq_clear(q);
    } else {
        e = expr_mul(p, expr_fmpz(p, mantissa), expr_pow(p, expr_int(p, 10), expr_fmpz(p, exponent)));
    }
    fmpz_clear(ten);
    fmpz_clear(exponent);
    fmpz_clear(mantissa);
    arena_release(scratch, mark);
    return e;
}

static const Expr *hexadecimal_literal(Pool *p, Str s)
{
    fmpz_t m;
    fmpz_init(m);
    slong  shift = 0, fraction = 0;
    bool   after_point = false;
    size_t i = 2;
    for (; i < s.n && (s.s[i] | 32) != 'p'; i++) {
        if (s.s[i] == '.') {
            after_point = true;
            continue;
        }
        int c = s.s[i] | 32;
        fmpz_mul_ui(m, m, 16);
        fmpz_add_ui(m, m, (ulong)(c >= 'a' ? c - 'a' + 10 : c - '0'));
        fraction += after_point ? 4 : 0;
    }
    bool negative = false;
    for (i++; i < s.n && shift < 1000000; i++)
        if (s.s[i] == '-')
            negative = true;
        else if (s.s[i] != '+')
            shift = 10 * shift + s.s[i] - '0';
    const Expr *e = expr_mul(p, expr_fmpz(p, m), expr_pow(p, expr_int(p, 2), expr_int(p, (negative ? -shift : shift) - fraction)));
    fmpz_clear(m);
    return e;
}

static Value eval_number(const Eval *ev, const Ast *t)
{
    bool hex = t->text.n > 1 && t->text.s[0] == '0' && (t->text.s[1] | 32) == 'x';
    return value_checked(ev, t, hex ? hexadecimal_literal(ev->env->line, t->text) : decimal_literal(ev->env->line, t->text));
}

static Value eval_string(const Eval *ev, const Ast *t)
{
    Buf b = buf_new(ev->env->line_arena);
    for (size_t i = 0; i < t->n; i++) {
        if (t->child[i]->kind == AST_TEXT) {
            buf_add(&b, t->child[i]->text);
            continue;
        }
        Value v = eval_expr(ev, t->child[i]);
        if (v.kind == VALUE_FAILED)
            return v;
        value_print(&b, ev->env, v, ev->env->settings.unicode);
        if (b.n > MOST_TEXT)
            return eval_fail(ev, t, "the text is too long: it has more than %d bytes", (int)MOST_TEXT);
    }
    return value_text(buf_str(&b));
}

/* ---- arithmetic ------------------------------------------------------------------------------------------------------- */

static Value eval_typed_chain(const Eval *ev, const Ast *t)
{
    const Expr *e = eval_scalar_or_tensor(ev, t->child[0]);
    for (size_t i = 1; i < t->n && e; i++) {
        const Expr *next = eval_scalar_or_tensor(ev, t->child[i]);
        e = next ? typed_binary(ev->env, t->ops[i], e, next) : NULL;
    }
    return value_checked(ev, t, e);
}

static Value eval_chain(const Eval *ev, const Ast *t)
{
    Pool        *p = ev->env->line;
    if (ev->env->typed)
        return eval_typed_chain(ev, t);
    /* -a*b is (-1)*a*b in one product: a sum a keeps its form, and what is printed so reads back to the same node. */
    bool         minus = t->kind == AST_PRODUCT && t->child[0]->kind == AST_SIGN && t->child[0]->op == OP_SUB;
    const Expr **part = arena_array(ev->env->line_arena, const Expr *, t->n + 1);
    for (size_t i = 0; i < t->n; i++) {
        const Expr *e = eval_scalar_or_tensor(ev, i == 0 && minus ? t->child[0]->child[0] : t->child[i]);
        if (!e)
            return value_failed();
        uint8_t op = i ? t->ops[i] : 0;
        if (op == OP_SUB)
            e = expr_neg(p, e);
        else if (op == OP_DIV && expr_is_tensor(e))
            return eval_fail(ev, t->child[i], "division by a vector or matrix is not defined; ./ divides entry by entry");
        else if (op == OP_DIV)
            e = expr_is_zero(e) ? pool_fail(p, i == 1 && expr_is_zero(part[0]) ? "0/0 is indeterminate" : "division by zero")
                                : expr_powi(p, e, -1);
        if (!(part[i] = e))
            return value_checked(ev, t->child[i], NULL);
    }
    if (minus)
        part[t->n] = expr_int(p, -1);
    return value_checked(ev, t, t->kind == AST_SUM ? expr_sum(p, part, t->n) : expr_product(p, part, t->n + minus));
}

static const Expr *binary(Env *env, int op, const Expr *a, const Expr *b)
{
    Pool *p = env->line;
    if (env->typed)
        return typed_binary(env, op, a, b);
    switch (op) {
    case OP_ADD: return expr_add(p, a, b);
    case OP_SUB: return expr_sub(p, a, b);
    case OP_MUL: return expr_mul(p, a, b);
    case OP_DIV: return expr_div(p, a, b);
    case OP_POW: return expr_pow(p, a, b);
    case OP_DOT_ADD: return expr_entrywise(p, ENTRY_ADD, a, b);
    case OP_DOT_SUB: return expr_entrywise(p, ENTRY_SUB, a, b);
    case OP_DOT_MUL: return expr_entrywise(p, ENTRY_MUL, a, b);
    case OP_DOT_DIV: return expr_entrywise(p, ENTRY_DIV, a, b);
    case OP_DOT_POW: return expr_entrywise(p, ENTRY_POW, a, b);
    default: return NULL;
    }
}

/* A^T is the transpose of a vector or matrix unless T has a value. */
static bool is_transpose(const Eval *ev, const Ast *t, const Expr *a)
{
    Value v;
    return t->op == OP_POW && expr_is_tensor(a) && t->child[1]->kind == AST_NAME && str_is(t->child[1]->text, "T")
        && !scope_find(ev->scope, t->child[1]->text) && !session_value(ev->env, t->child[1]->text, &v);
}

static Value eval_binary(const Eval *ev, const Ast *t)
{
    const Expr *a = eval_scalar_or_tensor(ev, t->child[0]);
    if (!a)
        return value_failed();
    if (is_transpose(ev, t, a))
        return value_checked(ev, t, ev->env->typed ? typed_transpose(ev->env, a) : expr_transpose(ev->env->line, a));
    const Expr *b = eval_scalar_or_tensor(ev, t->child[1]);
    return b ? value_checked(ev, t, binary(ev->env, t->op, a, b)) : value_failed();
}

static Value eval_sign(const Eval *ev, const Ast *t)
{
    const Expr *e = eval_scalar_or_tensor(ev, t->child[0]);
    if (!e || t->op != OP_SUB)
        return value_expr(e);
    return value_checked(ev, t, ev->env->typed ? typed_negative(ev->env, e) : expr_neg(ev->env->line, e));
}

static Value eval_factorial(const Eval *ev, const Ast *t)
{
    const Expr *e = eval_scalar_or_tensor(ev, t->child[0]);
    const FnRow *fn = &fn_rows[FN_factorial];
    return e ? value_checked(ev, t, ev->env->typed ? typed_function(ev->env, fn, &e, 1) : expr_call(ev->env->line, fn, &e, 1)) : value_failed();
}

/* sin^2(x) */
static Value eval_function_power(const Eval *ev, const Ast *t)
{
    const FnRow *fn = fn_find(t->text);
    const Expr **arg = arena_array(ev->env->line_arena, const Expr *, t->n);
    for (size_t i = 0; i < t->n; i++)
        if (!(arg[i] = eval_scalar_or_tensor(ev, t->child[i])))
            return value_failed();
    if (!fn || t->n < (size_t)fn->min_args || (fn->max_args >= 0 && t->n > (size_t)fn->max_args))
        return eval_fail(ev, t, "%.*s does not take %zu arguments", STR_ARGS(t->text), t->n);
    if (ev->env->typed)
        return value_checked(ev, t, typed_binary(ev->env, OP_POW, typed_function(ev->env, fn, arg, t->n), expr_int(ev->env->line, t->op)));
    return value_checked(ev, t, expr_powi(ev->env->line, expr_call(ev->env->line, fn, arg, t->n), t->op));
}

/* ---- lists, tuples, ranges, indices --------------------------------------------------------------------------------- */

static bool all_scalars(const Value *item, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (item[i].kind != VALUE_EXPR || expr_is_tensor(item[i].expr) || item[i].expr->kind == EXPR_RELATION)
            return false;
    return n > 0;
}

/* Vectors of one length side by side become the rows of a matrix. */
static const Expr *matrix_of_rows(Env *env, const Value *item, size_t n)
{
    size_t cols = 0;
    for (size_t i = 0; i < n; i++) {
        if (item[i].kind != VALUE_EXPR || item[i].expr->kind != EXPR_TENSOR || expr_cols(item[i].expr) != 1
            || (i && item[i].expr->arity != cols))
            return NULL;
        cols = item[i].expr->arity;
    }
    const Expr **entry = arena_array(env->line_arena, const Expr *, n * cols);
    for (size_t i = 0; i < n; i++)
        memcpy(entry + i * cols, item[i].expr->arg, cols * sizeof *entry);
    return n ? expr_tensor(env->line, n, cols, entry) : NULL;
}

Value list_value(Env *env, const Value *item, size_t n, size_t cols)
{
    if (!all_scalars(item, n)) {
        const Expr *rows = cols <= 1 || cols == n ? matrix_of_rows(env, item, n) : NULL;
        return rows ? value_expr(rows) : value_list(env->line_arena, item, n);
    }
    const Expr **entry = arena_array(env->line_arena, const Expr *, n);
    for (size_t i = 0; i < n; i++)
        entry[i] = item[i].expr;
    bool vector = cols == 0 || cols == n;
    return value_expr(vector ? expr_tensor(env->line, n, 1, entry) : expr_tensor(env->line, n / cols, cols, entry));
}

static Value eval_items(const Eval *ev, const Ast *t)
{
    Value *item = arena_array(ev->env->line_arena, Value, t->n);
    for (size_t i = 0; i < t->n; i++)
        if ((item[i] = eval_expr(ev, t->child[i])).kind == VALUE_FAILED)
            return item[i];
    bool list = t->kind == AST_LIST;
    Value v = list_value(ev->env, item, t->n, list ? (size_t)t->op : t->n);
    if (list && t->op == 1 && t->n > 1 && v.kind == VALUE_EXPR)       /* [1; 2; 3] is a column, and so is a vector */
        return v;
    return v.kind == VALUE_FAILED ? value_checked(ev, t, NULL) : v;
}

static Value eval_record(const Eval *ev, const Ast *t)
{
    Str   *name = arena_array(ev->env->line_arena, Str, t->n);
    Value *item = arena_array(ev->env->line_arena, Value, t->n);
    for (size_t i = 0; i < t->n; i++) {
        name[i] = t->child[i]->text;
        if ((item[i] = eval_expr(ev, t->child[i]->child[0])).kind == VALUE_FAILED)
            return item[i];
    }
    return value_record(ev->env->line_arena, name, item, t->n);
}

static Value eval_range(const Eval *ev, const Ast *t)
{
    const Expr *part[3] = { 0 };
    for (size_t i = 0; i < t->n; i++)
        if (!(part[i] = eval_scalar_or_tensor(ev, t->child[i])))
            return value_failed();
    return value_range(ev->env->line_arena, part[0], part[1], part[2]);
}

/* A whole number from 1 to n as an index; 0 after a failure. */
static size_t whole_index(const Eval *ev, const Ast *t, size_t n)
{
    slong       k;
    const Expr *e = eval_scalar_or_tensor(ev, t);
    if (!e)
        return 0;
    if (expr_fits_slong(e, &k) && k >= 1 && (size_t)k <= n)
        return (size_t)k;
    eval_fail(ev, t, "index %.*s is not in 1..%zu", STR_ARGS(value_shown(ev->env, value_expr(e))), n);
    return 0;
}

/* The indices that one place of A[i, ..] names: one, a range, or all. */
typedef struct Picks { size_t n, *at; bool single; } Picks;

static bool pick(const Eval *ev, const Ast *t, size_t n, Picks *out)
{
    Arena *a = ev->env->line_arena;
    if (t->kind == AST_ALL || t->kind == AST_RANGE) {
        size_t low = 1, high = n;
        if (t->kind == AST_RANGE && (!(low = whole_index(ev, t->child[0], n)) || !(high = whole_index(ev, t->child[1], n))))
            return false;
        *out = (Picks){ 0, arena_array(a, size_t, n + 1), false };
        for (size_t k = low; k <= high; k++)
            out->at[out->n++] = k - 1;
        return true;
    }
    size_t k = whole_index(ev, t, n);
    *out = (Picks){ 1, arena_array(a, size_t, 1), true };
    out->at[0] = k - 1;
    return k > 0;
}

static Value index_tensor(const Eval *ev, const Ast *t, const Expr *e)
{
    size_t rows = expr_rows(e), cols = expr_cols(e);
    Picks  row, col = { 1, (size_t[]){ 0 }, true };
    bool   vector = cols == 1 || rows == 1;
    if (t->n - 1 != (vector ? 1u : 2u) && !(vector && t->n == 3))
        return eval_fail(ev, t, "%s has %s", vector ? "a vector" : "a matrix", vector ? "one index" : "two indices");
    if (vector && t->n == 2) {
        if (!pick(ev, t->child[1], e->arity, &row))
            return value_failed();
    } else if (!pick(ev, t->child[1], rows, &row) || !pick(ev, t->child[2], cols, &col)) {
        return value_failed();
    }
    if (row.single && col.single)
        return value_expr(e->arg[vector && t->n == 2 ? row.at[0] : row.at[0] * cols + col.at[0]]);
    const Expr **entry = arena_array(ev->env->line_arena, const Expr *, row.n * col.n);
    for (size_t i = 0; i < row.n; i++)
        for (size_t j = 0; j < col.n; j++)
            entry[i * col.n + j] = e->arg[vector && t->n == 2 ? row.at[i] : row.at[i] * cols + col.at[j]];
    bool flat = row.single || col.single;
    return value_checked(ev, t, expr_tensor(ev->env->line, flat ? row.n * col.n : row.n, flat ? 1 : col.n, entry));
}

/* d[3] is a row as a record, d[1..10] the table of these rows. */
static Value index_data(const Eval *ev, const Ast *t, const Data *d)
{
    Arena    *a = ev->env->line_arena;
    Picks     rows;
    if (!pick(ev, t->child[1], d->rows, &rows))
        return value_failed();
    if (rows.single)
        return row_value(ev->env->line, a, d, rows.at[0]);
    uint32_t *row = arena_array(a, uint32_t, rows.n);
    for (size_t i = 0; i < rows.n; i++)
        row[i] = (uint32_t)rows.at[i];
    return value_data(data_take(a, d, row, rows.n));
}

static Value eval_out(const Eval *ev, const Ast *t)
{
    if (!ev->env->n_out)
        return eval_fail(ev, t, "there is no result yet");
    size_t k = whole_index(ev, t->child[1], ev->env->n_out);
    return k ? value_here(ev, t, ev->env->out[k - 1]) : value_failed();
}

/* (1..9 by 2)[3] is 5. */
static Value index_range(const Eval *ev, const Ast *t, const Range *r)
{
    Pool       *p = ev->env->line;
    const Expr *step = r->step ? r->step : expr_int(p, 1), *steps = expr_is_zero(step) ? NULL : expr_div(p, expr_sub(p, r->high, r->low), step);
    slong       n;
    pool_clear_error(p);
    if (!steps || !expr_is_number(steps) || !expr_fits_slong(expr_call1(p, FN_floor, steps), &n))
        return eval_fail(ev, t, "the entries of this range cannot be counted");
    size_t k = whole_index(ev, t->child[1], n < 0 ? 0 : (size_t)n + 1);
    return k ? value_checked(ev, t, expr_add(p, r->low, expr_mul(p, step, expr_int(p, (slong)k - 1)))) : value_failed();
}

/* x[k], x[a..b] where an index or the length of x is a letter. False: all are numbers, or it is no vector. */
static bool index_in_letters(const Eval *ev, const Ast *t, const Expr *x, Value *out)
{
    const Ast  *place = t->child[1];
    bool        range = place->kind == AST_RANGE, vector = x->shape && (expr_is_one(x->shape->cols) || expr_is_one(x->shape->rows));
    const Expr *bound[2];
    if (t->n != 2 || !vector || place->kind == AST_ALL || (range && place->n != 2))
        return false;
    for (int i = 0; i < 2; i++) {
        bound[i] = i && !range ? bound[0] : eval_scalar_or_tensor(ev, range ? place->child[i] : place);
        if (!bound[i])
            return *out = value_failed(), true;
        if (expr_is_tensor(bound[i]) || expr_is_truth(bound[i]) || (expr_is_numeric(bound[i]) && !expr_is_integer(bound[i])))
            return *out = eval_fail(ev, place, "index %.*s is no whole number", STR_ARGS(value_shown(ev->env, value_expr(bound[i])))), true;
    }
    if (expr_is_number(x->shape->rows) && expr_is_number(x->shape->cols) && expr_is_number(bound[0]) && expr_is_number(bound[1]))
        return false;
    *out = value_checked(ev, t, expr_slice(ev->env->line, x, bound[0], bound[1]));
    return true;
}

static Value eval_index(const Eval *ev, const Ast *t)
{
    if (t->child[0]->kind == AST_NAME && str_is(t->child[0]->text, "out") && t->n == 2)
        return eval_out(ev, t);
    Value v = eval_expr(ev, t->child[0]);
    if (v.kind == VALUE_LIST && t->n == 2) {
        size_t k = whole_index(ev, t->child[1], v.list->n);
        return k ? v.list->item[k - 1] : value_failed();
    }
    Value part;
    if (v.kind == VALUE_EXPR && expr_is_tensor(v.expr) && index_in_letters(ev, t, v.expr, &part))
        return part;
    if (v.kind == VALUE_EXPR && v.expr->kind == EXPR_TENSOR)
        return index_tensor(ev, t, v.expr);
    if (v.kind == VALUE_EXPR && v.expr->kind == EXPR_SYMBOL && expr_is_tensor(v.expr) && expr_is_number(v.expr->shape->rows) && expr_is_number(v.expr->shape->cols))
        return index_tensor(ev, t, expr_entries(ev->env->line, v.expr->name, expr_rows(v.expr), expr_cols(v.expr)));
    if (v.kind == VALUE_EXPR && expr_is_tensor(v.expr)) {
        eval_fail(ev, t, "entries need sizes that are numbers");
        eval_hint(ev, "vector x(3), or f at x = [1, 2]");
        return value_failed();
    }
    if (v.kind == VALUE_DATA && t->n == 2)
        return index_data(ev, t, v.data);
    if (v.kind == VALUE_RANGE && t->n == 2)
        return index_range(ev, t, v.range);
    return v.kind == VALUE_FAILED ? v : eval_fail(ev, t, "%s has no entries", kind_word(v));
}

static Value table_value(Env *env, const Table *t)
{
    Value *row = arena_array(env->line_arena, Value, t->rows);
    for (size_t i = 0; i < t->rows; i++)
        row[i] = value_record(env->line_arena, t->column, t->cell + i * t->columns, t->columns);
    return value_list(env->line_arena, row, t->rows);
}

static Value data_field(const Eval *ev, const Ast *t, const Data *d)
{
    Env          *env = ev->env;
    const Column *c = data_column(d, t->text);
    Str           why;
    if (c) {
        Value v = column_value(env->line, env->line_arena, d, c, &why);
        if (v.kind == VALUE_FAILED && !why.n)
            return value_checked(ev, t, NULL);
        if (v.kind == VALUE_FAILED) {
            eval_fail(ev, t, "%.*s", STR_ARGS(why));
            eval_hint(ev, "describe(d) summarizes it, head(d, 10) shows the first rows");
        }
        return v;
    }
    if (str_is(t->text, "rows"))
        return value_expr(expr_int(env->line, (slong)d->rows));
    if (str_is(t->text, "columns")) {
        Value *item = arena_array(env->line_arena, Value, d->columns);
        for (size_t k = 0; k < d->columns; k++)
            item[k] = value_text(str_copy(env->line_arena, d->column[k].name));
        return value_list(env->line_arena, item, d->columns);
    }
    Str *names = arena_array(env->line_arena, Str, d->columns);
    for (size_t k = 0; k < d->columns; k++)
        names[k] = d->column[k].name;
    Str near = suggest_nearest(t->text, names, d->columns);
    eval_fail(ev, t, "the table has no column %.*s", STR_ARGS(t->text));
    eval_hint(ev, "%.*s", STR_ARGS(near.n ? near : data_summary(d, env->line_arena)));
    return value_failed();
}

static Value eval_field(const Eval *ev, const Ast *t)
{
    Value v = eval_expr(ev, t->child[0]);
    if (v.kind == VALUE_RECORD) {
        const Value *item = record_get(v.record, t->text);
        return item ? *item : eval_fail(ev, t, "the record has no field %.*s", STR_ARGS(t->text));
    }
    if (v.kind == VALUE_DATA)
        return data_field(ev, t, v.data);
    if (v.kind == VALUE_REPORT) {
        const Field *f = report_field(v.report, t->text);
        if (f && f->kind == FIELD_VALUE)
            return f->value;
        if (f && f->kind == FIELD_TABLE)
            return table_value(ev->env, f->table);
        return eval_fail(ev, t, "the report of %.*s has no field %.*s", STR_ARGS(v.report->command), STR_ARGS(t->text));
    }
    return v.kind == VALUE_FAILED ? v : eval_fail(ev, t, "%s has no fields", kind_word(v));
}

/* ---- the switch ------------------------------------------------------------------------------------------------------- */

static Value misplaced(const Eval *ev, const Ast *t)
{
    return eval_fail(ev, t, "this cannot stand here");
}

Value eval_expr(const Eval *ev, const Ast *t)
{
    if (!eval_enter(ev, t))
        return value_failed();
    switch (t->kind) {
    case AST_NUMBER:    return eval_number(ev, t);
    case AST_STRING:    return eval_string(ev, t);
    case AST_NAME:      return eval_name(ev, t);
    case AST_TRUTH:     return value_expr(expr_truth(ev->env->line, t->op));
    case AST_BINARY:    return eval_binary(ev, t);
    case AST_SUM: case AST_PRODUCT:
        return eval_chain(ev, t);
    case AST_SIGN:      return eval_sign(ev, t);
    case AST_BESIDE: {
        Ast product = *t;
        product.op = OP_MUL;
        return eval_binary(ev, &product);
    }
    case AST_FACTORIAL: return eval_factorial(ev, t);
    case AST_CALL:      return eval_call(ev, t);
    case AST_FNPOW:     return eval_function_power(ev, t);
    case AST_INDEX:     return eval_index(ev, t);
    case AST_FIELD:     return eval_field(ev, t);
    case AST_PRIME:     return eval_prime(ev, t);
    case AST_TUPLE: case AST_LIST:
        return eval_items(ev, t);
    case AST_RECORD:    return eval_record(ev, t);
    case AST_RANGE:     return eval_range(ev, t);
    case AST_RELATION: case AST_AND: case AST_OR: case AST_NOT: case AST_IF_EXPR:
        return eval_condition(ev, t);
    case AST_LAMBDA:    return eval_lambda(ev, t);
    case AST_AT:        return eval_at(ev, t);
    case AST_USING:     return eval_using(ev, t);
    case AST_TEXT: case AST_ALL: case AST_ENTRY: case AST_FORMAT: case AST_ARROW: case AST_OPTION: case AST_TILDE:
    case AST_EMPTY: case AST_ASSIGN: case AST_ASSIGN_INDEX: case AST_DEFINE: case AST_PARAM: case AST_OPTIMIZER:
    case AST_STATE: case AST_DISTRIBUTION: case AST_DECLARE: case AST_ASSUME: case AST_PROPERTY: case AST_CLEAR: case AST_FOR:
    case AST_WHILE: case AST_BREAK: case AST_NEXT: case AST_USING_BLOCK: case AST_IF: case AST_BLOCK: case AST_ASSERT:
    case AST_FILE: case AST_SET: case AST_SHOW: case AST_HELP: case AST_QUIT: case AST_PREFIX:
        return misplaced(ev, t);
    }
    return misplaced(ev, t);
}
