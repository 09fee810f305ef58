/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Forward derivatives: the textbook rules, applied along the graph.
 *
 * A walk with its own stack visits every node whose derivative is needed once, arguments first (no recursion: a chain of
 * 10,000 nodes is fine), and keeps the derivatives in a side table. Repeated derivatives share that table, so what two
 * orders have in common is differentiated once. Factors stay unexpanded: the ninth derivative of
 * exp(sin(x^2))*x/(1+x^2) has some 400 nodes, and 3 million when written out. The derivative of a product that stands in a
 * sum is no node of its own: its terms go to the derivative of the sum, where most of them combine with others.
 *
 * Derivatives of functions are text rows of functions.def, in u, v, w. Conventions: abs' = sign; where min or max is
 * reached by several arguments the first one counts; floor, sign, ... have derivative 0 beside their jumps. */
#include "symbolic/calculus/diff.h"

#include "base/interrupt.h"
#include "base/vec.h"
#include "symbolic/calculus/derivation.h"
#include "symbolic/expr/expr_int.h"
#include "symbolic/expr/memo.h"
#include "symbolic/matrix/matrix.h"

enum { SHORT_PRODUCT = 16, HIGH_ORDER = 9, MOST_HIGH = 200 };

typedef struct Forward {
    Pool       *pool;
    Arena      *scratch;            /* not that of the pool, where sums grow */
    const Expr *x, *zero, *one;
    Recorder   *told;               /* of every rule that is applied, or NULL */
    Memo        plain;              /* node as typed -> canonical */
    Memo        memo;               /* node -> derivative */
    Memo        terms;              /* short product -> Terms of its derivative */
} Forward;

static Forward forward_new(Pool *p, Arena *scratch, const Expr *x)
{
    return (Forward){ .pool = p, .scratch = scratch, .x = x, .zero = expr_int(p, 0), .one = expr_int(p, 1),
                      .plain = memo_new(scratch), .memo = memo_new(scratch), .terms = memo_new(scratch) };
}

bool expr_is_condition(const Expr *e, size_t i)
{
    return e->kind == EXPR_PIECEWISE && i % 2 == 0 && i + 1 < e->arity;
}

/* ---- partial derivatives of one node ----------------------------------------------------------------------------- */

/* The i-th of the rules that are separated by semicolons. */
static Str rule_text(const char *rules, size_t i)
{
    Str rest = str_of(rules);
    for (;; i--) {
        const char *end = rest.n ? memchr(rest.s, ';', rest.n) : NULL;
        size_t      n = end ? (size_t)(end - rest.s) : rest.n;
        if (i == 0 || !end)
            return i == 0 ? str_trim(str_slice(rest, 0, n)) : (Str){ 0 };
        rest = str_slice(rest, n + 1, rest.n);
    }
}

/* "argument i is the extreme one": at least (at most) every other, and strictly so against the earlier ones. */
static const Expr *is_extreme(Pool *p, const Expr *const *u, size_t count, size_t i, Relop reached, Relop strict)
{
    Arena       *a = pool_arena(p);
    const Expr **condition = arena_array(a, const Expr *, count);
    size_t       n = 0;
    for (size_t j = 0; j < count; j++)
        if (j != i)
            condition[n++] = expr_relation(p, j < i ? strict : reached, u[i], u[j]);
    return n == 1 ? condition[0] : expr_logic(p, EXPR_AND, condition, n);
}

const Expr *expr_where_extreme(Pool *p, FnId fn, const Expr *const *u, const Expr *const *value, size_t n)
{
    Relop        reached = fn == FN_max ? REL_GE : REL_LE;
    const Expr **arg = arena_array(pool_arena(p), const Expr *, 2 * n);
    for (size_t i = 0; i < n; i++) {
        if (i + 1 < n)
            arg[2 * i] = is_extreme(p, u, n, i, reached, reached);
        arg[2 * i + (i + 1 < n)] = value[i];
    }
    return expr_piecewise(p, arg, 2 * n - 1);
}

