/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Statements (GRAMMAR 2): which one stands here, definitions and assignments, and the entry points of the parser. The
 * statements that begin with a word are rows of a table; their rules are in control.c and declare.c. */
#include "parser/parse_int.h"

#include "numeric/function.h"

/* ---- definitions ------------------------------------------------------------------------------------------------------------ */

/* name(...) =  : is the closing bracket followed by a single = ? */
static bool definition_ahead(Parser *p)
{
    if (tok(p, 0)->kind != TOKEN_NAME || !token_is(tok(p, 1), "("))
        return false;
    size_t depth = 0;
    for (size_t i = p->pos; raw(p, i)->kind != TOKEN_END && raw(p, i)->kind != TOKEN_BAD; i++) {
        const Token *t = raw(p, i);
        if (t->kind != TOKEN_OP)
            continue;
        if (token_is(t, "(") || token_is(t, "[") || token_is(t, "{"))
            depth++;
        else if ((token_is(t, ")") || token_is(t, "]") || token_is(t, "}")) && --depth == 0)
            return token_is(raw(p, i + 1), "=");
    }
    return false;
}

/* f(x, a = 2) = a*x: the line with a colon. */
static Ast *refuse_default(Parser *p)
{
    size_t equals = tok(p, 0)->span.start, start = equals;
    Str    text = p->source->text;
    while (start > 0 && text.s[start - 1] != '\n' && text.s[start - 1] != ';')
        start--;
    return refuse(p, tok(p, 0)->span, "an option of a definition is written with :", "%.*s: %.*s", STR_ARGS(str_trim(str_slice(text, start, equals))),
                  STR_ARGS(rest_of_line(p, equals + 1)));
}

/* (x, y, a: 2) */
bool parse_params(Parser *p, AstList *list)
{
    if (!open_bracket(p))
        return false;
    p->in_call = true;
    while (!token_is(tok(p, 0), ")")) {
        const Token name = *tok(p, 0);
        if (name.kind != TOKEN_NAME)
            return expected(p, "the name of a parameter");
        if (!name_is_free(p, &name, false))
            return false;
        Ast *param = take_leaf(p, AST_PARAM);
        if (accept(p, ":")) {
            Ast *value = parse_full(p);
            if (!value)
                return false;
            param = ast_with(p, AST_PARAM, param->span, value, NULL, NULL);
            param->text = name.text;
        } else if (token_is(tok(p, 0), "=")) {
            return refuse_default(p);
        } else if (list->n && list->at[list->n - 1]->n) {
            return refuse(p, name.span, "options stand behind the other parameters", NULL);
        }
        vec_push(p->arena, list, param);
        if (!accept(p, ","))
            break;
    }
    p->in_call = false;
    return close_bracket(p, ")") && names_differ(p, list->at, list->n, AST_PARAM, "the parameters need different names");
}

/* Do names stand in the brackets, as a definition wants them? f(2) = 5 is an equation. */
static bool params_are_names(Parser *p)
{
    if (token_is(tok(p, 2), ")"))
        return true;
    for (size_t k = 2;; k += 2) {
        if (tok(p, k)->kind != TOKEN_NAME || token_is_word(tok(p, k), "true") || token_is_word(tok(p, k), "false"))
            return false;
        if (token_is(tok(p, k + 1), ")") || token_is(tok(p, k + 1), ":"))
            return true;
        if (!token_is(tok(p, k + 1), ","))
            return token_is(tok(p, k + 1), "=");
    }
}

/* f(x) = {x < 0: -x, x}: do cases stand where a block would? */
static bool cases_ahead(Parser *p)
{
    int depth = 0;
    if (!token_is(tok(p, 0), "{"))
        return false;
    for (size_t i = p->pos; raw(p, i)->kind != TOKEN_END && raw(p, i)->kind != TOKEN_NEWLINE && raw(p, i)->kind != TOKEN_BAD; i++) {
        const Token *t = raw(p, i);
        depth += token_is(t, "{") || token_is(t, "(") || token_is(t, "[") ? 1 : token_is(t, "}") || token_is(t, ")") || token_is(t, "]") ? -1 : 0;
        if (depth == 0 || token_is(t, ";"))
            return false;
        if (depth == 1 && token_is(t, ":"))
            return true;
    }
    return false;
}

static Ast *parse_define(Parser *p)
{
    const Token name = *tok(p, 0);
    AstList     list = { 0 };
    if (!params_are_names(p))
        return refuse_equation(p, name.span, "the parameters of a definition are names", rest_of_line(p, name.span.start));
    if (!name_is_free(p, &name, false))
        return NULL;
    if (p->in_block)
        return refuse(p, name.span, "functions are not defined inside a block", "f = x |-> x^2");
    advance(p);
    if (!parse_params(p, &list))
        return NULL;
    Str head = source_text(p, (Span){ name.span.start, tok(p, 0)->span.start });
    int params = (int)list.n;
    accept(p, "=");
    Ast *body = cases_ahead(p) ? refuse_cases(p, str_trim(head)) : token_is(tok(p, 0), "{") ? parse_block(p, "") : parse_full(p);
    if (!body)
        return NULL;
    vec_push(p->arena, &list, body);
    Ast *define = ast_node(p, AST_DEFINE, span_join(name.span, body->span), &list);
    define->text = name.text;
    define->op = params;
    return define;
}

