/* SPDX-License-Identifier: GPL-3.0-or-later */
/* charpoly, eigenvalues, eigenvectors, singular_values, definite, is_symmetric, expm. Eigenvalues come from spectrum.c. Eigenvectors of
 * a rational matrix are found in the field that an exact eigenvalue generates, by elimination of polynomials modulo its minimal
 * polynomial, where every test for zero is exact; with letters by elimination with proved pivots; else as certified balls. How many
 * eigenvalues of a symmetric matrix are positive is the number of changes of sign in its characteristic polynomial [Descartes],
 * because all of them are real. */
#include "base/report.h"
#include "symbolic/algebra/poly.h"
#include "symbolic/algebra/zero.h"
#include "symbolic/expr/evaluate.h"
#include "symbolic/matrix/decompose.h"
#include "symbolic/matrix/exact_matrix.h"
#include "symbolic/matrix/matrix.h"
#include "symbolic/matrix/spectrum.h"

#include <flint/fmpq_poly.h>
#if __FLINT_RELEASE >= 30000
#include <flint/acb_mat.h>
#else
#include <acb_mat.h>
#endif

enum { MOST_FIELD = 40, MOST_EXPM = 100 };

/* ---- characteristic polynomial, eigenvalues ------------------------------------------------------------------------------------ */

static Value charpoly_call(Call *c)
{
    Pool       *p = c->pool;
    const Expr *m = square_argument(c, 0), *x = c->arg[1].expr;
    if (!m)
        return value_failed();
    if (c->arg[1].kind != VALUE_EXPR)
        return call_fail(c, 1, "charpoly needs one variable");
    if (expr_depends(p, m, x))
        return call_fail(c, 1, "%.*s occurs in the matrix; another letter is needed", STR_ARGS(x->name));
    size_t       n = expr_rows(m);
    const Expr **k = arena_array(c->arena, const Expr *, n + 1);
    if (!matrix_charpoly(p, c->arena, m, k))
        return value_failed();
    for (size_t i = 0; i <= n; i++)
        k[i] = expr_mul(p, k[i], expr_powi(p, x, (slong)i));
    return value_expr(expr_sum(p, k, n + 1));
}

/* All eigenvalues, as often as their multiplicity. */
static const Expr *repeated(Call *c, const Spectrum *s, size_t n)
{
    const Expr **at = arena_array(c->arena, const Expr *, n);
    size_t       k = 0;
    for (size_t i = 0; i < s->n; i++)
        for (size_t j = 0; j < s->value[i].times && k < n; j++)
            at[k++] = s->value[i].at;
    return k == n ? expr_tensor(c->pool, n, 1, at) : pool_fail(c->pool, "some eigenvalues were not found");
}

static Value eigenvalues_call(Call *c)
{
    const Expr *m = call_has(c, 1) ? symmetric_argument(c, 0) : square_argument(c, 0);
    Spectrum    s;
    if (m && call_has(c, 1))
        return format_eigen(c, m, c->arg[1].format, false);
    if (!m || !matrix_spectrum(c->pool, c->arena, m, c->settings->digits, &s))
        return value_failed();
    Value v = value_expr(repeated(c, &s, expr_rows(m)));
    spectrum_clear(&s);
    return v;
}

const Expr *matrix_singular_values(Call *c, const Expr *m)
{
    Spectrum    s;
    size_t      k = expr_rows(m) < expr_cols(m) ? expr_rows(m) : expr_cols(m);
    const Expr *t = expr_transpose(c->pool, m), *square = expr_rows(m) < expr_cols(m) ? expr_matmul(c->pool, m, t) : expr_matmul(c->pool, t, m);
    if (m->flags & EXPR_HAS_I)
        return call_fail(c, 0, "%.*s needs real entries", STR_ARGS(c->name)), NULL;
    if (square && square->kind != EXPR_TENSOR)
        square = expr_tensor(c->pool, 1, 1, &square);
    if (!square || !matrix_spectrum(c->pool, c->arena, square, c->settings->digits, &s))
        return NULL;
    const Expr *v = repeated(c, &s, k), **at = arena_array(c->arena, const Expr *, k);
    for (size_t i = 0; v && i < k; i++)
        at[i] = expr_call1(c->pool, FN_sqrt, v->arg[k - 1 - i]);
    spectrum_clear(&s);
    return v ? expr_tensor(c->pool, k, 1, at) : NULL;
}

