/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tokens of one source text. The lexer turns all of it that the parser asks for, one token at a time, into a vector with
 * spans; synonyms are resolved here, so the parser knows one spelling of each operator. */
#ifndef PARSER_TOKEN_H
#define PARSER_TOKEN_H

#include "base/diag.h"

typedef enum TokenKind {
    TOKEN_END,              /* of the text */
    TOKEN_NEWLINE,
    TOKEN_NUMBER, TOKEN_NAME, TOKEN_STRING,
    TOKEN_OP,               /* an operator or bracket: text is its canonical spelling */
    TOKEN_BAD               /* what the language does not read; the lexer has the message, and ends there */
} TokenKind;

typedef struct Token {
    TokenKind kind;
    Span      span;
    Str       text;         /* names with Greek letters spelt out; numbers and strings as typed */
    bool      blank_before; /* white space or a line break stands before it */
    bool      line_before;  /* a line break stands before it (inside brackets it is a blank) */
} Token;

typedef struct Lexer {
    Arena        *arena;
    const Source *source;
    size_t        at;
    Str           message, hint;        /* of TOKEN_BAD */
} Lexer;


Token lex_token(Lexer *lex);
bool  token_is_word(const Token *t, const char *text);      /* a name of this spelling */
bool  word_is_reserved(Str word);                           /* and, or, pi, e, ...: never a variable */

static inline bool token_is(const Token *t, const char *text)       /* an operator of this spelling */
{
    return t->kind == TOKEN_OP && t->text.s[0] == text[0] && str_is(t->text, text);
}

#endif
