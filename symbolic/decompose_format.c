/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Factorizations run in a number format. The entries are rounded to the format once, for QR and SVD after a power of two has brought
 * the largest near 1, so that squares neither overflow nor vanish. The product of the factors is then taken in balls of more than
 * twice the precision, and the report says how far it is from the rounded matrix. */
#include "symbolic/decompose.h"

#include "numeric/factor.h"
#include "symbolic/evaluate.h"
#include "symbolic/objective.h"
#include "symbolic/run.h"

#include <math.h>

#if __FLINT_RELEASE >= 30000
#include <flint/arb_mat.h>
#else
#include <arb_mat.h>
#endif

enum { MOST_ROWS = 200, ERROR_DIGITS = 3, GUARD_BITS = 200 };

typedef struct Numeric {
    Call         *c;
    const Format *f;
    size_t        rows, cols;
    void         *at, *by_columns;  /* the matrix, scaled by 2^-scale */
    slong         scale;
    arb_mat_t     exact;            /* the same */
} Numeric;

/* ---- lanes --------------------------------------------------------------------------------------------------------------------- */

/* Entries as lanes, each times 2^-scale and rounded once. */
static bool read_lanes(Numeric *s, const Expr *m)
{
    Pool *p = s->c->pool;
    for (size_t i = 0; i < m->arity; i++) {
        void       *lane = format_at(s->f, s->at, i);
        const Expr *e = expr_mul(p, m->arg[i], expr_powi(p, expr_int(p, 2), -s->scale));
        if (e && expr_is_number(e)) {
            format_set_fmpq(s->f, lane, expr_number(e), NULL);
            continue;
        }
        void *run = e ? expr_run(p, s->c->arena, &e, 1, s->f, s->c->settings->seed) : NULL;
        if (!run)
            return call_fail(s->c, 0, "an entry has no real value in this format"), false;
        format_copy(s->f, lane, run, 1);
    }
    size_t bad = vector_not_finite(s->f, s->at, m->arity);
    if (bad < m->arity)
        return call_fail(s->c, 0, "entry [%zu, %zu] is not finite in %.*s", bad / s->cols + 1, bad % s->cols + 1, STR_ARGS(format_name(s->f, s->c->arena))), false;
    return true;
}

static slong exponent_of(Pool *p, const Expr *m)
{
    double largest = 0;
    acb_t  z;
    acb_init(z);
    for (size_t i = 0; i < m->arity; i++)
        if (expr_enclose(p, m->arg[i], NULL, NULL, 0, 64, z, NULL) == EVAL_OK)
            largest = fmax(largest, fabs(arf_get_d(arb_midref(acb_realref(z)), ARF_RND_NEAR)));
    acb_clear(z);
    return largest > 0 && isfinite(largest) ? ilogb(largest) : 0;
}

static void to_arb(const Numeric *s, arb_mat_t out, const void *lanes, size_t rows, size_t cols, bool by_columns)
{
    arb_mat_init(out, (slong)rows, (slong)cols);
    for (size_t i = 0; i < rows; i++)
        for (size_t j = 0; j < cols; j++)
            format_get_arb(s->f, format_at(s->f, lanes, by_columns ? j * rows + i : i * cols + j), arb_mat_entry(out, (slong)i, (slong)j));
}

static bool numeric_init(Numeric *s, Call *c, const Expr *m, const Format *f, bool scaled)
{
    *s = (Numeric){ .c = c, .f = f, .rows = expr_rows(m), .cols = expr_cols(m) };
    if (!expr_is_numeric(m) || m->flags & EXPR_HAS_I)
        return call_fail(c, 0, "%.*s in a format needs real numbers as entries", STR_ARGS(c->name)), false;
    if (f->rounding == ROUND_STOCHASTIC)
        return call_fail(c, 1, "%.*s does not run with stochastic rounding", STR_ARGS(c->name)), false;
    if (s->rows > MOST_ROWS || s->cols > MOST_ROWS)
        return call_fail(c, 0, "%.*s takes %d rows and columns at most", STR_ARGS(c->name), (int)MOST_ROWS), false;
    s->scale = scaled ? exponent_of(c->pool, m) : 0;
    s->at = format_lanes(f, c->arena, m->arity);
    s->by_columns = format_lanes(f, c->arena, m->arity);
    if (!read_lanes(s, m))
        return false;
    for (size_t i = 0; i < m->arity; i++)
        format_copy(f, format_at(f, s->by_columns, i % s->cols * s->rows + i / s->cols), format_at(f, s->at, i), 1);
    to_arb(s, s->exact, s->at, s->rows, s->cols, false);
    return true;
}

