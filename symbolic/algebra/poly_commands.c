/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The commands of polynomial algebra. An integer is factored as text: as an expression 2^3*3^2*5 would be 360 again. */
#include "symbolic/algebra/poly.h"
#include "symbolic/algebra/rational.h"

#include <flint/fmpz_factor.h>

enum { FACTOR_BITS = 200 };         /* larger integers could take hours */

static Value expand_call(Call *c)
{
    return value_expr(expr_expand(c->pool, c->arg[0].expr));
}

static Value factor_integer(Call *c, const Expr *e)
{
    fmpz_factor_t f;
    Buf           b = buf_new(c->arena);
    if (fmpz_bits(fmpq_numref(expr_number(e))) > FACTOR_BITS)
        return call_fail(c, 0, "this integer is too large to factor: it has more than %d bits", FACTOR_BITS);
    fmpz_factor_init(f);
    fmpz_factor(f, fmpq_numref(expr_number(e)));
    if (f->num == 0)
        buf_printf(&b, "%d", f->sign);
    else if (f->sign < 0)
        buf_add_c(&b, '-');
    for (slong i = 0; i < f->num; i++) {
        char *prime = fmpz_get_str(NULL, 10, f->p + i);
        buf_printf(&b, "%s%s", i ? "*" : "", prime);
        flint_free(prime);
        if (f->exp[i] > 1)
            buf_printf(&b, "^%lu", (unsigned long)f->exp[i]);
    }
    fmpz_factor_clear(f);
    return value_text(buf_str(&b));
}

static Value factor_call(Call *c)
{
    const Expr *e = c->arg[0].expr;
    return expr_is_integer(e) ? factor_integer(c, e) : value_expr(expr_factor(c->pool, e));
}

static Value together_call(Call *c)
{
    return value_expr(expr_together(c->pool, c->arg[0].expr));
}

/* The variable that is given, or the only one of the expression; NULL after a failure. */
static const Expr *variable_of(Call *c, int at)
{
    if (call_has(c, (size_t)at)) {
        if (c->arg[at].kind == VALUE_EXPR && c->arg[at].expr->kind == EXPR_SYMBOL)
            return c->arg[at].expr;
        call_fail(c, at, "%.*s needs one variable here", STR_ARGS(c->name));
        return NULL;
    }
    Nodes s = expr_symbols(c->pool, c->arena, c->arg[0].expr);
    if (s.n == 1)
        return s.at[0];
    call_fail(c, -1, "%.*s needs a variable: the expression has %zu of them", STR_ARGS(c->name), s.n);
    return NULL;
}

static Value apart_call(Call *c)
{
    const Expr *x = variable_of(c, 1);
    return x ? value_expr(expr_apart(c->pool, c->arg[0].expr, x)) : value_failed();
}

/* collect(e, x), collect(e, (x, y)), collect(e, sin(x)) */
static Value collect_call(Call *c)
{
    const List  *list = call_has(c, 1) && c->arg[1].kind == VALUE_LIST ? c->arg[1].list : &(List){ 0 };
    const List  *part = call_has(c, 2) ? c->arg[2].list : &(List){ 0 };
    const Expr **x = arena_array(c->arena, const Expr *, list->n + part->n + 1);
    size_t       n = 0;
    for (size_t i = 0; i < list->n; i++)
        x[n++] = list->item[i].expr;
    if (!list->n && (call_has(c, 1) || !part->n) && !(x[n++] = variable_of(c, 1)))
        return value_failed();
    for (size_t i = 0; i < part->n; i++)
        x[n++] = part->item[i].expr;
    for (size_t i = 0; i < n; i++)
        if (x[i]->kind != EXPR_SYMBOL && (!(x[i]->flags & EXPR_HAS_SYMBOL) || x[i]->kind == EXPR_ADD || x[i]->kind == EXPR_MUL))
            return call_fail(c, 2, "collect needs a variable or a function here");
    return value_expr(expr_collect(c->pool, c->arg[0].expr, x, n));
}

static slong polynomial(Call *c, const Expr ***coefficient)
{
    const Expr *x = variable_of(c, 1);
    slong       n = x ? expr_coefficients(c->pool, c->arena, c->arg[0].expr, x, 100000, coefficient) : -1;
    if (x && n < 0)
        call_fail(c, 0, "this is no polynomial in %.*s", STR_ARGS(x->name));
    return n;
}

static Value coefficients_call(Call *c)
{
    const Expr **a;
    slong        n = polynomial(c, &a);
    return n < 0 ? value_failed() : value_expr(expr_tensor(c->pool, (size_t)n + 1, 1, a));
}

static Value degree_call(Call *c)
{
    const Expr **a;
    slong        n = polynomial(c, &a);
    if (n == 0 && expr_is_zero(a[0]))
        return call_fail(c, 0, "the zero polynomial has no degree");
    return n < 0 ? value_failed() : value_expr(expr_int(c->pool, n));
}

static Value side_call(Call *c, bool below)
{
    const Expr *num, *den, *e = expr_together(c->pool, c->arg[0].expr);
    if (!e)
        return value_failed();
    expr_fraction(c->pool, e, &num, &den);
    return value_expr(below ? den : num);
}

static Value numerator_call(Call *c)   { return side_call(c, false); }
static Value denominator_call(Call *c) { return side_call(c, true); }

static const Expr *common_divisor(Call *c)
{
    const Expr *g = expr_poly_gcd(c->pool, c->arg[0].expr, c->arg[1].expr);
    if (!g)
        call_fail(c, -1, "%.*s needs two integers, or polynomials with integer coefficients", STR_ARGS(c->name));
    return g;
}

