/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From equations to an ideal and back. Roots and absolute values become further unknowns: r^2 = u for sqrt(u); a solution stays
 * if r is the value of the root there, which its ball tells. A denominator d gets the equation s*d = 1, so no pole is a
 * solution. The zeros come from ideal.c; the factors of the minimal polynomial of T are taken one by one, and each real root
 * of one gives a real solution, whose coordinates are algebraic numbers. */
#include "symbolic/solve/polynomial_system.h"

#include "base/interrupt.h"
#include "base/vec.h"
#include "numeric/ball.h"
#include "symbolic/algebra/algebraic.h"
#include "symbolic/algebra/kernels.h"
#include "symbolic/algebra/poly.h"
#include "symbolic/expr/evaluate.h"
#include "symbolic/solve/ideal.h"

#include <flint/fmpz_poly_factor.h>
#if __FLINT_RELEASE >= 30000
#include <flint/arb_fmpz_poly.h>
#else
#include <arb_fmpz_poly.h>
#endif

enum { EXACT_DEGREE = 24, MOST_ROOT = 12, FILTER_BITS = 400 };

typedef struct Lifted { const Expr *node, *unknown, *meaning; } Lifted;   /* unknown stands for meaning, in the given unknowns */

typedef struct Problem {
    Pool  *pool;
    Arena *arena;
    size_t n;
    VEC(const Expr *) unknown;      /* the given ones first */
    VEC(const Expr *) equation;     /* polynomials */
    VEC(Lifted)       lifted;
    const char       *why;
} Problem;

/* ---- polynomials ---------------------------------------------------------------------------------------------------------- */

static const Expr *lift(Problem *s, const Expr *meaning, const Expr *inside, slong q)
{
    Pool *p = s->pool;
    for (size_t i = 0; i < s->lifted.n; i++)
        if (s->lifted.at[i].meaning == meaning)
            return s->lifted.at[i].unknown;
    const Expr *r = expr_fresh(p, expr_symbol(p, STR("r")));
    vec_push(s->arena, &s->unknown, r);
    vec_push(s->arena, &s->lifted, (Lifted){ meaning, r, meaning });
    vec_push(s->arena, &s->equation, expr_sub(p, expr_powi(p, r, q), q == 2 && expr_is_call(meaning, FN_abs) ? expr_powi(p, inside, 2) : inside));
    return r;
}

/* e without roots and absolute values; NULL: another function occurs. done maps nodes to what they became. */
static const Expr *polynomial_of(Problem *s, const Expr *e)
{
    Pool  *p = s->pool;
    Nodes  nodes = expr_nodes(p, s->arena, &e, 1);
    Memo   done = memo_new(s->arena);
    for (size_t i = 0; i < nodes.n; i++) {
        const Expr *node = nodes.at[i], **arg = arena_array(s->arena, const Expr *, node->arity + 1), *result = node;
        slong       q;
        for (uint32_t k = 0; k < node->arity; k++)
            arg[k] = memo_get(&done, node->arg[k]);
        if (node->kind == EXPR_POW && expr_is_number(node->arg[1]) && !expr_is_integer(node->arg[1])) {
            if (!fmpz_fits_si(fmpq_denref(expr_number(node->arg[1]))) || (q = fmpz_get_si(fmpq_denref(expr_number(node->arg[1])))) > MOST_ROOT)
                return NULL;
            result = expr_pow(p, lift(s, expr_pow(p, node->arg[0], expr_ratio(p, 1, q)), arg[0], q), expr_fmpz(p, fmpq_numref(expr_number(node->arg[1]))));
        } else if (expr_is_call(node, FN_abs)) {
            result = lift(s, node, arg[0], 2);
        } else if (expr_is_call(node, FN_cbrt)) {
            result = lift(s, node, arg[0], 3);
        } else if (node->kind == EXPR_ADD || node->kind == EXPR_MUL || (node->kind == EXPR_POW && expr_is_integer(node->arg[1]))) {
            result = expr_remake(p, node, arg);
        } else if (node->kind != EXPR_NUMBER && node->kind != EXPR_SYMBOL) {
            return NULL;
        }
        if (!result)
            return NULL;
        memo_put(&done, node, result);
    }
    return memo_get(&done, e);
}

