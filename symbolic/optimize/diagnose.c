/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the trace of a run shows, in sentences: convergence beside what the curvature predicts, jumping to and fro, a plateau, the noise of batches, a format
 * that absorbs the steps. Each is said only if two parts of the trace agree on it; a run that fits nothing is left without a sentence. */
#include "symbolic/optimize/diagnose.h"

#include "numeric/low_precision.h"
#include "symbolic/expr/show.h"
#include "symbolic/optimize/linear_rule.h"
#include "symbolic/optimize/stall.h"

#include <math.h>

enum { LEAST_STEPS = 12, MOST_CURVATURES = 10, FACTOR_DIGITS = 4, FEW_DIGITS = 2, JUMPS = 8 };

#define STILL_WIDE 0.8              /* what is left of a move after JUMPS steps: less is convergence */

typedef struct Diagnosis {
    const Problem  *q;
    const Solution *s;
    const Trace    *t;
    Str            *text;
    size_t          n;
} Diagnosis;

static Str shown(const Diagnosis *d, double x, size_t digits)
{
    return expr_text(d->q->c->arena, d->q->c->pool, double_expr(d->q->c->pool, d->q->c->arena, x, digits));
}

static void say(Diagnosis *d, Str text)
{
    if (d->n < MOST_DIAGNOSES)
        d->text[d->n++] = text;
}

static double lane(const Diagnosis *d, size_t row, size_t k)
{
    return format_get_double(d->s->format, format_at(d->s->format, d->t->lanes, row * d->t->width + k));
}

/* The mean quotient of gradient norms per step between two rows. */
static double quotient(const Trace *t, size_t from, size_t to)
{
    return exp2((t->gradient_log2[to] - t->gradient_log2[from]) / (double)(t->step[to] - t->step[from]));
}

/* ---- convergence ------------------------------------------------------------------------------------------------------------------- */

/* The curvatures at the end point; 0: not known. */
static size_t curvatures(const Diagnosis *d, double *value, bool *constant)
{
    const Problem *q = d->q;
    const Expr   **at = arena_array(q->c->arena, const Expr *, q->n);
    if (q->n > MOST_CURVATURES || q->axis)
        return 0;
    for (size_t i = 0; i < q->n; i++)
        at[i] = solution_number(q, d->s, format_at(d->s->format, d->s->m.x, i), 0);
    return problem_curvature(q, at, value, constant) && value[0] > 1e-9 * value[q->n - 1] ? q->n : 0;
}

/* The factor of the slowest direction with this rate (NaN: that of the method). NaN: not known. */
static double predicted(const Diagnosis *d, const double *value, size_t n, double lr)
{
    double factor = 0;
    for (size_t i = 0; i < n; i++) {
        double f = rule_factor(d->q->c->pool, d->q->c->arena, d->s->method, value[i], lr);
        factor = f > factor || isnan(f) ? f : factor;
        if (isnan(f))
            break;
    }
    return n ? factor : NAN;
}

static void say_linear(Diagnosis *d, double factor)
{
    Arena *a = d->q->c->arena;
    double value[MOST_CURVATURES];
    bool   constant = false;
    size_t n = d->s->method->rule ? curvatures(d, value, &constant) : 0;
    double theory = predicted(d, value, n, NAN);
    Str    measured = shown(d, factor, FACTOR_DIGITS);
    if (!(theory < 1)) {
        say(d, str_printf(a, "converges linearly: a step multiplies the gradient by %.*s", STR_ARGS(measured)));
        return;
    }
    Str    should = shown(d, theory, FACTOR_DIGITS), hint = { 0 };
    double best = 2 / (value[0] + value[n - 1]), with_best = predicted(d, value, n, best);
    if (with_best < 1 && (with_best <= 0 || log(with_best) < 1.1 * log(theory)) && !d->s->method->rule->states)
        hint = with_best < 1e-9 ? str_printf(a, "; hint: lr: 1/L = %.*s would arrive in one step", STR_ARGS(shown(d, best, FACTOR_DIGITS)))
                                : str_printf(a, "; hint: lr: 2/(L + mu) = %.*s would make it %.*s", STR_ARGS(shown(d, best, FACTOR_DIGITS)), STR_ARGS(shown(d, with_best, FACTOR_DIGITS)));
    say(d, str_printf(a, "converges linearly: a step multiplies the gradient by %.*s; the curvature%s predicts %s%.*s%.*s", STR_ARGS(measured), constant ? "" : " at the end point",
                      factor < theory - 0.005 ? "at most " : "", STR_ARGS(should), STR_ARGS(hint)));
}

