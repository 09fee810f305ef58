/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Methods of minimization: the rows of optimizers.def and schedules.def, names and sizes in rules, copies that outlive a line. */
#include "symbolic/optimize/method.h"

#include "symbolic/expr/show.h"
#include "symbolic/tape/objective.h"
#include "symbolic/tape/run.h"

#define OPTIMIZER(name, definition, range, libraries, cite, limit, best) { #name, definition, range, libraries, cite, limit, best, NULL, NULL },
#define DIALECT(...)
const RuleText rule_texts[] = {
#include "symbolic/optimize/optimizers.def"
    { 0 }
};
#undef OPTIMIZER
#undef DIALECT

#define OPTIMIZER(...)
#define DIALECT(name, library, definition, difference) { #name, definition, "", "", "", "", "", #library, difference },
const RuleText dialect_texts[] = {
#include "symbolic/optimize/optimizers.def"
    { 0 }
};
#undef OPTIMIZER
#undef DIALECT

#define SCHEDULE(name, definition, help) { #name, definition, help, NULL },
#define DIALECT(name, library, definition, difference) { #name, definition, difference, #library },
#define MEMORY(...)
const ScheduleText schedule_texts[] = {
#include "symbolic/optimize/schedules.def"
    { 0 }
};
#undef SCHEDULE
#undef DIALECT
#undef MEMORY

#define SCHEDULE(...)
#define DIALECT(...)
#define MEMORY(name, definition, help) { #name, definition, help },
const MemoryText memory_texts[] = {
#include "symbolic/optimize/schedules.def"
    { 0 }
};
#undef SCHEDULE
#undef DIALECT
#undef MEMORY

static const char *const clip_names[] = { "", "clip_value", "clip_norm", "clip_global_norm" };

/* ---- names ------------------------------------------------------------------------------------------------------------------ */

/* The lanes of a value are its entries; values of one size share an axis, which is named after it. */
static const char *const size_names[3][3] = {
    { "1 x 1", "1 x rows", "1 x columns" }, { "rows x 1", "rows x rows", "rows x columns" }, { "columns x 1", "columns x rows", "columns x columns" },
};
const RuleSize rule_size_of_x = { LENGTH_ROWS, LENGTH_COLUMNS };

bool rule_size_equal(RuleSize a, RuleSize b)
{
    return a.rows == b.rows && a.cols == b.cols;
}

bool rule_size_is_one(RuleSize s)
{
    return s.rows == LENGTH_ONE && s.cols == LENGTH_ONE;
}

const char *rule_size_text(RuleSize s)
{
    return size_names[s.rows][s.cols];
}

static const Expr *axis_of_size(Pool *p, RuleSize s)
{
    return expr_axis(p, str_of(rule_size_text(s)), NULL);
}

const Expr *rule_symbol(Pool *p, Str name, RuleSize size)
{
    const Expr *one = expr_int(p, 1);
    return rule_size_is_one(size) ? expr_symbol(p, name) : expr_symbol_shaped(p, name, shape_new(p, one, one, axis_of_size(p, size)));
}

const Expr *rule_sum(Pool *p, const Expr *e)
{
    return expr_over(p, axis_of_size(p, rule_size_of_x), e);
}

