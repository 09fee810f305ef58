/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Formats against MPFR, which rounds correctly and knows subnormals: every operation, rounding and format on random operands over
 * the whole range of exponents. Conversions against exact rationals. All values of the formats up to 16 bits: the order of the
 * encodings, neighbours, the way back from hexadecimal and decimal text. tests/cases/rounding.tsv bit for bit. */
#include "numeric/format.h"
#include "numeric/format_small.h"
#include "numeric/tape.h"

#include <criterion/criterion.h>
#include <math.h>
#include <mpfr.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static Arena *arena;

static void setup(void)    { arena = arena_new(); }
static void teardown(void) { arena_delete(arena); }

TestSuite(format, .init = setup, .fini = teardown, .timeout = 60);

static Format named(const char *name)
{
    Format f = { 0 };
    cr_assert(format_named(str_of(name), &f), "no format %s", name);
    return f;
}

/* d = op(args) through the kernels, one lane. Operand i is element i of bank 0, the result element 3. */
static void operate(const Format *f, TapeOp op, void *lanes, Rng *random)
{
    void       *banks[] = { lanes };
    Instruction i = { .op = (uint16_t)op, .rows = 1, .lanes = 1, .d = { .off = 3 }, .a = { .off = 0 }, .b = { .off = 1 }, .c = { .off = 2 } };
    f->kernels->run(f, &i, &(Banks){ banks, random, false }, 1);
}

/* ---- rows of rounding.tsv ---------------------------------------------------------------------------------------------------------- */

/* "1/3", "0x1.8p-3", "0.125", exactly; "nan" and infinities give false. */
static bool exact_value(const char *text, fmpq_t q)
{
    char *slash = strchr(text, '/');
    if (slash)
        return fmpq_set_str(q, text, 10) == 0;
    bool hex = strstr(text, "0x") != NULL;
    const char *exponent = strpbrk(text, hex ? "pP" : "eE"), *point = strchr(text, '.');
    char   digits[400] = "";
    size_t n = 0, behind = 0;
    for (const char *c = text; *c && c != exponent; c++) {
        if (*c == 'x' || *c == '.')
            continue;
        digits[n++] = *c;
        behind += point && c > point;
    }
    digits[n] = 0;
    fmpz_t scale;
    fmpz_init(scale);
    fmpz_set_str(fmpq_numref(q), digits, hex ? 16 : 10);
    fmpz_one(fmpq_denref(q));
    slong e = exponent ? strtol(exponent + 1, NULL, 10) : 0;
    fmpz_set_ui(scale, hex ? 16 : 10);
    fmpz_pow_ui(scale, scale, behind);
    fmpq_div_fmpz(q, q, scale);
    fmpz_set_ui(scale, hex ? 2 : 10);
    fmpz_pow_ui(scale, scale, (ulong)labs(e));
    e < 0 ? fmpq_div_fmpz(q, q, scale) : fmpq_mul_fmpz(q, q, scale);
    fmpz_clear(scale);
    return true;
}

static Format row_format(const char *name, const char *mode, const char *overflow)
{
    static const char *const ours[][2] = { { "fp8e4m3fn", "fp8_e4m3" }, { "fp8e5m2", "fp8_e5m2" }, { "fp6e3m2", "fp6_e3m2" },
                                           { "fp6e2m3", "fp6_e2m3" }, { "fp4e2m1", "fp4_e2m1" } };
    Format f;
    if (strcmp(name, "fp8e4m3") == 0) {
        cr_assert(format_float(4, -6, 7, &f));
    } else {
        for (size_t i = 0; i < sizeof ours / sizeof *ours; i++)
            if (strcmp(name, ours[i][0]) == 0)
                name = ours[i][1];
        f = named(name);
    }
    Rounding rounding = strcmp(mode, "RUP") == 0 ? ROUND_UP : strcmp(mode, "RDN") == 0 ? ROUND_DOWN : strcmp(mode, "RTZ") == 0 ? ROUND_ZERO : ROUND_NEAREST;
    return format_with(f, rounding, strcmp(overflow, "sat") == 0, false);
}

