/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Strings and UTF-8: encoding and decoding are inverse for every code point, malformed bytes are refused, columns add up. */
#include "base/rng.h"
#include "base/str.h"

#include <criterion/criterion.h>

static bool is_scalar(uint32_t c)
{
    return c <= 0x10ffff && (c < 0xd800 || c > 0xdfff);
}

Test(str, utf8_round_trip_of_every_character)
{
    Arena *a = arena_new();
    Mark   mark = arena_mark(a);
    for (uint32_t c = 0; c <= 0x10ffff; c++) {
        if (!is_scalar(c))
            continue;
        Buf b = buf_new(a);
        buf_add_utf8(&b, c);
        uint32_t back = 0;
        cr_assert_eq(utf8_decode(buf_str(&b), 0, &back), b.n, "U+%04X", c);
        cr_assert_eq(back, c);
        for (size_t cut = 1; cut < b.n; cut++)
            cr_assert_eq(utf8_decode(str_slice(buf_str(&b), 0, cut), 0, &back), 0, "U+%04X cut", c);
        arena_release(a, mark);
    }
    arena_delete(a);
}

Test(str, malformed_utf8_is_refused)
{
    static const char *const bad[] = { "\x80", "\xbf", "\xc0\xaf", "\xc1\xbf", "\xe0\x80\xaf", "\xe0\x9f\xbf", "\xed\xa0\x80",
        "\xf0\x8f\xbf\xbf", "\xf4\x90\x80\x80", "\xf8\x88\x80\x80\x80", "\xfe", "\xff", "\xe2\x82" };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        uint32_t c;
        cr_assert_eq(utf8_decode(str_of(bad[i]), 0, &c), 0, "row %zu", i);
    }
}

/* Any bytes: decoding goes on to the end, and what is accepted encodes to the same bytes. */
Test(str, decoding_random_bytes)
{
    Arena *a = arena_new();
    Rng    r = rng_stream(3, STR("bytes"));
    for (int round = 0; round < 2000; round++) {
        Mark   mark = arena_mark(a);
        size_t n = rng_below(&r, 40), steps = 0;
        char  *bytes = arena_alloc(a, n);
        for (size_t i = 0; i < n; i++)
            bytes[i] = (char)(rng_u32(&r) & 1 ? 0x80 | rng_below(&r, 128) : rng_below(&r, 256));
        Str s = { bytes, n };
        for (size_t at = 0; at < n; steps++) {
            uint32_t c;
            size_t   length = utf8_decode(s, at, &c);
            Buf      again = buf_new(a);
            if (length) {
                buf_add_utf8(&again, c);
                cr_assert(str_eq(buf_str(&again), str_slice(s, at, at + length)));
            }
            at += length ? length : 1;
        }
        cr_assert(utf8_columns(s) <= 2 * steps);
        arena_release(a, mark);
    }
    arena_delete(a);
}

Test(str, columns)
{
    cr_assert_eq(utf8_columns(STR("")), 0);
    cr_assert_eq(utf8_columns(STR("x^2")), 3);
    cr_assert_eq(utf8_columns(STR("λ → ∞")), 5);
    cr_assert_eq(utf8_columns(STR("x\u0301y")), 2);        /* a combining accent */
    cr_assert_eq(utf8_columns(STR("数学")), 4);
    cr_assert_eq(utf8_columns(STR("\xff\xfe")), 2);
}

static Str random_text(Arena *a, Rng *r)
{
    size_t n = rng_below(r, 6);
    char  *s = arena_alloc(a, n + 1);
    for (size_t i = 0; i < n; i++)
        s[i] = (char)("\0a b"[rng_below(r, 4)]);
    return (Str){ s, n };
}

Test(str, order_equality_and_hash_agree)
{
    Arena *a = arena_new();
    Rng    r = rng_stream(4, STR("order"));
    for (int i = 0; i < 5000; i++) {
        Str x = random_text(a, &r), y = random_text(a, &r), z = random_text(a, &r);
        cr_assert_eq(str_cmp(x, y) == 0, str_eq(x, y));
        cr_assert_eq(str_cmp(x, y) < 0, str_cmp(y, x) > 0);
        if (str_cmp(x, y) <= 0 && str_cmp(y, z) <= 0)
            cr_assert(str_cmp(x, z) <= 0);
        if (str_eq(x, y))
            cr_assert_eq(str_hash(x), str_hash(y));
        cr_assert(str_starts(x, str_slice(x, 0, rng_below(&r, 8))));
        Str t = str_trim(x);
        cr_assert(str_eq(t, str_trim(t)) && (t.n == 0 || (t.s[0] != ' ' && t.s[t.n - 1] != ' ')));
    }
    arena_delete(a);
}

Test(str, slices_are_clamped)
{
    Str s = STR("abc");
    cr_assert(str_is(str_slice(s, 1, 99), "bc"));
    cr_assert_eq(str_slice(s, 5, 9).n, 0);
    cr_assert_eq(str_slice(s, 2, 1).n, 0);
}

/* A builder holds what was added, whatever way it was added, and ends in a NUL. */
Test(str, builder)
{
    Arena *a = arena_new();
    Buf    b = buf_new(a);
    cr_assert_eq(buf_str(&b).n, 0);
    for (int i = 0; i < 1000; i++) {
        buf_add_c(&b, 'x');
        buf_printf(&b, "%03d", i);
        buf_add_s(&b, ";");
        buf_add(&b, STR("\0"));
    }
    cr_assert_eq(b.n, 6000);
    cr_assert_eq(b.s[b.n], 0);
    for (size_t i = 0; i < 1000; i++) {
        Str expected = str_printf(a, "x%03zu;", i);
        cr_assert(str_eq(str_slice(buf_str(&b), 6 * i, 6 * i + 5), expected));
        cr_assert_eq(b.s[6 * i + 5], 0);
    }
    arena_delete(a);
}