static Value singular_values_call(Call *c)
{
    const Expr *m = matrix_argument(c, 0);
    if (m && call_has(c, 1))
        return format_svd(c, m, c->arg[1].format, false);
    m = m ? matrix_singular_values(c, m) : NULL;
    return m ? value_expr(m) : value_failed();
}

/* ---- eigenvectors --------------------------------------------------------------------------------------------------------------- */

typedef struct NumberField {              /* matrices over the rationals adjoined a root of f */
    slong             n;
    fmpq_poly_t       f, one, inverse, factor, t;
    fmpq_poly_struct *at;
} NumberField;

static fmpq_poly_struct *cell(const NumberField *s, slong i, slong j) { return s->at + i * s->n + j; }

/* A - t with t the root. */
static void field_init(NumberField *s, const Expr *m, const fmpz_poly_t minimal)
{
    s->n = (slong)expr_rows(m);
    fmpq_poly_init(s->f);
    fmpq_poly_init(s->one);
    fmpq_poly_init(s->inverse);
    fmpq_poly_init(s->factor);
    fmpq_poly_init(s->t);
    fmpq_poly_set_fmpz_poly(s->f, minimal);
    s->at = flint_malloc((size_t)(s->n * s->n) * sizeof *s->at);
    for (slong i = 0; i < s->n; i++)
        for (slong j = 0; j < s->n; j++) {
            fmpq_poly_init(cell(s, i, j));
            fmpq_poly_set_fmpq(cell(s, i, j), expr_number(m->arg[i * s->n + j]));
            if (i == j) {
                fmpq_poly_zero(s->t);
                fmpq_poly_set_coeff_si(s->t, 1, 1);
                fmpq_poly_sub(cell(s, i, j), cell(s, i, j), s->t);
                fmpq_poly_rem(cell(s, i, j), cell(s, i, j), s->f);
            }
        }
}

static void field_clear(NumberField *s)
{
    for (slong i = 0; i < s->n * s->n; i++)
        fmpq_poly_clear(s->at + i);
    flint_free(s->at);
    fmpq_poly_clear(s->t);
    fmpq_poly_clear(s->factor);
    fmpq_poly_clear(s->inverse);
    fmpq_poly_clear(s->one);
    fmpq_poly_clear(s->f);
}

static void field_clear_column(NumberField *s, slong row, slong column)
{
    fmpq_poly_xgcd(s->one, s->inverse, s->t, cell(s, row, column), s->f);
    for (slong j = 0; j < s->n; j++) {
        fmpq_poly_mul(cell(s, row, j), cell(s, row, j), s->inverse);
        fmpq_poly_rem(cell(s, row, j), cell(s, row, j), s->f);
    }
    for (slong i = 0; i < s->n; i++) {
        if (i == row || fmpq_poly_is_zero(cell(s, i, column)))
            continue;
        fmpq_poly_set(s->factor, cell(s, i, column));
        for (slong j = 0; j < s->n; j++) {
            fmpq_poly_mul(s->t, s->factor, cell(s, row, j));
            fmpq_poly_rem(s->t, s->t, s->f);
            fmpq_poly_sub(cell(s, i, j), cell(s, i, j), s->t);
        }
    }
}

/* Gauss-Jordan; pivot[i] is the column of row i. Returns the rank. */
static slong field_echelon(NumberField *s, size_t *pivot)
{
    slong rank = 0;
    for (slong j = 0; j < s->n && rank < s->n; j++) {
        slong i = rank;
        while (i < s->n && fmpq_poly_is_zero(cell(s, i, j)))
            i++;
        if (i == s->n)
            continue;
        for (slong k = 0; k < s->n && i != rank; k++)
            fmpq_poly_swap(cell(s, i, k), cell(s, rank, k));
        field_clear_column(s, rank, j);
        pivot[rank++] = (size_t)j;
    }
    return rank;
}