static const Expr *indicator(Pool *p, const Expr *condition)
{
    const Expr *arg[] = { condition, expr_int(p, 1), expr_int(p, 0) };
    return expr_piecewise(p, arg, 3);
}

/* (operands u: those of e, or what stands for them in a canonical expression) */
static const Expr *call_partial(Pool *p, const Expr *e, const Expr *const *u, size_t i)
{
    static const char *const place[] = { "first", "second", "third", "fourth" };
    if (e->fn->id == FN_max)
        return e->arity == 1 ? expr_int(p, 1) : indicator(p, is_extreme(p, u, e->arity, i, REL_GE, REL_GT));
    if (e->fn->id == FN_min)
        return e->arity == 1 ? expr_int(p, 1) : indicator(p, is_extreme(p, u, e->arity, i, REL_LE, REL_LT));
    Str rule = rule_text(e->fn->derivative, i);
    if (!rule.n)
        return pool_fail(p, "no derivative rule for %s in its %s argument", e->fn->name, place[i < 4 ? i : 3]);
    return pool_read(p, str_copy(pool_arena(p), rule).s, u, e->arity);
}

static const Expr *power_partial(Pool *p, const Expr *u, const Expr *v, size_t i)
{
    if (i == 0)
        return expr_mul(p, v, expr_pow(p, u, expr_sub(p, v, expr_int(p, 1))));
    return expr_mul(p, expr_pow(p, u, v), expr_call1(p, FN_log, u));
}

static const Expr *unknown_partial(Pool *p, const Expr *e, const Expr *const *u, size_t i)
{
    uint32_t *order = arena_copy(pool_arena(p), e->unknown.order, e->arity * sizeof *order);
    order[i]++;
    return expr_unknown(p, e->unknown.name, order, u, e->arity);
}

/* 1 on the branch of value i, 0 on the others. */
static const Expr *branch_partial(Pool *p, const Expr *e, size_t i)
{
    const Expr **arg = arena_array(pool_arena(p), const Expr *, e->arity);
    for (size_t j = 0; j < e->arity; j++) {
        arg[j] = expr_is_condition(e, j) ? e->arg[j] : expr_int(p, j == i);
    }
    return expr_piecewise(p, arg, e->arity);
}

/* Of a function or power that acts entry by entry: the partial derivative for numbers, lifted. */
static const Expr *entry_partial(Pool *p, const Expr *e, size_t i)
{
    const Expr **plain = arena_array(pool_arena(p), const Expr *, e->arity);
    for (size_t k = 0; k < e->arity; k++)
        plain[k] = expr_is_tensor(e->arg[k]) ? expr_fresh(p, expr_symbol(p, STR("u"))) : e->arg[k];
    const Expr *scalar = expr_remake(p, e, plain);
    if (!scalar || (scalar->kind != EXPR_CALL && scalar->kind != EXPR_POW))
        return pool_fail(p, "no derivative rule for this function of a vector");
    return expr_lift(p, expr_partial(p, scalar, i), plain, e->arg, e->arity);
}

const Expr *expr_partial(Pool *p, const Expr *e, size_t i)
{
    if ((e->kind == EXPR_CALL || e->kind == EXPR_POW) && expr_is_tensor(e))
        return entry_partial(p, e, i);
    if (e->kind == EXPR_CALL)
        return call_partial(p, e, e->arg, i);
    if (e->kind == EXPR_POW)
        return power_partial(p, e->arg[0], e->arg[1], i);
    if (e->kind == EXPR_UNKNOWN)
        return unknown_partial(p, e, e->arg, i);
    if (e->kind == EXPR_PIECEWISE)
        return branch_partial(p, e, i);
    return pool_fail(p, "a relation or truth value has no derivative");
}

/* ---- the rules ---------------------------------------------------------------------------------------------------- */