static const Expr *lane_expr(const Numeric *s, const void *lane)
{
    return s->f->family == FAMILY_BALL ? expr_of_lane(s->c->pool, s->f, lane) : float_expr(s->c->pool, s->c->arena, s->f, lane, 0);
}

/* Lanes as a literal; scaled ones get their power of two back, in the format. */
static const Expr *from_lanes(const Numeric *s, void *lanes, size_t rows, size_t cols, bool by_columns, bool scaled)
{
    const Expr **at = arena_array(s->c->arena, const Expr *, rows * cols);
    void        *power = format_lanes(s->f, s->c->arena, 1);
    format_set_double(s->f, power, ldexp(1, (int)s->scale), NULL);
    if (scaled && s->scale)
        vector_op(s->f, TAPE_MUL, lanes, (Operand){ lanes, false }, (Operand){ power, true }, (Operand){ lanes, false }, rows * cols);
    for (size_t i = 0; i < rows; i++)
        for (size_t j = 0; j < cols; j++)
            at[i * cols + j] = lane_expr(s, format_at(s->f, lanes, by_columns ? j * rows + i : i * cols + j));
    return expr_tensor(s->c->pool, rows, cols, at);
}

/* ---- errors ------------------------------------------------------------------------------------------------------------------------ */

static slong error_bits(const Numeric *s) { return 2 * s->f->precision + GUARD_BITS; }

static const Expr *norm_expr(const Numeric *s, const arb_mat_t d, const arb_mat_t by)
{
    Ball  ball = { .digits = ERROR_DIGITS };
    arb_t size;
    acb_init(ball.value);
    arb_init(size);
    arb_mat_frobenius_norm(acb_realref(ball.value), d, error_bits(s));
    if (by) {
        arb_mat_frobenius_norm(size, by, error_bits(s));
        if (!arb_is_zero(size))
            arb_div(acb_realref(ball.value), acb_realref(ball.value), size, error_bits(s));
    }
    arb_get_mid_arb(acb_realref(ball.value), acb_realref(ball.value));
    const Expr *e = arb_is_zero(acb_realref(ball.value)) ? expr_int(s->c->pool, 0) : expr_ball(s->c->pool, &ball);
    arb_clear(size);
    acb_clear(ball.value);
    return e;
}

/* |A - product| / |A|; the product is destroyed. */
static const Expr *residual(const Numeric *s, arb_mat_t product)
{
    arb_mat_sub(product, s->exact, product, error_bits(s));
    return norm_expr(s, product, s->exact);
}

/* |Q^T*Q - 1| of the columns. */
static const Expr *orthogonality(const Numeric *s, const arb_mat_t q)
{
    arb_mat_t t, square;
    slong     n = arb_mat_ncols(q);
    arb_mat_init(t, n, arb_mat_nrows(q));
    arb_mat_init(square, n, n);
    arb_mat_transpose(t, q);
    arb_mat_mul(square, t, q, error_bits(s));
    for (slong i = 0; i < n; i++)
        arb_sub_ui(arb_mat_entry(square, i, i), arb_mat_entry(square, i, i), 1, error_bits(s));
    const Expr *e = norm_expr(s, square, NULL);
    arb_mat_clear(square);
    arb_mat_clear(t);
    return e;
}

static Value finish(Numeric *s, const Factors *f, const char *command, const char *how, const char *product, const Expr *error, const Expr *const *orthogonal, size_t n)
{
    Call   *c = s->c;
    arb_mat_clear(s->exact);
    for (size_t i = 0; i < f->n; i++)
        if (!f->at[i] || f->at[i]->flags & EXPR_HAS_INFINITE)
            return call_fail(c, 0, "%s in %.*s met a number that is not finite", how, STR_ARGS(format_name(s->f, c->arena)));
    Report *r = factors_report(c, f, command);
    Buf     b = buf_new(c->arena);
    buf_printf(&b, "%s in %.*s: |A - %s|/|A| = %.*s", how, STR_ARGS(format_name(s->f, c->arena)), product, STR_ARGS(expr_shown(c, error)));
    report_value(r, "error", value_expr(error));
    for (size_t i = 0; i < n; i++) {
        buf_printf(&b, ", |%s^T*%s - 1| = %.*s", f->name[2 * i], f->name[2 * i], STR_ARGS(expr_shown(c, orthogonal[i])));
        report_value(r, i ? "orthogonality_V" : "orthogonality", value_expr(orthogonal[i]));
    }
    report_note(r, "%.*s", STR_ARGS(buf_str(&b)));
    return value_report(r);
}

