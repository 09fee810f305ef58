/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Two proofs in ball arithmetic make a certificate. Existence: for a narrow box E around the point, the interval Newton operator
 * N = m - H(E)^-1 g(m) lies inside E, so E holds exactly one zero of the gradient, and N encloses it [Krawczyk 1969; Rump 1983].
 * Uniqueness and minimality: the Hessian over a wide box X that contains E is positive definite (Cholesky in balls ends), so the objective
 * is strictly convex on X: one critical point at most, and it is the lowest point of X. X is the widest box of a falling row of boxes, whose
 * sides have the proportions of the level sets of the quadratic model. Over a box that was given and is not convex, all zeros of
 * the gradient are enclosed by branch and prune (box_zeros.c).
 * Functions with kinks or jumps are refused: an enclosure of their derivatives does not show them. */
#include "symbolic/optimize/certificate.h"

#include "base/interrupt.h"
#include "numeric/polish.h"
#include "symbolic/calculus/diff.h"
#include "symbolic/data/table.h"
#include "symbolic/expr/evaluate.h"
#include "symbolic/expr/show.h"
#include "symbolic/solve/box_zeros.h"
#include "symbolic/solve/isolate.h"
#include "symbolic/tape/run.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#if __FLINT_RELEASE >= 30000
#include <flint/arb_mat.h>
#else
#include <arb_mat.h>
#endif

enum { MOST_HALVINGS = 90, MOST_PRUNED_VARIABLES = 6, MOST_CERTIFIED_ROWS = 20000 };
static const double widest_side = 1024, narrowest_side = 1e-11;       /* relative to the size of the point */
static const double least_size = 1e-6;      /* a coordinate smaller than this may be 0 */

typedef struct Proof {
    const Problem  *q;
    const Solution *s;
    Certificate    *c;
    size_t          n;
    slong           bits;
    Format          ball, high;
    Objective       exact, over;    /* in high precision, and in balls */
    void           *hessian;        /* n x n lanes of balls */
    arb_mat_t       middle, root, h, l;
} Proof;

/* ---- the option ---------------------------------------------------------------------------------------------------------------- */

static bool bad_box(const Problem *q, int option)
{
    Call *c = q->c;
    Buf   b = buf_new(c->arena);
    call_fail(c, option, "certify: is true, or a range of numbers for each variable");
    if (q->blocks == 1)
        buf_add_s(&b, "0..1");
    for (size_t i = 0; q->blocks > 1 && i < q->blocks; i++)
        buf_printf(&b, "%s%.*s = 0..1%s", i ? ", " : "(", STR_ARGS(q->block[i].name), i + 1 < q->blocks ? "" : ")");
    Str box = buf_str(&b);
    diag_hint(c->diag, "certify: true, or certify: %.*s", STR_ARGS(box));
    return false;
}

static bool is_number(const Expr *e)
{
    return e && expr_is_numeric(e) && expr_is_scalar(e) && !(e->flags & (EXPR_HAS_INFINITE | EXPR_HAS_I)) && e->kind != EXPR_RELATION;
}

/* The range of a variable; one range serves all entries of a vector. */
static bool take_range(const Problem *q, const Block *b, const Value *v, Certificate *out)
{
    size_t entries = b->rows ? (size_t)b->rows * b->cols : 1;
    if (!v || v->kind != VALUE_RANGE || v->range->step || !is_number(v->range->low) || !is_number(v->range->high))
        return false;
    arb_t width;
    arb_init(width);
    bool fine = expr_real_ball(q->c->pool, expr_sub(q->c->pool, v->range->high, v->range->low), NULL, NULL, 128, width) && arb_is_positive(width);
    arb_clear(width);
    for (size_t i = 0; i < entries && fine; i++) {
        out->low[b->first + i] = v->range->low;
        out->high[b->first + i] = v->range->high;
    }
    return fine;
}

