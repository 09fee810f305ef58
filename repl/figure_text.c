/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Figures on a terminal: a canvas of Braille dots in a frame with round numbers. Curves differ by the pattern of their lines, with or without
 * colours. Level sets carry their numbers. Equal units are equal on the screen, where dots are squares. */
#include "repl/figure.h"

#include "repl/axis.h"
#include "repl/colour.h"
#include "repl/figure_int.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

enum { MOST_WIDTH = 100, LEAST_WIDTH = 20, LEAST_HEIGHT = 8, MOST_HEIGHT = 32, GLYPHS_UP_TO = 400, TICK_ROWS = 3, SAMPLE = 5 };

FigureStyle figure_style(FILE *out, bool unicode)
{
    struct winsize w = { 0 };
    FigureStyle    s = { 80, 24, unicode, false };
    const char    *term = getenv("TERM");
    if (fileno(out) < 0 || !isatty(fileno(out)))
        return s;
    bool dumb = term && !strcmp(term, "dumb");
    if (ioctl(fileno(out), TIOCGWINSZ, &w) == 0 && w.ws_col && w.ws_row)
        s = (FigureStyle){ w.ws_col, w.ws_row, unicode, false };
    s.unicode = unicode && !dumb;
    s.colors = colour_on(out);
    return s;
}

/* ---- places ------------------------------------------------------------------------------------------------------------------- */

static double dot_x(const Drawing *d, double x)
{
    return axis_place(d->f->x_low, d->f->x_high, d->f->log_x, x) * (2 * (double)d->c.width - 1);
}

static double dot_y(const Drawing *d, double y)
{
    return (1 - axis_place(d->f->y_low, d->f->y_high, d->f->log_y, y)) * (4 * (double)d->c.height - 1);
}

/* Numbers far outside are brought near, so that differences stay finite. */
static double near(double v)
{
    return v < -1e6 ? -1e6 : v > 1e6 ? 1e6 : v;
}

Look figure_look(const Figure *f, size_t i)
{
    static const uint8_t color[] = { 6, 3, 5, 2, 1, 4 };
    size_t own = 0;
    if (f->series[i].like)
        return figure_look(f, f->series[i].like - 1);
    for (size_t k = 0; k < i; k++)
        own += !f->series[k].like && f->series[k].kind == f->series[i].kind;
    size_t all = 0;
    for (size_t k = 0; k < i; k++)
        all += !f->series[k].like;
    return (Look){ color[all % sizeof color], own % DASH_SPARSE, own };
}

/* ---- series ------------------------------------------------------------------------------------------------------------------- */

static void draw_curve(Drawing *d, const PlotSeries *s, Look look)
{
    Pen pen = { .color = look.color, .dash = s->kind == SERIES_CONTOUR ? DASH_SOLID : look.dash };
    for (size_t k = 0; k + 1 < s->n || k == 0; k++) {
        double x = dot_x(d, s->x[k]), y = dot_y(d, s->y[k]);
        if (s->n == 0)
            return;
        if (k + 1 == s->n || (isnan(dot_y(d, s->y[k + 1])) && (k == 0 || isnan(dot_y(d, s->y[k - 1]))))) {
            if (isfinite(x) && isfinite(y))             /* a point alone */
                canvas_line(&d->c, &pen, x, y, x, y);
            continue;
        }
        canvas_line(&d->c, &pen, near(x), near(y), near(dot_x(d, s->x[k + 1])), near(dot_y(d, s->y[k + 1])));
    }
}

static const uint32_t marks[] = { 0x2022, 0xd7, '+', 0x25cb, '#', '*' };
static const char     ascii_marks[] = "ox+*#@";

uint32_t figure_mark(Look look, bool unicode)
{
    return unicode ? marks[look.own % 6] : (uint32_t)ascii_marks[look.own % 6];
}

static void draw_points(Drawing *d, const PlotSeries *s, Look look)
{
    for (size_t k = 0; k < s->n; k++) {
        double x = dot_x(d, s->x[k]), y = dot_y(d, s->y[k]);
        if (!isfinite(x) || !isfinite(y) || fabs(x) > 1e6 || fabs(y) > 1e6 || x < -0.5 || y < -0.5)
            continue;
        if (s->n <= GLYPHS_UP_TO)
            canvas_glyph(&d->c, lround(x) / 2, lround(y) / 4, figure_mark(look, d->style.unicode), look.color);
        else
            canvas_dot(&d->c, lround(x), lround(y), look.color);
    }
}

