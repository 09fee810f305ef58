/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the files behind a call of a built-in share: match.c finds the parameter of each argument, binding.c binds variables, call.c
 * converts the arguments and calls. */
#ifndef PARSER_CALL_INT_H
#define PARSER_CALL_INT_H

#include "base/vec.h"
#include "parser/env_int.h"

/* One argument or the default of a parameter, with the parameter it belongs to. */
typedef struct Match { const Param *param; size_t index; const Ast *ast; const Data *table; } Match;

typedef struct Bound {          /* a variable that this call binds */
    Str         name;
    const Expr *symbol;
    bool        open;
    bool        noted;          /* its value comes from the session: the result says so */
    Value       outside;        /* what the name means outside; kind NONE: the variable itself */
} Bound;

typedef struct Matching {
    const Eval      *ev;
    const Ast       *call;
    const Builtin   *builtin;
    const Signature *sig;
    VEC(Match)       match;
    VEC(Bound)       bound;
    const Scope     *scope;     /* with the variables */
    Value            start;     /* what from: gives */
    bool             chosen;    /* the variables are those that the point names: hvp(f, x, v) */
    const Format    *format;    /* of the `using` that the call stands in, where its result is wanted in it; else NULL */
    const Expr      *axis;      /* of the table whose rows the call runs over; NULL: none */
    Call             c;
} Matching;

/* match.c */
bool        match_arguments(Matching *m);                  /* false after a failure */
void        hint_call(const Matching *m);                  /* the call as it should have been */
Str         argument_text(const Eval *ev, const Ast *t);   /* as typed */

/* binding.c */
Value       small_record(Matching *m, size_t n, const char *const *name, const Value *item);
bool        bind_variables(Matching *m);
Value       site_value(Matching *m, const Ast *t);
bool        already_bound(const Matching *m, Str name);
void        push_bound(Matching *m, Bound b, bool hide);
/* The variable that a command that differentiates makes of a name: for a vector or matrix, the literal of its entries x[1], x[2], ... */
const Expr *open_variable(const Matching *m, Str name, Value outside);
const Expr *bound_symbol(const Matching *m, Str name);     /* NULL: not bound by this call */
Value       data_argument(Matching *m, const Match *match);  /* a table, or a record or report that serves as one */
Value       with_columns(Matching *m, Value v);            /* free names in a function's body that are columns */

#endif
