/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Common zeros of polynomials. The Groebner basis is Calcium's, with limits of size. If it has finitely many zeros, the ring
 * modulo the ideal is a vector space with the monomials below the staircase as basis, and multiplication by each variable is a
 * matrix. The rank of the trace form counts the zeros; a linear form u takes different values at all of them if its
 * characteristic polynomial has as many roots; then each coordinate is a quotient of two polynomials in u, made of traces
 * [Rouillier 1999: rational univariate representation]. Multiple zeros need no care. The result is substituted back exactly. */
#include "symbolic/solve/ideal.h"

#include "base/interrupt.h"

#include <flint/fmpq.h>
#include <flint/fmpq_mat.h>
#include <flint/fmpq_vec.h>
#include <flint/fmpz.h>
#include <string.h>

enum { MOST_POLYNOMIALS = 120, MOST_TERMS = 800, MOST_BITS = 6000, MOST_DIMENSION = 100, MOST_FORMS = 60, MOST_VARIABLES = 16 };

void ideal_init(Ideal *s, slong variables)
{
    s->n = variables;
    fmpz_mpoly_ctx_init(s->ctx, variables, ORD_DEGREVLEX);
    fmpz_mpoly_vec_init(s->given, 0, s->ctx);
    fmpz_mpoly_vec_init(s->basis, 0, s->ctx);
}

void ideal_clear(Ideal *s)
{
    fmpz_mpoly_vec_clear(s->given, s->ctx);
    fmpz_mpoly_vec_clear(s->basis, s->ctx);
    fmpz_mpoly_ctx_clear(s->ctx);
}

bool ideal_complete(Ideal *s, const char **why)
{
    *why = "the Groebner basis grows too large";
    if (s->n > MOST_VARIABLES || s->given->length == 0) {
        *why = s->given->length ? "there are too many unknowns" : "there is no equation";
        return false;
    }
    fmpz_mpoly_vec_t raw;
    fmpz_mpoly_vec_init(raw, 0, s->ctx);
    bool fine = fmpz_mpoly_buchberger_naive_with_limits(raw, s->given, MOST_POLYNOMIALS, MOST_TERMS, MOST_BITS, s->ctx);
    if (fine)
        fmpz_mpoly_vec_autoreduction_groebner(s->basis, raw, s->ctx);
    fmpz_mpoly_vec_clear(raw, s->ctx);
    return fine;
}

/* ---- the staircase ------------------------------------------------------------------------------------------------------ */

typedef ulong Exponents[MOST_VARIABLES];

static void leading(const Ideal *s, slong i, Exponents e)
{
    fmpz_mpoly_get_term_exp_ui(e, fmpz_mpoly_vec_entry(s->basis, i), 0, s->ctx);
}

/* A set of variables is independent if no leading monomial is made of them alone; the largest such set gives the dimension. */
slong ideal_dimension(const Ideal *s)
{
    slong best = -1;
    for (ulong set = 0; set < (ulong)1 << s->n; set++) {
        slong size = 0;
        bool  independent = true;
        for (slong k = 0; k < s->n; k++)
            size += set >> k & 1;
        for (slong i = 0; i < s->basis->length && independent && size > best; i++) {
            Exponents e;
            bool      inside = true;
            leading(s, i, e);
            for (slong k = 0; k < s->n; k++)
                inside = inside && (e[k] == 0 || set >> k & 1);
            independent = !inside;
        }
        if (independent && size > best)
            best = size;
    }
    return best;
}

typedef struct Quotient {
    const Ideal *ideal;
    slong        d;                             /* dimension of the vector space */
    Exponents   *monomial;
    slong       *parent, *step;                 /* monomial j is variable step[j] times monomial parent[j] */
    fmpq_mat_struct *times, *by;                /* times[i]: multiplication by variable i; by[j]: by monomial j */
    fmpq        *trace;                         /* of by[j] */
} Quotient;

static bool below_staircase(const Ideal *s, const Exponents m)
{
    for (slong i = 0; i < s->basis->length; i++) {
        Exponents e;
        bool      divides = true;
        leading(s, i, e);
        for (slong k = 0; k < s->n; k++)
            divides = divides && e[k] <= m[k];
        if (divides)
            return false;
    }
    return true;
}

static slong find_monomial(const Quotient *q, const Exponents m)
{
    for (slong j = 0; j < q->d; j++)
        if (!memcmp(q->monomial[j], m, sizeof(ulong) * (size_t)q->ideal->n))
            return j;
    return -1;
}

