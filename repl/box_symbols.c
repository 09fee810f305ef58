/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How names and signs look in Unicode and in LaTeX. */
#include "repl/box.h"

static const Symbol symbols[] = {
    { "alpha", "α", "\\alpha" }, { "beta", "β", "\\beta" }, { "gamma", "γ", "\\gamma" }, { "delta", "δ", "\\delta" },
    { "epsilon", "ε", "\\varepsilon" }, { "zeta", "ζ", "\\zeta" }, { "eta", "η", "\\eta" }, { "theta", "θ", "\\theta" },
    { "iota", "ι", "\\iota" }, { "kappa", "κ", "\\kappa" }, { "lambda", "λ", "\\lambda" }, { "mu", "μ", "\\mu" }, { "nu", "ν", "\\nu" },
    { "xi", "ξ", "\\xi" }, { "pi", "π", "\\pi" }, { "rho", "ρ", "\\rho" }, { "sigma", "σ", "\\sigma" }, { "tau", "τ", "\\tau" },
    { "phi", "φ", "\\varphi" }, { "chi", "χ", "\\chi" }, { "psi", "ψ", "\\psi" }, { "omega", "ω", "\\omega" },
    { "Gamma", "Γ", "\\Gamma" }, { "Delta", "Δ", "\\Delta" }, { "Theta", "Θ", "\\Theta" }, { "Lambda", "Λ", "\\Lambda" }, { "Xi", "Ξ", "\\Xi" },
    { "Pi", "Π", "\\Pi" }, { "Sigma", "Σ", "\\Sigma" }, { "Phi", "Φ", "\\Phi" }, { "Psi", "Ψ", "\\Psi" }, { "Omega", "Ω", "\\Omega" },
    { "oo", "∞", "\\infty" }, { "euler", "γ", "\\gamma" },
    { "*", "·", "\\cdot" }, { "<=", "≤", "\\le" }, { ">=", "≥", "\\ge" }, { "!=", "≠", "\\ne" }, { "->", "→", "\\to" }, { "|->", "↦", "\\mapsto" },
    { " ", " ", "\\," }, { "~", "~", "\\sim" }, { ".*", "⊙", "\\odot" }, { "./", "⊘", "\\oslash" }, { "..", "…", "\\ldots" }, { "and", "∧", "\\land" }, { "or", "∨", "\\lor" },
    { "not", "¬", "\\lnot" }, { "-", "-", "-" }, { "'", "′", "\\prime" }, { "grad", "∇", "\\nabla" }, { "partial", "∂", "\\partial" },
    { "norm", "‖", "\\|" }, { "[floor", "⌊", "\\lfloor" }, { "floor]", "⌋", "\\rfloor" }, { "[ceil", "⌈", "\\lceil" }, { "ceil]", "⌉", "\\rceil" },
    { "sum", "∑", "\\sum" }, { "product", "∏", "\\prod" }, { "integral", "∫", "\\int" }, { "lim", "lim", "\\lim" },
    /* functions that LaTeX knows */
    { "sin", "sin", "\\sin" }, { "cos", "cos", "\\cos" }, { "tan", "tan", "\\tan" }, { "cot", "cot", "\\cot" }, { "sec", "sec", "\\sec" },
    { "csc", "csc", "\\csc" }, { "asin", "asin", "\\arcsin" }, { "acos", "acos", "\\arccos" }, { "atan", "atan", "\\arctan" },
    { "sinh", "sinh", "\\sinh" }, { "cosh", "cosh", "\\cosh" }, { "tanh", "tanh", "\\tanh" }, { "coth", "coth", "\\coth" },
    { "log", "log", "\\log" }, { "exp", "exp", "\\exp" }, { "max", "max", "\\max" }, { "min", "min", "\\min" }, { "det", "det", "\\det" },
    { "gcd", "gcd", "\\gcd" }, { "arg", "arg", "\\arg" }, { "argmin", "argmin", "\\operatorname*{arg\\,min}" },
};

const Symbol *symbol_named(Str name)
{
    for (size_t i = 0; i < sizeof symbols / sizeof *symbols; i++)
        if (str_is(name, symbols[i].name))
            return &symbols[i];
    return NULL;
}
