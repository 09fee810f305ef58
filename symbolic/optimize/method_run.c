/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From a rule to tapes at work. Values of a rule that have entries are columns; those of one size and one block share a tape, whose lanes
 * are the entries. A rule that looks at single coordinates only has one block: all parameters. */
#include "symbolic/optimize/method.h"

#include "base/vec.h"
#include "numeric/low_precision.h"
#include "symbolic/optimize/rule_step.h"
#include "symbolic/tape/compile.h"
#include "symbolic/tape/objective.h"
#include "symbolic/tape/run.h"

typedef struct Column {             /* a value with entries: those of block b begin at at[b] */
    const Expr *symbol;
    RuleSize    size;
    void      **at;
} Column;

typedef struct Builder {
    Pool             *pool;
    Arena            *arena;
    const Rule       *rule;
    Objective        *o;
    Update           *u;
    size_t            blocks;
    const ObjectiveBlock *block;
    Column           *column;
    size_t            columns;
    const Expr      **uniform;      /* symbols of uniform values, in their order */
    size_t            uniforms;
} Builder;

/* ---- blocks and columns ------------------------------------------------------------------------------------------------------- */

static size_t length_of(const ObjectiveBlock *b, RuleLength l)
{
    return l == LENGTH_ROWS ? b->rows : l == LENGTH_COLUMNS ? b->cols : 1;
}

static size_t entries_of(const ObjectiveBlock *b, RuleSize s)
{
    return length_of(b, s.rows) * length_of(b, s.cols);
}

static void find_blocks(Builder *w)
{
    if (w->rule->by_block && w->o->blocks > 1) {
        w->blocks = w->o->blocks;
        w->block = w->o->block;
        return;
    }
    ObjectiveBlock *all = arena_alloc(w->arena, sizeof *all);
    *all = w->o->blocks == 1 ? w->o->block[0] : (ObjectiveBlock){ 0, w->o->n, 1 };
    w->blocks = 1;
    w->block = all;
}

static void **places(const Builder *w, RuleSize size, void *all)
{
    void **at = arena_array(w->arena, void *, w->blocks);
    size_t first = 0;
    for (size_t b = 0; b < w->blocks; b++) {
        at[b] = format_at(w->o->format, all, first);
        first += entries_of(&w->block[b], size);
    }
    return at;
}

/* all: where its entries lie; NULL: new lanes. */
static Column *add_column(Builder *w, const Expr *symbol, RuleSize size, void *all)
{
    size_t n = 0;
    for (size_t b = 0; b < w->blocks; b++)
        n += entries_of(&w->block[b], size);
    Column *c = &w->column[w->columns++];
    *c = (Column){ symbol, size, places(w, size, all ? all : format_lanes(w->o->format, w->arena, n)) };
    return c;
}

static Column *column_of(const Builder *w, const Expr *symbol)
{
    for (size_t i = 0; i < w->columns; i++)
        if (w->column[i].symbol == symbol)
            return &w->column[i];
    return NULL;
}

static bool asks_elsewhere(const Rule *r)
{
    for (size_t i = 0; i < r->parts; i++)
        if (r->part[i].kind <= UPDATE_DIAGONAL)
            return true;
    return false;
}

/* A state, and where it lies, for whoever keeps it in another format. */
static void add_state(Builder *w, const Expr *symbol, RuleSize size)
{
    const Column *c = add_column(w, symbol, size, NULL);
    LowPrecision *low = w->o->low;
    size_t        n = 0;
    for (size_t b = 0; b < w->blocks; b++)
        n += entries_of(&w->block[b], size);
    if (low)
        low->state[low->states++] = (LowState){ c->at[0], n };
    if (rule_size_equal(size, rule_size_of_x))
        w->u->memory[w->u->memories++] = c->at[0];
}