/* ---- the factorizations ---------------------------------------------------------------------------------------------------------- */

Value format_lu(Call *c, const Expr *m, const Format *f)
{
    Numeric s;
    if (!numeric_init(&s, c, m, f, false))
        return value_failed();
    size_t       k = s.rows < s.cols ? s.rows : s.cols, *row = arena_array(c->arena, size_t, s.rows);
    void        *l = format_lanes(f, c->arena, s.rows * k), *u = format_lanes(f, c->arena, k * s.cols);
    const Expr **p = arena_array(c->arena, const Expr *, s.rows * s.rows);
    Factors      out = { 0 };
    arb_mat_t    L, U, product, moved;
    factor_lu(f, c->arena, s.at, s.rows, s.cols, row);
    for (size_t i = 0; i < s.rows; i++)
        for (size_t j = 0; j < s.cols; j++) {
            if (j < i && j < k)
                format_copy(f, format_at(f, l, i * k + j), format_at(f, s.at, i * s.cols + j), 1);
            if (i == j)
                format_set_double(f, format_at(f, l, i * k + j), 1, NULL);
            if (j >= i && i < k)
                format_copy(f, format_at(f, u, i * s.cols + j), format_at(f, s.at, i * s.cols + j), 1);
        }
    for (size_t i = 0; i < s.rows * s.rows; i++)
        p[i] = expr_int(c->pool, row[i / s.rows] == i % s.rows);
    to_arb(&s, L, l, s.rows, k, false);
    to_arb(&s, U, u, k, s.cols, false);
    arb_mat_init(product, (slong)s.rows, (slong)s.cols);
    arb_mat_init(moved, (slong)s.rows, (slong)s.cols);
    arb_mat_mul(product, L, U, error_bits(&s));
    for (size_t i = 0; i < s.rows * s.cols; i++)                /* back to the order of A's rows */
        arb_set(arb_mat_entry(moved, (slong)row[i / s.cols], (slong)(i % s.cols)), arb_mat_entry(product, (slong)(i / s.cols), (slong)(i % s.cols)));
    const Expr *error = residual(&s, moved);
    arb_mat_clear(moved);
    arb_mat_clear(product);
    arb_mat_clear(U);
    arb_mat_clear(L);
    factors_add(&out, "L", from_lanes(&s, l, s.rows, k, false, false));
    factors_add(&out, "U", from_lanes(&s, u, k, s.cols, false, false));
    factors_add(&out, "P", expr_tensor(c->pool, s.rows, s.rows, p));
    return finish(&s, &out, "lu", "Gaussian elimination with partial pivoting", "P^T*L*U", error, NULL, 0);
}

Value format_cholesky(Call *c, const Expr *m, const Format *f)
{
    Numeric   s;
    Factors   out = { 0 };
    arb_mat_t L, t, product;
    if (!numeric_init(&s, c, m, f, false))
        return value_failed();
    size_t n = s.rows, bad = factor_cholesky(f, c->arena, s.at, n);
    if (bad < n) {
        arb_mat_clear(s.exact);
        return call_fail(c, 0, "the matrix is not positive definite in %.*s: pivot %zu is not positive", STR_ARGS(format_name(f, c->arena)), bad + 1);
    }
    for (size_t i = 0; i < n; i++)
        for (size_t j = i + 1; j < n; j++)
            format_set_double(f, format_at(f, s.at, i * n + j), 0, NULL);
    to_arb(&s, L, s.at, n, n, false);
    arb_mat_init(t, (slong)n, (slong)n);
    arb_mat_init(product, (slong)n, (slong)n);
    arb_mat_transpose(t, L);
    arb_mat_mul(product, L, t, error_bits(&s));
    const Expr *error = residual(&s, product);
    arb_mat_clear(product);
    arb_mat_clear(t);
    arb_mat_clear(L);
    factors_add(&out, "L", from_lanes(&s, s.at, n, n, false, false));
    return finish(&s, &out, "cholesky", "Cholesky's method", "L*L^T", error, NULL, 0);
}

