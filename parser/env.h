/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A session: variables, functions, assumptions, settings, pools, and the evaluator of statements.
 * Nothing here knows a terminal; two sessions can run in one process. */
#ifndef PARSER_ENV_H
#define PARSER_ENV_H

#include "base/builtin.h"
#include "parser/ast.h"
#include "parser/parse.h"

typedef struct Env Env;

/* The tables of built-ins, each ended by a row without signature; the list ends with NULL. */
Env *env_new(const Builtin *const *tables);
void env_delete(Env *env);

typedef enum RunKind {
    RUN_END,            /* nothing is left in the source */
    RUN_DONE,           /* a statement was executed; value and show tell what to print */
    RUN_FAILED,         /* diag tells why; the session is as before the statement */
    RUN_UNFINISHED,     /* the text ends inside a bracket or after an operator; diag has the place */
    RUN_HELP,           /* the user asked for help: topic, search */
    RUN_QUIT
} RunKind;

typedef struct Outcome {
    RunKind     kind;
    Str         input;              /* the statement's text, without terminator and comment */
    Value       value;
    bool        show;               /* does plain text print the value? */
    const Diag *diag;
    Str         topic;              /* RUN_HELP */
    bool        search;             /* ??topic */
    double      seconds;            /* elapsed, if the statement asked for its time; else negative */
    double      processor;          /* seconds of processor time, of all threads, if it did */
    const struct TapeWork *work;    /* what its tapes did (numeric/tape_work.h), if it did */
} Outcome;                          /* all of it lives until the next env_run */

typedef struct RunMode {
    bool prompt;
    bool sandbox;                   /* no include, save, export */
} RunMode;

/* Parses and executes the next statement of the source, at *at, and moves *at behind it. */
Outcome env_run(Env *env, const Source *source, size_t *at, RunMode mode);

/* Called by `export "FILE"`, with the path: writes the session so far and returns a sentence about it; or one that tells why not, with *failed set. */
void env_on_export(Env *env, Str (*export)(void *context, Str path, bool *failed), void *context);

/* Called with the text of each print(...) while a statement runs; default: collected nowhere. */
void env_on_print(Env *env, void (*print)(void *context, Str text), void *context);

Settings   *env_settings(Env *env);
Pool       *env_pool(Env *env);     /* the pool of values of the last outcome */
Arena      *env_line(Env *env);     /* memory that lives until the next env_run */

/* A value in input syntax; the same as people read it, where decimals in are decimals out (0.1 + 0.2 is shown as 0.3, not as
 * 3/10) if they are exact; and the decimals of a number, tensor or list of numbers, or an empty string. *doubt tells what is
 * not proved about them; mostly empty. */
Str         env_value_text(Env *env, Value v, bool unicode);
Str         env_value_shown(Env *env, Value v);
Str         env_value_approx(Env *env, Value v, Str *doubt);
bool        env_value_is_plain(Env *env, Value v);     /* do its decimals say no more than its text? */
bool        env_value_is_approximate(Value v);         /* does it hold rounded digits? */
/* "expr", "number", "bool", "text", "list", "tensor", "report", "data", "none". */
const char *env_value_kind(Env *env, Value v);

/* Names for completion and did-you-mean: user names, functions, built-ins, settings, keywords. In the line's arena. */
typedef enum NameKind { NAME_VARIABLE, NAME_FUNCTION, NAME_BUILTIN, NAME_MATH, NAME_SETTING, NAME_WORD } NameKind;
typedef struct Name { NameKind kind; Str text; } Name;
const char *env_listing(size_t i);                       /* the i-th of what `show` lists: vars, functions, ...; NULL: no more */
bool        env_definition(Env *env, Str name, Buf *b);  /* the user's definitions of the name, one a line; false: none */
size_t      env_names(Env *env, Arena *a, Name **names);
const Builtin *env_builtin(Env *env, Str name);        /* NULL if there is none */
size_t      env_builtins(Env *env, const Builtin *const **rows);   /* all rows in order of their tables */
Str         builtin_name(const Builtin *b);            /* the name at the start of the signature */

#endif
