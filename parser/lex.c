/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Text to tokens (GRAMMAR 1). Synonyms of other alphabets are resolved; characters that the language does not read are
 * refused with the form to use, and never echoed raw. */
#include "parser/token.h"

#include <string.h>

enum { MAX_NAME = 255 };

bool token_is_word(const Token *t, const char *text) { return t->kind == TOKEN_NAME && str_is(t->text, text); }

static const char *const reserved[] = { "and", "or", "not", "if", "then", "else", "for", "while", "in", "by", "break", "next", "at",
    "using", "assert", "assume", "true", "false", "pi", "e", "i", "oo", "nan", "ans", "out" };

bool word_is_reserved(Str word)
{
    for (size_t i = 0; i < sizeof reserved / sizeof *reserved; i++)
        if (str_is(word, reserved[i]))
            return true;
    return false;
}

/* ---- characters ----------------------------------------------------------------------------------------------------- */

typedef struct Synonym { uint32_t c; const char *op; } Synonym;

static const Synonym operators[] = {
    { 0xd7, "*" }, { 0xb7, "*" }, { 0x22c5, "*" }, { 0xf7, "/" }, { 0x2212, "-" }, { 0x2264, "<=" }, { 0x2265, ">=" }, { 0x2260, "!=" },
    { 0x2192, "->" }, { 0x21a6, "|->" }, { 0xb2, "²" }, { 0xb3, "³" }, { 0x221a, "√" }, { 0x2207, "∇" },
};

static const struct { uint32_t c; const char *name; } letters[] = {
    { 0x3b1, "alpha" }, { 0x3b2, "beta" }, { 0x3b3, "gamma" }, { 0x3b4, "delta" }, { 0x3b5, "epsilon" }, { 0x3b6, "zeta" },
    { 0x3b7, "eta" }, { 0x3b8, "theta" }, { 0x3b9, "iota" }, { 0x3ba, "kappa" }, { 0x3bb, "lambda" }, { 0x3bc, "mu" }, { 0xb5, "mu" },
    { 0x3bd, "nu" }, { 0x3be, "xi" }, { 0x3bf, "omicron" }, { 0x3c0, "pi" }, { 0x3c1, "rho" }, { 0x3c3, "sigma" }, { 0x3c2, "sigma" },
    { 0x3c4, "tau" }, { 0x3c5, "upsilon" }, { 0x3c6, "phi" }, { 0x3d5, "phi" }, { 0x3c7, "chi" }, { 0x3c8, "psi" }, { 0x3c9, "omega" },
    { 0x393, "Gamma" }, { 0x394, "Delta" }, { 0x398, "Theta" }, { 0x39b, "Lambda" }, { 0x39e, "Xi" }, { 0x3a0, "Pi" },
    { 0x3a3, "Sigma" }, { 0x3a6, "Phi" }, { 0x3a8, "Psi" }, { 0x3a9, "Omega" }, { 0x221e, "oo" },
};

static const struct { uint32_t c; const char *message, *hint; } refused[] = {
    { 0x2202, "∂ is not read", "diff(f, x)" },
    { 0x222b, "∫ is not read", "integrate(f, x)" },
    { 0x2211, "∑ is not read", "sum(f, k = 1..n)" },
    { 0xb0, "degrees are not read", "sin(30*pi/180)" },
    { 0x201c, "typographic quotes are not read", "\"text\"" }, { 0x201d, "typographic quotes are not read", "\"text\"" },
    { '\\', "LaTeX is output only", "1/2  or  sqrt(x)" },
    { '$', "$ is not read", NULL }, { '@', "@ is not read", NULL }, { '`', "` is not read", NULL },
    { '?', "? asks for help, as the first character of a line only", "?limit" },
};

/* The lexer stops here; the parser complains only if it gets this far. */
static Token bad(Lexer *lex, size_t start, size_t end, const char *message, Str hint)
{
    lex->message = str_of(message);
    lex->hint = hint;
    lex->at = lex->source->text.n;
    return (Token){ .kind = TOKEN_BAD, .span = { (uint32_t)start, (uint32_t)end } };
}

static bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
static bool is_digit(char c)  { return c >= '0' && c <= '9'; }

static const char *letter_name(uint32_t c)
{
    for (size_t i = 0; i < sizeof letters / sizeof *letters; i++)
        if (letters[i].c == c)
            return letters[i].name;
    return NULL;
}

static char peek(const Lexer *lex, size_t ahead)
{
    size_t i = lex->at + ahead;
    return i < lex->source->text.n ? lex->source->text.s[i] : 0;
}

/* ---- blanks ---------------------------------------------------------------------------------------------------------- */

/* Skips blanks and a comment; says whether there were any. A newline is a token of its own. */
static bool skip_blanks(Lexer *lex)
{
    Str    text = lex->source->text;
    size_t start = lex->at;
    while (lex->at < text.n) {
        uint32_t c = 0;
        size_t   n = utf8_decode(text, lex->at, &c);
        bool     blank = c == ' ' || c == '\t' || c == '\r' || c == '\v' || c == '\f' || c == 0xa0 || c == 0xfeff || c == 0x202f || c == 0x2009;
        if (n && blank) {
            lex->at += n;
        } else if (c == '#') {
            while (lex->at < text.n && text.s[lex->at] != '\n')
                lex->at++;
        } else {
            break;
        }
    }
    return lex->at > start;
}

/* ---- names, numbers, strings ------------------------------------------------------------------------------------------ */

static Token make(Lexer *lex, TokenKind kind, size_t start, Str text)
{
    return (Token){ .kind = kind, .span = { (uint32_t)start, (uint32_t)lex->at }, .text = text };
}

static Str synonym_name(Str name)
{
    static const char *const pairs[][2] = { { "ln", "log" }, { "arcsin", "asin" }, { "arccos", "acos" }, { "arctan", "atan" } };
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++)
        if (str_is(name, pairs[i][0]))
            return str_of(pairs[i][1]);
    return name;
}

static Token lex_name(Lexer *lex)
{
    size_t start = lex->at;
    Str    text = lex->source->text;
    Buf    name = buf_new(lex->arena);
    while (lex->at < text.n) {
        uint32_t    c = 0;
        size_t      n = utf8_decode(text, lex->at, &c);
        const char *greek = letter_name(c);
        bool        first = lex->at == start;
        if (n == 1 && (is_letter((char)c) || (!first && (is_digit((char)c) || c == '_'))))
            buf_add_c(&name, (char)c);
        else if (greek && !(c == 0x221e && !first))
            buf_add_s(&name, greek);
        else
            break;
        lex->at += n;
        if (c == 0x221e)
            break;
    }
    if (lex->at - start > MAX_NAME)
        return bad(lex, start, start + 20, "a name has at most 255 characters", (Str){ 0 });
    return make(lex, TOKEN_NAME, start, synonym_name(buf_str(&name)));
}

static size_t skip_digits(Lexer *lex)
{
    size_t start = lex->at;
    while (is_digit(peek(lex, 0)))
        lex->at++;
    return lex->at - start;
}

static bool is_hex(char c) { return is_digit(c) || ((c | 32) >= 'a' && (c | 32) <= 'f'); }

static Str slice(const Lexer *lex, size_t start, size_t end) { return str_slice(lex->source->text, start, end); }

/* The letters and digits that stand at a place. */
static Str word_at(const Lexer *lex, size_t at)
{
    Str    text = lex->source->text;
    size_t end = at;
    while (end < text.n && (is_letter(text.s[end]) || is_digit(text.s[end]) || text.s[end] == '_'))
        end++;
    return slice(lex, at, end);
}

static Token no_exponent(Lexer *lex, size_t start, size_t mantissa)
{
    Str m = slice(lex, start, mantissa);
    return bad(lex, start, lex->at + 1, "the exponent is missing", str_printf(lex->arena, "%.*s*e  or  %.*se3", STR_ARGS(m), STR_ARGS(m)));
}

