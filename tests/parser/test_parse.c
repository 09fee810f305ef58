/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The grammar by its cases (tests/cases/grammar.txt: refusals, parse.txt: trees), and its laws: a hint can be pasted, the
 * text of a tree gives the tree back, long lines cost linear time and deep ones are refused. */
#include "base/rng.h"
#include "parser/parse.h"
#include "tests/parser/ast_text.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static Ast *parse_in(Arena *a, Diag *d, Str text, ParseMode mode, size_t *at)
{
    Source *source = arena_alloc(a, sizeof *source);
    source->text = text;
    *at = 0;
    *d = diag_new(a);
    return parse_statement(a, d, source, at, mode);
}

static Ast *parse(Arena *a, Diag *d, Str text)
{
    size_t at;
    return parse_in(a, d, text, (ParseMode){ .prompt = true }, &at);
}

/* ---- cases ---------------------------------------------------------------------------------------------------------------- */

typedef struct Case { Str input, answer; size_t line; } Case;

/* \n and \xHH stand for bytes; any other backslash for itself. */
static Str unescape(Arena *a, Str s)
{
    Buf b = buf_new(a);
    for (size_t i = 0; i < s.n; i++) {
        bool escape = s.s[i] == '\\' && i + 1 < s.n;
        if (escape && s.s[i + 1] == 'n') {
            buf_add_c(&b, '\n');
            i++;
        } else if (escape && s.s[i + 1] == 'x' && i + 3 < s.n) {
            char hex[3] = { s.s[i + 2], s.s[i + 3], 0 };
            buf_add_c(&b, (char)strtol(hex, NULL, 16));
            i += 3;
        } else {
            buf_add_c(&b, s.s[i]);
        }
    }
    return buf_str(&b);
}

static Str between(Str s, const char *start, const char *end)
{
    const char *from = start ? strstr(s.s, start) : s.s;
    if (!from)
        return (Str){ 0 };
    from += start ? strlen(start) : 0;
    const char *to = end ? strstr(from, end) : NULL;
    return str_trim((Str){ from, to ? (size_t)(to - from) : strlen(from) });
}

static void each_case(const char *name, void (*check)(Arena *, Case))
{
    const char *root = getenv("NABLA_SOURCE");
    char        path[1024], *line = NULL;
    size_t      room = 0, number = 0;
    snprintf(path, sizeof path, "%s/tests/cases/%s", root ? root : ".", name);
    FILE *f = fopen(path, "r");
    cr_assert(f, "%s", path);
    while (getline(&line, &room, f) > 0) {
        Arena *a = arena_new();
        Str    text = str_copy(a, str_trim(str_of(line)));
        number++;
        if (text.n && text.s[0] != '#') {
            cr_assert(strstr(text.s, " => "), "%s:%zu", name, number);
            check(a, (Case){ unescape(a, between(text, NULL, " => ")), str_copy(a, between(text, " => ", NULL)), number });
        }
        arena_delete(a);
    }
    free(line);
    fclose(f);
}

static bool contains(Arena *a, Str whole, Str part)
{
    return part.n == 0 || strstr(str_copy(a, whole).s, str_copy(a, part).s);
}

static void check_hint_can_be_pasted(Arena *a, Str hint, size_t line)
{
    static const char *const words[] = { "given: ", "choose another name" };      /* a piece of a call, advice */
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (str_starts(hint, str_of(words[i])))
            return;
    for (char *rest = (char *)str_copy(a, hint).s, *next; rest; rest = next) {
        Diag d;
        next = strstr(rest, "  or  ");
        Str one = { rest, next ? (size_t)(next - rest) : strlen(rest) };
        next = next ? next + 6 : NULL;
        cr_expect(parse(a, &d, one), "grammar.txt:%zu: hint %.*s: %.*s", line, STR_ARGS(one), STR_ARGS(d.message));
    }
}

static void check_refusal(Arena *a, Case c)
{
    bool   file = str_starts(c.input, STR("[file] "));
    Str    text = file ? str_slice(c.input, 7, c.input.n) : c.input;
    Diag   d;
    size_t at;
    Ast   *t = parse_in(a, &d, text, (ParseMode){ .prompt = !file }, &at);
    cr_expect(!t, "grammar.txt:%zu: %.*s was read", c.line, STR_ARGS(text));
    if (t)
        return;
    bool unfinished = str_is(c.answer, "unfinished");
    cr_expect(d.unfinished == unfinished, "grammar.txt:%zu: %.*s", c.line, STR_ARGS(d.message));
    cr_expect(d.span.start <= d.span.end && d.span.end <= text.n && at <= text.n, "grammar.txt:%zu", c.line);
    if (unfinished)
        return;
    Str message = between(c.answer, "error: ", "; hint: "), hint = between(c.answer, "; hint: ", NULL);
    cr_expect(contains(a, d.message, message), "grammar.txt:%zu: message %.*s", c.line, STR_ARGS(d.message));
    cr_expect(hint.n ? str_eq(str_trim(d.hint), hint) : d.hint.n == 0, "grammar.txt:%zu: hint %.*s", c.line, STR_ARGS(d.hint));
    if (d.hint.n)
        check_hint_can_be_pasted(a, d.hint, c.line);
}

