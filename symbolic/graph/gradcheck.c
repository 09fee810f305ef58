/* SPDX-License-Identifier: GPL-3.0-or-later */
/* gradcheck: central differences (f(x + h) - f(x - h))/(2h) against the derivative.
 *
 * The step is a power of two near eps^(1/3): there the errors by rounding, eps*f/h, and by truncation, f'''*h^2/6, are about equal,
 * and a right derivative differs by some eps^(2/3). A tolerance on that difference alone would call right derivatives wrong where f is
 * steep or cancels, so the verdict comes from the same quotient with CHECK_BITS bits. At a kink it is not the derivative's fault. */
#include "symbolic/graph/gradcheck.h"

#include "base/vec.h"
#include "symbolic/algebra/zero.h"
#include "symbolic/calculus/diff.h"
#include "symbolic/expr/evaluate.h"
#include "symbolic/expr/show.h"
#include "symbolic/graph/graph.h"
#include "symbolic/matrix/matrix.h"
#include "symbolic/tape/run.h"

#include <math.h>

enum { CHECK_BITS = 256, CHECK_STEP = 80, AGREE_BITS = 100, SHOWN_DIGITS = 10, TRIES = 40 };

static const Expr *node(Pool *p, ExprKind kind, const Expr *a, const Expr *b)
{
    return typed_node(p, kind, (const Expr *const[]){ a, b }, 2);
}

static double as_double(Pool *p, const Expr *e)
{
    acb_t  z;
    acb_init(z);
    double x = expr_enclose(p, e, NULL, NULL, 0, 128, z, NULL) == EVAL_OK && arb_contains_zero(acb_imagref(z)) ? arf_get_d(arb_midref(acb_realref(z)), ARF_RND_NEAR) : NAN;
    acb_clear(z);
    pool_clear_error(p);
    return x;
}

/* f with all variables at the point but x[i], which is moved by step, as typed. */
static const Expr *moved(Pool *p, Arena *a, const Expr *f, const Expr *const *x, const Expr *const *at, size_t n, size_t i, const Expr *step, ExprKind kind)
{
    const Expr **to = arena_array(a, const Expr *, n);
    for (size_t k = 0; k < n; k++)
        to[k] = k == i ? node(p, kind, at[k], step) : at[k];
    return expr_subst(p, f, x, to, n);
}

static const Expr *quotient(Pool *p, Arena *a, const Expr *f, const Expr *const *x, const Expr *const *at, size_t n, size_t i, slong step, const Format *format)
{
    double      size = fabs(as_double(p, at[i]));
    slong       scale = size > 1 && isfinite(size) ? (slong)ceil(log2(size)) : 0;
    const Expr *h = expr_powi(p, expr_int(p, 2), scale - step);
    const Expr *up = moved(p, a, f, x, at, n, i, h, EXPR_ADD), *down = moved(p, a, f, x, at, n, i, h, EXPR_SUB);
    const Expr *q = up && down ? node(p, EXPR_DIV, node(p, EXPR_SUB, up, down), expr_mul(p, h, expr_int(p, 2))) : NULL;
    void       *lane = q && expr_is_numeric(q) ? expr_run(p, a, &q, 1, format, 0) : NULL;
    pool_clear_error(p);
    return lane ? expr_of_lane(p, format, lane) : expr_constant(p, CONSTANT_UNDEFINED);
}

static bool is_finite(const Expr *e) { return !(e->flags & EXPR_HAS_INFINITE); }

/* |a - b| / max(|a|, |b|). */
static double relative(Pool *p, const Expr *a, const Expr *b)
{
    double x = as_double(p, a), y = as_double(p, b), d = as_double(p, expr_sub(p, a, b)), most = fmax(fabs(x), fabs(y));
    return d == 0 ? 0 : fabs(d) / most;
}

