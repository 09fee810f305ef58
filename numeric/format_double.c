/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The kernels of fp64, written once with vector types and compiled once per instruction set (see numeric/meson.build): AVX-512,
 * AVX2 with fused multiply-add, and what the compiler takes by itself. format_double_choose.c picks one at run time.
 *
 * Nothing is contracted, so every operation is one IEEE operation. Elementary functions are SLEEF's (below 1 ulp; tanh 3.5):
 * its family with fused multiply-add has the same bits at every vector width. Rows of functions.def that SLEEF lacks go
 * lane by lane through Arb. Loops whose count is a whole block are unrolled by the compiler. */
#include "numeric/format_double.h"

#include <math.h>
#include <string.h>

#if defined(__AVX512F__)
#define WIDTH 8
#define SLEEF(name, ulp) Sleef_finz_##name##d8_##ulp##avx512f
#elif defined(__AVX2__) && defined(__FMA__)
#define WIDTH 4
#define SLEEF(name, ulp) Sleef_finz_##name##d4_##ulp##avx2
#elif defined(__SSE2__)
#define WIDTH 2
#define SLEEF(name, ulp) Sleef_cinz_##name##d2_##ulp##sse2
#else
#define WIDTH 1
#define SLEEF(name, ulp) scalar_##name
#endif

#if WIDTH > 1
#include <sleef.h>
typedef double Vector __attribute__((vector_size(8 * WIDTH), aligned(8), may_alias));
#else
typedef double Vector;
static double scalar_exp(double x) { return exp(x); }
#define SCALAR(name) static double scalar_##name(double x) { return name(x); }
SCALAR(expm1) SCALAR(log) SCALAR(log2) SCALAR(log10) SCALAR(log1p) SCALAR(cbrt) SCALAR(sin) SCALAR(cos) SCALAR(tan) SCALAR(asin) SCALAR(acos)
SCALAR(atan) SCALAR(sinh) SCALAR(cosh) SCALAR(tanh) SCALAR(asinh) SCALAR(acosh) SCALAR(atanh) SCALAR(erf) SCALAR(erfc)
static double scalar_pow(double x, double y)   { return pow(x, y); }
static double scalar_atan2(double x, double y) { return atan2(x, y); }
static double scalar_hypot(double x, double y) { return hypot(x, y); }
#endif

#if defined(__clang__)
#define INDEPENDENT _Pragma("clang loop vectorize(assume_safety)")
#else
#define INDEPENDENT _Pragma("GCC ivdep")
#endif

/* The type allows any address; gcc makes two moves through the stack of a memcpy of 32 bytes. */
static inline Vector load(const double *a)            { return *(const Vector *)a; }
static inline void   store(double *d, Vector v)       { *(Vector *)d = v; }
static inline Vector splat(double x)                  { return x - (Vector){ 0 }; }      /* keeps -0 */

/* ---- arithmetic: a and b step by 0 or 1 ----------------------------------------------------------------------------------- */

typedef void Binary(double *d, const double *a, unsigned as, const double *b, unsigned bs, size_t n);

#define BINARY(name, expression)                                                                            \
    static inline void name##_loop(double *d, const double *a, unsigned as, const double *b, unsigned bs, size_t n) \
    {                                                                                                       \
        if (as && bs) {                                                                                     \
            INDEPENDENT for (size_t l = 0; l < n; l++) { double x = a[l], y = b[l]; d[l] = (expression); }  \
        } else if (as) {                                                                                    \
            const double y = *b;                                                                            \
            INDEPENDENT for (size_t l = 0; l < n; l++) { double x = a[l]; d[l] = (expression); }            \
        } else if (bs) {                                                                                    \
            const double x = *a;                                                                            \
            INDEPENDENT for (size_t l = 0; l < n; l++) { double y = b[l]; d[l] = (expression); }            \
        } else {                                                                                            \
            const double x = *a, y = *b, z = (expression);                                                  \
            INDEPENDENT for (size_t l = 0; l < n; l++) d[l] = z;                                            \
        }                                                                                                   \
    }                                                                                                       \
    static void name(double *d, const double *a, unsigned as, const double *b, unsigned bs, size_t n)       \
    {                                                                                                       \
        for (; n >= BLOCK; n -= BLOCK, d += BLOCK, a += as * BLOCK, b += bs * BLOCK)                        \
            name##_loop(d, a, as, b, bs, BLOCK);                                                            \
        if (n)                                                                                              \
            name##_loop(d, a, as, b, bs, n);                                                                \
    }

