/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Logarithms of sums of exponentials, as tapes compute them. */
#ifndef SYMBOLIC_TAPE_LOG_SUMS_H
#define SYMBOLIC_TAPE_LOG_SUMS_H

#include "symbolic/expr/expr.h"

/* e with softplus and logsumexp for log(1 + exp(u)), log(exp(u) + exp(v)); NULL: pool_error(). */
const Expr *expr_log_sums(Pool *p, const Expr *e);

#endif
