/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the files that build expressions share: interning, and the rules behind the constructors. */
#ifndef SYMBOLIC_EXPR_EXPR_INT_H
#define SYMBOLIC_EXPR_EXPR_INT_H

#include "symbolic/expr/expr.h"

/* The node with this head (kind, payload, flags beyond the derived ones, shape) and these arguments: found or made.
 * NULL if the budget of nodes is spent. */
const Expr *expr_intern(Pool *p, const Expr *head, const Expr *const *arg, size_t n);
const Expr *expr_node(Pool *p, ExprKind kind, const Shape *shape, const Expr *const *arg, size_t n);

/* A product that begins with a number and has more than two factors, without the number. */
const Expr *product_rest(Pool *p, const Expr *e);
void        product_keep_rest(Pool *p, const Expr *e, const Expr *rest);   /* rest is that of e */

/* r = a*b and r = a + b, where r is a or new: its denominator is 1 if that of a is. Integers need no gcd. */
static inline void rational_mul(fmpq_t r, const fmpq_t a, const fmpq_t b)
{
    if (fmpz_is_one(fmpq_denref(a)) && fmpz_is_one(fmpq_denref(b)))
        fmpz_mul(fmpq_numref(r), fmpq_numref(a), fmpq_numref(b));
    else
        fmpq_mul(r, a, b);
}

static inline void rational_add(fmpq_t r, const fmpq_t a, const fmpq_t b)
{
    if (fmpz_is_one(fmpq_denref(a)) && fmpz_is_one(fmpq_denref(b)))
        fmpz_add(fmpq_numref(r), fmpq_numref(a), fmpq_numref(b));
    else
        fmpq_add(r, a, b);
}

/* A sum under construction, in the scratch arena: sum_done or sum_terms ends it, and what is allocated there in between has to be
 * released again. Terms are a sum that was not made into a node, kept in another arena. */
typedef struct Sum Sum;
typedef struct Terms Terms;
Sum         *sum_new(Pool *p);
void         sum_add(Sum *s, const Expr *e);
void         sum_add_product(Sum *s, const Expr *const *factor, size_t n);
void         sum_add_terms(Sum *s, const Terms *t);
const Expr  *sum_done(Sum *s);
const Terms *sum_terms(Sum *s, Arena *a);           /* NULL: failed */

/* symbols.c: the set of a fresh node from those of its arguments. */
const SymbolSet *symbols_of_node(Pool *p, const Expr *e);
/* real.c: EXPR_REAL and EXPR_NONNEGATIVE of a node with these arguments. */
uint16_t real_flags(const Expr *e, const Expr *const *arg, size_t n);

/* The shape of an entrywise operation on these arguments: scalars broadcast. False (pool_error) if two differ. */
bool shape_common(Pool *p, const Expr *const *arg, size_t n, const Shape **out);

/* Is an argument NULL? If not, *flags are those of all together. */
bool any_null(const Expr *const *arg, size_t n, uint16_t *flags);

enum { ABSORB_LIMIT = 32 };         /* the longest sum or product that an outer one always absorbs */

/* Does a sum or product take the operands of this operand, a sum or product itself, for its own? */
bool pool_absorbs(const Pool *p, const Expr *operand);

/* product.c: the product of ordinary factors (no tensors, balls, order terms, infinities or complex numbers) as coefficient*rest. */
bool product_split(Pool *p, const Expr *const *factor, size_t n, const Expr **coefficient, const Expr **rest);

/* power.c: base^exponent for scalars. */
const Expr *power_rules(Pool *p, const Expr *base, const Expr *exponent);
/* special.c: exact values and always-true rewritings of f(args); NULL if none applies (not a failure). */
const Expr *call_rules(Pool *p, const FnRow *fn, const Expr *const *arg, size_t n);
/* special.c: is -e the shorter form? Used to pull signs out of odd and even functions. */
bool        expr_leads_negative(const Expr *e);
/* Is one of them a vector or matrix? */
bool any_tensor(const Expr *const *arg, size_t n, uint16_t flags);
/* tensor.c: sums, products and powers of tensors. */
const Expr *tensor_sum(Pool *p, const Expr *const *term, size_t n);
const Expr *tensor_product(Pool *p, const Expr *const *factor, size_t n);
const Expr *tensor_power(Pool *p, const Expr *a, const Expr *b);
/* fold.c: replaces a numeric node in which a ball occurs by the ball of its value. */
const Expr *fold_ball(Pool *p, const Expr *e);

#define ARGS(...) ((const Expr *const[]){ __VA_ARGS__ })

#endif
