/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Laws of minimizers: every optimizer descends on a convex quadratic; results depend on the seed and on nothing else; gradients by tape
 * enclose the exact ones. */
#include "tests/session.h"

#include "base/interrupt.h"
#include "numeric/data.h"
#include "symbolic/optimize/method.h"
#include "symbolic/tape/objective.h"

#include <criterion/criterion.h>
#include <math.h>

/* Does the text end in a true value? */
static bool holds(const char *text)
{
    Env    *env = env_new(builtin_tables);
    Source  source;
    Outcome o = run_text(env, &source, str_of(text));
    bool    yes = o.kind == RUN_DONE && o.value.kind == VALUE_EXPR && expr_is_constant(o.value.expr, CONSTANT_TRUE);
    if (o.kind == RUN_FAILED)
        cr_log_error("%.*s: %.*s", (int)str_of(text).n, text, STR_ARGS(o.diag->message));
    env_delete(env);
    return yes;
}

Test(minimize, every_optimizer_descends_on_a_quadratic)
{
    Arena *a = arena_new();
    for (const RuleText *row = rule_texts; row->name; row++)
        cr_expect(holds(str_printf(a, "minimize(x^2 + 3y^2 + x*y, from: (x = 1, y = -2), method: %s(lr: 0.01), steps: 200).value < 11", row->name).s), "%s", row->name);
    for (const MethodRow *row = method_rows; row->name; row++)
        cr_expect(row->needs & TAKES_BATCHES || holds(str_printf(a, "minimize(%s, from: (x = 1, y = -2), method: %s).value < 1e-12",
                                   row->needs & NEEDS_RESIDUALS ? "(x + y)^2 + 3y^2" : "x^2 + 3y^2 + x*y", row->option[0].words ? str_printf(a, "%s(%s: %.*s)", row->name,
                                   row->option[0].name, (int)strcspn(row->option[0].words, " "), row->option[0].words).s : row->name).s), "%s", row->name);
    arena_delete(a);
}

Test(minimize, dialects_descend_on_a_quadratic)
{
    Arena *a = arena_new();
    for (const RuleText *row = dialect_texts; row->name; row++)
        cr_expect(holds(str_printf(a, "minimize(x^2 + 3y^2 + x*y, from: (x = 1, y = -2), method: %s(dialect: %s, lr: 0.01), steps: 200).value < 11", row->name, row->dialect).s),
                  "%s %s", row->name, row->dialect);
    arena_delete(a);
}

/* A vector and a matrix are blocks of their own: what happens to one of them is what would happen to it alone. */
Test(minimize, blocks_do_not_see_each_other)
{
    Arena *a = arena_new();
    static const char *const methods[] = { "lamb", "lars", "adafactor", "muon", "shampoo" };
    for (size_t i = 0; i < sizeof methods / sizeof *methods; i++)
        cr_expect(holds(str_printf(a, "f(A) = A[1,1]^2 + 2*A[1,2]^2 + A[2,1]^2 + A[1,1]*A[2,2] + 3*A[2,2]^2\n"
                                      "r = minimize(f(A) + b[1]^2 + b[2]^2, from: (A = [1, 2; 3, 4], b = [3, 4]), method: %s, steps: 5).x\n"
                                      "s = minimize(f(A), from: (A = [1, 2; 3, 4]), method: %s, steps: 5).x\nr.A == s.A", methods[i], methods[i]).s), "%s", methods[i]);
    arena_delete(a);
}

#define LOSS "d = generate(moons, n: 300, seed: 2)\nL(s, n) = minimize(log(1 + exp(-(2*class - 1)*(w*x + v*y + b))), over: d, from: (w = 0, v = 0, b = 0), method: adam(lr: 0.1), "

Test(minimize, the_seed_decides)
{
    cr_expect(holds(LOSS "batch: 16, epochs: 3, seed: s).x\nL(5, 0) == L(5, 0)"));
    cr_expect(holds(LOSS "batch: 16, epochs: 3, seed: s).x\nL(5, 0) != L(6, 0)"));
}

Test(minimize, a_batch_of_all_rows_is_no_batch)
{
    cr_expect(holds(LOSS "batch: 300, steps: 20, shuffle: false).x\nM(s, n) = minimize(log(1 + exp(-(2*class - 1)*(w*x + v*y + b))), over: d, "
                    "from: (w = 0, v = 0, b = 0), method: adam(lr: 0.1), steps: 20, tol: 0).x\nL(1, 0) == M(1, 0)"));
}

Test(minimize, threads_change_no_bit)
{
    cr_expect(holds("d = generate(moons, n: 50000, seed: 2)\nL(n) = minimize(log(1 + exp(-(2*class - 1)*(w*x + v*y + b))), over: d, "
                    "from: (w = 0, v = 0, b = 0), lr: 0.5, steps: 5, threads: n).x\nL(1) == L(2)"));
}