static Token lex_hexadecimal(Lexer *lex)
{
    size_t start = lex->at, points = 0;
    lex->at += 2;
    while (is_hex(peek(lex, 0)) || (peek(lex, 0) == '.' && is_hex(peek(lex, 1)))) {
        points += peek(lex, 0) == '.';
        lex->at++;
    }
    if (points > 1)
        return bad(lex, start, lex->at, "a number has one point", (Str){ 0 });
    if ((peek(lex, 0) | 32) == 'p') {
        lex->at++;
        if (peek(lex, 0) == '+' || peek(lex, 0) == '-')
            lex->at++;
        if (!skip_digits(lex))
            return bad(lex, start, lex->at, "the exponent is missing", STR("0x1.8p+3"));
    }
    return make(lex, TOKEN_NUMBER, start, slice(lex, start, lex->at));
}

/* 2. and 2.x and 1.e5: the digits behind the point are missing. */
static Token no_digits(Lexer *lex, size_t start)
{
    Str whole = slice(lex, start, lex->at), word = word_at(lex, lex->at + 1);
    bool power = word.n > 1 && (word.s[0] | 32) == 'e' && is_digit(word.s[1]);
    Str hint = str_printf(lex->arena, "%.*s%s%.*s", STR_ARGS(whole), power || !word.n ? "" : "*", STR_ARGS(word));
    return bad(lex, start, lex->at + 1, "digits are missing after the point", hint);
}

/* 1_000: the hint has the digits without their groups. */
static Token grouped(Lexer *lex, size_t start)
{
    Buf    b = buf_new(lex->arena);
    size_t end = lex->at;
    for (Str text = lex->source->text; end < text.n && (is_digit(text.s[end]) || text.s[end] == '_');)
        end++;
    for (size_t i = start; i < end; i++)
        if (lex->source->text.s[i] != '_')
            buf_add_c(&b, lex->source->text.s[i]);
    return bad(lex, start, end, "digits are not grouped", buf_str(&b));
}

static Token lex_number(Lexer *lex)
{
    size_t start = lex->at;
    if (peek(lex, 0) == '0' && (peek(lex, 1) | 32) == 'x' && is_hex(peek(lex, 2)))
        return lex_hexadecimal(lex);
    skip_digits(lex);
    if (peek(lex, 0) == '.' && peek(lex, 1) != '.') {
        bool spaced_op = peek(lex, 1) && strchr("*/^+-", peek(lex, 1));       /* 1./v is 1 ./ v */
        if (is_digit(peek(lex, 1))) {
            lex->at++;
            skip_digits(lex);
            if (peek(lex, 0) == '.' && is_digit(peek(lex, 1)))
                return bad(lex, start, lex->at + 2, "a number has one point", (Str){ 0 });
        } else if (!spaced_op) {
            return no_digits(lex, start);
        }
    }
    size_t mantissa = lex->at;
    if ((peek(lex, 0) | 32) == 'e') {
        size_t sign = peek(lex, 1) == '+' || peek(lex, 1) == '-';
        if (is_digit(peek(lex, 1 + sign))) {
            lex->at += 1 + sign;
            skip_digits(lex);
        } else if (!is_letter(peek(lex, 1)) && peek(lex, 1) != '^' && peek(lex, 1) != '_') {
            return no_exponent(lex, start, mantissa);
        }
    }
    if (peek(lex, 0) == '_')
        return grouped(lex, start);
    if (lex->at == start + 1 && lex->source->text.s[start] == '0' && is_letter(peek(lex, 0)) && peek(lex, 0) != 'e')
        return bad(lex, start, lex->at + 1, "0 directly before a name", str_printf(lex->arena, "0*%.*s", STR_ARGS(word_at(lex, lex->at))));
    return make(lex, TOKEN_NUMBER, start, slice(lex, start, lex->at));
}

static Token unreadable(Lexer *lex, uint32_t c, size_t n);

