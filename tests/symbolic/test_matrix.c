/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Laws of expressions with vectors and matrices: gradients, tangents and Hessians of random ones with symbolic sizes are those of the same
 * expressions with every entry written out, and text reads back to the same node. */
#include "tests/symbolic/session.h"

#include "numeric/data.h"
#include "symbolic/graph/graph.h"
#include "symbolic/matrix/matrix.h"
#include "symbolic/tape/objective.h"

#include <string.h>

typedef struct World {
    Pool       *p;
    Rng         r;
    const Expr *m, *n, *x, *y, *b, *A, *S;      /* vectors x(n), y(n), b(m), matrices A(m, n), S(n, n) */
} World;

static World world_new(Env *env, uint64_t seed)
{
    cr_assert_neq(run(env, "vector x(n), y(n), b(m)\nmatrix A(m, n), S(n, n)\n1").kind, VALUE_FAILED);
    World w = { .p = env_pool(env), .r = rng_stream(seed, STR("matrix")) };
    Pool *p = w.p;
    const Expr *one = expr_int(p, 1);
    w.m = expr_symbol(p, STR("m"));
    w.n = expr_symbol(p, STR("n"));
    w.x = expr_symbol_shaped(p, STR("x"), shape_new(p, w.n, one, NULL));
    w.y = expr_symbol_shaped(p, STR("y"), shape_new(p, w.n, one, NULL));
    w.b = expr_symbol_shaped(p, STR("b"), shape_new(p, w.m, one, NULL));
    w.A = expr_symbol_shaped(p, STR("A"), shape_new(p, w.m, w.n, NULL));
    w.S = expr_symbol_shaped(p, STR("S"), shape_new(p, w.n, w.n, NULL));
    return w;
}

static const Expr *scalar(World *w, int depth);
static const Expr *matrix(World *w, int depth);

static const Expr *smooth(Pool *p, Rng *r, const Expr *u)
{
    static const FnId fn[] = { FN_exp, FN_tanh, FN_sin, FN_cos, FN_sigmoid, FN_atan, FN_softplus };
    return expr_call1(p, fn[rng_below(r, sizeof fn / sizeof *fn)], u);
}

/* The vector with its entries moved up or down by one place, a zero at the end. */
static const Expr *shifted(World *w, const Expr *u, const Expr *n)
{
    const Expr *one = expr_int(w->p, 1), *two = expr_int(w->p, 2), *before = expr_sub(w->p, n, one);
    return rng_below(&w->r, 2) ? expr_embed(w->p, expr_slice(w->p, u, one, before), two, n) : expr_embed(w->p, expr_slice(w->p, u, two, n), one, n);
}

/* A vector of n entries, or of m. */
static const Expr *vector(World *w, bool n, int depth)
{
    Pool       *p = w->p;
    const Expr *u;
    if (depth <= 0)
        return !n ? w->b : rng_below(&w->r, 2) ? w->x : w->y;
    switch (rng_below(&w->r, 11)) {
    case 9: return expr_add(p, shifted(w, vector(w, n, depth - 1), n ? w->n : w->m), vector(w, n, depth - 1));
    case 10: return expr_entrywise(p, ENTRY_MUL, expr_indices(p, expr_int(p, 1), n ? w->n : w->m), vector(w, n, depth - 1));
    case 0: return expr_add(p, vector(w, n, depth - 1), vector(w, n, depth - 1));
    case 1: u = scalar(w, depth - 2); return expr_entrywise(p, ENTRY_MUL, u, vector(w, n, depth - 1));
    case 2: return expr_entrywise(p, ENTRY_MUL, vector(w, n, depth - 1), vector(w, n, depth - 1));
    case 3: return smooth(p, &w->r, vector(w, n, depth - 1));
    case 4: return n ? expr_matmul(p, expr_transpose(p, w->A), vector(w, false, depth - 1)) : expr_matmul(p, w->A, vector(w, true, depth - 1));
    case 5: return n ? expr_matmul(p, matrix(w, depth - 2), vector(w, true, depth - 1)) : vector(w, n, depth - 1);
    case 6: return expr_entrywise(p, ENTRY_ADD, vector(w, n, depth - 1), scalar(w, depth - 2));
    case 7: return expr_entrywise(p, ENTRY_POW, vector(w, n, depth - 1), expr_int(p, 2));
    default: return n ? expr_softmax(p, vector(w, n, depth - 1)) : vector(w, n, depth - 1);
    }
}

