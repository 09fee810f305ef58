/* SPDX-License-Identifier: GPL-3.0-or-later */
/* radius: the radius of convergence of the Taylor series, the distance to the nearest complex singularity, and which one it is.
 *
 * Candidates are the places where a function inside f is singular: zeros of denominators, branch points of logarithms and roots, poles
 * of tan, gamma and their kin, each as a complex solution of u(x) = value: of polynomials exactly, through exp, sin and other
 * functions by their inverses. The series at each candidate, nearest first, tells whether it is a singularity of f. Where candidates
 * cannot be found, the growth of the coefficients gives an estimate, which is labelled as one. */
#include "base/builtin.h"
#include "base/report.h"
#include "base/vec.h"
#include "symbolic/algebra/algebraic.h"
#include "symbolic/algebra/poly.h"
#include "symbolic/algebra/zero.h"
#include "symbolic/expr/evaluate.h"
#include "symbolic/expr/show.h"
#include "symbolic/limits/series.h"
#include "symbolic/solve/solve.h"

#include <flint/fmpz_poly_factor.h>
#include <math.h>
#include <stdlib.h>

enum { BITS = 192, MOST_TURNS = 6, MOST_POLES = 12, MOST_DEPTH = 12, ESTIMATE_ORDER = 40, MOST_DEGREE = 24 };

typedef struct Candidate { const Expr *at; Str cause; double distance; } Candidate;

typedef struct Hunt {
    Call          *c;
    const Expr    *f, *x, *a;
    VEC(Candidate) found;
    const char    *open;            /* what was not understood */
    bool           analytic;
} Hunt;

static Str shown(Call *c, const Expr *e)
{
    Buf b = buf_new(c->arena);
    expr_show(&b, c->pool, e, (ShowStyle){ .unicode = c->settings->unicode, .digits = c->settings->digits });
    return buf_str(&b);
}

static bool enclose(Hunt *s, const Expr *e, acb_t out)
{
    bool fine = e && expr_enclose(s->c->pool, e, NULL, NULL, 0, BITS, out, NULL) == EVAL_OK;
    pool_clear_error(s->c->pool);
    return fine;
}

/* ---- solutions of u(x) = value ---------------------------------------------------------------------------------------------------- */

static bool solve_for(Hunt *s, const Expr *u, const Expr *value, Str cause, int depth);

static void add_candidate(Hunt *s, const Expr *at, Str cause)
{
    acb_t z;
    arb_t d;
    for (size_t i = 0; i < s->found.n; i++)
        if (s->found.at[i].at == at)
            return;
    acb_init(z);
    arb_init(d);
    if (enclose(s, expr_sub(s->c->pool, at, s->a), z)) {
        acb_abs(d, z, BITS);
        vec_push(s->c->arena, &s->found, (Candidate){ at, cause, arf_get_d(arb_midref(d), ARF_RND_NEAR) });
    } else {
        s->open = "a place has no value";
    }
    arb_clear(d);
    acb_clear(z);
}

/* base + period*k for the whole k that bring it near the value of v at the point. */
static bool solve_turns(Hunt *s, const Expr *v, const Expr *base, const Expr *period, Str cause, int depth)
{
    Pool  *p = s->c->pool;
    acb_t  here, first, step;
    double middle = 0;
    acb_init(here);
    acb_init(first);
    acb_init(step);
    if (enclose(s, expr_subst(p, v, &s->x, &s->a, 1), here) && enclose(s, base, first) && enclose(s, period, step)) {
        acb_sub(here, here, first, BITS);
        acb_div(here, here, step, BITS);
        middle = round(arf_get_d(arb_midref(acb_realref(here)), ARF_RND_NEAR));
    }
    acb_clear(step);
    acb_clear(first);
    acb_clear(here);
    if (!(fabs(middle) < 1e9))
        return false;
    for (slong k = (slong)middle - MOST_TURNS; k <= (slong)middle + MOST_TURNS; k++)
        if (!solve_for(s, v, expr_add(p, base, expr_mul(p, expr_int(p, k), period)), cause, depth))
            return false;
    return true;
}

