/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Factorizations run in a number format. The product of the factors is then taken in balls, and the report says how far it is from the
 * matrix as rounded to the format. */
#include "symbolic/matrix/format_matrix.h"

Value format_lu(Call *c, const Expr *m, const Format *f)
{
    FormatMatrix s;
    if (!format_matrix_init(&s, c, 0, m, f, false))
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
    format_matrix_arb(&s, L, l, s.rows, k, false);
    format_matrix_arb(&s, U, u, k, s.cols, false);
    arb_mat_init(product, (slong)s.rows, (slong)s.cols);
    arb_mat_init(moved, (slong)s.rows, (slong)s.cols);
    arb_mat_mul(product, L, U, format_matrix_bits(&s));
    for (size_t i = 0; i < s.rows * s.cols; i++)                /* back to the order of A's rows */
        arb_set(arb_mat_entry(moved, (slong)row[i / s.cols], (slong)(i % s.cols)), arb_mat_entry(product, (slong)(i / s.cols), (slong)(i % s.cols)));
    const Expr *error = format_matrix_residual(&s, moved);
    arb_mat_clear(moved);
    arb_mat_clear(product);
    arb_mat_clear(U);
    arb_mat_clear(L);
    factors_add(&out, "L", format_matrix_expr(&s, l, s.rows, k, false, false));
    factors_add(&out, "U", format_matrix_expr(&s, u, k, s.cols, false, false));
    factors_add(&out, "P", expr_tensor(c->pool, s.rows, s.rows, p));
    return value_report(format_matrix_finish(&s, &out, "lu", "Gaussian elimination with partial pivoting", "P^T*L*U", error, NULL, 0));
}

Value format_cholesky(Call *c, const Expr *m, const Format *f)
{
    FormatMatrix s;
    Factors   out = { 0 };
    arb_mat_t L, t, product;
    if (!format_matrix_init(&s, c, 0, m, f, false))
        return value_failed();
    size_t n = s.rows, bad = factor_cholesky(f, c->arena, s.at, n);
    if (bad < n) {
        arb_mat_clear(s.exact);
        return call_fail(c, 0, "the matrix is not positive definite in %.*s: pivot %zu is not positive", STR_ARGS(format_name(f, c->arena)), bad + 1);
    }
    for (size_t i = 0; i < n; i++)
        for (size_t j = i + 1; j < n; j++)
            format_set_double(f, format_at(f, s.at, i * n + j), 0, NULL);
    format_matrix_arb(&s, L, s.at, n, n, false);
    arb_mat_init(t, (slong)n, (slong)n);
    arb_mat_init(product, (slong)n, (slong)n);
    arb_mat_transpose(t, L);
    arb_mat_mul(product, L, t, format_matrix_bits(&s));
    const Expr *error = format_matrix_residual(&s, product);
    arb_mat_clear(product);
    arb_mat_clear(t);
    arb_mat_clear(L);
    factors_add(&out, "L", format_matrix_expr(&s, s.at, n, n, false, false));
    return value_report(format_matrix_finish(&s, &out, "cholesky", "Cholesky's method", "L*L^T", error, NULL, 0));
}

Value format_qr(Call *c, const Expr *m, const Format *f)
{
    FormatMatrix s;
    if (!format_matrix_init(&s, c, 0, m, f, true))
        return value_failed();
    size_t    k = s.rows < s.cols ? s.rows : s.cols;
    void     *q = format_lanes(f, c->arena, s.rows * k), *r = format_lanes(f, c->arena, k * s.cols);
    Factors   out = { 0 };
    arb_mat_t Q, R, product;
    factor_qr(f, c->arena, s.by_columns, q, s.rows, s.cols);
    for (size_t j = 0; j < s.cols; j++)
        format_copy(f, format_at(f, r, j * k), format_at(f, s.by_columns, j * s.rows), k);
    format_matrix_arb(&s, Q, q, s.rows, k, true);
    format_matrix_arb(&s, R, r, k, s.cols, true);
    arb_mat_init(product, (slong)s.rows, (slong)s.cols);
    arb_mat_mul(product, Q, R, format_matrix_bits(&s));
    const Expr *error = format_matrix_residual(&s, product), *orthogonal[] = { format_matrix_orthogonality(&s, Q) };
    arb_mat_clear(product);
    arb_mat_clear(R);
    arb_mat_clear(Q);
    factors_add(&out, "Q", format_matrix_expr(&s, q, s.rows, k, true, false));
    factors_add(&out, "R", format_matrix_expr(&s, r, k, s.cols, true, true));
    return value_report(format_matrix_finish(&s, &out, "qr", "Householder reflections", "Q*R", error, orthogonal, 1));
}

