/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Expressions: an immutable, interned graph over exact numbers, symbols and elementary functions.
 *
 * Equal content is the same pointer within a pool. Every argument has a smaller id than its node, so the reachable nodes
 * sorted by id are in topological order and a walk is a loop (expr_nodes). Only constructors make nodes, and they do the
 * cheap, always-true simplifications; nothing that depends on assumptions belongs there. NULL passes through every
 * constructor like NaN, so formulas are written without checks and the caller tests once; pool_error() tells why.
 *
 * A pool may have a parent: nodes of the parent are found and shared, new ones go to the child. The session owns one
 * pool, each line a child of it; what survives a line is copied upwards by expr_promote().
 *
 * A shape is (rows, columns, axis): NULL is the scalar 1 x 1 without axis. The axis says over which index a value
 * varies (the rows of a data set); a value without axis is uniform. */
#ifndef SYMBOLIC_EXPR_EXPR_H
#define SYMBOLIC_EXPR_EXPR_H

#include "base/map.h"
#include "base/value.h"
#include "numeric/function.h"

#include <flint/flint.h>
#include <flint/fmpq.h>

typedef enum ExprKind {
    EXPR_NUMBER,        /* exact rational: number */
    EXPR_BALL,          /* a real or complex number known to some digits: ball */
    EXPR_CONSTANT,      /* constant */
    EXPR_SYMBOL,        /* name */
    EXPR_ADD,           /* sum; canonical: at least two terms, sorted, the number first */
    EXPR_MUL,           /* product; canonical: at least two factors, sorted, the number first */
    EXPR_POW,           /* base, exponent */
    EXPR_CALL,          /* fn: a row of functions.def */
    EXPR_UNKNOWN,       /* unknown function or a partial derivative of it: name, order[i] per argument */
    EXPR_PIECEWISE,     /* condition, value, condition, value, ..., value otherwise */
    EXPR_RELATION,      /* relop; left, right */
    EXPR_AND, EXPR_OR, EXPR_NOT,
    EXPR_TENSOR,        /* literal: the entries row by row; shape gives rows and columns. A vector is n x 1 */
    EXPR_MATMUL,        /* product of two tensors that are not both literals; 1 x 1 is a number */
    EXPR_MATRIX,        /* matrix_op of its arguments: A^T, trace(A), ones(n); matrix.h */
    EXPR_ORDER,         /* O(x^5): the order term of a series */
    EXPR_AXIS,          /* the rows of a table, as an index: axis; stands in shapes and below the next three */
    EXPR_COLUMN,        /* column.index of a table; arg[0] is its axis, along which the value varies */
    EXPR_COUNT,         /* how many rows the run takes of arg[0], an axis */
    EXPR_OVER,          /* arg[1] summed over the axis arg[0]: the only reduction over samples */
    EXPR_SUB, EXPR_DIV, EXPR_NEG     /* only in expressions as typed */
} ExprKind;

typedef enum Constant {
    CONSTANT_PI, CONSTANT_E, CONSTANT_EULER, CONSTANT_I, CONSTANT_OO, CONSTANT_UNDEFINED, CONSTANT_TRUE, CONSTANT_FALSE
} Constant;

typedef enum Relop { REL_EQ, REL_NE, REL_LT, REL_LE, REL_GT, REL_GE } Relop;

typedef struct Shape {              /* interned: equal shapes of one pool are the same pointer */
    const Expr *rows, *cols;        /* integers or symbols; never NULL */
    const Expr *axis;               /* EXPR_AXIS or NULL */
} Shape;

typedef struct SymbolSet SymbolSet; /* the symbols that occur in a node; symbols.c */

enum {                              /* Expr.flags, derived from the arguments */
    EXPR_HAS_SYMBOL  = 1,           /* a symbol or unknown function occurs */
    EXPR_HAS_BALL    = 2,
    EXPR_HAS_INFINITE = 4,          /* oo or undefined occurs */
    EXPR_HAS_ORDER   = 8,
    EXPR_HAS_I       = 32,          /* the imaginary unit, or a power of a negative number, occurs */
    EXPR_HAS_TENSOR  = 64,          /* a vector or matrix occurs; the expression itself may be a number */
    EXPR_AS_TYPED    = 16,          /* made by an as-typed constructor, or has an argument that was */
    EXPR_REAL        = 128,         /* surely real for real symbols, where it is defined (real.c) */
    EXPR_NONNEGATIVE = 256          /* and surely not negative */
};

