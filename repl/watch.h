/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Ctrl-C, the time limit and fatal signals while a statement runs. */
#ifndef REPL_WATCH_H
#define REPL_WATCH_H

#include "base/diag.h"
#include "repl/page.h"

/* Installs the handlers, once per program. At a prompt Ctrl-C between statements is left to the line editor; in batch it ends the run. */
void watch_install(Page *page, bool prompt);
/* A statement begins at page->next of the source; seconds is its time limit, 0 for none. */
void watch_begin(const Source *source, double seconds);
/* It is over: nothing ends it from outside any more. The cause stays readable in interrupt_cause(). */
void watch_end(void);

#endif