/* Do the last two quarters agree on the quotient, and does the gradient stay near the line between? */
static bool steady(const Trace *t, size_t last, double *factor)
{
    size_t from = last / 2;
    double fall = t->gradient_log2[from] - t->gradient_log2[last], steps = (double)(t->step[last] - t->step[from]);
    for (size_t i = from; i < last; i++) {
        double line = t->gradient_log2[from] - fall * (double)(t->step[i] - t->step[from]) / steps;
        if (fabs(t->gradient_log2[i] - line) > 1 + fall / 4)
            return false;
    }
    double third = quotient(t, last / 2, last * 3 / 4), fourth = quotient(t, last * 3 / 4, last);
    *factor = quotient(t, last / 2, last);
    return *factor < 1 && third < 1 && fabs(log(third) - log(fourth)) < 0.05 * fabs(log(*factor));
}

static double power_between(const Trace *t, size_t from, size_t to)
{
    return (t->gradient_log2[to] - t->gradient_log2[from]) / log2((double)t->step[to] / (double)t->step[from]);
}

/* The power of the step number by which the gradient falls: the same in the last three quarters of the run, and slow. */
static bool power_law(const Trace *t, size_t last, double *power)
{
    if (last < LEAST_STEPS * 4 || t->step[last / 4] == 0)
        return false;
    double second = power_between(t, last / 4, last / 2), third = power_between(t, last / 2, last * 3 / 4);
    *power = power_between(t, last * 3 / 4, last);
    return *power < -0.3 && *power > -3 && fabs(second - *power) < 0.1 * fabs(*power) && fabs(third - *power) < 0.05 * fabs(*power);
}

static void say_convergence(Diagnosis *d, const Convergence *speed)
{
    const Trace *t = d->t;
    size_t       last = t->rows;
    double       factor, power;
    Arena       *a = d->q->c->arena;
    bool         fast = speed->order > 1.2, quadratic = str_is(str_of(speed->kind), "quadratic");
    while (last > 0 && !isfinite(t->gradient_log2[last - 1]))
        last--;
    if (fast && t->rows > 4) {
        Str order = shown(d, speed->order, FEW_DIGITS);
        say(d, quadratic && speed->order > 2.5 ? str_printf(a, "converges with order %.*s at the end: each step multiplies the right digits by it", STR_ARGS(order))
               : quadratic ? str_printf(a, "converges quadratically (order %.*s at the end): each step doubles the right digits", STR_ARGS(order))
                                    : str_printf(a, "converges superlinearly (order %.*s at the end)", STR_ARGS(order)));
        return;
    }
    if (fast || last-- < LEAST_STEPS || t->step[last] < LEAST_STEPS)
        return;
    for (size_t i = 0; i <= last; i++)
        if (!isfinite(t->gradient_log2[i]))
            return;
    if (steady(t, last, &factor) && factor < 0.99999)
        say_linear(d, factor);
    else if (power_law(t, last, &power))
        say(d, str_printf(a, "converges sublinearly: the gradient falls like the number of steps to the power %.*s; hint: newton or bfgs, which use the curvature", STR_ARGS(shown(d, power, FEW_DIGITS))));
}

/* ---- what does not converge ------------------------------------------------------------------------------------------------------------ */

