/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Conditions: `=` makes an equation, the other relations are tests. A test that the numbers or an identity decide becomes
 * true or false; one in free variables stays, and `if` then gives a piecewise expression. */
#include "parser/env_int.h"

#include "numeric/data.h"
#include "parser/suggest.h"

#include "symbolic/algebra/zero.h"

Truth truth_of(const Expr *e)
{
    return expr_is_constant(e, CONSTANT_TRUE) ? YES : expr_is_constant(e, CONSTANT_FALSE) ? NO : UNKNOWN;
}

static Relop relop_of(uint8_t op)
{
    switch (op) {
    case OP_NE: return REL_NE;
    case OP_LT: return REL_LT;
    case OP_LE: return REL_LE;
    case OP_GT: return REL_GT;
    case OP_GE: return REL_GE;
    default:    return REL_EQ;
    }
}

/* Decided only if no value of the free variables could decide otherwise. */
static const Expr *decided(Env *env, const Expr *relation)
{
    Verdict v = expr_decide(env->line, relation);
    bool    fixed = expr_is_numeric(relation) || (v.answer == YES && relation->relop == REL_EQ)
              || (v.answer == NO && relation->relop == REL_NE);
    return fixed && v.answer != UNKNOWN ? expr_truth(env->line, v.answer == YES) : relation;
}

static bool same_value(const Eval *ev, const Ast *t, Value a, Value b, bool *same)
{
    if (a.kind == VALUE_TEXT && b.kind == VALUE_TEXT)
        *same = str_eq(a.text, b.text);
    else if (a.kind == VALUE_LIST && b.kind == VALUE_LIST) {
        *same = a.list->n == b.list->n;
        for (size_t i = 0; *same && i < a.list->n; i++)
            if (!same_value(ev, t, a.list->item[i], b.list->item[i], same))
                return false;
    } else if (a.kind == VALUE_RECORD && b.kind == VALUE_RECORD) {
        *same = a.record->n == b.record->n;
        for (size_t i = 0; *same && i < a.record->n; i++) {
            const Value *other = record_get(b.record, a.record->name[i]);
            *same = other != NULL;
            if (other && !same_value(ev, t, a.record->item[i], *other, same))
                return false;
        }
    } else if (a.kind == VALUE_EXPR && b.kind == VALUE_EXPR) {
        *same = expr_decide(ev->env->line, expr_relation(ev->env->line, REL_EQ, a.expr, b.expr)).answer == YES;
    } else if (a.kind == VALUE_RANGE && b.kind == VALUE_RANGE) {
        *same = a.range->low == b.range->low && a.range->high == b.range->high && a.range->step == b.range->step;
    } else {
        eval_fail(ev, t, "these two cannot be compared");
        return false;
    }
    return true;
}

static const Expr *compare_entries(const Eval *ev, const Expr *a, const Expr *b, bool equal)
{
    Pool *p = ev->env->line;
    if (a->kind != EXPR_TENSOR || b->kind != EXPR_TENSOR || a->shape != b->shape)
        return expr_truth(p, !equal);
    bool all = true;
    for (uint32_t i = 0; i < a->arity; i++) {
        const Expr *r = decided(ev->env, expr_relation(p, REL_EQ, a->arg[i], b->arg[i]));
        if (truth_of(r) == UNKNOWN)
            return expr_relation(p, equal ? REL_EQ : REL_NE, a, b);
        all = all && truth_of(r) == YES;
    }
    return expr_truth(p, all == equal);
}

/* A text column's variable beside a label: the code of the label. */
static bool label_code(const Eval *ev, const Ast *t, Value column, Value *label)
{
    const Scope *b = ev->scope;
    const Data  *d = NULL;
    Str          name = { 0 };
    if (column.expr->kind == EXPR_COLUMN) {                   /* over: d */
        d = column.expr->arg[0]->axis.data;
        name = column.expr->column.name;
    }
    while (!d && b && !(b->kind == BIND_VARIABLE && b->symbol == column.expr && b->value.kind == VALUE_DATA))
        b = b->outer;
    if (!d && !b)
        return true;
    if (!d) {
        d = b->value.data;
        name = b->name;
    }
    const Column *c = data_column(d, name);
    double        code = c->text ? column_code(c, label->text) : -1;
    if (code < 0) {
        eval_fail(ev, t, c->text ? "no entry of %.*s is \"%.*s\"" : "%.*s holds numbers, \"%.*s\" is a text", STR_ARGS(name), STR_ARGS(label->text));
        Str near = suggest_nearest(label->text, c->label, c->n_labels);
        if (near.n || c->n_labels)
            eval_hint(ev, "\"%.*s\"", STR_ARGS(near.n ? near : c->label[0]));
        return false;
    }
    *label = value_expr(expr_int(ev->env->line, (slong)code));
    return true;
}

/* Two conditions compared: both hold, or neither does. */
static const Expr *equivalence(Pool *p, const Expr *a, const Expr *b, bool equal)
{
    if (a == b)
        return expr_truth(p, equal);
    const Expr *both = expr_logic(p, EXPR_AND, (const Expr *const[]){ a, b }, 2), *na = expr_logic(p, EXPR_NOT, &a, 1);
    const Expr *nb = expr_logic(p, EXPR_NOT, &b, 1), *neither = expr_logic(p, EXPR_AND, (const Expr *const[]){ na, nb }, 2);
    const Expr *same = expr_logic(p, EXPR_OR, (const Expr *const[]){ both, neither }, 2);
    return equal ? same : expr_logic(p, EXPR_NOT, &same, 1);
}

