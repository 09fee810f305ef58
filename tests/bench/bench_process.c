/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Two programs side by side: bench_process NAME TARGET RUNS [--input TEXT] OURS [ARG...] -- REFERENCE [ARG...]
 * runs them in turn, each RUNS times, and compares the medians of the wall times from before the fork to after the wait.
 * Both must print the same first word (the input goes to the reference; lines that bc continues with a backslash are
 * joined). A single number behind `--` is a time in seconds instead: then only our exit status is checked. */
#include "tests/bench/bench.h"

#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

enum { MOST_RUNS = 101, MOST_OUTPUT = 1 << 20 };

typedef struct Program { char **argv; int input; char *output; } Program;

static int file_of(const char *text)
{
    int    file = memfd_create("text", 0);
    size_t n = strlen(text);
    if (file < 0 || write(file, text, n) != (ssize_t)n)
        exit(2);
    return file;
}

/* The first word behind the sign of rounded digits, with lines that end in a backslash joined. */
static void keep_first_word(char *s)
{
    static const char rounded[] = "\u2248 ";
    char *to = s;
    if (!strncmp(s, rounded, sizeof rounded - 1))
        s += sizeof rounded - 1;
    for (; *s && *s != ' ' && *s != '\n'; s++)
        if (s[0] == '\\' && s[1] == '\n')
            s++;
        else
            *to++ = *s;
    *to = 0;
}

static double run(Program *p)
{
    int    out = file_of(""), status;
    double start = clock_seconds(CLOCK_MONOTONIC);
    lseek(p->input, 0, SEEK_SET);
    pid_t pid = fork();
    if (pid == 0) {
        dup2(p->input, STDIN_FILENO);
        dup2(out, STDOUT_FILENO);
        execvp(p->argv[0], p->argv);
        _exit(127);
    }
    if (waitpid(pid, &status, 0) != pid || status != 0) {
        fprintf(stderr, "%s: status %d\n", p->argv[0], status);
        exit(1);
    }
    double  seconds = clock_seconds(CLOCK_MONOTONIC) - start;
    ssize_t n = pread(out, p->output, MOST_OUTPUT - 1, 0);
    p->output[n > 0 ? n : 0] = 0;
    close(out);
    keep_first_word(p->output);
    return seconds;
}

int main(int argc, char **argv)
{
    static char   output[2][MOST_OUTPUT];
    static double time[2][MOST_RUNS];
    int           i = 4, runs = argc > 3 ? atoi(argv[3]) : 0;
    const char   *input = "";
    if (argc > 6 && !strcmp(argv[4], "--input")) {
        input = argv[5];
        i = 6;
    }
    Program ours = { argv + i, file_of(""), output[0] }, reference = { NULL, file_of(input), output[1] };
    for (; i + 1 < argc && !reference.argv; i++)
        if (!strcmp(argv[i], "--")) {
            argv[i] = NULL;
            reference.argv = argv + i + 1;
        }
    if (runs < 1 || runs > MOST_RUNS || !reference.argv)
        return 2;
    char  *end;
    double fixed = strtod(reference.argv[0], &end);
    for (int k = 0; k < runs; k++) {
        time[0][k] = run(&ours);
        time[1][k] = *end ? run(&reference) : fixed;
        if (*end && (!*ours.output || strcmp(ours.output, reference.output))) {
            fprintf(stderr, "%s: the results differ: %.60s  and  %.60s\n", argv[1], ours.output, reference.output);
            return 1;
        }
    }
    return !ratio_report(argv[1], median(time[0], (size_t)runs), median(time[1], (size_t)runs), strtod(argv[2], NULL));
}
