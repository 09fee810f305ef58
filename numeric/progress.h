/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How far a loop is, for those who watch it from outside: a status line. */
#ifndef NUMERIC_PROGRESS_H
#define NUMERIC_PROGRESS_H

#include <stddef.h>

typedef struct Progress {
    size_t round;                   /* 0: no loop has told yet */
    double value;                   /* NaN: it has none */
} Progress;

void     progress_set(size_t round, double value);
Progress progress_now(void);        /* async-signal-safe */

#endif
