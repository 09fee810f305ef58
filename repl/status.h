/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The line that tells about a long statement while it runs, on terminals. */
#ifndef REPL_STATUS_H
#define REPL_STATUS_H

#include "repl/page.h"

void status_begin(Page *page);      /* a statement begins */
void status_end(void);              /* it is over: the line is gone */
void status_pause(void);            /* before something is printed meanwhile */
void status_resume(void);           /* after that */
void status_erase(Page *page);      /* of a session that died */

#endif
