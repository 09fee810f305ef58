/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The reverse sweep: the whole gradient of a scalar as one more piece of graph, at most about twice the value's size.
 *
 * Nodes are visited from the root down, users before arguments. What the users of a node contributed to its adjoint is
 * summed once, in one call (pairwise addition would be quadratic for a node with many users), multiplied by the node's
 * partial derivatives, and handed to the arguments. Products use prefix and suffix products instead of divisions, so a
 * factor that is 0 does no harm. [Griewank, Walther: Evaluating Derivatives, 2008, ch. 3] */
#include "symbolic/calculus/diff.h"

#include "base/interrupt.h"
#include "base/vec.h"
#include "symbolic/expr/memo.h"
#include "symbolic/matrix/matrix.h"

typedef struct Cell {               /* of a node that depends on a variable */
    VEC(const Expr *) contribution;
    const Expr *adjoint;            /* their sum, when the node has been visited */
    bool        variable;
} Cell;

typedef struct Sweep {
    Pool  *pool;
    Arena *scratch;
    Memo   cell;                    /* node -> Cell; only nodes that depend on a variable */
} Sweep;

static bool depends(const Sweep *s, const Expr *e)
{
    for (size_t i = 0; i < e->arity; i++)
        if (!expr_is_condition(e, i) && memo_get(&s->cell, e->arg[i]))
            return true;
    return false;
}

static const Expr *axis_of(const Expr *e)
{
    return e->shape ? e->shape->axis : NULL;
}

/* What was spread over the entries of a vector or the rows of a table is summed over them: the one place that knows. */
static void put(Sweep *s, const Expr *argument, const Expr *contribution)
{
    Cell *cell = memo_get(&s->cell, argument);
    if (!cell)
        return;
    if (contribution && expr_is_tensor(contribution) && !expr_is_tensor(argument))
        contribution = expr_matrix_op(s->pool, MATRIX_TOTAL, contribution);
    if (contribution && axis_of(contribution) && !axis_of(argument))
        contribution = expr_over(s->pool, axis_of(contribution), contribution);
    vec_push(s->scratch, &cell->contribution, contribution);
}

/* The product of numbers or, entry by entry, of tensors of one shape. */
static const Expr *times(Pool *p, const Expr *a, const Expr *b)
{
    return a && b && (a->flags | b->flags) & EXPR_HAS_TENSOR ? expr_hadamard(p, (const Expr *const[]){ a, b }, 2) : expr_mul(p, a, b);
}

/* adjoint * (product of the other factors), for each factor that depends on a variable. */
static void sweep_product(Sweep *s, const Expr *e, const Expr *adjoint)
{
    Pool        *p = s->pool;
    size_t       n = e->arity;
    const Expr **suffix = arena_array(s->scratch, const Expr *, n + 1), *prefix = adjoint;
    suffix[n] = expr_int(p, 1);
    for (size_t i = n; i-- > 1;)
        suffix[i] = times(p, e->arg[i], suffix[i + 1]);
    for (size_t i = 0; i < n; i++) {
        if (memo_get(&s->cell, e->arg[i]))
            put(s, e->arg[i], times(p, prefix, suffix[i + 1]));
        if (i + 1 < n)
            prefix = times(p, prefix, e->arg[i]);
    }
}

static bool sweep_node(Sweep *s, const Expr *e, const Expr *adjoint)
{
    if (e->kind == EXPR_ADD) {
        for (size_t i = 0; i < e->arity; i++)
            put(s, e->arg[i], adjoint);
    } else if (e->kind == EXPR_MUL) {
        sweep_product(s, e, adjoint);
    } else if (e->kind == EXPR_OVER) {
        put(s, e->arg[1], adjoint);
    } else if (e->kind == EXPR_TENSOR) {
        if (adjoint->kind != EXPR_TENSOR)
            return pool_fail(s->pool, "no derivative rule for a vector with variables as entries here") != NULL;
        for (size_t i = 0; i < e->arity; i++)
            put(s, e->arg[i], adjoint->arg[i]);
    } else {
        for (size_t i = 0; i < e->arity; i++) {
            if (expr_is_condition(e, i) || !memo_get(&s->cell, e->arg[i]))
                continue;
            bool        matrix = e->kind == EXPR_MATMUL || e->kind == EXPR_MATRIX;
            const Expr *d = matrix ? matrix_adjoint(s->pool, e, i, adjoint) : times(s->pool, adjoint, expr_partial(s->pool, e, i));
            if (!d)
                return false;
            put(s, e->arg[i], d);
        }
    }
    return true;
}

/* Cells for the variables and for every node above one of them. */
static void mark(Sweep *s, Nodes nodes, const Expr *const *x, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        Cell *cell = arena_alloc(s->scratch, sizeof *cell);
        cell->variable = true;
        memo_put(&s->cell, x[i], cell);
    }
    bool jet = n && x[0]->kind == EXPR_UNKNOWN;     /* then other unknowns count as independent, see expr_diff */
    for (size_t i = 0; i < nodes.n; i++)
        if (!memo_get(&s->cell, nodes.at[i]) && !(jet && nodes.at[i]->kind == EXPR_UNKNOWN) && depends(s, nodes.at[i]))
            memo_put(&s->cell, nodes.at[i], arena_alloc(s->scratch, sizeof(Cell)));
}

static bool sweep_down(Sweep *s, const Expr *root, const Expr *const *x, size_t n)
{
    Nodes nodes = expr_nodes(s->pool, s->scratch, &root, 1);
    mark(s, nodes, x, n);
    put(s, root, expr_int(s->pool, 1));
    for (size_t i = nodes.n; i-- > 0;) {
        const Expr *e = nodes.at[i];
        Cell       *cell = memo_get(&s->cell, e);
        if (!cell || !cell->contribution.n)
            continue;
        if (should_stop())
            return pool_fail(s->pool, "interrupted") != NULL;
        cell->adjoint = expr_sum(s->pool, cell->contribution.at, cell->contribution.n);
        if (!cell->adjoint)
            return false;
        if (!cell->variable && !expr_is_zero(cell->adjoint) && !expr_is_zero_tensor(cell->adjoint) && !sweep_node(s, e, cell->adjoint))
            return false;
    }
    return true;
}

bool expr_gradient(Pool *p, const Expr *e, const Expr *const *x, size_t n, const Expr **out)
{
    if (!e)
        return false;
    if (e->flags & EXPR_AS_TYPED)
        e = expr_canonical(p, e);
    if (!e || expr_is_tensor(e) || e->kind == EXPR_RELATION) {
        pool_fail(p, "a gradient needs a scalar expression");
        return false;
    }
    Arena *scratch = arena_new();
    Sweep  s = { p, scratch, memo_new(scratch) };
    bool   ok = sweep_down(&s, e, x, n);
    for (size_t i = 0; ok && i < n; i++) {
        Cell *cell = memo_get(&s.cell, x[i]);
        out[i] = cell->adjoint ? cell->adjoint : expr_fill(p, expr_int(p, 0), x[i]->shape);
    }
    arena_delete(scratch);
    return ok;
}
