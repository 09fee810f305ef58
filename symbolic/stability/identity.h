/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The rows of identities.def, applied to one node of a typed expression. */
#ifndef SYMBOLIC_STABILITY_IDENTITY_H
#define SYMBOLIC_STABILITY_IDENTITY_H

#include "base/vec.h"
#include "symbolic/expr/expr.h"

typedef struct Identities Identities;   /* the rows, read once, and what they made of each node */

typedef struct Rewriting { const Expr *to; size_t row; } Rewriting;
typedef struct Rewritings { size_t n, room; Rewriting *at; } Rewritings;

Identities       *identities_new(Pool *p, Arena *a);
/* What the rows make of e itself (not of what lies inside), tidied; each result once. */
const Rewritings *identities_apply(Identities *r, const Expr *e);
const char       *identity_pattern(size_t row);
const char       *identity_replacement(size_t row);
size_t            identity_count(void);

#endif
