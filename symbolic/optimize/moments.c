/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The table of trace: full. A row is one parameter after one step: the gradient that was used, what the rule remembers (moments), the move, and
 * the effective rate -move/gradient: the rate with which gd would have moved it as far. Factors of the rule in which only t and hyperparameters
 * stand, as 1 - beta1^t, are its bias corrections; the largest such parts of its formulas have a column each. */
#include "symbolic/optimize/moments.h"

#include "symbolic/expr/memo.h"
#include "symbolic/expr/show.h"
#include "symbolic/tape/run.h"

#include <math.h>

enum { SHOWN = 6, MOST_CORRECTIONS = 4 };

typedef struct Corrections { size_t n; const Expr *part[MOST_CORRECTIONS]; } Corrections;

/* Does it hold t, and beside it nothing but hyperparameters? */
static bool depends_on_time_alone(const Problem *q, const Rule *rule, const Expr *e)
{
    Nodes names = expr_symbols(q->c->pool, q->c->arena, e);
    bool  time = false;
    for (size_t i = 0; i < names.n; i++) {
        bool hyper = names.at[i] == rule->t;
        time = time || hyper;
        for (size_t k = 0; k < rule->hypers; k++)
            hyper = hyper || names.at[i] == rule->hyper_symbol[k];
        if (!hyper)
            return false;
    }
    return time;
}

static void find_in(const Problem *q, const Rule *rule, const Expr *e, Corrections *found)
{
    if (depends_on_time_alone(q, rule, e)) {
        bool known = e == rule->t;
        for (size_t i = 0; i < found->n; i++)
            known = known || found->part[i] == e;
        if (!known && found->n < MOST_CORRECTIONS)
            found->part[found->n++] = e;
        return;
    }
    for (uint32_t i = 0; i < e->arity && expr_depends(q->c->pool, e, rule->t); i++)
        find_in(q, rule, e->arg[i], found);
}

/* The value of a part at step k; hyperparameters may be expressions in t = 0, 1, ... NULL: one remembers, or it cannot be worked out. */
static const Expr *correction_at(const Problem *q, const Solution *s, const Expr *part, size_t k)
{
    Pool         *p = q->c->pool;
    const Method *m = s->method;
    const Rule   *rule = m->rule;
    const Expr  **value = arena_array(q->c->arena, const Expr *, rule->hypers + 1), *before = expr_int(p, (slong)k - 1), *now = expr_int(p, (slong)k);
    for (size_t i = 0; i < rule->hypers; i++) {
        value[i] = m->t ? expr_subst(p, m->value[i], &m->t, &before, 1) : m->value[i];
        if (!value[i] || !expr_is_numeric(value[i]))
            return NULL;
    }
    const Expr *e = expr_subst(p, part, &rule->t, &now, 1);
    e = e ? expr_subst(p, e, rule->hyper_symbol, value, rule->hypers) : NULL;
    void *lane = e ? expr_run(p, q->c->arena, &e, 1, s->format, 1) : NULL;
    pool_clear_error(p);
    return lane ? solution_number(q, s, lane, SHOWN) : NULL;
}

static Str without_blanks(const Problem *q, const Expr *e)
{
    Str text = expr_text(q->c->arena, q->c->pool, e);
    Buf b = buf_new(q->c->arena);
    for (size_t i = 0; i < text.n; i++)
        if (text.s[i] != ' ')
            buf_add_c(&b, text.s[i]);
    return buf_str(&b);
}

static Table *table_of(const Problem *q, const Solution *s, const Corrections *found, size_t memories, Report *r)
{
    Buf columns = buf_new(q->c->arena);
    buf_add_s(&columns, "step variable gradient");
    const Rule *rule = s->method->rule;
    for (size_t k = 0, shown = 0; rule && k < rule->states && shown < memories; k++)
        if (rule_size_equal(rule->state_size[k], rule_size_of_x)) {
            buf_printf(&columns, " %.*s", STR_ARGS(rule->state[k]));
            shown++;
        }
    buf_add_s(&columns, " move effective_rate");
    for (size_t k = 0; k < found->n; k++)
        buf_printf(&columns, " %.*s", STR_ARGS(without_blanks(q, found->part[k])));
    return report_table(r, "moments", buf_str(&columns).s);
}

static Value effective_rate(const Problem *q, const Solution *s, const void *move, const void *gradient)
{
    double rate = -format_get_double(s->format, move) / format_get_double(s->format, gradient);
    return isfinite(rate) ? value_expr(double_expr(q->c->pool, q->c->arena, rate, SHOWN)) : value_text((Str){ 0 });
}

void moments_report(const Problem *q, const Solution *s, Report *r)
{
    const Trace  *t = &s->m.trace;
    const Format *f = s->format;
    size_t        shown = t->width - 2 - t->parameters, n = q->n, memories = shown / n - 2;
    Corrections   found = { 0 };
    for (size_t k = 0; s->method->rule && k <= s->method->rule->states; k++)
        find_in(q, s->method->rule, s->method->rule->update[k], &found);
    Table *table = table_of(q, s, &found, memories, r);
    Value *cell = arena_array(q->c->arena, Value, table->columns);
    for (size_t row = 0; row < t->rows; row++) {
        const void *lanes = format_at(f, t->lanes, row * t->width + 2 + t->parameters);
        const Expr *correction[MOST_CORRECTIONS];
        for (size_t k = 0; k < found.n && t->step[row]; k++)
            correction[k] = correction_at(q, s, found.part[k], t->step[row]);
        for (size_t i = 0; i < t->parameters && t->step[row]; i++) {
            const void *gradient = format_at(f, (void *)lanes, i), *move = format_at(f, (void *)lanes, n + i);
            size_t      k = 0;
            cell[k++] = value_expr(expr_int(q->c->pool, (slong)t->step[row]));
            cell[k++] = value_text(column_title(q, i));
            cell[k++] = value_expr(solution_number(q, s, gradient, SHOWN));
            for (size_t j = 0; j < memories; j++)
                cell[k++] = value_expr(solution_number(q, s, format_at(f, (void *)lanes, (2 + j) * n + i), SHOWN));
            cell[k++] = value_expr(solution_number(q, s, move, SHOWN));
            cell[k++] = effective_rate(q, s, move, gradient);
            for (size_t j = 0; j < found.n; j++)
                cell[k++] = correction[j] ? value_expr(correction[j]) : value_text((Str){ 0 });
            table_row(r, table, cell);
        }
    }
}
