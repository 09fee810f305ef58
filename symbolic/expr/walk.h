/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Rebuilding a graph from its leaves up: what one node becomes, given what its arguments became. */
#ifndef SYMBOLIC_EXPR_WALK_H
#define SYMBOLIC_EXPR_WALK_H

#include "symbolic/expr/expr.h"

/* arg[i] is what argument i of the node became. Scratch memory in a, which ends with the walk. NULL: the walk ends, with NULL. */
typedef const Expr *(*NodeMaker)(void *context, Pool *p, Arena *a, const Expr *node, const Expr *const *arg);

/* What e becomes; NULL if e is. Each reachable node is made once, its arguments first. */
const Expr *expr_walk(Pool *p, const Expr *e, NodeMaker make, void *context);
/* Is any argument another one? */
bool        args_differ(const Expr *node, const Expr *const *arg);

#endif
