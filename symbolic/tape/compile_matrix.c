/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Vectors and matrices on a tape. Uniform ones lie row by row in bank 0; what varies over lanes is a column of rows x BLOCK slots. A
 * uniform matrix times a column of lanes is one GEMM; the transpose is the same matrix with its strides exchanged. A product of a column
 * and a row of lanes is never formed: its sum over the lanes is (OUTER). */
#include "symbolic/matrix/matrix.h"
#include "symbolic/tape/compile_int.h"

static bool refuse(Compiler *c, const char *what)
{
    return pool_fail(c->pool, "%s cannot run in a number format", what) != NULL;
}

/* ---- lengths ------------------------------------------------------------------------------------------------------------ */

const uint32_t *known_length(Compiler *c, const Expr *symbol)
{
    return memo_get(&c->length, symbol);
}

static bool bind_length(Compiler *c, const Expr *x, const Expr *length, uint32_t n)
{
    slong           number;
    const uint32_t *known = known_length(c, length);
    if (expr_fits_slong(length, &number) ? number == (slong)n : known && *known == n)
        return true;
    if (known || length->kind != EXPR_SYMBOL)
        return pool_fail(c->pool, "the sizes of %.*s do not fit the other vectors and matrices", STR_ARGS(x->name)) != NULL;
    memo_put(&c->length, length, arena_copy(c->scratch, &n, sizeof n));
    return true;
}

bool bind_lengths(Compiler *c, const CompileInput *input, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        const Expr *x = input[i].symbol;
        if (expr_is_tensor(x) && (input[i].column || !bind_length(c, x, x->shape->rows, input[i].rows) || !bind_length(c, x, x->shape->cols, input[i].cols)))
            return false;
    }
    return true;
}

static bool length_of(Compiler *c, const Expr *length, uint32_t *out)
{
    slong n;
    bool  known = compile_index(c, length, &n);
    if (known && n > 0 && n < INT32_MAX)
        *out = (uint32_t)n;
    else if (known)
        return pool_fail(c->pool, "a vector of %ld entries", (long)n) != NULL;
    else
        return pool_fail(c->pool, "%.*s has no value", STR_ARGS(length->kind == EXPR_SYMBOL ? length->name : STR("a length"))) != NULL;
    return true;
}

bool place_shape(Compiler *c, const Expr *e, Place *p)
{
    p->rows = p->cols = 1;
    if (!e->shape)
        return true;
    return length_of(c, e->shape->rows, &p->rows) && length_of(c, e->shape->cols, &p->cols);
}

static uint32_t entries(const Place *p)
{
    return p->rows * p->cols;
}

/* ---- views -------------------------------------------------------------------------------------------------------------- */

View entries_of(Compiler *c, const Expr *e, View v)
{
    uint32_t n = entries(place_of_node(c, e));
    if (n == 1 || v.row_stride)
        return v;
    View        d = view_is_uniform(v) ? fresh_uniform(c, n) : fresh_lanes(c, n);
    Instruction copy = { .op = TAPE_COPY, .rows = n, .lanes = view_is_uniform(v), .d = d, .a = v, .b = v, .c = v };
    push_instruction(c, copy);
    return d;
}

Matrix matrix_of(Compiler *c, const Expr *e, bool turned)
{
    bool         transpose = expr_is_matrix_op(e, MATRIX_TRANSPOSE);
    const Expr  *stored = transpose ? e->arg[0] : e;
    const Place *p = place_of_node(c, stored);
    View         v = entries_of(c, stored, view_of(c, stored));
    Matrix       m = { { .off = v.off }, p->rows, p->cols, p->cols, 1 };
    if (transpose != turned)
        m = (Matrix){ m.view, p->cols, p->rows, 1, p->cols };
    return m;
}

/* The column of a vector that varies over lanes; a transpose is the same column. */
static View column_of(Compiler *c, const Expr *e)
{
    const Expr *stored = expr_is_matrix_op(e, MATRIX_TRANSPOSE) ? e->arg[0] : e;
    return entries_of(c, stored, view_of(c, stored));
}

/* ---- products ----------------------------------------------------------------------------------------------------------- */

