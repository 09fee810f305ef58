/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cg, lanczos, power_iteration: methods that only multiply by A, shown step by step. They run in a number format (fp64 if none is named)
 * by numeric/krylov.c. Without a format, cg of a small rational matrix runs exactly: then it ends with the solution after as many
 * steps as A has eigenvalues that b has a part in, which is the theorem behind it. */
#include "numeric/krylov.h"

#include "base/interrupt.h"
#include "symbolic/matrix/exact_matrix.h"
#include "symbolic/matrix/format_matrix.h"
#include "symbolic/matrix/matrix.h"
#include "symbolic/tape/objective.h"

#include <math.h>

enum { EXACT_CG = 12, CG_STEPS_PER_ROW = 10, POWER_STEPS = 1000, MOST_STEPS = 100000, SHOWN_ROWS = 12, TRACE_DIGITS = 4 };

static bool count_option(Call *c, int i, slong most, size_t *out)
{
    slong n;
    if (!call_has(c, (size_t)i))
        return true;
    if (!expr_fits_slong(c->arg[i].expr, &n) || n < 1 || n > most)
        return call_fail(c, i, "%.*s needs a whole number from 1 to %ld here", STR_ARGS(c->name), (long)most), false;
    *out = (size_t)n;
    return true;
}

static bool tolerance_option(Call *c, int i, double *out)
{
    if (!call_has(c, (size_t)i))
        return true;
    const Expr *e = c->arg[i].expr;
    double      x = expr_is_number(e) ? fmpq_get_d(expr_number(e)) : -1;
    if (!(x >= 0 && x < 1))
        return call_fail(c, i, "a tolerance is a number from 0 to 1"), false;
    *out = x;
    return true;
}

/* The vector argument i of A's length as lanes. */
static void *vector_argument(Call *c, int i, const Expr *m, const Format *f)
{
    FormatMatrix s;
    const Expr  *v = matrix_argument(c, i);
    if (!v)
        return NULL;
    if (expr_rows(v) != expr_rows(m) || expr_cols(v) != 1)
        return call_fail(c, i, "the shapes %zu x %zu and %zu x %zu do not fit: this is a vector with a row for each of A", expr_rows(m), expr_cols(m), expr_rows(v), expr_cols(v)), NULL;
    if (!format_matrix_init(&s, c, i, v, f, false))
        return NULL;
    arb_mat_clear(s.exact);
    return s.at;
}

/* First and last iterates of a trace, all of them after `trace`. */
static bool is_shown(Call *c, size_t k, size_t n) { return c->trace || n <= SHOWN_ROWS || k < SHOWN_ROWS / 2 || k + SHOWN_ROWS / 2 >= n; }

static Value number_cell(Call *c, double x) { return value_expr(double_expr(c->pool, c->arena, x, TRACE_DIGITS)); }

static const char *end_text(KrylovEnd end)
{
    switch (end) {
    case KRYLOV_CONVERGED:    return "converged";
    case KRYLOV_STEPS:        return "not converged";
    case KRYLOV_NOT_POSITIVE: return "stopped: p^T*A*p is not positive, so the matrix is not positive definite, or rounding hides it";
    case KRYLOV_NOT_FINITE:   return "stopped: a number is 0 or not finite";
    case KRYLOV_STOPPED:      return "interrupted";
    }
    return "";
}

/* ---- conjugate gradients ----------------------------------------------------------------------------------------------------------- */

static void cg_rows(Call *c, Report *r, const double *residual, size_t n)
{
    Table *t = report_table(r, "steps", "step residual");
    r->traced = true;
    for (size_t k = 0; k < n; k++)
        if (is_shown(c, k, n))
            table_row(r, t, (Value[]){ value_expr(expr_int(c->pool, (slong)k)), number_cell(c, residual[k]) });
}

typedef struct ExactCg { fmpq_mat_t a, x, r, p, q; fmpq_t rr, step, old; } ExactCg;

static void exact_init(ExactCg *s, slong n)
{
    fmpq_mat_init(s->x, n, 1);
    fmpq_mat_init(s->q, n, 1);
    fmpq_init(s->rr);
    fmpq_init(s->step);
    fmpq_init(s->old);
}