/* The element of the field as an expression in the eigenvalue. */
static const Expr *field_entry(Pool *p, const fmpq_poly_t f, const Expr *root)
{
    const Expr *e = expr_int(p, 0);
    fmpq_t      q;
    fmpq_init(q);
    for (slong k = 0; k < fmpq_poly_length(f); k++) {
        fmpq_poly_get_coeff_fmpq(q, f, k);
        e = expr_add(p, e, expr_mul(p, expr_fmpq(p, q), expr_powi(p, root, k)));
    }
    fmpq_clear(q);
    return e ? expr_expand(p, e) : NULL;
}

static const Expr *field_null_space(Pool *p, Arena *a, const Expr *m, const Eigenvalue *v)
{
    NumberField   s;
    Echelon e = { .rows = expr_rows(m), .cols = expr_rows(m), .at = arena_array(a, const Expr *, m->arity) };
    size_t *pivot = arena_array(a, size_t, e.rows + 1);
    field_init(&s, m, v->minimal);
    e.rank = (size_t)field_echelon(&s, pivot);
    e.pivot = pivot;
    for (size_t i = 0; i < m->arity; i++)
        e.at[i] = field_entry(p, s.at + i, v->at);
    field_clear(&s);
    return echelon_null_space(p, a, &e);
}

/* The basis of the eigenvectors for one eigenvalue, and what was taken as nonzero; NULL with pool_error(). */
static const Expr *eigenspace(Call *c, const Expr *m, const Eigenvalue *v, Str *note)
{
    Pool  *p = c->pool;
    Arena *a = c->arena;
    if (v->minimal)
        return field_null_space(p, a, m, v);
    size_t       n = expr_rows(m);
    const Expr **at = arena_array(a, const Expr *, n * n);
    Echelon      e;
    for (size_t i = 0; i < n * n; i++)
        at[i] = i % (n + 1) ? m->arg[i] : expr_sub(p, m->arg[i], v->at);
    const Expr *shifted = expr_tensor(p, n, n, at);
    if (!shifted || !matrix_echelon(p, a, shifted, n, &e))
        return NULL;
    const Expr *basis = echelon_null_space(p, a, &e);
    *note = echelon_note(c, &e);
    return basis && matrix_product_is(p, a, shifted, basis, NULL) ? basis : pool_fail(p, "the eigenvectors could not be verified");
}

typedef struct Eigen {
    Spectrum     s;
    const Expr **basis;             /* of each eigenvalue, as columns */
    Str         *note;              /* "if c != 0" */
    const Expr  *all;               /* next to each other */
    size_t       found;             /* columns in all */
} Eigen;

static void side_by_side(Call *c, Eigen *e, size_t n)
{
    for (size_t i = 0; i < e->s.n; i++)
        e->found += expr_cols(e->basis[i]);
    const Expr **at = arena_array(c->arena, const Expr *, n * e->found);
    size_t       column = 0;
    for (size_t i = 0; i < e->s.n; i++)
        for (size_t j = 0; j < expr_cols(e->basis[i]); j++, column++)
            for (size_t k = 0; k < n; k++)
                at[k * e->found + column] = e->basis[i]->arg[k * expr_cols(e->basis[i]) + j];
    e->all = expr_tensor(c->pool, n, e->found, at);
}

/* Formulas in roots of polynomials of degree 3 and more are no help to a reader; balls are, where the eigenvalues are simple. */
static bool is_readable(const Spectrum *s)
{
    bool readable = s->exact;
    for (size_t i = 0; i < s->n; i++)
        readable = readable && !expr_is_call(s->value[i].at, FN_root_of);
    return readable;
}

static bool enclose_eigenvectors(Call *c, const Expr *m, Eigen *e)
{
    size_t   zeros = 0;
    Spectrum balls;
    for (size_t i = 0; i < e->s.n; i++)
        zeros += expr_is_zero(e->s.value[i].at) ? e->s.value[i].times : 0;
    if (!matrix_enclose_eigen(c->pool, c->arena, m, c->settings->digits, zeros, &balls, &e->all))
        return false;
    spectrum_clear(&e->s);
    e->s = balls;
    return true;
}