struct Expr {
    uint64_t     hash;              /* of the content, never of an address */
    uint32_t     id;                /* dense; larger than the ids of all arguments */
    uint16_t     kind, flags;
    uint32_t     arity;
    const Shape *shape;             /* NULL: scalar, uniform */
    const SymbolSet *symbols;       /* NULL: none, or too many to list */
    union {
        fmpq          number;       /* EXPR_NUMBER */
        const struct Ball *ball;    /* EXPR_BALL; numeric/ball.h */
        Constant      constant;
        Relop         relop;
        int           matrix_op;    /* EXPR_MATRIX: MatrixOp */
        Str           name;         /* EXPR_SYMBOL */
        const FnRow  *fn;           /* EXPR_CALL */
        struct { Str name; const Data *data; } axis;
        struct { Str name; size_t index; } column;
        struct { Str name; const uint32_t *order; } unknown;   /* arity orders */
    };
    const Expr  *arg[];
};

/* ---- pools ---------------------------------------------------------------------------------------------------- */

/* How the text rows of this layer (derivative rules, identities) are read: evaluates text with u, v, w bound to
 * arg[0..n-1], canonically, into the pool. parser/ installs it; it caches the parsed text. */
typedef const Expr *(*ReadRule)(void *context, Pool *p, const char *text, const Expr *const *arg, size_t n, bool typed);

Pool       *pool_new(Pool *parent);                /* parent NULL: a session's pool */
Pool       *pool_renew(Pool *p);                    /* an empty child of the same parent in p's memory, instead of p */
void        pool_delete(Pool *p);
void        pool_set_reader(Pool *p, ReadRule read, void *context);     /* inherited by children */
const Expr *pool_read(Pool *p, const char *text, const Expr *const *arg, size_t n);
const Expr *pool_read_typed(Pool *p, const char *text, const Expr *const *arg, size_t n);     /* as typed; u, v, w, s */
/* What is assumed about a symbol: a relation or an AND of them, NULL: nothing. parser/ installs it; only zero.h and what rests on it
 * ask, for a node means the same under all assumptions. */
typedef const Expr *(*FactOf)(void *context, Str name, bool *integer);
void        pool_set_facts(Pool *p, FactOf fact, void *context);        /* inherited by children */
const Expr *pool_fact(const Pool *p, const Expr *symbol, bool *integer);
/* Where tapes that are compiled from expressions of the pool count their runs (numeric/tape_work.h); NULL: nowhere. Inherited by children. */
struct TapeWork;
void        pool_set_work(Pool *p, struct TapeWork *work);
struct TapeWork *pool_work(const Pool *p);
Arena      *pool_arena(Pool *p);                   /* lives as long as the pool */
Arena      *pool_scratch(Pool *p);                 /* for the inside of one function, between arena_mark and arena_release */
size_t      pool_size(const Pool *p);              /* ids are below this */
size_t      pool_set_budget(Pool *p, size_t nodes); /* beyond so many nodes constructors fail; returns the old limit */
/* While it is on, constructors leave a product within a product and a sum within a sum as they are, unless something combines: so that
 * derivatives for tapes stay linear in size. Returns what it was. */
bool        pool_set_nested(Pool *p, bool nested);
/* While it is on, sums and dot products that are typed stay one node, for formats whose accumulators are others. Returns what it was. */
bool        pool_set_whole_sums(Pool *p, bool whole);
bool        pool_whole_sums(const Pool *p);
const Expr *pool_fail(Pool *p, const char *format, ...) __attribute__((format(printf, 2, 3)));  /* NULL; first one stays */
Str         pool_error(const Pool *p);             /* why a constructor returned NULL; empty if none did */
void        pool_clear_error(Pool *p);             /* whoever goes on after a NULL must call this */
size_t      pool_failures(const Pool *p);          /* counts every pool_fail: tells "failed" from "nothing to do" */

/* The same expression in the line's parent pool. */
const Expr *expr_promote(Pool *line, const Expr *e);

/* ---- canonical constructors (build.c) ------------------------------------------------------------------------- */

