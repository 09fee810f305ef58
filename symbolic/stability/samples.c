/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Two samplings, because one hides what the other shows: uniform in ordinals sees all magnitudes, uniform in value sees where most
 * numbers of daily life lie. True values are balls with doubling precision, up to 5,400 bits and more for long formats, until one number of the
 * format is left. */
#include "symbolic/stability/samples.h"

#include "base/interrupt.h"
#include "numeric/ordinal.h"

#include <flint/fmpz_vec.h>
#include <math.h>
#include <mpfr.h>
#include <string.h>

enum { FIRST_BITS = 128, MOST_BITS = 5400, TRIES = 24, CLIMB_STARTS = 3, CLIMB_STEPS = 14 };

/* ---- true values --------------------------------------------------------------------------------------------------------------------- */

static bool finite_lane(const Format *f, const void *x)
{
    return f->family == FAMILY_MPFR ? mpfr_number_p((mpfr_srcptr)x) != 0 : isfinite(*(const double *)x);
}

static bool not_a_number(const Format *f, const void *x)
{
    return f->family == FAMILY_MPFR ? mpfr_nan_p((mpfr_srcptr)x) != 0 : isnan(*(const double *)x);
}

bool true_number(const Operations *o, const Format *f, const void *x, void *out)
{
    arb_ptr point = _arb_vec_init((slong)o->variables), value = _arb_vec_init((slong)o->n);
    bool    decided = false;
    slong   range = f->emax - f->emin, most = (MOST_BITS > range ? MOST_BITS : range + range/8) + 8*f->precision;
    for (size_t i = 0; i < o->variables; i++)
        format_get_arb(f, format_at(f, x, i), point + i);
    for (slong prec = FIRST_BITS + 2*(f->precision > 64 ? f->precision : 0); !decided && prec <= most && !should_stop();
         prec = prec < most && 2*prec > most ? most : 2*prec) {
        operations_balls(o, point, prec, value);
        bool finite = arb_is_finite(value + o->n - 1);
        decided = finite && format_set_arb(f, out, value + o->n - 1, NULL);
        if (prec == most || (prec > most/5 && !finite))
            break;
    }
    _arb_vec_clear(point, (slong)o->variables);
    _arb_vec_clear(value, (slong)o->n);
    return decided && finite_lane(f, out);
}

/* ---- points -------------------------------------------------------------------------------------------------------------------------- */

/* The end of fp64's numbers stands for infinity: other formats may go on behind it. */
static bool is_infinite_end(double end) { return fabs(end) == 0x1.fffffffffffffp+1023; }

bool box_contains(const Box *box, const Format *f, const void *x)
{
    double value[512], at[64];
    if (box->n > sizeof at / sizeof *at || (box->condition && box->condition->n > sizeof value / sizeof *value))
        return false;
    for (size_t i = 0; i < box->n; i++) {
        at[i] = format_get_double(f, format_at(f, x, i));
        bool below = at[i] < box->low[i] && !is_infinite_end(box->low[i]), above = at[i] > box->high[i] && !is_infinite_end(box->high[i]);
        if (isnan(at[i]) || below || above)
            return false;
    }
    if (!box->condition)
        return true;
    operations_doubles(box->condition, at, 1, value);
    return value[box->condition->n - 1] == 1;
}

/* The end of a range as a number of the format inside it. */
static void end_of_range(const Format *f, double end, const Expr *exact, bool high, fmpz_t n, void *lane)
{
    Format inward = format_with(*f, high ? ROUND_DOWN : ROUND_UP, f->overflow == OVERFLOW_SATURATE, true);
    bool   infinite = is_infinite_end(end);
    if (f->family == FAMILY_DOUBLE)
        *(double *)lane = end;
    else if (infinite && f->family == FAMILY_MPFR)
        format_set_class(f, lane, end > 0 ? FLOAT_INFINITE : FLOAT_NEGATIVE_INFINITE);
    else if (exact)
        format_set_fmpq(&inward, lane, expr_number(exact), NULL);
    else
        format_set_double(&inward, lane, end, NULL);
    format_get_ordinal(f, lane, n);
    if (infinite && f->family == FAMILY_MPFR)               /* the last number, one step inward */
        end > 0 ? fmpz_sub_ui(n, n, 1) : fmpz_add_ui(n, n, 1);
}

bool box_ordinals(const Box *box, const Format *f, size_t variable, fmpz_t low, fmpz_t high)
{
    Arena *a = arena_new();
    void  *lane = format_lanes(f, a, 1);
    end_of_range(f, box->low[variable], box->first ? box->first[variable] : NULL, false, low, lane);
    end_of_range(f, box->high[variable], box->last ? box->last[variable] : NULL, true, high, lane);
    arena_delete(a);
    return fmpz_cmp(low, high) <= 0;
}

/* Ends of the ranges as ordinals. */
typedef struct Ends { size_t n; fmpz *low, *high; } Ends;

