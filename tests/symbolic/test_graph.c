/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Laws of the two sweeps: adjoints are the symbolic gradient at the point, and a forward sweep along v gives the same number as
 * a reverse sweep with weights w: w . (J v) = (w J) . v. In a format both run without an exact value. */
#include "tests/symbolic/session.h"

#include "symbolic/calculus/jvp.h"
#include "symbolic/graph/graph.h"

static const Expr *small_ratio(Pool *p, Rng *r) { return expr_ratio(p, (slong)rng_below(r, 33) - 16, 8); }

static bool enclosed(Pool *p, const Expr *e, acb_t out)
{
    bool ok = expr_enclose(p, e, NULL, NULL, 0, 200, out, NULL) == EVAL_OK;
    pool_clear_error(p);
    return ok;
}

static bool same(Pool *p, const Expr *a, const Expr *b)
{
    acb_t u, v;
    acb_init(u);
    acb_init(v);
    bool ok = enclosed(p, a, u) && enclosed(p, b, v) && near(u, v, 100);
    acb_clear(u);
    acb_clear(v);
    return ok;
}

Test(graph, adjoints_are_the_gradient)
{
    Env *env = env_new(calculus_tables);
    Rng  r = rng_stream(4, STR("graph"));
    for (int i = 0; i < 80; i++) {
        parse(env, "1");
        Pool       *p = env_pool(env);
        Arena      *a = arena_new();
        const Expr *x[] = { expr_symbol(p, STR("x")), expr_symbol(p, STR("y")), expr_symbol(p, STR("z")) }, *at[3], *g[3];
        const Expr *f = random_expr(p, &r, x, 3, 4), *one = expr_int(p, 1);
        for (int k = 0; k < 3; k++)
            at[k] = small_ratio(p, &r);
        Graph *graph = graph_swept(&(Graph){ .pool = p, .arena = a }, f, x, at, 3, &one, NULL);
        cr_assert(graph && expr_gradient(p, f, x, 3, g));
        for (int k = 0; k < 3; k++)
            cr_expect(same(p, graph->node[k]->adjoint, expr_subst(p, g[k], x, at, 3)), "%.*s by %.*s", STR_ARGS(expr_text(a, p, f)), STR_ARGS(x[k]->name));
        arena_delete(a);
    }
    env_delete(env);
}

Test(graph, forward_and_reverse_are_dual)
{
    Env *env = env_new(calculus_tables);
    Rng  r = rng_stream(5, STR("dual"));
    for (int i = 0; i < 40; i++) {
        parse(env, "1");
        Pool       *p = env_pool(env);
        Arena      *a = arena_new();
        const Expr *x[] = { expr_symbol(p, STR("x")), expr_symbol(p, STR("y")) }, *at[2], *v[2], *w[2], *f[2], *up = expr_int(p, 0), *down = up;
        for (int k = 0; k < 2; k++) {
            at[k] = small_ratio(p, &r);
            v[k] = small_ratio(p, &r);
            w[k] = small_ratio(p, &r);
            f[k] = random_expr(p, &r, x, 2, 3);
        }
        Graph        request = { .pool = p, .arena = a };
        const Expr  *whole = expr_tensor(p, 2, 1, f);
        const Graph *forward = graph_swept(&request, whole, x, at, 2, NULL, v), *reverse = graph_swept(&request, whole, x, at, 2, w, NULL);
        cr_assert(forward && reverse);
        for (int k = 0; k < 2; k++) {
            const GraphNode *out = forward->output[k];
            up = out && out->tangent ? expr_add(p, up, expr_mul(p, w[k], out->tangent)) : up;
            down = expr_add(p, down, expr_mul(p, v[k], reverse->node[k]->adjoint));
        }
        cr_expect(same(p, up, down), "%.*s", STR_ARGS(expr_text(a, p, whole)));
        arena_delete(a);
    }
    env_delete(env);
}

Test(graph, jvp_vjp_hvp_agree_with_the_matrices)
{
    Env        *env = env_new(calculus_tables);
    const Expr *f = parse(env, "x^3*y^2 + sin(x*y) + exp(y)");
    Pool       *p = env_pool(env);
    const Expr *x[] = { expr_symbol(p, STR("x")), expr_symbol(p, STR("y")) }, *v[] = { expr_symbol(p, STR("a")), expr_symbol(p, STR("b")) }, *g[2], *hv[2];
    const Expr *h = expr_hessian(p, f, x, 2), *slope = expr_jvp(p, f, x, v, 2);
    cr_assert(h && slope && expr_gradient(p, f, x, 2, g) && expr_hvp(p, f, x, v, 2, hv));
    cr_expect(expr_zero_test(p, expr_sub(p, slope, expr_add(p, expr_mul(p, g[0], v[0]), expr_mul(p, g[1], v[1])))).answer == YES);
    for (int i = 0; i < 2; i++)
        cr_expect(expr_zero_test(p, expr_sub(p, hv[i], expr_add(p, expr_mul(p, h->arg[2 * i], v[0]), expr_mul(p, h->arg[2 * i + 1], v[1])))).answer == YES);
    env_delete(env);
}
