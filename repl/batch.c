/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Runs one source statement by statement. Output is flushed at the end of each statement, so that a failed write (a full
 * disk) is noticed there. With snapshots, what a statement prints is collected and written once, at its end: a statement that takes
 * its session with it leaves no half of a line. The first failure ends the run unless --keep-going is given; Ctrl-C always does. */
#include "repl/batch.h"

#include "repl/colour.h"
#include "repl/help.h"
#include "repl/status.h"
#include "repl/transcript.h"
#include "repl/view.h"
#include "repl/watch.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

typedef struct Printer {
    const Options *options;
    FILE          *out;             /* standard output, or the statement's memory */
    char          *collected;
    size_t         n;
    Buf            text;            /* of print(...), kept for the line of --json and for reports */
} Printer;

bool stream_text(Arena *a, FILE *in, Str *text)
{
    char block[4096];
    Buf b = buf_new(a);
    for (size_t n; (n = fread(block, 1, sizeof block, in)) > 0; )
        buf_add(&b, (Str){ block, n });
    *text = buf_str(&b);
    return !ferror(in);
}

static void on_print(void *context, Str text)
{
    Printer *p = context;
    if (p->options->json || p->options->transcript.n || p->text.n < MOST_PRINTED)
        buf_add(&p->text, text);
    if (!p->options->json) {
        status_pause();
        fwrite(text.s, 1, text.n, p->out);
        status_resume();
    }
}

static bool is_failure(const Outcome *o)
{
    return o->kind == RUN_FAILED || o->kind == RUN_UNFINISHED;
}

static void show(Env *env, const Printer *p, const Outcome *o)
{
    if (p->options->json)
        print_json(p->out, env, o, buf_str(&p->text));
    else if (o->kind == RUN_DONE)
        print_text(p->out, env, o);
}

static void complain(const char *what)
{
    int why = errno;
    colour_error(stderr);
    fprintf(stderr, "cannot write the %s: %s\n", what, strerror(why));
}

/* What was collected goes out in one piece; then the failure, on the other stream. False: the output is full or gone. */
static bool write_out(Printer *p, const Outcome *o, bool reported)
{
    if (p->out != stdout) {
        fclose(p->out);
        fwrite(p->collected, 1, p->n, stdout);
        free(p->collected);
    }
    bool fine = fflush(stdout) == 0 && !ferror(stdout);
    if (!fine)
        complain("output");
    else if (is_failure(o) && !p->options->json && !reported)
        print_text_error(stderr, o->diag);
    return fine;
}

static bool page_lost(const char *page)
{
    complain(page);
    return false;
}

/* The pages besides the output. False: one of them cannot be written any more. */
static bool add_to_pages(Env *env, Guard *g, const Source *source, const Outcome *o, Str printed)
{
    bool fine = true, seen = o->kind != RUN_END && o->kind != RUN_QUIT;
    if (seen && !g->reported && g->transcript && !transcript_add(g->transcript, env, o, printed)) {
        fine = page_lost("transcript");
        g->transcript = NULL;
    }
    if (!export_add(g->export, source, o, printed, g->reported))
        fine = page_lost("report");
    return fine;
}

ExitStatus batch_run(Env *env, const Options *o, Guard *g, const Source *source, bool *quit)
{
    ExitStatus status = EXIT_FINE;
    Arena *scratch = arena_new();
    *quit = false;
    export_source(g->export);
    for (g->page->next = 0; !*quit; ) {
        Mark    top = arena_mark(scratch);
        Printer p = { .options = o, .out = stdout, .text = buf_new(scratch) };
        if (g->page->supervised)
            p.out = open_memstream(&p.collected, &p.n);
        env_on_print(env, on_print, &p);
        Outcome out = guard_run(g, env, source, scratch);
        if (out.kind == RUN_HELP)
            help_answer(env, source, &out);
        if (out.kind != RUN_END && out.kind != RUN_QUIT && !g->reported)
            show(env, &p, &out);
        if (!add_to_pages(env, g, source, &out, buf_str(&p.text)))
            status = EXIT_EVALUATION;
        watch_end();
        bool written = write_out(&p, &out, g->reported);
        if (g->stopped == STOP_CTRL_C)
            status = EXIT_INTERRUPTED;
        else if (is_failure(&out) || !written)
            status = EXIT_EVALUATION;
        *quit = out.kind == RUN_QUIT || !written || g->stopped == STOP_CTRL_C || (status && !o->keep_going);
        bool over = out.kind == RUN_END || out.kind == RUN_UNFINISHED;
        if (!*quit)
            guard_done(g, &out);
        arena_release(scratch, top);
        if (over)
            break;
    }
    env_on_print(env, NULL, NULL);
    arena_delete(scratch);
    return status;
}