static Truth agree(Pool *p, const Expr *derivative, const Expr *precise, const Expr *value, double tol)
{
    double d = fabs(as_double(p, expr_sub(p, derivative, precise))), a = fabs(as_double(p, derivative)), f = fabs(as_double(p, value));
    if (isnan(d) || isnan(a))
        return UNKNOWN;
    double noise = ldexp(1 + (isnan(f) ? 0 : f), -AGREE_BITS), slack = tol > 0 ? tol * a : ldexp(a, 50 - AGREE_BITS);
    return d <= noise + slack ? YES : NO;
}

GradCheck gradcheck(Pool *p, Arena *a, const Expr *f, const Expr *const *x, const Expr *const *at, size_t n, size_t i, const Expr *derivative,
                    const Format *format, double tol)
{
    GradCheck    c = { .error = NAN, .agrees = UNKNOWN };
    Format       precise = format_mpfr(CHECK_BITS);
    const Expr  *here = expr_subst(p, f, x, at, n), *value = NULL;
    void        *lane = here && expr_is_numeric(here) ? expr_run(p, a, &here, 1, &precise, 0) : NULL;
    value = lane ? expr_of_lane(p, &precise, lane) : NULL;
    pool_clear_error(p);
    c.difference = quotient(p, a, f, x, at, n, i, (format->precision + 2) / 3, format);
    c.precise = quotient(p, a, f, x, at, n, i, CHECK_STEP, &precise);
    if (!is_finite(derivative) || !expr_is_numeric(derivative))
        return c;
    if (is_finite(c.difference))
        c.error = relative(p, derivative, c.difference);
    if (is_finite(c.precise) && value)
        c.agrees = agree(p, derivative, c.precise, value, tol);
    return c;
}

const Expr **entry_list(Arena *a, const Expr *const *e, size_t n)
{
    size_t total = 0, m = 0;
    for (size_t i = 0; i < n; i++)
        total += e[i]->kind == EXPR_TENSOR ? e[i]->arity : 1;
    const Expr **out = arena_array(a, const Expr *, total + 1);
    for (size_t i = 0; i < n; i++)
        for (uint32_t k = 0; k < (e[i]->kind == EXPR_TENSOR ? e[i]->arity : 1); k++)
            out[m++] = e[i]->kind == EXPR_TENSOR ? e[i]->arg[k] : e[i];
    return out;
}

Scalars scalars_of(Pool *p, Arena *a, const Expr *f, const Expr *const *x, const Expr *const *at, size_t n)
{
    VEC(const Expr *) name = { 0 };
    VEC(const Expr *) value = { 0 };
    const Expr **from = arena_array(a, const Expr *, n + 1), **to = arena_array(a, const Expr *, n + 1);
    size_t       tensors = 0;
    for (size_t i = 0; i < n; i++) {
        const Shape *shape = at[i] && expr_is_tensor(x[i]) ? at[i]->shape : x[i]->shape;
        slong        rows, cols;
        if (!expr_is_tensor(x[i])) {
            vec_push(a, &name, x[i]);
            vec_push(a, &value, at[i]);
            continue;
        }
        if (!shape || (at[i] && at[i]->kind != EXPR_TENSOR) || !expr_fits_slong(shape->rows, &rows) || !expr_fits_slong(shape->cols, &cols))
            return (Scalars){ 0 };
        const Expr *entries = expr_entries(p, x[i]->name, (size_t)rows, (size_t)cols);
        from[tensors] = x[i];
        to[tensors++] = entries;
        for (uint32_t k = 0; k < entries->arity; k++) {
            vec_push(a, &name, entries->arg[k]);
            vec_push(a, &value, at[i] ? at[i]->arg[k] : NULL);
        }
    }
    const Expr *plain = tensors ? expr_canonical(p, f) : f;
    Scalars     s = { tensors && plain ? expr_subst(p, plain, from, to, tensors) : plain, name.n, name.at, value.at };
    pool_clear_error(p);
    return s;
}

Str gradcheck_error_text(Arena *a, double error)
{
    return isnan(error) ? STR("none") : error == 0 ? STR("0") : str_printf(a, "%.2g", error);
}