RuleSize rule_size(const Expr *e)
{
    for (RuleLength r = LENGTH_ONE; e->shape && e->shape->axis && r <= LENGTH_COLUMNS; r++)
        for (RuleLength c = LENGTH_ONE; c <= LENGTH_COLUMNS; c++)
            if (str_is(e->shape->axis->axis.name, size_names[r][c]))
                return (RuleSize){ r, c };
    return (RuleSize){ LENGTH_ONE, LENGTH_ONE };
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
    if (m->rule && m->rule->row && m->rule->row->dialect)
        buf_printf(&b, "%sdialect: %s", shown++ ? ", " : "(", m->rule->row->dialect);
    for (size_t i = 0; i < method_hypers(m); i++) {
        Str name = method_hyper_name(m, i);
        if (m->given[i].n)
            buf_printf(&b, "%s%.*s: %.*s", shown++ ? ", " : "(", STR_ARGS(name), STR_ARGS(m->given[i]));
    }
    if (m->clip)
        buf_printf(&b, "%s%s: %.*s", shown++ ? ", " : "(", clip_names[m->clip], STR_ARGS(m->bound_text));
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

/* ---- clipping -------------------------------------------------------------------------------------------------------------------- */

ClipKind clip_named(Str name)
{
    for (ClipKind k = CLIP_VALUE; k <= CLIP_GLOBAL_NORM; k++)
        if (str_is(name, clip_names[k]))
            return k;
    return CLIP_NOTHING;
}

bool clip_bound(Pool *p, Arena *a, const Expr *e)
{
    Format        fp64;
    const double *x = expr_is_numeric(e) && expr_is_scalar(e) && format_named(STR("fp64"), &fp64) ? expr_run(p, a, &e, 1, &fp64, 1) : NULL;
    pool_clear_error(p);
    return x && *x >= 0;
}

/* ---- rates ----------------------------------------------------------------------------------------------------------------------- */

const Expr *rate_base(Pool *p)
{
    return expr_symbol(p, STR("the rate"));
}

const Expr *method_rate(Pool *p, Method *m, const Expr *fallback, const Record *rate)
{
    const Expr *value = record_get(rate, STR("value"))->expr, *base = rate_base(p);
    Value       memory = *record_get(rate, STR("memory"));
    m->t = record_get(rate, STR("t"))->expr;
    if (memory.kind == VALUE_METHOD) {
        Rule        *r = arena_copy(pool_arena(p), memory.method->rule, sizeof *r);
        r->start_of_x = expr_subst(p, r->start_of_x, &base, &fallback, 1);
        m->memory = r;
    }
    return expr_subst(p, value, &base, &fallback, 1);
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

static RulePart *keep_parts(Pool *line, Arena *a, const Rule *r)
{
    RulePart *kept = r->parts ? arena_copy(a, r->part, r->parts * sizeof *kept) : NULL;
    for (size_t i = 0; i < r->parts; i++) {
        for (size_t k = 0; k < kept[i].args; k++)
            kept[i].arg[k] = expr_promote(line, kept[i].arg[k]);
        kept[i].number = kept[i].number ? expr_promote(line, kept[i].number) : NULL;
        kept[i].result = expr_promote(line, kept[i].result);
    }
    return kept;
}

static const Rule *rule_keep(Pool *line, Arena *a, const Rule *r)
{
    Rule *k = arena_alloc(a, sizeof *k);
    *k = (Rule){ .name = str_copy(a, r->name), .text = str_copy(a, r->text), .row = r->row, .hypers = r->hypers, .states = r->states,
                 .hyper = keep_names(a, r->hyper, r->hypers), .state = keep_names(a, r->state, r->states),
                 .hyper_symbol = keep_all(line, a, r->hyper_symbol, r->hypers), .fallback = keep_all(line, a, r->fallback, r->hypers),
                 .state_symbol = keep_all(line, a, r->state_symbol, r->states), .start = keep_all(line, a, r->start, r->states),
                 .start_of_x = r->start_of_x ? expr_promote(line, r->start_of_x) : NULL,
                 .x = expr_promote(line, r->x), .g = expr_promote(line, r->g), .t = expr_promote(line, r->t),
                 .rows = expr_promote(line, r->rows), .columns = expr_promote(line, r->columns),
                 .state_size = arena_copy(a, r->state_size, r->states * sizeof *r->state_size), .parts = r->parts, .start_parts = r->start_parts,
                 .part = keep_parts(line, a, r), .by_block = r->by_block, .matrices = r->matrices,
                 .update = keep_all(line, a, r->update, r->states + 1) };
    return k;
}

Method *method_keep(Pool *line, Arena *a, const Method *m)
{
    size_t  n = method_hypers(m);
    Method *k = arena_alloc(a, sizeof *k);
    *k = (Method){ .rule = m->rule ? rule_keep(line, a, m->rule) : NULL, .row = m->row, .value = keep_all(line, a, m->value, n),
                   .given = keep_names(a, m->given, n), .clip = m->clip, .bound_text = str_copy(a, m->bound_text), .bound = m->bound ? expr_promote(line, m->bound) : NULL,
                   .slack = m->slack ? expr_promote(line, m->slack) : NULL, .memory = m->memory ? rule_keep(line, a, m->memory) : NULL, .t = m->t ? expr_promote(line, m->t) : NULL };
    return k;
}
