/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Logarithms of sums of exponentials, as tapes compute them. */
#ifndef SYMBOLIC_TAPE_LOG_SUMS_H
#define SYMBOLIC_TAPE_LOG_SUMS_H

#include "symbolic/expr/expr.h"

/* Each root with softplus and logsumexp for log(1 + exp(u)), log(exp(u) + exp(v)). False with pool_error(). */
bool expr_log_sums(Pool *p, const Expr **root, size_t n);

#endif