BINARY(add, x + y)
BINARY(sub, x - y)
BINARY(mul, x * y)
BINARY(divide, x / y)
BINARY(less, x < y ? 1.0 : 0.0)
BINARY(less_equal, x <= y ? 1.0 : 0.0)
BINARY(equal, x == y ? 1.0 : 0.0)
BINARY(unequal, x != y ? 1.0 : 0.0)
BINARY(minimum, x < y || x != x ? x : y)
BINARY(maximum, x > y || x != x ? x : y)
BINARY(modulo, x - y * floor(x / y))

/* d = c + s*(a*b), s = 1 or -1 */
static inline void muladd_loop(double *d, const double *a, unsigned as, const double *b, unsigned bs, const double *c, unsigned cs, double s, size_t n)
{
    if (as && bs && cs) {
        INDEPENDENT for (size_t l = 0; l < n; l++) d[l] = c[l] + s * (a[l] * b[l]);
    } else if (bs && cs) {
        const double x = s * *a;
        INDEPENDENT for (size_t l = 0; l < n; l++) d[l] = c[l] + x * b[l];
    } else {
        INDEPENDENT for (size_t l = 0; l < n; l++) d[l] = c[l * cs] + s * (a[l * as] * b[l * bs]);
    }
}

static void muladd(double *d, const double *a, unsigned as, const double *b, unsigned bs, const double *c, unsigned cs, double s, size_t n)
{
    if (as && !bs) {
        const double *swap = a;
        a = b, b = swap, as = 0, bs = 1;
    }
    for (; n >= BLOCK; n -= BLOCK, d += BLOCK, a += as * BLOCK, b += bs * BLOCK, c += cs * BLOCK)
        muladd_loop(d, a, as, b, bs, c, cs, s, BLOCK);
    if (n)
        muladd_loop(d, a, as, b, bs, c, cs, s, n);
}

static void fused(double *d, const double *a, unsigned as, const double *b, unsigned bs, const double *c, unsigned cs, size_t n)
{
    for (size_t l = 0; l < n; l++)
        d[l] = fma(a[l * as], b[l * bs], c[l * cs]);
}

static void copy_lanes(double *d, const double *a, unsigned as, size_t n)
{
    if (as) {
        memmove(d, a, n * sizeof *d);
        return;
    }
    for (size_t l = 0; l < n; l++)
        d[l] = *a;
}

static void select_lanes(double *d, const double *a, unsigned as, const double *b, unsigned bs, const double *c, unsigned cs, size_t n)
{
    INDEPENDENT for (size_t l = 0; l < n; l++) d[l] = a[l * as] != 0 ? c[l * cs] : b[l * bs];
}

/* ---- functions ----------------------------------------------------------------------------------------------------------------- */

/* Applies a vector function to n numbers; the last ones are padded by themselves. */
#define UNARY(name, expression)                                             \
    static void name##_lanes(double *d, const double *a, size_t n)          \
    {                                                                       \
        size_t l = 0;                                                       \
        for (; l + WIDTH <= n; l += WIDTH) {                                \
            Vector x = load(a + l);                                         \
            store(d + l, (expression));                                     \
        }                                                                   \
        if (l < n) {                                                        \
            double tail[WIDTH];                                             \
            for (size_t j = 0; j < WIDTH; j++)                              \
                tail[j] = a[l + j < n ? l + j : n - 1];                     \
            Vector x = load(tail);                                          \
            store(tail, (expression));                                      \
            for (size_t j = 0; l + j < n; j++)                              \
                d[l + j] = tail[j];                                         \
        }                                                                   \
    }

#if WIDTH > 1
typedef long long Mask __attribute__((vector_size(8 * WIDTH), aligned(8), may_alias));
static inline Vector choose(Mask m, Vector yes, Vector no) { return (Vector)(((Mask)yes & m) | ((Mask)no & ~m)); }
static inline Vector magnitude(Vector x)                   { return (Vector)((Mask)x & (Mask)(0x7fffffffffffffff - (Mask){ 0 })); }
#else
typedef int Mask;
static inline Vector choose(Mask m, Vector yes, Vector no) { return m ? yes : no; }
static inline Vector magnitude(Vector x)                   { return fabs(x); }
#endif

/* SLEEF's log1p is infinite from 1.03e307 on; log takes over where 1 + x = x. */
static inline Vector log1p_vector(Vector x)
{
    return choose(x > splat(0x1p60), SLEEF(log, u10)(x), SLEEF(log1p, u10)(x));
}

/* Through e = exp(-|x|), which never overflows. */
static inline Vector sigmoid_vector(Vector x)
{
    Vector e = SLEEF(exp, u10)(-magnitude(x)), d = splat(1) + e;
    return choose(x < splat(0), e / d, splat(1) / d);
}