static const Expr *known(const Forward *f, const Expr *e)
{
    return memo_get(&f->memo, e);
}

/* An operand as it stands in a derivative: canonical, also where the rules follow an expression as typed. */
static const Expr *operand(Forward *f, const Expr *u)
{
    const Expr *plain = u->flags & EXPR_AS_TYPED ? memo_get(&f->plain, u) : u;
    if (!plain && (plain = expr_canonical(f->pool, u)))
        memo_put(&f->plain, u, plain);
    return plain;
}

/* The factors of e and behind them their derivatives. */
static void factors_of(Forward *f, const Expr *e, const Expr **u)
{
    for (size_t i = 0; i < e->arity; i++) {
        u[i] = operand(f, e->arg[i]);
        u[e->arity + i] = known(f, e->arg[i]);
    }
}

/* The textbook sum of the product rule, for factors u[0..n-1] with derivatives d[0..n-1]. */
static Sum *product_rule(Pool *p, const Expr **u, const Expr *const *d, size_t n)
{
    Sum *s = sum_new(p);
    for (size_t i = 0; i < n; i++) {
        const Expr *keep = u[i];
        if (expr_is_zero(d[i]))
            continue;
        u[i] = d[i];
        sum_add_product(s, u, n);
        u[i] = keep;
    }
    return s;
}

/* A long product is halved, because n terms of n factors each would be quadratic. */
static const Expr *long_product_rule(Pool *p, const Expr **u, const Expr **d, size_t n)
{
    if (n <= SHORT_PRODUCT)
        return sum_done(product_rule(p, u, d, n));
    size_t      h = n / 2;
    const Expr *left = long_product_rule(p, u, d, h), *right = long_product_rule(p, u + h, d + h, n - h);
    return expr_add(p, expr_mul(p, left, expr_product(p, u + h, n - h)), expr_mul(p, expr_product(p, u, h), right));
}

/* The derivative of a short product. */
static const Terms *product_terms(Forward *f, const Expr *e)
{
    const Terms *terms = memo_get(&f->terms, e);
    const Expr  *u[2 * SHORT_PRODUCT];
    if (terms)
        return terms;
    factors_of(f, e, u);
    terms = sum_terms(product_rule(f->pool, u, u + e->arity, e->arity), f->scratch);
    if (terms)
        memo_put(&f->terms, e, terms);
    return terms;
}

static bool short_product(const Expr *e)
{
    return e->kind == EXPR_MUL && e->arity <= SHORT_PRODUCT;
}

static const Expr *diff_product(Forward *f, const Expr *e)
{
    if (short_product(e)) {
        Sum *s = sum_new(f->pool);
        sum_add_terms(s, product_terms(f, e));
        return sum_done(s);
    }
    const Expr **u = arena_array(f->scratch, const Expr *, 2 * e->arity);
    factors_of(f, e, u);
    return long_product_rule(f->pool, u, u + e->arity, e->arity);
}

/* Does its derivative join that of the sum around it? Not where each rule is recorded. */
static bool joins_sum(const Forward *f, const Expr *e) { return !f->told && short_product(e); }

static const Expr *diff_sum(Forward *f, const Expr *e)
{
    Sum *s = sum_new(f->pool);
    for (size_t i = 0; i < e->arity; i++)
        if (joins_sum(f, e->arg[i]))
            sum_add_terms(s, product_terms(f, e->arg[i]));
        else
            sum_add(s, known(f, e->arg[i]));
    return sum_done(s);
}

