/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The mathematical functions: one row each in functions.def, which is expanded here and by symbolic/.
 * Numeric columns evaluate on balls; text columns (derivatives, domain) are read by the symbolic layer. */
#ifndef NUMERIC_FUNCTION_H
#define NUMERIC_FUNCTION_H

#include "numeric/ball.h"

#include <stdbool.h>

typedef enum Parity { PARITY_NONE, PARITY_EVEN, PARITY_ODD } Parity;

#define FN(name, ...) FN_##name,
typedef enum FnId {
#include "numeric/functions.def"
    FN_COUNT
} FnId;
#undef FN

/* Evaluates on real balls u[0..n-1]. Outside the real domain, or when a ball straddles its edge, the result is not finite. */
typedef void (*RealKernel)(arb_t r, arb_srcptr u, slong n, slong prec);
/* Principal value on complex balls, continuous from above on cuts of log and sqrt (as Arb). */
typedef void (*ComplexKernel)(acb_t r, acb_srcptr u, slong n, slong prec);

/* Are these real arguments proved to lie outside the real domain? */
typedef bool (*Outside)(arb_srcptr u);

typedef struct FnRow {
    FnId          id;
    const char   *name;
    int           min_args, max_args;       /* max_args -1: any number */
    Parity        parity;                   /* in its only argument */
    const char   *derivative;               /* one rule per argument separated by ';', in u, v, w; "" none known */
    const char   *domain;                   /* a relation in u, v where it is real and defined; "" everywhere */
    const char   *latex;
    const char   *help;
    RealKernel    real;
    ComplexKernel complex;                  /* NULL: real arguments only */
    Outside       outside;                  /* NULL: real everywhere */
} FnRow;

extern const FnRow fn_rows[FN_COUNT];

const FnRow *fn_find(Str name);             /* NULL if there is none */

typedef enum CallStatus { CALL_OK, CALL_IMPRECISE, CALL_POLE, CALL_DOMAIN } CallStatus;

/* The function on complex balls. Real arguments (imaginary part exactly 0) go through the real kernel first and leave
 * the reals only when an argument is proved to be outside the real domain. IMPRECISE: the balls are too wide to tell. */
CallStatus fn_eval(acb_t r, const FnRow *fn, acb_srcptr u, slong n, slong prec);

#endif