static inline Vector softplus_vector(Vector x)
{
    return choose(x > splat(0), x, splat(0)) + SLEEF(log1p, u10)(SLEEF(exp, u10)(-magnitude(x)));
}

UNARY(exp, SLEEF(exp, u10)(x))
UNARY(expm1, SLEEF(expm1, u10)(x))
UNARY(log, SLEEF(log, u10)(x))
UNARY(log2, SLEEF(log2, u10)(x))
UNARY(log10, SLEEF(log10, u10)(x))
UNARY(log1p, log1p_vector(x))
UNARY(cbrt, SLEEF(cbrt, u10)(x))
UNARY(sin, SLEEF(sin, u10)(x))
UNARY(cos, SLEEF(cos, u10)(x))
UNARY(tan, SLEEF(tan, u10)(x))
UNARY(cot, splat(1) / SLEEF(tan, u10)(x))
UNARY(sec, splat(1) / SLEEF(cos, u10)(x))
UNARY(csc, splat(1) / SLEEF(sin, u10)(x))
UNARY(asin, SLEEF(asin, u10)(x))
UNARY(acos, SLEEF(acos, u10)(x))
UNARY(atan, SLEEF(atan, u10)(x))
UNARY(sinh, SLEEF(sinh, u10)(x))
UNARY(cosh, SLEEF(cosh, u10)(x))
#if WIDTH > 1
UNARY(tanh, SLEEF(tanh, u35)(x))
UNARY(erfc, SLEEF(erfc, u15)(x))
#else
UNARY(tanh, SLEEF(tanh, u10)(x))
UNARY(erfc, SLEEF(erfc, u10)(x))
#endif
UNARY(asinh, SLEEF(asinh, u10)(x))
UNARY(acosh, SLEEF(acosh, u10)(x))
UNARY(atanh, SLEEF(atanh, u10)(x))
UNARY(erf, SLEEF(erf, u10)(x))
UNARY(sigmoid, sigmoid_vector(x))
UNARY(softplus, softplus_vector(x))
UNARY(abs, magnitude(x))
UNARY(relu, choose(x < splat(0), splat(0), x))

#define EACH(name, expression)                                              \
    static void name##_lanes(double *d, const double *a, size_t n)          \
    {                                                                       \
        INDEPENDENT for (size_t l = 0; l < n; l++) { double x = a[l]; d[l] = (expression); } \
    }

EACH(root, sqrt(x))
EACH(negate, -x)
EACH(sign, x > 0 ? 1.0 : x < 0 ? -1.0 : x)
EACH(floor, floor(x))
EACH(ceil, ceil(x))
EACH(round, round(x))

typedef void Unary(double *d, const double *a, size_t n);

static Unary *const unary[FN_COUNT] = {
    [FN_exp] = exp_lanes, [FN_expm1] = expm1_lanes, [FN_log] = log_lanes, [FN_log2] = log2_lanes, [FN_log10] = log10_lanes,
    [FN_log1p] = log1p_lanes, [FN_cbrt] = cbrt_lanes, [FN_sin] = sin_lanes, [FN_cos] = cos_lanes, [FN_tan] = tan_lanes,
    [FN_cot] = cot_lanes, [FN_sec] = sec_lanes, [FN_csc] = csc_lanes, [FN_asin] = asin_lanes, [FN_acos] = acos_lanes,
    [FN_atan] = atan_lanes, [FN_sinh] = sinh_lanes, [FN_cosh] = cosh_lanes, [FN_tanh] = tanh_lanes, [FN_asinh] = asinh_lanes,
    [FN_acosh] = acosh_lanes, [FN_atanh] = atanh_lanes, [FN_erf] = erf_lanes, [FN_erfc] = erfc_lanes, [FN_sigmoid] = sigmoid_lanes,
    [FN_softplus] = softplus_lanes, [FN_relu] = relu_lanes, [FN_abs] = abs_lanes, [FN_sign] = sign_lanes, [FN_floor] = floor_lanes,
    [FN_ceil] = ceil_lanes, [FN_round] = round_lanes, [FN_sqrt] = root_lanes,
};

#define PAIRWISE(name, call)                                                                                       \
    static void name(double *d, const double *a, unsigned as, const double *b, unsigned bs, size_t n)              \
    {                                                                                                              \
        for (size_t l = 0; l < n; l += WIDTH) {                                                                    \
            double xs[WIDTH], ys[WIDTH];                                                                           \
            for (size_t j = 0; j < WIDTH; j++) {                                                                   \
                size_t k = l + j < n ? l + j : n - 1;                                                              \
                xs[j] = a[k * as], ys[j] = b[k * bs];                                                              \
            }                                                                                                      \
            Vector x = load(xs), y = load(ys);                                                                     \
            store(xs, (call));                                                                                     \
            for (size_t j = 0; j < WIDTH && l + j < n; j++)                                                        \
                d[l + j] = xs[j];                                                                                  \
        }                                                                                                          \
    }