static void check_tree(Arena *a, Case c)
{
    Diag d;
    Ast *t = parse(a, &d, c.input);
    cr_expect(t, "parse.txt:%zu: %.*s: %.*s", c.line, STR_ARGS(c.input), STR_ARGS(d.message));
    if (!t)
        return;
    Str  text = ast_text(a, t), expected = unescape(a, c.answer);
    Ast *again = parse(a, &d, text);
    cr_expect(str_eq(text, expected), "parse.txt:%zu: %.*s", c.line, STR_ARGS(text));
    cr_expect(again, "parse.txt:%zu: %.*s does not parse", c.line, STR_ARGS(text));
    if (again) {
        again->hidden = t->hidden;
        cr_expect(ast_same(t, again), "parse.txt:%zu: %.*s is another tree", c.line, STR_ARGS(text));
    }
}

Test(parse, refusals) { each_case("grammar.txt", check_refusal); }
Test(parse, trees)    { each_case("parse.txt", check_tree); }

/* ---- statements one after the other ---------------------------------------------------------------------------------------- */

/* All statements of a text, joined by | ; E a refused line, a dot behind a hidden result. */
static Str all_statements(Arena *a, const char *text)
{
    Source source = { .text = str_of(text) };
    Buf    b = buf_new(a);
    for (size_t at = 0; at < source.text.n;) {
        Diag   d = diag_new(a);
        size_t before = at;
        Ast   *t = parse_statement(a, &d, &source, &at, (ParseMode){ false });
        cr_assert(at > before, "no progress in %s", text);
        if (t && t->kind == AST_EMPTY)
            break;
        buf_add_s(&b, b.n ? "|" : "");
        buf_add(&b, t ? ast_text(a, t) : STR("E"));
        buf_add_s(&b, t && t->hidden ? "." : "");
    }
    return buf_str(&b);
}

Test(parse, separators_and_recovery)
{
    static const char *const rows[][2] = {
        { "a; b\nc", "a.|b|c" },
        { "\n\n# a comment\na # another\n\n;b;", "a|b." },
        { "x y z\na", "E|a" },
        { "x y; z\na", "E|a" },
        { "\xef\xbb\xbf""a\r\nb\xc2\xa0+ c\r\n", "a|b + c" },
        { "a +\n  # comment\n  b\nc", "a + b|c" },
        { "f(a,\n  b)\nc", "f(a, b)|c" },
        { "assume x > 0,\n  n integer\nc", "assume x > 0, n integer|c" },
        { "r.at\nc", "r.at|c" },
        { "5!\nc", "5!|c" },
        { "y'\nc", "y'|c" },
        { "(1 + 2\n3 4)\nc", "E|c" },
        { "if a { 1 } else { 2 }\nc", "if a { 1 } else { 2 }|c" },
    };
    Arena *a = arena_new();
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        Str got = all_statements(a, rows[i][0]);
        cr_expect(str_is(got, rows[i][1]), "%s: %.*s", rows[i][0], STR_ARGS(got));
    }
    arena_delete(a);
}

Test(parse, the_leftmost_error_wins)
{
    static const struct { const char *text; uint32_t start; } rows[] = {
        { "x y + 1.2.3", 0 }, { "1/2x + @", 0 }, { "f(2 3, @)", 2 }, { "5!=@", 0 }, { "2(3 4(5 6))", 2 }, { "1/2(3 4)", 0 },
    };
    Arena *a = arena_new();
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        Diag d;
        cr_expect(!parse(a, &d, str_of(rows[i].text)), "%s", rows[i].text);
        cr_expect(d.span.start == rows[i].start, "%s: %u, %.*s", rows[i].text, d.span.start, STR_ARGS(d.message));
    }
    arena_delete(a);
}

/* ---- size and depth ----------------------------------------------------------------------------------------------------------- */

