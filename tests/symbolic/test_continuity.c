/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Laws of continuity: the largest delta holds and is the largest, remainders stay below their bounds, radii are distances, points of
 * the mean value theorem have the mean slope. Everything is asked in the language and decided there by exact signs. */
#include "base/rng.h"
#include "tests/session.h"

#include <criterion/criterion.h>

static bool holds(Env *env, Str text)
{
    Source  source;
    Outcome o = run_text(env, &source, text);
    if (o.kind != RUN_DONE)
        cr_log_info("%.*s: %.*s\n", STR_ARGS(text), STR_ARGS(o.diag->message));
    return o.kind == RUN_DONE;
}

static long pick(Rng *r, long low, long high) { return low + (long)rng_below(r, (uint64_t)(high - low + 1)); }

/* Inside delta no sample violates the bound; just beyond it one side does. */
Test(continuity, delta_is_the_largest)
{
    static const char *const f[] = { "x^2", "x^3 - x", "exp(x)", "sin(x)", "1/(x + 5)", "sqrt(x + 9)", "x*exp(x)", "atan(x)", "x + floor(x)", "x*abs(x)",
                                     "if x < 1 then x else 2x - 1", "x^2*sign(x)", "cos(x) + x", "mod(x, 3/2)" };
    Env   *env = env_new(builtin_tables);
    Arena *a = arena_new();
    Rng    r = rng_stream(3, STR("delta"));
    for (size_t i = 0; i < 3 * (sizeof f / sizeof *f); i++) {
        Str at = str_printf(a, "(%ld/7)", 7 * pick(&r, -2, 1) + pick(&r, 1, 6)), e = str_printf(a, "(1/%ld)", pick(&r, 2, 20));
        const char *g = f[i % (sizeof f / sizeof *f)];
        cr_assert(holds(env, str_printf(a, "g_1(x) = %s; r = epsilon_delta(g_1(x), x -> %.*s, eps: %.*s); d = r.delta", g, STR_ARGS(at), STR_ARGS(e))), "%s", g);
        for (int k = -8; k <= 8; k++)
            cr_expect(k == 0 || holds(env, str_printf(a, "assert abs(g_1(%.*s + d*999*(%d)/8000) - r.limit) < %.*s", STR_ARGS(at), k, STR_ARGS(e))), "%s at %.*s, %d", g,
                      STR_ARGS(at), k);
        cr_expect(holds(env, str_printf(a, "assert max(abs(g_1(%.*s + d*(1 + 1/10^9)) - r.limit), abs(g_1(%.*s - d*(1 + 1/10^9)) - r.limit)) > %.*s - 1/10^6",
                                        STR_ARGS(at), STR_ARGS(at), STR_ARGS(e))), "%s at %.*s, eps %.*s", g, STR_ARGS(at), STR_ARGS(e));
    }
    arena_delete(a);
    env_delete(env);
}

Test(continuity, remainders_stay_below_their_bounds)
{
    static const char *const f[] = { "exp(x)", "sin(x)", "cos(2x)", "log(x + 4)", "1/(x + 3)", "sqrt(x + 4)", "exp(sin(x))", "atan(x)", "x^4 - 3x" };
    Env   *env = env_new(builtin_tables);
    Arena *a = arena_new();
    Rng    r = rng_stream(4, STR("remainder"));
    for (size_t i = 0; i < 2 * (sizeof f / sizeof *f); i++) {
        const char *g = f[i % (sizeof f / sizeof *f)];
        long        n = pick(&r, 0, 5), at = pick(&r, -5, 5);
        Str         low = str_printf(a, "%ld/5 - %ld/10", at, pick(&r, 0, 9)), high = str_printf(a, "%ld/5 + %ld/10", at, pick(&r, 1, 9));
        cr_assert(holds(env, str_printf(a, "b = remainder(%s, x = %ld/5, order: %ld, on: %.*s..%.*s).bound", g, at, n, STR_ARGS(low), STR_ARGS(high))), "%s", g);
        for (int k = 0; k <= 4; k++)
            cr_expect(holds(env, str_printf(a, "assert abs(remainder(%s, x = %ld/5, order: %ld, at: %.*s + %d/4*(%.*s - (%.*s))).error) <= b*(1 + 1/10^12)", g, at, n, STR_ARGS(low), k,
                                            STR_ARGS(high), STR_ARGS(low))), "%s at %ld/5, order %ld, %d", g, at, n, k);
    }
    arena_delete(a);
    env_delete(env);
}

Test(continuity, radius_is_the_distance_to_the_nearest_pole)
{
    Env   *env = env_new(builtin_tables);
    Arena *a = arena_new();
    Rng    r = rng_stream(5, STR("radius"));
    for (int i = 0; i < 12; i++) {
        long at = pick(&r, -9, 9), p = pick(&r, 20, 60) * (i % 2 ? 1 : -1), q = pick(&r, 1, 40);
        cr_expect(holds(env, str_printf(a, "assert abs(radius(sin(x)/((x - (%ld)/10)*(x^2 + %ld/10)), x = %ld/10).radius - min(abs(%ld/10 - (%ld)/10), sqrt((%ld/10)^2 + %ld/10))) < 1/10^20", p,
                                        q, at, at, p, at, q)), "%ld %ld %ld", at, p, q);
    }
    arena_delete(a);
    env_delete(env);
}

Test(continuity, mean_slopes)
{
    static const char *const f[] = { "x^2", "x^3 + x", "exp(x)", "log(x + 8)", "x + sin(x)", "1/(x + 9)" };
    Env   *env = env_new(builtin_tables);
    Arena *a = arena_new();
    Rng    r = rng_stream(6, STR("mean"));
    for (size_t i = 0; i < 2 * (sizeof f / sizeof *f); i++) {
        const char *g = f[i % (sizeof f / sizeof *f)];
        long        low = pick(&r, -5, 1), high = low + pick(&r, 1, 5);
        cr_assert(holds(env, str_printf(a, "g_1(x) = %s; m = mean_value(g_1(x), x = %ld..%ld); c = m.points_at[1]", g, low, high)), "%s on %ld..%ld", g, low, high);
        cr_expect(holds(env, str_printf(a, "assert abs(N(g_1'(c) - (g_1(%ld) - g_1(%ld))/%ld, 10)) < 1/10^9", high, low, high - low)), "%s", g);
        cr_expect(holds(env, str_printf(a, "assert %ld < c and c < %ld", low, high)), "%s", g);
    }
    arena_delete(a);
    env_delete(env);
}
