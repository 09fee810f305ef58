/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The kernels of balls: every result encloses the result for all points of its arguments. A comparison that the balls do not
 * decide is indeterminate (nan), and a selection by an undecided condition encloses both choices. */
#include "numeric/format_int.h"
#include "numeric/tape.h"

#include <flint/fmpz.h>

typedef struct At { arb_ptr p; size_t row, lane; } At;

static inline At at(const Banks *b, View v)
{
    return (At){ (arb_ptr)b->bank[v.bank] + v.off, v.row_stride, v.lane_stride };
}

static inline arb_ptr entry(At x, size_t r, size_t l) { return x.p + r * x.row + l * x.lane; }

/* 1, 0 or undecided. */
static void set_truth(arb_t z, bool yes, bool no)
{
    if (yes || no)
        arb_set_ui(z, yes);
    else
        arb_indeterminate(z);
}

static void select_ball(arb_t z, const arb_t condition, const arb_t no, const arb_t yes, slong prec)
{
    if (!arb_contains_zero(condition))
        arb_set(z, yes);
    else if (arb_is_zero(condition))
        arb_set(z, no);
    else
        arb_union(z, no, yes, prec);
}

static void call(const Format *f, const Instruction *i, arb_t z, const arb_t x, const arb_t y, const arb_t w)
{
    arb_ptr u = _arb_vec_init(3);
    arb_set(u, x);
    if (i->op == TAPE_POW || i->k > 1)
        arb_set(u + 1, y);
    if (i->op == TAPE_CALL && i->k > 2)
        arb_set(u + 2, w);
    if (i->op == TAPE_POW)
        format_power(f, z, u, NULL);
    else
        format_call(f, z, &fn_rows[i->fn], u, i->k, NULL);
    _arb_vec_clear(u, 3);
}

static void one(const Format *f, const Instruction *i, arb_t z, const arb_t x, const arb_t y, const arb_t w)
{
    slong prec = f->precision;
    arb_t t;
    switch ((TapeOp)i->op) {
    case TAPE_COPY: arb_set(z, x); break;
    case TAPE_NEG:  arb_neg(z, x); break;
    case TAPE_ADD:  arb_add(z, x, y, prec); break;
    case TAPE_SUB:  arb_sub(z, x, y, prec); break;
    case TAPE_MUL:  arb_mul(z, x, y, prec); break;
    case TAPE_DIV:  arb_div(z, x, y, prec); break;
    case TAPE_MULADD: case TAPE_MULSUB: case TAPE_FMA:
        arb_init(t);
        arb_set(t, w);
        i->op == TAPE_MULSUB ? arb_submul(t, x, y, prec) : arb_addmul(t, x, y, prec);
        arb_swap(z, t);
        arb_clear(t);
        break;
    case TAPE_SQRT: arb_sqrt(z, x, prec); break;
    case TAPE_POW: case TAPE_CALL:
        call(f, i, z, x, y, w);
        break;
    case TAPE_LT:   set_truth(z, arb_lt(x, y), arb_ge(x, y)); break;
    case TAPE_LE:   set_truth(z, arb_le(x, y), arb_gt(x, y)); break;
    case TAPE_EQ:   set_truth(z, arb_eq(x, y), arb_ne(x, y)); break;
    case TAPE_NE:   set_truth(z, arb_ne(x, y), arb_eq(x, y)); break;
    case TAPE_SELECT: select_ball(z, x, y, w, prec); break;
    case TAPE_GEMM: case TAPE_OUTER: case TAPE_UNIFORM_GEMM: case TAPE_ROW_SUM: case TAPE_ROW_DOT: case TAPE_SUM: case TAPE_DOT: case TAPE_FINAL:
        break;
    }
}

/* ---- products and sums ------------------------------------------------------------------------------------------------------------- */

static void gemm(const Instruction *i, At d, At a, At b, At c, size_t n, slong prec)
{
    arb_t sum;
    arb_init(sum);
    for (size_t r = 0; r < i->rows; r++)
        for (size_t l = 0; l < n; l++) {
            if (i->op == TAPE_GEMM && i->has_c)
                arb_set(sum, entry(c, r, l));
            else
                arb_zero(sum);
            for (size_t j = 0; j < i->k; j++)
                arb_addmul(sum, a.p + r * a.row + j * i->inner, entry(b, j, l), prec);
            arb_set(d.p + r * d.row + l, sum);
        }
    arb_clear(sum);
}

static void final(arb_t d, arb_srcptr p, slong prec)
{
    arb_zero(d);
    for (size_t j = 0; j < PARTIALS; j++)
        arb_add(d, d, p + j, prec);
}

static void reduce(const Instruction *i, At d, At a, At b, size_t n, slong prec)
{
    size_t columns = i->op == TAPE_OUTER ? i->k : 1;
    for (size_t r = 0; r < i->rows; r++) {
        if (i->op == TAPE_FINAL) {
            final(d.p + r, a.p + r * PARTIALS, prec);
            continue;
        }
        for (size_t j = 0; j < columns; j++)
            for (size_t l = 0; l < n; l++) {
                arb_ptr sum = d.p + (r * columns + j) * PARTIALS + l % PARTIALS;
                if (i->op == TAPE_SUM)
                    arb_add(sum, sum, entry(a, r, l), prec);
                else
                    arb_addmul(sum, entry(a, r, l), entry(b, i->op == TAPE_OUTER ? j : r, l), prec);
            }
    }
}

static void fold_rows(const Instruction *i, At d, At a, At b, size_t n, slong prec)
{
    arb_t sum;
    arb_init(sum);
    for (size_t l = 0; l < n; l++) {
        arb_zero(sum);
        for (size_t r = 0; r < i->rows; r++)
            if (i->op == TAPE_ROW_SUM)
                arb_add(sum, sum, entry(a, r, l), prec);
            else
                arb_addmul(sum, entry(a, r, l), entry(b, r, l), prec);
        arb_set(d.p + l, sum);
    }
    arb_clear(sum);
}

/* ---- the switch ------------------------------------------------------------------------------------------------------------------------ */

static void run(const Format *f, const Instruction *i, const Banks *banks, size_t n)
{
    At d = at(banks, i->d), a = at(banks, i->a), b = at(banks, i->b), c = at(banks, i->c);
    switch ((TapeOp)i->op) {
    case TAPE_GEMM: case TAPE_UNIFORM_GEMM:
        gemm(i, d, a, b, c, n, f->precision);
        break;
    case TAPE_OUTER: case TAPE_SUM: case TAPE_DOT: case TAPE_FINAL:
        reduce(i, d, a, b, n, f->precision);
        break;
    case TAPE_ROW_SUM: case TAPE_ROW_DOT:
        fold_rows(i, d, a, b, n, f->precision);
        break;
    case TAPE_COPY: case TAPE_NEG: case TAPE_ADD: case TAPE_SUB: case TAPE_MUL: case TAPE_DIV: case TAPE_MULADD: case TAPE_MULSUB:
    case TAPE_FMA: case TAPE_SQRT: case TAPE_POW: case TAPE_CALL: case TAPE_LT: case TAPE_LE: case TAPE_EQ: case TAPE_NE: case TAPE_SELECT:
        for (size_t r = 0; r < i->rows; r++)
            for (size_t l = 0; l < n; l++)
                one(f, i, entry(d, r, l), entry(a, r, l), entry(b, r, l), entry(c, r, l));
        break;
    }
}

const Kernels ball_kernels = { .run = run };
