/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The lines of former sessions. */
#ifndef REPL_HISTORY_H
#define REPL_HISTORY_H

#include "base/str.h"

/* The file: $NABLA_HISTORY, else nabla/history in $XDG_STATE_HOME or ~/.local/state, made if it does not exist. Empty if there is no place. */
Str  history_path(Arena *a);
void history_open(Str path);
/* Remembers an entry, in the file at once. Entries that are empty, begin with a blank or repeat the last one are not recorded. */
void history_remember(Str path, Str entry);

#endif
