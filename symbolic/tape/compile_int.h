/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the files of the compiler share: where the value of a node lies, and how an instruction is added. */
#ifndef SYMBOLIC_TAPE_COMPILE_INT_H
#define SYMBOLIC_TAPE_COMPILE_INT_H

#include "base/vec.h"
#include "symbolic/expr/memo.h"
#include "symbolic/tape/compile.h"

/* While a tape is made, a temporary of lanes is a view of this bank whose `off` counts rows of BLOCK lanes; slots are assigned at the
 * end. The entries of a uniform vector or matrix lie side by side, row by row, and its view steps over them by rows; a view that does
 * not step is one number, which may stand for a vector of equal entries. */
enum { BANK_TEMPORARY = 255, BANK_PARTIAL = 254, MOST_BANKS = 250, MOST_PASSES = 16 };

typedef struct Place {              /* of a node's value */
    bool     lane;                  /* varies over lanes */
    unsigned level;                 /* reductions over lanes below it on the longest path */
    unsigned uses;
    int      pass;                  /* in which `view` was made; -1: not yet. A uniform value stays for all passes */
    bool     is_input;
    bool     summed;                /* by a sum over rows */
    bool     broadcast;             /* of a sum over rows: one number for all entries */
    uint32_t rows, cols;
    uint32_t products;              /* how many of the uses are matrix products */
    View     view;
} Place;

typedef VEC(Instruction) Code;

typedef struct Compiler {
    Pool  *pool;
    Arena *arena, *scratch;
    Memo   place;                   /* node -> Place */
    Memo   constant;                /* node -> View */
    VEC(TapeConstant) constants;
    Code   uniform[MOST_PASSES], lane[MOST_PASSES];
    unsigned pass;                  /* the one being made */
    uint32_t elements, temporaries, partials;
    uint32_t entries;               /* of the node that is being made */
    Memo   length;                  /* symbol -> uint32_t */
    VEC(uint32_t) first_row;        /* of a row of a temporary: the first row of that temporary */
    const Expr *one, *axis;
    VEC(size_t) columns;
} Compiler;

/* compile_matrix.c */
bool   bind_lengths(Compiler *c, const CompileInput *input, size_t n);  /* what the inputs say about lengths; false with pool_error() */
bool   place_shape(Compiler *c, const Expr *e, Place *p);               /* its rows and columns, as numbers */
const uint32_t *known_length(Compiler *c, const Expr *symbol);
bool   compile_matrix(Compiler *c, const Expr *e, View *out);           /* TENSOR, MATMUL, MATRIX */
View   entries_of(Compiler *c, const Expr *e, View v);                  /* with every entry in its place, also if all are equal */
bool   is_outer(Compiler *c, const Expr *e);                            /* a product of a column and a row that varies over lanes */
View   accumulate_outer(Compiler *c, const Expr *e);
/* A uniform matrix as a product reads it: where it lies and how far apart its rows and columns are. */
typedef struct Matrix { View view; uint32_t rows, cols, row_stride, col_stride; } Matrix;
Matrix matrix_of(Compiler *c, const Expr *e, bool turned);

/* compile_solve.c: linear systems, inverses, determinants */
bool   is_quotient(const Expr *product);                                /* is a factor an inverse, or its transpose? */
bool   compile_quotient(Compiler *c, const Expr *e, View *out);
bool   compile_inverse(Compiler *c, const Expr *e, View *out);
bool   compile_determinant(Compiler *c, const Expr *e, View *out);      /* DET, LOG_DET */

/* compile_slice.c: parts of vectors, and vectors placed among zeros */
bool   compile_index(Compiler *c, const Expr *e, slong *out);           /* a whole number, from the lengths that are known */
bool   compile_part(Compiler *c, const Expr *e, View *out);
bool   compile_indices(Compiler *c, const Expr *e, View *out);
bool   is_placed(Compiler *c, const Expr *term);                        /* is it added in place to the entries it concerns? */
bool   compile_placed(Compiler *c, const Expr *e, View *out);
View   zero_column(Compiler *c, uint32_t rows, bool lane);
View   own_column(Compiler *c, View v, uint32_t rows);                  /* a copy that may be added to */
bool   add_all_placed(Compiler *c, View d, const Expr *const *term, uint32_t n, uint32_t rows);

/* compile_slots.c: temporaries and partial sums get their places in bank 0. */
uint32_t assign_slots(Compiler *c, Code *code, uint32_t slots_off);     /* how many rows of slots are in use at most */
void     place_partials(Code *code, uint32_t partials_off);

Place *place_of_node(Compiler *c, const Expr *e);
View   constant_view(Compiler *c, const Expr *e);                       /* of a number or constant */
bool   view_is_uniform(View v);
/* d = op(a, b, c) in a fresh temporary: uniform if all operands are. Unused operands repeat a. */
View   emit(Compiler *c, TapeOp op, FnId fn, unsigned arity, View a, View b, View third);
View   emit2(Compiler *c, TapeOp op, View a, View b);
View   emit1(Compiler *c, TapeOp op, View a);
View   fresh_uniform(Compiler *c, uint32_t entries);
View   fresh_lanes(Compiler *c, uint32_t rows);
View   entries_as_lanes(View v);                                        /* of a uniform vector or matrix */
View   entry_view(View v, uint32_t k);                                  /* entry k of a vector or matrix */
void   push_instruction(Compiler *c, Instruction i);                    /* to the uniform or the lane part, by its target and operands */

/* compile_node.c: the instructions of one node whose arguments have their views. False with pool_error(). */
bool   compile_node(Compiler *c, const Expr *e, View *out);
View   view_of(Compiler *c, const Expr *argument);                      /* of an argument made before */

#endif
