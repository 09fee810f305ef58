/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the files of the compiler share: where the value of a node lies, and how an instruction is added. */
#ifndef SYMBOLIC_COMPILE_INT_H
#define SYMBOLIC_COMPILE_INT_H

#include "base/vec.h"
#include "symbolic/compile.h"
#include "symbolic/memo.h"

/* While a tape is made, a temporary of lanes is a view of this bank whose `off` numbers it; slots are assigned at the end. */
enum { BANK_TEMPORARY = 255, BANK_PARTIAL = 254, MOST_BANKS = 250, MOST_PASSES = 16 };

typedef struct Place {              /* of a node's value */
    bool     lane;                  /* varies over lanes */
    unsigned level;                 /* reductions over lanes below it on the longest path */
    unsigned uses;
    int      pass;                  /* in which `view` was made; -1: not yet. A uniform value stays for all passes */
    bool     is_input;
    bool     summed;                /* by a sum over rows */
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
    const Expr *one, *axis;
    VEC(size_t) columns;
} Compiler;

Place *place_of_node(Compiler *c, const Expr *e);
View   constant_view(Compiler *c, const Expr *e);                       /* of a number or constant */
bool   view_is_uniform(View v);
/* d = op(a, b, c) in a fresh temporary: uniform if all operands are. Unused operands repeat a. */
View   emit(Compiler *c, TapeOp op, FnId fn, unsigned arity, View a, View b, View third);
View   emit2(Compiler *c, TapeOp op, View a, View b);
View   emit1(Compiler *c, TapeOp op, View a);

/* compile_node.c: the instructions of one node whose arguments have their views. False with pool_error(). */
bool   compile_node(Compiler *c, const Expr *e, View *out);
View   view_of(Compiler *c, const Expr *argument);                      /* of an argument made before */

#endif