const Expr *expr_int(Pool *p, slong n);
const Expr *expr_ratio(Pool *p, slong n, slong d);                  /* d not 0 */
const Expr *expr_fmpz(Pool *p, const fmpz_t n);
const Expr *expr_fmpq(Pool *p, const fmpq_t q);                     /* canonical q; copied */
const Expr *expr_constant(Pool *p, Constant c);
const Expr *expr_symbol(Pool *p, Str name);
const Expr *expr_symbol_shaped(Pool *p, Str name, const Shape *shape);
const Expr *expr_fresh(Pool *p, const Expr *like);                  /* a new symbol that prints as `like` but is no other */
/* A new symbol that stands for positive numbers; proofs replace symbols of known range by it. */
const Expr *expr_positive(Pool *p, const Expr *like);
bool        expr_is_positive_symbol(const Expr *e);
const Expr *expr_whole(Pool *p, const Expr *like);                  /* the same for whole numbers */
bool        expr_is_whole_symbol(const Expr *e);
const Expr *expr_symmetric(Pool *p, const Expr *x);                 /* the symbol of a square matrix, symmetric from now on: not fresh */
bool        expr_is_symmetric_symbol(const Expr *e);
const Expr *expr_add(Pool *p, const Expr *a, const Expr *b);
const Expr *expr_sub(Pool *p, const Expr *a, const Expr *b);
const Expr *expr_neg(Pool *p, const Expr *a);
const Expr *expr_mul(Pool *p, const Expr *a, const Expr *b);
const Expr *expr_div(Pool *p, const Expr *a, const Expr *b);        /* fails on an exact zero b */
const Expr *expr_pow(Pool *p, const Expr *a, const Expr *b);
const Expr *expr_powi(Pool *p, const Expr *a, slong n);
const Expr *expr_sum(Pool *p, const Expr *const *term, size_t n);   /* a long sum in one call: near-linear */
const Expr *expr_product(Pool *p, const Expr *const *factor, size_t n);
const Expr *expr_call(Pool *p, const FnRow *fn, const Expr *const *arg, size_t n);
const Expr *expr_call1(Pool *p, FnId fn, const Expr *u);
const Expr *expr_call2(Pool *p, FnId fn, const Expr *u, const Expr *v);
/* A name that ends in UNKNOWN_BARE prints without its arguments, as in the calculus of variations: y'' + y = 0. */
#define UNKNOWN_BARE '\002'
const Expr *expr_unknown(Pool *p, Str name, const uint32_t *order, const Expr *const *arg, size_t n);
const Expr *expr_piecewise(Pool *p, const Expr *const *arg, size_t n);  /* n odd; decided conditions are resolved */
const Expr *expr_relation(Pool *p, Relop op, const Expr *a, const Expr *b);  /* never decided here; see zero.h */
const Expr *expr_logic(Pool *p, ExprKind kind, const Expr *const *arg, size_t n);   /* AND, OR, NOT */
const Expr *expr_truth(Pool *p, bool yes);
const Expr *expr_tensor(Pool *p, size_t rows, size_t cols, const Expr *const *entry);
const Expr *expr_order(Pool *p, const Expr *term);
const Expr *expr_ball(Pool *p, const struct Ball *ball);             /* copied */
const Expr *expr_axis(Pool *p, Str name, const Data *data);         /* the pool keeps the table (NULL: lanes of a run); name: how it prints */
const Expr *expr_column(Pool *p, const Expr *axis, size_t index);
const Expr *expr_count(Pool *p, const Expr *axis);
const Expr *expr_over(Pool *p, const Expr *axis, const Expr *e);    /* uniform factors leave the sum; without axis: count*e */
const Shape *shape_new(Pool *p, const Expr *rows, const Expr *cols, const Expr *axis);

/* Remake a node of canonical kind with other arguments through its constructor. */
const Expr *expr_remake(Pool *p, const Expr *e, const Expr *const *arg);

/* ---- as typed (typed.c): keep subtraction, division, order and literals, fold nothing -------------------------- */

const Expr *typed_node(Pool *p, ExprKind kind, const Expr *const *arg, size_t n);   /* ADD SUB NEG MUL DIV POW */
const Expr *typed_call(Pool *p, const FnRow *fn, const Expr *const *arg, size_t n);
const Expr *typed_matmul(Pool *p, const Expr *a, const Expr *b);
const Expr *typed_matrix_op(Pool *p, int op, const Expr *a);                        /* a MatrixOp of one tensor */
/* From the left, one operation after the other; one node where pool_whole_sums(). n > 0. */
const Expr *typed_total(Pool *p, const Expr *const *term, size_t n);
const Expr *typed_dot(Pool *p, const Expr *const *u, const Expr *const *v, size_t n);
const Expr *typed_fill(Pool *p, const Expr *c, const Shape *shape);
const Expr *typed_remake(Pool *p, const Expr *e, const Expr *const *arg);           /* e with other arguments, as typed */
const Expr *expr_canonical(Pool *p, const Expr *e);                 /* rebuilds with the canonical constructors */

