/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Failures as text. In a file: FILE:LINE:COLUMN, the message, the source line and a caret span. Elsewhere the line and the
 * caret come first; at the prompt the line stands on the screen already, and the caret goes under it. Columns are those of
 * the screen, so wide and combining characters count as they are drawn. A line longer than a screen is cut around the span. */
#include "repl/view.h"

#include "repl/colour.h"

enum { SCREEN = 80, INDENT = 2, CUT = 3 };

typedef struct Cell { size_t start, end, column; } Cell;       /* bytes of one character of a line, and its screen column */

static bool next_cell(Str line, Cell *cell)
{
    uint32_t c;
    size_t   length;
    if (cell->end >= line.n)
        return false;
    cell->column += utf8_columns(str_slice(line, cell->start, cell->end));
    cell->start = cell->end;
    length = utf8_decode(line, cell->start, &c);
    cell->end = cell->start + (length ? length : 1);
    return true;
}

/* Control characters and bytes that are no UTF-8 never reach the terminal; each keeps its column. */
static void put_clean(FILE *out, Str s)
{
    for (Cell cell = { 0 }; next_cell(s, &cell);) {
        uint32_t c;
        bool     drawn = utf8_decode(s, cell.start, &c) && c >= ' ' && (c < 0x7f || c > 0x9f);
        if (drawn)
            fwrite(s.s + cell.start, 1, cell.end - cell.start, out);
        else
            fputc(s.s[cell.start] == '\t' || s.s[cell.start] == '\n' ? ' ' : '?', out);
    }
}

static void put_caret(FILE *out, size_t blanks, size_t width)
{
    fprintf(out, "%*s%s^", (int)blanks, "", colour_start(out, COLOUR_CARET));
    for (size_t k = 1; k < width; k++)
        fputc('~', out);
    fprintf(out, "%s\n", colour_end(out));
}

/* Where a window of so many columns starts that shows the span with as much before it as behind it. */
static size_t window_start(size_t columns, size_t room, size_t column, size_t width)
{
    size_t shown = width < room ? width : room, before = (room - shown) / 2;
    size_t from = column > before ? column - before : 0;
    return from + room > columns ? columns - room : from;
}

/* The line with the caret below it. */
static void put_line(FILE *out, const Place *p)
{
    size_t columns = utf8_columns(p->line), column = p->column - 1, width = p->width;
    bool   whole = columns <= SCREEN - INDENT;
    size_t room = whole ? columns : SCREEN - INDENT - 2 * CUT;
    size_t from = whole ? 0 : window_start(columns, room, column, width), start = p->line.n, end = p->line.n, first = from;
    for (Cell cell = { 0 }; next_cell(p->line, &cell);) {
        if (cell.column >= from && cell.start < start) {
            start = cell.start;
            first = cell.column;
        }
        if (cell.column + utf8_columns(str_slice(p->line, cell.start, cell.end)) > from + room) {
            end = cell.start;
            break;
        }
    }
    bool left = start > 0, right = end < p->line.n;
    fprintf(out, "%*s%s", INDENT, "", left ? "..." : "");
    put_clean(out, str_slice(p->line, start, end));
    fputs(right ? "...\n" : "\n", out);
    size_t last = from + room;
    put_caret(out, INDENT + (left ? CUT : 0) + column - first, column + width > last && last > column ? last - column : width);
}

static void put_message(FILE *err, const Diag *d)
{
    colour_error(err);
    put_clean(err, d->message);
    fputc('\n', err);
}

static void put_hint(FILE *err, const Diag *d)
{
    if (!d->hint.n)
        return;
    fputs("hint: ", err);
    put_clean(err, d->hint);
    fputc('\n', err);
}

void print_text_error(FILE *err, const Diag *d)
{
    Place p = place_of(d->source, d->span);
    bool  file = d->source->name.n > 0;
    if (file) {
        fprintf(err, "%.*s:%u:%u: ", STR_ARGS(d->source->name), p.line_number, p.column);
        put_message(err, d);
    }
    put_line(err, &p);
    if (!file)
        put_message(err, d);
    put_hint(err, d);
}

static bool on_last_line(const Source *source, Span span)
{
    Str rest = str_slice(source->text, span.start, source->text.n);
    while (rest.n && (rest.s[rest.n - 1] == '\n' || rest.s[rest.n - 1] == '\r'))
        rest.n--;
    for (size_t i = 0; i < rest.n; i++)
        if (rest.s[i] == '\n')
            return false;
    return true;
}

void print_prompt_error(FILE *err, const Diag *d, const Typed *typed)
{
    Place p = place_of(d->source, d->span);
    bool  above = d->source == typed->source && on_last_line(d->source, d->span)
              && typed->prompt + utf8_columns(p.line) < typed->width;
    if (!above) {
        print_text_error(err, d);
        return;
    }
    put_caret(err, typed->prompt + p.column - 1, p.width);
    put_message(err, d);
    put_hint(err, d);
}
