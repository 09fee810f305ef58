/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Boxes as lines of text: a block of lines of equal width with a base line, on which neighbours are aligned. */
#include "repl/box.h"

#include <string.h>

typedef struct Block {
    size_t width, height, base;     /* columns, lines, the line that neighbours stand on */
    Str   *line;
} Block;

typedef struct Layout {
    Arena *arena;
    bool   unicode;
} Layout;

static Block layout(Layout *l, const Box *box);

/* ---- blocks --------------------------------------------------------------------------------------------------------------------- */

static Str repeat(Layout *l, const char *text, size_t n)
{
    Buf b = buf_new(l->arena);
    for (size_t i = 0; i < n; i++)
        buf_add_s(&b, text);
    return buf_str(&b);
}

static Block one_line(Layout *l, Str text)
{
    Block b = { utf8_columns(text), 1, 0, arena_alloc(l->arena, sizeof(Str)) };
    b.line[0] = text;
    return b;
}

static Block empty_block(Layout *l, size_t width, size_t height, size_t base)
{
    Block b = { width, height, base, arena_array(l->arena, Str, height) };
    for (size_t i = 0; i < height; i++)
        b.line[i] = repeat(l, " ", width);
    return b;
}

/* The text in a line of so many columns, `left` blanks in front. */
static Str placed(Layout *l, Str text, size_t width, size_t left)
{
    Buf    b = buf_new(l->arena);
    size_t used = left + utf8_columns(text);
    buf_add(&b, repeat(l, " ", left));
    buf_add(&b, text);
    buf_add(&b, repeat(l, " ", width > used ? width - used : 0));
    return buf_str(&b);
}

/* Side by side, on one base line. */
static Block beside(Layout *l, const Block *part, size_t n)
{
    size_t above = 0, below = 0, width = 0;
    for (size_t i = 0; i < n; i++) {
        size_t under = part[i].height - 1 - part[i].base;
        above = part[i].base > above ? part[i].base : above;
        below = under > below ? under : below;
        width += part[i].width;
    }
    Block out = { width, above + 1 + below, above, arena_array(l->arena, Str, above + 1 + below) };
    for (size_t k = 0; k < out.height; k++) {
        Buf b = buf_new(l->arena);
        for (size_t i = 0; i < n; i++) {
            size_t top = above - part[i].base;
            bool   inside = k >= top && k < top + part[i].height;
            buf_add(&b, inside ? part[i].line[k - top] : repeat(l, " ", part[i].width));
        }
        out.line[k] = buf_str(&b);
    }
    return out;
}

/* One above the other, centred; base counts from the top of all. */
static Block stacked(Layout *l, const Block *part, size_t n, size_t base)
{
    size_t width = 0, height = 0;
    for (size_t i = 0; i < n; i++) {
        width = part[i].width > width ? part[i].width : width;
        height += part[i].height;
    }
    Block out = { width, height, base, arena_array(l->arena, Str, height) };
    for (size_t i = 0, k = 0; i < n; i++)
        for (size_t j = 0; j < part[i].height; j++)
            out.line[k++] = placed(l, part[i].line[j], width, (width - part[i].width) / 2);
    return out;
}

/* ---- fences ------------------------------------------------------------------------------------------------------------------------ */

/* Signs of several lines: one, then top, middle, bottom. */
static const struct Sign { const char *name, *one, *top, *middle, *bottom; bool unicode; } signs[] = {
    { "(", "(", "⎛", "⎜", "⎝", true }, { ")", ")", "⎞", "⎟", "⎠", true }, { "[", "[", "⎡", "⎢", "⎣", true }, { "]", "]", "⎤", "⎥", "⎦", true },
    { "|", "│", "│", "│", "│", true }, { "norm", "‖", "‖", "‖", "‖", true }, { "[floor", "⌊", "⎢", "⎢", "⎣", true }, { "floor]", "⌋", "⎥", "⎥", "⎦", true },
    { "[ceil", "⌈", "⎡", "⎢", "⎢", true }, { "ceil]", "⌉", "⎤", "⎥", "⎥", true }, { "{", "{", "⎧", "⎪", "⎩", true },
    { "(", "(", "/", "|", "\\", false }, { ")", ")", "\\", "|", "/", false }, { "[", "[", "[", "[", "[", false }, { "]", "]", "]", "]", "]", false },
    { "|", "|", "|", "|", "|", false }, { "norm", "||", "||", "||", "||", false }, { "[floor", "|_", "| ", "| ", "|_", false },
    { "floor]", "_|", " |", " |", "_|", false }, { "[ceil", "|^", "|^", "| ", "| ", false }, { "ceil]", "^|", "^|", " |", " |", false },
    { "{", "{", "{", "{", "{", false },
};

