/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Blocks and the statements that hold them: for, while, if, using; assertions and prefix words. Braces open blocks only; a
 * colon in their place is refused with the statement as it is written here. */
#include "parser/parse_int.h"

/* ---- blocks ------------------------------------------------------------------------------------------------------------------ */

static bool parse_statements(Parser *p, AstList *list)
{
    for (;;) {
        while (tok(p, 0)->kind == TOKEN_NEWLINE || token_is(tok(p, 0), ";"))
            advance(p);
        if (token_is(tok(p, 0), "}") || tok(p, 0)->kind == TOKEN_END)
            return true;
        Ast *s = parse_statement_here(p);
        if (!s)
            return false;
        if (!at_end_of_statement(p))
            return refuse_rest(p);
        s->hidden = token_is(tok(p, 0), ";");
        vec_push(p->arena, list, s);
    }
}

Ast *parse_block(Parser *p, const char *head)
{
    AstList list = { 0 };
    Span    start = tok(p, 0)->span;
    bool    in_call = p->in_call, in_list = p->in_list, in_block = p->in_block;
    if (token_is(tok(p, 0), ":"))
        return refuse(p, start, "blocks are in braces", "%s { }", head);
    if (!token_is(tok(p, 0), "{"))
        return expected(p, "{");
    if (!open_bracket(p))
        return NULL;
    p->in_call = p->in_list = false;
    p->in_block = true;
    if (!parse_statements(p, &list))
        return NULL;
    Span end = tok(p, 0)->span;
    if (!close_bracket(p, "}"))
        return NULL;
    p->in_call = in_call;
    p->in_list = in_list;
    p->in_block = in_block;
    return ast_node(p, AST_BLOCK, span_join(start, end), &list);
}

/* The source from a word up to here, as the head of a block in a hint. */
static const char *head_text(Parser *p, Span start)
{
    return str_copy(p->arena, str_trim(source_text(p, (Span){ start.start, tok(p, 0)->span.start }))).s;
}

/* ---- loops and branches --------------------------------------------------------------------------------------------------------- */

/* for i in range(10):  */
static Ast *refuse_range(Parser *p, Str name)
{
    Span here = tok(p, 0)->span;
    advance(p);
    Ast *call = parse_call_arguments(p, ast_leaf(p, AST_NAME, tok(p, 0)));
    Str  n = call && call->n == 2 ? source_text(p, call->child[1]->span) : STR("10");
    if (!call)
        *p->diag = diag_new(p->diag->arena);
    return refuse(p, here, "a range has two points, blocks are in braces", "for %.*s in 1..%.*s { }", STR_ARGS(name), STR_ARGS(n));
}

Ast *parse_for(Parser *p)
{
    Span start = tok(p, 0)->span;
    advance(p);
    const Token name = *tok(p, 0);
    if (name.kind != TOKEN_NAME)
        return expected(p, "the name of a loop variable");
    if (!name_is_free(p, &name, true))
        return NULL;
    advance(p);
    if (!accept_word(p, "in"))
        return expected(p, "in");
    if (token_is_word(tok(p, 0), "range") && token_is(tok(p, 1), "("))
        return refuse_range(p, name.text);
    Ast *over = parse_expr(p), *block = over ? parse_block(p, head_text(p, start)) : NULL;
    if (!block)
        return NULL;
    Ast *t = ast_with(p, AST_FOR, start, over, block, NULL);
    t->text = name.text;
    return t;
}

static Ast *parse_condition(Parser *p)
{
    Ast *c = parse_expr(p);
    if (!c || !token_is(tok(p, 0), "="))
        return c;
    Span here = tok(p, 0)->span;
    advance(p);
    Str right = operand_text(p, parse_range, "0");
    return refuse(p, here, "== compares", "%.*s == %.*s", STR_ARGS(source_text(p, c->span)), STR_ARGS(right));
}

Ast *parse_while(Parser *p)
{
    Span start = tok(p, 0)->span;
    advance(p);
    Ast *c = parse_condition(p), *block = c ? parse_block(p, head_text(p, start)) : NULL;
    return block ? ast_with(p, AST_WHILE, start, c, block, NULL) : NULL;
}

Ast *parse_branch(Parser *p)
{
    Span start = tok(p, 0)->span;
    advance(p);
    Ast *c = parse_condition(p), *block = c ? parse_block(p, head_text(p, start)) : NULL, *otherwise = NULL;
    if (!block)
        return NULL;
    if (accept_word(p, "else")) {
        if (!enter(p))
            return NULL;
        otherwise = token_is_word(tok(p, 0), "if") ? parse_branch(p) : parse_block(p, "if x > 0 { } else");
        p->nesting--;
        if (!otherwise)
            return NULL;
    }
    return ast_with(p, AST_IF, start, c, block, otherwise);
}

/* `if c {` is a statement, `if c then` an expression. */
bool if_block_ahead(Parser *p)
{
    size_t depth = 0;
    for (size_t i = p->pos + 1; raw(p, i)->kind != TOKEN_END && raw(p, i)->kind != TOKEN_BAD; i++) {
        const Token *t = raw(p, i);
        if (token_is(t, "(") || token_is(t, "["))
            depth++;
        else if ((token_is(t, ")") || token_is(t, "]")) && depth)
            depth--;
        else if (depth == 0 && (t->kind == TOKEN_NEWLINE || token_is_word(t, "then")))
            return false;
        else if (depth == 0 && (token_is(t, "{") || token_is(t, ":") || token_is(t, "=")))
            return true;
    }
    return false;
}

Ast *parse_using_block(Parser *p)
{
    Span start = tok(p, 0)->span;
    advance(p);
    Ast *format = parse_format(p), *block = format ? parse_block(p, head_text(p, start)) : NULL;
    return block ? ast_with(p, AST_USING_BLOCK, start, format, block, NULL) : NULL;
}

/* ---- single words --------------------------------------------------------------------------------------------------------------- */

Ast *parse_assert(Parser *p)
{
    Span start = tok(p, 0)->span;
    advance(p);
    Ast *c = parse_full(p), *within = NULL;
    if (!c)
        return NULL;
    if (token_is(tok(p, 0), "=")) {
        Span here = tok(p, 0)->span;
        advance(p);
        Str right = operand_text(p, parse_range, "0");
        return refuse(p, here, "== compares", "%.*s == %.*s", STR_ARGS(source_text(p, c->span)), STR_ARGS(right));
    }
    if (accept_word(p, "within") && !(within = parse_sum(p)))
        return NULL;
    return ast_with(p, AST_ASSERT, start, c, within, NULL);
}

Ast *parse_prefix(Parser *p)
{
    const Token word = *tok(p, 0);
    if (!enter(p))
        return NULL;
    advance(p);
    Ast *s = parse_statement_here(p);
    p->nesting--;
    Ast *t = s ? ast_with(p, AST_PREFIX, word.span, s, NULL, NULL) : NULL;
    if (t)
        t->text = word.text;
    return t;
}

Ast *parse_break(Parser *p) { return take_leaf(p, AST_BREAK); }
Ast *parse_next(Parser *p)  { return take_leaf(p, AST_NEXT); }
Ast *parse_quit(Parser *p)  { return take_leaf(p, AST_QUIT); }
