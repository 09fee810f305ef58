/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Statements (GRAMMAR 2): definitions, declarations, control, commands; and the parser's hold on the token stream. */
#include "parser/parse_int.h"

#include <string.h>

/* ---- tokens ------------------------------------------------------------------------------------------------------------ */

static bool breaks_are_blanks(const Parser *p)
{
    return p->open.n && !token_is(&p->open.at[p->open.n - 1], "{");
}

static const Token *raw(Parser *p, size_t i)
{
    while (p->token.n <= i) {
        Token t = lex_token(&p->lexer);
        if (p->token.n == MAX_TOKENS && t.kind != TOKEN_END) {
            diag_fail(p->diag, p->source, t.span, "the statement is too long: it has more than %d words and signs", (int)MAX_TOKENS);
            p->lexer.at = p->source->text.n;
            t = (Token){ .kind = TOKEN_END, .span = t.span };
        }
        vec_push(p->arena, &p->token, t);
    }
    return &p->token.at[i];
}

const Token *tok(Parser *p, size_t k)
{
    bool skip = breaks_are_blanks(p);
    for (size_t i = p->pos;; i++) {
        const Token *t = raw(p, i);
        if (skip && t->kind == TOKEN_NEWLINE) {
            raw(p, i + 1);
            p->token.at[i + 1].line_before = p->token.at[i + 1].blank_before = true;
            continue;
        }
        if (k-- == 0 || t->kind == TOKEN_END)
            return t;
    }
}

void advance(Parser *p)
{
    if (breaks_are_blanks(p))
        while (raw(p, p->pos)->kind == TOKEN_NEWLINE)
            p->pos++;
    if (raw(p, p->pos)->kind != TOKEN_END)
        p->pos++;
}

bool accept(Parser *p, const char *op)
{
    if (!token_is(tok(p, 0), op))
        return false;
    advance(p);
    return true;
}

bool accept_word(Parser *p, const char *word)
{
    if (!token_is_word(tok(p, 0), word))
        return false;
    advance(p);
    return true;
}

Str source_text(const Parser *p, Span span)
{
    return str_slice(p->source->text, span.start, span.end);
}

Ast *refuse(Parser *p, Span span, const char *message, const char *hint, ...)
{
    if (p->diag->failed)
        return NULL;
    diag_fail(p->diag, p->source, span, "%s", message);
    if (hint) {
        va_list args;
        va_start(args, hint);
        Str h = str_vprintf(p->arena, hint, args);
        va_end(args);
        if (h.n <= 200)
            diag_hint(p->diag, "%.*s", STR_ARGS(h));
    }
    return NULL;
}

Ast *expected(Parser *p, const char *what)
{
    const Token *t = tok(p, 0);
    if (p->diag->failed)
        return NULL;
    if (t->kind == TOKEN_END) {
        Span at = p->open.n ? p->open.at[p->open.n - 1].span : t->span;
        diag_fail(p->diag, p->source, at, p->open.n ? "this bracket is not closed" : "the line is not finished: expected %s", what);
        p->diag->unfinished = true;
    } else {
        Str found = t->kind == TOKEN_NEWLINE ? STR("the end of the line") : str_slice(source_text(p, t->span), 0, 40);
        diag_fail(p->diag, p->source, t->span, "expected %s, found %.*s", what, STR_ARGS(found));
    }
    return NULL;
}

bool open_bracket(Parser *p)
{
    vec_push(p->arena, &p->open, *tok(p, 0));
    size_t opened = p->open.n;
    p->open.n--;
    advance(p);
    p->open.n = opened;
    return true;
}

bool close_bracket(Parser *p, const char *close)
{
    if (!token_is(tok(p, 0), close)) {
        expected(p, close);
        return false;
    }
    advance(p);
    p->open.n--;
    return true;
}

Ast *ast_node(Parser *p, AstKind kind, Span span, const AstList *children)
{
    Ast *t = arena_alloc(p->arena, sizeof *t);
    *t = (Ast){ .kind = kind, .span = span, .n = children->n };
    t->child = arena_copy(p->arena, children->at, children->n * sizeof *children->at);
    return t;
}

Ast *ast_leaf(Parser *p, AstKind kind, const Token *t)
{
    AstList none = { 0 };
    Ast    *leaf = ast_node(p, kind, t->span, &none);
    leaf->text = t->text;
    return leaf;
}

