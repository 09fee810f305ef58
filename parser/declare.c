/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Statements that begin with a word and hold no block: declarations, assumptions, settings, listings, files, help; and the
 * definition of an optimizer with its state. */
#include "parser/parse_int.h"

#include <stdlib.h>
#include <string.h>

/* ---- declarations -------------------------------------------------------------------------------------------------------------- */

static Ast *parse_word_list(Parser *p, AstKind kind)
{
    AstList list = { 0 };
    Span    span = tok(p, 0)->span;
    advance(p);
    do {
        if (tok(p, 0)->kind != TOKEN_NAME)
            return expected(p, "a name");
        span = span_join(span, tok(p, 0)->span);
        vec_push(p->arena, &list, take_leaf(p, AST_NAME));
    } while (accept(p, ","));
    return ast_node(p, kind, span, &list);
}

Ast *parse_clear(Parser *p) { return parse_word_list(p, AST_CLEAR); }
Ast *parse_show(Parser *p)  { return parse_word_list(p, AST_SHOW); }

/* n integer, x > 0, price */
static Ast *parse_fact(Parser *p)
{
    const Token name = *tok(p, 0);
    bool        property = name.kind == TOKEN_NAME && tok(p, 1)->kind == TOKEN_NAME && !word_is_reserved(tok(p, 1)->text) && !tok(p, 1)->line_before;
    if (!property) {
        Ast *e = parse_expr(p);
        if (!e || !token_is(tok(p, 0), "="))
            return e;
        return refuse(p, tok(p, 0)->span, "an assumption is a relation; = gives a value", "%.*s", STR_ARGS(rest_of_line(p, e->span.start)));
    }
    if (!name_is_free(p, &name, false))
        return NULL;
    Ast *leaf = take_leaf(p, AST_NAME);
    Ast *t = ast_with(p, AST_PROPERTY, tok(p, 0)->span, leaf, NULL, NULL);
    t->text = tok(p, 0)->text;
    advance(p);
    return t;
}

Ast *parse_assume(Parser *p)
{
    AstList list = { 0 };
    Span    start = tok(p, 0)->span;
    advance(p);
    do {
        Ast *fact = parse_fact(p);
        if (!fact)
            return NULL;
        if (fact->kind == AST_NAME) {
            Token name = { .span = fact->span, .text = fact->text };
            if (!name_is_free(p, &name, false))
                return NULL;
        } else if (fact->kind != AST_RELATION && fact->kind != AST_PROPERTY) {
            return refuse(p, fact->span, "an assumption is a relation, a name or a property", "assume x > 0, n integer");
        }
        vec_push(p->arena, &list, fact);
    } while (accept(p, ","));
    return ast_node(p, AST_ASSUME, span_join(start, list.at[list.n - 1]->span), &list);
}

Ast *parse_declare(Parser *p)
{
    AstList     list = { 0 };
    const Token word = *tok(p, 0);
    advance(p);
    do {
        const Token name = *tok(p, 0);
        if (name.kind != TOKEN_NAME || !token_is(tok(p, 1), "("))
            return expected(p, "a name and its sizes or arguments in brackets");
        if (!name_is_free(p, &name, false))
            return NULL;
        Ast *shape = parse_call_arguments(p, take_leaf(p, AST_NAME));
        if (!shape)
            return NULL;
        vec_push(p->arena, &list, shape);
    } while (accept(p, ","));
    Ast *t = ast_node(p, AST_DECLARE, span_join(word.span, list.at[list.n - 1]->span), &list);
    t->text = word.text;
    return t;
}

/* history, history 20 */
Ast *parse_history(Parser *p)
{
    enum { MOST_SHOWN = 1000000 };
    const Token word = *tok(p, 0), count = *tok(p, 1);
    Ast *t = ast_with(p, AST_SHOW, word.span, take_leaf(p, AST_NAME), NULL, NULL);
    if (count.kind != TOKEN_NUMBER)
        return count.kind == TOKEN_NAME || count.kind == TOKEN_STRING ? expected(p, "a number of statements") : t;
    advance(p);
    unsigned long k = strspn(count.text.s, "0123456789") >= count.text.n ? strtoul(count.text.s, NULL, 10) : 0;
    if (!k || k > MOST_SHOWN)
        return refuse(p, count.span, "this is no number of statements", "history 20");
    t->op = (int)k;
    return t;
}

