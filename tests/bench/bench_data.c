/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A table of a million rows and 20 columns and a label from a file. table: reading it against twice the time of `wc -l` and a second;
 * table-epoch: one epoch of logistic regression over it, batches of 32, against a second. Processor time, the system's included: other
 * work on the machine does not count. */
#include "tests/bench/bench.h"
#include "tests/session.h"

#include "base/rng.h"

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

enum { RUNS = 3, ROWS = 1000000, COLUMNS = 20 };

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
    for (size_t i = 0; i < ROWS; i++)
        for (size_t j = 0; j <= COLUMNS; j++)
            fprintf(out, j < COLUMNS ? "%.5f," : "%.0f\n", j < COLUMNS ? 6 * rng_unit(&random) - 3 : rng_unit(&random) < 0.5 ? -1 : 1);
    if (fclose(out))
        exit(1);
    return str_copy(a, str_of(name));
}

static double seconds_of_children(void)
{
    struct rusage u;
    getrusage(RUSAGE_CHILDREN, &u);
    return (double)(u.ru_utime.tv_sec + u.ru_stime.tv_sec) + 1e-6 * (double)(u.ru_utime.tv_usec + u.ru_stime.tv_usec);
}

static double count_lines(Str path)
{
    double start = seconds_of_children();
    int    status = 1;
    pid_t  child = fork();
    if (child == 0) {
        if (!freopen("/dev/null", "w", stdout))
            _exit(127);
        execlp("wc", "wc", "-l", path.s, (char *)NULL);
        _exit(127);
    }
    if (child < 0 || waitpid(child, &status, 0) < 0 || status)
        exit(1);
    return seconds_of_children() - start;
}

static double run_seconds(Env *env, Str text, slong expected)
{
    Source  source;
    slong   value;
    double  start = clock_seconds(CLOCK_PROCESS_CPUTIME_ID);
    Outcome o = run_text(env, &source, text);
    double  seconds = clock_seconds(CLOCK_PROCESS_CPUTIME_ID) - start;
    if (o.kind != RUN_DONE || o.value.kind != VALUE_EXPR || !expr_fits_slong(o.value.expr, &value) || value != expected)
        exit(1);
    return seconds;
}

static Str epoch_text(Arena *a)
{
    Buf sum = buf_new(a), start = buf_new(a);
    for (size_t j = 0; j < COLUMNS; j++) {
        buf_printf(&sum, "w%zu*c%zu + ", j, j);
        buf_printf(&start, "w%zu = 0, ", j);
    }
    return str_printf(a, "minimize(log(1 + exp(-c%d*(%.*sb))), over: d, from: (%.*sb = 0), method: adam, batch: 32, epochs: 1).epochs", COLUMNS,
                      STR_ARGS(buf_str(&sum)), STR_ARGS(buf_str(&start)));
}

int main(void)
{
    Arena *a = arena_new();
    Str    path = write_table(a), load = str_printf(a, "d = load(\"%.*s\"); d.rows", STR_ARGS(path)), epoch = epoch_text(a);
    double read[RUNS], lines[RUNS], train[RUNS];
    for (size_t i = 0; i < RUNS; i++) {
        Env *env = env_new(builtin_tables);
        lines[i] = count_lines(path);
        read[i] = run_seconds(env, load, ROWS);
        train[i] = run_seconds(env, epoch, 1);
        env_delete(env);
    }
    unlink(path.s);
    printf("# wc -l takes %.3f s\n", best(lines, RUNS));
    bool kept = ratio_report("table", best(read, RUNS), 2 * best(lines, RUNS) + 1, 1);
    kept = ratio_report("table-epoch", best(train, RUNS), 1, 1) && kept;
    arena_delete(a);
    return !kept;
}
