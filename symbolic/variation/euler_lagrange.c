/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The command euler_lagrange: reads the functions and the constraints, which add multipliers to the Lagrangian, and reports the
 * equations, the first integrals, a solution where one is found, or whether a given curve is an extremal. What it cannot read
 * as one problem (functions of different variables, a constraint without a function) is refused. */
#include "base/vec.h"
#include "symbolic/calculus/diff.h"
#include "symbolic/expr/show.h"
#include "symbolic/variation/variation_int.h"

/* ---- the problem as it was typed ------------------------------------------------------------------------------------ */

static Str bare_name(const Expr *y)
{
    return str_slice(y->unknown.name, 0, y->unknown.name.n - 1);
}

/* y(x) */
static Str application(const Call *c, const Expr *y)
{
    Buf b = buf_new(c->arena);
    buf_printf(&b, "%.*s(", STR_ARGS(bare_name(y)));
    for (uint32_t i = 0; i < y->arity; i++)
        buf_printf(&b, "%s%.*s", i ? ", " : "", STR_ARGS(expr_text(c->arena, c->pool, y->arg[i])));
    buf_add_c(&b, ')');
    return buf_str(&b);
}

/* The list of functions, of which some may stand in lists of their own. */
static bool add_functions(Call *c, Variation *v, Value item)
{
    for (size_t i = 0; item.kind == VALUE_LIST && i < item.list->n; i++)
        if (!add_functions(c, v, item.list->item[i]))
            return false;
    if (item.kind != VALUE_EXPR)
        return true;
    if (v->n == MOST_FUNCTIONS)
        return call_fail(c, 1, "there are more than %d unknown functions", MOST_FUNCTIONS), false;
    const Expr *y = item.expr, *first = v->n ? v->y[0] : y;
    if (y->arity != first->arity || memcmp(y->arg, first->arg, y->arity*sizeof *y->arg)) {
        Str here = application(c, y), there = application(c, first);
        return call_fail(c, 1, "the unknown functions of one Lagrangian have the same variables, not %.*s and %.*s", STR_ARGS(there), STR_ARGS(here)), false;
    }
    v->y[v->n++] = y;
    return true;
}

/* Functions that were declared before (function y(x)) are those of the call; other arguments than theirs are refused. */
static const Expr *with_functions(Call *c, const Variation *v, int argument, const Expr *e)
{
    Pool        *p = c->pool;
    Nodes        nodes = expr_nodes(p, c->arena, &e, 1);
    const Expr **from = arena_array(c->arena, const Expr *, nodes.n + 1), **to = arena_array(c->arena, const Expr *, nodes.n + 1);
    size_t       n = 0;
    for (size_t i = 0; i < nodes.n; i++)
        for (size_t k = 0; nodes.at[i]->kind == EXPR_UNKNOWN && k < v->given; k++) {
            const Expr *u = nodes.at[i], *y = v->y[k];
            bool        declared = str_eq(u->unknown.name, bare_name(y));
            if (!declared && !str_eq(u->unknown.name, y->unknown.name))
                continue;
            if (u->arity != y->arity || memcmp(u->arg, y->arg, y->arity*sizeof *y->arg)) {
                Str f = application(c, y);
                call_fail(c, argument, "here stands %.*s with other arguments than those of %.*s", STR_ARGS(bare_name(y)), STR_ARGS(f));
                return NULL;
            }
            if (declared) {
                from[n] = u;
                to[n++] = jet_node(p, y, u->unknown.order);
            }
        }
    return n ? expr_subst(p, e, from, to, n) : e;
}

static bool holds_function(const Variation *v, const Expr *e)
{
    return jets_of(v->pool, v->arena, e, v->y, v->given).n > 0;
}

/* Is the name free of meaning in the problem? */
static bool name_is_free(const Variation *v, const Expr *const *e, size_t n, Str name)
{
    Nodes nodes = expr_nodes(v->pool, v->arena, e, n);
    for (size_t i = 0; i < nodes.n; i++)
        if ((nodes.at[i]->kind == EXPR_SYMBOL && str_eq(nodes.at[i]->name, name))
            || (nodes.at[i]->kind == EXPR_UNKNOWN && (str_eq(nodes.at[i]->unknown.name, name) || str_eq(bare_name(nodes.at[i]), name))))
            return false;
    for (size_t i = 0; i < v->n; i++)
        if (str_eq(bare_name(v->y[i]), name))
            return false;
    return true;
}

