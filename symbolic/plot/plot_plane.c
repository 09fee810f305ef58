/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Pictures over a rectangle: implicit curves and level sets by marching squares, heat maps, surfaces, vector fields.
 *
 * A grid of values tells which edges of its cells a level set crosses; the crossing is found by bisection on the edge, all edges at once,
 * so every point drawn lies on the level set. Where the values grow instead of tending to the level there is a pole: no point.
 * An ambiguous cell (a saddle) is decided by the value in its middle [Wyvill, McPheeters, Wyvill 1986]. */
#include "symbolic/plot/plot_int.h"

#include "base/interrupt.h"
#include "base/vec.h"
#include "symbolic/expr/evaluate.h"

#include <math.h>
#include <stdlib.h>

enum { CELLS = 160, HEAT_CELLS = 96, SURFACE_CELLS = 40, ARROW_COLUMNS = 25, ARROW_ROWS = 21, BISECTIONS = 40, LEVELS = 7, MOST_LEVELS = 40 };

typedef struct Grid {
    size_t   columns, rows;
    double  *x, *y, *z;
    Sampler *sampler;
} Grid;

/* middles: the points are the middles of the cells; else their corners, and the ends of the range belong to them. */
static void axis_points(const PlotRange *r, size_t n, bool middles, double *x)
{
    for (size_t i = 0; i < n; i++) {
        double s = middles ? (i + 0.5) / n : (double)i / (n - 1);
        x[i] = (1 - s) * r->from + s * r->to;
    }
}

static void grid_axes(PlotTask *t, size_t columns, size_t rows, bool middles, Grid *g)
{
    Arena *a = t->c->arena;
    *g = (Grid){ .columns = columns, .rows = rows, .x = arena_array(a, double, columns), .y = arena_array(a, double, rows) };
    axis_points(&t->range[0], columns, middles, g->x);
    axis_points(&t->range[1], rows, middles, g->y);
}

static bool at_points(PlotTask *t, Sampler *s, const double *x, const double *y, size_t n, double *const *out)
{
    const double *in[] = { x, y };
    return sampler_run(s, in, n, out) || (call_fail(t->c, -1, "interrupted"), false);
}

static bool grid_values(PlotTask *t, const Expr *const *e, size_t outputs, Grid *g, double *const *out)
{
    const Expr *names[] = { t->range[0].x, t->range[1].x };
    size_t      n = g->columns * g->rows;
    double     *x = arena_array(t->c->arena, double, n), *y = arena_array(t->c->arena, double, n);
    for (size_t k = 0; k < n; k++) {
        x[k] = g->x[k % g->columns];
        y[k] = g->y[k / g->columns];
    }
    g->sampler = sampler_new(t->c, ARG_WHAT, names, 2, e, outputs, false);
    return g->sampler && at_points(t, g->sampler, x, y, n, out);
}

/* ---- level sets ------------------------------------------------------------------------------------------------------------------ */

typedef struct Edge { double x[2], y[2], z[2]; } Edge;          /* ends, and f - level there */

typedef struct Level {
    PlotTask  *t;
    Grid      *g;
    double     level;
    VEC(Edge)  edge;                /* two one after the other are a piece */
} Level;

static double corner(const Level *l, size_t i, size_t j) { return l->g->z[j * l->g->columns + i] - l->level; }

/* The sides of a cell: 0 below, 1 right, 2 above, 3 left. */
static Edge side(const Level *l, size_t i, size_t j, int k)
{
    static const int from[4][2] = { { 0, 0 }, { 1, 0 }, { 0, 1 }, { 0, 0 } }, to[4][2] = { { 1, 0 }, { 1, 1 }, { 1, 1 }, { 0, 1 } };
    size_t a = i + (size_t)from[k][0], b = j + (size_t)from[k][1], c = i + (size_t)to[k][0], d = j + (size_t)to[k][1];
    return (Edge){ { l->g->x[a], l->g->x[c] }, { l->g->y[b], l->g->y[d] }, { corner(l, a, b), corner(l, c, d) } };
}

static void piece(Level *l, size_t i, size_t j, int a, int b)
{
    vec_push(l->t->c->arena, &l->edge, side(l, i, j, a));
    vec_push(l->t->c->arena, &l->edge, side(l, i, j, b));
}