/* All monomials below the staircase, by growing each in every variable; false if there are too many. */
static bool list_monomials(Quotient *q)
{
    const Ideal *s = q->ideal;
    memset(q->monomial[0], 0, sizeof(Exponents));
    q->d = 1;
    for (slong j = 0; j < q->d; j++)
        for (slong i = 0; i < s->n; i++) {
            Exponents m;
            memcpy(m, q->monomial[j], sizeof m);
            m[i]++;
            if (!below_staircase(s, m) || find_monomial(q, m) >= 0)
                continue;
            if (q->d == MOST_DIMENSION)
                return false;
            memcpy(q->monomial[q->d], m, sizeof m);
            q->parent[q->d] = j;
            q->step[q->d++] = i;
        }
    return true;
}

/* Column j of times[i]: the remainder of variable i times monomial j. */
static void fill_column(Quotient *q, slong i, slong j)
{
    const Ideal *s = q->ideal;
    Exponents    m;
    fmpz_t       c, scale;
    fmpz_mpoly_t a, r;
    memcpy(m, q->monomial[j], sizeof m);
    m[i]++;
    slong known = find_monomial(q, m);
    if (known >= 0) {
        fmpq_one(fmpq_mat_entry(q->times + i, known, j));
        return;
    }
    fmpz_init_set_ui(c, 1);
    fmpz_init(scale);
    fmpz_mpoly_init(a, s->ctx);
    fmpz_mpoly_init(r, s->ctx);
    fmpz_mpoly_set_coeff_fmpz_ui(a, c, m, s->ctx);
    slong               n = s->basis->length;
    fmpz_mpoly_struct **divisor = flint_malloc(sizeof *divisor * (size_t)n), **quotient = flint_malloc(sizeof *quotient * (size_t)n);
    for (slong k = 0; k < n; k++) {
        divisor[k] = fmpz_mpoly_vec_entry(s->basis, k);
        quotient[k] = flint_malloc(sizeof **quotient);
        fmpz_mpoly_init(quotient[k], s->ctx);
    }
    fmpz_mpoly_quasidivrem_ideal(scale, quotient, r, a, divisor, n, s->ctx);
    for (slong t = 0; t < fmpz_mpoly_length(r, s->ctx); t++) {
        fmpz_mpoly_get_term_exp_ui(m, r, t, s->ctx);
        fmpz_mpoly_get_term_coeff_fmpz(c, r, t, s->ctx);
        fmpq_set_fmpz_frac(fmpq_mat_entry(q->times + i, find_monomial(q, m), j), c, scale);
    }
    for (slong k = 0; k < n; k++) {
        fmpz_mpoly_clear(quotient[k], s->ctx);
        flint_free(quotient[k]);
    }
    flint_free(quotient);
    flint_free(divisor);
    fmpz_mpoly_clear(r, s->ctx);
    fmpz_mpoly_clear(a, s->ctx);
    fmpz_clear(scale);
    fmpz_clear(c);
}

static bool quotient_init(Quotient *q, const Ideal *s)
{
    *q = (Quotient){ .ideal = s, .monomial = flint_malloc(sizeof(Exponents) * MOST_DIMENSION),
                     .parent = flint_calloc(MOST_DIMENSION, sizeof(slong)), .step = flint_calloc(MOST_DIMENSION, sizeof(slong)) };
    if (!list_monomials(q)) {
        q->d = 0;
        return false;
    }
    q->times = flint_malloc(sizeof *q->times * (size_t)s->n);
    q->by = flint_malloc(sizeof *q->by * (size_t)q->d);
    q->trace = _fmpq_vec_init(q->d);
    for (slong i = 0; i < s->n; i++) {
        fmpq_mat_init(q->times + i, q->d, q->d);
        for (slong j = 0; j < q->d; j++)
            fill_column(q, i, j);
    }
    for (slong j = 0; j < q->d; j++) {
        fmpq_mat_init(q->by + j, q->d, q->d);
        j ? fmpq_mat_mul(q->by + j, q->times + q->step[j], q->by + q->parent[j]) : fmpq_mat_one(q->by);
        fmpq_mat_trace(q->trace + j, q->by + j);
    }
    return true;
}

