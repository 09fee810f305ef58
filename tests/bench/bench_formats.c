/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The kernels of the formats: bench_formats NAME. `bf16-OP` is one instruction on a block in bf16 against the same in fp64;
 * `bf16-tape` a sigmoid layer's worth of instructions; `mpfr-tape` an expression at 256 bits against plain MPFR calls. Both sides
 * run in turn, the ratio is that of the shortest times. */
#include "tests/bench/bench.h"

#include "numeric/tape.h"

#include <math.h>
#include <mpfr.h>
#include <string.h>

enum { RUNS = 21, REPEAT = 4000, MPFR_REPEAT = 40, BITS = 256, ROWS = 16 };

/* Row r of bank 0 holds a block of lanes. */
static Instruction instruction(TapeOp op, FnId fn, uint32_t d, uint32_t a, uint32_t b, uint32_t c)
{
    View at[] = { { d * BLOCK, BLOCK, 1, 0 }, { a * BLOCK, BLOCK, 1, 0 }, { b * BLOCK, BLOCK, 1, 0 }, { c * BLOCK, BLOCK, 1, 0 } };
    return (Instruction){ .op = (uint16_t)op, .fn = (uint16_t)fn, .rows = 1, .k = 1, .inner = 1, .d = at[0], .a = at[1], .b = at[2], .c = at[3] };
}

static void *filled(const Format *f, Arena *a)
{
    Rng   random = rng_stream(1, STR("bench"));
    void *x = format_lanes(f, a, ROWS * BLOCK);
    for (size_t i = 0; i < ROWS * BLOCK; i++)
        format_set_double(f, format_at(f, x, i), 0.5 + rng_unit(&random), NULL);
    return x;
}

static double seconds(const Format *f, void *lanes, const Instruction *i, size_t n, size_t repeat)
{
    void  *bank[] = { lanes };
    double start = clock_seconds(CLOCK_PROCESS_CPUTIME_ID);
    for (size_t k = 0; k < repeat; k++)
        for (size_t j = 0; j < n; j++)
            f->kernels->run(f, &i[j], &(Banks){ bank, NULL, false }, BLOCK);
    return clock_seconds(CLOCK_PROCESS_CPUTIME_ID) - start;
}

static bool compare(const char *name, const Instruction *i, size_t n, double target)
{
    Arena *a = arena_new();
    Format bf16, fp64;
    format_named(STR("bf16"), &bf16);
    format_named(STR("fp64"), &fp64);
    void  *x = filled(&bf16, a), *y = filled(&fp64, a);
    double small[RUNS], large[RUNS];
    for (size_t k = 0; k < RUNS; k++) {
        small[k] = seconds(&bf16, x, i, n, REPEAT);
        large[k] = seconds(&fp64, y, i, n, REPEAT);
    }
    bool kept = ratio_report(name, best(small, RUNS), best(large, RUNS), target);
    arena_delete(a);
    return kept;
}

/* ---- 256 bits: x*x + y*x, exp of a quotient, a root ------------------------------------------------------------------------------ */

static double plain_calls(mpfr_t *x, mpfr_t *y, mpfr_t *z, mpfr_t t)
{
    double start = clock_seconds(CLOCK_PROCESS_CPUTIME_ID);
    for (size_t k = 0; k < MPFR_REPEAT; k++)
        for (size_t l = 0; l < BLOCK; l++) {
            mpfr_mul(z[l], x[l], x[l], MPFR_RNDN);
            mpfr_mul(t, y[l], x[l], MPFR_RNDN);
            mpfr_add(z[l], z[l], t, MPFR_RNDN);
            mpfr_sub(z[l], z[l], y[l], MPFR_RNDN);
            mpfr_mul(t, z[l], z[l], MPFR_RNDN);
            mpfr_add(t, t, x[l], MPFR_RNDN);
            mpfr_sqrt(t, t, MPFR_RNDN);
            mpfr_div(z[l], z[l], t, MPFR_RNDN);
        }
    return clock_seconds(CLOCK_PROCESS_CPUTIME_ID) - start;
}

