/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Conditions on the rows of a table. The nodes of the condition are walked once per row in exact rational arithmetic;
 * a condition with other functions is decided row by row by substitution. A comparison with a missing value is unknown, and a row is
 * taken only where the condition is true. */
#include "symbolic/data/columns.h"

#include "base/interrupt.h"
#include "symbolic/algebra/zero.h"
#include "symbolic/expr/memo.h"

#include <math.h>

enum { POLL_ROWS = 1024, MOST_POWER = 64 };

typedef enum Known { KNOWN_NUMBER, KNOWN_NOTHING, KNOWN_FALSE, KNOWN_TRUE } Known;

typedef struct Cell {               /* the value of a node in the present row */
    Known known;
    fmpq  number;
} Cell;

typedef struct Walk {
    const Data          *data;
    Nodes                node;
    const Column       **column;    /* per node: the column that a symbol stands for */
    uint32_t            *arg;       /* indices of the arguments of all nodes, one after the other */
    uint32_t            *first;     /* per node: where its arguments begin */
    Cell                *cell;
} Walk;

/* ---- is the condition rational? ------------------------------------------------------------------------------------------- */

static bool node_is_rational(const Expr *e)
{
    slong n;
    switch ((ExprKind)e->kind) {
    case EXPR_NUMBER: case EXPR_SYMBOL: case EXPR_ADD: case EXPR_MUL: case EXPR_RELATION: case EXPR_AND: case EXPR_OR: case EXPR_NOT:
        return expr_is_scalar(e);
    case EXPR_CONSTANT:
        return e->constant == CONSTANT_TRUE || e->constant == CONSTANT_FALSE || e->constant == CONSTANT_UNDEFINED;
    case EXPR_POW:
        return expr_fits_slong(e->arg[1], &n) && n >= -MOST_POWER && n <= MOST_POWER;
    case EXPR_BALL: case EXPR_CALL: case EXPR_UNKNOWN: case EXPR_PIECEWISE: case EXPR_TENSOR: case EXPR_MATMUL: case EXPR_MATRIX: case EXPR_ORDER: case EXPR_SUB: case EXPR_DIV:
    case EXPR_NEG: case EXPR_AXIS: case EXPR_COLUMN: case EXPR_COUNT: case EXPR_OVER:
        return false;
    }
    return false;
}

static bool condition_is_rational(const Nodes *nodes)
{
    for (size_t i = 0; i < nodes->n; i++)
        if (!node_is_rational(nodes->at[i]))
            return false;
    return true;
}

static Walk walk_new(Pool *p, Arena *a, const Data *d, const Expr *const *symbol, const Expr *condition)
{
    Walk   w = { .data = d, .node = expr_nodes(p, a, &condition, 1) };
    Memo   place = memo_new(a);
    size_t edges = 0;
    for (size_t i = 0; i < w.node.n; i++)
        edges += w.node.at[i]->arity;
    w.column = arena_array(a, const Column *, w.node.n);
    w.first = arena_array(a, uint32_t, w.node.n);
    w.arg = arena_array(a, uint32_t, edges);
    w.cell = arena_array(a, Cell, w.node.n);
    edges = 0;
    for (size_t i = 0; i < w.node.n; i++) {
        const Expr *e = w.node.at[i];
        memo_put(&place, e, (void *)(uintptr_t)i);
        w.first[i] = (uint32_t)edges;
        for (uint32_t k = 0; k < e->arity; k++)
            w.arg[edges++] = (uint32_t)(uintptr_t)memo_get(&place, e->arg[k]);
        for (size_t k = 0; e->kind == EXPR_SYMBOL && k < d->columns; k++)
            if (symbol[k] == e)
                w.column[i] = &d->column[k];
        fmpq_init(&w.cell[i].number);
    }
    return w;
}

/* ---- one row ----------------------------------------------------------------------------------------------------------------- */

static Known compare(Relop op, const Cell *a, const Cell *b)
{
    if (a->known != KNOWN_NUMBER || b->known != KNOWN_NUMBER)
        return KNOWN_NOTHING;
    int  order = fmpq_cmp(&a->number, &b->number);
    bool holds = false;
    switch (op) {
    case REL_EQ: holds = order == 0; break;
    case REL_NE: holds = order != 0; break;
    case REL_LT: holds = order < 0; break;
    case REL_LE: holds = order <= 0; break;
    case REL_GT: holds = order > 0; break;
    case REL_GE: holds = order >= 0; break;
    }
    return holds ? KNOWN_TRUE : KNOWN_FALSE;
}

/* and, or: three-valued. */
static Known junction(const Walk *w, size_t i, Known decisive)
{
    Known result = decisive == KNOWN_FALSE ? KNOWN_TRUE : KNOWN_FALSE;
    for (uint32_t k = 0; k < w->node.at[i]->arity; k++) {
        Known one = w->cell[w->arg[w->first[i] + k]].known;
        if (one == decisive)
            return decisive;
        if (one == KNOWN_NOTHING)
            result = KNOWN_NOTHING;
    }
    return result;
}

static Known accumulate(const Walk *w, size_t i, bool product)
{
    const Expr *e = w->node.at[i];
    fmpq       *out = &w->cell[i].number;
    fmpq_set_si(out, product, 1);
    for (uint32_t k = 0; k < e->arity; k++) {
        const Cell *one = &w->cell[w->arg[w->first[i] + k]];
        if (one->known != KNOWN_NUMBER)
            return KNOWN_NOTHING;
        (product ? fmpq_mul : fmpq_add)(out, out, &one->number);
    }
    return KNOWN_NUMBER;
}

