/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Texts: pieces of characters and the expressions between { and }, which are parsed in place so that spans are those of the
 * line. No quote stands inside the braces, so texts do not nest. */
#include "parser/parse_int.h"

static Ast *text_piece(Parser *p, const Buf *b, Span span)
{
    AstList none = { 0 };
    Ast    *t = ast_node(p, AST_TEXT, span, &none);
    t->text = str_copy(p->arena, buf_str(b));
    return t;
}

static Ast *embedded(Parser *p, size_t start, size_t end)
{
    Source *source = arena_alloc(p->arena, sizeof *source);
    *source = (Source){ p->source->name, str_slice(p->source->text, 0, end) };
    Parser inner = { .arena = p->arena, .diag = p->diag, .source = p->source, .lexer = { .arena = p->arena, .source = source, .at = start },
                     .nesting = p->nesting, .embedded = true, .quiet = p->quiet };
    Ast   *e = parse_full(&inner);
    return e && tok(&inner, 0)->kind != TOKEN_END ? refuse_rest(&inner) : e;
}

/* The character that \c stands for; 0 if there is none. */
static char escaped(char c)
{
    return c == 'n' ? '\n' : c == 't' ? '\t' : c == '"' || c == '\\' || c == '{' || c == '}' ? c : 0;
}

Ast *parse_string(Parser *p)
{
    const Token t = *tok(p, 0);
    Str         s = t.text;
    AstList     list = { 0 };
    Buf         piece = buf_new(p->arena);
    advance(p);
    for (size_t i = 0; i < s.n; i++) {
        if (s.s[i] == '\\') {
            char c = ++i < s.n ? escaped(s.s[i]) : 0;
            if (!c)
                return refuse(p, t.span, "a text knows the escapes \\n \\t \\\" \\\\ \\{ \\}", NULL);
            buf_add_c(&piece, c);
        } else if (s.s[i] == '{') {
            size_t end = i + 1;
            while (end < s.n && s.s[end] != '}')
                end++;
            if (end == s.n)
                return refuse(p, t.span, "{ in a text is not closed: the character itself is \\{", NULL);
            vec_push(p->arena, &list, text_piece(p, &piece, t.span));
            piece = buf_new(p->arena);
            size_t base = t.span.start + 1;
            Ast   *e = embedded(p, base + i + 1, base + end);
            if (!e)
                return NULL;
            vec_push(p->arena, &list, e);
            i = end;
        } else {
            buf_add_c(&piece, s.s[i]);
        }
    }
    vec_push(p->arena, &list, text_piece(p, &piece, t.span));
    return ast_node(p, AST_STRING, t.span, &list);
}
