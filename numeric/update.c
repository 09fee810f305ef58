/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One step of an update rule: the hyperparameters of this step, then the tape over all parameters. Schedules of small formats are
 * worked out in fp64 and rounded once: a step number above 256 is no bf16 number. */
#include "numeric/update.h"

void update_attach(Update *u, Objective *o)
{
    const Format *f = o->format;
    machine_column(u->machine, 0, 0, o->x);
    machine_column(u->machine, 1, 0, o->g);
    for (size_t k = 0; k < u->states; k++)
        machine_column(u->machine, 2 + k, 0, format_at(f, u->state, k * u->n));
    for (size_t k = 0; k <= u->states; k++)
        if (!u->uniform[k])
            machine_output_column(u->machine, k, 0, k ? format_at(f, u->state, (k - 1) * u->n) : o->x);
}

static void convert(const Format *to, void *x, const Format *from, const void *y)
{
    if (from->family == FAMILY_MPFR) {
        format_copy(to, x, y, 1);                       /* the same format */
        return;
    }
    format_set_double(to, x, format_get_double(from, y), NULL);
}

static bool set_hypers(Update *u, const Format *f, size_t k)
{
    format_set_double(f, format_at(f, u->hyper, u->hypers), (double)k, NULL);
    if (!u->schedule)
        return true;
    format_set_double(u->schedule_format, machine_input(u->schedule, 0), (double)(k - 1), NULL);
    bool fine = machine_run(u->schedule, 1);
    for (size_t i = 0; i < u->varying; i++)
        convert(f, format_at(f, u->hyper, u->varies[i]), u->schedule_format, machine_output(u->schedule, i));
    return fine;
}

bool update_step(Update *u, Objective *o, size_t k)
{
    const Format *f = o->format;
    if (!set_hypers(u, f, k) || !machine_run(u->machine, u->n))
        return false;
    for (size_t i = 0; i <= u->states; i++)
        for (size_t l = 0; u->uniform[i] && l < u->n; l++)
            format_copy(f, format_at(f, i ? u->state : o->x, (i ? (i - 1) * u->n : 0) + l), machine_output(u->machine, i), 1);
    return true;
}

void *update_rate(const Update *u, const Format *f)
{
    return u->lr < u->hypers ? format_at(f, u->hyper, u->lr) : NULL;
}

static StepResult step(void *state, Objective *o, size_t k)
{
    return update_step(state, o, k) ? STEP_MOVED : STEP_STOPPED;
}

static const void *rate(const void *state, const Format *f)
{
    return update_rate(state, f);
}

Stepper update_stepper(Update *u)
{
    return (Stepper){ .step = step, .rate = rate, .state = u };
}
