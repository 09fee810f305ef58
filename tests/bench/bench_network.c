/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The network 2-16-16-1 with tanh and binary cross-entropy from logits, 337 parameters: bench_network NAME. network-graph: the gradient as an
 * expression with symbolic sizes, against 1 ms. network-tape: value and gradient over 1,024 rows, against the same by hand in C.
 * With -avx2 behind the name the kernels are those of AVX2. network-torch SCRIPT: against PyTorch on one thread, left out where there is none.
 * network-batch: 32 rows against 4 us; network-threads: 100,000 rows on two threads against one. network-cost: arguments of value and gradient, and of the Hessian times a vector, against 3 and 6 times those of the value. */
#include "tests/bench/bench.h"
#include "tests/session.h"

#include "numeric/data.h"
#include "numeric/format_double.h"
#include "symbolic/calculus/diff.h"
#include "symbolic/matrix/matrix.h"
#include "symbolic/tape/objective.h"

#include <math.h>
#include <sys/wait.h>
#include <unistd.h>

enum { RUNS = 201, ROWS = 1024, BATCH = 32, MANY_ROWS = 100000, H = 16, BLOCKS = 6, PARAMETERS = 3 * H + H * H + 2 * H + 1 };

typedef struct Network {
    Pool        *p;
    const Expr  *axis, *loss, *variable[BLOCKS];       /* W1, b1, W2, b2, w3, b3 */
    CompileInput in[BLOCKS];
} Network;

static const Expr *shaped(Pool *p, const char *name, const Expr *rows, const Expr *cols)
{
    return expr_symbol_shaped(p, str_of(name), shape_new(p, rows, cols, NULL));
}

static Network network_new(Pool *p, const Data *d)
{
    Network     w = { .p = p, .axis = expr_axis(p, STR("d"), d) };
    const Expr *one = expr_int(p, 1), *two = expr_int(p, 2), *h = expr_symbol(p, STR("h")), *k = expr_symbol(p, STR("k"));
    const Expr *x = expr_tensor(p, 2, 1, (const Expr *const[]){ expr_column(p, w.axis, 0), expr_column(p, w.axis, 1) }), *y = expr_column(p, w.axis, 2);
    const Expr *v[BLOCKS] = { shaped(p, "W1", h, two), shaped(p, "b1", h, one), shaped(p, "W2", k, h), shaped(p, "b2", k, one), shaped(p, "w3", k, one), expr_symbol(p, STR("b3")) };
    static const uint32_t rows[BLOCKS] = { H, H, H, H, H, 0 }, cols[BLOCKS] = { 2, 1, H, 1, 1, 0 };
    for (int i = 0; i < BLOCKS; i++) {
        w.variable[i] = v[i];
        w.in[i] = (CompileInput){ .symbol = v[i], .rows = rows[i], .cols = cols[i] };
    }
    const Expr *first = expr_call1(p, FN_tanh, expr_add(p, expr_matmul(p, v[0], x), v[1]));
    const Expr *second = expr_call1(p, FN_tanh, expr_add(p, expr_matmul(p, v[2], first), v[3]));
    const Expr *z = expr_add(p, expr_dot(p, v[4], second), v[5]);
    w.loss = expr_sub(p, expr_call1(p, FN_softplus, z), expr_mul(p, y, z));
    return w;
}

static Data *make_data(Arena *a, size_t rows)
{
    Data *d = data_new(a, 3);
    Rng   random = rng_stream(1, STR("bench"));
    d->rows = rows;
    for (size_t j = 0; j < 3; j++) {
        double *value = arena_array(d->memory, double, rows);
        for (size_t i = 0; i < rows; i++)
            value[i] = j == 2 ? rng_unit(&random) < 0.5 : rng_normal(&random);
        d->column[j] = (Column){ .name = str_printf(d->memory, "c%zu", j), .value = value };
    }
    return d;
}

static bool mean_gradient(const Network *w, const Expr **g)
{
    const Expr *f = expr_mul(w->p, expr_powi(w->p, expr_count(w->p, w->axis), -1), expr_over(w->p, w->axis, w->loss));
    return expr_gradient(w->p, f, w->variable, BLOCKS, g);
}

/* ---- the graph -------------------------------------------------------------------------------------------------------------- */