/* (u^v)' = u^v * (v'*log(u) + v*u'/u); with one of u', v' zero the shorter forms by partial derivatives. */
static const Expr *diff_power(Forward *f, const Expr *e)
{
    Pool       *p = f->pool;
    const Expr *u = operand(f, e->arg[0]), *v = operand(f, e->arg[1]), *du = known(f, e->arg[0]), *dv = known(f, e->arg[1]);
    if (!u || !v)
        return NULL;
    if (expr_is_zero(dv))
        return expr_is_zero(du) ? f->zero : expr_mul(p, power_partial(p, u, v, 0), du);
    if (expr_is_zero(du))
        return expr_mul(p, power_partial(p, u, v, 1), dv);
    const Expr *inner = expr_add(p, expr_mul(p, dv, expr_call1(p, FN_log, u)), expr_div(p, expr_mul(p, v, du), u));
    return expr_mul(p, expr_pow(p, u, v), inner);
}

/* The chain rule: the sum of partial derivative times inner derivative. */
static const Expr *chain_partial(Forward *f, const Expr *e, size_t i)
{
    if (!(e->flags & EXPR_AS_TYPED))
        return expr_partial(f->pool, e, i);
    const Expr **u = arena_array(f->scratch, const Expr *, e->arity);
    for (size_t k = 0; k < e->arity; k++)
        if (!(u[k] = operand(f, e->arg[k])))
            return NULL;
    return e->kind == EXPR_CALL ? call_partial(f->pool, e, u, i) : unknown_partial(f->pool, e, u, i);
}

static const Expr *diff_chain(Forward *f, const Expr *e)
{
    const Expr **term = arena_array(f->scratch, const Expr *, e->arity);
    size_t       n = 0;
    for (size_t i = 0; i < e->arity; i++) {
        const Expr *inner = known(f, e->arg[i]);
        if (!expr_is_zero(inner))
            term[n++] = expr_mul(f->pool, chain_partial(f, e, i), inner);
    }
    return expr_sum(f->pool, term, n);
}

/* max(u, v, ...)' is piecewise the derivative of the argument that is extreme. */
static const Expr *diff_extreme(Forward *f, const Expr *e)
{
    const Expr **inner = arena_array(f->scratch, const Expr *, e->arity), **u = arena_array(f->scratch, const Expr *, e->arity);
    bool         all_zero = true;
    for (size_t i = 0; i < e->arity; i++) {
        u[i] = operand(f, e->arg[i]);
        inner[i] = known(f, e->arg[i]);
        all_zero = all_zero && expr_is_zero(inner[i]);
    }
    return all_zero ? f->zero : expr_where_extreme(f->pool, e->fn->id, u, inner, e->arity);
}

static const Expr *diff_branches(Forward *f, const Expr *e)
{
    const Expr **arg = arena_array(f->scratch, const Expr *, e->arity);
    for (size_t i = 0; i < e->arity; i++)
        arg[i] = expr_is_condition(e, i) ? operand(f, e->arg[i]) : known(f, e->arg[i]);
    return expr_piecewise(f->pool, arg, e->arity);
}

static const Expr *diff_tensor(Forward *f, const Expr *e)
{
    const Expr **entry = arena_array(f->scratch, const Expr *, e->arity);
    for (size_t i = 0; i < e->arity; i++)
        entry[i] = known(f, e->arg[i]);
    return expr_tensor(f->pool, expr_rows(e), expr_cols(e), entry);
}

static const Expr *diff_relation(Forward *f, const Expr *e)
{
    if (e->relop != REL_EQ)
        return pool_fail(f->pool, "an inequality has no derivative");
    return expr_relation(f->pool, REL_EQ, known(f, e->arg[0]), known(f, e->arg[1]));
}

/* The order term of a power series may be differentiated like its terms. */
static const Expr *diff_order(Forward *f, const Expr *e)
{
    const Expr *rest = known(f, e->arg[0]);
    if (expr_is_zero(rest))
        return f->zero;
    expr_split_coefficient(f->pool, rest, &rest);
    return expr_order(f->pool, rest);
}

/* What has a tensor's shape, and the products and reductions of matrices. */
static const Expr *diff_matrix(Forward *f, const Expr *e)
{
    const Expr **d = arena_array(f->scratch, const Expr *, e->arity);
    for (size_t i = 0; i < e->arity; i++)
        d[i] = known(f, e->arg[i]);
    return matrix_tangent(f->pool, e, d);
}