/* fn(v) = y, by the inverse functions. */
static bool solve_kernel(Hunt *s, const Expr *kernel, const Expr *y, Str cause, int depth)
{
    Pool       *p = s->c->pool;
    const Expr *pi = expr_constant(p, CONSTANT_PI), *i = expr_constant(p, CONSTANT_I), *two = expr_int(p, 2), *turn = expr_mul(p, two, pi), *v = kernel->arg[0];
    if (kernel->kind == EXPR_POW) {
        if (expr_depends(p, kernel->arg[1], s->x)) {                    /* b^w = y: w = (log(y) + 2*pi*i*k)/log(b) */
            const Expr *log = expr_depends(p, v, s->x) ? NULL : expr_call1(p, FN_log, v);
            return log && (expr_is_zero(y) || solve_turns(s, kernel->arg[1], expr_div(p, expr_call1(p, FN_log, y), log), expr_div(p, expr_mul(p, i, turn), log), cause, depth));
        }
        return expr_is_number(kernel->arg[1]) && solve_for(s, v, expr_pow(p, y, expr_powi(p, kernel->arg[1], -1)), cause, depth);
    }
    if (kernel->kind != EXPR_CALL)
        return false;
    switch ((int)kernel->fn->id) {
    case FN_exp:  return expr_is_zero(y) || solve_turns(s, v, expr_call1(p, FN_log, y), expr_mul(p, i, turn), cause, depth);
    case FN_log:  return solve_for(s, v, expr_call1(p, FN_exp, y), cause, depth);
    case FN_sqrt: return solve_for(s, v, expr_powi(p, y, 2), cause, depth);
    case FN_sin:  return solve_turns(s, v, expr_call1(p, FN_asin, y), turn, cause, depth)
                      && solve_turns(s, v, expr_sub(p, pi, expr_call1(p, FN_asin, y)), turn, cause, depth);
    case FN_cos:  return solve_turns(s, v, expr_call1(p, FN_acos, y), turn, cause, depth)
                      && solve_turns(s, v, expr_neg(p, expr_call1(p, FN_acos, y)), turn, cause, depth);
    case FN_tan:  return solve_turns(s, v, expr_call1(p, FN_atan, y), pi, cause, depth);
    case FN_sinh: return solve_turns(s, v, expr_call1(p, FN_asinh, y), expr_mul(p, i, turn), cause, depth)
                      && solve_turns(s, v, expr_sub(p, expr_mul(p, i, pi), expr_call1(p, FN_asinh, y)), expr_mul(p, i, turn), cause, depth);
    case FN_cosh: {
        const Expr *base = expr_mul(p, i, expr_call1(p, FN_acos, y));
        return solve_turns(s, v, base, expr_mul(p, i, turn), cause, depth) && solve_turns(s, v, expr_neg(p, base), expr_mul(p, i, turn), cause, depth);
    }
    default:
        return false;
    }
}

static bool is_kernel(Hunt *s, const Expr *e)
{
    return expr_depends(s->c->pool, e, s->x) && (e->kind == EXPR_CALL || (e->kind == EXPR_POW && !expr_is_integer(e->arg[1])));
}

/* The one function of x in u, if u is a fraction of polynomials in it and x occurs nowhere else; NULL: none, or *several. */
static const Expr *only_kernel(Hunt *s, const Expr *u, bool *several)
{
    Nodes       nodes = expr_nodes(s->c->pool, s->c->arena, &u, 1);
    const Expr *kernel = NULL;
    for (size_t k = nodes.n; k-- > 0;) {            /* the outermost first */
        if (!is_kernel(s, nodes.at[k]))
            continue;
        if (!kernel)
            kernel = nodes.at[k];
        const Expr *one = expr_int(s->c->pool, 1), *without = expr_subst(s->c->pool, u, &kernel, &one, 1);
        *several = without && expr_depends(s->c->pool, without, s->x);
        return *several ? NULL : kernel;
    }
    return NULL;
}

