/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Laws of tables: the doubles are the nearest ones, exact values are those written, selections and splits keep every row once,
 * standardized columns have mean 0 and deviation 1; corner cases of CSV; any bytes give a table or a message. */
#include "base/rng.h"
#include "numeric/data_csv.h"
#include "numeric/data_generate.h"
#include "numeric/data_stats.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

static bool reserved(Str s) { return str_is(s, "in") || str_is(s, "e"); }

static Data *read_with(Arena *a, const char *text, CsvOptions o, CsvNotes *notes)
{
    o.reserved = reserved;
    return data_read_csv(a, str_copy(a, str_of(text)), &o, notes);
}

static Data *read_text(Arena *a, const char *text, CsvNotes *notes)
{
    return read_with(a, text, (CsvOptions){ .header = UNKNOWN }, notes);
}

static bool exact_is(const Column *c, size_t row, const char *fraction)
{
    fmpq_t q, r;
    fmpq_init(q);
    fmpq_init(r);
    bool same = column_exact(c, row, q) && fmpq_set_str(r, fraction, 10) == 0 && fmpq_equal(q, r);
    fmpq_clear(q);
    fmpq_clear(r);
    return same;
}

static bool column_is(const Data *d, size_t k, const char *name, size_t n, const double *value)
{
    if (k >= d->columns || !str_is(d->column[k].name, name) || d->rows != n)
        return false;
    for (size_t i = 0; i < n; i++)
        if (d->column[k].value[i] != value[i] && !(isnan(value[i]) && isnan(d->column[k].value[i])))
            return false;
    return true;
}

/* ---- the reader ----------------------------------------------------------------------------------------------------------- */

Test(data, forms_of_csv_give_one_table)
{
    static const char *const texts[] = {
        "a,b\n1,2\n3,4\n", "a;b\n1;2\n3;4", "a\tb\r\n1\t2\r\n3\t4\r\n", "\xef\xbb\xbf\x61,b\n1,2\n3,4", "# source\n\na , b\n# more\n1, 2\n\n 3 ,4\n",
        "\"a\",\"b\"\r1,\"2\"\r3,4\r", "a,b\n+1,2.0\n0.3e1,40e-1\n", "a,b\n1,.2e1\n3.,4\n",
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        Arena   *a = arena_new();
        CsvNotes notes;
        Data    *d = read_text(a, texts[i], &notes);
        cr_assert(d, "%zu: %.*s", i, STR_ARGS(notes.error));
        cr_expect(column_is(d, 0, "a", 2, (double[]){ 1, 3 }) && column_is(d, 1, "b", 2, (double[]){ 2, 4 }), "%zu", i);
        arena_delete(a);
    }
}

Test(data, separators_and_headers)
{
    Arena   *a = arena_new();
    CsvNotes notes;
    Data    *d = read_text(a, "1,5\n2,6\n", &notes);
    cr_expect(column_is(d, 1, "x2", 2, (double[]){ 5, 6 }));
    d = read_with(a, "2019,2020\n1,2\n", (CsvOptions){ .header = YES }, &notes);
    cr_expect(column_is(d, 0, "x2019", 1, (double[]){ 1 }));
    d = read_with(a, "a  b\n1  2\n3 4 \n", (CsvOptions){ .separator = ' ', .header = UNKNOWN }, &notes);
    cr_assert(d, "%.*s", STR_ARGS(notes.error));
    cr_expect(column_is(d, 1, "b", 2, (double[]){ 2, 4 }));
    d = read_text(a, "petal length (cm),in,e,x,x,,\xce\xbb\n1,2,3,4,5,6,7\n", &notes);
    static const char *const names[] = { "petal_length_cm", "in_", "e_", "x", "x_2", "x6", "x7" };
    for (size_t k = 0; k < 7; k++)
        cr_expect(str_is(d->column[k].name, names[k]), "%.*s", STR_ARGS(d->column[k].name));
    arena_delete(a);
}

Test(data, missing_values_and_labels)
{
    Arena   *a = arena_new();
    CsvNotes notes;
    Data    *d = read_text(a, "x,kind\n1,\"b \"\"q\"\", c\"\nNA,a\n?,\n,a\nnan,\"two\nlines\"\n", &notes);
    cr_assert(d, "%.*s", STR_ARGS(notes.error));
    cr_expect(column_is(d, 0, "x", 5, (double[]){ 1, NAN, NAN, NAN, NAN }));
    cr_expect(column_is(d, 1, "kind", 5, (double[]){ 0, 1, NAN, 1, 2 }));
    cr_expect(notes.missing == 5 && d->column[0].missing == 4 && d->column[1].missing == 1 && d->column[1].n_labels == 3);
    cr_expect(str_is(d->column[1].label[0], "b \"q\", c") && str_is(d->column[1].label[2], "two\nlines"));
    cr_expect(column_code(&d->column[1], STR("a")) == 1 && column_code(&d->column[1], STR("z")) == -1);
    arena_delete(a);
}