PAIRWISE(power, SLEEF(pow, u10)(x, y))
PAIRWISE(angle, SLEEF(atan2, u10)(x, y))
#if WIDTH > 1
PAIRWISE(hypotenuse, SLEEF(hypot, u05)(x, y))
#else
PAIRWISE(hypotenuse, SLEEF(hypot, u05)(x, y))
#endif

static void call(const Format *f, const Instruction *i, double *d, const double *const *arg, const unsigned *step, size_t n)
{
    Binary *two = i->fn == FN_min ? minimum : i->fn == FN_max ? maximum : i->fn == FN_mod ? modulo : i->fn == FN_atan2 ? angle
                : i->fn == FN_hypot ? hypotenuse : NULL;
    if (i->k == 1 && unary[i->fn] && !f->correct) {
        unary[i->fn](d, arg[0], step[0] ? n : 1);
        for (size_t l = 1; !step[0] && l < n; l++)
            d[l] = d[0];
    } else if (i->k == 2 && two && !f->correct) {
        two(d, arg[0], step[0], arg[1], step[1], n);
    } else {
        double_rows_call(f, i, d, arg, step, n);
    }
}

/* ---- products and sums ------------------------------------------------------------------------------------------------------------- */

typedef struct At { double *p; size_t row; unsigned lane; } At;

static inline At at(const Banks *b, View v)
{
    return (At){ (double *)b->bank[v.bank] + v.off, v.row_stride, v.lane_stride };
}

enum { TILE = 4 };                     /* vectors at a time */
#if WIDTH == 8
enum { GEMM_ROWS = 4 };                         /* rows of a product at a time */
enum { OUTER_ROWS = 4, OUTER_COLUMNS = 4 };     /* sums at a time: as many as there are registers for */
#else
enum { GEMM_ROWS = 2 };
enum { OUTER_ROWS = 2, OUTER_COLUMNS = 2 };
#endif

/* d[r][l] = c[r][l] + sum over j of A[r][j]*B[j][l], for rows r.. and `vectors` vectors of lanes from l on. With both constant, all
 * sums stay in registers. */
static inline __attribute__((always_inline)) void gemm_tile(const Instruction *i, At d, At a, At b, At c, size_t r, size_t l, size_t rows, size_t vectors)
{
    Vector acc[GEMM_ROWS][TILE];
    for (size_t q = 0; q < rows; q++)
        for (size_t v = 0; v < vectors; v++)
            acc[q][v] = !i->has_c ? splat(0) : c.lane ? load(c.p + (r + q) * c.row + l + v * WIDTH) : splat(c.p[(r + q) * c.row]);
    const double *row = a.p + r * a.row, *column = b.p + l;
    for (size_t j = 0; j < i->k; j++, row += i->inner, column += b.row) {
        Vector y[TILE];
        for (size_t v = 0; v < vectors; v++)
            y[v] = load(column + v * WIDTH);
        for (size_t q = 0; q < rows; q++) {
            Vector x = splat(row[q * a.row]);
            for (size_t v = 0; v < vectors; v++)
                acc[q][v] += x * y[v];
        }
    }
    for (size_t q = 0; q < rows; q++)
        for (size_t v = 0; v < vectors; v++)
            store(d.p + (r + q) * d.row + l + v * WIDTH, acc[q][v]);
}

static void gemm(const Instruction *i, const Banks *banks, size_t n)
{
    At     d = at(banks, i->d), a = at(banks, i->a), b = at(banks, i->b), c = at(banks, i->c);
    size_t l = 0, r;
    for (; l + TILE * WIDTH <= n && b.lane; l += TILE * WIDTH) {
        for (r = 0; r + GEMM_ROWS <= i->rows; r += GEMM_ROWS)
            gemm_tile(i, d, a, b, c, r, l, GEMM_ROWS, TILE);
        for (; r < i->rows; r++)
            gemm_tile(i, d, a, b, c, r, l, 1, TILE);
    }
    for (; l + WIDTH <= n && b.lane; l += WIDTH) {
        for (r = 0; r + GEMM_ROWS <= i->rows; r += GEMM_ROWS)
            gemm_tile(i, d, a, b, c, r, l, GEMM_ROWS, 1);
        for (; r < i->rows; r++)
            gemm_tile(i, d, a, b, c, r, l, 1, 1);
    }
    for (; l < n; l++)
        for (r = 0; r < i->rows; r++) {
            double sum = i->has_c ? c.p[r * c.row + l * c.lane] : 0;
            for (size_t j = 0; j < i->k; j++)
                sum += a.p[r * a.row + j * i->inner] * b.p[j * b.row + l * b.lane];
            d.p[r * d.row + l] = sum;
        }
}

