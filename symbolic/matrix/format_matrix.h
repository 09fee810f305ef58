/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the commands share that run an algorithm on matrices in a number format. */
#ifndef SYMBOLIC_MATRIX_FORMAT_MATRIX_H
#define SYMBOLIC_MATRIX_FORMAT_MATRIX_H

#include "numeric/factor.h"
#include "symbolic/matrix/decompose.h"

#if __FLINT_RELEASE >= 30000
#include <flint/arb_mat.h>
#else
#include <arb_mat.h>
#endif

enum { FORMAT_MOST_ROWS = 200 };

typedef struct FormatMatrix {
    Call         *c;
    int           arg;              /* which argument it was, for messages */
    const Format *f;
    size_t        rows, cols;
    void         *at, *by_columns;  /* the matrix, scaled by 2^-scale */
    slong         scale;
    arb_mat_t     exact;            /* the same; cleared by format_matrix_finish() */
} FormatMatrix;

/* False after a failure, with nothing to clear. */
bool        format_matrix_init(FormatMatrix *s, Call *c, int arg, const Expr *m, const Format *f, bool scaled);
/* Lanes as a matrix of exact balls, which is initialised. */
void        format_matrix_arb(const FormatMatrix *s, arb_mat_t out, const void *lanes, size_t rows, size_t cols, bool by_columns);
const Expr *format_matrix_lane(const FormatMatrix *s, const void *lane);
/* Lanes as a literal; scaled ones get their power of two back, in the format. */
const Expr *format_matrix_expr(const FormatMatrix *s, void *lanes, size_t rows, size_t cols, bool by_columns, bool scaled);

/* ---- errors ---- */

slong       format_matrix_bits(const FormatMatrix *s);                       /* the precision in which errors are measured */
const Expr *format_matrix_norm(const FormatMatrix *s, const arb_mat_t d, const arb_mat_t by);     /* |d| / |by|, by Frobenius; by NULL: |d| */
const Expr *format_matrix_residual(const FormatMatrix *s, arb_mat_t product);                     /* |A - product| / |A|; destroys the product */
const Expr *format_matrix_orthogonality(const FormatMatrix *s, const arb_mat_t q);                /* |Q^T*Q - 1| of the columns */
/* The report of factors with their errors: "how in FORMAT: |A - product|/|A| = error". NULL after a failure. */
Report     *format_matrix_finish(FormatMatrix *s, const Factors *f, const char *command, const char *how, const char *product, const Expr *error, const Expr *const *orthogonal, size_t n);

#endif
