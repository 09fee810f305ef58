/* SPDX-License-Identifier: GPL-3.0-or-later */
/* expr using fp16: formats by name, and the evaluation of an operand as typed. Arguments of commands inside it are exact as ever;
 * what a command returns enters as an exact value. */
#include "parser/env_int.h"

#include "parser/suggest.h"
#include "symbolic/tape/run.h"

#include <string.h>

enum { MOST_FORMAT_BITS = 10 * 1000 * 1000 };

static bool whole_number(const Eval *ev, const Ast *t, slong low, slong high, const char *what, slong *out)
{
    const Expr *e = eval_scalar_or_tensor(ev, t);
    if (!e)
        return false;
    if (expr_fits_slong(e, out) && *out >= low && *out <= high)
        return true;
    eval_fail(ev, t, "%s are a whole number from %ld to %ld", what, (long)low, (long)high);
    return false;
}

static bool unknown_format(const Eval *ev, const Ast *t)
{
    const char *const *names;
    size_t             n = format_names(&names);
    Str               *known = arena_array(ev->env->line_arena, Str, n);
    for (size_t i = 0; i < n; i++)
        known[i] = str_of(names[i]);
    Str near = suggest_nearest(t->text, known, n);
    eval_fail(ev, t, "unknown format %.*s", STR_ARGS(t->text));
    eval_hint(ev, "%.*s", STR_ARGS(near.n ? near : STR("fp64, fp32, fp16, bf16, 200 bits, 50 digits")));
    return false;
}

/* float(11, -14, 15): bits of the significand, smallest and largest exponent. */
static bool own_format(const Eval *ev, const Ast *t, Format *f)
{
    slong n[3];
    if (t->n != 3) {
        eval_fail(ev, t, "a format of one's own has three numbers");
        eval_hint(ev, "float(11, -14, 15)");
        return false;
    }
    for (size_t i = 0; i < 3; i++)
        if (!whole_number(ev, t->child[i], i ? -1000000 : 2, i ? 1000000 : MOST_FORMAT_BITS, "the numbers of a format", &n[i]))
            return false;
    if (format_float(n[0], n[1], n[2], f))
        return true;
    eval_fail(ev, t, "there is no such format: float(bits, smallest exponent, largest exponent)");
    return false;
}

/* The words behind the first point of fp8_e4m3.saturating.contracted; the name before it in *name. */
static Str suffix_of(Str text, Str *name)
{
    const char *point = text.n ? memchr(text.s, '.', text.n) : NULL;
    size_t      n = point ? (size_t)(point - text.s) : text.n;
    *name = str_slice(text, 0, n);
    return str_slice(text, n + 1, text.n);
}

/* bf16(accumulate: fp32): the format of sums and products of matrices. The option is taken off `t`. */
static bool take_accumulators(const Eval *ev, Ast *t, Value *sums)
{
    const Ast *last = t->n && !str_is(t->text, "bits") && !str_is(t->text, "digits") ? t->child[t->n - 1] : NULL;
    *sums = value_none();
    if (!last || last->kind != AST_OPTION)
        return true;
    if (!str_is(last->text, "accumulate")) {
        eval_fail(ev, last, "a format has no option %.*s", STR_ARGS(last->text));
        eval_hint(ev, "%.*s(accumulate: fp32)", STR_ARGS(t->text));
        return false;
    }
    t->n--;
    *sums = eval_named_format(ev, last->child[0]);
    return sums->kind == VALUE_FORMAT;
}

static bool with_accumulators(const Eval *ev, const Ast *t, Format *f, const Format *sums)
{
    if (format_accumulate(f, sums))
        return true;
    Arena *a = ev->env->line_arena;
    if (f->family != FAMILY_SMALL)
        eval_fail(ev, t, "only formats of at most 25 bits have accumulators of their own, %.*s has %ld", STR_ARGS(format_name(f, a)), (long)f->precision);
    else
        eval_fail(ev, t, "%.*s cannot accumulate in %.*s%s", STR_ARGS(format_name(f, a)), STR_ARGS(format_name(sums, a)),
                  sums->precision == 53 ? ", which only rounds to nearest here" : "");
    eval_hint(ev, "bf16(accumulate: fp32)");
    return false;
}

