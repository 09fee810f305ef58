/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Boxes as LaTeX, for math mode; needs amsmath for matrices, cases and operator names. */
#include "repl/box.h"

#include <ctype.h>
#include <string.h>

static void write_box(Buf *b, const Box *box);

static void write_group(Buf *b, const Box *box)
{
    buf_add_s(b, "{");
    write_box(b, box);
    buf_add_s(b, "}");
}

/* Characters that LaTeX takes for commands. */
static void write_escaped(Buf *b, Str text)
{
    for (size_t i = 0; i < text.n; i++) {
        char c = text.s[i], one[2] = { c, 0 };
        if (c == '\\')
            buf_add_s(b, "\\backslash ");
        else if (c == '^' || c == '~')
            buf_printf(b, "\\%c{}", c);
        else
            buf_printf(b, "%s%s", strchr("#$%&_{}", c) ? "\\" : "", one);
    }
}

static void write_symbol(Buf *b, const Symbol *s)
{
    size_t n = strlen(s->latex);
    char   last = s->latex[n - 1];
    buf_add_s(b, s->latex);
    if (s->latex[0] == '\\' && last >= 'A' && last <= 'z')      /* a letter may follow */
        buf_add_s(b, " ");
}

static void write_text(Buf *b, const Box *box)
{
    const Symbol *s = box->class == CLASS_WORDS ? NULL : symbol_named(box->text);
    switch (box->class) {
    case CLASS_OPERATOR:
        buf_add_s(b, " ");
        s ? buf_add_s(b, s->latex) : write_escaped(b, box->text);
        buf_add_s(b, " ");
        return;
    case CLASS_FUNCTION:
        if (s) {
            write_symbol(b, s);
            return;
        }
        buf_add_s(b, "\\operatorname{");
        break;
    case CLASS_NAME:
        if (s) {
            write_symbol(b, s);
            return;
        }
        if (box->text.n == 1) {
            write_escaped(b, box->text);
            return;
        }
        buf_add_s(b, "\\mathit{");
        break;
    case CLASS_WORDS:
        buf_add_s(b, "\\text{");
        break;
    case CLASS_NUMBER: case CLASS_MARK:
        s ? write_symbol(b, s) : write_escaped(b, box->text);
        return;
    }
    write_escaped(b, box->text);
    buf_add_s(b, "}");
}

static void write_fence_sign(Buf *b, const char *side, Str sign)
{
    const Symbol *s = symbol_named(sign);
    buf_add_s(b, side);
    if (s)
        write_symbol(b, s);
    else
        buf_add(b, sign);
}

/* A letter, a number or a word takes scripts as it is. */
static void write_base(Buf *b, const Box *box)
{
    const Symbol *s = box->kind == BOX_TEXT && box->class == CLASS_NAME ? symbol_named(box->text) : NULL;
    if (s)
        buf_add_s(b, s->latex);
    else if (box->kind == BOX_FENCE || (box->kind == BOX_TEXT && (box->text.n == 1 || box->class == CLASS_FUNCTION || box->class == CLASS_NUMBER)))
        write_box(b, box);
    else
        write_group(b, box);
}

static void write_cells(Buf *b, const Box *box, size_t columns)
{
    for (size_t i = 0; i < box->n; i++) {
        if (i)
            buf_add_s(b, i % columns ? " & " : " \\\\ ");
        write_box(b, box->child[i]);
    }
}

static void write_big(Buf *b, const Box *box)
{
    write_symbol(b, symbol_named(box->text));
    if (box->child[1]) {
        buf_add_s(b, "_");
        write_group(b, box->child[1]);
    }
    if (box->child[2]) {
        buf_add_s(b, "^");
        write_group(b, box->child[2]);
    }
    write_box(b, box->child[0]);
}

static void write_box(Buf *b, const Box *box)
{
    switch (box->kind) {
    case BOX_TEXT: write_text(b, box); break;
    case BOX_ROW:
        for (size_t i = 0; i < box->n; i++) {
            write_box(b, box->child[i]);
            bool called = i + 1 < box->n && box->child[i + 1]->kind == BOX_FENCE && box->child[i]->kind == BOX_TEXT;
            b->n -= called && box->child[i]->class == CLASS_FUNCTION && b->s[b->n - 1] == ' ';
        }
        break;
    case BOX_FRACTION:
        buf_add_s(b, "\\frac");
        write_group(b, box->child[0]);
        write_group(b, box->child[1]);
        break;
    case BOX_POWER: case BOX_INDEX:
        write_base(b, box->child[0]);
        buf_add_s(b, box->kind == BOX_POWER ? "^" : "_");
        write_group(b, box->child[1]);
        break;
    case BOX_ROOT:
        buf_add_s(b, "\\sqrt");
        write_group(b, box->child[0]);
        break;
    case BOX_FENCE:
        write_fence_sign(b, "\\left", box->text);
        write_box(b, box->child[0]);
        write_fence_sign(b, "\\right", box->close);
        break;
    case BOX_MATRIX:
        buf_add_s(b, "\\begin{bmatrix} ");
        write_cells(b, box, box->columns);
        buf_add_s(b, " \\end{bmatrix}");
        break;
    case BOX_CASES:
        buf_add_s(b, "\\begin{cases} ");
        write_cells(b, box, 2);
        buf_add_s(b, " \\end{cases}");
        break;
    case BOX_BIG: write_big(b, box); break;
    }
}

/* Outside of words: is the blank at i needed to end a command, or to set off an operator? */
static bool is_needed(Str text, size_t i, char before)
{
    Str next = str_slice(text, i + 1, text.n);
    if (!next.n || strchr(" )}^_,", next.s[0]) || strchr("({", before))
        return false;
    return !(str_starts(next, STR("\\,")) && isalpha((unsigned char)before));
}

/* A command is followed by a blank when it is written, because a letter may come next. */
static Str without_needless_blanks(Arena *a, Str text)
{
    Buf  b = buf_new(a);
    bool words = false;
    for (size_t i = 0; i < text.n; i++) {
        words = words ? text.s[i] != '}' || text.s[i - 1] == '\\' : str_starts(str_slice(text, i, text.n), STR("\\text{"));
        if (text.s[i] != ' ' || words || is_needed(text, i, b.n ? b.s[b.n - 1] : ' '))
            buf_add_c(&b, text.s[i]);
    }
    return str_trim(buf_str(&b));
}

Str box_latex(Arena *a, const Box *box)
{
    Buf b = buf_new(a);
    write_box(&b, box);
    return without_needless_blanks(a, buf_str(&b));
}
