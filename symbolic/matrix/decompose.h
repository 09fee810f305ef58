/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the exact factorizations of matrices and those in a number format share. */
#ifndef SYMBOLIC_MATRIX_DECOMPOSE_H
#define SYMBOLIC_MATRIX_DECOMPOSE_H

#include "base/report.h"
#include "numeric/format.h"
#include "symbolic/matrix/echelon.h"

enum { MOST_FACTORS = 4 };

typedef struct Factors {            /* the result under construction */
    size_t      n;
    const char *name[MOST_FACTORS];
    const Expr *at[MOST_FACTORS];
} Factors;

void    factors_add(Factors *s, const char *name, const Expr *e);
/* One line per factor; the value is a record of them. */
Report *factors_report(Call *c, const Factors *s, const char *command);
/* The matrix P with P*A = the rows row[0], row[1], ... of A. */
const Expr *permutation_expr(Pool *p, Arena *a, const size_t *row, size_t n);
/* The format of that option, else fp64. */
const Format *format_option(Call *c, size_t option, Format *fp64);
/* Is the exact answer short enough? Nothing but a format was asked for, and letters leave no choice. */
bool    wants_exact(const Call *c, size_t option, const Expr *m, size_t most);
/* The singular values of a literal, falling: exact where short, else balls. NULL after a failure. */
const Expr *matrix_singular_values(Call *c, const Expr *m);
/* Argument i as a matrix proved symmetric; fails and gives NULL otherwise. */
const Expr *symmetric_argument(Call *c, int i);

/* The factorizations of a matrix of numbers by the algorithms of numeric/factor.h. */
Value   format_lu(Call *c, const Expr *m, const Format *f);
Value   format_qr(Call *c, const Expr *m, const Format *f);
Value   format_cholesky(Call *c, const Expr *m, const Format *f);
Value   format_svd(Call *c, const Expr *m, const Format *f, bool vectors);
Value   format_ldl(Call *c, const Expr *m, const Format *f);
/* Eigenvalues of a symmetric matrix, with its eigenvectors if wanted. */
Value   format_eigen(Call *c, const Expr *m, const Format *f, bool vectors);

#endif
