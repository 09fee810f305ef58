/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Time, jobs and the terminal: how soon the prompt comes and work stops, suspending and resuming, what is left of the terminal. */
#include "tests/terminal/drive.h"

#include <math.h>
#include <termios.h>

enum { TRIES = 5 };
static const double prompt_seconds = 0.1, stop_seconds = 0.3;

static void no_history(void)
{
    setenv("NABLA_HISTORY", "/dev/null", 1);
}

TestSuite(session, .init = no_history, .timeout = 120);

static Terminal *open_session(void)
{
    static Terminal t;
    terminal_start(&t, "dumb", ARGS("--quiet"));
    terminal_expect(&t, "nabla> ");
    return &t;
}

/* By how much other programs slow this one down now: time over time of the processor, for a spin of 20 ms. */
static double slowdown(void)
{
    double  before = seconds_now();
    clock_t start = clock();
    while (clock() - start < CLOCKS_PER_SEC / 50)
        continue;
    double factor = (seconds_now() - before) / 0.02;
    return factor > 1 ? factor : 1;
}

/* The best of a few tries, on a machine that does nothing else. */
Test(session, the_prompt_comes_at_once)
{
    double best = INFINITY;
    for (int k = 0; k < TRIES && best > prompt_seconds; k++) {
        double before = seconds_now(), passed;
        Terminal *t = open_session();
        passed = (seconds_now() - before) / slowdown();
        best = passed < best ? passed : best;
        leave(t);
    }
    cr_expect(best <= prompt_seconds, "%f s", best);
}

static double stopped_after(Terminal *t, const char *work)
{
    char line[200];
    snprintf(line, sizeof line, "print(\"go\"); %s\r", work);
    terminal_send(t, line);
    terminal_expect(t, "\ngo");
    usleep(150000);
    double before = seconds_now();
    terminal_send(t, "\x03");
    terminal_expect(t, "nabla> ");
    double passed = (seconds_now() - before) / slowdown();
    terminal_ask(t, "a + 2", "\n42\r\n");
    return passed;
}

Test(session, long_work_stops_soon)
{
    static const char *const work[] = {
        "while true { }", "taylor(exp(sin(x)/(1 + x))^y, x = 0, order: 400)", "factor(x^400 - y^400 + 1)", "debug_spin()",
        "minimize((x - 1)^4 + x^2, from: 3, lr: 1e-7, steps: 100000000)",
    };
    Terminal *t = open_session();
    terminal_ask(t, "a = 40", "40\r\n");
    for (size_t i = 0; i < sizeof work / sizeof *work; i++) {
        double best = INFINITY;
        for (int k = 0; k < TRIES && best > stop_seconds; k++) {
            double passed = stopped_after(t, work[i]);
            best = passed < best ? passed : best;
        }
        cr_expect(best <= stop_seconds, "%s: %f s", work[i], best);
    }
    leave(t);
}

/* A shell with job control, as far as it is needed: starts the program as a job, and resumes it once. */
static void shell(void)
{
    int   status;
    keep_output();
    pid_t job = fork();
    signal(SIGTTOU, SIG_IGN);
    if (job == 0) {
        setpgid(0, 0);
        tcsetpgrp(STDIN_FILENO, getpid());
        signal(SIGTTOU, SIG_DFL);
        execl(getenv("NABLA_DEBUG"), "nabla", "--quiet", NULL);
        _exit(127);
    }
    setpgid(job, job);
    tcsetpgrp(STDIN_FILENO, job);
    if (waitpid(job, &status, WUNTRACED) != job || !WIFSTOPPED(status))
        _exit(99);
    struct termios modes;
    tcsetpgrp(STDIN_FILENO, getpid());
    tcgetattr(STDIN_FILENO, &modes);
    printf("[stopped, %s]\n", modes.c_lflag & ICANON ? "terminal restored" : "terminal left raw");
    fflush(stdout);
    tcsetpgrp(STDIN_FILENO, job);
    kill(-job, SIGCONT);
    waitpid(job, &status, 0);
    _exit(WIFEXITED(status) ? WEXITSTATUS(status) : 98);
}

Test(session, suspend_and_resume)
{
    static Terminal t;
    t.n = t.seen = 0;
    setenv("TERM", "xterm", 1);
    t.pid = forkpty(&t.fd, NULL, NULL, NULL);
    if (t.pid == 0)
        shell();
    terminal_expect(&t, "nabla> ");
    terminal_ask(&t, "a = 40", "40\r\n");
    terminal_send(&t, "a + ");
    terminal_expect(&t, "a + ");
    terminal_send(&t, "\x1a");
    terminal_expect(&t, "[stopped, terminal restored]");
    terminal_expect(&t, "a + ");                /* the line is drawn again */
    terminal_ask(&t, "2", "42\r\n");
    leave(&t);
}

Test(session, the_terminal_is_restored_after_every_end)
{
    static const char *const ends[] = { "debug_crash()\r", "debug_abort()\r", "debug_kill()\r", "debug_exit()\r" };
    struct termios first, now;
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
        Terminal *t = open_session();
        int       keep = dup(t->fd);
        terminal_send(t, ends[i]);
        terminal_expect(t, "error: ");
        terminal_expect(t, "nabla> ");
        leave(t);
        cr_assert_eq(tcgetattr(keep, &now), 0);
        cr_expect((now.c_lflag & ICANON) && (now.c_lflag & ECHO), "%s", ends[i]);
        close(keep);
    }
    Terminal *t = open_session();
    int       status;
    cr_assert_eq(tcgetattr(t->fd, &first), 0);
    cr_expect(!(first.c_lflag & ICANON));
    kill(t->pid, SIGKILL);          /* the supervisor, which can do nothing about it: the session does */
    cr_assert_eq(waitpid(t->pid, &status, 0), t->pid);
    for (int k = 0; k < 100; k++) {
        usleep(20000);
        if (tcgetattr(t->fd, &now) == 0 && (now.c_lflag & ICANON))
            break;
    }
    cr_expect(now.c_lflag & ICANON);
    close(t->fd);
}
