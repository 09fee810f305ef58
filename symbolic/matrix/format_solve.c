/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A*x = b in a number format: by LU with partial pivoting, least squares by QR, or by singular values where the columns depend on each
 * other in the format or are more than the rows (the shortest x then). The report holds what a lesson asks for: the backward
 * error |b - A*x|/(|A| |x| + |b|) [Rigal, Gaches 1967], the error against the solution in balls, the condition number. */
#include "symbolic/matrix/format_solve.h"

#include "symbolic/matrix/format_matrix.h"
#include "symbolic/matrix/matrix.h"

#include <math.h>

typedef struct System {
    FormatMatrix a, b;
    size_t       k;                 /* columns of b */
    void        *x;                 /* n x k by columns */
    arb_mat_t    X;                 /* the same, exactly */
} System;

static void clear(System *s)
{
    arb_mat_clear(s->a.exact);
    arb_mat_clear(s->b.exact);
}

static bool system_init(System *s, Call *c, const Expr *m, const Expr *b, const Format *f, bool scaled)
{
    if (expr_rows(m) != expr_rows(b))
        return call_fail(c, 1, "the shapes %zu x %zu and %zu x %zu do not fit: A and b need the same number of rows", expr_rows(m), expr_cols(m), expr_rows(b), expr_cols(b)), false;
    if (!format_matrix_init(&s->a, c, 0, m, f, scaled))
        return false;
    if (!format_matrix_init(&s->b, c, 1, b, f, scaled)) {
        arb_mat_clear(s->a.exact);
        return false;
    }
    s->k = expr_cols(b);
    s->x = format_lanes(f, c->arena, expr_cols(m) * s->k);
    return true;
}

/* ---- errors ---------------------------------------------------------------------------------------------------------------------- */

static void frobenius(const System *s, arb_t out, const arb_mat_t m)
{
    arb_mat_frobenius_norm(out, m, format_matrix_bits(&s->a));
}

/* d = b - A*x */
static void residual_of(const System *s, arb_mat_t d)
{
    arb_mat_init(d, (slong)s->a.rows, (slong)s->k);
    arb_mat_mul(d, s->a.exact, s->X, format_matrix_bits(&s->a));
    arb_mat_sub(d, s->b.exact, d, format_matrix_bits(&s->a));
}

static const Expr *number_expr(const System *s, const arb_t x)
{
    arb_mat_t m;
    arb_mat_init(m, 1, 1);
    arb_set(arb_mat_entry(m, 0, 0), x);
    const Expr *e = format_matrix_norm(&s->a, m, NULL);
    arb_mat_clear(m);
    return e;
}

static void note_error(const System *s, Report *r, Buf *b, const char *name, const char *field, const Expr *e)
{
    buf_printf(b, "%s%s %.*s", b->n ? ", " : "", name, STR_ARGS(expr_shown(s->a.c, e)));
    report_value(r, field, value_expr(e));
}

static void add_backward_error(const System *s, Report *r, Buf *note)
{
    slong     prec = format_matrix_bits(&s->a);
    arb_mat_t d;
    arb_t     size, x, b;
    arb_init(size);
    arb_init(x);
    arb_init(b);
    residual_of(s, d);
    frobenius(s, x, s->X);
    frobenius(s, size, s->a.exact);
    arb_mul(size, size, x, prec);
    frobenius(s, b, s->b.exact);
    arb_add(size, size, b, prec);
    frobenius(s, x, d);
    if (!arb_is_zero(size))
        arb_div(x, x, size, prec);
    note_error(s, r, note, "backward error", "backward_error", number_expr(s, x));
    arb_mat_clear(d);
    arb_clear(b);
    arb_clear(x);
    arb_clear(size);
}

/* A^-1, (A^T A)^-1 A^T or A^T (A A^T)^-1: false where that does not exist. */
static bool pseudoinverse_of(const System *s, arb_mat_t out)
{
    slong     m = (slong)s->a.rows, n = (slong)s->a.cols, k = m < n ? m : n, prec = format_matrix_bits(&s->a);
    arb_mat_t t, square;
    arb_mat_init(out, n, m);
    if (m == n)
        return arb_mat_inv(out, s->a.exact, prec);
    arb_mat_init(t, n, m);
    arb_mat_init(square, k, k);
    arb_mat_transpose(t, s->a.exact);
    if (m < n)
        arb_mat_mul(square, s->a.exact, t, prec);
    else
        arb_mat_mul(square, t, s->a.exact, prec);
    bool regular = arb_mat_inv(square, square, prec);
    if (regular && m < n)
        arb_mat_mul(out, t, square, prec);
    else if (regular)
        arb_mat_mul(out, square, t, prec);
    arb_mat_clear(square);
    arb_mat_clear(t);
    return regular;
}

