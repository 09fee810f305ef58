/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The kernels of small formats: the operation in doubles, rounded again at once.
 *
 * To nearest that is right for + - * / sqrt, because a double has 2p + 2 bits or more [Figueroa 1995]; products of two numbers are
 * even exact. In the other directions, for fma and stochastically the double is first made "odd" (see format_int.h) by the exact
 * error of the operation: two_sum [Knuth], residuals of quotient and root by fma. Powers and functions are those of fp64 rounded
 * again, or with Format.correct those of function_round.c.
 *
 * With accumulators (Format.sums) products of matrices and sums work in their format, which may be fp64: what is added is rounded to it
 * first, one more rounding ends a sum.
 *
 * To nearest whole rows go through format_small_rows.c; what lies beyond the largest number (or is nan) is rare and goes through
 * small_round(), number by number. */
#include "numeric/format_int.h"
#include "numeric/format_small.h"

#include <math.h>
#include <string.h>

enum { CHUNK_LANES = BLOCK };

/* A small format and a run of it. */
typedef struct Small {
    const Format    *f;
    Rng             *random;
    SmallConstants   constants;
    const SmallRows *rows;
} Small;

static const SmallRows *best_rows(void)
{
#if defined(NABLA_X86)
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl"))
        return &small_rows_avx512;
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"))
        return &small_rows_avx2;
#endif
    return &small_rows_base;
}

static double two_to(slong e)
{
    return ldexp(1, (int)e);
}

/* In fp64 nothing is added, so nothing is rounded. */
static Small small_of(const Format *f, Rng *random)
{
    if (f->family == FAMILY_DOUBLE)
        return (Small){ f, random, { two_to(f->emin), 0, f->largest }, best_rows() };
    return (Small){ f, random, { two_to(f->emin), 1.5 * two_to(53 - f->precision), f->largest }, best_rows() };
}

static inline uint64_t bits_of(double x)    { uint64_t u; memcpy(&u, &x, sizeof u); return u; }
static inline double   of_bits(uint64_t u)  { double x; memcpy(&x, &u, sizeof x); return x; }

/* ---- one number, any direction ------------------------------------------------------------------------------------------------------ */

/* x with an error of the sign of `error`, rounded to odd. */
static double to_odd(double x, double error)
{
    uint64_t u = bits_of(x);
    if (!(error < 0 || error > 0) || u & 1)
        return x;
    return of_bits((error > 0) == (x > 0) ? u + 1 : u - 1);
}

static double odd_sum(double a, double b)
{
    double s = a + b, t = s - a;
    return to_odd(s, (a - (s - t)) + (b - t));
}

/* The sign of a sum that is zero, rounding down: -0 but for (+0) + (+0). */
static double zero_down(double a, double b)
{
    return a == 0 && b == 0 && !signbit(a) && !signbit(b) ? 0.0 : -0.0;
}

static double odd_quotient(double a, double b)
{
    double q = a / b, residual = isfinite(q) && isfinite(b) ? fma(-q, b, a) : 0;
    return to_odd(q, b < 0 ? -residual : residual);
}

static double odd_root(double a)
{
    double s = sqrt(a);
    return to_odd(s, isfinite(s) ? fma(-s, s, a) : 0);
}

static double odd_result(TapeOp op, double a, double b)
{
    if (op == TAPE_ADD)
        return odd_sum(a, b);
    if (op == TAPE_SUB)
        return odd_sum(a, -b);
    return op == TAPE_MUL ? a * b : op == TAPE_DIV ? odd_quotient(a, b) : op == TAPE_SQRT ? odd_root(a) : a;
}

/* d = a op b for op ADD, SUB, MUL, DIV, SQRT, COPY (which only rounds). */
static void row(const Small *k, TapeOp op, double *d, const double *a, size_t as, const double *b, size_t bs, size_t n)
{
    if (k->f->rounding != ROUND_NEAREST) {
        for (size_t l = 0; l < n; l++) {
            double x = odd_result(op, a[l * as], b[l * bs]);
            if (x == 0 && k->f->rounding == ROUND_DOWN && (op == TAPE_ADD || op == TAPE_SUB))
                x = zero_down(a[l * as], op == TAPE_ADD ? b[l * bs] : -b[l * bs]);
            d[l] = small_round(k->f, x, k->random);
        }
        return;
    }
    SmallRow *nearest = op == TAPE_ADD ? k->rows->add : op == TAPE_SUB ? k->rows->subtract : op == TAPE_MUL ? k->rows->multiply
                      : op == TAPE_DIV ? k->rows->divide : op == TAPE_SQRT ? k->rows->root : k->rows->copy;
    if (nearest(&k->constants, d, a, as, b, bs, n) || k->f->family == FAMILY_DOUBLE)
        return;
    for (size_t l = 0; l < n; l++)
        if (!(fabs(d[l]) <= k->f->largest))
            d[l] = small_round(k->f, d[l], k->random);
}