static void check_row(char *line)
{
    char *field[8], *save = NULL;
    for (size_t i = 0; i < 8; i++) {
        field[i] = strtok_r(i ? NULL : line, "\t\n", &save);
        cr_assert(field[i] != NULL, "a row of rounding.tsv has 8 fields");
    }
    Format f = row_format(field[0], field[1], field[2]), plain = f;
    void  *x = format_lanes(&f, arena, 4);
    fmpq_t q;
    fmpq_init(q);
    size_t n = 0;
    char   text[400];
    snprintf(text, sizeof text, "%s", field[4]);
    for (char *part = strtok_r(text, ";", &save); part; part = strtok_r(NULL, ";", &save), n++) {
        exact_value(part, q);
        format_set_fmpq(&plain, format_at(&f, x, n), q, NULL);
        if (part[0] == '-' && fmpq_is_zero(q))
            format_set_double(&f, format_at(&f, x, n), -0.0, NULL);
    }
    static const struct { const char *name; TapeOp op; } ops[] = { { "round", TAPE_COPY }, { "add", TAPE_ADD }, { "sub", TAPE_SUB },
        { "mul", TAPE_MUL }, { "div", TAPE_DIV }, { "sqrt", TAPE_SQRT }, { "fma", TAPE_FMA } };
    for (size_t i = 0; i < sizeof ops / sizeof *ops; i++)
        if (strcmp(field[3], ops[i].name) == 0)
            operate(&f, ops[i].op, x, NULL);
    Str hex = format_hex(&f, arena, format_at(&f, x, 3)), bits = format_encoding(&f, arena, format_at(&f, x, 3));
    cr_expect(str_is(hex, field[6]), "%s %s %s %s(%s): %s instead of %s", field[0], field[1], field[2], field[3], field[4], hex.s, field[6]);
    if (strcmp(field[5], "nan") != 0)
        cr_expect(str_is(bits, field[5]), "%s %s %s %s(%s): %s instead of %s", field[0], field[1], field[2], field[3], field[4], bits.s, field[5]);
    fmpq_clear(q);
}

Test(format, rounding_rows)
{
    FILE *file = fopen(ROUNDING_TSV, "r");
    cr_assert(file != NULL);
    char   line[1000];
    size_t rows = 0;
    while (fgets(line, sizeof line, file))
        if (rows++)
            check_row(line);
    fclose(file);
    cr_assert(rows > 800);
}

/* ---- operations against MPFR ----------------------------------------------------------------------------------------------------------- */

static const Rounding directed[] = { ROUND_NEAREST, ROUND_UP, ROUND_DOWN, ROUND_ZERO };

static mpfr_rnd_t mpfr_direction(Rounding r)
{
    return r == ROUND_UP ? MPFR_RNDU : r == ROUND_DOWN ? MPFR_RNDD : r == ROUND_ZERO ? MPFR_RNDZ : MPFR_RNDN;
}

/* A number of the format: any encoding-like choice of exponent, few or many bits, sometimes 0, infinite or the largest. */
static double random_number(const Format *f, Rng *random)
{
    uint64_t kind = rng_below(random, 40);
    double   sign = rng_u32(random) & 1 ? -1 : 1;
    if (kind == 0)
        return sign * 0.0;
    if (kind == 1)
        return sign * f->largest;
    if (kind == 2 && f->overflow == OVERFLOW_INFINITE)
        return sign * INFINITY;
    slong  span = f->emax - f->emin + f->precision, e = kind < 12 ? (slong)rng_below(random, 8) - 4 : f->emin - f->precision + 1 + (slong)rng_below(random, (uint64_t)span);
    double bits = (double)(rng_u64(random) >> (rng_u32(random) & 1 ? 64 - f->precision : 11));
    double m = ldexp(bits, -(int)(rng_u32(random) & 1 ? f->precision : 53)), x = 0;
    Format nearest = format_with(*f, ROUND_NEAREST, false, false);
    if (nearest.family == FAMILY_SMALL)
        format_set_double(&nearest, &x, sign * ldexp(m, (int)e), NULL);
    else
        x = sign * ldexp(m, (int)e);
    return isinf(x) || x != x ? f->largest : x;
}

