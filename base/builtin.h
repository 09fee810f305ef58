/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A built-in command is one row beside the code of its algorithm: signature, help, executed examples, function.
 *
 * The signature is parsed once and drives argument conversion, binding of names, error messages, help and completion:
 *
 *     "taylor(f: expr, x: point; order: int = 6) -> expr"
 *
 * Positional parameters stand before the `;`, options (`order: 8` in a call) after it. `T?` is an optional parameter, `T...` one that may repeat (once at least; `T?...`: any number),
 * `= text` gives a default in nabla's own language. Types, and what the function finds in its argument:
 *
 *     expr       any expression, scalar or tensor                                            .expr
 *     scalar     an expression of shape 1 x 1                                                .expr
 *     int        an exact integer                                                            .expr
 *     text       a string                                                                    .text
 *     value      anything                                                                    as it is
 *     list       a list, vector or range of items                                            .list
 *     relation   an equation or inequality                                                   .expr
 *     range      `a..b` without a name                                                       .range
 *     word       one word that the command knows; choice: or a number, or dynamic(start: 8)  .text, .expr, .record { word, start }
 *     table      a table of data, or a record of columns of one length                       .data
 *     columns    the same; in the other arguments the names of its columns are variables     .data, c->columns
 *     objective  an expression, or a function: then applied to its parameters, which become the default variables   .expr, c->objective_vars
 *     lagrangian an expression in which `y`, `y'`, `u_x` of the unknown functions named by a later `unknown` may stand  .expr
 *     polynomial  an expression; the only name in its text is a variable (closed)            .expr
 *   binders (what they name is a variable in all other arguments):
 *     var        a variable, result again in it (open)           `x`, or `(x, y)`            .expr symbol, or .list of symbols
 *     closedvar  the same, but it does not occur in the result (closed)
 *     target     names, or one with its range: `x`, `(x, y)`, `x = a..b` (closed)             as var or over
 *     point      `x = a` (open)                                                              .expr relation (x = a)
 *     arrow      `x -> a`, `x -> a+`, `x -> a-` (closed)                                     .record { var, to, side: -1, 0, 1 }
 *     over       `x = a..b` (closed); repeated ranges nest, the first is the innermost       .record { var, low, high, step }
 *     again      a further variable or a whole number: diff(f, x, y), diff(f, x, 3)          .expr
 *     start      a point by names, which it binds (closed), or a bare one                    .record { names, to }, or .expr
 *     site       where a command looks: `x = 2`, a point by names, which it binds (open), or a bare one; else what stands behind `at`   c->at
 *     method     a word or call among the optimizers                                        .method
 *     methods    a list of them                                                             .list
 *     rate       a number, a schedule, or an expression in t = 0, 1, ...                     .record { value, t, text }
 *     format     fp64, bf16, 200 bits; roles: or a record (weights = bf16, master = fp32)    .format, .record
 *     formats    a list of them and such records                                             .list
 *     data       a table, or a record of columns; its columns are values in all other arguments  .expr axis
 *     unknown    `y(x)` or `u(x, t)`                                                         .expr application */
#ifndef BASE_BUILTIN_H
#define BASE_BUILTIN_H

#include "base/diag.h"
#include "base/value.h"

typedef enum Formulas { FORMULAS_LINE, FORMULAS_BOX, FORMULAS_LATEX } Formulas;

typedef struct Settings {           /* `set NAME VALUE`; rows in parser/settings.c */
    size_t   digits;                /* significant decimal digits of approximations, default 17 */
    uint64_t seed;
    bool     unicode;               /* output may use characters outside ASCII */
    Formulas formulas;              /* how they are printed: as they are typed, in two dimensions, as LaTeX */
    bool     timing;                /* the seconds of each statement are shown */
} Settings;

typedef struct Call {
    Pool           *pool;           /* where new expressions go: the line's */
    Arena          *arena;          /* line lifetime */
    Diag           *diag;
    const Settings *settings;
    const Source   *source;
    Span            span;           /* of the whole call */
    size_t          n;              /* arguments, in the order of the signature; absent ones have kind NONE */
    Value          *arg;
    Span           *arg_span;
    size_t          nvars;          /* variables of an objective that was given as a function, else free names in order of first use */
    const Expr    **vars;
    const Expr    **at;             /* the values of the variables at a parameter of type site, each NULL if it has none */
    const Expr    **columns;        /* the variable of each column of an argument of type columns */
    bool            trace;          /* the statement begins with trace: every iteration is wanted */
    bool            function;       /* the objective was given as a function */
    Str             name;           /* of the built-in */
    /* Calls a value of kind FUNCTION (or applies a named function); fails with the place of the call. */
    Value         (*apply)(struct Call *c, const Function *f, const Value *arg, size_t n);
    const Method *(*method)(struct Call *c, Str name);      /* an optimizer by name, with its defaults */
    bool          (*taken)(struct Call *c, Str name);       /* has the name a value, or is it a constant or a parameter? */
    void           *env;
    bool            typed;          /* inside `using`, for a row that asks: build expressions as typed */
    Report         *steps;          /* the statement begins with steps: where the derivation is recorded; else NULL */
} Call;

typedef struct Example { const char *in, *out; } Example;
typedef struct SampleFile { const char *name, *text; } SampleFile;

typedef struct Builtin {
    const char *sig;
    const char *help;               /* one sentence */
    Example     example[4];
    SampleFile  file;               /* that the examples read */
    int         lesson;             /* 1..18, 0 if none */
    const char *see;                /* names separated by blanks */
    const char *words;              /* what else it is called, for ??words and did-you-mean */
    bool        typed;              /* inside `using` its arguments keep their form: a sum that adds from the left */
    bool        steps;              /* after `steps` its arguments keep their form */
    bool        formed;             /* they always do */
    bool        whole;              /* they do inside a call of such a row: an operation on vectors and matrices */
    bool        by_value;           /* stop_gradient(e) is e in its arguments: it takes derivatives as a means only */
    Value     (*call)(Call *c);
} Builtin;

/* Records a failure at argument i (from 0; -1: the whole call) and returns VALUE_FAILED. */
Value call_fail(Call *c, int i, const char *format, ...) __attribute__((format(printf, 3, 4)));
bool  call_has(const Call *c, size_t i);           /* was argument i given or defaulted? */

#endif
