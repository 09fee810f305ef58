/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tapes by themselves: bench_tape NAME. rosenbrock-sum: value and gradient of Rosenbrock's function of 100 variables, written as a sum over
 * an index, against 0.6 us. lanes: exp(-x^2)*sin(3x) + sqrt(1 + x^2)/(1 + x^4) over a million lanes against C at -O3 with the same vector
 * functions, and against C at -O2 with those of libm; lanes-256: over a thousand lanes of 256 bits against plain MPFR calls. */
#include "tests/bench/bench.h"
#include "tests/session.h"

#include "symbolic/tape/objective.h"

#include <math.h>
#include <mpfr.h>

enum { RUNS = 41, VARIABLES = 100, POINTS = 2000, LANES = 1000000, LONG_LANES = 1000, BITS = 256 };

static const Expr *parsed(Env *env, const char *text)
{
    Source  source;
    Outcome o = run_text(env, &source, str_of(text));
    if (o.kind != RUN_DONE || o.value.kind != VALUE_EXPR)
        exit(1);
    return o.value.expr;
}

/* ---- a sum over an index ------------------------------------------------------------------------------------------------ */

static bool rosenbrock_sum(const char *name)
{
    Arena       *a = arena_new();
    Env         *env = env_new(builtin_tables);
    const Expr  *f = parsed(env, "vector x(n); sum(100*(x[k + 1] - x[k]^2)^2 + (1 - x[k])^2, k = 1..n - 1)");
    Pool        *p = env_pool(env);
    const Expr  *one = expr_int(p, 1), *x = expr_symbol_shaped(p, STR("x"), shape_new(p, expr_symbol(p, STR("n")), one, NULL));
    CompileInput in = { .symbol = x, .rows = VARIABLES, .cols = 1 };
    Format       fp64;
    Objective    o;
    double       seconds[RUNS], value = 0, slope[VARIABLES] = { 0 };
    if (!format_named(STR("fp64"), &fp64) || !objective_make(p, a, f, &in, 1, &fp64, 0, &o) || o.n != VARIABLES)
        return false;
    double *at = o.x;
    for (size_t i = 0; i < VARIABLES; i++)
        at[i] = sin(1.3 * (double)i);
    for (size_t r = 0; r < RUNS; r++) {
        double start = clock_seconds(CLOCK_PROCESS_CPUTIME_ID);
        for (size_t k = 0; k < POINTS; k++)
            objective_gradient(&o);
        seconds[r] = clock_seconds(CLOCK_PROCESS_CPUTIME_ID) - start;
    }
    for (size_t i = 0; i + 1 < VARIABLES; i++) {
        double t = at[i + 1] - at[i] * at[i], u = 1 - at[i];
        value += 100 * t * t + u * u;
        slope[i] += -400 * t * at[i] - 2 * u;
        slope[i + 1] += 200 * t;
    }
    bool right = fabs(*(const double *)o.f - value) < 1e-10 * value;
    for (size_t i = 0; i < VARIABLES; i++)
        right = right && fabs(((const double *)o.g)[i] - slope[i]) < 1e-10 * value;
    bool kept = ratio_report(name, best(seconds, RUNS), POINTS * 0.6e-6, 1);
    env_delete(env);
    arena_delete(a);
    return right && kept;
}

/* ---- lanes -------------------------------------------------------------------------------------------------------------- */

static const char formula[] = "exp(-x^2)*sin(3x) + sqrt(1 + x^2)/(1 + x^4)";

/* The tape of the formula on columns of a format. */
static Machine *formula_machine(Env *env, Arena *a, const Format *f, const void *x, void *y)
{
    const Expr  *e = parsed(env, formula);
    CompileInput in = { .symbol = expr_symbol(env_pool(env), STR("x")), .column = true };
    Program     *program = arena_alloc(a, sizeof *program);
    if (!expr_compile(env_pool(env), a, &in, 1, &e, 1, program))
        exit(1);
    Machine *m = machine_new(a, program->tape, f);
    machine_column(m, 0, 0, x);
    machine_output_column(m, 0, 0, y);
    return m;
}

typedef void LanesInC(double *y, const double *x, size_t n);
LanesInC lanes_base, lanes_avx2, lanes_avx512;

static LanesInC *widest(void)
{
#if defined(NABLA_X86)
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl"))
        return lanes_avx512;
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"))
        return lanes_avx2;
#endif
    return lanes_base;
}

static void by_libm(double *y, const double *x, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        double s = x[i] * x[i];
        y[i] = exp(-s) * sin(3 * x[i]) + sqrt(1 + s) / (1 + s * s);
    }
}