/* ---- blocks -------------------------------------------------------------------------------------------------------------- */

static Ast *parse_statement_here(Parser *p);

static bool at_end_of_statement(Parser *p)
{
    const Token *t = tok(p, 0);
    return t->kind == TOKEN_END || t->kind == TOKEN_NEWLINE || token_is(t, ";") || token_is(t, "}");
}

static Ast *parse_block(Parser *p)
{
    AstList list = { 0 };
    Span    start = tok(p, 0)->span;
    if (!token_is(tok(p, 0), "{"))
        return token_is(tok(p, 0), ":") ? refuse(p, tok(p, 0)->span, "blocks are in braces", "for i in 1..10 { }  or  if x > 0 { }") : expected(p, "{");
    bool in_call = p->in_call;
    p->in_call = false;
    open_bracket(p);
    for (;;) {
        while (tok(p, 0)->kind == TOKEN_NEWLINE || token_is(tok(p, 0), ";"))
            advance(p);
        if (token_is(tok(p, 0), "}") || tok(p, 0)->kind == TOKEN_END)
            break;
        Ast *s = parse_statement_here(p);
        if (!s)
            return NULL;
        if (!at_end_of_statement(p))
            return expected(p, "the end of the statement");
        s->hidden = token_is(tok(p, 0), ";");
        vec_push(p->arena, &list, s);
    }
    Span end = tok(p, 0)->span;
    if (!close_bracket(p, "}"))
        return NULL;
    p->in_call = in_call;
    return ast_node(p, AST_BLOCK, span_join(start, end), &list);
}

/* ---- definitions ------------------------------------------------------------------------------------------------------------ */

/* name(...) =  : is the closing bracket followed by a single = ? */
static bool definition_ahead(Parser *p)
{
    if (tok(p, 0)->kind != TOKEN_NAME || !token_is(tok(p, 1), "("))
        return false;
    size_t depth = 0;
    for (size_t i = p->pos; raw(p, i)->kind != TOKEN_END; i++) {
        const Token *t = raw(p, i);
        depth += token_is(t, "(") || token_is(t, "[") || token_is(t, "{") ? 1 : 0;
        if (token_is(t, ")") || token_is(t, "]") || token_is(t, "}")) {
            if (depth <= 1)
                return token_is(raw(p, i + 1), "=");
            depth--;
        }
        if (t->kind == TOKEN_NEWLINE && depth == 0)
            return false;
        if (i > p->pos + 4000)
            return false;
    }
    return false;
}

static bool parse_params(Parser *p, AstList *list)
{
    open_bracket(p);
    p->in_call = true;
    while (!token_is(tok(p, 0), ")")) {
        const Token name = *tok(p, 0);
        AstList     fallback = { 0 };
        if (name.kind != TOKEN_NAME)
            return expected(p, "the name of a parameter");
        if (word_is_reserved(name.text))
            return refuse(p, name.span, str_printf(p->arena, "%.*s is reserved and cannot be a parameter", STR_ARGS(name.text)).s, NULL);
        for (size_t i = 0; i < list->n; i++)
            if (str_eq(list->at[i]->text, name.text))
                return refuse(p, name.span, "the parameters need different names", NULL);
        advance(p);
        if (accept(p, ":")) {
            Ast *value = parse_full(p);
            if (!value)
                return NULL;
            vec_push(p->arena, &fallback, value);
        }
        Ast *param = ast_node(p, AST_PARAM, name.span, &fallback);
        param->text = name.text;
        vec_push(p->arena, list, param);
        if (!accept(p, ","))
            break;
    }
    p->in_call = false;
    return close_bracket(p, ")");
}

/* f(2) = 5, sin(x) = 2: what looks like a definition but is an equation. */
static Ast *refuse_equation(Parser *p, Span span, const char *message, Str left)
{
    while (!at_end_of_statement(p))
        advance(p);
    size_t end = p->pos ? p->token.at[p->pos - 1].span.end : span.end;
    Str    all = source_text(p, (Span){ span.start, (uint32_t)end });
    char   variable = 'x';
    for (size_t i = 0; i < left.n; i++)
        if ((left.s[i] == 'y' || left.s[i] == 'z' || left.s[i] == 't') && !memchr(left.s, 'x', left.n))
            variable = left.s[i];
    return refuse(p, span, message, "solve(%.*s, %c)", STR_ARGS(all), variable);
}

