/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Runs one source statement by statement. Output is flushed at the end of each statement, so that a failed write (a full
 * disk) is noticed there. The first failure ends the run unless --keep-going is given. */
#include "repl/batch.h"

#include "repl/view.h"

typedef struct Printer {
    const Options *options;
    Buf            text;            /* of print(...), kept for the line of --json */
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
    if (p->options->json)
        buf_add(&p->text, text);
    else
        fwrite(text.s, 1, text.n, stdout);
}

static void show(Env *env, const Printer *p, const Outcome *o)
{
    if (p->options->json) {
        print_json(stdout, env, o, buf_str(&p->text));
    } else if (o->kind == RUN_DONE) {
        print_text(stdout, env, o);
    } else if (o->kind != RUN_HELP) {
        fflush(stdout);
        print_text_error(stderr, o->diag);
    }
}

ExitStatus batch_run(Env *env, const Options *o, const Source *source, bool *quit)
{
    ExitStatus status = EXIT_FINE;
    Arena *scratch = arena_new();
    for (size_t at = 0; ; ) {
        Mark top = arena_mark(scratch);
        Printer p = { o, buf_new(scratch) };
        env_on_print(env, on_print, &p);
        Outcome out = env_run(env, source, &at, (RunMode){ .sandbox = o->sandbox });
        *quit = out.kind == RUN_QUIT;
        if (out.kind == RUN_END || out.kind == RUN_QUIT)
            break;
        show(env, &p, &out);
        if (out.kind == RUN_FAILED || out.kind == RUN_UNFINISHED)
            status = EXIT_EVALUATION;
        *quit = fflush(stdout) != 0 || (status && !o->keep_going);
        if (ferror(stdout))
            status = EXIT_EVALUATION;
        arena_release(scratch, top);
        if (*quit || out.kind == RUN_UNFINISHED)
            break;
    }
    env_on_print(env, NULL, NULL);
    arena_delete(scratch);
    return status;
}
