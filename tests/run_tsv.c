/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The problem sets with verified answers: run_tsv KIND FILE. Digits are compared by exact rationals: |ours - theirs| must not
 * exceed the last digits' rounding. A row that the program honestly could not decide is counted apart; a wrong one fails. */
#include "tests/session.h"

#include "base/interrupt.h"

#include "symbolic/poly.h"
#include "symbolic/zero.h"

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
    *out = str_copy(r->arena, env_value_approx(r->env, o.value, false));
    r->why = STR("no digits");
    return out->n > 0;
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
            got = env_value_approx(r->env, value_expr(e->kind == EXPR_TENSOR ? e->arg[i] : e), false);
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

static Grade zero_row(Run *r, Str line)
{
    Source  source;
    Outcome o = run_text(r->env, &source, field(line, 0));
    if (o.kind != RUN_DONE || o.value.kind != VALUE_EXPR) {
        r->why = o.kind == RUN_FAILED ? str_copy(r->arena, o.diag->message) : STR("no expression");
        return UNDECIDED;
    }
    Verdict v = expr_zero_test(env_pool(r->env), o.value.expr);
    r->why = str_of(v.why);
    if (v.answer == UNKNOWN)
        return UNDECIDED;
    bool zero = str_is(field(line, 1), "1") || str_is(field(line, 1), "yes") || str_is(field(line, 1), "true");
    return zero == (v.answer == YES) ? RIGHT : WRONG;
}

typedef struct Kind {
    const char *name;
    size_t      key;                /* the field that names a row */
    Grade      (*row)(Run *, Str);
    double      least;              /* share of rows that must be right */
} Kind;

static const Kind kinds[] = {
    { "derivatives", 0, derivative_row, 1 }, { "evaluation", 2, evaluation_row, 0.97 }, { "complex", 1, complex_row, 0.97 },
    { "gradients", 3, gradient_row, 1 }, { "limits", 0, limit_row, 0 }, { "zero", 0, zero_row, 0 },
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
