/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the files of the parser share. A function that returns NULL or false has recorded its failure. */
#ifndef PARSER_PARSE_INT_H
#define PARSER_PARSE_INT_H

#include "base/vec.h"
#include "parser/parse.h"
#include "parser/token.h"

enum { MAX_NESTING = 500, MAX_TOKENS = 1 << 20, MAX_LINE = 4 * MAX_TOKENS };

typedef struct Parser {
    Arena        *arena;
    Diag         *diag;
    const Source *source;
    ParseMode     mode;
    Lexer         lexer;
    VEC(Token)    token;            /* a window of what was read, with newlines */
    size_t        pos, read;
    VEC(Token)    open;             /* open brackets, outermost first */
    unsigned      nesting;
    bool          in_block;         /* in the braces of a block */
    bool          in_optimizer;
    bool          in_call;          /* directly among the arguments of a call or in a group */
    bool          in_list;          /* directly among the entries of a list */
    bool          embedded;         /* an expression in a text: the end of the source is a brace */
    bool          quiet;            /* refusals need no hints */
} Parser;

/* ---- tokens.c ------------------------------------------------------------------------------------------------------------------ */

const Token *raw(Parser *p, size_t i);                  /* the i-th token of the window */
const Token *tok(Parser *p, size_t k);                  /* the k-th token from here; line breaks count as blanks inside ( and [ */
void         advance(Parser *p);
bool         accept(Parser *p, const char *op);
bool         accept_word(Parser *p, const char *word);
bool         enter(Parser *p);                          /* one level deeper; the caller takes p->nesting back */
bool         open_bracket(Parser *p);                   /* takes the token as an opening bracket */
bool         close_bracket(Parser *p, const char *close);
bool         in_brackets(const Parser *p);              /* is the innermost open bracket ( or [ ? */
bool         at_end_of_statement(Parser *p);

Str  source_text(const Parser *p, Span span);
Str  rest_of_line(const Parser *p, size_t from);
Str  operand_text(Parser *p, Ast *(*rule)(Parser *), const char *fallback);

Ast *expected(Parser *p, const char *what);             /* fails at this token: "expected what, found ..." */
/* The hint is dropped if it does not parse; several readings are separated by "  or  ". */
Ast *refuse(Parser *p, Span span, const char *message, const char *hint, ...) __attribute__((format(printf, 4, 5)));
void advise(Parser *p, const char *hint);               /* a hint in words, or a piece of a call */
bool name_is_free(Parser *p, const Token *name, bool index);    /* refuses reserved words; i may be an index */
bool names_differ(Parser *p, Ast *const *name, size_t n, AstKind kind, const char *message);

typedef VEC(Ast *) AstList;
Ast *ast_node(Parser *p, AstKind kind, Span span, const AstList *children);
Ast *ast_with(Parser *p, AstKind kind, Span start, Ast *a, Ast *b, Ast *c);        /* up to three children, NULL ends them */
Ast *ast_chain(Parser *p, AstKind kind, const AstList *children, const uint8_t *ops);
Ast *ast_leaf(Parser *p, AstKind kind, const Token *t);
Ast *take_leaf(Parser *p, AstKind kind);                /* the leaf of this token, which is taken */

/* ---- parse.c --------------------------------------------------------------------------------------------------------------------- */

Ast *parse_quietly(Arena *a, Diag *d, const Source *source, size_t *at);          /* a statement at the prompt, without hints */
Ast *parse_statement_here(Parser *p);
Ast *parse_assign(Parser *p);
bool parse_params(Parser *p, AstList *list);

/* ---- control.c, declare.c: statements that begin with a word ------------------------------------------------------------------------ */

Ast *parse_block(Parser *p, const char *head);          /* head: the statement as it is hinted, "if x > 0" */
Ast *parse_for(Parser *p);
Ast *parse_while(Parser *p);
Ast *parse_branch(Parser *p);
bool if_block_ahead(Parser *p);
Ast *parse_using_block(Parser *p);
Ast *parse_assert(Parser *p);
Ast *parse_prefix(Parser *p);
Ast *parse_break(Parser *p);
Ast *parse_next(Parser *p);
Ast *parse_quit(Parser *p);
Ast *parse_assume(Parser *p);
Ast *parse_declare(Parser *p);
Ast *parse_clear(Parser *p);
Ast *parse_show(Parser *p);
Ast *parse_history(Parser *p);
Ast *parse_set(Parser *p);
Ast *parse_file(Parser *p);
Ast *parse_help(Parser *p);
Ast *parse_optimizer(Parser *p);
Ast *parse_state(Parser *p);

/* ---- expression.c, argument.c, string.c, product.c --------------------------------------------------------------------------------- */

Ast *parse_full(Parser *p);         /* with at and using */
Ast *parse_expr(Parser *p);
Ast *parse_relation(Parser *p);
Ast *parse_range(Parser *p);
Ast *parse_sum(Parser *p);
Ast *parse_format(Parser *p);
bool format_ahead(Parser *p);                           /* the name of a format with a variant or a rounding behind it: fp16.saturating up */
Ast *parse_names(Parser *p, bool index);                /* a name, or names in brackets */
bool names_ahead(Parser *p, const char *op);            /* names, then this operator? */
Ast *parse_call_arguments(Parser *p, Ast *callee);
Ast *parse_tilde(Parser *p);
Ast *parse_item(Parser *p);         /* an argument without option: full, arrow or distribution */
Ast *parse_string(Parser *p);
Ast *parse_product(Parser *p);
Ast *parse_signed(Parser *p);
Ast *parse_power(Parser *p);

/* ---- refuse.c: what other languages and other readings suggest ------------------------------------------------------------------------ */

bool refuse_foreign(Parser *p);     /* words of other languages at the start of a statement */
/* An operator of another language that binds at this level, with its form here. */
typedef enum ForeignLevel { FOREIGN_POWER, FOREIGN_PRODUCT, FOREIGN_SUM, FOREIGN_RELATION, FOREIGN_LOGIC } ForeignLevel;
bool refuse_operator(Parser *p, const Ast *left, ForeignLevel level);
Ast *refuse_side_by_side(Parser *p, Ast *left, Ast *right);
Ast *refuse_braces(Parser *p);
Ast *refuse_cases(Parser *p, Str head);                 /* f(x) = {x < 0: -x, x} */
Ast *refuse_bars(Parser *p);
Ast *refuse_row_break(Parser *p, const Ast *left);
Ast *refuse_equation(Parser *p, Span span, const char *message, Str left);
Ast *refuse_rest(Parser *p);        /* something stands behind a whole statement */
bool starts_operand(const Token *t);

#endif
