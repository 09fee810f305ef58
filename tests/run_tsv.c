/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The problem sets with verified answers: run_tsv KIND FILE. Digits are compared by exact rationals: |ours - theirs| must not
 * exceed the last digits' rounding. A row that the program honestly could not decide is counted apart; a wrong one fails. */
#include "tests/session.h"

#include "base/interrupt.h"

#include "symbolic/algebra/poly.h"
#include "symbolic/algebra/zero.h"
#include "symbolic/calculus/derivation.h"

#include <math.h>
#include <signal.h>
#include <unistd.h>

typedef enum Grade { RIGHT, UNDECIDED, WRONG } Grade;

typedef struct Run { Env *env; Arena *arena; Str why; } Run;

/* "1.5e-3", "-2", "1/3" as an exact rational. */
static bool rational_of(Str s, fmpq_t q)
{
    Env    *env = env_new(builtin_tables);
    Source  source;
    Outcome o = run_text(env, &source, s);
    bool    fine = o.kind == RUN_DONE && o.value.kind == VALUE_EXPR && expr_is_number(o.value.expr);
    if (fine)
        fmpq_set(q, expr_number(o.value.expr));
    env_delete(env);
    return fine;
}

/* Equal exponents of ten beyond the exact range are taken off both numbers. */
static void drop_exponents(Str *a, Str *b)
{
    const char *x = memchr(a->s, 'e', a->n), *y = memchr(b->s, 'e', b->n);
    if (!x || !y)
        return;
    Str ex = str_slice(*a, (size_t)(x - a->s), a->n), ey = str_slice(*b, (size_t)(y - b->s), b->n);
    if (ex.n > 6 && str_eq(ex, ey)) {
        a->n -= ex.n;
        b->n -= ey.n;
    }
}

/* |a - b| <= tolerance * max(1e-?, |b|), tolerance = 10^-digits. */
static bool close_to(Str a, Str b, size_t digits)
{
    fmpq_t x, y, d, t;
    drop_exponents(&a, &b);
    fmpq_init(x);
    fmpq_init(y);
    fmpq_init(d);
    fmpq_init(t);
    bool fine = rational_of(a, x) && rational_of(b, y);
    fmpq_sub(d, x, y);
    fmpq_abs(d, d);
    fmpz_ui_pow_ui(fmpq_denref(t), 10, digits);
    fmpz_one(fmpq_numref(t));
    fmpq_abs(y, y);
    if (!fmpq_is_zero(y))
        fmpq_mul(t, t, y);
    fine = fine && fmpq_cmp(d, t) <= 0;
    fmpq_clear(x);
    fmpq_clear(y);
    fmpq_clear(d);
    fmpq_clear(t);
    return fine;
}

/* The decimal of the text's value to n digits; false and a reason if there is none. */
static bool decimal(Run *r, Str text, size_t n, Str *out)
{
    Source source;
    env_settings(r->env)->digits = n;
    Outcome o = run_text(r->env, &source, text);
    if (o.kind != RUN_DONE) {
        r->why = str_copy(r->arena, o.diag->message);
        return false;
    }
    Str doubt, digits = env_value_approx(r->env, o.value, &doubt);
    *out = str_copy(r->arena, doubt.n ? doubt : digits);
    r->why = STR("no digits");
    return out->n > 0;
}

/* The first word of the text, which loses it. */
static Str word_of(Str *s)
{
    size_t n = 0;
    while (n < s->n && s->s[n] != ' ')
        n++;
    Str word = str_slice(*s, 0, n);
    *s = str_trim(str_slice(*s, n, s->n));
    return word;
}

static Grade derivative_row(Run *r, Str line)
{
    Str f = field(line, 0), x = field(line, 1), n = field(line, 2), at = field(line, 3), value = field(line, 4), got;
    Str text = str_printf(r->arena, "diff(%.*s, %.*s, %.*s) at %.*s = %.*s", STR_ARGS(f), STR_ARGS(x), STR_ARGS(n), STR_ARGS(x), STR_ARGS(at));
    if (!decimal(r, text, 34, &got))
        return UNDECIDED;
    r->why = got;
    return close_to(got, value, 30) ? RIGHT : WRONG;
}

