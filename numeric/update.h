/* SPDX-License-Identifier: GPL-3.0-or-later */
/* An update rule bound to a format: tapes whose lanes are the parameters. They read x, the gradient g and the states as columns,
 * hyperparameters and the step number t as uniform values, and write x and the states back in place. Between the tapes of a rule stand
 * parts that are no arithmetic on lanes: gradients at other points, sums, products of matrices. */
#ifndef NUMERIC_UPDATE_H
#define NUMERIC_UPDATE_H

#include "numeric/minimize.h"
#include "numeric/schedule.h"

typedef enum UpdateKind {
    UPDATE_GRADIENT,                /* at a point */
    UPDATE_VALUE,                   /* at a point: one number */
    UPDATE_PRODUCT,                 /* the Hessian at a point, times a vector */
    UPDATE_DIAGONAL,                /* of the Hessian at a point */
    UPDATE_NORM,                    /* over all parameters, without overflow on the way */
    UPDATE_DOT,                     /* over a block */
    UPDATE_MATMUL, UPDATE_TRANSPOSE,
    UPDATE_ROOT,                    /* a symmetric matrix to the power -1/number */
    UPDATE_IDENTITY, UPDATE_ONES, UPDATE_ZEROS
} UpdateKind;

typedef struct UpdateTape {         /* some outputs of a rule, for one block */
    Machine    *machine;
    size_t      lanes, outputs;
    void       *uniform;            /* its uniform inputs: those of its block are copied there before a run */
    const void *from;
    size_t      n_uniform;
    void      **spread;             /* per output: where one number goes, to all lanes; NULL: the machine writes the lanes */
} UpdateTape;

typedef struct UpdateSize { size_t rows, cols; } UpdateSize;

typedef struct UpdatePart {
    UpdateKind  kind;
    size_t      tapes;              /* that work out the arguments */
    UpdateTape *tape;
    size_t      number;             /* of a root */
    void      **arg[2], **result;   /* per block; of what concerns all parameters, that of block 0 begins all of them */
    UpdateSize *size[2];            /* of the arguments, per block; of a constant, size[0] is its own */
} UpdatePart;

typedef struct Update {
    size_t        n, states, hypers, blocks;
    size_t        parts, start_parts;       /* start_parts: done before the first step, and not again if they are constants */
    UpdatePart   *part;
    size_t        tapes;
    UpdateTape   *tape;             /* the last: x and the states */
    void        **uniform;          /* per block: hyperparameters, t, results that are one number, rows and columns */
    void         *hyper;            /* uniform[0] */
    void         *g;                /* a copy of the gradient, for rules that ask for others; NULL: the objective's own is read */
    void         *saved;            /* x meanwhile */
    void         *free;             /* n lanes */
    const void  **memory;           /* per state that has an entry for each parameter, in their order */
    size_t        memories;
    Schedule      schedule;         /* of the hyperparameters that change with the steps */
    const size_t *varies;           /* their places */
    size_t        lr;               /* the number of the rate; hypers: the rule has none */
} Update;

/* Step k = 1, 2, ...: false when should_stop(). */
bool  update_step(Update *u, Objective *o, size_t k);
/* The parts that the starts of states need. */
bool  update_start(Update *u, Objective *o);
bool  update_tape_run(const UpdateTape *t, const Format *f);
/* The rate of the last step; NULL: the rule has none. */
void *update_rate(const Update *u, const Format *f);
Stepper update_stepper(Update *u);

/* update_matrix.c: one part of one block, all of whose arguments are there. False: a root that cannot be found (its result is NaN), or should_stop(). */
bool  update_matrix_part(const Format *f, const UpdatePart *part, size_t block);
void  update_norm(const Format *f, void *d, const void *a, size_t n, void *free);      /* free: n lanes */

#endif
