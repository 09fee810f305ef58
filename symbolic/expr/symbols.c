/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which symbols occur in an expression.
 *
 * Evaluation asks this at every use of a variable, so a walk would make `x = x + h*sin(x)` in a loop quadratic. Each node
 * therefore keeps the set of its symbols, sorted by id, and shares it with an argument that has the same one: a chain of
 * 10,000 nodes in two symbols holds two or three sets. Sets above MOST_LISTED symbols are not kept (a sum of 10,000 variables
 * would cost quadratic memory); there the walk answers. */
#include "symbolic/expr/expr_int.h"
#include "symbolic/matrix/matrix.h"

#include <string.h>

enum { MOST_LISTED = 16 };

struct SymbolSet { uint32_t n; const Expr *at[]; };

static const SymbolSet *set_new(Pool *p, const Expr *const *at, uint32_t n)
{
    SymbolSet *set = arena_alloc(pool_arena(p), sizeof *set + n * sizeof *at);
    set->n = n;
    memcpy(set->at, at, n * sizeof *at);
    return set;
}

/* Is the set of e unknown, because it was too large to keep? */
static bool unlisted(const Expr *e)
{
    return !e->symbols && e->flags & EXPR_HAS_SYMBOL;
}

/* Merges the sorted set into at[0..n-1]; the new length, or MOST_LISTED + 1. */
static uint32_t unite(const Expr **at, uint32_t n, const SymbolSet *set)
{
    const Expr *both[2 * MOST_LISTED];
    uint32_t    m = 0, i = 0, k = 0;
    while (i < n || k < set->n) {
        bool left = k == set->n || (i < n && at[i]->id <= set->at[k]->id);
        k += left && k < set->n && at[i] == set->at[k];
        both[m++] = left ? at[i++] : set->at[k++];
    }
    if (m <= MOST_LISTED)
        memcpy(at, both, m * sizeof *at);
    return m <= MOST_LISTED ? m : MOST_LISTED + 1;
}

static uint32_t lengths_of(const Expr *x, const Expr **at)
{
    uint32_t n = 0;
    if (x->shape && x->shape->rows->kind == EXPR_SYMBOL)
        at[n++] = x->shape->rows;
    if (x->shape && x->shape->cols->kind == EXPR_SYMBOL && x->shape->cols != x->shape->rows)
        at[n++] = x->shape->cols;
    if (n == 2 && at[0]->id > at[1]->id) {
        const Expr *first = at[0];
        at[0] = at[1];
        at[1] = first;
    }
    return n;
}

const SymbolSet *symbols_of_node(Pool *p, const Expr *e)
{
    const Expr      *at[MOST_LISTED];
    const SymbolSet *largest = NULL, *last = NULL;
    uint32_t         n = 0;
    if (e->kind == EXPR_SYMBOL) {                            /* its lengths occur in a vector or matrix */
        n = lengths_of(e, at);
        at[n] = e;
        return set_new(p, at, n + 1);
    }
    if (expr_is_matrix_op(e, MATRIX_FILL)) {                 /* its lengths may be n - 1 */
        const SymbolSet *rows = e->shape->rows->symbols, *cols = e->shape->cols->symbols;
        if (unlisted(e->shape->rows) || unlisted(e->shape->cols))
            return NULL;
        n = rows ? unite(at, n, rows) : n;
        n = n <= MOST_LISTED && cols && cols != rows ? unite(at, n, cols) : n;
        if (n > MOST_LISTED)
            return NULL;
    }
    for (uint32_t i = 0; i < e->arity; i++) {
        const SymbolSet *set = e->arg[i]->symbols;
        if (unlisted(e->arg[i]))
            return NULL;
        if (!set || set == last || set == largest)
            continue;
        last = set;
        if (!largest || set->n > largest->n)
            largest = set;
        if ((n = unite(at, n, set)) > MOST_LISTED)
            return NULL;
    }
    return largest && n == largest->n ? largest : n ? set_new(p, at, n) : NULL;
}

Nodes expr_symbols(Pool *p, Arena *scratch, const Expr *e)
{
    if (!(e->flags & EXPR_HAS_SYMBOL))
        return (Nodes){ 0, NULL };
    if (e->symbols)
        return (Nodes){ e->symbols->n, arena_copy(scratch, e->symbols->at, e->symbols->n * sizeof e->symbols->at[0]) };
    Nodes all = expr_nodes(p, scratch, &e, 1), found = { 0, all.at };
    for (size_t i = 0; i < all.n; i++)
        if (all.at[i]->kind == EXPR_SYMBOL)
            found.at[found.n++] = all.at[i];
    return found;
}

static bool occurs(Pool *p, const Expr *e, const Expr *part)
{
    Mark  mark = arena_mark(pool_scratch(p));
    Nodes nodes = expr_nodes(p, pool_scratch(p), &e, 1);
    bool  found = false;
    for (size_t i = 0; i < nodes.n && !found; i++)
        found = nodes.at[i] == part;
    arena_release(pool_scratch(p), mark);
    return found;
}

bool expr_depends(Pool *p, const Expr *e, const Expr *symbol)
{
    if (e == symbol)
        return true;
    if (!(e->flags & EXPR_HAS_SYMBOL) || e->id <= symbol->id)
        return false;
    if (symbol->kind != EXPR_SYMBOL || !e->symbols)
        return occurs(p, e, symbol);
    for (uint32_t i = 0; i < e->symbols->n; i++)
        if (e->symbols->at[i] == symbol)
            return true;
    return false;
}

Str expr_plain_name(const Expr *symbol)
{
    size_t n = 0;
    while (n < symbol->name.n && (unsigned char)symbol->name.s[n] > 2)
        n++;
    return str_slice(symbol->name, 0, n);
}
