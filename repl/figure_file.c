/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Figures as files. gnuplot gets a script with the numbers in it on its input and gives the picture on its output, so no name of a file
 * ever stands in the script. Texts are in single quotes, in which gnuplot replaces nothing (in double quotes it would run
 * what stands between backquotes); "noenhanced" keeps _ and ^ as they are. */
#include "repl/figure.h"

#include "base/report.h"
#include "repl/filter.h"

#include <errno.h>
#include <math.h>
#include <string.h>
#include <sys/wait.h>

typedef struct FileKind { const char *ending, *terminal; } FileKind;    /* terminal NULL: no program is needed */

static const FileKind kinds[] = {
    { "svg", "svg size 800,500 dynamic noenhanced font 'Helvetica,14'" }, { "png", "pngcairo size 1000,625 noenhanced font 'Sans,11'" },
    { "pdf", "pdfcairo size 16cm,10cm noenhanced font 'Sans,10'" }, { "gp", NULL }, { "dat", NULL }, { NULL, NULL }
};

/* In single quotes; control characters become blanks. */
static void quoted(Buf *b, Str s)
{
    buf_add_c(b, '\'');
    for (size_t i = 0; i < s.n; i++) {
        unsigned char c = (unsigned char)s.s[i];
        if (c == '\'')
            buf_add_c(b, '\'');
        buf_add_c(b, c < ' ' || c == 127 ? ' ' : s.s[i]);
    }
    buf_add_c(b, '\'');
}

static void number(Buf *b, double x)
{
    if (isfinite(x))
        buf_printf(b, "%.10g", x);
    else
        buf_add_s(b, "NaN");
}

/* ---- numbers -------------------------------------------------------------------------------------------------------------------- */

/* gnuplot does not end a line at NaN in every version; at a blank line it does. */
static void rows(Buf *b, const PlotSeries *s)
{
    const double *column[] = { s->x, s->y, s->x2, s->y2 };
    bool lines = s->kind == SERIES_CURVE || s->kind == SERIES_CONTOUR, blank = true;
    for (size_t i = 0; i < s->n; i++) {
        if (lines && !(isfinite(s->x[i]) && isfinite(s->y[i]))) {
            if (!blank)
                buf_add_c(b, '\n');
            blank = true;
            continue;
        }
        bool first = true;
        for (int k = 0; k < 4; k++)
            if (column[k]) {
                buf_add_s(b, first ? "" : "\t");
                number(b, column[k][i]);
                first = false;
            }
        buf_add_c(b, '\n');
        blank = false;
    }
}

static void grid(Buf *b, const PlotSeries *s)
{
    for (size_t j = 0; j < s->rows; j++) {
        for (size_t i = 0; i < s->columns; i++) {
            number(b, s->x[i]);
            buf_add_c(b, '\t');
            number(b, s->y[j]);
            buf_add_c(b, '\t');
            number(b, s->z[j * s->columns + i]);
            buf_add_c(b, '\n');
        }
        buf_add_c(b, '\n');
    }
}

static void data(Buf *b, const PlotSeries *s)
{
    if (s->z)
        grid(b, s);
    else
        rows(b, s);
}

Str figure_numbers(Arena *a, const Figure *f)
{
    Buf b = buf_new(a);
    for (size_t i = 0; i < f->n; i++) {
        const PlotSeries *s = &f->series[i];
        buf_printf(&b, "%s# %s", i ? "\n\n" : "", series_kind_name(s->kind));
        if (s->name.n)
            buf_add_c(&b, ' ');
        for (size_t k = 0; k < s->name.n; k++)
            buf_add_c(&b, (unsigned char)s->name.s[k] < ' ' ? ' ' : s->name.s[k]);
        buf_add_c(&b, '\n');
        data(&b, s);
    }
    return buf_str(&b);
}

/* ---- the script ------------------------------------------------------------------------------------------------------------------- */

static void range(Buf *b, const char *axis, double low, double high)
{
    buf_printf(b, "set %srange [", axis);
    number(b, low);
    buf_add_s(b, ":");
    number(b, high);
    buf_add_s(b, "]\n");
}

static void label(Buf *b, const char *what, Str text)
{
    if (!text.n)
        return;
    buf_printf(b, "set %s ", what);
    quoted(b, text);
    buf_add_s(b, strcmp(what, "xlabel") ? "\n" : " offset 0,0.5\n");     /* off the legend below it */
}

static size_t own(const Figure *f, size_t i)
{
    size_t n = 1;
    if (f->series[i].like)
        return own(f, f->series[i].like - 1);
    for (size_t k = 0; k < i; k++)
        n += !f->series[k].like;
    return n;
}