static void quotient_clear(Quotient *q)
{
    for (slong i = 0; q->times && i < q->ideal->n; i++)
        fmpq_mat_clear(q->times + i);
    for (slong j = 0; j < q->d; j++)
        fmpq_mat_clear(q->by + j);
    if (q->trace)
        _fmpq_vec_clear(q->trace, q->d);
    flint_free(q->times);
    flint_free(q->by);
    flint_free(q->monomial);
    flint_free(q->parent);
    flint_free(q->step);
}

/* ---- zeros by one number ------------------------------------------------------------------------------------------------- */

/* The number of different zeros: the rank of (a, b) -> trace(a*b). */
static slong count_zeros(const Quotient *q)
{
    fmpq_mat_t form;
    fmpq_mat_init(form, q->d, q->d);
    for (slong a = 0; a < q->d; a++)
        for (slong b = 0; b < q->d; b++)
            for (slong k = 0; k < q->d; k++)
                if (!fmpq_is_zero(fmpq_mat_entry(q->by + a, k, b)))
                    fmpq_addmul(fmpq_mat_entry(form, a, b), q->trace + k, fmpq_mat_entry(q->by + a, k, b));
    slong rank = fmpq_mat_rref(form, form);
    fmpq_mat_clear(form);
    return rank;
}

/* u = sum of weight^i times variable i, or variable k alone for the first forms. */
static void linear_form(const Quotient *q, slong attempt, fmpq_mat_t u)
{
    slong n = q->ideal->n;
    if (attempt < n) {
        fmpq_mat_set(u, q->times + attempt);
        return;
    }
    fmpq_mat_t part;
    fmpz_t     weight;
    fmpq_mat_init(part, q->d, q->d);
    fmpz_init_set_ui(weight, 1);
    fmpq_mat_zero(u);
    for (slong i = 0; i < n; i++) {
        fmpq_mat_scalar_mul_fmpz(part, q->times + i, weight);
        fmpq_mat_add(u, u, part);
        fmpz_mul_si(weight, weight, (attempt - n) % 2 ? -(attempt - n) / 2 - 1 : (attempt - n) / 2 + 2);
    }
    fmpz_clear(weight);
    fmpq_mat_clear(part);
}

static void square_free(fmpq_poly_t f)
{
    fmpq_poly_t d;
    fmpq_poly_init(d);
    fmpq_poly_derivative(d, f);
    fmpq_poly_gcd(d, d, f);
    fmpq_poly_div(f, f, d);
    fmpq_poly_make_monic(f, f);
    fmpq_poly_clear(d);
}

static bool separating_form(const Quotient *q, fmpq_mat_t u, fmpq_poly_t minimal)
{
    slong zeros = count_zeros(q);
    for (slong attempt = 0; attempt < q->ideal->n + MOST_FORMS && !should_stop(); attempt++) {
        linear_form(q, attempt, u);
        fmpq_mat_charpoly(minimal, u);
        square_free(minimal);
        if (fmpq_poly_degree(minimal) == zeros)
            return true;
    }
    return false;
}

/* g_v = sum over k of trace(v*u^k) * H_(d-1-k), H_j the first j + 1 coefficients of the minimal polynomial from the top (Horner). */
static void trace_polynomial(const Quotient *q, const fmpq_mat_struct *v, const fmpq_mat_t power, const fmpq_poly_t minimal, fmpq_poly_t out)
{
    slong       d = fmpq_poly_degree(minimal);
    fmpq_mat_t  image;
    fmpq_t      t, c;
    fmpq_poly_t horner;
    fmpq_mat_init(image, q->d, d);
    fmpq_init(t);
    fmpq_init(c);
    fmpq_poly_init(horner);
    fmpq_poly_zero(out);
    v ? fmpq_mat_mul(image, v, power) : fmpq_mat_set(image, power);
    for (slong k = d - 1; k >= 0; k--) {
        fmpq_poly_shift_left(horner, horner, 1);
        fmpq_poly_get_coeff_fmpq(c, minimal, k + 1);            /* H_j = T*H_(j-1) + a_j, a_j that of T^(d-j), j = d-1-k */
        fmpq_poly_add_fmpq(horner, horner, c);
        fmpq_zero(t);
        for (slong j = 0; j < q->d; j++)
            fmpq_addmul(t, q->trace + j, fmpq_mat_entry(image, j, k));
        fmpq_poly_t part;
        fmpq_poly_init(part);
        fmpq_poly_scalar_mul_fmpq(part, horner, t);
        fmpq_poly_add(out, out, part);
        fmpq_poly_clear(part);
    }
    fmpq_poly_clear(horner);
    fmpq_clear(c);
    fmpq_clear(t);
    fmpq_mat_clear(image);
}

