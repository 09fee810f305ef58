/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From a rule to a tape at work. The tape of a step reads and writes columns; a second one fills the states at the start, and a third
 * gives the hyperparameters of step t where they follow a schedule. */
#include "symbolic/method.h"

#include "numeric/update.h"
#include "symbolic/objective.h"
#include "symbolic/run.h"

#define OPTIMIZER(name, definition, ...) { #name, definition, __VA_ARGS__ },
const RuleText rule_texts[] = {
#include "symbolic/optimizers.def"
    { 0 }
};
#undef OPTIMIZER

#define SCHEDULE(name, definition, help) { #name, definition, help },
const ScheduleText schedule_texts[] = {
#include "symbolic/schedules.def"
    { 0 }
};
#undef SCHEDULE

/* ---- names ------------------------------------------------------------------------------------------------------------------ */

const Expr *rule_symbol(Pool *p, Str name)
{
    const Expr *one = expr_int(p, 1);
    return expr_symbol_shaped(p, name, shape_new(p, one, one, expr_axis(p, STR("parameters"), NULL)));
}

const Expr *rule_sum(Pool *p, const Expr *e)
{
    return expr_over(p, expr_axis(p, STR("parameters"), NULL), e);
}

Str method_name(const Method *m)
{
    return m->rule ? m->rule->name : str_of(m->row->name);
}

size_t method_hypers(const Method *m)
{
    size_t n = 0;
    if (m->rule)
        return m->rule->hypers;
    while (m->row->option[n].name)
        n++;
    return n;
}

Str method_hyper_name(const Method *m, size_t i)
{
    return m->rule ? m->rule->hyper[i] : str_of(m->row->option[i].name);
}

const MethodRow *method_row(Str name)
{
    for (const MethodRow *row = method_rows; row->name; row++)
        if (str_is(name, row->name))
            return row;
    return NULL;
}

const Method *method_of_row(Pool *p, Arena *a, const MethodRow *row)
{
    Method *m = arena_alloc(a, sizeof *m);
    m->row = row;
    size_t n = method_hypers(m);
    m->value = arena_array(a, const Expr *, n + 1);
    m->given = arena_array(a, Str, n + 1);
    for (size_t i = 0; i < n; i++)
        m->value[i] = double_expr(p, a, row->option[i].fallback, 0);
    return m;
}

Str method_text(Arena *a, const Method *m)
{
    Buf    b = buf_new(a);
    size_t shown = 0;
    buf_add(&b, method_name(m));
    for (size_t i = 0; i < method_hypers(m); i++) {
        Str name = method_hyper_name(m, i);
        if (m->given[i].n)
            buf_printf(&b, "%s%.*s: %.*s", shown++ ? ", " : "(", STR_ARGS(name), STR_ARGS(m->given[i]));
    }
    if (shown)
        buf_add_c(&b, ')');
    return buf_str(&b);
}

long method_hyper(const Method *m, Str name)
{
    for (size_t i = 0; i < method_hypers(m); i++)
        if (str_eq(method_hyper_name(m, i), name))
            return (long)i;
    return -1;
}

/* ---- compiling ----------------------------------------------------------------------------------------------------------------- */

/* x, g, states as columns; hyperparameters and t. */
static CompileInput *inputs_of(Arena *a, const Rule *r, size_t *n)
{
    CompileInput *in = arena_array(a, CompileInput, r->states + r->hypers + 3);
    size_t        k = 0;
    in[k++] = (CompileInput){ .symbol = r->x, .column = true };
    in[k++] = (CompileInput){ .symbol = r->g, .column = true };
    for (size_t i = 0; i < r->states; i++)
        in[k++] = (CompileInput){ .symbol = r->state_symbol[i], .column = true };
    for (size_t i = 0; i < r->hypers; i++)
        in[k++] = (CompileInput){ .symbol = r->hyper_symbol[i], .column = false };
    in[k++] = (CompileInput){ .symbol = r->t, .column = false };
    *n = k;
    return in;
}

static bool varies_along_axis(const Expr *e)
{
    return e->shape && e->shape->axis;
}

/* Numbers into the hyperparameters; those that depend on t become outputs of the schedule. */
static bool set_hypers(Pool *p, Arena *a, const Method *m, const Format *f, Update *u)
{
    const Expr **varying = arena_array(a, const Expr *, u->hypers);
    size_t      *varies = arena_array(a, size_t, u->hypers);
    for (size_t i = 0; i < u->hypers; i++) {
        if (!expr_is_numeric(m->value[i])) {
            varies[u->varying] = i;
            varying[u->varying++] = m->value[i];
            continue;
        }
        void *lane = expr_run(p, a, &m->value[i], 1, f, 1);
        if (!lane)
            return false;
        format_copy(f, format_at(f, u->hyper, i), lane, 1);
    }
    u->varies = varies;
    if (!u->varying)
        return true;
    Program      program;
    Format      *own = arena_alloc(a, sizeof *own);
    CompileInput t = { .symbol = m->t };
    *own = *f;
    if (f->family == FAMILY_SMALL && !format_named(STR("fp64"), own))
        return false;
    if (!expr_compile(p, a, &t, 1, varying, u->varying, &program))
        return false;
    u->schedule_format = own;
    u->schedule = machine_new(a, program.tape, own);
    return true;
}