/* n x n */
static const Expr *matrix(World *w, int depth)
{
    Pool *p = w->p;
    if (depth <= 0)
        return w->S;
    switch (rng_below(&w->r, 7)) {
    case 0: return expr_add(p, matrix(w, depth - 1), matrix(w, depth - 1));
    case 1: return expr_matmul(p, matrix(w, depth - 1), matrix(w, depth - 1));
    case 2: return expr_transpose(p, matrix(w, depth - 1));
    case 3: return expr_matmul(p, vector(w, true, depth - 1), expr_transpose(p, vector(w, true, depth - 1)));
    case 4: return expr_matrix_op(p, MATRIX_DIAG, vector(w, true, depth - 1));
    case 5: return expr_add(p, expr_identity(p, w->n), matrix(w, depth - 1));
    default: return expr_matmul(p, expr_transpose(p, w->A), w->A);
    }
}

static const Expr *scalar(World *w, int depth)
{
    Pool       *p = w->p;
    const Expr *u;
    if (depth <= 0)
        return expr_ratio(p, 1 + (slong)rng_below(&w->r, 5), 2);
    switch (rng_below(&w->r, 10)) {
    case 9:
        u = vector(w, false, depth - 1);
        return expr_slice(p, u, w->m, w->m);
    case 0: return expr_matrix_op(p, MATRIX_TRACE, matrix(w, depth - 1));
    case 1: return expr_dot(p, vector(w, true, depth - 1), vector(w, true, depth - 1));
    case 2: return expr_dot(p, vector(w, false, depth - 1), vector(w, false, depth - 1));
    case 3: return expr_matrix_op(p, MATRIX_TOTAL, vector(w, true, depth - 1));
    case 4: return expr_matrix_op(p, MATRIX_LOGSUMEXP, vector(w, true, depth - 1));
    case 5: return smooth(p, &w->r, scalar(w, depth - 1));
    case 6: return expr_mul(p, scalar(w, depth - 1), scalar(w, depth - 1));
    case 7: return expr_matrix_op(p, MATRIX_DET, expr_add(p, expr_identity(p, w->n), matrix(w, depth - 2)));
    default: return expr_matrix_op(p, MATRIX_TOTAL, matrix(w, depth - 1));
    }
}

/* With n = 2 and m = 3, every entry written out. */
static const Expr *written_out(World *w, const Expr *e)
{
    const Expr *from[] = { w->n, w->m }, *to[] = { expr_int(w->p, 2), expr_int(w->p, 3) };
    return expr_subst(w->p, e, from, to, 2);
}

/* Are the two literals (or numbers) equal at a random point, to 60 bits? */
static bool equal_somewhere(World *w, const Expr *a, const Expr *b)
{
    Arena *scratch = arena_new();
    Nodes  s = expr_symbols(w->p, scratch, expr_relation(w->p, REL_EQ, a, b));
    acb_t  u, v;
    acb_ptr at = _acb_vec_init((slong)s.n);
    bool   equal = a->kind == b->kind || (a->kind != EXPR_TENSOR && b->kind != EXPR_TENSOR);
    acb_init(u);
    acb_init(v);
    for (size_t i = 0; i < s.n; i++) {
        acb_set_si(at + i, (slong)rng_below(&w->r, 129) - 64);
        acb_mul_2exp_si(at + i, at + i, -6);
    }
    for (uint32_t i = 0; equal && i < (a->kind == EXPR_TENSOR ? a->arity : 1); i++) {
        const Expr *p = a->kind == EXPR_TENSOR ? a->arg[i] : a, *q = b->kind == EXPR_TENSOR ? b->arg[i] : b;
        equal = expr_enclose(w->p, p, s.at, at, s.n, 200, u, NULL) == EVAL_OK && expr_enclose(w->p, q, s.at, at, s.n, 200, v, NULL) == EVAL_OK && near(u, v, 60);
    }
    acb_clear(u);
    acb_clear(v);
    _acb_vec_clear(at, (slong)s.n);
    arena_delete(scratch);
    return equal;
}