/* Against the solution of the system as rounded, and the condition number |A| |A^-1|; nothing where A has not full rank. */
static void add_true_error(const System *s, Report *r, Buf *note)
{
    slong     prec = format_matrix_bits(&s->a);
    arb_mat_t inverse, truth;
    arb_t     x, y;
    arb_mat_init(truth, (slong)s->a.cols, (slong)s->k);
    arb_init(x);
    arb_init(y);
    if (pseudoinverse_of(s, inverse)) {
        arb_mat_mul(truth, inverse, s->b.exact, prec);
        frobenius(s, y, truth);
        arb_mat_sub(truth, s->X, truth, prec);
        frobenius(s, x, truth);
        if (arb_is_positive(y)) {
            arb_div(x, x, y, prec);
            note_error(s, r, note, "relative error", "relative_error", number_expr(s, x));
        }
        frobenius(s, x, inverse);
        frobenius(s, y, s->a.exact);
        arb_mul(x, x, y, prec);
        note_error(s, r, note, "condition number", "condition", number_expr(s, x));
    }
    arb_clear(y);
    arb_clear(x);
    arb_mat_clear(truth);
    arb_mat_clear(inverse);
}

/* x as a literal, with the powers of two of A and b put back in two steps, so that neither leaves the format. */
static const Expr *solution_expr(System *s)
{
    slong        scale = s->b.scale - s->a.scale;
    FormatMatrix half = s->a;
    size_t       n = s->a.cols;
    half.scale = scale / 2;
    format_matrix_expr(&half, s->x, n, s->k, true, true);
    half.scale = scale - scale / 2;
    return format_matrix_expr(&half, s->x, n, s->k, true, true);
}

static Value singular(System *s)
{
    clear(s);
    return call_fail(s->a.c, 0, "the matrix is singular in %.*s: a pivot is 0", STR_ARGS(format_name(s->a.f, s->a.c->arena)));
}

/* The report of x with its errors: of a square system, or of least squares. */
static Value finish(System *s, const char *how, size_t rank, bool square)
{
    Call      *c = s->a.c;
    Report    *r = report_new(c->arena, str_printf(c->arena, "%.*s", STR_ARGS(c->name)).s);
    Buf        note = buf_new(c->arena), errors = buf_new(c->arena);
    format_matrix_arb(&s->a, s->X, s->x, s->a.cols, s->k, true);
    const Expr *x = solution_expr(s);
    bool        finite = x && !(x->flags & EXPR_HAS_INFINITE);
    if (finite && square)
        add_backward_error(s, r, &errors);
    if (finite && !square) {
        arb_mat_t d;
        residual_of(s, d);
        arb_mat_scalar_mul_2exp_si(d, d, s->b.scale);
        note_error(s, r, &errors, "|b - A*x| =", "residual", format_matrix_norm(&s->a, d, NULL));
        report_value(r, "rank", value_expr(expr_int(c->pool, (slong)rank)));
        buf_printf(&errors, ", rank %zu", rank);
        arb_mat_clear(d);
    }
    if (finite && rank == (s->a.rows < s->a.cols ? s->a.rows : s->a.cols))
        add_true_error(s, r, &errors);
    arb_mat_clear(s->X);
    clear(s);
    if (!finite)
        return call_fail(c, 0, "%s in %.*s met a number that is not finite", how, STR_ARGS(format_name(s->a.f, c->arena)));
    r->main = value_expr(x);
    buf_printf(&note, "%s in %.*s: %.*s", how, STR_ARGS(format_name(s->a.f, c->arena)), STR_ARGS(buf_str(&errors)));
    report_note(r, "%.*s", STR_ARGS(buf_str(&note)));
    return value_report(r);
}

/* ---- by elimination -------------------------------------------------------------------------------------------------------------- */

static Value solve_system(Call *c, const Expr *m, const Expr *b, const Format *f)
{
    System  s;
    size_t  n = expr_rows(m), *row = arena_array(c->arena, size_t, n);
    if (!system_init(&s, c, m, b, f, false))
        return value_failed();
    factor_lu(f, c->arena, s.a.at, n, n, row);
    for (size_t j = 0; j < s.k; j++)
        if (!factor_solve_lu(f, s.a.at, row, format_at(f, s.b.by_columns, j * n), format_at(f, s.x, j * n), n))
            return singular(&s);
    return finish(&s, "LU with partial pivoting", n, true);
}

Value format_solve(Call *c, const Expr *m, const Expr *b, const Format *f)
{
    if (expr_rows(m) != expr_cols(m)) {
        call_fail(c, 0, "%.*s in a format needs a square matrix, found %zu x %zu", STR_ARGS(c->name), expr_rows(m), expr_cols(m));
        diag_hint(c->diag, "lstsq solves in the sense of least squares");
        return value_failed();
    }
    return solve_system(c, m, b, f);
}

Value format_inverse(Call *c, const Expr *m, const Format *f)
{
    const Expr *one = expr_identity(c->pool, expr_int(c->pool, (slong)expr_rows(m)));
    return one ? solve_system(c, m, one->kind == EXPR_TENSOR ? one : expr_tensor(c->pool, 1, 1, &one), f) : value_failed();
}

