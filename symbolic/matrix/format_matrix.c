/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Matrices of numbers as lanes of a format. Entries are rounded once, where wished after a power of two has brought the largest near 1, so
 * that squares neither overflow nor vanish. Errors are measured in balls of more than twice the precision, against the
 * matrix as rounded. */
#include "symbolic/matrix/format_matrix.h"

#include "symbolic/expr/evaluate.h"
#include "symbolic/tape/objective.h"
#include "symbolic/tape/run.h"

#include <math.h>

enum { ERROR_DIGITS = 3, GUARD_BITS = 200 };

/* ---- lanes --------------------------------------------------------------------------------------------------------------------- */

/* Entries as lanes, each times 2^-scale and rounded once. */
static bool read_lanes(FormatMatrix *s, const Expr *m)
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
            return call_fail(s->c, s->arg, "an entry has no real value in this format"), false;
        format_copy(s->f, lane, run, 1);
    }
    size_t bad = vector_not_finite(s->f, s->at, m->arity);
    if (bad < m->arity)
        return call_fail(s->c, s->arg, "entry [%zu, %zu] is not finite in %.*s", bad / s->cols + 1, bad % s->cols + 1, STR_ARGS(format_name(s->f, s->c->arena))), false;
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

void format_matrix_arb(const FormatMatrix *s, arb_mat_t out, const void *lanes, size_t rows, size_t cols, bool by_columns)
{
    arb_mat_init(out, (slong)rows, (slong)cols);
    for (size_t i = 0; i < rows; i++)
        for (size_t j = 0; j < cols; j++)
            format_get_arb(s->f, format_at(s->f, lanes, by_columns ? j * rows + i : i * cols + j), arb_mat_entry(out, (slong)i, (slong)j));
}

bool format_matrix_init(FormatMatrix *s, Call *c, int arg, const Expr *m, const Format *f, bool scaled)
{
    *s = (FormatMatrix){ .c = c, .arg = arg, .f = f, .rows = expr_rows(m), .cols = expr_cols(m) };
    if (!expr_is_numeric(m) || m->flags & EXPR_HAS_I)
        return call_fail(c, arg, "%.*s in a format needs real numbers as entries", STR_ARGS(c->name)), false;
    if (f->rounding == ROUND_STOCHASTIC)
        return call_fail(c, -1, "%.*s does not run with stochastic rounding", STR_ARGS(c->name)), false;
    if (s->rows > FORMAT_MOST_ROWS || s->cols > FORMAT_MOST_ROWS)
        return call_fail(c, arg, "%.*s takes %d rows and columns at most", STR_ARGS(c->name), (int)FORMAT_MOST_ROWS), false;
    s->scale = scaled ? exponent_of(c->pool, m) : 0;
    s->at = format_lanes(f, c->arena, m->arity);
    s->by_columns = format_lanes(f, c->arena, m->arity);
    if (!read_lanes(s, m))
        return false;
    for (size_t i = 0; i < m->arity; i++)
        format_copy(f, format_at(f, s->by_columns, i % s->cols * s->rows + i / s->cols), format_at(f, s->at, i), 1);
    format_matrix_arb(s, s->exact, s->at, s->rows, s->cols, false);
    return true;
}

const Expr *format_matrix_lane(const FormatMatrix *s, const void *lane)
{
    return s->f->family == FAMILY_BALL ? expr_of_lane(s->c->pool, s->f, lane) : float_expr(s->c->pool, s->c->arena, s->f, lane, 0);
}

/* Lanes as a literal; scaled ones get their power of two back, in the format. */
const Expr *format_matrix_expr(const FormatMatrix *s, void *lanes, size_t rows, size_t cols, bool by_columns, bool scaled)
{
    const Expr **at = arena_array(s->c->arena, const Expr *, rows * cols);
    void        *power = format_lanes(s->f, s->c->arena, 1);
    format_set_double(s->f, power, ldexp(1, (int)s->scale), NULL);
    if (scaled && s->scale)
        vector_op(s->f, TAPE_MUL, lanes, (Operand){ lanes, false }, (Operand){ power, true }, (Operand){ lanes, false }, rows * cols);
    for (size_t i = 0; i < rows; i++)
        for (size_t j = 0; j < cols; j++)
            at[i * cols + j] = format_matrix_lane(s, format_at(s->f, lanes, by_columns ? j * rows + i : i * cols + j));
    return expr_tensor(s->c->pool, rows, cols, at);
}

