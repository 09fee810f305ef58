/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Input and output of the program are files in memory, so neither side waits for the other; an alarm that survives exec ends it. */
#include "repl/filter.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

static void become(char *const argv[], int in, int out)
{
    sigset_t none;
    int      quiet = open("/dev/null", O_WRONLY | O_CLOEXEC);
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    signal(SIGALRM, SIG_DFL);
    if (dup2(in, STDIN_FILENO) >= 0 && dup2(out, STDOUT_FILENO) >= 0 && (quiet < 0 || dup2(quiet, STDERR_FILENO) >= 0)) {
        alarm(FILTER_SECONDS);
        execvp(argv[0], argv);
    }
    _exit(FILTER_NOT_FOUND);
}

static bool write_all(int file, Str text)
{
    for (size_t at = 0; at < text.n;) {
        ssize_t n = write(file, text.s + at, text.n - at);
        if (n < 0 && errno != EINTR)
            return false;
        at += n > 0 ? (size_t)n : 0;
    }
    return lseek(file, 0, SEEK_SET) == 0;
}

static bool read_all(Arena *a, int file, Str *text)
{
    off_t  n = lseek(file, 0, SEEK_END);
    size_t size = n > 0 ? (size_t)n : 0, at = 0;
    char  *made = arena_alloc(a, size + 1);
    for (ssize_t k; at < size && (k = pread(file, made + at, size - at, (off_t)at)) > 0;)
        at += (size_t)k;
    *text = at == size ? (Str){ made, size } : (Str){ 0 };
    return text->n > 0;
}

int filter_run(Arena *a, char *const argv[], Str in, Str *out)
{
    int input = memfd_create("input", MFD_CLOEXEC), output = memfd_create("output", MFD_CLOEXEC), status = -1;
    *out = (Str){ 0 };
    if (input >= 0 && output >= 0 && write_all(input, in)) {
        pid_t pid = fork();
        if (pid == 0)
            become(argv, input, output);
        while (pid > 0 && waitpid(pid, &status, 0) < 0 && errno == EINTR)
            continue;
        if (pid > 0)
            read_all(a, output, out);
    }
    if (input >= 0)
        close(input);
    if (output >= 0)
        close(output);
    return status;
}

bool file_write(Arena *a, Str name, Str text)
{
    FILE *f = fopen(str_copy(a, name).s, "w");
    bool  fine = f && fwrite(text.s, 1, text.n, f) == text.n;
    return f ? (fclose(f) == 0) && fine : false;
}
