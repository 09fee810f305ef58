/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Gruntz's algorithm: which exponential grows fastest?
 *
 * Collect the exponentials exp(g) in e whose g tends to oo or -oo faster than log(x); find the class of the fastest among
 * them (g1/g2 with a finite limit is the same class); write all of the class as powers of w = exp(-|g0|) -> 0 times slower
 * functions; expand e as a series in w whose coefficients are slower functions of x; the exponent of the leading term
 * decides, or else its coefficient has the same limit. Without such exponentials the series in 1/x and log(x) is enough.
 * Functions other than exp, log, powers and those with a smooth finite value are refused. [Gruntz 1996, ch. 3] */
#include "symbolic/growth.h"

#include "base/interrupt.h"
#include "symbolic/poly.h"
#include "symbolic/series_int.h"
#include "symbolic/zero.h"

enum { MOST_DEPTH = 12, MOST_EXPONENTIALS = 16 };

static Limit undecided(const char *why)
{
    return (Limit){ .answer = LIMIT_UNDECIDED, .why = str_of(why) };
}

static Limit found(const Expr *value)
{
    return value ? (Limit){ .answer = LIMIT_FOUND, .value = value } : undecided("the value could not be written down");
}

/* The sign of an infinite value, else 0. */
static int infinite_sign(Pool *p, const Expr *value)
{
    const Expr *oo = expr_constant(p, CONSTANT_OO);
    return value == oo ? 1 : value == expr_neg(p, oo) ? -1 : 0;
}

/* ---- everything as exp and log -------------------------------------------------------------------------------------- */

static const Expr *exponential_form(Pool *p, const Expr *e, const Expr *x)
{
    static const struct { FnId id; const char *form; } forms[] = {
        { FN_sinh, "(exp(u) - exp(-u))/2" }, { FN_cosh, "(exp(u) + exp(-u))/2" },
        { FN_tanh, "1 - 2/(exp(2*u) + 1)" }, { FN_coth, "1 + 2/(exp(2*u) - 1)" },
        { FN_sech, "2/(exp(u) + exp(-u))" }, { FN_csch, "2/(exp(u) - exp(-u))" },
        { FN_asinh, "log(u + sqrt(u^2 + 1))" }, { FN_acosh, "log(u + sqrt(u^2 - 1))" },
        { FN_sigmoid, "1/(1 + exp(-u))" },   { FN_softplus, "log(1 + exp(u))" },
    };
    if (e->kind == EXPR_POW && expr_depends(p, e->arg[1], x))
        return expr_call1(p, FN_exp, expr_mul(p, e->arg[1], expr_call1(p, FN_log, e->arg[0])));
    for (size_t i = 0; e->kind == EXPR_CALL && i < sizeof forms / sizeof *forms; i++)
        if (forms[i].id == e->fn->id && expr_depends(p, e, x))
            return pool_read(p, forms[i].form, e->arg, e->arity);
    return e;
}

/* e with its hyperbolic functions and variable powers written by exp and log. */
static const Expr *exponentials_only(Pool *p, Arena *a, const Expr *e, const Expr *x)
{
    Nodes nodes = expr_nodes(p, a, &e, 1);
    Memo  image = memo_new(a);
    for (size_t i = 0; i < nodes.n; i++) {
        const Expr  *v = nodes.at[i], *w = v;
        const Expr **arg = arena_array(a, const Expr *, v->arity + 1);
        bool         changed = false;
        for (size_t k = 0; k < v->arity; k++) {
            arg[k] = memo_get(&image, v->arg[k]);
            changed = changed || arg[k] != v->arg[k];
        }
        w = changed ? expr_remake(p, v, arg) : v;
        w = w ? exponential_form(p, w, x) : NULL;
        if (!w)
            return NULL;
        memo_put(&image, v, w);
    }
    return memo_get(&image, e);
}

/* ---- the fastest exponentials ------------------------------------------------------------------------------------------ */

typedef struct Fastest {
    size_t      n;
    const Expr *node[MOST_EXPONENTIALS];       /* exp(g), all of one class, by increasing id */
    Limit       failure;                        /* answer UNDECIDED if a comparison failed */
} Fastest;

static bool is_exponential(const Expr *e)
{
    return expr_is_call(e, FN_exp);
}

/* Puts exp(g) into the class, makes it the class, or leaves it out, by the limit of the ratio of the exponents. */
static void compare(Pool *p, Arena *a, Fastest *f, const Expr *node, const Expr *x, int depth)
{
    if (f->n) {
        Limit ratio = growth_limit(p, a, expr_div(p, node->arg[0], f->node[0]->arg[0]), x, depth + 1);
        if (ratio.answer != LIMIT_FOUND) {
            f->failure = ratio;
            return;
        }
        if (expr_is_zero(ratio.value))
            return;
        f->n = infinite_sign(p, ratio.value) ? 0 : f->n;
    }
    if (f->n == MOST_EXPONENTIALS)
        f->failure = undecided("too many exponentials");
    else
        f->node[f->n++] = node;
}