static void expect_equal(World *w, const char *law, const Expr *f, const Expr *a, const Expr *b)
{
    Arena *t = arena_new();
    cr_expect(a && b && equal_somewhere(w, a, b), "%s of %.*s", law, STR_ARGS(expr_text(t, w->p, f)));
    arena_delete(t);
}

/* The gradient of the written-out f in all entries of the literal x, in its shape. */
static const Expr *gradient_by_entries(World *w, const Expr *f, const Expr *x)
{
    const Expr *g[16];
    return expr_gradient(w->p, f, x->arg, x->arity, g) ? expr_tensor(w->p, expr_rows(x), expr_cols(x), g) : NULL;
}

Test(matrix, gradients_are_those_of_the_entries)
{
    for (uint64_t seed = 1; seed <= 120; seed++) {
        Env        *env = env_new(calculus_tables);
        World       w = world_new(env, seed);
        const Expr *variable[] = { w.x, w.S, w.A }, *g[3], *f = scalar(&w, 4);
        cr_assert(f && expr_gradient(w.p, f, variable, 3, g), "%s", pool_error(w.p).s);
        for (int i = 0; i < 3; i++) {
            const Expr *entries = written_out(&w, variable[i]);
            cr_expect(!expr_is_tensor(f) && (g[i]->shape == variable[i]->shape), "shape");
            expect_equal(&w, "gradient", f, written_out(&w, g[i]), gradient_by_entries(&w, written_out(&w, f), entries));
        }
        env_delete(env);
    }
}

/* The derivative along v is v^T times the gradient; where a Hessian has a matrix form, it is the one of the entries. */
Test(matrix, tangents_and_hessians)
{
    int forms = 0;
    for (uint64_t seed = 201; seed <= 260; seed++) {
        Env        *env = env_new(calculus_tables);
        World       w = world_new(env, seed);
        const Expr *g, *f = scalar(&w, 3), *v = expr_fresh(w.p, w.x);
        cr_assert(f && expr_gradient(w.p, f, &w.x, 1, &g));
        const Expr *d = expr_tangent(w.p, f, w.x, w.y), *dot = expr_dot(w.p, g, w.y);
        expect_equal(&w, "tangent", f, written_out(&w, d), written_out(&w, dot));
        const Expr *h = matrix_of_linear(w.p, expr_tangent(w.p, g, w.x, v), v), *x = written_out(&w, w.x);
        pool_clear_error(w.p);
        if (h) {
            expect_equal(&w, "hessian", f, written_out(&w, h), expr_hessian(w.p, written_out(&w, f), x->arg, x->arity));
            forms++;
        }
        env_delete(env);
    }
    cr_expect(forms >= 30, "%d", forms);
}

Test(matrix, text_reads_back)
{
    for (uint64_t seed = 301; seed <= 400; seed++) {
        Env        *env = env_new(calculus_tables);
        World       w = world_new(env, seed);
        const Expr *f[] = { scalar(&w, 4), vector(&w, true, 4), matrix(&w, 4) };
        for (int i = 0; i < 3; i++) {
            Arena *a = arena_new();
            Str    text = expr_text(a, w.p, f[i]);
            cr_expect_eq(pool_read(w.p, text.s, NULL, 0), f[i], "%.*s", STR_ARGS(text));
            arena_delete(a);
        }
        env_delete(env);
    }
}

/* ---- tapes ---------------------------------------------------------------------------------------------------------------- */

static void fill_point(World *w, const Format *f, void *lanes, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        fmpq_t q;
        fmpq_init(q);
        fmpq_set_si(q, (slong)rng_below(&w->r, 129) - 64, 64);
        format_set_fmpq(f, format_at(f, lanes, i), q, NULL);
        fmpq_clear(q);
    }
}

static bool balls_meet(const void *a, const void *b, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (!arb_overlaps((arb_srcptr)a + i, (arb_srcptr)b + i) || !arb_is_finite((arb_srcptr)a + i))
            return false;
    return true;
}

static const Expr *random_literal(World *w, const Expr *like)
{
    const Expr *entry[16];
    for (uint32_t k = 0; k < like->arity; k++)
        entry[k] = expr_ratio(w->p, (slong)rng_below(&w->r, 17) - 8, 8);
    return expr_tensor(w->p, expr_rows(like), expr_cols(like), entry);
}

