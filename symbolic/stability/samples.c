/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Two samplings, because one hides what the other shows: uniform in ordinals sees all magnitudes, uniform in value sees where most
 * numbers of daily life lie. True values are balls with doubling precision, up to 5,400 bits, until one double is left. */
#include "symbolic/stability/samples.h"

#include "base/interrupt.h"

#include <math.h>
#include <string.h>

enum { FIRST_BITS = 128, MOST_BITS = 5400, TRIES = 24, CLIMB_STARTS = 3, CLIMB_STEPS = 14 };

/* ---- ordinals ---------------------------------------------------------------------------------------------------------------------- */

int64_t double_to_ordinal(double x)
{
    int64_t i;
    memcpy(&i, &x, sizeof i);
    return i < 0 ? INT64_MIN - i : i;
}

double ordinal_to_double(int64_t n)
{
    double  x;
    int64_t i = n < 0 ? INT64_MIN - n : n;
    memcpy(&x, &i, sizeof x);
    return x;
}

double double_bits(double computed, double truth)
{
    if (isnan(computed))
        return 64;
    uint64_t a = (uint64_t)double_to_ordinal(computed), b = (uint64_t)double_to_ordinal(truth);
    uint64_t distance = double_to_ordinal(computed) > double_to_ordinal(truth) ? a - b : b - a;
    return distance == 0 ? 0 : distance == 1 ? 1 : log2(1 + (double)distance);
}

/* ---- true values --------------------------------------------------------------------------------------------------------------------- */

static bool round_once(const arb_t v, double *out)
{
    arf_t low, high;
    arf_init(low);
    arf_init(high);
    arb_get_lbound_arf(low, v, 64 + FIRST_BITS);
    arb_get_ubound_arf(high, v, 64 + FIRST_BITS);
    double a = arf_get_d(low, ARF_RND_NEAR), b = arf_get_d(high, ARF_RND_NEAR);
    arf_clear(low);
    arf_clear(high);
    *out = a;
    return a == b;
}

bool true_double(const Operations *o, const double *x, double *out)
{
    arb_ptr point = _arb_vec_init((slong)o->variables), value = _arb_vec_init((slong)o->n);
    bool    decided = false;
    for (size_t i = 0; i < o->variables; i++)
        arb_set_d(point + i, x[i]);
    for (slong prec = FIRST_BITS; !decided && prec <= MOST_BITS && !should_stop(); prec = prec < MOST_BITS && 2 * prec > MOST_BITS ? MOST_BITS : 2 * prec) {
        operations_balls(o, point, prec, value);
        decided = arb_is_finite(value + o->n - 1) && round_once(value + o->n - 1, out);
        if (prec == MOST_BITS || (prec > 1000 && !arb_is_finite(value + o->n - 1)))
            break;
    }
    _arb_vec_clear(point, (slong)o->variables);
    _arb_vec_clear(value, (slong)o->n);
    return decided && isfinite(*out);
}

/* ---- points -------------------------------------------------------------------------------------------------------------------------- */

bool box_contains(const Box *box, const double *x)
{
    double value[512];
    for (size_t i = 0; i < box->n; i++)
        if (!(x[i] >= box->low[i] && x[i] <= box->high[i]))
            return false;
    if (!box->condition)
        return true;
    if (box->condition->n > sizeof value / sizeof *value)
        return false;
    operations_doubles(box->condition, x, 1, value);
    return value[box->condition->n - 1] == 1;
}

static double draw(Rng *r, double low, double high, bool ordinal)
{
    if (ordinal) {
        uint64_t a = (uint64_t)double_to_ordinal(low), width = (uint64_t)double_to_ordinal(high) - a;
        return ordinal_to_double((int64_t)(a + (uint64_t)(rng_unit(r) * (double)width)));
    }
    double t = rng_unit(r), x = low * (1 - t) + high * t;
    return x < low ? low : x > high ? high : x;
}

/* Point number k of the ordinal kind: the ends and their neighbours first, in all variables at once. */
static void special_point(const Box *box, size_t k, double *x)
{
    for (size_t i = 0; i < box->n; i++) {
        double low = box->low[i], high = box->high[i];
        const double at[] = { low, high, nextafter(low, high), nextafter(high, low), low / 2 + high / 2 };
        x[i] = at[(k + i * (k / 5)) % 5];
    }
}

