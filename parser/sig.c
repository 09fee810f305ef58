/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reading signatures: "taylor(f: expr, x: point; order: int = 6) -> expr". */
#include "parser/sig.h"

#include <stdlib.h>

static const struct { const char *name; ParamType type; } types[] = {
    { "expr", PARAM_EXPR }, { "scalar", PARAM_SCALAR }, { "int", PARAM_INT }, { "text", PARAM_TEXT }, { "value", PARAM_VALUE },
    { "list", PARAM_LIST }, { "relation", PARAM_RELATION }, { "range", PARAM_RANGE }, { "word", PARAM_WORD }, { "table", PARAM_TABLE }, { "columns", PARAM_COLUMNS }, { "objective", PARAM_OBJECTIVE },
    { "lagrangian", PARAM_LAGRANGIAN }, { "polynomial", PARAM_POLYNOMIAL }, { "var", PARAM_VAR }, { "closedvar", PARAM_CLOSEDVAR }, { "target", PARAM_TARGET }, { "point", PARAM_POINT },
    { "arrow", PARAM_ARROW }, { "over", PARAM_OVER }, { "unknown", PARAM_UNKNOWN }, { "again", PARAM_AGAIN }, { "data", PARAM_DATA },
    { "start", PARAM_START }, { "method", PARAM_METHOD }, { "methods", PARAM_METHODS }, { "rate", PARAM_RATE }, { "format", PARAM_FORMAT },
    { "formats", PARAM_FORMATS }, { "site", PARAM_SITE }, { "roles", PARAM_ROLES }, { "choice", PARAM_CHOICE },
};

enum { MOST_PARAMS = 32 };

typedef struct Reader { const char *at; } Reader;

static void skip(Reader *r)
{
    while (*r->at == ' ')
        r->at++;
}

static Str word(Reader *r)
{
    skip(r);
    const char *start = r->at;
    while ((*r->at >= 'a' && *r->at <= 'z') || (*r->at >= 'A' && *r->at <= 'Z') || (*r->at >= '0' && *r->at <= '9') || *r->at == '_')
        r->at++;
    if (r->at == start)
        abort();
    return (Str){ start, (size_t)(r->at - start) };
}

static bool take(Reader *r, char c)
{
    skip(r);
    if (*r->at != c)
        return false;
    r->at++;
    return true;
}

static ParamType type_of(Str name)
{
    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        if (str_is(name, types[i].name))
            return types[i].type;
    abort();
}

/* The text of a default: up to a comma, semicolon or bracket outside all brackets. */
static Str fallback(Reader *r)
{
    skip(r);
    const char *start = r->at;
    int         depth = 0;
    for (; *r->at; r->at++) {
        if (depth == 0 && (*r->at == ',' || *r->at == ';' || *r->at == ')'))
            break;
        depth += *r->at == '(' || *r->at == '[' ? 1 : *r->at == ')' || *r->at == ']' ? -1 : 0;
    }
    return str_trim((Str){ start, (size_t)(r->at - start) });
}

static Param read_param(Reader *r, bool option)
{
    Param p = { .name = word(r), .option = option };
    if (!take(r, ':'))
        abort();
    p.type = type_of(word(r));
    if (take(r, '?'))
        p.optional = true;
    while (take(r, '.'))
        p.repeats = true;
    if (take(r, '=')) {
        p.fallback = fallback(r);
        p.optional = true;
    }
    p.optional = p.optional || option;
    return p;
}

Signature sig_parse(Arena *a, const char *text)
{
    Reader    r = { text };
    Signature s = { .name = word(&r), .param = arena_array(a, Param, MOST_PARAMS) };
    bool      option = false;
    if (!take(&r, '('))
        abort();
    while (!take(&r, ')')) {
        if (s.n == MOST_PARAMS)
            abort();
        if (!take(&r, ';')) {
            s.param[s.n++] = read_param(&r, option);
            take(&r, ',');
        } else {
            option = true;
        }
    }
    return s;
}