static void name_values(Builder *w)
{
    const Rule   *r = w->rule;
    const Format *f = w->o->format;
    w->column = arena_array(w->arena, Column, r->states + r->parts + 2);
    w->uniform = arena_array(w->arena, const Expr *, r->hypers + r->parts + 3);
    if (w->o->low)
        w->o->low->state = arena_array(w->arena, LowState, r->states + 1);
    w->u->g = asks_elsewhere(r) ? format_lanes(f, w->arena, w->o->n) : NULL;
    add_column(w, r->x, rule_size_of_x, w->o->x);
    add_column(w, r->g, rule_size_of_x, w->u->g ? w->u->g : (void *)w->o->g);
    w->u->memory = arena_array(w->arena, const void *, r->states + 1);
    for (size_t k = 0; k < r->states; k++)
        add_state(w, r->state_symbol[k], r->state_size[k]);
    for (size_t i = 0; i < r->hypers; i++)
        w->uniform[w->uniforms++] = r->hyper_symbol[i];
    w->uniform[w->uniforms++] = r->t;
    for (size_t i = 0; i < r->parts; i++)
        if (rule_size_is_one(r->part[i].size))
            w->uniform[w->uniforms++] = r->part[i].result;
        else
            add_column(w, r->part[i].result, r->part[i].size, NULL);
    w->uniform[w->uniforms++] = r->rows;
    w->uniform[w->uniforms++] = r->columns;
}

/* ---- tapes --------------------------------------------------------------------------------------------------------------------- */

/* What an output is written to: the entries of a column, or (uniform) a value of the blocks. */
typedef VEC(UpdateTape) TapeList;
typedef struct Target { const Expr *e; RuleSize size; void **at; } Target;

static bool tape_of_size(Builder *w, const Target *target, const size_t *which, size_t n, TapeList *out)
{
    Arena        *a = w->arena;
    RuleSize      size = target[which[0]].size;
    CompileInput *in = arena_array(a, CompileInput, w->columns + w->uniforms);
    const Expr  **output = arena_array(a, const Expr *, n);
    Program       program;
    size_t        columns = 0, inputs;
    for (size_t i = 0; i < w->columns; i++)
        if (rule_size_equal(w->column[i].size, size))
            in[columns++] = (CompileInput){ .symbol = w->column[i].symbol, .column = true };
    inputs = columns;
    for (size_t i = 0; i < w->uniforms; i++)
        in[inputs++] = (CompileInput){ .symbol = w->uniform[i] };
    for (size_t k = 0; k < n; k++)
        output[k] = target[which[k]].e;
    if (!expr_compile(w->pool, a, in, inputs, output, n, &program))
        return false;
    for (size_t b = 0; b < w->blocks; b++) {
        UpdateTape t = { .machine = machine_new(a, program.tape, w->o->format), .lanes = entries_of(&w->block[b], size), .outputs = n, .n_uniform = w->uniforms,
                         .from = w->u->uniform[b], .spread = arena_array(a, void *, n) };
        t.uniform = machine_input(t.machine, columns);
        for (size_t i = 0, c = 0; i < w->columns; i++)
            if (rule_size_equal(w->column[i].size, size))
                machine_column(t.machine, c++, 0, w->column[i].at[b]);
        for (size_t k = 0; k < n; k++)
            if (rule_size_is_one(rule_size(output[k])))
                t.spread[k] = target[which[k]].at[b];
            else
                machine_output_column(t.machine, k, 0, target[which[k]].at[b]);
        vec_push(a, out, t);
    }
    return true;
}

/* One tape for each size among the targets, for each block. */
static bool make_tapes(Builder *w, const Target *target, size_t n, UpdateTape **tape, size_t *tapes)
{
    TapeList made = { 0 };
    bool    *done = arena_array(w->arena, bool, n + 1);
    size_t  *which = arena_array(w->arena, size_t, n + 1);
    for (size_t i = 0; i < n; i++) {
        size_t m = 0;
        for (size_t k = i; k < n && !done[i]; k++)
            if (rule_size_equal(target[k].size, target[i].size))
                which[m++] = k;
        for (size_t k = 0; k < m; k++)
            done[which[k]] = true;
        if (m && !tape_of_size(w, target, which, m, &made))
            return false;
    }
    *tape = made.at;
    *tapes = made.n;
    return true;
}

static UpdateSize *sizes_in_blocks(const Builder *w, RuleSize s)
{
    UpdateSize *size = arena_array(w->arena, UpdateSize, w->blocks);
    for (size_t b = 0; b < w->blocks; b++)
        size[b] = (UpdateSize){ length_of(&w->block[b], s.rows), length_of(&w->block[b], s.cols) };
    return size;
}

