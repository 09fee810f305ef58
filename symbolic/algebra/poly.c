/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Expanding, and reading an expression as a polynomial in one variable. The expression is cut into regions of sums, products
 * and integer powers; each region is multiplied out by FLINT as one polynomial over its kernels, whose insides are
 * expanded before. A region that would pass 200,000 terms stays as it is. */
#include "symbolic/algebra/kernels.h"
#include "symbolic/algebra/poly.h"

/* ---- expanding --------------------------------------------------------------------------------------------------- */

static bool opaque(const Expr *e)
{
    return e->arity == 0 || e->kind == EXPR_UNKNOWN || e->kind == EXPR_ORDER;
}

static const Expr *remade(Pool *p, Arena *a, const Expr *e, const Memo *done)
{
    if (opaque(e))
        return e;
    const Expr **arg = arena_array(a, const Expr *, e->arity);
    for (size_t i = 0; i < e->arity; i++) {
        arg[i] = memo_get(done, e->arg[i]);
        if (!arg[i])
            arg[i] = e->arg[i];
    }
    return expr_remake(p, e, arg);
}

static const Expr *expand_region(Pool *p, const Expr *e, const Memo *done)
{
    Kernels k;
    kernels_init(&k, p, &e, 1, KERNELS_EXPAND, done);
    const Expr *r = k.failed ? e : kernels_fraction(&k, kernels_value(&k, e));
    kernels_clear(&k);
    return r;
}

/* done: every node that is a kernel or the root of a region -> its expanded form. */
static const Expr *expand_all(Pool *p, Arena *a, const Expr *root)
{
    Nodes  nodes = expr_nodes(p, a, &root, 1);
    Memo   done = memo_new(a), top = memo_new(a);
    memo_put(&top, root, root);
    for (size_t i = 0; i < nodes.n; i++) {
        const Expr *e = nodes.at[i];
        if (!kernels_inside(e, KERNELS_EXPAND))
            for (size_t j = 0; !opaque(e) && j < e->arity; j++)
                memo_put(&top, e->arg[j], e->arg[j]);
    }
    for (size_t i = 0; i < nodes.n; i++) {
        const Expr *e = nodes.at[i], *r = NULL;
        if (!kernels_inside(e, KERNELS_EXPAND))
            r = remade(p, a, e, &done);
        else if (memo_get(&top, e))
            r = expand_region(p, e, &done);
        else
            continue;
        if (!r)
            return NULL;
        memo_put(&done, e, r);
    }
    return memo_get(&done, root);
}

const Expr *expr_expand(Pool *p, const Expr *e)
{
    if (!e)
        return NULL;
    if (e->flags & EXPR_AS_TYPED)
        e = expr_canonical(p, e);
    if (!e || (e->flags & EXPR_HAS_INFINITE))
        return e;
    Arena      *a = arena_new();
    const Expr *r = expand_all(p, a, e);
    arena_delete(a);
    return r;
}

const Expr *expr_expand_outside(Pool *p, const Expr *e)
{
    return e && kernels_inside(e, KERNELS_EXPAND) ? expand_region(p, e, NULL) : e;
}

/* ---- maps ---------------------------------------------------------------------------------------------------------- */

static const Expr *as_canonical(Pool *p, const Expr *e)
{
    return e && e->flags & EXPR_AS_TYPED ? expr_canonical(p, e) : e;
}

const Expr *expr_map_nodes(Pool *p, const Expr *e, ExprKind kind, NodeRule rule)
{
    e = as_canonical(p, e);
    if (!e || e->flags & EXPR_HAS_ORDER)
        return e;
    Arena      *a = arena_new();
    Nodes       nodes = expr_nodes(p, a, &e, 1);
    Memo        done = memo_new(a);
    const Expr *r = e;
    for (size_t i = 0; i < nodes.n && r; i++) {
        r = remade(p, a, nodes.at[i], &done);
        r = r && r->kind == kind ? rule(p, r) : r;
        memo_put(&done, nodes.at[i], r);
    }
    arena_delete(a);
    return r;
}