Test(data, bad_rows_are_named)
{
    static const struct { const char *text, *error; } bad[] = {
        { "", "there are no rows" }, { "# only\n\n", "there are no rows" }, { "a,b\n", "there is a header but no row" },
        { "a,b\n1,2\n3\n4,5\n", "line 3 has 1 field, expected 2" }, { "# c\na,b\n\n1,2\n3,4,5\n", "line 5 has 3 fields, expected 2" },
        { "a,b\n1,\"2\n3,4\n", "line 2: a quote is not closed" }, { "a,b\n1,\"2\"x\n", "line 2: text behind a closing quote" },
        { "a\n1\n2\n5.l\n", "line 4: \"5.l\" in the column a is no number" }, { "a\n1\n2\n1e999\n", "line 4: \"1e999\" in the column a is no number" },
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        Arena   *a = arena_new();
        CsvNotes notes;
        cr_expect(!read_text(a, bad[i].text, &notes) && str_is(notes.error, bad[i].error), "%zu: %.*s", i, STR_ARGS(notes.error));
        arena_delete(a);
    }
}

Test(data, bad_rows_can_be_left_out)
{
    Arena   *a = arena_new();
    CsvNotes notes;
    Data    *d = read_with(a, "a,b\n1,2\n3\n4,oops\n5,6\n7,8,9\n10,11\n", (CsvOptions){ .header = UNKNOWN, .skip_bad = true }, &notes);
    cr_assert(d, "%.*s", STR_ARGS(notes.error));
    cr_expect(column_is(d, 0, "a", 3, (double[]){ 1, 5, 10 }) && column_is(d, 1, "b", 3, (double[]){ 2, 6, 11 }));
    cr_expect(notes.bad == 3 && notes.bad_line[0] == 3 && notes.bad_line[1] == 4 && notes.bad_line[2] == 6);
    Str b = STR("b");
    d = read_with(a, "a,b\n1,2\n3,4\n4,oops\n", (CsvOptions){ .header = UNKNOWN, .n_text = 1, .text = &b }, &notes);
    cr_expect(d && d->column[1].text && d->column[1].n_labels == 3);
    arena_delete(a);
}

/* ---- exact values ------------------------------------------------------------------------------------------------------------ */

Test(data, numbers_are_exact)
{
    Arena   *a = arena_new();
    CsvNotes notes;
    Data    *d = read_text(a, "x,y,z\n5.1,0.12345678901234567,1e-30\n-0.25,123456789012345678901,1.5E+2\n7,NA,-2\n", &notes);
    cr_assert(d, "%.*s", STR_ARGS(notes.error));
    cr_expect(d->column[0].exactness == EXACT_DECIMAL && !d->column[0].written);
    cr_expect(exact_is(&d->column[0], 0, "51/10") && exact_is(&d->column[0], 1, "-1/4") && exact_is(&d->column[0], 2, "7"));
    cr_expect(exact_is(&d->column[1], 0, "12345678901234567/100000000000000000") && exact_is(&d->column[1], 1, "123456789012345678901"));
    cr_expect(!exact_is(&d->column[1], 2, "0") && exact_is(&d->column[2], 1, "150") && exact_is(&d->column[2], 2, "-2"));
    cr_expect(exact_is(&d->column[2], 0, "1/1000000000000000000000000000000"));
    arena_delete(a);
}