/* ---- products and sums ---------------------------------------------------------------------------------------------------------------- */

typedef struct At { double *p; size_t row; unsigned lane; } At;

static inline At at(const Banks *b, View v)
{
    return (At){ (double *)b->bank[v.bank] + v.off, v.row_stride, v.lane_stride };
}

static inline double *entry(At x, size_t r, size_t l) { return x.p + r * x.row + l * x.lane; }

static inline size_t part(size_t n, size_t l) { return n - l < CHUNK_LANES ? n - l : CHUNK_LANES; }

/* d = c + a*b or c - a*b with two roundings. */
static void muladd(const Small *k, TapeOp op, const Instruction *i, const Banks *banks, size_t n)
{
    At d = at(banks, i->d), a = at(banks, i->a), b = at(banks, i->b), c = at(banks, i->c);
    double t[CHUNK_LANES];
    for (size_t r = 0; r < i->rows; r++)
        for (size_t l = 0; l < n; l += CHUNK_LANES) {
            size_t m = part(n, l);
            row(k, TAPE_MUL, t, entry(a, r, l), a.lane, entry(b, r, l), b.lane, m);
            row(k, op == TAPE_MULADD ? TAPE_ADD : TAPE_SUB, entry(d, r, l), entry(c, r, l), c.lane, t, 1, m);
        }
}

/* d = c + a*b, for MULSUB c - a*b, with one rounding. */
static void fused(const Small *k, const Instruction *i, const Banks *banks, size_t n)
{
    At     d = at(banks, i->d), a = at(banks, i->a), b = at(banks, i->b), c = at(banks, i->c);
    double sign = i->op == TAPE_MULSUB ? -1 : 1;
    for (size_t r = 0; r < i->rows; r++)
        for (size_t l = 0; l < n; l++) {
            double product = sign * *entry(a, r, l) * *entry(b, r, l), summand = *entry(c, r, l), s = odd_sum(summand, product);
            if (s == 0 && k->f->rounding == ROUND_DOWN)
                s = zero_down(summand, product);
            *entry(d, r, l) = small_round(k->f, s, k->random);
        }
}

/* The whole sum, rounded to the format it belongs to. */
static void end_sum(const Small *k, const Small *sums, double *d, const double *sum, size_t n)
{
    if (sums->f == k->f)
        memmove(d, sum, n * sizeof *d);
    else
        row(k, TAPE_COPY, d, sum, 1, sum, 0, n);
}

/* d = c + A B; every product and every sum is rounded. */
static void gemm(const Small *k, const Small *sums, const Instruction *i, const Banks *banks, size_t n)
{
    At d = at(banks, i->d), a = at(banks, i->a), b = at(banks, i->b), c = at(banks, i->c);
    double t[CHUNK_LANES], sum[CHUNK_LANES];
    for (size_t l = 0; l < n; l += CHUNK_LANES)
        for (size_t r = 0; r < i->rows; r++) {
            size_t m = part(n, l);
            for (size_t q = 0; q < m; q++)
                sum[q] = i->op == TAPE_GEMM && i->has_c ? *entry(c, r, l + q) : 0;
            if (sums->f != k->f)
                row(sums, TAPE_COPY, sum, sum, 1, sum, 0, m);
            for (size_t j = 0; j < i->k; j++) {
                row(sums, TAPE_MUL, t, a.p + r * a.row + j * i->inner, 0, entry(b, j, l), b.lane, m);
                row(sums, TAPE_ADD, sum, sum, 1, t, 1, m);
            }
            end_sum(k, sums, d.p + r * d.row + l, sum, m);
        }
}

