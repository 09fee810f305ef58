/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the files behind a computational graph share: numbers in the way of graph.c, and operations on vectors and matrices. */
#ifndef SYMBOLIC_GRAPH_GRAPH_INT_H
#define SYMBOLIC_GRAPH_GRAPH_INT_H

#include "symbolic/graph/graph.h"

/* graph.c */
const Expr *graph_number(const Graph *g, const Expr *typed);        /* the value of a typed expression whose leaves are numbers */
const Expr *graph_operand(Pool *p, const Expr *value);              /* a value as the operand of a typed operation */
const Expr *graph_settled(const Graph *g, const Expr *value);       /* long numbers become balls, entry by entry */

/* graph_tensor.c */
/* e, typed or a formula, with to[i] for from[i]: every operation worked out by graph_number, entry by entry. NULL: one of them has no entries. */
const Expr *graph_by_entries(const Graph *g, const Expr *e, const Expr *const *from, const Expr *const *to, size_t n);
/* The rule of the edge to operand i of a node that is a tensor or has one: label[k] and value[k] are those of operand k. */
bool        graph_tensor_rule(const Graph *g, const GraphNode *node, const Expr *const *label, const Expr *const *value, const bool *is_node, size_t i, GraphEdge *edge);
/* The canonical operation e over other operands, whose sizes are names. */
const Expr *graph_remade(Pool *p, const Expr *e, const Expr *const *arg);
/* What the edge makes of the adjoint of its operation or the tangent of its operand. */
const Expr *graph_handed(const Graph *g, const GraphNode *by, const GraphEdge *edge, const Expr *with);

#endif
