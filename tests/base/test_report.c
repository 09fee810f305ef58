/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Values and reports: compound values own copies of their arrays, fields keep their order, tables and steps grow. */
#include "base/report.h"

#include <criterion/criterion.h>

static Value number(Arena *a, size_t k)
{
    return value_text(str_printf(a, "%zu", k));
}

Test(value, compounds_own_their_arrays)
{
    Arena *a = arena_new();
    Value  item[] = { number(a, 1), number(a, 2) };
    Str    name[] = { STR("x"), STR("y") };
    Value  list = value_list(a, item, 2), record = value_record(a, name, item, 2);
    item[0] = value_none();
    name[0] = STR("z");
    cr_assert(str_is(list.list->item[0].text, "1"));
    cr_assert(str_is(record_get(record.record, STR("x"))->text, "1"));
    cr_assert(str_is(record_get(record.record, STR("y"))->text, "2"));
    cr_assert_null(record_get(record.record, STR("z")));
    cr_assert_eq(value_list(a, NULL, 0).list->n, 0);
    cr_assert_eq(value_range(a, NULL, NULL, NULL).kind, VALUE_FAILED);
    cr_assert_eq(value_expr(NULL).kind, VALUE_FAILED);
    arena_delete(a);
}

Test(report, tables_hold_all_rows)
{
    enum { ROWS = 1000 };
    Arena  *a = arena_new();
    Report *r = report_new(a, "minimize");
    Table  *t = report_table(r, "trace", "k  f grad ");
    cr_assert_eq(t->columns, 3);
    cr_assert(str_is(t->column[0], "k") && str_is(t->column[2], "grad"));
    for (size_t i = 0; i < ROWS; i++)
        table_row(r, t, (Value[]){ number(a, 3 * i), number(a, 3 * i + 1), number(a, 3 * i + 2) });
    cr_assert_eq(t->rows, ROWS);
    for (size_t i = 0; i < 3 * ROWS; i++)
        cr_assert(str_eq(t->cell[i].text, number(a, i).text));
    arena_delete(a);
}

Test(report, fields_keep_order_and_names)
{
    Arena  *a = arena_new();
    Report *r = report_new(a, "diff");
    char    name[] = "v00";
    for (size_t i = 0; i < 50; i++) {
        name[1] = (char)('0' + i / 10);
        name[2] = (char)('0' + i % 10);
        report_value(r, name, number(a, i));
    }
    cr_assert_eq(r->n, 50);
    for (size_t i = 0; i < 50; i++) {
        Str key = str_printf(a, "v%02zu", i);
        cr_assert(str_eq(r->field[i].name, key));
        cr_assert(str_eq(report_field(r, key)->value.text, number(a, i).text));
    }
    cr_assert_null(report_field(r, STR("v50")));
    cr_assert_eq(r->main.kind, VALUE_NONE);
    arena_delete(a);
}

/* Steps in a row form one field; anything between starts another. */
Test(report, steps_gather)
{
    Arena  *a = arena_new();
    Report *r = report_new(a, "steps");
    for (int i = 0; i < 20; i++)
        report_step(r, "rule", NULL, NULL, STR("why"));
    report_note(r, "checked at %d points", 8);
    report_plot(r, "contour", "path", "trace");
    report_step(r, "rule", NULL, NULL, STR(""));
    cr_assert_eq(r->n, 4);
    cr_assert_eq(r->field[0].steps->n, 20);
    cr_assert(str_is(r->field[1].note, "checked at 8 points"));
    cr_assert(str_is(r->field[2].plot.table, "trace"));
    cr_assert_eq(r->field[3].steps->n, 1);
    arena_delete(a);
}
