/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What minimize, maximize and compare are asked: the objective, its variables, the start. A start names the variables, or gives numbers in
 * the order of the parameters of a function. */
#include "symbolic/optimize/minimize.h"

#include "symbolic/data/table.h"
#include "symbolic/matrix/matrix.h"
#include "symbolic/tape/run.h"

#include <string.h>

/* ---- the problem ------------------------------------------------------------------------------------------------------------- */

static const Expr *symbol_named(Pool *p, Arena *a, const Expr *f, const Expr *const *var, size_t n, Str name)
{
    for (size_t i = 0; i < n; i++)
        if (str_eq(var[i]->name, name))
            return var[i];
    Nodes free = expr_symbols(p, a, f);
    for (size_t i = 0; i < free.n; i++)
        if (str_eq(free.at[i]->name, name))
            return free.at[i];
    return expr_symbol(p, name);
}

static Value start_missing(Problem *q, int from, const Expr *const *var, size_t n)
{
    Call *c = q->c;
    Buf   b = buf_new(c->arena);
    for (size_t i = 0; i < n; i++)
        buf_printf(&b, "%s%.*s = 0", i ? ", " : "", STR_ARGS(var[i]->name));
    Value v = call_fail(c, call_has(c, (size_t)from) ? from : -1, n == 1 && call_has(c, (size_t)from) ? "%.*s has no start" : "%.*s needs a start",
                        STR_ARGS(n == 1 && call_has(c, (size_t)from) ? var[0]->name : c->name));
    diag_hint(c->diag, "from: (%.*s)", STR_ARGS(buf_str(&b)));
    return v;
}

static bool entry_is_number(Problem *q, int from, const Expr *e)
{
    if (e && expr_is_numeric(e) && expr_is_scalar(e) && !(e->flags & (EXPR_HAS_INFINITE | EXPR_HAS_I)) && e->kind != EXPR_RELATION)
        return true;
    call_fail(q->c, from, "the start must be numbers");
    return false;
}

/* The next variable, with its start: a number, a vector or a matrix. */
static bool add_block(Problem *q, int from, const Expr *symbol, Str name, const Expr *start)
{
    Call  *c = q->c;
    bool   tensor = start && start->kind == EXPR_TENSOR;
    size_t n = tensor ? start->arity : 1;
    Block  b = { name, symbol, 0, 0, q->n };
    if (symbol && expr_is_tensor(symbol) && !tensor)
        return call_fail(c, from, "%.*s starts from a %s", STR_ARGS(name), expr_is_one(symbol->shape->cols) ? "vector" : "matrix"), false;
    if (tensor) {
        b.rows = (uint32_t)expr_rows(start);
        b.cols = (uint32_t)expr_cols(start);
        b.symbol = symbol && expr_is_tensor(symbol) ? symbol : NULL;
    }
    const Expr *entries = tensor ? expr_entries(c->pool, name, b.rows, b.cols) : NULL;
    for (size_t i = 0; i < n; i++) {
        q->var[q->n] = tensor ? entries->arg[i] : symbol;
        q->start[q->n] = tensor ? start->arg[i] : start;
        if (!entry_is_number(q, from, q->start[q->n++]))
            return false;
    }
    q->block[q->blocks++] = b;
    return true;
}

static void room_for(Problem *q, size_t blocks, size_t n)
{
    q->var = arena_array(q->c->arena, const Expr *, n);
    q->start = arena_array(q->c->arena, const Expr *, n);
    q->block = arena_array(q->c->arena, Block, blocks);
    q->n = q->blocks = 0;
}

static size_t entries_in(const Expr *e)
{
    return e && e->kind == EXPR_TENSOR ? e->arity : 1;
}

static bool is_block(const Problem *q, const Expr *symbol)
{
    for (size_t k = 0; k < q->blocks; k++)
        if (q->block[k].symbol == symbol || str_eq(q->block[k].name, symbol->name))
            return true;
    return false;
}

/* from: (x = 1, y = 2): a record { var, to } by name. */
static bool start_by_name(Problem *q, int from, const Record *r, const Expr *const *var, size_t n)
{
    Call        *c = q->c;
    const Value *name = record_get(r, STR("names")), *to = record_get(r, STR("to"));
    size_t       entries = 0;
    for (size_t i = 0; i < to->list->n; i++)
        entries += entries_in(to->list->item[i].kind == VALUE_EXPR ? to->list->item[i].expr : NULL);
    room_for(q, to->list->n, entries);
    q->by_name = true;
    for (size_t i = 0; i < to->list->n; i++) {
        Str word = name->list->item[i].text;
        if (!add_block(q, from, symbol_named(c->pool, c->arena, q->f, var, n, word), word, to->list->item[i].kind == VALUE_EXPR ? to->list->item[i].expr : NULL))
            return false;
    }
    for (size_t i = 0; i < n; i++)
        if (!is_block(q, var[i]))
            return start_missing(q, from, &var[i], 1), false;
    return true;
}