static const Expr *relate(const Eval *ev, const Ast *t, uint8_t op, Value a, Value b)
{
    Pool *p = ev->env->line;
    bool  test = op == OP_EQ || op == OP_NE || op == OP_EQUATION;
    if ((test && a.kind == VALUE_EXPR && b.kind == VALUE_TEXT && !label_code(ev, t, a, &b))
        || (test && a.kind == VALUE_TEXT && b.kind == VALUE_EXPR && !label_code(ev, t, b, &a)))
        return NULL;
    if (a.kind != VALUE_EXPR || b.kind != VALUE_EXPR) {
        bool same = false;
        if ((op != OP_EQ && op != OP_NE) || !same_value(ev, t, a, b, &same)) {
            eval_fail(ev, t, "these two cannot be compared");
            return NULL;
        }
        return expr_truth(p, same == (op == OP_EQ));
    }
    if (op != OP_EQUATION && (expr_is_truth(a.expr) || expr_is_truth(b.expr))) {
        if (expr_is_truth(a.expr) && expr_is_truth(b.expr) && (op == OP_EQ || op == OP_NE))
            return equivalence(p, a.expr, b.expr, op == OP_EQ);
        eval_fail(ev, t, op == OP_EQ || op == OP_NE ? "a condition and a number cannot be compared" : "yes and no have no order");
        return NULL;
    }
    if (op != OP_EQUATION && (a.expr->kind == EXPR_TENSOR || b.expr->kind == EXPR_TENSOR)) {
        if (op == OP_EQ || op == OP_NE)
            return compare_entries(ev, a.expr, b.expr, op == OP_EQ);
        eval_fail(ev, t, "vectors have no order");
        return NULL;
    }
    const Expr *r = expr_relation(p, relop_of(op), a.expr, b.expr);
    if (ev->env->typed && op != OP_EQUATION) {
        Truth answer = expr_is_numeric(r) ? typed_truth(ev, t, r) : UNKNOWN;
        return answer != UNKNOWN ? expr_truth(p, answer == YES) : r;
    }
    return op == OP_EQUATION ? r : decided(ev->env, r);
}

static Value eval_relation(const Eval *ev, const Ast *t)
{
    Value        left = eval_expr(ev, t->child[0]);
    const Expr **link = arena_array(ev->env->line_arena, const Expr *, t->n);
    for (size_t i = 0; i + 1 < t->n; i++) {
        Value right = left.kind == VALUE_FAILED ? left : eval_expr(ev, t->child[i + 1]);
        if (right.kind == VALUE_FAILED || !(link[i] = relate(ev, t, t->ops[i], left, right)))
            return value_failed();
        left = right;
    }
    return t->n == 2 ? value_expr(link[0]) : value_expr(expr_logic(ev->env->line, EXPR_AND, link, t->n - 1));
}

/* A condition must be a test: an equation is refused with the hint to compare. */
static const Expr *test(const Eval *ev, const Ast *t)
{
    const Expr *e = eval_scalar_or_tensor(ev, t);
    if (!e)
        return NULL;
    bool is = truth_of(e) != UNKNOWN || e->kind == EXPR_RELATION || e->kind == EXPR_AND || e->kind == EXPR_OR || e->kind == EXPR_NOT;
    if (is)
        return e;
    eval_fail(ev, t, "expected a condition, found %.*s", STR_ARGS(value_shown(ev->env, value_expr(e))));
    return NULL;
}

static Value eval_junction(const Eval *ev, const Ast *t)
{
    bool         and = t->kind == AST_AND;
    const Expr **part = arena_array(ev->env->line_arena, const Expr *, t->n);
    for (size_t i = 0; i < t->n; i++) {
        if (!(part[i] = test(ev, t->child[i])))
            return value_failed();
        if (truth_of(part[i]) == (and ? NO : YES))
            return value_expr(part[i]);
    }
    return value_expr(expr_logic(ev->env->line, and ? EXPR_AND : EXPR_OR, part, t->n));
}

static Value eval_if(const Eval *ev, const Ast *t)
{
    const Expr *c = test(ev, t->child[0]);
    if (!c)
        return value_failed();
    if (truth_of(c) != UNKNOWN)
        return eval_expr(ev, t->child[truth_of(c) == YES ? 1 : 2]);
    if (expr_is_numeric(c))
        return eval_fail(ev, t->child[0], "could not decide %.*s", STR_ARGS(value_shown(ev->env, value_expr(c))));
    const Expr *yes = eval_scalar_or_tensor(ev, t->child[1]);
    const Expr *no = yes ? eval_scalar_or_tensor(ev, t->child[2]) : NULL;
    if (!no)
        return value_failed();
    const Expr *branch[3] = { c, yes, no };
    return value_checked(ev, t, expr_piecewise(ev->env->line, branch, 3));
}

/* (x = 0..2): a record of one entry, as (x = 0..2, y = 0..1) is one of two. */
static bool is_named_range(const Ast *t)
{
    return t->kind == AST_RELATION && t->n == 2 && t->ops[0] == OP_EQUATION && t->child[0]->kind == AST_NAME && t->child[1]->kind == AST_RANGE;
}

Value eval_condition(const Eval *ev, const Ast *t)
{
    if (is_named_range(t)) {
        Value range = eval_expr(ev, t->child[1]);
        return range.kind == VALUE_FAILED ? range : value_record(ev->env->line_arena, &t->child[0]->text, &range, 1);
    }
    if (t->kind == AST_RELATION)
        return eval_relation(ev, t);
    if (t->kind == AST_AND || t->kind == AST_OR)
        return eval_junction(ev, t);
    if (t->kind == AST_IF_EXPR)
        return eval_if(ev, t);
    const Expr *c = test(ev, t->child[0]);
    return c ? value_expr(expr_logic(ev->env->line, EXPR_NOT, &c, 1)) : value_failed();
}
