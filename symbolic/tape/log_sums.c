/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Logarithms of sums of exponentials in the form in which nothing overflows, for tapes: log(1 + exp(u)) is softplus(u), log(2*exp(u) + exp(v)) is
 * logsumexp([u + log(2), v]). Elsewhere they stay as they are: rules for log and exp know them. Equal for all real u, and a tape has no others; the order in
 * which a canonical expression is computed is ours, one as typed stays as it is. */
#include "symbolic/tape/log_sums.h"

#include "symbolic/expr/memo.h"
#include "symbolic/matrix/matrix_int.h"

/* The u with term = exp(u); NULL: there is none. */
static const Expr *exponent_of(Pool *p, const Expr *term)
{
    if (expr_is_number(term))
        return expr_number_sign(term) > 0 ? expr_call1(p, FN_log, term) : NULL;
    bool        scaled = term->kind == EXPR_MUL && term->arity == 2 && expr_is_number(term->arg[0]) && expr_number_sign(term->arg[0]) > 0;
    const Expr *power = scaled ? term->arg[1] : term, *u = expr_is_call(power, FN_exp) ? power->arg[0] : NULL;
    return u && scaled ? expr_add(p, u, expr_call1(p, FN_log, term->arg[0])) : u;
}

/* log(u) or log1p(u) by what u is made of; NULL: it is no such sum. */
static const Expr *log_of_sum(Pool *p, const Expr *e)
{
    bool        plus_one = expr_is_call(e, FN_log1p);
    const Expr *u = plus_one || expr_is_call(e, FN_log) ? e->arg[0] : NULL;
    if (!u || u->shape != e->shape || (!plus_one && u->kind != EXPR_ADD))
        return NULL;
    const Expr **exponent = arena_array(pool_arena(p), const Expr *, u->arity + 1);
    if (plus_one) {
        exponent[1] = exponent_of(p, u);
        return exponent[1] ? expr_call1(p, FN_softplus, exponent[1]) : NULL;
    }
    for (uint32_t i = 0; i < u->arity; i++)
        if (!(exponent[i] = exponent_of(p, u->arg[i])))
            return NULL;
    if (u->arity == 2 && (expr_is_one(u->arg[0]) || expr_is_one(u->arg[1])))
        return expr_call1(p, FN_softplus, exponent[expr_is_one(u->arg[0])]);
    if (expr_is_tensor(u))
        return NULL;
    return matrix_node(p, MATRIX_LOGSUMEXP, expr_int(p, 1), expr_int(p, 1), expr_tensor(p, u->arity, 1, exponent));
}

static bool any_logarithm(Nodes nodes)
{
    for (size_t i = 0; i < nodes.n; i++)
        if (expr_is_call(nodes.at[i], FN_log) || expr_is_call(nodes.at[i], FN_log1p))
            return true;
    return false;
}

static const Expr *rewritten(Pool *p, Arena *a, const Memo *done, const Expr *node)
{
    const Expr **u = arena_array(a, const Expr *, node->arity + 1), *r = node, *stable;
    bool         leaf = node->arity == 0 || node->kind == EXPR_UNKNOWN, changed = false;
    for (uint32_t k = 0; !leaf && k < node->arity; k++) {
        u[k] = memo_get(done, node->arg[k]);
        changed = changed || u[k] != node->arg[k];
    }
    if (changed)
        r = expr_remake(p, node, u);
    return r && (stable = log_of_sum(p, r)) ? stable : r;
}

bool expr_log_sums(Pool *p, const Expr **root, size_t n)
{
    Arena       *a = arena_new();
    const Expr **from = arena_array(a, const Expr *, n + 1);
    size_t      *place = arena_array(a, size_t, n + 1), m = 0;
    for (size_t i = 0; i < n; i++)
        if (!(root[i]->flags & (EXPR_AS_TYPED | EXPR_HAS_ORDER))) {
            place[m] = i;
            from[m++] = root[i];
        }
    Nodes nodes = expr_nodes(p, a, from, m);
    Memo  done = memo_new(a);
    bool  any = any_logarithm(nodes), fine = true;
    for (size_t i = 0; any && fine && i < nodes.n; i++) {
        const Expr *r = rewritten(p, a, &done, nodes.at[i]);
        memo_put(&done, nodes.at[i], r);
        fine = r != NULL;
    }
    for (size_t k = 0; any && fine && k < m; k++)
        root[place[k]] = memo_get(&done, from[k]);
    arena_delete(a);
    return fine;
}
