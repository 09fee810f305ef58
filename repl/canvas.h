/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A grid of character cells, each with 2 x 4 dots: Braille characters, or ASCII where these are not to be had. Dots and the
 * characters written over them have a colour, which only terminals see. */
#ifndef REPL_CANVAS_H
#define REPL_CANVAS_H

#include "base/str.h"

typedef struct Canvas {
    size_t    width, height;        /* in cells; dots: 2*width x 4*height, (0, 0) left above */
    uint8_t  *dots, *color;         /* per cell; color 0: the terminal's own */
    uint32_t *glyph, *under;        /* 0: none; under: seen where there are no dots */
} Canvas;

typedef struct Pen {
    uint8_t  color;
    unsigned dash;                  /* DASH_... */
    size_t   drawn;                 /* dots so far: where in its pattern the line is */
    long     x, y;                  /* the last dot */
    bool     down;
} Pen;

enum { DASH_SOLID, DASH_LONG, DASH_DOTS, DASH_MIXED, DASH_SPARSE, DASHES };

Canvas canvas_new(Arena *a, size_t width, size_t height);
void   canvas_dot(Canvas *c, long x, long y, uint8_t color);
void   canvas_clear(Canvas *c, long x, long y);
/* From (x0, y0) to (x1, y1) in dots; what lies outside is cut off. The pattern of the pen goes on. */
void   canvas_line(Canvas *c, Pen *pen, double x0, double y0, double x1, double y1);
bool   canvas_glyph(Canvas *c, long column, long row, uint32_t glyph, uint8_t color);      /* false: outside */
bool   canvas_is_free(const Canvas *c, long column, long row, size_t n);                  /* no glyphs in n cells and beside them */
void   canvas_text(Canvas *c, long column, long row, Str text, uint8_t color);
/* One row of cells; colors: with escape sequences. */
void   canvas_row(const Canvas *c, size_t row, bool unicode, bool colors, Buf *b);

#endif