/* Every complex root of a polynomial of high degree with rational coefficients. */
static bool all_roots(Hunt *s, const Expr *e, const Expr *y, Roots *out)
{
    Pool               *p = s->c->pool;
    const Expr         *num, *den, **c, *whole = expr_together(p, e);
    fmpz_poly_t         f;
    fmpz_poly_factor_t  factors;
    if (!whole)
        return false;
    expr_fraction(p, whole, &num, &den);
    slong degree = expr_coefficients(p, s->c->arena, num, y, MOST_DEGREE, &c);
    fmpz_poly_init(f);
    fmpz_poly_factor_init(factors);
    bool fine = degree > 0 && expr_integer_poly(c, degree, f);
    if (fine)
        fmpz_poly_factor(factors, f);
    out->at = arena_array(s->c->arena, const Expr *, (size_t)(degree > 0 ? degree : 1));
    out->n = 0;
    for (slong i = 0; fine && i < factors->num; i++)
        for (slong k = 1; fine && k <= fmpz_poly_degree(factors->p + i); k++)
            fine = (out->at[out->n++] = expr_root(p, factors->p + i, k)) != NULL;
    fmpz_poly_factor_clear(factors);
    fmpz_poly_clear(f);
    return fine;
}

static bool solve_for(Hunt *s, const Expr *u, const Expr *value, Str cause, int depth)
{
    Pool       *p = s->c->pool;
    bool        several = false;
    const Expr *kernel = u && value ? only_kernel(s, u, &several) : NULL, *y = s->x, *e = u;
    if (!u || !value || several || depth == MOST_DEPTH || value->flags & EXPR_HAS_INFINITE)
        return false;
    if (u == s->x)
        return add_candidate(s, value, cause), true;
    if (kernel && kernel == u)
        return solve_kernel(s, kernel, value, cause, depth + 1);
    if (kernel) {
        y = expr_fresh(p, s->x);
        e = expr_subst(p, u, &kernel, &y, 1);
    }
    Roots r = expr_solve(p, s->c->arena, expr_sub(p, e, value), y);
    pool_clear_error(p);
    if (r.found == UNKNOWN || r.every)
        return false;
    if (r.unlisted && !all_roots(s, expr_sub(p, e, value), y, &r))
        return false;
    for (size_t k = 0; k < r.n; k++) {
        if (!kernel)
            add_candidate(s, r.at[k], cause);
        else if (!solve_kernel(s, kernel, r.at[k], cause, depth + 1))
            return false;
    }
    return true;
}

/* ---- singular values of functions --------------------------------------------------------------------------------------------------- */

static void want(Hunt *s, const Expr *u, const Expr *value, Str cause)
{
    if (!expr_depends(s->c->pool, u, s->x))
        return;
    if (!solve_for(s, u, value, cause, 0))
        s->open = "the singularities were not all found";
    pool_clear_error(s->c->pool);
}

/* u: at the first argument; the values as text rows. */
static const struct Singular { FnId fn; const char *word; const char *values[3]; } singular[] = {
    { FN_log, "branch point", { "0" } }, { FN_log2, "branch point", { "0" } }, { FN_log10, "branch point", { "0" } }, { FN_log1p, "branch point", { "-1" } },
    { FN_sqrt, "branch point", { "0" } }, { FN_cbrt, "branch point", { "0" } }, { FN_nthroot, "branch point", { "0" } },
    { FN_asin, "branch point", { "1", "-1" } }, { FN_acos, "branch point", { "1", "-1" } }, { FN_atanh, "branch point", { "1", "-1" } },
    { FN_acosh, "branch point", { "1", "-1" } }, { FN_acoth, "branch point", { "1", "-1" } }, { FN_atan, "branch point", { "i", "-i" } },
    { FN_asinh, "branch point", { "i", "-i" } }, { FN_acot, "branch point", { "i", "-i" } }, { FN_asec, "branch point", { "1", "-1", "0" } },
    { FN_acsc, "branch point", { "1", "-1", "0" } }, { FN_asech, "branch point", { "1", "-1", "0" } }, { FN_acsch, "branch point", { "i", "-i", "0" } },
    { FN_ei, "branch point", { "0" } }, { FN_ci, "branch point", { "0" } }, { FN_chi, "branch point", { "0" } }, { FN_li, "branch point", { "0", "1" } },
    { FN_lambertw, "branch point", { "-exp(-1)" } }, { FN_lambertwm1, "branch point", { "-exp(-1)", "0" } }, { FN_zeta, "pole", { "1" } },
};