/* ---- inspection ------------------------------------------------------------------------------------------------ */

static inline bool expr_is_number(const Expr *e)  { return e->kind == EXPR_NUMBER; }                              /* exact rational */
static inline bool expr_is_integer(const Expr *e) { return e->kind == EXPR_NUMBER && fmpz_is_one(fmpq_denref(&e->number)); }
static inline bool expr_is_zero(const Expr *e)    { return e->kind == EXPR_NUMBER && fmpq_is_zero(&e->number); }  /* for mathematics see zero.h */
static inline bool expr_is_one(const Expr *e)     { return e->kind == EXPR_NUMBER && fmpq_is_one(&e->number); }
static inline bool expr_is_constant(const Expr *e, Constant c) { return e->kind == EXPR_CONSTANT && e->constant == c; }
static inline bool expr_is_call(const Expr *e, FnId fn)        { return e->kind == EXPR_CALL && e->fn->id == fn; }
static inline bool expr_is_truth(const Expr *e)                 /* a condition, or a truth value */
{
    return e->kind == EXPR_RELATION || e->kind == EXPR_AND || e->kind == EXPR_OR || e->kind == EXPR_NOT
        || expr_is_constant(e, CONSTANT_TRUE) || expr_is_constant(e, CONSTANT_FALSE);
}
static inline bool expr_is_numeric(const Expr *e) { return !(e->flags & EXPR_HAS_SYMBOL); }     /* a constant, perhaps a tensor of them */
static inline int  expr_number_sign(const Expr *e)   { return fmpq_sgn(&e->number); }           /* of an EXPR_NUMBER: -1, 0, 1 */
static inline const fmpq *expr_number(const Expr *e) { return &e->number; }                     /* its value, as an fmpq_t argument */
bool        expr_is_int(const Expr *e, slong n);
bool        expr_fits_slong(const Expr *e, slong *n);               /* an integer that fits */
size_t      expr_rows(const Expr *e), expr_cols(const Expr *e);     /* of a shape with concrete sizes; 1 for a scalar */
bool        expr_is_scalar(const Expr *e);                          /* 1 x 1 */
bool        expr_depends(Pool *p, const Expr *e, const Expr *symbol);
/* Splits a product into its rational coefficient and the rest (1 if it is a number). */
const Expr *expr_split_coefficient(Pool *p, const Expr *e, const Expr **rest);

/* The nodes reachable from the n roots, each once, arguments first. Allocated in scratch. */
typedef struct Nodes { size_t n; const Expr **at; } Nodes;
Nodes       expr_nodes(Pool *p, Arena *scratch, const Expr *const *root, size_t n);
/* The free symbols (kind SYMBOL) of e, ordered by the user's first use. */
Nodes       expr_symbols(Pool *p, Arena *scratch, const Expr *e);
size_t      expr_size(Pool *p, const Expr *e);                      /* reachable nodes */

/* The literal of the symbols x[1], x[2], ... or A[1, 1], ... for a vector or matrix that is called `name`; of a symmetric symbol's name:
 * the lower triangle, twice. */
const Expr *expr_entries(Pool *p, Str name, size_t rows, size_t cols);
/* The name of a symbol as it is printed: what tells fresh ones apart is left out. */
Str         expr_plain_name(const Expr *symbol);

/* Simultaneous substitution of from[i] (symbols or any nodes) by to[i]. */
const Expr *expr_subst(Pool *p, const Expr *e, const Expr *const *from, const Expr *const *to, size_t n);

/* Content order: total, the same in every run; used by the canonical constructors. */
int         expr_cmp(const Expr *a, const Expr *b);
/* Display order of terms: by degree, then name, then the user's first use. */
int         expr_display_cmp(Pool *p, const Expr *a, const Expr *b);
int         expr_constant_cmp(const Expr *a, const Expr *b);          /* of expressions without symbols, the same in every session */

#endif
