/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the files of the evaluator share.
 *
 * A name means, from inside out: what a scope binds (parameter, loop variable, local name, variable of a command), a value
 * of the session, a function, else a free variable. Values of the session may hold free names; they are completed where
 * they are used (GRAMMAR 5.2). A binding of a parameter is finished: nothing captures a variable inside it. */
#ifndef PARSER_ENV_INT_H
#define PARSER_ENV_INT_H

#include "base/report.h"
#include "base/vec.h"
#include "numeric/tape_work.h"
#include "parser/env.h"
#include "parser/sig.h"
#include "symbolic/expr/expr.h"
#include "symbolic/optimize/method.h"

typedef enum FunctionKind {
    FUNCTION_USER,          /* f(x) = ..., x |-> ... */
    FUNCTION_MATH,          /* a row of functions.def: sin */
    FUNCTION_UNKNOWN,       /* function y(t) */
    FUNCTION_DERIVATIVE     /* f', f'' */
} FunctionKind;

typedef struct Scope Scope;

struct Function {
    FunctionKind    kind;
    Str             name;           /* empty for x |-> ... */
    size_t          n;              /* parameters, then options with defaults */
    const Str      *param;
    const Ast     **fallback;       /* per parameter: its default, NULL for a positional one */
    const Ast      *body;           /* expression or AST_BLOCK */
    const Source   *source;         /* of the body's spans */
    const Scope    *captured;       /* local names where x |-> ... was written */
    const FnRow    *fn;             /* FUNCTION_MATH */
    const Function *base;           /* FUNCTION_DERIVATIVE */
    uint32_t        order;
};

typedef enum BindingKind {
    BIND_VALUE,             /* parameter, loop variable, value after `at`: finished */
    BIND_STORED,            /* a captured value of a closure that the session keeps: completed when read */
    BIND_LOCAL,             /* a name assigned in a function's block; value kind NONE: not assigned yet */
    BIND_VARIABLE,          /* a variable of a command: stands for `symbol` */
    BIND_UNKNOWN            /* an unknown function of a Lagrangian: y, y', u_x */
} BindingKind;

struct Scope {              /* one binding, linked outwards; lives in the line's arena, captured ones in the session's */
    const Scope *outer;
    Str          name;
    BindingKind  kind;
    bool         at;        /* a value after `at`: a command that finds its variables takes the name for one */
    bool         frame;     /* the first binding of a function body: local names end here */
    Value        value;
    const Expr  *symbol;    /* BIND_VARIABLE; BIND_UNKNOWN: the application with all orders 0 */
};

typedef struct Entry {      /* a statement of the session that worked */
    Str    text;            /* as it is written in a file, without terminator */
    bool   hidden;          /* it ends in `;` */
    size_t out;             /* the number of its result; 0: it has none */
} Entry;

typedef enum Flow { FLOW_ON, FLOW_BREAK, FLOW_NEXT, FLOW_FAILED } Flow;

struct Env {
    Arena          *session_arena, *line_arena;
    Pool           *session, *line;
    Map             values, functions;        /* Value *, const Function * */
    Map             pending_values, pending_functions;   /* of the running statement; committed when it succeeds */
    Map             assumptions;              /* name -> first Fact */
    Map             declared;                 /* names that assume made variables -> their property, a word or empty */
    Map             saved_assumptions, saved_declared;   /* before the running statement, if it changes them */
    bool            facts_saved;
    TapeWork        work;           /* of the tapes that the line ran */
    Settings        saved_settings;
    Settings        settings;
    const Builtin *const *tables;
    Map             builtins;                 /* name -> const Builtin *, filled at first use */
    Map             signatures;               /* name -> Signature * */
    Map             rules;                    /* text of a rule -> Ast * */
    bool            trace;                    /* inside a statement that begins with trace */
    Report         *steps;                    /* inside a statement that begins with steps: where derivations are recorded */
    Rule           *in_rule;                  /* the rule of an optimizer that is being read: norm and dot are sums over its parameters; else NULL */
    Value           ans;
    size_t          n_out, room_out;
    Value          *out;                      /* results by number, for out[k] */
    VEC(Entry)      journal;
    void          (*print)(void *, Str);
    void           *print_context;
    Str           (*export)(void *, Str, bool *);
    void           *export_context;
    /* the running statement */
    struct { bool over, unicode; const Expr *expr; Str text; } shown;      /* once it is over, several views ask for its result as text */
    Diag            diag;
    const Source   *source;
    RunMode         mode;
    const Scope    *rule_scope;
    unsigned        depth;                    /* of function calls */
    const char     *stack_base;
    size_t          stack_room;
    bool            block_outside;            /* inside a block that is no function body: only print() prints */
    bool            cleared;
    size_t          nvars;                    /* variables of the last command that had some, for `at (1, 2)` */
    const Expr    **vars;
    unsigned        includes;
    bool            typed;                    /* operations are built as typed: inside `using`, and for rules of optimizers */
    bool            decimals;                 /* the statement holds decimals or asks for them: results are shown as decimals */
    bool            formed;                   /* and for a graph: vectors and matrices as a whole too */
    const struct Format *format;              /* in which conditions are decided then; NULL: they stay */
    const struct Format *block_format;        /* of the statements inside using ... { } */
};