static Known power(const Walk *w, size_t i)
{
    const Cell *base = &w->cell[w->arg[w->first[i]]];
    slong       n = 0;
    expr_fits_slong(w->node.at[i]->arg[1], &n);
    if (base->known != KNOWN_NUMBER || (n < 0 && fmpq_is_zero(&base->number)))
        return KNOWN_NOTHING;
    fmpq_pow_si(&w->cell[i].number, &base->number, n);
    return KNOWN_NUMBER;
}

static void visit(const Walk *w, size_t i, size_t row)
{
    const Expr *e = w->node.at[i];
    Cell       *c = &w->cell[i];
    const Cell *first = e->arity ? &w->cell[w->arg[w->first[i]]] : NULL;
    switch ((ExprKind)e->kind) {
    case EXPR_NUMBER:
        fmpq_set(&c->number, expr_number(e));
        c->known = KNOWN_NUMBER;
        break;
    case EXPR_SYMBOL:   c->known = column_exact(w->column[i], row, &c->number) ? KNOWN_NUMBER : KNOWN_NOTHING; break;
    case EXPR_CONSTANT: c->known = e->constant == CONSTANT_TRUE ? KNOWN_TRUE : e->constant == CONSTANT_FALSE ? KNOWN_FALSE : KNOWN_NOTHING; break;
    case EXPR_ADD:      c->known = accumulate(w, i, false); break;
    case EXPR_MUL:      c->known = accumulate(w, i, true); break;
    case EXPR_POW:      c->known = power(w, i); break;
    case EXPR_RELATION: c->known = compare(e->relop, first, &w->cell[w->arg[w->first[i] + 1]]); break;
    case EXPR_AND:      c->known = junction(w, i, KNOWN_FALSE); break;
    case EXPR_OR:       c->known = junction(w, i, KNOWN_TRUE); break;
    case EXPR_NOT:      c->known = first->known == KNOWN_TRUE ? KNOWN_FALSE : first->known == KNOWN_FALSE ? KNOWN_TRUE : KNOWN_NOTHING; break;
    case EXPR_BALL: case EXPR_CALL: case EXPR_UNKNOWN: case EXPR_PIECEWISE: case EXPR_TENSOR: case EXPR_MATMUL: case EXPR_MATRIX: case EXPR_ORDER: case EXPR_SUB: case EXPR_DIV:
    case EXPR_NEG: case EXPR_AXIS: case EXPR_COLUMN: case EXPR_COUNT: case EXPR_OVER:
        c->known = KNOWN_NOTHING;
        break;
    }
}

/* ---- all rows ------------------------------------------------------------------------------------------------------------------ */

static bool walk_rows(Walk *w, RowList *out, Str *why)
{
    bool fine = true;
    for (size_t row = 0; fine && row < w->data->rows; row++) {
        for (size_t i = 0; i < w->node.n; i++)
            visit(w, i, row);
        if (w->cell[w->node.n - 1].known == KNOWN_TRUE)
            out->row[out->n++] = (uint32_t)row;
        if (row % POLL_ROWS == 0 && should_stop()) {
            *why = STR("interrupted");
            fine = false;
        }
    }
    for (size_t i = 0; i < w->node.n; i++)
        fmpq_clear(&w->cell[i].number);
    return fine;
}

/* The columns in use, and their entries in this row; false if one is missing. */
static bool row_entries(Pool *p, const Data *d, const bool *used, size_t row, const Expr **entry)
{
    for (size_t k = 0; k < d->columns; k++) {
        if (used[k] && isnan(d->column[k].value[row]))
            return false;
        entry[k] = used[k] ? column_entry(p, &d->column[k], row) : expr_int(p, 0);
    }
    return true;
}

static bool substitute_rows(Pool *p, Arena *a, const Data *d, const Expr *const *symbol, const Expr *condition, RowList *out, Str *why)
{
    bool        *used = arena_array(a, bool, d->columns);
    const Expr **entry = arena_array(a, const Expr *, d->columns);
    for (size_t k = 0; k < d->columns; k++)
        used[k] = expr_depends(p, condition, symbol[k]);
    for (size_t row = 0; row < d->rows; row++) {
        Pool *line = pool_new(p);
        bool  whole = row_entries(line, d, used, row, entry);
        const Expr *test = whole ? expr_subst(line, condition, symbol, entry, d->columns) : NULL;
        Truth answer = !whole ? NO : test ? expr_decide(line, test).answer : UNKNOWN;
        pool_delete(line);
        if (should_stop())
            *why = STR("interrupted");
        else if (answer == UNKNOWN)
            *why = str_printf(a, "could not decide the condition in row %zu", row + 1);
        else if (answer == YES)
            out->row[out->n++] = (uint32_t)row;
        if (why->n)
            return false;
    }
    return true;
}

bool rows_where(Pool *p, Arena *a, const Data *d, const Expr *const *symbol, const Expr *condition, RowList *out, Str *why)
{
    *out = (RowList){ arena_array(a, uint32_t, d->rows), 0 };
    *why = (Str){ 0 };
    Nodes names = expr_symbols(p, a, condition);
    for (size_t i = 0; i < names.n; i++) {
        size_t k = 0;
        while (k < d->columns && symbol[k] != names.at[i])
            k++;
        if (k == d->columns) {
            *why = str_printf(a, "%.*s is no column and has no value", STR_ARGS(names.at[i]->name));
            return false;
        }
    }
    Walk w = walk_new(p, a, d, symbol, condition);
    return condition_is_rational(&w.node) ? walk_rows(&w, out, why) : substitute_rows(p, a, d, symbol, condition, out, why);
}
