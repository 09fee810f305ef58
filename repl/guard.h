/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A statement as a transaction: whatever happens to it, the session goes on as it was before. */
#ifndef REPL_GUARD_H
#define REPL_GUARD_H

#include "base/interrupt.h"
#include "parser/env.h"
#include "repl/export.h"
#include "repl/page.h"

#include <stdio.h>

typedef struct Guard {
    Page    *page;
    double   seconds;               /* time limit of a statement, 0 for none */
    RunMode  mode;
    Diag     diag;                  /* of an outcome that the guard made */
    StopCause stopped;              /* why the last statement was stopped; STOP_NONE: it was not */
    FILE    *transcript;            /* the page of --transcript; NULL: none */
    Export  *export;                /* the report of the session */
    bool     reported;              /* its outcome has been shown by the process that died */
} Guard;

/* Runs the next statement of the source, at page->next. The outcome of a statement that was stopped, or took its session
 * with it, is RUN_FAILED; its texts live in a. */
Outcome guard_run(Guard *g, Env *env, const Source *source, Arena *a);
/* After the outcome has been shown. A session that was stopped half-way makes way for its snapshot: in that process
 * guard_run() returns again, with g->reported. */
void    guard_done(Guard *g, const Outcome *o);

#endif