/* alone: solid; beside a curve only the outline, which it would be lost in otherwise. */
static void draw_bars(Drawing *d, const PlotSeries *s, Look look, bool alone)
{
    double zero = near(dot_y(d, d->f->log_y ? d->f->y_low : 0));
    for (size_t k = 0; k < s->n; k++) {
        double x = near(dot_x(d, s->x[k])), x2 = near(dot_x(d, s->x2[k])), y = near(dot_y(d, s->y[k]));
        if (isnan(x) || isnan(x2) || isnan(y))
            continue;
        Pen pen = { .color = look.color, .dash = DASH_DOTS };
        if (!alone) {
            canvas_line(&d->c, &pen, x, zero, x, y);
            canvas_line(&d->c, &pen, x, y, x2, y);
            canvas_line(&d->c, &pen, x2, y, x2, zero);
            continue;
        }
        double from = fmin(y, zero), to = fmax(y, zero);
        long   left = lround(x), right = lround(x2);
        for (long u = left + (right - left > 3); u <= right - (right - left > 1) && s->y[k] != 0; u++) {
            pen = (Pen){ .color = look.color };
            canvas_line(&d->c, &pen, (double)u, from, (double)u, to);
        }
    }
}

static void draw_band(Drawing *d, const PlotSeries *s, Look look)
{
    long width = 2 * (long)d->c.width, height = 4 * (long)d->c.height;
    for (size_t k = 0; k + 1 < s->n; k++)
        for (long u = 0; u < width; u += 2) {
            double x = dot_x(d, s->x[k]), x2 = dot_x(d, s->x[k + 1]), r = ((double)u - x) / (x2 - x);
            if (!(r >= 0 && r <= 1))
                continue;
            double y = near(dot_y(d, s->y[k] + r * (s->y[k + 1] - s->y[k]))), y2 = near(dot_y(d, s->y2[k] + r * (s->y2[k + 1] - s->y2[k])));
            for (long v = u % 4; v < height; v += 4)
                if ((double)v >= fmin(y, y2) && (double)v <= fmax(y, y2))
                    canvas_dot(&d->c, u, v, look.color);
        }
}

static void draw_straight(Drawing *d, const PlotSeries *s, Look look)
{
    for (size_t k = 0; k < s->n; k++) {
        Pen pen = { .color = look.color, .dash = DASH_DOTS };
        if (s->kind == SERIES_VERTICAL)
            canvas_line(&d->c, &pen, dot_x(d, s->x[k]), 0, dot_x(d, s->x[k]), 4 * (double)d->c.height);
        else
            canvas_line(&d->c, &pen, 0, dot_y(d, s->y[k]), 2 * (double)d->c.width, dot_y(d, s->y[k]));
    }
}

/* Of the arrow nearest to the middle of every few cells, so that they stand in even rows. */
static void draw_arrows(Drawing *d, const PlotSeries *s, Look look)
{
    static const uint32_t eight[] = { 0x2192, 0x2197, 0x2191, 0x2196, 0x2190, 0x2199, 0x2193, 0x2198 };
    static const char     ascii[] = ">/^\\</v\\";
    enum { MOST_COLUMNS = 25, MOST_ROWS = 21 };
    double ux = (2 * (double)d->c.width) / (d->f->x_high - d->f->x_low), uy = 4 * (double)d->c.height / (d->f->y_high - d->f->y_low);
    size_t across = d->c.width / MOST_COLUMNS + 1, down = d->c.height / MOST_ROWS + 1;
    for (size_t row = down / 2; row < d->c.height; row += down)
        for (size_t column = across / 2; column < d->c.width; column += across) {
            size_t best = 0;
            double least = INFINITY;
            for (size_t k = 0; k < s->n; k++) {
                double far = hypot(dot_x(d, s->x[k]) - 2 * (double)column - 0.5, dot_y(d, s->y[k]) - 4 * (double)row - 1.5);
                best = far < least ? k : best;
                least = fmin(far, least);
            }
            double dx = s->x2[best] * ux, dy = s->y2[best] * uy;
            if (!isfinite(dx) || !isfinite(dy))
                continue;
            int      turn = (int)lround(atan2(dy, dx) / (M_PI / 4)) & 7;
            bool     none = dx == 0 && dy == 0;
            uint32_t glyph = d->style.unicode ? (none ? 0xb7 : eight[turn]) : none ? '.' : (uint32_t)ascii[turn];
            canvas_glyph(&d->c, (long)column, (long)row, glyph, look.color);
        }
}

