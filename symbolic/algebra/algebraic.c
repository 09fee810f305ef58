/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Algebraic numbers. A root of an irreducible polynomial f becomes a rational number or a quadratic surd; if f is a power or a
 * biquadratic one about its centre, or a cubic with one real root, the candidates in radicals are all roots of f, and the one
 * whose ball alone meets that of the root is taken, if it is short. All others stay root_of(f, k): a call whose arguments are
 * the number and the coefficients, always of the minimal polynomial, so equal numbers of this kind are equal nodes. */
#include "symbolic/algebra/algebraic.h"

#include "base/builtin.h"
#include "symbolic/algebra/poly.h"
#include "symbolic/algebra/simplify.h"
#include "symbolic/expr/evaluate.h"
#include "symbolic/expr/special_int.h"

#include <flint/fmpz_poly_factor.h>

enum { SHORT = 60, MOST_CANDIDATES = 12, MOST_BITS = 2048 };

/* ---- radicals ----------------------------------------------------------------------------------------------------------- */

typedef struct Candidates { size_t n; const Expr *at[MOST_CANDIDATES]; } Candidates;

/* The only candidate whose ball meets that of the root; NULL if several stay possible, or none. */
static const Expr *pick(Pool *p, const Candidates *c, const fmpz_poly_t f, slong k)
{
    acb_t       root, z;
    const Expr *found = NULL;
    size_t      left = 2;
    acb_init(root);
    acb_init(z);
    for (slong bits = 128; left > 1 && bits <= MOST_BITS; bits *= 4) {
        root_of_enclose(root, f, k, bits);
        left = 0;
        for (size_t i = 0; i < c->n; i++)
            if (!c->at[i] || expr_enclose(p, c->at[i], NULL, NULL, 0, bits + 32, z, NULL) != EVAL_OK) {
                left = 2;
            } else if (acb_overlaps(root, z)) {
                found = c->at[i];
                left++;
            }
    }
    acb_clear(z);
    acb_clear(root);
    return left == 1 ? found : NULL;
}

static const Expr *square_root(Pool *p, const Expr *e) { return expr_pow(p, e, expr_ratio(p, 1, 2)); }

/* c[0] + c[1]*x + c[2]*x^2 */
static void quadratic_candidates(Pool *p, const Expr *const *c, Candidates *out)
{
    const Expr *four = expr_mul(p, expr_int(p, 4), expr_mul(p, c[2], c[0]));
    const Expr *root = square_root(p, expr_sub(p, expr_powi(p, c[1], 2), four)), *twice = expr_mul(p, expr_int(p, 2), c[2]);
    const Expr *centre = expr_div(p, expr_neg(p, c[1]), twice), *half = expr_div(p, root, twice);
    *out = (Candidates){ 2, { expr_sub(p, centre, half), expr_add(p, centre, half) } };
}

/* y^n = a: the n-th root of |a| times all n-th roots of the sign. */
static void power_candidates(Pool *p, const Expr *a, slong n, Candidates *out)
{
    bool        negative = expr_number_sign(a) < 0;
    const Expr *size = expr_pow(p, negative ? expr_neg(p, a) : a, expr_ratio(p, 1, n)), *i = expr_constant(p, CONSTANT_I);
    out->n = (size_t)n;
    for (slong k = 0; k < n; k++) {
        const Expr *angle = expr_mul(p, expr_ratio(p, 2 * k + negative, n), expr_constant(p, CONSTANT_PI));
        const Expr *unit = expr_add(p, expr_call1(p, FN_cos, angle), expr_mul(p, i, expr_call1(p, FN_sin, angle)));
        out->at[k] = expr_expand(p, expr_mul(p, size, unit));
    }
}

