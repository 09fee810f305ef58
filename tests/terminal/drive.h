/* SPDX-License-Identifier: GPL-3.0-or-later */
/* For test programs: runs the nabla with debug built-ins, and waits for texts on a pseudo terminal. The path of the program
 * is in the environment, NABLA_DEBUG. Waits end at a text, not after a time; PATIENCE is for machines that are very busy. */
#ifndef TESTS_DRIVE_H
#define TESTS_DRIVE_H

#include <criterion/criterion.h>
#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

enum { PATIENCE_MS = 30000, MOST_TEXT = 1 << 16, MOST_ARGS = 16 };

typedef struct Run {                /* one batch run */
    char out[MOST_TEXT], err[MOST_TEXT];
    int  status;                    /* of exit; negative: the signal */
} Run;

static inline int status_of(int status)
{
    return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

static inline int memory_file(const char *text)
{
    int file = memfd_create("text", MFD_CLOEXEC);
    cr_assert(file >= 0 && write(file, text, strlen(text)) == (ssize_t)strlen(text) && lseek(file, 0, SEEK_SET) == 0);
    return file;
}

static inline void read_back(int file, char *text)
{
    ssize_t n = pread(file, text, MOST_TEXT - 1, 0);
    text[n > 0 ? n : 0] = 0;
    close(file);
}

static inline pid_t start(const char *const *args, int in, int out, int err)
{
    const char *argv[MOST_ARGS + 2] = { getenv("NABLA_DEBUG") };
    for (size_t i = 0; args[i] && i < MOST_ARGS; i++)
        argv[i + 1] = args[i];
    pid_t pid = fork();
    if (pid == 0) {
        signal(SIGINT, SIG_DFL);
        signal(SIGPIPE, SIG_DFL);
        dup2(in, STDIN_FILENO);
        dup2(out, STDOUT_FILENO);
        dup2(err, STDERR_FILENO);
        execv(argv[0], (char **)argv);
        _exit(127);
    }
    return pid;
}

static inline Run run(const char *const *args, const char *input)
{
    Run r;
    int in = memory_file(input), out = memory_file(""), err = memory_file(""), status;
    pid_t pid = start(args, in, out, err);
    cr_assert_eq(waitpid(pid, &status, 0), pid);
    r.status = status_of(status);
    close(in);
    read_back(out, r.out);
    read_back(err, r.err);
    return r;
}

#define ARGS(...) ((const char *const[]){ __VA_ARGS__, NULL })

typedef struct Terminal {
    int    fd;
    pid_t  pid;
    char   text[MOST_TEXT];         /* all that the program wrote */
    size_t n, seen;                 /* seen: behind the last text that was waited for */
} Terminal;

static inline void terminal_resize(const Terminal *t, unsigned short columns)
{
    const struct winsize size = { .ws_row = 40, .ws_col = columns };
    cr_assert_eq(ioctl(t->fd, TIOCSWINSZ, &size), 0);
}

/* Ctrl-C makes a terminal throw away what is not read yet, which may be the answer to it on a busy machine; not here. */
static inline void keep_output(void)
{
    struct termios modes;
    if (tcgetattr(STDIN_FILENO, &modes) == 0) {
        modes.c_lflag |= NOFLSH;
        tcsetattr(STDIN_FILENO, TCSANOW, &modes);
    }
}

static inline void terminal_start(Terminal *t, const char *term, const char *const *args)
{
    const struct winsize size = { .ws_row = 40, .ws_col = 100 };
    const char *argv[MOST_ARGS + 2] = { getenv("NABLA_DEBUG") };
    for (size_t i = 0; args[i] && i < MOST_ARGS; i++)
        argv[i + 1] = args[i];
    t->n = t->seen = 0;
    t->pid = forkpty(&t->fd, NULL, NULL, &size);
    if (t->pid == 0) {
        keep_output();
        signal(SIGHUP, SIG_DFL);                /* the tests may run under nohup */
        setenv("TERM", term, 1);
        setenv("NO_COLOR", "1", 0);             /* texts that are waited for stand in one piece; a test may ask for colour */
        setenv("INPUTRC", "/dev/null", 0);      /* a test may have one of its own */
        execv(argv[0], (char **)argv);
        _exit(127);
    }
    cr_assert(t->pid > 0);
}

static inline bool terminal_read(Terminal *t, int wait_ms)
{
    struct pollfd p = { .fd = t->fd, .events = POLLIN };
    if (poll(&p, 1, wait_ms) <= 0 || t->n + 1 >= MOST_TEXT)
        return false;
    ssize_t got = read(t->fd, t->text + t->n, MOST_TEXT - 1 - t->n);
    if (got <= 0)
        return false;
    t->n += (size_t)got;
    t->text[t->n] = 0;
    return true;
}

/* Waits until the program has written this text behind all that was waited for before. */
static inline void terminal_expect(Terminal *t, const char *text)
{
    t->text[t->n] = 0;
    for (;;) {
        const char *found = strstr(t->text + t->seen, text);
        if (found) {
            t->seen = (size_t)(found - t->text) + strlen(text);
            return;
        }
        cr_assert(terminal_read(t, PATIENCE_MS), "waited for \"%s\", found \"%s\"", text, t->text + t->seen);
    }
}

static inline void terminal_send(const Terminal *t, const char *keys)
{
    cr_assert_eq(write(t->fd, keys, strlen(keys)), (ssize_t)strlen(keys));
}

/* Types a line at a prompt and waits for this answer and the next prompt. */
static inline void terminal_ask(Terminal *t, const char *line, const char *answer)
{
    terminal_send(t, line);
    terminal_send(t, "\r");
    terminal_expect(t, answer);
    terminal_expect(t, "nabla> ");
}

static inline double seconds_now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static inline int terminal_end(Terminal *t)
{
    int status;
    while (terminal_read(t, PATIENCE_MS))
        continue;
    close(t->fd);                   /* hangs up whatever is left */
    cr_assert_eq(waitpid(t->pid, &status, 0), t->pid);
    return status_of(status);
}

static inline Terminal *open_prompt(const char *term)
{
    static Terminal t;
    terminal_start(&t, term, ARGS("--quiet", "--memory", "300M"));
    terminal_expect(&t, "nabla> ");
    return &t;
}

/* At a prompt: a Ctrl-D that is typed before means the end of nothing. */
static inline void leave(Terminal *t)
{
    terminal_send(t, "\x04");
    cr_expect_eq(terminal_end(t), 0);
}

#endif
