/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Armijo's halving; strong Wolfe by bracketing and safeguarded cubic interpolation; exact by secants of the slope.
 * [Nocedal, Wright: Numerical Optimization, 2006, ch. 3; More, Thuente 1994]
 *
 * Where the promise is below the rounding of the value, a step that raises it by no more than that rounding is taken, and Wolfe's search
 * looks at slopes alone: there only the gradient still tells. [Hager, Zhang 2005, sec. 2] */
#include "numeric/line_search.h"

#include "numeric/vector.h"

#include <math.h>

enum { MOST_HALVINGS = 100, MOST_TRIALS = 40 };

typedef struct Trial { double t, psi, slope; } Trial;

LineSearch line_search_new(Arena *a, const Objective *o, SearchKind kind, double c1, double c2)
{
    const Format *f = o->format;
    LineSearch    s = { .kind = kind, .c1 = c1, .c2 = c2, .start = format_lanes(f, a, o->n), .slope = format_lanes(f, a, 1),
                        .step = format_lanes(f, a, 1), .value = format_lanes(f, a, 1), .lane = format_lanes(f, a, 1), .base = format_lanes(f, a, 1),
                        .slope_low = format_lanes(f, a, 1), .slope_high = format_lanes(f, a, 1) };
    for (size_t i = 0; i < sizeof s.work / sizeof *s.work; i++)
        s.work[i] = format_lanes(f, a, 1);
    return s;
}

const void *line_search_rate(const LineSearch *s)
{
    return s->step;
}

/* (value - base)/|slope|; NaN and infinite values count as infinitely high. */
static double psi_of(LineSearch *s, const Format *f, const void *value)
{
    vector_scalar(f, TAPE_SUB, s->lane, value, s->base);
    if (vector_not_finite(f, s->lane, 1) == 0)
        return INFINITY;
    double ratio = -vector_ratio(f, s->lane, s->slope);
    return isnan(ratio) ? INFINITY : ratio;
}

static void move(LineSearch *s, Objective *o, const void *d, double t)
{
    format_set_double(o->format, s->step, t, NULL);
    vector_add_scaled(o->format, o->x, s->step, d, s->start, o->n);
}

/* ---- Armijo ------------------------------------------------------------------------------------------------------------------ */

static StepResult halve(LineSearch *s, Objective *o, const void *d, double t)
{
    for (int i = 0; i < MOST_HALVINGS; i++, t /= 2) {
        move(s, o, d, t);
        if (!objective_value(o, o->x, s->value))
            return STEP_STOPPED;
        double psi = psi_of(s, o->format, s->value);
        if (psi <= s->above - s->c1 * t || (t < s->noise && psi <= s->noise))
            return STEP_MOVED;
    }
    return STEP_NO_DESCENT;
}

/* ---- Wolfe ------------------------------------------------------------------------------------------------------------------- */

/* Value and slope at start + t*d. */
static bool try(LineSearch *s, Objective *o, const void *d, double t, Trial *out)
{
    const Format *f = o->format;
    move(s, o, d, t);
    o->evaluated = false;
    if (!objective_gradient(o))
        return false;
    double psi = psi_of(s, f, o->f);
    vector_dot(f, s->lane, o->g, d, o->n);
    *out = (Trial){ t, psi, -vector_ratio(f, s->lane, s->slope) };
    if (isnan(out->slope))
        out->psi = INFINITY;
    return true;
}

/* The minimum of the cubic through two trials, at least a tenth of their distance away from both. */
static double between(Trial a, Trial b)
{
    double width = b.t - a.t, t = a.t + width / 2;
    if (isfinite(b.psi) && isfinite(b.slope)) {
        double d1 = a.slope + b.slope - 3 * (a.psi - b.psi) / (a.t - b.t), square = d1 * d1 - a.slope * b.slope;
        double d2 = copysign(sqrt(fmax(square, 0)), width), cubic = b.t - width * (b.slope + d2 - d1) / (b.slope - a.slope + 2 * d2);
        if (square >= 0 && isfinite(cubic))
            t = cubic;
    }
    double least = fmin(a.t, b.t) + 0.1 * fabs(width), most = fmax(a.t, b.t) - 0.1 * fabs(width);
    return fmin(fmax(t, least), most);
}

