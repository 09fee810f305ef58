/* SPDX-License-Identifier: GPL-3.0-or-later */
/* An objective over a box: its variables are those with a range, all other names must have values. */
#include "symbolic/optimize/box.h"

#include "symbolic/tape/run.h"

#include <math.h>
#include <string.h>

static bool end_of_range(Call *c, int range, const Value *v, double *out, const Expr **end)
{
    Format        fp64;
    const double *x = v && v->kind == VALUE_EXPR && expr_is_numeric(v->expr) && format_named(STR("fp64"), &fp64) ? expr_run(c->pool, c->arena, &v->expr, 1, &fp64, 1) : NULL;
    if (!x || !isfinite(*x)) {
        pool_clear_error(c->pool);
        return call_fail(c, range, "the range needs two numbers, the lower one first"), false;
    }
    *out = *x;
    *end = v->expr;
    return true;
}

static bool names_known(Call *c, int f, const Problem *q)
{
    Nodes free = expr_symbols(c->pool, c->arena, q->f);
    for (size_t i = 0; i < free.n; i++) {
        bool known = false;
        for (size_t k = 0; k < q->n; k++)
            known = known || q->var[k] == free.at[i];
        if (!known)
            return call_fail(c, f, "%.*s has neither a value nor a range", STR_ARGS(free.at[i]->name)), false;
    }
    return true;
}

bool region_read(Call *c, int f, int range, const char *hint, Region *out)
{
    Value        v = c->arg[range];
    size_t       n = v.kind == VALUE_LIST ? v.list->n : v.kind == VALUE_RECORD ? 1 : 0;
    const Expr **var = arena_array(c->arena, const Expr *, n + 1), **start = arena_array(c->arena, const Expr *, n + 1);
    Block       *block = arena_array(c->arena, Block, n + 1);
    *out = (Region){ .low = arena_array(c->arena, double, n + 1), .high = arena_array(c->arena, double, n + 1),
                     .low_end = arena_array(c->arena, const Expr *, n + 1), .high_end = arena_array(c->arena, const Expr *, n + 1) };
    if (n == 0 || n > MOST_BOX_VARIABLES) {
        if (n)
            call_fail(c, -1, "a box has at most %d variables here", MOST_BOX_VARIABLES);
        else
            call_fail(c, -1, "%.*s needs a box", (int)strcspn(hint, "("), hint);
        diag_hint(c->diag, hint);
        return false;
    }
    for (size_t i = 0; i < n; i++) {
        const Record *r = v.kind == VALUE_LIST ? v.list->item[i].record : v.record;
        const Value  *name = record_get(r, STR("var"));
        var[i] = name->kind == VALUE_LIST ? name->list->item[0].expr : name->expr;
        block[i] = (Block){ var[i]->name, var[i], 0, 0, i };
        if (!end_of_range(c, range, record_get(r, STR("low")), &out->low[i], &out->low_end[i])
            || !end_of_range(c, range, record_get(r, STR("high")), &out->high[i], &out->high_end[i]))
            return false;
        if (!(out->low[i] < out->high[i]))
            return call_fail(c, range, "the range needs two numbers, the lower one first"), false;
        start[i] = expr_div(c->pool, expr_add(c->pool, out->low_end[i], out->high_end[i]), expr_int(c->pool, 2));
    }
    out->q = (Problem){ .c = c, .f = c->arg[f].expr, .entries = c->arg[f].expr, .n = n, .var = var, .start = start, .blocks = n, .block = block, .by_name = true };
    return names_known(c, f, &out->q);
}