static bool find_eigenvectors(Call *c, const Expr *m, Eigen *e)
{
    Pool  *p = c->pool;
    size_t n = expr_rows(m);
    if (!matrix_spectrum(p, c->arena, m, c->settings->digits, &e->s))
        return false;
    if (!is_readable(&e->s) && !enclose_eigenvectors(c, m, e)) {
        if (!e->s.exact)
            return false;
        pool_clear_error(p);
    }
    if (e->s.exact && n > MOST_FIELD)
        return pool_fail(p, "eigenvectors of matrices with %d rows at most", (int)MOST_FIELD), false;
    e->basis = arena_array(c->arena, const Expr *, e->s.n);
    e->note = arena_array(c->arena, Str, e->s.n);
    for (size_t i = 0; i < e->s.n; i++)
        if (!(e->basis[i] = e->all ? matrix_columns(p, c->arena, e->all, i, 1) : eigenspace(c, m, &e->s.value[i], &e->note[i])))
            return false;
    side_by_side(c, e, n);
    return true;
}

static Value basis_value(Call *c, const Expr *basis)
{
    size_t n = expr_cols(basis);
    Value *item = arena_array(c->arena, Value, n);
    for (size_t j = 0; j < n; j++)
        item[j] = value_expr(matrix_columns(c->pool, c->arena, basis, j, 1));
    return n == 1 ? item[0] : value_list(c->arena, item, n);
}

static Value eigenvectors_call(Call *c)
{
    const Expr *m = call_has(c, 1) ? symmetric_argument(c, 0) : square_argument(c, 0);
    Eigen       e = { 0 };
    if (m && call_has(c, 1))
        return format_eigen(c, m, c->arg[1].format, true);
    if (!m || !find_eigenvectors(c, m, &e)) {
        spectrum_clear(&e.s);
        return value_failed();
    }
    size_t  n = expr_rows(m);
    Report *r = report_new(c->arena, "eigenvectors");
    Table  *t = report_table(r, "spaces", "eigenvalue multiplicity eigenvectors");
    r->main = value_expr(e.all);
    r->tabled = r->traced = true;
    for (size_t i = 0; i < e.s.n; i++) {
        Value basis = basis_value(c, e.basis[i]);
        basis.note = e.note[i];
        table_row(r, t, (Value[]){ value_expr(e.s.value[i].at), value_expr(expr_int(c->pool, (slong)e.s.value[i].times)), basis });
    }
    const Expr *values = repeated(c, &e.s, n);
    report_value(r, "values", value_expr(values));
    report_value(r, "vectors", value_expr(e.all));
    if (e.found == n) {
        report_value(r, "P", value_expr(e.all));
        report_value(r, "D", value_expr(expr_matrix_op(c->pool, MATRIX_DIAG, values)));
        report_note(r, "A = P*D*P^-1 with the fields P and D%s", expr_is_numeric(m) ? "" : ", where P has an inverse");
    } else {
        report_note(r, "not diagonalizable: %zu independent eigenvector%s for %zu dimensions", e.found, e.found == 1 ? "" : "s", n);
    }
    spectrum_clear(&e.s);
    return value_report(r);
}

/* ---- symmetric matrices ------------------------------------------------------------------------------------------------------------ */

/* YES or NO for all values of the letters; *i, *j: the pair of entries that decided. */
static Truth symmetric(Pool *p, const Expr *m, size_t *i, size_t *j)
{
    size_t n = expr_rows(m);
    Truth  answer = YES;
    for (size_t k = 0; k < n; k++)
        for (size_t l = 0; l < k; l++) {
            const Expr *d = expr_sub(p, m->arg[k * n + l], m->arg[l * n + k]);
            Truth       zero = d ? entry_is_zero(p, d) : UNKNOWN;
            if (zero == YES)
                continue;
            *i = l + 1;
            *j = k + 1;
            if (zero == NO)
                return NO;
            answer = UNKNOWN;
        }
    return answer;
}

static Value is_symmetric_call(Call *c)
{
    const Expr *m = matrix_argument(c, 0);
    size_t      i, j;
    if (!m)
        return value_failed();
    Truth t = expr_rows(m) == expr_cols(m) ? symmetric(c->pool, m, &i, &j) : NO;
    if (t == UNKNOWN)
        return call_fail(c, -1, "could not decide whether the entries [%zu, %zu] and [%zu, %zu] are equal", i, j, j, i);
    return value_expr(expr_truth(c->pool, t == YES));
}