/* The operation in MPFR with the exponents of the format. */
static double by_mpfr(const Format *f, TapeOp op, const double *u)
{
    mpfr_rnd_t rnd = mpfr_direction(f->rounding);
    mpfr_exp_t low = mpfr_get_emin(), high = mpfr_get_emax();
    mpfr_t     a, b, c, r;
    mpfr_inits2(53, a, b, c, (mpfr_ptr)0);
    mpfr_init2(r, f->precision);
    mpfr_set_d(a, u[0], MPFR_RNDN), mpfr_set_d(b, u[1], MPFR_RNDN), mpfr_set_d(c, u[2], MPFR_RNDN);
    int t = op == TAPE_ADD ? mpfr_add(r, a, b, rnd) : op == TAPE_SUB ? mpfr_sub(r, a, b, rnd) : op == TAPE_MUL ? mpfr_mul(r, a, b, rnd)
          : op == TAPE_DIV ? mpfr_div(r, a, b, rnd) : op == TAPE_SQRT ? mpfr_sqrt(r, a, rnd) : mpfr_fma(r, a, b, c, rnd);
    mpfr_set_emin(f->emin - f->precision + 2);
    mpfr_set_emax(f->emax + 1);
    t = mpfr_check_range(r, t, rnd);
    mpfr_subnormalize(r, t, rnd);
    mpfr_set_emin(low);
    mpfr_set_emax(high);
    double x = mpfr_get_d(r, MPFR_RNDN);
    mpfr_clears(a, b, c, r, (mpfr_ptr)0);
    return x;
}

static void check_operations(Format f, uint64_t seed, size_t count)
{
    static const TapeOp ops[] = { TAPE_ADD, TAPE_SUB, TAPE_MUL, TAPE_DIV, TAPE_SQRT, TAPE_FMA };
    Rng    random = rng_stream(seed, STR("operations"));
    void  *x = format_lanes(&f, arena, 4);
    for (size_t k = 0; k < count; k++) {
        double u[3];
        for (size_t j = 0; j < 3; j++) {
            format_set_double(&f, format_at(&f, x, j), random_number(&f, &random), NULL);
            u[j] = format_get_double(&f, format_at(&f, x, j));
        }
        for (size_t j = 0; j < sizeof ops / sizeof *ops; j++) {
            operate(&f, ops[j], x, NULL);
            double got = format_get_double(&f, format_at(&f, x, 3)), want = by_mpfr(&f, ops[j], u);
            bool   same = (got != got && want != want) || (got == want && signbit(got) == signbit(want));
            cr_assert(same, "%s rounding %d op %d (%a, %a, %a): %a instead of %a", format_name(&f, arena).s, (int)f.rounding, (int)ops[j], u[0], u[1], u[2], got, want);
        }
    }
}

Test(format, operations_agree_with_mpfr)
{
    static const char *const names[] = { "fp32", "tf32", "fp16", "bf16", "fp8_e5m2" };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        for (size_t r = 0; r < sizeof directed / sizeof *directed; r++)
            check_operations(format_with(named(names[i]), directed[r], false, false), 1000 * i + r, 8000);
    static const slong parameters[][3] = { { 4, -6, 7 }, { 2, -1, 1 }, { 25, -400, 400 }, { 5, -3, 30 }, { 30, -100, 100 }, { 53, -1022, 1023 } };
    for (size_t i = 0; i < sizeof parameters / sizeof *parameters; i++)
        for (size_t r = 0; r < sizeof directed / sizeof *directed; r++) {
            Format f;
            cr_assert(format_float(parameters[i][0], parameters[i][1], parameters[i][2], &f));
            check_operations(format_with(f, directed[r], false, false), 77 * i + r, 4000);
        }
}