static void exact_clear(ExactCg *s)
{
    fmpq_mat_clear(s->a);
    fmpq_mat_clear(s->x);
    fmpq_mat_clear(s->r);
    fmpq_mat_clear(s->p);
    fmpq_mat_clear(s->q);
    fmpq_clear(s->rr);
    fmpq_clear(s->step);
    fmpq_clear(s->old);
}

static void exact_dot(fmpq_t out, const fmpq_mat_t u, const fmpq_mat_t v)
{
    fmpq_zero(out);
    for (slong i = 0; i < fmpq_mat_nrows(u); i++)
        fmpq_addmul(out, fmpq_mat_entry(u, i, 0), fmpq_mat_entry(v, i, 0));
}

/* y = y + s*x */
static void exact_add(fmpq_mat_t y, const fmpq_t s, const fmpq_mat_t x)
{
    for (slong i = 0; i < fmpq_mat_nrows(y); i++)
        fmpq_addmul(fmpq_mat_entry(y, i, 0), s, fmpq_mat_entry(x, i, 0));
}

/* One step; false: p^T*A*p is not positive. */
static bool exact_step(ExactCg *s)
{
    fmpq_mat_mul(s->q, s->a, s->p);
    exact_dot(s->step, s->p, s->q);
    if (fmpq_sgn(s->step) <= 0)
        return false;
    fmpq_div(s->step, s->rr, s->step);
    exact_add(s->x, s->step, s->p);
    fmpq_neg(s->step, s->step);
    exact_add(s->r, s->step, s->q);
    fmpq_set(s->old, s->rr);
    exact_dot(s->rr, s->r, s->r);
    fmpq_div(s->step, s->rr, s->old);
    fmpq_mat_scalar_mul_fmpz(s->p, s->p, fmpq_numref(s->step));
    fmpq_mat_scalar_div_fmpz(s->p, s->p, fmpq_denref(s->step));
    fmpq_mat_add(s->p, s->p, s->r);
    return true;
}

static Value exact_cg(Call *c, const Expr *m, const Expr *b, size_t steps)
{
    ExactCg s;
    size_t  n = expr_rows(m), k = 0;
    double *residual = arena_array(c->arena, double, n + 2);
    bool    positive = true;
    if (expr_rows(b) != n || expr_cols(b) != 1)
        return call_fail(c, 1, "the shapes %zu x %zu and %zu x %zu do not fit: b is a vector with a row for each of A", n, n, expr_rows(b), expr_cols(b));
    tensor_get_fmpq_mat(s.a, m);
    tensor_get_fmpq_mat(s.r, b);
    tensor_get_fmpq_mat(s.p, b);
    exact_init(&s, (slong)n);
    exact_dot(s.rr, s.r, s.r);
    for (;; k++) {
        residual[k] = sqrt(fmpq_get_d(s.rr));
        if (fmpq_is_zero(s.rr) || k == steps || k > n || should_stop() || !(positive = exact_step(&s)))
            break;
    }
    const Expr *x = tensor_of_fmpq_mat(c->pool, s.x);
    bool        done = fmpq_is_zero(s.rr);
    exact_clear(&s);
    if (!positive)
        return call_fail(c, 0, "the matrix is not positive definite: p^T*A*p <= 0 in step %zu", k + 1);
    Report *r = report_new(c->arena, "cg");
    r->main = value_expr(x);
    report_value(r, "steps_taken", value_expr(expr_int(c->pool, (slong)k)));
    cg_rows(c, r, residual, k + 1);
    report_note(r, "exact arithmetic: %s after %zu step%s", done ? "the solution" : "not yet the solution", k, k == 1 ? "" : "s");
    return value_report(r);
}