Test(minimize, rules_of_ones_own_equal_built_in_ones)
{
    cr_expect(holds("optimizer heavy(lr: 0.01, beta: 0.9) { v = beta*v + g; x = x - lr*v }\nr(x, y) = (1 - x)^2 + 10*(y - x^2)^2\n"
                    "minimize(r, from: (-1, 1), method: heavy, steps: 50).x == minimize(r, from: (-1, 1), method: momentum, steps: 50).x"));
    cr_expect(holds("optimizer unit(lr: 0.1) { x = x - lr*g/norm(g) }\nabs(minimize(x^2 + y^2, from: (x = 3, y = 4), method: unit, steps: 1).value - 4.9^2) < 1e-12"));
    cr_expect(holds("optimizer s(lr: 0.1) { state d = lr; d = d/2; x = x - d*g }\nminimize(x^2, from: (x = 1), method: s, steps: 1).value < 1"));
}

/* ---- gradients.tsv in balls ---------------------------------------------------------------------------------------------------- */

static size_t split(Str list, Str *part)
{
    size_t n = 0;
    for (size_t i = 0, from = 0; i <= list.n; i++)
        if (i == list.n || list.s[i] == ',') {
            part[n++] = str_trim(str_slice(list, from, i));
            from = i + 1;
        }
    return n;
}

/* Is the ball within 10^-25 of the decimal, relative to it or to 1? */
static bool ball_at(arb_srcptr x, Str decimal)
{
    fmpq_t q;
    arb_t  y, bound;
    fmpq_init(q);
    arb_init(y);
    arb_init(bound);
    bool fine = decimal_exact(decimal, q);
    arb_set_fmpq(y, q, 256);
    arb_sub(y, y, x, 256);
    arb_abs(y, y);
    arb_set_fmpq(bound, q, 256);
    arb_abs(bound, bound);
    arb_add_ui(bound, bound, 1, 256);
    arb_mul_2exp_si(bound, bound, -83);
    fine = fine && arb_lt(y, bound);
    fmpq_clear(q);
    arb_clear(y);
    arb_clear(bound);
    return fine;
}

static bool row_right(Str line)
{
    Env    *env = env_new(builtin_tables);
    Arena  *a = arena_new();
    Source  source;
    Format  ball = format_ball(160);
    Str     name[16], at[16], slope[16];
    size_t  n = split(field(line, 1), name);
    bool    fine = n <= 16 && split(field(line, 2), at) == n && split(field(line, 5), slope) == n;
    Outcome o = run_text(env, &source, field(line, 3));
    Pool   *p = env_pool(env);
    Objective   objective;
    CompileInput x[16] = { 0 };
    for (size_t i = 0; i < n; i++)
        x[i].symbol = expr_symbol(p, name[i]);
    fine = fine && o.kind == RUN_DONE && o.value.kind == VALUE_EXPR && objective_make(p, a, o.value.expr, x, n, &ball, 0, &objective);
    fmpq_t q;
    fmpq_init(q);
    for (size_t i = 0; fine && i < n; i++) {
        fine = decimal_exact(at[i], q);
        format_set_fmpq(&ball, format_at(&ball, objective.x, i), q, NULL);
    }
    fmpq_clear(q);
    fine = fine && objective_gradient(&objective);
    for (size_t i = 0; fine && i < n; i++)
        fine = ball_at(format_at(&ball, objective.g, i), slope[i]);
    if (!fine)
        cr_log_error("%.*s: %.*s", STR_ARGS(field(line, 0)), STR_ARGS(pool_error(p)));
    arena_delete(a);
    env_delete(env);
    return fine;
}

Test(minimize, gradients_by_tape_enclose_the_exact_ones)
{
    Arena *a = arena_new();
    Str    text = read_all(a, GRADIENTS_TSV), line;
    size_t rows = 0;
    next_line(&text, &line);
    while (next_line(&text, &line)) {
        cr_expect(row_right(line));
        rows++;
    }
    cr_expect(rows > 20);
    arena_delete(a);
}

/* ---- Ctrl-C ----------------------------------------------------------------------------------------------------------------------- */

typedef struct Interrupted { Stepper inner; size_t at; } Interrupted;

static StepResult step_and_interrupt(void *state, Objective *o, size_t k)
{
    Interrupted *s = state;
    if (k == s->at)
        interrupt_raise(STOP_CTRL_C);
    return s->inner.step(s->inner.state, o, k);
}

static const void *inner_rate(const void *state, const Format *f)
{
    const Interrupted *s = state;
    return s->inner.rate(s->inner.state, f);
}

