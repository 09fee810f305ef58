/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The command solve: reads equations and unknowns, asks the solver that fits, and says in one line what was found. */
#include "symbolic/solve/solve_int.h"

#include "symbolic/algebra/poly.h"
#include "symbolic/algebra/simplify.h"
#include "symbolic/expr/show.h"
#include "symbolic/solve/invert.h"
#include "symbolic/solve/polynomial_system.h"
#include "symbolic/solve/solve.h"

/* ---- the problem -------------------------------------------------------------------------------------------------------- */

/* A*[x, y] = b: an equation of vectors or matrices of one shape stands for those of its entries. */
static bool is_by_entries(const Expr *e)
{
    return e->kind == EXPR_RELATION && e->arg[0]->kind == EXPR_TENSOR && e->arg[1]->kind == EXPR_TENSOR
        && expr_rows(e->arg[0]) == expr_rows(e->arg[1]) && expr_cols(e->arg[0]) == expr_cols(e->arg[1]);
}

static size_t count_items(const Value *v)
{
    size_t n = 0;
    if (v->kind == VALUE_LIST)
        for (size_t i = 0; i < v->list->n; i++)
            n += count_items(&v->list->item[i]);
    else if (v->kind == VALUE_EXPR && (v->expr->kind == EXPR_TENSOR || v->expr->kind == EXPR_AND))
        n = v->expr->arity;
    else if (v->kind == VALUE_EXPR && is_by_entries(v->expr))
        n = v->expr->arg[0]->arity;
    else
        n = 1;
    return n;
}

static void add_equations(Problem *s, const Value *v)
{
    if (v->kind == VALUE_LIST)
        for (size_t i = 0; i < v->list->n; i++)
            add_equations(s, &v->list->item[i]);
    else if (v->kind == VALUE_EXPR && (v->expr->kind == EXPR_TENSOR || v->expr->kind == EXPR_AND))
        for (size_t i = 0; i < v->expr->arity; i++)
            s->equation[s->n++] = v->expr->arg[i];
    else if (v->kind == VALUE_EXPR && is_by_entries(v->expr))
        for (size_t i = 0; i < v->expr->arg[0]->arity; i++)
            s->equation[s->n++] = expr_relation(s->c->pool, v->expr->relop, v->expr->arg[0]->arg[i], v->expr->arg[1]->arg[i]);
    else if (v->kind == VALUE_EXPR)
        s->equation[s->n++] = v->expr;
}

static void add_unknowns(Problem *s, const Value *v)
{
    if (v->kind == VALUE_RECORD) {
        const Value *x = record_get(v->record, STR("var"));
        for (size_t i = 0; i < (x->kind == VALUE_LIST ? x->list->n : 1); i++) {
            s->low[s->unknowns] = record_get(v->record, STR("low"))->expr;
            s->high[s->unknowns] = record_get(v->record, STR("high"))->expr;
            s->x[s->unknowns++] = x->kind == VALUE_LIST ? x->list->item[i].expr : x->expr;
        }
    } else if (v->kind == VALUE_LIST) {
        for (size_t i = 0; i < v->list->n; i++)
            add_unknowns(s, &v->list->item[i]);
    } else {
        s->x[s->unknowns++] = v->expr;
    }
}

static size_t count_unknowns(const Value *v)
{
    size_t n = 0;
    if (v->kind == VALUE_RECORD)
        return count_items(record_get(v->record, STR("var")));
    for (size_t i = 0; v->kind == VALUE_LIST && i < v->list->n; i++)
        n += count_unknowns(&v->list->item[i]);
    return v->kind == VALUE_LIST ? n : 1;
}

static bool read_problem(Problem *s)
{
    Call  *c = s->c;
    Arena *a = c->arena;
    size_t n = count_items(&c->arg[0]), m = count_unknowns(&c->arg[1]);
    s->equation = arena_array(a, const Expr *, n + 1);
    s->e = arena_array(a, const Expr *, n + 1);
    s->x = arena_array(a, const Expr *, m + 1);
    s->low = arena_array(a, const Expr *, m + 1);
    s->high = arena_array(a, const Expr *, m + 1);
    add_equations(s, &c->arg[0]);
    add_unknowns(s, &c->arg[1]);
    for (size_t i = 0; i < s->n; i++) {
        const Expr *e = s->equation[i];
        if (e->kind != EXPR_RELATION || !expr_is_scalar(e->arg[0]) || !expr_is_scalar(e->arg[1])) {
            call_fail(c, 0, "solve takes an equation");
            diag_hint(c->diag, "solve(x^2 - 4 = 0, x)");
            return false;
        }
        if (!(s->e[i] = expr_sub(c->pool, e->arg[0], e->arg[1])))
            return false;
    }
    return true;
}

/* ---- answers -------------------------------------------------------------------------------------------------------------- */