static void uniform_gemm(const Instruction *i, const Banks *banks, size_t n)
{
    At d = at(banks, i->d), a = at(banks, i->a), b = at(banks, i->b);
    for (size_t r = 0; r < i->rows; r++)
        for (size_t l = 0; l < n; l++) {
            double sum = 0;
            for (size_t j = 0; j < i->k; j++)
                sum += a.p[r * a.row + j * i->inner] * b.p[j * b.row + l * b.lane];
            d.p[r * d.row + l] = sum;
        }
}

/* PARTIALS partial sums as vectors: lane l is added to number l mod PARTIALS, in order. */
enum { PARTS = PARTIALS / WIDTH };

static inline void add_partials(double *p, const double *a, unsigned as, size_t n, bool first)
{
    size_t l = 0;
    Vector acc[PARTS];
    for (size_t v = 0; v < PARTS; v++)
        acc[v] = first ? splat(0) : load(p + v * WIDTH);
    for (; as && l + PARTIALS <= n; l += PARTIALS)
        for (size_t v = 0; v < PARTS; v++)
            acc[v] += load(a + l + v * WIDTH);
    for (size_t v = 0; v < PARTS; v++)
        store(p + v * WIDTH, acc[v]);
    for (; l < n; l++)
        p[l % PARTIALS] += a[l * as];
}

/* For every row q of a and every row j of b: p[q*step + j] += a[q]*b[j]. With rows and columns constant, all sums stay in registers. */
static inline __attribute__((always_inline)) void add_tile(double *p, size_t step, At a, At b, size_t rows, size_t columns, size_t n, bool first)
{
    size_t l = 0;
    Vector acc[OUTER_ROWS][OUTER_COLUMNS][PARTS];
    for (size_t q = 0; q < rows; q++)
        for (size_t j = 0; j < columns; j++)
            for (size_t v = 0; v < PARTS; v++)
                acc[q][j][v] = first ? splat(0) : load(p + (q * step + j) * PARTIALS + v * WIDTH);
    for (; l + PARTIALS <= n; l += PARTIALS)
        for (size_t v = 0; v < PARTS; v++) {
            Vector y[OUTER_COLUMNS];
            for (size_t j = 0; j < columns; j++)
                y[j] = b.lane ? load(b.p + j * b.row + l + v * WIDTH) : splat(b.p[j * b.row]);
            for (size_t q = 0; q < rows; q++) {
                Vector x = a.lane ? load(a.p + q * a.row + l + v * WIDTH) : splat(a.p[q * a.row]);
                for (size_t j = 0; j < columns; j++)
                    acc[q][j][v] += x * y[j];
            }
        }
    for (size_t q = 0; q < rows; q++)
        for (size_t j = 0; j < columns; j++) {
            for (size_t v = 0; v < PARTS; v++)
                store(p + (q * step + j) * PARTIALS + v * WIDTH, acc[q][j][v]);
            for (size_t m = l; m < n; m++)
                p[(q * step + j) * PARTIALS + m % PARTIALS] += a.p[q * a.row + m * a.lane] * b.p[j * b.row + m * b.lane];
        }
}

static void sum_lanes(const Instruction *i, const Banks *banks, size_t n)
{
    At d = at(banks, i->d), a = at(banks, i->a);
    for (size_t r = 0; r < i->rows; r++)
        add_partials(d.p + r * PARTIALS, a.p + r * a.row, a.lane, n, banks->first);
}

/* The dot product of each row of a with the same row of b. */
static void dot_lanes(const Instruction *i, const Banks *banks, size_t n)
{
    At d = at(banks, i->d), a = at(banks, i->a), b = at(banks, i->b);
    for (size_t r = 0; r < i->rows; r++) {
        At x = { a.p + r * a.row, 0, a.lane }, y = { b.p + r * b.row, 0, b.lane };
        if (x.lane && y.lane)
            add_tile(d.p + r * PARTIALS, 1, (At){ x.p, 0, 1 }, (At){ y.p, 0, 1 }, 1, 1, n, banks->first);
        else
            add_tile(d.p + r * PARTIALS, 1, x, y, 1, 1, n, banks->first);
    }
}