/* Is every derivative that a step leaves to be taken the left side of a step? */
static bool nothing_left(Run *r, const Steps *steps)
{
    for (size_t i = 0; i < steps->n; i++) {
        if (!steps->step[i].after)
            return false;
        Nodes nodes = expr_nodes(env_pool(r->env), r->arena, &steps->step[i].after, 1);
        for (size_t k = 0; k < nodes.n; k++) {
            size_t j = 0;
            while (expr_is_pending(nodes.at[k]) && j < steps->n && steps->step[j].before != nodes.at[k])
                j++;
            if (j == steps->n)
                return false;
        }
    }
    return true;
}

/* The list of steps has a result for every order, each checked by balls; the last one is the answer, with the verified value. */
static Grade derivation_row(Run *r, Str line)
{
    Str     f = field(line, 0), x = field(line, 1), n = field(line, 2), at = field(line, 3), value = field(line, 4), got;
    Source  source;
    Outcome o = run_text(r->env, &source, str_printf(r->arena, "steps diff(%.*s, %.*s, %.*s)", STR_ARGS(f), STR_ARGS(x), STR_ARGS(n)));
    if (o.kind != RUN_DONE || o.value.kind != VALUE_REPORT) {
        r->why = o.kind == RUN_DONE ? STR("no report") : str_copy(r->arena, o.diag->message);
        return UNDECIDED;
    }
    const Steps *steps = report_steps(o.value.report);
    size_t       results = 0;
    for (size_t i = 0; i < steps->n; i++)
        if (str_is(steps->step[i].rule, "=")) {
            r->why = str_copy(r->arena, steps->step[i].note);
            if (!str_starts(r->why, STR("checked at ")))
                return WRONG;
            results++;
        }
    r->why = STR("the list does not end in the answer, or leaves something to be taken");
    if (results == 0 || results == steps->n || !str_is(str_printf(r->arena, "%zu", results), n.s ? str_printf(r->arena, "%.*s", STR_ARGS(n)).s : "")
        || steps->step[steps->n - 1].after != o.value.report->main.expr || !nothing_left(r, steps))
        return WRONG;
    if (!decimal(r, str_printf(r->arena, "ans at %.*s = %.*s", STR_ARGS(x), STR_ARGS(at)), 34, &got))
        return UNDECIDED;
    r->why = got;
    return close_to(got, value, 30) ? RIGHT : WRONG;
}

static Grade evaluation_row(Run *r, Str line)
{
    Str expr = field(line, 2), value = field(line, 3), got;
    if (!decimal(r, expr, 50, &got))
        return UNDECIDED;
    r->why = got;
    if (str_starts(got, STR("0 to ")))
        return str_is(value, "0") ? UNDECIDED : WRONG;
    return close_to(got, value, 49) ? RIGHT : WRONG;
}

/* "a + b*i", "b*i", "a" */
static void complex_parts(Run *r, Str s, Str *re, Str *im)
{
    *re = s;
    *im = STR("0");
    if (s.n < 2 || s.s[s.n - 1] != 'i')
        return;
    s.n -= 2;
    for (size_t i = s.n; i-- > 1;)
        if ((s.s[i] == '+' || s.s[i] == '-') && s.s[i - 1] == ' ') {
            *re = str_trim(str_slice(s, 0, i));
            *im = str_printf(r->arena, "%s%.*s", s.s[i] == '-' ? "-" : "", STR_ARGS(str_trim(str_slice(s, i + 1, s.n))));
            return;
        }
    *re = STR("0");
    *im = s;
}

static Grade complex_row(Run *r, Str line)
{
    Str got, re, im;
    if (!decimal(r, field(line, 1), 50, &got))
        return UNDECIDED;
    complex_parts(r, got, &re, &im);
    r->why = got;
    return close_to(re, field(line, 2), 49) && close_to(im, field(line, 3), 49) ? RIGHT : WRONG;
}

/* "x,y" and "1,2" as a point: "x = 1, y = 2" */
static Str point_text(Run *r, Str names, Str values)
{
    Buf b = buf_new(r->arena);
    while (names.n) {
        const char *a = memchr(names.s, ',', names.n), *v = memchr(values.s, ',', values.n);
        size_t      i = a ? (size_t)(a - names.s) : names.n, j = v ? (size_t)(v - values.s) : values.n;
        buf_printf(&b, "%s%.*s = %.*s", b.n ? ", " : "", (int)i, names.s, (int)j, values.s);
        names = str_slice(names, i + 1, names.n);
        values = str_slice(values, j + 1, values.n);
    }
    return buf_str(&b);
}

