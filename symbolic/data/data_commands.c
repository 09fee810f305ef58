/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Commands on tables of data: generate, data, describe, head, count, filter, split, standardize. Tables go in and out whole; the
 * work on columns is in numeric/data*.c, conditions on rows in rows.c. load reads files and lives in parser/data_load.c. */
#include "symbolic/data/columns.h"

#include "base/report.h"
#include "numeric/ball.h"
#include "numeric/data_generate.h"
#include "numeric/data_stats.h"

#include <math.h>

enum { MOST_GENERATED = 10000000, SHOWN_DIGITS = 6 };

/* ---- arguments -------------------------------------------------------------------------------------------------------------- */

static bool whole_argument(Call *c, int i, slong low, slong high, slong *out)
{
    if (expr_fits_slong(c->arg[i].expr, out) && *out >= low && *out <= high)
        return true;
    call_fail(c, i, "%.*s needs a whole number from %ld to %ld here", STR_ARGS(c->name), (long)low, (long)high);
    return false;
}

static bool seed_argument(Call *c, int i, uint64_t *seed)
{
    slong given = 0;
    *seed = c->settings->seed;
    if (!call_has(c, (size_t)i))
        return true;
    if (!whole_argument(c, i, 0, WORD_MAX, &given))
        return false;
    *seed = (uint64_t)given;
    return true;
}

static bool rational_argument(Call *c, int i, const fmpq **out)
{
    if (!expr_is_number(c->arg[i].expr))
        return call_fail(c, i, "%.*s needs a number here", STR_ARGS(c->name)), false;
    *out = expr_number(c->arg[i].expr);
    return true;
}

static double rounded(const fmpq *q)
{
    arb_t x;
    arb_init(x);
    arb_set_fmpq(x, q, 100);
    double d = arf_get_d(arb_midref(x), ARF_RND_NEAR);
    arb_clear(x);
    return d;
}

static Value with_note(Value v, Str note)
{
    v.note = note;
    return v;
}

/* The significant digits of x rounded to SHOWN_DIGITS, without zeros at the end. */
static slong digits_of(Call *c, double x)
{
    Str   s = str_printf(c->arena, "%.*g", SHOWN_DIGITS, fabs(x));
    slong digits = 0;
    for (size_t i = 0; i < s.n && s.s[i] != 'e'; i++)
        digits += s.s[i] != '.' && (digits || s.s[i] != '0');
    return digits ? digits : 1;
}

/* A measured number: printed with a few digits. */
static Value number_cell(Call *c, double x)
{
    if (!isfinite(x))
        return value_text(STR("-"));
    Ball ball = { .digits = digits_of(c, x) };
    acb_init(ball.value);
    acb_set_d(ball.value, x);
    const Expr *e = x == 0 ? expr_int(c->pool, 0) : expr_ball(c->pool, &ball);
    acb_clear(ball.value);
    return value_expr(e);
}

static Value count_cell(Call *c, size_t n)
{
    return value_expr(expr_int(c->pool, (slong)n));
}

/* ---- generate, data ------------------------------------------------------------------------------------------------------------ */

static Value generate_call(Call *c)
{
    const Generator *g = generator_find(c->arg[0].text);
    slong            n;
    uint64_t         seed;
    if (!g) {
        Buf names = buf_new(c->arena);
        for (size_t i = 0; generators[i].name; i++)
            buf_printf(&names, "%s%s", i ? ", " : "", generators[i].name);
        call_fail(c, 0, "there is no set %.*s", STR_ARGS(c->arg[0].text));
        diag_hint(c->diag, "%.*s", STR_ARGS(buf_str(&names)));
        return value_failed();
    }
    if (!whole_argument(c, 1, 1, MOST_GENERATED, &n) || !seed_argument(c, 3, &seed))
        return value_failed();
    double      noise = g->noise;
    const fmpq *given;
    if (call_has(c, 2)) {
        if (!rational_argument(c, 2, &given))
            return value_failed();
        noise = rounded(given);
        if (!(noise >= 0 && noise <= 1e6))
            return call_fail(c, 2, "noise is the deviation of the noise: a number from 0 to 10^6");
    }
    return with_note(value_data(data_generate(c->arena, g, (size_t)n, noise, seed)),
                     str_printf(c->arena, "%s; noise %g, seed %llu", g->help, noise, (unsigned long long)seed));
}

