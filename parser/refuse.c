/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Refusals that look at more than one token: operators and first words of other languages, two things side by side, braces
 * and bars, equations where a definition stands. Each says what is written instead, with the user's own names. */
#include "parser/parse_int.h"

#include "base/vec.h"
#include "numeric/function.h"
#include "parser/suggest.h"
#include "parser/words.h"

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

/* ---- operators of other languages ------------------------------------------------------------------------------------------------ */

typedef struct Foreign {
    const char  *op;
    ForeignLevel level;
    const char  *message, *hint;            /* the hint with both operands */
    Ast       *(*right)(Parser *);
    const char  *missing;                   /* stands for a right operand that is not there */
} Foreign;

static const Foreign operators[] = {
    { "**", FOREIGN_POWER, "a power is written ^", "%.*s^%.*s", parse_power, "2" },
    { "%", FOREIGN_PRODUCT, "a remainder is a function", "mod(%.*s, %.*s)", parse_power, "2" },
    { "//", FOREIGN_PRODUCT, "a quotient is rounded by a function", "floor(%.*s/%.*s)", parse_power, "2" },
    { "++", FOREIGN_SUM, "a value is changed with =", "+", parse_sum, "1" },
    { "+=", FOREIGN_SUM, "a value is changed with =", "+", parse_sum, "1" },
    { "-=", FOREIGN_SUM, "a value is changed with =", "-", parse_product, "1" },
    { "*=", FOREIGN_SUM, "a value is changed with =", "*", parse_signed, "2" },
    { "/=", FOREIGN_SUM, "a value is changed with =", "/", parse_power, "2" },
    { ":=", FOREIGN_RELATION, "a value is given with =", "%.*s = %.*s", parse_range, "1" },
    { "<-", FOREIGN_RELATION, "two readings", "%.*s < -%.*s", parse_sum, "1" },
    { "=>", FOREIGN_RELATION, "at least is written >=", "%.*s >= %.*s", parse_range, "1" },
    { "=<", FOREIGN_RELATION, "at most is written <=", "%.*s <= %.*s", parse_range, "1" },
    { "<>", FOREIGN_RELATION, "unequal is written !=", "%.*s != %.*s", parse_range, "1" },
    { "~=", FOREIGN_RELATION, "unequal is written !=", "%.*s != %.*s", parse_range, "1" },
    { "!==", FOREIGN_RELATION, "unequal is written !=", "%.*s != %.*s", parse_range, "1" },
    { "===", FOREIGN_RELATION, "== compares", "%.*s == %.*s", parse_range, "1" },
    { "...", FOREIGN_RELATION, "a range has two points", "%.*s..%.*s", parse_sum, "n" },
    { "&&", FOREIGN_LOGIC, "and is a word", "%.*s and %.*s", parse_relation, "true" },
    { "&", FOREIGN_LOGIC, "and is a word", "%.*s and %.*s", parse_relation, "true" },
    { "||", FOREIGN_LOGIC, "or is a word", "%.*s or %.*s", parse_relation, "true" },
    { "|", FOREIGN_LOGIC, "bars are not read", "%.*s or %.*s", parse_relation, "true" },
};

/* E[x | x > 1] */
static bool conditional_bar(Parser *p)
{
    return token_is(tok(p, 0), "|") && p->open.n && token_is(&p->open.at[p->open.n - 1], "[") && !p->in_list;
}

bool refuse_operator(Parser *p, const Ast *left, ForeignLevel level)
{
    const Token op = *tok(p, 0);
    if (op.kind != TOKEN_OP)
        return false;
    for (const Foreign *f = operators; f < operators + sizeof operators / sizeof *operators; f++) {
        if (f->level != level || !token_is(&op, f->op))
            continue;
        bool given = conditional_bar(p);
        Str  l = source_text(p, left->span);
        advance(p);
        Str  r = operand_text(p, f->right, f->missing);
        if (given) {
            refuse(p, op.span, f->message, NULL);
            advise(p, str_printf(p->arena, "given: %.*s", STR_ARGS(r)).s);
        } else if (f->hint[1] == 0) {                        /* x *= 2 */
            const char *blank = f->hint[0] == '+' || f->hint[0] == '-' ? " " : "";
            refuse(p, op.span, f->message, "%.*s = %.*s%s%s%s%.*s", STR_ARGS(l), STR_ARGS(l), blank, f->hint, blank, STR_ARGS(r));
        } else if (str_is(op.text, "<-")) {
            refuse(p, span_join(left->span, op.span), f->message, "%.*s < -%.*s  or  %.*s = %.*s", STR_ARGS(l), STR_ARGS(r), STR_ARGS(l), STR_ARGS(r));
        } else {
            refuse(p, op.span, f->message, f->hint, STR_ARGS(l), STR_ARGS(r));
        }
        return true;
    }
    return false;
}

