/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Signs that hold everywhere: by the signs of parts, and for polynomials in one symbol by counting real roots (Sturm). Where the
 * sign changes, the values of one symbol are cut at the roots: x > c becomes x = c + t with a positive symbol t, and
 * a < x < b becomes x = a + (b - a)/(1 + t). So a case is nothing but a substitution, and impossible cases never arise. */
#include "symbolic/algebra/poly.h"
#include "symbolic/algebra/proof_int.h"
#include "symbolic/algebra/zero.h"

#include <flint/fmpz_poly.h>
#include <flint/fmpq_poly.h>

enum { DEPTH = 12, DEGREE = 40 };

static int sign_within(Pool *p, const Expr *e, int depth);

static int sign_of_power(Pool *p, const Expr *e, int depth)
{
    const Expr *base = e->arg[0], *exponent = e->arg[1];
    int         s = sign_within(p, base, depth);
    if (s > 0)
        return exponent->flags & EXPR_REAL ? 1 : 0;
    if (s < 0 && expr_is_integer(exponent))
        return fmpz_is_even(fmpq_numref(expr_number(exponent))) ? 1 : -1;
    return 0;
}

static int sign_of_call(Pool *p, const Expr *e, int depth)
{
    const Expr *u = e->arg[0];
    switch ((int)e->fn->id) {
    case FN_exp: case FN_cosh: case FN_sech: case FN_sigmoid: case FN_softplus: case FN_erfc:
        return u->flags & EXPR_REAL ? 1 : 0;
    case FN_sinh: case FN_tanh: case FN_atan: case FN_asinh: case FN_erf: case FN_erfi: case FN_sign: case FN_cbrt: case FN_expm1:
    case FN_csch: case FN_coth: case FN_si: case FN_shi: case FN_acot: case FN_acsch:
        return sign_within(p, u, depth);
    case FN_abs:
        return sign_within(p, u, depth) ? 1 : 0;
    case FN_gamma: case FN_lambertw: case FN_log1p:
        return sign_within(p, u, depth) > 0 ? 1 : 0;
    case FN_log: {
        const Expr *above = expr_sub(p, u, expr_int(p, 1));
        return above && sign_within(p, u, depth) > 0 ? sign_within(p, above, depth) : 0;
    }
    default:
        return 0;
    }
}

/* A polynomial in one symbol over the rationals; false if e is none. */
static bool to_poly(Pool *p, Arena *a, const Expr *e, const Expr *x, fmpq_poly_t out)
{
    const Expr **c;
    slong        n = expr_coefficients(p, a, e, x, DEGREE, &c);
    for (slong i = 0; i <= n; i++) {
        if (!expr_is_number(c[i]))
            return false;
        fmpq_poly_set_coeff_fmpq(out, i, expr_number(c[i]));
    }
    return n >= 1;
}

/* How many different real roots (of x^2 instead of x, if only positive x count)? */
static slong root_count(const fmpq_poly_t q, bool positive)
{
    fmpz_poly_t f, g, d;
    fmpz_poly_init(f);
    fmpz_poly_init(g);
    fmpz_poly_init(d);
    fmpq_poly_get_numerator(f, q);
    if (positive) {
        fmpz_poly_zero(g);
        fmpz_poly_set_coeff_ui(g, 2, 1);
        fmpz_poly_compose(f, f, g);
    }
    fmpz_poly_derivative(d, f);
    fmpz_poly_gcd(d, f, d);
    fmpz_poly_div(g, f, d);
    slong n = fmpz_poly_num_real_roots_sturm(g);
    fmpz_poly_clear(d);
    fmpz_poly_clear(g);
    fmpz_poly_clear(f);
    return n;
}

/* The sign of a polynomial in one symbol that has no root: that of its leading coefficient. */
static int sign_of_polynomial(Pool *p, const Expr *e)
{
    Arena    *a = arena_new();
    Nodes     s = expr_symbols(p, a, e);
    int       sign = 0;
    fmpq_poly_t f;
    fmpq_poly_init(f);
    if (s.n == 1 && to_poly(p, a, e, s.at[0], f) && root_count(f, expr_is_positive_symbol(s.at[0])) == 0)
        sign = fmpz_sgn(f->coeffs + fmpq_poly_degree(f));
    fmpq_poly_clear(f);
    arena_delete(a);
    return sign;
}

/* r + s for a root s: of the sign of s if s^2 > r^2. */
static int sign_of_dominated(Pool *p, const Expr *e, int depth)
{
    for (uint32_t i = 0; i < e->arity; i++) {
        const Expr *rest, *s = e->arg[i];
        expr_split_coefficient(p, s, &rest);
        if (rest->kind != EXPR_POW || !expr_is_number(rest->arg[1]) || expr_is_integer(rest->arg[1]))
            continue;
        const Expr *r = expr_sub(p, e, s), *gap = expr_expand(p, expr_sub(p, expr_powi(p, s, 2), expr_powi(p, r, 2)));
        int         sign = gap && r->flags & EXPR_REAL && sign_within(p, gap, depth - 3) > 0 ? sign_within(p, s, depth) : 0;
        if (sign)
            return sign;
    }
    return 0;
}

