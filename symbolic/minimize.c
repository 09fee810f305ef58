/* SPDX-License-Identifier: GPL-3.0-or-later */
/* minimize and maximize: reading the problem, choosing what was not given, running the driver. */
#include "symbolic/minimize.h"

#include "numeric/eigen.h"
#include "symbolic/diff.h"
#include "symbolic/matrix.h"
#include "symbolic/run.h"
#include "symbolic/table.h"

#include <math.h>
#include <string.h>

enum { DEFAULT_STEPS = 1000, NEWTON_STEPS = 200, TRACE_ROWS = 1000, MOST_TRACE_ROWS = 100000, TRACE_VARIABLES = 8, MOST_ROWS_FOR_NEWTON_VARIABLES = 20 };

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
    if (entries != n)
        return call_fail(c, from, "the start has %zu number%s, for %zu variable%s", entries, entries == 1 ? "" : "s", n, n == 1 ? "" : "s"), false;
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

/* ---- options ----------------------------------------------------------------------------------------------------------------- */

static bool whole_option(Call *c, int i, const char *name, slong least, size_t *out)
{
    slong k;
    if (i < 0 || !call_has(c, (size_t)i))
        return true;
    if (!expr_fits_slong(c->arg[i].expr, &k) || k < least)
        return call_fail(c, i, "%s: is a whole number from %ld", name, (long)least), false;
    *out = (size_t)k;
    return true;
}

/* Half the digits of the format, unless said otherwise. */
static bool tolerance(Call *c, int i, const Format *f, double *out, double *logarithm)
{
    *logarithm = (double)(-f->precision / 2);
    *out = exp2(*logarithm);
    if (i < 0 || !call_has(c, (size_t)i))
        return true;
    Format fp64;
    void  *lane = expr_is_numeric(c->arg[i].expr) && format_named(STR("fp64"), &fp64) ? expr_run(c->pool, c->arena, &c->arg[i].expr, 1, &fp64, 1) : NULL;
    if (!lane || !(*(double *)lane >= 0))
        return call_fail(c, i, "tol: is a number from 0"), false;
    *out = *(double *)lane;
    *logarithm = log2(*out);
    return true;
}

/* How many rows does the objective run over? A mean that is already formed counts as well. */
static size_t rows_of(const Problem *q)
{
    return q->axis ? axis_rows(q->axis) : 0;
}

bool run_options_read(const Problem *q, OptionPlaces at, bool newton, const Format *f, MinimizeOptions *out)
{
    Call  *c = q->c;
    size_t epochs = 0, steps = 0, seed = (size_t)c->settings->seed, rows = rows_of(q);
    MinimizeOptions o = { .trace = c->trace ? MOST_TRACE_ROWS : TRACE_ROWS, .trace_x = TRACE_VARIABLES, .shuffle = true };
    if (!whole_option(c, at.steps, "steps", 0, &steps) || !tolerance(c, at.tol, f, &o.tol, &o.tol_log2) || !whole_option(c, at.batch, "batch", 1, &o.batch)
        || !whole_option(c, at.epochs, "epochs", 1, &epochs) || !whole_option(c, at.seed, "seed", 0, &seed))
        return false;
    if (at.shuffle >= 0 && call_has(c, (size_t)at.shuffle)) {
        Value v = c->arg[at.shuffle];
        bool  yes = v.kind == VALUE_EXPR && expr_is_constant(v.expr, CONSTANT_TRUE), no = v.kind == VALUE_EXPR && expr_is_constant(v.expr, CONSTANT_FALSE);
        if (!yes && !no)
            return call_fail(c, at.shuffle, "shuffle: is true or false"), false;
        o.shuffle = yes;
    }
    if (o.batch && !rows) {
        call_fail(c, at.batch, "batch: needs a mean over the rows of a table");
        diag_hint(c->diag, "over: d");
        return false;
    }
    if (o.batch > rows)
        return call_fail(c, at.batch, "a batch of %zu rows is larger than the data, %zu row%s", o.batch, rows, rows == 1 ? "" : "s"), false;
    if (epochs && !rows)
        return call_fail(c, at.epochs, "epochs: needs a mean over the rows of a table"), false;
    size_t per_epoch = o.batch ? (rows + o.batch - 1) / o.batch : 1, by_epochs = epochs * per_epoch;
    bool   given = call_has(c, (size_t)at.steps);
    o.steps = given && epochs ? (steps < by_epochs ? steps : by_epochs) : given ? steps : epochs ? by_epochs : newton ? NEWTON_STEPS : DEFAULT_STEPS;
    o.seed = seed;
    *out = o;
    return true;
}

/* ---- methods ------------------------------------------------------------------------------------------------------------------ */