static Value format_cg(Call *c, const Expr *m, const Format *f, size_t steps)
{
    FormatMatrix s;
    double       tolerance = ldexp(1, (int)-(f->precision < 1000 ? f->precision : 1000)) * 8;
    if (!tolerance_option(c, 3, &tolerance) || !format_matrix_init(&s, c, 0, m, f, false))
        return value_failed();
    void       *b = vector_argument(c, 1, m, f), *x = format_lanes(f, c->arena, s.rows);
    KrylovTrace trace = { .residual = arena_array(c->arena, double, steps + 1) };
    arb_mat_t   X, B, d;
    if (!b) {
        arb_mat_clear(s.exact);
        return value_failed();
    }
    KrylovEnd end = krylov_cg(f, c->arena, s.at, b, x, s.rows, steps, tolerance, &trace);
    format_matrix_arb(&s, X, x, s.rows, 1, true);
    format_matrix_arb(&s, B, b, s.rows, 1, true);
    arb_mat_init(d, (slong)s.rows, 1);
    arb_mat_mul(d, s.exact, X, format_matrix_bits(&s));
    arb_mat_sub(d, B, d, format_matrix_bits(&s));
    const Expr *error = format_matrix_norm(&s, d, B);
    arb_mat_clear(d);
    arb_mat_clear(B);
    arb_mat_clear(X);
    arb_mat_clear(s.exact);
    Report *r = report_new(c->arena, "cg");
    r->main = value_expr(format_matrix_expr(&s, x, s.rows, 1, true, false));
    report_value(r, "steps_taken", value_expr(expr_int(c->pool, (slong)trace.n - 1)));
    report_value(r, "status", value_text(str_of(end_text(end))));
    report_value(r, "error", value_expr(error));
    cg_rows(c, r, trace.residual, trace.n);
    report_note(r, "conjugate gradients in %.*s, %zu step%s, %s", STR_ARGS(format_name(f, c->arena)), trace.n - 1, trace.n == 2 ? "" : "s", end_text(end));
    report_note(r, "|b - A*x|/|b| = %.*s, computed exactly", STR_ARGS(expr_shown(c, error)));
    return value_report(r);
}

static Value cg_call(Call *c)
{
    Format      fp64;
    const Expr *m = symmetric_argument(c, 0), *b = m ? matrix_argument(c, 1) : NULL;
    if (!b)
        return value_failed();
    size_t steps = CG_STEPS_PER_ROW * expr_rows(m);
    if (!count_option(c, 2, MOST_STEPS, &steps))
        return value_failed();
    if (!call_has(c, 4) && !call_has(c, 3) && expr_rows(m) <= EXACT_CG && tensor_is_rational(m) && tensor_is_rational(b))
        return exact_cg(c, m, b, steps);
    return format_cg(c, m, format_option(c, 4, &fp64), steps);
}

/* ---- Lanczos ---------------------------------------------------------------------------------------------------------------------- */

/* The start: given, or random by the seed of the session; divided by its length. False: it is 0. */
static bool start_vector(Call *c, int i, const FormatMatrix *s, const Expr *m, void *x)
{
    const Format *f = s->f;
    void         *given = call_has(c, (size_t)i) ? vector_argument(c, i, m, f) : NULL, *length = format_lanes(f, c->arena, 1);
    Rng           random = rng_stream(c->settings->seed, STR("start vector"));
    if (!given && call_has(c, (size_t)i))
        return false;
    for (size_t k = 0; k < s->rows; k++)
        if (given)
            format_copy(f, format_at(f, x, k), format_at(f, given, k), 1);
        else
            format_set_double(f, format_at(f, x, k), rng_normal(&random), NULL);
    vector_dot(f, length, x, x, s->rows);
    vector_op(f, TAPE_SQRT, length, (Operand){ length, true }, (Operand){ length, true }, (Operand){ length, true }, 1);
    if (!(format_get_double(f, length) > 0))
        return call_fail(c, given ? i : 0, "the method needs a start that is not 0"), false;
    vector_op(f, TAPE_DIV, x, (Operand){ x, false }, (Operand){ length, true }, (Operand){ x, false }, s->rows);
    return true;
}

/* The tridiagonal matrix as lanes by rows. */
static void *tridiagonal(const FormatMatrix *s, const void *alpha, const void *beta, size_t k)
{
    void *t = format_lanes(s->f, s->c->arena, k * k);
    for (size_t i = 0; i < k; i++) {
        format_copy(s->f, format_at(s->f, t, i * k + i), format_at(s->f, alpha, i), 1);
        if (i + 1 < k) {
            format_copy(s->f, format_at(s->f, t, i * k + i + 1), format_at(s->f, beta, i), 1);
            format_copy(s->f, format_at(s->f, t, (i + 1) * k + i), format_at(s->f, beta, i), 1);
        }
    }
    return t;
}