/* A coordinate that turns around at every one of the last steps, by moves that hardly shrink. */
static bool say_oscillation(Diagnosis *d)
{
    const Trace *t = d->t;
    if (t->stride != 1 || t->rows < JUMPS + 2 || (d->s->method->row && d->s->m.ending == ENDED_CONVERGED))
        return false;
    for (size_t k = 2; k < 2 + t->parameters; k++) {
        double before = 0, first = 0, move = 0;
        bool   turns = true;
        for (size_t i = t->rows - JUMPS; i < t->rows && turns; i++) {
            move = lane(d, i, k) - lane(d, i - 1, k);
            turns = before == 0 ? move != 0 : move * before < 0;
            first = first == 0 ? move : first;
            before = move;
        }
        if (!turns || fabs(move) < STILL_WIDE * fabs(first) || fabs(move) < 1e-9 * fabs(lane(d, t->rows - 1, k)))
            continue;
        Str    name = d->q->var[k - 2]->name, by = shown(d, fabs(move), FEW_DIGITS), hint = d->s->method->row ? STR("cg or bfgs, which look at earlier steps, too") : STR("a smaller lr");
        double value[MOST_CURVATURES];
        bool   constant = false;
        size_t n = d->s->method->rule && !d->s->method->rule->states ? curvatures(d, value, &constant) : 0;
        if (n && !isnan(rule_factor(d->q->c->pool, d->q->c->arena, d->s->method, 1, NAN)))
            hint = str_printf(d->q->c->arena, "lr below 1/L = %.*s goes straight down%s", STR_ARGS(shown(d, 1 / value[n - 1], FEW_DIGITS)), constant ? "" : " from here");
        say(d, str_printf(d->q->c->arena, "oscillates: %.*s jumps to and fro at every step, by %.*s at the end; hint: %.*s", STR_ARGS(name), STR_ARGS(by), STR_ARGS(hint)));
        return true;
    }
    return false;
}

/* The value rises and falls to the end of the run. With a rate above the largest stable one at the lowest point met, that is why. */
static bool say_restless(Diagnosis *d)
{
    const Trace *t = d->t;
    size_t       rises = 0, lowest = 0, half = t->rows / 2;
    long         lr = d->s->method->rule ? method_hyper(d->s->method, STR("lr")) : -1;
    if (d->s->m.ending != ENDED_STEPS || t->rows < 2 * LEAST_STEPS || lr < 0)
        return false;
    for (size_t i = 1; i < t->rows; i++) {
        lowest = lane(d, i, 0) < lane(d, lowest, 0) ? i : lowest;
        rises += i > half && lane(d, i, 0) > lane(d, i - 1, 0);
    }
    double first = lane(d, half, 0), last = lane(d, t->rows - 1, 0);
    if (4 * rises < t->rows - half || fabs(log2(fabs(last / first))) > 2 || t->gradient_norm[t->rows - 1] < 1e-3 * t->gradient_norm[0] || t->parameters < d->q->n)
        return false;
    const Expr **at = arena_array(d->q->c->arena, const Expr *, d->q->n);
    double       value[MOST_CURVATURES];
    bool         constant = false;
    for (size_t i = 0; i < d->q->n; i++)
        at[i] = solution_number(d->q, d->s, format_at(d->s->format, t->lanes, lowest * t->width + 2 + i), 0);
    double limit = d->q->n <= MOST_CURVATURES && !d->q->axis && problem_curvature(d->q, at, value, &constant) ? method_largest_rate(d->q, d->s->method, value[d->q->n - 1], value[0]) : -1;
    Str    hint = limit > 0 ? str_printf(d->q->c->arena, "lr below %.*s is stable at the lowest point met", STR_ARGS(shown(d, limit, FACTOR_DIGITS))) : STR("a smaller lr, or one that falls");
    say(d, str_printf(d->q->c->arena, "does not settle: the value rises and falls to the end; hint: %.*s", STR_ARGS(hint)));
    return true;
}