static bool graph(const char *name)
{
    Arena *a = arena_new();
    Data  *d = make_data(a, ROWS);
    double x[RUNS];
    for (size_t i = 0; i < RUNS; i++) {
        const Expr *g[BLOCKS];
        Env        *env = env_new(builtin_tables);
        Network     w = network_new(env_pool(env), d);
        double      start = clock_seconds(CLOCK_PROCESS_CPUTIME_ID);
        if (!mean_gradient(&w, g))
            return false;
        x[i] = clock_seconds(CLOCK_PROCESS_CPUTIME_ID) - start;
        env_delete(env);
    }
    arena_delete(a);
    return ratio_report(name, median(x, RUNS), 1e-3, 1);
}

/* Arguments of all reachable nodes. */
static double arguments(Pool *p, Arena *a, const Expr *const *root, size_t n)
{
    Nodes  nodes = expr_nodes(p, a, root, n);
    double sum = 0;
    for (size_t i = 0; i < nodes.n; i++)
        sum += nodes.at[i]->arity;
    return sum;
}

static bool cost(const char *name)
{
    Arena      *a = arena_new();
    Env        *env = env_new(builtin_tables);
    Network     w = network_new(env_pool(env), make_data(a, ROWS));
    const Expr *all[2 * BLOCKS + 1], *along[BLOCKS];
    all[0] = expr_mul(w.p, expr_powi(w.p, expr_count(w.p, w.axis), -1), expr_over(w.p, w.axis, w.loss));
    for (int i = 0; i < BLOCKS; i++)
        along[i] = expr_fresh(w.p, w.variable[i]);
    if (!mean_gradient(&w, all + 1) || !expr_tangents(w.p, all + 1, BLOCKS, w.variable, along, BLOCKS, all + 1 + BLOCKS))
        return false;
    double value = arguments(w.p, a, all, 1), gradient = arguments(w.p, a, all, BLOCKS + 1), product = arguments(w.p, a, all, 2 * BLOCKS + 1);
    printf("# arguments of the value %g, with gradient %g, with Hessian product %g\n", value, gradient, product);
    bool kept = ratio_report(name, gradient, value, 3);
    kept = ratio_report("network-product-cost", product, value, 6) && kept;
    env_delete(env);
    arena_delete(a);
    return kept;
}

/* ---- the tape --------------------------------------------------------------------------------------------------------------- */

/* Value and gradient by hand, row by row; w and g in the order of the blocks. */
static double by_hand(const Data *d, const double *w, double *g)
{
    const double *W1 = w, *b1 = W1 + 2 * H, *W2 = b1 + H, *b2 = W2 + H * H, *w3 = b2 + H, *b3 = w3 + H;
    double       *gW1 = g, *gb1 = gW1 + 2 * H, *gW2 = gb1 + H, *gb2 = gW2 + H * H, *gw3 = gb2 + H, *gb3 = gw3 + H, value = 0;
    for (size_t i = 0; i < PARAMETERS; i++)
        g[i] = 0;
    for (size_t row = 0; row < ROWS; row++) {
        double x[2] = { d->column[0].value[row], d->column[1].value[row] }, y = d->column[2].value[row], u[H], v[H], du[H] = { 0 }, z = *b3;
        for (size_t i = 0; i < H; i++)
            u[i] = tanh(W1[2 * i] * x[0] + W1[2 * i + 1] * x[1] + b1[i]);
        for (size_t i = 0; i < H; i++) {
            double s = b2[i];
            for (size_t j = 0; j < H; j++)
                s += W2[i * H + j] * u[j];
            v[i] = tanh(s);
            z += w3[i] * v[i];
        }
        double e = exp(-fabs(z)), slope = (z > 0 ? 1 / (1 + e) : e / (1 + e)) - y;
        value += (z > 0 ? z : 0) + log1p(e) - y * z;
        *gb3 += slope;
        for (size_t i = 0; i < H; i++) {
            gw3[i] += slope * v[i];
            double dv = slope * w3[i] * (1 - v[i] * v[i]);
            gb2[i] += dv;
            for (size_t j = 0; j < H; j++) {
                gW2[i * H + j] += dv * u[j];
                du[j] += dv * W2[i * H + j];
            }
        }
        for (size_t j = 0; j < H; j++) {
            double s = du[j] * (1 - u[j] * u[j]);
            gb1[j] += s;
            gW1[2 * j] += s * x[0];
            gW1[2 * j + 1] += s * x[1];
        }
    }
    for (size_t i = 0; i < PARAMETERS; i++)
        g[i] /= ROWS;
    return value / ROWS;
}