static bool add_equations(Problem *s, const Expr *const *e, size_t m)
{
    Pool       *p = s->pool;
    const Expr *poles = expr_int(p, 1);
    for (size_t i = 0; i < m; i++) {
        const Expr *whole = polynomial_of(s, e[i]), *num, *den;
        if (!whole || !(whole = expr_together(p, whole))) {
            s->why = "an equation is no polynomial in the unknowns";
            return false;
        }
        expr_fraction(p, whole, &num, &den);
        vec_push(s->arena, &s->equation, num);
        if (!expr_is_number(den))
            poles = expr_mul(p, poles, den);
    }
    if (!expr_is_number(poles)) {
        const Expr *t = expr_fresh(p, expr_symbol(p, STR("s")));
        vec_push(s->arena, &s->unknown, t);
        vec_push(s->arena, &s->equation, expr_sub(p, expr_mul(p, t, poles), expr_int(p, 1)));
    }
    return true;
}

/* Which variable of the ideal each generator of the kernels is; false if one is no unknown. */
static bool map_generators(Problem *s, const Kernels *k, size_t *variable)
{
    for (size_t g = 0; g < k->n; g++) {
        size_t i = 0;
        while (i < s->unknown.n && (k->generator[g].kind != GENERATOR_PLAIN || k->generator[g].key != s->unknown.at[i]))
            i++;
        if (i == s->unknown.n) {
            s->why = "letters among the coefficients are not supported in systems that are not linear";
            return false;
        }
        variable[g] = i;
    }
    return true;
}

static void copy_polynomial(Ideal *out, const fmpz_mpoly_struct *f, const Kernels *k, const size_t *variable, Arena *a)
{
    ulong       *from = arena_array(a, ulong, k->n + 1), *to = arena_array(a, ulong, (size_t)out->n + 1);
    fmpz_mpoly_t g;
    fmpz_t       c;
    fmpz_mpoly_init(g, out->ctx);
    fmpz_init(c);
    for (slong t = 0; t < fmpz_mpoly_length(f, k->ctx); t++) {
        fmpz_mpoly_get_term_exp_ui(from, f, t, k->ctx);
        fmpz_mpoly_get_term_coeff_fmpz(c, f, t, k->ctx);
        memset(to, 0, sizeof *to * (size_t)out->n);
        for (size_t j = 0; j < k->n; j++)
            to[variable[j]] += from[j];
        fmpz_mpoly_push_term_fmpz_ui(g, c, to, out->ctx);
    }
    fmpz_mpoly_sort_terms(g, out->ctx);
    fmpz_mpoly_combine_like_terms(g, out->ctx);
    if (!fmpz_mpoly_is_zero(g, out->ctx))
        fmpz_mpoly_vec_append(out->given, g, out->ctx);
    fmpz_clear(c);
    fmpz_mpoly_clear(g, out->ctx);
}

static bool make_ideal(Problem *s, Ideal *out)
{
    Kernels k;
    size_t  variable[1000];
    kernels_init(&k, s->pool, s->equation.at, s->equation.n, KERNELS_FRACTION, NULL);
    bool fine = !k.failed && k.n < 1000 && map_generators(s, &k, variable);
    for (size_t i = 0; fine && i < s->equation.n; i++)
        copy_polynomial(out, fmpz_mpoly_q_numref(kernels_value(&k, s->equation.at[i])), &k, variable, s->arena);
    if (k.failed)
        s->why = "the polynomials are too large";
    kernels_clear(&k);
    return fine;
}

/* ---- solutions ------------------------------------------------------------------------------------------------------------- */

static void poly_ball(arb_t out, const fmpq_poly_struct *f, const arb_t at, slong bits)
{
    fmpz_poly_t top;
    fmpz_poly_init(top);
    fmpq_poly_get_numerator(top, f);
    arb_fmpz_poly_evaluate_arb(out, top, at, bits);
    arb_div_fmpz(out, out, fmpq_poly_denref(f), bits);
    fmpz_poly_clear(top);
}

