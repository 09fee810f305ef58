/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Every method writes its operations as typed nodes, so that `using` rounds each of them, and why and graph show them. Kahan keeps what the last
 * addition lost and takes it from the next term; Neumaier adds up all losses and corrects at the end. The loss itself is found without a
 * comparison, by six additions [Knuth], where Neumaier compares; both are exact to nearest. Exact: the true sum, rounded once. */
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

static const Expr *neumaier(Pool *p, const Expr *const *term, size_t n)
{
    const Expr *s = term[0], *lost = NULL;
    for (size_t i = 1; i < n; i++) {
        const Expr *x = term[i], *t = add(p, s, x), *part = subtract(p, t, s);
        const Expr *e = add(p, subtract(p, s, subtract(p, t, part)), subtract(p, x, part));
        lost = lost ? add(p, lost, e) : e;
        s = t;
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