typedef struct Eval {       /* one evaluation: the session and the innermost scope */
    Env         *env;
    const Scope *scope;
    const Source *source;
} Eval;

/* eval.c */
Value eval_expr(const Eval *ev, const Ast *t);
Value eval_fail(const Eval *ev, const Ast *t, const char *format, ...) __attribute__((format(printf, 3, 4)));
void  eval_hint(const Eval *ev, const char *format, ...) __attribute__((format(printf, 2, 3)));
const Expr *eval_scalar_or_tensor(const Eval *ev, const Ast *t);      /* NULL after a failure */
Value value_checked(const Eval *ev, const Ast *t, const Expr *e);     /* turns a pool error into a failure at t */
bool  eval_enter(const Eval *ev, const Ast *t);                       /* is there stack left? */

/* condition.c: relations, and, or, not, if */
Value eval_condition(const Eval *ev, const Ast *t);
Truth truth_of(const Expr *e);                                        /* of a decided condition; else UNKNOWN */

/* scope.c: names */
const Scope *scope_bind(Env *env, const Scope *outer, BindingKind kind, Str name, Value value, const Expr *symbol);
const Scope *scope_find(const Scope *s, Str name);
Value        eval_name(const Eval *ev, const Ast *t);
bool         name_is_constant(Str name);                              /* pi, e, euler, i, oo, nan */
Value        value_complete(const Eval *ev, Value v);                 /* free names that have values get them */
Value        value_here(const Eval *ev, const Ast *t, Value stored); /* completed; a failure is recorded at t */
bool         session_value(Env *env, Str name, Value *out);           /* the stored value, not completed */
const Function *find_function(const Eval *ev, Str name);              /* user, unknown or mathematical; NULL */
Value        unknown_name(const Eval *ev, const Ast *t, const Ast *call);  /* refuses with did-you-mean; call: the call it names, or NULL */
bool         value_holds(Env *env, Value v, Str name);         /* does a symbol of this name, or of an entry of it, occur in v? */
/* What `vector x(n)` made of the name: the variable, or the literal of the variables x[1], x[2], ...; NULL. */
const Expr  *declared_variable(const Eval *ev, Str name);
const Expr  *scope_new_variable(const Eval *ev, Str name);            /* a symbol that captures nothing in finished values */

/* function.c: calls of functions */
Value call_function(const Eval *ev, const Ast *t, const Function *f, const Value *arg, size_t n, const Record *options);
Value eval_call(const Eval *ev, const Ast *t);
Value eval_lambda(const Eval *ev, const Ast *t);
Value eval_prime(const Eval *ev, const Ast *t);
const Function *function_keep(Env *env, const Function *f);           /* a copy that lives in the session */
Value value_keep(Env *env, Value v);                                   /* a copy that lives in the session */
Ast  *ast_copy(Arena *a, const Ast *t);
/* The function applied to its parameters as variables: the expression, and the variables in *vars. */
const Expr *function_body(const Eval *ev, const Ast *t, const Function *f, const Expr ***vars, size_t *n);

