/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What runs and under which protection. At a terminal without -e and FILE there is a prompt. The prompt, and batch runs that
 * must outlive a statement (--keep-going, --json, --timeout), get a supervisor; other batch runs are one process. */
#include "repl/program.h"

#include "parser/settings.h"
#include "repl/batch.h"
#include "repl/colour.h"
#include "repl/memory.h"
#include "repl/supervisor.h"
#include "repl/transcript.h"
#include "repl/watch.h"

#include <errno.h>
#include <langinfo.h>
#include <locale.h>
#include <string.h>
#include <unistd.h>

typedef struct Program {
    const Options *options;
    Arena         *arena;
    Env           *env;
    Guard          guard;
} Program;

static void setting(Settings *s, const char *name, Str value)
{
    for (const SettingRow *row = setting_rows; row->name && value.n; row++)
        if (!strcmp(row->name, name))
            row->set(s, value);
}

static void session_configure(Env *env, const Options *o)
{
    Settings *s = env_settings(env);
    s->unicode = !strcmp(nl_langinfo(CODESET), "UTF-8") && !o->json;      /* JSON is ASCII, so that values can be typed back */
    setting(s, "digits", o->digits);
    setting(s, "formulas", o->latex ? STR("latex") : (Str){ 0 });
    setting(s, "seed", o->seed);
}

static ExitStatus stream_run(Program *p, bool *quit)
{
    const Options *o = p->options;
    FILE  *in = o->file.n ? fopen(o->file.s, "r") : stdin;
    Source source = { .name = o->file };
    if (!in || !stream_text(p->arena, in, &source.text)) {
        colour_error(stderr);
        fprintf(stderr, "cannot read %.*s\n", STR_ARGS(o->file.n ? o->file : STR("standard input")));
        return EXIT_UNREADABLE;
    }
    if (o->file.n)
        fclose(in);
    return batch_run(p->env, o, &p->guard, &source, quit);
}

static ExitStatus batch(Program *p)
{
    const Options *o = p->options;
    ExitStatus status = EXIT_FINE;
    bool quit = false;
    for (size_t i = 0; i < o->expressions && !quit; i++) {
        Source source = { .text = o->expression[i] };
        ExitStatus s = batch_run(p->env, o, &p->guard, &source, &quit);
        status = s ? s : status;
    }
    if (!quit && (o->file.n || !o->expressions)) {
        ExitStatus s = stream_run(p, &quit);
        status = s ? s : status;
    }
    return status;
}

static bool cannot_write(Str file)
{
    int why = errno;
    colour_error(stderr);
    fprintf(stderr, "cannot write %.*s: %s\n", STR_ARGS(file), strerror(why));
    return false;
}

static bool pages_open(Program *p)
{
    const Options *o = p->options;
    p->guard.transcript = o->transcript.n ? transcript_open(p->arena, o->transcript.s) : NULL;
    if (o->transcript.n && !p->guard.transcript)
        return cannot_write(o->transcript);
    return export_open(p->arena, p->env, o, &p->guard.export) || cannot_write(o->html);
}

static bool pages_close(Program *p)
{
    bool fine = !p->guard.export || export_close(p->guard.export) || cannot_write(p->options->html);
    if (p->guard.transcript && fclose(p->guard.transcript) != 0)
        fine = cannot_write(p->options->transcript);
    return fine;
}

static ExitStatus run(const Options *o, Arena *a, const Builtin *const *tables, Prompt *prompt)
{
    bool  talk = prompt && !o->expressions && !o->file.n && !o->json && isatty(STDIN_FILENO) && (isatty(STDOUT_FILENO) || isatty(STDERR_FILENO));
    if (!talk && (o->demo.n || o->lesson)) {
        colour_error(stderr);
        fputs("a demo or a lesson needs a terminal\n", stderr);
        return EXIT_USAGE;
    }
    Page *page = page_new();
    if (talk || o->keep_going || o->json || o->timeout > 0)
        supervise(page);
    memory_watch();
    if (o->memory || talk)
        memory_limit(o->memory ? o->memory : memory_default());
    watch_install(page, talk);
    Program p = { o, a, env_new(tables), { .page = page, .seconds = o->timeout, .mode = { .prompt = talk, .sandbox = o->sandbox } } };
    session_configure(p.env, o);
    ExitStatus status = !pages_open(&p) ? EXIT_UNREADABLE : talk ? prompt(p.env, o, &p.guard) : batch(&p);
    if (!pages_close(&p) && !status)
        status = EXIT_EVALUATION;
    env_delete(p.env);
    page->finished = true;
    return status;
}

int program_run(int argc, char **argv, const Builtin *const *tables, Prompt *prompt)
{
    setlocale(LC_CTYPE, "");
    Arena *a = arena_new();
    Options o;
    Str message, hint;
    ExitStatus status = EXIT_FINE;
    if (!options_read(a, argc, argv, &o, &message, &hint)) {
        colour_error(stderr);
        fprintf(stderr, "%.*s\n", STR_ARGS(message));
        if (hint.n)
            fprintf(stderr, "hint: %.*s\n", STR_ARGS(hint));
        status = EXIT_USAGE;
    } else if (o.help) {
        printf("%.*s", STR_ARGS(options_help(a)));
    } else if (o.version) {
        puts("nabla " NABLA_VERSION);
    } else {
        status = run(&o, a, tables, prompt);
    }
    arena_delete(a);
    if (fflush(stdout) && !status)
        status = EXIT_EVALUATION;
    return status;
}