/* ---- commands -------------------------------------------------------------------------------------------------------------------- */

Ast *parse_file(Parser *p)
{
    const Token word = *tok(p, 0);
    advance(p);
    if (tok(p, 0)->kind != TOKEN_STRING)
        return expected(p, "a file name in quotes");
    Ast *name = parse_string(p);
    Ast *t = name ? ast_with(p, AST_FILE, word.span, name, NULL, NULL) : NULL;
    if (t)
        t->text = word.text;
    return t;
}

Ast *parse_set(Parser *p)
{
    Span start = tok(p, 0)->span;
    advance(p);
    const Token name = *tok(p, 0);
    if (name.kind != TOKEN_NAME)
        return expected(p, "the name of a setting");
    advance(p);
    if (token_is(tok(p, 0), "="))
        return refuse(p, tok(p, 0)->span, "a setting has no =", "set %.*s %.*s", STR_ARGS(name.text), STR_ARGS(rest_of_line(p, tok(p, 0)->span.end)));
    const Token value = *tok(p, 0);
    if (value.kind != TOKEN_NAME && value.kind != TOKEN_NUMBER && value.kind != TOKEN_STRING)
        return expected(p, "the value of the setting");
    Ast *v = value.kind == TOKEN_STRING ? parse_string(p) : take_leaf(p, value.kind == TOKEN_NAME ? AST_NAME : AST_NUMBER);
    Ast *t = v ? ast_with(p, AST_SET, start, v, NULL, NULL) : NULL;
    if (t)
        t->text = name.text;
    return t;
}

Ast *parse_help(Parser *p)
{
    Ast *t = take_leaf(p, AST_HELP);
    t->op = 1;
    t->text = tok(p, 0)->kind == TOKEN_NAME ? tok(p, 0)->text : (Str){ 0 };
    if (t->text.n)
        advance(p);
    return t;
}

/* ---- optimizers -------------------------------------------------------------------------------------------------------------------- */

Ast *parse_optimizer(Parser *p)
{
    AstList list = { 0 };
    Span    start = tok(p, 0)->span;
    advance(p);
    const Token name = *tok(p, 0);
    if (!name_is_free(p, &name, false))
        return NULL;
    if (p->in_block)
        return refuse(p, name.span, "optimizers are not defined inside a block", NULL);
    advance(p);
    if (!token_is(tok(p, 0), "("))
        return expected(p, "(");
    if (!parse_params(p, &list))
        return NULL;
    int params = (int)list.n;
    for (size_t i = 0; i < list.n; i++)
        if (!list.at[i]->n)
            return refuse(p, list.at[i]->span, "an option of an optimizer has a default", "optimizer %.*s(%.*s: 0.1) { x = x - %.*s*g }", STR_ARGS(name.text),
                          STR_ARGS(list.at[i]->text), STR_ARGS(list.at[i]->text));
    p->in_optimizer = true;
    Ast *body = parse_block(p, "optimizer r(lr: 0.1)");
    p->in_optimizer = false;
    if (!body)
        return NULL;
    vec_push(p->arena, &list, body);
    Ast *t = ast_node(p, AST_OPTIMIZER, span_join(start, body->span), &list);
    t->text = name.text;
    t->op = params;
    return t;
}

Ast *parse_state(Parser *p)
{
    Span start = tok(p, 0)->span;
    if (!p->in_optimizer)
        return refuse(p, start, "state stands in an optimizer", "optimizer r(lr: 0.1) { state d = 0; d = d + g; x = x - lr*d }");
    advance(p);
    if (tok(p, 0)->kind != TOKEN_NAME || !token_is(tok(p, 1), "="))
        return expected(p, "a name and its start value");
    Ast *t = parse_assign(p);
    if (t) {
        t->kind = AST_STATE;
        t->span = span_join(start, t->span);
    }
    return t;
}