static Grade gradient_row(Run *r, Str line)
{
    Str names = field(line, 1), at = point_text(r, names, field(line, 2)), f = field(line, 3), lists[2] = { field(line, 5), field(line, 6) };
    const char *const commands[] = { "gradient", "hessian" };
    for (int k = 0; k < 2; k++) {
        Str    text = str_printf(r->arena, "%s(%.*s, (%.*s)) at %.*s", commands[k], STR_ARGS(f), STR_ARGS(names), STR_ARGS(at)), got, rest = lists[k];
        Source source;
        if (!memchr(names.s, ',', names.n))
            text = str_printf(r->arena, "%s(%.*s, %.*s) at %.*s", commands[k], STR_ARGS(f), STR_ARGS(names), STR_ARGS(at));
        env_settings(r->env)->digits = 34;
        Outcome o = run_text(r->env, &source, text);
        if (o.kind != RUN_DONE || o.value.kind != VALUE_EXPR) {
            r->why = o.kind == RUN_FAILED ? str_copy(r->arena, o.diag->message) : STR("no expression");
            return UNDECIDED;
        }
        const Expr *e = o.value.expr;
        for (uint32_t i = 0; i < (e->kind == EXPR_TENSOR ? e->arity : 1); i++) {
            size_t n = 0;
            while (n < rest.n && rest.s[n] != ',' && rest.s[n] != ';')
                n++;
            got = env_value_approx(r->env, value_expr(e->kind == EXPR_TENSOR ? e->arg[i] : e), &(Str){ 0 });
            if (!close_to(got, str_slice(rest, 0, n), 29)) {
                r->why = str_printf(r->arena, "%s entry %u: %.*s, not %.*s", commands[k], i, STR_ARGS(got), (int)n, rest.s);
                return WRONG;
            }
            rest = str_slice(rest, n + 1, rest.n);
        }
    }
    return RIGHT;
}

static Grade limit_row(Run *r, Str line)
{
    Str         f = field(line, 0), x = field(line, 1), a = field(line, 2), dir = field(line, 3), expected = field(line, 4);
    bool        infinite = str_is(a, "oo") || str_is(a, "-oo");
    const char *side = infinite || str_is(dir, "both") ? "" : str_is(dir, "+") ? "+" : "-";
    Source      source;
    Outcome     o = run_text(r->env, &source, str_printf(r->arena, "limit(%.*s, %.*s -> %.*s%s)", STR_ARGS(f), STR_ARGS(x), STR_ARGS(a), side));
    if (o.kind != RUN_DONE) {
        r->why = str_copy(r->arena, o.diag->message);
        return UNDECIDED;
    }
    r->why = str_copy(r->arena, env_value_text(r->env, o.value, false));
    if (str_is(expected, "DNE"))
        return str_starts(r->why, STR("does not exist")) ? RIGHT : WRONG;
    Outcome same = run_text(r->env, &source, str_printf(r->arena, "(%.*s) == (%.*s)", STR_ARGS(r->why), STR_ARGS(expected)));
    if (str_eq(r->why, expected))
        return RIGHT;
    return same.kind == RUN_DONE && str_is(env_value_text(r->env, same.value, false), "true") ? RIGHT : WRONG;
}

static Grade several_row(Run *r, Str line)
{
    Str     f = field(line, 0), x = field(line, 1), a = field(line, 2), expected = field(line, 3);
    Source  source;
    Outcome o = run_text(r->env, &source, str_printf(r->arena, "limit(%.*s, (%.*s) -> (%.*s))", STR_ARGS(f), STR_ARGS(x), STR_ARGS(a)));
    if (o.kind != RUN_DONE) {
        r->why = str_copy(r->arena, o.diag->message);
        return UNDECIDED;
    }
    r->why = str_copy(r->arena, env_value_text(r->env, o.value, false));
    if (str_is(expected, "DNE"))
        return str_starts(r->why, STR("does not exist")) ? RIGHT : WRONG;
    Outcome same = run_text(r->env, &source, str_printf(r->arena, "(%.*s) == (%.*s)", STR_ARGS(r->why), STR_ARGS(expected)));
    return str_eq(r->why, expected) || (same.kind == RUN_DONE && str_is(env_value_text(r->env, same.value, false), "true")) ? RIGHT : WRONG;
}