/* That of every row of a with every row of b. */
static void outer_lanes(const Instruction *i, const Banks *banks, size_t n)
{
    At   d = at(banks, i->d), a = at(banks, i->a), b = at(banks, i->b);
    bool lanes = a.lane && b.lane;
    for (size_t r = 0; r < i->rows; r += OUTER_ROWS)
        for (size_t j = 0; j < i->k; j += OUTER_COLUMNS) {
            size_t  rows = i->rows - r < OUTER_ROWS ? i->rows - r : OUTER_ROWS, columns = i->k - j < OUTER_COLUMNS ? i->k - j : OUTER_COLUMNS;
            double *p = d.p + (r * i->k + j) * PARTIALS;
            At      x = { a.p + r * a.row, a.row, a.lane }, y = { b.p + j * b.row, b.row, b.lane };
            if (lanes && rows == OUTER_ROWS && columns == OUTER_COLUMNS)
                add_tile(p, i->k, (At){ x.p, x.row, 1 }, (At){ y.p, y.row, 1 }, OUTER_ROWS, OUTER_COLUMNS, n, banks->first);
            else if (lanes && rows == OUTER_ROWS && columns == 1)
                add_tile(p, i->k, (At){ x.p, x.row, 1 }, (At){ y.p, y.row, 1 }, OUTER_ROWS, 1, n, banks->first);
            else
                for (size_t q = 0; q < rows; q++)
                    for (size_t m = 0; m < columns; m++)
                        add_tile(p + (q * i->k + m) * PARTIALS, 1, (At){ x.p + q * x.row, 0, x.lane }, (At){ y.p + m * y.row, 0, y.lane }, 1, 1, n,
                                 banks->first);
        }
}

typedef double Four __attribute__((vector_size(32), aligned(8), may_alias));

/* p0 + p4, p1 + p5, p2 + p6, p3 + p7 */
static inline void half_sums(Four *s, const double *p)
{
    Four high;
    memcpy(s, p, sizeof *s);
    memcpy(&high, p + 4, sizeof high);
    *s += high;
}

/* ((p0 + p4) + (p2 + p6)) + ((p1 + p5) + (p3 + p7)), four rows at a time: transposed, then added as vectors. */
static void finish_sums(const Instruction *i, const Banks *banks)
{
    At            d = at(banks, i->d), a = at(banks, i->a);
    const double *p = a.p;
    size_t        r = 0;
    for (; r + 4 <= i->rows; r += 4, p += 4 * PARTIALS) {
        Four s, t, u, v;
        half_sums(&s, p);
        half_sums(&t, p + PARTIALS);
        half_sums(&u, p + 2 * PARTIALS);
        half_sums(&v, p + 3 * PARTIALS);
        Four st_even = __builtin_shufflevector(s, t, 0, 4, 2, 6), st_odd = __builtin_shufflevector(s, t, 1, 5, 3, 7);
        Four uv_even = __builtin_shufflevector(u, v, 0, 4, 2, 6), uv_odd = __builtin_shufflevector(u, v, 1, 5, 3, 7);
        Four even = __builtin_shufflevector(st_even, uv_even, 0, 1, 4, 5) + __builtin_shufflevector(st_even, uv_even, 2, 3, 6, 7);
        Four odd = __builtin_shufflevector(st_odd, uv_odd, 0, 1, 4, 5) + __builtin_shufflevector(st_odd, uv_odd, 2, 3, 6, 7);
        even += odd;
        memcpy(d.p + r, &even, sizeof even);
    }
    for (; r < i->rows; r++, p += PARTIALS) {
        Four s;
        half_sums(&s, p);
        d.p[r] = (s[0] + s[2]) + (s[1] + s[3]);
    }
}

/* Sums over the rows of a, or of a*b, for `vectors` vectors of lanes from l on. */
static inline __attribute__((always_inline)) void fold_tile(const Instruction *i, At d, At a, At b, size_t l, size_t vectors, bool dot)
{
    Vector acc[TILE];
    for (size_t v = 0; v < vectors; v++)
        acc[v] = splat(0);
    for (size_t r = 0; r < i->rows; r++)
        for (size_t v = 0; v < vectors; v++) {
            Vector x = a.lane ? load(a.p + r * a.row + l + v * WIDTH) : splat(a.p[r * a.row]);
            if (dot)
                x *= b.lane ? load(b.p + r * b.row + l + v * WIDTH) : splat(b.p[r * b.row]);
            acc[v] += x;
        }
    for (size_t v = 0; v < vectors; v++)
        store(d.p + l + v * WIDTH, acc[v]);
}