/* ---- errors ------------------------------------------------------------------------------------------------------------------------ */

slong format_matrix_bits(const FormatMatrix *s) { return 2 * s->f->precision + GUARD_BITS; }

const Expr *format_matrix_norm(const FormatMatrix *s, const arb_mat_t d, const arb_mat_t by)
{
    Ball  ball = { .digits = ERROR_DIGITS };
    arb_t size;
    acb_init(ball.value);
    arb_init(size);
    arb_mat_frobenius_norm(acb_realref(ball.value), d, format_matrix_bits(s));
    if (by) {
        arb_mat_frobenius_norm(size, by, format_matrix_bits(s));
        if (!arb_is_zero(size))
            arb_div(acb_realref(ball.value), acb_realref(ball.value), size, format_matrix_bits(s));
    }
    arb_get_mid_arb(acb_realref(ball.value), acb_realref(ball.value));
    const Expr *e = arb_is_zero(acb_realref(ball.value)) ? expr_int(s->c->pool, 0) : expr_ball(s->c->pool, &ball);
    arb_clear(size);
    acb_clear(ball.value);
    return e;
}

/* |A - product| / |A|; the product is destroyed. */
const Expr *format_matrix_residual(const FormatMatrix *s, arb_mat_t product)
{
    arb_mat_sub(product, s->exact, product, format_matrix_bits(s));
    return format_matrix_norm(s, product, s->exact);
}

/* |Q^T*Q - 1| of the columns. */
const Expr *format_matrix_orthogonality(const FormatMatrix *s, const arb_mat_t q)
{
    arb_mat_t t, square;
    slong     n = arb_mat_ncols(q);
    arb_mat_init(t, n, arb_mat_nrows(q));
    arb_mat_init(square, n, n);
    arb_mat_transpose(t, q);
    arb_mat_mul(square, t, q, format_matrix_bits(s));
    for (slong i = 0; i < n; i++)
        arb_sub_ui(arb_mat_entry(square, i, i), arb_mat_entry(square, i, i), 1, format_matrix_bits(s));
    const Expr *e = format_matrix_norm(s, square, NULL);
    arb_mat_clear(square);
    arb_mat_clear(t);
    return e;
}

Report *format_matrix_finish(FormatMatrix *s, const Factors *f, const char *command, const char *how, const char *product, const Expr *error, const Expr *const *orthogonal, size_t n)
{
    Call   *c = s->c;
    arb_mat_clear(s->exact);
    for (size_t i = 0; i < f->n; i++)
        if (!f->at[i] || f->at[i]->flags & EXPR_HAS_INFINITE)
            return call_fail(c, s->arg, "%s in %.*s met a number that is not finite", how, STR_ARGS(format_name(s->f, c->arena))), NULL;
    Report *r = factors_report(c, f, command);
    Buf     b = buf_new(c->arena);
    buf_printf(&b, "%s in %.*s: |A - %s|/|A| = %.*s", how, STR_ARGS(format_name(s->f, c->arena)), product, STR_ARGS(expr_shown(c, error)));
    report_value(r, "error", value_expr(error));
    for (size_t i = 0; i < n; i++) {
        buf_printf(&b, ", |%s^T*%s - 1| = %.*s", f->name[2 * i], f->name[2 * i], STR_ARGS(expr_shown(c, orthogonal[i])));
        report_value(r, i ? "orthogonality_V" : "orthogonality", value_expr(orthogonal[i]));
    }
    report_note(r, "%.*s", STR_ARGS(buf_str(&b)));
    return r;
}