Value format_det(Call *c, const Expr *m, const Format *f)
{
    FormatMatrix s;
    size_t       n = expr_rows(m), *row = arena_array(c->arena, size_t, n);
    void        *det = format_lanes(f, c->arena, 1);
    arb_t        truth, value;
    if (!format_matrix_init(&s, c, 0, m, f, false))
        return value_failed();
    factor_lu(f, c->arena, s.at, n, n, row);
    format_set_double(f, det, 1, NULL);
    for (size_t i = 0; i < n; i++)
        vector_op(f, TAPE_MUL, det, (Operand){ det, true }, (Operand){ format_at(f, s.at, i * (n + 1)), true }, (Operand){ det, true }, 1);
    for (size_t i = 0; i < n; i++)
        while (row[i] != i) {                     /* each exchange of rows turns the sign */
            size_t j = row[i];
            row[i] = row[j];
            row[j] = j;
            vector_op(f, TAPE_NEG, det, (Operand){ det, true }, (Operand){ det, true }, (Operand){ det, true }, 1);
        }
    arb_init(truth);
    arb_init(value);
    arb_mat_det(truth, s.exact, format_matrix_bits(&s));
    format_get_arb(f, det, value);
    arb_sub(value, value, truth, format_matrix_bits(&s));
    bool nonzero = !arb_contains_zero(truth);
    if (nonzero)
        arb_div(value, value, truth, format_matrix_bits(&s));
    arb_abs(value, value);
    System      shown = { .a = s };
    Report     *r = report_new(c->arena, "det");
    const Expr *error = arb_is_finite(value) ? number_expr(&shown, value) : NULL;
    r->main = value_expr(format_matrix_lane(&s, det));
    if (error) {
        report_value(r, "relative_error", value_expr(error));
        report_note(r, "LU with partial pivoting in %.*s: %s error %.*s", STR_ARGS(format_name(f, c->arena)), nonzero ? "relative" : "absolute", STR_ARGS(expr_shown(c, error)));
    }
    arb_clear(value);
    arb_clear(truth);
    arb_mat_clear(s.exact);
    return value_report(r);
}

/* ---- least squares ------------------------------------------------------------------------------------------------------------- */

typedef struct Values { void *u, *s, *v; size_t rank; bool wide; } Values;     /* A or, if it is wide, A^T */

static bool take_apart(System *s, Values *w)
{
    const Format *f = s->a.f;
    Arena        *a = s->a.c->arena;
    size_t        m = s->a.rows, n = s->a.cols;
    w->wide = m < n;
    size_t k = w->wide ? m : n, tall = w->wide ? n : m;
    w->u = format_lanes(f, a, m * n);
    w->s = format_lanes(f, a, k);
    w->v = format_lanes(f, a, k * k);
    format_copy(f, w->u, w->wide ? s->a.at : s->a.by_columns, m * n);
    if (!factor_svd(f, a, w->u, w->s, w->v, tall, k)) {
        clear(s);
        return call_fail(s->a.c, 0, "the rotations did not converge in %.*s", STR_ARGS(format_name(f, a))), false;
    }
    w->rank = factor_rank(f, w->s, tall, k);
    return true;
}

static Value least_squares(Call *c, const Expr *m, const Expr *b, const Format *f, bool by_values)
{
    System  s;
    Values  w;
    if (f->family == FAMILY_BALL)
        return call_fail(c, -1, "%.*s does not run in balls", STR_ARGS(c->name));
    if (!system_init(&s, c, m, b, f, true))
        return value_failed();
    if (!take_apart(&s, &w))
        return value_failed();
    size_t rows = s.a.rows, n = s.a.cols;
    bool   qr = !by_values && !w.wide && w.rank == n;
    void  *q = format_lanes(f, c->arena, rows * n);
    if (qr)
        factor_qr(f, c->arena, s.a.by_columns, q, rows, n);
    for (size_t j = 0; j < s.k; j++) {
        void *right = format_at(f, s.b.by_columns, j * rows), *x = format_at(f, s.x, j * n);
        if (qr)
            factor_solve_qr(f, q, s.a.by_columns, right, x, rows, n);
        else
            factor_solve_svd(f, c->arena, w.wide ? w.v : w.u, w.s, w.wide ? w.u : w.v, w.rank, right, x, rows, n);
    }
    return finish(&s, qr ? "Householder QR" : "singular values by Jacobi rotations", w.rank, false);
}

Value format_lstsq(Call *c, const Expr *m, const Expr *b, const Format *f) { return least_squares(c, m, b, f, false); }

Value format_pinv(Call *c, const Expr *m, const Format *f)
{
    const Expr *one = expr_identity(c->pool, expr_int(c->pool, (slong)expr_rows(m)));
    return one ? least_squares(c, m, one->kind == EXPR_TENSOR ? one : expr_tensor(c->pool, 1, 1, &one), f, true) : value_failed();
}
