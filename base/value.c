/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Constructors of compound values: the arrays are copied into the arena. */
#include "base/value.h"

Value value_list(Arena *a, const Value *item, size_t n)
{
    List *l = arena_alloc(a, sizeof *l);
    *l = (List){ n, arena_copy(a, item, n * sizeof *item) };
    return (Value){ .kind = VALUE_LIST, .list = l };
}

Value value_record(Arena *a, const Str *name, const Value *item, size_t n)
{
    Record *r = arena_alloc(a, sizeof *r);
    *r = (Record){ n, arena_copy(a, name, n * sizeof *name), arena_copy(a, item, n * sizeof *item) };
    return (Value){ .kind = VALUE_RECORD, .record = r };
}

Value value_range(Arena *a, const Expr *low, const Expr *high, const Expr *step)
{
    if (!low || !high)
        return value_failed();
    Range *r = arena_alloc(a, sizeof *r);
    *r = (Range){ low, high, step };
    return (Value){ .kind = VALUE_RANGE, .range = r };
}

const Value *record_get(const Record *r, Str name)
{
    for (size_t i = 0; i < r->n; i++)
        if (str_eq(r->name[i], name))
            return &r->item[i];
    return NULL;
}
