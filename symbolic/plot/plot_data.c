/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Pictures of numbers: scatter, histogram, bars, heatmap; vectors, matrices and tables given to plot; and reports, which say
 * themselves which columns of their tables are worth drawing (report_lines). A report that holds a list of runs shows one line for each. */
#include "symbolic/plot/plot_int.h"

#include "symbolic/data/columns.h"
#include "symbolic/optimize/method.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_BINS = 1000, MOST_CLASSES = 12, MOST_LINES = 12 };

typedef struct Numbers { size_t n; const double *x; } Numbers;

/* A text may be a number as a table shows it: "1e-3". */
static double number_of(Call *c, const Value *v)
{
    if (v->kind == VALUE_TEXT && v->text.n) {
        char  *end;
        Str    text = str_copy(c->arena, v->text);
        double x = strtod(text.s, &end);
        return end == text.s + text.n ? x : NAN;
    }
    return v->kind == VALUE_EXPR ? sample_number(c->pool, v->expr) : NAN;
}

/* The entries of a vector, a list or a table of one column. */
static bool numbers_of(Call *c, const Value *v, Numbers *out)
{
    *out = (Numbers){ 0 };
    if (v->kind == VALUE_DATA && v->data->columns == 1 && !v->data->column[0].text) {
        *out = (Numbers){ v->data->rows, v->data->column[0].value };
        return true;
    }
    size_t n = v->kind == VALUE_LIST ? v->list->n : v->kind == VALUE_EXPR && v->expr->kind == EXPR_TENSOR && expr_cols(v->expr) == 1 ? v->expr->arity : 0;
    double *x = arena_array(c->arena, double, n + 1);
    for (size_t i = 0; i < n; i++) {
        x[i] = v->kind == VALUE_LIST ? number_of(c, &v->list->item[i]) : sample_number(c->pool, v->expr->arg[i]);
        bool fine = v->kind == VALUE_LIST ? v->list->item[i].kind == VALUE_EXPR && expr_is_numeric(v->list->item[i].expr) : expr_is_numeric(v->expr->arg[i]);
        if (!fine)
            return false;
    }
    *out = (Numbers){ n, x };
    return n > 0;
}

static void add_xy(PlotTask *t, SeriesKind kind, Str name, size_t n, const double *x, const double *y)
{
    plot_points(t, kind, name, n, x, y);
    range_include(&t->f->x_low, &t->f->x_high, x, n, t->f->log_x);
}

static void settle_x(PlotTask *t)
{
    range_settle(&t->f->x_low, &t->f->x_high, t->f->log_x, 0.03);
}

/* ---- matrices and tables -------------------------------------------------------------------------------------------------------------- */

static void heat_of(PlotTask *t, const Expr *m)
{
    Call       *c = t->c;
    size_t      rows = expr_rows(m), cols = expr_cols(m);
    double     *x = arena_array(c->arena, double, cols), *y = arena_array(c->arena, double, rows), *z = arena_array(c->arena, double, rows * cols);
    PlotSeries *s = figure_add(t->f, SERIES_HEAT, (Str){ 0 }, 0);
    for (size_t j = 0; j < cols; j++)
        x[j] = (double)j + 1;
    for (size_t i = 0; i < rows; i++) {
        y[i] = (double)i + 1;
        for (size_t j = 0; j < cols; j++)
            z[i * cols + j] = sample_number(c->pool, m->arg[i * cols + j]);
    }
    s->columns = cols;
    s->rows = rows;
    s->x = x;
    s->y = y;
    s->z = z;
    t->f->x_low = 0.5;
    t->f->x_high = (double)cols + 0.5;
    t->f->y_low = (double)rows + 0.5;                       /* the first row is above, as it is written */
    t->f->y_high = 0.5;
    t->f->whole_x = t->f->whole_y = true;
    t->f->x_label = STR("column");
    t->f->y_label = STR("row");
}