/* A text may hold any character but control characters; a tab is a blank. */
static Token lex_string(Lexer *lex)
{
    Str    text = lex->source->text;
    size_t start = lex->at++;
    int    depth = 0;
    while (lex->at < text.n) {
        uint32_t c = 0;
        size_t   n = utf8_decode(text, lex->at, &c);
        if (c == '\n' || (c == '\r' && peek(lex, 1) == '\n'))
            break;
        if (n == 0 || (c < 32 && c != '\t') || (c >= 0x7f && c < 0xa0))
            return unreadable(lex, c, n);
        lex->at += n;
        if (c == '\\' && depth == 0 && lex->at < text.n && peek(lex, 0) > 32)
            lex->at++;
        else if (c == '"')
            return make(lex, TOKEN_STRING, start, slice(lex, start + 1, lex->at - 1));
        depth += c == '{' ? 1 : c == '}' && depth ? -1 : 0;
    }
    return bad(lex, start, lex->at, "the text has no closing quote", (Str){ 0 });
}

/* ---- operators --------------------------------------------------------------------------------------------------------- */

static Token lex_operator(Lexer *lex)
{
    /* Longer ones first. Some are refused by the parser with the form to use: those of other languages. */
    static const char *const ops[] = { "|->", "...", "===", "!==", "->", "<-", "..", "<=", ">=", "==", "!=", "=>", "=<", "<>", "~=", ":=", "**",
        "//", "&&", "||", "+=", "-=", "*=", "/=", "++", ".*", "./", ".^", ".+", ".-", "+", "-", "*", "/", "^", "=", "<", ">", "!", "'", "(", ")",
        "[", "]", "{", "}", ",", ";", ":", ".", "~", "%", "&", "|" };
    Str text = lex->source->text;
    for (size_t i = 0; i < sizeof ops / sizeof *ops; i++) {
        Str op = str_of(ops[i]);
        if (ops[i][0] == text.s[lex->at] && str_starts(str_slice(text, lex->at, text.n), op)) {
            size_t start = lex->at;
            lex->at += op.n;
            return make(lex, TOKEN_OP, start, op);
        }
    }
    return (Token){ .kind = TOKEN_END };
}

static Token unreadable(Lexer *lex, uint32_t c, size_t n)
{
    size_t at = lex->at;
    if (n == 0)
        return bad(lex, at, at + 1, "this is no UTF-8 text", (Str){ 0 });
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++)
        if (refused[i].c == c)
            return bad(lex, at, at + n, refused[i].message, str_of(refused[i].hint));
    bool control = c < 32 || (c >= 0x7f && c < 0xa0);
    return bad(lex, at, at + n, str_printf(lex->arena, "the %scharacter U+%04X is not read", control ? "control " : "", c).s, (Str){ 0 });
}

static Token lex_visible(Lexer *lex)
{
    Str      text = lex->source->text;
    uint32_t c = 0;
    size_t   n = utf8_decode(text, lex->at, &c), start = lex->at;
    if (n == 1 && c == '\n') {
        lex->at++;
        return make(lex, TOKEN_NEWLINE, start, str_slice(text, start, start + 1));
    }
    if (n && (letter_name(c) || (n == 1 && is_letter((char)c))))
        return lex_name(lex);
    if (n == 1 && (is_digit((char)c) || (c == '.' && is_digit(peek(lex, 1)) && peek(lex, 1))))
        return lex_number(lex);
    if (n == 1 && c == '"')
        return lex_string(lex);
    for (size_t i = 0; i < sizeof operators / sizeof *operators; i++)
        if (n && operators[i].c == c) {
            lex->at += n;
            return make(lex, TOKEN_OP, start, str_of(operators[i].op));
        }
    Token t = n == 1 ? lex_operator(lex) : (Token){ .kind = TOKEN_END };
    return t.kind == TOKEN_END ? unreadable(lex, c, n) : t;
}

Token lex_token(Lexer *lex)
{
    bool blank = skip_blanks(lex);
    if (lex->at >= lex->source->text.n) {
        uint32_t end = (uint32_t)lex->source->text.n;
        return (Token){ .kind = TOKEN_END, .span = { end, end }, .blank_before = blank };
    }
    Token t = lex_visible(lex);
    t.blank_before = blank || t.span.start == 0;
    return t;
}