/* ---- the command ----------------------------------------------------------------------------------------------------------- */

typedef struct Checker {
    Call          *c;
    const Format  *format;
    double         tol;
    const Expr   **at;              /* numbers */
    const List    *given;           /* the user's derivatives, row by row; NULL: none */
    Report        *r;
    Table         *t;
    double         worst;
    Str            worst_at, kink_text;
    size_t         wrong, open, kinks, done;
} Checker;

static const Expr *entry(const Expr *f, size_t i) { return f->kind == EXPR_TENSOR ? f->arg[i] : f; }
static size_t      entries(const Expr *f)         { return f->kind == EXPR_TENSOR ? f->arity : 1; }

static Str text_of(Checker *k, const Expr *e)
{
    Buf     b = buf_new(k->c->arena);
    Decimal d = expr_is_numeric(e) && is_finite(e) ? expr_decimal(k->c->pool, k->c->arena, e, SHOWN_DIGITS) : (Decimal){ .status = EVAL_SYMBOLIC };
    pool_clear_error(k->c->pool);
    if (d.status == EVAL_OK)
        return d.text;
    expr_show(&b, k->c->pool, e, (ShowStyle){ k->c->settings->unicode, SHOWN_DIGITS });
    return buf_str(&b);
}

static Str difference_text(Checker *k, const Expr *e)
{
    if (!expr_is_number(e) || k->format->precision > 24)
        return text_of(k, e);
    void *lane = format_lanes(k->format, k->c->arena, 1);
    format_set_fmpq(k->format, lane, expr_number(e), NULL);
    return format_shortest(k->format, k->c->arena, lane);
}

static Str name_of(const Checker *k, size_t row, size_t i, bool vector)
{
    Str name = k->c->vars[i]->name;
    return vector ? str_printf(k->c->arena, "f%zu, %.*s", row + 1, STR_ARGS(name)) : name;
}

/* Is there no derivative in x[i] at the point? Then the slopes of both sides are noted. */
static bool is_kink(Checker *k, const Expr *f, size_t i, Str name)
{
    Call        *c = k->c;
    const Expr **x = arena_array(c->arena, const Expr *, c->nvars), **to = arena_array(c->arena, const Expr *, c->nvars), *left = NULL, *right = NULL;
    size_t       n = 0;
    for (size_t j = 0; j < c->nvars; j++)
        if (j != i) {
            x[n] = c->vars[j];
            to[n++] = k->at[j];
        }
    const Expr *g = expr_at(c->pool, f, x, to, n);
    Truth       smooth = g ? expr_slopes(c->pool, c->arena, g, c->vars[i], k->at[i], &left, &right) : UNKNOWN;
    pool_clear_error(c->pool);
    if (smooth == NO && left && right)
        k->kink_text = str_printf(c->arena, "%.*s%sthere is no derivative in %.*s: the slope is %.*s from the left, %.*s from the right", STR_ARGS(k->kink_text),
                                  k->kink_text.n ? "\n" : "", STR_ARGS(name), STR_ARGS(text_of(k, left)), STR_ARGS(text_of(k, right)));
    return smooth == NO;
}

/* One row: derivative of entry `row` in variable i. */
static void check_entry(Checker *k, const Expr *f, size_t row, size_t i, const Expr *derivative, bool vector)
{
    Call       *c = k->c;
    const Expr *plain = expr_canonical(c->pool, f);
    GradCheck   g = gradcheck(c->pool, c->arena, f, c->vars, k->at, c->nvars, i, derivative, k->format, k->tol);
    bool        kink = plain && expr_has_kinks(c->pool, c->arena, plain) && (is_kink(k, plain, i, name_of(k, row, i, vector)) || (g.agrees == NO && !k->given));
    Str         name = name_of(k, row, i, vector), verdict = kink ? STR("kink") : g.agrees == YES ? STR("ok") : g.agrees == NO ? STR("wrong") : STR("open");
    k->done++;
    k->kinks += kink;
    k->open += !kink && g.agrees == UNKNOWN;
    if (!kink && g.agrees == NO && !k->wrong++) {
        k->worst = relative(c->pool, derivative, g.precise);
        k->worst_at = name;
    }
    if (!k->wrong && !kink && g.error > k->worst)
        k->worst = g.error;
    Value cell[5] = { value_text(name), value_text(text_of(k, derivative)), value_text(difference_text(k, g.difference)),
                      value_text(gradcheck_error_text(c->arena, g.error)), value_text(verdict) };
    table_row(k->r, k->t, cell);
}

