/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any text: the parser stops, moves on, and keeps its spans inside the text; what it reads, it reads again from its text. */
#include "base/rng.h"
#include "parser/parse.h"
#include "tests/parser/ast_text.h"

#include <criterion/criterion.h>

static void read_all(Arena *a, Str text, bool prompt)
{
    Source source = { .text = text };
    for (size_t at = 0; at < text.n;) {
        Diag   d = diag_new(a);
        size_t before = at;
        Ast   *t = parse_statement(a, &d, &source, &at, (ParseMode){ prompt });
        cr_assert(at > before && at <= text.n, "no progress in %.*s", STR_ARGS(text));
        cr_assert(t ? !d.failed : d.failed && d.message.n, "%.*s", STR_ARGS(text));
        cr_assert(t || (d.span.start <= d.span.end && d.span.end <= text.n), "span in %.*s", STR_ARGS(text));
        if (!t || t->kind == AST_HELP)
            continue;
        Source again = { .text = ast_text(a, t) };
        size_t start = 0;
        Diag   second = diag_new(a);
        Ast   *same = parse_statement(a, &second, &again, &start, (ParseMode){ true });
        cr_assert(same, "%.*s read as %.*s: %.*s", STR_ARGS(text), STR_ARGS(again.text), STR_ARGS(second.message));
        same->hidden = t->hidden;
        cr_assert(ast_same(t, same), "%.*s read as %.*s", STR_ARGS(text), STR_ARGS(again.text));
    }
}

Test(fuzz, random_bytes)
{
    for (uint64_t i = 0; i < 20000; i++) {
        Arena *a = arena_new();
        Rng    r = rng_stream(i, STR("bytes"));
        char   bytes[64];
        size_t n = rng_below(&r, sizeof bytes);
        for (size_t k = 0; k < n; k++)
            bytes[k] = (char)(rng_below(&r, 8) ? 32 + rng_below(&r, 95) : rng_below(&r, 256));
        read_all(a, (Str){ bytes, n }, i % 2);
        arena_delete(a);
    }
}

static const char *const pieces[] = {
    "x", "y", "f", "sin", "pi", "e", "i", "1", "2", ".5", "2e3", "0x1F", "\"a{x}b\"", "(", ")", "(", ")", "[", "]", "{", "}", ",", ";", "\n", ":", "=",
    "==", "!=", "<", "<=", ">", "+", "-", "*", "/", "^", ".*", "./", ".^", ".+", "..", ".", "'", "!", "->", "|->", "~", "²", "√", "∇", "%", "|", "&&",
    "**", "++", "+=", ":=", "<-", "...", "and", "or", "not", "if", "then", "else", "for", "in", "while", "by", "at", "using", "break", "next",
    "assert", "within", "assume", "true", "steps", "time", "trace", "set", "show", "help", "clear", "vector", "matrix", "function", "optimizer",
    "state", "digits", "bits", "fp16", "toward", "zero", "def", "lambda", "import", "d", "dx", "lim", "# c\n", "integrate", "quit",
};

Test(fuzz, random_tokens)
{
    for (uint64_t i = 0; i < 40000; i++) {
        Arena *a = arena_new();
        Rng    r = rng_stream(i, STR("tokens"));
        Buf    b = buf_new(a);
        for (size_t n = 1 + rng_below(&r, 16); n > 0; n--) {
            buf_add_s(&b, pieces[rng_below(&r, sizeof pieces / sizeof *pieces)]);
            buf_add_s(&b, rng_below(&r, 3) ? " " : "");
        }
        read_all(a, buf_str(&b), i % 2);
        arena_delete(a);
    }
}