/* Rows of lanes and the branch without branches give what one lane gives. */
Test(format, many_lanes_are_one_lane)
{
    static const TapeOp ops[] = { TAPE_ADD, TAPE_SUB, TAPE_MUL, TAPE_DIV, TAPE_SQRT, TAPE_MULADD, TAPE_MULSUB, TAPE_FMA };
    Format f = named("bf16");
    Rng    random = rng_stream(5, STR("lanes"));
    double x[4][BLOCK], one[4];
    for (size_t round = 0; round < 200; round++)
        for (size_t o = 0; o < sizeof ops / sizeof *ops; o++) {
            size_t n = 1 + rng_below(&random, BLOCK);
            for (size_t j = 0; j < 3; j++)
                for (size_t l = 0; l < n; l++)
                    x[j][l] = random_number(&f, &random);
            void *banks[] = { x };
            uint8_t step = round % 3 != 0;
            Instruction i = { .op = (uint16_t)ops[o], .rows = 1, .d = { 3 * BLOCK, BLOCK, 1, 0 }, .a = { 0, 0, 1, 0 }, .b = { BLOCK, 0, step, 0 }, .c = { 2 * BLOCK, 0, 1, 0 } };
            f.kernels->run(&f, &i, &(Banks){ banks, NULL, false }, n);
            for (size_t l = 0; l < n; l++) {
                one[0] = x[0][l], one[1] = x[1][step ? l : 0], one[2] = x[2][l];
                if (ops[o] == TAPE_MULADD || ops[o] == TAPE_MULSUB) {
                    operate(&f, TAPE_MUL, one, NULL);
                    one[0] = one[2], one[1] = one[3];
                    operate(&f, ops[o] == TAPE_MULADD ? TAPE_ADD : TAPE_SUB, one, NULL);
                } else {
                    operate(&f, ops[o], one, NULL);
                }
                cr_assert(memcmp(&one[3], &x[3][l], sizeof(double)) == 0 || (one[3] != one[3] && x[3][l] != x[3][l]));
            }
        }
}

/* ---- the same instruction in every family ------------------------------------------------------------------------------------------- */

enum { CELLS = 40 * BLOCK, LANES = 61, ROWS = 3, INNER = 5 };

/* Bank 0: a from row 0, b from row 10, c from row 20 (64 lanes each), the result from row 30. Uniform: entry by entry from 38*64. */
static Instruction shaped(TapeOp op)
{
    View d = { 30 * BLOCK, BLOCK, 1, 0 }, a = { 0, BLOCK, 1, 0 }, b = { 10 * BLOCK, BLOCK, 1, 0 }, c = { 20 * BLOCK, BLOCK, 1, 0 };
    Instruction i = { .op = (uint16_t)op, .rows = ROWS, .k = 1, .inner = 1, .d = d, .a = a, .b = b, .c = c };
    if (op == TAPE_GEMM || op == TAPE_UNIFORM_GEMM) {
        i.a = (View){ 38 * BLOCK, INNER, 0, 0 };
        i.k = INNER;
        i.has_c = op == TAPE_GEMM;
    } else if (op == TAPE_OUTER) {
        i.k = 2;
        i.d.row_stride = PARTIALS;
    }
    return i;
}

static void run_shaped(const Format *f, TapeOp op, void *lanes)
{
    void       *banks[] = { lanes };
    Instruction i = shaped(op);
    f->kernels->run(f, &i, &(Banks){ banks, NULL, false }, op == TAPE_FINAL ? 1 : LANES);
}

static void *same_cells(const Format *f, const double *value)
{
    void *x = format_lanes(f, arena, CELLS);
    for (size_t k = 0; k < CELLS; k++)
        format_set_double(f, format_at(f, x, k), value[k], NULL);
    return x;
}

static void check_families(const Format *f, const Format *g, Rng *random)
{
    double value[CELLS];
    for (size_t k = 0; k < CELLS; k++)
        value[k] = rng_u32(random) % 9 ? rng_normal(random) : (double)(rng_u32(random) % 3);
    for (int op = TAPE_COPY; op <= TAPE_FINAL; op++) {
        if (op == TAPE_CALL || op == TAPE_POW)
            continue;
        Mark  top = arena_mark(arena);
        void *x = same_cells(f, value), *y = same_cells(g, value);
        run_shaped(f, (TapeOp)op, x);
        run_shaped(g, (TapeOp)op, y);
        arb_t u;
        arb_init(u);
        for (size_t k = 0; k < CELLS; k++) {
            double p = format_get_double(f, format_at(f, x, k)), q = format_get_double(g, format_at(g, y, k));
            bool   same = p == q || (p != p && q != q);
            if (g->family == FAMILY_BALL) {                  /* rounding errors of fp64 beside a ball of 200 bits */
                format_get_arb(g, format_at(g, y, k), u);
                same = arb_is_finite(u) ? fabs(p - q) < 1e-12 * (1 + fabs(q)) && mag_cmp_2exp_si(arb_radref(u), -150) < 0 : !isfinite(p);
            }
            cr_assert(same, "op %d, cell %zu: %a in %s, %a in the other family", op, k, p, format_name(f, arena).s, q);
        }
        arb_clear(u);
        arena_release(arena, top);
    }
}