static double arrow_scale(const Figure *f, const PlotSeries *s)
{
    double longest = 0, cell = fmin((f->x_high - f->x_low) / 25, (f->y_high - f->y_low) / 21);
    for (size_t i = 0; i < s->n; i++)
        longest = isfinite(s->x2[i]) && isfinite(s->y2[i]) ? fmax(longest, hypot(s->x2[i], s->y2[i])) : longest;
    return longest > 0 ? 0.95 * cell / longest : 1;
}

static void style(Buf *b, const Figure *f, size_t i)
{
    const PlotSeries *s = &f->series[i];
    size_t            line = own(f, i);
    switch (s->kind) {
    case SERIES_CURVE: case SERIES_CONTOUR:
        buf_printf(b, "using 1:2 with lines linewidth %s linetype %zu", s->kind == SERIES_CURVE ? "2" : "1.5", line);
        break;
    case SERIES_SCATTER:
        buf_printf(b, "using 1:2 with points pointtype 7 pointsize %s linetype %zu", s->n > 400 ? "0.3" : "0.7", line);
        break;
    case SERIES_BARS:
        buf_printf(b, "using (($1+$3)/2):2:($3-$1) with boxes fillstyle solid 0.4 border linetype %zu", line);
        break;
    case SERIES_BAND:
        buf_printf(b, "using 1:2:3 with filledcurves fillstyle transparent solid 0.25 linetype %zu", line);
        break;
    case SERIES_VERTICAL:
        buf_printf(b, "using 1:(%.10g):(0):(%.10g) with vectors nohead dashtype 2 linetype %zu", f->y_low, f->y_high - f->y_low, line);
        break;
    case SERIES_HORIZONTAL:
        buf_printf(b, "using (%.10g):1:(%.10g):(0) with vectors nohead dashtype 2 linetype %zu", f->x_low, f->x_high - f->x_low, line);
        break;
    case SERIES_ARROWS: {
        double scale = arrow_scale(f, s);
        buf_printf(b, "using 1:2:(%.10g*$3):(%.10g*$4) with vectors filled head size screen 0.008,20 linetype %zu", scale, scale, line);
        break;
    }
    case SERIES_HEAT:    buf_add_s(b, "using 1:2:3 with image"); break;
    case SERIES_SURFACE: buf_add_s(b, "using 1:2:3 with pm3d"); break;
    }
}

static size_t contours(const Figure *f)
{
    size_t n = 0;
    for (size_t i = 0; i < f->n; i++)
        n += f->series[i].kind == SERIES_CONTOUR;
    return n;
}

/* Numbers along the axis only under bars that have no names. */
static void bar_names(Buf *b, const Figure *f)
{
    for (size_t i = 0; i < f->n; i++) {
        const PlotSeries *s = &f->series[i];
        if (!s->label)
            continue;
        buf_add_s(b, "set xtics (");
        for (size_t k = 0; k < s->n; k++) {
            buf_add_s(b, k ? ", " : "");
            quoted(b, s->label[k]);
            buf_printf(b, " %.10g", s->x[k] / 2 + s->x2[k] / 2);
        }
        buf_add_s(b, ")\n");
    }
}

/* Bands first, for they would cover what is drawn before them. */
static void plots(Buf *b, const Figure *f, size_t many, size_t named, bool surface)
{
    size_t done = 0, level = 0;
    for (int band = 1; band >= 0; band--)
        for (size_t i = 0; i < f->n; i++) {
            const PlotSeries *s = &f->series[i];
            bool set = s->kind == SERIES_CONTOUR && many > 1, legend = s->name.n && (named > 1 || set);
            if ((s->kind == SERIES_BAND) != band)
                continue;
            buf_printf(b, "%s$d%zu ", done++ ? ", \\\n     " : surface ? "splot " : "plot ", i);
            style(b, f, i);
            if (set)
                buf_printf(b, " linecolor palette fraction %.4g", (double)level++ / (double)(many - 1));
            buf_add_s(b, legend ? " title " : " notitle");
            if (legend)
                quoted(b, s->name);
        }
}

