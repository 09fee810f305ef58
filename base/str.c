/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Strings, the string builder, and UTF-8. Screen columns follow a small table of wide and combining ranges, so that
 * carets stand right without a locale. */
#include "base/str.h"

#include <stdio.h>
#include <string.h>

Str str_of(const char *s)            { return (Str){ s, s ? strlen(s) : 0 }; }
bool str_eq(Str a, Str b)            { return a.n == b.n && (a.n == 0 || memcmp(a.s, b.s, a.n) == 0); }
bool str_is(Str a, const char *b)    { return str_eq(a, str_of(b)); }
bool str_starts(Str s, Str prefix)   { return s.n >= prefix.n && str_eq((Str){ s.s, prefix.n }, prefix); }

Str str_copy(Arena *a, Str s)
{
    char *copy = arena_alloc(a, s.n + 1);
    if (s.n)
        memcpy(copy, s.s, s.n);
    return (Str){ copy, s.n };
}

Str str_vprintf(Arena *a, const char *format, va_list args)
{
    va_list again;
    va_copy(again, args);
    int   n = vsnprintf(NULL, 0, format, again);
    va_end(again);
    if (n < 0)
        return (Str){ 0 };
    char *s = arena_alloc(a, (size_t)n + 1);
    vsnprintf(s, (size_t)n + 1, format, args);
    return (Str){ s, (size_t)n };
}

Str str_printf(Arena *a, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    Str s = str_vprintf(a, format, args);
    va_end(args);
    return s;
}

int str_cmp(Str a, Str b)
{
    size_t n = a.n < b.n ? a.n : b.n;
    int    c = n ? memcmp(a.s, b.s, n) : 0;
    return c ? c : (a.n > b.n) - (a.n < b.n);
}

Str str_slice(Str s, size_t start, size_t end)
{
    end = end > s.n ? s.n : end;
    start = start > end ? end : start;
    return (Str){ s.s + start, end - start };
}

static bool is_blank(char c)         { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

Str str_trim(Str s)
{
    size_t start = 0, end = s.n;
    while (start < end && is_blank(s.s[start]))
        start++;
    while (end > start && is_blank(s.s[end - 1]))
        end--;
    return str_slice(s, start, end);
}

/* FNV-1a, then mixed, so that the low bits serve as a table index. */
uint64_t str_hash(Str s)
{
    uint64_t h = 0xcbf29ce484222325u;
    for (size_t i = 0; i < s.n; i++)
        h = (h ^ (unsigned char)s.s[i]) * 0x100000001b3u;
    return h ^ (h >> 32);
}

/* ---- builder ------------------------------------------------------------------------------------------------------ */

Buf buf_new(Arena *a)
{
    return (Buf){ .arena = a };
}

static void buf_reserve(Buf *b, size_t more)
{
    if (b->n + more + 1 <= b->room)
        return;
    size_t room = b->room ? 2 * b->room : 64;
    while (room < b->n + more + 1)
        room *= 2;
    char *s = arena_alloc(b->arena, room);
    if (b->n)
        memcpy(s, b->s, b->n);
    b->s = s;
    b->room = room;
}

void buf_add(Buf *b, Str s)
{
    buf_reserve(b, s.n);
    if (s.n)
        memcpy(b->s + b->n, s.s, s.n);
    b->n += s.n;
    b->s[b->n] = 0;
}

void buf_add_c(Buf *b, char c)             { buf_add(b, (Str){ &c, 1 }); }
void buf_add_s(Buf *b, const char *s)      { buf_add(b, str_of(s)); }
Str  buf_str(const Buf *b)                 { return b->s ? (Str){ b->s, b->n } : STR(""); }

void buf_printf(Buf *b, const char *format, ...)
{
    va_list args, again;
    va_start(args, format);
    va_copy(again, args);
    int n = vsnprintf(NULL, 0, format, again);
    va_end(again);
    if (n > 0) {
        buf_reserve(b, (size_t)n);
        vsnprintf(b->s + b->n, (size_t)n + 1, format, args);
        b->n += (size_t)n;
    }
    va_end(args);
}

/* ---- UTF-8 ---------------------------------------------------------------------------------------------------------- */

size_t utf8_decode(Str s, size_t at, uint32_t *c)
{
    static const uint32_t least[5] = { 0, 0, 0x80, 0x800, 0x10000 };
    if (at >= s.n)
        return 0;
    unsigned char lead = (unsigned char)s.s[at];
    size_t        n = lead < 0x80 ? 1 : lead >> 5 == 6 ? 2 : lead >> 4 == 14 ? 3 : lead >> 3 == 30 ? 4 : 0;
    if (n == 0 || n > s.n - at)
        return 0;
    uint32_t code = n == 1 ? lead : lead & (0x7fu >> n);
    for (size_t i = 1; i < n; i++) {
        unsigned char next = (unsigned char)s.s[at + i];
        if (next >> 6 != 2)
            return 0;
        code = code << 6 | (next & 0x3f);
    }
    if (code < least[n] || code > 0x10ffff || (code >= 0xd800 && code < 0xe000))
        return 0;
    *c = code;
    return n;
}

void buf_add_utf8(Buf *b, uint32_t c)
{
    char   s[4];
    size_t n = c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
    for (size_t i = n; i-- > 1; c >>= 6)
        s[i] = (char)(0x80 | (c & 0x3f));
    s[0] = (char)(n == 1 ? c : (0xf00u >> n & 0xff) | c);
    buf_add(b, (Str){ s, n });
}

typedef struct CodeRange { uint32_t first, last; } CodeRange;

static bool in_ranges(const CodeRange *r, size_t n, uint32_t c)
{
    for (size_t i = 0; i < n; i++)
        if (c >= r[i].first && c <= r[i].last)
            return true;
    return false;
}

static size_t columns_of(uint32_t c)
{
    static const CodeRange combining[] = { { 0x300, 0x36f }, { 0x483, 0x489 }, { 0x591, 0x5bd }, { 0x610, 0x61a }, { 0x64b, 0x65f },
        { 0x1ab0, 0x1aff }, { 0x1dc0, 0x1dff }, { 0x200b, 0x200f }, { 0x20d0, 0x20ff }, { 0xfe00, 0xfe0f }, { 0xfe20, 0xfe2f },
        { 0xfeff, 0xfeff } };
    static const CodeRange wide[] = { { 0x1100, 0x115f }, { 0x2e80, 0x303e }, { 0x3041, 0x33ff }, { 0x3400, 0x4dbf },
        { 0x4e00, 0x9fff }, { 0xa000, 0xa4cf }, { 0xac00, 0xd7a3 }, { 0xf900, 0xfaff }, { 0xfe30, 0xfe6f }, { 0xff00, 0xff60 },
        { 0xffe0, 0xffe6 }, { 0x1f300, 0x1faff }, { 0x20000, 0x3fffd } };
    if (c < 0x300)
        return 1;
    if (in_ranges(combining, sizeof combining / sizeof *combining, c))
        return 0;
    return in_ranges(wide, sizeof wide / sizeof *wide, c) ? 2 : 1;
}

size_t utf8_columns(Str s)
{
    size_t columns = 0;
    for (size_t at = 0; at < s.n;) {
        uint32_t c;
        size_t   n = utf8_decode(s, at, &c);
        columns += n ? columns_of(c) : 1;
        at += n ? n : 1;
    }
    return columns;
}
