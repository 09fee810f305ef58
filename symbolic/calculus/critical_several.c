/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Critical points of a function of several variables: the gradient's zeros, exactly where it is algebraic (polynomial_system.c), else
 * certified in a box (box_zeros.c). The kind comes from the inertia of the Hessian: all its eigenvalues are real, so the
 * changes of sign in its characteristic polynomial count the positive ones exactly (Descartes). If some are 0 and the others
 * have one sign the Hessian does not decide, and the point is called degenerate. */
#include "symbolic/calculus/critical_several.h"

#include "base/report.h"
#include "symbolic/algebra/poly.h"
#include "symbolic/algebra/simplify.h"
#include "symbolic/algebra/zero.h"
#include "symbolic/calculus/diff.h"
#include "symbolic/expr/evaluate.h"
#include "symbolic/expr/show.h"
#include "symbolic/solve/box_zeros.h"
#include "symbolic/solve/polynomial_system.h"
#include "symbolic/solve/solve_int.h"

enum { MOST_VARIABLES = 12, BITS = 400, LONG_VALUE = 60 };

typedef struct Surface {
    Call        *c;
    const Expr  *f, *const *x, *gradient[MOST_VARIABLES];
    size_t       n, points;
    const Expr **at;                /* points rows */
    Str          open;              /* why some may be missing */
} Surface;

/* ---- the kind -------------------------------------------------------------------------------------------------------------- */

/* det(t - H) by Faddeev and LeVerrier: c[k] is the coefficient of t^k. */
static bool characteristic(Pool *p, const Expr *const *h, size_t n, const Expr **c)
{
    const Expr *m[MOST_VARIABLES * MOST_VARIABLES], *next[MOST_VARIABLES * MOST_VARIABLES];
    for (size_t i = 0; i < n * n; i++)
        m[i] = expr_int(p, 0);
    c[n] = expr_int(p, 1);
    for (size_t k = 1; k <= n; k++) {                   /* M = H*M + c[n-k+1]; c[n-k] = -trace(H*M)/k */
        const Expr *trace = expr_int(p, 0);
        for (size_t i = 0; i < n; i++)
            for (size_t j = 0; j < n; j++) {
                next[i * n + j] = i == j ? c[n - k + 1] : expr_int(p, 0);
                for (size_t l = 0; l < n; l++)
                    next[i * n + j] = expr_add(p, next[i * n + j], expr_mul(p, h[i * n + l], m[l * n + j]));
            }
        for (size_t i = 0; i < n * n; i++)
            if (!(m[i] = next[i] ? expr_expand(p, next[i]) : NULL))
                return false;
        for (size_t i = 0; i < n; i++)
            for (size_t l = 0; l < n; l++)
                trace = expr_add(p, trace, expr_mul(p, h[i * n + l], m[l * n + i]));
        if (!(c[n - k] = expr_expand(p, expr_div(p, trace, expr_int(p, -(slong)k)))))
            return false;
    }
    return true;
}

/* Positive and zero eigenvalues from the signs of c[0..n]; 2 is a sign that is not known. False if it matters. */
static bool count_signs(int *sign, size_t n, size_t *positive, size_t *zeros)
{
    for (size_t i = 0; i < n; i++)
        if (sign[i] == 2) {                             /* the same count for each sign it may have? */
            size_t count[3][2] = { { 0 } };
            bool   same = i > 0;                        /* that of the constant tells whether an eigenvalue is 0 */
            for (int k = -1; k <= 1 && same; k++) {
                sign[i] = k;
                same = count_signs(sign, n, &count[k + 1][0], &count[k + 1][1]) && (k < 0 || (count[k + 1][0] == count[0][0] && count[k + 1][1] == count[0][1]));
            }
            sign[i] = 2;
            *positive = count[0][0];
            *zeros = count[0][1];
            return same;
        }
    int last = 1;
    *positive = *zeros = 0;
    while (*zeros < n && sign[*zeros] == 0)
        ++*zeros;
    for (size_t i = n; i-- > 0;)
        if (sign[i] && sign[i] != last) {
            ++*positive;
            last = sign[i];
        }
    return true;
}

