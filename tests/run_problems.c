/* SPDX-License-Identifier: GPL-3.0-or-later */
/* minimize without a method on problems with known minima: run_problems FILE [name].
 *
 * A row is solved globally if the value is within 1e-8 of the least one (relative, absolute where that is 0), somewhere if it is that of a
 * minimum that the row lists. A minimizer is right if every coordinate is within 1e-8 of a listed one, relative to it where it is
 * beyond 1. The file fails below 93 % global, 97 % somewhere, below all minimizers where isolated minima are reached, or where
 * a reason is not that of a minimum. Times are those of minimize alone, reading its text included. */
#include "tests/session.h"

#include "base/report.h"
#include "symbolic/expr/evaluate.h"

#include <math.h>
#include <time.h>

enum { MOST_ROWS = 200, MOST_VARIABLES = 64 };

static bool split(Str *rest, char separator, Str *part)
{
    if (!rest->n)
        return false;
    const char *end = memchr(rest->s, separator, rest->n);
    size_t      n = end ? (size_t)(end - rest->s) : rest->n;
    *part = str_slice(*rest, 0, n);
    *rest = str_slice(*rest, n + (end != NULL), rest->n);
    return true;
}

static double number(Env *env, Value v)
{
    acb_t  ball;
    double x = NAN;
    acb_init(ball);
    if (v.kind == VALUE_EXPR && expr_enclose(env_pool(env), v.expr, NULL, NULL, 0, 64, ball, NULL) == EVAL_OK)
        x = arf_get_d(arb_midref(acb_realref(ball)), ARF_RND_NEAR);
    acb_clear(ball);
    return x;
}

static double decimal(Str s)
{
    char text[200];
    snprintf(text, sizeof text, "%.*s", STR_ARGS(s));
    return strtod(text, NULL);
}

static bool value_near(double f, double best)
{
    return f - best <= 1e-8 * (best == 0 ? 1 : fabs(best));
}

/* "0.2986@(-1.7,0.87);...": is f one of these values? */
static bool listed_minimum(double f, Str local)
{
    Str one, value;
    while (split(&local, ';', &one)) {
        split(&one, '@', &value);
        double best = decimal(value);
        if (fabs(f - best) <= 1e-8 * (best == 0 ? 1 : fabs(best)))
            return true;
    }
    return false;
}

static bool near_point(const double *x, Str point)
{
    Str    part;
    size_t k = 0;
    bool   fine = true;
    point = str_slice(point, 1, point.n - 1);
    while (split(&point, ',', &part)) {
        double want = decimal(part);
        fine = fine && fabs(x[k++] - want) <= 1e-8 * fmax(1, fabs(want));
    }
    return fine;
}

static bool near_listed(const double *x, Str points, Str local)
{
    Str one;
    while (split(&points, ';', &one))
        if (near_point(x, one))
            return true;
    while (split(&local, ';', &one)) {
        Str value;
        split(&one, '@', &value);
        if (near_point(x, one))
            return true;
    }
    return false;
}

typedef struct Tally { size_t rows, global, any, right, reached, truthful; double ms[MOST_ROWS]; } Tally;

static void solve(Arena *a, Str line, Tally *t, bool verbose)
{
    Env    *env = env_new(builtin_tables);
    Source  source;
    Buf     b = buf_new(a);
    Str     names = field(line, 3), start = field(line, 4), name, x0;
    buf_printf(&b, "minimize(%.*s, from: (", STR_ARGS(field(line, 5)));
    size_t n = 0;
    while (split(&names, ',', &name) && split(&start, ',', &x0))
        buf_printf(&b, "%s%.*s = %.*s", n++ ? ", " : "", STR_ARGS(name), STR_ARGS(x0));
    buf_add_s(&b, "))");
    run_text(env, &source, STR("minimize((u - 1)^2 + v^4, from: (u = 0, v = 1))"));        /* rows of derivatives are read once */
    struct timespec begin, end;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &begin);
    Outcome o = run_text(env, &source, buf_str(&b));
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &end);
    double ms = 1e3 * (double)(end.tv_sec - begin.tv_sec) + 1e-6 * (double)(end.tv_nsec - begin.tv_nsec), x[MOST_VARIABLES], f = NAN;
    Str    reason = o.kind == RUN_FAILED ? o.diag->message : STR("no report"), method = STR("");
    if (o.kind == RUN_DONE && o.value.kind == VALUE_REPORT) {
        const Report *r = o.value.report;
        Value point = report_field(r, STR("x"))->value;
        f = number(env, report_field(r, STR("value"))->value);
        for (size_t i = 0; i < n; i++)
            x[i] = number(env, point.record->item[i]);
        reason = report_field(r, STR("reason"))->value.text;
        method = r->summary;
    }
    bool degenerate = field(line, 14).n && strstr(str_copy(a, field(line, 14)).s, "minimizers:");
    bool global = value_near(f, decimal(field(line, 8))), any = global || listed_minimum(f, field(line, 10));
    bool right = any && (degenerate || near_listed(x, field(line, 9), field(line, 10)));
    t->global += global;
    t->any += any;
    t->reached += any;
    t->right += right;
    t->truthful += !any || str_is(reason, "converged") || str_is(reason, "exact");
    t->ms[t->rows++] = ms;
    if (verbose || !right)
        printf("%-26.*s %s %s %s %8.3f ms  f %.10g  %.*s  %.*s\n", STR_ARGS(field(line, 0)), global ? "global" : any ? "local " : "-     ", right ? "right" : "-    ", "",
               ms, f, STR_ARGS(reason), (int)(method.n < 200 ? method.n : 200), method.s);
    env_delete(env);
}

static int by_size(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

int main(int argc, char **argv)
{
    if (argc < 2)
        return 2;
    Arena *a = arena_new();
    Str    text = read_all(a, argv[1]), line;
    Tally  t = { 0 };
    next_line(&text, &line);
    while (next_line(&text, &line) && t.rows < MOST_ROWS)
        if (argc < 3 || str_is(STR("-v"), argv[2]) || str_is(field(line, 0), argv[2]))
            solve(a, line, &t, argc > 2);
    qsort(t.ms, t.rows, sizeof *t.ms, by_size);
    printf("%zu problems: %zu global, %zu at a minimum, %zu minimizers right, %zu true reasons, median %.3f ms\n", t.rows, t.global, t.any, t.right, t.truthful, t.ms[t.rows / 2]);
    bool fine = 100 * t.global >= 93 * t.rows && 100 * t.any >= 97 * t.rows && t.right == t.reached && t.truthful == t.rows;
    printf("CHECKS %zu %zu\n", t.right, t.rows - t.right);
    arena_delete(a);
    return !fine;
}
