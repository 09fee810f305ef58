/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The doubles of a text column are codes in the order in which its labels appear. A mean or a product of them would be a number without a
 * meaning, so only comparisons with a label may read such a column; those are comparisons of codes by the time they come here. */
#include "symbolic/data/text_columns.h"

#include "numeric/data.h"

static const Column *text_column(const Expr *e)
{
    const Column *c = e->kind == EXPR_COLUMN ? &e->arg[0]->axis.data->column[e->column.index] : NULL;
    return c && c->text ? c : NULL;
}

bool columns_are_numbers(Pool *p, Nodes nodes)
{
    for (size_t k = 0; k < nodes.n; k++) {
        const Expr *e = nodes.at[k];
        bool        compared = e->kind == EXPR_RELATION && (e->relop == REL_EQ || e->relop == REL_NE);
        for (uint32_t i = 0; i < e->arity && !compared; i++) {
            const Column *c = text_column(e->arg[i]);
            if (c)
                return pool_fail(p, "the column %.*s holds text; a number is made of it by: if %.*s == \"%.*s\" then 1 else 0", STR_ARGS(c->name), STR_ARGS(c->name),
                                 STR_ARGS(c->label[0])) != NULL;
        }
    }
    return true;
}