/* lambda, mu, nu, lambda1, lambda2, ... */
static Str multiplier_name(const Variation *v, const Expr *const *e, size_t n)
{
    static const char *const names[] = { "lambda", "mu", "nu" };
    for (size_t i = 0;; i++) {
        Str  name = i < 3 ? str_of(names[i]) : str_printf(v->arena, "lambda%zu", i - 2);
        bool used = !name_is_free(v, e, n, name);
        for (size_t k = 0; k < v->constants; k++)
            used = used || str_eq(v->constant[k]->name, name);
        if (!used)
            return name;
    }
}

typedef VEC(const Expr *) Constraints;

/* The left side minus the right one; an expression alone counts where that cannot be a slip. */
static bool add_constraint(Call *c, const Variation *v, int argument, Value item, bool alone, Constraints *out)
{
    if (item.kind == VALUE_LIST) {
        for (size_t i = 0; i < item.list->n; i++)
            if (!add_constraint(c, v, argument, item.list->item[i], alone, out))
                return false;
        return true;
    }
    const Expr *e = item.kind == VALUE_EXPR ? item.expr : NULL, *g = NULL;
    Str         text = str_slice(c->source->text, c->arg_span[argument].start, c->arg_span[argument].end);
    if (e && e->kind == EXPR_RELATION && e->relop == REL_EQ)
        g = expr_sub(c->pool, e->arg[0], alone ? expr_int(c->pool, 0) : e->arg[1]);
    else if (e && e->kind != EXPR_RELATION && alone && expr_is_scalar(e))
        g = e;
    else if (e && e->kind == EXPR_SYMBOL && v->nx && expr_depends(c->pool, v->y[0], e)) {
        Str l = str_slice(c->source->text, c->arg_span[0].start, c->arg_span[0].end), y = application(c, v->y[0]);
        call_fail(c, argument, "the variable stands in %.*s already", STR_ARGS(y));
        diag_hint(c->diag, "euler_lagrange(%.*s, %.*s)", STR_ARGS(l), STR_ARGS(y));
        return false;
    } else {
        call_fail(c, argument, "a constraint is an equation");
        if (e && e->kind != EXPR_RELATION && !expr_is_numeric(e))
            diag_hint(c->diag, "%.*s = 0", STR_ARGS(text));
        return false;
    }
    g = g ? with_functions(c, v, argument, g) : NULL;
    if (!g)
        return false;
    if (!holds_function(v, g)) {
        call_fail(c, argument, "the constraint holds no unknown function");
        diag_hint(c->diag, "an equation in %.*s and its derivatives", STR_ARGS(application(c, v->y[0])));
        return false;
    }
    vec_push(c->arena, out, g);
    return true;
}

/* Adds the constraints with their multipliers to the Lagrangian. */
static bool add_multipliers(Call *c, Variation *v)
{
    Pool       *p = v->pool;
    Constraints points = { 0 }, integrals = { 0 }, all = { 0 };
    if ((call_has(c, 2) && !add_constraint(c, v, 2, c->arg[2], false, &points))
        || (call_has(c, 3) && !add_constraint(c, v, 3, c->arg[3], true, &integrals)))
        return false;
    if (points.n + v->n > MOST_FUNCTIONS || integrals.n > MOST_FUNCTIONS)
        return call_fail(c, -1, "there are too many constraints"), false;
    vec_push(v->arena, &all, v->lagrangian);
    for (size_t i = 0; i < points.n; i++)
        vec_push(v->arena, &all, points.at[i]);
    for (size_t i = 0; i < integrals.n; i++)
        vec_push(v->arena, &all, integrals.at[i]);
    v->constant = arena_array(v->arena, const Expr *, integrals.n + 1);
    for (size_t i = 0; i < integrals.n; i++) {
        Str name = multiplier_name(v, all.at, all.n);
        v->constant[v->constants++] = expr_symbol(p, name);
        v->lagrangian = expr_add(p, v->lagrangian, expr_mul(p, v->constant[i], integrals.at[i]));
    }
    for (size_t i = 0; i < points.n; i++) {
        Str         name = str_printf(v->arena, "%.*s%c", STR_ARGS(multiplier_name(v, all.at, all.n)), UNKNOWN_BARE);
        const Expr *lambda = expr_unknown(p, name, arena_array(v->arena, uint32_t, v->nx), v->x, v->nx);
        v->y[v->n++] = lambda;
        v->pointwise = expr_add(p, v->pointwise, expr_mul(p, lambda, points.at[i]));
    }
    v->lagrangian = expr_add(p, v->lagrangian, v->pointwise);
    return v->lagrangian != NULL;
}