static const char *kind_of(Surface *s, const Expr *const *at)
{
    Call       *c = s->c;
    Pool       *p = c->pool;
    size_t      n = s->n, positive = 0, zeros = 0;
    const Expr *h[MOST_VARIABLES * MOST_VARIABLES], *k[MOST_VARIABLES + 1];
    int         sign[MOST_VARIABLES + 1];
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n; j++)
            h[i * n + j] = expr_subst(p, expr_diff(p, s->gradient[i], s->x[j]), s->x, at, n);
    bool fine = characteristic(p, h, n, k);
    for (size_t i = 0; i <= n && fine; i++)
        if (expr_sign(p, k[i], &sign[i]).answer != YES)
            sign[i] = 2;
    pool_clear_error(p);
    if (!fine || !count_signs(sign, n, &positive, &zeros))
        return "not decided";
    size_t negative = n - zeros - positive;
    if (positive && negative)
        return "saddle";
    if (zeros)
        return "degenerate";
    return positive ? "minimum" : "maximum";
}

/* ---- the report ---------------------------------------------------------------------------------------------------------------- */

static const Expr *value_there(Surface *s, const Expr *const *at)
{
    Pool       *p = s->c->pool;
    const Expr *v = expr_subst(p, s->f, s->x, at, s->n), *simple = v ? expr_simplify(p, v) : NULL;
    v = simple ? simple : v;
    pool_clear_error(p);
    if (!v || !expr_is_numeric(v) || expr_cost(p, v) <= LONG_VALUE)
        return v;
    const Expr *ball = expr_approximate(p, v, s->c->settings->digits);
    pool_clear_error(p);
    return ball ? ball : v;
}

static Value several_report(Surface *s, const char *where)
{
    Call   *c = s->c;
    Report *r = report_new(c->arena, "critical_points");
    Value  *point = arena_array(c->arena, Value, s->points + 1), *cell = arena_array(c->arena, Value, s->n + 2);
    Str    *name = arena_array(c->arena, Str, s->n);
    Buf     names = buf_new(c->arena);
    for (size_t i = 0; i < s->n; i++) {
        name[i] = expr_plain_name(s->x[i]);
        buf_printf(&names, "%.*s ", STR_ARGS(name[i]));
    }
    buf_add_s(&names, "f kind");
    Table *t = s->points ? report_table(r, "points", buf_str(&names).s) : NULL;
    for (size_t k = 0; k < s->points; k++) {
        const Expr *const *at = s->at + k * s->n;
        for (size_t i = 0; i < s->n; i++)
            cell[i] = value_expr(at[i]);
        const Expr *v = value_there(s, at);
        cell[s->n] = v ? value_expr(v) : value_text(STR("?"));
        cell[s->n + 1] = value_text(str_of(kind_of(s, at)));
        table_row(r, t, cell);
        point[k] = value_record(c->arena, name, arena_copy(c->arena, cell, s->n * sizeof *cell), s->n);
    }
    r->main = value_list(c->arena, point, s->points);
    r->summary = s->points ? str_printf(c->arena, "%zu critical point%s%s", s->points, s->points == 1 ? "" : "s", where)
                           : str_printf(c->arena, "no critical points%s", where);
    report_value(r, "points_at", r->main);
    if (s->open.n)
        report_note(r, "perhaps not all: %.*s", STR_ARGS(s->open));
    return value_report(r);
}

static Value not_isolated(Surface *s, const Solutions *r)
{
    Call *c = s->c;
    Buf   b = buf_new(c->arena);
    for (size_t i = 0; i < r->relations; i++) {
        buf_add_s(&b, i ? ", " : ": ");
        expr_show(&b, c->pool, r->relation[i], (ShowStyle){ .unicode = c->settings->unicode, .digits = c->settings->digits });
        buf_add_s(&b, " = 0");
    }
    return call_fail(c, 0, "the critical points are not isolated, they form a set of dimension %ld%.*s", r->dimension, b.n < 300 ? (int)b.n : 0, buf_str(&b).s);
}

/* ---- the points -------------------------------------------------------------------------------------------------------------------- */

