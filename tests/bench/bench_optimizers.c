/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Optimizers: bench_optimizers NAME. adam-step: what one step on the Rosenbrock function of two variables takes beyond the tape of value
 * and gradient, against 0.2 us. batch-step: one step of adam on a logistic regression, 32 of 10,000 rows of 20 columns, against 5 us. logistic: value and gradient of a logistic regression on 10,240 rows of 20 columns, against the same by hand in C. */
#include "tests/bench/bench.h"
#include "tests/session.h"

#include "numeric/data.h"
#include "symbolic/tape/objective.h"

#include <math.h>

enum { RUNS = 11, GRADIENTS = 101, STEPS = 400000, ROWS = 10240, BATCH_ROWS = 10000, COLUMNS = 20 };

/* ---- one step ------------------------------------------------------------------------------------------------------------------ */

static double seconds_of(size_t steps)
{
    Env    *env = env_new(builtin_tables);
    Arena  *a = arena_new();
    Source  source;
    Str     text = str_printf(a, "r(x, y) = (1 - x)^2 + 100*(y - x^2)^2\nminimize(r, from: (-1.2, 1), method: adam(lr: 0.00001), steps: %zu, tol: 0).steps", steps);
    double  start = clock_seconds(CLOCK_PROCESS_CPUTIME_ID);
    Outcome o = run_text(env, &source, text);
    double  seconds = clock_seconds(CLOCK_PROCESS_CPUTIME_ID) - start;
    slong   done;
    if (o.kind != RUN_DONE || o.value.kind != VALUE_EXPR || !expr_fits_slong(o.value.expr, &done) || (size_t)done != steps)
        exit(1);
    env_delete(env);
    arena_delete(a);
    return seconds;
}

/* Value and gradient of the same function alone. */
static double tape_seconds(void)
{
    Env         *env = env_new(builtin_tables);
    Pool        *p = env_pool(env);
    Arena       *a = arena_new();
    const Expr  *x = expr_symbol(p, STR("x")), *y = expr_symbol(p, STR("y")), *two = expr_int(p, 2);
    const Expr  *r = expr_add(p, expr_pow(p, expr_sub(p, expr_int(p, 1), x), two),
                              expr_mul(p, expr_int(p, 100), expr_pow(p, expr_sub(p, y, expr_pow(p, x, two)), two)));
    CompileInput in[2] = { { .symbol = x }, { .symbol = y } };
    Format       fp64;
    Objective    o;
    if (!format_named(STR("fp64"), &fp64) || !objective_make(p, a, r, in, 2, &fp64, 0, &o))
        exit(1);
    ((double *)o.x)[0] = -1.2;
    ((double *)o.x)[1] = 1;
    double start = clock_seconds(CLOCK_PROCESS_CPUTIME_ID);
    for (size_t i = 0; i < STEPS; i++)
        objective_gradient(&o);
    double seconds = (clock_seconds(CLOCK_PROCESS_CPUTIME_ID) - start) / STEPS;
    if (fabs(*(const double *)o.f - 24.2) > 1e-12)
        exit(1);
    env_delete(env);
    arena_delete(a);
    return seconds;
}

/* The trace has as many rows in both runs, so the difference is steps alone. */
static bool adam_step(const char *name)
{
    double x[RUNS], y[RUNS];
    for (size_t i = 0; i < RUNS; i++) {
        x[i] = (seconds_of(STEPS + 2000) - seconds_of(2000)) / STEPS;
        y[i] = tape_seconds();
    }
    double step = best(x, RUNS), tape = best(y, RUNS);
    printf("# %.3f us a step, %.3f us of it value and gradient\n", 1e6 * step, 1e6 * tape);
    return ratio_report(name, 1e4 * (step - tape), 1e4 * 0.2e-6, 1);
}

/* ---- mini-batches ----------------------------------------------------------------------------------------------------------------- */

static Str write_table(Arena *a)
{
    char  name[] = "/tmp/nabla-bench-XXXXXX";
    int   file = mkstemp(name);
    FILE *out = file < 0 ? NULL : fdopen(file, "w");
    Rng   random = rng_stream(1, STR("bench"));
    if (!out)
        exit(1);
    for (size_t j = 0; j <= COLUMNS; j++)
        fprintf(out, "c%zu%s", j, j < COLUMNS ? "," : "\n");
    for (size_t i = 0; i < BATCH_ROWS; i++)
        for (size_t j = 0; j <= COLUMNS; j++)
            fprintf(out, j < COLUMNS ? "%.5f," : "%.0f\n", j < COLUMNS ? rng_normal(&random) : rng_unit(&random) < 0.5 ? -1 : 1);
    fclose(out);
    return str_copy(a, str_of(name));
}

