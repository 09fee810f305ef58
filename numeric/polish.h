/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Newton's method at higher precision, from a point near a minimum, until the point has all digits of a format. */
#ifndef NUMERIC_POLISH_H
#define NUMERIC_POLISH_H

#include "numeric/objective.h"

typedef struct Polished {
    bool   done;                /* the point has so many bits; false: o->x is as before */
    bool   singular;            /* the Hessian is singular there: convergence was linear */
    size_t steps;
} Polished;

/* Moves o->x, of an objective with a Hessian in a format of at least twice as many bits. */
Polished polish(Arena *a, Objective *o, slong bits);

#endif