static Str repeated(Arena *a, size_t n, const char *open, const char *middle, const char *close)
{
    Buf b = buf_new(a);
    for (size_t i = 0; i < n; i++)
        buf_add_s(&b, open);
    buf_add_s(&b, middle);
    for (size_t i = 0; i < n; i++)
        buf_add_s(&b, close);
    return buf_str(&b);
}

Test(parse, long_chains_are_flat)
{
    static const char *const link[] = { "1+", "2*", "x-", "x and ", "x or ", "1 < ", "2/-" };
    for (size_t i = 0; i < sizeof link / sizeof *link; i++) {
        Arena *a = arena_new();
        Diag   d;
        Ast   *t = parse(a, &d, repeated(a, 200000, link[i], "1", ""));
        cr_expect(t && t->n == 200001, "%s", link[i]);
        arena_delete(a);
    }
}

Test(parse, memory_is_linear)
{
    Arena *text = arena_new(), *a = arena_new();
    Diag   d;
    Str    line = repeated(text, 500000, "1+", "1", "");
    cr_expect(parse(a, &d, line) != NULL);
    cr_expect(arena_bytes(a) < 120 * line.n, "%zu bytes a character", arena_bytes(a) / line.n);
    arena_delete(a);
    arena_delete(text);
}

Test(parse, nesting_is_bounded)
{
    static const char *const shape[][3] = {
        { "(", "1", ")" }, { "[", "1", "]" }, { "sin(", "1", ")" }, { "-", "1", "" }, { "2^", "1", "" }, { "2^-", "1", "" }, { "not ", "x", "" },
        { "√", "1", "" }, { "x |-> ", "1", "" }, { "if a then b else ", "c", "" }, { "if a { ", "b", " }" }, { "v[", "1", "]" },
        { "steps ", "2 + 3", "" }, { "if a { b } else ", "{ c }", "" }, { "f(a: ", "1", ")" }, { "x", "", "[1]" }, { "(x)", "", "" },
    };
    for (size_t i = 0; i < sizeof shape / sizeof *shape; i++) {
        Arena *a = arena_new();
        Diag   d;
        bool   right_only = shape[i][1][0] == 0 && shape[i][2][0];
        Str    deep = repeated(a, right_only ? 1 : 100000, shape[i][0], shape[i][1], "");
        deep = right_only ? repeated(a, 100000, "", "x", shape[i][2]) : repeated(a, 100000, shape[i][0], shape[i][1], shape[i][2]);
        cr_expect(!parse(a, &d, deep), "%s", shape[i][0]);
        cr_expect(!d.unfinished && (contains(a, d.message, STR("deeply")) || contains(a, d.message, STR("too many"))), "%s: %.*s", shape[i][0], STR_ARGS(d.message));
        if (shape[i][1][0])
            cr_expect(parse(a, &d, repeated(a, 240, shape[i][0], shape[i][1], shape[i][2])), "%s: %.*s", shape[i][0], STR_ARGS(d.message));
        arena_delete(a);
    }
    Arena *a = arena_new();
    Diag   d;
    cr_expect(parse(a, &d, repeated(a, 500, "(", "1", ")")) != NULL);
    cr_expect(!parse(a, &d, repeated(a, 501, "(", "1", ")")));
    arena_delete(a);
}

Test(parse, many_names_cost_linear_time)
{
    Arena *a = arena_new();
    Diag   d;
    Buf    names = buf_new(a), record = buf_new(a);
    for (int i = 0; i < 50000; i++) {
        buf_printf(&names, "%sx%d", i ? ", " : "(", i);
        buf_printf(&record, "%sx%d = 1", i ? ", " : "(", i);
    }
    buf_add_s(&names, ") |-> x1");
    buf_add_c(&record, ')');
    cr_expect(parse(a, &d, buf_str(&names)) != NULL);
    cr_expect(parse(a, &d, buf_str(&record)) != NULL);
    arena_delete(a);
}

Test(parse, messages_hold_no_control_characters)
{
    static const char *const rows[] = { "\x1b[31m1", "1 \"\x1b[31m\"", "\"\302\233\"", "\xc2\x9b 1", "x \a y", "1 2 \x1b", "\xff\xff", "\"a\xff\"", "f(\x01)" };
    Arena *a = arena_new();
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        Diag d;
        cr_expect(!parse(a, &d, str_of(rows[i])), "row %zu", i);
        for (size_t k = 0; k < d.message.n + d.hint.n; k++) {
            unsigned char c = (unsigned char)(k < d.message.n ? d.message.s[k] : d.hint.s[k - d.message.n]);
            cr_expect(c >= 32 && c != 127, "row %zu: %02x", i, c);
        }
    }
    arena_delete(a);
}