/* |x - 1|: up to the bar that closes. */
Ast *refuse_bars(Parser *p)
{
    const Token bar = *tok(p, 0);
    Str         rest = rest_of_line(p, bar.span.end);
    size_t      n = 0;
    while (n < rest.n && rest.s[n] != '|')
        n++;
    return refuse(p, bar.span, "bars are not read", token_is(&bar, "||") ? "norm(%.*s)" : "abs(%.*s)", STR_ARGS(str_trim(str_slice(rest, 0, n))));
}

/* ---- two values side by side ------------------------------------------------------------------------------------------------------- */

/* The list that is being read, with the commas and semicolons that blanks and line breaks stood for. */
static Str mended_list(Parser *p)
{
    Lexer lex = { .arena = p->arena, .source = p->source, .at = p->open.at[p->open.n - 1].span.start };
    Buf   b = buf_new(p->arena);
    Token last = { 0 }, t;
    int   depth = 0;
    bool  broken = false;
    while ((t = lex_token(&lex)).kind != TOKEN_END && t.kind != TOKEN_BAD && b.n < 200) {
        if (t.kind == TOKEN_NEWLINE) {
            broken = true;
            continue;
        }
        bool after = last.kind == TOKEN_NUMBER || last.kind == TOKEN_NAME || last.kind == TOKEN_STRING || (last.kind == TOKEN_OP && (token_is(&last, ")") || token_is(&last, "]")));
        bool sign = (token_is(&t, "-") || token_is(&t, "+")) && lex.at < p->source->text.n && p->source->text.s[lex.at] > 32;
        bool new_entry = after && depth == 1 && t.blank_before && (starts_operand(&t) || sign);
        bool separator = b.n && (t.blank_before || broken) && t.kind != TOKEN_END && !token_is(&t, "]");
        buf_add_s(&b, new_entry ? (broken ? "; " : ", ") : separator ? " " : "");
        buf_add(&b, source_text(p, t.span));
        broken = false;
        depth += token_is(&t, "(") || token_is(&t, "[") ? 1 : token_is(&t, ")") || token_is(&t, "]") ? -1 : 0;
        if (depth == 0)
            return buf_str(&b);
        last = t;
    }
    buf_add_c(&b, ']');
    return buf_str(&b);
}

/* A factor on the next line: inside a list it starts a row. */
Ast *refuse_row_break(Parser *p, const Ast *left)
{
    const Token next = *tok(p, 0);
    if (p->in_list)
        return refuse(p, next.span, "rows are separated by ;", "%.*s", STR_ARGS(mended_list(p)));
    Str r = operand_text(p, parse_power, "y");
    return refuse(p, next.span, "no product over a line break", "%.*s*%.*s", STR_ARGS(source_text(p, left->span)), STR_ARGS(r));
}

/* integrate x^2 dx: the function, its argument, dx. */
static Ast *refuse_dx(Parser *p, Span both, Str f, Str argument)
{
    return refuse(p, both, "no dx: the variable is an argument", "%.*s(%.*s, %.*s)", STR_ARGS(f), STR_ARGS(str_trim(str_slice(argument, 0, argument.n - 2))), 1,
                  argument.s + argument.n - 1);
}

static bool ends_in_dx(Str s)
{
    return s.n > 3 && s.s[s.n - 3] == ' ' && s.s[s.n - 2] == 'd' && (s.s[s.n - 1] | 32) >= 'a' && (s.s[s.n - 1] | 32) <= 'z';
}

/* The last factor of what stands on the left: in 2 pi r the names are pi and r. */
static const Ast *last_factor(const Ast *t)
{
    return t->kind == AST_BESIDE && !t->grouped ? t->child[1] : t;
}

/* May it be the name of a function without its brackets: sin x, plot x^2? */
static bool is_spoken_function(const Ast *t)
{
    return t->kind == AST_NAME && !t->grouped && !word_is_reserved(t->text) && (fn_find(t->text) || !name_is_variable(t->text));
}

static const char *what_touches(const Ast *left, const Ast *right)
{
    if (left->grouped || right->grouped)
        return "two values side by side";
    if (left->kind == AST_NAME && right->kind == AST_NAME)
        return "two names side by side";
    return left->kind == AST_NUMBER && right->kind == AST_NUMBER ? "two numbers side by side" : "two values side by side";
}