/* The sweeps over a graph of whole vectors and matrices find the gradient of the entries, and a tangent that is its product with the direction. */
Test(matrix, graphs_are_those_of_the_entries)
{
    for (uint64_t seed = 300; seed < 360; seed++) {
        Env        *env = env_new(calculus_tables);
        World       w = world_new(env, seed);
        Arena      *a = arena_new();
        const Expr *was[] = { w.x, w.y, w.b, w.A, w.S }, *x[5], *entries[5], *at[5], *direction[5], *f = scalar(&w, 3), *one = expr_int(w.p, 1), *slope = expr_int(w.p, 0);
        for (int i = 0; i < 5; i++) {
            entries[i] = written_out(&w, was[i]);
            x[i] = expr_symbol_shaped(w.p, was[i]->name, entries[i]->shape);
            at[i] = random_literal(&w, entries[i]);
            direction[i] = random_literal(&w, entries[i]);
        }
        const Expr *whole = expr_subst(w.p, f, was, x, 5), *plain = written_out(&w, f);
        Graph       request = { .pool = w.p, .arena = a };
        const Graph *reverse = graph_swept(&request, whole, x, at, 5, &one, NULL), *forward = graph_swept(&request, whole, x, at, 5, NULL, direction);
        cr_assert(reverse && forward, "%s", pool_error(w.p).s);
        for (int i = 0; i < 5; i++) {
            const Expr *g = gradient_by_entries(&w, plain, entries[i]);
            for (int k = 0; k < 5; k++)
                g = expr_subst(w.p, g, entries[k]->arg, at[k]->arg, entries[k]->arity);
            expect_equal(&w, "adjoint", f, reverse->node[i]->adjoint, g);
            slope = expr_add(w.p, slope, expr_matrix_op(w.p, MATRIX_TOTAL, expr_entrywise(w.p, ENTRY_MUL, reverse->node[i]->adjoint, direction[i])));
        }
        if (forward->output[0])
            expect_equal(&w, "tangent", f, forward->output[0]->tangent ? forward->output[0]->tangent : expr_int(w.p, 0), slope);
        arena_delete(a);
        env_delete(env);
    }
}

/* Value, gradient and Hessian times a vector on tapes with vectors and matrices, against tapes of the entries. */
Test(matrix, tapes_are_those_of_the_entries)
{
    Format ball = format_ball(160);
    int    compared = 0;
    for (uint64_t seed = 401; seed <= 460; seed++) {
        Env         *env = env_new(calculus_tables);
        Arena       *a = arena_new();
        World        w = world_new(env, seed);
        const Expr  *f = scalar(&w, 4), *variable[] = { w.x, w.y, w.b, w.A, w.S };
        CompileInput in[] = { { w.x, false, 2, 1 }, { w.y, false, 2, 1 }, { w.b, false, 3, 1 }, { w.A, false, 3, 2 }, { w.S, false, 2, 2 } }, entry[32] = { 0 };
        Objective    blocks, entries;
        size_t       n = 0;
        for (int i = 0; i < 5; i++) {
            const Expr *literal = written_out(&w, variable[i]);
            for (uint32_t k = 0; k < literal->arity; k++)
                entry[n++].symbol = literal->arg[k];
        }
        bool fine = objective_make(w.p, a, f, in, 5, &ball, OBJECTIVE_PRODUCT, &blocks);
        Str  why = pool_error(w.p);
        if (!fine && memmem(why.s, why.n, "determinant", 11)) {
            env_delete(env), arena_delete(a);
            continue;
        }
        cr_assert(fine, "%.*s: %.*s", STR_ARGS(why), STR_ARGS(expr_text(a, w.p, f)));
        cr_assert(objective_make(w.p, a, written_out(&w, f), entry, n, &ball, OBJECTIVE_PRODUCT, &entries));
        cr_assert_eq(blocks.n, n);
        void *v = format_lanes(&ball, a, n), *p = format_lanes(&ball, a, n), *q = format_lanes(&ball, a, n);
        fill_point(&w, &ball, blocks.x, n);
        fill_point(&w, &ball, v, n);
        format_copy(&ball, entries.x, blocks.x, n);
        cr_assert(objective_gradient(&blocks) && objective_gradient(&entries));
        cr_expect(balls_meet(blocks.f, entries.f, 1) && balls_meet(blocks.g, entries.g, n), "gradient of %.*s", STR_ARGS(expr_text(a, w.p, f)));
        cr_assert(objective_product(&blocks, blocks.x, v, p) && objective_product(&entries, entries.x, v, q));
        cr_expect(balls_meet(p, q, n), "product of %.*s", STR_ARGS(expr_text(a, w.p, f)));
        compared++;
        arena_delete(a);
        env_delete(env);
    }
    cr_expect(compared >= 40, "%d", compared);
}

