/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Vectors of lanes in any format: the few operations that solvers with control flow need, through the kernels of the format.
 * Every operation named is rounded on its own, as on a tape. */
#ifndef NUMERIC_VECTOR_H
#define NUMERIC_VECTOR_H

#include "numeric/tape.h"

typedef struct Operand {            /* lanes one behind the other, or one number for all of them */
    const void *at;
    bool        spread;
} Operand;

static inline Operand one(const void *x)  { return (Operand){ x, true }; }
static inline Operand many(const void *x) { return (Operand){ x, false }; }

/* d = op(a, b, c) for n lanes: COPY NEG ADD SUB MUL DIV MULADD (c + a*b) MULSUB (c - a*b) SQRT. Unused operands repeat a. */
void   vector_op(const Format *f, TapeOp op, void *d, Operand a, Operand b, Operand c, size_t n);
/* d = the sum of a*b over n lanes, added in order. */
void   vector_dot(const Format *f, void *d, const void *a, const void *b, size_t n);
/* The Euclidean norm as a double, without overflow on the way; NaN or infinite if a lane is. */
double vector_norm(const Format *f, const void *a, size_t n);
/* The binary logarithm of that norm and of the absolute value of one lane: numbers of 1000 digits may be smaller than any double. Of 0: -oo. */
double vector_norm_log2(const Format *f, const void *a, size_t n);
double vector_log2(const Format *f, const void *lane);
int    vector_sign(const Format *f, const void *lane);             /* -1, 0, 1; of NaN 0 */
/* d = y + s*x and d = -x for n lanes; s is one number. */
void   vector_add_scaled(const Format *f, void *d, const void *s, const void *x, const void *y, size_t n);
void   vector_negate(const Format *f, void *d, const void *x, size_t n);
/* d = op(a, b) for one lane. */
void   vector_scalar(const Format *f, TapeOp op, void *d, const void *a, const void *b);
/* a/b of two lanes as a double, also where both are outside of its range. */
double vector_ratio(const Format *f, const void *a, const void *b);
/* The first lane that is infinite or NaN; n: all are finite. */
size_t vector_not_finite(const Format *f, const void *a, size_t n);
/* Solves H d = b by Gaussian elimination with partial pivoting; destroys H (n x n, row by row) and b. False: a pivot is 0 or no number. */
bool   vector_solve(const Format *f, void *h, void *b, void *d, size_t n);

#endif