static Value data_call(Call *c)
{
    return c->arg[0];
}

/* ---- looking at a table ---------------------------------------------------------------------------------------------------------- */

static Value describe_call(Call *c)
{
    const Data *d = c->arg[0].data;
    Report     *r = report_new(c->arena, "describe");
    r->summary = data_summary(d, c->arena);
    Table *t = report_table(r, "columns", "column type count missing mean deviation min q1 median q3 max");
    for (size_t k = 0; k < d->columns; k++) {
        const Column *column = &d->column[k];
        Value         dash = value_text(STR("-"));
        Value         cell[11] = { value_text(str_copy(c->arena, column->name)), value_text(column->text ? STR("text") : STR("number")),
                                   count_cell(c, d->rows - column->missing), count_cell(c, column->missing),
                                   dash, dash, dash, dash, dash, dash, dash };
        if (column->text) {
            cell[1] = value_text(str_printf(c->arena, "text, %zu labels", column->n_labels));
        } else {
            ColumnSummary s = column_summary(column, d->rows);
            cell[4] = number_cell(c, s.mean);
            cell[5] = number_cell(c, s.deviation);
            for (int i = 0; i < 5; i++)
                cell[6 + i] = number_cell(c, s.quartile[i]);
        }
        table_row(r, t, cell);
    }
    return value_report(r);
}

static const Data *first_rows(Call *c, const Data *d, size_t n)
{
    uint32_t *row = arena_array(c->arena, uint32_t, n);
    for (size_t i = 0; i < n; i++)
        row[i] = (uint32_t)i;
    return data_take(c->arena, d, row, n);
}

static Value head_call(Call *c)
{
    slong n;
    if (!whole_argument(c, 1, 1, COLUMNS_MOST_ENTRIES, &n))
        return value_failed();
    const Data *d = c->arg[0].data;
    d = first_rows(c, d, (size_t)n < d->rows ? (size_t)n : d->rows);
    Report *r = report_new(c->arena, "head");
    Buf     names = buf_new(c->arena);
    for (size_t k = 0; k < d->columns; k++)
        buf_printf(&names, "%s%.*s", k ? " " : "", STR_ARGS(d->column[k].name));
    r->main = value_data(d);
    Table *t = report_table(r, "table", buf_str(&names).s);
    Value *cell = arena_array(c->arena, Value, d->columns);
    for (size_t i = 0; i < d->rows; i++) {
        for (size_t k = 0; k < d->columns; k++)
            cell[k] = value_text(str_copy(c->arena, column_text(&d->column[k], c->arena, i)));
        table_row(r, t, cell);
    }
    return value_report(r);
}

/* ---- rows --------------------------------------------------------------------------------------------------------------------------- */

static bool chosen_rows(Call *c, RowList *rows)
{
    Str why;
    if (rows_where(c->pool, c->arena, c->arg[0].data, c->columns, c->arg[1].expr, rows, &why))
        return true;
    call_fail(c, 1, "%.*s", STR_ARGS(why));
    return false;
}

static Value filter_call(Call *c)
{
    RowList rows;
    if (!expr_is_truth(c->arg[1].expr))
        return call_fail(c, 1, "filter needs a condition on the columns");
    if (!chosen_rows(c, &rows))
        return value_failed();
    if (rows.n == 0)
        return call_fail(c, 1, "no row satisfies this condition");
    return with_note(value_data(data_take(c->arena, c->arg[0].data, rows.row, rows.n)),
                     str_printf(c->arena, "%zu of %zu", rows.n, c->arg[0].data->rows));
}

static Value count_call(Call *c)
{
    RowList rows = { .n = c->arg[0].data->rows };
    if (call_has(c, 1) && !expr_is_truth(c->arg[1].expr))
        return call_fail(c, 1, "count needs a condition on the columns");
    if (call_has(c, 1) && !chosen_rows(c, &rows))
        return value_failed();
    return count_cell(c, rows.n);
}