bool certificate_read(const Problem *q, int option, Certificate *out)
{
    Call *c = q->c;
    *out = (Certificate){ .low = arena_array(c->arena, const Expr *, q->n), .high = arena_array(c->arena, const Expr *, q->n) };
    if (!call_has(c, (size_t)option))
        return true;
    Value v = c->arg[option];
    if (v.kind == VALUE_EXPR && expr_is_constant(v.expr, CONSTANT_FALSE))
        return true;
    out->wanted = true;
    if (v.kind == VALUE_EXPR && expr_is_constant(v.expr, CONSTANT_TRUE))
        return true;
    out->given = true;
    bool fine = v.kind == VALUE_RANGE ? q->blocks == 1 : (v.kind == VALUE_RECORD || v.kind == VALUE_LIST);
    if (v.kind == VALUE_RECORD || v.kind == VALUE_LIST)
        fine = (v.kind == VALUE_RECORD ? v.record->n : v.list->n) == q->blocks;
    for (size_t i = 0; i < q->blocks && fine; i++)
        fine = take_range(q, &q->block[i], v.kind == VALUE_RANGE ? &v : v.kind == VALUE_RECORD ? record_get(v.record, q->block[i].name) : &v.list->item[i], out);
    pool_clear_error(c->pool);
    return fine || bad_box(q, option);
}

bool certificate_holds(const Problem *q, const Certificate *x, const double *point)
{
    Format fp64;
    if (!x || !x->given || !format_named(STR("fp64"), &fp64))
        return true;
    const double *low = expr_run(q->c->pool, q->c->arena, x->low, q->n, &fp64, 1), *high = expr_run(q->c->pool, q->c->arena, x->high, q->n, &fp64, 1);
    for (size_t i = 0; low && high && i < q->n; i++)
        if (point[i] < low[i] || point[i] > high[i])
            return false;
    return true;
}

/* ---- enclosures ------------------------------------------------------------------------------------------------------------------ */

/* Parts that are not smooth, or jump, where their enclosures stay finite. */
bool problem_is_rough(const Problem *q)
{
    static const FnId rough[] = { FN_abs, FN_sign, FN_floor, FN_ceil, FN_round, FN_min, FN_max, FN_mod, FN_re, FN_im, FN_conj, FN_arg, FN_atan2, FN_acot, FN_relu };
    Nodes nodes = expr_nodes(q->c->pool, q->c->arena, &q->entries, 1);
    for (size_t i = 0; i < nodes.n; i++) {
        if (nodes.at[i]->kind == EXPR_PIECEWISE)
            return true;
        for (size_t k = 0; nodes.at[i]->kind == EXPR_CALL && k < sizeof rough / sizeof *rough; k++)
            if (nodes.at[i]->fn == &fn_rows[rough[k]])
                return true;
    }
    return false;
}

static void lanes_of(const Proof *p, const arb_mat_t x, void *lanes)
{
    for (size_t i = 0; i < p->n; i++)
        arb_set(format_at(&p->ball, lanes, i), arb_mat_entry(x, (slong)i, 0));
}

static bool are_finite(const Proof *p, const void *lanes, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (!arb_is_finite(format_at(&p->ball, lanes, i)))
            return false;
    return true;
}

/* The gradient at x, which may be a box. False if value or slopes are not finite there. */
static bool gradient_over(Proof *p, const arb_mat_t x, arb_mat_t g)
{
    lanes_of(p, x, p->over.x);
    p->over.evaluated = false;
    if (!objective_gradient(&p->over) || !are_finite(p, p->over.f, 1) || !are_finite(p, p->over.g, p->n))
        return false;
    for (size_t i = 0; i < p->n; i++)
        arb_set(arb_mat_entry(g, (slong)i, 0), format_at(&p->ball, p->over.g, i));
    return true;
}

/* p->h encloses the Hessian over x. */
static bool hessian_over(Proof *p, const arb_mat_t x)
{
    void *lanes = p->over.x;
    lanes_of(p, x, lanes);
    if (!objective_hessian(&p->over, lanes, p->hessian) || !are_finite(p, p->hessian, p->n * p->n))
        return false;
    for (size_t i = 0; i < p->n * p->n; i++)
        arb_set(arb_mat_entry(p->h, (slong)(i / p->n), (slong)(i % p->n)), format_at(&p->ball, p->hessian, i));
    return true;
}

static bool convex_over(Proof *p, const arb_mat_t x)
{
    arb_mat_t g;
    arb_mat_init(g, (slong)p->n, 1);
    bool fine = gradient_over(p, x, g) && hessian_over(p, x) && arb_mat_cho(p->l, p->h, p->bits);
    arb_mat_clear(g);
    return fine;
}

/* ---- existence ------------------------------------------------------------------------------------------------------------------- */

