/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Methods with control flow, in any format: each makes a Stepper for an objective, with its memory in the arena. Options are numbers in the
 * order of the row in symbolic/optimize/method_rows.c; an option that is a word stands for its place in the list of words here. */
#ifndef NUMERIC_METHODS_H
#define NUMERIC_METHODS_H

#include "numeric/line_search.h"

/* descent.c */
#define DESCENT_WORDS "armijo wolfe exact bb1 bb2"
Stepper descent_stepper(Arena *a, const Objective *o, const MethodOptions *option);        /* search; lr: the first trial; memory */
Stepper backtracking_stepper(Arena *a, const Objective *o, const MethodOptions *option);   /* the first trial is twice the last step */
Stepper coordinate_stepper(Arena *a, const Objective *o, const MethodOptions *option);

/* conjugate_gradient.c */
#define CG_WORDS "hz pr fr"
Stepper cg_stepper(Arena *a, const Objective *o, const MethodOptions *option);             /* form; search; restart */

/* quasi_newton.c */
Stepper bfgs_stepper(Arena *a, const Objective *o, const MethodOptions *option);           /* search; scale */
Stepper lbfgs_stepper(Arena *a, const Objective *o, const MethodOptions *option);          /* memory; search */

/* newton.c: the objective has a Hessian, or products with it */
#define NEWTON_WORDS "damped pure modified"
Stepper newton_stepper(Arena *a, const Objective *o, const MethodOptions *option);         /* form */
Stepper newton_cg_stepper(Arena *a, const Objective *o, const MethodOptions *option);

/* trust_region.c */
#define TRUST_WORDS "exact dogleg cg"
Stepper trust_region_stepper(Arena *a, const Objective *o, const MethodOptions *option);   /* model; radius */

/* least_squares.c: the objective has residuals */
#define DAMPING_WORDS "nielsen marquardt"
Stepper gauss_newton_stepper(Arena *a, const Objective *o, const MethodOptions *option);   /* search */
Stepper lm_stepper(Arena *a, const Objective *o, const MethodOptions *option);             /* damping; lambda */

/* nelder_mead.c: values alone */
Stepper nelder_mead_stepper(Arena *a, const Objective *o, const MethodOptions *option);    /* adaptive */

/* averaging.c: lr. The first two work on batches of rows only. */
Stepper svrg_stepper(Arena *a, const Objective *o, const MethodOptions *option);
Stepper saga_stepper(Arena *a, const Objective *o, const MethodOptions *option);
Stepper average_stepper(Arena *a, const Objective *o, const MethodOptions *option);

#endif