/* The steps of whole epochs, their values over all rows included. */
static double batch_seconds(Arena *a, Str table, size_t epochs)
{
    Env    *env = env_new(builtin_tables);
    Source  source;
    Buf     b = buf_new(a), start = buf_new(a);
    for (size_t j = 0; j < COLUMNS; j++) {
        buf_printf(&b, "w%zu*c%zu + ", j, j);
        buf_printf(&start, "w%zu = 0, ", j);
    }
    Str     sum = buf_str(&b), zeros = buf_str(&start);
    Outcome o = run_text(env, &source, str_printf(a, "d = load(\"%.*s\")", STR_ARGS(table)));
    double  begin = clock_seconds(CLOCK_PROCESS_CPUTIME_ID);
    o = run_text(env, &source, str_printf(a, "minimize(log(1 + exp(-c%d*(%.*sb))), over: d, from: (%.*sb = 0), method: adam, batch: 32, epochs: %zu).epochs", COLUMNS,
                                          STR_ARGS(sum), STR_ARGS(zeros), epochs));
    double  seconds = clock_seconds(CLOCK_PROCESS_CPUTIME_ID) - begin;
    slong   done;
    if (o.kind != RUN_DONE || o.value.kind != VALUE_EXPR || !expr_fits_slong(o.value.expr, &done) || (size_t)done != epochs)
        exit(1);
    env_delete(env);
    return seconds;
}

static bool batch_step(const char *name)
{
    Arena *a = arena_new();
    Str    table = write_table(a);
    double x[RUNS];
    for (size_t i = 0; i < RUNS; i++)
        x[i] = (batch_seconds(a, table, 41) - batch_seconds(a, table, 1)) / (40 * ((BATCH_ROWS + 31) / 32));
    remove(str_copy(a, table).s);
    double step = best(x, RUNS);
    printf("# %.3f us a step\n", 1e6 * step);
    arena_delete(a);
    return ratio_report(name, 1e3 * step, 1e3 * 5e-6, 1);
}

/* ---- value and gradient ---------------------------------------------------------------------------------------------------------- */

static double by_hand(const double *const *column, const double *label, const double *w, double *g)
{
    double value = 0;
    for (size_t j = 0; j <= COLUMNS; j++)
        g[j] = 0;
    for (size_t i = 0; i < ROWS; i++) {
        double z = w[COLUMNS];
        for (size_t j = 0; j < COLUMNS; j++)
            z += w[j] * column[j][i];
        z *= -label[i];
        double e = exp(z), s = -label[i] * e / (1 + e);
        value += log(1 + e);
        for (size_t j = 0; j < COLUMNS; j++)
            g[j] += s * column[j][i];
        g[COLUMNS] += s;
    }
    for (size_t j = 0; j <= COLUMNS; j++)
        g[j] /= ROWS;
    return value / ROWS;
}

static Data *make_data(Arena *a)
{
    Data *d = data_new(a, COLUMNS + 1);
    Rng   random = rng_stream(1, STR("bench"));
    d->rows = ROWS;
    for (size_t j = 0; j <= COLUMNS; j++) {
        double *value = data_values(d, j, ROWS);
        for (size_t i = 0; i < ROWS; i++)
            value[i] = j == COLUMNS ? (rng_unit(&random) < 0.5 ? -1 : 1) : rng_normal(&random);
        d->column[j] = (Column){ .name = str_printf(d->memory, "c%zu", j), .value = value };
    }
    return d;
}

/* mean of log(1 + exp(-label*(w . c + b))) */
static const Expr *logistic(Pool *p, const Expr *axis, const Expr **var)
{
    const Expr *z = var[COLUMNS] = expr_symbol(p, STR("b"));
    for (size_t j = 0; j < COLUMNS; j++) {
        var[j] = expr_symbol(p, str_printf(pool_arena(p), "w%zu", j));
        z = expr_add(p, z, expr_mul(p, var[j], expr_column(p, axis, j)));
    }
    z = expr_neg(p, expr_mul(p, expr_column(p, axis, COLUMNS), z));
    return expr_call1(p, FN_log, expr_add(p, expr_int(p, 1), expr_pow(p, expr_constant(p, CONSTANT_E), z)));
}