/* The exact value is the one written, and the double is the one nearest to it. */
Test(data, random_decimals_come_back)
{
    Rng r = rng_stream(1, STR("decimals"));
    for (int i = 0; i < 300; i++) {
        enum { ROWS = 20 };
        Arena *a = arena_new();
        Buf    text = buf_new(a);
        int    digits = 1 + (int)rng_below(&r, 20), places = (int)rng_below(&r, 24);
        char   number[ROWS][64];
        for (int k = 0; k < ROWS; k++) {
            char mantissa[32];
            for (int j = 0; j < digits; j++)
                mantissa[j] = (char)('0' + rng_below(&r, 10));
            mantissa[digits] = 0;
            snprintf(number[k], sizeof number[k], "%s%se-%d", rng_below(&r, 2) ? "-" : "", mantissa, places);
            buf_printf(&text, "%s\n", number[k]);
        }
        CsvNotes notes;
        Data    *d = read_text(a, buf_str(&text).s, &notes);
        cr_assert(d && d->rows == ROWS);
        fmpq_t got, want;
        fmpq_init(got);
        fmpq_init(want);
        for (int k = 0; k < ROWS; k++) {
            cr_expect(d->column[0].value[k] == strtod(number[k], NULL));
            cr_expect(decimal_exact(str_of(number[k]), want) && column_exact(&d->column[0], (size_t)k, got) && fmpq_equal(got, want), "%s", number[k]);
        }
        fmpq_clear(got);
        fmpq_clear(want);
        arena_delete(a);
    }
}

/* ---- tables of tables ----------------------------------------------------------------------------------------------------------- */

Test(data, a_selection_outlives_its_table)
{
    Arena   *line = arena_new(), *session = arena_new();
    CsvNotes notes;
    Data    *d = read_text(line, "x,k\n1,a\n2,b\n3,a\n", &notes);
    Data    *t = data_take(line, d, (uint32_t[]){ 2, 0 }, 2);
    data_own(session, t);
    arena_delete(line);
    cr_expect(column_is(t, 0, "x", 2, (double[]){ 3, 1 }) && str_is(t->column[1].label[1], "b"));
    cr_expect_eq(t->references, 1);
    arena_delete(session);
}

Test(data, a_random_order_has_every_row_once)
{
    for (size_t n = 1; n < 200; n++) {
        Arena    *a = arena_new();
        uint32_t *order = random_order(a, n, n, STR("test"));
        bool     *seen = arena_array(a, bool, n);
        for (size_t i = 0; i < n; i++) {
            cr_expect(order[i] < n && !seen[order[i]]);
            seen[order[i]] = true;
        }
        cr_expect(!memcmp(order, random_order(a, n, n, STR("test")), n * sizeof *order));
        arena_delete(a);
    }
}

Test(data, standardized_columns)
{
    for (uint64_t seed = 0; seed < 20; seed++)
        for (const Generator *g = generators; g->name; g++) {
            Arena *a = arena_new();
            Data  *d = data_generate(a, g, 50, g->noise, seed);
            double centre[3], width[3];
            bool   change[3] = { true, true, false };
            for (size_t k = 0; k < 2; k++) {
                ColumnSummary s = column_summary(&d->column[k], d->rows);
                centre[k] = s.mean;
                width[k] = s.deviation;
            }
            Data *z = data_rescale(a, d, change, centre, width);
            for (size_t k = 0; k < 2; k++) {
                ColumnSummary s = column_summary(&z->column[k], z->rows);
                cr_expect(fabs(s.mean) < 1e-13 && fabs(s.deviation - 1) < 1e-13, "%s %g %g", g->name, s.mean, s.deviation);
            }
            arena_delete(a);
        }
}

Test(data, summaries)
{
    Arena   *a = arena_new();
    CsvNotes notes;
    Data    *d = read_text(a, "x,y\n1,1e300\n2,1e300\nNA,1e300\n3,1e300\n10,1e300\n", &notes);
    ColumnSummary x = column_summary(&d->column[0], d->rows), y = column_summary(&d->column[1], d->rows);
    cr_expect(x.count == 4 && x.mean == 4 && fabs(x.deviation - sqrt(50.0 / 3)) < 1e-14);
    cr_expect(x.quartile[0] == 1 && x.quartile[1] == 1.75 && x.quartile[2] == 2.5 && x.quartile[3] == 4.75 && x.quartile[4] == 10);
    cr_expect(y.count == 5 && fabs(y.mean / 1e300 - 1) < 1e-15 && y.deviation <= 1e285);
    arena_delete(a);
}

Test(data, generated_sets_are_reproducible)
{
    for (const Generator *g = generators; g->name; g++) {
        Arena *a = arena_new();
        Data  *d = data_generate(a, g, 60, g->noise, 7), *same = data_generate(a, g, 60, g->noise, 7), *other = data_generate(a, g, 60, 0.3, 8);
        cr_expect(!memcmp(d->column[0].value, same->column[0].value, 60 * sizeof(double)));
        cr_expect(memcmp(d->column[1].value, other->column[1].value, 60 * sizeof(double)));
        cr_expect(d->column[0].exactness == EXACT_DECIMAL && d->column[1].exactness == EXACT_DECIMAL);
        for (size_t i = 0; g->labelled && i < 60; i++)
            cr_expect(strcmp(g->name, "xor") || (d->column[2].value[i] == 1) == (d->column[0].value[i] * d->column[1].value[i] < 0));
        arena_delete(a);
    }
}