static bool read_problem(Call *c, Variation *v)
{
    const Expr *e = c->arg[0].expr;
    *v = (Variation){ .pool = c->pool, .arena = c->arena, .y = arena_array(c->arena, const Expr *, MOST_FUNCTIONS) };
    v->pointwise = expr_int(c->pool, 0);
    if (e->flags & EXPR_AS_TYPED)
        e = expr_canonical(c->pool, e);
    if (!e)
        return false;
    if (!expr_is_scalar(e) || e->kind == EXPR_RELATION || e->flags & (EXPR_HAS_TENSOR | EXPR_HAS_ORDER | EXPR_HAS_INFINITE))
        return call_fail(c, 0, "the Lagrangian is one expression, the integrand"), false;
    if (!add_functions(c, v, c->arg[1]))
        return false;
    v->given = v->n;
    v->nx = v->y[0]->arity;
    v->x = v->y[0]->arg;
    v->lagrangian = with_functions(c, v, 0, e);
    return v->lagrangian && add_multipliers(c, v);
}

/* ---- what is printed ------------------------------------------------------------------------------------------------- */

static void show(Call *c, Buf *b, const Expr *e)
{
    expr_show(b, c->pool, e, (ShowStyle){ .unicode = c->settings->unicode, .digits = c->settings->digits });
}

static Str shown(Call *c, const Expr *e)
{
    Buf b = buf_new(c->arena);
    show(c, &b, e);
    return buf_str(&b);
}

static void list_field(Call *c, Report *r, const char *name, const Expr *const *e, size_t n)
{
    Value *item = arena_array(c->arena, Value, n + 1);
    for (size_t i = 0; i < n; i++)
        item[i] = value_expr(e[i]);
    report_value(r, name, value_list(c->arena, item, n));
}

/* One equation is the value of the report, several are a list. */
static void report_equations(Call *c, const Variation *v, Report *r)
{
    const Expr **e = arena_array(c->arena, const Expr *, v->n);
    Buf          b = buf_new(c->arena);
    for (size_t i = 0; i < v->n; i++) {
        e[i] = expr_relation(v->pool, REL_EQ, v->left[i], expr_int(v->pool, 0));
        buf_add_s(&b, i ? "\n" : "");
        show(c, &b, e[i]);
    }
    list_field(c, r, "equations", e, v->n);
    r->main = v->n == 1 ? value_expr(e[0]) : report_field(r, STR("equations"))->value;
    r->summary = buf_str(&b);
}

/* steps: the partial derivatives, their total derivatives, the equation without fractions. */
static void report_derivation(Call *c, const Variation *v, Report *r)
{
    Pool        *p = v->pool;
    Jets         j = jets_of(p, v->arena, v->lagrangian, v->y, v->n);
    const Expr **partial = arena_array(v->arena, const Expr *, j.n + 1);
    bool         fine = j.n && jets_gradient(p, v->lagrangian, &j, partial);
    for (size_t i = 0; fine && i < v->n; i++) {
        for (size_t k = 0; k < j.n; k++) {
            const Expr *u = j.at[k], *total = partial[k];
            Buf         d = buf_new(c->arena);
            if (!jet_is_of(u, v->y[i]))
                continue;
            Str rule = str_printf(c->arena, "dL/d%.*s", STR_ARGS(shown(c, u)));
            report_step(r, rule.s, NULL, partial[k], (Str){ 0 });
            for (uint32_t q = 0; q < u->arity; q++)
                for (uint32_t n = 0; n < u->unknown.order[q]; n++) {
                    total = jet_total(p, total, u->arg[q], 1);
                    buf_printf(&d, "d/d%.*s ", STR_ARGS(shown(c, u->arg[q])));
                }
            if (d.n)
                report_step(r, str_printf(c->arena, "%.*s%.*s", STR_ARGS(buf_str(&d)), STR_ARGS(rule)).s, NULL, total, (Str){ 0 });
        }
        report_step(r, "sum", NULL, v->raw[i], STR("odd orders count negative"));
        report_step(r, "=", NULL, expr_relation(p, REL_EQ, v->left[i], expr_int(p, 0)), (Str){ 0 });
    }
    r->derived = fine;
    r->summary = fine ? (Str){ 0 } : r->summary;
}

