/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The record of the first failure, and the place it points at. */
#include "base/diag.h"

Diag diag_new(Arena *a)
{
    return (Diag){ .arena = a };
}

void diag_fail(Diag *d, const Source *source, Span span, const char *format, ...)
{
    if (d->failed)
        return;
    va_list args;
    va_start(args, format);
    d->message = str_vprintf(d->arena, format, args);
    va_end(args);
    d->failed = true;
    d->source = source;
    d->span = span;
}

void diag_hint(Diag *d, const char *format, ...)
{
    if (d->hint.n)
        return;
    va_list args;
    va_start(args, format);
    d->hint = str_vprintf(d->arena, format, args);
    va_end(args);
}

Span span_join(Span a, Span b)
{
    return (Span){ a.start < b.start ? a.start : b.start, a.end > b.end ? a.end : b.end };
}

Place place_of(const Source *source, Span span)
{
    Str    text = source->text;
    size_t start = span.start < text.n ? span.start : text.n, line = start, end = start;
    Place  p = { .line_number = 1 };
    while (line > 0 && text.s[line - 1] != '\n')
        line--;
    while (end < text.n && text.s[end] != '\n')
        end++;
    for (size_t i = 0; i < line; i++)
        p.line_number += text.s[i] == '\n';
    p.line = str_slice(text, line, end);
    if (p.line.n && p.line.s[p.line.n - 1] == '\r')
        p.line.n--;
    p.column = (uint32_t)utf8_columns(str_slice(text, line, start)) + 1;
    p.width = (uint32_t)utf8_columns(str_slice(text, start, span.end < end ? span.end : end));
    if (p.width == 0)
        p.width = 1;
    return p;
}
