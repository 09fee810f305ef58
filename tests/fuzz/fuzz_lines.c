/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Mutations of valid lines, run in sessions: fuzz_lines SECONDS SEED FILE... Whatever happens, a statement returns, a failure
 * has a message and a place in its text, and a result prints. A statement is stopped after a quarter of a second, as by
 * Ctrl-C. Meant for the sanitizers; the suite runs a few seconds of it with a fixed seed. FUZZ_TRACE names a file that holds
 * the line that runs. */
#include "base/interrupt.h"
#include "base/rng.h"
#include "base/vec.h"
#include "tests/session.h"

#include <signal.h>
#include <sys/time.h>
#include <time.h>

typedef VEC(Str) Lines;

static const char *const pieces[] = {
    "x", "y", "f", "k", "sin", "pi", "e", "i", "oo", "1", "2", "0", "-1", "1/2", "1e9", "10^20", "\"a{x}\"", "(", ")", "[", "]", "{", "}", ",", ";", ":",
    "=", "==", "!=", "<", ">", "+", "-", "*", "/", "^", ".*", ".^", "..", ".", "'", "!", "->", "|->", "~", " and ", " not ", " if ", " then ",
    " else ", " at ", " using ", "diff(", "limit(", "taylor(", "sum(", "product(", "gradient(", "solve(", "f(x) = ", "v[1]", "[1, 2; 3, 4]", "^T",
    "assume ", "for k in 1..3 { ", "while ", "assert ", "clear ", "x = ", "ans", "out[1]", "\\", "²", "√", "\xff", "factor(", "expand(", "N(", "0^0",
    " using fp16", " using fp8 toward zero", " using 90 bits", " using digits 20", "newton(", "minimize(", "integrate(", "d = generate(moons, 9)", "over: d",
    ", from: 1", ", from: [0, 1]", ", method: adam", ", steps: 3", "filter(", "describe(", "head(", "1e-400", "[]", "{}", "_", "'x'",
};

static size_t below(Rng *r, size_t n) { return (size_t)rng_below(r, n ? n : 1); }

/* One change: a piece put in, bytes taken out, a part doubled, or the tail of another line. */
static Str mutate(Arena *a, Rng *r, Str s, const Lines *lines)
{
    Buf    b = buf_new(a);
    size_t at = below(r, s.n + 1), end = at + below(r, 8);
    Str    other = lines->at[below(r, lines->n)];
    buf_add(&b, str_slice(s, 0, at));
    switch (rng_below(r, 5)) {
    case 0: buf_add_s(&b, pieces[below(r, sizeof pieces / sizeof *pieces)]); buf_add(&b, str_slice(s, at, s.n)); break;
    case 1: buf_add_s(&b, pieces[below(r, sizeof pieces / sizeof *pieces)]); buf_add(&b, str_slice(s, end, s.n)); break;
    case 2: buf_add(&b, str_slice(s, end, s.n)); break;
    case 3: buf_add(&b, str_slice(s, at, end)); buf_add(&b, str_slice(s, at, s.n)); break;
    default: buf_add(&b, str_slice(other, below(r, other.n), other.n)); break;
    }
    return str_slice(buf_str(&b), 0, 2000);
}

static void on_alarm(int signal_number)
{
    (void)signal_number;
    interrupt_raise(STOP_TIME);
}

static void watch(long microseconds)
{
    struct itimerval t = { .it_value = { 0, microseconds } };
    setitimer(ITIMER_REAL, &t, NULL);
}

static double seconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9*(double)t.tv_nsec;
}

static void fail(Str line, const char *why)
{
    printf("%s: %.*s\n", why, STR_ARGS(line));
    exit(1);
}

static void run_lines(Env *env, Str line)
{
    static const double patience = 20;
    Source source = { .text = line };
    for (size_t at = 0; at < line.n;) {
        size_t before = at;
        double start = seconds();
        watch(250000);
        Outcome o = env_run(env, &source, &at, (RunMode){ .prompt = true, .sandbox = true });
        if (o.kind == RUN_DONE && o.show)
            env_value_text(env, o.value, true);
        watch(0);
        interrupt_clear();
        if (seconds() - start > patience)
            fail(line, "not stopped");
        if (o.kind == RUN_END || o.kind == RUN_UNFINISHED || o.kind == RUN_QUIT)
            return;
        if (at <= before || at > line.n)
            fail(line, "no progress");
        if (o.kind == RUN_FAILED && !o.diag->message.n)
            fail(line, "a failure without message");
        if (o.kind == RUN_FAILED && o.diag->span.start > o.diag->span.end)
            fail(line, "a failure without place");
    }
}

/* Valid inputs: what stands before " => " in a case file, a field of a table, the prompt lines of a page, the lines of a program. */
static void add_lines(Arena *a, Lines *lines, const char *path)
{
    Str  text = read_all(a, path), line;
    bool table = strstr(path, ".tsv"), page = strstr(path, ".md");
    while (next_line(&text, &line)) {
        const char *arrow = memmem(line.s, line.n, " => ", 4);
        Str s = table ? field(line, strstr(path, "evaluation") ? 2 : 0) : arrow ? str_slice(line, 0, (size_t)(arrow - line.s)) : line;
        if (page)
            s = str_starts(line, STR("nabla> ")) ? str_slice(line, 7, line.n) : STR("");
        if (s.n && s.s[0] != '#' && s.n < 400)
            vec_push(a, lines, s);
    }
}

static void trace(Str line)
{
    const char *path = getenv("FUZZ_TRACE");
    FILE       *f = path ? fopen(path, "w") : NULL;
    if (!f)
        return;
    fwrite(line.s, 1, line.n, f);
    fclose(f);
}

int main(int argc, char **argv)
{
    Arena *a = arena_new();
    Lines  lines = { 0 };
    if (argc < 4)
        return 2;
    double end = seconds() + atof(argv[1]);
    Rng    r = rng_stream(strtoull(argv[2], NULL, 10), STR("fuzz lines"));
    size_t done = 0;
    for (int i = 3; i < argc; i++)
        add_lines(a, &lines, argv[i]);
    signal(SIGALRM, on_alarm);
    Env *env = env_new(builtin_tables);
    for (; seconds() < end; done++) {
        Mark top = arena_mark(a);
        Str  line = lines.at[below(&r, lines.n)];
        for (size_t k = below(&r, 4); k > 0; k--)
            line = mutate(a, &r, line, &lines);
        trace(line);
        run_lines(env, line);
        arena_release(a, top);
        if (done % 50 == 49) {
            env_delete(env);
            env = env_new(builtin_tables);
        }
    }
    env_delete(env);
    arena_delete(a);
    printf("CHECKS %zu 0\n", done);
    return 0;
}
