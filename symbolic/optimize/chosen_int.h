/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Private to minimize_chosen.c, look_around.c and smoothing.c: minimize without a method, at work. */
#ifndef SYMBOLIC_OPTIMIZE_CHOSEN_INT_H
#define SYMBOLIC_OPTIMIZE_CHOSEN_INT_H

#include "symbolic/optimize/minimize.h"

enum { MOST_AROUND_VARIABLES = 12 };

typedef struct Chosen {
    const Problem *q;
    Solution      *s;
    ObjectiveCode  code;
    Objective      second;          /* fp64, with the Hessian, to look at curvature */
    bool           has_second, kinks, jumps, small;
    bool           steps_given;
} Chosen;

/* Runs the method of w->s from w->s->o.x. False: it could not be made. */
bool chosen_run(Chosen *w, const MinimizeOptions *options, Minimum *out);
/* Goes on from the point reached by another method, whose result stays if this one finds nothing lower. */
bool chosen_go_on_with(Chosen *w, const char *name);
/* smoothing.c: kinks rounded off, less and less. True if nothing was found, too. */
bool chosen_smooth(Chosen *w);
/* Has the run come to rest? */
bool chosen_settled(const Minimum *m);
/* look_around.c: a start can lie in the wrong valley. With few variables a few more descents cost little. */
bool chosen_look_around(Chosen *w);

#endif