static View uniform_product(Compiler *c, const Expr *e)
{
    enum { MOST_STEP = 255 };
    Matrix a = matrix_of(c, e->arg[0], false), b = matrix_of(c, e->arg[1], false);
    bool   turned = b.cols > 1 && b.col_stride > MOST_STEP;   /* a view steps over at most 255 numbers from lane to lane: make it a copy */
    View   bv = { .off = b.view.off, .row_stride = b.row_stride, .lane_stride = (uint8_t)(b.cols > 1 ? b.col_stride : 0) };
    if (turned) {
        View copy = fresh_uniform(c, b.rows * b.cols);
        for (uint32_t j = 0; j < b.cols; j++) {
            View from = { .off = b.view.off + j * b.col_stride, .row_stride = b.row_stride }, to = { .off = copy.off + j, .row_stride = b.cols };
            push_instruction(c, (Instruction){ .op = TAPE_COPY, .rows = b.rows, .lanes = 1, .d = to, .a = from, .b = from, .c = from });
        }
        bv = (View){ .off = copy.off, .row_stride = b.cols, .lane_stride = 1 };
    }
    View        d = fresh_uniform(c, a.rows * b.cols), av = { .off = a.view.off, .row_stride = a.row_stride };
    Instruction i = { .op = TAPE_UNIFORM_GEMM, .rows = a.rows, .k = a.cols, .lanes = b.cols, .inner = a.col_stride, .a = av, .b = bv, .c = av,
                      .d = { .off = d.off, .row_stride = b.cols, .lane_stride = 1 } };
    push_instruction(c, i);
    return d;
}

/* A times the column x of lanes. */
static View lane_product(Compiler *c, Matrix a, View x)
{
    View        d = fresh_lanes(c, a.rows), av = { .off = a.view.off, .row_stride = a.row_stride };
    Instruction i = { .op = TAPE_GEMM, .rows = a.rows, .k = a.cols, .inner = a.col_stride, .a = av, .b = x, .c = av, .d = d };
    push_instruction(c, i);
    return d;
}

static View lane_dot(Compiler *c, View u, View v, uint32_t rows)
{
    View        d = fresh_lanes(c, 1);
    Instruction i = { .op = TAPE_ROW_DOT, .rows = rows, .k = 1, .a = u, .b = v, .c = u, .d = d };
    push_instruction(c, i);
    return d;
}

/* The sum of the entries of a uniform vector, or of a*b: in PARTIALS partial sums, like sums over lanes. */
static View uniform_total(Compiler *c, View a, const View *b, uint32_t n)
{
    View        zero = constant_view(c, expr_int(c->pool, 0)), p = fresh_uniform(c, PARTIALS), d = fresh_uniform(c, 1);
    View        first = entries_as_lanes(a), second = b ? entries_as_lanes(*b) : first, row = { .off = p.off };
    Instruction clear = { .op = TAPE_COPY, .rows = 1, .lanes = PARTIALS, .d = entries_as_lanes(p), .a = zero, .b = zero, .c = zero };
    Instruction add = { .op = b ? TAPE_DOT : TAPE_SUM, .rows = 1, .lanes = n, .d = row, .a = first, .b = second, .c = first };
    Instruction end = { .op = TAPE_FINAL, .rows = 1, .lanes = 1, .d = d, .a = row, .b = row, .c = row };
    push_instruction(c, clear);
    push_instruction(c, add);
    push_instruction(c, end);
    return d;
}

/* A row times a column, from the left to the right in PARTIALS sums. */
static View uniform_dot(Compiler *c, const Expr *a, const Expr *b)
{
    View u = column_of(c, a), v = column_of(c, b);
    return uniform_total(c, u, &v, place_of_node(c, b)->rows);
}

