/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Every method writes its operations as typed nodes, so that `using` rounds each of them, and why and graph show them. Kahan keeps what the last
 * addition lost and takes it from the next term; Neumaier adds up all losses and corrects at the end. The loss itself is found without a
 * comparison, by six additions [Knuth], where Neumaier compares; both are exact to nearest. Exact: the true sum, rounded once. An inner product adds
 * products by any of them; dot2 takes the error of each product from a fused operation [Ogita, Rump, Oishi 2005, with FMA]. */
#include "symbolic/stability/typed_sum.h"

typedef const Expr *Summation(Pool *p, const Expr *const *term, size_t n);

static const Expr *add(Pool *p, const Expr *a, const Expr *b)      { return typed_node(p, EXPR_ADD, (const Expr *const[]){ a, b }, 2); }
static const Expr *subtract(Pool *p, const Expr *a, const Expr *b) { return typed_node(p, EXPR_SUB, (const Expr *const[]){ a, b }, 2); }

static const Expr *naive(Pool *p, const Expr *const *term, size_t n)
{
    const Expr *s = term[0];
    for (size_t i = 1; i < n; i++)
        s = add(p, s, term[i]);
    return s;
}

static const Expr *reverse(Pool *p, const Expr *const *term, size_t n)
{
    const Expr *s = term[n - 1];
    for (size_t i = n - 1; i-- > 0;)
        s = add(p, s, term[i]);
    return s;
}

static const Expr *pairwise(Pool *p, const Expr *const *term, size_t n)
{
    return n == 1 ? term[0] : add(p, pairwise(p, term, n/2), pairwise(p, term + n/2, n - n/2));
}

static const Expr *kahan(Pool *p, const Expr *const *term, size_t n)
{
    const Expr *s = term[0], *lost = NULL;
    for (size_t i = 1; i < n; i++) {
        const Expr *y = lost ? subtract(p, term[i], lost) : term[i], *t = add(p, s, y);
        lost = subtract(p, subtract(p, t, s), y);
        s = t;
    }
    return s;
}

/* *s + x as a sum and what it lost, which is exact to nearest; *s becomes the sum. */
static const Expr *two_sum(Pool *p, const Expr **s, const Expr *x)
{
    const Expr *t = add(p, *s, x), *part = subtract(p, t, *s);
    const Expr *lost = add(p, subtract(p, *s, subtract(p, t, part)), subtract(p, x, part));
    *s = t;
    return lost;
}

static const Expr *neumaier(Pool *p, const Expr *const *term, size_t n)
{
    const Expr *s = term[0], *lost = NULL;
    for (size_t i = 1; i < n; i++) {
        const Expr *e = two_sum(p, &s, term[i]);
        lost = lost ? add(p, lost, e) : e;
    }
    return lost ? add(p, s, lost) : s;
}

static const Expr *exact(Pool *p, const Expr *const *term, size_t n)
{
    return expr_canonical(p, naive(p, term, n));
}

static const struct { const char *name; Summation *run; } methods[] = {
    { "naive", naive }, { "reverse", reverse }, { "pairwise", pairwise }, { "kahan", kahan }, { "neumaier", neumaier }, { "exact", exact },
};

static Summation *find(Str name)
{
    for (size_t i = 0; i < sizeof methods / sizeof *methods; i++)
        if (str_is(name, methods[i].name))
            return methods[i].run;
    return NULL;
}

bool sum_method_known(Str method) { return find(method) != NULL; }

const Expr *typed_sum(Pool *p, Str method, const Expr *const *term, size_t n)
{
    Summation *run = find(method);
    return run ? run(p, term, n) : pool_fail(p, "no such method of summation");
}

/* ---- inner products ------------------------------------------------------------------------------------------------------------------- */

typedef const Expr *Product(Pool *p, const Expr *const *u, const Expr *const *v, size_t n);

static const Expr *multiply(Pool *p, const Expr *a, const Expr *b) { return typed_node(p, EXPR_MUL, (const Expr *const[]){ a, b }, 2); }
static const Expr *fused(Pool *p, const Expr *a, const Expr *b, const Expr *c)
{
    return typed_call(p, &fn_rows[FN_fma], (const Expr *const[]){ a, b, c }, 3);
}

static const Expr *dot_fma(Pool *p, const Expr *const *u, const Expr *const *v, size_t n)
{
    const Expr *s = multiply(p, u[0], v[0]);
    for (size_t i = 1; i < n; i++)
        s = fused(p, u[i], v[i], s);
    return s;
}

/* u*v is h + fma(u, v, -h) exactly, where nothing underflows. */
static const Expr *dot2(Pool *p, const Expr *const *u, const Expr *const *v, size_t n)
{
    const Expr *s = multiply(p, u[0], v[0]), *lost = fused(p, u[0], v[0], typed_node(p, EXPR_NEG, &s, 1));
    for (size_t i = 1; i < n; i++) {
        const Expr *h = multiply(p, u[i], v[i]), *r = fused(p, u[i], v[i], typed_node(p, EXPR_NEG, &h, 1)), *q = two_sum(p, &s, h);
        lost = add(p, lost, add(p, q, r));
    }
    return add(p, s, lost);
}

static const struct { const char *name; Product *run; } products[] = { { "fma", dot_fma }, { "dot2", dot2 } };

static Product *find_product(Str name)
{
    for (size_t i = 0; i < sizeof products / sizeof *products; i++)
        if (str_is(name, products[i].name))
            return products[i].run;
    return NULL;
}

bool dot_method_known(Str method) { return find(method) || find_product(method); }

const Expr *typed_dot_by(Pool *p, Str method, const Expr *const *u, const Expr *const *v, size_t n)
{
    Product *run = find_product(method);
    if (run)
        return run(p, u, v, n);
    Arena       *a = arena_new();
    const Expr **term = arena_array(a, const Expr *, n);
    for (size_t i = 0; i < n; i++)
        term[i] = multiply(p, u[i], v[i]);
    const Expr *sum = typed_sum(p, method, term, n);
    arena_delete(a);
    return sum;
}

/* ---- the variance ---------------------------------------------------------------------------------------------------------------------- */

const Expr *typed_welford(Pool *p, const Expr *const *x, size_t n)
{
    const Expr *mean = x[0], *squares = NULL;
    for (size_t i = 1; i < n; i++) {
        const Expr *d = subtract(p, x[i], mean);
        mean = add(p, mean, typed_node(p, EXPR_DIV, (const Expr *const[]){ d, expr_int(p, (slong)i + 1) }, 2));
        const Expr *term = typed_node(p, EXPR_MUL, (const Expr *const[]){ d, subtract(p, x[i], mean) }, 2);
        squares = squares ? add(p, squares, term) : term;
    }
    return squares ? typed_node(p, EXPR_DIV, (const Expr *const[]){ squares, expr_int(p, (slong)n) }, 2) : expr_int(p, 0);
}