/* y^4 + b*y^2 + c = 0: with c = r^2, y = (+-sqrt(2r - b) +- sqrt(-2r - b))/2, else y = +-sqrt((-b +- sqrt(b^2 - 4c))/2). */
static void biquadratic_candidates(Pool *p, const Expr *b, const Expr *c, Candidates *out)
{
    const Expr *r = square_root(p, c), *half = expr_ratio(p, 1, 2);
    out->n = 4;
    if (expr_is_number(r)) {
        const Expr *twice = expr_mul(p, expr_int(p, 2), r), *u = square_root(p, expr_sub(p, twice, b)), *v = square_root(p, expr_neg(p, expr_add(p, twice, b)));
        for (int k = 0; k < 4; k++) {
            const Expr *sum = (k == 0 || k == 3 ? expr_add : expr_sub)(p, u, v);
            out->at[k] = expr_expand(p, expr_mul(p, half, k < 2 ? sum : expr_neg(p, sum)));
        }
        return;
    }
    const Expr *d = square_root(p, expr_sub(p, expr_powi(p, b, 2), expr_mul(p, expr_int(p, 4), c)));
    for (int k = 0; k < 4; k++) {
        const Expr *y = square_root(p, expr_expand(p, expr_mul(p, half, expr_sub(p, k < 2 ? d : expr_neg(p, d), b))));
        out->at[k] = k % 2 ? expr_neg(p, y) : y;
    }
}

static const Expr *real_cube_root(Pool *p, const Expr *e)
{
    Candidates  c = { 2, { expr_pow(p, e, expr_ratio(p, 1, 3)), expr_neg(p, expr_pow(p, expr_neg(p, e), expr_ratio(p, 1, 3))) } };
    acb_t       z;
    acb_init(z);
    bool fine = expr_enclose(p, e, NULL, NULL, 0, 256, z, NULL) == EVAL_OK && !arb_contains_zero(acb_realref(z));
    const Expr *r = fine ? c.at[arb_is_negative(acb_realref(z))] : NULL;
    acb_clear(z);
    return r;
}

/* Cardano for y^3 + b*y + c with one real root: (-c/2 + s)^(1/3) + (-c/2 - s)^(1/3), s = sqrt(c^2/4 + b^3/27). */
static void cubic_candidates(Pool *p, const Expr *b, const Expr *c, Candidates *out)
{
    const Expr *inside = expr_add(p, expr_div(p, expr_powi(p, c, 2), expr_int(p, 4)), expr_div(p, expr_powi(p, b, 3), expr_int(p, 27)));
    out->n = 0;
    if (!inside || expr_number_sign(inside) <= 0)
        return;
    const Expr *s = square_root(p, inside), *centre = expr_div(p, c, expr_int(p, -2));
    const Expr *u = real_cube_root(p, expr_add(p, centre, s)), *v = real_cube_root(p, expr_sub(p, centre, s));
    out->at[out->n++] = u && v ? expr_add(p, u, v) : NULL;
}

/* The roots of f in radicals; none if f has another form. */
static Candidates radicals(Pool *p, const fmpz_poly_t f)
{
    Candidates  out = { 0 };
    slong       n = fmpz_poly_degree(f);
    const Expr *c[MOST_CANDIDATES + 1] = { NULL }, *x = expr_symbol(p, STR("x")), **shifted;
    Arena      *a = arena_new();
    if (n > MOST_CANDIDATES) {
        arena_delete(a);
        return out;
    }
    for (slong i = 0; i <= n; i++)
        c[i] = expr_fmpz(p, fmpz_poly_get_coeff_ptr(f, i));
    if (n == 2) {
        quadratic_candidates(p, c, &out);
        arena_delete(a);
        return out;
    }
    const Expr *centre = expr_div(p, c[n - 1], expr_mul(p, expr_int(p, -n), c[n])), *y = expr_add(p, x, centre), *g = expr_int(p, 0);
    for (slong i = n; i >= 0; i--)
        g = expr_add(p, expr_mul(p, g, y), expr_div(p, c[i], c[n]));
    bool only[MOST_CANDIDATES + 1] = { false };
    if (expr_coefficients(p, a, g, x, n, &shifted) == n) {
        slong middle = 0;
        for (slong i = 1; i < n; i++) {
            only[i] = !expr_is_zero(shifted[i]);
            middle += only[i];
        }
        if (middle == 0)
            power_candidates(p, expr_neg(p, shifted[0]), n, &out);
        else if (n == 4 && middle == 1 && only[2])
            biquadratic_candidates(p, shifted[2], shifted[0], &out);
        else if (n == 3)
            cubic_candidates(p, shifted[1], shifted[0], &out);
    }
    for (size_t i = 0; i < out.n; i++)
        out.at[i] = expr_add(p, centre, out.at[i]);
    arena_delete(a);
    return out;
}