/* fp64, with the kernels of AVX2 if the name says so. */
static bool format_of(const char *name, Format *f)
{
    bool narrow = strstr(name, "-avx2") != NULL, fine = format_named(STR("fp64"), f);
#if defined(__x86_64__)
    if (narrow && !__builtin_cpu_supports("avx2"))
        return false;
    if (narrow)
        f->kernels = &double_kernels_avx2;
    return fine;
#else
    return fine && !narrow;
#endif
}

static bool tape(const char *name)
{
    Arena    *a = arena_new();
    Env      *env = env_new(builtin_tables);
    Data     *d = make_data(a, ROWS);
    Network   w = network_new(env_pool(env), d);
    Format    fp64;
    Objective o;
    double    ours[RUNS], theirs[RUNS], point[PARAMETERS], g[PARAMETERS], value = 0;
    if (!format_of(name, &fp64) || !objective_make(w.p, a, w.loss, w.in, BLOCKS, &fp64, 0, &o) || o.n != PARAMETERS) {
        printf("# %s: %.*s\n", name, STR_ARGS(pool_error(w.p)));
        return false;
    }
    for (size_t i = 0; i < PARAMETERS; i++)
        point[i] = ((double *)o.x)[i] = 0.3 * sin(1.7 * (double)i);
    for (size_t i = 0; i < RUNS; i++) {
        double start = clock_seconds(CLOCK_PROCESS_CPUTIME_ID);
        if (!objective_gradient(&o))
            return false;
        ours[i] = clock_seconds(CLOCK_PROCESS_CPUTIME_ID) - start;
        start = clock_seconds(CLOCK_PROCESS_CPUTIME_ID);
        value = by_hand(d, point, g);
        theirs[i] = clock_seconds(CLOCK_PROCESS_CPUTIME_ID) - start;
    }
    bool right = fabs(*(const double *)o.f - value) < 1e-12;
    for (size_t i = 0; i < PARAMETERS; i++)
        right = right && fabs(((const double *)o.g)[i] - g[i]) < 1e-12;
    if (!right)
        printf("# %s: value %.17g, by hand %.17g\n", name, *(const double *)o.f, value);
    bool kept = ratio_report(name, best(ours, RUNS), best(theirs, RUNS), strstr(name, "-avx2") ? 0.35 : 0.2);
    env_delete(env);
    arena_delete(a);
    return right && kept;
}

/* ---- PyTorch ---------------------------------------------------------------------------------------------------------------- */

enum { SKIPPED = 77 };

/* The file that the script reads. */
static Str write_problem(Arena *a, const Data *d, const double *point)
{
    char  name[] = "/tmp/nabla-bench-XXXXXX";
    int   file = mkstemp(name);
    FILE *out = file < 0 ? NULL : fdopen(file, "w");
    if (!out)
        exit(1);
    for (size_t i = 0; i < ROWS; i++)
        fprintf(out, "%.17g %.17g %.17g\n", d->column[0].value[i], d->column[1].value[i], d->column[2].value[i]);
    fprintf(out, "\n");
    for (size_t i = 0; i < PARAMETERS; i++)
        fprintf(out, "%.17g\n", point[i]);
    fclose(out);
    return str_copy(a, str_of(name));
}

/* Least seconds and value; the status that the script exits with. */
static int by_torch(Arena *a, const char *name, const char *python, const char *script, Str problem, double *seconds, double *value)
{
    Str   command = str_printf(a, "%s%s %s %.*s 2>&1", strstr(name, "-avx2") ? "ATEN_CPU_CAPABILITY=avx2 " : "", python, script, STR_ARGS(problem));
    FILE *in = popen(command.s, "r");
    bool  read = in && fscanf(in, "%lf %lf", seconds, value) == 2;
    int   status = in ? pclose(in) : -1;
    return WIFEXITED(status) && WEXITSTATUS(status) == SKIPPED ? SKIPPED : !read;
}