static void march(Level *l, size_t i, size_t j)
{
    /* by the corners above the level: 1 left below, 2 right below, 4 right above, 8 left above */
    static const signed char way[16][4] = { { -1 }, { 3, 0, -1 }, { 0, 1, -1 }, { 3, 1, -1 }, { 1, 2, -1 }, { 3, 0, 1, 2 }, { 0, 2, -1 }, { 3, 2, -1 },
                                            { 2, 3, -1 }, { 2, 0, -1 }, { 0, 1, 2, 3 }, { 2, 1, -1 }, { 1, 3, -1 }, { 1, 0, -1 }, { 0, 3, -1 }, { -1 } };
    double z[] = { corner(l, i, j), corner(l, i + 1, j), corner(l, i + 1, j + 1), corner(l, i, j + 1) };
    int    mask = 0;
    for (int k = 0; k < 4; k++) {
        if (!isfinite(z[k]))
            return;
        mask |= (z[k] > 0) << k;
    }
    const signed char *w = way[mask];
    if (w[0] < 0)
        return;
    if ((mask == 5 || mask == 10) && z[0] + z[1] + z[2] + z[3] > 0) {
        piece(l, i, j, w[1], w[2]);                     /* the middle joins the corners above */
        piece(l, i, j, w[3], w[0]);
        return;
    }
    piece(l, i, j, w[0], w[1]);
    if (mask == 5 || mask == 10)
        piece(l, i, j, w[2], w[3]);
}

/* Moves both ends of every edge towards the crossing. */
static bool bisect(Level *l)
{
    size_t  n = l->edge.n;
    Arena  *a = l->t->c->arena;
    double *x = arena_array(a, double, n), *y = arena_array(a, double, n), *z = arena_array(a, double, n);
    double *out[] = { z };
    for (int round = 0; round < BISECTIONS; round++) {
        for (size_t k = 0; k < n; k++) {
            const Edge *e = &l->edge.at[k];
            x[k] = e->x[0] / 2 + e->x[1] / 2;
            y[k] = e->y[0] / 2 + e->y[1] / 2;
        }
        if (!at_points(l->t, l->g->sampler, x, y, n, out))
            return false;
        for (size_t k = 0; k < n; k++) {
            Edge *e = &l->edge.at[k];
            int   end = (z[k] - l->level > 0) == (e->z[0] > 0) ? 0 : 1;
            e->x[end] = x[k];
            e->y[end] = y[k];
            e->z[end] = z[k] - l->level;
        }
    }
    return true;
}

static bool level_set(PlotTask *t, Grid *g, double level, Str name, size_t like)
{
    Level   l = { .t = t, .g = g, .level = level };
    for (size_t j = 0; j + 1 < g->rows; j++)
        for (size_t i = 0; i + 1 < g->columns; i++)
            march(&l, i, j);
    size_t  n = l.edge.n;
    double *first = arena_array(t->c->arena, double, n + 1), *x = arena_array(t->c->arena, double, 3 * n / 2 + 1), *y = arena_array(t->c->arena, double, 3 * n / 2 + 1);
    for (size_t k = 0; k < n; k++)
        first[k] = fmax(fabs(l.edge.at[k].z[0]), fabs(l.edge.at[k].z[1]));
    if (n && !bisect(&l))
        return false;
    size_t made = 0;
    for (size_t k = 0; k + 1 < n; k += 2) {
        const Edge *e = &l.edge.at[k];
        if (!(fmax(fabs(e[0].z[0]), fabs(e[0].z[1])) <= first[k]) || !(fmax(fabs(e[1].z[0]), fabs(e[1].z[1])) <= first[k + 1]))
            continue;                                   /* a pole, or a value that is none */
        for (int i = 0; i < 2; i++) {
            x[made] = e[i].x[0] / 2 + e[i].x[1] / 2;
            y[made++] = e[i].y[0] / 2 + e[i].y[1] / 2;
        }
        x[made] = y[made] = NAN;
        made++;
    }
    PlotSeries *s = figure_add(t->f, SERIES_CONTOUR, name, made);
    s->x = x;
    s->y = y;
    s->level = level;
    s->like = like;
    return true;
}

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double round_digits(double x, int digits)
{
    if (x == 0 || !isfinite(x))
        return x;
    double unit = pow(10, floor(log10(fabs(x))) - digits + 1);
    return nearbyint(x / unit) * unit;
}

/* Round numbers at equal distances; where the values are crowded at one end, numbers that divide them into equal parts. */
static size_t choose_levels(PlotTask *t, const Grid *g, size_t wanted, double *level)
{
    size_t  n = 0;
    double *v = arena_array(t->c->arena, double, g->columns * g->rows + 1);
    for (size_t k = 0; k < g->columns * g->rows; k++)
        if (isfinite(g->z[k]))
            v[n++] = g->z[k];
    qsort(v, n, sizeof *v, compare);
    if (!n || v[0] == v[n - 1])
        return 0;
    double low = v[n / 50], middle = v[n / 2], high = v[n - 1 - n / 50], skew = (high - middle) / (middle - low);
    size_t made = 0;
    if (skew > 0.2 && skew < 5) {
        double raw = (high - low) / wanted, unit = pow(10, floor(log10(raw))), step = raw / unit < 1.5 ? unit : raw / unit < 3.5 ? 2 * unit : raw / unit < 7.5 ? 5 * unit : 10 * unit;
        for (double k = ceil(low / step); k * step <= high && made < MOST_LEVELS; k++)
            level[made++] = k * step;
        return made;
    }
    for (size_t k = 0; k < wanted && made < MOST_LEVELS; k++) {
        double q = round_digits(v[(size_t)((k + 0.5) * (n - 1) / wanted)], 1);
        if (q > v[0] && q < v[n - 1] && (!made || q > level[made - 1]))
            level[made++] = q;
    }
    return made;
}

