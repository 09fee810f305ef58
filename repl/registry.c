/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The one list of tables of built-ins, in the order in which help shows them.
 * To add a table: declare it below as `extern const Builtin NAME_builtins[];` and add its name to the list. */
#include "repl/registry.h"

extern const Builtin diff_builtins[], vector_calculus_builtins[], limit_builtins[], series_builtins[], variation_builtins[], evaluate_builtins[];
extern const Builtin simplify_builtins[], zero_builtins[], poly_builtins[], solve_builtins[], newton_builtins[], run_builtins[], sums_builtins[], table_builtins[], data_builtins[], load_builtins[], linear_builtins[], session_builtins[];
extern const Builtin difference_quotient_builtins[], implicit_builtins[], critical_builtins[], extrema_builtins[], finite_difference_builtins[];
extern const Builtin continuity_builtins[], epsilon_delta_builtins[], radius_builtins[], remainder_builtins[], approximate_builtins[];
extern const Builtin trig_builtins[], rewrite_builtins[];
extern const Builtin echelon_builtins[], eigen_builtins[], decompose_builtins[], ldl_builtins[], least_squares_builtins[], krylov_builtins[], norms_builtins[];
extern const Builtin graph_builtins[], jvp_builtins[], gradcheck_builtins[];
extern const Builtin algebraic_builtins[], root_builtins[], surface_builtins[];
extern const Builtin minimize_builtins[], compare_builtins[], minima_builtins[], rates_builtins[], schedule_builtins[], gradient_noise_builtins[];
extern const Builtin why_builtins[], stabilize_builtins[], bound_builtins[], clip_builtins[];
extern const Builtin minimize_builtins[], compare_builtins[];
extern const Builtin plot_builtins[], plot_data_builtins[];

const Builtin *const builtin_tables[] = {
    diff_builtins, difference_quotient_builtins, implicit_builtins, critical_builtins, extrema_builtins, finite_difference_builtins,
    continuity_builtins, epsilon_delta_builtins, radius_builtins, remainder_builtins, approximate_builtins,
    vector_calculus_builtins, graph_builtins, jvp_builtins, gradcheck_builtins, limit_builtins, series_builtins, variation_builtins, evaluate_builtins,
    simplify_builtins, zero_builtins, poly_builtins, trig_builtins, rewrite_builtins, solve_builtins, newton_builtins, run_builtins, sums_builtins, table_builtins, linear_builtins, echelon_builtins, eigen_builtins, decompose_builtins, ldl_builtins, least_squares_builtins, krylov_builtins, norms_builtins, load_builtins, data_builtins, session_builtins,
    minimize_builtins, compare_builtins, minima_builtins, rates_builtins, schedule_builtins, gradient_noise_builtins,
    plot_builtins, plot_data_builtins,
    why_builtins, stabilize_builtins, bound_builtins, clip_builtins,
    algebraic_builtins, root_builtins, surface_builtins,
    NULL
};