/* Do the roots have the values that their unknowns have? y: all coordinates at FILTER_BITS. */
static bool roots_agree(Problem *s, arb_srcptr y)
{
    acb_ptr at = _acb_vec_init((slong)s->n);
    acb_t   z;
    bool    agree = true;
    acb_init(z);
    for (size_t i = 0; i < s->n; i++)
        acb_set_arb(at + i, y + i);
    for (size_t i = 0; i < s->lifted.n && agree; i++) {
        size_t k = s->n;
        while (s->unknown.at[k] != s->lifted.at[i].unknown)
            k++;
        EvalStatus status = expr_enclose(s->pool, s->lifted.at[i].meaning, s->unknown.at, at, s->n, FILTER_BITS, z, NULL);
        if (status == EVAL_OK)
            agree = arb_contains_zero(acb_imagref(z)) && arb_overlaps(acb_realref(z), y + k);
        else                        /* the root of a ball that touches 0: the value must be 0 or above */
            agree = !arb_is_negative(y + k);
    }
    acb_clear(z);
    _acb_vec_clear(at, (slong)s->n);
    return agree;
}

static const Expr *ball_of(Pool *p, const fmpq_poly_struct *x, const fmpz_poly_t f, slong k, size_t digits)
{
    Ball  ball = { .digits = (slong)digits };
    acb_t root;
    acb_init(ball.value);
    acb_init(root);
    for (slong bits = (slong)digits * 4 + 64; bits < 100000; bits *= 2) {
        root_of_enclose(root, f, k, bits);
        poly_ball(acb_realref(ball.value), x, acb_realref(root), bits);
        if (arb_rel_accuracy_bits(acb_realref(ball.value)) > (slong)((double)digits * 3.33) + 20)
            break;
    }
    const Expr *e = expr_ball(p, &ball);
    acb_clear(root);
    acb_clear(ball.value);
    return e;
}

/* x modulo f at root number k of f. */
static const Expr *coordinate(Problem *s, const fmpq_poly_struct *x, const fmpz_poly_t f, slong k, size_t digits)
{
    fmpq_poly_t r, m;
    const Expr *e = NULL;
    fmpq_poly_init(r);
    fmpq_poly_init(m);
    fmpq_poly_set_fmpz_poly(m, f);
    fmpq_poly_rem(r, x, m);
    if (fmpq_poly_degree(r) <= 0) {
        fmpq_t c;
        fmpq_init(c);
        fmpq_poly_get_coeff_fmpq(c, r, 0);
        e = expr_fmpq(s->pool, c);
        fmpq_clear(c);
    } else if (fmpz_poly_degree(f) > EXACT_DEGREE) {
        e = ball_of(s->pool, r, f, k, digits);
    } else {
        qqbar_t root, value;
        qqbar_init(root);
        qqbar_init(value);
        root_of_exact(root, f, k);
        qqbar_evaluate_fmpq_poly(value, r, root);
        e = expr_algebraic(s->pool, value);
        qqbar_clear(value);
        qqbar_clear(root);
    }
    fmpq_poly_clear(m);
    fmpq_poly_clear(r);
    return e;
}

/* The real solutions at the roots of one irreducible factor of the minimal polynomial. places: for their order. */
static bool factor_solutions(Problem *s, Solutions *out, const Zeroset *z, const fmpz_poly_t f, arb_ptr places, size_t digits)
{
    slong   real = fmpz_poly_num_real_roots(f), all = (slong)s->unknown.n;
    arb_ptr y = _arb_vec_init(all);
    acb_t   root;
    bool    fine = true;
    acb_init(root);
    if (!s->lifted.n)               /* other branches of the roots are no solutions */
        out->complex += (size_t)(fmpz_poly_degree(f) - real);
    for (slong k = 1; k <= real && fine; k++) {
        root_of_enclose(root, f, k, 2 * FILTER_BITS);
        for (slong i = 0; i < all; i++)
            poly_ball(y + i, z->x + i, acb_realref(root), 2 * FILTER_BITS);
        if (!roots_agree(s, y))
            continue;
        for (size_t i = 0; i < s->n && fine; i++) {
            arb_set(places + out->n * s->n + i, y + i);
            fine = (out->at[out->n * s->n + i] = coordinate(s, z->x + i, f, k, digits)) != NULL && !should_stop();
        }
        out->n += fine;
    }
    acb_clear(root);
    _arb_vec_clear(y, all);
    return fine;
}

/* By their coordinates, the first one first. */
static bool before(arb_srcptr a, arb_srcptr b, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (!arb_overlaps(a + i, b + i))
            return arb_lt(a + i, b + i);
    return false;
}