static double size_of(const Proof *p, size_t i)
{
    return fabs(arf_get_d(arb_midref(arb_mat_entry(p->middle, (slong)i, 0)), ARF_RND_NEAR));
}

/* p->middle: the critical point nearest to where the run ended, as well as Newton knows it. */
static bool find_middle(Proof *p)
{
    const Solution *s = p->s;
    Call           *c = p->q->c;
    void           *exact = s->exact ? expr_run(c->pool, c->arena, s->exact, p->n, &p->high, 1) : NULL;
    arb_t           v;
    arb_init(v);
    for (size_t i = 0; i < p->n; i++) {
        if (exact)
            format_copy(&p->high, format_at(&p->high, p->exact.x, i), format_at(&p->high, exact, i), 1);
        else {
            format_get_arb(s->format, format_at(s->format, s->m.x, i), v);
            format_set_arb(&p->high, format_at(&p->high, p->exact.x, i), v, NULL);
        }
    }
    polish(c->arena, &p->exact, p->high.precision / 2);
    bool fine = true;
    for (size_t i = 0; i < p->n; i++) {
        format_get_arb(&p->high, format_at(&p->high, p->exact.x, i), arb_mat_entry(p->middle, (slong)i, 0));
        fine = fine && arb_is_finite(arb_mat_entry(p->middle, (slong)i, 0));
    }
    arb_clear(v);
    return fine;
}

/* Does the box of this relative size around the middle hold exactly one zero of the gradient? Then p->root encloses it. */
static bool exists_within(Proof *p, slong size_bits)
{
    slong     n = (slong)p->n;
    arb_mat_t box, g, d;
    bool      fine;
    arb_mat_init(box, n, 1);
    arb_mat_init(g, n, 1);
    arb_mat_init(d, n, 1);
    arb_mat_set(box, p->middle);
    for (slong i = 0; i < n; i++) {
        double size = size_of(p, (size_t)i);
        mag_t  radius;
        mag_init(radius);
        mag_set_d(radius, size + least_size);
        mag_mul_2exp_si(radius, radius, -size_bits);
        arb_add_error_mag(arb_mat_entry(box, i, 0), radius);
        mag_clear(radius);
    }
    fine = gradient_over(p, box, g) && gradient_over(p, p->middle, g) && hessian_over(p, box) && arb_mat_solve(d, p->h, g, p->bits);
    for (slong i = 0; i < n && fine; i++) {
        arb_sub(arb_mat_entry(p->root, i, 0), arb_mat_entry(p->middle, i, 0), arb_mat_entry(d, i, 0), p->bits);
        fine = arb_contains_interior(arb_mat_entry(box, i, 0), arb_mat_entry(p->root, i, 0));
    }
    arb_mat_clear(d);
    arb_mat_clear(g);
    arb_mat_clear(box);
    return fine;
}

static bool exists(Proof *p)
{
    for (double share = 0.45; share > 0.05; share -= 0.1)
        if (exists_within(p, (slong)((double)p->high.precision * share)))
            return true;
    return false;
}

/* Is the point of the run this critical point, up to the last digits of its format? */
static bool is_where_run_ended(const Proof *p)
{
    arb_t x, tolerance;
    bool  near = true;
    arb_init(x);
    arb_init(tolerance);
    for (size_t i = 0; i < p->n && near; i++) {
        format_get_arb(p->s->format, format_at(p->s->format, p->s->m.x, i), x);
        arb_sub(x, x, arb_mat_entry(p->root, (slong)i, 0), p->bits);
        arb_abs(x, x);
        arb_set_d(tolerance, 1e-3 * (1 + size_of(p, i)));
        near = !arb_gt(x, tolerance);
    }
    arb_clear(tolerance);
    arb_clear(x);
    return near;
}

/* ---- the wide box ----------------------------------------------------------------------------------------------------------------- */

/* Half the side of the box in each direction, up to a common factor: sqrt of the diagonal of H^-1. */
static bool proportions(Proof *p, double *side)
{
    arb_mat_t inverse;
    arb_mat_init(inverse, (slong)p->n, (slong)p->n);
    bool fine = hessian_over(p, p->middle) && arb_mat_cho(p->l, p->h, p->bits) && arb_mat_inv(inverse, p->h, p->bits);
    for (size_t i = 0; i < p->n && fine; i++) {
        side[i] = sqrt(arf_get_d(arb_midref(arb_mat_entry(inverse, (slong)i, (slong)i)), ARF_RND_NEAR));
        fine = isfinite(side[i]) && side[i] > 0;
    }
    arb_mat_clear(inverse);
    return fine;
}