static int torch(const char *name, const char *python, const char *script)
{
    Arena    *a = arena_new();
    Env      *env = env_new(builtin_tables);
    Data     *d = make_data(a, ROWS);
    Network   w = network_new(env_pool(env), d);
    Format    fp64;
    Objective o;
    double    ours[RUNS], seconds, value;
    if (!format_of(name, &fp64) || !objective_make(w.p, a, w.loss, w.in, BLOCKS, &fp64, 0, &o))
        return SKIPPED;
    for (size_t i = 0; i < PARAMETERS; i++)
        ((double *)o.x)[i] = 0.3 * sin(1.7 * (double)i);
    Str problem = write_problem(a, d, o.x);
    int status = by_torch(a, name, python, script, problem, &seconds, &value);
    unlink(problem.s);
    for (size_t i = 0; i < RUNS && status == 0; i++) {
        double start = clock_seconds(CLOCK_PROCESS_CPUTIME_ID);
        objective_gradient(&o);
        ours[i] = clock_seconds(CLOCK_PROCESS_CPUTIME_ID) - start;
    }
    if (status == SKIPPED)
        printf("# %s: there is no PyTorch\n", name);
    else if (status == 0)
        status = !(fabs(*(const double *)o.f - value) < 1e-12) || !ratio_report(name, best(ours, RUNS), seconds, strstr(name, "-avx2") ? 0.6 : 0.4);
    env_delete(env);
    arena_delete(a);
    return status;
}

/* ---- batches and threads ---------------------------------------------------------------------------------------------------- */

/* 32 rows in any order, against 4 us; 100,000 rows on two threads against one. Processor time, for other work on the machine does not
 * count there: two threads that take 2/1.7 of the time of one are 1.7 times as fast on two idle processors. */
static bool parts(const char *name)
{
    bool      batch = strcmp(name, "network-batch") == 0;
    Arena    *a = arena_new();
    Env      *env = env_new(builtin_tables);
    Network   w = network_new(env_pool(env), make_data(a, batch ? ROWS : MANY_ROWS));
    Format    fp64;
    Objective o;
    uint32_t  row[BATCH];
    double    seconds[2][RUNS], wall[2][RUNS], g[2][PARAMETERS], load = 0;
    size_t    runs = RUNS, times = batch ? 200 : 1;
    if (!format_named(STR("fp64"), &fp64) || !objective_make(w.p, a, w.loss, w.in, BLOCKS, &fp64, 0, &o))
        return false;
    for (size_t i = 0; i < PARAMETERS; i++)
        ((double *)o.x)[i] = 0.3 * sin(1.7 * (double)i);
    for (size_t i = 0; i < BATCH; i++)
        row[i] = (uint32_t)(i * 37 % ROWS);
    if (batch)
        objective_batch(&o, row, BATCH);
    for (size_t i = 0; i < runs; i++)
        for (unsigned threads = 1; threads <= 2; threads++) {
            objective_threads(&o, threads);
            double start = clock_seconds(CLOCK_PROCESS_CPUTIME_ID), start_wall = clock_seconds(CLOCK_MONOTONIC);
            for (size_t k = 0; k < times; k++)
                objective_gradient(&o);
            seconds[threads - 1][i] = clock_seconds(CLOCK_PROCESS_CPUTIME_ID) - start;
            wall[threads - 1][i] = clock_seconds(CLOCK_MONOTONIC) - start_wall;
            memcpy(g[threads - 1], o.g, sizeof g[0]);
        }
    bool kept = batch ? ratio_report(name, best(seconds[0], runs), 4e-6 * (double)times, 1) : ratio_report(name, best(seconds[1], runs), best(seconds[0], runs), 2 / 1.7);
    getloadavg(&load, 1);
    if (!batch)
        printf("# two threads are %.2f times as fast by the clock on the wall, at a load of %.1f\n", best(wall[0], runs) / best(wall[1], runs), load);
    bool same = memcmp(g[0], g[1], sizeof g[0]) == 0;
    env_delete(env);
    arena_delete(a);
    return same && kept;
}

int main(int argc, char **argv)
{
    if (argc < 2)
        return 2;
    if (strncmp(argv[1], "network-torch", 13) == 0)
        return argc == 4 ? torch(argv[1], argv[2], argv[3]) : 2;
    return !(strcmp(argv[1], "network-graph") == 0 ? graph : strcmp(argv[1], "network-cost") == 0 ? cost
             : strncmp(argv[1], "network-tape", 12) == 0 ? tape : parts)(argv[1]);
}
