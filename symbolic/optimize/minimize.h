/* SPDX-License-Identifier: GPL-3.0-or-later */
/* minimize, maximize and compare: what they share. A problem is the objective, its variables and the start; a run of it has a method,
 * a format and options. */
#ifndef SYMBOLIC_OPTIMIZE_MINIMIZE_H
#define SYMBOLIC_OPTIMIZE_MINIMIZE_H

#include "base/builtin.h"
#include "base/report.h"
#include "symbolic/optimize/method.h"
#include "symbolic/tape/loss_scale.h"

enum { SHOWN_DIGITS = 6, MOST_NEWTON_VARIABLES = 50, MOST_SHOWN_VARIABLES = 6, MOST_NOTES = 6 };

typedef struct Block {              /* a variable as the user sees it */
    Str          name;
    const Expr  *symbol;            /* a number, or a vector or matrix with symbolic sizes; NULL: its entries are variables */
    uint32_t     rows, cols;        /* 0: a number */
    size_t       first;             /* its place among the entries */
} Block;

typedef struct Problem {
    Call        *c;
    const Expr  *f;                 /* to be minimized: the negative of what maximize is given */
    size_t       n;
    const Expr **var, **start;      /* numbers: the entries of vectors and matrices are x[1], x[2], ... */
    size_t       blocks;
    struct Block *block;
    const Expr  *entries;           /* f with all entries written out; f itself if there is no vector of unknown length */
    bool         by_name;           /* results are records; else numbers and vectors */
    bool         maximize;
    const Expr  *axis;              /* of the table f runs over; NULL: none */
} Problem;

typedef struct Solution {
    const Method *method;
    const Format *format;
    MinimizeOptions options;
    Objective     o;
    Minimum       m;
    const char   *why;              /* the method was chosen: the reason; NULL: it was given */
    Str           chain;            /* "lm, trust_region": several methods, one after the other; empty: one */
    const Expr  **exact;            /* the point in exact numbers, which are proved; NULL: lanes */
    const Expr   *exact_value;
    bool          lowest;           /* the objective is never negative, and it is exactly 0 there */
    bool          polished;         /* all digits of the point are right */
    const char   *kind;             /* minimum, maximum (certified), saddle, degenerate; NULL: not looked at */
    Str           note[MOST_NOTES];
    size_t        notes;
    LowPrecision *low;              /* formats by role, loss scaling; NULL: one format */
    const struct Certificate *certificate;      /* certificate.h; NULL: not asked for */
    const struct HeldOut *beside;   /* held_out.h; NULL: nothing is measured beside the objective */
    bool          in_full;          /* the trace shows what the method remembers */
} Solution;

/* Reads objective, variables and start from arguments of a call: f, variables (or -1), from. False after call_fail. */
bool          problem_read(Call *c, int f, int variables, int from, bool maximize, Problem *out);
/* Runs the method from the start. False after call_fail. */
bool          problem_solve(const Problem *q, Solution *s, unsigned threads);
/* The same in fp64 from another start, with the tapes of a run of the same method. */
bool          problem_solve_again(const Problem *q, const Objective *o, const double *start, Solution *s);
/* Reads steps, tol, batch, epochs, seed, shuffle of a call at these arguments (-1: not an argument). */
typedef struct OptionPlaces { int steps, tol, batch, epochs, seed, shuffle; } OptionPlaces;
bool          run_options_read(const Problem *q, OptionPlaces at, bool newton, const Format *f, MinimizeOptions *out);

/* minimize_chosen.c: the same with a method that suits the objective, and what follows it. */
bool          problem_solve_chosen(const Problem *q, Solution *s, unsigned threads, bool steps_given);
bool          problem_is_small(const Problem *q);             /* few enough variables for the Hessian */
void          solution_note(Solution *s, Str text);
const Expr   *solution_coordinate(const Problem *q, const Solution *s, size_t i, size_t digits);

/* The value of f or a coordinate as an expression, with so many digits at most. */
const Expr   *solution_number(const Problem *q, const Solution *s, const void *lane, size_t digits);
const Expr   *solution_value(const Problem *q, const Solution *s, size_t digits);
Str           column_title(const Problem *q, size_t i);                 /* of variable i: its name without blanks, A[1,2] */
Value         solution_point(const Problem *q, const Solution *s);      /* a record or vector */
/* Curvature at the start or the end in fp64: the eigenvalues of the Hessian, ascending. False if it is not available. constant: f is quadratic. */
CompileInput *problem_inputs(const Problem *q, bool entries, size_t *inputs);
/* The problem as a function of numbers: with its vectors as inputs, or (entries) every entry by itself. */
bool          problem_objective(const Problem *q, const Format *f, bool entries, unsigned extras, Objective *out);
/* The same with slopes that are multiplied by a seed. */
bool          problem_objective_scaled(const Problem *q, const Format *f, unsigned extras, Objective *out, LossSeed *seed);
bool          problem_curvature(const Problem *q, const Expr *const *at, double *value, bool *constant);
/* minimize_report.c */
Str           solution_not_finite(const Problem *q, const Solution *s);    /* "the value is infinite after step 3" */
/* fault.c: of a start where value or slopes are no numbers: the innermost operation to blame, empty if there is none; a point near it that will do. */
Str           solution_fault(const Problem *q, const Solution *s);
Str           solution_other_start(const Problem *q, Solution *s);
Value         minimize_report(const Problem *q, const Solution *s);
Value         minimize_norm(const Problem *q, double norm, double logarithm, size_t digits);   /* of a gradient, which may be smaller than any double */

/* The rate from which on the rule diverges on a quadratic with curvatures from mu to L; negative: not known. */
double        method_largest_rate(const Problem *q, const Method *m, double L, double mu);
/* "beta2 = 0.999 is 1 in bf16"; empty: no hyperparameter is lost. Its number and what it became: may be NULL. */
Str           solution_lost_number(const Problem *q, const Solution *s, size_t *hyper, double *became);

extern const Builtin minimize_builtins[];
extern const Builtin compare_builtins[];
extern const Builtin rates_builtins[];                 /* smoothness, rates */
extern const Builtin minima_builtins[];
extern const Builtin gradient_noise_builtins[];

#endif