/* Two decimal digits of the half side: x - side and x + side, rounded towards x, so that the box can be typed. */
static bool round_ends(double x, double side, double *low, double *high)
{
    int    e = (int)floor(log10(side)) - 1;
    double unit = pow(10, e), from = ceil((x - side) / unit), to = floor((x + side) / unit);
    char   text[64];
    if (!isfinite(unit) || unit == 0 || fabs(from) > 1e15 || fabs(to) > 1e15)
        return false;
    snprintf(text, sizeof text, "%.0fe%d", from, e);
    *low = strtod(text, NULL);
    snprintf(text, sizeof text, "%.0fe%d", to, e);
    *high = strtod(text, NULL);
    return *low < *high;
}

/* The box between the ends, with what their decimals differ from the doubles. */
static void box_between(const Proof *p, const double *low, const double *high, arb_mat_t box)
{
    arb_t end;
    arb_init(end);
    for (size_t i = 0; i < p->n; i++) {
        arb_ptr side = arb_mat_entry(box, (slong)i, 0);
        arb_set_d(side, low[i]);
        arb_set_d(end, high[i]);
        arb_union(side, side, end, p->bits);
        mag_t slack;
        mag_init(slack);
        mag_set_d(slack, 1e-15 * fmax(fabs(low[i]), fabs(high[i])));
        arb_add_error_mag(side, slack);
        mag_clear(slack);
    }
    arb_clear(end);
}

static bool holds_root(const Proof *p, const double *low, const double *high)
{
    arb_t end;
    bool  inside = true;
    arb_init(end);
    for (size_t i = 0; i < p->n && inside; i++) {
        arb_set_d(end, low[i]);
        inside = arb_lt(end, arb_mat_entry(p->root, (slong)i, 0));
        arb_set_d(end, high[i]);
        inside = inside && arb_gt(end, arb_mat_entry(p->root, (slong)i, 0));
    }
    arb_clear(end);
    return inside;
}

/* A quadratic with a positive definite Hessian has no other critical point at all. */
static bool convex_everywhere(Proof *p)
{
    Pool       *pool = p->q->c->pool;
    const Expr *h = p->q->axis ? NULL : expr_hessian(pool, p->q->entries, p->q->var, p->n);
    pool_clear_error(pool);
    if (!h || !expr_is_numeric(h))
        return false;
    for (size_t i = 0; i < p->n; i++) {
        p->c->low[i] = expr_neg(pool, expr_constant(pool, CONSTANT_OO));
        p->c->high[i] = expr_constant(pool, CONSTANT_OO);
    }
    return p->c->everywhere = true;
}

/* The widest box that is found: sides that are halved until the Hessian is positive definite on it. */
static bool find_box(Proof *p)
{
    Call     *c = p->q->c;
    double   *side = arena_array(c->arena, double, p->n), *low = arena_array(c->arena, double, p->n), *high = arena_array(c->arena, double, p->n);
    double    factor = INFINITY;
    arb_mat_t box;
    bool      found = false;
    if (!proportions(p, side))
        return false;
    for (size_t i = 0; i < p->n; i++)
        factor = fmin(factor, widest_side * fmax(1, size_of(p, i)) / side[i]);
    arb_mat_init(box, (slong)p->n, 1);
    for (int k = 0; k < MOST_HALVINGS && !found && !should_stop(); k++, factor /= 2) {
        bool fine = true;
        for (size_t i = 0; i < p->n && fine; i++) {
            double x = arf_get_d(arb_midref(arb_mat_entry(p->middle, (slong)i, 0)), ARF_RND_NEAR);
            fine = factor * side[i] > narrowest_side * fabs(x) && round_ends(x, factor * side[i], &low[i], &high[i]);
        }
        if (!fine || !holds_root(p, low, high))
            continue;
        box_between(p, low, high, box);
        found = convex_over(p, box);
    }
    arb_mat_clear(box);
    for (size_t i = 0; i < p->n && found; i++) {
        p->c->low[i] = double_expr(c->pool, c->arena, low[i], 0);
        p->c->high[i] = double_expr(c->pool, c->arena, high[i], 0);
    }
    return found;
}