static Block fence_block(Layout *l, Str name, size_t height, size_t base)
{
    const struct Sign *s = signs;
    while (s < signs + sizeof signs / sizeof *signs && !(str_is(name, s->name) && s->unicode == l->unicode))
        s++;
    if (s == signs + sizeof signs / sizeof *signs)
        return one_line(l, name);
    Block b = one_line(l, str_of(s->one));
    b.height = height;
    b.base = base;
    b.line = arena_array(l->arena, Str, height);
    for (size_t k = 0; k < height; k++)
        b.line[k] = str_of(height == 1 ? s->one : k == 0 ? s->top : k + 1 == height ? s->bottom : s->middle);
    if (str_is(name, "{") && l->unicode && height > 2)
        b.line[height / 2] = STR("⎨");
    return b;
}

static Block fenced(Layout *l, Block inside, Str open, Str close)
{
    Block part[] = { fence_block(l, open, inside.height, inside.base), inside, fence_block(l, close, inside.height, inside.base) };
    return beside(l, part, 3);
}

/* ---- kinds --------------------------------------------------------------------------------------------------------------------------- */

static Block text_block(Layout *l, const Box *box)
{
    const Symbol *s = box->class == CLASS_WORDS ? NULL : symbol_named(box->text);
    Str           text = s && l->unicode ? str_of(s->unicode) : box->text;
    if (!l->unicode && str_is(text, "partial"))
        text = STR("d");
    if (box->class == CLASS_OPERATOR)
        text = str_is(text, "·") || str_is(text, "*") ? text : str_printf(l->arena, " %.*s ", STR_ARGS(text));
    return one_line(l, text);
}

static Block fraction_block(Layout *l, const Box *box)
{
    Block  above = layout(l, box->child[0]), below = layout(l, box->child[1]);
    size_t width = (above.width > below.width ? above.width : below.width) + 2;
    Block  part[] = { above, one_line(l, repeat(l, l->unicode ? "─" : "-", width)), below };
    return stacked(l, part, 3, above.height);
}

/* What is raised begins above the base, what is lowered ends below it. */
static Block script_block(Layout *l, const Box *box)
{
    Block base = layout(l, box->child[0]), script = layout(l, box->child[1]);
    if (script.height == 1 && box->kind == BOX_POWER && box->child[1]->kind != BOX_FRACTION && strspn(script.line[0].s, "'") == script.line[0].n)
        return beside(l, (Block[]){ base, script }, 2);
    if (l->unicode && script.height == 1 && str_starts(script.line[0], STR("′")))
        return beside(l, (Block[]){ base, script }, 2);
    bool   raised = box->kind == BOX_POWER;
    size_t side = raised ? base.base : base.height - 1 - base.base;           /* lines of the base on that side */
    Block  column = empty_block(l, script.width, script.height + (side ? side : 1), 0);
    for (size_t k = 0; k < script.height; k++)
        column.line[raised ? k : column.height - script.height + k] = script.line[k];
    column.base = raised ? column.height - 1 : 0;
    return beside(l, (Block[]){ base, column }, 2);
}

