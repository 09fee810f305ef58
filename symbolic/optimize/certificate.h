/* SPDX-License-Identifier: GPL-3.0-or-later */
/* minimize(..., certify: true) and certify: ranges: the proof that a box holds exactly one critical point, and that it is a minimum. */
#ifndef SYMBOLIC_OPTIMIZE_CERTIFICATE_H
#define SYMBOLIC_OPTIMIZE_CERTIFICATE_H

#include "symbolic/optimize/minimize.h"

typedef struct Certificate {
    bool         wanted, given;     /* given: the box was said, else one is looked for around the point */
    const Expr **low, **high;       /* of each variable */
    bool         proved;
    bool         convex;            /* on the whole box: then the minimum is the lowest value in it */
    bool         everywhere;        /* the box is the whole space */
    Str          why;               /* not proved */
    const Expr **point;             /* proved: an enclosure of the critical point */
} Certificate;

/* Reads the option; absent or false: not wanted. False after call_fail. */
bool certificate_read(const Problem *q, int option, Certificate *out);
/* Is the point, in doubles, in the box that was given? True without one. */
bool certificate_holds(const Problem *q, const Certificate *x, const double *point);
void certificate_find(const Problem *q, const Solution *s, Certificate *x);
/* Has the objective kinks or jumps that enclosures of its derivatives do not show? */
bool problem_is_rough(const Problem *q);
void certificate_report(const Problem *q, const Certificate *x, Report *r);

#endif