/* ---- random trees ---------------------------------------------------------------------------------------------------------------- */

typedef struct Grower {
    Arena *arena;
    Rng    rng;
} Grower;

static Ast *grow(Grower *g, int depth);

static Ast *grown(Grower *g, AstKind kind, int op, size_t n)
{
    Ast *t = arena_alloc(g->arena, sizeof *t);
    *t = (Ast){ .kind = kind, .op = op, .n = n, .child = arena_array(g->arena, Ast *, n + 1) };
    return t;
}

static Ast *grow_leaf(Grower *g)
{
    static const char *const names[] = { "x", "y", "lambda", "u_xt", "f", "pi", "e", "rate", "x1" };
    static const char *const numbers[] = { "0", "1", "12", "0.5", "2e3", "0x1.8p+3", ".5" };
    bool name = rng_below(&g->rng, 2);
    Ast *t = grown(g, name ? AST_NAME : AST_NUMBER, 0, 0);
    t->text = str_of(name ? names[rng_below(&g->rng, 9)] : numbers[rng_below(&g->rng, 7)]);
    return t;
}

static Ast *grow_name(Grower *g)
{
    Ast *t = grown(g, AST_NAME, 0, 0);
    t->text = rng_below(&g->rng, 2) ? STR("x") : STR("velocity");
    return t;
}

static Ast *grow_with(Grower *g, AstKind kind, int op, size_t n, int depth)
{
    Ast *t = grown(g, kind, op, n);
    for (size_t i = 0; i < n; i++)
        t->child[i] = grow(g, depth - 1);
    return t;
}

static Ast *grow_chain(Grower *g, AstKind kind, int low, int high, int depth)
{
    size_t   n = 2 + rng_below(&g->rng, 3);
    Ast     *t = grow_with(g, kind, 0, n, depth);
    uint8_t *ops = arena_alloc(g->arena, n);
    for (size_t i = 0; i < n; i++)
        ops[i] = (uint8_t)(low + (int)rng_below(&g->rng, (uint64_t)(high - low) + 1));
    t->ops = ops;
    return t;
}

static Ast *grow_relation(Grower *g, int depth)
{
    static const uint8_t ways[][2] = { { OP_LT, OP_LE }, { OP_GT, OP_GE }, { OP_EQ, OP_LT }, { OP_EQUATION, 0 }, { OP_NE, 0 } };
    const uint8_t *ops = ways[rng_below(&g->rng, 5)];
    Ast           *t = grow_with(g, AST_RELATION, 0, ops[1] ? 3 : 2, depth);
    t->ops = ops;
    return t;
}

static Ast *grow_call(Grower *g, int depth)
{
    Ast *t = grow_with(g, AST_CALL, 0, 1 + rng_below(&g->rng, 4), depth);
    t->child[0] = grow_name(g);
    if (rng_below(&g->rng, 3) == 0) {
        Ast *prime = grown(g, AST_PRIME, 1 + (int)rng_below(&g->rng, 3), 1);
        prime->child[0] = t->child[0];
        t->child[0] = prime;
    }
    size_t last = t->n - 1;
    if (last > 0 && rng_below(&g->rng, 3) == 0) {
        Ast *special = grow_with(g, rng_below(&g->rng, 2) ? AST_ARROW : AST_TILDE, 0, 2, depth);
        special->child[0] = grow_name(g);
        special->op = special->kind == AST_ARROW ? (int)rng_below(&g->rng, 3) - 1 : 0;
        t->child[last] = special;
    } else if (last > 0 && rng_below(&g->rng, 3) == 0) {
        Ast *option = grow_with(g, AST_OPTION, 0, 1, depth);
        option->text = STR("steps");
        t->child[last] = option;
    }
    return t;
}

static Ast *grow_list(Grower *g, int depth)
{
    size_t cols = 1 + rng_below(&g->rng, 3), rows = 1 + rng_below(&g->rng, 2);
    return grow_with(g, AST_LIST, (int)cols, rows * cols, depth);
}

static Ast *grow_named(Grower *g, AstKind kind, int depth)
{
    static const char *const names[] = { "a", "b", "c" };
    size_t n = 2 + rng_below(&g->rng, 2);
    Ast   *t = grown(g, kind, 0, n);
    for (size_t i = 0; i < n; i++) {
        t->child[i] = grow_with(g, AST_ENTRY, 0, 1, depth);
        t->child[i]->text = str_of(names[i]);
    }
    return t;
}