static int sign_of_sum(Pool *p, const Expr *e, int depth)
{
    bool some[2] = { false, false }, all[2] = { true, true };       /* above zero, below zero */
    for (uint32_t i = 0; i < e->arity; i++) {
        int s = sign_within(p, e->arg[i], depth);
        const Expr *minus = s || e->arg[i]->kind == EXPR_SYMBOL ? NULL : expr_neg(p, e->arg[i]);
        some[0] |= s > 0;
        some[1] |= s < 0;
        all[0] &= s > 0 || (!s && e->arg[i]->flags & EXPR_NONNEGATIVE);
        all[1] &= s < 0 || (!s && minus && minus->flags & EXPR_NONNEGATIVE);
        if (!all[0] && !all[1])
            break;
    }
    if (all[0] && some[0])
        return 1;
    if (all[1] && some[1])
        return -1;
    int sign = sign_of_polynomial(p, e);
    return sign ? sign : sign_of_dominated(p, e, depth);
}

static int sign_within(Pool *p, const Expr *e, int depth)
{
    int sign = 1;
    if (!e || depth <= 0 || e->shape)
        return 0;
    if (expr_is_numeric(e))
        return expr_sign(p, e, &sign).answer == YES ? sign : 0;
    switch ((ExprKind)e->kind) {
    case EXPR_SYMBOL: return expr_is_positive_symbol(e) ? 1 : 0;
    case EXPR_MUL:
        for (uint32_t i = 0; i < e->arity && sign; i++)
            sign *= sign_within(p, e->arg[i], depth - 1);
        return sign;
    case EXPR_POW:  return sign_of_power(p, e, depth - 1);
    case EXPR_CALL: return sign_of_call(p, e, depth - 1);
    case EXPR_ADD:  return sign_of_sum(p, e, depth - 1);
    case EXPR_NUMBER: case EXPR_BALL: case EXPR_CONSTANT: case EXPR_UNKNOWN: case EXPR_PIECEWISE: case EXPR_RELATION: case EXPR_AND:
    case EXPR_OR: case EXPR_NOT: case EXPR_TENSOR: case EXPR_MATMUL: case EXPR_MATRIX: case EXPR_ORDER: case EXPR_AXIS: case EXPR_COLUMN: case EXPR_COUNT: case EXPR_OVER:
    case EXPR_SUB: case EXPR_DIV: case EXPR_NEG:
        return 0;
    }
    return 0;
}

int proof_of_sign(Pool *p, const Expr *e)
{
    return sign_within(p, e, DEPTH);
}

bool proof_of_nonnegative(Pool *p, const Expr *e)
{
    return e->flags & EXPR_NONNEGATIVE || proof_of_sign(p, e) > 0;
}

/* ---- cases ---------------------------------------------------------------------------------------------------------- */

/* The real roots of c0 + c1*x or of a quadratic with rational coefficients, rising; -1 if not found. */
static int roots_of(Pool *p, Arena *a, const Expr *e, const Expr *x, const Expr *root[2])
{
    const Expr **c;
    slong        n = expr_coefficients(p, a, e, x, 2, &c);
    if (n == 1 && proof_of_sign(p, c[1])) {
        root[0] = expr_neg(p, expr_div(p, c[0], c[1]));
        return root[0] ? 1 : -1;
    }
    if (n != 2 || !expr_is_number(c[0]) || !expr_is_number(c[1]) || !expr_is_number(c[2]))
        return -1;
    const Expr *square = expr_sub(p, expr_powi(p, c[1], 2), expr_mul(p, expr_int(p, 4), expr_mul(p, c[0], c[2])));
    if (expr_number_sign(square) <= 0)
        return -1;
    const Expr *half = expr_div(p, expr_ratio(p, 1, 2), c[2]), *middle = expr_neg(p, expr_mul(p, c[1], half));
    const Expr *reach = expr_mul(p, expr_mul(p, expr_pow(p, square, expr_ratio(p, 1, 2)), half), expr_int(p, expr_number_sign(c[2])));
    root[0] = expr_sub(p, middle, reach);
    root[1] = expr_add(p, middle, reach);
    return 2;
}

/* A point of low..high (NULL: without end) for every t > 0. */
static const Expr *interval_point(Pool *p, const Expr *x, const Expr *low, const Expr *high)
{
    const Expr *t = expr_positive(p, x);
    if (low && high)
        return expr_add(p, low, expr_div(p, expr_sub(p, high, low), expr_add(p, expr_int(p, 1), t)));
    return low ? expr_add(p, low, t) : expr_sub(p, high, t);
}

