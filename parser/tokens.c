/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The parser's hold on the token stream: line breaks that are blanks, open brackets, nesting, refusals and their hints.
 *
 * A line goes on after an operator, a comma and some words (GRAMMAR 1), so such a line break is dropped here; inside ( and [
 * every line break is a blank. Tokens behind the parser are dropped in windows, so a long statement costs linear memory.
 * A hint is kept only if it parses: what the user pastes is never refused again. */
#include "parser/parse_int.h"

#include "base/map.h"

enum { WINDOW = 512, LONGEST_HINT = 200 };

/* ---- the stream ------------------------------------------------------------------------------------------------------------ */

bool in_brackets(const Parser *p)
{
    return p->open.n && !token_is(&p->open.at[p->open.n - 1], "{");
}

/* Does the line that was read so far want more? */
static bool line_goes_on(const Parser *p)
{
    static const char *const words[] = { "and", "or", "not", "in", "by", "at", "using", "if", "then", "else", "for", "while", "assert", "assume" };
    static const char *const ends[] = { ")", "]", "}", "{", "'", "!", "²", "³", ";" };
    if (!p->token.n)
        return false;
    const Token *last = &p->token.at[p->token.n - 1];
    if (last->kind == TOKEN_OP) {
        for (size_t i = 0; i < sizeof ends / sizeof *ends; i++)
            if (token_is(last, ends[i]))
                return false;
        return true;
    }
    if (last->kind != TOKEN_NAME || (p->token.n > 1 && token_is(last - 1, ".")))
        return false;
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (token_is_word(last, words[i]))
            return true;
    return false;
}

const Token *raw(Parser *p, size_t i)
{
    while (p->token.n <= i) {
        Token t = lex_token(&p->lexer);
        bool  broken = false;
        while (t.kind == TOKEN_NEWLINE && line_goes_on(p)) {
            t = lex_token(&p->lexer);
            broken = true;
        }
        if (++p->read > MAX_TOKENS && t.kind != TOKEN_END) {
            p->lexer.message = str_printf(p->arena, "the statement is too long: it has more than %d words and signs", (int)MAX_TOKENS);
            p->lexer.at = p->source->text.n;
            t = (Token){ .kind = TOKEN_BAD, .span = t.span };
        }
        t.line_before = t.line_before || broken;
        t.blank_before = t.blank_before || broken;
        vec_push(p->arena, &p->token, t);
    }
    return &p->token.at[i];
}

const Token *tok(Parser *p, size_t k)
{
    bool skip = in_brackets(p);
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

/* Drops the tokens that nobody looks back at: into fresh memory, since rules hold pointers to tokens. */
static void drop_read(Parser *p)
{
    size_t from = p->pos - 2, left = p->token.n - from;
    Token *fresh = arena_alloc(p->arena, (left + WINDOW) * sizeof *fresh);
    memcpy(fresh, p->token.at + from, left * sizeof *fresh);
    p->token.at = fresh;
    p->token.n = left;
    p->token.room = left + WINDOW;
    p->pos = 2;
}

void advance(Parser *p)
{
    if (in_brackets(p))
        while (raw(p, p->pos)->kind == TOKEN_NEWLINE)
            p->pos++;
    if (raw(p, p->pos)->kind != TOKEN_END)
        p->pos++;
    if (p->pos >= WINDOW && p->pos >= p->token.n - p->pos)
        drop_read(p);
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

bool enter(Parser *p)
{
    if (++p->nesting <= MAX_NESTING)
        return true;
    refuse(p, tok(p, 0)->span, "nested too deeply", NULL);
    return false;
}

bool open_bracket(Parser *p)
{
    Token bracket = *tok(p, 0);
    if (!enter(p))
        return false;
    advance(p);
    vec_push(p->arena, &p->open, bracket);
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
    p->nesting--;
    return true;
}

bool at_end_of_statement(Parser *p)
{
    const Token *t = tok(p, 0);
    return t->kind == TOKEN_END || t->kind == TOKEN_NEWLINE || token_is(t, ";") || token_is(t, "}");
}

/* ---- texts of the source ---------------------------------------------------------------------------------------------------- */

Str source_text(const Parser *p, Span span)
{
    return str_slice(p->source->text, span.start, span.end);
}

Str rest_of_line(const Parser *p, size_t from)
{
    Str    text = p->source->text;
    size_t end = from;
    while (end < text.n && text.s[end] != '\n' && text.s[end] != ';')
        end++;
    return str_trim(str_slice(text, from, end));
}

/* What stands at this place and one rule reads, for a hint; the fallback if it reads nothing. The parser is about to refuse. */
Str operand_text(Parser *p, Ast *(*rule)(Parser *), const char *fallback)
{
    Diag saved = *p->diag;
    bool quiet = p->quiet;
    p->quiet = true;
    Ast *t = saved.failed ? NULL : rule(p);
    *p->diag = saved;
    p->quiet = quiet;
    return t ? source_text(p, t->span) : str_of(fallback);
}

/* ---- refusals ----------------------------------------------------------------------------------------------------------------- */

static bool can_be_pasted(Parser *p, Str hint)
{
    while (hint.n) {
        size_t cut = 0;
        while (cut < hint.n && !str_starts(str_slice(hint, cut, hint.n), STR("  or  ")))
            cut++;
        Source source = { .text = str_slice(hint, 0, cut) };
        Diag   d = diag_new(p->arena);
        for (size_t at = 0; at < source.text.n;)
            if (!parse_quietly(p->arena, &d, &source, &at))
                return false;
        hint = str_slice(hint, cut + 6, hint.n);
    }
    return true;
}

void advise(Parser *p, const char *hint)
{
    diag_hint(p->diag, "%s", hint);
}

Ast *refuse(Parser *p, Span span, const char *message, const char *hint, ...)
{
    if (p->diag->failed)
        return NULL;
    diag_fail(p->diag, p->source, span, "%s", message);
    if (!hint || p->quiet)
        return NULL;
    va_list args;
    va_start(args, hint);
    Str h = str_vprintf(p->arena, hint, args);
    va_end(args);
    if (h.n <= LONGEST_HINT && !memchr(h.s, '\n', h.n) && can_be_pasted(p, h))
        advise(p, h.s);
    return NULL;
}

/* At the end of the text: does the line end in an operator? The end itself is the last token. */
static bool wants_more(Parser *p)
{
    size_t n = p->token.n;
    while (p->token.n && p->token.at[p->token.n - 1].kind == TOKEN_END)
        p->token.n--;
    bool more = line_goes_on(p);
    p->token.n = n;
    return more;
}

Ast *expected(Parser *p, const char *what)
{
    const Token *t = tok(p, 0);
    if (p->diag->failed)
        return NULL;
    if (t->kind == TOKEN_BAD) {
        Str hint = p->lexer.hint;
        return refuse(p, t->span, p->lexer.message.s, hint.n ? "%.*s" : NULL, STR_ARGS(hint));
    }
    if (t->kind != TOKEN_END && t->kind != TOKEN_NEWLINE) {
        diag_fail(p->diag, p->source, t->span, "expected %s, found %.*s", what, STR_ARGS(str_slice(source_text(p, t->span), 0, 40)));
        return NULL;
    }
    if (t->kind == TOKEN_END && p->open.n) {
        diag_fail(p->diag, p->source, p->open.at[p->open.n - 1].span, "this bracket is not closed");
        p->diag->unfinished = !p->embedded;
    } else if (t->kind == TOKEN_END && (p->embedded || wants_more(p))) {
        diag_fail(p->diag, p->source, t->span, "the line is not finished: expected %s", what);
        p->diag->unfinished = !p->embedded;
    } else {
        diag_fail(p->diag, p->source, t->span, "expected %s, found the end of the line", what);
    }
    return NULL;
}

bool name_is_free(Parser *p, const Token *name, bool index)
{
    if (!word_is_reserved(name->text) || (index && str_is(name->text, "i")))
        return true;
    refuse(p, name->span, str_printf(p->arena, "%.*s is a constant or a reserved word", STR_ARGS(name->text)).s, NULL);
    advise(p, "choose another name");
    return false;
}

bool names_differ(Parser *p, Ast *const *name, size_t n, AstKind kind, const char *message)
{
    static char present;
    Map         seen = map_new(p->arena);
    for (size_t i = 0; i < n; i++) {
        if (name[i]->kind != kind)
            continue;
        if (map_get(&seen, name[i]->text)) {
            refuse(p, name[i]->span, message, NULL);
            return false;
        }
        map_put(&seen, name[i]->text, &present);
    }
    return true;
}

/* ---- nodes -------------------------------------------------------------------------------------------------------------------- */

Ast *ast_node(Parser *p, AstKind kind, Span span, const AstList *children)
{
    Ast *t = arena_alloc(p->arena, sizeof *t);
    *t = (Ast){ .kind = kind, .span = span, .n = children->n };
    t->child = children->n ? arena_copy(p->arena, children->at, children->n * sizeof *children->at) : NULL;
    return t;
}

Ast *ast_with(Parser *p, AstKind kind, Span start, Ast *a, Ast *b, Ast *c)
{
    Ast *part[3] = { a, b, c };
    AstList list = { part, 0, 3 };
    Span    span = start;
    while (list.n < 3 && part[list.n])
        span = span_join(span, part[list.n++]->span);
    return ast_node(p, kind, span, &list);
}

Ast *ast_chain(Parser *p, AstKind kind, const AstList *children, const uint8_t *ops)
{
    Ast *t = ast_node(p, kind, span_join(children->at[0]->span, children->at[children->n - 1]->span), children);
    t->ops = ops ? arena_copy(p->arena, ops, children->n) : NULL;
    return t;
}

Ast *ast_leaf(Parser *p, AstKind kind, const Token *t)
{
    AstList none = { 0 };
    Ast    *leaf = ast_node(p, kind, t->span, &none);
    leaf->text = t->text;
    return leaf;
}

Ast *take_leaf(Parser *p, AstKind kind)
{
    Ast *t = ast_leaf(p, kind, tok(p, 0));
    advance(p);
    return t;
}