static bool is_entire(FnId id)
{
    switch ((int)id) {
    case FN_exp: case FN_expm1: case FN_sin: case FN_cos: case FN_sinh: case FN_cosh: case FN_erf: case FN_erfc: case FN_erfi: case FN_si: case FN_shi:
        return true;
    default:
        return false;
    }
}

/* Poles in a row: of tan and its kin, gamma and its kin. */
static bool pole_rows(Hunt *s, const Expr *e)
{
    Pool       *p = s->c->pool;
    const Expr *u = e->arg[e->fn->id == FN_polygamma], *pi = expr_constant(p, CONSTANT_PI), *i = expr_constant(p, CONSTANT_I), *half = expr_div(p, pi, expr_int(p, 2));
    const Expr *zero = expr_int(p, 0);
    Str         cause = str_printf(s->c->arena, "pole of %s", e->fn->name);
    bool        fine = true;
    switch ((int)e->fn->id) {
    case FN_tan: case FN_sec:   fine = solve_turns(s, u, half, pi, cause, 0); break;
    case FN_cot: case FN_csc:   fine = solve_turns(s, u, zero, pi, cause, 0); break;
    case FN_tanh: case FN_sech: fine = solve_turns(s, u, expr_mul(p, i, half), expr_mul(p, i, pi), cause, 0); break;
    case FN_coth: case FN_csch: fine = solve_turns(s, u, zero, expr_mul(p, i, pi), cause, 0); break;
    case FN_sigmoid: case FN_softplus:
        fine = solve_turns(s, u, expr_mul(p, i, pi), expr_mul(p, expr_int(p, 2), expr_mul(p, i, pi)), cause, 0);
        break;
    case FN_gamma: case FN_lgamma: case FN_digamma: case FN_factorial: case FN_polygamma:
        for (slong k = e->fn->id == FN_factorial; fine && k <= MOST_POLES; k++)
            fine = solve_for(s, u, expr_int(p, -k), cause, 0);
        break;
    default:
        return false;
    }
    if (!fine)
        s->open = "the singularities were not all found";
    return true;
}

static void look_at_call(Hunt *s, const Expr *e)
{
    for (size_t k = 0; k < sizeof singular / sizeof *singular; k++)
        if (singular[k].fn == e->fn->id) {
            for (int i = 0; i < 3 && singular[k].values[i]; i++)
                want(s, e->arg[0], pool_read(s->c->pool, singular[k].values[i], NULL, 0), str_printf(s->c->arena, "%s of %s", singular[k].word, e->fn->name));
            return;
        }
    if (is_entire(e->fn->id) || pole_rows(s, e))
        return;
    if ((e->fn->id == FN_besselj || e->fn->id == FN_besseli) && expr_is_integer(e->arg[0]))
        return;
    if ((e->fn->id == FN_besselj || e->fn->id == FN_besseli || e->fn->id == FN_bessely || e->fn->id == FN_besselk) && expr_is_numeric(e->arg[0])) {
        want(s, e->arg[1], expr_int(s->c->pool, 0), str_printf(s->c->arena, "branch point of %s", e->fn->name));
        return;
    }
    s->open = "the singularities of a function in it are not known";
}

