/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Laws of training in low precision: roles that are all one format change no bit, nor does a scale that is a power of two; stochastic rounding is
 * right on average; compensated steps arrive where plain ones stand still; the scale follows its overflows. */
#include "tests/session.h"

#include "symbolic/optimize/method.h"

#include <criterion/criterion.h>

/* Does the text end in a true value? */
static bool holds(const char *text)
{
    Env    *env = env_new(builtin_tables);
    Source  source;
    Outcome o = run_text(env, &source, str_of(text));
    bool    yes = o.kind == RUN_DONE && o.value.kind == VALUE_EXPR && expr_is_constant(o.value.expr, CONSTANT_TRUE);
    if (o.kind == RUN_FAILED)
        cr_log_error("%s: %.*s", text, STR_ARGS(o.diag->message));
    env_delete(env);
    return yes;
}

#define START "f(x, y) = exp(x/3) + (x - y^2)^2/7 + cos(x*y) + 0.1*x^4\n"
#define PLAIN "r = minimize(f, from: (x = 0.7, y = -1.3), method: %s, steps: 30, tol: 0%s)\n"
#define OTHER "s = minimize(f, from: (x = 0.7, y = -1.3), method: %s, steps: 30, tol: 0, %s)\n"
#define SAME  "r.x == s.x and r.value == s.value and r.steps == s.steps"

static void check_all(const char *plain, const char *other)
{
    Arena *a = arena_new();
    for (const RuleText *row = rule_texts; row->name; row++)
        cr_expect(holds(str_printf(a, START PLAIN OTHER SAME, row->name, plain, row->name, other).s), "%s, %s", row->name, other);
    for (const RuleText *row = dialect_texts; row->name; row++) {
        const char *method = str_printf(a, "%s(dialect: %s)", row->name, row->dialect).s;
        cr_expect(holds(str_printf(a, START PLAIN OTHER SAME, method, plain, method, other).s), "%s, %s", method, other);
    }
    arena_delete(a);
}

Test(low_precision, one_format_for_all_roles_changes_no_bit)
{
    check_all(", format: fp64", "format: (weights = fp64, master = fp64, gradients = fp64, accumulators = fp64), loss_scale: 1");
}

Test(low_precision, a_power_of_two_as_scale_changes_no_bit)
{
    check_all("", "loss_scale: 1024");
    check_all("", "loss_scale: dynamic(start: 0x1p-30, interval: 4)");
}

/* compare runs the plain way; minimize counts what such a format loses. */
Test(low_precision, counting_changes_no_bit)
{
    Arena *a = arena_new();
    static const char *const formats[] = { "bf16", "fp16", "tf32", "fp8_e5m2", "fp8_e4m3" };
    for (const RuleText *row = rule_texts; row->name; row++)
        for (size_t i = 0; i < sizeof formats / sizeof *formats; i++)
            cr_expect(holds(str_printf(a, START "r = compare(f, from: (x = 0.7, y = -1.3), methods: [%s], formats: [%s], steps: 30).runs[1]\n"
                                          "s = minimize(f, from: (x = 0.7, y = -1.3), method: %s, format: %s, steps: 30)\n"
                                          "r.reason == \"not finite\" or (" SAME ")", row->name, formats[i], row->name, formats[i]).s), "%s in %s", row->name, formats[i]);
    arena_delete(a);
}

#define FIT(name, more) name " = minimize(mean(log(1 + exp(-(2*class - 1)*(w*x + v*y + b))), over: d) + 0.01*(w^2 + v^2), from: (w = 0.3, v = 0, b = 0), method: adam(lr: 0.1), " more ")\n"

Test(low_precision, a_power_of_two_as_scale_changes_no_bit_of_sums_over_rows)
{
    static const char *const batches[] = { "steps: 20, tol: 0", "batch: 16, epochs: 2, seed: 4" };
    for (size_t i = 0; i < 2; i++) {
        Arena *a = arena_new();
        cr_expect(holds(str_printf(a, "d = generate(moons, n: 300, seed: 2)\n" FIT("r", "%s, format: fp64") FIT("s", "%s, loss_scale: 65536, format: (weights = fp64)") SAME, batches[i], batches[i]).s), "%s",
                  batches[i]);
        arena_delete(a);
    }
}

/* A layer W*[x, y] + b: products of matrices, sums over rows of outer products. */
Test(low_precision, a_power_of_two_as_scale_changes_no_bit_of_layers)
{
    cr_expect(holds("d = generate(moons, n: 60, seed: 2)\n"
                    "r = minimize((dot(u, tanh(W*[x, y] + b)) - class)^2, over: d, from: (W = [1, 2; -1, 0.5], b = [0, 0.1], u = [0.5, -0.5]), lr: 0.1, steps: 15)\n"
                    "s = minimize((dot(u, tanh(W*[x, y] + b)) - class)^2, over: d, from: (W = [1, 2; -1, 0.5], b = [0, 0.1], u = [0.5, -0.5]), lr: 0.1, steps: 15, loss_scale: 512)\n"
                    "r.x.W == s.x.W and r.x.b == s.x.b and r.x.u == s.x.u"));
}