/* lr: 0.1 in the call counts before the method's own. */
static const Method *with_rate(Call *c, int at, const Method *m, const Record *rate)
{
    long k = method_hyper(m, STR("lr"));
    if (k < 0) {
        Str name = method_name(m);
        call_fail(c, at, "%.*s has no rate", STR_ARGS(name));
        return NULL;
    }
    Method      *changed = arena_copy(c->arena, m, sizeof *m);
    const Expr **value = arena_copy(c->arena, m->value, method_hypers(m) * sizeof *value);
    Str         *given = arena_copy(c->arena, m->given, method_hypers(m) * sizeof *given);
    const Expr  *t = record_get(rate, STR("t"))->expr;
    for (size_t i = 0; m->t && i < method_hypers(m); i++)
        value[i] = expr_subst(c->pool, value[i], &m->t, &t, 1);
    value[k] = record_get(rate, STR("value"))->expr;
    given[k] = record_get(rate, STR("text"))->text;
    changed->value = value;
    changed->given = given;
    changed->t = t;
    return changed;
}

/* ---- solving ------------------------------------------------------------------------------------------------------------------- */

bool problem_objective(const Problem *q, const Format *f, bool entries, unsigned extras, Objective *out)
{
    Arena        *a = q->c->arena;
    CompileInput *in = arena_array(a, CompileInput, q->n);
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
    return objective_make(q->c->pool, a, entries ? q->entries : q->f, in, n, f, extras, out);
}

bool problem_solve(const Problem *q, Solution *s, unsigned threads)
{
    Call   *c = q->c;
    Stepper stepper;
    unsigned needs = s->method->row ? s->method->row->needs : 0;
    unsigned extras = (needs & NEEDS_HESSIAN ? OBJECTIVE_HESSIAN : 0u) | (needs & NEEDS_PRODUCT ? OBJECTIVE_PRODUCT : 0u) | (needs & NEEDS_RESIDUALS ? OBJECTIVE_RESIDUALS : 0u);
    void   *start = expr_run(c->pool, c->arena, q->start, q->n, s->format, s->options.seed);
    bool    fine = start && problem_objective(q, s->format, needs & (NEEDS_HESSIAN | NEEDS_RESIDUALS), extras, &s->o);
    if (fine) {
        format_copy(s->format, s->o.x, start, q->n);
        objective_threads(&s->o, threads);
        fine = method_stepper(c->pool, c->arena, s->method, &s->o, &stepper);
    }
    if (!fine) {
        Str why = pool_error(c->pool);
        call_fail(c, 0, "%.*s", STR_ARGS(why.n ? why : STR("this cannot be minimized")));
        pool_clear_error(c->pool);
        return false;
    }
    s->m = minimize_run(c->arena, &s->o, &stepper, &s->options);
    return true;
}

const Expr *solution_number(const Problem *q, const Solution *s, const void *lane, size_t digits)
{
    return float_expr(q->c->pool, q->c->arena, s->format, lane, digits);
}

const Expr *solution_value(const Problem *q, const Solution *s, size_t digits)
{
    const Expr *e = solution_number(q, s, s->m.value, digits);
    return q->maximize ? expr_neg(q->c->pool, e) : e;
}

Str column_title(const Problem *q, size_t i)
{
    Buf b = buf_new(q->c->arena);
    for (size_t k = 0; k < q->var[i]->name.n; k++)
        if (q->var[i]->name.s[k] != ' ')
            buf_add_c(&b, q->var[i]->name.s[k]);
    return buf_str(&b);
}

Value solution_point(const Problem *q, const Solution *s)
{
    Call        *c = q->c;
    const Expr **entry = arena_array(c->arena, const Expr *, q->n);
    Value       *item = arena_array(c->arena, Value, q->blocks);
    Str         *name = arena_array(c->arena, Str, q->blocks);
    bool         numbers = true;
    for (size_t i = 0; i < q->n; i++)
        entry[i] = solution_number(q, s, format_at(s->format, s->m.x, i), 0);
    for (size_t i = 0; i < q->blocks; i++) {
        const Block *b = &q->block[i];
        item[i] = value_expr(b->rows ? expr_tensor(c->pool, b->rows, b->cols, entry + b->first) : entry[b->first]);
        name[i] = b->name;
        numbers = numbers && !b->rows;
    }
    if (q->by_name || (!numbers && q->blocks > 1))
        return value_record(c->arena, name, item, q->blocks);
    return q->blocks == 1 ? item[0] : value_expr(expr_tensor(c->pool, q->n, 1, entry));
}

bool problem_curvature(const Problem *q, const Expr *const *at, double *value, bool *constant)
{
    Call     *c = q->c;
    Format   *fp64 = arena_alloc(c->arena, sizeof *fp64);
    Objective o;
    if (q->n > MOST_NEWTON_VARIABLES || !format_named(STR("fp64"), fp64))
        return false;
    const Expr *h = expr_hessian(c->pool, q->entries, q->var, q->n);
    *constant = h && expr_is_numeric(h) && !(h->shape && h->shape->axis);
    void   *x = h ? expr_run(c->pool, c->arena, at, q->n, fp64, 1) : NULL;
    double *entry = arena_array(c->arena, double, q->n * q->n);
    bool    fine = x && problem_objective(q, fp64, true, OBJECTIVE_HESSIAN, &o) && objective_hessian(&o, x, entry);
    if (fine)
        eigen_symmetric(entry, q->n, value);
    pool_clear_error(c->pool);
    return fine && isfinite(value[0]) && isfinite(value[q->n - 1]);
}

