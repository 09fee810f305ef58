/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Better forms of an expression over a box: a beam search by identities and algebra, judged by measured errors. */
#ifndef SYMBOLIC_STABILITY_STABILIZE_H
#define SYMBOLIC_STABILITY_STABILIZE_H

#include "symbolic/stability/identity.h"
#include "symbolic/stability/samples.h"

typedef enum MoveKind { MOVE_INPUT, MOVE_IDENTITY, MOVE_ALGEBRA, MOVE_SERIES, MOVE_REGIME } MoveKind;

typedef struct Candidate {
    const Expr *e;
    size_t      parent, other;      /* what it was made of; other: the second branch of a regime */
    MoveKind    kind;
    size_t      row;                /* IDENTITY */
    const char *name;               /* ALGEBRA */
    const Expr *before, *after;     /* the node that was rewritten */
    Operations  ops;
    Errors      errors;
    double     *bits;               /* at every sample; NULL: recomputed when needed */
    double      rank;               /* smaller is better */
    size_t      cost;               /* operations */
    bool        expanded, refused;
    Str         note;               /* SERIES: what bounds its remainder */
} Candidate;

typedef struct Search {
    Pool       *pool;
    Arena      *arena;
    const Box  *box;
    const Format *format;           /* in which errors are measured */
    Samples     samples;
    Samples     more;               /* numbers of fp64, where forms are compared too if the format has few numbers; no points for fp64 itself */
    Identities *rows;
    size_t      n, room;
    Candidate  *at;                 /* the input first */
    size_t      best;
    size_t      work;               /* operations of all candidates: what bounds the search, on every machine alike */
} Search;

/* Searches and chooses; s->best is the input where nothing is better. False with pool_error(). */
bool   stabilize(Pool *p, Arena *a, const Expr *e, const Box *box, const Format *f, Search *out);

/* ---- between the files of the search ------------------------------------------------------------------------------------------------ */

/* Adds e unless it is there already, too long, or no real expression; its place, or SIZE_MAX. */
size_t search_add(Search *s, const Expr *e, Candidate how);
void   search_regimes(Search *s);                       /* stable_regime.c: two good candidates, each where it is better */
void   search_series(Search *s);                        /* stable_series.c: series with a proved remainder near a point */
void   search_differences(Search *s);                   /* stable_difference.c: f(a) - f(b) by derivatives half-way, with a proved remainder */
/* stable_series.c: the node of the input as `form` where size < radius, else as it was or by the best other forms; everywhere: as form alone. */
void   search_branch(Search *s, const Expr *node, const Expr *form, const Expr *size, double radius, bool everywhere, Candidate how);
/* Half a bit of gain, and worse than the input by no more than tolerance on either sampling. */
bool   search_worth(const Search *s, const Candidate *c, double tolerance);
/* Does the candidate have the value of the input at all samples, in balls? *log2_difference: of the largest relative difference. */
bool   search_verify(const Search *s, const Candidate *c, double *log2_difference);
slong  search_bits(const Search *s);                    /* of those balls at most */

#endif
