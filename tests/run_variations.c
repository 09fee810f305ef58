/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Problems of the calculus of variations with verified answers: run_variations FILE. Columns: lagrangian, functions, variables,
 * constraint (iso:g, hol:g), equations, first integral, solution; derivatives are written D(y,x,x). Equations have to be alike up to a
 * factor, the first integral has to be among ours up to its sign, and check: has to verify the solution. A Lagrangian with
 * its multiplier lam written out is also given as a constraint. Right needs all of it; a wrong part fails the test. */
#include "tests/session.h"

#include "base/report.h"
#include "symbolic/algebra/zero.h"
#include "symbolic/calculus/diff.h"

typedef struct Problem {
    Env   *env;
    Arena *arena;
    Str    lagrangian, functions, variables, constraint, equations, integral, solution;
    bool   several;                 /* variables */
} Problem;

typedef struct Score { size_t rows, right, wrong, solutions, verified, found; } Score;

/* Takes the text before the next separator off s. */
static Str take(Str *s, char separator)
{
    const char *end = s->n ? memchr(s->s, separator, s->n) : NULL;
    size_t      n = end ? (size_t)(end - s->s) : s->n;
    Str         part = str_trim(str_slice(*s, 0, n));
    *s = str_slice(*s, n + (end != NULL), s->n);
    return part;
}

/* D(y,x,x) as y'' or, where plain symbols are wanted, y_2; with several variables u_xt in both cases. */
static void add_derivative(const Problem *q, Buf *b, Str inside, bool symbols)
{
    Str    name = take(&inside, ',');
    size_t order = 0;
    buf_add(b, name);
    if (q->several) {
        buf_add_c(b, '_');
        for (Str v = q->variables; v.n;) {
            Str x = take(&v, ',');
            for (Str rest = inside; rest.n;)
                if (str_eq(take(&rest, ','), x))
                    buf_add(b, x);
        }
        return;
    }
    while (inside.n)
        order += take(&inside, ',').n > 0;
    if (symbols)
        buf_printf(b, "_%zu", order);
    else
        buf_printf(b, "%.*s", (int)order, "''''''''''''");
}

static Str with_derivatives(const Problem *q, Str s, bool symbols)
{
    Buf b = buf_new(q->arena);
    for (size_t i = 0; i < s.n; i++) {
        size_t n = 0;
        if (str_starts(str_slice(s, i, s.n), STR("D("))) {
            const char *end = memchr(s.s + i, ')', s.n - i);
            size_t      at = (size_t)(end - s.s);
            add_derivative(q, &b, str_slice(s, i + 2, at), symbols);
            i = at;
            continue;
        }
        while (i + n < s.n && s.s[i + n] == '\'')
            n++;
        if (n && symbols)
            buf_printf(&b, "_%zu", n);
        else
            buf_add(&b, str_slice(s, i, i + (n ? n : 1)));
        i += n ? n - 1 : 0;
    }
    return buf_str(&b);
}

static Str replaced(Arena *a, Str s, Str from, Str to)
{
    Buf b = buf_new(a);
    for (size_t i = 0; i < s.n;) {
        bool here = str_starts(str_slice(s, i, s.n), from);
        buf_add(&b, here ? to : str_slice(s, i, i + 1));
        i += here ? from.n : 1;
    }
    return buf_str(&b);
}

/* "[x(t), y(t)]"; lam only if it is wanted */
static Str unknowns(const Problem *q, bool multiplier)
{
    Buf b = buf_new(q->arena);
    for (Str rest = q->functions; rest.n;) {
        Str f = take(&rest, ',');
        if (multiplier || !str_is(f, "lam"))
            buf_printf(&b, "%s%.*s(%.*s)", b.n ? ", " : "[", STR_ARGS(f), STR_ARGS(q->variables));
    }
    buf_add_c(&b, ']');
    return buf_str(&b);
}

