/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Snapshot, run, and explain what went wrong. A stopped computation may have left half-decided facts in the memos of the
 * session ("unknown", because the time was up); so after Ctrl-C or the time limit a session retires in favour of its
 * snapshot even if all loops ended in good order. A report is the exception: its command meant to return what it had. */
#include "repl/guard.h"

#include "base/interrupt.h"
#include "repl/figure.h"
#include "repl/loss.h"
#include "repl/options.h"
#include "repl/picture.h"
#include "repl/snapshot.h"
#include "repl/status.h"
#include "repl/watch.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

static uint32_t past_blanks(Str text, size_t at)
{
    while (at < text.n && memchr(" \t\r\n;", text.s[at], 5))
        at++;
    return (uint32_t)at;
}

/* Where the lost statement lies. The page knows where it ends, unless the parser itself died: then the line is skipped. */
static Span lost_span(Guard *g, const Source *source, size_t start, Arena *a)
{
    Diag   d = diag_new(a);
    size_t at = start;
    Ast   *t = g->page->next > start ? parse_statement(a, &d, source, &at, (ParseMode){ g->mode.prompt }) : NULL;
    if (t)
        return t->span;
    Span whole = { past_blanks(source->text, start), 0 };
    const char *end = memchr(source->text.s + whole.start, '\n', source->text.n - whole.start);
    whole.end = end ? (uint32_t)(end - source->text.s) : (uint32_t)source->text.n;
    g->page->next = whole.end;
    return whole;
}

static Outcome failed(Guard *g, const Source *source, Span span, Loss loss, Arena *a)
{
    g->diag = diag_new(a);
    diag_fail(&g->diag, source, span, "%s", loss_sentence(loss));
    if (loss_hint(loss))
        diag_hint(&g->diag, "%s", loss_hint(loss));
    g->diag.interrupted = loss.cause == LOSS_CTRL_C;
    g->stopped = loss.cause == LOSS_CTRL_C ? STOP_CTRL_C : loss.cause == LOSS_TIME ? STOP_TIME : STOP_NONE;
    g->reported = loss.reported;
    Str input = str_trim(str_slice(source->text, span.start, span.end));
    return (Outcome){ .kind = RUN_FAILED, .input = input, .diag = &g->diag, .seconds = -1 };
}

static bool partial_result(const Outcome *o)
{
    return o->kind == RUN_DONE && o->value.kind == VALUE_REPORT;
}

Outcome guard_run(Guard *g, Env *env, const Source *source, Arena *a)
{
    Loss   loss;
    size_t start = g->page->next;
    g->reported = false;
    g->stopped = STOP_NONE;
    if (!snapshot_take(g->page, &loss)) {
        status_erase(g->page);
        return failed(g, source, lost_span(g, source, start, a), loss, a);
    }
    watch_begin(source, g->seconds);
    status_begin(g->page);
    Outcome   o = env_run(env, source, &g->page->next, g->mode);
    status_end();
    StopCause stop = interrupt_cause();
    g->stopped = stop;
    if (o.kind == RUN_DONE && stop == STOP_NONE) {
        g->diag = diag_new(a);
        if (picture_draw(env, &o, g->mode.sandbox, &g->diag, source) && figure_write(env, &o, g->mode.sandbox, &g->diag, source))
            return o;
        return (Outcome){ .kind = RUN_FAILED, .input = o.input, .diag = &g->diag, .seconds = -1 };
    }
    if ((o.kind != RUN_DONE && o.kind != RUN_FAILED) || stop == STOP_NONE || partial_result(&o))
        return o;
    loss = (Loss){ .cause = stop == STOP_TIME ? LOSS_TIME : LOSS_CTRL_C };
    size_t at = (size_t)(o.input.s - source->text.s);
    Span   span = { (uint32_t)at, (uint32_t)(at + o.input.n) };
    return failed(g, source, span, loss, a);
}

void guard_done(Guard *g, const Outcome *o)
{
    watch_end();
    if (g->stopped == STOP_NONE || g->reported || partial_result(o) || !g->page->snapshot)
        return;
    fflush(NULL);
    g->page->reported = true;
    g->page->cause = g->stopped == STOP_TIME ? LOSS_TIME : LOSS_CTRL_C;
    _exit(EXIT_INTERRUPTED);
}