/* 0 = 0, or an equation that no function can satisfy. */
static bool note_trivial(const Variation *v, Report *r)
{
    bool all = true;
    for (size_t i = 0; i < v->given; i++) {
        const Expr *e = v->left[i];
        Str         y = bare_name(v->y[i]);
        all = all && expr_is_numeric(e);
        if (expr_is_zero(e) && !expr_has_kinks(v->pool, v->arena, v->lagrangian))
            report_note(r, v->n == 1 ? "every function %.*s is an extremal" : "the equation of %.*s is no condition", STR_ARGS(y));
        else if (expr_is_numeric(e) && !expr_is_zero(e))
            report_note(r, "no function satisfies this: there is no extremal");
    }
    return all;
}

static size_t report_conserved(Call *c, const Variation *v, Report *r, Conserved *found)
{
    const Expr  *all[MOST_CONSERVED];
    size_t       n = variation_conserved(v, found, MOST_CONSERVED);
    for (size_t i = 0; i < n; i++) {
        all[i] = found[i].quantity;
        report_note(r, "first integral: %.*s = const   (%s: %.*s)", STR_ARGS(shown(c, all[i])), found[i].name, STR_ARGS(found[i].why));
        report_value(r, str_copy(c->arena, found[i].field).s, value_expr(all[i]));
    }
    list_field(c, r, "first_integrals", all, n);
    return n;
}

static void report_solution(Call *c, const Variation *v, Report *r, const Conserved *found, size_t n)
{
    Extremal s;
    bool     stopped = !variation_solve(v, found, n, &s);
    pool_clear_error(c->pool);
    if (stopped)
        return;
    Value *item = arena_array(c->arena, Value, v->given + 1);
    size_t m = 0;
    Buf    b = buf_new(c->arena);
    if (s.curve.parameter)
        item[m++] = value_expr(expr_relation(c->pool, REL_EQ, v->x[0], s.curve.abscissa));
    for (size_t i = 0; i < v->given; i++)
        item[m++] = value_expr(expr_relation(c->pool, REL_EQ, expr_symbol(c->pool, bare_name(v->y[i])), s.curve.y[i]));
    for (size_t i = 0; i < m; i++) {
        buf_add_s(&b, i ? ", " : "");
        show(c, &b, item[i].expr);
    }
    report_value(r, "solution", m == 1 ? item[0] : value_list(c->arena, item, m));
    Str where = s.positive ? str_printf(c->arena, "   where %.*s > 0", STR_ARGS(shown(c, s.positive)))
              : s.letters ? STR("   where letters and roots are positive") : (Str){ 0 };
    report_note(r, "solution: %.*s%.*s", STR_ARGS(buf_str(&b)), STR_ARGS(where));
}

/* ---- check: y = ... ---------------------------------------------------------------------------------------------------- */

