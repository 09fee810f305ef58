/* SPDX-License-Identifier: GPL-3.0-or-later */
/* lu, qr, cholesky, svd. Without `format:` the factors are exact where that is short: LU and Cholesky by elimination, QR by
 * Gram-Schmidt without roots, whose columns are then divided by their lengths; every product is multiplied out and proved equal to A
 * before it is returned. With a format, and for what would be long, the algorithms of numeric/factor.c run in it (fp64 if none is
 * named), and the report says how far the product of the factors, taken exactly, is from the matrix as rounded to the format. */
#include "symbolic/matrix/decompose.h"

#include "symbolic/algebra/poly.h"
#include "symbolic/algebra/zero.h"
#include "symbolic/matrix/matrix.h"

enum { EXACT_QR = 6, EXACT_CHOLESKY = 20, EXACT_LETTERS = 3, MOST_EXACT = 60 };

void factors_add(Factors *s, const char *name, const Expr *e)
{
    s->name[s->n] = name;
    s->at[s->n++] = e;
}

Report *factors_report(Call *c, const Factors *s, const char *command)
{
    Report *r = report_new(c->arena, command);
    Str    *name = arena_array(c->arena, Str, s->n);
    Value  *item = arena_array(c->arena, Value, s->n);
    for (size_t i = 0; i < s->n; i++) {
        const char *equals = !(s->at[i]->flags & EXPR_HAS_BALL) ? "=" : c->settings->unicode ? "≈" : "~";
        name[i] = str_of(s->name[i]);
        item[i] = value_expr(s->at[i]);
        report_note(r, "%s %s %.*s", s->name[i], equals, STR_ARGS(expr_shown(c, s->at[i])));
        report_value(r, s->name[i], item[i]);
    }
    r->main = value_record(c->arena, name, item, s->n);
    r->tabled = true;
    return r;
}

/* ---- exact ---------------------------------------------------------------------------------------------------------------------- */

typedef struct Exact {
    Call        *c;
    Pool        *p;
    const Expr  *m;
    size_t       rows, cols;
    const Expr  *nonzero;           /* the product of what was taken as nonzero */
} Exact;

static Exact exact_of(Call *c, const Expr *m)
{
    return (Exact){ .c = c, .p = c->pool, .m = m, .rows = expr_rows(m), .cols = expr_cols(m), .nonzero = expr_int(c->pool, 1) };
}

/* Is e proved nonzero (YES), or zero (NO)? A nonzero one in letters is remembered. */
static Truth nonzero(Exact *s, const Expr *e)
{
    const Expr *num, *den;
    Truth       zero = e ? entry_is_zero(s->p, e) : UNKNOWN;
    if (zero != NO)
        return zero == YES ? NO : UNKNOWN;
    expr_fraction(s->p, e, &num, &den);
    if (!expr_is_numeric(e))
        s->nonzero = expr_mul(s->p, s->nonzero, num);
    return YES;
}

static Value undecided(Exact *s) { return call_fail(s->c, -1, "could not decide whether a pivot is zero"); }

static Value exact_value(Exact *s, const Factors *f, const char *command)
{
    Report *r = factors_report(s->c, f, command);
    Str     note = nonzero_note(s->c, nonzero_factors(s->p, s->c->arena, s->nonzero));
    if (note.n) {
        r->main.note = note;
        report_note(r, "%.*s", STR_ARGS(note));
    }
    return value_report(r);
}

/* Elimination of u in place with the multipliers in l; row[i]: where row i came from. UNKNOWN if a pivot is undecided. */
static Truth eliminate(Exact *s, const Expr **u, const Expr **l, size_t *row)
{
    size_t m = s->rows, n = s->cols, k = m < n ? m : n;
    for (size_t j = 0; j < k; j++) {
        size_t pivot = j;
        Truth  found = NO;
        while (pivot < m && (found = nonzero(s, u[pivot * n + j])) == NO)
            u[pivot++ * n + j] = expr_int(s->p, 0);
        if (found == UNKNOWN)
            return UNKNOWN;
        if (pivot == m)
            continue;
        for (size_t i = 0; i < n && pivot != j; i++) {
            const Expr *swap = u[pivot * n + i];
            u[pivot * n + i] = u[j * n + i];
            u[j * n + i] = swap;
        }
        for (size_t i = 0; i < j && pivot != j; i++) {
            const Expr *swap = l[pivot * k + i];
            l[pivot * k + i] = l[j * k + i];
            l[j * k + i] = swap;
        }
        size_t from = row[pivot];
        row[pivot] = row[j];
        row[j] = from;
        for (size_t i = j + 1; i < m; i++) {
            const Expr *f = l[i * k + j] = entry_tidy(s->p, expr_div(s->p, u[i * n + j], u[j * n + j]));
            u[i * n + j] = expr_int(s->p, 0);
            for (size_t t = j + 1; t < n; t++)
                u[i * n + t] = entry_tidy(s->p, expr_sub(s->p, u[i * n + t], expr_mul(s->p, f, u[j * n + t])));
        }
    }
    return YES;
}