static Value lanczos_report(FormatMatrix *s, void *q, const void *alpha, const void *beta, size_t k, size_t wanted)
{
    Call         *c = s->c;
    const Format *f = s->f;
    void         *t = tridiagonal(s, alpha, beta, k), *ritz = format_lanes(f, c->arena, k), *v = format_lanes(f, c->arena, k * k);
    Factors       out = { 0 };
    arb_mat_t     Q;
    factors_add(&out, "T", format_matrix_expr(s, t, k, k, false, false));
    factors_add(&out, "Q", format_matrix_expr(s, q, s->rows, k, true, false));
    format_matrix_arb(s, Q, q, s->rows, k, true);
    const Expr *orthogonal = format_matrix_orthogonality(s, Q);
    bool        fine = factor_eigen(f, c->arena, t, ritz, v, k);
    arb_mat_clear(Q);
    arb_mat_clear(s->exact);
    if (!fine)
        return call_fail(c, 0, "Lanczos' method in %.*s met a number that is not finite", STR_ARGS(format_name(f, c->arena)));
    factors_add(&out, "values", format_matrix_expr(s, ritz, k, 1, true, false));
    Report *r = factors_report(c, &out, "lanczos");
    report_value(r, "orthogonality", value_expr(orthogonal));
    report_note(r, "Lanczos in %.*s: %zu step%s, |Q^T*Q - 1| = %.*s", STR_ARGS(format_name(f, c->arena)), k, k == 1 ? "" : "s", STR_ARGS(expr_shown(c, orthogonal)));
    if (k < wanted)
        report_note(r, "the start lies in a space of dimension %zu that A keeps: its values are eigenvalues", k);
    return value_report(r);
}

static Value lanczos_call(Call *c)
{
    Format        fp64;
    FormatMatrix  s;
    const Expr   *m = symmetric_argument(c, 0);
    const Format *f = format_option(c, 4, &fp64);
    size_t        n = m ? expr_rows(m) : 0, k = n;
    if (!m || !count_option(c, 1, (slong)n, &k))
        return value_failed();
    if (f->family == FAMILY_BALL)
        return call_fail(c, 4, "lanczos does not run in balls");
    if (call_has(c, 3) && !expr_is_constant(c->arg[3].expr, CONSTANT_TRUE) && !expr_is_constant(c->arg[3].expr, CONSTANT_FALSE))
        return call_fail(c, 3, "reorthogonalize: is true or false");
    if (!format_matrix_init(&s, c, 0, m, f, false))
        return value_failed();
    bool  again = !call_has(c, 3) || expr_is_constant(c->arg[3].expr, CONSTANT_TRUE);
    void *q = format_lanes(f, c->arena, n * k), *alpha = format_lanes(f, c->arena, k), *beta = format_lanes(f, c->arena, k);
    if (!start_vector(c, 2, &s, m, q)) {
        arb_mat_clear(s.exact);
        return value_failed();
    }
    size_t made = krylov_lanczos(f, c->arena, s.at, q, alpha, beta, n, k, again);
    return lanczos_report(&s, q, alpha, beta, made, k);
}

/* ---- power iteration --------------------------------------------------------------------------------------------------------------- */

/* The mean factor by which the residual fell from step to step, over the second half of the way; 0 if there is none. */
static double rate_of(const KrylovTrace *t)
{
    size_t last = t->n - 1, from = last / 2;
    if (last < 4 || !(t->residual[last] > 0) || !(t->residual[from] > 0))
        return 0;
    return pow(t->residual[last] / t->residual[from], 1 / (double)(last - from));
}