/* The signs of the coefficients; false if one is not known. */
static bool coefficient_signs(Call *c, const Expr *m, const Expr **k, int *sign)
{
    for (size_t i = 0; i <= expr_rows(m); i++) {
        bool    or_zero = false;
        Verdict v = expr_is_numeric(k[i]) ? expr_sign(c->pool, k[i], &sign[i]) : expr_sign_everywhere(c->pool, k[i], &sign[i], &or_zero);
        if (v.answer != YES || or_zero) {
            call_fail(c, 0, "could not decide: it depends on the sign of %.*s", STR_ARGS(expr_shown(c, k[i])));
            diag_hint(c->diag, "assume states what is known of the letters");
            return false;
        }
    }
    return true;
}

static const char *kind_of(size_t positive, size_t zero, size_t negative)
{
    if (positive && negative)
        return "indefinite";
    if (!positive && !negative)
        return "zero";
    if (zero)
        return positive ? "positive semidefinite" : "negative semidefinite";
    return positive ? "positive definite" : "negative definite";
}

static Value definite_call(Call *c)
{
    Pool       *p = c->pool;
    const Expr *m = square_argument(c, 0);
    size_t      n = m ? expr_rows(m) : 0, i = 0, j = 0, positive = 0, zero = 0;
    if (!m)
        return value_failed();
    if (m->flags & EXPR_HAS_I)
        return call_fail(c, 0, "definite needs real entries");
    if (symmetric(p, m, &i, &j) != YES) {
        call_fail(c, 0, "definite needs a symmetric matrix; the entries [%zu, %zu] and [%zu, %zu] are not proved equal", i, j, j, i);
        diag_hint(c->diag, "definite(A + A^T)");
        return value_failed();
    }
    const Expr **k = arena_array(c->arena, const Expr *, n + 1);
    int         *sign = arena_array(c->arena, int, n + 1), last = 1;
    if (!matrix_charpoly(p, c->arena, m, k) || !coefficient_signs(c, m, k, sign))
        return value_failed();
    while (zero < n && sign[zero] == 0)
        zero++;
    for (i = n; i-- > zero;) {
        positive += sign[i] && sign[i] != last;
        last = sign[i] ? sign[i] : last;
    }
    Report *r = report_new(c->arena, "definite");
    size_t  negative = n - zero - positive;
    r->main = value_text(str_of(kind_of(positive, zero, negative)));
    r->main.note = str_printf(c->arena, "eigenvalues: %zu positive, %zu zero, %zu negative", positive, zero, negative);
    r->summary = str_printf(c->arena, "%s   %.*s", kind_of(positive, zero, negative), STR_ARGS(r->main.note));
    report_value(r, "kind", r->main);
    report_value(r, "positive", value_expr(expr_int(p, (slong)positive)));
    report_value(r, "zero", value_expr(expr_int(p, (slong)zero)));
    report_value(r, "negative", value_expr(expr_int(p, (slong)negative)));
    return value_report(r);
}

/* ---- the exponential --------------------------------------------------------------------------------------------------------------- */

static const Expr *balls_of(Pool *p, Arena *a, const acb_mat_t m, size_t n, size_t digits)
{
    const Expr **at = arena_array(a, const Expr *, n * n);
    for (size_t i = 0; i < n * n; i++) {
        Ball ball = { .digits = (slong)digits };
        acb_init(ball.value);
        acb_set(ball.value, acb_mat_entry(m, (slong)(i / n), (slong)(i % n)));
        at[i] = acb_is_zero(ball.value) ? expr_int(p, 0) : acb_is_one(ball.value) ? expr_int(p, 1) : expr_ball(p, &ball);
        acb_clear(ball.value);
    }
    return expr_tensor(p, n, n, at);
}