const Expr *permutation_expr(Pool *p, Arena *a, const size_t *row, size_t n)
{
    const Expr **at = arena_array(a, const Expr *, n * n);
    for (size_t i = 0; i < n * n; i++)
        at[i] = expr_int(p, row[i / n] == i % n);
    return expr_tensor(p, n, n, at);
}

static Value exact_lu(Call *c, const Expr *m)
{
    Exact        s = exact_of(c, m);
    size_t       k = s.rows < s.cols ? s.rows : s.cols, *row = arena_array(c->arena, size_t, s.rows);
    const Expr **u = arena_copy(c->arena, m->arg, m->arity * sizeof *u), **l = arena_array(c->arena, const Expr *, s.rows * k), **moved = arena_array(c->arena, const Expr *, m->arity);
    for (size_t i = 0; i < s.rows * k; i++)
        l[i] = expr_int(s.p, 0);
    for (size_t i = 0; i < s.rows; i++)
        row[i] = i;
    if (eliminate(&s, u, l, row) != YES)
        return undecided(&s);
    for (size_t i = 0; i < k; i++)
        l[i * k + i] = expr_int(s.p, 1);
    for (size_t i = 0; i < m->arity; i++)
        moved[i] = m->arg[row[i / s.cols] * s.cols + i % s.cols];
    Factors     f = { 0 };
    const Expr *L = expr_tensor(s.p, s.rows, k, l), *U = expr_tensor(s.p, k, s.cols, u), *A = expr_tensor(s.p, s.rows, s.cols, moved);
    if (!L || !U || !matrix_product_is(s.p, c->arena, L, U, A))
        return call_fail(c, -1, "the factors could not be verified");
    factors_add(&f, "L", L);
    factors_add(&f, "U", U);
    factors_add(&f, "P", permutation_expr(s.p, c->arena, row, s.rows));
    return exact_value(&s, &f, "lu");
}

static const Expr *inner(Exact *s, const Expr *const *u, const Expr *const *v)
{
    const Expr **term = arena_array(s->c->arena, const Expr *, s->rows);
    for (size_t i = 0; i < s->rows; i++)
        term[i] = expr_mul(s->p, u[i], v[i]);
    return entry_tidy(s->p, expr_sum(s->p, term, s->rows));
}

typedef struct Orthogonal { size_t n; const Expr ***v, **d, **r; } Orthogonal;      /* columns v[i], d[i] = v[i].v[i], r by rows of A's columns */

/* Gram-Schmidt without roots: column j of A is the sum of r[i][j]*v[i]. Columns that depend on earlier ones give no v. */
static Truth orthogonalize(Exact *s, Orthogonal *o)
{
    Pool *p = s->p;
    for (size_t j = 0; j < s->cols; j++) {
        const Expr **a = arena_array(s->c->arena, const Expr *, s->rows), **v = arena_array(s->c->arena, const Expr *, s->rows);
        for (size_t i = 0; i < s->rows; i++)
            a[i] = v[i] = s->m->arg[i * s->cols + j];
        for (size_t k = 0; k < o->n; k++) {
            const Expr *r = o->r[k * s->cols + j] = entry_tidy(p, expr_div(p, inner(s, o->v[k], a), o->d[k]));
            for (size_t i = 0; i < s->rows; i++)
                v[i] = entry_tidy(p, expr_sub(p, v[i], expr_mul(p, r, o->v[k][i])));
        }
        const Expr *d = inner(s, v, v);
        Truth       found = d ? nonzero(s, d) : UNKNOWN;
        if (found == UNKNOWN)
            return UNKNOWN;
        if (found == NO)
            continue;
        o->d[o->n] = d;
        o->v[o->n] = v;
        o->r[o->n++ * s->cols + j] = expr_int(p, 1);
    }
    return YES;
}