/* (u/v)' = (u'*v - u*v')/v^2, of an expression as typed. */
static const Expr *diff_quotient(Forward *f, const Expr *e)
{
    Pool       *p = f->pool;
    const Expr *u = operand(f, e->arg[0]), *v = operand(f, e->arg[1]), *du = known(f, e->arg[0]), *dv = known(f, e->arg[1]);
    if (dv && expr_is_zero(dv))
        return expr_div(p, du, v);
    return expr_div(p, expr_sub(p, expr_mul(p, du, v), expr_mul(p, u, dv)), expr_powi(p, v, 2));
}

static const Expr *diff_node(Forward *f, const Expr *e)
{
    bool entries = e->kind == EXPR_ADD || e->kind == EXPR_MUL || e->kind == EXPR_POW || e->kind == EXPR_CALL;
    if (entries && e->flags & EXPR_HAS_TENSOR && expr_is_tensor(e))
        return diff_matrix(f, e);
    switch ((ExprKind)e->kind) {
    case EXPR_NUMBER: case EXPR_BALL: case EXPR_CONSTANT: case EXPR_SYMBOL: case EXPR_AXIS: case EXPR_COLUMN: case EXPR_COUNT:
        return f->zero;
    case EXPR_OVER:      return expr_over(f->pool, e->arg[0], known(f, e->arg[1]));
    case EXPR_ADD:       return diff_sum(f, e);
    case EXPR_MUL:       return diff_product(f, e);
    case EXPR_POW:       return diff_power(f, e);
    case EXPR_CALL:      return e->fn->id == FN_max || e->fn->id == FN_min ? diff_extreme(f, e) : diff_chain(f, e);
    case EXPR_UNKNOWN:   return diff_chain(f, e);
    case EXPR_PIECEWISE: return diff_branches(f, e);
    case EXPR_TENSOR:    return diff_tensor(f, e);
    case EXPR_MATMUL: case EXPR_MATRIX:
        return diff_matrix(f, e);
    case EXPR_RELATION:  return diff_relation(f, e);
    case EXPR_ORDER:     return diff_order(f, e);
    case EXPR_AND: case EXPR_OR: case EXPR_NOT:
        return pool_fail(f->pool, "a truth value has no derivative");
    case EXPR_SUB:       return expr_sub(f->pool, known(f, e->arg[0]), known(f, e->arg[1]));
    case EXPR_DIV:       return diff_quotient(f, e);
    case EXPR_NEG:       return expr_neg(f->pool, known(f, e->arg[0]));
    }
    return NULL;
}

/* ---- the walk ------------------------------------------------------------------------------------------------------ */

/* Is the derivative of e known without looking at its arguments? An unknown function as variable is independent of
 * every other node but those that contain it. */
static const Expr *diff_leaf(const Forward *f, const Expr *e)
{
    if (e == f->x)
        return f->one;
    bool leaf = e->arity == 0 || !(e->flags & EXPR_HAS_SYMBOL) || (e->kind == EXPR_UNKNOWN && f->x->kind == EXPR_UNKNOWN);
    return leaf ? f->zero : NULL;
}

typedef VEC(const Expr *) Stack;

static void push_unknown(Forward *f, Stack *stack, const Expr *const *e, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (!known(f, e[i]))
            vec_push(f->scratch, stack, e[i]);
}

