/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Arguments of a built-in and the parameters of its signature (GRAMMAR 5.3, 6): matched by their form, before anything is evaluated. */
#include "parser/call_int.h"

#include "parser/form.h"
#include "parser/suggest.h"

const Signature *env_signature(Env *env, const Builtin *b)
{
    Str        name = builtin_name(b);
    Signature *s = map_get(&env->signatures, name);
    if (!s) {
        s = arena_alloc(env->session_arena, sizeof *s);
        *s = sig_parse(env->session_arena, b->sig);
        map_put(&env->signatures, name, s);
    }
    return s;
}

Str argument_text(const Eval *ev, const Ast *t)
{
    return str_slice(ev->source->text, t->span.start, t->span.end);
}

void refuse_option(const Eval *ev, const Ast *t, Str function, Str name, const Str *options, size_t n)
{
    const Ast *given = t->kind == AST_OPTION ? t : NULL;        /* else the call that holds it */
    for (size_t i = 1; !given && i < t->n; i++)
        if (t->child[i]->kind == AST_OPTION && str_eq(t->child[i]->text, name))
            given = t->child[i];
    Str near = suggest_nearest(name, options, n);
    Buf all = buf_new(ev->env->line_arena);
    for (size_t i = 0; i < n; i++)
        buf_printf(&all, "%s%.*s:", i ? ", " : "", STR_ARGS(options[i]));
    eval_fail(ev, given ? given : t, "%.*s has no option %.*s", STR_ARGS(function), STR_ARGS(name));
    if (near.n && given)
        eval_hint(ev, "%.*s: %.*s", STR_ARGS(near), STR_ARGS(argument_text(ev, given->child[0])));
    else
        eval_hint(ev, n ? "its options are %.*s" : "it has no options%.*s", STR_ARGS(buf_str(&all)));
}

/* The first name in the argument that may be a variable; x if there is none. */
static Str likely_variable(const Ast *t)
{
    if (t->kind == AST_NAME && name_is_variable(t->text) && !name_is_constant(t->text))
        return t->text;
    for (size_t i = t->kind == AST_CALL ? 1 : 0; i < t->n; i++) {
        Str name = likely_variable(t->child[i]);
        if (name.n)
            return name;
    }
    return (Str){ 0 };
}

/* The only argument was given: the user's own expression with what is missing behind it. */
static bool hint_second(const Matching *m, Str name, ParamType second)
{
    const Ast  *e = m->call->child[1];
    Str         text = argument_text(m->ev, e), x = likely_variable(e);
    const char *rest = second == PARAM_ARROW ? " -> 0" : second == PARAM_POINT ? " = 0" : "";
    if (second != PARAM_ARROW && second != PARAM_POINT && second != PARAM_CLOSEDVAR && second != PARAM_TARGET)
        return false;
    bool equation = m->sig->param[0].type != PARAM_RELATION || form_is_equation(e);
    eval_hint(m->ev, "%.*s(%.*s%s, %.*s%s)", STR_ARGS(name), STR_ARGS(text), equation ? "" : " = 0", STR_ARGS(x.n ? x : STR("x")), rest);
    return true;
}

/* The first name with a prime. */
static const Ast *primed_name(const Ast *t)
{
    if (t->kind == AST_PRIME && t->child[0]->kind == AST_NAME)
        return t->child[0];
    const Ast *found = NULL;
    for (size_t i = 0; i < t->n && !found; i++)
        found = primed_name(t->child[i]);
    return found;
}

/* euler_lagrange(y'^2), euler_lagrange(y'^2, y): with the function of a variable that it lacks. */
static bool hint_unknown(const Matching *m, Str name)
{
    const Ast *y = m->call->n > 1 ? primed_name(m->call->child[1]) : NULL;
    if (!y || m->call->n > 3)
        return false;
    eval_hint(m->ev, "%.*s(%.*s, %.*s(%s))", STR_ARGS(name), STR_ARGS(argument_text(m->ev, m->call->child[1])), STR_ARGS(y->text), str_is(y->text, "x") ? "t" : "x");
    return true;
}

/* The call as it should have been, when its arguments stand in the order of other programs: f, x, a or f, x, a, b. */
void hint_call(const Matching *m)
{
    const Ast *t = m->call;
    Str        name = builtin_name(m->builtin);
    ParamType  second = m->sig->n > 1 ? m->sig->param[1].type : PARAM_VALUE;
    if (t->n == 2 && t->child[1]->kind != AST_OPTION && hint_second(m, name, second))
        return;
    if (second == PARAM_UNKNOWN && hint_unknown(m, name))
        return;
    if (second == PARAM_ARROW && t->n == 4 && t->child[2]->kind == AST_NAME)
        eval_hint(m->ev, "%.*s(%.*s, %.*s -> %.*s)", STR_ARGS(name), STR_ARGS(argument_text(m->ev, t->child[1])), STR_ARGS(argument_text(m->ev, t->child[2])), STR_ARGS(argument_text(m->ev, t->child[3])));
    else if (t->n == 5 && t->child[2]->kind == AST_NAME)
        eval_hint(m->ev, "%.*s(%.*s, %.*s = %.*s..%.*s)", STR_ARGS(name), STR_ARGS(argument_text(m->ev, t->child[1])), STR_ARGS(argument_text(m->ev, t->child[2])),
                  STR_ARGS(argument_text(m->ev, t->child[3])), STR_ARGS(argument_text(m->ev, t->child[4])));
    else if (second == PARAM_POINT && t->n >= 4 && t->child[2]->kind == AST_NAME)
        eval_hint(m->ev, "%.*s(%.*s, %.*s = %.*s)", STR_ARGS(name), STR_ARGS(argument_text(m->ev, t->child[1])), STR_ARGS(argument_text(m->ev, t->child[2])), STR_ARGS(argument_text(m->ev, t->child[3])));
    else
        eval_hint(m->ev, "%s", m->builtin->example[0].in ? m->builtin->example[0].in : m->builtin->sig);
}