static bool start_by_order(Problem *q, int from, const Expr *point, const Expr *const *var, size_t n)
{
    Call  *c = q->c;
    size_t entries = entries_in(point);
    room_for(q, n, entries);
    if (n == 1 && expr_is_tensor(var[0]))
        return add_block(q, from, var[0], var[0]->name, point);
    if (entries != n) {
        Buf b = buf_new(c->arena);
        for (size_t i = 0; i < n; i++)
            buf_printf(&b, "%s%.*s = 0", i ? ", " : "", STR_ARGS(var[i]->name));
        call_fail(c, from, "the start has %zu number%s, for %zu variable%s", entries, entries == 1 ? "" : "s", n, n == 1 ? "" : "s");
        diag_hint(c->diag, "from: (%.*s)", STR_ARGS(buf_str(&b)));
        return false;
    }
    for (size_t i = 0; i < n; i++)
        if (!add_block(q, from, var[i], var[i]->name, point->kind == EXPR_TENSOR ? point->arg[i] : point))
            return false;
    return true;
}

/* f with every entry of its vectors and matrices written out; in f itself, too, if it names one entry. */
static bool write_out(Problem *q)
{
    Call        *c = q->c;
    bool         names_entry = false;
    Nodes        names = expr_symbols(c->pool, c->arena, q->f);
    for (size_t i = 0; i < names.n; i++)
        names_entry = names_entry || memchr(names.at[i]->name.s, '[', names.at[i]->name.n);
    const Expr **from = arena_array(c->arena, const Expr *, q->blocks), **to = arena_array(c->arena, const Expr *, q->blocks);
    size_t       n = 0;
    for (size_t i = 0; i < q->blocks; i++)
        if (q->block[i].symbol && q->block[i].rows) {
            from[n] = q->block[i].symbol;
            to[n++] = expr_entries(c->pool, q->block[i].name, q->block[i].rows, q->block[i].cols);
        }
    q->entries = n && (names_entry || q->n <= MOST_NEWTON_VARIABLES) ? expr_subst(c->pool, q->f, from, to, n) : q->f;
    if (names_entry) {
        q->f = q->entries;
        for (size_t i = 0; i < q->blocks; i++)
            q->block[i].symbol = q->block[i].rows ? NULL : q->block[i].symbol;
    }
    return q->entries != NULL;
}

/* The variables, if they are known before the start is read: named in the call, or the parameters of a function, or the only free name. */
static size_t known_variables(const Problem *q, int variables, const Expr *const **var, bool *complete)
{
    Call *c = q->c;
    *complete = true;
    if (variables >= 0 && call_has(c, (size_t)variables)) {
        Value v = c->arg[variables];
        size_t n = v.kind == VALUE_LIST ? v.list->n : 1;
        const Expr **named = arena_array(c->arena, const Expr *, n);
        for (size_t i = 0; i < n; i++)
            named[i] = v.kind == VALUE_LIST ? v.list->item[i].expr : v.expr;
        *var = named;
        return n;
    }
    *var = c->vars;
    *complete = c->function;
    return c->nvars;
}

/* Names of f that are neither variables nor columns have no value. */
static bool no_other_names(Problem *q, int f, int from)
{
    Call *c = q->c;
    Nodes free = expr_symbols(c->pool, c->arena, q->f);
    for (size_t i = 0; i < free.n; i++) {
        bool variable = false;
        for (size_t k = 0; k < q->n; k++)
            variable = variable || q->var[k] == free.at[i];
        for (size_t k = 0; k < q->blocks && !variable; k++) {
            const Expr *x = q->block[k].symbol;
            variable = x == free.at[i] || (x && expr_is_tensor(x) && (x->shape->rows == free.at[i] || x->shape->cols == free.at[i]));
        }
        if (variable)
            continue;
        call_fail(c, f, "%.*s has neither a value nor a start", STR_ARGS(free.at[i]->name));
        Buf b = buf_new(c->arena);
        for (size_t k = 0; k < q->blocks; k++)
            buf_printf(&b, "%.*s = 0, ", STR_ARGS(q->block[k].name));
        diag_hint(c->diag, "from: (%.*s%.*s = 0)", STR_ARGS(buf_str(&b)), STR_ARGS(free.at[i]->name));
        return false;
    }
    (void)from;
    return true;
}