/* levels: 12 of them, or the numbers themselves. */
static bool read_levels(PlotTask *t, const Grid *g, double *level, size_t *n)
{
    Call  *c = t->c;
    double wanted = LEVELS;
    *n = 0;
    if (call_has(c, ARG_LEVELS)) {
        const Value *v = &c->arg[ARG_LEVELS];
        bool         many = v->kind == VALUE_EXPR && v->expr->kind == EXPR_TENSOR;
        for (uint32_t k = 0; many && k < v->expr->arity && *n < MOST_LEVELS; k++)
            level[(*n)++] = sample_number(c->pool, v->expr->arg[k]);
        wanted = many || v->kind != VALUE_EXPR ? 0 : sample_number(c->pool, v->expr);
        for (size_t k = 0; k < *n; k++)
            if (isnan(level[k]))
                return call_fail(c, ARG_LEVELS, "levels are numbers"), false;
        if (!many && !(wanted >= 1 && wanted <= MOST_LEVELS))
            return call_fail(c, ARG_LEVELS, "levels: how many, from 1 to %d, or a list of numbers", MOST_LEVELS), false;
        if (many)
            return true;
    }
    *n = choose_levels(t, g, (size_t)wanted, level);
    return true;
}

static bool contours(PlotTask *t, const Expr *f)
{
    Grid   g;
    double level[MOST_LEVELS];
    size_t n;
    grid_axes(t, CELLS + 1, CELLS + 1, false, &g);
    g.z = arena_array(t->c->arena, double, g.columns * g.rows);
    if (!grid_values(t, &f, 1, &g, (double *[]){ g.z }) || !read_levels(t, &g, level, &n))
        return false;
    if (!n)
        return call_fail(t->c, ARG_WHAT, "it has no level sets to draw there: it is constant, or has no values"), false;
    for (size_t k = 0; k < n; k++)
        if (!level_set(t, &g, level[k], str_printf(t->c->arena, "%.6g", level[k] == 0 ? 0.0 : level[k]), 0))
            return false;
    return true;
}

/* f = g over two ranges. */
static bool implicit(PlotTask *t, const Expr *relation)
{
    Grid        g;
    const Expr *f = expr_sub(t->c->pool, relation->arg[0], relation->arg[1]);
    grid_axes(t, CELLS + 1, CELLS + 1, false, &g);
    g.z = arena_array(t->c->arena, double, g.columns * g.rows);
    if (!grid_values(t, &f, 1, &g, (double *[]){ g.z }) || !level_set(t, &g, 0, plot_text(t->c, relation), 0))
        return false;
    if (!t->f->series[t->f->n - 1].n)
        t->f->note = STR("nothing found in these ranges (a curve that only touches zero is not seen)");
    return true;
}

/* ---- the other views --------------------------------------------------------------------------------------------------------------- */

static bool heat(PlotTask *t, const Expr *f, bool surface)
{
    Grid g;
    if (surface)
        grid_axes(t, SURFACE_CELLS + 1, SURFACE_CELLS + 1, false, &g);
    else
        grid_axes(t, HEAT_CELLS, HEAT_CELLS, true, &g);
    g.z = arena_array(t->c->arena, double, g.columns * g.rows);
    if (!grid_values(t, &f, 1, &g, (double *[]){ g.z }))
        return false;
    for (size_t k = 0; k < g.columns * g.rows; k++)
        g.z[k] = isfinite(g.z[k]) ? g.z[k] : NAN;
    PlotSeries *s = figure_add(t->f, surface ? SERIES_SURFACE : SERIES_HEAT, plot_text(t->c, f), 0);
    s->columns = g.columns;
    s->rows = g.rows;
    s->x = g.x;
    s->y = g.y;
    s->z = g.z;
    return true;
}

static bool field(PlotTask *t, const Expr *v)
{
    Grid   g;
    Arena *a = t->c->arena;
    grid_axes(t, ARROW_COLUMNS, ARROW_ROWS, true, &g);
    size_t  n = g.columns * g.rows;
    double *x = arena_array(a, double, n), *y = arena_array(a, double, n), *x2 = arena_array(a, double, n), *y2 = arena_array(a, double, n);
    if (!grid_values(t, v->arg, 2, &g, (double *[]){ x2, y2 }))
        return false;
    for (size_t k = 0; k < n; k++) {
        x[k] = g.x[k % g.columns];
        y[k] = g.y[k / g.columns];
    }
    PlotSeries *s = figure_add(t->f, SERIES_ARROWS, plot_text(t->c, v), n);
    s->x = x;
    s->y = y;
    s->x2 = x2;
    s->y2 = y2;
    return true;
}