/* ---- any bytes ---------------------------------------------------------------------------------------------------------------------- */

Test(data, any_bytes_give_a_table_or_a_message)
{
    static const char pieces[] = "0123456789.,;\t\"\"\n\n\r -+eE#aNA?x\xef\xbb\xbf\xce\xbb\xff";
    Rng r = rng_stream(2, STR("csv"));
    size_t tables = 0;
    for (int i = 0; i < 20000; i++) {
        Arena *a = arena_new();
        char   bytes[200];
        size_t n = (size_t)rng_below(&r, sizeof bytes);
        size_t kinds = 1 + (size_t)rng_below(&r, sizeof pieces - 1);
        for (size_t k = 0; k < n; k++)
            bytes[k] = i % 10 ? pieces[rng_below(&r, kinds)] : (char)rng_below(&r, 256);
        CsvOptions o = { .header = (Truth)rng_below(&r, 3), .skip_bad = rng_below(&r, 2), .reserved = reserved };
        CsvNotes   notes;
        Data      *d = data_read_csv(a, str_copy(a, (Str){ bytes, n }), &o, &notes);
        cr_assert(d ? d->rows > 0 && d->columns > 0 : notes.error.n > 0);
        for (size_t k = 0; d && k < d->columns; k++) {
            size_t missing = 0;
            for (size_t row = 0; row < d->rows; row++) {
                double x = d->column[k].value[row];
                missing += isnan(x);
                cr_assert(!d->column[k].text || isnan(x) || x < (double)d->column[k].n_labels);
                cr_assert(column_text(&d->column[k], a, row).n || d->column[k].text);
            }
            cr_assert_eq(missing, d->column[k].missing);
        }
        tables += d != NULL;
        arena_delete(a);
    }
    cr_expect(tables > 2000, "%zu", tables);
}

/* Short decimals are read in one go; the same entries in quotes take the long way. Both must give the same bits, exact values and names. */
Test(data, plain_rows_are_quoted_rows)
{
    static const char *const odd[] = { "1e3", " 7", "NA", "0.10", "-0", "-.5", "5.", "123456789012345678", "0.000000000000000000000000001", "+2", "12345678.12345678" };
    Rng    r = rng_stream(11, STR("plain"));
    Arena *a = arena_new();
    for (size_t round = 0; round < 60; round++) {
        Buf      plain = buf_new(a), quoted = buf_new(a);
        CsvNotes notes;
        size_t   columns = 1 + rng_below(&r, 4);
        for (size_t i = 0; i < 20; i++)
            for (size_t k = 0; k < columns; k++) {
                bool        strange = rng_below(&r, 40) == 0;
                int         places = (int)rng_below(&r, 7);
                Str         entry = strange ? str_of(odd[rng_below(&r, sizeof odd / sizeof *odd)]) : str_printf(a, "%.*f", places, ldexp(rng_normal(&r), (int)rng_below(&r, 12)));
                const char *end = k + 1 < columns ? "," : round % 3 == 0 ? "\r\n" : i == 19 && round % 2 ? "" : "\n";
                buf_printf(&plain, "%.*s%s", STR_ARGS(entry), end);
                buf_printf(&quoted, "\"%.*s\"%s", STR_ARGS(str_trim(entry)), end);
            }
        buf_add_c(&plain, 0);
        buf_add_c(&quoted, 0);
        Data *x = read_with(a, buf_str(&plain).s, (CsvOptions){ .header = NO, .separator = ',' }, &notes);
        Data *y = read_with(a, buf_str(&quoted).s, (CsvOptions){ .header = NO, .separator = ',' }, &notes);
        cr_assert(x && y && x->rows == 20 && y->rows == 20 && x->columns == y->columns, "%.*s", STR_ARGS(notes.error));
        for (size_t k = 0; k < columns; k++) {
            cr_expect_eq(x->column[k].exactness, y->column[k].exactness);
            cr_expect_eq(x->column[k].missing, y->column[k].missing);
            for (size_t i = 0; i < 20; i++)
                cr_expect(memcmp(&x->column[k].value[i], &y->column[k].value[i], sizeof(double)) == 0 || isnan(x->column[k].value[i]), "%s", buf_str(&plain).s);
        }
    }
    arena_delete(a);
}