static bool params_are_names(Parser *p)
{
    size_t k = 2;
    if (token_is(tok(p, k), ")"))
        return true;
    for (;;) {
        if (tok(p, k)->kind != TOKEN_NAME || word_is_reserved(tok(p, k)->text))
            return false;
        if (token_is(tok(p, k + 1), ")"))
            return true;
        if (token_is(tok(p, k + 1), ":"))
            return true;
        if (!token_is(tok(p, k + 1), ","))
            return false;
        k += 2;
    }
}

static Ast *parse_define(Parser *p)
{
    const Token name = *tok(p, 0);
    AstList     list = { 0 };
    if (p->in_function)
        return refuse(p, name.span, "functions are not defined inside a block", "x |-> x^2 is an anonymous function");
    if (!params_are_names(p))
        return refuse_equation(p, name.span, "the parameters of a definition are names", source_text(p, name.span));
    if (word_is_reserved(name.text))
        return refuse(p, name.span, "this word is reserved", NULL);
    advance(p);
    if (!parse_params(p, &list))
        return NULL;
    accept(p, "=");
    while (tok(p, 0)->kind == TOKEN_NEWLINE)
        p->pos++;
    int params = (int)list.n;
    p->in_function++;
    bool looks_like_cases = token_is(tok(p, 0), "{") && tok(p, 1)->kind == TOKEN_NAME && (token_is(tok(p, 2), "<") || token_is(tok(p, 2), ">"));
    Ast *body = looks_like_cases ? refuse(p, tok(p, 0)->span, "braces open blocks", "f(x) = if x < 0 then -x else x")
              : token_is(tok(p, 0), "{") ? parse_block(p) : parse_full(p);
    p->in_function--;
    if (!body)
        return NULL;
    vec_push(p->arena, &list, body);
    Ast *define = ast_node(p, AST_DEFINE, span_join(name.span, body->span), &list);
    define->text = name.text;
    define->op = params;
    return define;
}

static Ast *parse_assign(Parser *p)
{
    const Token name = *tok(p, 0);
    AstList     one = { 0 };
    if (word_is_reserved(name.text))
        return refuse(p, name.span, str_printf(p->arena, "%.*s is a constant or a reserved word", STR_ARGS(name.text)).s, "choose another name");
    advance(p);
    advance(p);
    while (tok(p, 0)->kind == TOKEN_NEWLINE)
        p->pos++;
    Ast *value = parse_full(p);
    if (!value)
        return NULL;
    if (token_is(tok(p, 0), "="))
        return refuse(p, span_join(name.span, tok(p, 0)->span), "one = defines one name", "a = 3; b = 3");
    vec_push(p->arena, &one, value);
    Ast *t = ast_node(p, AST_ASSIGN, span_join(name.span, value->span), &one);
    t->text = name.text;
    return t;
}

/* An expression, or v[k] = value. */
static Ast *parse_expression_statement(Parser *p)
{
    Ast *e = parse_full(p);
    if (!e)
        return NULL;
    if (token_is(tok(p, 0), ":="))
        return refuse(p, tok(p, 0)->span, "a value is given with =", "%.*s = ...", STR_ARGS(source_text(p, e->span)));
    if (!token_is(tok(p, 0), "="))
        return e;
    if (e->kind != AST_INDEX || e->child[0]->kind != AST_NAME)
        return refuse_equation(p, e->span, "an equation is solved inside a call; == compares", source_text(p, e->span));
    advance(p);
    Ast    *value = parse_full(p);
    AstList list = { 0 };
    if (!value)
        return NULL;
    for (size_t i = 1; i < e->n; i++)
        vec_push(p->arena, &list, e->child[i]);
    vec_push(p->arena, &list, value);
    Ast *t = ast_node(p, AST_ASSIGN_INDEX, span_join(e->span, value->span), &list);
    t->text = e->child[0]->text;
    return t;
}

/* ---- control ---------------------------------------------------------------------------------------------------------------- */

static Ast *with_children(Parser *p, AstKind kind, Span start, Ast *a, Ast *b, Ast *c)
{
    AstList list = { 0 };
    Ast    *part[3] = { a, b, c };
    Span    span = start;
    for (int i = 0; i < 3 && part[i]; i++) {
        vec_push(p->arena, &list, part[i]);
        span = span_join(span, part[i]->span);
    }
    return ast_node(p, kind, span, &list);
}