Str figure_script(Arena *a, const Figure *f)
{
    Buf    b = buf_new(a);
    bool   surface = f->n && f->series[0].kind == SERIES_SURFACE;
    size_t named = 0;
    for (size_t i = 0; i < f->n; i++) {
        buf_printf(&b, "$d%zu << EOD\n", i);
        data(&b, &f->series[i]);
        buf_add_s(&b, "EOD\n");
        named += f->series[i].name.n > 0;
    }
    buf_add_s(&b, "set encoding utf8\nset border linewidth 0.8\nset tics nomirror\nset grid linecolor '#dddddd'\nset key outside below horizontal\n"
                  "set palette defined (0 '#30123b', 1 '#4669e0', 2 '#1bcfd4', 3 '#62fc6b', 4 '#e2dd37', 5 '#fe8f29', 6 '#d23105', 7 '#7a0403')\n");
    label(&b, "title", f->title);
    label(&b, "xlabel", f->x_label);
    label(&b, "ylabel", f->y_label);
    if (f->note.n && !surface) {
        buf_add_s(&b, "set label 1 ");
        quoted(&b, f->note);
        buf_add_s(&b, " at graph 0.01, graph 1.02 left\n");
    }
    range(&b, "x", f->x_low, f->x_high);
    range(&b, "y", f->y_low, f->y_high);
    if (f->log_x || f->log_y)
        buf_printf(&b, "set logscale %s%s\nset format %s '%%g'\n", f->log_x ? "x" : "", f->log_y ? "y" : "", f->log_x && f->log_y ? "xy" : f->log_x ? "x" : "y");
    if (f->whole_x && f->x_high - f->x_low < 12)
        buf_add_s(&b, "set xtics 1\n");
    if (f->whole_y && fabs(f->y_high - f->y_low) < 12)
        buf_add_s(&b, "set ytics 1\n");
    if (f->equal)
        buf_add_s(&b, "set size ratio -1\n");
    if (surface)
        buf_add_s(&b, "set view 55,30\nset xyplane 0\nset hidden3d\nset pm3d depthorder border linecolor '#555555' linewidth 0.3\nunset key\n");
    bar_names(&b, f);
    size_t many = contours(f);
    if (many > 1)
        buf_add_s(&b, "unset colorbox\n");
    plots(&b, f, many, named, surface);
    buf_add_s(&b, "\n");
    return buf_str(&b);
}

/* ---- writing -------------------------------------------------------------------------------------------------------------------------- */

static const FileKind *kind_of(Str name)
{
    for (const FileKind *k = kinds; k->ending; k++) {
        size_t n = strlen(k->ending);
        if (name.n > n + 1 && name.s[name.n - n - 1] == '.' && !strncasecmp(name.s + name.n - n, k->ending, n))
            return k;
    }
    return NULL;
}

/* gnuplot writes a file of nothing but its head when it finds a mistake: its status tells. NULL, or why there is no picture. */
static const char *gnuplot(Arena *a, const char *terminal, Str script, Str *picture)
{
    static char name[] = "gnuplot";
    int status = filter_run(a, (char *const[]){ name, NULL }, str_printf(a, "set terminal %s\n%.*s", terminal, STR_ARGS(script)), picture);
    if (WIFEXITED(status) && WEXITSTATUS(status) == FILTER_NOT_FOUND)
        return "gnuplot is not installed: there is no program gnuplot";
    if (status != 0 || !picture->n)
        return WIFSIGNALED(status) ? "gnuplot was stopped, or took too long" : "gnuplot failed";
    return NULL;
}

const char *figure_svg(Arena *a, const Figure *f, Str *svg)
{
    return gnuplot(a, kinds[0].terminal, figure_script(a, f), svg);
}

static bool draw(Arena *a, const Figure *f, const FileKind *kind, Str *picture, Diag *d, const Source *source, Span span)
{
    Str script = figure_script(a, f);
    if (!kind->terminal) {
        *picture = !strcmp(kind->ending, "gp") ? script : figure_numbers(a, f);
        return true;
    }
    const char *why = gnuplot(a, kind->terminal, script, picture);
    if (why) {
        diag_fail(d, source, span, "%s", why);
        diag_hint(d, "to: \"plot.gp\" writes its input, to: \"plot.dat\" the numbers");
    }
    return !why;
}

bool figure_write(Env *env, Outcome *o, bool sandbox, Diag *d, const Source *source)
{
    const Figure *f = o->kind == RUN_DONE && o->value.kind == VALUE_REPORT ? report_picture(o->value.report) : NULL;
    Arena        *a = env_line(env);
    Str           picture = { 0 };
    if (!f || !f->to.n)
        return true;
    size_t at = (size_t)(o->input.s - source->text.s);
    Span   span = { (uint32_t)at, (uint32_t)(at + o->input.n) };
    const FileKind *kind = kind_of(f->to);
    if (sandbox) {
        diag_fail(d, source, span, "writing files is forbidden in the sandbox");
    } else if (!kind || memchr(f->to.s, 0, f->to.n)) {
        diag_fail(d, source, span, "a picture's file ends in .svg, .png, .pdf, .gp (script) or .dat (numbers)");
        diag_hint(d, "to: \"plot.svg\"");
    } else if (draw(a, f, kind, &picture, d, source, span) && !file_write(a, f->to, picture)) {
        diag_fail(d, source, span, "cannot write %.*s: %s", STR_ARGS(f->to), strerror(errno));
    } else if (!d->failed) {
        Report *r = arena_copy(a, o->value.report, sizeof *r);
        r->summary = str_printf(a, "written to %.*s", STR_ARGS(f->to));
        o->value.report = r;
    }
    return !d->failed;
}