static Block root_block(Layout *l, const Box *box)
{
    Block inside = layout(l, box->child[0]);
    if (!l->unicode)
        return beside(l, (Block[]){ one_line(l, STR("sqrt")), fenced(l, inside, STR("("), STR(")")) }, 2);
    Block line = one_line(l, repeat(l, "_", inside.width)), part[] = { line, inside };
    Block body = stacked(l, part, 2, inside.base + 1), hook = empty_block(l, 1, body.height, body.base);
    for (size_t k = 1; k < body.height; k++)
        hook.line[k] = k + 1 == body.height ? STR("√") : STR("│");
    return beside(l, (Block[]){ hook, body }, 2);
}

/* Cells in columns, two blanks between them. */
static Block cells_block(Layout *l, const Box *box, size_t columns, bool left)
{
    size_t  rows = box->n / columns;
    Block  *cell = arena_array(l->arena, Block, box->n), *line = arena_array(l->arena, Block, rows);
    size_t *width = arena_array(l->arena, size_t, columns);
    for (size_t i = 0; i < box->n; i++) {
        cell[i] = layout(l, box->child[i]);
        width[i % columns] = cell[i].width > width[i % columns] ? cell[i].width : width[i % columns];
    }
    for (size_t i = 0; i < box->n; i++) {
        size_t room = width[i % columns] - cell[i].width, gap = (i + 1) % columns ? 2 : 0;
        for (size_t k = 0; k < cell[i].height; k++)
            cell[i].line[k] = placed(l, cell[i].line[k], width[i % columns] + gap, left ? 0 : room / 2);
        cell[i].width = width[i % columns] + gap;
    }
    size_t height = 0;
    for (size_t i = 0; i < rows; i++) {
        line[i] = beside(l, cell + i * columns, columns);
        height += line[i].height;
    }
    return stacked(l, line, rows, height / 2);
}

static Block cases_block(Layout *l, const Box *box)
{
    Block cells = cells_block(l, box, 2, true);
    return beside(l, (Block[]){ fence_block(l, STR("{"), cells.height, cells.base), one_line(l, STR(" ")), cells }, 3);
}

static Block big_block(Layout *l, const Box *box)
{
    const Symbol *s = symbol_named(box->text);
    Block         sign = one_line(l, l->unicode ? str_of(s->unicode) : str_is(box->text, "integral") ? STR("int") : box->text), part[3];
    size_t        n = 0, base = 0;
    if (box->child[2]) {
        part[n++] = layout(l, box->child[2]);
        base = part[0].height;
    }
    part[n++] = sign;
    if (box->child[1])
        part[n++] = layout(l, box->child[1]);
    Block column = stacked(l, part, n, base);
    return beside(l, (Block[]){ column, one_line(l, STR(" ")), layout(l, box->child[0]) }, 3);
}

static Block layout(Layout *l, const Box *box)
{
    switch (box->kind) {
    case BOX_TEXT:     return text_block(l, box);
    case BOX_ROW: {
        Block *part = arena_array(l->arena, Block, box->n + 1);
        for (size_t i = 0; i < box->n; i++)
            part[i] = layout(l, box->child[i]);
        return beside(l, part, box->n);
    }
    case BOX_FRACTION: return fraction_block(l, box);
    case BOX_POWER: case BOX_INDEX: return script_block(l, box);
    case BOX_ROOT:     return root_block(l, box);
    case BOX_FENCE:    return fenced(l, layout(l, box->child[0]), box->text, box->close);
    case BOX_MATRIX:   return fenced(l, cells_block(l, box, box->columns, false), STR("["), STR("]"));
    case BOX_CASES:    return cases_block(l, box);
    case BOX_BIG:      return big_block(l, box);
    }
    return one_line(l, STR(""));
}

Str box_lines(Arena *a, const Box *box, bool unicode)
{
    Layout l = { a, unicode };
    Block  b = layout(&l, box);
    Buf    out = buf_new(a);
    for (size_t k = 0; k < b.height; k++) {
        Str line = b.line[k];
        while (line.n && line.s[line.n - 1] == ' ')
            line.n--;
        buf_add(&out, line);
        buf_add_s(&out, "\n");
    }
    return buf_str(&out);
}