/* The named list of the report that a call returns, as texts with plain symbols. */
static size_t list_of(const Problem *q, Str call, const char *name, bool left, Str *out, size_t most)
{
    Source  source;
    Outcome o = run_text(q->env, &source, call);
    if (o.kind != RUN_DONE || o.value.kind != VALUE_REPORT) {
        printf("  %.*s\n  %.*s\n", STR_ARGS(call), STR_ARGS(o.kind == RUN_FAILED ? o.diag->message : STR("no report")));
        return 0;
    }
    const Field *f = report_field(o.value.report, str_of(name));
    const List  *l = f && f->value.kind == VALUE_LIST ? f->value.list : &(List){ 0 };
    for (size_t i = 0; i < l->n && i < most; i++) {
        const Expr *e = left ? l->item[i].expr->arg[0] : l->item[i].expr;
        out[i] = str_copy(q->arena, with_derivatives(q, env_value_text(q->env, value_expr(e), false), true));
    }
    return l->n;
}

/* Two texts in plain symbols as expressions of one pool; false after a failure. */
static bool both(const Problem *q, Str a, Str b, const Expr **x, const Expr **y)
{
    Source  source;
    Outcome o = run_text(q->env, &source, str_printf(q->arena, "assume lam; [%.*s, %.*s]", STR_ARGS(a), STR_ARGS(b)));
    if (o.kind != RUN_DONE || o.value.kind != VALUE_EXPR || o.value.expr->kind != EXPR_TENSOR) {
        printf("  cannot read %.*s or %.*s\n", STR_ARGS(a), STR_ARGS(b));
        return false;
    }
    *x = o.value.expr->arg[0];
    *y = o.value.expr->arg[1];
    return true;
}

static bool is_zero(Pool *p, const Expr *e) { return e && expr_zero_test(p, e).answer == YES; }

/* u = 0 and v = 0 have the same solution for a symbol in which both are linear, or differ by a number. */
static bool alike(const Problem *q, const Expr *u, const Expr *v)
{
    Pool  *p = env_pool(q->env);
    Nodes  s = expr_symbols(p, q->arena, u);
    for (size_t i = 0; i < s.n; i++) {
        const Expr *x = s.at[i], *du = expr_diff(p, u, x), *dv = expr_diff(p, v, x);
        if (!is_zero(p, expr_diff(p, du, x)) || is_zero(p, du) || is_zero(p, dv))
            continue;
        const Expr *rest_u = expr_sub(p, u, expr_mul(p, x, du)), *rest_v = expr_sub(p, v, expr_mul(p, x, dv));
        if (is_zero(p, expr_sub(p, expr_mul(p, du, rest_v), expr_mul(p, dv, rest_u))))
            return true;
    }
    const Expr **at = arena_array(q->arena, const Expr *, s.n + 1);
    for (size_t i = 0; i < s.n; i++)
        at[i] = expr_ratio(p, 3 + 2*(slong)i, 7 + (slong)i);
    const Expr *cu = expr_subst(p, u, s.at, at, s.n), *cv = expr_subst(p, v, s.at, at, s.n);
    return is_zero(p, expr_sub(p, expr_mul(p, cv, u), expr_mul(p, cu, v))) && !is_zero(p, cv);
}

static bool equations_right(const Problem *q, Str call)
{
    Str    ours[16], rest = q->equations;
    size_t n = list_of(q, call, "equations", true, ours, 16), k = 0;
    for (; rest.n; k++) {
        const Expr *u, *v;
        Str         theirs = with_derivatives(q, take(&rest, ';'), true);
        if (k >= n || !both(q, replaced(q->arena, ours[k], STR("lambda"), STR("lam")), theirs, &u, &v) || !alike(q, u, v)) {
            printf("  equation %zu: %.*s\n", k + 1, STR_ARGS(k < n ? ours[k] : STR("none")));
            return false;
        }
    }
    return k == n;
}

static bool integral_right(const Problem *q, Str call)
{
    Str    ours[16], theirs = with_derivatives(q, q->integral, true);
    size_t n = list_of(q, call, "first_integrals", false, ours, 16);
    for (size_t i = 0; i < n && i < 16; i++) {
        const Expr *u, *v;
        if (!both(q, replaced(q->arena, ours[i], STR("lambda"), STR("lam")), theirs, &u, &v))
            return false;
        Pool *p = env_pool(q->env);
        if (is_zero(p, expr_sub(p, u, v)) || is_zero(p, expr_add(p, u, v)))
            return true;
    }
    printf("  first integral not found\n");
    return false;
}