static Ast *parse_for(Parser *p)
{
    Span start = tok(p, 0)->span;
    advance(p);
    const Token name = *tok(p, 0);
    if (name.kind != TOKEN_NAME || (word_is_reserved(name.text) && !str_is(name.text, "i")))
        return expected(p, "the name of a loop variable");
    advance(p);
    if (!accept_word(p, "in"))
        return expected(p, "in");
    if (token_is_word(tok(p, 0), "range") && token_is(tok(p, 1), "("))
        return refuse(p, tok(p, 0)->span, "a range has two points, blocks are in braces", "for %.*s in 1..10 { }", STR_ARGS(name.text));
    Ast *over = parse_expr(p), *block = over ? parse_block(p) : NULL;
    if (!block)
        return NULL;
    Ast *t = with_children(p, AST_FOR, start, over, block, NULL);
    t->text = name.text;
    return t;
}

static Ast *condition(Parser *p)
{
    Ast *c = parse_expr(p);
    if (c && token_is(tok(p, 0), "="))
        return refuse(p, tok(p, 0)->span, "== compares", "%.*s == ...", STR_ARGS(source_text(p, c->span)));
    return c;
}

static Ast *parse_while(Parser *p)
{
    Span start = tok(p, 0)->span;
    advance(p);
    Ast *c = condition(p), *block = c ? parse_block(p) : NULL;
    return block ? with_children(p, AST_WHILE, start, c, block, NULL) : NULL;
}

static Ast *parse_branch(Parser *p)
{
    Span start = tok(p, 0)->span;
    advance(p);
    Ast *c = condition(p), *block = c ? parse_block(p) : NULL, *otherwise = NULL;
    if (!block)
        return NULL;
    if (accept_word(p, "else")) {
        otherwise = token_is_word(tok(p, 0), "if") ? parse_branch(p) : parse_block(p);
        if (!otherwise)
            return NULL;
    }
    return with_children(p, AST_IF, start, c, block, otherwise);
}

/* `if c {` is a statement, `if c then` an expression. */
static bool if_block_ahead(Parser *p)
{
    size_t depth = 0;
    for (size_t i = p->pos + 1; raw(p, i)->kind != TOKEN_END && raw(p, i)->kind != TOKEN_NEWLINE; i++) {
        const Token *t = raw(p, i);
        if (token_is(t, "(") || token_is(t, "["))
            depth++;
        else if ((token_is(t, ")") || token_is(t, "]")) && depth)
            depth--;
        else if (depth == 0 && token_is_word(t, "then"))
            return false;
        else if (depth == 0 && (token_is(t, "{") || token_is(t, ":") || token_is(t, "=")))
            return true;
    }
    return false;
}

/* ---- commands and declarations -------------------------------------------------------------------------------------------------- */

static Ast *parse_names_list(Parser *p, AstKind kind)
{
    AstList list = { 0 };
    Span    span = tok(p, 0)->span;
    advance(p);
    do {
        if (tok(p, 0)->kind != TOKEN_NAME)
            return expected(p, "a name");
        vec_push(p->arena, &list, ast_leaf(p, AST_NAME, tok(p, 0)));
        span = span_join(span, tok(p, 0)->span);
        advance(p);
    } while (accept(p, ","));
    return ast_node(p, kind, span, &list);
}

static Ast *parse_assert(Parser *p)
{
    Span start = tok(p, 0)->span;
    advance(p);
    Ast *c = parse_full(p), *within = NULL;
    if (!c)
        return NULL;
    if (token_is(tok(p, 0), "="))
        return refuse(p, tok(p, 0)->span, "== compares", "assert %.*s == ...", STR_ARGS(source_text(p, c->span)));
    if (accept_word(p, "within") && !(within = parse_sum(p)))
        return NULL;
    return with_children(p, AST_ASSERT, start, c, within, NULL);
}

static Ast *parse_fact(Parser *p)
{
    if (tok(p, 0)->kind == TOKEN_NAME && tok(p, 1)->kind == TOKEN_NAME && !word_is_reserved(tok(p, 1)->text)) {
        Ast        *name = ast_leaf(p, AST_NAME, tok(p, 0));
        const Token property = *tok(p, 1);
        advance(p);
        advance(p);
        Ast *t = with_children(p, AST_PROPERTY, property.span, name, NULL, NULL);
        t->text = property.text;
        return t;
    }
    return parse_expr(p);
}

