/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The methods in C, one row each: what help says, what they need, their options. Rules of one line are in optimizers.def. */
#include "numeric/methods.h"
#include "symbolic/method.h"

enum { HAGER_ZHANG, DAMPED = 0, NIELSEN = 0, EXACT_MODEL = 0 };

const MethodRow method_rows[] = {
    { .name = "gd", .help = "Steepest descent with a line search, or with the rates of Barzilai and Borwein.",
      .cite = "Cauchy 1847; Armijo 1966; Barzilai, Borwein 1988; Raydan 1997", .make = descent_stepper,
      .option = { { "search", SEARCH_ARMIJO, 0, 0, DESCENT_WORDS }, { "lr", 1, 1e-300, 1e300, NULL }, { "memory", 10, 0, 1000, NULL } },
      .example = { { "minimize(x^2 + 5y^2, from: (x = 5, y = 1), method: gd(search: exact)).reason", "converged" } } },
    { .name = "backtracking", .help = "Steepest descent, halving twice the last step until the value falls.", .cite = "Armijo 1966",
      .make = backtracking_stepper, .example = { { "minimize((x - 2)^2, from: 0, method: backtracking).x", "2" } } },
    { .name = "coordinate", .help = "Along one coordinate after the other to the lowest point; needs no Hessian.", .cite = "Wright 2015", .make = coordinate_stepper,
      .example = { { "minimize((x - 2)^2 + (y + 1)^2, from: (x = 0, y = 0), method: coordinate).x", "(x = 2, y = -1)" } } },
    { .name = "cg", .help = "Nonlinear conjugate gradients: no matrix, for many variables.",
      .cite = "Fletcher, Reeves 1964; Polak, Ribiere 1969; Hager, Zhang 2005", .make = cg_stepper,
      .option = { { "form", HAGER_ZHANG, 0, 0, CG_WORDS }, { "search", SEARCH_WOLFE, 0, 0, SEARCH_WORDS }, { "restart", 1, 0, 1, NULL } },
      .example = { { "minimize((x - 2)^2 + (y + 1)^2, from: (x = 0, y = 0), method: cg).reason", "converged" } } },
    { .name = "bfgs", .help = "The inverse Hessian is built up from changes of the gradient.",
      .cite = "Broyden, Fletcher, Goldfarb, Shanno 1970", .make = bfgs_stepper,
      .option = { { "search", SEARCH_WOLFE, 0, 0, SEARCH_WORDS }, { "scale", 1, 0, 1, NULL } },
      .example = { { "minimize((1 - x)^2 + 100(y - x^2)^2, from: (x = -1.2, y = 1), method: bfgs).reason", "converged" } } },
    { .name = "lbfgs", .help = "BFGS from the last steps alone, without a matrix: for many variables.", .cite = "Liu, Nocedal 1989", .make = lbfgs_stepper,
      .option = { { "memory", 10, 1, 1000, NULL }, { "search", SEARCH_WOLFE, 0, 0, SEARCH_WORDS } },
      .example = { { "minimize((1 - x)^2 + 100(y - x^2)^2, from: (x = -1.2, y = 1), method: lbfgs(memory: 5)).reason", "converged" } } },
    { .name = "newton", .help = "Newton's method with the exact Hessian and a line search; or pure, or modified.", .cite = "Nocedal, Wright: Numerical Optimization, 2006, ch. 3", .needs = NEEDS_HESSIAN,
      .make = newton_stepper, .option = { { "form", DAMPED, 0, 0, NEWTON_WORDS } },
      .example = { { "minimize(x^2 + 2x, from: 5, method: newton(form: pure)).steps", "1" } } },
    { .name = "newton_cg", .help = "Newton's direction by conjugate gradients, from products of Hessian and vector.",
      .cite = "Dembo, Steihaug 1983; Nocedal, Wright 2006, sec. 7.1", .needs = NEEDS_PRODUCT, .make = newton_cg_stepper,
      .example = { { "minimize((x - 2)^2 + (y + 1)^4, from: (x = 0, y = 0), method: newton_cg).reason", "converged" } } },
    { .name = "trust_region", .help = "Newton's method inside a radius within which the quadratic model fits.",
      .cite = "More, Sorensen 1983; Powell 1970; Steihaug 1983", .needs = NEEDS_HESSIAN, .make = trust_region_stepper,
      .option = { { "model", EXACT_MODEL, 0, 0, TRUST_WORDS }, { "radius", 1, 1e-100, 1e100, NULL } },
      .example = { { "minimize((1 - x)^2 + 100(y - x^2)^2, from: (x = -1.2, y = 1), method: trust_region).reason", "converged" } } },
    { .name = "gauss_newton", .help = "For sums of squares: Newton without second derivatives of the residuals.", .cite = "Gauss 1809", .needs = NEEDS_RESIDUALS,
      .make = gauss_newton_stepper, .option = { { "search", SEARCH_ARMIJO, 0, 0, SEARCH_WORDS } },
      .example = { { "minimize((x - 2)^2 + (y - x)^2, from: (x = 0, y = 0), method: gauss_newton).steps", "1" } } },
    { .name = "lm", .help = "Levenberg-Marquardt, for sums of squares: Gauss-Newton, damped.",
      .cite = "Levenberg 1944; Marquardt 1963; Nielsen 1999", .needs = NEEDS_RESIDUALS, .make = lm_stepper,
      .option = { { "damping", NIELSEN, 0, 0, DAMPING_WORDS }, { "lambda", 1e-3, 1e-100, 1e100, NULL } },
      .example = { { "minimize((1 - x)^2 + 100(y - x^2)^2, from: (x = -1.2, y = 1), method: lm).reason", "converged" } } },
    { .name = "nelder_mead", .help = "A simplex that moves downhill by values alone: for kinks and noise.",
      .cite = "Nelder, Mead 1965; Gao, Han 2012", .make = nelder_mead_stepper, .option = { { "adaptive", 1, 0, 1, NULL } },
      .example = { { "minimize(abs(x - 1) + abs(y), from: (x = 0, y = 2), method: nelder_mead, steps: 500).value < 1e-8", "true" } } },
    { 0 }
};