static bool base_format(const Eval *ev, const Ast *t, Str name, Format *f)
{
    slong n;
    if (t->n && (str_is(t->text, "bits") || str_is(t->text, "digits"))) {
        bool digits = str_is(t->text, "digits");
        if (!whole_number(ev, t->child[0], digits ? 1 : 2, digits ? MOST_FORMAT_BITS / 4 : MOST_FORMAT_BITS, digits ? "digits" : "bits", &n))
            return false;
        *f = format_mpfr(digits ? format_bits_of_digits(n) : n);
        return true;
    }
    if (t->n == 1 && str_is(name, "mpfr")) {
        if (!whole_number(ev, t->child[0], 2, MOST_FORMAT_BITS, "bits", &n))
            return false;
        *f = format_mpfr(n);
        return true;
    }
    if (str_is(name, "float"))
        return own_format(ev, t, f);
    if (!format_named(name, f))
        return unknown_format(ev, t);
    if (t->n == 0)
        return true;
    eval_fail(ev, t, "the format %.*s takes nothing in brackets but accumulate:", STR_ARGS(name));
    eval_hint(ev, "%.*s(accumulate: fp32)", STR_ARGS(name));
    return false;
}

bool eval_format(const Eval *ev, const Ast *t, Format *f)
{
    static const Rounding modes[] = { ROUND_NEAREST, ROUND_NEAREST, ROUND_UP, ROUND_DOWN, ROUND_ZERO, ROUND_STOCHASTIC };
    Str   name, suffix = suffix_of(t->text, &name);
    Ast   plain = *t;
    Value sums;
    if (!take_accumulators(ev, &plain, &sums) || !base_format(ev, &plain, name, f))
        return false;
    bool saturate = false, contract = false;
    while (suffix.n) {
        Str word, rest = suffix_of(suffix, &word);
        suffix = rest;
        saturate = saturate || str_is(word, "saturating");
        contract = contract || str_is(word, "contracted");
        if (!str_is(word, "saturating") && !str_is(word, "contracted")) {
            eval_fail(ev, t, "a format has no variant %.*s", STR_ARGS(word));
            eval_hint(ev, "%.*s.saturating  or  %.*s.contracted", STR_ARGS(name), STR_ARGS(name));
            return false;
        }
    }
    *f = format_with(*f, modes[t->op], saturate, true);
    if (contract)
        *f = format_contracted(*f);
    return sums.kind == VALUE_NONE || with_accumulators(ev, t, f, sums.format);
}

Value eval_using_format(const Eval *ev, const Ast *t, const Format *f)
{
    Env          *env = ev->env;
    bool          typed = env->typed;
    const Format *outer = env->format;
    bool          whole = pool_set_whole_sums(env->line, f->sums.precision > 0);
    env->typed = true;
    env->format = f;
    Value v = eval_expr(ev, t);
    env->typed = typed;
    pool_set_whole_sums(env->line, whole);
    env->format = outer;
    if (v.kind != VALUE_EXPR)
        return v;
    Value r = run_report(env->line, env->line_arena, v.expr, f, &env->settings);
    if (r.kind == VALUE_FAILED)
        return value_checked(ev, t, NULL);
    return typed && r.kind == VALUE_REPORT ? r.report->main : r;
}

Value eval_using(const Eval *ev, const Ast *t)
{
    Format *f = arena_alloc(ev->env->line_arena, sizeof *f);
    return eval_format(ev, t->child[1], f) ? eval_using_format(ev, t->child[0], f) : value_failed();
}

Value eval_statement(const Eval *ev, const Ast *t)
{
    if (!ev->env->block_format || ev->env->typed)
        return eval_expr(ev, t);
    Value v = eval_using_format(ev, t, ev->env->block_format);
    return v.kind == VALUE_REPORT && str_is(v.report->command, "using") ? v.report->main : v;
}

Truth typed_truth(const Eval *ev, const Ast *t, const Expr *condition)
{
    Env  *env = ev->env;
    Value v = env->format ? run_report(env->line, env->line_arena, condition, env->format, &env->settings) : value_expr(condition);
    if (v.kind == VALUE_FAILED)
        value_checked(ev, t, NULL);
    return v.kind == VALUE_EXPR ? truth_of(v.expr) : UNKNOWN;
}
