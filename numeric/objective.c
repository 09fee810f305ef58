/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Objectives: parameters in, numbers out, through the machines of the tapes. The gradient reads its parameters where an update
 * rule writes them, so that a step copies nothing. */
#include "numeric/objective.h"

#include "numeric/low_precision.h"
#include "numeric/vector.h"

Objective objective_new(const Format *f, size_t n, size_t rows, Machine *value, Machine *gradient, Machine *hessian, Machine *product)
{
    return (Objective){ .format = f, .n = n, .rows = rows, .value = value, .gradient = gradient, .hessian = hessian, .product = product,
                        .x = machine_input(gradient, 0), .f = machine_output(gradient, 0), .g = machine_output(gradient, 1), .batch = rows };
}

enum { MACHINES = 5 };

static void each_machine(Objective *o, Machine *out[MACHINES])
{
    out[0] = o->value;
    out[1] = o->gradient;
    out[2] = o->hessian;
    out[3] = o->product;
    out[4] = o->residual;
}

void objective_threads(Objective *o, unsigned threads)
{
    Machine *m[MACHINES];
    each_machine(o, m);
    for (size_t i = 0; i < MACHINES; i++)
        if (m[i])
            machine_threads(m[i], threads);
    if (o->low) {
        objective_threads(o->low->passes, threads);
        if (o->low->truth)
            objective_threads(o->low->truth, threads);
    }
}

void objective_batch(Objective *o, const uint32_t *row, size_t n)
{
    Machine *m[MACHINES];
    each_machine(o, m);
    for (size_t i = 0; i < MACHINES; i++)
        if (m[i])
            machine_rows(m[i], row);
    if (o->low) {
        objective_batch(o->low->passes, row, n);
        if (o->low->truth)
            objective_batch(o->low->truth, row, n);
    }
    o->batch = row ? n : o->rows;
    o->row = row;
    o->evaluated = false;
}

bool objective_value(Objective *o, const void *x, void *f)
{
    o->values++;
    if (o->low)
        return low_precision_value(o->low, o, x, f);
    format_copy(o->format, machine_input(o->value, 0), x, o->n);
    bool fine = machine_run(o->value, o->batch);
    format_copy(o->format, f, machine_output(o->value, 0), 1);
    return fine;
}

bool objective_gradient(Objective *o)
{
    if (o->evaluated) {
        o->evaluated = false;
        return true;
    }
    o->gradients++;
    if (o->low)
        return low_precision_gradient(o->low, o);
    return machine_run(o->gradient, o->batch);
}

static void from_triangle(const Format *f, void *h, const void *triangle, size_t n)
{
    for (size_t i = 0, k = 0; i < n; i++)
        for (size_t j = 0; j <= i; j++, k++) {
            format_copy(f, format_at(f, h, i * n + j), format_at(f, triangle, k), 1);
            format_copy(f, format_at(f, h, j * n + i), format_at(f, triangle, k), 1);
        }
}

/* Rounding may differ on the two sides of the diagonal: the lower one counts. */
static void from_rows(const Format *f, void *h, const void *rows, size_t n)
{
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j <= i; j++) {
            format_copy(f, format_at(f, h, i * n + j), format_at(f, rows, i * n + j), 1);
            format_copy(f, format_at(f, h, j * n + i), format_at(f, rows, i * n + j), 1);
        }
}

bool objective_hessian(Objective *o, const void *x, void *h)
{
    format_copy(o->format, machine_input(o->hessian, 0), x, o->n);
    o->hessians++;
    if (o->hessian_rows) {
        bool done = machine_run(o->hessian, o->n);
        from_rows(o->format, h, o->hessian_rows, o->n);
        return done;
    }
    bool fine = machine_run(o->hessian, o->batch);
    from_triangle(o->format, h, machine_output(o->hessian, 0), o->n);
    return fine;
}

bool objective_residuals(Objective *o, const void **r, const void **jacobian)
{
    format_copy(o->format, machine_input(o->residual, 0), o->x, o->n);
    o->jacobians++;
    bool fine = machine_run(o->residual, o->batch);
    *r = machine_output(o->residual, 0);
    *jacobian = format_at(o->format, *r, o->residuals);
    return fine;
}

bool objective_gauss_newton(Objective *o, void *h)
{
    const Format *f = o->format;
    const void   *r, *jacobian;
    bool          fine = objective_residuals(o, &r, &jacobian);
    if (!o->residuals) {
        from_triangle(f, h, r, o->n);
        return fine;
    }
    for (size_t i = 0; i < o->n; i++)
        for (size_t j = 0; j <= i; j++) {
            void *lane = format_at(f, h, i * o->n + j);
            vector_dot(f, lane, format_at(f, jacobian, i * o->residuals), format_at(f, jacobian, j * o->residuals), o->residuals);
            vector_scalar(f, TAPE_ADD, lane, lane, lane);
            format_copy(f, format_at(f, h, j * o->n + i), lane, 1);
        }
    return fine;
}

bool objective_product(Objective *o, const void *x, const void *v, void *hv)
{
    o->products++;
    if (o->low)
        return low_precision_product(o->low, o, x, v, hv);
    format_copy(o->format, machine_input(o->product, 0), x, o->n);
    format_copy(o->format, format_at(o->format, machine_input(o->product, 0), o->n), v, o->n);      /* inputs lie side by side */
    bool fine = machine_run(o->product, o->batch);
    format_copy(o->format, hv, machine_output(o->product, 0), o->n);
    return fine;
}
