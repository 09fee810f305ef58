/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Batch runs: statements that harm their session, limits, streams and exit statuses. */
#include "repl/memory.h"
#include "tests/terminal/drive.h"

#include <sys/stat.h>

typedef struct Harm { const char *name, *sentence; bool needs_limit; } Harm;

static const Harm harms[] = {
    { "debug_crash", "the statement crashed (invalid memory access)", false },
    { "debug_abort", "the statement was given up by a library (abort)", false },
    { "debug_flint", "the statement was given up by a library (abort)", false },
    { "debug_kill", "the statement was killed", false },
    { "debug_exit", "the statement ended the session", false },
    { "debug_overflow", "the statement nests too deeply (the stack is used up)", true },
    { "debug_exhaust", "the statement needs more memory than it may use", true },
    { "debug_exhaust_number", "the statement needs more memory than it may use", true },
};
enum { HARMS = sizeof harms / sizeof *harms };

static size_t lines(const char *text)
{
    size_t n = 0;
    for (; *text; text++)
        n += *text == '\n';
    return n;
}

/* Sanitizers have their own idea of memory and of the stack. */
static bool applies(const Harm *h)
{
    return !h->needs_limit || !sanitizer_watches();
}

Test(batch, variables_survive_every_harm_with_one_json_line_each)
{
    for (size_t i = 0; i < HARMS; i++) {
        char input[200];
        if (!applies(&harms[i]))
            continue;
        snprintf(input, sizeof input, "a = 41\nf(x) = x + 1\n%s()\nf(a)\n", harms[i].name);
        Run r = run(ARGS("--json", "--keep-going", "--memory", "300M"), input);
        cr_expect_eq(r.status, 1, "%s", harms[i].name);
        cr_expect_eq(lines(r.out), 4, "%s: %s", harms[i].name, r.out);
        cr_expect(strstr(r.out, harms[i].sentence), "%s: %s", harms[i].name, r.out);
        cr_expect(strstr(r.out, "\"ok\":false") && strstr(r.out, "\"line\":3"), "%s: %s", harms[i].name, r.out);
        cr_expect(strstr(r.out, "\"in\":\"f(a)\",\"ok\":true") && strstr(r.out, "\"value\":\"42\""), "%s: %s", harms[i].name, r.out);
    }
}

Test(batch, without_snapshots_a_harm_is_one_error_with_its_line)
{
    for (size_t i = 0; i < HARMS; i++) {
        char input[200];
        if (!applies(&harms[i]) || !strcmp(harms[i].name, "debug_kill") || !strcmp(harms[i].name, "debug_exit") || sanitizer_watches())
            continue;
        snprintf(input, sizeof input, "a = 41\n\n%s()\na\n", harms[i].name);
        Run r = run(ARGS("--memory=300M"), input);
        cr_expect_eq(r.status, 1, "%s", harms[i].name);
        cr_expect_str_eq(r.out, "41\n");
        cr_expect(strstr(r.err, harms[i].sentence), "%s: %s", harms[i].name, r.err);
    }
    Run r = run(ARGS("-e", "1; 2", "-e", "debug_abort()"), "");
    cr_expect(sanitizer_watches() || r.status == 1);
}

Test(batch, what_a_lost_statement_printed_is_not_shown_by_halves)
{
    Run r = run(ARGS("--keep-going"), "print(1)\nif true { print(2); debug_abort() }\nprint(3)\n");
    cr_expect_str_eq(r.out, "1\n3\n");
    cr_expect(strstr(r.err, "given up by a library"));
    cr_expect_eq(r.status, 1);
}

Test(batch, the_time_limit_holds_whether_or_not_anybody_polls)
{
    Run r = run(ARGS("--json", "--keep-going", "--timeout", "0.2"), "a = 1\ndebug_poll()\ndebug_spin()\nwhile true { a = a + 1 }\na\n");
    cr_expect_eq(lines(r.out), 5, "%s", r.out);
    cr_expect(strstr(r.out, "\"in\":\"a\",\"ok\":true") && strstr(r.out, "\"value\":\"1\""), "%s", r.out);
    cr_expect_eq(r.status, 1);
    const char *at = r.out;
    for (int i = 0; i < 3; i++) {
        at = strstr(at, "stopped at the time limit");
        cr_assert(at, "%s", r.out);
        at++;
    }
    r = run(ARGS("--timeout=0.2"), "a = 1\ndebug_spin()\na\n");
    cr_expect_str_eq(r.out, "1\n");
    cr_expect_eq(r.status, 1);
}

