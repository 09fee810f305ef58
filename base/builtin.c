/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a built-in does with its call besides mathematics: failing at one of its arguments. */
#include "base/builtin.h"

Value call_fail(Call *c, int i, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    Str message = str_vprintf(c->arena, format, args);
    va_end(args);
    bool given = i >= 0 && (size_t)i < c->n && c->arg_span[i].end > c->arg_span[i].start;
    diag_fail(c->diag, c->source, given ? c->arg_span[i] : c->span, "%.*s", STR_ARGS(message));
    return value_failed();
}

bool call_has(const Call *c, size_t i)
{
    return i < c->n && c->arg[i].kind != VALUE_NONE;
}
