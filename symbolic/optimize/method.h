/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Methods of minimization as values: an update rule or a method with a line search, and its hyperparameters. A rule is a few
 * assignments in nabla's own language, as typed, that act on one coordinate; compiled, its lanes are the parameters. */
#ifndef SYMBOLIC_OPTIMIZE_METHOD_H
#define SYMBOLIC_OPTIMIZE_METHOD_H

#include "base/builtin.h"
#include "numeric/clip.h"
#include "numeric/update.h"
#include "symbolic/expr/expr.h"

typedef struct RuleText RuleText;

/* A block is a vector or matrix among the variables, or the numbers between two of them; a vector is a matrix with one column. */
typedef enum RuleLength { LENGTH_ONE, LENGTH_ROWS, LENGTH_COLUMNS } RuleLength;
typedef struct RuleSize { RuleLength rows, cols; } RuleSize;           /* of a value of a rule: a number, or as large as x, or a matrix beside it */

/* What a rule asks for that is no arithmetic on one coordinate: gradients elsewhere, matrix products. Its arguments are expressions, its
 * result is a name in the expressions behind it. */
typedef struct RulePart {
    UpdateKind  kind;
    size_t      args;
    const Expr *arg[2], *number;                /* number: of a root */
    RuleSize    arg_size[2], size;
    const Expr *result;
} RulePart;

/* optimizer momentum(lr: 0.01, beta: 0.9) { v = beta*v + g; x = x - lr*v } */
typedef struct Rule {
    Str          name, text;                    /* text: as it was written */
    const RuleText *row;                        /* NULL: a user's own */
    size_t       hypers, states;
    const Str   *hyper, *state;                 /* names */
    const Expr **hyper_symbol, **fallback;      /* defaults: numbers */
    const Expr **state_symbol, **start;         /* starts may use x and hyperparameters */
    const Expr  *start_of_x;                    /* of a schedule that remembers; else NULL */
    const RuleSize *state_size;
    const Expr  *x, *g, *t;                     /* symbols; x, g and states vary along the axis of the parameters */
    const Expr  *rows, *columns;                /* of a block */
    size_t       parts, start_parts, parts_room;        /* start_parts: those that the starts need */
    RulePart    *part;
    bool         by_block, matrices;            /* it sees a block as a whole: by sums; by matrix products */
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
    Example     example[2];
} MethodRow;

extern const MethodRow method_rows[];           /* ended by a row without name */

/* The rules of optimizers.def: the text of a definition, the ranges of its numbers, the libraries whose form it is, its source, and what is
 * known about a quadratic with the curvatures mu = v to L = u: the rate from which on it diverges, and the best one; w is the momentum.
 * Empty: nothing simple. A dialect is the form of a library where it is another one, with what is different. */
struct RuleText { const char *name, *text, *range, *libraries, *cite, *limit, *best, *dialect, *difference; };
extern const RuleText rule_texts[], dialect_texts[];
/* The schedules of schedules.def: definitions of functions of t, "cosine(r, T: 100) = ...", and those that remember: rules whose x is the
 * rate. A dialect is the form of a library; NULL: the usual one. */
typedef struct ScheduleText { const char *name, *text, *help, *dialect; } ScheduleText;
typedef struct MemoryText { const char *name, *text, *help; } MemoryText;
extern const ScheduleText schedule_texts[];
extern const MemoryText memory_texts[];

struct Method {
    const Rule      *rule;                      /* NULL: row */
    const MethodRow *row;
    const Expr     **value;                     /* per hyperparameter: a number, or an expression in t */
    const Str       *given;                     /* per hyperparameter: as printed; empty: the default */
    const Expr      *t;                         /* what t = 0, 1, ... means in these expressions */
    ClipKind         clip;                      /* of the gradient before a step of a rule */
    Str              bound_text;
    const Expr      *bound, *slack;             /* slack: added to a norm; NULL: nothing */
    const Rule      *memory;                    /* a schedule that remembers: its x is a symbol in them. NULL: none */
};

/* The symbol of a value of this size in rules. */
const Expr *rule_symbol(Pool *p, Str name, RuleSize size);
/* The sum over the parameters of a block, for norm(g) and dot(g, m) in rules. */
const Expr *rule_sum(Pool *p, const Expr *e);
/* The size of an expression in rules. */
RuleSize    rule_size(const Expr *e);
bool        rule_size_equal(RuleSize a, RuleSize b);
bool        rule_size_is_one(RuleSize s);
const char *rule_size_text(RuleSize s);                                /* "rows x columns" */
extern const RuleSize rule_size_of_x;

Str         method_name(const Method *m);
size_t      method_hypers(const Method *m);
Str         method_hyper_name(const Method *m, size_t i);
const Method    *method_of_row(Pool *p, Arena *a, const MethodRow *row);   /* with its defaults */
const MethodRow *method_row(Str name);                                 /* NULL: there is none */
Str         method_text(Arena *a, const Method *m);                    /* adam(lr: 0.1) */
long        method_hyper(const Method *m, Str name);                   /* its number; -1: there is none */
/* clip_value, clip_norm, clip_global_norm; CLIP_NOTHING: another word. */
ClipKind    clip_named(Str name);
/* Is it a number from 0, as a bound must be? */
bool        clip_bound(Pool *p, Arena *a, const Expr *e);
/* In schedules: the rate that the method would have. */
const Expr *rate_base(Pool *p);
/* The value of a hyperparameter with this default by what is behind lr: (a record of value, t, text, memory). m learns what t means and what is remembered. */
const Expr *method_rate(Pool *p, Method *m, const Expr *fallback, const Record *rate);
/* The n values, expressions in t and (memory, or NULL) in x, as a schedule in the format. False with pool_error(). */
bool        schedule_make(Pool *p, Arena *a, const Expr *const *value, size_t n, const Expr *t, const Rule *memory, const Format *f, Schedule *out);
/* What the objective must offer: OBJECTIVE_HESSIAN, OBJECTIVE_PRODUCT. */
unsigned    method_extras(const Method *m);
/* The method at work on o, whose x holds the start. False with pool_error(). */
bool        method_stepper(Pool *p, Arena *a, const Method *m, Objective *o, Stepper *out);
Method     *method_keep(Pool *line, Arena *a, const Method *m);        /* a copy in the parent pool and the arena */

#endif