static bool logistic_gradient(const char *name)
{
    Env   *env = env_new(builtin_tables);       /* reads the rows of derivatives */
    Pool  *p = env_pool(env);
    Arena *a = arena_new();
    Data  *d = make_data(a);
    Format fp64;
    Objective     o;
    CompileInput  in[COLUMNS + 1] = { 0 };
    const Expr   *var[COLUMNS + 1], *axis = expr_axis(p, STR("d"), d);
    const double *column[COLUMNS + 1];
    double        ours[GRADIENTS], theirs[GRADIENTS], w[COLUMNS + 1], g[COLUMNS + 1], value = 0;
    const Expr *loss = logistic(p, axis, var);
    for (size_t j = 0; j <= COLUMNS; j++)
        in[j].symbol = var[j];
    if (!format_named(STR("fp64"), &fp64) || !objective_make(p, a, loss, in, COLUMNS + 1, &fp64, 0, &o))
        return false;
    for (size_t j = 0; j <= COLUMNS; j++) {
        column[j] = d->column[j].value;
        w[j] = ((double *)o.x)[j] = 0.1 * sin((double)j);
    }
    for (size_t i = 0; i < GRADIENTS; i++) {
        double start = clock_seconds(CLOCK_PROCESS_CPUTIME_ID);
        if (!objective_gradient(&o))
            return false;
        ours[i] = clock_seconds(CLOCK_PROCESS_CPUTIME_ID) - start;
        start = clock_seconds(CLOCK_PROCESS_CPUTIME_ID);
        value = by_hand(column, d->column[COLUMNS].value, w, g);
        theirs[i] = clock_seconds(CLOCK_PROCESS_CPUTIME_ID) - start;
    }
    bool right = fabs(*(const double *)o.f - value) < 1e-12;
    for (size_t j = 0; j <= COLUMNS; j++)
        right = right && fabs(((const double *)o.g)[j] - g[j]) < 1e-12;
    if (!right)
        printf("# %s: value %.17g, by hand %.17g\n", name, *(const double *)o.f, value);
    bool kept = ratio_report(name, best(ours, GRADIENTS), best(theirs, GRADIENTS), 0.4);
    env_delete(env);
    arena_delete(a);
    return right && kept;
}

/* ---- minimize without a method ---------------------------------------------------------------------------------------------------- */

/* The median over the rows of a file of problems, each in a session that has read the rows of derivatives, against a millisecond. */
static bool chosen(const char *name, const char *path)
{
    Arena *a = arena_new();
    Str    text = read_all(a, path), line;
    double seconds[200], target[200];
    size_t n = 0;
    next_line(&text, &line);
    while (next_line(&text, &line) && n < 200) {
        Env    *env = env_new(builtin_tables);
        Source  source;
        Buf     b = buf_new(a);
        Str     names = field(line, 3), start = field(line, 4);
        buf_printf(&b, "minimize(%.*s, from: (", STR_ARGS(field(line, 5)));
        while (names.n && start.n) {
            size_t i = 0, k = 0;
            while (i < names.n && names.s[i] != ',')
                i++;
            while (k < start.n && start.s[k] != ',')
                k++;
            buf_printf(&b, "%.*s = %.*s, ", (int)i, names.s, (int)k, start.s);
            names = str_slice(names, i < names.n ? i + 1 : i, names.n);
            start = str_slice(start, k < start.n ? k + 1 : k, start.n);
        }
        Str call = buf_str(&b);
        run_text(env, &source, STR("minimize((u - 1)^2 + v^4 + exp(u)*sin(v), from: (u = 0, v = 1))"));
        double begin = clock_seconds(CLOCK_PROCESS_CPUTIME_ID);
        run_text(env, &source, str_printf(a, "%.*s))", (int)call.n - 2, call.s));
        target[n] = 1e-3;
        seconds[n++] = clock_seconds(CLOCK_PROCESS_CPUTIME_ID) - begin;
        env_delete(env);
    }
    arena_delete(a);
    return ratio_report(name, median(seconds, n), median(target, n), 1);
}

int main(int argc, char **argv)
{
    if (argc < 2)
        return 2;
    if (argc > 2)
        return !chosen(argv[1], argv[2]);
    return !(strcmp(argv[1], "adam-step") == 0 ? adam_step : strcmp(argv[1], "batch-step") == 0 ? batch_step : logistic_gradient)(argv[1]);
}
