/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Graphviz as a program. The sandbox forbids it. */
#include "repl/picture.h"

#include "base/report.h"
#include "repl/filter.h"

#include <errno.h>
#include <string.h>
#include <sys/wait.h>

static const Plot *picture_of(const Report *r)
{
    for (size_t i = 0; i < r->n; i++)
        if (r->field[i].kind == FIELD_PLOT && str_is(r->field[i].plot.kind, "dot"))
            return &r->field[i].plot;
    return NULL;
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
    static char name[] = "dot", option[] = "-Tsvg";
    int status = filter_run(a, (char *const[]){ name, option, NULL }, data->value.text, &svg);
    if (WIFEXITED(status) && WEXITSTATUS(status) == FILTER_NOT_FOUND) {
        diag_fail(d, source, span, "Graphviz is not installed: there is no program dot");
        diag_hint(d, "view: dot gives its input");
    } else if (status != 0 || !svg.n) {
        diag_fail(d, source, span, WIFSIGNALED(status) ? "Graphviz was stopped, or took more than %d seconds" : "Graphviz failed", (int)FILTER_SECONDS);
    } else if (plot->title.n && !file_write(a, plot->title, svg)) {
        diag_fail(d, source, span, "cannot write %.*s: %s", STR_ARGS(plot->title), strerror(errno));
    } else {
        Report *r = arena_copy(a, o->value.report, sizeof *r);
        r->summary = plot->title.n ? str_printf(a, "written to %.*s", STR_ARGS(plot->title)) : str_trim(svg);
        o->value.report = r;
    }
    return !d->failed;
}