/* The first two columns of numbers; a column of text tells the classes. */
static bool scatter_table(PlotTask *t, const Data *d)
{
    const Column *xy[2] = { 0 }, *class = NULL;
    for (size_t k = 0; k < d->columns; k++) {
        const Column *column = &d->column[k];
        if (column->text)
            class = class ? class : column;
        else if (!xy[0] || !xy[1])
            xy[xy[0] != NULL] = column;
    }
    if (!xy[0] || !xy[1])
        return call_fail(t->c, ARG_WHAT, "the table needs two columns of numbers"), false;
    size_t classes = class && class->n_labels <= MOST_CLASSES ? class->n_labels : 1;
    for (size_t k = 0; k < classes; k++) {
        double *x = arena_array(t->c->arena, double, d->rows + 1), *y = arena_array(t->c->arena, double, d->rows + 1);
        size_t  n = 0;
        for (size_t i = 0; i < d->rows; i++)
            if (classes == 1 || class->value[i] == (double)k) {
                x[n] = xy[0]->value[i];
                y[n++] = xy[1]->value[i];
            }
        add_xy(t, SERIES_SCATTER, classes > 1 ? class->label[k] : (Str){ 0 }, n, x, y);
    }
    t->f->x_label = xy[0]->name;
    t->f->y_label = xy[1]->name;
    settle_x(t);
    return true;
}

/* ---- reports --------------------------------------------------------------------------------------------------------------------------- */

static long column_index(const Table *table, Str name)
{
    for (size_t j = 0; j < table->columns; j++)
        if (str_eq(table->column[j], name))
            return (long)j;
    return -1;
}

static const double *column_of(Call *c, const Table *table, long j)
{
    double *x = arena_array(c->arena, double, table->rows + 1);
    for (size_t i = 0; i < table->rows; i++)
        x[i] = number_of(c, &table->cell[i * table->columns + (size_t)j]);
    return x;
}

static Str next_word(Str *rest)
{
    Str s = str_trim(*rest);
    size_t end = 0;
    while (end < s.n && s.s[end] != ' ')
        end++;
    *rest = str_slice(s, end, s.n);
    return str_slice(s, 0, end);
}

/* name: of the run, or empty: the names of the columns. */
static bool draw_lines(PlotTask *t, const Report *r, const Plot *plot, Str name)
{
    const Field *f = report_field(r, plot->table);
    if (!f || f->kind != FIELD_TABLE)
        return false;
    const Table *table = f->table;
    Str          rest = plot->columns, x_name = next_word(&rest), axes = plot->kind;
    long         j = column_index(table, x_name);
    bool         any = false;
    next_word(&axes);                                       /* "lines" */
    axes = str_trim(axes);
    if (!call_has(t->c, ARG_LOG)) {
        t->f->log_x = str_is(axes, "x") || str_is(axes, "xy");
        t->f->log_y = str_is(axes, "y") || str_is(axes, "xy");
    }
    for (Str y_name = next_word(&rest); j >= 0 && y_name.n && t->f->n < MOST_LINES; y_name = next_word(&rest)) {
        long k = column_index(table, y_name);
        if (k < 0)
            continue;
        add_xy(t, SERIES_CURVE, name.n ? name : y_name, table->rows, column_of(t->c, table, j), column_of(t->c, table, k));
        t->f->x_label = x_name;
        t->f->whole_x = str_is(x_name, "k") || str_is(x_name, "step");
        any = true;
        if (name.n) {
            t->f->y_label = y_name;
            break;                                          /* of each run the first column */
        }
    }
    if (any && !t->f->title.n && !name.n)
        t->f->title = plot->title;
    return any;
}

/* Do two runs of the list differ in a field? */
static bool differs(const List *runs, const char *name)
{
    const Field *first = runs->n && runs->item[0].kind == VALUE_REPORT ? report_field(runs->item[0].report, str_of(name)) : NULL;
    for (size_t k = 1; first && k < runs->n; k++) {
        const Field *f = runs->item[k].kind == VALUE_REPORT ? report_field(runs->item[k].report, str_of(name)) : NULL;
        if (f && f->value.kind == VALUE_EXPR && first->value.kind == VALUE_EXPR && f->value.expr != first->value.expr)
            return true;
        if (f && f->value.kind == VALUE_FORMAT && first->value.kind == VALUE_FORMAT
            && (!str_eq(f->value.format->name, first->value.format->name) || f->value.format->precision != first->value.format->precision))
            return true;
    }
    return false;
}

