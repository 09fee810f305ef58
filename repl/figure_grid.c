/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Heat maps as shades, and surfaces as a net of lines: its meshes are painted from the back to the front, each wipes out what lies
 * behind it. */
#include "repl/figure_int.h"

#include "repl/axis.h"

#include <math.h>

/* ---- heat maps ----------------------------------------------------------------------------------------------------------------- */

static const uint32_t shades[] = { ' ', 0x2591, 0x2592, 0x2593, 0x2588 };
static const char     ascii_shades[] = " .:-=+*#%@";
static const uint8_t  ramp[] = { 17, 18, 54, 55, 91, 127, 162, 161, 196, 202, 208, 214, 220, 226, 228 };

static void extent(const PlotSeries *s, double *low, double *high)
{
    *low = *high = NAN;
    range_include(low, high, s->z, s->columns * s->rows, false);
    range_settle(low, high, false, 0);
}

/* The character and colour of a share from 0 to 1. */
static void shade(FigureStyle style, double share, uint32_t *glyph, uint8_t *color)
{
    size_t n = style.colors ? sizeof ramp : style.unicode ? sizeof shades / sizeof *shades : sizeof ascii_shades - 1;
    size_t k = (size_t)fmin(fmax(share, 0) * (double)n, (double)n - 1);
    *color = style.colors ? ramp[k] : 0;
    *glyph = style.colors ? (style.unicode ? 0x2588 : '#') : style.unicode ? shades[k] : (uint32_t)ascii_shades[k];
}

/* The cell of the grid in which a number lies. */
static bool grid_index(const double *middle, size_t n, double x, size_t *k)
{
    double step = n > 1 ? (middle[n - 1] - middle[0]) / (double)(n - 1) : 1, at = (x - middle[0]) / step + 0.5;
    if (!(at >= 0 && at < (double)n))
        return false;
    *k = (size_t)at;
    return true;
}

void figure_heat(Drawing *d, const PlotSeries *s)
{
    const Figure *f = d->f;
    double low, high;
    extent(s, &low, &high);
    for (size_t row = 0; row < d->c.height; row++)
        for (size_t column = 0; column < d->c.width; column++) {
            double x = f->x_low + ((double)column + 0.5) / (double)d->c.width * (f->x_high - f->x_low);
            double y = f->y_high + ((double)row + 0.5) / (double)d->c.height * (f->y_low - f->y_high);
            size_t i, j;
            if (!grid_index(s->x, s->columns, x, &i) || !grid_index(s->y, s->rows, y, &j) || !isfinite(s->z[j * s->columns + i]))
                continue;
            uint32_t glyph;
            uint8_t  color;
            shade(d->style, (s->z[j * s->columns + i] - low) / (high - low), &glyph, &color);
            canvas_glyph(&d->c, (long)column, (long)row, glyph, color);
        }
}

void figure_scale(Buf *b, const Drawing *d, const PlotSeries *s, size_t left)
{
    enum { WIDTH = 20 };
    double low, high;
    Canvas c = canvas_new(b->arena, WIDTH, 1);
    extent(s, &low, &high);
    for (long k = 0; k < WIDTH; k++) {
        uint32_t glyph;
        uint8_t  color;
        shade(d->style, ((double)k + 0.5) / WIDTH, &glyph, &color);
        canvas_glyph(&c, k, 0, glyph, color);
    }
    Str from = axis_number(b->arena, low, 5), to = axis_number(b->arena, high, 5);
    for (size_t k = 0; k <= left; k++)
        buf_add_c(b, ' ');
    buf_printf(b, "%.*s ", STR_ARGS(from));
    canvas_row(&c, 0, d->style.unicode, d->style.colors, b);
    buf_printf(b, " %.*s\n", STR_ARGS(to));
}

/* ---- surfaces -------------------------------------------------------------------------------------------------------------------- */

typedef struct Net {
    const PlotSeries *s;
    Canvas            c;
    double            low, high;    /* of z */
    size_t            step;         /* lines that are shown: each step-th */
} Net;

static const double AZIMUTH = 0.6, TILT = 0.5;

/* The place of a corner of the net in dots; false: it has no value. */
static bool project(const Net *n, size_t i, size_t j, double *x, double *y)
{
    const PlotSeries *s = n->s;
    double z = s->z[j * s->columns + i];
    if (!isfinite(z))
        return false;
    double u = 2.0 * (double)i / (double)(s->columns - 1) - 1, v = 2.0 * (double)j / (double)(s->rows - 1) - 1, h = (z - n->low) / (n->high - n->low) - 0.5;
    double across = u * cos(AZIMUTH) - v * sin(AZIMUTH), away = u * sin(AZIMUTH) + v * cos(AZIMUTH), up = away * sin(TILT) + 1.3 * h * cos(TILT);
    double wide = cos(AZIMUTH) + sin(AZIMUTH), tall = wide * sin(TILT) + 0.65 * cos(TILT);
    *x = (across / wide + 1) / 2 * (2 * (double)n->c.width - 1);
    *y = (1 - up / tall) / 2 * (4 * (double)n->c.height - 1);
    return true;
}

