/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Laws of ordinals: the neighbour of number n is number n + 1, the way there and back, order, distances; and contraction: MULADD and MULSUB
 * are fused operations in every family. */
#include "numeric/ordinal.h"
#include "numeric/tape.h"

#include <criterion/criterion.h>
#include <math.h>
#include <mpfr.h>
#include <string.h>

static const char *const names[] = { "fp64", "fp32", "tf32", "fp16", "bf16", "fp8_e4m3", "fp8_e5m2", "fp6_e3m2", "fp6_e2m3", "fp4_e2m1", "x87", "fp128" };
enum { NAMES = sizeof names / sizeof *names, TRIALS = 400 };

static Format number_format(size_t k)
{
    Format f = format_mpfr(100);
    if (k < NAMES)
        cr_assert(format_named(str_of(names[k]), &f));
    return f;
}

/* A random finite number: any exponent, any significand. */
static void draw(const Format *f, void *x, Rng *random)
{
    fmpz_t n, top;
    fmpz_init(n);
    fmpz_init(top);
    format_set_class(f, x, FLOAT_INFINITE);
    bool infinite = f->family == FAMILY_MPFR ? !mpfr_number_p((mpfr_srcptr)x) : !isfinite(*(double *)x);
    if (infinite && f->overflow == OVERFLOW_INFINITE && f->emin < f->emax)
        format_get_ordinal(f, x, top);
    else if (f->emin < f->emax)
        format_set_double(f, x, f->largest, NULL), format_get_ordinal(f, x, top);
    else
        fmpz_set_ui(top, 2000), fmpz_mul_2exp(top, top, (ulong)f->precision);
    for (int k = 0; k < 4; k++)
        fmpz_mul_2exp(n, n, 64), fmpz_add_ui(n, n, rng_u64(random));
    fmpz_mod(n, n, top);
    if (rng_u32(random) % 2)
        fmpz_neg(n, n);
    format_set_ordinal(f, x, n);
    fmpz_clear(n);
    fmpz_clear(top);
}

Test(ordinal, neighbours_follow_each_other)
{
    Arena *a = arena_new();
    Rng    random = rng_stream(3, STR("ordinals"));
    fmpz_t m, n;
    fmpz_init(m);
    fmpz_init(n);
    for (size_t k = 0; k <= NAMES; k++) {
        Format f = number_format(k);
        char  *x = format_lanes(&f, a, 3), *up = x + f.lane, *back = up + f.lane;
        for (int t = 0; t < TRIALS; t++) {
            draw(&f, x, &random);
            format_get_ordinal(&f, x, m);
            format_set_ordinal(&f, back, m);
            cr_assert_eq(format_steps(&f, x, back), 0, "%.*s", STR_ARGS(format_name(&f, a)));
            cr_assert_eq(format_get_double(&f, x), format_get_double(&f, back));
            format_neighbour(&f, up, x, true);
            double top = format_get_double(&f, up);
            if (isnan(top) || (k == NAMES && fmpz_is_zero(m)))      /* behind the last number; without bounds zero has no neighbour */
                continue;
            format_get_ordinal(&f, up, n);
            fmpz_sub(n, n, m);
            cr_assert(fmpz_is_one(n), "%.*s: the number above %s is not the next one", STR_ARGS(format_name(&f, a)), format_hex(&f, a, x).s);
            cr_assert_eq(format_steps(&f, x, up), 1);
            cr_assert_eq(format_steps(&f, up, x), 1);
        }
    }
    fmpz_clear(m);
    fmpz_clear(n);
    arena_delete(a);
}

Test(ordinal, fp64_counts_bit_patterns)
{
    Rng random = rng_stream(4, STR("doubles"));
    for (int t = 0; t < 1000; t++) {
        uint64_t u = rng_u64(&random);
        double   x;
        memcpy(&x, &u, sizeof x);
        if (isnan(x))
            continue;
        cr_assert_eq(ordinal_to_double(double_to_ordinal(x)), x);
        cr_assert_eq(double_to_ordinal(x), x < 0 || (x == 0 && signbit(x)) ? -(int64_t)(u & ~(1ULL << 63)) : (int64_t)u);
    }
}

/* c + a*b and c - a*b of a contracting format are fma(a, b, c) and fma(-a, b, c). */
Test(ordinal, contraction_fuses)
{
    Arena *a = arena_new();
    Rng    random = rng_stream(5, STR("contraction"));
    for (size_t k = 0; k <= NAMES; k++)
        for (int rounding = ROUND_NEAREST; rounding <= ROUND_ZERO; rounding++) {
            Format f = format_contracted(format_with(number_format(k), (Rounding)rounding, false, false));
            char  *x = format_lanes(&f, a, 6);
            for (int t = 0; t < TRIALS/4; t++) {
                for (size_t i = 0; i < 3; i++)
                    format_set_double(&f, x + i * f.lane, rng_normal(&random), NULL);
                for (int minus = 0; minus < 2; minus++) {
                    void       *bank[] = { x };
                    Instruction i = { .op = minus ? TAPE_MULSUB : TAPE_MULADD, .rows = 1, .lanes = 1, .d = { .off = 3 }, .a = { .off = 0 }, .b = { .off = 1 },
                                      .c = { .off = 2 } };
                    f.kernels->run(&f, &i, &(Banks){ bank, NULL, false }, 1);
                    Instruction j = i;
                    j.op = TAPE_NEG, j.d.off = 4;
                    if (!minus)
                        j.op = TAPE_COPY;
                    f.kernels->run(&f, &j, &(Banks){ bank, NULL, false }, 1);
                    i.op = TAPE_FMA, i.a.off = 4, i.d.off = 5;
                    f.kernels->run(&f, &i, &(Banks){ bank, NULL, false }, 1);
                    cr_assert_eq(format_steps(&f, x + 3 * f.lane, x + 5 * f.lane), 0, "%.*s", STR_ARGS(format_full_name(&f, a)));
                }
            }
        }
    arena_delete(a);
}