static bool set_curve(Call *c, const Variation *v, Str name, Value to, Curve *curve)
{
    bool        scalar = to.kind == VALUE_EXPR && expr_is_scalar(to.expr) && to.expr->kind != EXPR_RELATION;
    size_t      i = 0;
    const Expr **place = NULL;
    while (i < v->n && !str_eq(bare_name(v->y[i]), name))
        i++;
    if (i < v->n)
        place = &curve->y[i];
    for (size_t k = 0; k < v->constants && !place; k++)
        if (str_eq(v->constant[k]->name, name))
            place = &curve->constant[k];
    if (!place && v->nx == 1 && str_eq(v->x[0]->name, name))
        place = &curve->abscissa;
    if (!place || *place)
        return call_fail(c, 4, place ? "check: gives %.*s twice" : "%.*s is no unknown function: check: y = x^2", STR_ARGS(name)), false;
    if (!scalar)
        return call_fail(c, 4, "check: needs an expression for %.*s", STR_ARGS(name)), false;
    if (jets_of(v->pool, v->arena, to.expr, v->y, v->n).n)
        return call_fail(c, 4, "check: needs %.*s in terms of the variables alone", STR_ARGS(name)), false;
    *place = to.expr;
    return true;
}

/* y = ..., (x = ..., y = ...), a list of equations, or an expression if there is one function. */
static bool read_curve(Call *c, const Variation *v, Value given, Curve *curve)
{
    if (given.kind == VALUE_LIST) {
        for (size_t i = 0; i < given.list->n; i++)
            if (!read_curve(c, v, given.list->item[i], curve))
                return false;
        return true;
    }
    if (given.kind == VALUE_RECORD) {
        for (size_t i = 0; i < given.record->n; i++)
            if (!set_curve(c, v, given.record->name[i], given.record->item[i], curve))
                return false;
        return true;
    }
    const Expr *e = given.kind == VALUE_EXPR ? given.expr : NULL;
    if (e && e->kind == EXPR_RELATION && e->relop == REL_EQ) {
        const Expr *name = e->arg[0];
        if (name->kind == EXPR_SYMBOL)
            return set_curve(c, v, name->name, value_expr(e->arg[1]), curve);
        if (name->kind == EXPR_UNKNOWN && !jet_order(name))
            return set_curve(c, v, bare_name(name), value_expr(e->arg[1]), curve);
    }
    if (v->given == 1 && e && e->kind != EXPR_RELATION)
        return set_curve(c, v, bare_name(v->y[0]), given, curve);
    call_fail(c, 4, "check: gives the unknown functions");
    diag_hint(c->diag, "check: %.*s = 1", STR_ARGS(bare_name(v->y[0])));
    return false;
}

/* Of a curve x = ..., y = ... the parameter: the letter of the usual ones that x depends on. */
static bool find_parameter(Call *c, const Variation *v, Curve *curve)
{
    static const char *const usual[] = { "s", "t", "theta", "phi", "tau", "u" };
    if (!curve->abscissa)
        return true;
    for (size_t i = 0; i < sizeof usual / sizeof *usual; i++) {
        const Expr *s = expr_symbol(c->pool, str_of(usual[i]));
        bool        moves = expr_depends(c->pool, curve->abscissa, s);
        if (moves && curve->parameter)
            return call_fail(c, 4, "which letter is the parameter of the curve, %.*s or %s?", STR_ARGS(curve->parameter->name), usual[i]), false;
        curve->parameter = moves ? s : curve->parameter;
    }
    if (!curve->parameter || curve->parameter == v->x[0])
        return call_fail(c, 4, "a curve with %.*s needs a parameter s", STR_ARGS(v->x[0]->name)), false;
    return true;
}

static Str curve_text(Call *c, const Variation *v, const Curve *curve)
{
    Buf b = buf_new(c->arena);
    if (curve->abscissa) {
        buf_printf(&b, "%.*s = ", STR_ARGS(v->x[0]->name));
        show(c, &b, curve->abscissa);
    }
    for (size_t i = 0; i < v->n; i++)
        if (curve->y[i]) {
            buf_printf(&b, "%s%.*s = ", b.n ? ", " : "", STR_ARGS(bare_name(v->y[i])));
            show(c, &b, curve->y[i]);
        }
    for (size_t i = 0; i < v->constants; i++)
        if (curve->constant[i]) {
            buf_printf(&b, ", %.*s = ", STR_ARGS(v->constant[i]->name));
            show(c, &b, curve->constant[i]);
        }
    return buf_str(&b);
}

