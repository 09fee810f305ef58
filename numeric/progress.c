/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Loops of optimizers and of the language write it, the handler of a timer's signal reads it: so it is a variable of the file, as the flag of
 * base/interrupt.c is. A value that is half old and half new does no harm. */
#include "numeric/progress.h"

static volatile size_t progress_round;
static volatile double progress_value;

void progress_set(size_t round, double value)
{
    progress_round = round;
    progress_value = value;
}

Progress progress_now(void)
{
    return (Progress){ progress_round, progress_value };
}
