/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Schedules at work: one run of the tape per step, then what it remembers goes back to its inputs. */
#include "numeric/schedule.h"

/* Either both formats are the same, or one of them is fp64. */
static void convert(const Format *to, void *x, const Format *from, const void *y)
{
    if (from->family == FAMILY_MPFR && to->family == FAMILY_MPFR)
        format_copy(to, x, y, 1);
    else
        format_set_double(to, x, format_get_double(from, y), NULL);
}

bool schedule_run(Schedule *s, size_t t, const Format *of, const void *f)
{
    format_set_double(s->format, machine_input(s->machine, 0), (double)t, NULL);
    convert(s->format, machine_input(s->machine, 1), of, f);
    if (!machine_run(s->machine, 1))
        return false;
    for (size_t k = 0; k < s->memories; k++)
        format_copy(s->format, machine_input(s->machine, 2 + k), machine_output(s->machine, s->numbers + k), 1);
    return true;
}

const void *schedule_number(const Schedule *s, size_t i)
{
    return machine_output(s->machine, i);
}

void schedule_copy(const Schedule *s, size_t i, const Format *f, void *lane)
{
    convert(f, lane, s->format, schedule_number(s, i));
}
