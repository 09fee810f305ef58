/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The kernels of MPFR formats: any precision, exponents unbounded or those of the format (fp128, x87, fp64 toward zero, ...).
 *
 * Operations run in MPFR's wide exponent range; mpfr_finish() then applies the range of the format, which costs nothing for a
 * number in its middle. Stochastic results are computed to 64 more bits first. Lanes lie in one block, each a header and its
 * limbs; nothing here allocates but functions and precisions above 2,048 bits. */
#include "numeric/format_int.h"
#include "numeric/function_round.h"
#include "numeric/tape.h"

/* A format and a run of it. `wide` takes results that are to be rounded stochastically. */
typedef struct Run {
    const Format *f;
    mpfr_rnd_t    rnd;
    Rng          *random;           /* NULL unless stochastic */
    Scratch       wide, product;
} Run;

typedef struct At { char *p; size_t row, lane; } At;

static inline At at(const Format *f, const Banks *b, View v)
{
    return (At){ (char *)b->bank[v.bank] + v.off * f->lane, v.row_stride * f->lane, v.lane_stride * f->lane };
}

static inline mpfr_ptr entry(At x, size_t r, size_t l) { return (mpfr_ptr)(x.p + r * x.row + l * x.lane); }

typedef int Binary(mpfr_ptr, mpfr_srcptr, mpfr_srcptr, mpfr_rnd_t);

/* d = call(a, b), rounded into the format. */
static inline void binary(Run *k, Binary *call, mpfr_ptr d, mpfr_srcptr a, mpfr_srcptr b)
{
    if (k->random) {
        call(&k->wide.x, a, b, k->rnd);
        mpfr_finish_stochastic(k->f, d, &k->wide.x, k->random);
    } else {
        mpfr_finish(k->f, d, call(d, a, b, k->rnd));
    }
}

/* d = c + a*b (or c - a*b), two roundings. */
static inline void muladd(Run *k, Binary *sum, mpfr_ptr d, mpfr_srcptr c, mpfr_srcptr a, mpfr_srcptr b)
{
    binary(k, mpfr_mul, &k->product.x, a, b);
    binary(k, sum, d, c, &k->product.x);
}

static void fused(Run *k, mpfr_ptr d, mpfr_srcptr c, mpfr_srcptr a, mpfr_srcptr b)
{
    if (k->random) {
        mpfr_fma(&k->wide.x, a, b, c, k->rnd);
        mpfr_finish_stochastic(k->f, d, &k->wide.x, k->random);
    } else {
        mpfr_finish(k->f, d, mpfr_fma(d, a, b, c, k->rnd));
    }
}

/* One rounding instead of two; -a shares the digits of a. */
static void contracted(Run *k, bool minus, mpfr_ptr d, mpfr_srcptr c, mpfr_srcptr a, mpfr_srcptr b)
{
    __mpfr_struct x = *a;
    if (minus)
        x._mpfr_sign = -x._mpfr_sign;
    fused(k, d, c, &x, b);
}

static int square_root(mpfr_ptr d, mpfr_srcptr a, mpfr_srcptr unused, mpfr_rnd_t rnd)
{
    (void)unused;
    return mpfr_sqrt(d, a, rnd);
}

/* ---- entry by entry ------------------------------------------------------------------------------------------------------------- */

/* The function is computed beside d, which may be one of its arguments. */
static void call(Run *k, const Instruction *i, mpfr_ptr d, mpfr_srcptr a, mpfr_srcptr b, mpfr_srcptr c)
{
    mpfr_ptr t = k->random ? &k->wide.x : &k->product.x;
    int ternary = fn_round(t, &fn_rows[i->fn], (const mpfr_srcptr[]){ a, b, c }, i->k, k->rnd);
    if (k->random) {
        mpfr_finish_stochastic(k->f, d, t, k->random);
    } else {
        mpfr_finish(k->f, t, ternary);
        mpfr_set(d, t, MPFR_RNDN);
    }
}