/* A network over the rows of a table: sums of outer products, against the entries. */
Test(matrix, networks_over_data)
{
    Format      ball = format_ball(160);
    Env        *env = env_new(calculus_tables);
    Arena      *a = arena_new();
    World       w = world_new(env, 1);
    Pool       *p = w.p;
    Data        d = { .rows = 150, .columns = 3 };
    d.column = arena_array(a, Column, 3);
    for (size_t k = 0; k < 3; k++) {
        Column *c = (Column *)&d.column[k];
        *c = (Column){ .name = k == 0 ? STR("x") : k == 1 ? STR("y") : STR("t") };
        double *value = arena_array(a, double, d.rows);
        for (size_t i = 0; i < d.rows; i++)
            value[i] = (double)rng_below(&w.r, 129) / 64 - 1;
        c->value = value;
    }
    const Expr *axis = expr_axis(p, STR("d"), &d), *column[2] = { expr_column(p, axis, 0), expr_column(p, axis, 1) }, *two = expr_int(p, 2);
    const Expr *h = expr_symbol(p, STR("h")), *one = expr_int(p, 1), *sizes[] = { expr_int(p, 4) };
    const Expr *W = expr_symbol_shaped(p, STR("W"), shape_new(p, h, two, NULL)), *c = expr_symbol_shaped(p, STR("c"), shape_new(p, h, one, NULL)),
               *u = expr_symbol_shaped(p, STR("u"), shape_new(p, h, one, NULL)), *V = expr_symbol_shaped(p, STR("V"), shape_new(p, h, h, NULL));
    const Expr *layer = expr_call1(p, FN_tanh, expr_add(p, expr_matmul(p, W, expr_tensor(p, 2, 1, column)), c));
    const Expr *second = expr_call1(p, FN_tanh, expr_matmul(p, V, layer));
    const Expr *error = expr_sub(p, expr_dot(p, u, second), expr_column(p, axis, 2));
    const Expr *f = expr_add(p, expr_powi(p, error, 2), expr_matrix_op(p, MATRIX_LOGSUMEXP, second)), *variable[] = { W, c, u, V };
    CompileInput in[] = { { W, false, 4, 2 }, { c, false, 4, 1 }, { u, false, 4, 1 }, { V, false, 4, 4 } }, entry[40] = { 0 };
    Objective    blocks, entries;
    size_t       n = 0;
    for (int i = 0; i < 4; i++) {
        const Expr *literal = expr_subst(p, variable[i], &h, sizes, 1);
        for (uint32_t k = 0; k < literal->arity; k++)
            entry[n++].symbol = literal->arg[k];
    }
    cr_assert(objective_make(p, a, f, in, 4, &ball, OBJECTIVE_PRODUCT, &blocks), "%s", pool_error(p).s);
    cr_assert(objective_make(p, a, expr_subst(p, f, &h, sizes, 1), entry, n, &ball, OBJECTIVE_PRODUCT, &entries), "%s", pool_error(p).s);
    void *v = format_lanes(&ball, a, n), *hv = format_lanes(&ball, a, n), *again = format_lanes(&ball, a, n);
    fill_point(&w, &ball, blocks.x, n);
    fill_point(&w, &ball, v, n);
    format_copy(&ball, entries.x, blocks.x, n);
    cr_assert(objective_gradient(&blocks) && objective_gradient(&entries));
    cr_expect(balls_meet(blocks.f, entries.f, 1) && balls_meet(blocks.g, entries.g, n));
    cr_assert(objective_product(&blocks, blocks.x, v, hv) && objective_product(&entries, entries.x, v, again));
    cr_expect(balls_meet(hv, again, n));
    arena_delete(a);
    env_delete(env);
}