static void report_check(Call *c, const Variation *v, Report *r, const Curve *curve)
{
    Checked k = variation_check(v, curve);
    Str     text = curve_text(c, v, curve);
    for (size_t i = 0; i < k.multipliers && k.answer == YES; i++)
        report_note(r, "with %.*s = %.*s", STR_ARGS(shown(c, k.name[i])), STR_ARGS(shown(c, k.multiplier[i])));
    Str why = k.residual ? str_printf(c->arena, "%.*s is %.*s there, not 0", STR_ARGS(shown(c, v->left[k.equation])), STR_ARGS(shown(c, k.residual)))
                         : str_of(k.why);
    Str equations = v->n == 1 ? r->summary : STR("all equations");
    if (k.answer == YES)
        r->summary = str_printf(c->arena, "yes: %.*s satisfies %.*s   (%s)", STR_ARGS(text), STR_ARGS(equations), k.why);
    else if (k.answer == NO)
        r->summary = str_printf(c->arena, "no: %.*s", STR_ARGS(why));
    else
        r->summary = str_printf(c->arena, "could not decide, because %s", k.why);
    report_value(r, "check", value_text(k.answer == YES ? STR("yes") : k.answer == NO ? STR("no") : STR("unknown")));
    report_value(r, "reason", value_text(k.answer == YES ? str_of(k.why) : why));
    if (k.residual)
        report_value(r, "residual", value_expr(k.residual));
    r->main = k.answer == UNKNOWN ? value_none() : value_expr(expr_truth(c->pool, k.answer == YES));
}

/* ---- the command --------------------------------------------------------------------------------------------------------- */

static Value euler_lagrange_call(Call *c)
{
    Variation   v;
    if (!read_problem(c, &v) || !variation_equations(&v))
        return value_failed();
    Report *r = report_new(c->arena, "euler_lagrange");
    report_equations(c, &v, r);
    if (call_has(c, 4)) {
        Curve curve = { .y = arena_array(c->arena, const Expr *, v.n), .constant = arena_array(c->arena, const Expr *, v.constants + 1) };
        if (!read_curve(c, &v, c->arg[4], &curve) || !find_parameter(c, &v, &curve))
            return value_failed();
        for (size_t i = 0; i < v.given; i++)
            if (!curve.y[i])
                return call_fail(c, 4, "check: gives no %.*s", STR_ARGS(bare_name(v.y[i])));
        report_check(c, &v, r, &curve);
        return value_report(r);
    }
    if (c->steps)
        report_derivation(c, &v, r);
    if (expr_has_kinks(v.pool, v.arena, v.lagrangian))
        report_note(r, "only where the Lagrangian is smooth: it has kinks or jumps");
    if (v.large)
        report_note(r, "first integrals and solutions were not looked for: the equation is large");
    else if (!note_trivial(&v, r)) {
        Conserved found[MOST_CONSERVED];
        size_t    n = report_conserved(c, &v, r, found);
        report_solution(c, &v, r, found, n);
    }
    return value_report(r);
}

const Builtin variation_builtins[] = {
    { .sig = "euler_lagrange(L: lagrangian, y: unknown..., constraint: value?...; integral: value?, check: value?) -> relation",
      .help = "The equations of the functions that make the integral of L stationary, first integrals, and solutions where that is easy. "
              "A constraint is an equation that holds everywhere, or integral: g; check: y = ... proves or refutes a curve.",
      .example = { { "euler_lagrange(y'^2/2 - y^2/2, y(x))", "y'' + y = 0" },
                   { "euler_lagrange(u_x^2 + u_y^2, u(x, y))", "u_xx + u_yy = 0" },
                   { "euler_lagrange(y'^2 - y^2, y(x), check: y = A*sin(x + B))", "yes: y = A*sin(x + B) satisfies y'' + y = 0   (all terms cancel)" },
                   { "euler_lagrange(y''^2, y(x), integral: y^2)", "y'''' + lambda*y = 0" } },
      .lesson = 12, .see = "diff", .words = "variation calculus of variations extremal action lagrangian euler_equations optvar beltrami noether brachistochrone isoperimetric holonomic constraint multiplier", .by_value = true, .call = euler_lagrange_call },
    { 0 }
};
