/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Numbers that change with the steps: a tape of t = 0, 1, ..., of the value f after the last step, and of what it remembers itself. Small formats
 * have theirs in fp64, rounded once: a step number above 256 is no bf16 number. */
#ifndef NUMERIC_SCHEDULE_H
#define NUMERIC_SCHEDULE_H

#include "numeric/tape.h"

typedef struct Schedule {
    Machine      *machine;          /* inputs t, f, memory; outputs the numbers, then the memory after this step */
    const Format *format;
    size_t        numbers, memories;
} Schedule;

/* Step t: numbers and memory are worked out; f is a lane of `of`. False when should_stop(). */
bool        schedule_run(Schedule *s, size_t t, const Format *of, const void *f);
const void *schedule_number(const Schedule *s, size_t i);
/* Number i rounded to a format. */
void        schedule_copy(const Schedule *s, size_t i, const Format *f, void *lane);

#endif