static void entries(Run *k, const Instruction *i, At d, At a, At b, At c, size_t r, size_t n)
{
    Binary *two = i->op == TAPE_ADD ? mpfr_add : i->op == TAPE_SUB ? mpfr_sub : i->op == TAPE_MUL ? mpfr_mul : i->op == TAPE_DIV ? mpfr_div
                : i->op == TAPE_POW ? mpfr_pow : i->op == TAPE_MULADD ? mpfr_add : i->op == TAPE_MULSUB ? mpfr_sub : square_root;
    for (size_t l = 0; l < n; l++) {
        mpfr_ptr z = entry(d, r, l), x = entry(a, r, l), y = entry(b, r, l);
        switch ((TapeOp)i->op) {
        case TAPE_COPY: mpfr_set(z, x, MPFR_RNDN); break;
        case TAPE_NEG:  mpfr_neg(z, x, MPFR_RNDN); break;
        case TAPE_ADD: case TAPE_SUB: case TAPE_MUL: case TAPE_DIV: case TAPE_POW:
            binary(k, two, z, x, y);
            break;
        case TAPE_SQRT: binary(k, two, z, x, x); break;
        case TAPE_MULADD: case TAPE_MULSUB:
            if (k->f->contract)
                contracted(k, i->op == TAPE_MULSUB, z, entry(c, r, l), x, y);
            else
                muladd(k, two, z, entry(c, r, l), x, y);
            break;
        case TAPE_FMA:  fused(k, z, entry(c, r, l), x, y); break;
        case TAPE_CALL: call(k, i, z, x, y, entry(c, r, l)); break;
        case TAPE_LT:   mpfr_set_ui(z, mpfr_less_p(x, y) != 0, MPFR_RNDN); break;
        case TAPE_LE:   mpfr_set_ui(z, mpfr_lessequal_p(x, y) != 0, MPFR_RNDN); break;
        case TAPE_EQ:   mpfr_set_ui(z, mpfr_equal_p(x, y) != 0, MPFR_RNDN); break;
        case TAPE_NE:   mpfr_set_ui(z, mpfr_equal_p(x, y) == 0, MPFR_RNDN); break;
        case TAPE_SELECT: mpfr_set(z, mpfr_zero_p(x) ? y : entry(c, r, l), MPFR_RNDN); break;
        case TAPE_GEMM: case TAPE_OUTER: case TAPE_UNIFORM_GEMM: case TAPE_ROW_SUM: case TAPE_ROW_DOT: case TAPE_SUM: case TAPE_DOT: case TAPE_FINAL:
            break;
        }
    }
}

/* ---- products and sums ------------------------------------------------------------------------------------------------------------- */

static void gemm(Run *k, const Instruction *i, At d, At a, At b, At c, size_t n)
{
    size_t   inner = i->inner * k->f->lane;
    Scratch  s;
    mpfr_ptr sum = scratch_init(&s, k->f->precision);
    for (size_t r = 0; r < i->rows; r++)
        for (size_t l = 0; l < n; l++) {
            if (i->op == TAPE_GEMM && i->has_c)
                mpfr_set(sum, entry(c, r, l), MPFR_RNDN);
            else
                mpfr_set_zero(sum, 1);
            for (size_t j = 0; j < i->k; j++)
                muladd(k, mpfr_add, sum, sum, (mpfr_srcptr)(a.p + r * a.row + j * inner), entry(b, j, l));
            mpfr_set((mpfr_ptr)(d.p + r * d.row + l * k->f->lane), sum, MPFR_RNDN);
        }
    scratch_clear(&s);
}