/* ---- a box that was given ----------------------------------------------------------------------------------------------------------- */

static bool read_box(Proof *p, arb_mat_t box, bool *inside)
{
    arb_t low, high;
    bool  fine = true;
    arb_init(low);
    arb_init(high);
    *inside = true;
    for (size_t i = 0; i < p->n && fine; i++) {
        arb_srcptr root = arb_mat_entry(p->root, (slong)i, 0);
        fine = expr_real_ball(p->q->c->pool, p->c->low[i], NULL, NULL, p->bits, low) && expr_real_ball(p->q->c->pool, p->c->high[i], NULL, NULL, p->bits, high);
        *inside = *inside && fine && arb_le(low, root) && arb_ge(high, root);
        arb_union(arb_mat_entry(box, (slong)i, 0), low, high, p->bits);
    }
    arb_clear(high);
    arb_clear(low);
    return fine;
}

static void prune(Proof *p)
{
    const Problem *q = p->q;
    Call          *c = q->c;
    const Expr   **g = arena_array(c->arena, const Expr *, p->n);
    p->c->why = STR("the Hessian is not certainly positive definite on the whole box");
    if (q->axis || p->n > MOST_PRUNED_VARIABLES || !expr_gradient(c->pool, q->entries, q->var, p->n, g))
        return;
    BoxZeros zeros = expr_box_zeros(c->pool, c->arena, g, q->var, p->n, p->c->low, p->c->high, c->settings->digits);
    if (zeros.found != YES)
        p->c->why = STR("the Hessian is not certainly positive definite on the whole box, and not all critical points in it could be separated");
    else if (zeros.n != 1)
        p->c->why = str_printf(c->arena, "the box holds %zu critical points", zeros.n);
    p->c->proved = zeros.found == YES && zeros.n == 1;
}

static void check_given(Proof *p)
{
    arb_mat_t box;
    bool      inside;
    arb_mat_init(box, (slong)p->n, 1);
    if (!read_box(p, box, &inside))
        p->c->why = STR("the box needs finite numbers");
    else if (!inside)
        p->c->why = STR("the point that was found is not certainly in the box");
    else if (convex_over(p, box))
        p->c->proved = p->c->convex = true;
    else
        prune(p);
    arb_mat_clear(box);
}

/* ---- the whole ------------------------------------------------------------------------------------------------------------------------ */

static bool set_up(Proof *p)
{
    Call          *c = p->q->c;
    size_t         n;
    ObjectiveCode *code = arena_alloc(c->arena, sizeof *code);
    CompileInput  *in = problem_inputs(p->q, true, &n);
    slong          bits = p->s->format->precision < 64 ? 64 : p->s->format->precision;
    p->high = format_mpfr(2 * bits + 64);
    p->bits = 2 * bits + 128;
    p->ball = format_ball(p->bits);
    return objective_code(c->pool, c->arena, p->q->entries, in, n, code) && objective_bind(code, &p->high, OBJECTIVE_HESSIAN, &p->exact)
           && objective_bind(code, &p->ball, OBJECTIVE_HESSIAN, &p->over);
}

/* Existence, then what kind of point it is, then the box. */
static void prove(Proof *p)
{
    Certificate *c = p->c;
    c->why = STR("value, slopes or curvature are not finite there");
    if (!find_middle(p))
        return;
    c->why = STR("the Hessian may be singular there, or the run ended too far from a critical point");
    if (!exists(p))
        return;
    c->why = STR("the run ended too far from the critical point");
    if (!is_where_run_ended(p))
        return;
    c->why = p->q->maximize ? STR("the critical point is no maximum") : STR("the critical point is no minimum");
    if (!hessian_over(p, p->root) || !arb_mat_cho(p->l, p->h, p->bits))
        return;
    if (c->given) {
        check_given(p);
        return;
    }
    c->proved = c->convex = convex_everywhere(p) || find_box(p);
    c->why = STR("no box was found on which the Hessian is certainly positive definite");
}

static const Expr *ball_expr(Pool *p, const arb_t x, size_t digits)
{
    Ball ball = { .digits = (slong)digits };
    acb_init(ball.value);
    acb_set_arb(ball.value, x);
    const Expr *e = expr_ball(p, &ball);
    acb_clear(ball.value);
    return e;
}