/* The number of a level set on its line, where there is room. */
static void label_contour(Drawing *d, const PlotSeries *s, Look look)
{
    size_t text = utf8_columns(s->name);
    for (size_t k = 0; k < s->n && s->name.n; k++) {
        size_t at = (size_t)(fmod(0.5 + 0.618034 * (double)k + 0.31 * (double)look.own, 1) * (double)s->n);     /* not all labels at one edge */
        double x = dot_x(d, s->x[at]), y = dot_y(d, s->y[at]);
        if (!isfinite(x) || !isfinite(y))
            continue;
        long column = lround(x) / 2 - (long)text / 2, row = lround(y) / 4;
        bool free = canvas_is_free(&d->c, column, row, text) && (row == 0 || canvas_is_free(&d->c, column, row - 1, text))
                 && (row + 1 == (long)d->c.height || canvas_is_free(&d->c, column, row + 1, text));
        if (free) {
            canvas_text(&d->c, column, row, s->name, look.color);
            return;
        }
    }
}

static bool only_bars(const Figure *f)
{
    for (size_t i = 0; i < f->n; i++)
        if (f->series[i].kind != SERIES_BARS)
            return false;
    return true;
}

/* Does 0 lie between the ends, away from the frame? */
static bool inside(double low, double high)
{
    double place = axis_place(low, high, false, 0);
    return place > 0.04 && place < 0.96;
}

/* Sparse dots where x or y is 0; in ASCII points behind everything else. */
static void draw_zero(Drawing *d)
{
    const Figure *f = d->f;
    bool   across = !f->log_y && inside(f->y_low, f->y_high), down = !f->log_x && inside(f->x_low, f->x_high) && !only_bars(f);
    double x = down ? dot_x(d, 0) : 0, y = across ? dot_y(d, 0) : 0, right = 2 * (double)d->c.width, below = 4 * (double)d->c.height;
    Pen    pen[2] = { { .dash = DASH_SPARSE }, { .dash = DASH_SPARSE } };
    for (size_t k = 0; across && !d->style.unicode && k < d->c.width; k += 2)
        d->c.under[(size_t)lround(y) / 4 * d->c.width + k] = '.';
    for (size_t k = 0; down && !d->style.unicode && k < d->c.height; k++)
        d->c.under[k * d->c.width + (size_t)lround(x) / 2] = '.';
    if (across && d->style.unicode)
        canvas_line(&d->c, &pen[0], 0, y, right, y);
    if (down && d->style.unicode)
        canvas_line(&d->c, &pen[1], x, 0, x, below);
}

static size_t contours(const Figure *f)
{
    size_t n = 0;
    for (size_t i = 0; i < f->n; i++)
        n += f->series[i].kind == SERIES_CONTOUR;
    return n;
}

static void draw_series(Drawing *d)
{
    const Figure *f = d->f;
    bool alone = only_bars(f);
    if (f->series[0].kind != SERIES_ARROWS && contours(f) < 2)
        draw_zero(d);
    for (size_t i = 0; i < f->n; i++)
        if (f->series[i].kind == SERIES_BAND)
            draw_band(d, &f->series[i], figure_look(f, i));
    for (size_t i = 0; i < f->n; i++) {
        const PlotSeries *s = &f->series[i];
        Look              look = figure_look(f, i);
        switch (s->kind) {
        case SERIES_CURVE: case SERIES_CONTOUR: draw_curve(d, s, look); break;
        case SERIES_SCATTER:    draw_points(d, s, look); break;
        case SERIES_BARS:       draw_bars(d, s, look, alone); break;
        case SERIES_VERTICAL: case SERIES_HORIZONTAL: draw_straight(d, s, look); break;
        case SERIES_ARROWS:     draw_arrows(d, s, look); break;
        case SERIES_BAND: case SERIES_HEAT: case SERIES_SURFACE: break;
        }
    }
    for (size_t i = 0; i < f->n; i++)
        if (f->series[i].kind == SERIES_CONTOUR && contours(f) > 1)
            label_contour(d, &f->series[i], figure_look(f, i));
}

/* ---- the frame ------------------------------------------------------------------------------------------------------------------ */

static void blanks(Buf *b, size_t n)
{
    while (n-- > 0)
        buf_add_c(b, ' ');
}

static void centred(Buf *b, Str text, size_t left, size_t width)
{
    size_t n = utf8_columns(text);
    if (!n)
        return;
    blanks(b, left + (n < width ? (width - n) / 2 : 0));
    buf_add(b, text);
    buf_add_c(b, '\n');
}

/* The names of bars, as many as fit, below their middles. */
static size_t bar_ticks(const Drawing *d, Tick *tick)
{
    const Figure *f = d->f;
    size_t        n = 0;
    for (size_t i = 0; i < f->n; i++)
        for (size_t k = 0; f->series[i].label && k < f->series[i].n && n < MOST_TICKS; k++)
            tick[n++] = (Tick){ f->series[i].x[k] / 2 + f->series[i].x2[k] / 2, f->series[i].label[k] };
    return n;
}