Value format_qr(Call *c, const Expr *m, const Format *f)
{
    Numeric s;
    if (!numeric_init(&s, c, m, f, true))
        return value_failed();
    size_t    k = s.rows < s.cols ? s.rows : s.cols;
    void     *q = format_lanes(f, c->arena, s.rows * k), *r = format_lanes(f, c->arena, k * s.cols);
    Factors   out = { 0 };
    arb_mat_t Q, R, product;
    factor_qr(f, c->arena, s.by_columns, q, s.rows, s.cols);
    for (size_t j = 0; j < s.cols; j++)
        format_copy(f, format_at(f, r, j * k), format_at(f, s.by_columns, j * s.rows), k);
    to_arb(&s, Q, q, s.rows, k, true);
    to_arb(&s, R, r, k, s.cols, true);
    arb_mat_init(product, (slong)s.rows, (slong)s.cols);
    arb_mat_mul(product, Q, R, error_bits(&s));
    const Expr *error = residual(&s, product), *orthogonal[] = { orthogonality(&s, Q) };
    arb_mat_clear(product);
    arb_mat_clear(R);
    arb_mat_clear(Q);
    factors_add(&out, "Q", from_lanes(&s, q, s.rows, k, true, false));
    factors_add(&out, "R", from_lanes(&s, r, k, s.cols, true, true));
    return finish(&s, &out, "qr", "Householder reflections", "Q*R", error, orthogonal, 1);
}

/* U*diag(S)*V^T in balls, where u and v hold columns. */
static void rebuild(const Numeric *s, arb_mat_t product, const arb_mat_t U, const void *values, const arb_mat_t V)
{
    arb_mat_t scaled, t;
    arb_t     x;
    arb_init(x);
    arb_mat_init(scaled, arb_mat_nrows(U), arb_mat_ncols(U));
    arb_mat_init(t, arb_mat_ncols(V), arb_mat_nrows(V));
    arb_mat_transpose(t, V);
    for (slong j = 0; j < arb_mat_ncols(U); j++) {
        format_get_arb(s->f, format_at(s->f, values, (size_t)j), x);
        for (slong i = 0; i < arb_mat_nrows(U); i++)
            arb_mul(arb_mat_entry(scaled, i, j), arb_mat_entry(U, i, j), x, error_bits(s));
    }
    arb_mat_mul(product, scaled, t, error_bits(s));
    arb_mat_clear(t);
    arb_mat_clear(scaled);
    arb_clear(x);
}

Value format_svd(Call *c, const Expr *m, const Format *f)
{
    Numeric s;
    if (f->family == FAMILY_BALL)
        return call_fail(c, 1, "svd does not run in balls; singular_values gives certain digits");
    if (!numeric_init(&s, c, m, f, true))
        return value_failed();
    bool      wide = s.rows < s.cols;             /* then A^T is taken apart, and U and V change places */
    size_t    n = wide ? s.rows : s.cols, tall = wide ? s.cols : s.rows;
    void     *u = wide ? s.at : s.by_columns, *v = format_lanes(f, c->arena, n * n), *value = format_lanes(f, c->arena, n);
    Factors   out = { 0 };
    arb_mat_t U, V, product;
    if (!factor_svd(f, c->arena, u, value, v, tall, n)) {
        arb_mat_clear(s.exact);
        return call_fail(c, 0, "the rotations did not converge in %.*s", STR_ARGS(format_name(f, c->arena)));
    }
    to_arb(&s, U, wide ? v : u, wide ? n : tall, n, true);
    to_arb(&s, V, wide ? u : v, wide ? tall : n, n, true);
    arb_mat_init(product, (slong)s.rows, (slong)s.cols);
    rebuild(&s, product, U, value, V);
    const Expr *error = residual(&s, product), *orthogonal[] = { orthogonality(&s, U), orthogonality(&s, V) };
    arb_mat_clear(product);
    arb_mat_clear(V);
    arb_mat_clear(U);
    factors_add(&out, "U", from_lanes(&s, wide ? v : u, s.rows, n, true, false));
    factors_add(&out, "S", from_lanes(&s, value, n, 1, true, true));
    factors_add(&out, "V", from_lanes(&s, wide ? u : v, s.cols, n, true, false));
    return finish(&s, &out, "svd", "Jacobi rotations", "U*diag(S)*V^T", error, orthogonal, 2);
}