/* Is the text zero, as a statement of this session decides it? */
static Truth holds_zero(Run *r, Str assumptions, Str e)
{
    Source  source;
    Outcome o = run_text(r->env, &source, str_printf(r->arena, "%.*sis_zero(%.*s)", STR_ARGS(assumptions), STR_ARGS(e)));
    if (o.kind != RUN_DONE)
        return UNKNOWN;
    Str text = env_value_text(r->env, o.value, false);
    return str_starts(text, STR("yes")) ? YES : str_starts(text, STR("no:")) ? NO : UNKNOWN;
}

/* "x>0,y>0 (remark)" as statements; empty where the row holds for all real values ("all", "real", "const"). */
static Str assumptions_of(Run *r, Str domain)
{
    Buf b = buf_new(r->arena);
    for (size_t i = 0; i < domain.n; i++)
        if (domain.s[i] == '(')
            domain = str_trim(str_slice(domain, 0, i));
    if (!memchr(domain.s, '<', domain.n) && !memchr(domain.s, '>', domain.n))
        return (Str){ 0 };
    while (domain.n) {
        const char *comma = memchr(domain.s, ',', domain.n);
        size_t      n = comma ? (size_t)(comma - domain.s) : domain.n;
        buf_printf(&b, "assume %.*s; ", (int)n, domain.s);
        domain = str_slice(domain, n + 1, domain.n);
    }
    return buf_str(&b);
}

/* The zero test speaks about all real values. On a smaller domain its NO contradicts nothing: there the session is asked,
 * under the assumptions of the row. */
static Grade zero_row(Run *r, Str line)
{
    Str     f = field(line, 0), assumptions = assumptions_of(r, field(line, 2));
    bool    zero = str_is(field(line, 1), "true");
    Source  source;
    Outcome o = run_text(r->env, &source, f);
    if (o.kind != RUN_DONE || o.value.kind != VALUE_EXPR) {
        r->why = o.kind == RUN_FAILED ? str_copy(r->arena, o.diag->message) : STR("no expression");
        return UNDECIDED;
    }
    Verdict v = expr_zero_test(env_pool(r->env), o.value.expr);
    r->why = str_of(v.why);
    if (v.answer != YES && assumptions.n) {
        r->why = STR("not zero on all real values; not decided on the domain of the row");
        v.answer = holds_zero(r, assumptions, f);
    }
    if (v.answer == UNKNOWN)
        return UNDECIDED;
    return zero == (v.answer == YES) ? RIGHT : WRONG;
}

/* ---- series, compared by their values ---------------------------------------------------------------------- */

static size_t index_of(Str text, Str part)
{
    const char *found = text.n ? memmem(text.s, text.n, part.s, part.n) : NULL;
    return found ? (size_t)(found - text.s) : text.n;
}

/* The terms before the order term, which is printed last. */
static Str without_order(Str s)
{
    return str_starts(s, STR("O(")) ? STR("0") : str_slice(s, 0, index_of(s, STR(" + O(")));
}

/* "0:1; 3/2:log(t)" as a sum of powers of the base. */
static Str sum_of(Run *r, Str rows, Str base)
{
    Buf b = buf_new(r->arena);
    buf_add_s(&b, "0");
    while (rows.n) {
        size_t n = index_of(rows, STR(";")), colon = index_of(rows, STR(":"));
        buf_printf(&b, " + (%.*s)*(%.*s)^(%.*s)", STR_ARGS(str_trim(str_slice(rows, colon + 1, n))), STR_ARGS(base),
                   STR_ARGS(str_trim(str_slice(rows, 0, colon))));
        rows = str_slice(rows, n + 1, rows.n);
    }
    return buf_str(&b);
}

/* The row lists the terms whose exponent is below its order. Both sums are finite: near the centre they agree to all digits
 * only if every coefficient does. */