/* A word that starts a statement and was nearly typed: shwo vars. */
static Str nearest_word(const Parser *p, Str typed)
{
    VEC(Str) known = { 0 };
    for (const WordRow *row = word_rows; row->name; row++)
        if (row->complete)
            vec_push(p->arena, &known, str_of(row->name));
    return suggest_nearest(typed, known.at, known.n);
}

/* 5 mod 3, as some languages write it; NULL: the word between the two is none of these. */
static Ast *refuse_infix_word(Parser *p, const Ast *left, const Ast *word, const Ast *right)
{
    static const struct { const char *word, *before, *between, *behind; } rows[] = {
        { "mod", "mod(", ", ", ")" }, { "rem", "mod(", ", ", ")" }, { "div", "floor(", "/", ")" }, { "choose", "binomial(", ", ", ")" }
    };
    Str l = str_trim(source_text(p, (Span){ left->span.start, word->span.start })), r = source_text(p, right->span);
    for (size_t i = 0; l.n && i < sizeof rows / sizeof *rows; i++)
        if (str_is(word->text, rows[i].word))
            return refuse(p, word->span, str_printf(p->arena, "%.*s does not stand between its arguments", STR_ARGS(word->text)).s,
                          "%s%.*s%s%.*s%s", rows[i].before, STR_ARGS(l), rows[i].between, STR_ARGS(r), rows[i].behind);
    return NULL;
}

Ast *refuse_side_by_side(Parser *p, Ast *left, Ast *right)
{
    const Ast *last = last_factor(left);
    Span       both = span_join(left->span, right->span);
    Str        l = source_text(p, last->span), r = source_text(p, right->span);
    Ast       *infix = last->kind == AST_NAME ? refuse_infix_word(p, left, last, right) : NULL;
    if (infix)
        return infix;
    if (is_spoken_function(last)) {
        Str argument = rest_of_line(p, right->span.start);
        Str word = last->text.n < 4 || fn_find(last->text) ? (Str){ 0 } : nearest_word(p, last->text);
        if (word.n)
            return refuse(p, last->span, str_printf(p->arena, "unknown word %.*s", STR_ARGS(last->text)).s, "%.*s %.*s", STR_ARGS(word), STR_ARGS(argument));
        if (ends_in_dx(argument) && !fn_find(last->text))
            return refuse_dx(p, both, last->text, argument);
        Str more = starts_operand(tok(p, 0)) ? operand_text(p, parse_power, "") : (Str){ 0 };
        if (more.n)                                           /* cos 2x */
            r = source_text(p, (Span){ right->span.start, (uint32_t)(more.s + more.n - p->source->text.s) });
        return refuse(p, both, str_printf(p->arena, "%.*s needs brackets", STR_ARGS(last->text)).s, "%.*s(%.*s)", STR_ARGS(last->text), STR_ARGS(r));
    }
    if (p->in_list)
        return refuse(p, both, "entries are separated by commas", "%.*s", STR_ARGS(mended_list(p)));
    if (last->kind == AST_CALL && right->grouped)
        return refuse(p, both, "two readings", "%.*s*%.*s  or  %.*s at %.*s", STR_ARGS(l), STR_ARGS(r), STR_ARGS(l), STR_ARGS(r));
    return refuse(p, both, what_touches(last, right), "%.*s*%.*s", STR_ARGS(l), STR_ARGS(r));
}

/* ---- braces --------------------------------------------------------------------------------------------------------------------------- */

/* The text between this { and its }, on one line; empty if there is none. */
static Str braced(Parser *p)
{
    Str    rest = rest_of_line(p, tok(p, 0)->span.end);
    size_t n = 0;
    while (n < rest.n && rest.s[n] != '}' && rest.s[n] != '{')
        n++;
    return n < rest.n && rest.s[n] == '}' ? str_trim(str_slice(rest, 0, n)) : (Str){ 0 };
}

Ast *refuse_braces(Parser *p)
{
    Str inner = braced(p);
    if (inner.n && !memchr(inner.s, ':', inner.n))
        return refuse(p, tok(p, 0)->span, "braces open blocks", "[%.*s]", STR_ARGS(inner));
    return refuse(p, tok(p, 0)->span, "braces open blocks", "if x < 0 then -x else x");
}

/* Up to a comma outside brackets; *rest is what follows it. */
static Str next_case(Str s, Str *rest)
{
    int    depth = 0;
    size_t n = 0;
    for (; n < s.n && (depth || s.s[n] != ','); n++)
        depth += s.s[n] == '(' || s.s[n] == '[' ? 1 : s.s[n] == ')' || s.s[n] == ']' ? -1 : 0;
    *rest = str_slice(s, n + 1, s.n);
    return str_trim(str_slice(s, 0, n));
}

