/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A sleeping copy of the session, which goes on in its place if the session dies. */
#ifndef REPL_SNAPSHOT_H
#define REPL_SNAPSHOT_H

#include "repl/page.h"

/* Replaces the last snapshot by a copy of this moment. Returns true in the session. Returns a second time, false, in the
 * copy if the session died after this call: the copy is the session then, and *loss tells how the other one ended. Without
 * supervisor, or without a process to spare, it returns true and nothing is protected. */
bool snapshot_take(Page *page, Loss *loss);

#endif
