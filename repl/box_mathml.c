/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Boxes as MathML Core, which browsers draw by themselves. */
#include "repl/box.h"

#include <string.h>

static void write_box(Buf *b, const Box *box);

static void write_escaped(Buf *b, Str text)
{
    for (size_t i = 0; i < text.n; i++)
        switch (text.s[i]) {
        case '<': buf_add_s(b, "&lt;"); break;
        case '>': buf_add_s(b, "&gt;"); break;
        case '&': buf_add_s(b, "&amp;"); break;
        case '"': buf_add_s(b, "&quot;"); break;
        default:  buf_add(b, str_slice(text, i, i + 1));
        }
}

static void write_element(Buf *b, const char *element, Str text)
{
    const Symbol *s = strcmp(element, "mtext") ? symbol_named(text) : NULL;
    if (str_is(text, " ")) {
        buf_add_s(b, "<mspace width=\"0.17em\"/>");
        return;
    }
    buf_printf(b, "<%s>", element);
    s ? buf_add_s(b, s->unicode) : write_escaped(b, text);
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
    case BOX_FENCE:
        buf_add_s(b, "<mrow>");
        write_element(b, "mo", box->text);
        write_box(b, box->child[0]);
        write_element(b, "mo", box->close);
        buf_add_s(b, "</mrow>");
        break;
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
