/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Hostile lines against the program itself: run_bad_input NABLA FILE [option...]. Each row runs in a process of its own with
 * at most 500 MB, and 1+1 behind it must still give 2 within two seconds. A row goes through -e where an argument can hold
 * it (so that an unfinished line does not take in the next), else through standard input. A row that is marked `error` must
 * be refused; in no case may a control character of the input come back raw. */
#include "tests/session.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { ARGUMENT_LIMIT = 100 * 1000, MEMORY_LIMIT = 500 * 1000 * 1000, OPTIONS = 16 };
static const double time_limit = 2;

typedef struct Answer { Str text; double seconds; long kilobytes; int status; } Answer;

static unsigned hex_digit(char c)
{
    return (unsigned)(c <= '9' ? c - '0' : (c | 32) - 'a' + 10);
}

/* \n \t \r \0 \\ \xHH, and {xN:TEXT} for TEXT repeated N times. */
static void unescape(Buf *b, Str s)
{
    for (size_t i = 0; i < s.n; i++) {
        if (str_starts(str_slice(s, i, s.n), STR("{x"))) {
            char  *text;
            size_t count = strtoul(s.s + i + 2, &text, 10), from = (size_t)(text - s.s) + 1, to = from;
            while (to < s.n && s.s[to] != '}')
                to++;
            for (size_t k = 0; k < count; k++)
                unescape(b, str_slice(s, from, to));
            i = to;
        } else if (s.s[i] != '\\' || i + 1 == s.n) {
            buf_add_c(b, s.s[i]);
        } else if (s.s[++i] == 'x' && i + 2 < s.n) {
            buf_add_c(b, (char)(hex_digit(s.s[i + 1]) << 4 | hex_digit(s.s[i + 2])));
            i += 2;
        } else {
            buf_add_c(b, s.s[i] == 'n' ? '\n' : s.s[i] == 't' ? '\t' : s.s[i] == 'r' ? '\r' : s.s[i] == '0' ? 0 : s.s[i]);
        }
    }
}

/* A file in memory, at its start. */
static int file_of(Str text)
{
    int file = memfd_create("text", MFD_CLOEXEC);
    if (file < 0 || write(file, text.s, text.n) != (ssize_t)text.n || lseek(file, 0, SEEK_SET) != 0)
        exit(2);
    return file;
}

static void child(char **argv, int in, int out)
{
    struct rlimit memory = { MEMORY_LIMIT, MEMORY_LIMIT }, core = { 0, 0 };
    setrlimit(RLIMIT_AS, &memory);
    setrlimit(RLIMIT_CORE, &core);
    dup2(in, STDIN_FILENO);
    dup2(out, STDOUT_FILENO);
    dup2(open("/dev/null", O_WRONLY), STDERR_FILENO);
    alarm(30 * (unsigned)time_limit);            /* survives execv: ends a hang; the machine may be busy, so time is the processor's */
    execv(argv[0], argv);
    _exit(127);
}

static double seconds_of(struct timeval t) { return (double)t.tv_sec + (double)t.tv_usec * 1e-6; }

static Answer run_program(Arena *a, char **argv, Str input)
{
    int             in = file_of(input), out = file_of(STR(""));
    struct rusage   used;
    Answer          answer = { 0 };
    pid_t pid = fork();
    if (pid == 0)
        child(argv, in, out);
    if (wait4(pid, &answer.status, 0, &used) != pid)
        exit(2);
    off_t n = lseek(out, 0, SEEK_END);
    char *text = arena_alloc(a, (size_t)n + 1);
    if (pread(out, text, (size_t)n, 0) != n)
        exit(2);
    close(in);
    close(out);
    answer.text = (Str){ text, (size_t)n };
    answer.seconds = seconds_of(used.ru_utime) + seconds_of(used.ru_stime);
    answer.kilobytes = used.ru_maxrss;
    return answer;
}

static Str with_next_line(Arena *a, Str input)
{
    Buf b = buf_new(a);
    buf_add(&b, input);
    buf_add_s(&b, "\n1+1\n");
    return buf_str(&b);
}

static Answer ask(Arena *a, char *program, char **options, Str input)
{
    char  *argv[OPTIONS + 8] = { program, "--json", "--keep-going" };
    size_t n = 3;
    for (; *options && n < OPTIONS; options++)
        argv[n++] = *options;
    if (input.n > ARGUMENT_LIMIT || memchr(input.s, 0, input.n))
        return run_program(a, argv, with_next_line(a, input));
    argv[n++] = "-e";
    argv[n++] = (char *)str_copy(a, input).s;
    argv[n++] = "-e";
    argv[n++] = "1+1";
    return run_program(a, argv, STR(""));
}

static bool has(Str text, Str part)
{
    return memmem(text.s, text.n, part.s, part.n) != NULL;
}

static bool raw_controls(Str text)
{
    for (size_t i = 0; i < text.n; i++)
        if (((unsigned char)text.s[i] < ' ' && text.s[i] != '\n') || text.s[i] == 0x7f)
            return true;
    return false;
}

/* What is wrong with the answer; NULL if nothing. */
static const char *fault(const Answer *a, Str expectation)
{
    Str last = a->text, line = { 0 };
    while (last.n && next_line(&last, &line))
        continue;
    if (a->seconds > time_limit)
        return "more than two seconds";
    if (WIFSIGNALED(a->status))
        return "ended by a signal";
    if (!str_starts(line, STR("{\"in\":\"1+1\",\"ok\":true")) || !has(line, STR("\"value\":\"2\"")))
        return "1+1 behind it does not give 2";
    if (a->kilobytes > MEMORY_LIMIT / 1024)
        return "more than 500 MB";
    if (raw_controls(a->text))
        return "a raw control character in the output";
    if (str_is(expectation, "error") && !has(a->text, STR("\"ok\":false")))
        return "not refused";
    return NULL;
}

int main(int argc, char **argv)
{
    if (argc < 3)
        return 2;
    Arena *a = arena_new();
    Checks c = { 0 };
    Str    text = read_all(a, argv[2]), line;
    while (next_line(&text, &line)) {
        if (line.n == 0 || line.s[0] == '#')
            continue;
        Mark top = arena_mark(a);
        Buf  input = buf_new(a);
        unescape(&input, field(line, 1));
        Answer      answer = ask(a, argv[1], argv + 3, buf_str(&input));
        const char *why = fault(&answer, field(line, 2));
        why ? c.failed++ : c.passed++;
        if (why)
            printf("%.*s: %s (%.2f s, %ld MB)\n    %.*s\n", STR_ARGS(str_slice(line, 0, 60)), why, answer.seconds,
                   answer.kilobytes / 1024, STR_ARGS(str_slice(answer.text, 0, 200)));
        arena_release(a, top);
    }
    printf("CHECKS %zu %zu\n", c.passed, c.failed);
    arena_delete(a);
    return c.failed ? 1 : 0;
}