/* A column is read where it lies; anything else is worked out first. */
static bool make_part(Builder *w, const RulePart *p, UpdatePart *out)
{
    Target target[2];
    size_t n = 0;
    slong  number = 1;
    *out = (UpdatePart){ .kind = p->kind };
    for (size_t i = 0; i < p->args; i++) {
        const Column *c = column_of(w, p->arg[i]);
        size_t        entries = 0;
        for (size_t b = 0; b < w->blocks; b++)
            entries += entries_of(&w->block[b], p->arg_size[i]);
        out->arg[i] = c ? c->at : places(w, p->arg_size[i], format_lanes(w->o->format, w->arena, entries));
        out->size[i] = sizes_in_blocks(w, p->arg_size[i]);
        if (!c)
            target[n++] = (Target){ p->arg[i], p->arg_size[i], out->arg[i] };
    }
    if (p->args == 0)
        out->size[0] = sizes_in_blocks(w, p->size);
    if (p->number && expr_fits_slong(p->number, &number))
        out->number = (size_t)number;
    const Column *result = column_of(w, p->result);
    out->result = result ? result->at : arena_array(w->arena, void *, w->blocks);
    for (size_t i = 0; !result && i < w->uniforms; i++)
        for (size_t b = 0; b < w->blocks && w->uniform[i] == p->result; b++)
            out->result[b] = format_at(w->o->format, w->u->uniform[b], i);
    return make_tapes(w, target, n, &out->tape, &out->tapes);
}

/* ---- values at the start --------------------------------------------------------------------------------------------------------- */

/* Numbers into the hyperparameters; those that depend on t become outputs of the schedule. */
static bool set_hypers(Builder *w, const Method *m)
{
    Update       *u = w->u;
    Pool         *p = w->pool;
    Arena        *a = w->arena;
    const Format *f = w->o->format;
    const Expr **varying = arena_array(a, const Expr *, u->hypers);
    size_t      *varies = arena_array(a, size_t, u->hypers), n = 0;
    for (size_t i = 0; i < u->hypers; i++) {
        if (!expr_is_numeric(m->value[i])) {
            varies[n] = i;
            varying[n++] = m->value[i];
            continue;
        }
        void *lane = expr_run(p, a, &m->value[i], 1, f, 1);
        if (!lane)
            return false;
        for (size_t b = 0; b < w->blocks; b++)
            format_copy(f, format_at(f, u->uniform[b], i), lane, 1);
    }
    for (size_t b = 0; b < w->blocks; b++) {
        format_set_double(f, format_at(f, u->uniform[b], w->uniforms - 2), (double)w->block[b].rows, NULL);
        format_set_double(f, format_at(f, u->uniform[b], w->uniforms - 1), (double)w->block[b].cols, NULL);
    }
    u->varies = varies;
    return !n || schedule_make(p, a, varying, n, m->t, m->memory, f, &u->schedule);
}

/* Fills the states: 0, a number, or what their start says about x and the hyperparameters. */
static bool set_states(Builder *w)
{
    const Rule *r = w->rule;
    Target     *target = arena_array(w->arena, Target, r->states + 1);
    UpdateTape *tape;
    size_t      n = 0, tapes;
    for (size_t k = 0; k < r->states; k++)
        if (!expr_is_zero(r->start[k]))
            target[n++] = (Target){ r->start[k], r->state_size[k], column_of(w, r->state_symbol[k])->at };
    bool fine = update_start(w->u, w->o) && make_tapes(w, target, n, &tape, &tapes);
    for (size_t i = 0; fine && i < tapes; i++)
        fine = update_tape_run(&tape[i], w->o->format);
    return fine || pool_error(w->pool).n || pool_fail(w->pool, "interrupted") != NULL ? fine : false;
}

/* In low precision the step is wanted apart from x: beside it to be counted, or instead of it to be added in another way. */
static bool add_step(Builder *w, Target *target, size_t *n)
{
    LowPrecision *low = w->o->low;
    const Rule   *r = w->rule;
    const Expr   *step = low ? rule_step(w->pool, r) : NULL;
    if (!low || (!step && !low_precision_adds(low)))
        return true;
    if (!step)
        return pool_fail(w->pool, "%.*s does not write x as x plus a step", STR_ARGS(r->name)) != NULL;
    low->step = format_lanes(w->o->format, w->arena, w->o->n);
    low->waits = rule_step_decides(w->pool, w->arena, step);
    size_t at = low_precision_adds(low) ? 0 : (*n)++;
    target[at] = (Target){ step, rule_size_of_x, places(w, rule_size_of_x, low->step) };
    return true;
}

