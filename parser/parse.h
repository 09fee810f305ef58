/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From text to syntax trees. Refuses what has two readings: the leftmost error, with its span and a hint. */
#ifndef PARSER_PARSE_H
#define PARSER_PARSE_H

#include "parser/ast.h"

typedef struct ParseMode {
    bool prompt;                    /* interactive: a line may start with * / ^ and continue from ans */
} ParseMode;

/* Parses the statement that starts at *at and moves *at behind it and its terminator. At the end of the text: an
 * AST_EMPTY node and *at == text.n. On failure: NULL, the diagnosis in *d (d->unfinished if more input could repair
 * it), and *at behind the line where a reader goes on (the whole malformed line is refused once). The tree lives in a. */
Ast *parse_statement(Arena *a, Diag *d, const Source *source, size_t *at, ParseMode mode);

/* Parses a single expression that fills the whole text (rows of tables, signature defaults). */
Ast *parse_expression(Arena *a, Diag *d, const Source *source);

#endif