/* ---- the commands -------------------------------------------------------------------------------------------------------------- */

enum { ARG_F, ARG_VARIABLES, ARG_CONSTRAINTS, ARG_FROM, ARG_METHOD, ARG_LR, ARG_STEPS, ARG_TOL, ARG_FORMAT, ARG_OVER, ARG_BATCH, ARG_EPOCHS, ARG_SEED,
       ARG_SHUFFLE, ARG_THREADS };

/* What the user did not say: gd if a rate is given, adam for mini-batches, else Newton while the Hessian is small. */
static bool choose_method(const Problem *q, Solution *s)
{
    Call *c = q->c;
    bool  rate = call_has(c, ARG_LR);
    if (call_has(c, ARG_METHOD)) {
        s->method = c->arg[ARG_METHOD].method;
    } else if (rate || call_has(c, ARG_BATCH)) {
        s->method = c->method(c, str_of(rate ? "gd" : "adam"));
        s->why = rate ? "a rate and no method were given" : "mini-batches and no method were given";
    } else {
        bool small = q->n <= (q->axis ? MOST_ROWS_FOR_NEWTON_VARIABLES : MOST_NEWTON_VARIABLES);
        s->method = method_of_row(c->pool, c->arena, method_row(str_of(small ? "newton" : "backtracking")));
        s->why = small ? "few variables: the Hessian is cheap" : "many variables and no method were given";
    }
    if (s->method && rate)
        s->method = with_rate(c, ARG_LR, s->method, c->arg[ARG_LR].record);
    return s->method != NULL;
}

static Value solve(Call *c, bool maximize)
{
    Problem  q;
    Solution s = { 0 };
    Format  *f = arena_alloc(c->arena, sizeof *f);
    size_t   threads = 1;
    if (call_has(c, ARG_CONSTRAINTS))
        return call_fail(c, ARG_CONSTRAINTS, "constraints are not known here yet");
    if (!problem_read(c, ARG_F, ARG_VARIABLES, ARG_FROM, maximize, &q) || !choose_method(&q, &s) || !whole_option(c, ARG_THREADS, "threads", 1, &threads))
        return value_failed();
    s.format = f;
    if (call_has(c, ARG_FORMAT))
        *f = *c->arg[ARG_FORMAT].format;
    else
        format_named(STR("fp64"), f);
    if (f->family == FAMILY_BALL)
        return call_fail(c, ARG_FORMAT, "balls have no order: a minimizer needs numbers, as in fp64 or 200 bits");
    OptionPlaces at = { ARG_STEPS, ARG_TOL, ARG_BATCH, ARG_EPOCHS, ARG_SEED, ARG_SHUFFLE };
    if (!run_options_read(&q, at, s.method->row && s.method->row->needs & NEEDS_HESSIAN, f, &s.options))
        return value_failed();
    if (s.options.batch && s.method->row)
        return call_fail(c, ARG_BATCH, "%s needs all rows at every step: its line search compares values", s.method->row->name);
    if (!problem_solve(&q, &s, (unsigned)threads))
        return value_failed();
    if (s.m.ending == ENDED_NOT_FINITE && s.m.bad_step == 0) {
        Str where = solution_not_finite(&q, &s);
        return call_fail(c, ARG_FROM, "%.*s", STR_ARGS(where));
    }
    return minimize_report(&q, &s);
}

static Value minimize_call(Call *c) { return solve(c, false); }
static Value maximize_call(Call *c) { return solve(c, true); }

#define OPTIONS "from: start, method: method, lr: rate, steps: int, tol: scalar, format: format, over: data, batch: int, epochs: int, seed: int, " \
                "shuffle: value, threads: int) -> report"

const Builtin minimize_builtins[] = {
    { .sig = "minimize(f: objective, variables: closedvar?, constraint: relation?...; " OPTIONS,
      .help = "Goes down from a start until the gradient vanishes; every step can be seen with trace.",
      .example = { { "minimize((x - 3)^2 + 1, from: 0).x", "3" }, { "minimize((x - 3)^2, from: 0, lr: 0.5, steps: 1).value", "0" },
                   { "minimize(x^2, from: (x = 1), method: adam, steps: 3).steps", "3" } },
      .lesson = 6, .see = "maximize compare newton gradient hessian", .words = "optimize optimizer descent train fit", .call = minimize_call },
    { .sig = "maximize(f: objective, variables: closedvar?, constraint: relation?...; " OPTIONS,
      .help = "Goes up from a start until the gradient vanishes.",
      .example = { { "maximize(1 - (x - 3)^2, from: 0).x", "3" } },
      .lesson = 6, .see = "minimize", .call = maximize_call },
    { 0 }
};
