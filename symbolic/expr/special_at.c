/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Values at single points, as text: f(0), f(1), f(-1), f(oo), f(-oo). "undefined" is a pole or a point outside the domain, which
 * fails with a message. Values at infinity are limits from inside the reals; a function without one has no row. */
#include "symbolic/expr/special_int.h"

typedef struct ValueRow { FnId fn; const char *at, *value; } ValueRow;

static const ValueRow value_rows[] = {
    { FN_sec, "0", "1" },          { FN_sech, "0", "1" },         { FN_log1p, "0", "0" },        { FN_log1p, "-1", "undefined" },
    { FN_expm1, "0", "0" },        { FN_asinh, "0", "0" },        { FN_acosh, "1", "0" },        { FN_atanh, "0", "0" },
    { FN_atanh, "1", "undefined" }, { FN_acoth, "1", "undefined" }, { FN_acoth, "0", "undefined" }, { FN_asech, "1", "0" },
    { FN_acot, "0", "undefined" }, { FN_asec, "0", "undefined" }, { FN_acsc, "0", "undefined" }, { FN_asech, "0", "undefined" },
    { FN_acsch, "0", "undefined" }, { FN_coth, "0", "undefined" }, { FN_csch, "0", "undefined" },
    { FN_atanh, "-1", "undefined" }, { FN_acoth, "-1", "undefined" }, { FN_acosh, "-1", "i*pi" }, { FN_acosh, "0", "i*pi/2" },
    { FN_erf, "0", "0" },          { FN_erfc, "0", "1" },         { FN_erfi, "0", "0" },         { FN_si, "0", "0" },
    { FN_shi, "0", "0" },          { FN_ei, "0", "undefined" },   { FN_ci, "0", "undefined" },   { FN_chi, "0", "undefined" },
    { FN_li, "0", "0" },           { FN_li, "1", "undefined" },   { FN_sigmoid, "0", "1/2" },    { FN_softplus, "0", "log(2)" },
    { FN_log2, "0", "undefined" }, { FN_log10, "0", "undefined" },
    { FN_exp, "oo", "oo" },        { FN_exp, "-oo", "0" },        { FN_log, "oo", "oo" },        { FN_log2, "oo", "oo" },
    { FN_log10, "oo", "oo" },      { FN_log1p, "oo", "oo" },      { FN_expm1, "oo", "oo" },      { FN_expm1, "-oo", "-1" },
    { FN_cbrt, "oo", "oo" },       { FN_cbrt, "-oo", "-oo" },     { FN_abs, "oo", "oo" },        { FN_abs, "-oo", "oo" },
    { FN_sign, "oo", "1" },        { FN_sign, "-oo", "-1" },      { FN_atan, "oo", "pi/2" },     { FN_atan, "-oo", "-pi/2" },
    { FN_acot, "oo", "0" },        { FN_acot, "-oo", "0" },       { FN_asec, "oo", "pi/2" },     { FN_asec, "-oo", "pi/2" },
    { FN_acsc, "oo", "0" },        { FN_acsc, "-oo", "0" },       { FN_sinh, "oo", "oo" },       { FN_sinh, "-oo", "-oo" },
    { FN_cosh, "oo", "oo" },       { FN_cosh, "-oo", "oo" },      { FN_tanh, "oo", "1" },        { FN_tanh, "-oo", "-1" },
    { FN_coth, "oo", "1" },        { FN_coth, "-oo", "-1" },      { FN_sech, "oo", "0" },        { FN_sech, "-oo", "0" },
    { FN_csch, "oo", "0" },        { FN_csch, "-oo", "0" },       { FN_asinh, "oo", "oo" },      { FN_asinh, "-oo", "-oo" },
    { FN_acosh, "oo", "oo" },      { FN_acoth, "oo", "0" },       { FN_acoth, "-oo", "0" },      { FN_acsch, "oo", "0" },
    { FN_acsch, "-oo", "0" },      { FN_erf, "oo", "1" },         { FN_erf, "-oo", "-1" },       { FN_erfc, "oo", "0" },
    { FN_erfc, "-oo", "2" },       { FN_erfi, "oo", "oo" },       { FN_erfi, "-oo", "-oo" },     { FN_ei, "oo", "oo" },
    { FN_ei, "-oo", "0" },         { FN_si, "oo", "pi/2" },       { FN_si, "-oo", "-pi/2" },     { FN_ci, "oo", "0" },
    { FN_shi, "oo", "oo" },        { FN_shi, "-oo", "-oo" },      { FN_chi, "oo", "oo" },        { FN_li, "oo", "oo" },
    { FN_gamma, "oo", "oo" },      { FN_lgamma, "oo", "oo" },     { FN_digamma, "oo", "oo" },    { FN_factorial, "oo", "oo" },
    { FN_zeta, "oo", "1" },        { FN_lambertw, "oo", "oo" },   { FN_sigmoid, "oo", "1" },     { FN_sigmoid, "-oo", "0" },
    { FN_softplus, "oo", "oo" },   { FN_softplus, "-oo", "0" },   { FN_relu, "oo", "oo" },       { FN_relu, "-oo", "0" },
};

static const char *point_name(const Expr *u)
{
    if (expr_is_constant(u, CONSTANT_OO))
        return "oo";
    if (u->kind == EXPR_MUL && u->arity == 2 && expr_is_int(u->arg[0], -1) && expr_is_constant(u->arg[1], CONSTANT_OO))
        return "-oo";
    return expr_is_zero(u) ? "0" : expr_is_one(u) ? "1" : expr_is_int(u, -1) ? "-1" : NULL;
}

const Expr *value_at_point(Pool *p, const FnRow *fn, const Expr *u)
{
    const char *point = point_name(u);
    if (!point)
        return NULL;
    for (size_t i = 0; i < sizeof value_rows / sizeof *value_rows; i++) {
        const ValueRow *row = &value_rows[i];
        if (row->fn != fn->id || !str_is(str_of(row->at), point))
            continue;
        return str_is(str_of(row->value), "undefined") ? pool_fail(p, "%s(%s) is not defined", fn->name, point)
                                                       : pool_read(p, row->value, NULL, 0);
    }
    return NULL;
}
