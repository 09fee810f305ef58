/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The flag that signal handlers raise and loops poll. */
#include "base/interrupt.h"

#include <signal.h>
#include <stdlib.h>

static volatile sig_atomic_t cause, polls;

void interrupt_raise(StopCause why)
{
    cause = (sig_atomic_t)why;
}

void interrupt_clear(void)
{
    cause = STOP_NONE;
    polls = 0;
}

StopCause interrupt_cause(void)
{
    return (StopCause)cause;
}

bool should_stop(void)
{
    if (cause == STOP_NONE)
        return false;
    polls++;
    return true;
}

unsigned interrupt_polls(void)
{
    return (unsigned)polls;
}

void memory_exhausted(void)
{
    interrupt_raise(STOP_MEMORY);
    abort();
}