const Expr *expr_map_regions(Pool *p, const Expr *e, NodeRule rule)
{
    e = as_canonical(p, e);
    if (!e || e->flags & (EXPR_HAS_ORDER | EXPR_HAS_INFINITE))
        return e;
    Arena      *a = arena_new();
    Nodes       nodes = expr_nodes(p, a, &e, 1);
    Memo        done = memo_new(a), top = memo_new(a);
    const Expr *r = e;
    memo_put(&top, e, e);
    for (size_t i = 0; i < nodes.n; i++)
        for (size_t j = 0; !kernels_inside(nodes.at[i], KERNELS_EXPAND) && j < nodes.at[i]->arity; j++)
            memo_put(&top, nodes.at[i]->arg[j], e);
    for (size_t i = 0; i < nodes.n && r; i++) {
        r = remade(p, a, nodes.at[i], &done);
        if (r && memo_get(&top, nodes.at[i]) && kernels_inside(r, KERNELS_EXPAND))
            r = rule(p, r);
        memo_put(&done, nodes.at[i], r);
    }
    arena_delete(a);
    return r;
}

/* ---- polynomials in one variable ---------------------------------------------------------------------------------- */

/* The exponent of x in a term, and the rest in *c. -1 if x occurs otherwise. */
static slong term_degree(Pool *p, Arena *a, const Expr *term, const Expr *x, const Expr **c)
{
    slong         degree = 0, n;
    size_t        m = term->kind == EXPR_MUL ? term->arity : 1;
    const Expr  **rest = arena_array(a, const Expr *, m + 1);
    size_t        kept = 0;
    for (size_t i = 0; i < m && degree >= 0; i++) {
        const Expr *f = term->kind == EXPR_MUL ? term->arg[i] : term;
        if (f == x)
            degree += 1;
        else if (f->kind == EXPR_POW && f->arg[0] == x && expr_fits_slong(f->arg[1], &n) && n > 0)
            degree += n;
        else if (expr_depends(p, f, x))
            degree = -1;
        else
            rest[kept++] = f;
    }
    *c = degree >= 0 ? expr_product(p, rest, kept) : NULL;
    return degree;
}

slong expr_coefficients(Pool *p, Arena *a, const Expr *e, const Expr *x, slong limit, const Expr ***c)
{
    e = expr_expand(p, e);
    if (!e || !expr_is_scalar(e))
        return -1;
    size_t       n = e->kind == EXPR_ADD ? e->arity : 1;
    slong       *degree = arena_array(a, slong, n), top = 0;
    const Expr **part = arena_array(a, const Expr *, n), **same = arena_array(a, const Expr *, n);
    for (size_t i = 0; i < n; i++) {
        degree[i] = term_degree(p, a, e->kind == EXPR_ADD ? e->arg[i] : e, x, &part[i]);
        if (degree[i] < 0 || degree[i] > limit)
            return -1;
        top = degree[i] > top ? degree[i] : top;
    }
    *c = arena_array(a, const Expr *, (size_t)top + 1);
    for (slong d = 0; d <= top; d++) {
        size_t m = 0;
        for (size_t i = 0; i < n; i++)
            if (degree[i] == d)
                same[m++] = part[i];
        (*c)[d] = expr_sum(p, same, m);
        if (!(*c)[d])
            return -1;
    }
    return top;
}

/* The factors of a term that depend on one of the variables, and the others. */
static void split_term(Pool *p, Arena *a, const Expr *term, const Expr *const *x, size_t n, const Expr **part, const Expr **rest)
{
    size_t              m = term->kind == EXPR_MUL ? term->arity : 1, np = 0, nr = 0;
    const Expr *const  *f = term->kind == EXPR_MUL ? term->arg : &term;
    const Expr        **in = arena_array(a, const Expr *, m), **out = arena_array(a, const Expr *, m);
    for (size_t i = 0; i < m; i++) {
        bool moves = false;
        for (size_t k = 0; k < n; k++)
            moves |= expr_depends(p, f[i], x[k]);
        moves ? (in[np++] = f[i]) : (out[nr++] = f[i]);
    }
    *part = expr_product(p, in, np);
    *rest = expr_product(p, out, nr);
}

static const Expr *collected(Pool *p, const Expr *e, const Expr *const *x, size_t n)
{
    e = expr_expand_outside(p, e);
    if (!e || e->kind != EXPR_ADD)
        return e;
    Arena       *a = arena_new();
    Memo         index = memo_new(a);                       /* part -> its number + 1 */
    size_t       groups = 0, *group = arena_array(a, size_t, e->arity), *count = arena_array(a, size_t, e->arity);
    const Expr **part = arena_array(a, const Expr *, e->arity), **rest = arena_array(a, const Expr *, e->arity);
    for (size_t i = 0; i < e->arity; i++) {
        const Expr *key;
        split_term(p, a, e->arg[i], x, n, &key, &rest[i]);
        uintptr_t found = key ? (uintptr_t)memo_get(&index, key) : 0;
        if (!found && key) {
            part[groups] = key;
            memo_put(&index, key, (void *)(found = ++groups));
        }
        group[i] = found ? found - 1 : 0;
        count[group[i]]++;
    }
    const Expr **same = arena_array(a, const Expr *, e->arity), ***of = arena_array(a, const Expr **, groups + 1);
    of[0] = same;
    for (size_t g = 0; g < groups; g++)
        of[g + 1] = of[g] + count[g];
    for (size_t i = 0; i < e->arity; i++)
        *of[group[i]]++ = rest[i];
    for (size_t g = 0; g < groups; g++)
        part[g] = expr_mul(p, part[g], expr_sum(p, of[g] - count[g], count[g]));
    const Expr *r = expr_sum(p, part, groups);
    arena_delete(a);
    return r;
}