static double cross(const double *p, const double *q, double x, double y)
{
    return (q[0] - p[0]) * (y - p[1]) - (q[1] - p[1]) * (x - p[0]);
}

static void wipe_triangle(Canvas *c, const double *p, const double *q, const double *r)
{
    long left = lround(fmin(p[0], fmin(q[0], r[0]))), right = lround(fmax(p[0], fmax(q[0], r[0])));
    long top = lround(fmin(p[1], fmin(q[1], r[1]))), bottom = lround(fmax(p[1], fmax(q[1], r[1])));
    for (long y = top; y <= bottom; y++)
        for (long x = left; x <= right; x++) {
            double a = cross(p, q, (double)x, (double)y), b = cross(q, r, (double)x, (double)y), e = cross(r, p, (double)x, (double)y);
            if ((a >= 0 && b >= 0 && e >= 0) || (a <= 0 && b <= 0 && e <= 0))
                canvas_clear(c, x, y);
        }
}

static void mesh(Net *n, size_t i, size_t j, uint8_t color)
{
    static const size_t corner[4][2] = { { 0, 0 }, { 1, 0 }, { 1, 1 }, { 0, 1 } };
    double p[4][2];
    for (int k = 0; k < 4; k++)
        if (!project(n, i + corner[k][0] * n->step, j + corner[k][1] * n->step, &p[k][0], &p[k][1]))
            return;
    wipe_triangle(&n->c, p[0], p[1], p[2]);
    wipe_triangle(&n->c, p[0], p[2], p[3]);
    for (int k = 0; k < 4; k++) {
        Pen pen = { .color = color };
        canvas_line(&n->c, &pen, p[k][0], p[k][1], p[(k + 1) % 4][0], p[(k + 1) % 4][1]);
    }
}

static bool empty_row(const Canvas *c, size_t row)
{
    for (size_t k = 0; k < c->width; k++)
        if (c->dots[row * c->width + k])
            return false;
    return true;
}

void figure_surface(Buf *b, const Figure *f, FigureStyle style)
{
    const PlotSeries *s = &f->series[0];
    Net    n = { .s = s, .step = 2 };
    size_t width, height;
    figure_size(f, style, 0, &width, &height);
    n.c = canvas_new(b->arena, width, height);
    extent(s, &n.low, &n.high);
    while (n.step < 8 && (s->columns - 1) / n.step > width / 4)
        n.step *= 2;
    while ((s->columns - 1) % n.step || (s->rows - 1) % n.step)
        n.step--;
    for (size_t j = s->rows - 1; j >= n.step; j -= n.step)
        for (size_t i = s->columns - 1; i >= n.step; i -= n.step) {
            double  z = s->z[j * s->columns + i];
            uint8_t color = isfinite(z) ? ramp[(size_t)((z - n.low) / (n.high - n.low) * (sizeof ramp - 4)) + 3] : 0;
            mesh(&n, i - n.step, j - n.step, color);
        }
    if (f->title.n) {
        size_t t = utf8_columns(f->title);
        for (size_t k = 0; t < width && k < (width - t) / 2; k++)
            buf_add_c(b, ' ');
        buf_printf(b, "%.*s\n", STR_ARGS(f->title));
    }
    size_t first = 0, end = height;
    while (first < end && empty_row(&n.c, first))
        first++;
    while (end > first && empty_row(&n.c, end - 1))
        end--;
    for (size_t row = first; row < end; row++) {
        canvas_row(&n.c, row, style.unicode, style.colors, b);
        buf_add_c(b, '\n');
    }
    Str low = axis_number(b->arena, n.low, 5), high = axis_number(b->arena, n.high, 5);
    Str x0 = axis_number(b->arena, f->x_low, 5), x1 = axis_number(b->arena, f->x_high, 5), y0 = axis_number(b->arena, f->y_low, 5), y1 = axis_number(b->arena, f->y_high, 5);
    buf_printf(b, "%.*s from %.*s to %.*s to the right, %.*s from %.*s to %.*s to the back, height from %.*s to %.*s\n", STR_ARGS(f->x_label), STR_ARGS(x0), STR_ARGS(x1),
               STR_ARGS(f->y_label), STR_ARGS(y0), STR_ARGS(y1), STR_ARGS(low), STR_ARGS(high));
    if (f->note.n)
        buf_printf(b, "%.*s\n", STR_ARGS(f->note));
}