/* ---- numbers to expressions ---------------------------------------------------------------------------------------------- */

/* The node itself; f is irreducible of degree above 1. */
static const Expr *root_node(Pool *p, const fmpz_poly_t f, slong k)
{
    slong        n = fmpz_poly_degree(f);
    Mark         mark = arena_mark(pool_scratch(p));
    const Expr **arg = arena_array(pool_scratch(p), const Expr *, (size_t)n + 2);
    arg[0] = expr_int(p, k <= fmpz_poly_num_real_roots(f) ? k : -k);
    for (slong i = 0; i <= n; i++) {
        fmpz_t c;
        fmpz_init(c);
        fmpz_poly_get_coeff_fmpz(c, f, i);
        arg[i + 1] = expr_fmpz(p, c);
        fmpz_clear(c);
    }
    Expr        head = { .kind = EXPR_CALL, .fn = &fn_rows[FN_root_of] };
    const Expr *e = expr_intern(p, &head, arg, (size_t)n + 2);
    arena_release(pool_scratch(p), mark);
    return e;
}

const Expr *expr_root(Pool *p, const fmpz_poly_t f, slong k)
{
    if (fmpz_poly_degree(f) == 1) {
        fmpq_t q;
        fmpq_init(q);
        fmpq_set_fmpz_frac(q, fmpz_poly_get_coeff_ptr(f, 0), fmpz_poly_get_coeff_ptr(f, 1));
        fmpq_neg(q, q);
        const Expr *e = expr_fmpq(p, q);
        fmpq_clear(q);
        return e;
    }
    Candidates  c = radicals(p, f);
    size_t      failures = pool_failures(p);
    const Expr *e = c.n ? pick(p, &c, f, k) : NULL;
    if (pool_failures(p) != failures)
        pool_clear_error(p);
    return e && (fmpz_poly_degree(f) == 2 || expr_cost(p, e) <= SHORT) ? e : root_node(p, f, k);
}

const Expr *expr_algebraic(Pool *p, const qqbar_t x)
{
    return expr_root(p, QQBAR_POLY(x), qqbar_degree(x) == 1 ? 1 : root_of_number(x));
}

/* ---- calls of the row -------------------------------------------------------------------------------------------------------- */

bool expr_integer_poly(const Expr *const *c, slong degree, fmpz_poly_t out)
{
    fmpz_t common, q;
    bool   fine = true;
    fmpz_init_set_ui(common, 1);
    fmpz_init(q);
    for (slong i = 0; i <= degree && fine; i++)
        if ((fine = expr_is_number(c[i])))
            fmpz_lcm(common, common, fmpq_denref(expr_number(c[i])));
    for (slong i = 0; i <= degree && fine; i++) {
        fmpz_divexact(q, common, fmpq_denref(expr_number(c[i])));
        fmpz_mul(q, q, fmpq_numref(expr_number(c[i])));
        fmpz_poly_set_coeff_fmpz(out, i, q);
    }
    if (fine)
        fmpz_poly_primitive_part(out, out);
    fmpz_clear(q);
    fmpz_clear(common);
    return fine;
}

bool expr_root_exact(const Expr *e, qqbar_t out)
{
    slong       k;
    fmpz_poly_t f;
    fmpz_poly_init(f);
    bool fine = expr_fits_slong(e->arg[0], &k) && expr_integer_poly(e->arg + 1, (slong)e->arity - 2, f) && fmpz_poly_degree(f) >= 1
             && fmpz_poly_is_squarefree(f) && root_of_exact(out, f, k < 0 ? -k : k);
    fmpz_poly_clear(f);
    return fine;
}

