/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Diagnostics: the first failure and the first hint stay; places of random spans; failures at an argument of a call. */
#include "base/builtin.h"
#include "base/interrupt.h"
#include "base/rng.h"

#include <criterion/criterion.h>
#include <string.h>

Test(diag, first_failure_and_first_hint_win)
{
    Arena *a = arena_new();
    Source s = { STR("f"), STR("x + y") };
    Diag   d = diag_new(a);
    diag_fail(&d, &s, (Span){ 4, 5 }, "no %s", "y");
    diag_hint(&d, "try %d", 1);
    diag_fail(&d, &s, (Span){ 0, 1 }, "no x");
    diag_hint(&d, "try %d", 2);
    cr_assert(d.failed && str_is(d.message, "no y") && str_is(d.hint, "try 1"));
    cr_assert_eq(d.span.start, 4);
    cr_assert_eq(d.source, &s);
    arena_delete(a);
}

/* Lines and columns counted by hand, byte by byte, on texts of ASCII letters and line breaks. */
Test(diag, places_of_random_spans)
{
    Arena *a = arena_new();
    Rng    r = rng_stream(11, STR("places"));
    for (int round = 0; round < 3000; round++) {
        uint32_t n = (uint32_t)rng_below(&r, 30), line = 1, column = 1;
        char    *text = arena_alloc(a, n + 1);
        for (uint32_t i = 0; i < n; i++)
            text[i] = rng_below(&r, 5) ? 'a' : '\n';
        uint32_t start = (uint32_t)rng_below(&r, n + 1), end = start + (uint32_t)rng_below(&r, 5), width = 0;
        for (uint32_t i = 0; i < start; i++) {
            column = text[i] == '\n' ? 1 : column + 1;
            line += text[i] == '\n';
        }
        while (start + width < end && start + width < n && text[start + width] != '\n')
            width++;
        Source s = { STR(""), { text, n } };
        Place  p = place_of(&s, (Span){ start, end });
        cr_assert_eq(p.line_number, line);
        cr_assert_eq(p.column, column);
        cr_assert_eq(p.width, width ? width : 1);
        cr_assert_null(memchr(p.line.s, '\n', p.line.n));
    }
    arena_delete(a);
}

Test(diag, columns_are_screen_columns)
{
    Source s = { STR(""), STR("λ = 数 + x\r\n") };
    Place  p = place_of(&s, (Span){ 11, 12 });             /* the x */
    cr_assert_eq(p.column, 10);
    cr_assert_eq(p.line.n, 12);
    p = place_of(&s, (Span){ 5, 8 });
    cr_assert_eq(p.column, 5);
    cr_assert_eq(p.width, 2);
}

Test(diag, a_call_fails_at_its_argument_or_as_a_whole)
{
    Arena *a = arena_new();
    Source s = { STR(""), STR("f(x, y)") };
    Value  arg[] = { value_text(STR("x")), value_text(STR("y")), value_none() };
    Span   span[] = { { 2, 3 }, { 5, 6 }, { 0, 0 } };
    for (int i = -1; i < 4; i++) {
        Diag d = diag_new(a);
        Call c = { .arena = a, .diag = &d, .source = &s, .span = { 0, 7 }, .n = 3, .arg = arg, .arg_span = span };
        cr_assert_eq(call_fail(&c, i, "bad %d", i).kind, VALUE_FAILED);
        cr_assert_eq(d.span.start, i == 0 || i == 1 ? span[i].start : 0);
        cr_assert_eq(d.span.end, i == 0 || i == 1 ? span[i].end : 7);
        cr_assert_eq(call_has(&c, (size_t)(i < 0 ? 9 : i)), i == 0 || i == 1);
    }
    arena_delete(a);
}

Test(interrupt, polls_are_counted_from_the_cause_on)
{
    cr_assert(!should_stop() && interrupt_polls() == 0);
    interrupt_raise(STOP_TIME);
    cr_assert(should_stop() && should_stop());
    cr_assert_eq(interrupt_polls(), 2);
    cr_assert_eq(interrupt_cause(), STOP_TIME);
    interrupt_clear();
    cr_assert(!should_stop() && interrupt_polls() == 0);
}