static Ast *parse_assume(Parser *p)
{
    AstList list = { 0 };
    Span    start = tok(p, 0)->span;
    advance(p);
    do {
        Ast *fact = parse_fact(p);
        if (!fact)
            return NULL;
        if (fact->kind != AST_RELATION && fact->kind != AST_NAME && fact->kind != AST_PROPERTY)
            return refuse(p, fact->span, "an assumption is a relation, a name or a property", "assume x > 0, n integer");
        vec_push(p->arena, &list, fact);
    } while (accept(p, ","));
    return ast_node(p, AST_ASSUME, span_join(start, list.at[list.n - 1]->span), &list);
}

static Ast *parse_declare(Parser *p)
{
    AstList     list = { 0 };
    const Token word = *tok(p, 0);
    advance(p);
    do {
        const Token name = *tok(p, 0);
        if (name.kind != TOKEN_NAME || !token_is(tok(p, 1), "("))
            return expected(p, "a name and its sizes or arguments in brackets");
        advance(p);
        Ast *shape = parse_call_arguments(p, ast_leaf(p, AST_NAME, &name));
        if (!shape)
            return NULL;
        vec_push(p->arena, &list, shape);
    } while (accept(p, ","));
    Ast *t = ast_node(p, AST_DECLARE, span_join(word.span, list.at[list.n - 1]->span), &list);
    t->text = word.text;
    return t;
}

static Ast *parse_file(Parser *p)
{
    const Token word = *tok(p, 0);
    advance(p);
    if (tok(p, 0)->kind != TOKEN_STRING)
        return expected(p, "a file name in quotes");
    Ast *name = parse_string(p);
    Ast *t = name ? with_children(p, AST_FILE, word.span, name, NULL, NULL) : NULL;
    if (t)
        t->text = word.text;
    return t;
}

static Ast *parse_set(Parser *p)
{
    Span start = tok(p, 0)->span;
    advance(p);
    const Token name = *tok(p, 0);
    if (name.kind != TOKEN_NAME)
        return expected(p, "the name of a setting");
    advance(p);
    const Token value = *tok(p, 0);
    if (value.kind != TOKEN_NAME && value.kind != TOKEN_NUMBER && value.kind != TOKEN_STRING)
        return expected(p, "the value of the setting");
    Ast *v = value.kind == TOKEN_STRING ? parse_string(p) : ast_leaf(p, value.kind == TOKEN_NAME ? AST_NAME : AST_NUMBER, &value);
    if (value.kind != TOKEN_STRING)
        advance(p);
    Ast *t = v ? with_children(p, AST_SET, start, v, NULL, NULL) : NULL;
    if (t)
        t->text = name.text;
    return t;
}

static Ast *parse_help(Parser *p)
{
    const Token word = *tok(p, 0);
    advance(p);
    Ast *t = ast_leaf(p, AST_HELP, &word);
    t->text = tok(p, 0)->kind == TOKEN_NAME ? tok(p, 0)->text : (Str){ 0 };
    t->op = 1;
    if (tok(p, 0)->kind == TOKEN_NAME)
        advance(p);
    return t;
}

static Ast *parse_optimizer(Parser *p)
{
    AstList list = { 0 };
    advance(p);
    const Token name = *tok(p, 0);
    advance(p);
    if (!token_is(tok(p, 0), "("))
        return expected(p, "(");
    if (!parse_params(p, &list))
        return NULL;
    int params = (int)list.n;
    p->in_function++;
    Ast *body = parse_block(p);
    p->in_function--;
    if (!body)
        return NULL;
    vec_push(p->arena, &list, body);
    Ast *t = ast_node(p, AST_OPTIMIZER, span_join(name.span, body->span), &list);
    t->text = name.text;
    t->op = params;
    return t;
}

static Ast *parse_state(Parser *p)
{
    advance(p);
    if (tok(p, 0)->kind != TOKEN_NAME || !token_is(tok(p, 1), "="))
        return expected(p, "a name and its start value");
    Ast *t = parse_assign(p);
    if (t)
        t->kind = AST_STATE;
    return t;
}

