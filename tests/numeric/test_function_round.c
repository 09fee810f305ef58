/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Function rows in formats: every row against a ball of many more bits, in all directions; poles, infinite arguments, results that
 * are numbers of the format, functions that approach one. */
#include "numeric/tape.h"

#include <criterion/criterion.h>
#include <math.h>

static Arena *arena;

static void setup(void)    { arena = arena_new(); }
static void teardown(void) { arena_delete(arena); }

TestSuite(function_round, .init = setup, .fini = teardown, .timeout = 60);

static Format named(const char *name)
{
    Format f = { 0 };
    cr_assert(format_named(str_of(name), &f), "no format %s", name);
    return f;
}

static const Rounding directed[] = { ROUND_NEAREST, ROUND_UP, ROUND_DOWN, ROUND_ZERO };

/* A row at random arguments in a format of p bits: the ball of many more bits must round to the same number. */
static void check_function(const FnRow *fn, const Format *f, Rng *random)
{
    enum { MOST = 3 };
    slong  n = fn->max_args < 0 || fn->max_args > MOST ? 2 : fn->max_args;
    double u[MOST];
    void  *x = format_lanes(f, arena, MOST + 1), *want = format_lanes(f, arena, 1);
    arb_ptr b = _arb_vec_init(MOST);
    arb_t   v;
    arb_init(v);
    for (slong j = 0; j < n; j++) {
        u[j] = (double)rng_below(random, 1000) / 128 - (rng_u32(random) % 3 == 0 ? 4 : 0);
        format_set_double(f, format_at(f, x, (size_t)j), u[j], random);
        format_get_arb(f, format_at(f, x, (size_t)j), b + j);
    }
    fn->real(v, b, n, 2000);
    if (!(fn->outside && fn->outside(b)) && arb_is_finite(v) && format_set_arb(f, want, v, NULL)) {
        format_call(f, format_at(f, x, MOST), fn, x, (size_t)n, NULL);
        Str got = format_hex(f, arena, format_at(f, x, MOST)), expected = format_hex(f, arena, want);
        bool zero = str_is(expected, "0x0p+0") && str_is(got, "-0x0p+0");
        cr_expect(zero || str_eq(got, expected), "%s(%g, %g) in %s, rounding %d: %s instead of %s", fn->name, u[0], n > 1 ? u[1] : 0, format_name(f, arena).s, (int)f->rounding, got.s, expected.s);
    }
    arb_clear(v);
    _arb_vec_clear(b, MOST);
}

Test(function_round, rows_agree_with_balls)
{
    Format formats[] = { named("bf16"), named("fp64"), named("fp128"), format_mpfr(200) };
    Rng    random = rng_stream(21, STR("functions"));
    for (size_t i = 0; i < sizeof formats / sizeof *formats; i++)
        for (size_t r = 0; r < (formats[i].family == FAMILY_DOUBLE ? 1 : sizeof directed / sizeof *directed); r++) {
            Format f = format_with(formats[i], directed[r], false, true);
            for (size_t k = 0; k < FN_COUNT; k++)
                for (size_t t = 0; t < 2; t++) {
                    Mark top = arena_mark(arena);
                    check_function(&fn_rows[k], &f, &random);
                    arena_release(arena, top);
                }
        }
}

/* The kernels of a small format try fp64 first; the outcome is that of balls. The result may overwrite the argument. */
Test(function_round, kernels_are_correct_when_asked)
{
    static const FnId fn[] = { FN_exp, FN_log, FN_sin, FN_cos, FN_tan, FN_tanh, FN_sinh, FN_asin, FN_atan, FN_expm1, FN_log1p, FN_erf, FN_erfc,
                               FN_cbrt, FN_sigmoid, FN_softplus, FN_cot, FN_gamma, FN_acosh, FN_log2 };
    static const char *const names[] = { "bf16", "fp32" };
    Rng random = rng_stream(31, STR("kernels"));
    for (size_t i = 0; i < 2; i++)
        for (size_t r = 0; r < sizeof directed / sizeof *directed; r++)
            for (size_t k = 0; k < sizeof fn / sizeof *fn; k++) {
                Format f = format_with(named(names[i]), directed[r], false, true);
                double x[BLOCK], u[BLOCK];
                for (size_t l = 0; l < BLOCK; l++) {
                    format_set_double(&f, &u[l], ldexp(rng_unit(&random) * (l % 3 ? 1 : -1), (int)(l % 16) - 8), NULL);
                    x[l] = l % 13 ? u[l] : (u[l] = (double)(l / 13));
                }
                void *bank[] = { x };
                Instruction call = { .op = TAPE_CALL, .fn = (uint16_t)fn[k], .rows = 1, .k = 1, .d = { 0, 0, 1, 0 }, .a = { 0, 0, 1, 0 } };
                f.kernels->run(&f, &call, &(Banks){ bank, NULL, false }, BLOCK);
                for (size_t l = 0; l < BLOCK; l++) {
                    double want;
                    format_call(&f, &want, &fn_rows[fn[k]], &u[l], 1, NULL);
                    cr_expect(x[l] == want || (x[l] != x[l] && want != want), "%s(%a) in %s, rounding %d: %a instead of %a", fn_rows[fn[k]].name, u[l],
                              names[i], (int)f.rounding, x[l], want);
                }
            }
}