static const Expr *forward_diff(Forward *f, const Expr *root)
{
    Stack stack = { 0 };
    vec_push(f->scratch, &stack, root);
    while (stack.n) {
        const Expr *e = stack.at[stack.n - 1];
        if (known(f, e)) {
            stack.n--;
            continue;
        }
        if (should_stop())
            return pool_fail(f->pool, "interrupted");
        const Expr *d = diff_leaf(f, e);
        size_t      before = stack.n;
        for (size_t i = 0; !d && i < e->arity; i++)
            if (e->kind == EXPR_ADD && joins_sum(f, e->arg[i]) && !expr_is_tensor(e))
                push_unknown(f, &stack, e->arg[i]->arg, memo_get(&f->terms, e->arg[i]) ? 0 : e->arg[i]->arity);
            else if (!expr_is_condition(e, i))
                push_unknown(f, &stack, &e->arg[i], 1);
        if (stack.n > before)
            continue;
        bool rule = !d;
        if (rule)
            d = diff_node(f, e);
        if (!d)
            return NULL;
        if (rule && f->told)
            f->told->rule(f->told, e, d);
        memo_put(&f->memo, e, d);
        stack.n--;
    }
    return known(f, root);
}

const Expr *expr_diff_n(Pool *p, const Expr *e, const Expr *x, slong n)
{
    if (!e || !x)
        return NULL;
    if (e->flags & EXPR_AS_TYPED)
        e = expr_canonical(p, e);
    size_t      failures = pool_failures(p);
    const Expr *high = e && n > HIGH_ORDER && n <= MOST_HIGH ? expr_diff_high(p, e, x, n) : NULL;
    if (high || pool_failures(p) != failures)
        return high;
    Arena  *scratch = arena_new();
    Forward f = forward_new(p, scratch, x);
    for (slong i = 0; e && i < n; i++) {
        const Expr *d = should_stop() ? pool_fail(p, "interrupted") : forward_diff(&f, e);
        if (d && expr_is_zero(d) && e->kind != EXPR_TENSOR && expr_is_tensor(e))
            d = expr_fill(p, d, e->shape);
        if (d == e)                                           /* 0 and exp(x) stay as they are */
            break;
        e = d;
    }
    arena_delete(scratch);
    return e;
}

bool expr_tangents(Pool *p, const Expr *const *e, size_t n, const Expr *const *x, const Expr *const *direction, size_t nx, const Expr **out)
{
    Arena  *scratch = arena_new();
    Forward f = forward_new(p, scratch, x[0]);
    bool    fine = true;
    for (size_t i = 0; i < nx && fine; i++) {
        fine = direction[i] != NULL;
        memo_put(&f.memo, x[i], (void *)direction[i]);
    }
    for (size_t i = 0; i < n && fine; i++) {
        const Expr *d = e[i] ? forward_diff(&f, e[i]) : NULL;
        fine = (out[i] = d && expr_is_zero(d) && expr_is_tensor(e[i]) ? expr_fill(p, d, e[i]->shape) : d) != NULL;
    }
    arena_delete(scratch);
    return fine;
}

const Expr *expr_tangent(Pool *p, const Expr *e, const Expr *x, const Expr *direction)
{
    const Expr *d;
    return expr_tangents(p, &e, 1, &x, &direction, 1, &d) ? d : NULL;
}

const Expr *expr_diff_told(Pool *p, const Expr *e, const Expr *x, Recorder *told)
{
    Arena  *scratch = arena_new();
    Forward f = forward_new(p, scratch, x);
    f.told = told;
    const Expr *d = forward_diff(&f, e);
    arena_delete(scratch);
    return d;
}

const Expr *expr_diff(Pool *p, const Expr *e, const Expr *x)
{
    return expr_diff_n(p, e, x, 1);
}

/* Half of the matrix: forward derivatives of the gradient's entries, with one side table per variable. */
const Expr *expr_hessian(Pool *p, const Expr *e, const Expr *const *x, size_t n)
{
    Arena       *scratch = arena_new();
    const Expr **g = arena_array(scratch, const Expr *, n), **h = arena_array(scratch, const Expr *, n * n);
    bool         ok = expr_gradient(p, e, x, n, g);
    for (size_t j = 0; ok && j < n; j++) {
        Forward f = forward_new(p, scratch, x[j]);
        for (size_t i = 0; ok && i <= j; i++) {
            h[i * n + j] = h[j * n + i] = forward_diff(&f, g[i]);
            ok = h[i * n + j] != NULL;
        }
    }
    const Expr *result = ok ? expr_tensor(p, n, n, h) : NULL;
    arena_delete(scratch);
    return result;
}

