/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Lines by small steps along their longer side; clipping by Liang and Barsky. Without Braille a cell becomes the character whose ink lies
 * where its dots do. */
#include "repl/canvas.h"

#include "repl/colour.h"

#include <math.h>
#include <string.h>

Canvas canvas_new(Arena *a, size_t width, size_t height)
{
    size_t n = width * height;
    return (Canvas){ width, height, arena_array(a, uint8_t, n + 1), arena_array(a, uint8_t, n + 1), arena_array(a, uint32_t, n + 1), arena_array(a, uint32_t, n + 1) };
}

/* The bits of U+2800: dots 1 2 3 in the left column, 4 5 6 in the right one, 7 and 8 below. */
static const uint8_t dot_bit[4][2] = { { 0x01, 0x08 }, { 0x02, 0x10 }, { 0x04, 0x20 }, { 0x40, 0x80 } };

static bool cell_of(const Canvas *c, long x, long y, size_t *cell)
{
    if (x < 0 || y < 0 || x >= 2 * (long)c->width || y >= 4 * (long)c->height)
        return false;
    *cell = (size_t)(y / 4) * c->width + (size_t)(x / 2);
    return true;
}

void canvas_dot(Canvas *c, long x, long y, uint8_t color)
{
    size_t cell;
    if (!cell_of(c, x, y, &cell))
        return;
    c->dots[cell] |= dot_bit[y % 4][x % 2];
    c->color[cell] = color;
}

void canvas_clear(Canvas *c, long x, long y)
{
    size_t cell;
    if (cell_of(c, x, y, &cell))
        c->dots[cell] &= (uint8_t)~dot_bit[y % 4][x % 2];
}

/* ---- lines -------------------------------------------------------------------------------------------------------------------- */

static bool inked(const Pen *p)
{
    size_t k = p->drawn;
    switch (p->dash) {
    case DASH_LONG:   return k % 9 < 6;
    case DASH_DOTS:   return k % 3 == 0;
    case DASH_MIXED:  return k % 9 < 4 || k % 9 == 6;
    case DASH_SPARSE: return k % 5 == 0;
    default:          return true;
    }
}

static void pen_to(Canvas *c, Pen *p, long x, long y)
{
    if (p->down && x == p->x && y == p->y)
        return;
    if (inked(p))
        canvas_dot(c, x, y, p->color);
    p->drawn++;
    p->x = x;
    p->y = y;
    p->down = true;
}

/* Cuts the part t0..t1 of p + t*d to what lies between low and high. */
static bool clip(double p, double d, double low, double high, double *t0, double *t1)
{
    if (d == 0)
        return p >= low && p <= high;
    double a = (low - p) / d, b = (high - p) / d;
    *t0 = fmax(*t0, fmin(a, b));
    *t1 = fmin(*t1, fmax(a, b));
    return *t0 <= *t1;
}

void canvas_line(Canvas *c, Pen *pen, double x0, double y0, double x1, double y1)
{
    double t0 = 0, t1 = 1, dx = x1 - x0, dy = y1 - y0;
    if (!isfinite(dx) || !isfinite(dy) || !clip(x0, dx, -0.49, 2.0 * (double)c->width - 0.51, &t0, &t1) || !clip(y0, dy, -0.49, 4.0 * (double)c->height - 0.51, &t0, &t1))
        return;
    double ax = x0 + t0 * dx, ay = y0 + t0 * dy, bx = x0 + t1 * dx, by = y0 + t1 * dy;
    long   n = lround(ceil(fmax(fabs(bx - ax), fabs(by - ay))));
    for (long k = 0; k <= n; k++) {
        double s = n ? (double)k / (double)n : 0;
        pen_to(c, pen, lround(ax + s * (bx - ax)), lround(ay + s * (by - ay)));
    }
}

/* ---- characters ------------------------------------------------------------------------------------------------------------------ */

bool canvas_glyph(Canvas *c, long column, long row, uint32_t glyph, uint8_t color)
{
    if (column < 0 || row < 0 || column >= (long)c->width || row >= (long)c->height)
        return false;
    size_t cell = (size_t)row * c->width + (size_t)column;
    c->glyph[cell] = glyph;
    c->color[cell] = color;
    return true;
}

bool canvas_is_free(const Canvas *c, long column, long row, size_t n)
{
    if (column < 1 || row < 0 || row >= (long)c->height || column + (long)n + 1 > (long)c->width)
        return false;
    for (long k = column - 1; k <= column + (long)n; k++)
        if (k < (long)c->width && c->glyph[(size_t)row * c->width + (size_t)k])
            return false;
    return true;
}

void canvas_text(Canvas *c, long column, long row, Str text, uint8_t color)
{
    uint32_t glyph;
    for (size_t at = 0, n; at < text.n && (n = utf8_decode(text, at, &glyph)); at += n)
        canvas_glyph(c, column++, row, glyph, color);
}

/* The ASCII character that looks most like the dots. */
static char ascii_of(uint8_t dots)
{
    int left = 0, right = 0, top = -1, bottom = -1, n = 0;
    for (int y = 0; y < 4; y++)
        for (int x = 0; x < 2; x++)
            if (dots & dot_bit[y][x]) {
                n++;
                *(x ? &right : &left) += y + 1;
                top = top < 0 ? y : top;
                bottom = y;
            }
    int in_left = 0;
    for (int y = 0; y < 4; y++)
        in_left += (dots & dot_bit[y][0]) != 0;
    if (n >= 7)
        return '#';
    if (bottom - top >= 2) {
        double l = in_left ? (double)left / in_left : 0, r = n > in_left ? (double)right / (n - in_left) : 0;
        return in_left && n > in_left && fabs(l - r) > 0.6 ? (l > r ? '/' : '\\') : n >= 5 ? '#' : '|';
    }
    int middle = top + bottom;              /* twice the middle row */
    return middle <= 1 ? '\'' : middle <= 4 ? '-' : n == 1 ? '.' : '_';
}

void canvas_row(const Canvas *c, size_t row, bool unicode, bool colors, Buf *b)
{
    size_t  end = c->width, first = row * c->width;
    uint8_t color = 0;
    while (end > 0 && !c->dots[first + end - 1] && !c->glyph[first + end - 1] && !c->under[first + end - 1])
        end--;
    for (size_t k = first; k < first + end; k++) {
        bool blank = !c->glyph[k] && !c->dots[k];
        if (colors && !blank) {
            colour_curve(b, color, c->color[k]);
            color = c->color[k];
        }
        if (c->glyph[k])
            buf_add_utf8(b, c->glyph[k]);
        else if (blank && c->under[k])
            buf_add_utf8(b, c->under[k]);
        else if (blank)
            buf_add_c(b, ' ');
        else if (unicode)
            buf_add_utf8(b, 0x2800 + c->dots[k]);
        else
            buf_add_c(b, ascii_of(c->dots[k]));
    }
    if (colors)
        colour_curve(b, color, 0);
}
