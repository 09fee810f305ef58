/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What stands in the brackets of a call: options, arrows x -> a with a side, distributions x ~ D, and expressions. Names
 * that are bound (also the parameters of x |-> ...) are read here. */
#include "parser/parse_int.h"

/* names op: a name, or names in brackets, before the operator. */
bool names_ahead(Parser *p, const char *op)
{
    if (tok(p, 0)->kind == TOKEN_NAME)
        return token_is(tok(p, 1), op);
    if (!token_is(tok(p, 0), "(") || tok(p, 1)->kind != TOKEN_NAME)
        return false;
    size_t k = p->pos + 2;                      /* raw positions: the lists may be long */
    for (;; k += 2) {
        while (raw(p, k)->kind == TOKEN_NEWLINE)
            k++;
        if (!token_is(raw(p, k), ","))
            break;
        while (raw(p, k + 1)->kind == TOKEN_NEWLINE)
            k++;
        if (raw(p, k + 1)->kind != TOKEN_NAME)
            return false;
    }
    return token_is(raw(p, k), ")") && token_is(raw(p, k + 1), op);
}

Ast *parse_names(Parser *p, bool index)
{
    AstList list = { 0 };
    Span    start = tok(p, 0)->span;
    bool    group = token_is(tok(p, 0), "(");
    if (group && !open_bracket(p))
        return NULL;
    do {
        if (!name_is_free(p, tok(p, 0), index))
            return NULL;
        vec_push(p->arena, &list, take_leaf(p, AST_NAME));
    } while (accept(p, ","));
    Span end = tok(p, 0)->span;
    if (!group)
        return list.at[0];
    if (!close_bracket(p, ")") || !names_differ(p, list.at, list.n, AST_NAME, "this name is given twice"))
        return NULL;
    return list.n == 1 ? list.at[0] : ast_node(p, AST_TUPLE, span_join(start, end), &list);
}

static Ast *parse_arrow(Parser *p)
{
    Ast *names = parse_names(p, false);
    accept(p, "->");
    Ast *target = names ? parse_sum(p) : NULL;
    if (!target)
        return NULL;
    Ast *arrow = ast_with(p, AST_ARROW, names->span, names, target, NULL);
    if (token_is(tok(p, 0), "+") || token_is(tok(p, 0), "-")) {
        arrow->op = token_is(tok(p, 0), "+") ? 1 : -1;
        arrow->span = span_join(arrow->span, tok(p, 0)->span);
        advance(p);
    }
    return arrow;
}

Ast *parse_tilde(Parser *p)
{
    Ast *names = parse_names(p, false);
    accept(p, "~");
    Ast *d = names ? parse_range(p) : NULL;
    return d ? ast_with(p, AST_TILDE, names->span, names, d, NULL) : NULL;
}

Ast *parse_item(Parser *p)
{
    if (names_ahead(p, "~"))
        return parse_tilde(p);
    if (names_ahead(p, "->"))
        return parse_arrow(p);
    Ast *e = parse_full(p);
    if (e && token_is(tok(p, 0), "->"))
        return refuse(p, span_join(e->span, tok(p, 0)->span), "an arrow needs a variable on its left", "limit(f, x -> 0)");
    return e;
}

static Ast *parse_argument(Parser *p)
{
    const Token name = *tok(p, 0);
    if (name.kind != TOKEN_NAME || !token_is(tok(p, 1), ":"))
        return parse_item(p);
    advance(p);
    advance(p);
    Ast *value = parse_item(p);
    if (!value)
        return NULL;
    Ast *option = ast_with(p, AST_OPTION, name.span, value, NULL, NULL);
    option->text = name.text;
    return option;
}

static bool parse_arguments(Parser *p, AstList *list)
{
    if (token_is(tok(p, 0), ")"))
        return true;
    do {
        if (token_is(tok(p, 0), ")"))
            return expected(p, "an argument");
        Ast *argument = parse_argument(p);
        if (!argument)
            return false;
        vec_push(p->arena, list, argument);
    } while (accept(p, ","));
    return true;
}

Ast *parse_call_arguments(Parser *p, Ast *callee)
{
    AstList list = { 0 };
    bool    in_call = p->in_call, in_list = p->in_list;
    vec_push(p->arena, &list, callee);
    if (!open_bracket(p))
        return NULL;
    p->in_call = true;
    p->in_list = false;
    if (!parse_arguments(p, &list))
        return NULL;
    p->in_call = in_call;
    p->in_list = in_list;
    Span end = tok(p, 0)->span;
    if (!close_bracket(p, ")") || !names_differ(p, list.at + 1, list.n - 1, AST_OPTION, "this option is given twice"))
        return NULL;
    return ast_node(p, AST_CALL, span_join(callee->span, end), &list);
}