bool problem_read(Call *c, int f, int variables, int from, bool maximize, Problem *out)
{
    Problem            q = { .c = c, .f = c->arg[f].expr, .maximize = maximize };
    const Expr *const *var;
    bool               complete;
    size_t             n = known_variables(&q, variables, &var, &complete);
    Value              start = c->arg[from];
    if (expr_is_tensor(q.f) || q.f->kind == EXPR_RELATION)
        return call_fail(c, f, "%.*s needs an expression with one number as value", STR_ARGS(c->name)), false;
    if (maximize)
        q.f = expr_neg(c->pool, q.f);
    if (start.kind == VALUE_NONE) {
        start_missing(&q, from, var, n);
        return false;
    }
    bool fine;
    if (start.kind != VALUE_RECORD && n == 0) {
        call_fail(c, f, "there is nothing to vary: all names in it have values");
        diag_hint(c->diag, "from: (x = 0) names the variable");
        fine = false;
    } else if (start.kind == VALUE_RECORD) {
        fine = start_by_name(&q, from, start.record, complete ? var : NULL, complete ? n : 0);
    } else if (start.kind != VALUE_EXPR) {
        fine = call_fail(c, from, "the start is a point: (x = 0, y = 0)").kind != VALUE_FAILED;
    } else if (!complete && n > 1) {
        start_missing(&q, from, var, n);
        c->diag->message = STR("the order of the variables is not known: a start needs their names");
        fine = false;
    } else {
        fine = start_by_order(&q, from, start.expr, var, n);
        q.by_name = fine && !complete && n == 1 ? false : q.by_name;
    }
    q.axis = axis_of_mean(c->pool, q.f);
    if (!fine || !no_other_names(&q, f, from))
        return false;
    if (!write_out(&q))
        return call_fail(c, from, "%.*s", STR_ARGS(pool_error(c->pool))), false;
    *out = q;
    return q.n > 0 || call_fail(c, f, "there is nothing to vary in it").kind != VALUE_FAILED;
}

CompileInput *problem_inputs(const Problem *q, bool entries, size_t *inputs)
{
    CompileInput *in = arena_array(q->c->arena, CompileInput, q->n);
    size_t        n = 0;
    for (size_t i = 0; i < q->blocks; i++) {
        const Block *b = &q->block[i];
        size_t       numbers = b->rows ? (size_t)b->rows * b->cols : 1;
        if (!entries && b->symbol && b->rows)
            in[n++] = (CompileInput){ .symbol = b->symbol, .rows = b->rows, .cols = b->cols };
        else
            for (size_t k = 0; k < numbers; k++)
                in[n++].symbol = q->var[b->first + k];
    }
    *inputs = n;
    return in;
}

/* Vectors and matrices; numbers beside each other are one block. */
static const ObjectiveBlock *problem_blocks(const Problem *q, size_t *n)
{
    ObjectiveBlock *block = arena_array(q->c->arena, ObjectiveBlock, q->blocks);
    bool            numbers = false;
    *n = 0;
    for (size_t i = 0; i < q->blocks; i++) {
        const Block *b = &q->block[i];
        if (!b->rows && numbers)
            block[*n - 1].rows++;
        else
            block[(*n)++] = b->rows ? (ObjectiveBlock){ b->first, b->rows, b->cols } : (ObjectiveBlock){ b->first, 1, 1 };
        numbers = !b->rows;
    }
    return block;
}

bool problem_objective_scaled(const Problem *q, const Format *f, unsigned extras, Objective *out, LossSeed *seed)
{
    size_t        n;
    CompileInput *in = problem_inputs(q, false, &n);
    if (!objective_make_scaled(q->c->pool, q->c->arena, q->f, in, n, f, extras, out, seed))
        return false;
    out->block = problem_blocks(q, &out->blocks);
    return true;
}

bool problem_objective(const Problem *q, const Format *f, bool entries, unsigned extras, Objective *out)
{
    size_t        n;
    CompileInput *in = problem_inputs(q, entries, &n);
    if (!objective_make(q->c->pool, q->c->arena, entries ? q->entries : q->f, in, n, f, extras, out))
        return false;
    out->block = problem_blocks(q, &out->blocks);
    return true;
}
