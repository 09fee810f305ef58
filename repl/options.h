/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The command line: what to run and how to show it. */
#ifndef REPL_OPTIONS_H
#define REPL_OPTIONS_H

#include "base/str.h"

typedef enum ExitStatus { EXIT_FINE = 0, EXIT_EVALUATION = 1, EXIT_USAGE = 2, EXIT_UNREADABLE = 3, EXIT_INTERRUPTED = 130 } ExitStatus;

typedef struct Options {
    bool     json, latex, keep_going, quiet, sandbox, version, help;
    Str      digits, seed;          /* empty: the default of the session */
    Str      demo, transcript, html;      /* names of files; empty: none */
    size_t   lesson;                /* 0: none */
    double   timeout;               /* seconds a statement may take; 0: no limit */
    size_t   memory;                /* bytes beyond what is mapped at the start; 0: the default of the front end */
    Str      file;                  /* empty: none given */
    Str     *expression;            /* the texts of -e, in order */
    size_t   expressions;
} Options;

/* Returns false after a usage error; *message is then one sentence, *hint may be empty. */
bool options_read(Arena *a, int argc, char **argv, Options *o, Str *message, Str *hint);

typedef enum OptionKind { OPTION_FLAG, OPTION_SETTING, OPTION_SECONDS, OPTION_SIZE, OPTION_NUMBER, OPTION_TEXT, OPTION_TEXTS } OptionKind;

typedef struct OptionRow {          /* for --help, the manual page and the completions of shells */
    const char *name;
    char        letter;             /* 0: has none */
    OptionKind  kind;
    const char *value, *help;       /* value: as help shows it; NULL of a flag */
    size_t      member;             /* offset in Options */
} OptionRow;

extern const OptionRow option_rows[];       /* ended by a row without name */
extern const char options_usage[], options_statuses[];
Str  options_help(Arena *a);
Str  option_form(Arena *a, const OptionRow *row);      /* -q, --quiet */

#endif