static bool lanes(const char *name)
{
    Arena    *a = arena_new();
    Env      *env = env_new(builtin_tables);
    Format    fp64;
    double   *x = arena_array(a, double, LANES), *y = arena_array(a, double, LANES), *z = arena_array(a, double, LANES), time[3][RUNS];
    LanesInC *vector = widest();
    format_named(STR("fp64"), &fp64);
    for (size_t i = 0; i < LANES; i++)
        x[i] = 3 * sin(0.7 * (double)i);
    Machine *m = formula_machine(env, a, &fp64, x, y);
    for (size_t r = 0; r < RUNS; r++) {
        double start = clock_seconds(CLOCK_PROCESS_CPUTIME_ID);
        machine_run(m, LANES);
        time[0][r] = clock_seconds(CLOCK_PROCESS_CPUTIME_ID) - start;
        start = clock_seconds(CLOCK_PROCESS_CPUTIME_ID);
        vector(z, x, LANES);
        time[1][r] = clock_seconds(CLOCK_PROCESS_CPUTIME_ID) - start;
        start = clock_seconds(CLOCK_PROCESS_CPUTIME_ID);
        by_libm(z, x, r % 4 ? 0 : LANES);
        time[2][r] = clock_seconds(CLOCK_PROCESS_CPUTIME_ID) - start;
    }
    for (size_t r = 0; r < RUNS; r++)
        time[2][r] = time[2][r / 4 * 4];
    bool right = true;
    for (size_t i = 0; i < LANES; i++)
        right = right && fabs(y[i] - z[i]) < 1e-13;
    bool kept = ratio_report(name, best(time[0], RUNS), best(time[1], RUNS), 2.2);
    kept = ratio_report("lanes-libm", best(time[0], RUNS), best(time[2], RUNS), 1.0 / 3) && kept;
    env_delete(env);
    arena_delete(a);
    return right && kept;
}

static void plain_calls(mpfr_t *y, mpfr_t *x, mpfr_t s, mpfr_t t)
{
    for (size_t i = 0; i < LONG_LANES; i++) {
        mpfr_mul(s, x[i], x[i], MPFR_RNDN);
        mpfr_neg(t, s, MPFR_RNDN);
        mpfr_exp(y[i], t, MPFR_RNDN);
        mpfr_mul_ui(t, x[i], 3, MPFR_RNDN);
        mpfr_sin(t, t, MPFR_RNDN);
        mpfr_mul(y[i], y[i], t, MPFR_RNDN);
        mpfr_mul(t, s, s, MPFR_RNDN);
        mpfr_add_ui(t, t, 1, MPFR_RNDN);
        mpfr_add_ui(s, s, 1, MPFR_RNDN);
        mpfr_sqrt(s, s, MPFR_RNDN);
        mpfr_div(s, s, t, MPFR_RNDN);
        mpfr_add(y[i], y[i], s, MPFR_RNDN);
    }
}

static bool long_lanes(const char *name)
{
    Arena   *a = arena_new();
    Env     *env = env_new(builtin_tables);
    Format   f = format_mpfr(BITS);
    void    *in = format_lanes(&f, a, LONG_LANES), *out = format_lanes(&f, a, LONG_LANES);
    mpfr_t  *x = arena_array(a, mpfr_t, LONG_LANES), *y = arena_array(a, mpfr_t, LONG_LANES), s, t;
    double   ours[RUNS], plain[RUNS];
    bool     right = true;
    mpfr_inits2(BITS, s, t, (mpfr_ptr)0);
    for (size_t i = 0; i < LONG_LANES; i++) {
        mpfr_inits2(BITS, x[i], y[i], (mpfr_ptr)0);
        format_set_double(&f, format_at(&f, in, i), 3 * sin(0.7 * (double)i), NULL);
        mpfr_set(x[i], (mpfr_srcptr)format_at(&f, in, i), MPFR_RNDN);
    }
    Machine *m = formula_machine(env, a, &f, in, out);
    for (size_t r = 0; r < RUNS; r++) {
        double start = clock_seconds(CLOCK_PROCESS_CPUTIME_ID);
        machine_run(m, LONG_LANES);
        ours[r] = clock_seconds(CLOCK_PROCESS_CPUTIME_ID) - start;
        start = clock_seconds(CLOCK_PROCESS_CPUTIME_ID);
        plain_calls(y, x, s, t);
        plain[r] = clock_seconds(CLOCK_PROCESS_CPUTIME_ID) - start;
    }
    for (size_t i = 0; i < LONG_LANES; i++) {
        mpfr_sub(s, y[i], (mpfr_srcptr)format_at(&f, out, i), MPFR_RNDN);
        right = right && fabs(mpfr_get_d(s, MPFR_RNDN)) < 1e-74;
        mpfr_clears(x[i], y[i], (mpfr_ptr)0);
    }
    mpfr_clears(s, t, (mpfr_ptr)0);
    bool kept = ratio_report(name, best(ours, RUNS), best(plain, RUNS), 1.1);
    env_delete(env);
    arena_delete(a);
    return right && kept;
}

int main(int argc, char **argv)
{
    if (argc != 2)
        return 2;
    return !(strcmp(argv[1], "rosenbrock-sum") == 0 ? rosenbrock_sum : strcmp(argv[1], "lanes") == 0 ? lanes : long_lanes)(argv[1]);
}