const Expr *expr_collect(Pool *p, const Expr *e, const Expr *const *x, size_t n)
{
    e = as_canonical(p, e);
    if (!e || e->flags & (EXPR_HAS_INFINITE | EXPR_HAS_ORDER))
        return e;
    Arena       *a = arena_new();
    const Expr **t = arena_array(a, const Expr *, n + 1), *r = e;
    for (size_t k = 0; k < n; k++)                          /* sin(x) as a variable of its own */
        t[k] = x[k]->kind == EXPR_SYMBOL ? x[k] : expr_fresh(p, expr_symbol(p, STR("part")));
    if (e->kind == EXPR_TENSOR || e->kind == EXPR_RELATION) {
        const Expr **arg = arena_array(a, const Expr *, e->arity);
        for (uint32_t i = 0; i < e->arity; i++)
            arg[i] = expr_collect(p, e->arg[i], x, n);
        r = expr_remake(p, e, arg);
    } else if (!e->shape) {
        r = expr_subst(p, collected(p, expr_subst(p, e, x, t, n), t, n), t, x, n);
    }
    arena_delete(a);
    return r;
}

/* ---- numerator and denominator ------------------------------------------------------------------------------------ */

typedef struct Fraction { const Expr *num, *den; } Fraction;

static Fraction fraction_add(Pool *p, Fraction a, Fraction b)
{
    if (a.den == b.den)
        return (Fraction){ expr_add(p, a.num, b.num), a.den };
    return (Fraction){ expr_add(p, expr_mul(p, a.num, b.den), expr_mul(p, b.num, a.den)), expr_mul(p, a.den, b.den) };
}

static Fraction node_fraction(Pool *p, const Expr *e, const Memo *done)
{
    const Expr *one = expr_int(p, 1);
    Fraction    r = { e, one };
    if (e->kind == EXPR_NUMBER)
        return (Fraction){ expr_fmpz(p, fmpq_numref(expr_number(e))), expr_fmpz(p, fmpq_denref(expr_number(e))) };
    if (e->shape || (e->flags & EXPR_HAS_TENSOR))
        return r;
    if (e->kind == EXPR_POW && expr_is_number(e->arg[1])) {
        bool        down = expr_number_sign(e->arg[1]) < 0;
        Fraction   *base = expr_is_integer(e->arg[1]) ? memo_get(done, e->arg[0]) : NULL;
        const Expr *size = down ? expr_neg(p, e->arg[1]) : e->arg[1];
        r = base ? (Fraction){ expr_pow(p, base->num, size), expr_pow(p, base->den, size) }
                 : (Fraction){ expr_pow(p, e->arg[0], size), one };
        return down ? (Fraction){ r.den, r.num } : r;
    }
    if (e->kind != EXPR_ADD && e->kind != EXPR_MUL)
        return r;
    r = *(Fraction *)memo_get(done, e->arg[0]);
    for (size_t i = 1; i < e->arity; i++) {
        Fraction *f = memo_get(done, e->arg[i]);
        r = e->kind == EXPR_ADD ? fraction_add(p, r, *f) : (Fraction){ expr_mul(p, r.num, f->num), expr_mul(p, r.den, f->den) };
    }
    return r;
}

void expr_fraction(Pool *p, const Expr *e, const Expr **num, const Expr **den)
{
    Arena *a = arena_new();
    Nodes  nodes = expr_nodes(p, a, &e, 1);
    Memo   done = memo_new(a);
    for (size_t i = 0; i < nodes.n; i++) {
        Fraction *f = arena_alloc(a, sizeof *f);
        *f = node_fraction(p, nodes.at[i], &done);
        if (!f->num || !f->den)
            *f = (Fraction){ nodes.at[i], expr_int(p, 1) };
        memo_put(&done, nodes.at[i], f);
    }
    Fraction *f = memo_get(&done, e);
    *num = f->num;
    *den = f->den;
    arena_delete(a);
}