static Value power_report(FormatMatrix *s, void *x, const KrylovTrace *trace, KrylovEnd end)
{
    Call         *c = s->c;
    const Format *f = s->f;
    size_t        last = trace->n - 1;
    Report       *r = report_new(c->arena, "power_iteration");
    Table        *t = report_table(r, "steps", "step value residual");
    double        rate = rate_of(trace);
    for (size_t k = 0; k < trace->n; k++)
        if (is_shown(c, k, trace->n))
            table_row(r, t, (Value[]){ value_expr(expr_int(c->pool, (slong)k)), value_expr(format_matrix_lane(s, format_at(f, trace->value, k))), number_cell(c, trace->residual[k]) });
    r->traced = true;
    r->main = value_expr(format_matrix_lane(s, format_at(f, trace->value, last)));
    report_value(r, "value", r->main);
    report_value(r, "vector", value_expr(format_matrix_expr(s, x, s->rows, 1, true, false)));
    report_value(r, "status", value_text(str_of(end_text(end))));
    report_note(r, "power iteration in %.*s, %zu step%s, %s", STR_ARGS(format_name(f, c->arena)), last, last == 1 ? "" : "s", end_text(end));
    if (rate > 0 && rate < 1)
        report_note(r, "the residual falls by a factor of %.3g in a step: the ratio of the two largest eigenvalues", rate);
    if (end == KRYLOV_STEPS)
        report_note(r, "two eigenvalues of one size (a and -a, or a complex pair) never settle; eigenvalues(A) gives all");
    return value_report(r);
}

static Value power_call(Call *c)
{
    Format        fp64;
    FormatMatrix  s;
    const Expr   *m = square_argument(c, 0);
    const Format *f = format_option(c, 4, &fp64);
    size_t        steps = POWER_STEPS;
    double        tolerance = ldexp(1, (int)-(f->precision < 1000 ? f->precision : 1000)) * 16;
    if (!m || !count_option(c, 2, MOST_STEPS, &steps) || !tolerance_option(c, 3, &tolerance))
        return value_failed();
    if (!format_matrix_init(&s, c, 0, m, f, false))
        return value_failed();
    void *x = format_lanes(f, c->arena, s.rows);
    bool  fine = start_vector(c, 1, &s, m, x);
    arb_mat_clear(s.exact);
    if (!fine)
        return value_failed();
    KrylovTrace trace = { .residual = arena_array(c->arena, double, steps + 1), .value = format_lanes(f, c->arena, steps + 1) };
    KrylovEnd   end = krylov_power(f, c->arena, s.at, x, s.rows, steps, tolerance, &trace);
    return power_report(&s, x, &trace, end);
}

extern const Builtin krylov_builtins[];
const Builtin krylov_builtins[] = {
    { .sig = "cg(A: expr, b: expr; steps: int?, tolerance: scalar?, format: format?) -> report",
      .help = "A*x = b by conjugate gradients for a symmetric positive definite A: exactly where A is small and rational, or in a number format, with the residuals.",
      .example = { { "cg([4, 1; 1, 3], [1, 2])", "[1/11, 7/11]" }, { "cg([4, 1; 1, 3], [1, 2]).steps_taken", "2" } },
      .lesson = 13, .see = "linear_solve cholesky lanczos", .words = "conjugate gradient Krylov iterative solver pcg", .call = cg_call },
    { .sig = "lanczos(A: expr, k: int?; from: expr?, reorthogonalize: expr?, format: format?) -> report",
      .help = "k steps of Lanczos' method on a symmetric matrix: T = Q^T*A*Q tridiagonal, and its eigenvalues. reorthogonalize: false shows what rounding does to Q.",
      .example = { { "lanczos([2, 1, 0; 1, 2, 1; 0, 1, 2], 2, from: [1, 0, 0]).T", "[2, 1; 1, 2]" },
                   { "lanczos([1, 0; 0, 2], 1, from: [1, 0]).T", "[1]" } },
      .lesson = 16, .see = "eigenvalues power_iteration cg", .words = "Krylov tridiagonal Ritz", .call = lanczos_call },
    { .sig = "power_iteration(A: expr; from: expr?, steps: int?, tolerance: scalar?, format: format?) -> report",
      .help = "The eigenvalue of largest size and its eigenvector, by repeated multiplication.",
      .example = { { "power_iteration([2, 0; 0, 1]).value", "2" },
                   { "power_iteration([2, 1; 1, 2], from: [1, 0]).value", "3" } },
      .lesson = 16, .see = "eigenvalues lanczos", .words = "dominant eigenvalue von Mises eigs", .call = power_call },
    { 0 }
};
