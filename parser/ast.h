/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The syntax tree of one statement. One uniform node, so that walks are loops over children; the table tells what each
 * kind keeps where. Nodes live in the arena they were parsed into and carry spans into the source. */
#ifndef PARSER_AST_H
#define PARSER_AST_H

#include "base/diag.h"

typedef enum AstKind {
    /* expressions                text, number              children                                    */
    AST_NUMBER,       /* text: the literal as typed ("0.5", "2e-3", "0x1.8p+3")                          */
    AST_STRING,       /*                                    alternating AST_TEXT and expressions         */
    AST_TEXT,         /* text: characters, escapes resolved                                              */
    AST_NAME,         /* text: the name (Greek letters spelt out)                                        */
    AST_TRUTH,        /* op: 0 false, 1 true                                                             */
    AST_BINARY,       /* op: AstOp                          left, right                                  */
    AST_SUM,          /* op of child i > 0 in ops[i]: OP_ADD or OP_SUB; a long + - chain, flat           */
    AST_PRODUCT,      /* the same for OP_MUL, OP_DIV                                                     */
    AST_SIGN,         /* op: OP_SUB (minus) or OP_ADD       operand                                      */
    AST_BESIDE,       /* implicit product                   left, right                                  */
    AST_FACTORIAL,    /*                                    operand                                      */
    AST_CALL,         /*                                    callee (NAME, PRIME, FIELD), then arguments  */
    AST_FNPOW,        /* sin^2(x): text function, op power  the call's arguments                         */
    AST_INDEX,        /*                                    object, index...                             */
    AST_ALL,          /* a bare .. as an index                                                           */
    AST_FIELD,        /* text: field name                   object                                       */
    AST_PRIME,        /* op: order                          operand                                      */
    AST_TUPLE,        /* (a, b)                             items                                        */
    AST_RECORD,       /* (x = 1, y = 2)                     AST_ENTRY...                                 */
    AST_ENTRY,        /* text: name                         value                                        */
    AST_LIST,         /* [..]; op: columns per row          entries row by row; rows = n / op            */
    AST_RANGE,        /*                                    low, high [, step]                           */
    AST_RELATION,     /* chain; ops[i] between child i and i+1 (OP_EQ.. OP_GE, OP_EQUATION for =)        */
    AST_AND, AST_OR, AST_NOT,
    AST_IF_EXPR,      /*                                    condition, then, else                        */
    AST_LAMBDA,       /*                                    AST_NAME parameters..., body (last)          */
    AST_AT,           /*                                    operand, then AST_ENTRY... or one point      */
    AST_USING,        /*                                    operand, AST_FORMAT                          */
    AST_FORMAT,       /* text: name or "digits", "bits"; op: rounding (0 none given)   [count or arguments] */
    AST_ARROW,        /* x -> a; op: side -1, 0, 1          AST_NAME or AST_TUPLE of names, target       */
    AST_OPTION,       /* text: option name                  value                                        */
    AST_TILDE,        /* names ~ D                          AST_NAME or AST_TUPLE, distribution          */
    /* statements */
    AST_EMPTY,
    AST_ASSIGN,       /* text: name                         value                                        */
    AST_ASSIGN_INDEX, /* text: name                         index..., value (last)                       */
    AST_DEFINE,       /* text: name; op: parameters         AST_PARAM..., body (expression or AST_BLOCK) */
    AST_PARAM,        /* text: name                         [default]                                    */
    AST_OPTIMIZER,    /* text: name; op: parameters         AST_PARAM..., AST_BLOCK                      */
    AST_STATE,        /* text: name                         start value                                  */
    AST_DISTRIBUTION, /*                                    AST_TILDE                                    */
    AST_DECLARE,      /* text: vector matrix function       AST_CALL of names with sizes or arguments... */
    AST_ASSUME,       /*                                    AST_RELATION, AST_NAME, AST_PROPERTY...      */
    AST_PROPERTY,     /* text: property                     AST_NAME                                     */
    AST_CLEAR,        /*                                    AST_NAME...                                  */
    AST_FOR,          /* text: variable                     expression, AST_BLOCK                        */
    AST_WHILE,        /*                                    condition, AST_BLOCK                         */
    AST_BREAK, AST_NEXT,
    AST_USING_BLOCK,  /*                                    AST_FORMAT, AST_BLOCK                        */
    AST_IF,           /*                                    condition, AST_BLOCK [, AST_IF or AST_BLOCK] */
    AST_BLOCK,        /*                                    statements                                   */
    AST_ASSERT,       /*                                    condition [, tolerance]                      */
    AST_FILE,         /* text: include save export          AST_STRING                                   */
    AST_SET,          /* text: setting                      AST_NAME, AST_NUMBER or AST_STRING           */
    AST_SHOW,         /* op: k of `history k`, else 0       AST_NAME...                                  */
    AST_HELP,         /* text: topic; op: 1 help, 2 search (??)                                          */
    AST_QUIT,
    AST_PREFIX        /* text: steps time trace             statement                                    */
} AstKind;

typedef enum AstOp {
    OP_ADD = 1, OP_SUB, OP_MUL, OP_DIV, OP_POW,
    OP_DOT_ADD, OP_DOT_SUB, OP_DOT_MUL, OP_DOT_DIV, OP_DOT_POW,
    OP_EQUATION, OP_EQ, OP_NE, OP_LT, OP_LE, OP_GT, OP_GE
} AstOp;

typedef struct Ast Ast;
struct Ast {
    AstKind        kind;
    int            op;
    bool           hidden;          /* a statement that ends in ';': its result is not shown */
    bool           grouped;         /* stood in its own brackets: (x = 1) */
    Span           span;
    Str            text;
    const uint8_t *ops;             /* chains: ops[i] is an AstOp */
    size_t         n;
    Ast          **child;
};

#endif