/* The number of rows in the first part: share*n, rounded. */
static bool part_of(Call *c, size_t n, size_t *out)
{
    const fmpq *share;
    fmpq_t      part;
    fmpz_t      whole;
    if (!rational_argument(c, 1, &share))
        return false;
    fmpq_init(part);
    fmpz_init(whole);
    fmpz_set_ui(whole, n);
    fmpq_mul_fmpz(part, share, whole);
    fmpz_mul_2exp(whole, fmpq_numref(part), 1);
    fmpz_add(whole, whole, fmpq_denref(part));
    fmpz_fdiv_q(whole, whole, fmpq_denref(part));
    fmpz_fdiv_q_2exp(whole, whole, 1);
    bool fine = fmpz_sgn(whole) > 0 && fmpz_cmp_ui(whole, n) < 0;
    *out = fine ? fmpz_get_ui(whole) : 0;
    fmpq_clear(part);
    fmpz_clear(whole);
    if (!fine)
        call_fail(c, 1, "this share leaves one part of %zu rows empty", n);
    return fine;
}

static Value split_call(Call *c)
{
    const Data *d = c->arg[0].data;
    uint64_t    seed;
    size_t      n;
    if (!part_of(c, d->rows, &n) || !seed_argument(c, 2, &seed))
        return value_failed();
    uint32_t *order = random_order(c->arena, d->rows, seed, STR("split"));
    Str       name[2] = { STR("train"), STR("test") };
    Value     item[2] = { value_data(data_take(c->arena, d, order, n)), value_data(data_take(c->arena, d, order + n, d->rows - n)) };
    return with_note(value_record(c->arena, name, item, 2), str_printf(c->arena, "seed %llu", (unsigned long long)seed));
}

/* ---- standardize ------------------------------------------------------------------------------------------------------------------------ */

static bool keep_column(Call *c, Value v, bool *change)
{
    const Data *d = c->arg[0].data;
    if (v.kind == VALUE_LIST || (v.kind == VALUE_EXPR && v.expr->kind == EXPR_TENSOR)) {
        size_t n = v.kind == VALUE_LIST ? v.list->n : v.expr->arity;
        for (size_t i = 0; i < n; i++)
            if (!keep_column(c, v.kind == VALUE_LIST ? v.list->item[i] : value_expr(v.expr->arg[i]), change))
                return false;
        return true;
    }
    for (size_t k = 0; k < d->columns; k++)
        if ((v.kind == VALUE_EXPR && v.expr == c->columns[k]) || (v.kind == VALUE_TEXT && str_eq(v.text, d->column[k].name))) {
            change[k] = false;
            return true;
        }
    call_fail(c, 2, "keep names columns of the table");
    return false;
}

/* Centre and width of every column that changes, measured in the table `by`. */
static bool measure(Call *c, const Data *by, const bool *change, double *centre, double *width, Report *r)
{
    const Data *d = c->arg[0].data;
    Table      *t = report_table(r, "columns", "column mean deviation");
    Str        *name = arena_array(c->arena, Str, d->columns);
    Value      *mean = arena_array(c->arena, Value, d->columns), *deviation = arena_array(c->arena, Value, d->columns);
    size_t      n = 0;
    for (size_t k = 0; k < d->columns; k++) {
        if (!change[k])
            continue;
        const Column *column = data_column(by, d->column[k].name);
        if (!column || column->text)
            return call_fail(c, 1, "the table has no numbers %.*s", STR_ARGS(d->column[k].name)), false;
        ColumnSummary s = column_summary(column, by->rows);
        centre[k] = s.count ? s.mean : 0;
        width[k] = s.deviation > 0 && isfinite(s.deviation) ? s.deviation : 1;
        if (!(s.deviation > 0))
            report_note(r, "%.*s is constant: it is centred only", STR_ARGS(column->name));
        name[n] = str_copy(c->arena, column->name);
        mean[n] = number_cell(c, centre[k]);
        deviation[n] = number_cell(c, s.deviation);
        table_row(r, t, (Value[]){ value_text(name[n]), mean[n], deviation[n] });
        n++;
    }
    if (n == 0)
        return call_fail(c, 0, "no column of numbers is left to standardize"), false;
    report_value(r, "mean", value_record(c->arena, name, mean, n));
    report_value(r, "deviation", value_record(c->arena, name, deviation, n));
    return true;
}