/* What a line is called: its method, and what else distinguishes it. */
static Str run_title(PlotTask *t, const List *runs, size_t k)
{
    Arena        *a = t->c->arena;
    const Report *r = runs->item[k].kind == VALUE_REPORT ? runs->item[k].report : NULL;
    const Field  *method = r ? report_field(r, STR("method")) : NULL, *format = r ? report_field(r, STR("format")) : NULL, *seed = r ? report_field(r, STR("seed")) : NULL;
    if (!method || method->value.kind != VALUE_METHOD)
        return str_printf(a, "run %zu", k + 1);
    Str title = method_text(a, method->value.method);
    if (format && format->value.kind == VALUE_FORMAT && differs(runs, "format"))
        title = str_printf(a, "%.*s %.*s", STR_ARGS(title), STR_ARGS(format_name(format->value.format, a)));
    if (seed && seed->value.kind == VALUE_EXPR && differs(runs, "seed"))
        title = str_printf(a, "%.*s seed %.*s", STR_ARGS(title), STR_ARGS(plot_text(t->c, seed->value.expr)));
    return title;
}

/* A logarithmic axis only if no line goes below 0. */
static void settle_log(PlotTask *t, bool wanted)
{
    bool positive = true;
    for (size_t k = 0; k < t->f->n; k++)
        for (size_t i = 0; i < t->f->series[k].n; i++)
            positive = positive && !(t->f->series[k].y && t->f->series[k].y[i] < 0);
    if (!call_has(t->c, ARG_LOG))
        t->f->log_y = wanted && positive;
}

static bool draw_report(PlotTask *t, const Report *r, Str name)
{
    const Figure *picture = report_picture(r);
    if (picture && !t->f->n) {
        Figure *f = figure_copy(t->c->arena, picture);
        f->to = t->f->to;
        f->title = t->f->title.n ? t->f->title : f->title;
        t->f = f;
        return true;
    }
    for (size_t i = 0; i < r->n; i++) {                         /* the first thing that can be drawn, a picture inside included */
        const Field *f = &r->field[i];
        if (!name.n && f->kind == FIELD_VALUE && f->value.kind == VALUE_REPORT && report_picture(f->value.report) && draw_report(t, f->value.report, name))
            return true;
        if (f->kind == FIELD_PLOT && f->plot.columns.n && draw_lines(t, r, &f->plot, name))
            return true;
    }
    bool any = false, wanted = false;
    for (size_t i = 0; i < r->n && !name.n; i++) {
        const Field *f = &r->field[i];
        for (size_t k = 0; f->kind == FIELD_VALUE && f->value.kind == VALUE_LIST && k < f->value.list->n; k++) {
            const Value *run = &f->value.list->item[k];
            any = (run->kind == VALUE_REPORT && draw_report(t, run->report, run_title(t, f->value.list, k))) || any;
            wanted = wanted || t->f->log_y;
        }
    }
    if (any && !name.n)
        settle_log(t, wanted);
    return any;
}

/* ---- what plot is given ------------------------------------------------------------------------------------------------------------------ */

static bool is_matrix(const Value *v)
{
    return v->kind == VALUE_EXPR && v->expr->kind == EXPR_TENSOR && expr_cols(v->expr) > 1 && expr_is_numeric(v->expr);
}

static bool plot_vectors(PlotTask *t, const Value *v, size_t n, bool *done)
{
    Numbers part[MOST_LINES] = { 0 };
    for (size_t i = 0; i < n && i < MOST_LINES; i++)
        if (!numbers_of(t->c, &v[i], &part[i]))
            return true;
    if (n > 2)
        return call_fail(t->c, ARG_WHAT, "plot takes two vectors of numbers, x and y"), false;
    if (n == 2 && part[0].n != part[1].n)
        return call_fail(t->c, ARG_WHAT, "the vectors have %zu and %zu entries", part[0].n, part[1].n), false;
    double *index = arena_array(t->c->arena, double, part[0].n);
    for (size_t i = 0; i < part[0].n; i++)
        index[i] = (double)i + 1;
    t->f->whole_x = n == 1;
    add_xy(t, SERIES_CURVE, (Str){ 0 }, part[0].n, n == 2 ? part[0].x : index, part[n - 1].x);
    add_xy(t, SERIES_SCATTER, (Str){ 0 }, part[0].n, n == 2 ? part[0].x : index, part[n - 1].x);
    t->f->series[1].like = 1;
    settle_x(t);
    *done = true;
    return true;
}