/* The lower line with its numbers; a number that would touch the one before it is left out. */
static void x_axis(Buf *b, const Drawing *d, size_t left)
{
    const Figure *f = d->f;
    bool   unicode = d->style.unicode;
    size_t width = d->c.width, room = left + 1 + width;
    Tick   tick[MOST_TICKS];
    size_t n = bar_ticks(d, tick);
    if (!n)
        n = axis_ticks(b->arena, f->x_low, f->x_high, f->log_x, f->whole_x, width / 9 + 1, tick);
    bool  *at = arena_array(b->arena, bool, width + 1);
    Buf    numbers = buf_new(b->arena);
    size_t used = 0;
    for (size_t k = 0; k < n; k++) {
        double place = axis_place(f->x_low, f->x_high, f->log_x, tick[k].at) * ((double)width - 0.5);
        if (!(place >= -0.5 && place < (double)width))
            continue;
        size_t column = (size_t)fmax(0, floor(place + 0.25)), text = utf8_columns(tick[k].text), middle = left + 1 + column;
        size_t from = middle > text / 2 ? middle - text / 2 : 0;
        if (from + text > room)
            from = room > text ? room - text : 0;
        if (used && from < used + 1)
            continue;
        at[column < width ? column : width - 1] = true;
        blanks(&numbers, from - used);
        buf_add(&numbers, tick[k].text);
        used = from + text;
    }
    blanks(b, left);
    buf_add_s(b, unicode ? "└" : "+");
    for (size_t k = 0; k < width; k++)
        buf_add_s(b, at[k] ? (unicode ? "┬" : "+") : unicode ? "─" : "-");
    buf_add_c(b, '\n');
    buf_add(b, buf_str(&numbers));
    size_t label = utf8_columns(f->x_label);
    if (label && used + 2 + label <= room + 2 && used + 2 <= room) {
        blanks(b, room - label > used + 1 ? room - label - used : 2);
        buf_add(b, f->x_label);
        label = 0;
    }
    buf_add_c(b, '\n');
    if (label)
        centred(b, f->x_label, left, width);
}

static size_t y_labels(Arena *a, const Drawing *d, size_t height, Str *label)
{
    const Figure *f = d->f;
    Tick   tick[MOST_TICKS];
    size_t n = axis_ticks(a, f->y_low, f->y_high, f->log_y, f->whole_y, height / TICK_ROWS + 1, tick), width = 0;
    for (size_t k = 0; k < n; k++) {
        double place = (1 - axis_place(f->y_low, f->y_high, f->log_y, tick[k].at)) * (4 * (double)height - 1);
        long   row = lround(floor(place / 4));
        if (row < 0 || row >= (long)height || label[row].n)
            continue;
        label[row] = tick[k].text;
        width = utf8_columns(tick[k].text) > width ? utf8_columns(tick[k].text) : width;
    }
    return width;
}

void figure_framed(Buf *b, const Drawing *d, const Str *label, size_t left)
{
    bool unicode = d->style.unicode;
    if (d->f->y_label.n) {
        buf_add(b, d->f->y_label);
        buf_add_c(b, '\n');
    }
    for (size_t row = 0; row < d->c.height; row++) {
        size_t n = utf8_columns(label[row]);
        blanks(b, left > n + 1 ? left - 1 - n : 0);
        buf_add(b, label[row]);
        blanks(b, 1);
        buf_add_s(b, n ? (unicode ? "┤" : "+") : unicode ? "│" : "|");
        canvas_row(&d->c, row, unicode, d->style.colors, b);
        buf_add_c(b, '\n');
    }
    x_axis(b, d, left);
}

/* ---- the legend ------------------------------------------------------------------------------------------------------------------- */

/* What a series looks like, in a few cells. */
static void sample(Buf *b, const Drawing *d, size_t i)
{
    const PlotSeries *s = &d->f->series[i];
    Look   look = figure_look(d->f, i);
    Canvas c = canvas_new(b->arena, SAMPLE, 1);
    Pen    pen = { .color = look.color, .dash = s->kind == SERIES_CURVE ? look.dash : DASH_DOTS };
    if (s->kind == SERIES_SCATTER)
        canvas_glyph(&c, 1, 0, figure_mark(look, d->style.unicode), look.color);
    else if (s->kind == SERIES_BARS && only_bars(d->f))
        for (long x = 0; x < 2 * SAMPLE; x++)
            for (long y = 0; y < 4; y++)
                canvas_dot(&c, x, y, look.color);
    else if (s->kind == SERIES_BAND)
        for (long x = 0; x < 2 * SAMPLE; x += 2)
            canvas_dot(&c, x, x % 4, look.color);
    else
        canvas_line(&c, &pen, 0, 2, 2 * SAMPLE - 1, 2);
    size_t before = b->n;
    canvas_row(&c, 0, d->style.unicode, d->style.colors, b);
    Str made = { b->s + before, b->n - before };
    if (!d->style.colors)
        blanks(b, utf8_columns(made) < SAMPLE ? SAMPLE - utf8_columns(made) : 0);
}