/* The flag goes up inside a step: the run ends with a point that was reached, not with one that a search was trying. */
static void interrupt_run(Env *env, const Method *m, size_t at)
{
    Pool        *p = env_pool(env);
    Arena       *a = arena_new();
    const Expr  *x = expr_symbol(p, STR("x")), *y = expr_symbol(p, STR("y")), *four = expr_int(p, 4);
    const Expr  *f = expr_add(p, expr_pow(p, expr_add(p, x, y), four), expr_mul(p, expr_int(p, 3), expr_pow(p, y, four)));
    CompileInput in[2] = { { .symbol = x }, { .symbol = y } };
    Format       fp64;
    Objective    o;
    Interrupted  s = { .at = at };
    Str          name = method_name(m);
    cr_assert(format_named(STR("fp64"), &fp64) && objective_make(p, a, f, in, 2, &fp64, method_extras(m), &o));
    ((double *)o.x)[0] = 1;
    ((double *)o.x)[1] = -2;
    cr_assert(method_stepper(p, a, m, &o, &s.inner), "%.*s", STR_ARGS(name));
    Stepper         stepper = { .step = step_and_interrupt, .rate = inner_rate, .state = &s, .values = s.inner.values, .descends = s.inner.descends };
    MinimizeOptions options = { .steps = 100, .tol = 0, .tol_log2 = -INFINITY, .trace = 10, .trace_x = 2 };
    Minimum         found = minimize_run(a, &o, &stepper, &options);
    interrupt_clear();
    const double *v = found.x;
    double        value = pow(v[0] + v[1], 4) + 3 * pow(v[1], 4);
    cr_expect(found.ending == ENDED_STOPPED && found.steps <= at, "%.*s: ending %d after %zu steps", STR_ARGS(name), (int)found.ending, found.steps);
    cr_expect(isfinite(value) && (value < 49.001 || found.steps > at), "%.*s: value %g after %zu steps", STR_ARGS(name), value, found.steps);
    cr_expect(fabs(*(const double *)found.value - value) <= 1e-9 * value, "%.*s: value %g, at its point %g", STR_ARGS(name), *(const double *)found.value, value);
    arena_delete(a);
}

Test(minimize, an_interrupt_leaves_a_point_that_was_reached)
{
    Env   *env = env_new(builtin_tables);
    Arena *a = arena_new();
    for (size_t at = 1; at < 4; at++) {
        for (const MethodRow *row = method_rows; row->name; row++)
            if (!(row->needs & NEEDS_BATCHES))
                interrupt_run(env, method_of_row(env_pool(env), a, row), at);       /* the pool is another one after each statement */
        for (const RuleText *row = rule_texts; row->name; row++) {
            Source  source;
            Outcome o = run_text(env, &source, str_printf(a, "%s(lr: 1e-6)", row->name));
            if (o.kind == RUN_DONE && o.value.kind == VALUE_METHOD && !(method_extras(o.value.method) & ~(unsigned)OBJECTIVE_VALUE))
                interrupt_run(env, o.value.method, at);
        }
    }
    env_delete(env);
    arena_delete(a);
}

/* One term of a random objective in x and y. */
static Str random_term(Arena *a, Rng *random)
{
    static const char *const forms[] = { "(%s)^2", "(%s)^2", "(%s)^4", "(%s)^3", "exp(%s)", "sin(%s)", "abs(%s)", "log(1 + (%s)^2)", "cosh(%s)", "max(%s, 0)" };
    int number[3];
    for (size_t i = 0; i < 3; i++)
        number[i] = (int)rng_below(random, 7) - 3;
    Str line = str_printf(a, "%d*x + %d*y + %d", number[0], number[1], number[2]);
    const char *form = forms[rng_below(random, sizeof forms / sizeof *forms)], *hole = strstr(form, "%s");
    return str_printf(a, "%.*s%.*s%s", (int)(hole - form), form, STR_ARGS(line), hole + 2);
}

/* Whatever the objective: where a run says that it has converged, no neighbour is lower; where it says unbounded, a lower value was met. */
Test(minimize, no_neighbour_of_a_minimum_is_lower)
{
    Arena *a = arena_new();
    Rng    random = rng_stream(8, STR("objectives"));
    for (int k = 0; k < 80; k++) {
        Buf b = buf_new(a);
        for (int i = 0; i < 3; i++) {
            Str term = random_term(a, &random);
            buf_printf(&b, "%s%.*s", i ? " + " : "", STR_ARGS(term));
        }
        Str f = buf_str(&b), text = str_printf(a, "f(x, y) = %.*s\nr = minimize(f, from: (%d, %d))\nu = r.x[1]; v = r.x[2]; d = 1/1000; least = r.value - 1e-8*(1 + abs(r.value))\n"
                              "if r.reason == \"unbounded\" then r.value < -1000 else f(u + d, v) >= least and f(u - d, v) >= least and f(u, v + d) >= least and f(u, v - d) >= least "
                              "and f(u + d, v + d) >= least and f(u - d, v + d) >= least", STR_ARGS(f), (int)rng_below(&random, 7) - 3, (int)rng_below(&random, 7) - 3);
        cr_expect(holds(text.s), "%.*s", STR_ARGS(text));
    }
    arena_delete(a);
}
