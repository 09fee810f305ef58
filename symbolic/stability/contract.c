/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Contraction as C compilers do it with -ffp-contract=fast: the product in a sum or difference of two operands is fused, of two products the left
 * one, and a square counts as a product. Minus signs move into a factor, which is exact. */
#include "symbolic/stability/contract.h"

#include "symbolic/expr/memo.h"

typedef struct Product { const Expr *a, *b; } Product;

static const Expr *negated(Pool *p, const Expr *e) { return typed_node(p, EXPR_NEG, &e, 1); }

/* The factors of a typed product, with their images. */
static bool product_of(Pool *p, Memo *image, const Expr *e, Product *out)
{
    bool minus = e->kind == EXPR_NEG && e->arity == 1 && e->flags & EXPR_AS_TYPED;
    e = minus ? e->arg[0] : e;
    if (!(e->flags & EXPR_AS_TYPED) || e->arity != 2 || !expr_is_scalar(e))
        return false;
    bool square = e->kind == EXPR_POW && expr_is_number(e->arg[1]) && e->arg[1] == expr_int(p, 2);
    if (e->kind != EXPR_MUL && !square)
        return false;
    *out = (Product){ memo_get(image, e->arg[0]), memo_get(image, e->arg[square ? 0 : 1]) };
    if (minus)
        out->a = negated(p, out->a);
    return true;
}

static const Expr *fused(Pool *p, const Product *x, bool minus, const Expr *c)
{
    const Expr *arg[] = { minus ? negated(p, x->a) : x->a, x->b, c };
    return typed_call(p, &fn_rows[FN_fma], arg, 3);
}

static const Expr *contracted_node(Pool *p, Memo *image, const Expr *e)
{
    Product     x;
    bool        minus = e->kind == EXPR_SUB;
    if ((e->kind == EXPR_ADD || minus) && e->arity == 2 && e->flags & EXPR_AS_TYPED && expr_is_scalar(e)) {
        const Expr *u = memo_get(image, e->arg[0]), *v = memo_get(image, e->arg[1]);
        if (product_of(p, image, e->arg[0], &x))
            return fused(p, &x, false, minus ? negated(p, v) : v);
        if (product_of(p, image, e->arg[1], &x))
            return fused(p, &x, minus, u);
    }
    Arena       *a = arena_new();
    const Expr **arg = arena_array(a, const Expr *, e->arity);
    bool         moved = false;
    for (uint32_t i = 0; i < e->arity; i++) {
        arg[i] = memo_get(image, e->arg[i]);
        moved = moved || arg[i] != e->arg[i];
    }
    const Expr *made = moved ? typed_remake(p, e, arg) : e;
    arena_delete(a);
    return made;
}

const Expr *expr_contracted(Pool *p, const Expr *e, const Format *f)
{
    if (!f->contract || !e)
        return e;
    Arena *scratch = arena_new();
    Nodes  nodes = expr_nodes(p, scratch, &e, 1);
    Memo   image = memo_new(scratch);
    const Expr *made = e;
    for (size_t k = 0; k < nodes.n && made; k++) {
        made = contracted_node(p, &image, nodes.at[k]);
        memo_put(&image, nodes.at[k], (void *)(uintptr_t)made);
    }
    arena_delete(scratch);
    return made;
}