static Value expm_call(Call *c)
{
    const Expr *m = square_argument(c, 0);
    size_t      n = m ? expr_rows(m) : 0, digits = c->settings->digits;
    slong       prec = (slong)(3.33 * (double)digits) + 64;
    bool        fine = true;
    acb_mat_t   x;
    if (!m)
        return value_failed();
    if (!expr_is_numeric(m) || n > MOST_EXPM)
        return call_fail(c, 0, n > MOST_EXPM ? "expm takes 100 rows at most" : "expm needs numbers as entries");
    acb_mat_init(x, (slong)n, (slong)n);
    for (size_t i = 0; i < n * n && fine; i++)
        fine = expr_enclose(c->pool, m->arg[i], NULL, NULL, 0, prec, acb_mat_entry(x, (slong)(i / n), (slong)(i % n)), NULL) == EVAL_OK;
    if (fine)
        acb_mat_exp(x, x, prec);
    for (size_t i = 0; i < n * n && fine; i++)
        fine = acb_is_finite(acb_mat_entry(x, (slong)(i / n), (slong)(i % n)));
    Value v = fine ? value_expr(balls_of(c->pool, c->arena, x, n, digits)) : call_fail(c, 0, "an entry could not be enclosed");
    acb_mat_clear(x);
    return v;
}

extern const Builtin eigen_builtins[];
const Builtin eigen_builtins[] = {
    { .sig = "charpoly(A: expr, x: var) -> expr", .help = "The characteristic polynomial det(x*I - A).",
      .example = { { "charpoly([1, 2; 3, 4], x)", "x^2 - 5x - 2" },
                   { "charpoly([0, -1; 1, 0], t)", "t^2 + 1" } }, .lesson = 3, .see = "eigenvalues det", .words = "characteristic polynomial", .call = charpoly_call },
    { .sig = "eigenvalues(A: expr; format: format?) -> value",
      .help = "The eigenvalues of a square matrix, as often as their multiplicity: exact where they are roots of short polynomials, else with certain digits; of a symmetric one also in a format.",
      .example = { { "eigenvalues([2, 1; 1, 2])", "[1, 3]" }, { "eigenvalues([0, -1; 1, 0])", "[i, -i]" }, { "eigenvalues([1, 1; 1, 0])", "[1/2 - sqrt(5)/2, 1/2 + sqrt(5)/2]" } },
      .lesson = 3, .see = "eigenvectors charpoly singular_values definite", .words = "eig spectrum", .call = eigenvalues_call },
    { .sig = "eigenvectors(A: expr; format: format?) -> report", .help = "Eigenvalues with bases of their eigenvectors; fields values, vectors (as columns), and P, D with A = P*D*P^-1.",
      .example = { { "eigenvectors([2, 1; 1, 2]).P", "[-1, 1; 1, 1]" }, { "eigenvectors([1, 1; 1, 0]).D", "[1/2 - sqrt(5)/2, 0; 0, 1/2 + sqrt(5)/2]" } },
      .lesson = 3, .see = "eigenvalues null_space", .words = "diagonalize diagonalise eig", .call = eigenvectors_call },
    { .sig = "singular_values(A: expr; format: format?) -> value", .help = "The singular values of a matrix, falling: the square roots of the eigenvalues of A^T*A.",
      .example = { { "singular_values([3, 0; 4, 5])", "[3 sqrt(5), sqrt(5)]" },
                   { "singular_values([1, 2; 2, 4])", "[5, 0]" } }, .lesson = 3, .see = "eigenvalues norm", .words = "svd", .call = singular_values_call },
    { .sig = "definite(A: expr) -> report", .help = "Is a symmetric matrix positive or negative (semi)definite, or indefinite? Exactly, by the signs of its eigenvalues.",
      .example = { { "definite([2, 1; 1, 2])", "positive definite   eigenvalues: 2 positive, 0 zero, 0 negative" }, { "definite([1, 2; 2, 1]).negative", "1" } },
      .lesson = 3, .see = "eigenvalues is_symmetric", .words = "positive negative semidefinite indefinite inertia signature", .call = definite_call },
    { .sig = "is_symmetric(A: expr) -> expr", .help = "Is A equal to its transpose?",
      .example = { { "is_symmetric([1, 2; 2, 3])", "true" },
                   { "is_symmetric([1, 2; 3, 4])", "false" } }, .lesson = 3, .see = "definite transpose", .words = "symmetric", .call = is_symmetric_call },
    { .sig = "expm(A: expr) -> expr", .help = "The exponential of a square matrix of numbers, with certain digits.",
      .example = { { "expm([0, 1; 0, 0])", "[1, 1; 0, 1]" },
                   { "expm(zeros(2, 2))", "[1, 0; 0, 1]" } }, .see = "exp eigenvalues", .words = "matrix exponential", .call = expm_call },
    { 0 }
};