static void look_at(Hunt *s, const Expr *e)
{
    Pool *p = s->c->pool;
    if (!expr_depends(p, e, s->x))
        return;
    if (e->kind == EXPR_CALL)
        look_at_call(s, e);
    else if (e->kind == EXPR_PIECEWISE)
        s->open = "conditions occur";
    else if (e->kind == EXPR_POW && !(expr_is_integer(e->arg[1]) && expr_number_sign(e->arg[1]) > 0) && expr_depends(p, e->arg[0], s->x))
        want(s, e->arg[0], expr_int(p, 0), expr_is_integer(e->arg[1]) ? str_printf(s->c->arena, "zero of the denominator %.*s", STR_ARGS(shown(s->c, e->arg[0])))
                                                                     : str_printf(s->c->arena, "branch point of a power of %.*s", STR_ARGS(shown(s->c, e->arg[0]))));
}

/* ---- the nearest ------------------------------------------------------------------------------------------------------------------- */

/* Is f singular there? By its series. */
static Truth is_singular(Hunt *s, const Expr *at)
{
    Series       t;
    Str          why;
    SeriesStatus status = expr_series(s->c->pool, s->c->arena, s->f, s->x, at, 2, &t, &why);
    pool_clear_error(s->c->pool);
    if (status == SERIES_UNDECIDED)
        return UNKNOWN;
    return status == SERIES_OK && t.regular && !(t.n && expr_number_sign(t.term[0].e) < 0) ? NO : YES;
}

static int by_distance(const void *a, const void *b)
{
    double x = ((const Candidate *)a)->distance, y = ((const Candidate *)b)->distance;
    return (x > y) - (x < y);
}

/* (|c_m|/|c_n|)^(1/(n - m)) for two coefficients far out; 0: not to be had. */
static double estimate(Hunt *s)
{
    Series t;
    Str    why;
    double size[2] = { 0 }, place[2] = { 0 };
    if (expr_series(s->c->pool, s->c->arena, s->f, s->x, s->a, ESTIMATE_ORDER, &t, &why) != SERIES_OK || !t.regular || t.n < 4)
        return pool_clear_error(s->c->pool), 0;
    for (int k = 0; k < 2; k++) {
        const SeriesTerm *term = &t.term[k ? t.n - 1 : t.n / 2];
        acb_t z;
        arb_t d;
        acb_init(z);
        arb_init(d);
        slong e;
        if (enclose(s, term->c, z) && expr_fits_slong(term->e, &e)) {
            acb_abs(d, z, BITS);
            arb_log(d, d, BITS);
            size[k] = arf_get_d(arb_midref(d), ARF_RND_NEAR);
            place[k] = (double)e;
        }
        arb_clear(d);
        acb_clear(z);
    }
    return place[1] > place[0] ? exp((size[0] - size[1]) / (place[1] - place[0])) : 0;
}

static Value estimated(Hunt *s)
{
    double e = estimate(s);
    if (!(e > 0) || !isfinite(e))
        return call_fail(s->c, -1, "could not decide, because %s", s->open);
    Report *r = report_new(s->c->arena, "radius");
    r->main = value_text(str_printf(s->c->arena, "about %.2g", e));
    r->summary = str_printf(s->c->arena, "about %.2g, estimated from the growth of %d coefficients, because %s", e, ESTIMATE_ORDER, s->open);
    report_value(r, "estimate", r->main);
    return value_report(r);
}

