/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the files that draw figures as text share: figure_text.c draws curves and the frame, figure_grid.c heat maps and surfaces. */
#ifndef REPL_FIGURE_INT_H
#define REPL_FIGURE_INT_H

#include "repl/canvas.h"
#include "repl/figure.h"

typedef struct Drawing {
    const Figure *f;
    Canvas        c;
    FigureStyle   style;
} Drawing;

typedef struct Look { uint8_t color; unsigned dash; size_t own; } Look;     /* own: its number among the series of its kind */

Look     figure_look(const Figure *f, size_t i);
uint32_t figure_mark(Look look, bool unicode);
void     figure_size(const Figure *f, FigureStyle style, size_t left, size_t *width, size_t *height);
void     figure_framed(Buf *b, const Drawing *d, const Str *label, size_t left);
void     figure_heat(Drawing *d, const PlotSeries *s);
void     figure_scale(Buf *b, const Drawing *d, const PlotSeries *s, size_t left);
void     figure_surface(Buf *b, const Figure *f, FigureStyle style);

#endif
