/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Linear systems: elimination over expressions. Pivots are decided by the zero test; symbolic ones are taken as nonzero and
 * reported. Coefficients may hold anything that is free of the unknowns. */
#include "symbolic/solve/solve.h"

#include "base/interrupt.h"
#include "symbolic/algebra/poly.h"
#include "symbolic/algebra/zero.h"

typedef struct System {
    Pool        *pool;
    size_t       m, n;
    const Expr **a;                 /* m rows: n coefficients and the right side */
} System;

static const Expr **entry(const System *s, size_t i, size_t j)
{
    return &s->a[i * (s->n + 1) + j];
}

/* Coefficients of one equation; false if it is not linear in all unknowns together. */
static bool read_row(System *s, Arena *a, const Expr *e, const Expr *const *x, size_t i)
{
    Pool       *p = s->pool;
    const Expr *num, *den, **c;
    expr_fraction(p, expr_together(p, e), &num, &den);
    const Expr *rest = num;
    for (size_t j = 0; j < s->n; j++) {
        slong degree = expr_coefficients(p, a, rest, x[j], 1, &c);
        if (degree < 0)
            return false;
        *entry(s, i, j) = degree == 1 ? c[1] : expr_int(p, 0);
        for (size_t k = 0; k < s->n; k++)
            if (expr_depends(p, *entry(s, i, j), x[k]))
                return false;
        rest = c[0];
    }
    *entry(s, i, s->n) = expr_neg(p, rest);
    return true;
}

static bool vanishes(Pool *p, const Expr *e)
{
    return expr_zero_test(p, e).answer == YES;
}

static void eliminate(System *s, size_t row, size_t column)
{
    Pool *p = s->pool;
    for (size_t i = 0; i < s->m; i++) {
        const Expr *f = expr_div(p, *entry(s, i, column), *entry(s, row, column));
        if (i == row || expr_is_zero(*entry(s, i, column)))
            continue;
        for (size_t j = 0; j <= s->n; j++)
            *entry(s, i, j) = expr_together(p, expr_sub(p, *entry(s, i, j), expr_mul(p, f, *entry(s, row, j))));
    }
}

Truth expr_solve_linear_all(Pool *p, Arena *a, const Expr *const *equation, size_t m, const Expr *const *x, size_t n,
                            const Expr **out, size_t *free, const Expr **assumed_nonzero, const char **why)
{
    System  s = { p, m, n, arena_array(a, const Expr *, m * (n + 1)) };
    size_t *pivot_of = arena_array(a, size_t, n), rank = 0;
    *assumed_nonzero = expr_int(p, 1);
    for (size_t i = 0; i < m; i++)
        if (!read_row(&s, a, equation[i], x, i)) {
            *why = "the system is not linear in the unknowns";
            return UNKNOWN;
        }
    for (size_t j = 0; j < n; j++) {
        size_t pivot = rank;
        while (pivot < m && vanishes(p, *entry(&s, pivot, j)))
            pivot++;
        pivot_of[j] = SIZE_MAX;
        if (pivot == m)
            continue;
        for (size_t k = 0; k <= n; k++) {
            const Expr *swap = *entry(&s, rank, k);
            *entry(&s, rank, k) = *entry(&s, pivot, k);
            *entry(&s, pivot, k) = swap;
        }
        if (expr_zero_test(p, *entry(&s, rank, j)).answer == UNKNOWN) {
            *why = "a pivot could not be proved nonzero";
            return UNKNOWN;
        }
        pivot_of[j] = rank;
        eliminate(&s, rank++, j);
        if (pool_error(p).n || should_stop()) {
            *why = "elimination met a value that has none";
            return UNKNOWN;
        }
    }
    for (size_t i = rank; i < m; i++)
        if (!vanishes(p, *entry(&s, i, n))) {
            *why = "the equations contradict each other";
            return expr_is_numeric(*entry(&s, i, n)) ? NO : UNKNOWN;
        }
    *free = n - rank;
    for (size_t i = 0; i < n; i++) {
        if (pivot_of[i] == SIZE_MAX) {
            out[i] = x[i];
            continue;
        }
        size_t      row = pivot_of[i];
        const Expr *rest = *entry(&s, row, n);
        for (size_t j = 0; j < n; j++)
            if (pivot_of[j] == SIZE_MAX)
                rest = expr_sub(p, rest, expr_mul(p, *entry(&s, row, j), x[j]));
        out[i] = expr_together(p, expr_div(p, rest, *entry(&s, row, i)));
        *assumed_nonzero = expr_mul(p, *assumed_nonzero, *entry(&s, row, i));
    }
    *assumed_nonzero = expr_is_numeric(*assumed_nonzero) ? NULL : expr_factor(p, *assumed_nonzero);
    return YES;
}

Truth expr_solve_linear(Pool *p, Arena *a, const Expr *const *equation, size_t m, const Expr *const *x, size_t n,
                        const Expr **out, const Expr **assumed_nonzero, const char **why)
{
    size_t free;
    Truth  found = expr_solve_linear_all(p, a, equation, m, x, n, out, &free, assumed_nonzero, why);
    if (found == YES && free) {
        *why = "the solution is not unique";
        return UNKNOWN;
    }
    return found;
}
