/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where the error of a computed value comes from: one record per operation, and the root cause found by experiment. */
#ifndef SYMBOLIC_STABILITY_ERROR_ANALYSIS_H
#define SYMBOLIC_STABILITY_ERROR_ANALYSIS_H

#include "symbolic/expr/operations.h"

typedef enum NodeFlag {
    FLAG_CANCELLATION = 1,      /* a sum or difference lost bits: see lost */
    FLAG_ABSORPTION = 2,        /* an operand of a sum changed nothing */
    FLAG_OVERFLOW = 4, FLAG_UNDERFLOW = 8, FLAG_INVALID = 16, FLAG_EXACT = 32, FLAG_DATA = 64   /* a literal or input that was rounded */
} NodeFlag;

typedef struct NodeError {
    const void *computed;       /* lane of the format */
    arb_t       truth;
    double      local, inherited;   /* errors of this operation alone and of its operands, in ulps of the true value */
    double      condition[3];   /* |x f'/f| per operand, at the true values; NaN: unknown */
    double      share;          /* of the final error, from 0 to 1: |d result/d node| * local error, normalised */
    double      bits;           /* of error of the computed value */
    double      cured;          /* bits of error of the result if this node had its true value */
    double      lost;           /* bits by cancellation */
    unsigned    flags;
} NodeError;

typedef struct ErrorAnalysis {
    Operations   ops;
    const Format *format;
    NodeError   *node;
    double       bits;          /* of error of the result */
    double       ulps;          /* the same in units of the last place of the true value; infinite without a finite value */
    size_t       cause;         /* the node whose true value removes most of the error; n: there is no error to speak of */
    size_t       fault;         /* the first node that left the range of the format below it; n: none */
    slong        precision;     /* of the true values */
} ErrorAnalysis;

/* At the exact point x. Lives in the arena; false where the true value is not a number or could not be decided. */
bool error_analysis(Pool *p, Arena *a, const Expr *e, const Expr *const *variable, const Expr *const *x, size_t n, const Format *f, ErrorAnalysis *out);

/* log2(1 + |computed - truth| in ulps of the format at the truth); the bits of the format where one of them is not finite and the other is. */
double error_bits(const Format *f, const void *computed, const arb_t truth);
double error_ulps(const Format *f, const void *computed, const arb_t truth);

#endif