/* "x < 0: -x" to its condition and value; without a colon the whole is the value. */
static Str value_of_case(Str s, Str *condition)
{
    const char *colon = memchr(s.s, ':', s.n);
    *condition = colon ? str_trim(str_slice(s, 0, (size_t)(colon - s.s))) : (Str){ 0 };
    return colon ? str_trim(str_slice(s, (size_t)(colon - s.s) + 1, s.n)) : s;
}

Ast *refuse_cases(Parser *p, Str head)
{
    Buf b = buf_new(p->arena);
    Str rest = braced(p), condition;
    buf_printf(&b, "%.*s = ", STR_ARGS(head));
    for (bool first = true; rest.n; first = false) {
        Str value = value_of_case(next_case(rest, &rest), &condition);
        if (!first)
            buf_add_s(&b, " else ");
        if (rest.n)
            buf_printf(&b, "if %.*s then %.*s", STR_ARGS(condition), STR_ARGS(value));
        else
            buf_add(&b, value);
    }
    return refuse(p, tok(p, 0)->span, "braces open blocks", "%.*s", STR_ARGS(buf_str(&b)));
}

/* ---- first words of other languages ------------------------------------------------------------------------------------------------------ */

/* def f(x): x^2, function f(x) = x^2: the definition without the word. */
static bool spoken_definition(Parser *p)
{
    const Token word = *tok(p, 0);
    bool        def = token_is_word(&word, "def");
    if ((!def && !token_is_word(&word, "function")) || tok(p, 1)->kind != TOKEN_NAME || !token_is(tok(p, 2), "("))
        return false;
    size_t k = 3;
    while (tok(p, k)->kind != TOKEN_END && tok(p, k)->kind != TOKEN_NEWLINE && !token_is(tok(p, k), ")"))
        k++;
    const Token *behind = tok(p, k + 1);
    if (!def && !token_is(behind, "="))
        return false;
    Str head = source_text(p, (Span){ tok(p, 1)->span.start, tok(p, k)->span.end }), body = rest_of_line(p, behind->span.end);
    if (str_starts(body, STR("return ")))
        body = str_slice(body, 7, body.n);
    refuse(p, word.span, "no word stands before a definition", "%.*s = %.*s", STR_ARGS(head), STR_ARGS(body));
    return true;
}

/* lambda x, y: x*y */
static bool spoken_lambda(Parser *p)
{
    const Token word = *tok(p, 0);
    size_t      k = 1;
    if (!token_is_word(&word, "lambda") || tok(p, 1)->kind != TOKEN_NAME)
        return false;
    while (tok(p, k)->kind == TOKEN_NAME && token_is(tok(p, k + 1), ","))
        k += 2;
    if (!token_is(tok(p, k + 1), ":"))
        return false;
    Str names = source_text(p, (Span){ tok(p, 1)->span.start, tok(p, k)->span.end }), body = rest_of_line(p, tok(p, k + 1)->span.end);
    refuse(p, word.span, "an anonymous function has an arrow", k > 1 ? "(%.*s) |-> %.*s" : "%.*s |-> %.*s", STR_ARGS(names), STR_ARGS(body));
    return true;
}

typedef struct Word { const char *word, *message, *hint; } Word;

static const Word words[] = {
    { "import", "there is nothing to import: lists are [1, 2]", "[1, 2]" },
    { "from", "there is nothing to import: lists are [1, 2]", "[1, 2]" },
    { "let", "a value needs no word before it", NULL },
    { "var", "a value needs no word before it", NULL },
    { "const", "a value needs no word before it", NULL },
    { "return", "the value of a block is that of its last statement", "f(x) = { y = x^2; y + 1 }" },
    { "elif", "else stands on the line of the }", "if a { } else if b { } else { }" },
};

static bool foreign_word(Parser *p)
{
    const Token word = *tok(p, 0);
    if (tok(p, 1)->kind != TOKEN_NAME)
        return false;
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (!token_is_word(&word, words[i].word))
            continue;
        Str rest = rest_of_line(p, tok(p, 1)->span.start);
        refuse(p, word.span, words[i].message, "%.*s", STR_ARGS(words[i].hint ? str_of(words[i].hint) : rest));
        return true;
    }
    return false;
}