/* Where the slope along the cubic of the last two trials vanishes, from twice to ten times as far. */
static double beyond(Trial a, Trial b)
{
    double slope = (b.slope - a.slope) / (b.t - a.t), t = slope > 0 ? b.t - b.slope / slope : 10 * b.t;
    return fmin(fmax(t, 2 * b.t), 10 * b.t);
}

static bool accepted(const LineSearch *s, Trial x)
{
    if (x.psi <= -s->c1 * x.t && fabs(x.slope) <= s->c2)
        return true;
    return x.psi <= s->noise && x.slope >= -s->c2 && x.slope <= 1 - 2 * s->c1 && (x.t < s->noise || fabs(x.psi) <= s->noise);
}

static bool too_far(const LineSearch *s, Trial x, Trial low)
{
    if (fabs(x.psi) <= s->noise && fabs(low.psi) <= s->noise)
        return false;                                   /* values no longer tell */
    return !(x.psi <= -s->c1 * x.t) || x.psi >= low.psi + s->noise;
}

/* The lowest point that was seen, if no trial fulfils the conditions. */
static StepResult settle(LineSearch *s, Objective *o, const void *d, Trial low)
{
    if (!(low.t > 0) || !(low.psi < 0))
        return STEP_NO_DESCENT;
    Trial again;
    return try(s, o, d, low.t, &again) ? STEP_MOVED : STEP_STOPPED;
}

static StepResult wolfe(LineSearch *s, Objective *o, const void *d, double t)
{
    Trial low = { 0, 0, -1 }, high = low, x;
    bool  bracketed = false;
    for (int i = 0; i < MOST_TRIALS; i++) {
        if (!try(s, o, d, t, &x))
            return STEP_STOPPED;
        s->promised = x.slope;
        if (accepted(s, x))
            return STEP_MOVED;
        Trial before = low;
        if (too_far(s, x, low)) {
            high = x;
            bracketed = true;
        } else {
            if (x.slope * (bracketed ? high.t - low.t : 1) >= 0) {
                high = low;
                bracketed = true;
            }
            low = x;
        }
        if (!bracketed)
            t = beyond(before, low);
        else if (fabs(high.t - low.t) <= 1e-15 * fmax(high.t, low.t))
            break;
        else
            t = between(low, high);
        if (!isfinite(t))
            break;
    }
    return settle(s, o, d, low);
}

/* ---- exact ------------------------------------------------------------------------------------------------------------------- */

/* One step of the secant through slope(a) and slope(b), in the format: out = b - slope_b*(b - a)/(slope_b - slope_a). */
static void secant(LineSearch *s, const Format *f, void *out, const void *a, const void *slope_a, const void *b, const void *slope_b)
{
    vector_scalar(f, TAPE_SUB, s->value, slope_b, slope_a);
    vector_scalar(f, TAPE_SUB, s->lane, b, a);
    vector_scalar(f, TAPE_MUL, s->lane, s->lane, slope_b);
    vector_scalar(f, TAPE_DIV, s->lane, s->lane, s->value);
    vector_scalar(f, TAPE_SUB, out, b, s->lane);
}