Test(format, families_agree)
{
    static const char *const names[] = { "fp64", "fp32", "bf16", "fp16" };
    Rng random = rng_stream(8, STR("families"));
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        Format f = named(names[i]), g = f;
        g.family = FAMILY_MPFR;
        g.lane = format_mpfr(f.precision).lane;
        g.kernels = &mpfr_kernels;
        check_families(&f, &g, &random);
    }
    for (size_t r = 1; r < sizeof directed / sizeof *directed; r++) {
        Format f = format_with(named("bf16"), directed[r], false, false), g = f;
        g.family = FAMILY_MPFR;
        g.lane = format_mpfr(f.precision).lane;
        g.kernels = &mpfr_kernels;
        check_families(&f, &g, &random);
    }
    Format f = named("fp64"), ball = format_ball(200);
    check_families(&f, &ball, &random);
}

/* With accumulators an instruction does in f what it does in their format, by MPFR: what enters is rounded to it, the end of a sum to f. */
static void check_accumulators(const Format *f, Rng *random)
{
    static const TapeOp ops[] = { TAPE_GEMM, TAPE_UNIFORM_GEMM, TAPE_ROW_SUM, TAPE_ROW_DOT, TAPE_SUM, TAPE_DOT, TAPE_OUTER, TAPE_FINAL };
    Format plain = *f, sums = format_accumulators(f);
    double value[CELLS], *x = arena_array(arena, double, CELLS);
    plain.sums = (Accumulators){ 0 };
    sums.family = FAMILY_MPFR;
    sums.lane = format_mpfr(sums.precision).lane;
    sums.kernels = &mpfr_kernels;
    for (size_t o = 0; o < sizeof ops / sizeof *ops; o++) {
        Mark mark = arena_mark(arena);
        bool partial = ops[o] == TAPE_SUM || ops[o] == TAPE_DOT || ops[o] == TAPE_OUTER;
        if (ops[o] != TAPE_ROW_SUM && ops[o] != TAPE_SUM && sums.precision < f->precision)     /* only terms are rounded before they enter */
            continue;
        for (size_t k = 0; k < CELLS; k++) {
            bool zero = k >= 30 * BLOCK && k < 38 * BLOCK;   /* where results go */
            format_set_double(&plain, &value[k], zero ? 0 : rng_normal(random) * exp2(rng_u32(random) % 5), random);
            x[k] = value[k];
        }
        void *y = same_cells(&sums, value);
        run_shaped(f, ops[o], x);
        run_shaped(&sums, ops[o], y);
        for (size_t k = 30 * BLOCK; k < 38 * BLOCK; k++) {
            double expected = format_get_double(&sums, format_at(&sums, y, k));
            if (!partial)
                format_set_double(&plain, &expected, expected, random);
            cr_assert(x[k] == expected || (isnan(x[k]) && isnan(expected)), "op %d, cell %zu: %a in %s, %a by MPFR", ops[o], k, x[k], format_name(f, arena).s, expected);
        }
        arena_release(arena, mark);
    }
}

Test(format, accumulators)
{
    static const char *const names[][2] = { { "bf16", "fp32" }, { "fp8_e4m3", "bf16" }, { "fp8_e5m2", "fp16" }, { "fp16", "fp32" }, { "fp16", "fp64" },
                                            { "fp4_e2m1", "fp8_e4m3" }, { "fp32", "fp64" }, { "fp32", "bf16" }, { "bf16", "fp16" }, { "fp16", "fp16" } };
    Rng random = rng_stream(18, STR("accumulators"));
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        for (size_t r = 0; r < sizeof directed / sizeof *directed; r++) {
            Format f = format_with(named(names[i][0]), directed[r], false, false), sums = named(names[i][1]);
            if (!format_accumulate(&f, &sums)) {
                cr_assert(directed[r] != ROUND_NEAREST && sums.precision == 53);
                continue;
            }
            check_accumulators(&f, &random);
        }
    Format f = named("bf16"), wide = format_mpfr(200), fp64 = named("fp64"), fp32 = named("fp32");
    cr_assert(!format_accumulate(&f, &wide) && !format_accumulate(&fp64, &fp32));
    cr_assert(format_accumulate(&f, &fp32) && str_is(format_name(&f, arena), "bf16(accumulate: fp32)"));
}