static const Table *trace_of(const Value *v)
{
    const Field *f = v->kind == VALUE_REPORT ? report_field(v->report, STR("trace")) : NULL;
    return f && f->kind == FIELD_TABLE ? f->table : NULL;
}

static const double *column_numbers(PlotTask *t, const Table *table, Str name)
{
    for (size_t j = 0; j < table->columns; j++) {
        if (!str_eq(table->column[j], name))
            continue;
        double *x = arena_array(t->c->arena, double, table->rows + 1);
        for (size_t i = 0; i < table->rows; i++) {
            const Value *v = &table->cell[i * table->columns + j];
            x[i] = v->kind == VALUE_EXPR ? sample_number(t->c->pool, v->expr) : NAN;
        }
        return x;
    }
    return NULL;
}

/* path: a report with a trace in the names of the ranges, or a list of points. */
static bool path(PlotTask *t)
{
    Call        *c = t->c;
    const Value *v = &c->arg[ARG_PATH];
    const Table *table = trace_of(v);
    size_t       n = table ? table->rows : 0;
    const double *x = table ? column_numbers(t, table, expr_plain_name(t->range[0].x)) : NULL, *y = table ? column_numbers(t, table, expr_plain_name(t->range[1].x)) : NULL;
    if (v->kind == VALUE_EXPR && v->expr->kind == EXPR_TENSOR && expr_cols(v->expr) == 2) {
        n = expr_rows(v->expr);
        double *u = arena_array(c->arena, double, n), *w = arena_array(c->arena, double, n);
        for (size_t i = 0; i < n; i++) {
            u[i] = sample_number(c->pool, v->expr->arg[2 * i]);
            w[i] = sample_number(c->pool, v->expr->arg[2 * i + 1]);
        }
        x = u;
        y = w;
    }
    if (!x || !y) {
        Str a = expr_plain_name(t->range[0].x), b = expr_plain_name(t->range[1].x);
        return call_fail(c, ARG_PATH, "path: takes the report of a minimizer in %.*s and %.*s, or a list of points", STR_ARGS(a), STR_ARGS(b)), false;
    }
    PlotSeries *s = figure_add(t->f, SERIES_CURVE, STR("path"), n);
    s->x = x;
    s->y = y;
    s = figure_add(t->f, SERIES_SCATTER, (Str){ 0 }, n);
    s->x = x;
    s->y = y;
    s->like = t->f->n - 1;
    return true;
}

bool plot_over_plane(PlotTask *t, const Expr *const *e, size_t n)
{
    static const char *const views[] = { "contours", "heat", "surface" };
    Call  *c = t->c;
    size_t view = 0;
    if (call_has(c, ARG_VIEW)) {
        while (view < 3 && !str_is(c->arg[ARG_VIEW].text, views[view]))
            view++;
        if (view == 3) {
            call_fail(c, ARG_VIEW, "plot has no view %.*s", STR_ARGS(c->arg[ARG_VIEW].text));
            return diag_hint(c->diag, "contours, heat, surface"), false;
        }
    }
    for (size_t i = 0; i < n; i++) {
        bool vector = e[i]->kind == EXPR_TENSOR;
        if (vector && (e[i]->arity != 2 || expr_cols(e[i]) != 1))
            return call_fail(c, ARG_WHAT, "a vector field in the plane has two entries"), false;
        if (e[i]->kind == EXPR_RELATION && e[i]->relop != REL_EQ) {
            call_fail(c, ARG_WHAT, "plot takes equations here");
            return diag_hint(c->diag, "its boundary: %.*s = %.*s", STR_ARGS(plot_text(c, e[i]->arg[0])), STR_ARGS(plot_text(c, e[i]->arg[1]))), false;
        }
        bool fine = vector ? field(t, e[i]) : e[i]->kind == EXPR_RELATION ? implicit(t, e[i]) : view ? heat(t, e[i], view == 2) : contours(t, e[i]);
        if (!fine)
            return false;
        if (n == 1 && e[i]->kind != EXPR_RELATION && !t->f->title.n)
            t->f->title = plot_text(c, e[i]);
    }
    if (call_has(c, ARG_PATH) && !path(t))
        return false;
    t->f->y_low = t->range[1].from;
    t->f->y_high = t->range[1].to;
    t->f->y_label = expr_plain_name(t->range[1].x);
    double w = t->range[0].to - t->range[0].from, h = t->range[1].to - t->range[1].from;
    t->f->equal = view != 2 && w / h > 0.4 && w / h < 2.5;
    return true;
}