Samples samples_new(Arena *a, const Box *box, const Operations *o, size_t wanted, uint64_t seed)
{
    enum { SPECIAL = 8 };
    Samples s = { .variables = box->n };
    double *flat = arena_array(a, double, 2 * wanted * box->n + 1), *truth = arena_array(a, double, 2 * wanted + 1), *x = arena_array(a, double, box->n + 1);
    for (int kind = 0; kind < 2; kind++) {
        Rng    random = rng_stream(seed, kind == 0 ? STR("ordinals") : STR("values"));
        size_t found = 0;
        for (size_t t = 0; t < TRIES * wanted && found < wanted && !should_stop(); t++) {
            for (size_t i = 0; i < box->n; i++)
                x[i] = draw(&random, box->low[i], box->high[i], kind == 0);
            if (kind == 0 && t < SPECIAL)
                special_point(box, t, x);
            if (!box_contains(box, x) || !true_double(o, x, &truth[s.points]))
                continue;
            memcpy(flat + s.points * box->n, x, box->n * sizeof *x);
            s.points++;
            found++;
        }
        if (kind == 0)
            s.ordinal = s.points;
    }
    s.truth = truth;
    s.x = arena_array(a, double, s.points * box->n + 1);
    for (size_t k = 0; k < s.points; k++)
        for (size_t i = 0; i < box->n; i++)
            s.x[i * s.points + k] = flat[k * box->n + i];
    return s;
}

/* ---- errors ------------------------------------------------------------------------------------------------------------------------------ */

Errors samples_errors(const Samples *s, const Operations *o, Arena *scratch, double *bits)
{
    Mark    mark = arena_mark(scratch);
    double *value = arena_array(scratch, double, o->n * s->points + 1);
    Errors  e = { 0 };
    operations_doubles(o, s->x, s->points, value);
    const double *result = value + (o->n - 1) * s->points;
    for (size_t k = 0; k < s->points; k++) {
        double b = double_bits(result[k], s->truth[k]);
        if (bits)
            bits[k] = b;
        *(k < s->ordinal ? &e.mean_ordinal : &e.mean_value) += b;
        if (b > e.worst) {
            e.worst = b;
            e.worst_at = k;
        }
    }
    e.mean_ordinal /= s->ordinal ? (double)s->ordinal : 1;
    e.mean_value /= s->points > s->ordinal ? (double)(s->points - s->ordinal) : 1;
    arena_release(scratch, mark);
    return e;
}

double point_bits(const Operations *truth, const Operations *o, double *scratch, const double *x)
{
    double t;
    if (!true_double(truth, x, &t))
        return -1;
    operations_doubles(o, x, 1, scratch);
    return double_bits(scratch[o->n - 1], t);
}

/* The ordinal so many steps beside one; the end of all ordinals if it lies beyond. */
static int64_t ordinal_beside(int64_t o, int64_t steps)
{
    int64_t out;
    return __builtin_add_overflow(o, steps, &out) ? (steps < 0 ? INT64_MIN : INT64_MAX) : out;
}

/* Steps of halving size along each variable's ordinals, as long as the error grows. */
static double climb(const Box *box, const Operations *truth, const Operations *o, double *scratch, double *x, double from)
{
    double best = from;
    for (size_t i = 0; i < box->n; i++) {
        int64_t width = (int64_t)((double)((uint64_t)double_to_ordinal(box->high[i]) - (uint64_t)double_to_ordinal(box->low[i])) / 64);
        for (int step = 0; step < CLIMB_STEPS && width > 0 && !should_stop(); step++, width /= 8)
            for (int side = -1; side <= 1; side += 2) {
                double old = x[i];
                x[i] = ordinal_to_double(ordinal_beside(double_to_ordinal(old), side * width));
                double b = box_contains(box, x) ? point_bits(truth, o, scratch, x) : -1;
                if (b > best)
                    best = b;
                else
                    x[i] = old;
            }
    }
    return best;
}

double samples_worst(const Samples *s, const Box *box, const Operations *truth, const Operations *o, Arena *scratch, double *x)
{
    Mark    mark = arena_mark(scratch);
    double *bits = arena_array(scratch, double, s->points + 1), *value = arena_array(scratch, double, o->n), *at = arena_array(scratch, double, box->n + 1);
    double  worst = -1;
    samples_errors(s, o, scratch, bits);
    for (int start = 0; start < CLIMB_STARTS && s->points; start++) {
        size_t k = 0;
        for (size_t j = 1; j < s->points; j++)
            k = bits[j] > bits[k] ? j : k;
        for (size_t i = 0; i < box->n; i++)
            at[i] = s->x[i * s->points + k];
        double b = climb(box, truth, o, value, at, bits[k]);
        bits[k] = -1;
        if (b > worst) {
            worst = b;
            memcpy(x, at, box->n * sizeof *x);
        }
    }
    arena_release(scratch, mark);
    return worst;
}