/* U*diag(S)*V^T in balls, where u and v hold columns. */
static void rebuild(const FormatMatrix *s, arb_mat_t product, const arb_mat_t U, const void *values, const arb_mat_t V)
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
            arb_mul(arb_mat_entry(scaled, i, j), arb_mat_entry(U, i, j), x, format_matrix_bits(s));
    }
    arb_mat_mul(product, scaled, t, format_matrix_bits(s));
    arb_mat_clear(t);
    arb_mat_clear(scaled);
    arb_clear(x);
}

/* The report of singular values or eigenvalues alone: as a vector. */
static Value values_only(FormatMatrix *s, void *value, size_t n, const char *command, const char *product, const Expr *error)
{
    Factors out = { 0 };
    factors_add(&out, "values", format_matrix_expr(s, value, n, 1, true, true));
    Report *r = format_matrix_finish(s, &out, command, "Jacobi rotations", product, error, NULL, 0);
    if (r)
        r->main = value_expr(out.at[0]);
    return value_report(r);
}

Value format_svd(Call *c, const Expr *m, const Format *f, bool vectors)
{
    FormatMatrix s;
    if (f->family == FAMILY_BALL)
        return call_fail(c, 1, "svd does not run in balls; singular_values gives certain digits");
    if (!format_matrix_init(&s, c, 0, m, f, true))
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
    format_matrix_arb(&s, U, wide ? v : u, wide ? n : tall, n, true);
    format_matrix_arb(&s, V, wide ? u : v, wide ? tall : n, n, true);
    arb_mat_init(product, (slong)s.rows, (slong)s.cols);
    rebuild(&s, product, U, value, V);
    const Expr *error = format_matrix_residual(&s, product), *orthogonal[] = { format_matrix_orthogonality(&s, U), format_matrix_orthogonality(&s, V) };
    arb_mat_clear(product);
    arb_mat_clear(V);
    arb_mat_clear(U);
    if (!vectors)
        return values_only(&s, value, n, "singular_values", "U*diag(S)*V^T", error);
    factors_add(&out, "U", format_matrix_expr(&s, wide ? v : u, s.rows, n, true, false));
    factors_add(&out, "S", format_matrix_expr(&s, value, n, 1, true, true));
    factors_add(&out, "V", format_matrix_expr(&s, wide ? u : v, s.cols, n, true, false));
    return value_report(format_matrix_finish(&s, &out, "svd", "Jacobi rotations", "U*diag(S)*V^T", error, orthogonal, 2));
}

/* L*D*L^T in balls, in the order of A's rows. */
static void rebuild_symmetric(const FormatMatrix *s, arb_mat_t moved, const arb_mat_t L, const arb_mat_t D, const size_t *row)
{
    slong     n = (slong)s->rows, prec = format_matrix_bits(s);
    arb_mat_t product, t;
    arb_mat_init(product, n, n);
    arb_mat_init(t, n, n);
    arb_mat_transpose(t, L);
    arb_mat_mul(product, L, D, prec);
    arb_mat_mul(product, product, t, prec);
    for (slong i = 0; i < n; i++)
        for (slong j = 0; j < n; j++)
            arb_set(arb_mat_entry(moved, (slong)row[i], (slong)row[j]), arb_mat_entry(product, i, j));
    arb_mat_clear(t);
    arb_mat_clear(product);
}

