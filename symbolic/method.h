/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Methods of minimization as values: an update rule or a method with a line search, and its hyperparameters. A rule is a few
 * assignments in nabla's own language, as typed, that act on one coordinate; compiled, its lanes are the parameters. */
#ifndef SYMBOLIC_METHOD_H
#define SYMBOLIC_METHOD_H

#include "base/builtin.h"
#include "numeric/minimize.h"
#include "symbolic/expr.h"

typedef struct RuleText RuleText;

/* optimizer momentum(lr: 0.01, beta: 0.9) { v = beta*v + g; x = x - lr*v } */
typedef struct Rule {
    Str          name, text;                    /* text: as it was written */
    const RuleText *row;                        /* NULL: a user's own */
    size_t       hypers, states;
    const Str   *hyper, *state;                 /* names */
    const Expr **hyper_symbol, **fallback;      /* defaults: numbers */
    const Expr **state_symbol, **start;         /* starts may use x and hyperparameters */
    const Expr  *x, *g, *t;                     /* symbols; x, g and states vary along the axis of the parameters */
    const Expr **update;                        /* x, then the states */
} Rule;

/* An option of a method in C: a number, or one of several words, which stands for its place among them. */
typedef struct RowOption {
    const char *name;
    double      fallback, least, most;
    const char *words;                          /* "armijo wolfe"; NULL: a number */
} RowOption;

enum { MOST_ROW_OPTIONS = 4 };
enum { NEEDS_HESSIAN = 1, NEEDS_PRODUCT = 2, NEEDS_RESIDUALS = 4, NEEDS_BATCHES = 8, TAKES_BATCHES = 16 };

/* A method with control flow, in C. A row with the name of a rule takes over where one of its options is given: gd(search: armijo). */
typedef struct MethodRow {
    const char *name, *help, *cite;
    unsigned    needs;
    Stepper   (*make)(Arena *a, const Objective *o, const MethodOptions *option);
    RowOption   option[MOST_ROW_OPTIONS + 1];
    Example     example[1];
} MethodRow;

extern const MethodRow method_rows[];           /* ended by a row without name */

/* The rules of optimizers.def: the texts of their definitions, each with its source, and what is known about a quadratic with the curvatures
 * mu = v to L = u: the rate from which on it diverges, and the best one; w is the momentum. Empty: nothing simple. */
struct RuleText { const char *name, *text, *cite, *limit, *best; };
extern const RuleText rule_texts[];
/* The schedules of schedules.def: definitions of functions of t, "cosine(lr, steps: 100) = ..." */
typedef struct ScheduleText { const char *name, *text, *help; } ScheduleText;
extern const ScheduleText schedule_texts[];

struct Method {
    const Rule      *rule;                      /* NULL: row */
    const MethodRow *row;
    const Expr     **value;                     /* per hyperparameter: a number, or an expression in t */
    const Str       *given;                     /* per hyperparameter: as printed; empty: the default */
    const Expr      *t;                         /* what t = 0, 1, ... means in these expressions */
};

/* The symbol of a coordinate of the parameters, in rules. */
const Expr *rule_symbol(Pool *p, Str name);
/* The sum over all parameters, for norm(g) and dot(g, m) in rules. */
const Expr *rule_sum(Pool *p, const Expr *e);

Str         method_name(const Method *m);
size_t      method_hypers(const Method *m);
Str         method_hyper_name(const Method *m, size_t i);
const Method    *method_of_row(Pool *p, Arena *a, const MethodRow *row);   /* with its defaults */
const MethodRow *method_row(Str name);                                 /* NULL: there is none */
Str         method_text(Arena *a, const Method *m);                    /* adam(lr: 0.1) */
long        method_hyper(const Method *m, Str name);                   /* its number; -1: there is none */
/* The method at work on o, whose x holds the start. False with pool_error(). */
bool        method_stepper(Pool *p, Arena *a, const Method *m, Objective *o, Stepper *out);
Method     *method_keep(Pool *line, Arena *a, const Method *m);        /* a copy in the parent pool and the arena */

#endif
