/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Partial fractions in one variable, with parameters in the coefficients: 1/(x^2 - a^2) = 1/(2*a*(x - a)) - 1/(2*a*(x + a)).
 * The denominator is factored over the rationals; numerators of degrees below those of the factors, and a polynomial part, are
 * unknown coefficients of a linear system over the rational functions of the other kernels. The factors are coprime, so the
 * system has exactly one solution; pivots are compared with zero in normal form. */
#include "symbolic/algebra/poly.h"
#include "symbolic/algebra/rational.h"

#include <flint/fmpz_mpoly_factor.h>

enum { MOST_UNKNOWNS = 40 };

typedef struct Part { const Expr *base; slong power, degree; size_t at; } Part;      /* base^power below; at: the first unknown */

typedef struct System {
    Kernels            *k;
    size_t              n;
    fmpz_mpoly_q_struct *a;         /* n rows of n + 1 */
} System;

static fmpz_mpoly_q_struct *entry(System *s, size_t row, size_t col) { return s->a + row * (s->n + 1) + col; }

/* Column col: the coefficients of u*x^shift in the powers of x. */
static void put_column(System *s, size_t col, const fmpz_mpoly_t u, slong x, slong shift)
{
    fmpz_mpoly_univar_t v;
    fmpz_mpoly_univar_init(v, s->k->ctx);
    fmpz_mpoly_to_univar(v, u, x, s->k->ctx);
    for (slong i = 0; i < fmpz_mpoly_univar_length(v, s->k->ctx); i++) {
        size_t row = (size_t)(fmpz_mpoly_univar_get_term_exp_si(v, i, s->k->ctx) + shift);
        if (row < s->n)
            fmpz_mpoly_univar_get_term_coeff(fmpz_mpoly_q_numref(entry(s, row, col)), v, i, s->k->ctx);
    }
    fmpz_mpoly_univar_clear(v, s->k->ctx);
}

static void subtract_row(System *s, size_t to, size_t from, size_t col)
{
    const fmpz_mpoly_ctx_struct *ctx = s->k->ctx;
    fmpz_mpoly_q_t f, t;
    fmpz_mpoly_q_init(f, ctx);
    fmpz_mpoly_q_init(t, ctx);
    fmpz_mpoly_q_set(f, entry(s, to, col), ctx);
    for (size_t j = col; j <= s->n; j++) {
        fmpz_mpoly_q_mul(t, f, entry(s, from, j), ctx);
        fmpz_mpoly_q_sub(entry(s, to, j), entry(s, to, j), t, ctx);
    }
    fmpz_mpoly_q_clear(t, ctx);
    fmpz_mpoly_q_clear(f, ctx);
}

/* Gauss and Jordan: the solution stands in the last column. */
static bool solve_system(System *s)
{
    const fmpz_mpoly_ctx_struct *ctx = s->k->ctx;
    for (size_t c = 0; c < s->n; c++) {
        size_t pivot = c;
        while (pivot < s->n && fmpz_mpoly_q_is_zero(entry(s, pivot, c), ctx))
            pivot++;
        if (pivot == s->n)
            return false;
        for (size_t j = 0; j <= s->n; j++)
            fmpz_mpoly_q_swap(entry(s, pivot, j), entry(s, c, j), ctx);
        fmpz_mpoly_q_t inverse;
        fmpz_mpoly_q_init(inverse, ctx);
        fmpz_mpoly_q_inv(inverse, entry(s, c, c), ctx);
        for (size_t j = c; j <= s->n; j++)
            fmpz_mpoly_q_mul(entry(s, c, j), entry(s, c, j), inverse, ctx);
        fmpz_mpoly_q_clear(inverse, ctx);
        for (size_t r = 0; r < s->n; r++)
            if (r != c && !fmpz_mpoly_q_is_zero(entry(s, r, c), ctx))
                subtract_row(s, r, c, c);
    }
    return true;
}