static Value finish(Checker *k, Str where)
{
    Call *c = k->c;
    Str   format = format_name(k->format, c->arena), error = gradcheck_error_text(c->arena, k->worst);
    Truth all = k->wrong ? NO : k->open || k->kinks ? UNKNOWN : YES;
    if (k->wrong)
        k->r->summary = str_printf(c->arena, "differs: %zu of %zu derivatives, the first is %.*s (relative error %.*s)%.*s", k->wrong, k->done,
                                   STR_ARGS(k->worst_at), STR_ARGS(error), STR_ARGS(where));
    else if (all == YES)
        k->r->summary = str_printf(c->arena, "agrees: central differences in %.*s have relative errors up to %.*s%.*s", STR_ARGS(format), STR_ARGS(error), STR_ARGS(where));
    else
        k->r->summary = str_printf(c->arena, "open: %zu of %zu derivatives could not be checked, %s%.*s", k->open + k->kinks, k->done,
                                   k->kinks ? "the point is a kink" : "there is no finite difference or derivative", STR_ARGS(where));
    k->r->main = all == UNKNOWN ? value_text(STR("open")) : value_expr(expr_truth(c->pool, all == YES));
    k->r->traced = k->t->rows <= 40;
    if (k->kink_text.n)
        report_note(k->r, "%.*s", STR_ARGS(k->kink_text));
    return value_report(k->r);
}

/* The derivatives to be checked, at the point: the user's, else those that a reverse sweep finds. False after a failure. */
static bool derivatives(Checker *k, const Expr *f, size_t row, const Expr **out)
{
    Call        *c = k->c;
    Pool        *p = c->pool;
    const Expr  *one = expr_int(p, 1), *const *at = (const Expr *const *)k->at;
    Graph        request = { .pool = p, .arena = c->arena };
    const Graph *g = k->given ? NULL : graph_swept(&request, f, c->vars, at, c->nvars, &one, NULL);
    if (!k->given && !g)
        return false;
    for (size_t i = 0; i < c->nvars; i++) {
        const Expr *d = k->given ? expr_canonical(p, k->given->item[row * c->nvars + i].expr) : g->node[i]->adjoint;
        out[i] = d && k->given ? expr_at(p, d, c->vars, at, c->nvars) : d;
        pool_clear_error(p);
        out[i] = out[i] ? out[i] : expr_constant(p, CONSTANT_UNDEFINED);
    }
    return true;
}

/* Values where none are given: numbers k/8 between -4 and 4, by the seed, at which f is real and finite. */
static bool choose_point(Checker *k, const Expr *f, Str *where)
{
    Call *c = k->c;
    Rng   random = rng_stream(c->settings->seed, STR("gradcheck"));
    bool  chosen = false;
    for (size_t i = 0; i < c->nvars; i++)
        chosen = chosen || !c->at[i];
    for (int try = 0; try < TRIES; try++) {
        bool fine = true;
        for (size_t i = 0; i < c->nvars; i++)
            k->at[i] = c->at[i] ? expr_canonical(c->pool, c->at[i]) : expr_ratio(c->pool, (slong)rng_below(&random, 65) - 32, 8);
        for (size_t row = 0; row < entries(f); row++) {
            const Expr *value = expr_subst(c->pool, entry(f, row), c->vars, (const Expr *const *)k->at, c->nvars);
            void       *lane = value && expr_is_numeric(value) ? expr_run(c->pool, c->arena, &value, 1, k->format, 0) : NULL;
            fine = fine && lane && is_finite(expr_of_lane(c->pool, k->format, lane));
            pool_clear_error(c->pool);
        }
        if (!fine && chosen)
            continue;
        Buf b = buf_new(c->arena);
        for (size_t i = 0; i < c->nvars && chosen; i++)
            buf_printf(&b, "%s%.*s = %.*s", i ? ", " : ", at ", STR_ARGS(c->vars[i]->name), STR_ARGS(expr_text(c->arena, c->pool, k->at[i])));
        *where = buf_str(&b);
        return true;
    }
    return false;
}