/* From a bracket low..high of slopes with different signs: secants in the format, bisection where they leave it or stall. */
static StepResult slope_zero(LineSearch *s, Objective *o, const void *d, Trial low, Trial high)
{
    const Format *f = o->format;
    void         *a = s->work[0], *slope_a = s->work[1], *b = s->work[2], *slope_b = s->work[3], *t = s->work[4], *slope_t = s->work[5];
    format_copy(f, slope_a, s->slope_low, 1);
    format_copy(f, slope_b, s->slope_high, 1);
    format_set_double(f, a, low.t, NULL);
    format_set_double(f, b, high.t, NULL);
    int limit = MOST_TRIALS + (int)log2((double)f->precision);
    for (int i = 0; i < limit; i++) {
        secant(s, f, t, a, slope_a, b, slope_b);
        double at = format_get_double(f, t), x = format_get_double(f, a), y = format_get_double(f, b);
        if (!(at >= fmin(x, y) && at <= fmax(x, y)) || (i % 3 == 2 && i > 3))
            format_set_double(f, t, (x + y) / 2, NULL);
        vector_add_scaled(f, o->x, t, d, s->start, o->n);
        o->evaluated = false;
        if (!objective_gradient(o))
            return STEP_STOPPED;
        vector_dot(f, slope_t, o->g, d, o->n);
        format_copy(f, s->step, t, 1);
        if (vector_log2(f, slope_t) <= vector_log2(f, s->slope) + 4 - (double)f->precision || (x == y && i > 4))
            break;
        bool right = vector_sign(f, slope_t) == vector_sign(f, slope_b);
        format_copy(f, right ? b : a, t, 1);
        format_copy(f, right ? slope_b : slope_a, slope_t, 1);
    }
    return STEP_MOVED;
}

static StepResult exact(LineSearch *s, Objective *o, const void *d, double t)
{
    Trial low = { 0, 0, -1 }, x;
    format_copy(o->format, s->slope_low, s->slope, 1);
    for (int i = 0; i < MOST_TRIALS; i++) {
        if (!try(s, o, d, t, &x))
            return STEP_STOPPED;
        vector_dot(o->format, s->slope_high, o->g, d, o->n);
        if (isfinite(x.psi) && x.slope == 0)
            return STEP_MOVED;
        if (!isfinite(x.psi)) {
            t = low.t + (t - low.t) / 4;
        } else if (x.slope > 0) {
            return slope_zero(s, o, d, low, x);
        } else {
            low = x;
            format_copy(o->format, s->slope_low, s->slope_high, 1);
            t = beyond((Trial){ 0, 0, -1 }, x);
        }
    }
    return settle(s, o, d, low);
}

/* ---- entry ------------------------------------------------------------------------------------------------------------------- */

/* x, and what the gradient's machine holds, as before the search. */
static StepResult go_back(LineSearch *s, Objective *o)
{
    format_copy(o->format, o->x, s->start, o->n);
    if (s->kind == SEARCH_ARMIJO)
        return STEP_NO_DESCENT;
    o->evaluated = false;
    bool fine = objective_gradient(o);
    o->evaluated = fine;
    return fine ? STEP_NO_DESCENT : STEP_STOPPED;
}

StepResult line_search_below(LineSearch *s, Objective *o, const void *d, double first, const void *highest)
{
    const Format *f = o->format;
    StepResult    result = STEP_MOVED;
    format_copy(f, s->start, o->x, o->n);
    format_copy(f, s->base, o->f, 1);
    vector_dot(f, s->slope, o->g, d, o->n);
    if (vector_sign(f, s->slope) >= 0)
        return STEP_NO_DESCENT;
    s->noise = exp2(fmin(vector_log2(f, s->base) - vector_log2(f, s->slope) + 4 - (double)f->precision, 1000));
    s->above = highest ? fmax(psi_of(s, f, highest), 0) : 0;
    switch (s->kind) {
    case SEARCH_ARMIJO: result = halve(s, o, d, first); break;
    case SEARCH_WOLFE:  result = wolfe(s, o, d, first); break;
    case SEARCH_EXACT:  result = exact(s, o, d, first); break;
    case SEARCH_NONE:   move(s, o, d, first); break;
    }
    o->evaluated = result == STEP_MOVED && (s->kind == SEARCH_WOLFE || s->kind == SEARCH_EXACT);
    return result == STEP_NO_DESCENT ? go_back(s, o) : result;
}

StepResult line_search_run(LineSearch *s, Objective *o, const void *d, double first)
{
    return line_search_below(s, o, d, first, NULL);
}