Test(batch, a_command_that_is_stopped_may_return_what_it_has)
{
    Run r = run(ARGS("--timeout", "0.1"), "r = debug_partial()\n2\n");
    cr_expect_str_eq(r.out, "stopped early\n2\n");
    cr_expect_eq(r.status, 0);
}

/* Runs over mini-batches end with a report, too, whatever the method, at a value over all rows that is lower than at the start. */
Test(batch, minimize_over_batches_keeps_what_it_has)
{
    static const char *const methods[] = { "svrg", "saga", "average", "adam", "momentum", "sam" };
    for (size_t i = 0; i < sizeof methods / sizeof *methods; i++) {
        char text[400];
        snprintf(text, sizeof text, "d = generate(moons, n: 200, noise: 0.1, seed: 1);\nr = minimize(softplus(w*x + v*y + b) - class*(w*x + v*y + b), over: d, from: (w = 0, v = 0, b = 0), "
                 "method: %s, batch: 20, epochs: 10000000);\nr.reason\nr.value < 0.69\nr.steps > 10\n", methods[i]);
        Run r = run(ARGS("--timeout", "0.15"), text);
        if (!r.out[0])              /* on a busy machine nothing has begun by then */
            r = run(ARGS("--timeout", "2"), text);
        cr_expect_str_eq(r.out, "interrupted\ntrue\ntrue\n", "%s: %s", methods[i], r.out);
    }
}

/* The program runs until it has printed a first line; then comes the signal. */
static int interrupted(const char *const *args, const char *input)
{
    int  ends[2], status;
    char byte;
    cr_assert_eq(pipe2(ends, O_CLOEXEC), 0);
    pid_t pid = start(args, memory_file(input), ends[1], memory_file(""));
    close(ends[1]);
    cr_assert_eq(read(ends[0], &byte, 1), 1);
    usleep(20000);                  /* the next statement has begun, or begins and finds the flag */
    kill(pid, SIGINT);
    while (read(ends[0], &byte, 1) > 0)
        continue;
    cr_assert_eq(waitpid(pid, &status, 0), pid);
    close(ends[0]);
    return status_of(status);
}

Test(batch, ctrl_c_ends_the_run_with_130)
{
    static const char *const work[] = { "1\ndebug_spin()\n2\n", "1\ndebug_poll()\n2\n", "1\nwhile true { }\n2\n", "1\ndebug_partial()\n2\n" };
    for (size_t i = 0; i < sizeof work / sizeof *work; i++) {
        cr_expect_eq(interrupted(ARGS("--quiet"), work[i]), 130, "%s", work[i]);
        cr_expect_eq(interrupted(ARGS("--json", "--keep-going"), work[i]), 130, "%s", work[i]);
    }
}

Test(batch, a_malformed_or_unfinished_text_is_one_failure)
{
    Run r = run(ARGS("--json", "--keep-going"), "1 +* 2\n3\n(4\n");
    cr_expect_eq(lines(r.out), 3, "%s", r.out);
    cr_expect_eq(r.status, 1);
}

Test(batch, statuses_and_streams)
{
    Run r = run(ARGS("--jsn"), "");
    cr_expect(r.status == 2 && strstr(r.err, "unknown option --jsn") && strstr(r.err, "hint: --json") && !*r.out);
    r = run(ARGS("/nowhere/x.nabla"), "");
    cr_expect(r.status == 3 && strstr(r.err, "cannot read /nowhere/x.nabla") && !*r.out);
    r = run(ARGS("-e", "x = 3", "-e", "x + 1", "-e", "quit", "-e", "5"), "7\n");
    cr_expect(r.status == 0 && !strcmp(r.out, "3\n4\n") && !*r.err, "%s%s", r.out, r.err);
    r = run(ARGS("--version"), "");
    cr_expect(r.status == 0 && !strncmp(r.out, "nabla ", 6));
    r = run(ARGS("--help"), "");
    cr_expect(r.status == 0 && strstr(r.out, "--timeout") && strstr(r.out, "--memory"));
    int full = open("/dev/full", O_WRONLY), err = memory_file(""), status;
    pid_t pid = start(ARGS("-e", "1"), memory_file(""), full, err);
    cr_assert_eq(waitpid(pid, &status, 0), pid);
    cr_expect_eq(status_of(status), 1);
}