#if defined(__x86_64__)
/* Rows of small formats in the builds that this processor runs. */
Test(format, rows_of_every_instruction_set)
{
    bool avx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
    bool avx512 = __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl");
    const SmallRows *set[] = { &small_rows_base, avx2 ? &small_rows_avx2 : NULL, avx512 ? &small_rows_avx512 : NULL };
    static const char *const names[] = { "fp32", "bf16", "fp16", "fp8_e4m3", "fp8_e5m2", "fp4_e2m1" };
    Rng random = rng_stream(21, STR("instruction sets"));
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        for (size_t n = 1; n <= 100; n += 1 + n / 9) {
            Format         f = named(names[i]);
            SmallConstants k = { ldexp(1, (int)f.emin), 1.5 * ldexp(1, 53 - (int)f.precision), f.largest };
            double         a[100], b[100], d[3][6][100];
            for (size_t l = 0; l < n; l++) {
                a[l] = random_number(&f, &random);
                b[l] = random_number(&f, &random);
            }
            for (size_t s = 0; s < 3; s++) {
                SmallRow *const row[] = { set[s] ? set[s]->add : NULL, set[s] ? set[s]->subtract : NULL, set[s] ? set[s]->multiply : NULL,
                                          set[s] ? set[s]->divide : NULL, set[s] ? set[s]->root : NULL, set[s] ? set[s]->copy : NULL };
                for (size_t o = 0; o < 6 && set[s]; o++) {
                    row[o](&k, d[s][o], a, 1, b, 1, n);
                    for (size_t l = 0; l < n && s; l++)         /* of NaN only that it is one */
                        cr_expect(memcmp(&d[s][o][l], &d[0][o][l], sizeof(double)) == 0 || (isnan(d[s][o][l]) && isnan(d[0][o][l])), "%s, operation %zu, set %zu", names[i], o, s);
                }
            }
        }
}
#endif

/* A comparison that a ball does not decide. */
Test(format, undecided_comparisons)
{
    Format  f = format_ball(100);
    arb_ptr x = format_lanes(&f, arena, 4);
    arb_add_error_2exp_si(x, -10);
    operate(&f, TAPE_LT, x, NULL);
    cr_expect(!arb_is_finite(x + 3));
    arb_set_ui(x + 1, 1);
    operate(&f, TAPE_LT, x, NULL);
    cr_expect(arb_is_one(x + 3));
    arb_set_ui(x + 2, 2);
    operate(&f, TAPE_SELECT, x, NULL);                       /* 1 or 2: both */
    cr_expect(arb_contains_si(x + 3, 1) && arb_contains_si(x + 3, 2));
}

/* ---- conversions --------------------------------------------------------------------------------------------------------------------- */

/* The number of the format with |x| = k*2^(emin - p + 1) in units of the smallest one, by counting up from zero. */
static void check_every_value(const char *name)
{
    Format f = named(name);
    double x = 0, previous = 0, y;
    size_t values = 0;
    for (; fabs(x) <= f.largest; values++) {
        char expected[32];
        snprintf(expected, sizeof expected, "0x%0*zx", (f.bits + 3) / 4, values);
        cr_assert(str_is(format_encoding(&f, arena, &x), expected), "%s: %a has encoding %s, expected %s", name, x, format_encoding(&f, arena, &x).s, expected);
        format_set_double(&f, &y, strtod(format_hex(&f, arena, &x).s, NULL), NULL);
        cr_assert(y == x, "%s: %s is not %a", name, format_hex(&f, arena, &x).s, x);
        format_set_double(&f, &y, strtod(format_shortest(&f, arena, &x).s, NULL), NULL);
        cr_assert(y == x, "%s: %s is not %a", name, format_shortest(&f, arena, &x).s, x);
        format_neighbour(&f, &y, &x, false);
        cr_assert(values == 0 ? y == -ldexp(1, (int)(f.emin - f.precision + 1)) : y == previous, "%s: below %a stands %a", name, x, y);
        fmpq_t ulp;
        fmpq_init(ulp);
        previous = x;
        format_neighbour(&f, &x, &x, true);
        cr_assert(format_ulp(&f, &previous, ulp));
        if (fabs(x) <= f.largest)
            cr_assert(fmpq_is_zero(ulp) == 0 && x - previous == fmpz_get_d(fmpq_numref(ulp)) / fmpz_get_d(fmpq_denref(ulp)));
        fmpq_clear(ulp);
    }
    size_t finite = (((size_t)1 << (f.bits - 1)) - (f.overflow == OVERFLOW_SATURATE ? 0 : f.overflow == OVERFLOW_NAN ? 1 : (size_t)1 << (f.precision - 1)));
    cr_assert(values == finite, "%s has %zu finite values, expected %zu", name, values, finite);
}

