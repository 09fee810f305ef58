/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Continuity and epsilon-delta against problems with verified answers: run_continuity KIND FILE. Every row must be right.
 * Discontinuities: the kind and both one-sided limits at the point, and the same point in the list for a range around it.
 * Epsilon-delta: the limit, the closed form and 30 digits of the largest delta. */
#include "tests/session.h"

#include "base/report.h"
#include "symbolic/algebra/zero.h"

typedef struct Run { Env *env; Arena *arena; Str why; } Run;

static Value value_of(Run *r, Str text)
{
    Source  source;
    Outcome o = run_text(r->env, &source, text);
    r->why = o.kind == RUN_DONE ? STR("") : str_copy(r->arena, o.diag->message);
    return o.kind == RUN_DONE ? o.value : value_failed();
}

static bool is_true(Run *r, Str text)
{
    Value v = value_of(r, text);
    bool  yes = v.kind == VALUE_EXPR && expr_is_constant(v.expr, CONSTANT_TRUE);
    if (!yes && !r->why.n)
        r->why = str_printf(r->arena, "not true: %.*s", STR_ARGS(text));
    return yes;
}

static bool side_is(Run *r, const char *side, Str expected)
{
    Value v = value_of(r, str_printf(r->arena, "answer_1.%s", side));
    if (v.kind != VALUE_EXPR)
        return false;
    Str got = str_copy(r->arena, env_value_text(r->env, v, false));
    if (str_eq(got, expected) || is_true(r, str_printf(r->arena, "abs(N((%.*s) - (%.*s), 40)) < 10^(-35)", STR_ARGS(got), STR_ARGS(expected))))
        return true;
    r->why = str_printf(r->arena, "%s: %.*s", side, STR_ARGS(got));
    return false;
}

static bool discontinuity_row(Run *r, Str line)
{
    Str f = field(line, 0), x = field(line, 1), a = field(line, 2), kind = field(line, 3);
    value_of(r, str_printf(r->arena, "answer_1 = continuous(%.*s, %.*s = %.*s)", STR_ARGS(f), STR_ARGS(x), STR_ARGS(a)));
    Value v = r->why.n ? value_failed() : value_of(r, STR("answer_1.kind"));
    if (v.kind != VALUE_TEXT || !str_eq(v.text, kind)) {
        r->why = r->why.n ? r->why : str_printf(r->arena, "kind %.*s", STR_ARGS(v.kind == VALUE_TEXT ? v.text : STR("none")));
        return false;
    }
    if (!side_is(r, "left", field(line, 4)) || !side_is(r, "right", field(line, 5)))
        return false;
    Str point = str_copy(r->arena, env_value_text(r->env, value_of(r, a), false));
    v = value_of(r, str_printf(r->arena, "discontinuities(%.*s, %.*s = (%.*s) - 1/7..(%.*s) + 1/11)", STR_ARGS(f), STR_ARGS(x), STR_ARGS(a), STR_ARGS(a)));
    if (v.kind != VALUE_REPORT)
        return false;
    const Field *list = report_field(v.report, STR("discontinuities"));
    bool         listed = false;
    for (size_t i = 0; list && i < list->table->rows; i++) {
        const Value *row = list->table->cell + i * list->table->columns;
        listed = listed || (str_eq(env_value_text(r->env, row[0], false), point) && str_eq(row[1].text, kind));
    }
    r->why = STR("the list for a range disagrees");
    return listed == !str_is(kind, "continuous");
}

static bool delta_row(Run *r, Str line)
{
    Str f = field(line, 0), x = field(line, 1), a = field(line, 2), limit = field(line, 3), e = field(line, 4), delta = field(line, 5), digits = field(line, 6);
    env_settings(r->env)->digits = 40;
    value_of(r, str_printf(r->arena, "answer_1 = epsilon_delta(%.*s, %.*s -> %.*s, eps: %.*s)", STR_ARGS(f), STR_ARGS(x), STR_ARGS(a), STR_ARGS(e)));
    if (r->why.n || !is_true(r, str_printf(r->arena, "abs(N(answer_1.limit - (%.*s), 40)) < 10^(-35)", STR_ARGS(limit))))
        return false;
    if (!is_true(r, str_printf(r->arena, "abs(N(answer_1.delta, 40) - (%.*s)) < 10^(-30)*(%.*s)", STR_ARGS(digits), STR_ARGS(digits))))
        return false;
    return !delta.n || is_true(r, str_printf(r->arena, "abs(N(answer_1.delta - (%.*s), 40)) < 10^(-35)", STR_ARGS(delta)));
}

int main(int argc, char **argv)
{
    Arena *a = arena_new();
    bool   deltas = argc == 3 && !strcmp(argv[1], "epsilon_delta");
    if (argc != 3)
        return 2;
    Str    text = read_all(a, argv[2]), line;
    size_t rows = 0, wrong = 0;
    next_line(&text, &line);
    while (next_line(&text, &line)) {
        Run r = { .env = env_new(builtin_tables), .arena = a };
        rows++;
        if (!(deltas ? delta_row : discontinuity_row)(&r, line)) {
            wrong++;
            printf("%.*s: %.*s\n", STR_ARGS(line), STR_ARGS(r.why));
        }
        env_delete(r.env);
    }
    printf("%zu rows, %zu wrong\n", rows, wrong);
    arena_delete(a);
    return wrong || !rows;
}
