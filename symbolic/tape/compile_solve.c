/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Linear systems on a tape: inverse(A)*B, B*inverse(A), inverses and determinants of uniform matrices by Gaussian elimination, written out in
 * instructions that every format has. Rows are exchanged by selections: row k is compared with each row below it and keeps the larger
 * pivot, which is partial pivoting without a jump. About 5*n^2 instructions, each on a row. A matrix for each row of the data is
 * refused. The derivative rules (matrix_diff.c) lead to systems with the transpose, which is the same matrix read the other way. */
#include "symbolic/matrix/matrix.h"
#include "symbolic/tape/compile_int.h"

enum { MOST_UNKNOWNS = 64 };

typedef struct Elimination {
    Compiler *c;
    View      rows;                 /* n rows of `width` numbers, one behind the other: the matrix, then right sides */
    uint32_t  n, width;
    View      sign;                 /* of the permutation */
} Elimination;

static View at(const Elimination *e, uint32_t i, uint32_t j)
{
    return (View){ .off = e->rows.off + i * e->width + j };
}

static View row_from(const Elimination *e, uint32_t i, uint32_t j)
{
    View v = at(e, i, j);
    v.lane_stride = 1;
    return v;
}

/* d = op(a, b, third) on so many neighbouring numbers of the uniform part. */
static void apply(Compiler *c, TapeOp op, uint32_t lanes, View d, View a, View b, View third)
{
    push_instruction(c, (Instruction){ .op = (uint16_t)op, .rows = 1, .k = 2, .lanes = lanes, .d = d, .a = a, .b = b, .c = third });
}

static View number_of(Compiler *c, FnId fn, View u)
{
    return emit(c, TAPE_CALL, fn, 1, u, u, u);
}

/* The larger pivot comes to row k. `size`: |entry k of row k|. */
static void exchange(Elimination *e, uint32_t k, uint32_t i, View *size)
{
    Compiler *c = e->c;
    uint32_t  lanes = e->width - k;
    View      other = number_of(c, FN_abs, at(e, i, k)), swap = emit2(c, TAPE_LT, *size, other), kept = fresh_uniform(c, lanes);
    View      upper = row_from(e, k, k), lower = row_from(e, i, k), copy = entries_as_lanes(kept);
    copy.lane_stride = 1;
    apply(c, TAPE_COPY, lanes, copy, upper, upper, upper);
    apply(c, TAPE_SELECT, lanes, upper, swap, copy, lower);
    apply(c, TAPE_SELECT, lanes, lower, swap, lower, copy);
    *size = emit(c, TAPE_SELECT, FN_exp, 0, swap, *size, other);
    e->sign = emit(c, TAPE_SELECT, FN_exp, 0, swap, e->sign, emit1(c, TAPE_NEG, e->sign));
}

static void eliminate(Elimination *e)
{
    Compiler *c = e->c;
    for (uint32_t k = 0; k + 1 < e->n; k++) {
        View size = number_of(c, FN_abs, at(e, k, k));
        for (uint32_t i = k + 1; i < e->n; i++)
            exchange(e, k, i, &size);
        for (uint32_t i = k + 1; i < e->n; i++) {
            View factor = emit2(c, TAPE_DIV, at(e, i, k), at(e, k, k)), row = row_from(e, i, k + 1);
            if (e->width > k + 1)
                apply(c, TAPE_MULSUB, e->width - k - 1, row, factor, row_from(e, k, k + 1), row);
        }
    }
}

/* The right sides become the solutions. */
static void substitute(Elimination *e)
{
    uint32_t sides = e->width - e->n;
    for (uint32_t k = e->n; k-- > 0;) {
        View row = row_from(e, k, e->n);
        for (uint32_t i = k + 1; i < e->n; i++)
            apply(e->c, TAPE_MULSUB, sides, row, at(e, k, i), row_from(e, i, e->n), row);
        apply(e->c, TAPE_DIV, sides, row, row, at(e, k, k), row);
    }
}

/* Column j of the elimination from a matrix, or back to one. */
static void copy_column(Elimination *e, uint32_t j, const Matrix *m, uint32_t column, bool back)
{
    View inside = { .off = e->rows.off + j, .row_stride = e->width };
    View outside = { .off = m->view.off + column * m->col_stride, .row_stride = m->row_stride };
    push_instruction(e->c, (Instruction){ .op = TAPE_COPY, .rows = e->n, .lanes = 1, .d = back ? outside : inside, .a = back ? inside : outside,
                                          .b = back ? inside : outside, .c = back ? inside : outside });
}

