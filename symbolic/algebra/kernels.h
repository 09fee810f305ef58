/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Rational functions over kernels: the bridge between expressions and FLINT's multivariate polynomials.
 * A region is what sums, products and integer powers make of its kernels; a kernel (x, sin(x), 2^(1/2), exp(x/3), x^y) is a
 * generator. Powers of one base share a generator with a common denominator, exp(2x) is exp(x)^2, 6^(1/2) is
 * 2^(1/2)*3^(1/2). Relations (i^2 = -1, r^q = base, sin^2 = 1 - cos^2) are applied by kernels_reduce. */
#ifndef SYMBOLIC_ALGEBRA_KERNELS_H
#define SYMBOLIC_ALGEBRA_KERNELS_H

#include "symbolic/expr/memo.h"

#include <flint/flint.h>
#if __FLINT_RELEASE >= 30000
#include <flint/fmpz_mpoly_q.h>
#else
#include <calcium/fmpz_mpoly_q.h>
#endif

typedef enum KernelMode {
    KERNELS_EXPAND,                 /* 1/u is a kernel: denominators stay as they are */
    KERNELS_FRACTION,               /* denominators are polynomials */
    KERNELS_PROOF,                  /* and tan is sin/cos, sin^2 is 1 - cos^2, ... */
    KERNELS_SINE                    /* the same with cos^2 = 1 - sin^2 */
} KernelMode;

typedef enum GeneratorKind { GENERATOR_PLAIN, GENERATOR_EXP, GENERATOR_POWER } GeneratorKind;

typedef struct Generator {          /* the expression key, exp(rest)^(1/den) or base^(rest/den) */
    GeneratorKind kind;
    const Expr   *key, *base, *rest;
    slong         den;
    slong         root;             /* generator^root = relation; 0: free */
    const Expr   *relation;
} Generator;

typedef struct Kernels {
    Pool              *pool;
    Arena             *arena;       /* its own */
    KernelMode         mode;
    const Memo        *rebuilt;     /* what kernels stand for in the result, or NULL: themselves */
    bool               failed;      /* a budget or should_stop() */
    size_t             n, room;
    Generator         *generator;
    Memo               index;       /* key -> Generator number + 1 */
    Memo               value;       /* node -> fmpz_mpoly_q_struct */
    size_t             nodes;
    const Expr       **node;        /* of the region, arguments first */
    fmpz_mpoly_ctx_t   ctx;
    bool               open;        /* ctx and the values are initialized */
} Kernels;

/* Is e a sum, product or integer power of scalars, through which a region extends? */
bool        kernels_inside(const Expr *e, KernelMode mode);
/* The values of the region of root[0..n-1]. After a failure (k->failed) only kernels_clear may follow. */
void        kernels_init(Kernels *k, Pool *p, const Expr *const *root, size_t n, KernelMode mode, const Memo *rebuilt);
void        kernels_clear(Kernels *k);
fmpz_mpoly_q_struct *kernels_value(const Kernels *k, const Expr *e);
/* Replaces q by its remainder modulo the relations of the generators. */
void        kernels_reduce(Kernels *k, fmpz_mpoly_q_t q);
const Expr *kernels_poly(Kernels *k, const fmpz_mpoly_t a);          /* back to an expression */
const Expr *kernels_fraction(Kernels *k, const fmpz_mpoly_q_t q);
slong       kernels_find(const Kernels *k, const Expr *key);         /* the generator that is key itself, or -1 */

#endif
