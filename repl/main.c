/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The program: reads the options, makes a session, runs -e texts, a file or standard input, and returns the status. */
#include "repl/batch.h"
#include "repl/registry.h"

#include <langinfo.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>

static void session_configure(Env *env, const Options *o)
{
    Settings *s = env_settings(env);
    s->unicode = !strcmp(nl_langinfo(CODESET), "UTF-8");
    if (o->digits.n)
        s->digits = strtoull(o->digits.s, NULL, 10);
    if (o->seed.n)
        s->seed = strtoull(o->seed.s, NULL, 10);
}

static ExitStatus stream_run(Env *env, const Options *o, Arena *a)
{
    FILE *in = o->file.n ? fopen(o->file.s, "r") : stdin;
    Source source = { .name = o->file };
    bool quit;
    if (!in || !stream_text(a, in, &source.text)) {
        fprintf(stderr, "error: cannot read %.*s\n", STR_ARGS(o->file));
        return EXIT_UNREADABLE;
    }
    if (o->file.n)
        fclose(in);
    return batch_run(env, o, &source, &quit);
}

static ExitStatus run(const Options *o, Arena *a)
{
    Env *env = env_new(builtin_tables);
    session_configure(env, o);
    ExitStatus status = EXIT_FINE;
    bool quit = false;
    for (size_t i = 0; i < o->expressions && !quit; i++) {
        Source source = { .text = o->expression[i] };
        ExitStatus s = batch_run(env, o, &source, &quit);
        status = s ? s : status;
    }
    if (!quit && (o->file.n || !o->expressions)) {
        ExitStatus s = stream_run(env, o, a);
        status = s ? s : status;
    }
    env_delete(env);
    return status;
}

int main(int argc, char **argv)
{
    setlocale(LC_CTYPE, "");
    Arena *a = arena_new();
    Options o;
    Str message, hint;
    ExitStatus status = EXIT_FINE;
    if (!options_read(a, argc, argv, &o, &message, &hint)) {
        fprintf(stderr, "error: %.*s\n", STR_ARGS(message));
        if (hint.n)
            fprintf(stderr, "hint: %.*s\n", STR_ARGS(hint));
        status = EXIT_USAGE;
    } else if (o.help) {
        fputs(options_help, stdout);
    } else if (o.version) {
        puts("nabla " NABLA_VERSION);
    } else {
        status = run(&o, a);
    }
    arena_delete(a);
    if (fflush(stdout) && !status)
        status = EXIT_EVALUATION;
    return status;
}