bool plot_value(PlotTask *t, const Value *v, size_t n, bool *done)
{
    *done = false;
    if (n == 1 && v->kind == VALUE_DATA && v->data->columns > 1)
        return *done = true, scatter_table(t, v->data);
    if (n == 1 && v->kind == VALUE_REPORT) {
        if (draw_report(t, v->report, (Str){ 0 })) {
            if (!report_picture(v->report))
                settle_x(t);
            *done = true;
        } else if (v->report->main.kind == VALUE_DATA) {
            return *done = true, scatter_table(t, v->report->main.data);
        }
        return true;
    }
    if (n == 1 && is_matrix(v)) {
        heat_of(t, v->expr);
        *done = true;
        return true;
    }
    return plot_vectors(t, v, n, done);
}

/* ---- commands --------------------------------------------------------------------------------------------------------------------------- */

static Value scatter_call(Call *c)
{
    PlotTask t;
    Numbers  x, y;
    if (!plot_begin(c, &t, 2, 3))
        return value_failed();
    if (!numbers_of(c, &c->arg[0], &x) || !numbers_of(c, &c->arg[1], &y))
        return call_fail(c, -1, "scatter takes two vectors of numbers");
    if (x.n != y.n)
        return call_fail(c, 1, "the vectors have %zu and %zu entries", x.n, y.n);
    add_xy(&t, SERIES_SCATTER, (Str){ 0 }, x.n, x.x, y.x);
    settle_x(&t);
    return plot_finish(&t, "scatter");
}

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Freedman and Diaconis: the width is twice the distance of the quartiles over the cube root of n. */
static size_t choose_bins(Arena *a, const double *x, size_t n, double low, double high)
{
    double *v = arena_copy(a, x, n * sizeof *x);
    qsort(v, n, sizeof *v, compare);
    double width = 2 * (v[n - 1 - n / 4] - v[n / 4]) / cbrt((double)n), bins = width > 0 ? ceil((high - low) / width) : ceil(log2((double)n) + 1);
    return bins < 1 ? 1 : bins > 60 ? 60 : (size_t)bins;
}

static Value histogram_call(Call *c)
{
    PlotTask t;
    Numbers  v;
    slong    given = 0;
    double   low = NAN, high = NAN;
    if (!plot_begin(c, &t, 2, 3))
        return value_failed();
    if (!numbers_of(c, &c->arg[0], &v))
        return call_fail(c, 0, "histogram takes a vector of numbers");
    if (call_has(c, 1) && (!expr_fits_slong(c->arg[1].expr, &given) || given < 1 || given > MOST_BINS))
        return call_fail(c, 1, "bins: from 1 to %d", MOST_BINS);
    double *x = arena_array(c->arena, double, v.n);
    size_t  n = 0;
    for (size_t i = 0; i < v.n; i++)
        if (isfinite(v.x[i]))
            x[n++] = v.x[i];
    if (!n)
        return call_fail(c, 0, "there are no numbers in it");
    range_include(&low, &high, x, n, false);
    if (low == high)
        range_settle(&low, &high, false, 0);
    size_t  bins = given ? (size_t)given : choose_bins(c->arena, x, n, low, high);
    double *left = arena_array(c->arena, double, bins), *right = arena_array(c->arena, double, bins), *count = arena_array(c->arena, double, bins);
    for (size_t k = 0; k < bins; k++) {
        left[k] = low + (high - low) * k / bins;
        right[k] = low + (high - low) * (k + 1) / bins;
    }
    for (size_t i = 0; i < n; i++) {
        size_t k = (size_t)((x[i] - low) / (high - low) * bins);
        count[k < bins ? k : bins - 1]++;
    }
    PlotSeries *s = figure_add(t.f, SERIES_BARS, (Str){ 0 }, bins);
    s->x = left;
    s->x2 = right;
    s->y = count;
    t.f->x_low = low;
    t.f->x_high = high;
    t.f->y_low = 0;
    for (size_t k = 0; k < bins; k++)
        t.f->y_high = fmax(t.f->y_high, count[k]);
    t.f->y_high *= 1.05;
    t.f->y_label = STR("count");
    t.f->whole_y = true;
    t.f->note = str_printf(c->arena, "%zu numbers in %zu bin%s%s", n, bins, bins == 1 ? "" : "s", n < v.n ? ", others are missing" : "");
    return plot_finish(&t, "histogram");
}

