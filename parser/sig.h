/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Signatures of built-ins, as base/builtin.h describes them, parsed into records on first use. */
#ifndef PARSER_SIG_H
#define PARSER_SIG_H

#include "base/builtin.h"

typedef enum ParamType {
    PARAM_EXPR, PARAM_SCALAR, PARAM_INT, PARAM_TEXT, PARAM_VALUE, PARAM_LIST, PARAM_RELATION, PARAM_RANGE, PARAM_WORD, PARAM_TABLE, PARAM_COLUMNS,
    PARAM_OBJECTIVE, PARAM_LAGRANGIAN, PARAM_POLYNOMIAL,
    PARAM_VAR, PARAM_CLOSEDVAR, PARAM_TARGET, PARAM_POINT, PARAM_ARROW, PARAM_OVER, PARAM_UNKNOWN, PARAM_AGAIN, PARAM_DATA, PARAM_SITE,
    PARAM_START, PARAM_METHOD, PARAM_METHODS, PARAM_RATE, PARAM_FORMAT, PARAM_FORMATS,
    PARAM_ROLES, PARAM_CHOICE
} ParamType;

typedef struct Param {
    Str       name;
    ParamType type;
    bool      optional, repeats, option;
    Str       fallback;             /* text of the default; empty if none */
} Param;

typedef struct Signature {
    Str    name;
    size_t n;                       /* positional parameters first, then options */
    Param *param;
} Signature;

Signature sig_parse(Arena *a, const char *text);       /* aborts on a malformed row: a test parses all of them */

#endif