static bool product(Compiler *c, const Expr *e, View *out)
{
    const Expr  *a = e->arg[0], *b = e->arg[1];
    const Place *pa = place_of_node(c, a), *pb = place_of_node(c, b);
    if (!pa->lane && !pb->lane && is_quotient(e))
        return compile_quotient(c, e, out);
    if (!pa->lane && !pb->lane && pa->rows == 1 && pb->cols == 1 && !(e->flags & EXPR_AS_TYPED))
        *out = uniform_dot(c, a, b);
    else if (!pa->lane && !pb->lane)
        *out = uniform_product(c, e);
    else if (pa->rows == 1 && pb->cols == 1)
        *out = lane_dot(c, column_of(c, a), column_of(c, b), pb->rows);
    else if (!pa->lane && pb->cols == 1)
        *out = lane_product(c, matrix_of(c, a, false), column_of(c, b));
    else if (!pb->lane && pa->rows == 1)
        *out = lane_product(c, matrix_of(c, b, true), column_of(c, a));
    else
        return refuse(c, "a matrix for each row of the data");
    return true;
}

bool is_outer(Compiler *c, const Expr *e)
{
    const Place *p = place_of_node(c, e);
    return p->lane && p->rows > 1 && p->cols > 1;
}

/* s*u*v^T with numbers s: one sum for each pair of entries of s*u and v. */
View accumulate_outer(Compiler *c, const Expr *e)
{
    const Expr *rest = e, *scalar[32];
    size_t      scalars = 0;
    if (e->kind == EXPR_MUL) {
        rest = NULL;
        for (uint32_t i = 0; i < e->arity; i++)
            if (entries(place_of_node(c, e->arg[i])) == 1 && scalars < 32)
                scalar[scalars++] = e->arg[i];
            else
                rest = rest ? e : e->arg[i];
    }
    const Place *p = place_of_node(c, e);
    View         partial = { .off = c->partials, .row_stride = PARTIALS, .bank = BANK_PARTIAL };
    if (!rest || rest->kind != EXPR_MATMUL || place_of_node(c, rest->arg[0])->cols != 1) {
        refuse(c, "a matrix for each row of the data");
        return partial;
    }
    View     u = column_of(c, rest->arg[0]), v = column_of(c, rest->arg[1]);
    uint32_t outer = c->entries;
    c->entries = p->rows;
    for (size_t i = 0; i < scalars; i++)
        u = emit2(c, TAPE_MUL, view_of(c, scalar[i]), u);
    c->entries = outer;
    c->partials += p->rows * p->cols * PARTIALS;
    Instruction add = { .op = TAPE_OUTER, .rows = p->rows, .k = p->cols, .d = partial, .a = u, .b = v, .c = u };
    vec_push(c->scratch, &c->lane[c->pass], add);
    return partial;
}

/* ---- literals and the rest ---------------------------------------------------------------------------------------------- */

static View literal(Compiler *c, const Expr *e)
{
    bool  lane = place_of_node(c, e)->lane;
    View *part = arena_array(c->scratch, View, e->arity);
    for (uint32_t k = 0; k < e->arity; k++)
        part[k] = view_of(c, e->arg[k]);
    View d = lane ? fresh_lanes(c, e->arity) : fresh_uniform(c, e->arity);
    for (uint32_t k = 0; k < e->arity; k++)
        push_instruction(c, (Instruction){ .op = TAPE_COPY, .rows = 1, .lanes = !lane, .d = entry_view(d, k), .a = part[k], .b = part[k], .c = part[k] });
    return d;
}

static View row_sum(Compiler *c, View a, uint32_t rows)
{
    bool        uniform = view_is_uniform(a);
    View        d = uniform ? fresh_uniform(c, 1) : fresh_lanes(c, 1);
    Instruction i = { .op = TAPE_ROW_SUM, .rows = rows, .k = 1, .lanes = uniform, .a = a, .b = a, .c = a, .d = d };
    push_instruction(c, i);
    return d;
}

/* max + log(sum(exp(u - max))): nothing overflows. */
static View logsumexp(Compiler *c, const Expr *u)
{
    uint32_t n = entries(place_of_node(c, u)), outer = c->entries;
    View     v = entries_of(c, u, view_of(c, u)), most = entry_view(v, 0);
    for (uint32_t k = 1; k < n; k++)
        most = emit(c, TAPE_CALL, FN_max, 2, most, entry_view(v, k), entry_view(v, k));
    c->entries = n;
    View shifted = emit2(c, TAPE_SUB, v, most), power = emit(c, TAPE_CALL, FN_exp, 1, shifted, shifted, shifted);
    c->entries = outer;
    View sum = row_sum(c, power, n), log = emit(c, TAPE_CALL, FN_log, 1, sum, sum, sum);
    return emit2(c, TAPE_ADD, most, log);
}