static Value standardize_call(Call *c)
{
    const Data *d = c->arg[0].data, *by = d;
    Str         why;
    Report     *r = report_new(c->arena, "standardize");
    bool       *change = arena_array(c->arena, bool, d->columns);
    double     *centre = arena_array(c->arena, double, d->columns), *width = arena_array(c->arena, double, d->columns);
    for (size_t k = 0; k < d->columns; k++)
        change[k] = !d->column[k].text;
    if (call_has(c, 1)) {
        Value v = c->arg[1].kind == VALUE_REPORT ? c->arg[1].report->main : c->arg[1];
        if (!(by = data_of(c->arena, v, &why)))
            return call_fail(c, 1, "%.*s", STR_ARGS(why));
    }
    if ((call_has(c, 2) && !keep_column(c, c->arg[2], change)) || !measure(c, by, change, centre, width, r))
        return value_failed();
    r->main = value_data(data_rescale(c->arena, d, change, centre, width));
    return value_report(r);
}

/* ---- rows ----------------------------------------------------------------------------------------------------------------------------------- */

const Builtin data_builtins[] = {
    { .sig = "generate(set: word; n: int = 200, noise: scalar?, seed: int?) -> data",
      .help = "A set of points in the plane: moons, spirals, xor, circles and blobs with classes, or a noisy line.",
      .example = { { "generate(moons, n: 100, noise: 0.1, seed: 1)", "data with 100 rows: x, y, class   two interleaved half circles; noise 0.1, seed 1" },
                   { "d = generate(line, n: 3, noise: 0); d.y", "[-1, 1, 3]" } },
      .lesson = 7, .see = "load split", .call = generate_call },
    { .sig = "data(columns: table) -> data", .help = "A table whose columns are the vectors of a record.",
      .example = { { "data((x = [1, 2, 3], y = [1, 4, 9]))", "data with 3 rows: x, y" },
                   { "data((x = [1, 2, 3], y = [1, 4, 9])).y", "[1, 4, 9]" } },
      .lesson = 7, .see = "load generate", .call = data_call },
    { .sig = "describe(d: table) -> report", .help = "What the columns of a table hold: counts, missing values, mean, deviation (by n - 1), quartiles.",
      .example = { { "describe((x = [1, 2, 3, 6]))", "data with 4 rows: x" },
                   { "describe(data((x = [1, 2], y = [0, 5])))", "data with 2 rows: x, y" } },
      .lesson = 7, .see = "head count standardize", .call = describe_call },
    { .sig = "head(d: table, n: int = 5) -> report", .help = "The first rows of a table.",
      .example = { { "head((x = [1, 2, 3], y = [1, 4, 9]), 2)", "data with 2 rows: x, y" },
                   { "head((x = [1, 2, 3]), 1)", "data with 1 row: x" } },
      .lesson = 7, .see = "describe filter", .call = head_call },
    { .sig = "count(d: columns, condition: expr?) -> expr", .help = "The number of rows, or of those in which a condition on the columns holds.",
      .example = { { "count((x = [1, 2, 3, 6]))", "4" }, { "count((x = [1, 2, 3, 6]), x > 2)", "2" } },
      .lesson = 7, .see = "filter describe", .call = count_call },
    { .sig = "filter(d: columns, condition: expr) -> data", .help = "The rows in which a condition on the columns holds.",
      .example = { { "d = filter((x = [1, 2, 3, 6]), x^2 < 10 and x > 1); d.x", "[2, 3]" },
                   { "d = filter((kind = [\"a\", \"b\", \"a\"], x = [1, 2, 3]), kind == \"a\"); d.x", "[1, 3]" } },
      .lesson = 7, .see = "count split", .call = filter_call },
    { .sig = "split(d: table, share: scalar; seed: int?) -> record", .help = "Two tables, train and test, of the rows in random order.",
      .example = { { "s = split(generate(moons, n: 100), 0.8, seed: 1); s.train", "data with 80 rows: x, y, class" },
                   { "s = split((x = [1, 2, 3, 4, 5]), 0.6, seed: 1); count(s.test)", "2" } },
      .lesson = 7, .see = "standardize filter", .call = split_call },
    { .sig = "standardize(d: columns; by: value?, keep: value?) -> report",
      .help = "Columns of numbers shifted and scaled to mean 0 and deviation 1; by: measures them in another table, keep: leaves columns as they are.",
      .example = { { "s = standardize((x = [1, 2, 3], class = [0, 1, 1]), keep: class); head(s)", "data with 3 rows: x, class" },
                   { "s = standardize((x = [1, 2, 3])); s.deviation", "(x = 1)" } },
      .lesson = 7, .see = "split describe", .call = standardize_call },
    { 0 }
};
