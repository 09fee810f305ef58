/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The page of memory that supervisor, session and snapshot share: who works, who sleeps, where the session is in its
 * source, and why it ended when it ended itself. Written with plain stores by one process at a time. */
#ifndef REPL_PAGE_H
#define REPL_PAGE_H

#include "base/str.h"

#include <signal.h>
#include <sys/types.h>

typedef enum LossCause {
    LOSS_SIGNAL,                    /* nothing was noted: the wait status tells */
    LOSS_CTRL_C, LOSS_TIME, LOSS_MEMORY, LOSS_STACK
} LossCause;

typedef struct Loss {               /* how a session died */
    LossCause cause;
    int       status;               /* as from waitpid */
    bool      reported;             /* the user has been told */
} Loss;

typedef struct Page {
    bool           supervised;      /* a supervisor waits, so snapshots are taken */
    int            wake;            /* a snapshot sleeps on this end of the supervisor's pipe */
    pid_t          supervisor;
    volatile pid_t session, snapshot;
    volatile sig_atomic_t cause;    /* LossCause */
    volatile bool  reported, finished;
    volatile int   status;          /* columns of the status line on the screen; 0: there is none */
    size_t         next;            /* where the next statement of the source begins */
} Page;

#endif
