/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Products and sums of several expressions, written so that what they have in common is worked out once. */
#ifndef SYMBOLIC_TAPE_SHARE_H
#define SYMBOLIC_TAPE_SHARE_H

#include "symbolic/expr/expr.h"

/* Replaces the n roots by expressions of the same values in which flat products and sums share their common parts as products within
 * products, sums within sums: cheaper to run, but no longer canonical, so for tapes and counts only. Nodes as typed stay as they are.
 * False with pool_error(). */
bool   expr_share(Pool *p, const Expr **root, size_t n);

/* The arguments of all operations that the n roots are made of: what one evaluation costs. */
size_t expr_cost_of_run(Pool *p, Arena *scratch, const Expr *const *root, size_t n);

#endif