static Str shown(Call *c, const Expr *e)
{
    Buf b = buf_new(c->arena);
    expr_show(&b, c->pool, e, (ShowStyle){ .unicode = c->settings->unicode, .digits = c->settings->digits });
    return buf_str(&b);
}

/* "if a != 0"; empty if nothing was assumed. */
static Str nonzero_note(Call *c, const Expr *e)
{
    return e ? str_printf(c->arena, "if %.*s != 0", STR_ARGS(shown(c, e))) : (Str){ 0 };
}

static Value roots_value(Problem *s, Roots r)
{
    Call *c = s->c;
    if (r.every)
        return value_text(str_printf(c->arena, "every %.*s is a solution", STR_ARGS(s->x[0]->name)));
    if (r.found == NO)
        return value_text(STR("no solution"));
    Value *item = arena_array(c->arena, Value, r.n + 1);
    for (size_t i = 0; i < r.n; i++)
        item[i] = value_expr(r.at[i]);
    Value v = value_list(c->arena, item, r.n);
    v.note = nonzero_note(c, r.assumed_nonzero);
    if (r.unlisted)
        v.note = str_printf(c->arena, "%.*s%sand %zu complex solution%s", STR_ARGS(v.note), v.note.n ? ", " : "", r.unlisted, r.unlisted == 1 ? "" : "s");
    return v;
}

/* A name for the whole number that is no unknown and has no value. */
static const Expr *whole_name(Problem *s)
{
    static const char *const names[] = { "n", "k", "m", "j", "l" };
    Call  *c = s->c;
    Nodes  used = expr_symbols(c->pool, c->arena, s->e[0]);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        bool taken = c->taken(c, str_of(names[i]));
        for (size_t k = 0; k < used.n; k++)
            taken = taken || str_is(used.at[k]->name, names[i]);
        if (!taken)
            return expr_symbol(c->pool, str_of(names[i]));
    }
    return expr_fresh(c->pool, expr_symbol(c->pool, STR("n")));
}

/* "if a > 0 and b > 0, for every whole number n but 0" */
static Str inverse_note(Problem *s, const Inverse *r, const Expr *whole)
{
    Call *c = s->c;
    Buf   b = buf_new(c->arena);
    for (size_t i = 0; i < r->conditions; i++)
        buf_printf(&b, "%s%.*s", i ? " and " : "if ", STR_ARGS(shown(c, r->condition[i])));
    if (r->whole)
        buf_printf(&b, "%sfor every whole number %.*s", b.n ? ", " : "", STR_ARGS(whole->name));
    if (r->whole && r->partly)
        buf_add_s(&b, " that makes it real");
    for (size_t i = 0; i < r->exceptions && r->whole; i++)
        buf_printf(&b, "%s%ld", i ? ", " : " but ", r->exception[i]);
    return buf_str(&b);
}

static Value inverse_value(Problem *s, const Inverse *r)
{
    Call *c = s->c;
    if (r->every)
        return value_text(str_printf(c->arena, "every %.*s is a solution", STR_ARGS(s->x[0]->name)));
    if (r->found == NO)
        return value_text(STR("no real solution"));
    const Expr *whole = whole_name(s);
    Value      *item = arena_array(c->arena, Value, r->n + 1);
    for (size_t i = 0; i < r->n; i++)
        item[i] = value_expr(r->whole ? expr_subst(c->pool, r->at[i], &r->whole, &whole, 1) : r->at[i]);
    Value v = value_list(c->arena, item, r->n);
    v.note = inverse_note(s, r, whole);
    return v;
}

static Value solve_one(Problem *s)
{
    Call *c = s->c;
    Roots r = expr_solve(c->pool, c->arena, s->e[0], s->x[0]);
    if (r.found != UNKNOWN)
        return roots_value(s, r);
    if (!expr_depends(c->pool, s->e[0], s->x[0]))
        return call_fail(c, 1, "the unknown %.*s does not occur", STR_ARGS(s->x[0]->name));
    Inverse all = expr_solve_inverting(c->pool, c->arena, s->e[0], s->x[0]);
    if (all.found != UNKNOWN)
        return inverse_value(s, &all);
    call_fail(c, -1, "could not solve, because %s", all.why);
    if (!all.interval)
        diag_hint(c->diag, "a range may help: %.*s = -10..10", STR_ARGS(s->x[0]->name));
    return value_failed();
}

Value named_solution(Problem *s, const Expr *const *at)
{
    Arena *a = s->c->arena;
    Str   *name = arena_array(a, Str, s->unknowns);
    Value *item = arena_array(a, Value, s->unknowns);
    for (size_t i = 0; i < s->unknowns; i++) {
        name[i] = expr_plain_name(s->x[i]);
        item[i] = value_expr(at[i]);
    }
    return value_record(a, name, item, s->unknowns);
}