static void order_solutions(Solutions *s, arb_ptr place, size_t n)
{
    for (size_t i = 1; i < s->n; i++)
        for (size_t k = i; k > 0 && before(place + k * n, place + (k - 1) * n, n); k--)
            for (size_t j = 0; j < n; j++) {
                const Expr *e = s->at[k * n + j];
                s->at[k * n + j] = s->at[(k - 1) * n + j];
                s->at[(k - 1) * n + j] = e;
                arb_swap(place + k * n + j, place + (k - 1) * n + j);
            }
}

static void list_solutions(Problem *s, Solutions *out, const Zeroset *z, size_t digits)
{
    fmpz_poly_t        f;
    fmpz_poly_factor_t factors;
    slong              room = fmpq_poly_degree(z->minimal) * (slong)s->n + 1;
    arb_ptr            place = _arb_vec_init(room);
    fmpz_poly_init(f);
    fmpz_poly_factor_init(factors);
    fmpq_poly_get_numerator(f, z->minimal);
    fmpz_poly_factor(factors, f);
    out->at = arena_array(s->arena, const Expr *, (size_t)room);
    out->found = YES;
    for (slong i = 0; i < factors->num && out->found == YES; i++)
        if (!factor_solutions(s, out, z, factors->p + i, place, digits)) {
            out->found = UNKNOWN;
            out->why = "it was stopped";
        }
    order_solutions(out, place, s->n);
    fmpz_poly_factor_clear(factors);
    fmpz_poly_clear(f);
    _arb_vec_clear(place, room);
}

/* The basis as expressions in the unknowns. */
static void list_relations(Problem *s, Solutions *out, const Ideal *ideal)
{
    Pool  *p = s->pool;
    fmpz_t c;
    fmpz_init(c);
    out->relation = arena_array(s->arena, const Expr *, (size_t)ideal->basis->length + 1);
    for (slong k = 0; k < ideal->basis->length; k++) {
        const fmpz_mpoly_struct *f = fmpz_mpoly_vec_entry(ideal->basis, k);
        const Expr              *sum = expr_int(p, 0);
        ulong                   *e = arena_array(s->arena, ulong, (size_t)ideal->n);
        for (slong t = 0; t < fmpz_mpoly_length(f, ideal->ctx); t++) {
            fmpz_mpoly_get_term_exp_ui(e, f, t, ideal->ctx);
            fmpz_mpoly_get_term_coeff_fmpz(c, f, t, ideal->ctx);
            const Expr *term = expr_fmpz(p, c);
            for (slong i = 0; i < ideal->n; i++)
                term = expr_mul(p, term, expr_powi(p, s->unknown.at[i], (slong)e[i]));
            sum = expr_add(p, sum, term);
        }
        if (sum)                    /* vectors among the unknowns may not fit together */
            out->relation[out->relations++] = sum;
    }
    pool_clear_error(p);
    fmpz_clear(c);
}

static void solve_ideal(Problem *s, Solutions *out, Ideal *ideal, size_t digits)
{
    Zeroset z;
    if (!ideal_complete(ideal, &out->why))
        return;
    out->dimension = ideal_dimension(ideal);
    if (out->dimension < 0) {
        out->found = NO;
    } else if (out->dimension > 0) {
        out->why = "there are infinitely many solutions";
        if (s->unknown.n == s->n)
            list_relations(s, out, ideal);
    } else {
        if (ideal_zeros(ideal, &z, &out->why))
            list_solutions(s, out, &z, digits);
        zeroset_clear(&z);
    }
}

Solutions expr_solve_system(Pool *p, Arena *a, const Expr *const *e, size_t m, const Expr *const *x, size_t n, size_t digits)
{
    Problem   s = { .pool = p, .arena = a, .n = n, .why = "it is no polynomial system" };
    Solutions out = { .found = UNKNOWN };
    Ideal     ideal;
    for (size_t i = 0; i < n; i++)
        vec_push(a, &s.unknown, x[i]);
    bool fine = add_equations(&s, e, m);
    pool_clear_error(p);
    if (!fine) {
        out.why = s.why;
        return out;
    }
    ideal_init(&ideal, (slong)s.unknown.n);
    if (make_ideal(&s, &ideal))
        solve_ideal(&s, &out, &ideal, digits);
    else
        out.why = s.why;
    ideal_clear(&ideal);
    return out;
}