/* Columns 1, u, u^2, ... as vectors. */
static void power_columns(const Quotient *q, const fmpq_mat_t u, fmpq_mat_t power)
{
    fmpq_one(fmpq_mat_entry(power, 0, 0));
    for (slong k = 1; k < fmpq_mat_ncols(power); k++)
        for (slong i = 0; i < q->d; i++)
            for (slong j = 0; j < q->d; j++)
                if (!fmpq_is_zero(fmpq_mat_entry(u, i, j)))
                    fmpq_addmul(fmpq_mat_entry(power, i, k), fmpq_mat_entry(u, i, j), fmpq_mat_entry(power, j, k - 1));
}

static void coordinates(const Quotient *q, const fmpq_mat_t u, Zeroset *out)
{
    fmpq_mat_t  power;
    fmpq_poly_t one, common, unused, inverse;
    fmpq_mat_init(power, q->d, fmpq_poly_degree(out->minimal));
    fmpq_poly_init(one);
    fmpq_poly_init(common);
    fmpq_poly_init(unused);
    fmpq_poly_init(inverse);
    power_columns(q, u, power);
    trace_polynomial(q, NULL, power, out->minimal, one);
    fmpq_poly_xgcd(common, inverse, unused, one, out->minimal);
    for (slong i = 0; i < out->n; i++) {
        trace_polynomial(q, q->times + i, power, out->minimal, out->x + i);
        fmpq_poly_mul(out->x + i, out->x + i, inverse);
        fmpq_poly_rem(out->x + i, out->x + i, out->minimal);
    }
    fmpq_poly_clear(inverse);
    fmpq_poly_clear(unused);
    fmpq_poly_clear(common);
    fmpq_poly_clear(one);
    fmpq_mat_clear(power);
}

/* Is the given polynomial 0 at all of the zeros? */
static bool vanishes(const Ideal *s, const fmpz_mpoly_struct *f, const Zeroset *z)
{
    fmpq_poly_t sum, term, factor;
    fmpz_t      c;
    fmpq_poly_init(sum);
    fmpq_poly_init(term);
    fmpq_poly_init(factor);
    fmpz_init(c);
    for (slong t = 0; t < fmpz_mpoly_length(f, s->ctx); t++) {
        Exponents e;
        fmpz_mpoly_get_term_exp_ui(e, f, t, s->ctx);
        fmpz_mpoly_get_term_coeff_fmpz(c, f, t, s->ctx);
        fmpq_poly_set_fmpz(term, c);
        for (slong i = 0; i < s->n; i++)
            for (ulong k = 0; k < e[i]; k++) {
                fmpq_poly_mul(term, term, z->x + i);
                fmpq_poly_rem(term, term, z->minimal);
            }
        fmpq_poly_add(sum, sum, term);
    }
    bool zero = fmpq_poly_is_zero(sum);
    fmpz_clear(c);
    fmpq_poly_clear(factor);
    fmpq_poly_clear(term);
    fmpq_poly_clear(sum);
    return zero;
}

bool ideal_zeros(const Ideal *s, Zeroset *out, const char **why)
{
    Quotient   q;
    fmpq_mat_t u;
    bool       fine = quotient_init(&q, s);
    fmpq_poly_init(out->minimal);
    out->n = s->n;
    out->x = flint_malloc(sizeof *out->x * (size_t)s->n);
    for (slong i = 0; i < s->n; i++)
        fmpq_poly_init(out->x + i);
    fmpq_mat_init(u, q.d, q.d);
    *why = "there are too many solutions";
    if (fine && !(fine = separating_form(&q, u, out->minimal)))
        *why = "no linear form that separates the solutions was found";
    if (fine) {
        coordinates(&q, u, out);
        *why = "a solution does not satisfy the equations";
        for (slong i = 0; i < s->given->length; i++)
            fine = fine && vanishes(s, fmpz_mpoly_vec_entry(s->given, i), out);
    }
    fmpq_mat_clear(u);
    quotient_clear(&q);
    return fine;
}

void zeroset_clear(Zeroset *z)
{
    for (slong i = 0; i < z->n; i++)
        fmpq_poly_clear(z->x + i);
    flint_free(z->x);
    fmpq_poly_clear(z->minimal);
}