Test(batch, a_closed_pipe_ends_the_run_quietly)
{
    static const char *const modes[] = { "--quiet", "--json" };
    for (size_t i = 0; i < 2; i++) {
        int  ends[2], err = memory_file(""), status;
        char text[MOST_TEXT];
        cr_assert_eq(pipe2(ends, O_CLOEXEC), 0);
        close(ends[0]);
        pid_t pid = start(ARGS(modes[i]), memory_file("1\n2\n"), ends[1], err);
        close(ends[1]);
        cr_assert_eq(waitpid(pid, &status, 0), pid);
        cr_expect_eq(status_of(status), -SIGPIPE);
        read_back(err, text);
        cr_expect_str_eq(text, "");
    }
}

/* A program called dot, that draws nothing, in a directory of its own. */
static void make_dot(char *directory, char *path, size_t n)
{
    cr_assert(mkdtemp(directory));
    snprintf(path, n, "%s/dot", directory);
    FILE *f = fopen(path, "w");
    cr_assert(f && fputs("#!/bin/sh\nread first\necho \"<svg> $first $1\"\n", f) >= 0 && fclose(f) == 0 && chmod(path, 0700) == 0);
}

Test(batch, pictures_are_drawn_by_graphviz_and_not_in_the_sandbox)
{
    char directory[] = "/tmp/nabla-dot-XXXXXX", dot[64], picture[64], input[200], text[100] = "";
    make_dot(directory, dot, sizeof dot);
    snprintf(picture, sizeof picture, "%s/g.svg", directory);
    snprintf(input, sizeof input, "graph(x^2, x = 3, view: svg, file: \"%s\")", picture);
    setenv("PATH", directory, 1);
    Run r = run(ARGS("-e", "graph(x^2, x = 3, view: svg)"), "");
    cr_expect_eq(r.status, 0);
    cr_expect_str_eq(r.out, "<svg> digraph { -Tsvg\n");
    r = run(ARGS("--sandbox", "-e", input), "");
    cr_expect(r.status == 1 && strstr(r.err, "forbidden in the sandbox") && access(picture, F_OK) != 0, "%s", r.err);
    r = run(ARGS("-e", input), "");
    FILE *f = fopen(picture, "r");
    cr_assert(r.status == 0 && strstr(r.out, "written to") && f && fgets(text, sizeof text, f) && fclose(f) == 0, "%s%s", r.out, r.err);
    cr_expect_str_eq(text, "<svg> digraph { -Tsvg\n");
    unlink(picture);
    unlink(dot);
    r = run(ARGS("-e", "graph(x^2, x = 3, view: svg)"), "");
    cr_expect(r.status == 1 && strstr(r.err, "Graphviz is not installed") && strstr(r.err, "hint"), "%s", r.err);
    rmdir(directory);
}

/* Twice as many lanes are twice the work; statements without a tape have none. */
Test(batch, time_tells_what_the_tapes_did)
{
    static const char input[] = "g(n) = generate(line, n: n, noise: 1)\ntime minimize(mean((y - w*x)^2), from: w = 0, over: g(1000), method: gd(lr: 0.1), steps: 10)\n"
                                "time minimize(mean((y - w*x)^2), from: w = 0, over: g(2000), method: gd(lr: 0.1), steps: 10)\n1 + 1\ntime 1 + 2\n";
    double      flops[2] = { 0 };
    Run         r = run(ARGS("--json"), input);
    const char *at = r.out;
    cr_expect_eq(r.status, 0, "%s", r.out);
    for (int i = 0; i < 2 && (at = strstr(at, "\"flops\":")); i++)
        flops[i] = strtod(at += strlen("\"flops\":"), NULL);
    cr_expect(flops[0] > 1000 * 10 && flops[1] > 1.8*flops[0] && flops[1] < 2.2*flops[0], "%s", r.out);
    cr_expect(!at || !strstr(at, "\"flops\":"));
    at = strstr(r.out, "\"in\":\"1 + 1\"");
    cr_expect(at && strstr(at, "\"seconds\":") > strstr(at, "\"in\":\"time 1 + 2\""), "%s", r.out);
    r = run(ARGS("-e", "time minimize((x - 1)^2, from: x = 0)"), "");
    cr_expect(strstr(r.out, "s of processor time\ntapes: ") && strstr(r.out, " flops, "), "%s", r.out);
}
