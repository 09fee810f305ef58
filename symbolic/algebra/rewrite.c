/* SPDX-License-Identifier: GPL-3.0-or-later */
/* rewrite: every call whose function has a row for the wanted one is replaced by the row's text, insides first; and two
 * rules for powers, which are no calls: x^y is exp(y*log(x)), and the root of an even power is an absolute value. */
#include "symbolic/algebra/rewrite.h"

#include "symbolic/algebra/poly.h"
#include "symbolic/calculus/diff.h"
#include "symbolic/expr/walk.h"

typedef enum Where { ANY, REAL } Where;
typedef struct Row { const char *by; FnId fn; Where where; const char *text; } Row;

static const Row rows[] = {
#define REWRITE(by, function, where, text) { #by, FN_##function, where, text },
#include "symbolic/algebra/rewrites.def"
#undef REWRITE
};
enum { ROWS = sizeof rows / sizeof *rows };

struct Rewrite {
    const char *name;
    const Expr *(*power)(Pool *p, const Expr *base, const Expr *exponent);     /* NULL: powers stay; a result NULL: this one does */
    bool        cases;              /* max and min as cases of all arguments */
};

/* ---- powers ---------------------------------------------------------------------------------------------------------- */

static const Expr *power_by_exp(Pool *p, const Expr *base, const Expr *exponent)
{
    return expr_is_number(exponent) ? NULL : expr_call1(p, FN_exp, expr_mul(p, exponent, expr_call1(p, FN_log, base)));
}

/* (u^n)^r = abs(u)^(n*r) for real u and even n */
static const Expr *power_by_abs(Pool *p, const Expr *base, const Expr *exponent)
{
    bool nested = base->kind == EXPR_POW && base->arg[0]->flags & EXPR_REAL && expr_is_integer(base->arg[1]) && expr_is_number(exponent);
    if (!nested || expr_is_integer(exponent) || fmpz_is_odd(fmpq_numref(expr_number(base->arg[1]))))
        return NULL;
    return expr_pow(p, expr_call1(p, FN_abs, base->arg[0]), expr_mul(p, base->arg[1], exponent));
}

static const Rewrite targets[] = {
    { "exp", power_by_exp, false }, { "sin", NULL, false }, { "cos", NULL, false }, { "sincos", NULL, false }, { "tan", NULL, false }, { "sinh", NULL, false }, { "cosh", NULL, false },
    { "tanh", NULL, false }, { "sigmoid", NULL, false }, { "log", NULL, false }, { "sqrt", NULL, false }, { "abs", power_by_abs, false }, { "sign", NULL, false }, { "max", NULL, false },
    { "piecewise", NULL, true }, { "gamma", NULL, false }, { "factorial", NULL, false }, { "erf", NULL, false }, { "erfc", NULL, false }, { NULL, NULL, false }
};

const Rewrite *rewrite_find(Str by)
{
    for (const Rewrite *t = targets; t->name; t++)
        if (str_is(by, t->name))
            return t;
    return NULL;
}

/* ---- the walk ---------------------------------------------------------------------------------------------------------- */

static const Row *row_for(const Rewrite *by, const Expr *e)
{
    for (size_t i = 0; i < ROWS; i++)
        if (rows[i].fn == e->fn->id && str_is(str_of(rows[i].by), by->name))
            return &rows[i];
    return NULL;
}

static const Expr *rewritten_call(Pool *p, const Row *row, const Expr *const *u, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (u[i]->shape || (row->where == REAL && !(u[i]->flags & EXPR_REAL)))
            return expr_call(p, &fn_rows[row->fn], u, n);
    const Expr *r = n > 2 ? u[0] : pool_read(p, row->text, u, n);
    for (size_t i = 1; n > 2 && i < n && r; i++) {
        const Expr *pair[] = { r, u[i] };
        r = pool_read(p, row->text, pair, 2);
    }
    return r;
}

static const Expr *rewritten(void *context, Pool *p, Arena *a, const Expr *node, const Expr *const *arg)
{
    const Rewrite *by = context;
    const Row     *row = node->kind == EXPR_CALL ? row_for(by, node) : NULL;
    const Expr    *changed = NULL;
    (void)a;
    if (node->kind == EXPR_POW && by->power && !node->shape)
        changed = by->power(p, arg[0], arg[1]);
    if (by->cases && (expr_is_call(node, FN_max) || expr_is_call(node, FN_min)))
        changed = expr_where_extreme(p, node->fn->id, arg, arg, node->arity);
    else if (row)
        changed = rewritten_call(p, row, arg, node->arity);
    if (changed || node->arity == 0 || node->kind == EXPR_UNKNOWN)
        return changed ? changed : node;
    return row && pool_error(p).n ? NULL : expr_remake(p, node, arg);
}

const Expr *expr_rewrite(Pool *p, const Expr *e, const Rewrite *by)
{
    if (e && e->flags & EXPR_AS_TYPED)
        e = expr_canonical(p, e);
    return !e || e->flags & EXPR_HAS_ORDER ? e : expr_walk(p, e, rewritten, (void *)(uintptr_t)by);
}

/* ---- the command -------------------------------------------------------------------------------------------------------- */

static Value rewrite_call(Call *c)
{
    const Rewrite *by = rewrite_find(c->arg[1].text);
    if (by)
        return value_expr(expr_rewrite(c->pool, c->arg[0].expr, by));
    Buf names = buf_new(c->arena);
    for (const Rewrite *t = targets; t->name; t++)
        buf_printf(&names, "%s%s", t == targets ? "" : ", ", t->name);
    call_fail(c, 1, "nothing is written by %.*s", STR_ARGS(c->arg[1].text));
    diag_hint(c->diag, "%.*s", STR_ARGS(buf_str(&names)));
    return value_failed();
}

const Builtin rewrite_builtins[] = {
    { .sig = "rewrite(e: expr, by: word) -> expr",
      .help = "Functions written by others: exp, sin, cos, sincos, tan, sinh, cosh, tanh, sigmoid, log, sqrt, abs, sign, max, piecewise, gamma, factorial, erf or erfc.",
      .example = { { "rewrite(cosh(x), exp)", "(exp(x) + exp(-x))/2" }, { "rewrite(abs(x), piecewise)", "if x >= 0 then x else -x" },
                   { "rewrite(asinh(x), log)", "log(x + sqrt(x^2 + 1))" }, { "rewrite(binomial(n, k), factorial)", "factorial(n)/(factorial(k)*factorial(n - k))" } },
      .see = "trig_expand trig_reduce simplify", .words = "convert express in terms of exponential half angle", .call = rewrite_call },
    { 0 }
};
