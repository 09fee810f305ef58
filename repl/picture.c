/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Graphviz as a program, found on the path and run without a shell. Its input and output are files in memory, so neither side waits for
 * the other; an alarm that survives exec ends it after SECONDS. The sandbox forbids it. */
#include "repl/picture.h"

#include "base/report.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

enum { SECONDS = 20, NOT_FOUND = 127 };

static const Plot *picture_of(const Report *r)
{
    for (size_t i = 0; i < r->n; i++)
        if (r->field[i].kind == FIELD_PLOT && str_is(r->field[i].plot.kind, "dot"))
            return &r->field[i].plot;
    return NULL;
}

static void become_dot(int in, int out)
{
    static char name[] = "dot", option[] = "-Tsvg";
    sigset_t none;
    int      quiet = open("/dev/null", O_WRONLY | O_CLOEXEC);
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    signal(SIGALRM, SIG_DFL);
    if (dup2(in, STDIN_FILENO) >= 0 && dup2(out, STDOUT_FILENO) >= 0 && (quiet < 0 || dup2(quiet, STDERR_FILENO) >= 0)) {
        alarm(SECONDS);
        execvp(name, (char *const[]){ name, option, NULL });
    }
    _exit(NOT_FOUND);
}

/* What dot makes of the text; its status, -1: no process. */
static int run_dot(Arena *a, Str text, Str *svg)
{
    int in = memfd_create("dot", MFD_CLOEXEC), out = memfd_create("svg", MFD_CLOEXEC), status = -1;
    if (in >= 0 && out >= 0 && write(in, text.s, text.n) == (ssize_t)text.n && lseek(in, 0, SEEK_SET) == 0) {
        pid_t pid = fork();
        if (pid == 0)
            become_dot(in, out);
        while (pid > 0 && waitpid(pid, &status, 0) < 0 && errno == EINTR)
            continue;
        off_t n = pid > 0 ? lseek(out, 0, SEEK_END) : 0;
        char *made = arena_alloc(a, (size_t)(n > 0 ? n : 0) + 1);
        *svg = n > 0 && pread(out, made, (size_t)n, 0) == n ? (Str){ made, (size_t)n } : (Str){ 0 };
    }
    if (in >= 0)
        close(in);
    if (out >= 0)
        close(out);
    return status;
}

static bool write_file(Arena *a, Str name, Str text)
{
    FILE *f = fopen(str_copy(a, name).s, "w");
    bool  fine = f && fwrite(text.s, 1, text.n, f) == text.n;
    return f ? (fclose(f) == 0) && fine : false;
}

bool picture_draw(Env *env, Outcome *o, bool sandbox, Diag *d, const Source *source)
{
    const Plot  *plot = o->kind == RUN_DONE && o->value.kind == VALUE_REPORT ? picture_of(o->value.report) : NULL;
    const Field *data = plot ? report_field(o->value.report, plot->table) : NULL;
    Arena       *a = env_line(env);
    Str          svg = { 0 };
    if (!data || data->kind != FIELD_VALUE || data->value.kind != VALUE_TEXT)
        return true;
    size_t at = (size_t)(o->input.s - source->text.s);
    Span   span = { (uint32_t)at, (uint32_t)(at + o->input.n) };
    if (sandbox) {
        diag_fail(d, source, span, "running Graphviz is forbidden in the sandbox");
        diag_hint(d, "view: dot gives its input");
        return false;
    }
    int status = run_dot(a, data->value.text, &svg);
    if (WIFEXITED(status) && WEXITSTATUS(status) == NOT_FOUND) {
        diag_fail(d, source, span, "Graphviz is not installed: there is no program dot");
        diag_hint(d, "view: dot gives its input");
    } else if (status != 0 || !svg.n) {
        diag_fail(d, source, span, WIFSIGNALED(status) ? "Graphviz was stopped, or took more than %d seconds" : "Graphviz failed", (int)SECONDS);
    } else if (plot->title.n && !write_file(a, plot->title, svg)) {
        diag_fail(d, source, span, "cannot write %.*s: %s", STR_ARGS(plot->title), strerror(errno));
    } else {
        Report *r = arena_copy(a, o->value.report, sizeof *r);
        r->summary = plot->title.n ? str_printf(a, "written to %.*s", STR_ARGS(plot->title)) : str_trim(svg);
        o->value.report = r;
    }
    return !d->failed;
}