static Ast *parse_prefix(Parser *p)
{
    const Token word = *tok(p, 0);
    if (++p->nesting > MAX_NESTING)
        return refuse(p, word.span, "nested too deeply", NULL);
    advance(p);
    Ast *s = parse_statement_here(p);
    p->nesting--;
    Ast *t = s ? with_children(p, AST_PREFIX, word.span, s, NULL, NULL) : NULL;
    if (t)
        t->text = word.text;
    return t;
}

static Ast *leaf_and_advance(Parser *p, AstKind kind)
{
    Ast *t = ast_leaf(p, kind, tok(p, 0));
    advance(p);
    return t;
}

static Ast *parse_using_block(Parser *p)
{
    Span start = tok(p, 0)->span;
    advance(p);
    Ast *format = parse_format(p), *block = format ? parse_block(p) : NULL;
    return block ? with_children(p, AST_USING_BLOCK, start, format, block, NULL) : NULL;
}

/* Words that begin a statement only before a name, number or string; elsewhere they are names. */
static bool begins_command(Parser *p, const char *word)
{
    const Token *next = tok(p, 1);
    return token_is_word(tok(p, 0), word) && !next->line_before
        && ((next->kind == TOKEN_NAME && !token_is_word(next, "at") && !token_is_word(next, "using") && !token_is_word(next, "and") && !token_is_word(next, "or"))
            || next->kind == TOKEN_NUMBER || next->kind == TOKEN_STRING);
}

static bool begins_prefix(Parser *p, const char *word)
{
    bool bracket = !str_is(str_of(word), "trace") && (token_is(tok(p, 1), "(") || token_is(tok(p, 1), "["));
    return begins_command(p, word) || (bracket && token_is_word(tok(p, 0), word));
}

static Ast *parse_statement_here(Parser *p)
{
    const Token *t = tok(p, 0);
    if (t->kind != TOKEN_NAME)
        return parse_expression_statement(p);
    if (refuse_foreign(p))
        return NULL;
    if (begins_prefix(p, "steps") || begins_prefix(p, "time") || begins_prefix(p, "trace"))
        return parse_prefix(p);
    if (token_is(tok(p, 1), "="))
        return parse_assign(p);
    if (token_is_word(t, "for"))    return parse_for(p);
    if (token_is_word(t, "while"))  return parse_while(p);
    if (token_is_word(t, "if") && if_block_ahead(p))
        return parse_branch(p);
    if (token_is_word(t, "break"))  return leaf_and_advance(p, AST_BREAK);
    if (token_is_word(t, "next"))   return leaf_and_advance(p, AST_NEXT);
    if (token_is_word(t, "using"))  return parse_using_block(p);
    if (token_is_word(t, "assert")) return parse_assert(p);
    if (token_is_word(t, "assume")) return parse_assume(p);
    if (begins_command(p, "set"))   return parse_set(p);
    if (begins_command(p, "show"))  return parse_names_list(p, AST_SHOW);
    if (begins_command(p, "clear")) return parse_names_list(p, AST_CLEAR);
    if (begins_command(p, "help") || (token_is_word(t, "help") && (tok(p, 1)->kind == TOKEN_END || tok(p, 1)->kind == TOKEN_NEWLINE)))
        return parse_help(p);
    if (begins_command(p, "include") || begins_command(p, "save") || begins_command(p, "export"))
        return parse_file(p);
    if (begins_command(p, "vector") || begins_command(p, "matrix") || begins_command(p, "function"))
        return parse_declare(p);
    if (begins_command(p, "optimizer")) return parse_optimizer(p);
    if (begins_command(p, "state") && p->in_function) return parse_state(p);
    const Token *next = tok(p, 1);
    if ((token_is_word(t, "quit") || token_is_word(t, "exit")) && (next->kind == TOKEN_END || next->kind == TOKEN_NEWLINE || token_is(next, ";")))
        return leaf_and_advance(p, AST_QUIT);
    if (definition_ahead(p))
        return parse_define(p);
    Ast *tilde = parse_tilde(p);
    if (tilde)
        return with_children(p, AST_DISTRIBUTION, tilde->span, tilde, NULL, NULL);
    return p->diag->failed ? NULL : parse_expression_statement(p);
}

/* ---- entry points -------------------------------------------------------------------------------------------------------------------- */

