/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Boxes as MathML Core, which browsers draw by themselves. */
#include "repl/box.h"

#include "repl/html.h"

#include <string.h>

static void write_box(Buf *b, const Box *box);

/* Blanks at the ends of an element would be lost. */
static void write_words(Buf *b, Str text)
{
    bool before = text.n && text.s[0] == ' ', after = text.n > 1 && text.s[text.n - 1] == ' ';
    buf_add_s(b, before ? "\u00a0" : "");
    html_text(b, str_trim(text));
    buf_add_s(b, after ? "\u00a0" : "");
}

static void write_element(Buf *b, const char *element, Str text)
{
    const Symbol *s = strcmp(element, "mtext") ? symbol_named(text) : NULL;
    if (str_is(text, " ")) {
        buf_add_s(b, "<mspace width=\"0.17em\"/>");
        return;
    }
    buf_printf(b, "<%s>", element);
    if (s)
        buf_add_s(b, str_is(text, "-") ? "−" : s->unicode);
    else
        write_words(b, text);
    buf_printf(b, "</%.*s>", (int)strcspn(element, " "), element);
}

static void write_text(Buf *b, const Box *box)
{
    static const char *const element[] = { [CLASS_NAME] = "mi", [CLASS_NUMBER] = "mn", [CLASS_OPERATOR] = "mo", [CLASS_MARK] = "mo",
                                           [CLASS_FUNCTION] = "mi mathvariant=\"normal\"", [CLASS_WORDS] = "mtext" };
    write_element(b, element[box->class], box->text);
}

static void write_parts(Buf *b, const char *element, const Box *box)
{
    buf_printf(b, "<%s>", element);
    for (size_t i = 0; i < box->n; i++)
        write_box(b, box->child[i]);
    buf_printf(b, "</%s>", element);
}

static void write_table(Buf *b, const Box *box, size_t columns)
{
    buf_add_s(b, "<mtable>");
    for (size_t i = 0; i < box->n; i++) {
        if (i % columns == 0)
            buf_add_s(b, i ? "</mtr><mtr>" : "<mtr>");
        buf_add_s(b, "<mtd>");
        write_box(b, box->child[i]);
        buf_add_s(b, "</mtd>");
    }
    buf_add_s(b, "</mtr></mtable>");
}

/* No higher than a line: its brackets need not grow, and look better as they are. */
static bool is_flat(const Box *box)
{
    bool flat = box->kind == BOX_TEXT || box->kind == BOX_ROW || box->kind == BOX_POWER || box->kind == BOX_INDEX
             || (box->kind == BOX_FENCE && (str_is(box->text, "(") || str_is(box->text, "[")));
    for (size_t i = 0; flat && i < box->n; i++)
        flat = is_flat(box->child[i]);
    return flat && !(box->kind == BOX_POWER && box->child[1]->kind == BOX_POWER);
}

static void write_fence(Buf *b, const Box *box)
{
    const char *element = is_flat(box->child[0]) ? "mo stretchy=\"false\"" : "mo";
    buf_add_s(b, "<mrow>");
    write_element(b, element, box->text);
    write_box(b, box->child[0]);
    write_element(b, element, box->close);
    buf_add_s(b, "</mrow>");
}

static void write_big(Buf *b, const Box *box)
{
    bool        limits = !str_is(box->text, "integral");
    const Box  *below = box->child[1], *above = box->child[2];
    const char *element = below && above ? limits ? "munderover" : "msubsup" : below ? limits ? "munder" : "msub" : NULL;
    buf_add_s(b, "<mrow>");
    if (element)
        buf_printf(b, "<%s>", element);
    write_element(b, "mo", box->text);
    if (below)
        write_box(b, below);
    if (below && above)
        write_box(b, above);
    if (element)
        buf_printf(b, "</%s>", element);
    write_box(b, box->child[0]);
    buf_add_s(b, "</mrow>");
}

static void write_box(Buf *b, const Box *box)
{
    switch (box->kind) {
    case BOX_TEXT:     write_text(b, box); break;
    case BOX_ROW:      write_parts(b, "mrow", box); break;
    case BOX_FRACTION: write_parts(b, "mfrac", box); break;
    case BOX_POWER:    write_parts(b, "msup", box); break;
    case BOX_INDEX:    write_parts(b, "msub", box); break;
    case BOX_ROOT:     write_parts(b, "msqrt", box); break;
    case BOX_FENCE:    write_fence(b, box); break;
    case BOX_MATRIX:
        buf_add_s(b, "<mrow><mo>[</mo>");
        write_table(b, box, box->columns);
        buf_add_s(b, "<mo>]</mo></mrow>");
        break;
    case BOX_CASES:
        buf_add_s(b, "<mrow><mo>{</mo>");
        write_table(b, box, 2);
        buf_add_s(b, "</mrow>");
        break;
    case BOX_BIG: write_big(b, box); break;
    }
}

Str box_mathml(Arena *a, const Box *box)
{
    Buf b = buf_new(a);
    buf_add_s(&b, "<math xmlns=\"http://www.w3.org/1998/Math/MathML\">");
    write_box(&b, box);
    buf_add_s(&b, "</math>");
    return buf_str(&b);
}
