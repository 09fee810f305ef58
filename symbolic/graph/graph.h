/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The computational graph of an expression as typed, at a point: what each operation is, its value, its local partial derivatives,
 * and what the two sweeps of the chain rule carry along. The command graph shows it; nothing else differentiates this way. */
#ifndef SYMBOLIC_GRAPH_GRAPH_H
#define SYMBOLIC_GRAPH_GRAPH_H

#include "base/report.h"
#include "numeric/format.h"
#include "symbolic/expr/expr.h"

typedef struct GraphNode GraphNode;

typedef struct GraphEdge {          /* from an operation to an operand that is a node */
    GraphNode  *to;
    const Expr *rule;               /* the partial derivative over labels: cos(x) */
    const Expr *partial;            /* its value; NULL: the operand is constant */
    const Expr *carried;            /* of operations on vectors and matrices: the rule is what is handed on, a formula in this symbol, an
                                     * adjoint or a tangent; NULL: the product with the partial derivative is */
    const Expr *formula;            /* that rule over symbols from[i], which have the values value[i]; NULL: the operation is a literal [u, v], */
    size_t      entry;              /* and the operand is this entry of it */
    const Expr **from, **value;
    size_t      n;
} GraphEdge;

typedef struct GraphUse { const GraphNode *by; const GraphEdge *edge; } GraphUse;

struct GraphNode {
    const Expr *e;                  /* the operation as typed; an input: its symbol */
    const Expr *label;              /* a symbol: v3, or the input itself */
    const Expr *operation;          /* e over labels: v1 + v2 */
    const Expr *plain;              /* the same, canonical; vectors and matrices are graph_stand_in() of their labels. NULL: it has no such form */
    const Expr *value;              /* undefined: nan */
    bool        input, depends;     /* depends: on an input */
    bool        known;              /* of an input: it has a value, else it stays a symbol */
    size_t      index;              /* in Graph.node */
    size_t      order;              /* 1, 2, ... among the operations, in the order of the forward sweep; inputs 0 */
    size_t      back;               /* the same of the reverse sweep; 0: not reached */
    size_t      n, uses;            /* edges down; how often an operation takes it */
    GraphEdge  *edge;
    GraphUse   *use;                /* by whom, the last user first */
    const Expr *adjoint, *tangent;  /* NULL: not swept */
};

typedef struct Graph {
    Pool         *pool;
    Arena        *arena;
    const Format *format;           /* values are those of the format; NULL: exact, of long ones `digits` digits */
    bool          unicode;          /* texts may use characters outside ASCII */
    size_t        digits;
    bool          forward;          /* tangents are swept */
    bool          tensors;          /* a node is a vector or matrix */
    const Expr   *root;
    size_t        n_inputs, n;      /* inputs first, then operations in the order of the forward sweep */
    GraphNode   **node;
    size_t        n_outputs;        /* entries of a vector, else 1 */
    GraphNode   **output;           /* NULL: a constant entry */
    const Expr  **output_value;
    Str           infinity, nan;    /* where the first of them comes from; empty: nowhere */
    Report       *notes;            /* conventions at kinks */
} Graph;

/* The graph of f over the inputs x[i] = at[i] (NULL: no value), with the values of all nodes, and one sweep: adjoints for the weights of
 * the outputs, which users hand down, or (weight NULL) tangents for the direction of the inputs, which are handed up. request: its first
 * four fields. NULL with pool_error(): something is no operation on numbers, it is too large, it was stopped. */
Graph *graph_swept(const Graph *request, const Expr *f, const Expr *const *x, const Expr *const *at, size_t n, const Expr *const *weight,
                   const Expr *const *direction);

/* The label of a node as a symbol of formulas: sizes that are numbers are names. */
const Expr *graph_stand_in(Pool *p, const Expr *label);
/* Arguments of operations, of what the two sweeps compute one after the other: count[0] of the values, [1] with the adjoints, [2] with the tangents
 * of both along a direction, which are a Hessian times it. g: swept in reverse. False: an operation has no rule. */
bool   graph_costs(const Graph *g, size_t count[3]);

/* ---- text (graph_text.c) ------------------------------------------------------------------------------------------- */

/* A value as a table shows it: exact if that is short, else six decimals; more digits for a reader that asks for them. */
Str    graph_value_text(const Graph *g, const Expr *value);
Str    graph_shape_text(const Graph *g, const Expr *e);        /* 2 x 3; empty: a number */
Str    graph_label_text(const Graph *g, const Expr *e);        /* an operation, a rule or a label; long ones are cut */
Str    graph_tree(const Graph *g);               /* from the result down; what is shared stands once */
Str    graph_dot(const Graph *g);                              /* for Graphviz */

#endif