/* ---- assignments -------------------------------------------------------------------------------------------------------------- */

/* a = b = 3 */
static Ast *refuse_second_name(Parser *p, Span whole, Str first, const Ast *second)
{
    advance(p);
    Str value = operand_text(p, parse_full, "3"), b = source_text(p, second->span);
    return refuse(p, whole, "one = defines one name", "%.*s = %.*s; %.*s = %.*s", STR_ARGS(first), STR_ARGS(value), STR_ARGS(b), STR_ARGS(value));
}

Ast *parse_assign(Parser *p)
{
    const Token name = *tok(p, 0);
    if (!name_is_free(p, &name, false))
        return NULL;
    advance(p);
    advance(p);
    Ast *value = parse_full(p);
    if (!value)
        return NULL;
    if (token_is(tok(p, 0), "="))
        return refuse_second_name(p, span_join(name.span, tok(p, 0)->span), name.text, value);
    Ast *t = ast_with(p, AST_ASSIGN, name.span, value, NULL, NULL);
    t->text = name.text;
    return t;
}

/* An expression, or v[k] = value. */
static Ast *parse_expression_statement(Parser *p)
{
    Ast *e = parse_full(p);
    if (!e || !token_is(tok(p, 0), "="))
        return e;
    if (e->kind != AST_INDEX || e->grouped || e->child[0]->kind != AST_NAME)
        return refuse_equation(p, e->span, "an equation is solved inside a call; == compares", source_text(p, e->span));
    Token name = { .span = e->child[0]->span, .text = e->child[0]->text };
    if (!name_is_free(p, &name, false))
        return NULL;
    advance(p);
    Ast    *value = parse_full(p);
    AstList list = { 0 };
    if (!value)
        return NULL;
    for (size_t i = 1; i < e->n; i++)
        vec_push(p->arena, &list, e->child[i]);
    vec_push(p->arena, &list, value);
    Ast *t = ast_node(p, AST_ASSIGN_INDEX, span_join(e->span, value->span), &list);
    t->text = name.text;
    return t;
}

/* ---- which statement stands here ---------------------------------------------------------------------------------------------- */

/* A word begins its statement wherever it stands first (reserved words), before a name, number or string, before those or
 * a bracket, before a text only, or alone on its line; elsewhere it is a name. */
typedef enum Where { ALWAYS, BEFORE_WORD, BEFORE_OPERAND, BEFORE_TEXT, ALONE } Where;

typedef struct Command {
    const char *word;
    Where       where;
    Ast      *(*parse)(Parser *);
} Command;

static const Command commands[] = {
    { "for", ALWAYS, parse_for }, { "while", ALWAYS, parse_while }, { "break", ALWAYS, parse_break }, { "next", ALWAYS, parse_next },
    { "using", ALWAYS, parse_using_block }, { "assert", ALWAYS, parse_assert }, { "assume", ALWAYS, parse_assume },
    { "steps", BEFORE_OPERAND, parse_prefix }, { "time", BEFORE_OPERAND, parse_prefix }, { "trace", BEFORE_WORD, parse_prefix },
    { "set", BEFORE_WORD, parse_set }, { "show", BEFORE_WORD, parse_show }, { "clear", BEFORE_WORD, parse_clear },
    { "help", BEFORE_WORD, parse_help }, { "help", ALONE, parse_help }, { "include", BEFORE_WORD, parse_file }, { "save", BEFORE_WORD, parse_file },
    { "history", ALONE, parse_history }, { "history", BEFORE_WORD, parse_history },
    { "export", BEFORE_WORD, parse_file }, { "vector", BEFORE_WORD, parse_declare }, { "matrix", BEFORE_WORD, parse_declare },
    { "function", BEFORE_WORD, parse_declare }, { "optimizer", BEFORE_WORD, parse_optimizer }, { "state", BEFORE_WORD, parse_state },
    { "quit", ALONE, parse_quit }, { "exit", ALONE, parse_quit },
};

static bool begins(Parser *p, Where where)
{
    static const char *const infix[] = { "at", "using", "and", "or", "in", "by", "then", "else", "within" };
    const Token *next = tok(p, 1);
    if (where == ALWAYS)
        return true;
    if (where == ALONE)
        return next->kind == TOKEN_END || next->kind == TOKEN_NEWLINE || token_is(next, ";") || token_is(next, "}");
    if (next->line_before)
        return false;
    for (size_t i = 0; i < sizeof infix / sizeof *infix; i++)
        if (token_is_word(next, infix[i]))
            return false;
    return next->kind == TOKEN_NAME || next->kind == TOKEN_NUMBER || next->kind == TOKEN_STRING
        || (where == BEFORE_OPERAND && (token_is(next, "(") || token_is(next, "[")) && next->blank_before);
}