static bool make_update(Builder *w)
{
    const Rule *r = w->rule;
    Update     *u = w->u;
    Target     *target = arena_array(w->arena, Target, r->states + 2);
    size_t      targets = r->states + 1;
    UpdatePart *part = arena_array(w->arena, UpdatePart, r->parts + 1);
    u->uniform = arena_array(w->arena, void *, w->blocks);
    for (size_t b = 0; b < w->blocks; b++)
        u->uniform[b] = format_lanes(w->o->format, w->arena, w->uniforms);
    for (size_t i = 0; i < r->parts; i++)
        if (!make_part(w, &r->part[i], &part[i]))
            return false;
    for (size_t k = 0; k <= r->states; k++)
        target[k] = (Target){ r->update[k], k ? r->state_size[k - 1] : rule_size_of_x, column_of(w, k ? r->state_symbol[k - 1] : r->x)->at };
    if (!add_step(w, target, &targets) || !make_tapes(w, target, targets, &u->tape, &u->tapes))
        return false;
    if (u->tapes == 1 && r->parts == 0)                 /* nobody else reads the uniform values: they are set in the tape */
        u->tape[0].from = u->uniform[0] = u->tape[0].uniform;
    u->hyper = u->uniform[0];
    u->part = part;
    u->parts = r->parts;
    return true;
}

static bool clipped(const Builder *w, const Method *m, Stepper *out)
{
    const Expr *number[2] = { m->bound, m->slack ? m->slack : expr_int(w->pool, 0) };
    const Format *f = w->o->format;
    void *lane = expr_run(w->pool, w->arena, number, 2, f, 1);
    if (!lane)
        return false;
    *out = clip_stepper(w->arena, m->clip, w->o, lane, format_at(f, lane, 1), *out);
    return true;
}

static bool rule_stepper(Pool *p, Arena *a, const Method *m, Objective *o, Stepper *out)
{
    const Rule *r = m->rule;
    long        lr = method_hyper(m, STR("lr"));
    Update     *u = arena_alloc(a, sizeof *u);
    Builder     w = { .pool = p, .arena = a, .rule = r, .o = o, .u = u };
    *u = (Update){ .n = o->n, .states = r->states, .hypers = r->hypers, .start_parts = r->start_parts, .lr = lr < 0 ? r->hypers : (size_t)lr };
    find_blocks(&w);
    u->blocks = w.blocks;
    if (r->parts) {
        u->saved = format_lanes(o->format, a, o->n);
        u->free = format_lanes(o->format, a, o->n);
    }
    name_values(&w);
    if (!make_update(&w) || !set_hypers(&w, m) || !set_states(&w))
        return false;
    *out = update_stepper(u);
    if (m->clip && !clipped(&w, m, out))
        return false;
    if (o->low)
        *out = low_precision_stepper(o->low, *out);
    return true;
}

unsigned method_extras(const Method *m)
{
    unsigned extras = m->row && m->row->needs & NEEDS_HESSIAN ? OBJECTIVE_HESSIAN : 0;
    if (m->row && m->row->needs & NEEDS_PRODUCT)
        extras |= OBJECTIVE_PRODUCT;
    if (m->row && m->row->needs & NEEDS_RESIDUALS)
        extras |= OBJECTIVE_RESIDUALS;
    for (size_t i = 0; m->rule && i < m->rule->parts; i++)
        if (m->rule->part[i].kind == UPDATE_PRODUCT || m->rule->part[i].kind == UPDATE_DIAGONAL)
            extras |= OBJECTIVE_PRODUCT;
    return extras;
}

bool method_stepper(Pool *p, Arena *a, const Method *m, Objective *o, Stepper *out)
{
    pool_clear_error(p);
    if (m->rule)
        return rule_stepper(p, a, m, o, out);
    Format fp64;
    double option[MOST_ROW_OPTIONS + 1];
    for (size_t i = 0; i < method_hypers(m); i++) {
        const double *lane = format_named(STR("fp64"), &fp64) ? expr_run(p, a, &m->value[i], 1, &fp64, 1) : NULL;
        if (!lane)
            return false;
        option[i] = *lane;
    }
    void *lane = expr_run(p, a, m->value, method_hypers(m), o->format, 1);
    if (!lane)
        return false;
    *out = m->row->make(a, o, &(MethodOptions){ option, lane });
    return true;
}