static void legend(Buf *b, const Drawing *d, size_t left)
{
    const Figure *f = d->f;
    size_t named = 0, column = 0, room = d->c.width;
    for (size_t i = 0; i < f->n; i++)
        named += f->series[i].name.n > 0 && (f->series[i].kind != SERIES_CONTOUR || contours(f) < 2);
    if (named < 2 && !(named && f->n > named && contours(f) > 1))
        return;
    for (size_t i = 0; i < f->n; i++) {
        const PlotSeries *s = &f->series[i];
        if (!s->name.n || (s->kind == SERIES_CONTOUR && contours(f) > 1))
            continue;
        size_t n = SAMPLE + 1 + utf8_columns(s->name) + 3;
        if (column && column + n > room) {
            buf_add_c(b, '\n');
            column = 0;
        }
        if (!column)
            blanks(b, left + 1);
        sample(b, d, i);
        buf_add_c(b, ' ');
        buf_add(b, s->name);
        blanks(b, 3);
        column += n;
    }
    buf_add_c(b, '\n');
}

/* ---- all of it ---------------------------------------------------------------------------------------------------------------------- */

/* Blanks before line ends would only be seen by those who copy the text. */
static void put_trimmed(FILE *out, Str s)
{
    for (size_t at = 0; at < s.n;) {
        const char *end = memchr(s.s + at, '\n', s.n - at);
        size_t stop = end ? (size_t)(end - s.s) : s.n, n = stop;
        while (n > at && s.s[n - 1] == ' ')
            n--;
        fwrite(s.s + at, 1, n - at, out);
        fputc('\n', out);
        at = stop + 1;
    }
}

void figure_size(const Figure *f, FigureStyle style, size_t left, size_t *width, size_t *height)
{
    size_t all = style.width < MOST_WIDTH ? style.width : MOST_WIDTH, most = style.height > LEAST_HEIGHT + 6 ? style.height - 5 : LEAST_HEIGHT;
    *width = all > left + 2 + LEAST_WIDTH ? all - left - 2 : LEAST_WIDTH;
    *height = *width / 4;
    *height = *height > most ? most : *height;
    if (f->equal) {
        double ratio = fabs((f->y_high - f->y_low) / (f->x_high - f->x_low));
        double h = (double)*width * ratio / 2, limit = fmin(MOST_HEIGHT, fmax((double)most, LEAST_HEIGHT));
        *height = (size_t)lround(fmin(h, limit));
        if (h > limit)
            *width = (size_t)lround(2 * limit / ratio);
    }
    *height = *height < LEAST_HEIGHT ? LEAST_HEIGHT : *height;
    *width = *width < LEAST_WIDTH ? LEAST_WIDTH : *width;
}

void figure_print(FILE *out, Arena *a, const Figure *f, FigureStyle style)
{
    Drawing d = { .f = f, .style = style };
    size_t  left = 0, width = 0, height = 0;
    Str    *label = NULL;
    Buf     b = buf_new(a);
    if (f->n && f->series[0].kind == SERIES_SURFACE) {
        figure_surface(&b, f, style);
        put_trimmed(out, buf_str(&b));
        return;
    }
    for (int round = 0; round < 2; round++) {               /* the labels take room, which changes the labels */
        figure_size(f, style, left, &width, &height);
        label = arena_array(a, Str, height);
        left = y_labels(a, &d, height, label) + 1;
    }
    d.c = canvas_new(a, width, height);
    centred(&b, f->title, left, width);
    if (f->n && f->series[0].kind == SERIES_HEAT)
        figure_heat(&d, &f->series[0]);
    if (f->n)
        draw_series(&d);
    figure_framed(&b, &d, label, left);
    if (f->n && f->series[0].kind == SERIES_HEAT)
        figure_scale(&b, &d, &f->series[0], left);
    legend(&b, &d, left);
    if (f->note.n)
        buf_printf(&b, "%.*s\n", STR_ARGS(f->note));
    put_trimmed(out, buf_str(&b));
}