static Grade series_row(Run *r, Str line)
{
    Str     f = field(line, 0), x = field(line, 1), a = field(line, 2), order = field(line, 3), difference;
    bool    infinite = str_is(a, "oo");
    Str     base = infinite ? str_printf(r->arena, "1/%.*s", STR_ARGS(x)) : str_printf(r->arena, "%.*s - (%.*s)", STR_ARGS(x), STR_ARGS(a));
    Source  source;
    Outcome o = run_text(r->env, &source, str_printf(r->arena, "series(%.*s, %.*s = %.*s, order: (%.*s) - 1)", STR_ARGS(f), STR_ARGS(x),
                                                     STR_ARGS(a), STR_ARGS(order)));
    if (o.kind != RUN_DONE) {
        r->why = str_copy(r->arena, o.diag->message);
        return UNDECIDED;
    }
    Str got = str_copy(r->arena, env_value_text(r->env, o.value, false));
    Str at = infinite ? STR("1000") : str_printf(r->arena, "%.*s + 1/1000", STR_ARGS(a));
    Str text = str_printf(r->arena, "((%.*s) - (%.*s)) at (%.*s = %.*s, t = 1/1000)", STR_ARGS(without_order(got)),
                          STR_ARGS(sum_of(r, field(line, 4), base)), STR_ARGS(x), STR_ARGS(at));
    if (!decimal(r, text, 30, &difference))
        return UNDECIDED;
    r->why = got;
    return str_is(difference, "0") || str_starts(difference, STR("0 to ")) ? RIGHT : WRONG;
}

/* A root with its certificate: the digits of the call's x, and is it certified? */
static Grade certified_root(Run *r, Str call, Str roots, bool any)
{
    Str     got, left = roots;
    Source  source;
    alarm(2);                       /* for each root */
    Outcome o = run_text(r->env, &source, str_printf(r->arena, "answer_1 = %.*s; answer_1.certified", STR_ARGS(call)));
    if (o.kind != RUN_DONE) {
        r->why = str_printf(r->arena, "%.*s: %.*s", STR_ARGS(call), STR_ARGS(o.diag->message));
        return UNDECIDED;
    }
    r->why = str_printf(r->arena, "%.*s is not certified", STR_ARGS(call));
    if (!str_is(env_value_text(r->env, o.value, false), "true"))
        return WRONG;
    if (!decimal(r, STR("answer_1.x"), 40, &got))
        return UNDECIDED;
    r->why = str_printf(r->arena, "%.*s gives %.*s", STR_ARGS(call), STR_ARGS(got));
    while (any && left.n) {
        Str root = word_of(&left);
        if (close_to(got, root, 39))
            return RIGHT;
    }
    return !any && close_to(got, roots, 39) ? RIGHT : WRONG;
}

/* Each bracket holds the root of its place (a double one is looked for around it); from a start any of them must come out. */
static Grade roots_row(Run *r, Str line)
{
    Str class = field(line, 1), f = field(line, 2), x = field(line, 3), brackets = field(line, 4), start = field(line, 5), roots = field(line, 6), all = roots;
    if (str_is(class, "none")) {
        Source  source;
        Outcome o = run_text(r->env, &source, str_printf(r->arena, "solve(%.*s = 0, %.*s)", STR_ARGS(f), STR_ARGS(x)));
        r->why = o.kind == RUN_DONE ? str_copy(r->arena, env_value_text(r->env, o.value, false)) : str_copy(r->arena, o.diag->message);
        if (o.kind == RUN_DONE && o.value.kind == VALUE_LIST) {             /* complex solutions only */
            for (size_t i = 0; i < o.value.list->n; i++)
                if (o.value.list->item[i].kind != VALUE_EXPR || !(o.value.list->item[i].expr->flags & EXPR_HAS_I))
                    return WRONG;
            return RIGHT;
        }
        return o.kind == RUN_DONE && o.value.kind == VALUE_TEXT ? RIGHT : UNDECIDED;
    }
    for (Grade g = RIGHT; brackets.n;) {
        Str bracket = word_of(&brackets), root = word_of(&roots);
        if (str_is(bracket, "double"))
            bracket = str_printf(r->arena, "%.*s - 1/4 .. %.*s + 1/4", STR_ARGS(root), STR_ARGS(root));
        g = certified_root(r, str_printf(r->arena, "root(%.*s, %.*s = %.*s, digits: 40)", STR_ARGS(f), STR_ARGS(x), STR_ARGS(bracket)), root, false);
        if (g != RIGHT)
            return g;
    }
    if (str_is(start, "-"))
        return RIGHT;
    return certified_root(r, str_printf(r->arena, "root(%.*s, from: %.*s, digits: 40)", STR_ARGS(f), STR_ARGS(start)), all, true);
}

