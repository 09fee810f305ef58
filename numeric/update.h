/* SPDX-License-Identifier: GPL-3.0-or-later */
/* An update rule bound to a format: a tape whose lanes are the parameters. It reads x, the gradient g and its own states as
 * columns, hyperparameters and the step number t as uniform values, and writes x and the states back in place. */
#ifndef NUMERIC_UPDATE_H
#define NUMERIC_UPDATE_H

#include "numeric/minimize.h"

typedef struct Update {
    Machine      *machine;          /* inputs x, g, states (columns); hyperparameters, t. Outputs x, states */
    size_t        n, states, hypers;
    const bool   *uniform;          /* per output: the rule gives one number for all parameters */
    void         *state;            /* lanes of state k begin at k*n */
    void         *hyper;            /* the hyperparameters, then t */
    Machine      *schedule;         /* input t = 0, 1, ...; outputs the hyperparameters that depend on it. NULL: none does */
    const Format *schedule_format;
    size_t        varying;
    const size_t *varies;           /* their numbers */
    size_t        lr;               /* the number of the rate; hypers: the rule has none */
} Update;

/* Ties the columns to the objective's x and g and to the states. */
void  update_attach(Update *u, Objective *o);
/* Step k = 1, 2, ...: false when should_stop(). */
bool  update_step(Update *u, Objective *o, size_t k);
/* The rate of the last step; NULL: the rule has none. */
void *update_rate(const Update *u, const Format *f);
Stepper update_stepper(Update *u);

#endif
