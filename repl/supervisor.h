/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Splits the program in two: a supervisor that keeps the process id which the terminal and the shell know, and the session. */
#ifndef REPL_SUPERVISOR_H
#define REPL_SUPERVISOR_H

#include "repl/page.h"

Page *page_new(void);                       /* of a session that nobody supervises */
/* Returns in the session; the supervisor leaves with the session's status. Without a process to spare: false, in the only
 * process, and the session runs unsupervised. */
bool  supervise(Page *page);
/* A session whose supervisor dies gets SIGTERM. */
void  follow_supervisor(const Page *page);

#endif