static Value gcd_call(Call *c)
{
    return value_expr(common_divisor(c));
}

static Value lcm_call(Call *c)
{
    Pool       *p = c->pool;
    const Expr *g = common_divisor(c);
    if (!g || expr_is_zero(g))
        return value_expr(g);
    const Expr *m = expr_expand(p, expr_together(p, expr_div(p, expr_mul(p, c->arg[0].expr, c->arg[1].expr), g)));
    return value_expr(m && expr_is_number(m) && expr_number_sign(m) < 0 ? expr_neg(p, m) : m);
}

static Value isprime_call(Call *c)
{
    return value_expr(expr_truth(c->pool, fmpz_is_prime(fmpq_numref(expr_number(c->arg[0].expr))) == 1));
}

const Builtin poly_builtins[] = {
    { .sig = "expand(e: expr) -> expr", .help = "Products and powers of sums multiplied out.",
      .example = { { "expand((x + 1)^3)", "x^3 + 3x^2 + 3x + 1" },
                   { "expand((a + b + c)^2)", "a^2 + 2a*b + 2a*c + b^2 + 2b*c + c^2" } },
      .see = "factor collect", .words = "multiply out distribute", .call = expand_call },
    { .sig = "factor(e: expr) -> value", .help = "The factors of a polynomial or a fraction over the rationals, or of an integer.",
      .example = { { "factor(x^3 - x)", "x*(x + 1)*(x - 1)" }, { "factor(360)", "2^3*3^2*5" } },
      .see = "expand together", .words = "factorize factorise divisors primes", .call = factor_call },
    { .sig = "together(e: expr) -> expr", .help = "One fraction in lowest terms.",
      .example = { { "together(1/(x - 1) - 1/(x + 1))", "2/(x^2 - 1)" },
                   { "together(x/y + y/x)", "(x^2 + y^2)/(x*y)" } },
      .see = "apart factor", .words = "common denominator fraction", .call = together_call },
    { .sig = "cancel(e: expr) -> expr", .help = "One fraction in lowest terms, as together.",
      .example = { { "cancel((x^2 - 1)/(x - 1))", "x + 1" },
                   { "cancel((x^3 - 1)/(x - 1))", "x^2 + x + 1" } },
      .see = "together", .words = "reduce fraction", .call = together_call },
    { .sig = "apart(e: expr, x: var?) -> expr", .help = "Partial fractions over the rationals in the variable x.",
      .example = { { "apart(1/(x^2 - 1))", "1/(2*(x - 1)) - 1/(2*(x + 1))" }, { "apart(1/(x^2 - a^2), x)", "1/(2a*(x - a)) - 1/(2a*(x + a))" } },
      .see = "together", .words = "partial fractions", .call = apart_call },
    { .sig = "collect(e: expr, x: var?, part: scalar?...) -> expr", .help = "The terms with the same power of x, or of several variables or functions, put together.",
      .example = { { "collect(a*x + b*x + c, x)", "x*(a + b) + c" }, { "collect(a*sin(t) + b*sin(t), sin(t))", "sin(t)*(a + b)" },
                   { "collect(a*x*y + b*x*y + x, (x, y))", "x*y*(a + b) + x" } },
      .see = "coefficients expand", .words = "group powers", .call = collect_call },
    { .sig = "coefficients(e: scalar, x: var?) -> expr", .help = "The coefficients of a polynomial, that of x^0 first.",
      .example = { { "coefficients((x + 1)^2)", "[1, 2, 1]" },
                   { "coefficients((x + y)^2, x)", "[y^2, 2y, 1]" } },
      .see = "degree collect", .words = "coeff coeffs", .call = coefficients_call },
    { .sig = "degree(e: scalar, x: var?) -> expr", .help = "The degree of a polynomial.",
      .example = { { "degree((x^2 + 1)^3)", "6" },
                   { "degree(x^2*y^3, y)", "3" } },
      .see = "coefficients", .call = degree_call },
    { .sig = "numerator(e: scalar) -> expr", .help = "The numerator of the fraction in lowest terms.",
      .example = { { "numerator(6/4)", "3" },
                   { "numerator(x/2 + 1/y)", "x*y + 2" } },
      .see = "denominator together", .words = "numer top", .call = numerator_call },
    { .sig = "denominator(e: scalar) -> expr", .help = "The denominator of the fraction in lowest terms.",
      .example = { { "denominator(1/2 + 1/x)", "2x" },
                   { "denominator(5/12)", "12" } },
      .see = "numerator together", .words = "denom bottom", .call = denominator_call },
    { .sig = "gcd(a: scalar, b: scalar) -> expr", .help = "The greatest common divisor of two integers or polynomials.",
      .example = { { "gcd(12, 18)", "6" }, { "gcd(x^2 - 1, x^2 + 2x + 1)", "x + 1" } },
      .see = "lcm factor", .words = "gcf hcf common divisor factor", .call = gcd_call },
    { .sig = "lcm(a: scalar, b: scalar) -> expr", .help = "The least common multiple of two integers or polynomials.",
      .example = { { "lcm(4, 6)", "12" },
                   { "lcm(x^2 - 1, x^2 - x)", "x^3 - x" } },
      .see = "gcd", .words = "common multiple", .call = lcm_call },
    { .sig = "isprime(n: int) -> expr", .help = "Is n a prime number?",
      .example = { { "isprime(2^61 - 1)", "true" },
                   { "isprime(91)", "false" } },
      .see = "factor", .words = "prime", .call = isprime_call },
    { 0 }
};