static bool mpfr_tape(void)
{
    const Instruction i[] = {
        instruction(TAPE_MUL, 0, 2, 0, 0, 0), instruction(TAPE_MULADD, 0, 2, 1, 0, 2), instruction(TAPE_SUB, 0, 2, 2, 1, 0),
        instruction(TAPE_MULADD, 0, 3, 2, 2, 0), instruction(TAPE_SQRT, 0, 3, 3, 3, 3), instruction(TAPE_DIV, 0, 2, 2, 3, 0),
    };
    Arena *a = arena_new();
    Format f = format_mpfr(BITS);
    void  *lanes = filled(&f, a);
    mpfr_t x[BLOCK], y[BLOCK], z[BLOCK], t;
    double ours[RUNS], plain[RUNS];
    bool   same = true;
    mpfr_init2(t, BITS);
    for (size_t l = 0; l < BLOCK; l++) {
        mpfr_inits2(BITS, x[l], y[l], z[l], (mpfr_ptr)0);
        mpfr_set(x[l], (mpfr_srcptr)format_at(&f, lanes, l), MPFR_RNDN);
        mpfr_set(y[l], (mpfr_srcptr)format_at(&f, lanes, BLOCK + l), MPFR_RNDN);
    }
    for (size_t k = 0; k < RUNS; k++) {
        ours[k] = seconds(&f, lanes, i, sizeof i / sizeof *i, MPFR_REPEAT);
        plain[k] = plain_calls(x, y, z, t);
    }
    for (size_t l = 0; l < BLOCK; l++) {
        same = same && mpfr_equal_p(z[l], (mpfr_srcptr)format_at(&f, lanes, 2 * BLOCK + l));
        mpfr_clears(x[l], y[l], z[l], (mpfr_ptr)0);
    }
    mpfr_clear(t);
    arena_delete(a);
    return same && ratio_report("mpfr-tape", best(ours, RUNS), best(plain, RUNS), 1.1);
}

/* ---- bf16 ------------------------------------------------------------------------------------------------------------------------- */

static bool bf16_tape(void)                                  /* sigmoid(w*x + b), its error and its gradient */
{
    const Instruction i[] = {
        instruction(TAPE_MULADD, 0, 3, 0, 1, 2), instruction(TAPE_NEG, 0, 4, 3, 3, 3), instruction(TAPE_CALL, FN_exp, 4, 4, 4, 4),
        instruction(TAPE_ADD, 0, 4, 4, 2, 2), instruction(TAPE_DIV, 0, 5, 2, 4, 4), instruction(TAPE_SUB, 0, 6, 5, 1, 1),
        instruction(TAPE_MUL, 0, 7, 6, 5, 5), instruction(TAPE_MUL, 0, 7, 7, 0, 0), instruction(TAPE_MULSUB, 0, 8, 7, 0, 2),
    };
    return compare("bf16-tape", i, sizeof i / sizeof *i, 3);
}

static bool bf16_operation(const char *name)
{
    static const struct { const char *name; TapeOp op; FnId fn; } ops[] = {
        { "bf16-add", TAPE_ADD, 0 }, { "bf16-mul", TAPE_MUL, 0 }, { "bf16-div", TAPE_DIV, 0 }, { "bf16-muladd", TAPE_MULADD, 0 },
        { "bf16-sqrt", TAPE_SQRT, 0 }, { "bf16-exp", TAPE_CALL, FN_exp },
    };
    for (size_t k = 0; k < sizeof ops / sizeof *ops; k++)
        if (strcmp(name, ops[k].name) == 0) {
            Instruction i = instruction(ops[k].op, ops[k].fn, 3, 0, 1, 2);
            return compare(name, &i, 1, 3);
        }
    return false;
}

int main(int argc, char **argv)
{
    if (argc != 2)
        return 2;
    if (strcmp(argv[1], "mpfr-tape") == 0)
        return !mpfr_tape();
    return !(strcmp(argv[1], "bf16-tape") == 0 ? bf16_tape() : bf16_operation(argv[1]));
}
