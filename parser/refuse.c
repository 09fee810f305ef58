/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Refusals that look at more than one token: two things side by side, and the first words of other languages. */
#include "parser/parse_int.h"

#include "numeric/function.h"
#include "parser/suggest.h"

bool starts_operand(const Token *t)
{
    static const char *const words[] = { "and", "or", "then", "else", "in", "by", "at", "using", "within", "if", "not" };
    if (t->kind == TOKEN_NUMBER || t->kind == TOKEN_STRING)
        return true;
    if (t->kind == TOKEN_OP)
        return token_is(t, "(") || token_is(t, "[") || token_is(t, "√") || token_is(t, "∇");
    if (t->kind != TOKEN_NAME)
        return false;
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (token_is_word(t, words[i]))
            return false;
    return true;
}

static Str rest_of_line(const Parser *p, size_t from)
{
    Str    text = p->source->text;
    size_t end = from;
    while (end < text.n && text.s[end] != '\n' && text.s[end] != ';')
        end++;
    return str_trim(str_slice(text, from, end));
}

/* The last factor of what stands on the left: in 2 pi r the names are pi and r. */
static const Ast *last_factor(const Ast *t)
{
    while (t->kind == AST_BESIDE)
        t = t->child[1];
    return t;
}

Ast *refuse_side_by_side(Parser *p, Ast *left, Ast *right)
{
    const Ast *last = last_factor(left);
    Span       both = span_join(left->span, right->span);
    Str        l = source_text(p, last->span), r = source_text(p, right->span);
    if (last->kind == AST_NAME && !name_is_variable(last->text) && !word_is_reserved(last->text)) {
        Str argument = rest_of_line(p, right->span.start);
        if (str_is(last->text, "integrate") && argument.n > 3 && str_starts(str_slice(argument, argument.n - 3, argument.n), STR(" d")))
            return refuse(p, both, "no dx: the variable is an argument", "integrate(%.*s, %.*s)", (int)argument.n - 3, argument.s, 1, argument.s + argument.n - 1);
        return refuse(p, both, str_printf(p->arena, "%.*s needs brackets", STR_ARGS(last->text)).s, "%.*s(%.*s)", STR_ARGS(last->text), STR_ARGS(argument));
    }
    if (last->kind == AST_CALL && right->grouped)
        return refuse(p, both, "two readings", "%.*s*%.*s  or  %.*s at %.*s", STR_ARGS(l), STR_ARGS(r), STR_ARGS(l), STR_ARGS(r));
    const char *what = last->kind == AST_NAME && right->kind == AST_NAME ? "two names side by side"
                     : last->kind == AST_NUMBER && right->kind == AST_NUMBER ? "two numbers side by side" : "two values side by side";
    return refuse(p, both, what, "%.*s*%.*s", STR_ARGS(l), STR_ARGS(r));
}

/* ---- other languages -------------------------------------------------------------------------------------------------- */

typedef struct Foreign { const char *word, *message, *hint; } Foreign;

static const Foreign words[] = {
    { "def", "a function is defined without a word before it", "f(x) = x^2" },
    { "lambda", "an anonymous function has an arrow", "x |-> x^2" },
    { "import", "there is nothing to import", "lists are [1, 2]" },
    { "from", "there is nothing to import", "lists are [1, 2]" },
    { "let", "a value needs no word before it", "x = 1" },
    { "var", "a value needs no word before it", "x = 1" },
    { "const", "a value needs no word before it", "x = 1" },
    { "return", "the value of a block is that of its last statement", "f(x) = { y = x^2; y + 1 }" },
    { "elif", "else stands on the line of the }", "if a { } else if b { } else { }" },
};

static bool foreign(Parser *p, Span span, const char *message, const char *hint)
{
    refuse(p, span, message, "%s", hint);
    return true;
}

/* d/dx x^2 and dy/dx. */
static bool leibniz(Parser *p)
{
    Token d = *tok(p, 0), dx = *tok(p, 2);
    if (d.kind != TOKEN_NAME || d.text.s[0] != 'd' || d.text.n > 2 || !token_is(tok(p, 1), "/") || dx.kind != TOKEN_NAME || dx.text.n < 2 || dx.text.s[0] != 'd')
        return false;
    Str x = str_slice(dx.text, 1, dx.text.n);
    if (d.text.n == 2) {
        refuse(p, span_join(d.span, dx.span), "no dx: the variable is an argument", "diff(%.*s, %.*s)", 1, d.text.s + 1, STR_ARGS(x));
        return true;
    }
    Str rest = rest_of_line(p, dx.span.end);
    if (rest.n == 0)
        return false;
    refuse(p, span_join(d.span, dx.span), "no dx: the variable is an argument", "diff(%.*s, %.*s)", STR_ARGS(rest), STR_ARGS(x));
    return true;
}

/* lim x->0 sin(x)/x */
static bool spoken_limit(Parser *p)
{
    if ((!token_is_word(tok(p, 0), "lim") && !token_is_word(tok(p, 0), "limit")) || tok(p, 1)->kind != TOKEN_NAME || !token_is(tok(p, 2), "->"))
        return false;
    Token x = *tok(p, 1), a = *tok(p, 3);
    Str   rest = rest_of_line(p, a.span.end);
    refuse(p, tok(p, 0)->span, "limit needs brackets", "limit(%.*s, %.*s -> %.*s)", STR_ARGS(rest.n ? rest : STR("f")), STR_ARGS(x.text), STR_ARGS(source_text(p, a.span)));
    return true;
}

bool refuse_foreign(Parser *p)
{
    const Token *t = tok(p, 0), *next = tok(p, 1);
    if (t->kind != TOKEN_NAME)
        return false;
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (token_is_word(t, words[i].word) && (next->kind == TOKEN_NAME || (str_is(t->text, "lambda") && token_is(tok(p, 2), ":"))))
            return foreign(p, t->span, words[i].message, words[i].hint);
    if (token_is_word(t, "function") && next->kind == TOKEN_NAME && token_is(tok(p, 2), "(")) {
        size_t k = 3;
        while (tok(p, k)->kind != TOKEN_END && tok(p, k)->kind != TOKEN_NEWLINE && !token_is(tok(p, k), ")"))
            k++;
        if (token_is(tok(p, k), ")") && token_is(tok(p, k + 1), "="))
            return foreign(p, t->span, "no word stands before a definition", "f(x) = x^2");
    }
    return leibniz(p) || spoken_limit(p);
}
