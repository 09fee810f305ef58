/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Strings with a length, a builder, and the little UTF-8 that the parser and the views need. */
#ifndef BASE_STR_H
#define BASE_STR_H

#include "base/arena.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>

typedef struct Str {                /* not owned, not terminated, may hold NUL bytes */
    const char *s;
    size_t      n;
} Str;

#define STR(literal) ((Str){ (literal), sizeof(literal) - 1 })
#define STR_ARGS(str) (int)(str).n, (str).s            /* for a "%.*s" */

Str      str_of(const char *s);                        /* a view of a terminated string; NULL gives an empty one */
Str      str_copy(Arena *a, Str s);                    /* the copy is terminated by a NUL behind its end */
Str      str_printf(Arena *a, const char *format, ...) __attribute__((format(printf, 2, 3)));
Str      str_vprintf(Arena *a, const char *format, va_list args) __attribute__((format(printf, 2, 0)));
bool     str_eq(Str a, Str b);
bool     str_is(Str a, const char *b);
int      str_cmp(Str a, Str b);                        /* bytewise, as strcmp */
bool     str_starts(Str s, Str prefix);
Str      str_slice(Str s, size_t start, size_t end);   /* bytes start..end-1, clamped to s */
Str      str_trim(Str s);                              /* without blanks, tabs, newlines at both ends */
uint64_t str_hash(Str s);                              /* of the content, the same in every run */

/* A growing string in an arena. buf_str() is valid until the next addition. */
typedef struct Buf {
    Arena *arena;
    char  *s;
    size_t n, room;
} Buf;

Buf  buf_new(Arena *a);
void buf_add(Buf *b, Str s);
void buf_add_c(Buf *b, char c);
void buf_add_s(Buf *b, const char *s);
void buf_printf(Buf *b, const char *format, ...) __attribute__((format(printf, 2, 3)));
Str  buf_str(const Buf *b);                            /* terminated by a NUL behind its end */

/* Decodes the character at s[at] into *c; returns its length in bytes, 0 for a malformed sequence or the end. */
size_t utf8_decode(Str s, size_t at, uint32_t *c);
void   buf_add_utf8(Buf *b, uint32_t c);
size_t utf8_columns(Str s);                            /* screen columns; control and malformed bytes count one */

#endif
