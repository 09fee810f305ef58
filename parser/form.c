/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which parameter an argument may belong to is decided by how it is written: an arrow, a range with a name, a list of names. */
#include "parser/form.h"

bool form_names_only(const Ast *t)
{
    if (t->kind == AST_NAME)
        return true;
    if (t->kind != AST_TUPLE && t->kind != AST_LIST)
        return false;
    for (size_t i = 0; i < t->n; i++)
        if (t->child[i]->kind != AST_NAME)
            return false;
    return t->n > 0;
}

bool form_is_equation(const Ast *t)
{
    return t->kind == AST_RELATION && t->n == 2 && t->ops[0] == OP_EQUATION;
}

bool form_binds_name(const Ast *t)                          /* x = ..., or (x, y) = ... */
{
    return form_is_equation(t) && form_names_only(t->child[0]);
}

/* y(x), or a list of such calls */
static bool is_unknown(const Ast *t)
{
    if (t->kind == AST_CALL)
        return t->child[0]->kind == AST_NAME;
    bool list = (t->kind == AST_LIST || t->kind == AST_TUPLE) && t->n > 0;
    for (size_t i = 0; list && i < t->n; i++)
        list = t->child[i]->kind == AST_CALL && t->child[i]->child[0]->kind == AST_NAME;
    return list;
}

bool form_fits(const Eval *ev, const Ast *t, const Param *p)
{
    switch (p->type) {
    case PARAM_ARROW:   return t->kind == AST_ARROW;
    case PARAM_OVER:    return form_binds_name(t) && t->child[1]->kind == AST_RANGE;
    case PARAM_POINT:   return form_binds_name(t) && t->child[1]->kind != AST_RANGE;
    case PARAM_VAR: case PARAM_CLOSEDVAR:
        return form_names_only(t);
    case PARAM_TARGET:  return form_names_only(t) || (form_binds_name(t) && t->child[1]->kind == AST_RANGE);
    case PARAM_UNKNOWN: return is_unknown(t);
    case PARAM_AGAIN:   return t->kind != AST_ARROW && t->kind != AST_RELATION;
    case PARAM_INT:     return t->kind == AST_NUMBER || (t->kind != AST_ARROW && !(t->kind == AST_NAME && !session_value(ev->env, t->text, &(Value){ 0 })
                                                                                   && !scope_find(ev->scope, t->text)));
    case PARAM_RANGE:   return t->kind == AST_RANGE || t->kind == AST_NAME;
    case PARAM_WORD:    return t->kind == AST_NAME;
    case PARAM_TABLE: case PARAM_COLUMNS:
        return t->kind != AST_ARROW && !(form_binds_name(t) && t->child[1]->kind == AST_RANGE);
    case PARAM_EXPR: case PARAM_SCALAR: case PARAM_OBJECTIVE: case PARAM_LAGRANGIAN: case PARAM_POLYNOMIAL: case PARAM_TEXT: case PARAM_LIST: case PARAM_RELATION: case PARAM_VALUE:
    case PARAM_DATA: case PARAM_SITE: case PARAM_START: case PARAM_METHOD: case PARAM_METHODS: case PARAM_RATE: case PARAM_FORMAT: case PARAM_FORMATS:
    case PARAM_ROLES: case PARAM_CHOICE:
        return t->kind != AST_ARROW && !(form_binds_name(t) && t->child[1]->kind == AST_RANGE);
    }
    return false;
}

/* What a parameter looks like, for messages. */
const char *form_text(ParamType type)
{
    switch (type) {
    case PARAM_ARROW:   return "an arrow: x -> 0";
    case PARAM_OVER:    return "a range: x = 0..1";
    case PARAM_POINT:   return "a point: x = 0";
    case PARAM_VAR: case PARAM_CLOSEDVAR: case PARAM_TARGET:
        return "a variable";
    case PARAM_UNKNOWN: return "an unknown function: y(x)";
    case PARAM_INT:     return "a whole number";
    case PARAM_AGAIN:   return "a variable or a whole number";
    case PARAM_TEXT:    return "a text";
    case PARAM_RELATION: return "an equation";
    case PARAM_RANGE:   return "a range: 1..10";
    case PARAM_LIST:    return "a list";
    case PARAM_WORD:    return "a word";
    case PARAM_DATA: case PARAM_TABLE: case PARAM_COLUMNS:
        return "a table of data";
    case PARAM_START: case PARAM_SITE:
        return "a point: (x = 0, y = 0)";
    case PARAM_METHOD:  return "a method: adam(lr: 0.01)";
    case PARAM_METHODS: return "a list of methods: [gd(lr: 0.01), adam]";
    case PARAM_RATE:    return "a rate: 0.1, or an expression in t";
    case PARAM_FORMAT:  return "a format: fp64, bf16, 200 bits";
    case PARAM_FORMATS: return "a list of formats: [fp16, bf16, 113 bits]";
    case PARAM_ROLES:   return "a format, or formats by role: (weights = bf16, master = fp32)";
    case PARAM_CHOICE:  return "a number or a word";
    case PARAM_POLYNOMIAL: return "a polynomial: x^5 - x - 1";
    case PARAM_EXPR: case PARAM_SCALAR: case PARAM_OBJECTIVE: case PARAM_LAGRANGIAN: case PARAM_VALUE:
        return "an expression";
    }
    return "an argument";
}
