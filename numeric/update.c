/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One step of an update rule: the hyperparameters of this step, then part by part, at last the tapes of x and the states. */
#include "numeric/update.h"

#include "numeric/low_precision.h"
#include "numeric/vector.h"

static bool set_hypers(Update *u, const Objective *o, size_t k)
{
    const Format *f = o->format;
    bool          fine = true;
    format_set_double(f, format_at(f, u->hyper, u->hypers), (double)k, NULL);
    if (u->schedule.machine) {
        fine = schedule_run(&u->schedule, k - 1, f, o->f);
        for (size_t i = 0; i < u->schedule.numbers; i++)
            schedule_copy(&u->schedule, i, f, format_at(f, u->hyper, u->varies[i]));
    }
    for (size_t b = 1; b < u->blocks; b++)
        format_copy(f, u->uniform[b], u->hyper, u->hypers + 1);
    return fine;
}

bool update_tape_run(const UpdateTape *t, const Format *f)
{
    if (t->uniform != t->from)
        format_copy(f, t->uniform, t->from, t->n_uniform);
    if (!machine_run(t->machine, t->lanes))
        return false;
    for (size_t k = 0; k < t->outputs; k++)
        for (size_t l = 0; t->spread[k] && l < t->lanes; l++)
            format_copy(f, format_at(f, t->spread[k], l), machine_output(t->machine, k), 1);
    return true;
}

/* ---- parts that concern all parameters ------------------------------------------------------------------------------------------ */

static bool gradient_at(Update *u, Objective *o, const void *point, void *result)
{
    const Format *f = o->format;
    format_copy(f, u->saved, o->x, u->n);
    format_copy(f, o->x, point, u->n);
    bool fine = objective_gradient(o);
    format_copy(f, result, o->g, u->n);
    format_copy(f, o->x, u->saved, u->n);
    return fine;
}

/* Entry i of the product of the Hessian with the unit vector i. */
static bool diagonal_at(Update *u, Objective *o, const void *point, void *result)
{
    const Format *f = o->format;
    bool          fine = true;
    for (size_t i = 0; i < u->n; i++)
        format_set_double(f, format_at(f, u->free, i), 0, NULL);
    for (size_t i = 0; i < u->n && fine; i++) {
        format_set_double(f, format_at(f, u->free, i), 1, NULL);
        fine = objective_product(o, point, u->free, u->saved);
        format_set_double(f, format_at(f, u->free, i), 0, NULL);
        format_copy(f, format_at(f, result, i), format_at(f, u->saved, i), 1);
    }
    return fine;
}

static bool part_run(Update *u, Objective *o, const UpdatePart *p)
{
    const Format *f = o->format;
    bool          fine = true;
    for (size_t i = 0; i < p->tapes && fine; i++)
        fine = update_tape_run(&p->tape[i], f);
    if (!fine)
        return false;
    switch (p->kind) {
    case UPDATE_GRADIENT: return gradient_at(u, o, p->arg[0][0], p->result[0]);
    case UPDATE_PRODUCT:  return objective_product(o, p->arg[0][0], p->arg[1][0], p->result[0]);
    case UPDATE_DIAGONAL: return diagonal_at(u, o, p->arg[0][0], p->result[0]);
    case UPDATE_VALUE:
        fine = objective_value(o, p->arg[0][0], p->result[0]);
        break;
    case UPDATE_NORM:
        update_norm(f, p->result[0], p->arg[0][0], u->n, u->free);
        break;
    case UPDATE_DOT: case UPDATE_MATMUL: case UPDATE_TRANSPOSE: case UPDATE_ROOT: case UPDATE_IDENTITY: case UPDATE_ONES: case UPDATE_ZEROS:
        for (size_t b = 0; b < u->blocks && fine; b++)
            fine = update_matrix_part(f, p, b);
        return fine;
    }
    for (size_t b = 1; b < u->blocks; b++)
        format_copy(f, p->result[b], p->result[0], 1);
    return fine;
}

static bool is_constant(UpdateKind kind)
{
    return kind == UPDATE_IDENTITY || kind == UPDATE_ONES || kind == UPDATE_ZEROS;
}

bool update_start(Update *u, Objective *o)
{
    bool fine = true;
    for (size_t i = 0; i < u->parts && fine; i++)
        if (i < u->start_parts || is_constant(u->part[i].kind))
            fine = part_run(u, o, &u->part[i]);
    return fine;
}

bool update_step(Update *u, Objective *o, size_t k)
{
    const Format *f = o->format;
    bool          fine = set_hypers(u, o, k);
    if (u->g)
        format_copy(f, u->g, o->g, u->n);
    for (size_t i = 0; i < u->parts && fine; i++)
        if (!is_constant(u->part[i].kind))
            fine = part_run(u, o, &u->part[i]);
    if (fine && o->low && low_precision_skips(o->low))         /* a gradient elsewhere overflowed: nothing is written */
        return true;
    for (size_t i = 0; i < u->tapes && fine; i++)
        fine = update_tape_run(&u->tape[i], f);
    return fine;
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
    return (Stepper){ .step = step, .rate = rate, .state = u, .memories = u->memories, .memory = u->memory };
}