static Value bars_call(Call *c)
{
    PlotTask    t;
    Numbers     v;
    const List *names = call_has(c, 1) && c->arg[1].kind == VALUE_LIST ? c->arg[1].list : NULL;
    if (!plot_begin(c, &t, 2, 3))
        return value_failed();
    if (!numbers_of(c, &c->arg[0], &v))
        return call_fail(c, 0, "bars takes a vector of numbers");
    if (names && names->n != v.n)
        return call_fail(c, 1, "there are %zu numbers and %zu names", v.n, names->n);
    double *left = arena_array(c->arena, double, v.n), *right = arena_array(c->arena, double, v.n);
    Str    *label = arena_array(c->arena, Str, v.n);
    for (size_t k = 0; k < v.n; k++) {
        left[k] = (double)k + 0.6;
        right[k] = (double)k + 1.4;
        label[k] = !names ? (Str){ 0 } : names->item[k].kind == VALUE_TEXT ? names->item[k].text : names->item[k].kind == VALUE_EXPR ? plot_text(c, names->item[k].expr) : (Str){ 0 };
    }
    PlotSeries *s = figure_add(t.f, SERIES_BARS, (Str){ 0 }, v.n);
    s->x = left;
    s->x2 = right;
    s->y = v.x;
    s->label = names ? label : NULL;
    t.f->x_low = 0.4;
    t.f->x_high = (double)v.n + 0.6;
    range_include(&t.y_low, &t.y_high, v.x, v.n, false);
    range_include(&t.y_low, &t.y_high, &(double){ 0 }, 1, false);
    return plot_finish(&t, "bars");
}

static Value heatmap_call(Call *c)
{
    PlotTask t;
    if (!plot_begin(c, &t, 1, 2))
        return value_failed();
    const Expr *m = c->arg[0].expr;
    if (m->kind != EXPR_TENSOR || !expr_is_numeric(m))
        return call_fail(c, 0, "heatmap takes a matrix of numbers");
    heat_of(&t, m);
    return plot_finish(&t, "heatmap");
}

extern const Builtin plot_data_builtins[];
const Builtin plot_data_builtins[] = {
    { .sig = "scatter(x: value, y: value; to: text, title: text) -> report",
      .help = "Draws points with the coordinates in two vectors or columns of a table.",
      .example = { { "scatter([1, 2, 3], [2, 4, 5])", "scatter" },
                   { "scatter([0, 1, 2], [1, 3, 2], title: \"measured\")", "scatter of measured" } }, .see = "plot histogram", .words = "points dots data picture chart", .by_value = true, .call = scatter_call },
    { .sig = "histogram(x: value; bins: int, to: text, title: text) -> report",
      .help = "Draws how often the numbers of a vector or column fall into intervals of equal width.",
      .example = { { "histogram([1, 2, 2, 3, 5], bins: 4)", "histogram" },
                   { "histogram([1, 1, 2, 5], title: \"ages\")", "histogram of ages" } }, .see = "plot bars describe", .words = "distribution frequency bins chart", .call = histogram_call },
    { .sig = "bars(heights: value; names: list, to: text, title: text) -> report",
      .help = "Draws a bar for each number of a vector.",
      .example = { { "bars([3, 1, 2], names: [\"a\", \"b\", \"c\"])", "bars" },
                   { "bars([1, 4], title: \"counts\")", "bars of counts" } }, .see = "plot histogram", .words = "bar chart columns", .call = bars_call },
    { .sig = "heatmap(A: expr; to: text, title: text) -> report",
      .help = "Draws the entries of a matrix as shades.",
      .example = { { "heatmap([1, 2; 3, 4])", "heatmap" },
                   { "heatmap([0, 1, 0; 1, 2, 1], title: \"a hill\")", "heatmap of a hill" } }, .see = "plot", .words = "matrix picture colors shades image", .call = heatmap_call },
    { 0 }
};