/* A copy of rows x cols numbers between any strides, one column at a time. */
static void copy_columns(Compiler *c, View from, uint32_t from_row, uint32_t from_col, View to, uint32_t to_row, uint32_t to_col, uint32_t rows, uint32_t cols)
{
    for (uint32_t j = 0; j < cols; j++) {
        View a = { .off = from.off + j * from_col, .row_stride = from_row }, d = { .off = to.off + j * to_col, .row_stride = to_row };
        push_instruction(c, (Instruction){ .op = TAPE_COPY, .rows = rows, .lanes = 1, .d = d, .a = a, .b = a, .c = a });
    }
}

static View transpose(Compiler *c, const Expr *e)
{
    const Place *p = place_of_node(c, e);
    View         v = view_of(c, e->arg[0]);
    if (p->rows == 1 || p->cols == 1 || !v.row_stride)
        return v;
    View d = fresh_uniform(c, entries(p));
    copy_columns(c, v, 1, p->rows, d, p->cols, 1, p->rows, p->cols);
    return d;
}

static View diagonal_matrix(Compiler *c, uint32_t n, View of)
{
    View zero = constant_view(c, expr_int(c->pool, 0)), d = fresh_uniform(c, n * n);
    push_instruction(c, (Instruction){ .op = TAPE_COPY, .rows = n * n, .lanes = 1, .d = { .off = d.off, .row_stride = 1 }, .a = zero, .b = zero, .c = zero });
    copy_columns(c, of, of.row_stride, 0, d, n + 1, 0, n, 1);
    return d;
}

static bool operation(Compiler *c, const Expr *e, View *out)
{
    const Expr  *a = e->arg[0];
    const Place *p = place_of_node(c, e), *pa = place_of_node(c, a);
    View         v;
    switch ((MatrixOp)e->matrix_op) {
    case MATRIX_TRANSPOSE:
        if (p->lane && p->rows > 1 && p->cols > 1)
            return refuse(c, "a matrix for each row of the data");
        *out = transpose(c, e);
        return true;
    case MATRIX_TOTAL:
        v = entries_of(c, a, view_of(c, a));
        *out = view_is_uniform(v) && !(e->flags & EXPR_AS_TYPED) ? uniform_total(c, v, NULL, entries(pa)) : row_sum(c, v, entries(pa));
        return true;
    case MATRIX_TRACE: case MATRIX_DIAGONAL:
        if (pa->lane)
            return refuse(c, "a matrix for each row of the data");
        v = entries_of(c, a, view_of(c, a));
        v.row_stride = pa->rows + 1;
        if (expr_is_matrix_op(e, MATRIX_TRACE)) {
            *out = row_sum(c, v, pa->rows);
        } else {
            *out = fresh_uniform(c, pa->rows);
            copy_columns(c, v, v.row_stride, 0, *out, 1, 0, pa->rows, 1);
        }
        return true;
    case MATRIX_LOGSUMEXP: *out = logsumexp(c, a); return true;
    case MATRIX_FILL:      *out = view_of(c, a); return true;
    case MATRIX_IDENTITY:  *out = diagonal_matrix(c, p->rows, constant_view(c, c->one)); return true;
    case MATRIX_DIAG:
        if (pa->lane)
            return refuse(c, "a matrix for each row of the data");
        *out = diagonal_matrix(c, p->rows, view_of(c, a));
        return true;
    case MATRIX_SLICE:     return compile_part(c, e, out);
    case MATRIX_INDICES:   return compile_indices(c, e, out);
    case MATRIX_EMBED:     return compile_placed(c, e, out);
    case MATRIX_INVERSE:   return compile_inverse(c, e, out);
    case MATRIX_DET: case MATRIX_LOG_DET:
        return compile_determinant(c, e, out);
    }
    return false;
}

bool compile_matrix(Compiler *c, const Expr *e, View *out)
{
    if (e->kind == EXPR_TENSOR) {
        *out = literal(c, e);
        return true;
    }
    return e->kind == EXPR_MATMUL ? product(c, e, out) : operation(c, e, out);
}