Test(format, every_value)
{
    static const char *const small[] = { "fp16", "bf16", "fp8_e4m3", "fp8_e5m2", "fp6_e3m2", "fp6_e2m3", "fp4_e2m1" };
    for (size_t i = 0; i < sizeof small / sizeof *small; i++) {
        Mark top = arena_mark(arena);
        check_every_value(small[i]);
        arena_release(arena, top);
    }
}

/* Rounding q down and up gives neighbours around q, or q itself; nearest is the closer one; toward zero the smaller one. */
static void check_conversion(Format f, const fmpq_t q, Rng *random)
{
    void  *x = format_lanes(&f, arena, 5);
    fmpq_t v[5], gap, other;
    fmpq_init(gap), fmpq_init(other);
    fmpq_set_si(other, 1, 1);
    fmpq_mul_2exp(other, other, (ulong)f.emax);
    fmpq_abs(gap, q);
    bool finite = fmpq_cmp(gap, other) < 0;                  /* saturation is no rounding */
    for (Rounding r = ROUND_NEAREST; r <= ROUND_STOCHASTIC; r++) {
        Format directed_format = format_with(f, r, false, false);
        cr_assert(directed_format.lane == f.lane);
        fmpq_init(v[r]);
        format_set_fmpq(&directed_format, format_at(&f, x, r), q, random);
        finite = format_get_fmpq(&f, format_at(&f, x, r), v[r]) == FLOAT_FINITE && finite;
    }
    if (finite) {
        cr_assert(fmpq_cmp(v[ROUND_DOWN], q) <= 0 && fmpq_cmp(q, v[ROUND_UP]) <= 0);
        cr_assert(fmpq_equal(v[ROUND_ZERO], v[fmpq_sgn(q) < 0 ? ROUND_UP : ROUND_DOWN]));
        cr_assert(fmpq_equal(v[ROUND_STOCHASTIC], v[ROUND_UP]) || fmpq_equal(v[ROUND_STOCHASTIC], v[ROUND_DOWN]));
        cr_assert(fmpq_equal(v[ROUND_DOWN], q) == fmpq_equal(v[ROUND_UP], q));
        fmpq_sub(gap, q, v[ROUND_DOWN]);
        fmpq_sub(other, v[ROUND_UP], q);
        int side = fmpq_cmp(gap, other);
        if (side != 0)
            cr_assert(fmpq_equal(v[ROUND_NEAREST], v[side < 0 ? ROUND_DOWN : ROUND_UP]));
        if (!fmpq_equal(v[ROUND_DOWN], q)) {
            void *y = format_lanes(&f, arena, 1);
            format_neighbour(&f, y, format_at(&f, x, ROUND_DOWN), true);
            format_get_fmpq(&f, y, other);
            cr_assert(fmpq_equal(other, v[ROUND_UP]));
        }
    }
    for (Rounding r = ROUND_NEAREST; r <= ROUND_STOCHASTIC; r++)
        fmpq_clear(v[r]);
    fmpq_clear(gap), fmpq_clear(other);
}

Test(format, conversions_are_neighbours)
{
    static const char *const names[] = { "fp32", "tf32", "fp16", "bf16", "fp8_e4m3", "fp8_e5m2", "fp6_e3m2", "fp4_e2m1", "x87", "fp128" };
    Rng          random = rng_stream(11, STR("conversions"));
    flint_rand_t state;
    fmpq_t       q;
    fmpq_init(q);
    flint_randinit(state);
    for (size_t k = 0; k < 3000; k++) {
        Mark   top = arena_mark(arena);
        Format f = named(names[k % 10]);
        fmpq_randtest(q, state, 1 + k % 150);
        slong shift = f.emin / 2 + (slong)rng_below(&random, (uint64_t)(f.emax - f.emin) / 2);
        shift < 0 ? fmpq_div_2exp(q, q, (ulong)-shift * (k % 3)) : fmpq_mul_2exp(q, q, (ulong)shift * (k % 2));
        check_conversion(f, q, &random);
        arena_release(arena, top);
    }
    fmpq_clear(q);
    flint_randclear(state);
}