void certificate_find(const Problem *q, const Solution *s, Certificate *x)
{
    Call *c = q->c;
    Proof p = { .q = q, .s = s, .c = x, .n = q->n };
    if (problem_is_rough(q)) {
        x->why = STR("the objective has kinks or jumps, which enclosures of its derivatives do not show");
        return;
    }
    if (q->n > MOST_NEWTON_VARIABLES || (q->axis && s->o.rows > MOST_CERTIFIED_ROWS)) {
        x->why = q->n > MOST_NEWTON_VARIABLES ? str_printf(c->arena, "it needs the Hessian, which is made for at most %d variables", MOST_NEWTON_VARIABLES)
                                              : str_printf(c->arena, "at most %d rows of data are enclosed", MOST_CERTIFIED_ROWS);
        return;
    }
    x->why = STR("it needs second derivatives");
    if (set_up(&p)) {
        slong n = (slong)p.n;
        p.hessian = format_lanes(&p.ball, c->arena, p.n * p.n);
        arb_mat_init(p.middle, n, 1);
        arb_mat_init(p.root, n, 1);
        arb_mat_init(p.h, n, n);
        arb_mat_init(p.l, n, n);
        prove(&p);
        x->point = arena_array(c->arena, const Expr *, p.n);
        for (size_t i = 0; i < p.n; i++)
            x->point[i] = ball_expr(c->pool, arb_mat_entry(p.root, (slong)i, 0), c->settings->digits);
        arb_mat_clear(p.l);
        arb_mat_clear(p.h);
        arb_mat_clear(p.root);
        arb_mat_clear(p.middle);
    }
    pool_clear_error(c->pool);
}

/* ---- what is said ------------------------------------------------------------------------------------------------------------------------ */

static Str shown(const Problem *q, const Expr *e)
{
    Buf b = buf_new(q->c->arena);
    expr_show(&b, q->c->pool, e, (ShowStyle){ q->c->settings->unicode, q->c->settings->digits });
    return buf_str(&b);
}

static Str box_text(const Problem *q, const Certificate *x)
{
    Buf b = buf_new(q->c->arena);
    for (size_t i = 0; i < q->n && i < MOST_SHOWN_VARIABLES; i++) {
        Str low = shown(q, x->low[i]), high = shown(q, x->high[i]);
        buf_printf(&b, "%s%.*s = %.*s..%.*s", i ? ", " : "", STR_ARGS(q->var[i]->name), STR_ARGS(low), STR_ARGS(high));
    }
    if (q->n > MOST_SHOWN_VARIABLES)
        buf_printf(&b, ", ... (%zu variables)", q->n);
    return buf_str(&b);
}

/* The box by the names of its entries, as it can be given to certify: and critical points of a range. */
static Value box_value(const Problem *q, const Certificate *x)
{
    Call  *c = q->c;
    Str   *name = arena_array(c->arena, Str, q->n);
    Value *item = arena_array(c->arena, Value, q->n);
    for (size_t i = 0; i < q->n; i++) {
        name[i] = q->var[i]->name;
        item[i] = value_range(c->arena, x->low[i], x->high[i], NULL);
    }
    return q->n == 1 ? item[0] : value_record(c->arena, name, item, q->n);
}

void certificate_report(const Problem *q, const Certificate *x, Report *r)
{
    Call       *c = q->c;
    const char *kind = q->maximize ? "maximum" : "minimum";
    report_value(r, "certified", value_expr(expr_truth(c->pool, x->proved)));
    if (!x->proved) {
        report_note(r, "not certified: %.*s", STR_ARGS(x->why));
        return;
    }
    Str box = box_text(q, x);
    if (x->everywhere)
        report_note(r, "certified: the only critical point, and the global %s: the objective is strictly %s everywhere", kind, q->maximize ? "concave" : "convex");
    else if (x->convex)
        report_note(r, "certified: the only critical point, and the global %s, in the box %.*s", kind, STR_ARGS(box));
    else
        report_note(r, "certified: a %s, and the only critical point in the box %.*s", kind, STR_ARGS(box));
    report_value(r, "box", box_value(q, x));
    report_value(r, "enclosure", q->n == 1 ? value_expr(x->point[0]) : value_expr(expr_tensor(c->pool, q->n, 1, x->point)));
}