/* The columns of the unknowns of all parts and of the polynomial part; the number of parts. */
static size_t set_up(System *s, Part *part, const fmpz_mpoly_factor_t f, const fmpz_mpoly_q_struct *q, slong x, size_t whole)
{
    const fmpz_mpoly_struct *den = fmpz_mpoly_q_denref(q);
    size_t                   parts = 0, at = 0;
    fmpz_mpoly_t             rest;
    fmpz_mpoly_init(rest, s->k->ctx);
    for (slong i = 0; i < f->num; i++) {
        slong degree = fmpz_mpoly_degree_si(&f->poly[i], x, s->k->ctx), times = degree ? fmpz_get_si(&f->exp[i]) : 0;
        fmpz_mpoly_set(rest, den, s->k->ctx);
        for (slong j = 1; j <= times; j++) {
            fmpz_mpoly_divides(rest, rest, &f->poly[i], s->k->ctx);
            part[parts++] = (Part){ kernels_poly(s->k, &f->poly[i]), j, degree, at };
            for (slong l = 0; l < degree; l++)
                put_column(s, at++, rest, x, l);
        }
    }
    part[parts++] = (Part){ NULL, 0, (slong)whole, at };
    for (size_t l = 0; l < whole; l++)
        put_column(s, at++, den, x, (slong)l);
    put_column(s, s->n, fmpz_mpoly_q_numref(q), x, 0);
    fmpz_mpoly_clear(rest, s->k->ctx);
    return parts;
}

static const Expr *solution(System *s, const Part *part, size_t parts, const Expr *x)
{
    Pool       *p = s->k->pool;
    const Expr *sum = expr_int(p, 0);
    for (size_t i = 0; i < parts; i++) {
        const Expr *top = expr_int(p, 0);
        for (slong l = 0; l < part[i].degree; l++) {
            const Expr *c = kernels_fraction(s->k, entry(s, part[i].at + (size_t)l, s->n));
            top = expr_add(p, top, expr_mul(p, expr_factor(p, c), expr_powi(p, x, l)));
        }
        top = part[i].base && part[i].degree > 1 ? expr_factor(p, top) : top;
        sum = expr_add(p, sum, part[i].base ? expr_mul(p, top, expr_powi(p, part[i].base, -part[i].power)) : top);
    }
    return sum;
}

const Expr *expr_apart_parameters(Kernels *k, const fmpz_mpoly_q_struct *q, const Expr *x)
{
    slong at = kernels_find(k, x), below = at < 0 ? 0 : fmpz_mpoly_degree_si(fmpz_mpoly_q_denref(q), at, k->ctx);
    slong above = at < 0 ? 0 : fmpz_mpoly_degree_si(fmpz_mpoly_q_numref(q), at, k->ctx);
    for (size_t i = 0; i < k->n; i++)
        if ((slong)i != at && at >= 0 && expr_depends(k->pool, k->generator[i].key, x))
            return NULL;
    if (at < 0 || below < 0 || below > MOST_UNKNOWNS || above > MOST_UNKNOWNS)
        return NULL;
    fmpz_mpoly_factor_t f;
    fmpz_mpoly_factor_init(f, k->ctx);
    const Expr *r = NULL;
    if (fmpz_mpoly_factor(f, fmpz_mpoly_q_denref(q), k->ctx)) {
        size_t whole = above >= below ? (size_t)(above - below + 1) : 0;
        System s = { .k = k, .n = (size_t)below + whole };
        size_t cells = s.n * (s.n + 1);
        Part  *part = arena_array(k->arena, Part, s.n + 1);
        s.a = arena_array(k->arena, fmpz_mpoly_q_struct, cells);
        for (size_t i = 0; i < cells; i++)
            fmpz_mpoly_q_init(s.a + i, k->ctx);
        size_t parts = set_up(&s, part, f, q, at, whole);
        if (solve_system(&s))
            r = solution(&s, part, parts, x);
        for (size_t i = 0; i < cells; i++)
            fmpz_mpoly_q_clear(s.a + i, k->ctx);
    }
    fmpz_mpoly_factor_clear(f, k->ctx);
    return r;
}
