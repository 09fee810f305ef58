/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Each entry is appended to the file when it is entered: a terminal that is closed loses nothing, and two sessions do not
 * overwrite each other's lines. Time stamps separate entries, so that an entry of several lines comes back as one. */
#include "repl/history.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <readline/history.h>

enum { MOST_ENTRIES = 10000, MODE_FILE = 0600, MODE_FOLDER = 0700 };

static void make_folders(char *path)
{
    for (char *slash = strchr(path + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
        *slash = 0;
        mkdir(path, MODE_FOLDER);
        *slash = '/';
    }
}

Str history_path(Arena *a)
{
    const char *own = getenv("NABLA_HISTORY"), *state = getenv("XDG_STATE_HOME"), *home = getenv("HOME");
    Str path = { 0 };
    if (own)
        path = str_printf(a, "%s", own);
    else if (state && state[0] == '/')
        path = str_printf(a, "%s/nabla/history", state);
    else if (home && home[0] == '/')
        path = str_printf(a, "%s/.local/state/nabla/history", home);
    if (path.n && path.s[0] == '/')
        make_folders((char *)path.s);
    int file = path.n ? open(path.s, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, MODE_FILE) : -1;
    if (file < 0)
        return (Str){ 0 };
    close(file);
    return path;
}

void history_open(Str path)
{
    using_history();
    stifle_history(MOST_ENTRIES);
    history_comment_char = '#';
    history_write_timestamps = 1;
    history_multiline_entries = 1;
    if (path.n && read_history(path.s) == 0 && history_length == MOST_ENTRIES)
        history_truncate_file(path.s, MOST_ENTRIES);
}

void history_remember(Str path, Str entry)
{
    const HIST_ENTRY *last = history_length ? history_get(history_base + history_length - 1) : NULL;
    if (str_trim(entry).n == 0 || entry.s[0] == ' ' || (last && str_is(entry, last->line)))
        return;
    add_history(entry.s);
    if (path.n)
        append_history(1, path.s);
}