/* check: says yes; and is a solution found without it? */
static bool solution_right(const Problem *q, Str l, Score *s)
{
    Source  source;
    Str     name = q->functions, call = str_printf(q->arena, "euler_lagrange(%.*s, %.*s(%.*s), check: %.*s = %.*s)", STR_ARGS(l), STR_ARGS(name),
                                               STR_ARGS(q->variables), STR_ARGS(name), STR_ARGS(q->solution));
    Outcome o = run_text(q->env, &source, call);
    Str     answer = o.kind == RUN_DONE ? str_copy(q->arena, env_value_text(q->env, o.value, false)) : str_copy(q->arena, o.diag->message);
    bool    yes = str_starts(answer, STR("yes:"));
    s->solutions++;
    s->verified += yes;
    if (!yes)
        printf("  %.*s\n", STR_ARGS(answer));
    o = run_text(q->env, &source, str_printf(q->arena, "euler_lagrange(%.*s, %.*s(%.*s))", STR_ARGS(l), STR_ARGS(name), STR_ARGS(q->variables)));
    bool found = o.kind == RUN_DONE && o.value.kind == VALUE_REPORT && report_field(o.value.report, STR("solution"));
    s->found += found;
    return !str_starts(answer, STR("no"));
}

/* The Lagrangian at lam = 0, with the constraint as the command takes it. */
static Str constrained_call(const Problem *q, Str l)
{
    Str g = with_derivatives(q, str_slice(q->constraint, 4, q->constraint.n), false), plain = replaced(q->arena, l, STR("lam"), STR("0"));
    if (str_starts(q->constraint, STR("iso:")))
        return str_printf(q->arena, "euler_lagrange(%.*s, %.*s, integral: %.*s)", STR_ARGS(plain), STR_ARGS(unknowns(q, false)), STR_ARGS(g));
    return str_printf(q->arena, "euler_lagrange(%.*s, %.*s, %.*s = 0)", STR_ARGS(plain), STR_ARGS(unknowns(q, false)), STR_ARGS(g));
}

static bool row(Problem *q, Score *s)
{
    Str  l = with_derivatives(q, q->lagrangian, false);
    Str  call = str_printf(q->arena, "assume lam; euler_lagrange(%.*s, %.*s)", STR_ARGS(l), STR_ARGS(unknowns(q, true)));
    if (memmem(q->functions.s, q->functions.n, "lam", 3))
        call = str_slice(call, strlen("assume lam; "), call.n);
    bool right = equations_right(q, call) && (!q->integral.n || integral_right(q, call));
    if (q->constraint.n) {
        Str constrained = constrained_call(q, l);
        right = right && equations_right(q, constrained) && (!q->integral.n || integral_right(q, constrained));
    }
    return right && (!q->solution.n || solution_right(q, l, s));
}

int main(int argc, char **argv)
{
    Arena *a = arena_new();
    Score  s = { 0 };
    if (argc != 2)
        return 2;
    Str text = read_all(a, argv[1]), line;
    next_line(&text, &line);                                /* the header */
    while (next_line(&text, &line)) {
        if (!line.n || line.s[0] == '#')
            continue;
        Problem q = { .env = env_new(builtin_tables), .arena = a, .lagrangian = field(line, 0), .functions = field(line, 1), .variables = field(line, 2),
                      .constraint = field(line, 3), .equations = field(line, 4), .integral = field(line, 5), .solution = field(line, 6) };
        q.several = memchr(q.variables.s, ',', q.variables.n) != NULL;
        bool right = row(&q, &s);
        s.rows++;
        s.right += right;
        if (!right)
            printf("WRONG %.*s\n", STR_ARGS(q.lagrangian));
        env_delete(q.env);
    }
    bool enough = 10*s.verified >= 7*s.solutions;
    printf("%zu of %zu right; solutions: %zu of %zu verified, %zu found\n", s.right, s.rows, s.verified, s.solutions, s.found);
    printf("CHECKS %zu %zu\n", s.right, s.rows - s.right + !enough);
    arena_delete(a);
    return s.right != s.rows || !enough;
}