/* Linear in the unknowns? Then *out is the answer. */
static bool solve_linear(Problem *s, Value *out)
{
    Call        *c = s->c;
    const char  *why = NULL;
    const Expr **at = arena_array(c->arena, const Expr *, s->unknowns), *assumed = NULL;
    size_t       free;
    Truth        found = expr_solve_linear_all(c->pool, c->arena, s->e, s->n, s->x, s->unknowns, at, &free, &assumed, &why);
    pool_clear_error(c->pool);
    if (found == UNKNOWN)
        return false;
    if (found == NO) {
        *out = value_text(STR("no solution"));
        return true;
    }
    for (size_t i = 0; i < s->n; i++) {
        const Expr *left = expr_subst(c->pool, s->e[i], s->x, at, s->unknowns);
        if (!left || (!expr_normal_is_zero(c->pool, left) && !expr_agrees(c->pool, left, expr_int(c->pool, 0)))) {
            *out = call_fail(c, -1, "could not solve, because the solution does not satisfy equation %zu", i + 1);
            return true;
        }
    }
    *out = named_solution(s, at);
    Buf note = buf_new(c->arena);
    buf_add(&note, nonzero_note(c, assumed));
    for (size_t i = 0; i < s->unknowns && free; i++)
        if (at[i] == s->x[i])
            buf_printf(&note, "%s%.*s is free", note.n ? ", " : "", STR_ARGS(at[i]->name));
    out->note = buf_str(&note);
    return true;
}

static Value infinitely_many(Problem *s, const Solutions *r)
{
    Call *c = s->c;
    Buf   b = buf_new(c->arena);
    for (size_t i = 0; i < r->relations; i++)
        buf_printf(&b, "%s%.*s = 0", i ? ", " : "", STR_ARGS(shown(c, r->relation[i])));
    call_fail(c, -1, "there are infinitely many solutions, a set of dimension %ld%s%.*s", r->dimension, b.n && b.n < 300 ? ": " : "",
              b.n < 300 ? (int)b.n : 0, buf_str(&b).s);
    diag_hint(c->diag, "solve for fewer unknowns; the others stay letters");
    return value_failed();
}

static Value solve_system(Problem *s)
{
    Call  *c = s->c;
    Value  v;
    if (solve_linear(s, &v))
        return v;
    Solutions r = expr_solve_system(c->pool, c->arena, s->e, s->n, s->x, s->unknowns, c->settings->digits);
    if (r.found == UNKNOWN)
        return r.dimension > 0 ? infinitely_many(s, &r) : solve_by_substitution(s, &v) ? v : call_fail(c, -1, "could not solve, because %s", r.why);
    if (r.found == NO || (!r.n && !r.complex))
        return value_text(STR("no solution"));
    if (!r.n)
        return value_text(str_printf(c->arena, "no real solution; %zu complex", r.complex));
    Value *item = arena_array(c->arena, Value, r.n);
    for (size_t i = 0; i < r.n; i++)
        item[i] = named_solution(s, r.at + i * s->unknowns);
    v = value_list(c->arena, item, r.n);
    if (r.complex)
        v.note = str_printf(c->arena, "and %zu complex solution%s", r.complex, r.complex == 1 ? "" : "s");
    return v;
}

/* Is it about one unknown with an inequality in it? */
static bool has_inequality(const Problem *s)
{
    for (size_t i = 0; i < s->n; i++)
        if (s->equation[i]->relop != REL_EQ)
            return true;
    return false;
}

static Value solve_call(Call *c)
{
    Problem s = { .c = c };
    if (!read_problem(&s))
        return value_failed();
    if (has_inequality(&s))
        return s.unknowns == 1 ? solve_inequalities(&s) : call_fail(c, 0, "inequalities are solved for one unknown");
    if (s.n == 1 && s.unknowns == 1)
        return s.low[0] ? solve_in_range(&s) : solve_one(&s);
    return solve_system(&s);
}

extern const Builtin solve_builtins[];
const Builtin solve_builtins[] = {
    { .sig = "solve(equations: relation..., x: target...) -> value",
      .help = "The exact solutions of an equation, of a system, or of inequalities of one unknown; in a range all of them, certified.",
      .example = { { "solve(x^2 - 4 = 0, x)", "[-2, 2]" },
                   { "solve(x^2 + y^2 = 5, x*y = 2, (x, y))", "[(x = -2, y = -1), (x = -1, y = -2), (x = 1, y = 2), (x = 2, y = 1)]" },
                   { "solve(cos(x) = x, x = 0..1)", "[0.73908513321516064]   certified: all solutions in the range" },
                   { "solve(x^2 - 4 > 0, x)", "x < -2 or x > 2" } },
      .lesson = 5, .see = "root factor", .words = "roots zeros equation unknown linear quadratic system inequality", .by_value = true, .call = solve_call },
    { 0 }
};
