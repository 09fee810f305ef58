/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is measured beside the objective while a run goes on: its value over the rows of a table that is held out, and how many labels are right. */
#ifndef SYMBOLIC_OPTIMIZE_HELD_OUT_H
#define SYMBOLIC_OPTIMIZE_HELD_OUT_H

#include "symbolic/optimize/minimize.h"

enum { MEASURE_TEST, MEASURE_ACCURACY, MEASURE_TEST_ACCURACY, MEASURES };
extern const char *const measure_names[MEASURES];      /* of the columns and values in reports */

typedef struct Labels {             /* the losses of each row under each label, in fp64; machine NULL: not a classification */
    size_t        n, rows;
    Machine      *machine;
    double      **loss;
    const double *label, *value;    /* of each row; the n labels */
} Labels;

typedef struct HeldOut {
    const Problem *q;
    bool           has[MEASURES];
    Objective      test;
    void          *value;           /* a lane */
    Labels         labels[2];       /* of the training table and of the other */
} HeldOut;

/* Reads test: (argument `option`; -1: none) and recognises classification; sets the watch of the options where there is something to watch. The
 * format must outlive the run. False after call_fail. */
bool held_out_read(const Problem *q, int option, const Format *f, MinimizeOptions *options, HeldOut *out);

#endif