/* Rows whose slopes are below the smallest number of fp16 each: only a scale that comes before their sum saves them. */
Test(low_precision, the_scale_comes_before_the_rows_are_added)
{
    cr_expect(holds("d = (x = [1e-4, 2e-4, 1e-4, 1e-4], y = [1e-4, 3e-4, 1e-4, 2e-4])\n"
                    "r = minimize((w*x - y)^2, over: d, from: (w = 2), lr: 0.1, steps: 1, tol: 0, format: fp16)\n"
                    "s = minimize((w*x - y)^2, over: d, from: (w = 2), lr: 0.1, steps: 1, tol: 0, format: (weights = fp16, master = fp32), loss_scale: 32768)\n"
                    "t = minimize((w*x - y)^2, over: d, from: (w = 2), lr: 0.1, steps: 1, tol: 0)\n"
                    "r.flushed > 0 and s.flushed == 0 and abs(s.trace[1].gradient_norm - t.trace[1].gradient_norm) < 0.02*t.trace[1].gradient_norm"));
}

/* 64 steps of an eighth of an ulp on 400 weights. The mean of what they move has a standard deviation of 0.001. */
Test(low_precision, stochastic_rounding_is_right_on_average)
{
    cr_expect(holds("r = minimize(-sum(x), from: (x = ones(400, 1)), lr: 0x1p-10, steps: 64, tol: 0, format: bf16, rounding: stochastic)\n"
                    "abs(sum(r.x.x)/400 - 1.0625) < 0.004 and r.absorbed > 19000 and r.absorbed < 25000"));
    cr_expect(holds("r = minimize(-sum(x), from: (x = ones(400, 1)), lr: 0x1p-10, steps: 64, tol: 0, format: bf16)\nsum(r.x.x) == 400"));
    cr_expect(holds("f(s) = minimize(-sum(x), from: (x = ones(9, 1)), lr: 0x1p-10, steps: 64, tol: 0, format: bf16, rounding: stochastic, seed: s).x.x\nf(1) == f(1) and f(1) != f(2)"));
    cr_expect(holds("r = minimize(-sum(x), from: (x = ones(400, 1)), lr: 0x1p-10, steps: 64, tol: 0, format: (weights = bf16, accumulators = fp32), rounding: stochastic)\n"
                    "abs(sum(r.x.x)/400 - 1.0625) < 0.004"));
}

/* A thousand updates of 0.0001 to the weight 1, as in the table of sums. */
Test(low_precision, compensated_updates_arrive)
{
    cr_expect(holds("minimize(-x, from: (x = 1), lr: 1e-4, steps: 1000, format: fp16, update: kahan).x.x == 0x1.198p+0"));
    cr_expect(holds("minimize(-x, from: (x = 1), lr: 1e-4, steps: 1000, format: bf16, update: kahan).x.x == 0x1.1ap+0"));
    cr_expect(holds("minimize(-x, from: (x = 1), lr: 1e-4, steps: 1000, format: fp32, update: kahan).x.x == 0x1.19999ap+0"));
    cr_expect(holds("minimize(-x, from: (x = 1), lr: 1e-4, steps: 1000, format: bf16).x.x == 1"));
    cr_expect(holds("minimize((x - 3)^2, from: 1, method: adam(beta2: 0.99), steps: 4000, tol: 0, format: bf16, update: kahan).x == 3"));
    cr_expect(holds("minimize((x - 3)^2, from: 1, method: adam(beta2: 0.99), steps: 4000, tol: 0, format: bf16).x == 1"));
}

Test(low_precision, the_scale_follows_its_overflows)
{
    cr_expect(holds("r = minimize((x - 3)^2, from: 0, lr: 0.01, steps: 20, format: (weights = fp16, master = fp32), loss_scale: dynamic(start: 32768, interval: 6))\n"
                    "r.skipped == 4 and r.loss_scale == 8192 and r.scales[2].loss_scale == 16384 and r.scales[4].step == 8 and r.scales[4].loss_scale == 16384"));
    cr_expect(holds("r = minimize((x - 3)^2, from: 0, lr: 0.01, steps: 4, format: (weights = fp16), loss_scale: dynamic)\nr.skipped == 3 and r.loss_scale == 8192 and r.steps == 4"));
    /* a skipped step moves nothing and counts for no moment */
    cr_expect(holds("r = minimize((x - 3)^2, from: 0, method: adam(lr: 0.1), steps: 13, tol: 0, format: (weights = fp16, master = fp32), loss_scale: dynamic)\n"
                    "s = minimize((x - 3)^2, from: 0, method: adam(lr: 0.1), steps: 10, tol: 0, format: (weights = fp16, master = fp32), loss_scale: 8192)\nr.skipped == 3 and r.x == s.x"));
}
