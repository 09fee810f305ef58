/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Proofs that an expression is zero for all values of its symbols where it is defined, and that it has one sign everywhere. */
#ifndef SYMBOLIC_ALGEBRA_PROOF_H
#define SYMBOLIC_ALGEBRA_PROOF_H

#include "symbolic/expr/expr.h"

/* The reason (a literal) if a proof was found; NULL proves nothing. What is assumed about the symbols does not enter. */
const char *proof_of_zero(Pool *p, const Expr *e);
/* 1 or -1: positive or negative for all real values of the symbols where it is defined; 0: not known. */
int         proof_of_sign(Pool *p, const Expr *e);
/* And surely not negative? */
bool        proof_of_nonnegative(Pool *p, const Expr *e);

/* Logarithms, roots and sizes of products split as far as the signs of the factors are known: sqrt(x^2) is abs(x). NULL: a budget. */
const Expr *expr_split_signs(Pool *p, const Expr *e);

/* The values a set of assumptions leaves to the symbols of e, as expressions in positive symbols: e for each piece of them. */
enum { PIECES = 8 };
typedef struct Piece { const Expr *from[16], *to[16]; size_t n; const Expr *e; bool edge; } Piece;
/* How many pieces; 0 if nothing is assumed. edge: a piece where some relation >= is an equality. Not *complete: some assumption
 * is not used, the pieces hold more values than are meant. */
size_t      assumed_pieces(Pool *p, const Expr *e, Piece piece[PIECES], bool *complete);

#endif