/* Those in the range; false if that is not decided for one. */
static bool keep_inside(Surface *s, const Expr *const *low, const Expr *const *high)
{
    Pool  *p = s->c->pool;
    size_t kept = 0;
    for (size_t k = 0; k < s->points; k++) {
        Truth in = YES;
        for (size_t i = 0; i < s->n && in == YES; i++) {
            const Expr *v = s->at[k * s->n + i];
            if (low[i])
                in = expr_decide(p, expr_relation(p, REL_LE, low[i], v)).answer;
            if (low[i] && in == YES)
                in = expr_decide(p, expr_relation(p, REL_LE, v, high[i])).answer;
        }
        if (in == UNKNOWN)
            return false;
        for (size_t i = 0; in == YES && i < s->n; i++)
            s->at[kept * s->n + i] = s->at[k * s->n + i];
        kept += in == YES;
    }
    s->points = kept;
    return true;
}

static bool has_kinks_or_jumps(Surface *s)
{
    Nodes nodes = expr_nodes(s->c->pool, s->c->arena, &s->f, 1);
    for (size_t k = 0; k < nodes.n; k++) {
        const Expr *e = nodes.at[k];
        FnId        id = e->kind == EXPR_CALL ? e->fn->id : FN_COUNT;
        if (e->kind == EXPR_PIECEWISE || id == FN_abs || id == FN_max || id == FN_min || id == FN_sign || id == FN_floor || id == FN_ceil || id == FN_round
            || id == FN_mod || id == FN_relu)
            return true;
    }
    return false;
}

Value critical_several(Call *c, const Expr *f, const Expr *const *x, size_t n, const Expr *const *low, const Expr *const *high)
{
    Surface s = { .c = c, .f = f, .x = x, .n = n };
    Pool   *p = c->pool;
    bool    range = low[0] != NULL;
    if (n > MOST_VARIABLES)
        return call_fail(c, 0, "critical_points takes at most %d variables", MOST_VARIABLES);
    Nodes free = expr_symbols(p, c->arena, f);
    for (size_t i = 0; i < free.n; i++) {
        size_t k = 0;
        while (k < n && x[k] != free.at[i])
            k++;
        if (k == n)
            return call_fail(c, 0, "critical_points needs a value for %.*s", STR_ARGS(free.at[i]->name));
    }
    if (has_kinks_or_jumps(&s))
        return call_fail(c, 0, "critical_points of several variables takes smooth functions: a kink or jump occurs");
    for (size_t i = 0; i < n; i++) {
        if (!(s.gradient[i] = expr_diff(p, f, x[i])))
            return value_failed();
        if (!range_is_fine(c, low[i], high[i]))
            return value_failed();
    }
    Solutions r = expr_solve_system(p, c->arena, s.gradient, n, x, n, c->settings->digits);
    if (r.found != UNKNOWN) {
        s.points = r.found == YES ? r.n : 0;
        s.at = r.at;
        if (!range || keep_inside(&s, low, high))
            return several_report(&s, range ? " in the range" : "");
    }
    if (r.dimension > 0)
        return not_isolated(&s, &r);
    if (!range) {
        call_fail(c, -1, "could not decide, because %s", r.why);
        diag_hint(c->diag, "ranges may help: %.*s = -10..10, %.*s = -10..10", STR_ARGS(x[0]->name), STR_ARGS(x[1]->name));
        return value_failed();
    }
    BoxZeros b = expr_box_zeros(p, c->arena, s.gradient, x, n, low, high, c->settings->digits);
    s.points = b.n;
    s.at = b.at;
    if (b.found != YES) {
        Buf text = buf_new(c->arena);
        buf_add_s(&text, b.why);
        for (size_t i = 0; b.doubts && i < n; i++)
            buf_printf(&text, "%s%.*s = %.6g", i ? ", " : ", near ", STR_ARGS(x[i]->name), b.doubt[i]);
        s.open = buf_str(&text);
        if (!s.points)
            return call_fail(c, -1, "could not decide, because %.*s", STR_ARGS(s.open));
    }
    return several_report(&s, " in the range, certified");
}