static bool ends_init(Ends *e, const Box *box, const Format *f)
{
    bool fine = true;
    *e = (Ends){ box->n, _fmpz_vec_init((slong)box->n), _fmpz_vec_init((slong)box->n) };
    for (size_t i = 0; i < box->n; i++)
        fine = box_ordinals(box, f, i, e->low + i, e->high + i) && fine;
    return fine;
}

static void ends_clear(Ends *e)
{
    _fmpz_vec_clear(e->low, (slong)e->n);
    _fmpz_vec_clear(e->high, (slong)e->n);
}

/* n between low and high, uniform, with random bits in all places. */
static void draw_ordinal(Rng *r, const fmpz_t low, const fmpz_t high, slong precision, fmpz_t n)
{
    fmpz_t width;
    fmpz_init(width);
    fmpz_sub(width, high, low);
    fmpz_zero(n);
    slong places = (slong)fmpz_bits(width) + 64;
    if (precision <= 53 && fmpz_bits(width) <= 64) {        /* 53 bits are enough, as for fp64 */
        fmpz_set_d(n, floor(rng_unit(r) * fmpz_get_d(width)));
    } else {
        for (slong k = 0; k < places; k += 64) {
            fmpz_mul_2exp(n, n, 64);
            fmpz_add_ui(n, n, rng_u64(r));
        }
        fmpz_add_ui(width, width, 1);
        fmpz_mul(n, n, width);
        fmpz_fdiv_q_2exp(n, n, (ulong)((places + 63)/64*64));
    }
    fmpz_add(n, n, low);
    fmpz_clear(width);
}

static void clamp(const Format *f, const fmpz_t low, const fmpz_t high, void *x, fmpz_t n)
{
    format_get_ordinal(f, x, n);
    if (fmpz_cmp(n, low) < 0 || fmpz_cmp(n, high) > 0)
        format_set_ordinal(f, x, fmpz_cmp(n, low) < 0 ? low : high);
}

/* low*(1 - t) + high*t with t of as many bits as the format has. */
static void draw_value(Rng *r, const Box *box, size_t i, const Format *f, const Ends *e, void *x, fmpz_t n)
{
    double t = rng_unit(r);
    if (f->family != FAMILY_MPFR) {
        format_set_double(f, x, box->low[i] * (1 - t) + box->high[i] * t, NULL);
    } else {
        arb_t v, w;
        arb_init(v);
        arb_init(w);
        arb_set_d(v, t);
        for (slong k = 53; k < f->precision + 8; k += 64) {
            fmpz_set_ui(n, rng_u64(r));
            arb_set_fmpz(w, n);
            arb_mul_2exp_si(w, w, -k - 64);
            arb_add(v, v, w, f->precision + 80);
        }
        arb_set_d(w, box->high[i]);
        arb_mul(w, w, v, f->precision + 80);
        arb_sub_ui(v, v, 1, f->precision + 80);
        arb_neg(v, v);
        arf_t low;
        arf_init(low);
        arf_set_d(low, box->low[i]);
        arb_mul_arf(v, v, low, f->precision + 80);
        arf_clear(low);
        arb_add(v, v, w, f->precision + 80);
        mag_zero(arb_radref(v));
        format_set_arb(f, x, v, NULL);
        arb_clear(v);
        arb_clear(w);
    }
    clamp(f, e->low + i, e->high + i, x, n);
}

/* Point number k of the ordinal kind: the ends and their neighbours first, in all variables at once. */
static void special_value(const Box *box, size_t k, size_t i, const Format *f, const Ends *e, void *x, fmpz_t n)
{
    switch ((k + i * (k / 5)) % 5) {
    case 0: fmpz_set(n, e->low + i); break;
    case 1: fmpz_set(n, e->high + i); break;
    case 2: fmpz_add_ui(n, e->low + i, fmpz_cmp(e->low + i, e->high + i) < 0); break;
    case 3: fmpz_sub_ui(n, e->high + i, fmpz_cmp(e->low + i, e->high + i) < 0); break;
    default:
        format_set_double(f, x, box->low[i] / 2 + box->high[i] / 2, NULL);
        clamp(f, e->low + i, e->high + i, x, n);
        return;
    }
    format_set_ordinal(f, x, n);
}

Samples samples_new(Arena *a, const Box *box, const Format *f, const Operations *o, size_t wanted, uint64_t seed)
{
    enum { SPECIAL = 8 };
    Samples s = { .format = f, .variables = box->n };
    Ends    ends;
    fmpz_t  n;
    char   *flat = format_lanes(f, a, 2 * wanted * box->n + 1), *truth = format_lanes(f, a, 2 * wanted + 1), *x = format_lanes(f, a, box->n + 1);
    bool    any = ends_init(&ends, box, f);
    fmpz_init(n);
    for (int kind = 0; kind < 2 && any; kind++) {
        Rng    random = rng_stream(seed, kind == 0 ? STR("ordinals") : STR("values"));
        size_t found = 0;
        for (size_t t = 0; t < TRIES * wanted && found < wanted && !should_stop(); t++) {
            for (size_t i = 0; i < box->n; i++) {
                void *at = x + i * f->lane;
                if (kind == 1) {
                    draw_value(&random, box, i, f, &ends, at, n);
                    continue;
                }
                draw_ordinal(&random, ends.low + i, ends.high + i, f->precision, n);
                format_set_ordinal(f, at, n);
                if (t < SPECIAL)
                    special_value(box, t, i, f, &ends, at, n);
            }
            if (!box_contains(box, f, x) || !true_number(o, f, x, truth + s.points * f->lane))
                continue;
            format_copy(f, flat + s.points * box->n * f->lane, x, box->n);
            s.points++;
            found++;
        }
        if (kind == 0)
            s.ordinal = s.points;
    }
    s.truth = truth;
    s.x = format_lanes(f, a, s.points * box->n + 1);
    for (size_t k = 0; k < s.points; k++)
        for (size_t i = 0; i < box->n; i++)
            format_copy(f, format_at(f, s.x, i * s.points + k), flat + (k * box->n + i) * f->lane, 1);
    fmpz_clear(n);
    ends_clear(&ends);
    return s;
}