/* A quarter of the way between 1 and its neighbour: up with probability 1/4. */
Test(format, stochastic_rounding_is_unbiased)
{
    static const char *const names[] = { "bf16", "fp8_e4m3", "fp128" };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        Format f = format_with(named(names[i]), ROUND_STOCHASTIC, false, false);
        Rng    random = rng_stream(3, STR("stochastic"));
        void  *x = format_lanes(&f, arena, 4);
        fmpq_t q;
        fmpq_init(q);
        size_t up = 0, trials = 20000;
        for (size_t k = 0; k < trials; k++) {
            fmpq_set_si(q, 1, 4);
            fmpq_div_2exp(q, q, (ulong)f.precision - 1);
            format_set_double(&f, x, 1, &random);
            format_set_fmpq(&f, format_at(&f, x, 1), q, &random);
            operate(&f, TAPE_ADD, x, &random);
            format_get_fmpq(&f, format_at(&f, x, 3), q);
            up += !fmpq_is_one(q);
        }
        cr_assert(fabs((double)up / (double)trials - 0.25) < 0.015, "%s: %zu of %zu", names[i], up, trials);
        fmpq_clear(q);
    }
}

Test(format, texts_and_names)
{
    static const char *const tenth[] = { "fp64", "fp32", "fp16", "bf16", "x87", "fp128" };
    fmpq_t q;
    fmpq_init(q);
    fmpq_set_si(q, 1, 10);
    for (size_t i = 0; i < sizeof tenth / sizeof *tenth; i++) {
        Format f = named(tenth[i]);
        void  *x = format_lanes(&f, arena, 1);
        format_set_fmpq(&f, x, q, NULL);
        cr_expect(str_is(format_shortest(&f, arena, x), "0.1"), "%s: %s", tenth[i], format_shortest(&f, arena, x).s);
    }
    fmpq_clear(q);
    Format f;
    cr_assert(format_float(5, -14, 15, &f) && f.bits == 10);
    cr_expect(str_is(format_name(&f, arena), "float(5, -14, 15)"));
    cr_assert(!format_float(1, -14, 15, &f) && !format_float(5, 3, 3, &f));
    f = format_mpfr(200);
    cr_expect(str_is(format_name(&f, arena), "200 bits"));
    void *x = format_lanes(&f, arena, 1);
    format_set_constant(&f, x, FLOAT_PI, NULL);
    cr_expect(str_is(format_shortest(&f, arena, x), "3.141592653589793238462643383279502884197169399375105820974944"), "%s", format_shortest(&f, arena, x).s);
    f = named("fp64");
    double d[] = { 5e-324, 1.7976931348623157e308, 123456789, 1e23, -0.0, 9007199254740992 };
    for (size_t i = 0; i < sizeof d / sizeof *d; i++)
        cr_expect(strtod(format_shortest(&f, arena, &d[i]).s, NULL) == d[i]);
    cr_expect(str_is(format_shortest(&f, arena, &d[3]), "1e23"), "%s", format_shortest(&f, arena, &d[3]).s);
}

/* A ball is rounded if it lies on one side of every tie. */
Test(format, balls_decide_or_not)
{
    arb_t v;
    arb_init(v);
    static const char *const names[] = { "bf16", "fp64", "fp128" };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        Format f = named(names[i]);
        void  *x = format_lanes(&f, arena, 2);
        arb_const_pi(v, 300);
        cr_assert(format_set_arb(&f, x, v, NULL));
        format_set_constant(&f, format_at(&f, x, 1), FLOAT_PI, NULL);
        cr_assert(str_eq(format_hex(&f, arena, x), format_hex(&f, arena, format_at(&f, x, 1))));
        arb_set_ui(v, 1);
        arb_mul_2exp_si(v, v, -f.precision);
        arb_add_ui(v, v, 1, 300);                            /* a tie */
        cr_assert(format_set_arb(&f, x, v, NULL));
        arb_add_error_2exp_si(v, -200);
        cr_assert(!format_set_arb(&f, x, v, NULL));
    }
    arb_clear(v);
}