static bool begin(Compiler *c, const Expr *a, bool turned, uint32_t sides, Elimination *e)
{
    const Place *p = place_of_node(c, a);
    if (p->lane)
        return pool_fail(c->pool, "a matrix for each row of the data cannot run in a number format") != NULL;
    if (p->rows > MOST_UNKNOWNS)
        return pool_fail(c->pool, "a system of %u unknowns: a tape solves up to %d", (unsigned)p->rows, MOST_UNKNOWNS) != NULL;
    Matrix m = matrix_of(c, a, turned);
    *e = (Elimination){ .c = c, .n = m.rows, .width = m.rows + sides, .rows = fresh_uniform(c, m.rows * (m.rows + sides)), .sign = constant_view(c, c->one) };
    for (uint32_t j = 0; j < m.cols; j++)
        copy_column(e, j, &m, j, false);
    return true;
}

/* Eliminates with these right sides; the solutions go to the matrix `to`. */
static void solve(Elimination *e, const Matrix *to)
{
    eliminate(e);
    substitute(e);
    for (uint32_t j = e->n; j < e->width; j++)
        copy_column(e, j, to, j - e->n, true);
}

static const Expr *inverted(const Expr *e, bool *turned)
{
    *turned = expr_is_matrix_op(e, MATRIX_TRANSPOSE);
    const Expr *stored = *turned ? e->arg[0] : e;
    return expr_is_matrix_op(stored, MATRIX_INVERSE) ? stored->arg[0] : NULL;
}

bool is_quotient(const Expr *product)
{
    bool turned;
    return product->kind == EXPR_MATMUL && (inverted(product->arg[0], &turned) || inverted(product->arg[1], &turned));
}

/* X = inverse(A)*B, or X = B*inverse(A): then A^T*X^T = B^T. */
bool compile_quotient(Compiler *c, const Expr *e, View *out)
{
    bool         turned;
    const Expr  *a = inverted(e->arg[0], &turned);
    bool         left = a != NULL;
    if (!left)
        a = inverted(e->arg[1], &turned);
    const Place *p = place_of_node(c, e);
    Matrix       b = matrix_of(c, e->arg[left], !left), x = { .rows = b.rows, .cols = b.cols, .row_stride = left ? p->cols : 1, .col_stride = left ? 1 : p->cols };
    Elimination  elimination;
    if (!begin(c, a, turned == left, b.cols, &elimination))
        return false;
    for (uint32_t j = 0; j < b.cols; j++)
        copy_column(&elimination, elimination.n + j, &b, j, false);
    x.view = *out = fresh_uniform(c, p->rows * p->cols);
    solve(&elimination, &x);
    return true;
}

bool compile_inverse(Compiler *c, const Expr *e, View *out)
{
    Elimination elimination;
    uint32_t    n = place_of_node(c, e)->rows;
    View        zero = constant_view(c, expr_int(c->pool, 0)), one = constant_view(c, c->one);
    if (!begin(c, e->arg[0], false, n, &elimination))
        return false;
    for (uint32_t i = 0; i < n; i++) {
        apply(c, TAPE_COPY, n, row_from(&elimination, i, n), zero, zero, zero);
        apply(c, TAPE_COPY, 1, at(&elimination, i, n + i), one, one, one);
    }
    Matrix x = { .view = *out = fresh_uniform(c, n * n), .rows = n, .cols = n, .row_stride = n, .col_stride = 1 };
    solve(&elimination, &x);
    return true;
}

/* The product of the pivots; its logarithm is a sum, which does not overflow, and nan for a negative determinant. */
bool compile_determinant(Compiler *c, const Expr *e, View *out)
{
    bool        log = expr_is_matrix_op(e, MATRIX_LOG_DET);
    Elimination elimination;
    if (!begin(c, e->arg[0], false, 0, &elimination))
        return false;
    eliminate(&elimination);
    View sign = elimination.sign, sum = constant_view(c, expr_int(c->pool, 0));
    for (uint32_t k = 0; k < elimination.n; k++) {
        View pivot = at(&elimination, k, k);
        sign = emit2(c, TAPE_MUL, sign, log ? number_of(c, FN_sign, pivot) : pivot);
        sum = log ? emit2(c, TAPE_ADD, sum, number_of(c, FN_log, number_of(c, FN_abs, pivot))) : sum;
    }
    *out = log ? emit2(c, TAPE_ADD, sum, number_of(c, FN_log, sign)) : sign;
    return true;
}