Value format_ldl(Call *c, const Expr *m, const Format *f)
{
    FormatMatrix s;
    Factors      out = { 0 };
    arb_mat_t    L, D, product;
    if (!format_matrix_init(&s, c, 0, m, f, false))
        return value_failed();
    size_t n = s.rows, *row = arena_array(c->arena, size_t, n);
    bool  *pair = arena_array(c->arena, bool, n);
    void  *l = format_lanes(f, c->arena, n * n), *d = format_lanes(f, c->arena, n * n);
    factor_ldl(f, c->arena, s.at, n, row, pair);
    for (size_t i = 0; i < n; i++) {
        for (size_t j = 0; j < i; j++)
            if (!(i == j + 1 && pair[j]))
                format_copy(f, format_at(f, l, i * n + j), format_at(f, s.at, i * n + j), 1);
        format_set_double(f, format_at(f, l, i * (n + 1)), 1, NULL);
        format_copy(f, format_at(f, d, i * (n + 1)), format_at(f, s.at, i * (n + 1)), 1);
        if (pair[i]) {
            format_copy(f, format_at(f, d, i * n + i + 1), format_at(f, s.at, (i + 1) * n + i), 1);
            format_copy(f, format_at(f, d, (i + 1) * n + i), format_at(f, s.at, (i + 1) * n + i), 1);
        }
    }
    format_matrix_arb(&s, L, l, n, n, false);
    format_matrix_arb(&s, D, d, n, n, false);
    arb_mat_init(product, (slong)n, (slong)n);
    rebuild_symmetric(&s, product, L, D, row);
    const Expr *error = format_matrix_residual(&s, product);
    arb_mat_clear(product);
    arb_mat_clear(D);
    arb_mat_clear(L);
    factors_add(&out, "L", format_matrix_expr(&s, l, n, n, false, false));
    factors_add(&out, "D", format_matrix_expr(&s, d, n, n, false, false));
    factors_add(&out, "P", permutation_expr(c->pool, c->arena, row, n));
    return value_report(format_matrix_finish(&s, &out, "ldl", "Bunch-Kaufman pivoting", "P^T*L*D*L^T*P", error, NULL, 0));
}

Value format_eigen(Call *c, const Expr *m, const Format *f, bool vectors)
{
    FormatMatrix s;
    Factors      out = { 0 };
    arb_mat_t    V, product;
    if (f->family == FAMILY_BALL)
        return call_fail(c, 1, "%.*s does not run in balls; without a format its digits are certain", STR_ARGS(c->name));
    if (!format_matrix_init(&s, c, 0, m, f, true))
        return value_failed();
    size_t n = s.rows;
    void  *v = format_lanes(f, c->arena, n * n), *value = format_lanes(f, c->arena, n);
    if (!factor_eigen(f, c->arena, s.at, value, v, n)) {
        arb_mat_clear(s.exact);
        return call_fail(c, 0, "the rotations did not converge in %.*s", STR_ARGS(format_name(f, c->arena)));
    }
    format_matrix_arb(&s, V, v, n, n, true);
    arb_mat_init(product, (slong)n, (slong)n);
    rebuild(&s, product, V, value, V);
    const Expr *error = format_matrix_residual(&s, product), *orthogonal[] = { format_matrix_orthogonality(&s, V) };
    arb_mat_clear(product);
    arb_mat_clear(V);
    if (!vectors)
        return values_only(&s, value, n, "eigenvalues", "V*diag(values)*V^T", error);
    factors_add(&out, "vectors", format_matrix_expr(&s, v, n, n, true, false));
    factors_add(&out, "values", format_matrix_expr(&s, value, n, 1, true, true));
    return value_report(format_matrix_finish(&s, &out, "eigenvectors", "Jacobi rotations", "vectors*diag(values)*vectors^T", error, orthogonal, 1));
}
