/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a compiler makes of a*b + c where it may: one fused operation. */
#ifndef SYMBOLIC_STABILITY_CONTRACT_H
#define SYMBOLIC_STABILITY_CONTRACT_H

#include "numeric/format.h"
#include "symbolic/expr/expr.h"

/* The typed expression e as f runs it: with fma(a, b, c) for a*b + c where f contracts, else e itself. Of two products in a sum the left one is fused.
 * NULL: pool_error(). */
const Expr *expr_contracted(Pool *p, const Expr *e, const Format *f);

#endif