static double call2(const Format *f, FnId fn, double u, double v)
{
    Mark  top = arena_mark(arena);
    void *x = format_lanes(f, arena, 3);
    format_set_double(f, x, u, NULL);
    format_set_double(f, format_at(f, x, 1), v, NULL);
    format_call(f, format_at(f, x, 2), &fn_rows[fn], x, (size_t)fn_rows[fn].min_args, NULL);
    double d = format_get_double(f, format_at(f, x, 2));
    arena_release(arena, top);
    return d;
}

static double call1(const Format *f, FnId fn, double u) { return call2(f, fn, u, 0); }

Test(function_round, poles_ends_and_exact_values)
{
    Format formats[] = { named("fp64"), named("bf16"), named("fp128"), format_mpfr(100) };
    for (size_t i = 0; i < sizeof formats / sizeof *formats; i++) {
        const Format *f = &formats[i];
        cr_expect(call1(f, FN_log, 0) == -INFINITY && isnan(call1(f, FN_log, -1)) && call1(f, FN_exp, -INFINITY) == 0);
        cr_expect(call1(f, FN_gamma, 5) == 24 && isnan(call1(f, FN_gamma, -2)) && call1(f, FN_lgamma, 0) == INFINITY && isnan(call1(f, FN_lgamma, -2.5)));
        cr_expect(call1(f, FN_sigmoid, INFINITY) == 1 && call1(f, FN_sigmoid, -INFINITY) == 0 && call1(f, FN_sigmoid, 0) == 0.5);
        cr_expect(call1(f, FN_sigmoid, 30000) == 1 && call1(f, FN_softplus, 30208) == 30208 && call1(f, FN_relu, -3) == 0);
        cr_expect(call1(f, FN_zeta, -2) == 0 && call1(f, FN_zeta, 0) == -0.5 && call1(f, FN_log2, 8) == 3 && call1(f, FN_cbrt, -27) == -3);
        cr_expect(call1(f, FN_factorial, 4) == 24 && call1(f, FN_lambertw, 0) == 0 && call1(f, FN_ci, INFINITY) == 0 && isnan(call1(f, FN_ci, -1)));
        cr_expect(signbit(call1(f, FN_erfi, -0.0)) && signbit(call1(f, FN_si, -0.0)) && isnan(call1(f, FN_sin, INFINITY)));
    }
    Format wide = format_mpfr(100);
    cr_expect(call1(&wide, FN_li, 1) == -INFINITY && call2(&wide, FN_bessely, 0, 0) == -INFINITY && call2(&wide, FN_besselk, 1, INFINITY) == 0);
    cr_expect(call2(&wide, FN_binomial, 10, 3) == 120 && call2(&wide, FN_besselj, 0, 0) == 1 && call2(&wide, FN_mod, -7, 3) == 2);
    Format down = format_with(named("bf16"), ROUND_DOWN, false, true);
    cr_expect(call1(&down, FN_sigmoid, 1e6) < 1 && call1(&down, FN_tanh, 1e6) < 1 && call1(&down, FN_softplus, 1024) == 1024);
    Format up = format_with(named("bf16"), ROUND_UP, false, true);
    cr_expect(call1(&up, FN_sigmoid, 1e6) == 1 && call1(&up, FN_softplus, 1024) > 1024);
    Format fp4 = named("fp4_e2m1"), e4m3 = named("fp8_e4m3"), saturating = format_with(e4m3, ROUND_NEAREST, true, false);
    cr_expect(call1(&fp4, FN_exp, 6) == 6 && isnan(call1(&e4m3, FN_exp, 8)) && call1(&saturating, FN_exp, 8) == 448);
}