Ast *parse_statement_here(Parser *p)
{
    const Token *t = tok(p, 0);
    if (t->kind == TOKEN_NAME) {
        if (refuse_foreign(p))
            return NULL;
        if (token_is(tok(p, 1), "="))
            return parse_assign(p);
        for (size_t i = 0; i < sizeof commands / sizeof *commands; i++)
            if (token_is_word(t, commands[i].word) && begins(p, commands[i].where))
                return commands[i].parse(p);
        if (token_is_word(t, "if") && if_block_ahead(p))
            return parse_branch(p);
        if (definition_ahead(p))
            return parse_define(p);
    }
    if (!names_ahead(p, "~"))
        return parse_expression_statement(p);
    Ast *tilde = parse_tilde(p);
    return tilde ? ast_with(p, AST_DISTRIBUTION, tilde->span, tilde, NULL, NULL) : NULL;
}

/* ---- entry points -------------------------------------------------------------------------------------------------------------------- */

/* ?topic and ??words, as the first character of a line. */
static Ast *parse_question(Parser *p, size_t start, size_t *at)
{
    Str    text = p->source->text;
    size_t end = start;
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

/* A line that starts with * / ^ goes on from ans, at the prompt; in a file it is a broken line. */
static Ast *parse_continuation(Parser *p)
{
    const Token op = *tok(p, 0);
    if (!p->mode.prompt)
        return refuse(p, op.span, "a line cannot start with this operator", "ans%.*s%.*s", STR_ARGS(op.text), STR_ARGS(rest_of_line(p, op.span.end)));
    Token ans = { .kind = TOKEN_NAME, .text = STR("ans"), .span = { op.span.start, op.span.start }, .blank_before = true };
    size_t at = p->pos;
    vec_push(p->arena, &p->token, ans);
    memmove(p->token.at + at + 1, p->token.at + at, (p->token.n - at - 1) * sizeof *p->token.at);
    p->token.at[at] = ans;
    return parse_full(p);
}

static bool starts_line(Str text, size_t at)
{
    while (at > 0 && (text.s[at - 1] == ' ' || text.s[at - 1] == '\t' || (unsigned char)text.s[at - 1] >= 0x80))
        at--;
    return at == 0 || text.s[at - 1] == '\n' || text.s[at - 1] == ';';
}

static Ast *parse_first(Parser *p, const Token *first)
{
    bool goes_on = token_is(first, "*") || token_is(first, "/") || token_is(first, "^");
    Ast *t = goes_on ? parse_continuation(p) : parse_statement_here(p);
    if (t && (!at_end_of_statement(p) || token_is(tok(p, 0), "}")))
        t = refuse_rest(p);
    return p->diag->failed ? NULL : t;
}

static Ast *parse_one(Parser *p, size_t *at)
{
    Str text = p->source->text;
    while (tok(p, 0)->kind == TOKEN_NEWLINE || token_is(tok(p, 0), ";"))
        advance(p);
    const Token first = *tok(p, 0);
    if (first.kind == TOKEN_BAD && text.s[first.span.start] == '?' && starts_line(text, first.span.start))
        return parse_question(p, first.span.start, at);
    if (first.kind == TOKEN_END) {
        *at = text.n;
        AstList none = { 0 };
        return ast_node(p, AST_EMPTY, first.span, &none);
    }
    bool too_long = line_end(text, first.span.start) - first.span.start > MAX_LINE;
    Ast *t = too_long ? refuse(p, first.span, "the line is too long for a statement", NULL) : parse_first(p, &first);
    if (!t) {
        *at = p->diag->unfinished ? text.n : line_end(text, p->diag->span.start);
        return NULL;
    }
    t->hidden = token_is(tok(p, 0), ";");
    *at = tok(p, 0)->span.end;
    return t;
}

Ast *parse_statement(Arena *a, Diag *d, const Source *source, size_t *at, ParseMode mode)
{
    Parser p = { .arena = a, .diag = d, .source = source, .mode = mode, .lexer = { .arena = a, .source = source, .at = *at } };
    return parse_one(&p, at);
}

Ast *parse_quietly(Arena *a, Diag *d, const Source *source, size_t *at)
{
    Parser p = { .arena = a, .diag = d, .source = source, .mode = { true }, .lexer = { .arena = a, .source = source, .at = *at }, .quiet = true };
    return parse_one(&p, at);
}

Ast *parse_expression(Arena *a, Diag *d, const Source *source)
{
    Parser p = { .arena = a, .diag = d, .source = source, .lexer = { .arena = a, .source = source }, .in_call = true };
    Ast   *e = parse_full(&p);
    return e && tok(&p, 0)->kind != TOKEN_END ? refuse_rest(&p) : e;
}