/* Neither value nor gradient have changed much over the second half of the steps. */
static bool say_plateau(Diagnosis *d)
{
    const Trace *t = d->t;
    size_t       last = t->rows - 1, half = last / 2;
    if (d->s->m.ending != ENDED_STEPS || t->rows < LEAST_STEPS || !isfinite(t->gradient_log2[half]) || !isfinite(t->gradient_log2[last]))
        return false;
    double first = lane(d, 0, 0), middle = lane(d, half, 0), end = lane(d, last, 0), change = middle - end;
    double least = t->gradient_log2[half], most = least;
    for (size_t i = half; i <= last; i++) {
        least = fmin(least, t->gradient_log2[i]);
        most = fmax(most, t->gradient_log2[i]);
    }
    if (most - least > 0.15 || !(change >= 0) || change > 1e-3 * (fabs(first - end) + fabs(end)))
        return false;
    say(d, str_printf(d->q->c->arena, "a plateau, or a rate that is too small: over the last %zu steps the value fell by %.*s and the gradient norm stayed at %.*s; hint: a larger lr, another start, or a method that looks at "
                      "the sizes of slopes, adam", t->step[last] - t->step[half], STR_ARGS(shown(d, change, FEW_DIGITS)), STR_ARGS(shown(d, t->gradient_norm[last], FEW_DIGITS))));
    return true;
}

/* The value at the ends of the last epochs goes up and down around a mean, and the gradient of a batch is mostly noise. */
static void say_noise(Diagnosis *d)
{
    const Trace *t = d->t;
    size_t       rows = t->rows, from = rows / 2, n = rows - from;
    double       mean[2] = { 0 }, square = 0, all = 0, batch = 0;
    if (n < JUMPS || d->s->m.ending != ENDED_STEPS)
        return;
    for (size_t i = from; i < rows; i++) {
        mean[i >= from + n / 2] += lane(d, i, 0) / (double)(i >= from + n / 2 ? n - n / 2 : n / 2);
        all += lane(d, i, 0) / (double)n;
        batch += i + 1 < rows ? t->gradient_norm[i] / (double)(n - 1) : 0;
    }
    for (size_t i = from; i < rows; i++)
        square += (lane(d, i, 0) - all) * (lane(d, i, 0) - all) / (double)n;
    double spread = sqrt(square);
    bool   falls = !t->has_rate[rows - 1] || lane(d, rows - 1, 1) < 0.99 * lane(d, from, 1);
    if (!(spread > 1e-9 * fabs(all)) || fabs(mean[0] - mean[1]) > 0.7 * spread || !(d->s->m.gradient_norm < batch / 2) || falls)
        return;
    say(d, str_printf(d->q->c->arena, "a floor of noise: over the last %zu epochs the value stays at %.*s, give or take %.*s; the gradient of a batch is %.*s, that of all rows %.*s; "
                      "hint: a rate that falls, as inverse_time(0.1), larger batches, or svrg", n, STR_ARGS(shown(d, all, FACTOR_DIGITS)), STR_ARGS(shown(d, spread, 1)),
                      STR_ARGS(shown(d, batch, FEW_DIGITS)), STR_ARGS(shown(d, d->s->m.gradient_norm, FEW_DIGITS))));
}

size_t solution_diagnose(const Problem *q, const Solution *s, const Convergence *speed, Str text[MOST_DIAGNOSES])
{
    Diagnosis d = { .q = q, .s = s, .t = &s->m.trace, .text = text };
    Ending    e = s->m.ending;
    if (e == ENDED_NOT_FINITE || e == ENDED_DIVERGED || e == ENDED_UNBOUNDED || e == ENDED_STOPPED || (s->m.rising && s->m.last_value > s->m.first_value) || d.t->rows < 2)
        return 0;
    if (s->why && s->method->row)
        return 0;                                           /* chosen, polished: its end is described elsewhere */
    if (s->options.batch) {
        say_noise(&d);
        return d.n;
    }
    if (e == ENDED_STUCK && s->m.gradient_norm > s->options.tol) {
        bool wider = s->low && !format_same(s->low->arithmetic, s->low->master);           /* then the weights absorb what the arithmetic does not */
        Str  why = wider ? (Str){ 0 } : solution_stall(q, s);
        if (why.n)
            say(&d, str_printf(q->c->arena, "%.*s; hint: a larger lr, or more digits, format: 200 bits", STR_ARGS(why)));
        return d.n;
    }
    if (!say_oscillation(&d) && !say_plateau(&d) && !say_restless(&d))
        say_convergence(&d, speed);
    return d.n;
}