size_t sign_cases(Pool *p, Arena *a, const Expr *factor, Case out[CASES])
{
    Nodes s = expr_symbols(p, a, factor);
    for (size_t k = 0; k < s.n; k++) {
        const Expr *x = s.at[k], *found[2], *end[4] = { NULL };
        bool        positive = expr_is_positive_symbol(x), sure = true;
        int         found_n = roots_of(p, a, factor, x, found), n = 0;
        size_t      m = 0;
        if (found_n < 0 || x->shape)
            continue;
        if (positive)
            end[0] = expr_int(p, 0);
        for (int i = 0; i < found_n; i++) {
            int sign = positive ? proof_of_sign(p, found[i]) : 1;
            sure = sure && sign;
            if (sign > 0)
                end[++n] = found[i];
        }
        if (!sure || n == 0)
            continue;
        for (int i = 0; i <= n; i++) {
            const Expr *value = interval_point(p, x, end[i], i < n ? end[i + 1] : NULL);
            const Expr *there = value ? expr_factor(p, expr_subst(p, factor, &x, &value, 1)) : NULL;
            int         sign = there ? proof_of_sign(p, there) : 0;
            sure = sure && sign;
            out[m++] = (Case){ x, value, sign };
            if (i < n)
                out[m++] = (Case){ x, end[i + 1], 0 };
        }
        if (sure)
            return m;
    }
    return 0;
}

/* ---- assumptions ---------------------------------------------------------------------------------------------------- */

/* The relation as difference > 0, >= 0 or = 0; false for !=. */
static bool difference_of(Pool *p, const Expr *r, const Expr **d, Relop *op)
{
    bool less = r->relop == REL_LT || r->relop == REL_LE;
    *d = less ? expr_sub(p, r->arg[1], r->arg[0]) : expr_sub(p, r->arg[0], r->arg[1]);
    *op = r->relop == REL_LT ? REL_GT : r->relop == REL_LE ? REL_GE : r->relop;
    return *d && r->relop != REL_NE;
}

static bool replace(Pool *p, Piece *piece, const Expr *from, const Expr *to)
{
    if (piece->n == sizeof piece->from / sizeof *piece->from)
        return false;
    piece->from[piece->n] = from;
    piece->to[piece->n++] = to;
    piece->e = expr_subst(p, piece->e, &from, &to, 1);
    return piece->e != NULL;
}

static const Expr *replaced(Pool *p, const Piece *piece, const Expr *e)
{
    for (size_t i = 0; i < piece->n && e; i++)
        e = expr_subst(p, e, &piece->from[i], &piece->to[i], 1);
    return e;
}

/* Does the relation hold on the whole piece? */
static bool holds(Pool *p, const Expr *d, Relop op)
{
    return op == REL_GT ? proof_of_sign(p, d) > 0 : op == REL_GE ? proof_of_nonnegative(p, d) : expr_is_zero(d);
}

/* Cuts every piece at the relation; what is not understood leaves the pieces as they are: more is proved than asked, and
 * *complete is false. */
static size_t cut_pieces(Pool *p, Arena *a, Piece piece[PIECES], size_t n, const Expr *relation, bool *complete)
{
    Piece  fresh[PIECES];
    size_t m = 0;
    for (size_t i = 0; i < n; i++) {
        const Expr *d, *r = replaced(p, &piece[i], relation);
        Relop       op;
        Case        c[CASES];
        if (!r || r->kind != EXPR_RELATION || !difference_of(p, r, &d, &op)) {
            *complete = *complete && relation->relop == REL_NE;
            return n;
        }
        size_t cases = sign_cases(p, a, d, c), kept = 0;
        for (size_t k = 0; k < cases; k++) {
            if (op == REL_EQ ? c[k].sign != 0 : c[k].sign < 0 || (c[k].sign == 0 && op == REL_GT))
                continue;
            if (m == PIECES)
                return *complete = false, n;
            fresh[m] = piece[i];
            fresh[m].edge |= c[k].sign == 0 && op != REL_EQ;
            if (!replace(p, &fresh[m++], c[k].symbol, c[k].value))
                return *complete = false, n;
            kept++;
        }
        if (kept)
            continue;
        *complete = *complete && holds(p, d, op);
        if (m == PIECES)
            return *complete = false, n;
        fresh[m++] = piece[i];
    }
    memcpy(piece, fresh, m * sizeof *piece);
    return m;
}

size_t assumed_pieces(Pool *p, const Expr *e, Piece piece[PIECES], bool *complete)
{
    Arena *a = arena_new();
    Nodes  s = expr_symbols(p, a, e);
    size_t n = 1;
    piece[0] = (Piece){ .e = e };       /* (whole symbols come first, before pieces are cut) */
    *complete = true;
    for (size_t i = 0; i < s.n; i++) {
        bool        integer;
        const Expr *fact = pool_fact(p, s.at[i], &integer);
        if (integer && !fact)
            replace(p, &piece[0], s.at[i], expr_whole(p, s.at[i]));
        if (!fact)
            continue;
        *complete = *complete && !integer;
        if (fact->kind == EXPR_RELATION)
            n = cut_pieces(p, a, piece, n, fact, complete);
        for (uint32_t k = 0; fact->kind == EXPR_AND && k < fact->arity; k++)
            if (fact->arg[k]->kind == EXPR_RELATION)
                n = cut_pieces(p, a, piece, n, fact->arg[k], complete);
    }
    arena_delete(a);
    pool_clear_error(p);
    bool used = !*complete;
    for (size_t i = 0; i < n; i++)
        used |= piece[i].n > 0;
    return used ? n : 0;
}