static Fastest fastest(Pool *p, Arena *a, const Expr *e, const Expr *x, int depth)
{
    Fastest     f = { .failure.answer = LIMIT_FOUND };
    Nodes       nodes = expr_nodes(p, a, &e, 1);
    const Expr *log_x = expr_call1(p, FN_log, x);
    for (size_t i = 0; i < nodes.n && f.failure.answer == LIMIT_FOUND; i++) {
        const Expr *v = nodes.at[i];
        if (!is_exponential(v) || !expr_depends(p, v, x))
            continue;
        Limit pace = growth_limit(p, a, expr_div(p, v->arg[0], log_x), x, depth + 1);
        if (pace.answer != LIMIT_FOUND)
            f.failure = pace;
        else if (infinite_sign(p, pace.value))
            compare(p, a, &f, v, x, depth);
    }
    return f;
}

/* ---- rewriting and expansion --------------------------------------------------------------------------------------------- */

/* Every exp(g) of the class becomes exp(g - c*log(w)) * w^c with c = lim g/log(w); outer nodes first, because an exponent
 * may contain others of the class. */
static const Expr *rewrite(Pool *p, Arena *a, const Expr *e, const Fastest *f, const Expr *x, const Expr *w,
                           const Expr *log_w, int depth)
{
    for (size_t i = f->n; e && i-- > 0;) {
        const Expr *g = f->node[i]->arg[0];
        Limit       c = growth_limit(p, a, expr_div(p, g, log_w), x, depth + 1);
        if (c.answer != LIMIT_FOUND || infinite_sign(p, c.value))
            return NULL;
        const Expr *rest = expr_expand(p, expr_sub(p, g, expr_mul(p, c.value, log_w)));
        const Expr *to = expr_mul(p, expr_call1(p, FN_exp, rest), expr_pow(p, w, c.value));
        e = expr_subst(p, e, &f->node[i], &to, 1);
    }
    return e;
}

/* The sign of c for large x: of its limit, or of the limit of 1/c. */
static bool sign_at_infinity(Pool *p, Arena *a, const Expr *c, const Expr *x, int depth, int *sign)
{
    Limit l = growth_limit(p, a, c, x, depth + 1);
    if (l.answer == LIMIT_FOUND && expr_is_zero(l.value))
        l = growth_limit(p, a, expr_powi(p, c, -1), x, depth + 1);
    if (l.answer != LIMIT_FOUND)
        return false;
    *sign = infinite_sign(p, l.value);
    return *sign || (expr_is_numeric(l.value) && expr_sign(p, l.value, sign).answer == YES && *sign);
}

static Limit by_fastest(Pool *p, Arena *a, const Expr *e, const Fastest *f, const Expr *x, int depth)
{
    int         sign;
    const Expr *g = f->node[0]->arg[0], *w = expr_fresh(p, expr_symbol(p, STR("w")));
    Limit       direction = growth_limit(p, a, g, x, depth + 1);
    if (direction.answer != LIMIT_FOUND)
        return direction;
    const Expr *log_w = infinite_sign(p, direction.value) > 0 ? expr_neg(p, g) : g;
    e = rewrite(p, a, e, f, x, w, log_w, depth);
    if (!e)
        return undecided("an exponential could not be rewritten");
    Expansion used = expansion_new(p, a, w, expr_int(p, 0), 1, 1, 1);
    used.outer = x;
    used.outer_sign = sign_at_infinity;
    used.log_value = log_w;
    used.depth = depth;
    Local r = expansion_restarted(&used, e, 1, true);
    if (r.status)
        return undecided(r.why);
    if (r.low > 0)
        return found(expr_int(p, 0));
    if (r.n == 0)
        return undecided("an oscillation, or too many leading terms cancel");
    if (r.low == 0)
        return growth_limit(p, a, r.c[0], x, depth + 1);
    if (!local_sign(&used, r, &sign))
        return undecided("the sign of the leading term is not known");
    return found(expr_mul(p, expr_int(p, sign), expr_constant(p, CONSTANT_OO)));
}

Limit growth_limit(Pool *p, Arena *a, const Expr *e, const Expr *x, int depth)
{
    if (!e)
        return undecided("a quotient is not defined");
    if (!expr_depends(p, e, x))
        return found(e);
    if (depth > MOST_DEPTH || should_stop())
        return undecided("rates of growth are nested too deeply");
    e = exponentials_only(p, a, e, x);
    if (!e)
        return undecided("an exponential could not be rewritten");
    Fastest f = fastest(p, a, e, x, depth);
    if (f.failure.answer != LIMIT_FOUND)
        return f.failure;
    return f.n ? by_fastest(p, a, e, &f, x, depth) : series_limit(p, a, e, x, expr_constant(p, CONSTANT_OO), 1, 0);
}
