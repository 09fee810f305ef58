/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the exact factorizations of matrices and those in a number format share. */
#ifndef SYMBOLIC_DECOMPOSE_H
#define SYMBOLIC_DECOMPOSE_H

#include "base/report.h"
#include "numeric/format.h"
#include "symbolic/echelon.h"

enum { MOST_FACTORS = 4 };

typedef struct Factors {            /* the result under construction */
    size_t      n;
    const char *name[MOST_FACTORS];
    const Expr *at[MOST_FACTORS];
} Factors;

void    factors_add(Factors *s, const char *name, const Expr *e);
/* One line per factor; the value is a record of them. */
Report *factors_report(Call *c, const Factors *s, const char *command);

/* The factorizations of a matrix of numbers by the algorithms of numeric/factor.h. */
Value   format_lu(Call *c, const Expr *m, const Format *f);
Value   format_qr(Call *c, const Expr *m, const Format *f);
Value   format_cholesky(Call *c, const Expr *m, const Format *f);
Value   format_svd(Call *c, const Expr *m, const Format *f);

#endif