static Value exact_qr(Call *c, const Expr *m)
{
    Exact      s = exact_of(c, m);
    Pool      *p = s.p;
    size_t     most = s.cols < s.rows ? s.cols : s.rows;
    Orthogonal o = { 0, arena_array(c->arena, const Expr **, most + 1), arena_array(c->arena, const Expr *, most + 1), arena_array(c->arena, const Expr *, (most + 1) * s.cols) };
    for (size_t i = 0; i < (most + 1) * s.cols; i++)
        o.r[i] = expr_int(p, 0);
    if (orthogonalize(&s, &o) != YES)
        return undecided(&s);
    if (o.n == 0)
        return call_fail(c, 0, "qr of the zero matrix: no column has a direction");
    const Expr **q = arena_array(c->arena, const Expr *, s.rows * o.n), **one = arena_array(c->arena, const Expr *, o.n * o.n);
    for (size_t k = 0; k < o.n; k++) {
        const Expr *length = expr_call1(p, FN_sqrt, o.d[k]);
        for (size_t i = 0; i < s.rows; i++)
            q[i * o.n + k] = entry_tidy(p, expr_div(p, o.v[k][i], length));
        for (size_t j = 0; j < s.cols; j++)
            o.r[k * s.cols + j] = entry_tidy(p, expr_mul(p, o.r[k * s.cols + j], length));
        for (size_t i = 0; i < o.n; i++)
            one[k * o.n + i] = expr_int(p, i == k);
    }
    Factors     f = { 0 };
    const Expr *Q = expr_tensor(p, s.rows, o.n, q), *R = expr_tensor(p, o.n, s.cols, o.r), *unit = expr_tensor(p, o.n, o.n, one), *t = Q ? expr_transpose(p, Q) : NULL;
    if (t && t->kind != EXPR_TENSOR)
        t = expr_tensor(p, 1, 1, &t);
    if (!Q || !R || !t || !matrix_product_is(p, c->arena, Q, R, m) || !matrix_product_is(p, c->arena, t, Q, unit))
        return call_fail(c, -1, "the factors could not be verified");
    factors_add(&f, "Q", Q);
    factors_add(&f, "R", R);
    return exact_value(&s, &f, "qr");
}

/* L with A = L*L^T: the columns of the root-free factor times the roots of the pivots, which must be positive. */
static Value exact_cholesky(Call *c, const Expr *m)
{
    Pool        *p = c->pool;
    size_t       n = expr_rows(m);
    const Expr **l = arena_array(c->arena, const Expr *, n * n), **d = arena_array(c->arena, const Expr *, n);
    for (size_t j = 0; j < n; j++)
        for (size_t i = 0; i < n; i++) {
            const Expr *x = i < j ? expr_int(p, 0) : m->arg[i * n + j];
            for (size_t k = 0; k < j && i >= j; k++)
                x = expr_sub(p, x, expr_mul(p, d[k], expr_mul(p, l[i * n + k], l[j * n + k])));
            x = entry_tidy(p, x);
            l[i * n + j] = i == j ? expr_int(p, 1) : i < j ? x : entry_tidy(p, expr_div(p, x, d[j]));
            if (i != j)
                continue;
            int  sign = 0;
            bool or_zero = false;
            d[j] = x;
            if (!x || (expr_is_numeric(x) ? expr_sign(p, x, &sign) : expr_sign_everywhere(p, x, &sign, &or_zero)).answer != YES || or_zero)
                return call_fail(c, 0, "could not decide whether the pivot %.*s is positive", STR_ARGS(x ? expr_shown(c, x) : (Str){ 0 }));
            if (sign <= 0)
                return call_fail(c, 0, "the matrix is not positive definite: pivot %zu is %.*s", j + 1, STR_ARGS(expr_shown(c, x)));
        }
    for (size_t i = 0; i < n * n; i++)
        l[i] = entry_tidy(p, expr_mul(p, l[i], expr_call1(p, FN_sqrt, d[i % n])));
    Factors     f = { 0 };
    const Expr *L = expr_tensor(p, n, n, l), *t = L ? expr_transpose(p, L) : NULL;
    if (t && t->kind != EXPR_TENSOR)
        t = expr_tensor(p, 1, 1, &t);
    if (!t || !matrix_product_is(p, c->arena, L, t, m))
        return call_fail(c, -1, "the factor could not be verified");
    factors_add(&f, "L", L);
    return value_report(factors_report(c, &f, "cholesky"));
}

/* ---- commands ------------------------------------------------------------------------------------------------------------------- */

const Format *format_option(Call *c, size_t option, Format *fp64)
{
    return call_has(c, option) ? c->arg[option].format : format_named(STR("fp64"), fp64) ? fp64 : NULL;
}

