/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Every operation of a small format against MPFR: bench_rounding NAME OPERATIONS. Operands cover all exponents of the format, subnormals,
 * zeros and the ends of the range; whole blocks of lanes run at once, as on a tape. The reference rounds with the precision of the
 * format and exponents bounded below only (mpfr_subnormalize); overflow, infinities and saturation are applied to its result by the
 * rules of the format, written down here independently. Stochastic rounding must give one of the two neighbours, both of them
 * in the long run. Not a ratio: the time is reported, a difference fails. */
#include "tests/bench/bench.h"

#include "numeric/tape.h"

#include <math.h>
#include <mpfr.h>
#include <string.h>

typedef struct Reference { const Format *f; mpfr_t a, b, c, r; } Reference;

static const struct { const char *name; TapeOp op; int operands; } operations[] = {
    { "+", TAPE_ADD, 2 }, { "-", TAPE_SUB, 2 }, { "*", TAPE_MUL, 2 }, { "/", TAPE_DIV, 2 }, { "sqrt", TAPE_SQRT, 1 }, { "fma", TAPE_FMA, 3 }, { "round", TAPE_COPY, 1 },
};
enum { OPERATIONS = sizeof operations / sizeof *operations };

/* A number of the format: its significand has p bits or fewer, its exponent is anywhere in the range or near 0. */
static double random_number(const Format *f, Rng *r)
{
    uint64_t kind = rng_below(r, 64), bits = rng_u64(r) >> (64 - f->precision) | (uint64_t)1 << (f->precision - 1);
    double   sign = rng_u32(r) & 1 ? -1 : 1;
    if (kind == 0)
        return sign * 0.0;
    if (kind == 1)
        return sign * f->largest;
    if (kind == 2)
        return f->overflow == OVERFLOW_INFINITE ? sign * INFINITY : sign * f->largest;
    if (kind == 3)
        return f->has_nan ? NAN : sign * 0.0;
    if (kind < 16)
        bits &= ~(uint64_t)0 << rng_below(r, (uint64_t)f->precision);
    slong e = kind & 1 ? f->emin - f->precision + 1 + (slong)rng_below(r, (uint64_t)(f->emax - f->emin + f->precision)) : (slong)rng_below(r, 7) - 3;
    if (e < f->emin)
        bits >>= f->emin - e;
    double x = ldexp((double)bits, (int)((e < f->emin ? f->emin : e) - f->precision + 1));
    return sign * (x > f->largest ? f->largest : x);
}

/* What a conversion rounds: a double of any kind near the numbers of the format, ties among them. */
static double random_double(const Format *f, Rng *r)
{
    double x = random_number(f, r), y = ldexp(x, (int)-f->precision);
    switch (rng_below(r, 4)) {
    case 0:  return x + y;
    case 1:  return x * (1 + ldexp(rng_unit(r), (int)-f->precision));
    case 2:  return x + y * (1 + ldexp(1, -20));
    default: return x * 1.5;
    }
}

static mpfr_rnd_t direction(Rounding r)
{
    return r == ROUND_UP ? MPFR_RNDU : r == ROUND_DOWN ? MPFR_RNDD : r == ROUND_ZERO ? MPFR_RNDZ : MPFR_RNDN;
}

/* The rules beyond the largest number. Directions that point inward stay finite; saturating formats always do. */
static double overflown(const Format *f, double x, Rounding rounding)
{
    bool inward = rounding == ROUND_ZERO || (rounding == ROUND_UP && x < 0) || (rounding == ROUND_DOWN && x > 0);
    if (isinf(x))
        return f->overflow == OVERFLOW_SATURATE ? copysign(f->largest, x) : f->overflow == OVERFLOW_NAN ? NAN : x;
    if (!(fabs(x) > f->largest))
        return x;
    if (inward || f->overflow == OVERFLOW_SATURATE)
        return copysign(f->largest, x);
    return f->overflow == OVERFLOW_NAN ? NAN : copysign(INFINITY, x);
}

static double expected(Reference *m, TapeOp op, const double *u, Rounding rounding)
{
    mpfr_rnd_t rnd = direction(rounding);
    mpfr_set_d(m->a, u[0], MPFR_RNDN), mpfr_set_d(m->b, u[1], MPFR_RNDN), mpfr_set_d(m->c, u[2], MPFR_RNDN);
    int t = op == TAPE_ADD ? mpfr_add(m->r, m->a, m->b, rnd) : op == TAPE_SUB ? mpfr_sub(m->r, m->a, m->b, rnd)
          : op == TAPE_MUL ? mpfr_mul(m->r, m->a, m->b, rnd) : op == TAPE_DIV ? mpfr_div(m->r, m->a, m->b, rnd)
          : op == TAPE_SQRT ? mpfr_sqrt(m->r, m->a, rnd) : op == TAPE_FMA ? mpfr_fma(m->r, m->a, m->b, m->c, rnd) : mpfr_set(m->r, m->a, rnd);
    if (mpfr_regular_p(m->r)) {
        mpfr_exp_t low = mpfr_get_emin();
        mpfr_set_emin(m->f->emin - m->f->precision + 2);
        t = mpfr_check_range(m->r, t, rnd);
        mpfr_subnormalize(m->r, t, rnd);
        mpfr_set_emin(low);
    }
    return overflown(m->f, mpfr_get_d(m->r, MPFR_RNDN), rounding);
}