/* Fills the states: 0, a number, or what their start says about x and the hyperparameters. */
static bool set_states(Pool *p, Arena *a, const Rule *r, const Objective *o, Update *u)
{
    const Format *f = o->format;
    Program       program;
    size_t        n;
    bool          zero = true;
    for (size_t k = 0; k < r->states; k++)
        zero = zero && expr_is_zero(r->start[k]);
    u->state = format_lanes(f, a, r->states * o->n);
    if (zero)
        return true;
    CompileInput *in = inputs_of(a, r, &n);
    if (!expr_compile(p, a, in, n, r->start, r->states, &program))
        return false;
    Machine *m = machine_new(a, program.tape, f);
    for (size_t k = 0; k < 2 + r->states; k++)
        machine_column(m, k, 0, o->x);
    format_copy(f, machine_input(m, 2 + r->states), u->hyper, r->hypers + 1);
    for (size_t k = 0; k < r->states; k++)
        if (varies_along_axis(r->start[k]))
            machine_output_column(m, k, 0, format_at(f, u->state, k * o->n));
    if (!machine_run(m, o->n))
        return pool_fail(p, "interrupted") != NULL;
    for (size_t k = 0; k < r->states; k++)
        for (size_t l = 0; !varies_along_axis(r->start[k]) && l < o->n; l++)
            format_copy(f, format_at(f, u->state, k * o->n + l), machine_output(m, k), 1);
    return true;
}

static bool rule_stepper(Pool *p, Arena *a, const Method *m, Objective *o, Stepper *out)
{
    const Rule *r = m->rule;
    Update     *u = arena_alloc(a, sizeof *u);
    bool       *uniform = arena_array(a, bool, r->states + 1);
    Program     program;
    size_t      n;
    long        lr = method_hyper(m, STR("lr"));
    CompileInput *in = inputs_of(a, r, &n);
    if (!expr_compile(p, a, in, n, r->update, r->states + 1, &program))
        return false;
    for (size_t k = 0; k <= r->states; k++)
        uniform[k] = !varies_along_axis(r->update[k]);
    *u = (Update){ .machine = machine_new(a, program.tape, o->format), .n = o->n, .states = r->states, .hypers = r->hypers, .uniform = uniform,
                   .lr = lr < 0 ? r->hypers : (size_t)lr };
    u->hyper = machine_input(u->machine, 2 + r->states);
    if (!set_hypers(p, a, m, o->format, u) || !set_states(p, a, r, o, u))
        return false;
    update_attach(u, o);
    *out = update_stepper(u);
    return true;
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

/* ---- keeping ------------------------------------------------------------------------------------------------------------------- */

static const Expr **keep_all(Pool *line, Arena *a, const Expr *const *e, size_t n)
{
    const Expr **kept = arena_array(a, const Expr *, n + 1);
    for (size_t i = 0; i < n; i++)
        kept[i] = expr_promote(line, e[i]);
    return kept;
}

static const Str *keep_names(Arena *a, const Str *name, size_t n)
{
    Str *kept = arena_array(a, Str, n + 1);
    for (size_t i = 0; i < n; i++)
        kept[i] = str_copy(a, name[i]);
    return kept;
}

static const Rule *rule_keep(Pool *line, Arena *a, const Rule *r)
{
    Rule *k = arena_alloc(a, sizeof *k);
    *k = (Rule){ .name = str_copy(a, r->name), .text = str_copy(a, r->text), .row = r->row, .hypers = r->hypers, .states = r->states,
                 .hyper = keep_names(a, r->hyper, r->hypers), .state = keep_names(a, r->state, r->states),
                 .hyper_symbol = keep_all(line, a, r->hyper_symbol, r->hypers), .fallback = keep_all(line, a, r->fallback, r->hypers),
                 .state_symbol = keep_all(line, a, r->state_symbol, r->states), .start = keep_all(line, a, r->start, r->states),
                 .x = expr_promote(line, r->x), .g = expr_promote(line, r->g), .t = expr_promote(line, r->t),
                 .update = keep_all(line, a, r->update, r->states + 1) };
    return k;
}

Method *method_keep(Pool *line, Arena *a, const Method *m)
{
    size_t  n = method_hypers(m);
    Method *k = arena_alloc(a, sizeof *k);
    *k = (Method){ .rule = m->rule ? rule_keep(line, a, m->rule) : NULL, .row = m->row, .value = keep_all(line, a, m->value, n),
                   .given = keep_names(a, m->given, n), .t = m->t ? expr_promote(line, m->t) : NULL };
    return k;
}
