/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The engine without process and terminal: bench_engine NAME. Each benchmark runs statements of the language in a fresh
 * session several times and takes the median of the processor time; the reference is a time that was measured for the same
 * work in a plain C prototype. Results are checked against an independent computation. */
#include "tests/bench/bench.h"
#include "tests/session.h"

#include <flint/flint.h>
#if __FLINT_RELEASE >= 30000
#include <flint/arb_poly.h>
#else
#include <arb_poly.h>
#endif

#include <math.h>

enum { RUNS = 11, STEPS = 10000, VARIABLES = 100, TERMS = 10000 };

typedef struct Bench {
    const char *name;
    double      reference, target;
    double    (*run)(Env *env, Arena *a);   /* seconds, or negative if the result is wrong */
} Bench;

/* Processor time of the text's statements. */
static double timed(Env *env, Str text)
{
    Source source;
    double start = clock_seconds(CLOCK_PROCESS_CPUTIME_ID);
    Outcome o = run_text(env, &source, text);
    double seconds = clock_seconds(CLOCK_PROCESS_CPUTIME_ID) - start;
    if (o.kind == RUN_DONE)
        return seconds;
    fprintf(stderr, "%.*s\n", o.diag ? (int)o.diag->message.n : 0, o.diag ? o.diag->message.s : "");
    exit(1);
}

/* The decimal value of the text, to double precision. */
static double value_of(Env *env, Arena *a, const char *text)
{
    Source  source;
    Str     doubt;
    Outcome o = run_text(env, &source, str_of(text));
    return o.kind == RUN_DONE ? strtod(str_copy(a, env_value_approx(env, o.value, &doubt)).s, NULL) : NAN;
}

static bool near(double got, double expected)
{
    bool fine = fabs(got - expected) <= 1e-9 * fabs(expected);
    if (!fine)
        fprintf(stderr, "%.17g instead of %.17g\n", got, expected);
    return fine;
}

/* ---- the ninth and the twentieth derivative of exp(sin(x^2))*x/(1+x^2) --------------------------------------------------------------- */

/* n! times the n-th coefficient of the power series at x = 1/3. */
static double by_series(slong n)
{
    enum { LENGTH = 21, BITS = 200 };
    arb_poly_t x, square, f, g;
    arb_t      c;
    arb_poly_init(x);
    arb_poly_init(square);
    arb_poly_init(f);
    arb_poly_init(g);
    arb_init(c);
    arb_set_ui(c, 1);
    arb_poly_set_coeff_arb(x, 1, c);
    arb_div_ui(c, c, 3, BITS);
    arb_poly_set_coeff_arb(x, 0, c);
    arb_poly_mullow(square, x, x, LENGTH, BITS);
    arb_poly_sin_series(f, square, LENGTH, BITS);
    arb_poly_exp_series(f, f, LENGTH, BITS);
    arb_poly_mullow(f, f, x, LENGTH, BITS);
    arb_poly_one(g);
    arb_poly_add(g, g, square, BITS);
    arb_poly_div_series(f, f, g, LENGTH, BITS);
    arb_poly_get_coeff_arb(c, f, n);
    double value = tgamma((double)n + 1) * arf_get_d(arb_midref(c), ARF_RND_NEAR);
    arb_clear(c);
    arb_poly_clear(x);
    arb_poly_clear(square);
    arb_poly_clear(f);
    arb_poly_clear(g);
    return value;
}

static double ninth(Env *env, Arena *a)
{
    timed(env, STR("diff(exp(sin(t^2))*t/(1+t^2), t)"));     /* reads the rows of exp and sin */
    double seconds = timed(env, STR("y = diff(exp(sin(x^2))*x/(1+x^2), x, 9)"));
    return near(value_of(env, a, "N(y at x = 1/3)"), by_series(9)) ? seconds : -1;
}

static double twentieth(Env *env, Arena *a)
{
    timed(env, STR("diff(exp(sin(t^2))*t/(1+t^2), t)"));
    double seconds = timed(env, STR("y = diff(exp(sin(x^2))*x/(1+x^2), x, 20)"));
    return near(value_of(env, a, "N(y at x = 1/3)"), by_series(20)) ? seconds : -1;
}

/* ---- x = x + h*sin(x), ten thousand times ---------------------------------------------------------------------------- */

static double recurrence(Env *env, Arena *a)
{
    double x = 1, slope = 1, h = 1e-4;
    for (int k = 0; k < STEPS; k++) {
        slope *= 1 + h * cos(x);
        x += h * sin(x);
    }
    double seconds = timed(env, STR("x = a; for k in 1..10000 { x = x + h*sin(x) }; y = diff(x, a)"));
    return near(value_of(env, a, "N(y at (a = 1, h = 1/10000))"), slope) ? seconds : -1;
}

/* ---- the gradient of Rosenbrock's function in 100 variables ---------------------------------------------------------- */

static double rosenbrock(Env *env, Arena *a)
{
    Buf f = buf_new(a), at = buf_new(a);
    buf_add_s(&f, "f = 0");
    for (int i = 1; i <= VARIABLES; i++) {
        if (i < VARIABLES)
            buf_printf(&f, " + 100*(x%d - x%d^2)^2 + (1 - x%d)^2", i + 1, i, i);
        buf_printf(&at, "%sx%d = %d", i > 1 ? ", " : "N(g[2] at (", i, i);
    }
    buf_add_s(&at, "))");
    for (int i = 1; i <= VARIABLES; i++)
        buf_printf(&f, "%sx%d", i > 1 ? ", " : "; g = gradient(f, (", i);
    buf_add_s(&f, "))");
    double seconds = timed(env, buf_str(&f));
    return near(value_of(env, a, buf_str(&at).s), 200 * (2 - 1) - 400 * 2 * (3 - 4) - 2 * (1 - 2)) ? seconds : -1;
}

/* ---- a sum of ten thousand terms ---------------------------------------------------------------------------------------- */

static double long_sum(Env *env, Arena *a)
{
    Buf f = buf_new(a);
    buf_add_s(&f, "f = 0");
    for (int i = 1; i <= TERMS; i++)
        buf_printf(&f, " + %d*x^%d", i, i);
    double seconds = timed(env, buf_str(&f));
    return near(value_of(env, a, "N(f at x = 1/2)"), 2) ? seconds : -1;
}

static const Bench benches[] = {
    { "ninth-derivative", 1e-3, 1, ninth },
    { "twentieth-derivative", 20e-3, 1, twentieth },
    { "recurrence", 0.1, 1, recurrence },
    { "rosenbrock-gradient", 10e-3, 1, rosenbrock },
    { "long-sum", 50e-3, 1, long_sum },
};

int main(int argc, char **argv)
{
    for (size_t i = 0; argc == 2 && i < sizeof benches / sizeof *benches; i++) {
        const Bench *b = &benches[i];
        double       time[RUNS];
        if (strcmp(b->name, argv[1]))
            continue;
        for (int k = 0; k < RUNS; k++) {
            Arena *a = arena_new();
            Env   *env = env_new(builtin_tables);
            time[k] = b->run(env, a);
            env_delete(env);
            arena_delete(a);
            if (time[k] < 0)
                return 1;
        }
        return !ratio_report(b->name, median(time, RUNS), b->reference, b->target);
    }
    return 2;
}