static bool same(double x, double y) { return (x != x && y != y) || (x == y && signbit(x) == signbit(y)); }

typedef struct Block { double in[3][BLOCK], out[BLOCK]; } Block;

static void fill(Block *b, const Format *f, TapeOp op, Rng *r)
{
    Format nearest = format_with(*f, ROUND_NEAREST, f->overflow == OVERFLOW_SATURATE, false);
    for (size_t l = 0; l < BLOCK; l++) {
        for (size_t j = 0; j < 3; j++)
            b->in[j][l] = op == TAPE_COPY ? random_double(f, r) : random_number(f, r);
        if (op == TAPE_FMA && l % 2)                          /* what remains of a*b after its rounded value is taken away */
            format_set_double(&nearest, &b->in[2][l], -b->in[0][l] * b->in[1][l], NULL);
    }
}

static bool differs(Reference *m, const Block *b, size_t l, size_t o, Rounding rounding, size_t *up)
{
    double u[3] = { b->in[0][l], b->in[1][l], b->in[2][l] }, got = b->out[l], want;
    if (rounding == ROUND_STOCHASTIC) {
        double low = expected(m, operations[o].op, u, ROUND_DOWN), high = expected(m, operations[o].op, u, ROUND_UP);
        up[0] += !same(low, high) && same(got, low);
        up[1] += !same(low, high) && same(got, high);
        if (same(got, low) || same(got, high))
            return false;
        want = low;
    } else if (same(got, want = expected(m, operations[o].op, u, rounding))) {
        return false;
    }
    printf("# %s(%a, %a, %a), rounding %d: %a instead of %a\n", operations[o].name, u[0], u[1], u[2], (int)rounding, got, want);
    return true;
}

/* count operations in one direction; the number of differences. */
static size_t compare(const Format *f, size_t count, uint64_t seed)
{
    Rng       random = rng_stream(seed, STR("operands")), rounding = rng_stream(seed, STR("rounding"));
    Block     b;
    Reference m = { .f = f };
    size_t    wrong = 0, up[2] = { 0, 0 };
    mpfr_inits2(53, m.a, m.b, m.c, (mpfr_ptr)0);
    mpfr_init2(m.r, f->precision);
    for (size_t done = 0; done < count && wrong < 10; done += BLOCK) {
        size_t      o = done / BLOCK % OPERATIONS;
        void       *bank[] = { b.out, b.in[0], b.in[1], b.in[2] };
        Instruction i = { .op = (uint16_t)operations[o].op, .rows = 1, .lanes = BLOCK, .d = { 0, 0, 1, 0 }, .a = { 0, 0, 1, 1 }, .b = { 0, 0, 1, 2 }, .c = { 0, 0, 1, 3 } };
        fill(&b, f, operations[o].op, &random);
        if (i.op != TAPE_COPY)
            f->kernels->run(f, &i, &(Banks){ bank, &rounding, false }, BLOCK);
        for (size_t l = 0; l < BLOCK && i.op == TAPE_COPY; l++)
            format_set_double(f, &b.out[l], b.in[0][l], &rounding);
        for (size_t l = 0; l < BLOCK && wrong < 10; l++)
            wrong += differs(&m, &b, l, o, f->rounding, up);
    }
    if (f->rounding == ROUND_STOCHASTIC && wrong == 0 && (up[0] < count / 100 || up[1] < count / 100)) {
        printf("# stochastic rounding went down %zu times, up %zu times\n", up[0], up[1]);
        wrong++;
    }
    mpfr_clears(m.a, m.b, m.c, m.r, (mpfr_ptr)0);
    return wrong;
}

int main(int argc, char **argv)
{
    static const Rounding modes[] = { ROUND_NEAREST, ROUND_UP, ROUND_DOWN, ROUND_ZERO, ROUND_STOCHASTIC };
    Format f;
    size_t count = argc == 3 ? strtoul(argv[2], NULL, 10) : 0, wrong = 0, ways = 0;
    if (!count || !format_named(str_of(argv[1]), &f))
        return 2;
    double start = clock_seconds(CLOCK_PROCESS_CPUTIME_ID);
    bool   always = f.overflow == OVERFLOW_SATURATE;
    for (size_t k = 0; k < 2 * sizeof modes / sizeof *modes && !wrong; k++) {
        Format g = format_with(f, modes[k / 2], k % 2, false);
        if (always && k % 2)
            continue;
        if (g.family != FAMILY_SMALL)
            return 2;
        wrong += compare(&g, count / (always ? 5 : 10) + BLOCK, k);
        ways++;
    }
    printf("# %s: %zu operations in %zu ways of rounding, %.1f s, %zu differences\n", argv[1], count, ways, clock_seconds(CLOCK_PROCESS_CPUTIME_ID) - start, wrong);
    mpfr_free_cache();
    return wrong != 0;
}
