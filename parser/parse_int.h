/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the files of the parser share. A function that returns NULL has recorded its failure. */
#ifndef PARSER_PARSE_INT_H
#define PARSER_PARSE_INT_H

#include "base/vec.h"
#include "parser/parse.h"
#include "parser/token.h"

enum { MAX_NESTING = 500, MAX_TOKENS = 1000000 };

typedef struct Parser {
    Arena        *arena;
    Diag         *diag;
    const Source *source;
    ParseMode     mode;
    Lexer         lexer;
    VEC(Token)    token;            /* read so far, with newlines */
    size_t        pos;
    VEC(Token)    open;             /* open brackets, outermost first */
    unsigned      nesting;
    unsigned      in_function;      /* bodies of functions around this place */
    bool          in_call;          /* directly among the arguments of a call */
} Parser;

/* The k-th token from here; line breaks count as blanks inside ( and [. */
const Token *tok(Parser *p, size_t k);
void         advance(Parser *p);
bool         accept(Parser *p, const char *op);
bool         accept_word(Parser *p, const char *word);
Ast         *expected(Parser *p, const char *what);      /* fails at this token: "expected what, found ..." */
Ast         *refuse(Parser *p, Span span, const char *message, const char *hint, ...) __attribute__((format(printf, 4, 5)));
bool         open_bracket(Parser *p);                    /* takes the token as an opening bracket */
bool         close_bracket(Parser *p, const char *close);

typedef VEC(Ast *) AstList;
Ast *ast_node(Parser *p, AstKind kind, Span span, const AstList *children);
Ast *ast_leaf(Parser *p, AstKind kind, const Token *t);
Str  source_text(const Parser *p, Span span);

/* expression.c */
Ast *parse_full(Parser *p);         /* with at and using */
Ast *parse_expr(Parser *p);
Ast *parse_sum(Parser *p);
Ast *parse_call_arguments(Parser *p, Ast *callee);
Ast *parse_format(Parser *p);
Ast *parse_string(Parser *p);
Ast *parse_tilde(Parser *p);        /* names ~ distribution, if it stands here; else NULL without failure */

/* product.c: products, powers, what stands side by side */
Ast *parse_product(Parser *p);

/* refuse.c */
bool refuse_foreign(Parser *p);     /* words of other languages at the start of a statement */
Ast *refuse_side_by_side(Parser *p, Ast *left, Ast *right);
bool starts_operand(const Token *t);

#endif
