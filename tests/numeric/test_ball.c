/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Digits of balls: a printed digit is right for every number of the ball, and there is always one where the ball knows one. */
#include "numeric/ball.h"

#include <criterion/criterion.h>
#include <stdlib.h>

Test(ball, as_many_digits_as_are_certain)
{
    static const struct { double middle; const char *text; size_t decided; } rows[] = {
        { 1.0625, "1.06", 3 },          /* a tie at four digits: balls around it hold numbers of both sides */
        { 1.4375, "1.44", 3 },
        { 1.0626, "1.063", 4 },
        { -2.5,   "-2.500", 4 },
    };
    Arena *a = arena_new();
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        arb_t  x;
        Str    text;
        size_t decided;
        arb_init(x);
        arb_set_d(x, rows[i].middle);
        mag_set_d(arb_radref(x), 1e-12);
        cr_assert(ball_decimal_best(a, x, 4, &text, &decided), "%g", rows[i].middle);
        cr_expect_eq(decided, rows[i].decided, "%g: %zu", rows[i].middle, decided);
        cr_expect(str_is(text, rows[i].text), "%g: %.*s", rows[i].middle, STR_ARGS(text));
        arb_clear(x);
    }
    arena_delete(a);
}