static void final(Run *k, mpfr_ptr d, const char *p)
{
    size_t  lane = k->f->lane;
    Scratch s[4];
    for (size_t j = 0; j < 4; j++)
        binary(k, mpfr_add, scratch_init(&s[j], k->f->precision), (mpfr_srcptr)(p + j * lane), (mpfr_srcptr)(p + (j + 4) * lane));
    binary(k, mpfr_add, &s[0].x, &s[0].x, &s[2].x);
    binary(k, mpfr_add, &s[1].x, &s[1].x, &s[3].x);
    binary(k, mpfr_add, d, &s[0].x, &s[1].x);
    for (size_t j = 0; j < 4; j++)
        scratch_clear(&s[j]);
}

static void reduce(Run *k, const Instruction *i, At d, At a, At b, size_t n)
{
    size_t lane = k->f->lane, columns = i->op == TAPE_OUTER ? i->k : 1;
    for (size_t r = 0; r < i->rows; r++) {
        if (i->op == TAPE_FINAL) {
            final(k, (mpfr_ptr)(d.p + r * lane), a.p + r * PARTIALS * lane);
            continue;
        }
        for (size_t j = 0; j < columns; j++) {
            char *p = d.p + (r * columns + j) * PARTIALS * lane;
            for (size_t l = 0; l < n; l++) {
                mpfr_ptr sum = (mpfr_ptr)(p + l % PARTIALS * lane);
                if (i->op == TAPE_SUM)
                    binary(k, mpfr_add, sum, sum, entry(a, r, l));
                else
                    muladd(k, mpfr_add, sum, sum, entry(a, r, l), entry(b, i->op == TAPE_OUTER ? j : r, l));
            }
        }
    }
}

static void fold_rows(Run *k, const Instruction *i, At d, At a, At b, size_t n)
{
    Scratch  s;
    mpfr_ptr sum = scratch_init(&s, k->f->precision);
    for (size_t l = 0; l < n; l++) {
        mpfr_set_zero(sum, 1);
        for (size_t r = 0; r < i->rows; r++)
            if (i->op == TAPE_ROW_SUM)
                binary(k, mpfr_add, sum, sum, entry(a, r, l));
            else
                muladd(k, mpfr_add, sum, sum, entry(a, r, l), entry(b, r, l));
        mpfr_set((mpfr_ptr)(d.p + l * k->f->lane), sum, MPFR_RNDN);
    }
    scratch_clear(&s);
}

/* ---- the switch ------------------------------------------------------------------------------------------------------------------------ */

static void run(const Format *f, const Instruction *i, const Banks *banks, size_t n)
{
    Run k;
    k.f = f;
    k.rnd = format_mpfr_rounding(f);
    k.random = f->rounding == ROUND_STOCHASTIC ? banks->random : NULL;
    scratch_init(&k.product, f->precision);
    if (k.random)
        scratch_init(&k.wide, f->precision + STOCHASTIC_BITS);
    At d = at(f, banks, i->d), a = at(f, banks, i->a), b = at(f, banks, i->b), c = at(f, banks, i->c);
    switch ((TapeOp)i->op) {
    case TAPE_GEMM: case TAPE_UNIFORM_GEMM:
        gemm(&k, i, d, a, b, c, n);
        break;
    case TAPE_OUTER: case TAPE_SUM: case TAPE_DOT: case TAPE_FINAL:
        reduce(&k, i, d, a, b, n);
        break;
    case TAPE_ROW_SUM: case TAPE_ROW_DOT:
        fold_rows(&k, i, d, a, b, n);
        break;
    case TAPE_COPY: case TAPE_NEG: case TAPE_ADD: case TAPE_SUB: case TAPE_MUL: case TAPE_DIV: case TAPE_MULADD: case TAPE_MULSUB:
    case TAPE_FMA: case TAPE_SQRT: case TAPE_POW: case TAPE_CALL: case TAPE_LT: case TAPE_LE: case TAPE_EQ: case TAPE_NE: case TAPE_SELECT:
        for (size_t r = 0; r < i->rows; r++)
            entries(&k, i, d, a, b, c, r, n);
        break;
    }
    scratch_clear(&k.product);
    if (k.random)
        scratch_clear(&k.wide);
}

const Kernels mpfr_kernels = { .run = run };