bool wants_exact(const Call *c, size_t option, const Expr *m, size_t most)
{
    bool small = expr_rows(m) <= MOST_EXACT && expr_cols(m) <= (expr_is_numeric(m) ? most : EXACT_LETTERS);
    return !call_has(c, option) && !(m->flags & EXPR_HAS_BALL) && (small || !expr_is_numeric(m));
}

const Expr *symmetric_argument(Call *c, int i)
{
    const Expr *m = square_argument(c, i);
    size_t      n = m ? expr_rows(m) : 0;
    if (m && m->flags & EXPR_HAS_I)
        return call_fail(c, i, "%.*s needs real entries", STR_ARGS(c->name)), NULL;
    for (size_t k = 0; k < n * n; k++)
        if (k / n > k % n && entry_is_zero(c->pool, expr_sub(c->pool, m->arg[k], m->arg[k % n * n + k / n])) != YES)
            return call_fail(c, i, "%.*s needs a symmetric matrix; the entries [%zu, %zu] and [%zu, %zu] are not proved equal", STR_ARGS(c->name), k % n + 1, k / n + 1, k / n + 1, k % n + 1), NULL;
    return m;
}

static Value lu_call(Call *c)
{
    Format      fp64;
    const Expr *m = matrix_argument(c, 0);
    if (!m)
        return value_failed();
    return wants_exact(c, 1, m, MOST_EXACT) ? exact_lu(c, m) : format_lu(c, m, format_option(c, 1, &fp64));
}

static Value qr_call(Call *c)
{
    Format      fp64;
    const Expr *m = matrix_argument(c, 0);
    if (!m)
        return value_failed();
    if (m->flags & EXPR_HAS_I)
        return call_fail(c, 0, "qr needs real entries");
    return wants_exact(c, 1, m, EXACT_QR) ? exact_qr(c, m) : format_qr(c, m, format_option(c, 1, &fp64));
}

static Value cholesky_call(Call *c)
{
    Format      fp64;
    const Expr *m = symmetric_argument(c, 0);
    if (!m)
        return value_failed();
    return wants_exact(c, 1, m, EXACT_CHOLESKY) ? exact_cholesky(c, m) : format_cholesky(c, m, format_option(c, 1, &fp64));
}

static Value svd_call(Call *c)
{
    Format      fp64;
    const Expr *m = matrix_argument(c, 0);
    return m ? format_svd(c, m, format_option(c, 1, &fp64), true) : value_failed();
}

extern const Builtin decompose_builtins[];
const Builtin decompose_builtins[] = {
    { .sig = "lu(A: expr; format: format?) -> report", .help = "P*A = L*U with L lower and U upper triangular: exactly, or in a number format.",
      .example = { { "lu([1, 2; 3, 4])", "(L = [1, 0; 3, 1], U = [1, 2; 0, -2], P = [1, 0; 0, 1])" }, { "lu([1, 2; 3, 4], format: fp64).U", "[3, 4; 0, 0.6666666666666667]" } },
      .lesson = 3, .see = "rref linear_solve qr cholesky", .words = "factorization decomposition Gauss elimination pivot", .call = lu_call },
    { .sig = "qr(A: expr; format: format?) -> report", .help = "A = Q*R with orthonormal columns in Q and R upper triangular: exactly where that is short, or in a number format.",
      .example = { { "qr([3, 1; 4, 2])", "(Q = [3/5, -4/5; 4/5, 3/5], R = [5, 11/5; 0, 2/5])" }, { "qr([1; 1]).Q", "[sqrt(2)/2, sqrt(2)/2]" } },
      .lesson = 3, .see = "lu svd eigenvectors", .words = "factorization decomposition Gram Schmidt Householder orthogonal orthonormal", .call = qr_call },
    { .sig = "cholesky(A: expr; format: format?) -> report", .help = "A = L*L^T of a symmetric positive definite matrix, L lower triangular.",
      .example = { { "cholesky([4, 2; 2, 5])", "(L = [2, 0; 1, 2])" },
                   { "cholesky([9, 3; 3, 5]).L", "[3, 0; 1, 2]" } },
      .lesson = 3, .see = "ldl lu definite", .words = "factorization decomposition square root positive definite", .call = cholesky_call },
    { .sig = "svd(A: expr; format: format?) -> report", .help = "A = U*diag(S)*V^T with orthonormal columns in U and V, in a number format (fp64).",
      .example = { { "svd([3, 0; 0, -2]).S", "[3, 2]" },
                   { "svd([0, 1; 1, 0]).S", "[1, 1]" } },
      .lesson = 3, .see = "singular_values qr eigenvectors", .words = "factorization decomposition singular value", .call = svd_call },
    { 0 }
};