/* ?topic and ??words, as the first character of a line. */
static Ast *parse_question(Parser *p, size_t *at)
{
    Str    text = p->source->text;
    size_t start = *at, end = start;
    while (end < text.n && text.s[end] != '\n')
        end++;
    bool    search = start + 1 < end && text.s[start + 1] == '?';
    AstList none = { 0 };
    Ast    *t = ast_node(p, AST_HELP, (Span){ (uint32_t)start, (uint32_t)end }, &none);
    t->op = search ? 2 : 1;
    t->text = str_trim(str_slice(text, start + (search ? 2 : 1), end));
    if (!t->text.n && (search || !p->mode.prompt))               /* at the prompt ? alone is the overview */
        t = refuse(p, t->span, "a name or words are missing", search ? "??derivative" : "?limit");
    *at = end < text.n ? end + 1 : end;
    return t;
}

static size_t line_end(Str text, size_t at)
{
    while (at < text.n && text.s[at] != '\n')
        at++;
    return at < text.n ? at + 1 : at;
}

static Ast *trailing(Parser *p)
{
    const Token *t = tok(p, 0);
    if (token_is(t, ","))
        return tok(p, 1)->kind == TOKEN_NUMBER && p->pos && p->token.at[p->pos - 1].kind == TOKEN_NUMBER
            ? refuse(p, t->span, "a comma belongs to nothing here", "%.*s.%.*s", STR_ARGS(p->token.at[p->pos - 1].text), STR_ARGS(tok(p, 1)->text))
            : refuse(p, t->span, "a comma belongs to nothing here", "statements are separated by ;");
    if (token_is(t, ")") || token_is(t, "]") || token_is(t, "}"))
        return refuse(p, t->span, "this bracket was not opened", NULL);
    return expected(p, "the end of the statement");
}

/* A line that starts with * / ^ goes on from ans. */
static Ast *parse_continuation(Parser *p)
{
    if (!p->mode.prompt)
        return refuse(p, tok(p, 0)->span, "a line cannot start with this operator", "end the line before with it");
    Token ans = *tok(p, 0);
    ans.kind = TOKEN_NAME;
    ans.text = STR("ans");
    ans.span.end = ans.span.start;
    raw(p, p->pos + 1);
    VEC(Token) all = { 0 };
    vec_push(p->arena, &all, ans);
    for (size_t i = p->pos; i < p->token.n; i++)
        vec_push(p->arena, &all, p->token.at[i]);
    p->token.at = all.at;
    p->token.n = all.n;
    p->token.room = all.room;
    p->pos = 0;
    return parse_full(p);
}

Ast *parse_statement(Arena *a, Diag *d, const Source *source, size_t *at, ParseMode mode)
{
    Parser p = { .arena = a, .diag = d, .source = source, .mode = mode, .lexer = { a, d, source, *at } };
    while (tok(&p, 0)->kind == TOKEN_NEWLINE || token_is(tok(&p, 0), ";"))
        advance(&p);
    const Token *first = tok(&p, 0);
    if (d->failed && first->span.start < source->text.n && source->text.s[first->span.start] == '?'
        && (first->span.start == 0 || memchr("\n;", source->text.s[first->span.start - 1], 2) || p.token.n == 1)) {
        *d = diag_new(d->arena);
        *at = first->span.start;
        return parse_question(&p, at);
    }
    if (first->kind == TOKEN_END && !d->failed) {
        *at = source->text.n;
        AstList none = { 0 };
        return ast_node(&p, AST_EMPTY, first->span, &none);
    }
    Ast *t = d->failed ? NULL : token_is(first, "*") || token_is(first, "/") || token_is(first, "^") ? parse_continuation(&p) : parse_statement_here(&p);
    if (t && !at_end_of_statement(&p))
        t = trailing(&p);
    if (t && token_is(tok(&p, 0), "}"))
        t = trailing(&p);
    if (d->failed || !t) {
        *at = d->unfinished ? source->text.n : line_end(source->text, d->span.start);
        return NULL;
    }
    t->hidden = token_is(tok(&p, 0), ";");
    *at = tok(&p, 0)->span.end;
    return t;
}

Ast *parse_expression(Arena *a, Diag *d, const Source *source)
{
    Parser p = { .arena = a, .diag = d, .source = source, .lexer = { a, d, source, 0 }, .in_call = true };
    Ast   *e = parse_full(&p);
    return e && tok(&p, 0)->kind != TOKEN_END ? trailing(&p) : e;
}