/* p[l mod PARTIALS] += a, or a*b if there is a b; a is rounded first if it is no number of the format of the sums. */
static void add_partials(const Small *k, bool convert, double *p, const double *a, size_t as, const double *b, size_t bs, size_t n)
{
    double t[PARTIALS];
    for (size_t l = 0; l < n; l += PARTIALS) {
        size_t m = n - l < PARTIALS ? n - l : PARTIALS;
        if (b)
            row(k, TAPE_MUL, t, a + l * as, as, b + l * bs, bs, m);
        else if (convert)
            row(k, TAPE_COPY, t, a + l * as, as, a, 0, m);
        row(k, TAPE_ADD, p, p, 1, b || convert ? t : a + l * as, b || convert ? 1 : as, m);
    }
}

static void final(const Small *k, const Small *sums, double *d, const double *p)
{
    double four[4], two[2], one;
    row(sums, TAPE_ADD, four, p, 1, p + 4, 1, 4);
    row(sums, TAPE_ADD, two, four, 1, four + 2, 1, 2);
    row(sums, TAPE_ADD, &one, two, 1, two + 1, 1, 1);
    end_sum(k, sums, d, &one, 1);
}

/* Partial sums are numbers of the accumulators until FINAL. */
static void reduce(const Small *k, const Small *sums, const Instruction *i, const Banks *banks, size_t n)
{
    At d = at(banks, i->d), a = at(banks, i->a), b = at(banks, i->b);
    size_t columns = i->op == TAPE_OUTER ? i->k : 1;
    for (size_t r = 0; r < i->rows; r++)
        for (size_t j = 0; j < columns; j++) {
            double *p = d.p + (r * columns + j) * PARTIALS;
            if (i->op == TAPE_FINAL)
                final(k, sums, d.p + r, a.p + r * PARTIALS);
            else
                add_partials(sums, sums->f != k->f, p, a.p + r * a.row, a.lane,
                             i->op == TAPE_SUM ? NULL : b.p + (i->op == TAPE_OUTER ? j : r) * b.row, b.lane, n);
        }
}

/* Sums over the rows, lane by lane. */
static void fold_rows(const Small *k, const Small *sums, const Instruction *i, const Banks *banks, size_t n)
{
    At d = at(banks, i->d), a = at(banks, i->a), b = at(banks, i->b);
    double t[CHUNK_LANES], sum[CHUNK_LANES];
    for (size_t l = 0; l < n; l += CHUNK_LANES) {
        size_t m = part(n, l);
        memset(sum, 0, sizeof sum);
        for (size_t r = 0; r < i->rows; r++) {
            bool dot = i->op == TAPE_ROW_DOT, made = dot || sums->f != k->f;
            if (made)
                row(sums, dot ? TAPE_MUL : TAPE_COPY, t, entry(a, r, l), a.lane, dot ? entry(b, r, l) : entry(a, r, l), dot ? b.lane : a.lane, m);
            row(sums, TAPE_ADD, sum, sum, 1, made ? t : entry(a, r, l), made ? 1 : a.lane, m);
        }
        end_sum(k, sums, d.p + l, sum, m);
    }
}

/* ---- functions -------------------------------------------------------------------------------------------------------------------------- */

/* The fp64 result z, within 8 units of its last place, rounds as the function itself if both ends of that range do. */
static bool decides(const Small *k, double z, double *rounded)
{
    double low = small_round(k->f, z * (1 - 0x1p-49), NULL), high = small_round(k->f, z * (1 + 0x1p-49), NULL);
    *rounded = low;
    return isnormal(z) && low == high;
}

static void call_one(const Small *k, const Instruction *i, double *d, double x, double y, double w)
{
    const double u[] = { x, y, w };
    if (i->op == TAPE_POW)
        format_power(k->f, d, u, k->random);
    else
        format_call(k->f, d, &fn_rows[i->fn], u, i->k, k->random);
}