static void fold_rows(const Instruction *i, const Banks *banks, size_t n)
{
    At     d = at(banks, i->d), a = at(banks, i->a), b = at(banks, i->b);
    size_t l = 0;
    bool   dot = i->op == TAPE_ROW_DOT;
    for (; l + TILE * WIDTH <= n; l += TILE * WIDTH)
        fold_tile(i, d, a, b, l, TILE, dot);
    for (; l + WIDTH <= n; l += WIDTH)
        fold_tile(i, d, a, b, l, 1, dot);
    for (; l < n; l++) {
        double sum = 0;
        for (size_t r = 0; r < i->rows; r++)
            sum += dot ? a.p[r * a.row + l * a.lane] * b.p[r * b.row + l * b.lane] : a.p[r * a.row + l * a.lane];
        d.p[l] = sum;
    }
}

/* ---- the switch ------------------------------------------------------------------------------------------------------------------------ */

static Binary *const binary[] = {
    [TAPE_ADD] = add, [TAPE_SUB] = sub, [TAPE_MUL] = mul, [TAPE_DIV] = divide, [TAPE_POW] = power, [TAPE_LT] = less,
    [TAPE_LE] = less_equal, [TAPE_EQ] = equal, [TAPE_NE] = unequal,
};

static void entries(const Format *f, const Instruction *i, double *d, const double *const *arg, const unsigned *step, size_t n)
{
    switch ((TapeOp)i->op) {
    case TAPE_COPY: copy_lanes(d, arg[0], step[0], n); break;
    case TAPE_NEG:
    case TAPE_SQRT:
        (i->op == TAPE_NEG ? negate_lanes : root_lanes)(d, arg[0], step[0] ? n : 1);
        for (size_t l = 1; !step[0] && l < n; l++)
            d[l] = d[0];
        break;
    case TAPE_POW:
        if (f->correct) {
            double_rows_power(f, d, arg, step, n);
            break;
        }
        power(d, arg[0], step[0], arg[1], step[1], n);
        break;
    case TAPE_ADD: case TAPE_SUB: case TAPE_MUL: case TAPE_DIV: case TAPE_LT: case TAPE_LE: case TAPE_EQ: case TAPE_NE:
        binary[i->op](d, arg[0], step[0], arg[1], step[1], n);
        break;
    case TAPE_MULADD: muladd(d, arg[0], step[0], arg[1], step[1], arg[2], step[2], 1, n); break;
    case TAPE_MULSUB: muladd(d, arg[0], step[0], arg[1], step[1], arg[2], step[2], -1, n); break;
    case TAPE_FMA:    fused(d, arg[0], step[0], arg[1], step[1], arg[2], step[2], n); break;
    case TAPE_SELECT: select_lanes(d, arg[0], step[0], arg[1], step[1], arg[2], step[2], n); break;
    case TAPE_CALL:   call(f, i, d, arg, step, n); break;
    case TAPE_GEMM: case TAPE_OUTER: case TAPE_UNIFORM_GEMM: case TAPE_ROW_SUM: case TAPE_ROW_DOT: case TAPE_SUM: case TAPE_DOT: case TAPE_FINAL:
        break;
    }
}

/* Do the rows lie one behind the other, or are all entries one number? */
static bool is_one_row(At x, size_t n) { return x.lane ? x.row == n : x.row == 0; }

static void run(const Format *f, const Instruction *i, const Banks *banks, size_t n)
{
    switch ((TapeOp)i->op) {
    case TAPE_GEMM:         gemm(i, banks, n); return;
    case TAPE_UNIFORM_GEMM: uniform_gemm(i, banks, n); return;
    case TAPE_SUM:          sum_lanes(i, banks, n); return;
    case TAPE_DOT:          dot_lanes(i, banks, n); return;
    case TAPE_OUTER:        outer_lanes(i, banks, n); return;
    case TAPE_FINAL:        finish_sums(i, banks); return;
    case TAPE_ROW_SUM: case TAPE_ROW_DOT:
        fold_rows(i, banks, n);
        return;
    case TAPE_COPY: case TAPE_NEG: case TAPE_ADD: case TAPE_SUB: case TAPE_MUL: case TAPE_DIV: case TAPE_MULADD: case TAPE_MULSUB:
    case TAPE_FMA: case TAPE_SQRT: case TAPE_POW: case TAPE_CALL: case TAPE_LT: case TAPE_LE: case TAPE_EQ: case TAPE_NE: case TAPE_SELECT:
        break;
    }
    At       d = at(banks, i->d), a = at(banks, i->a), b = at(banks, i->b), c = at(banks, i->c);
    size_t   rows = i->rows;
    unsigned step[3] = { a.lane, b.lane, c.lane };
    if (rows > 1 && n == 1 && d.row == 1 && a.row <= 1 && b.row <= 1 && c.row <= 1) {        /* a uniform vector: its entries are lanes */
        step[0] = (unsigned)a.row, step[1] = (unsigned)b.row, step[2] = (unsigned)c.row;
        n = rows;
        rows = 1;
    } else if (rows > 1 && is_one_row(d, n) && is_one_row(a, n) && is_one_row(b, n) && is_one_row(c, n)) {
        n *= rows;
        rows = 1;
    }
    for (size_t r = 0; r < rows; r++)
        entries(f, i, d.p + r * d.row, (const double *const[]){ a.p + r * a.row, b.p + r * b.row, c.p + r * c.row }, step, n);
}