static Ast *grow_full(Grower *g, int depth)
{
    if (rng_below(&g->rng, 2)) {
        Ast *t = grow_with(g, AST_USING, 0, 2, depth);
        t->child[1] = grown(g, AST_FORMAT, (int)rng_below(&g->rng, 6), 0);
        t->child[1]->text = STR("fp16");
        return t;
    }
    Ast *t = grow_with(g, AST_AT, 0, 2, depth);
    t->child[1] = grow_with(g, AST_ENTRY, 0, 1, depth);
    t->child[1]->text = STR("x");
    return t;
}

static Ast *grow_lambda(Grower *g, int depth)
{
    size_t n = 1 + rng_below(&g->rng, 2);
    Ast   *t = grow_with(g, AST_LAMBDA, 0, n + 1, depth);
    for (size_t i = 0; i < n; i++)
        do
            t->child[i] = grow_name(g);
        while (i && str_eq(t->child[i]->text, t->child[0]->text));
    return t;
}

static Ast *grow_function_power(Grower *g, int depth)
{
    Ast *t = grow_with(g, AST_FNPOW, 2 + (int)rng_below(&g->rng, 9), 1, depth);
    t->text = STR("sin");
    return t;
}

static Ast *grow(Grower *g, int depth)
{
    if (depth <= 0)
        return grow_leaf(g);
    Ast *t;
    switch (rng_below(&g->rng, 24)) {
    case 0: case 1: return grow_chain(g, AST_SUM, OP_ADD, OP_SUB, depth);
    case 2: case 3: return grow_chain(g, AST_PRODUCT, OP_MUL, OP_DIV, depth);
    case 4: case 5: return grow_with(g, AST_BINARY, OP_POW + (int)rng_below(&g->rng, 6), 2, depth);
    case 6: return grow_with(g, AST_SIGN, rng_below(&g->rng, 2) ? OP_SUB : OP_ADD, 1, depth);
    case 7: case 8: return grow_with(g, AST_BESIDE, 0, 2, depth);
    case 9: return grow_with(g, AST_FACTORIAL, 0, 1, depth);
    case 10: case 11: return grow_call(g, depth);
    case 12: return grow_function_power(g, depth);
    case 13: return grow_with(g, AST_INDEX, 0, 2, depth);
    case 14: t = grow_with(g, AST_FIELD, 0, 1, depth); t->text = STR("trace"); return t;
    case 15: return grow_with(g, AST_TUPLE, 0, 2 + rng_below(&g->rng, 2), depth);
    case 16: return grow_named(g, AST_RECORD, depth);
    case 17: return grow_list(g, depth);
    case 18: return grow_with(g, AST_RANGE, 0, 2 + rng_below(&g->rng, 2), depth);
    case 19: return grow_relation(g, depth);
    case 20: return grow_with(g, rng_below(&g->rng, 3) ? AST_AND : AST_OR, 0, 2 + rng_below(&g->rng, 2), depth);
    case 21: return grow_with(g, rng_below(&g->rng, 2) ? AST_NOT : AST_IF_EXPR, 0, 0, depth);
    case 22: return grow_lambda(g, depth);
    default: return grow_full(g, depth);
    }
}

/* Kinds of a fixed number of children get it; roots of trees that hold none are leaves. */
static void complete(Grower *g, Ast *t, int depth)
{
    size_t n = t->kind == AST_NOT ? 1 : t->kind == AST_IF_EXPR ? 3 : t->n;
    if (n > t->n) {
        t->child = arena_array(g->arena, Ast *, n);
        for (size_t i = 0; i < n; i++)
            t->child[i] = grow(g, depth - 1);
        t->n = n;
    }
    for (size_t i = 0; i < t->n; i++)
        complete(g, t->child[i], depth - 1);
}

Test(parse, text_of_random_trees_gives_them_back)
{
    for (uint64_t i = 0; i < 20000; i++) {
        Grower g = { arena_new(), rng_stream(i, STR("trees")) };
        Ast   *t = grow(&g, 1 + (int)(i % 4));
        Diag   d;
        complete(&g, t, 4);
        Str  text = ast_text(g.arena, t);
        Ast *again = parse(g.arena, &d, text);
        cr_expect(again, "%.*s: %.*s", STR_ARGS(text), STR_ARGS(d.message));
        cr_expect(!again || ast_same(t, again), "%.*s: %.*s", STR_ARGS(text), again ? (int)ast_text(g.arena, again).n : 0, again ? ast_text(g.arena, again).s : "");
        arena_delete(g.arena);
        if (!again)
            break;
    }
}