static Value answer(Hunt *s, size_t first)
{
    Call            *c = s->c;
    const Candidate *best = &s->found.at[first];
    Report          *r = report_new(c->arena, "radius");
    const Expr      *distance = expr_call1(c->pool, FN_abs, expr_sub(c->pool, best->at, s->a));
    Buf              b = buf_new(c->arena);
    Value           *at = arena_array(c->arena, Value, s->found.n);
    size_t           n = 0;
    buf_add(&b, shown(c, distance));
    if (!expr_is_number(distance)) {
        const Expr *decimal = expr_approximate(c->pool, distance, c->settings->digits);
        pool_clear_error(c->pool);
        if (decimal)
            buf_printf(&b, "  %s %.*s", c->settings->unicode ? "≈" : "~", STR_ARGS(shown(c, decimal)));
    }
    buf_printf(&b, ": %.*s at %.*s = ", STR_ARGS(best->cause), STR_ARGS(s->x->name));
    for (size_t k = first; k < s->found.n && s->found.at[k].distance <= best->distance * (1 + 1e-12); k++)
        if (n == 0 || is_singular(s, s->found.at[k].at) != NO) {
            buf_printf(&b, "%s%.*s", n ? ", " : "", STR_ARGS(shown(c, s->found.at[k].at)));
            at[n++] = value_expr(s->found.at[k].at);
        }
    r->summary = buf_str(&b);
    r->main = value_expr(distance);
    report_value(r, "radius", r->main);
    report_value(r, "singularities", value_list(c->arena, at, n));
    report_value(r, "cause", value_text(best->cause));
    return value_report(r);
}

static Value radius_call(Call *c)
{
    Hunt  s = { .c = c, .f = c->arg[0].expr, .x = c->arg[1].expr->arg[0], .a = c->arg[1].expr->arg[1] };
    Nodes free = expr_symbols(c->pool, c->arena, s.f);
    if (s.x->kind != EXPR_SYMBOL || !expr_is_scalar(s.a) || !expr_is_numeric(s.a) || s.a->flags & EXPR_HAS_INFINITE)
        return call_fail(c, 1, "the centre is a finite number");
    if (s.f->kind == EXPR_RELATION)
        return call_fail(c, 0, "radius takes a function");
    for (size_t i = 0; i < free.n; i++)
        if (free.at[i] != s.x)
            return call_fail(c, 0, "radius needs a value for %.*s", STR_ARGS(free.at[i]->name));
    if (is_singular(&s, s.a) == YES) {
        call_fail(c, 1, "there is no Taylor series at this point");
        diag_hint(c->diag, "series(...) shows what there is");
        return value_failed();
    }
    const Expr *plain = expr_together(c->pool, s.f);
    Nodes       nodes = expr_nodes(c->pool, c->arena, plain ? &plain : &s.f, 1);
    pool_clear_error(c->pool);
    for (size_t i = 0; i < nodes.n && !s.open; i++)
        look_at(&s, nodes.at[i]);
    if (s.open)
        return estimated(&s);
    if (s.found.n > 1)
        qsort(s.found.at, s.found.n, sizeof *s.found.at, by_distance);
    for (size_t i = 0; i < s.found.n; i++) {
        Truth t = is_singular(&s, s.found.at[i].at);
        if (t == YES)
            return answer(&s, i);
        if (t == UNKNOWN) {
            s.open = "it stayed open whether f is singular at a place";
            return estimated(&s);
        }
    }
    Report *r = report_new(c->arena, "radius");
    r->main = value_expr(expr_constant(c->pool, CONSTANT_OO));
    report_value(r, "radius", r->main);
    r->summary = str_printf(c->arena, "%.*s: no singularity in the complex plane", STR_ARGS(shown(c, r->main.expr)));
    return value_report(r);
}

extern const Builtin radius_builtins[];
const Builtin radius_builtins[] = {
    { .sig = "radius(f: scalar, x: point) -> report",
      .help = "The radius of convergence of the Taylor series of f about x = a, and the complex singularity that causes it.",
      .example = { { "radius(1/(1 + x^2), x = 0)", "1: zero of the denominator x^2 + 1 at x = -i, i" },
                   { "radius(log(x), x = 3)", "3: branch point of log at x = 0" },
                   { "radius(exp(x), x = 0)", "oo: no singularity in the complex plane" } },
      .lesson = 5, .see = "taylor remainder series", .words = "convergence singularity disk power series", .by_value = true, .call = radius_call },
    { 0 }
};