/* ---- the command --------------------------------------------------------------------------------------------------- */

/* With the derivation of every order recorded. */
static const Expr *told_diff(Call *c, const Expr *e, const Expr *x, slong n)
{
    for (slong i = 0; e && i < n; i++)
        e = diff_derivation(c->pool, c->steps, e, x);
    return e;
}

static Value vector_variable(Call *c)
{
    Str text = str_slice(c->source->text, c->arg_span[0].start, c->arg_span[1].end);
    call_fail(c, 1, "a derivative in a vector or matrix is a gradient or a jacobian");
    diag_hint(c->diag, "%s(%.*s)", expr_is_tensor(c->arg[0].expr) ? "jacobian" : "gradient", STR_ARGS(text));
    return value_failed();
}

/* diff(f), diff(f, x), diff(f, x, 3), diff(f, x, y, 2, z): a number repeats the variable before it. */
static Value diff_call(Call *c)
{
    const Expr *e = c->arg[0].expr, *x = NULL;
    if (!call_has(c, 1)) {
        if (call_has(c, 2)) {
            call_fail(c, 2, "diff needs a variable before the order");
            diag_hint(c->diag, "diff(x^2, x, 2)");
            return value_failed();
        }
        if (c->nvars != 1) {
            Str f = str_slice(c->source->text, c->arg_span[0].start, c->arg_span[0].end);
            call_fail(c, 0, "diff needs the variable: the expression has %zu of them", c->nvars);
            if (c->nvars)
                diag_hint(c->diag, "diff(%.*s, %.*s)", STR_ARGS(f), STR_ARGS(c->vars[0]->name));
            return value_failed();
        }
        return value_expr(c->steps ? told_diff(c, e, c->vars[0], 1) : expr_diff(c->pool, e, c->vars[0]));
    }
    if (c->arg[1].kind == VALUE_EXPR && expr_is_tensor(c->arg[1].expr))
        return vector_variable(c);
    const List *more = call_has(c, 2) ? c->arg[2].list : &(List){ 0 };
    for (size_t i = 0; e && i <= more->n; i++) {
        Value       item = i == 0 ? c->arg[1] : more->item[i - 1];
        const Expr *step = item.kind == VALUE_EXPR ? item.expr : NULL;
        slong       times = 1;
        if (step && step->kind == EXPR_SYMBOL)
            x = step;
        else if (step && x && expr_fits_slong(step, &times) && times >= 0)
            times--;                /* the variable itself has counted once */
        else
            return call_fail(c, i ? 2 : 1, "diff needs a variable or an order here");
        if (times < 0)
            return value_expr(c->arg[0].expr);
        if (c->steps && i < more->n && more->item[i].kind == VALUE_EXPR && expr_is_zero(more->item[i].expr))
            times = 0;
        e = times && c->steps ? told_diff(c, e, x, times) : expr_diff_n(c->pool, e, x, times);
    }
    return value_expr(e);
}

const Builtin diff_builtins[] = {
    { .sig = "diff(f: objective, x: var?, more: again?...) -> expr",
      .help = "The derivative of f in x; a number behind a variable repeats it, more variables give mixed derivatives.",
      .example = { { "diff(x^2*sin(x), x)", "2x*sin(x) + x^2*cos(x)" },
                   { "diff(x^5, x, 3)", "60x^2" },
                   { "diff(x^2*y^3, x, y)", "6x*y^2" } },
      .lesson = 2, .see = "gradient hessian taylor", .words = "derivative differentiate derive slope rate of change", .steps = true, .call = diff_call },
    { 0 }
};