static Value gradcheck_call(Call *c)
{
    Scalars     s = scalars_of(c->pool, c->arena, c->arg[0].expr, c->vars, (const Expr *const *)c->at, c->nvars);
    const Expr *f = s.f;
    if (!f || (expr_is_tensor(f) && f->kind != EXPR_TENSOR))
        return call_fail(c, 0, "the lengths of its vectors and matrices need values");
    c->vars = s.x;
    c->at = s.at;
    c->nvars = s.n;
    Format      fp64;
    Checker     k = { .c = c, .tol = 0, .at = arena_array(c->arena, const Expr *, c->nvars + 1) };
    Str         where = { 0 };
    format_named(STR("fp64"), &fp64);
    k.format = call_has(c, 2) ? c->arg[2].format : &fp64;
    if (!c->nvars)
        return call_fail(c, 0, "there is no variable here");
    if (!choose_point(&k, f, &where))
        return call_fail(c, 0, "found no point where this is real and finite");
    for (size_t i = 0; i < c->nvars; i++)
        if (!isfinite(as_double(c->pool, k.at[i])))
            return call_fail(c, 1, "%.*s needs a number here", STR_ARGS(c->vars[i]->name));
    if (call_has(c, 3)) {
        k.given = c->arg[3].list;
        if (k.given->n != entries(f) * c->nvars)
            return call_fail(c, 3, "the gradient has %zu entr%s, expected %zu", k.given->n, k.given->n == 1 ? "y" : "ies", entries(f) * c->nvars);
        for (size_t i = 0; i < k.given->n; i++)
            if (k.given->item[i].kind != VALUE_EXPR)
                return call_fail(c, 3, "the gradient is a list of expressions");
    }
    k.tol = call_has(c, 4) ? as_double(c->pool, expr_canonical(c->pool, c->arg[4].expr)) : k.given ? 1e-6 : 0;
    if (call_has(c, 4) && !(k.tol > 0))
        return call_fail(c, 4, "tol: is a positive number");
    k.r = report_new(c->arena, "gradcheck");
    k.t = report_table(k.r, "derivatives", k.given ? "variable given difference relative_error verdict" : "variable derivative difference relative_error verdict");
    const Expr **d = arena_array(c->arena, const Expr *, c->nvars);
    for (size_t row = 0; row < entries(f); row++) {
        if (!derivatives(&k, entry(f, row), row, d))
            return value_failed();
        for (size_t i = 0; i < c->nvars; i++)
            check_entry(&k, entry(f, row), row, i, d[i], f->kind == EXPR_TENSOR);
    }
    return finish(&k, where);
}

const Builtin gradcheck_builtins[] = {
    { .sig = "gradcheck(f: objective, at: site?...; format: format?, gradient: list?, tol: scalar?) -> report",
      .help = "The derivatives of f, or those of gradient:, against central differences in a number format.",
      .example = { { "gradcheck(x^2*y, x = 2, y = 3, gradient: [12, 5])", "differs: 1 of 2 derivatives, the first is y (relative error 0.2)" },
                   { "gradcheck(x^2*y, x = 2, y = 3)", "agrees: central differences in fp64 have relative errors up to 0" } },
      .lesson = 4, .see = "graph finite_difference gradient", .words = "check gradient numerical finite differences bug wrong derivative", .formed = true,
      .call = gradcheck_call },
    { 0 }
};