/* |f - series| at the distance 10^-k from the point (at 10^k). */
static bool residual(Run *r, Str line, Str sum, int k, double *out)
{
    Str f = field(line, 0), x = field(line, 1), a = field(line, 2), got;
    Str at = str_is(a, "oo") ? str_printf(r->arena, "10^%d", k) : str_is(a, "-oo") ? str_printf(r->arena, "-10^%d", k)
                             : str_printf(r->arena, "(%.*s) + 10^(-%d)", STR_ARGS(a), k);
    if (!decimal(r, str_printf(r->arena, "((%.*s) - (%.*s)) at (%.*s = %.*s, a = 7/5, b = 9/7)", STR_ARGS(f), STR_ARGS(sum), STR_ARGS(x), STR_ARGS(at)), 17, &got))
        return false;
    *out = strtod(got.s, NULL);
    *out = *out < 0 ? -*out : *out;
    return true;
}

/* The law of a series: f minus its terms below t^order is O(t^order). */
static Grade expansion_row(Run *r, Str line)
{
    Str     f = field(line, 0), x = field(line, 1), a = field(line, 2), text = field(line, 3);
    double  order = strtod(text.s, NULL), near, far;
    Source  source;
    Outcome o = run_text(r->env, &source, str_printf(r->arena, "series(%.*s, %.*s = %.*s, order: %d)", STR_ARGS(f), STR_ARGS(x), STR_ARGS(a), (int)order - 1));
    if (o.kind != RUN_DONE) {
        r->why = str_copy(r->arena, o.diag->message);
        return UNDECIDED;
    }
    Str sum = without_order(str_copy(r->arena, env_value_text(r->env, o.value, false)));
    if (!residual(r, line, sum, 8, &far) || !residual(r, line, sum, 10, &near))
        return UNDECIDED;
    r->why = sum;
    return near == 0 || far / near > pow(100, order - 0.3) ? RIGHT : WRONG;
}

typedef struct Kind {
    const char *name;
    size_t      key;                /* the field that names a row */
    Grade      (*row)(Run *, Str);
    double      least;              /* share of rows that must be right */
} Kind;

static const Kind kinds[] = {
    { "derivatives", 0, derivative_row, 1 }, { "derivations", 0, derivation_row, 1 }, { "evaluation", 2, evaluation_row, 0.97 }, { "complex", 1, complex_row, 0.97 },
    { "gradients", 3, gradient_row, 1 }, { "limits", 0, limit_row, 0.98 }, { "several", 0, several_row, 0.9 }, { "zero", 0, zero_row, 0 },
    { "series", 0, series_row, 0.99 }, { "expansions", 0, expansion_row, 0.9 }, { "roots", 0, roots_row, 1 },
};

static void stop_row(int signal)
{
    (void)signal;
    interrupt_raise(STOP_TIME);
}

int main(int argc, char **argv)
{
    Arena      *a = arena_new();
    const Kind *kind = NULL;
    for (size_t i = 0; argc == 3 && i < sizeof kinds / sizeof *kinds; i++)
        if (!strcmp(argv[1], kinds[i].name))
            kind = &kinds[i];
    if (!kind)
        return 2;
    Str    text = read_all(a, argv[2]), line;
    size_t count[3] = { 0 };
    bool   header = true;
    signal(SIGALRM, stop_row);
    while (next_line(&text, &line)) {
        if (line.n == 0 || line.s[0] == '#')
            continue;
        if (header && (str_starts(line, STR("expr\t")) || str_starts(line, STR("id\t")))) {
            header = false;
            continue;
        }
        interrupt_clear();
        alarm(2);
        Run  r = { env_new(builtin_tables), a, { 0 } };
        Grade m = kind->row(&r, line);
        count[m]++;
        if (m != RIGHT)
            printf("%s %.*s: %.*s\n", m == WRONG ? "WRONG" : "undecided", STR_ARGS(str_slice(field(line, kind->key), 0, 90)), STR_ARGS(str_slice(r.why, 0, 120)));
        env_delete(r.env);
    }
    size_t rows = count[RIGHT] + count[UNDECIDED] + count[WRONG];
    bool   enough = (double)count[RIGHT] >= kind->least * (double)rows;
    printf("%s: %zu right, %zu undecided, %zu wrong\n", kind->name, count[RIGHT], count[UNDECIDED], count[WRONG]);
    printf("CHECKS %zu %zu\n", count[RIGHT], count[WRONG] + !enough);
    arena_delete(a);
    return count[WRONG] || !enough;
}
