/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One expression in several formats, a row for each: what `using` says, side by side. */
#include "symbolic/tape/run.h"

Value run_in_formats(Pool *p, Arena *a, const Expr *e, const List *formats, const Settings *settings)
{
    Report *r = report_new(a, "compare");
    Table  *t = report_table(r, "results", "format value ulps bits cause");
    Value  *run = arena_array(a, Value, formats->n + 1);
    if (expr_is_truth(e) || !expr_is_scalar(e))
        return pool_fail(p, "only a number has a value in several formats"), value_failed();
    for (size_t k = 0; k < formats->n; k++) {
        const Format *f = formats->item[k].format;
        Format        correct = format_with(*f, f->rounding, f->overflow == OVERFLOW_SATURATE, true);
        void         *lane = expr_run(p, a, &e, 1, &correct, settings->seed);
        Value         v = lane ? run_report(p, a, e, &correct, settings) : value_failed();
        if (v.kind != VALUE_REPORT)
            return value_failed();
        const Field *ulps = report_field(v.report, STR("ulps")), *bits = report_field(v.report, STR("bits")), *cause = report_field(v.report, STR("cause"));
        table_row(r, t, (Value[]){ value_text(format_full_name(f, a)), value_text(format_shortest(&correct, a, lane)),
                                   ulps ? ulps->value : value_text(STR("")), bits ? bits->value : value_text(STR("")), cause ? cause->value : value_text(STR("")) });
        run[k] = v;
    }
    report_value(r, "runs", value_list(a, run, formats->n));
    r->summary = str_printf(a, "%zu formats", formats->n);
    r->traced = true;
    return value_report(r);
}
