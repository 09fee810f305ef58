/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The interrupt flag. Ctrl-C and the time limit raise it; long loops poll should_stop() and return what they have.
 * The one piece of file-scope mutable state below repl/: a signal handler has nowhere else to write. */
#ifndef BASE_INTERRUPT_H
#define BASE_INTERRUPT_H

#include <stdbool.h>

typedef enum StopCause { STOP_NONE, STOP_CTRL_C, STOP_TIME, STOP_MEMORY } StopCause;

void      interrupt_raise(StopCause cause);        /* async-signal-safe */
void      interrupt_clear(void);
StopCause interrupt_cause(void);
bool      should_stop(void);                       /* cheap; true once raised, and notes that somebody polled */
unsigned  interrupt_polls(void);                   /* polls answered "stop" since the flag was raised */
_Noreturn void memory_exhausted(void);             /* raises STOP_MEMORY and aborts: an allocation failed */

#endif