/* ---- matching ---------------------------------------------------------------------------------------------------------------- */

static bool match_option(Matching *m, const Ast *t)
{
    VEC(Str) names = { 0 };
    for (size_t i = 0; i < m->sig->n; i++) {
        const Param *p = &m->sig->param[i];
        if (p->option && str_eq(p->name, t->text)) {
            vec_push(m->c.arena, &m->match, (Match){ p, i, t->child[0], NULL });
            return true;
        }
        if (p->option)
            vec_push(m->c.arena, &names, p->name);
    }
    refuse_option(m->ev, t, m->c.name, t->text, names.at, names.n);
    return false;
}

/* sum(1/k, k, 1, 10) */
static bool range_in_pieces(const Matching *m)
{
    return m->call->n == 5 && m->call->child[2]->kind == AST_NAME && m->sig->n > 1 && m->sig->param[1].type == PARAM_OVER;
}

static bool refuse_argument(Matching *m, const Ast *t, const Param *p)
{
    if (range_in_pieces(m)) {
        eval_fail(m->ev, t, "%.*s takes its range as one argument", STR_ARGS(m->c.name));
    } else if (p) {
        Str found = argument_text(m->ev, t);
        if (p->type == PARAM_ARROW || p->type == PARAM_OVER || p->type == PARAM_POINT || p->type == PARAM_UNKNOWN)
            eval_fail(m->ev, t, "%.*s needs %s", STR_ARGS(m->c.name), form_text(p->type));
        else
            eval_fail(m->ev, t, "%.*s needs %s here, found %.*s", STR_ARGS(m->c.name), form_text(p->type), STR_ARGS(str_slice(found, 0, 40)));
    } else {
        eval_fail(m->ev, t, "%.*s takes no further argument", STR_ARGS(m->c.name));
    }
    hint_call(m);
    return false;
}

/* Are the positional arguments from the i-th on just those that the required parameters from the next-th on still need?
 * Then an optional or repeating parameter leaves them: solve(x + y = 3, x - y = 1, (x, y)), jvp(f, (1, 0)). */
static bool reserved(const Matching *m, size_t next, size_t i)
{
    size_t needed = 0, left = 0;
    for (size_t k = next; k < m->sig->n; k++)
        needed += !m->sig->param[k].optional && !m->sig->param[k].option;
    for (size_t k = i; k < m->call->n; k++)
        left += m->call->child[k]->kind != AST_OPTION;
    return needed && left <= needed;
}

static const Ast *first_variable(const Ast *t)
{
    const Ast *found = t->kind == AST_NAME && name_is_variable(t->text) && !name_is_constant(t->text) ? t : NULL;
    for (size_t i = 0; i < t->n && !found; i++)
        found = first_variable(t->child[i]);
    return found;
}

/* solve(x^2 - 4), solve(x^2 == 4, x): expressions and tests where equations are wanted. A name or a call may hold one. */
static bool no_equation(Matching *m, const Ast *t)
{
    bool test = t->kind == AST_RELATION && t->n == 2 && t->ops[0] == OP_EQ;
    bool term = t->kind == AST_NUMBER || t->kind == AST_BINARY || t->kind == AST_SUM || t->kind == AST_PRODUCT || t->kind == AST_SIGN || t->kind == AST_BESIDE;
    if (!test && !term)
        return false;
    const Ast *variable = m->call->n > 2 ? m->call->child[m->call->n - 1] : first_variable(t);
    Str x = variable ? argument_text(m->ev, variable) : STR("x"), name = builtin_name(m->builtin);
    eval_fail(m->ev, t, "%.*s takes equations", STR_ARGS(name));
    if (test)
        eval_hint(m->ev, "%.*s(%.*s = %.*s, %.*s)", STR_ARGS(name), STR_ARGS(argument_text(m->ev, t->child[0])), STR_ARGS(argument_text(m->ev, t->child[1])), STR_ARGS(x));
    else
        eval_hint(m->ev, "%.*s(%.*s = 0, %.*s)", STR_ARGS(name), STR_ARGS(argument_text(m->ev, t)), STR_ARGS(x));
    return true;
}

bool match_arguments(Matching *m)
{
    const Ast *t = m->call;
    size_t     next = 0, params = 0;
    bool       used = false;                                  /* has the repeating parameter taken one? */
    while (params < m->sig->n && !m->sig->param[params].option)
        params++;
    for (size_t i = 1; i < t->n; i++) {
        if (t->child[i]->kind == AST_OPTION) {
            if (!match_option(m, t->child[i]))
                return false;
            continue;
        }
        while (next < params && (m->sig->param[next].optional || used)
               && (!form_fits(m->ev, t->child[i], &m->sig->param[next]) || reserved(m, next + 1, i))) {
            next++;
            used = false;
        }
        if (next == params || !form_fits(m->ev, t->child[i], &m->sig->param[next]))
            return refuse_argument(m, t->child[i], next < params ? &m->sig->param[next] : NULL);
        if (m->sig->param[next].type == PARAM_RELATION && no_equation(m, t->child[i]))
            return false;
        vec_push(m->c.arena, &m->match, (Match){ &m->sig->param[next], next, t->child[i], NULL });
        used = m->sig->param[next].repeats;
        next += !used;
    }
    next += used;
    for (; next < params; next++)
        if (!m->sig->param[next].optional) {
            Ast whole = *t;
            eval_fail(m->ev, &whole, "%.*s needs %s", STR_ARGS(m->c.name), form_text(m->sig->param[next].type));
            hint_call(m);
            return false;
        }
    return true;
}
