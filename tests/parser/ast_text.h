/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Trees back to input text, and their comparison: the tools of the law parse(text(t)) == t. */
#ifndef TESTS_PARSER_AST_TEXT_H
#define TESTS_PARSER_AST_TEXT_H

#include "parser/ast.h"

/* A statement or an expression in input syntax, with every bracket that the grammar needs. */
Str  ast_text(Arena *a, const Ast *t);
/* The same tree? Spans and superfluous brackets do not count. */
bool ast_same(const Ast *a, const Ast *b);

#endif