/* One number at a time, without a call per instruction; anything but arithmetic takes the general way. */
/* The library's: below 1 ulp as well, and quick for one number. Where log(x) <= x - 1 shows that the power is 0, its error path is avoided:
 * beta^t of an update rule is 0 after some thousand steps. */
static double raised(double x, double y)
{
    return x > 0 && y > 0 && y * (x - 1) < -800 ? 0 : pow(x, y);
}

static void run_uniform(const Format *f, const Instruction *i, size_t count, const Banks *banks)
{
    double *m = banks->bank[0];
    for (const Instruction *end = i + count; i < end; i++) {
        if (i->lanes != 1 || i->rows != 1) {
            run(f, i, banks, i->lanes);
            continue;
        }
        double *d = m + i->d.off, x = m[i->a.off], y = m[i->b.off];
        switch ((TapeOp)i->op) {
        case TAPE_COPY:   *d = x; break;
        case TAPE_NEG:    *d = -x; break;
        case TAPE_ADD:    *d = x + y; break;
        case TAPE_SUB:    *d = x - y; break;
        case TAPE_MUL:    *d = x * y; break;
        case TAPE_DIV:    *d = x / y; break;
        case TAPE_MULADD: *d = m[i->c.off] + x * y; break;
        case TAPE_MULSUB: *d = m[i->c.off] - x * y; break;
        case TAPE_SQRT:   *d = sqrt(x); break;
        case TAPE_LT:     *d = x < y; break;
        case TAPE_LE:     *d = x <= y; break;
        case TAPE_EQ:     *d = x == y; break;
        case TAPE_NE:     *d = x != y; break;
        case TAPE_SELECT: *d = x != 0 ? m[i->c.off] : y; break;
        case TAPE_POW:
            if (f->correct)
                run(f, i, banks, 1);
            else
                *d = raised(x, y);
            break;
        case TAPE_FMA: case TAPE_CALL: case TAPE_GEMM: case TAPE_OUTER: case TAPE_UNIFORM_GEMM: case TAPE_ROW_SUM:
        case TAPE_ROW_DOT: case TAPE_SUM: case TAPE_DOT: case TAPE_FINAL:
            run(f, i, banks, 1);
            break;
        }
    }
}

#define FEW(expression)                                 \
    for (size_t l = 0; l < n; l++) {                    \
        double x = a.p[l * a.lane], y = b.p[l * b.lane]; \
        d.p[l] = (expression);                          \
    }                                                   \
    break

/* A few lanes: parameters of a small problem under an update rule. One switch, as above; y is not read where b is no operand, b.p is any number. */
static void run_few(const Format *f, const Instruction *i, size_t count, const Banks *banks, size_t n)
{
    for (const Instruction *end = i + count; i < end; i++) {
        At d = at(banks, i->d), a = at(banks, i->a), b = at(banks, i->b), c = at(banks, i->c);
        switch (i->rows == 1 ? (TapeOp)i->op : TAPE_CALL) {
        case TAPE_COPY:   FEW(((void)y, x));
        case TAPE_NEG:    FEW(((void)y, -x));
        case TAPE_ADD:    FEW(x + y);
        case TAPE_SUB:    FEW(x - y);
        case TAPE_MUL:    FEW(x * y);
        case TAPE_DIV:    FEW(x / y);
        case TAPE_MULADD: FEW(c.p[l * c.lane] + x * y);
        case TAPE_MULSUB: FEW(c.p[l * c.lane] - x * y);
        case TAPE_SQRT:   FEW(((void)y, sqrt(x)));
        case TAPE_LT: case TAPE_LE: case TAPE_EQ: case TAPE_NE: case TAPE_SELECT: case TAPE_POW: case TAPE_FMA: case TAPE_CALL: case TAPE_GEMM:
        case TAPE_OUTER: case TAPE_UNIFORM_GEMM: case TAPE_ROW_SUM: case TAPE_ROW_DOT: case TAPE_SUM: case TAPE_DOT: case TAPE_FINAL:
            run(f, i, banks, n);
            break;
        }
    }
}

const Kernels KERNELS = { run, run_uniform, run_few, true };