void samples_point(const Samples *s, size_t point, void *x)
{
    for (size_t i = 0; i < s->variables; i++)
        format_copy(s->format, format_at(s->format, x, i), format_at(s->format, s->x, i * s->points + point), 1);
}

/* ---- errors ------------------------------------------------------------------------------------------------------------------------------ */

double bits_between(const Format *f, const void *computed, const void *truth)
{
    double most = format_most_bits(f);
    if (not_a_number(f, computed))
        return most;
    double steps = format_steps(f, computed, truth);
    return steps == 0 ? 0 : steps == 1 ? 1 : fmin(log2(1 + steps), most);
}

Errors samples_errors(const Samples *s, const Operations *o, Arena *scratch, double *bits)
{
    Mark          mark = arena_mark(scratch);
    const Format *f = s->format;
    void         *value = format_lanes(f, scratch, o->n * s->points + 1);
    Errors        e = { 0 };
    operations_run(o, f, s->x, s->points, value, scratch);
    const void *result = format_at(f, value, (o->n - 1) * s->points);
    for (size_t k = 0; k < s->points; k++) {
        double b = bits_between(f, format_at(f, result, k), format_at(f, s->truth, k));
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

double point_bits(const Operations *truth, const Operations *o, const Format *f, void *scratch, const void *x)
{
    Arena *a = arena_new();
    void  *t = format_lanes(f, a, 1);
    double bits = -1;
    if (true_number(truth, f, x, t)) {
        operations_run(o, f, x, 1, scratch, a);
        bits = bits_between(f, format_at(f, scratch, o->n - 1), t);
    }
    arena_delete(a);
    return bits;
}

/* Steps of shrinking size along each variable's ordinals, as long as the error grows. */
static double climb(const Box *box, const Format *f, const Ends *ends, const Operations *truth, const Operations *o, void *scratch, void *x, double from)
{
    double best = from;
    fmpz_t width, old, new;
    fmpz_init(width);
    fmpz_init(old);
    fmpz_init(new);
    for (size_t i = 0; i < box->n; i++) {
        void *at = format_at(f, x, i);
        fmpz_sub(width, ends->high + i, ends->low + i);
        fmpz_fdiv_q_2exp(width, width, 6);
        for (int step = 0; step < CLIMB_STEPS && !fmpz_is_zero(width) && !should_stop(); step++, fmpz_fdiv_q_2exp(width, width, 3))
            for (int side = -1; side <= 1; side += 2) {
                format_get_ordinal(f, at, old);
                side < 0 ? fmpz_sub(new, old, width) : fmpz_add(new, old, width);
                bool   inside = fmpz_cmp(new, ends->low + i) >= 0 && fmpz_cmp(new, ends->high + i) <= 0;
                double b = -1;
                if (inside) {
                    format_set_ordinal(f, at, new);
                    b = box_contains(box, f, x) ? point_bits(truth, o, f, scratch, x) : -1;
                }
                if (b > best)
                    best = b;
                else
                    format_set_ordinal(f, at, old);
            }
    }
    fmpz_clear(width);
    fmpz_clear(old);
    fmpz_clear(new);
    return best;
}

double samples_worst(const Samples *s, const Box *box, const Operations *truth, const Operations *o, Arena *scratch, void *x)
{
    Mark          mark = arena_mark(scratch);
    const Format *f = s->format;
    double       *bits = arena_array(scratch, double, s->points + 1), worst = -1;
    void         *value = format_lanes(f, scratch, o->n), *at = format_lanes(f, scratch, box->n + 1);
    Ends          ends;
    samples_errors(s, o, scratch, bits);
    bool          any = ends_init(&ends, box, f);
    for (int start = 0; start < CLIMB_STARTS && s->points && any; start++) {
        size_t k = 0;
        for (size_t j = 1; j < s->points; j++)
            k = bits[j] > bits[k] ? j : k;
        samples_point(s, k, at);
        double b = climb(box, f, &ends, truth, o, value, at, bits[k]);
        bits[k] = -1;
        if (b > worst) {
            worst = b;
            format_copy(f, x, at, box->n);
        }
    }
    ends_clear(&ends);
    arena_release(scratch, mark);
    return worst;
}