/* d/dx x^2 and dy/dx. */
static bool leibniz(Parser *p)
{
    Token d = *tok(p, 0), dx = *tok(p, 2);
    if (d.kind != TOKEN_NAME || d.text.s[0] != 'd' || d.text.n > 2 || !token_is(tok(p, 1), "/") || dx.kind != TOKEN_NAME || dx.text.n < 2 || dx.text.s[0] != 'd')
        return false;
    Str x = str_slice(dx.text, 1, dx.text.n), rest = rest_of_line(p, dx.span.end);
    Str y = d.text.n == 2 ? str_slice(d.text, 1, 2) : rest;
    if (y.n == 0 || !name_is_variable(x))
        return false;
    refuse(p, span_join(d.span, dx.span), "no dx: the variable is an argument", "diff(%.*s, %.*s)", STR_ARGS(y), STR_ARGS(x));
    return true;
}

/* lim x->0 sin(x)/x */
static bool spoken_limit(Parser *p)
{
    if ((!token_is_word(tok(p, 0), "lim") && !token_is_word(tok(p, 0), "limit")) || tok(p, 1)->kind != TOKEN_NAME || !token_is(tok(p, 2), "->"))
        return false;
    const Token word = *tok(p, 0), x = *tok(p, 1);
    for (int i = 0; i < 3; i++)
        advance(p);
    Str a = operand_text(p, parse_power, "0"), rest = rest_of_line(p, (size_t)(a.s + a.n - p->source->text.s));
    if (a.s < p->source->text.s || a.s > p->source->text.s + p->source->text.n)
        rest = (Str){ 0 };
    refuse(p, word.span, "limit needs brackets", "limit(%.*s, %.*s -> %.*s)", STR_ARGS(rest.n ? rest : STR("f")), STR_ARGS(x.text), STR_ARGS(a));
    return true;
}

bool refuse_foreign(Parser *p)
{
    return tok(p, 0)->kind == TOKEN_NAME && (spoken_definition(p) || spoken_lambda(p) || foreign_word(p) || leibniz(p) || spoken_limit(p));
}

/* ---- what stands behind a whole statement -------------------------------------------------------------------------------------------------- */

/* f(2) = 5, sin(x) = 2: what looks like a definition but is an equation. The variable is the first that the left side has. */
Ast *refuse_equation(Parser *p, Span span, const char *message, Str left)
{
    Source source = { .text = left };
    Lexer  lex = { .arena = p->arena, .source = &source };
    Str    variable = STR("x");
    bool   found = false;
    for (Token t; (t = lex_token(&lex)).kind != TOKEN_END && t.kind != TOKEN_BAD;)
        if (t.kind == TOKEN_NAME && name_is_variable(t.text) && !word_is_reserved(t.text) && (!found || str_is(t.text, "x")) && !(lex.at < left.n && left.s[lex.at] == '(')) {
            variable = t.text;
            found = true;
        }
    Str all = rest_of_line(p, span.start);
    return refuse(p, span, message, "solve(%.*s, %.*s)", STR_ARGS(all), STR_ARGS(variable));
}

/* 3,14 and x = 1, y = 2 */
static Ast *refuse_comma(Parser *p)
{
    const Token comma = *tok(p, 0), next = *tok(p, 1), *before = p->pos ? &p->token.at[p->pos - 1] : &comma;
    size_t      start = comma.span.start;
    Str         text = p->source->text;
    while (start > 0 && text.s[start - 1] != '\n' && text.s[start - 1] != ';')
        start--;
    Str  left = str_trim(str_slice(text, start, comma.span.start)), right = rest_of_line(p, comma.span.end);
    bool decimal = before->kind == TOKEN_NUMBER && next.kind == TOKEN_NUMBER && !next.blank_before;
    bool two = next.kind == TOKEN_NAME && token_is(tok(p, 2), "=");
    return refuse(p, comma.span, "a comma belongs to nothing here", decimal ? "%.*s.%.*s" : two ? "%.*s; %.*s" : right.n ? "(%.*s, %.*s)" : NULL, STR_ARGS(left), STR_ARGS(right));
}

Ast *refuse_rest(Parser *p)
{
    const Token t = *tok(p, 0);
    if (token_is(&t, ","))
        return refuse_comma(p);
    if (token_is(&t, ")") || token_is(&t, "]") || token_is(&t, "}"))
        return refuse(p, t.span, "this bracket was not opened", NULL);
    if (token_is(&t, "->")) {
        const Token *x = p->pos ? &p->token.at[p->pos - 1] : &t;
        advance(p);
        Str a = operand_text(p, parse_sum, "0");
        return refuse(p, t.span, "an arrow is an argument of limit", "limit(f, %.*s -> %.*s)", STR_ARGS(source_text(p, x->span)), STR_ARGS(a));
    }
    if (token_is(&t, "~"))
        return refuse(p, t.span, "names stand on the left of ~", "x ~ normal(0, 1)");
    return expected(p, p->embedded ? "}" : "the end of the statement");
}
