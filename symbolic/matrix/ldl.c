/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ldl: P*A*P^T = L*D*L^T of a symmetric matrix, definite or not, without roots. Exactly the first diagonal entry that is proved nonzero is
 * the pivot; where all that is left of the diagonal is zero, two rows with an entry c beside it give the block [0, c; c, 0]. The
 * product is multiplied out and proved equal to the matrix. In a format rounding decides otherwise: [Bunch, Kaufman 1977],
 * numeric/factor.c. */
#include "symbolic/algebra/poly.h"
#include "symbolic/matrix/decompose.h"
#include "symbolic/matrix/matrix.h"

enum { EXACT_LDL = 40 };

typedef struct Ldl {
    Call        *c;
    Pool        *p;
    size_t       n, *row;
    const Expr **at, **l, **d;      /* what is left of the matrix, and the factors so far, by rows */
    const Expr  *nonzero;           /* the product of what was taken as nonzero */
} Ldl;

static Truth is_nonzero(Ldl *s, size_t i, size_t j)
{
    const Expr *e = s->at[i * s->n + j], *num, *den;
    Truth       zero = e ? entry_is_zero(s->p, e) : UNKNOWN;
    if (zero == NO && !expr_is_numeric(e)) {
        expr_fraction(s->p, e, &num, &den);
        s->nonzero = expr_mul(s->p, s->nonzero, num);
    }
    return zero == UNKNOWN ? UNKNOWN : zero == YES ? NO : YES;
}

static void swap_entries(const Expr **at, size_t i, size_t j)
{
    const Expr *e = at[i];
    at[i] = at[j];
    at[j] = e;
}

static void exchange(Ldl *s, size_t p, size_t q, size_t k)
{
    size_t r = s->row[p];
    s->row[p] = s->row[q];
    s->row[q] = r;
    for (size_t i = 0; i < s->n; i++)
        swap_entries(s->at, p * s->n + i, q * s->n + i);
    for (size_t i = 0; i < s->n; i++)
        swap_entries(s->at, i * s->n + p, i * s->n + q);
    for (size_t j = 0; j < k; j++)
        swap_entries(s->l, p * s->n + j, q * s->n + j);
}

/* Brings a pivot to k; *size: 1, 2, or 0 if all that is left is zero. UNKNOWN: undecided. */
static Truth bring_pivot(Ldl *s, size_t k, size_t *size)
{
    Truth found;
    for (size_t i = k; i < s->n; i++) {
        if ((found = is_nonzero(s, i, i)) == UNKNOWN)
            return UNKNOWN;
        if (found == YES) {
            exchange(s, k, i, k);
            *size = 1;
            return YES;
        }
    }
    for (size_t i = k; i < s->n; i++)
        for (size_t j = k; j < i; j++) {
            if ((found = is_nonzero(s, i, j)) == UNKNOWN)
                return UNKNOWN;
            if (found == YES) {
                exchange(s, k, j, k);
                exchange(s, k + 1, i, k);
                *size = 2;
                return YES;
            }
        }
    *size = 0;
    return YES;
}

/* Columns k (and k + 1) of L, and what is left of the matrix: the block is [d] or [0, d; d, 0]. */
static void eliminate(Ldl *s, size_t k, size_t size)
{
    Pool  *p = s->p;
    size_t n = s->n, other = k + size - 1;
    const Expr *d = s->at[other * n + k];
    s->d[k * n + other] = s->d[other * n + k] = d;
    for (size_t i = k + size; i < n; i++)
        for (size_t j = 0; j < size; j++)
            s->l[i * n + k + j] = entry_tidy(p, expr_div(p, s->at[i * n + other - j], d));
    for (size_t i = k + size; i < n; i++)
        for (size_t j = k + size; j <= i; j++) {
            const Expr *sum = s->at[i * n + j];
            for (size_t t = 0; t < size; t++)
                sum = expr_sub(p, sum, expr_mul(p, s->l[i * n + k + t], s->at[(k + t) * n + j]));
            s->at[i * n + j] = s->at[j * n + i] = entry_tidy(p, sum);
        }
}

static const Expr *square_of(Pool *p, const Expr *e) { return e && e->kind != EXPR_TENSOR ? expr_tensor(p, 1, 1, &e) : e; }

static Value exact_ldl(Call *c, const Expr *m)
{
    Pool  *p = c->pool;
    size_t n = expr_rows(m), size = 1;
    Ldl    s = { c, p, n, arena_array(c->arena, size_t, n), arena_copy(c->arena, m->arg, n * n * sizeof *s.at), arena_array(c->arena, const Expr *, n * n),
                 arena_array(c->arena, const Expr *, n * n), expr_int(p, 1) };
    const Expr **moved = arena_array(c->arena, const Expr *, n * n);
    for (size_t i = 0; i < n; i++)
        s.row[i] = i;
    for (size_t i = 0; i < n * n; i++) {
        s.l[i] = expr_int(p, i % (n + 1) == 0);
        s.d[i] = expr_int(p, 0);
    }
    for (size_t k = 0; k < n && size; k += size) {
        if (bring_pivot(&s, k, &size) == UNKNOWN)
            return call_fail(c, -1, "could not decide whether a pivot is zero");
        if (size)
            eliminate(&s, k, size);
    }
    for (size_t i = 0; i < n * n; i++)
        moved[i] = m->arg[s.row[i / n] * n + s.row[i % n]];
    const Expr *L = expr_tensor(p, n, n, s.l), *D = expr_tensor(p, n, n, s.d), *LD = L && D ? square_of(p, expr_matmul(p, L, D)) : NULL;
    const Expr *t = LD ? square_of(p, expr_transpose(p, L)) : NULL;
    if (!t || !matrix_product_is(p, c->arena, LD, t, expr_tensor(p, n, n, moved)))
        return call_fail(c, -1, "the factors could not be verified");
    Factors f = { 0 };
    factors_add(&f, "L", L);
    factors_add(&f, "D", D);
    factors_add(&f, "P", permutation_expr(p, c->arena, s.row, n));
    Report *r = factors_report(c, &f, "ldl");
    Str     note = nonzero_note(c, nonzero_factors(p, c->arena, s.nonzero));
    if (note.n) {
        r->main.note = note;
        report_note(r, "%.*s", STR_ARGS(note));
    }
    return value_report(r);
}

static Value ldl_call(Call *c)
{
    Format      fp64;
    const Expr *m = symmetric_argument(c, 0);
    if (!m)
        return value_failed();
    return wants_exact(c, 1, m, EXACT_LDL) ? exact_ldl(c, m) : format_ldl(c, m, format_option(c, 1, &fp64));
}

extern const Builtin ldl_builtins[];
const Builtin ldl_builtins[] = {
    { .sig = "ldl(A: expr; format: format?) -> report", .help = "P*A*P^T = L*D*L^T of a symmetric matrix: L unit lower triangular, D diagonal with blocks of two rows where it must be.",
      .example = { { "ldl([4, 2; 2, 3])", "(L = [1, 0; 1/2, 1], D = [4, 0; 0, 2], P = [1, 0; 0, 1])" }, { "ldl([0, 1; 1, 0]).D", "[0, 1; 1, 0]" },
                   { "ldl([1, 2; 2, 1], format: fp32).D", "[1, 2; 2, 1]" } },
      .lesson = 3, .see = "cholesky lu definite", .words = "factorization decomposition symmetric indefinite Bunch Kaufman inertia", .call = ldl_call },
    { 0 }
};