const Expr *expr_root_ball(Pool *p, const Expr *e, size_t digits)
{
    return expr_approximate(p, e, digits);
}

/* Root k of any polynomial, each of its roots counted once, by its minimal polynomial. */
static const Expr *root_of_any(Pool *p, const fmpz_poly_t f, slong k)
{
    fmpz_poly_factor_t factors;
    fmpz_poly_t        simple;
    qqbar_t            root;
    const Expr        *e = NULL;
    slong              degree = fmpz_poly_degree(f);
    if (degree < 1 || degree > ROOT_OF_DEGREE)
        return pool_fail(p, degree < 1 ? "root_of needs a polynomial of degree 1 at least" : "root_of takes polynomials of degree %d at most", ROOT_OF_DEGREE);
    fmpz_poly_init(simple);
    qqbar_init(root);
    fmpz_poly_factor_init(factors);
    fmpz_poly_factor(factors, f);
    fmpz_poly_one(simple);
    for (slong i = 0; i < factors->num; i++)
        fmpz_poly_mul(simple, simple, factors->p + i);
    degree = fmpz_poly_degree(simple);
    if (k < 1 || k > degree)
        e = pool_fail(p, "the polynomial has %ld root%s, not %ld", degree, degree == 1 ? "" : "s", k);
    else if (factors->num == 1)
        e = expr_root(p, simple, k);
    else if (root_of_exact(root, simple, k))
        e = expr_algebraic(p, root);
    fmpz_poly_factor_clear(factors);
    qqbar_clear(root);
    fmpz_poly_clear(simple);
    return e;
}

const Expr *root_of_rule(Pool *p, const Expr *const *u, size_t n)
{
    slong       k;
    fmpz_poly_t f;
    fmpz_poly_init(f);
    const Expr *e = !expr_fits_slong(u[0], &k) || !expr_integer_poly(u + 1, (slong)n - 2, f)
                  ? pool_fail(p, "root_of needs a polynomial with rational coefficients and the number of its root") : root_of_any(p, f, k < 0 ? -k : k);
    fmpz_poly_clear(f);
    return e;
}

static Value root_of_call(Call *c)
{
    const Expr *f = c->arg[0].expr, **coefficient, *x;
    slong       k, degree;
    Nodes       names = expr_symbols(c->pool, c->arena, f);
    if (f->kind == EXPR_RELATION && f->relop == REL_EQ)
        f = expr_sub(c->pool, f->arg[0], f->arg[1]);
    if (!f || names.n != 1 || !expr_is_scalar(f)) {
        call_fail(c, 0, "root_of needs a polynomial in one variable");
        diag_hint(c->diag, "root_of(x^5 - x - 1, 1)");
        return value_failed();
    }
    x = names.at[0];
    degree = expr_coefficients(c->pool, c->arena, f, x, ROOT_OF_DEGREE, &coefficient);
    fmpz_poly_t g;
    fmpz_poly_init(g);
    Value v = value_failed();
    if (degree < 0 || !expr_integer_poly(coefficient, degree, g))
        call_fail(c, 0, "root_of needs a polynomial with rational coefficients, of degree %d at most", ROOT_OF_DEGREE);
    else if (!expr_fits_slong(c->arg[1].expr, &k) || k < 1 || k > degree)
        call_fail(c, 1, "root_of needs the number of a root here, from 1 to %ld", degree);
    else
        v = value_expr(root_of_any(c->pool, g, k));
    fmpz_poly_clear(g);
    return v;
}

extern const Builtin algebraic_builtins[];
const Builtin algebraic_builtins[] = {
    { .sig = "root_of(f: polynomial, k: int) -> expr",
      .help = "Root number k of a polynomial, exactly: the real ones ascending, then the complex ones; each is counted once.",
      .example = { { "root_of(x^2 - 2, 1)", "-sqrt(2)" }, { "N(root_of(x^5 - x - 1, 1))", "1.1673039782614187" } },
      .lesson = 5, .see = "solve factor root", .words = "algebraic number zero of a polynomial", .call = root_of_call },
    { 0 }
};
