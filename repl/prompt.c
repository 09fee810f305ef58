/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Read an entry, run its statements, show what they give. An entry is a line, several pasted lines, or as many lines as the
 * parser needs: it decides whether an entry is finished. A failed statement does not keep the rest of its entry from
 * running, as it would not if the lines had been typed one by one; Ctrl-C does. */
#include "repl/prompt.h"

#include "repl/colour.h"
#include "repl/demo.h"
#include "repl/help.h"
#include "repl/history.h"
#include "repl/line.h"
#include "repl/loss.h"
#include "repl/snapshot.h"
#include "repl/status.h"
#include "repl/transcript.h"
#include "repl/view.h"
#include "repl/watch.h"

#include <stdio.h>
#include <unistd.h>

enum { MOST_LOSSES = 3, OUTPUT_BUFFER = 1 << 16 };

static const char first_prompt[] = "nabla> ", next_prompt[] = "   ... ";

typedef struct Talk {
    Env   *env;
    Guard *guard;
    Arena *arena;                   /* of one entry */
    Str    history;
    Demo   demo;
    Buf    text;                    /* of print(...), for pages */
    int    losses;                  /* sessions that died one after the other while reading */
    bool   printed;                 /* the entry is not the last thing on the screen any more */
} Talk;

bool entry_finished(Arena *a, Str text)
{
    Source source = { .text = text };
    for (size_t at = 0; at < text.n;) {
        Diag d = diag_new(a);
        Ast *t = parse_statement(a, &d, &source, &at, (ParseMode){ .prompt = true });
        if (!t && d.unfinished)
            return false;
    }
    return true;
}

/* What the demo types at the next prompt. After its last entry, or a Ctrl-C, the prompt is the user's. */
static void offer_next(Talk *t)
{
    Str offered;
    if (t->demo.goes_on && demo_next(&t->demo, t->arena, &offered, stdout))
        line_offer(offered);
    else
        t->demo.goes_on = false;
    fflush(stdout);
}

static LineEnd read_lines(Talk *t, Str *entry)
{
    offer_next(t);
    LineEnd end = line_read(t->arena, first_prompt, entry);
    if (end == LINE_DROPPED)
        t->demo.goes_on = false;
    while (end == LINE_TYPED && !entry_finished(t->arena, *entry)) {
        Str more;
        end = line_read(t->arena, next_prompt, &more);
        if (end == LINE_CLOSED)     /* what is missing is said when it runs; another Ctrl-D leaves */
            return LINE_TYPED;
        *entry = str_printf(t->arena, "%.*s\n%.*s", STR_ARGS(*entry), STR_ARGS(more));
    }
    return end;
}

/* Completion runs code of the session and can fail as a statement can. */
static LineEnd read_entry(Talk *t, Str *entry)
{
    Loss loss;
    if (!snapshot_take(t->guard->page, &loss)) {
        line_take_over();
        fputc('\n', stderr);
        colour_error(stderr);
        fputs("the session died while it read a line; all variables are kept\n", stderr);
        return ++t->losses < MOST_LOSSES ? LINE_DROPPED : LINE_CLOSED;
    }
    LineEnd end = read_lines(t, entry);
    t->losses = 0;
    if (end == LINE_TYPED)
        history_remember(t->demo.goes_on ? (Str){ 0 } : t->history, *entry);
    return end;
}

static void on_print(void *context, Str text)
{
    Talk *t = context;
    t->printed = true;
    if (t->guard->transcript || t->text.n < MOST_PRINTED)
        buf_add(&t->text, text);
    status_pause();
    fwrite(text.s, 1, text.n, stdout);
    fflush(stdout);
    status_resume();
}

static void show(Talk *t, const Source *source, const Outcome *o)
{
    const Typed typed = { t->printed ? NULL : source, sizeof first_prompt - 1, line_width() };
    if (o->kind == RUN_DONE)
        print_text(stdout, t->env, o);
    fflush(stdout);
    if (t->guard->stopped == STOP_CTRL_C)
        fputs("\nstopped by Ctrl-C\n", stderr);        /* behind the terminal's ^C */
    else if (o->kind == RUN_FAILED || o->kind == RUN_UNFINISHED)
        print_prompt_error(stderr, o->diag, &typed);
    t->printed = t->printed || o->show || o->kind != RUN_DONE;
}

/* False: the user leaves. */
static bool run_entry(Talk *t, Str text)
{
    Source source = { .text = text };
    t->printed = false;
    export_source(t->guard->export);
    for (t->guard->page->next = 0;;) {
        pid_t   before = getpid();
        t->text = buf_new(t->arena);
        Outcome o = guard_run(t->guard, t->env, &source, t->arena);
        if (getpid() != before)
            line_take_over();
        if (o.kind == RUN_HELP)
            help_answer(t->env, &source, &o);
        if (o.kind == RUN_END || o.kind == RUN_QUIT) {
            watch_end();
            return o.kind == RUN_END;
        }
        if (!t->guard->reported) {
            show(t, &source, &o);
            if (t->guard->transcript)
                transcript_add(t->guard->transcript, t->env, &o, buf_str(&t->text));
        }
        export_add(t->guard->export, &source, &o, buf_str(&t->text), t->guard->reported);
        guard_done(t->guard, &o);
        if (t->guard->stopped == STOP_CTRL_C || o.kind == RUN_UNFINISHED)
            return true;
    }
}

ExitStatus prompt_run(Env *env, const Options *o, Guard *g)
{
    Talk t = { .env = env, .guard = g, .arena = arena_new() };
    bool leave = false;
    Str  message;
    if (!demo_open(t.arena, o, &t.demo, &message)) {
        colour_error(stderr);
        fprintf(stderr, "%.*s\n", STR_ARGS(message));
        arena_delete(t.arena);
        return EXIT_UNREADABLE;
    }
    setvbuf(stdout, NULL, _IOFBF, OUTPUT_BUFFER);      /* what a library prints before it aborts dies with it */
    line_open(env);
    t.history = history_path(t.arena);
    history_open(t.history);
    env_on_print(env, on_print, &t);
    if (!o->quiet && t.demo.goes_on)
        puts("nabla " NABLA_VERSION "   Enter runs what is typed, Ctrl-C leaves the demo");
    else if (!o->quiet)
        printf("nabla " NABLA_VERSION "   help explains, Ctrl-D leaves\n");
    while (!leave) {
        Mark top = arena_mark(t.arena);
        Str  entry;
        LineEnd end = read_entry(&t, &entry);
        leave = end == LINE_CLOSED || (end == LINE_TYPED && !run_entry(&t, entry));
        arena_release(t.arena, top);
    }
    arena_delete(t.arena);
    return EXIT_FINE;
}