/* call.c: calls of built-ins */
Value call_builtin(const Eval *ev, const Ast *t, const Builtin *b);
Env  *call_env(Call *c);                                               /* the session of a running call */
/* Fails at the option `name` (t: it, or the call that holds it) with the nearest of the function's options as a hint. */
void  refuse_option(const Eval *ev, const Ast *t, Str function, Str name, const Str *options, size_t n);
const Signature *env_signature(Env *env, const Builtin *b);

/* typed.c: arithmetic as typed */
const Expr *typed_binary(Env *env, int op, const Expr *a, const Expr *b);          /* op: AstOp */
const Expr *typed_negative(Env *env, const Expr *e);
const Expr *typed_transpose(Env *env, const Expr *a);
const Expr *typed_function(Env *env, const FnRow *fn, const Expr *const *arg, size_t n);

/* method.c: optimizers, schedules */
const Method *find_method(const Eval *ev, Str name);                               /* the user's own first; NULL: there is none */
const RuleText *find_rule_text(Str name);
const Method *read_optimizer(const Eval *ev, const Ast *t, const RuleText *row);        /* an AST_OPTIMIZER with its defaults; NULL after a failure */
Value eval_method(const Eval *ev, const Ast *t);                                   /* behind method: */
const Rule *read_memory(const Eval *ev, const MemoryText *row);                    /* a schedule that remembers; NULL after a failure */
Value eval_rate(const Eval *ev, const Ast *t);                                     /* behind lr: */
Value eval_named_format(const Eval *ev, const Ast *t);                             /* behind format: */
Value eval_roles(const Eval *ev, const Ast *t);                                    /* the same, or (weights = bf16, master = fp32) */
Value eval_choice(const Eval *ev, const Ast *t);                                   /* 1024, dynamic, dynamic(interval: 100) */
Value method_with(const Eval *ev, const Ast *call, const Method *m);               /* adam(lr: 0.1) */
Value define_optimizer(const Eval *ev, const Ast *t);
bool  rule_call(const Eval *ev, const Ast *t, Value *out);                         /* norm(g), grad(y), matmul(a, b) in a rule */

/* using.c: formats */
bool  eval_format(const Eval *ev, const Ast *t, struct Format *f);                 /* of an AST_FORMAT; false after a failure */
Value eval_using(const Eval *ev, const Ast *t);
Value eval_using_format(const Eval *ev, const Ast *t, const struct Format *f);     /* any expression, as typed, in f */
Value eval_statement(const Eval *ev, const Ast *t);                                /* an expression of a statement; in the block's format */
Truth typed_truth(const Eval *ev, const Ast *t, const Expr *condition);            /* decided in the format of the place */

/* at.c: expr at point */
Value eval_at(const Eval *ev, const Ast *t);

/* statement.c */
Flow  run_statement(Eval *ev, const Ast *t, Value *result, bool *show);
Flow  run_block(Eval *ev, const Ast *block, Value *result);
Value run_function_block(const Eval *ev, const Ast *block);
Str   beside_source(Arena *a, const Source *source, Str name);        /* a path relative to the folder of the including file */

/* definition.c */
void  session_assign(Env *env, Str name, Value v);
Value run_assign(const Eval *ev, const Ast *t);
Value run_assign_index(const Eval *ev, const Ast *t);
Flow  run_define(const Eval *ev, const Ast *t);
Flow  run_declare(const Eval *ev, const Ast *t);
Flow  run_assume(const Eval *ev, const Ast *t);
Flow  run_clear(const Eval *ev, const Ast *t);

/* env.c */
void  env_save_facts(Env *env);                                        /* before assumptions change: a failure brings them back */

/* journal.c: history, save */
void  journal_add(Env *env, const Ast *t, Str input, size_t outs_before);
void  journal_list(Buf *b, Env *env, size_t most);                     /* the last ones; 0: all */
Value journal_save(const Eval *ev, const Ast *t, Str name);

/* listing.c: show vars, show f */
Value session_show(const Eval *ev, const Ast *t);

/* text.c */
void  value_print(Buf *b, Env *env, Value v, bool unicode);
Value list_value(Env *env, const Value *item, size_t n, size_t cols);  /* a vector, matrix or list; cols 0: one row of items */
Str   value_shown(Env *env, Value v);                                 /* short ASCII text for messages */

#endif