/* Correctly rounded: fp64 first, beside d, which may be one of the arguments. */
static void call_exactly(const Small *k, const Format *fp64, const Instruction *i, const Banks *banks, size_t n)
{
    At          d = at(banks, i->d), a = at(banks, i->a), b = at(banks, i->b), c = at(banks, i->c);
    bool        try = k->f->rounding != ROUND_STOCHASTIC && !(i->op == TAPE_CALL && i->fn == FN_mod);
    double      t[CHUNK_LANES] = { 0 };
    Instruction beside = *i;
    beside.rows = 1;
    beside.d = (View){ 0, 0, 1, 0 };
    beside.a = (View){ 0, 0, (uint8_t)a.lane, 1 };
    beside.b = (View){ 0, 0, (uint8_t)b.lane, 2 };
    beside.c = (View){ 0, 0, (uint8_t)c.lane, 3 };
    for (size_t r = 0; r < i->rows; r++)
        for (size_t l = 0; l < n; l += CHUNK_LANES) {
            size_t m = part(n, l);
            void  *bank[] = { t, entry(a, r, l), entry(b, r, l), entry(c, r, l) };
            if (try)
                double_kernels()->run(fp64, &beside, &(Banks){ bank, NULL, false }, m);
            for (size_t q = l; q < l + m; q++) {
                double z;
                if (!try || !decides(k, t[q - l], &z))
                    call_one(k, i, &z, *entry(a, r, q), *entry(b, r, q), *entry(c, r, q));
                *entry(d, r, q) = z;
            }
        }
}

/* In fp64, then rounded. mod would lose its integer quotient there. */
static void call(const Small *k, const Instruction *i, const Banks *banks, size_t n)
{
    Format fp64;
    format_named(STR("fp64"), &fp64);
    if (k->f->correct || (i->op == TAPE_CALL && i->fn == FN_mod)) {
        call_exactly(k, &fp64, i, banks, n);
        return;
    }
    double_kernels()->run(&fp64, i, banks, n);
    At d = at(banks, i->d);
    for (size_t r = 0; r < i->rows; r++)
        row(k, TAPE_COPY, d.p + r * d.row, d.p + r * d.row, 1, d.p, 0, n);
}

/* ---- the switch ---------------------------------------------------------------------------------------------------------------------------- */

static void arithmetic(const Small *k, TapeOp op, const Instruction *i, const Banks *banks, size_t n)
{
    At d = at(banks, i->d), a = at(banks, i->a), b = at(banks, i->b);
    for (size_t r = 0; r < i->rows; r++)
        row(k, op, entry(d, r, 0), entry(a, r, 0), a.lane, op == TAPE_SQRT ? entry(a, r, 0) : entry(b, r, 0), op == TAPE_SQRT ? a.lane : b.lane, n);
}

static void accumulate(const Small *k, const Instruction *i, const Banks *banks, size_t n)
{
    Small  own = *k;
    Format g;
    if (k->f->sums.precision) {
        g = format_accumulators(k->f);
        own = small_of(&g, k->random);
    }
    if (i->op == TAPE_GEMM || i->op == TAPE_UNIFORM_GEMM)
        gemm(k, &own, i, banks, n);
    else if (i->op == TAPE_ROW_SUM || i->op == TAPE_ROW_DOT)
        fold_rows(k, &own, i, banks, n);
    else
        reduce(k, &own, i, banks, n);
}

static void run(const Format *f, const Instruction *i, const Banks *banks, size_t n)
{
    Small k = small_of(f, banks->random);
    switch ((TapeOp)i->op) {
    case TAPE_COPY: case TAPE_NEG: case TAPE_LT: case TAPE_LE: case TAPE_EQ: case TAPE_NE: case TAPE_SELECT:
        double_kernels()->run(f, i, banks, n);
        break;
    case TAPE_ADD: case TAPE_SUB: case TAPE_MUL: case TAPE_DIV: case TAPE_SQRT:
        arithmetic(&k, i->op, i, banks, n);
        break;
    case TAPE_MULADD: case TAPE_MULSUB:
        f->contract ? fused(&k, i, banks, n) : muladd(&k, i->op, i, banks, n);
        break;
    case TAPE_FMA:
        fused(&k, i, banks, n);
        break;
    case TAPE_POW: case TAPE_CALL:
        if (i->op == TAPE_CALL && i->fn == FN_sqrt)
            arithmetic(&k, TAPE_SQRT, i, banks, n);
        else
            call(&k, i, banks, n);
        break;
    case TAPE_GEMM: case TAPE_UNIFORM_GEMM: case TAPE_ROW_SUM: case TAPE_ROW_DOT: case TAPE_OUTER: case TAPE_SUM: case TAPE_DOT: case TAPE_FINAL:
        accumulate(&k, i, banks, n);
        break;
    }
}

const Kernels small_kernels = { .run = run };
