/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Expressions down to sums: at and using, anonymous functions, if, logic, relations, ranges. One function per level of
 * GRAMMAR 2, loosest first; products and below are in product.c, what stands in calls in argument.c. */
#include "parser/parse_int.h"

#include "numeric/format.h"

/* ---- at and using ------------------------------------------------------------------------------------------------------ */

static bool entry_ahead(Parser *p)
{
    return tok(p, 0)->kind == TOKEN_NAME && token_is(tok(p, 1), "=");
}

static Ast *parse_entry(Parser *p)
{
    const Token name = *tok(p, 0);
    if (!name_is_free(p, &name, false))
        return NULL;
    advance(p);
    advance(p);
    Ast *value = parse_sum(p);
    if (!value)
        return NULL;
    Ast *entry = ast_with(p, AST_ENTRY, name.span, value, NULL, NULL);
    entry->text = name.text;
    return entry;
}

/* The comma list x = 2, y = 1 stands outside all brackets only: in a call the comma ends it. */
static Ast *parse_at(Parser *p, Ast *operand)
{
    AstList list = { 0 };
    vec_push(p->arena, &list, operand);
    if (!entry_ahead(p)) {
        Ast *point = parse_sum(p);
        return point ? ast_with(p, AST_AT, operand->span, operand, point, NULL) : NULL;
    }
    do {
        Ast *entry = parse_entry(p);
        if (!entry)
            return NULL;
        vec_push(p->arena, &list, entry);
    } while (!in_brackets(p) && token_is(tok(p, 0), ",") && tok(p, 1)->kind == TOKEN_NAME && token_is(tok(p, 2), "=") && accept(p, ","));
    if (!names_differ(p, list.at + 1, list.n - 1, AST_ENTRY, "this name is given twice"))
        return NULL;
    return ast_node(p, AST_AT, span_join(operand->span, list.at[list.n - 1]->span), &list);
}

/* fp16, float(5, -14, 15), r.format */
static Ast *parse_named_format(Parser *p)
{
    Ast    *name = take_leaf(p, AST_NAME);
    AstList list = { 0 };
    if (token_is(tok(p, 0), "(")) {
        name = parse_call_arguments(p, name);
        if (!name)
            return NULL;
        for (size_t i = 1; i < name->n; i++)
            vec_push(p->arena, &list, name->child[i]);
    }
    Ast *format = ast_node(p, AST_FORMAT, name->span, &list);
    format->text = name->kind == AST_CALL ? name->child[0]->text : name->text;
    while (token_is(tok(p, 0), ".") && tok(p, 1)->kind == TOKEN_NAME) {
        advance(p);
        format->text = str_printf(p->arena, "%.*s.%.*s", STR_ARGS(format->text), STR_ARGS(tok(p, 0)->text));
        format->span = span_join(format->span, tok(p, 0)->span);
        advance(p);
    }
    return format;
}

static const char *const modes[] = { "nearest", "up", "down", "toward", "stochastic" };
enum { MODES = sizeof modes / sizeof *modes };

bool format_ahead(Parser *p)
{
    Format f;
    const Token name = *tok(p, 0), next = *tok(p, 1);
    bool   variant = token_is(&next, ".") && (token_is_word(tok(p, 2), "saturating") || token_is_word(tok(p, 2), "contracted"));
    for (int i = 0; i < MODES && !variant; i++)
        variant = token_is_word(&next, modes[i]);
    return variant && name.kind == TOKEN_NAME && format_named(name.text, &f);
}

Ast *parse_format(Parser *p)
{
    Ast *format = NULL;
    if (tok(p, 0)->kind == TOKEN_NUMBER) {
        Ast *count = take_leaf(p, AST_NUMBER);
        if (!token_is_word(tok(p, 0), "digits") && !token_is_word(tok(p, 0), "bits"))
            return expected(p, "digits or bits");
        format = ast_with(p, AST_FORMAT, span_join(count->span, tok(p, 0)->span), count, NULL, NULL);
        format->text = tok(p, 0)->text;
        advance(p);
    } else if (tok(p, 0)->kind == TOKEN_NAME) {
        format = parse_named_format(p);
    } else {
        return expected(p, "a format: fp16, bf16, 200 bits, 50 digits");
    }
    for (int i = 0; format && i < MODES; i++)
        if (accept_word(p, modes[i])) {
            format->op = i + 1;
            return i == 3 && !accept_word(p, "zero") ? expected(p, "zero") : format;
        }
    return format;
}

/* f at x = 2 at y = 1 */
static Ast *refuse_second(Parser *p, const Ast *e)
{
    Span here = tok(p, 0)->span;
    if (e->kind != AST_AT || e->child[1]->kind != AST_ENTRY || !token_is_word(tok(p, 0), "at"))
        return refuse(p, here, token_is_word(tok(p, 0), "at") ? "at stands once" : "using stands once", NULL);
    advance(p);
    Str first = source_text(p, (Span){ e->child[1]->span.start, e->span.end });
    Str second = entry_ahead(p) ? operand_text(p, parse_entry, "") : (Str){ 0 };
    return refuse(p, here, "at stands once", second.n ? "%.*s at (%.*s, %.*s)" : NULL, STR_ARGS(source_text(p, e->child[0]->span)), STR_ARGS(first),
                  STR_ARGS(second));
}

Ast *parse_full(Parser *p)
{
    Ast *e = parse_expr(p);
    bool at = false, format = false;
    while (e && (token_is_word(tok(p, 0), "at") || token_is_word(tok(p, 0), "using"))) {
        bool  is_at = token_is_word(tok(p, 0), "at");
        bool *seen = is_at ? &at : &format;
        if (*seen)
            return refuse_second(p, e);
        *seen = true;
        advance(p);
        if (is_at) {
            e = parse_at(p, e);
        } else {
            Ast *f = parse_format(p);
            e = f ? ast_with(p, AST_USING, e->span, e, f, NULL) : NULL;
        }
    }
    return e;
}

/* ---- anonymous functions, if -------------------------------------------------------------------------------------------- */

static Ast *parse_lambda(Parser *p)
{
    AstList list = { 0 };
    Ast    *names = parse_names(p, false);
    accept(p, "|->");
    Ast *body = names ? parse_expr(p) : NULL;
    if (!body)
        return NULL;
    if (names->kind == AST_NAME)
        vec_push(p->arena, &list, names);
    for (size_t i = 0; i < names->n; i++)
        vec_push(p->arena, &list, names->child[i]);
    vec_push(p->arena, &list, body);
    return ast_node(p, AST_LAMBDA, span_join(names->span, body->span), &list);
}

static Ast *parse_or(Parser *p);

static Ast *parse_if_expression(Parser *p)
{
    Span start = tok(p, 0)->span;
    advance(p);
    Ast *condition = parse_or(p);
    if (!condition)
        return NULL;
    if (!accept_word(p, "then"))
        return token_is(tok(p, 0), ":") ? refuse(p, tok(p, 0)->span, "if needs then and else here", "if %.*s then 1 else 0", STR_ARGS(source_text(p, condition->span)))
                                        : expected(p, "then");
    Ast *yes = parse_expr(p);
    if (!yes)
        return NULL;
    if (!accept_word(p, "else"))
        return expected(p, "else");
    Ast *no = parse_expr(p);
    return no ? ast_with(p, AST_IF_EXPR, start, condition, yes, no) : NULL;
}

static Ast *parse_deep(Parser *p, Ast *(*rule)(Parser *))
{
    if (!enter(p))
        return NULL;
    Ast *e = rule(p);
    p->nesting--;
    return e;
}

Ast *parse_expr(Parser *p)
{
    if (token_is_word(tok(p, 0), "if"))
        return parse_deep(p, parse_if_expression);
    if (names_ahead(p, "|->"))
        return parse_deep(p, parse_lambda);
    Ast *e = parse_or(p);
    if (e && token_is(tok(p, 0), "|->"))
        return refuse(p, span_join(e->span, tok(p, 0)->span), "names stand on the left", "x |-> x^2");
    return e;
}

/* ---- logic and relations --------------------------------------------------------------------------------------------------- */

static Ast *parse_not(Parser *p)
{
    if (!token_is_word(tok(p, 0), "not"))
        return parse_relation(p);
    Span start = tok(p, 0)->span;
    advance(p);
    Ast *operand = parse_deep(p, parse_not);
    return operand ? ast_with(p, AST_NOT, start, operand, NULL, NULL) : NULL;
}

static Ast *parse_junction(Parser *p, const char *word, AstKind kind, Ast *(*operand)(Parser *))
{
    Ast    *first = operand(p);
    AstList list = { 0 };
    if (!first || !token_is_word(tok(p, 0), word))
        return first;
    vec_push(p->arena, &list, first);
    while (accept_word(p, word)) {
        Ast *next = operand(p);
        if (!next)
            return NULL;
        vec_push(p->arena, &list, next);
    }
    return ast_chain(p, kind, &list, NULL);
}

static Ast *parse_and(Parser *p) { return parse_junction(p, "and", AST_AND, parse_not); }

static Ast *parse_or(Parser *p)
{
    Ast *e = parse_junction(p, "or", AST_OR, parse_and);
    return e && refuse_operator(p, e, FOREIGN_LOGIC) ? NULL : e;
}

Ast *parse_range(Parser *p)
{
    Ast *low = parse_sum(p), *step = NULL;
    if (!low || !token_is(tok(p, 0), ".."))
        return low;
    advance(p);
    Ast *high = parse_sum(p);
    if (!high || (accept_word(p, "by") && !(step = parse_sum(p))))
        return NULL;
    return ast_with(p, AST_RANGE, low->span, low, high, step);
}

static int relation_op(const Token *t)
{
    static const struct { const char *text; int op; } ops[] = {
        { "=", OP_EQUATION }, { "==", OP_EQ }, { "!=", OP_NE }, { "<", OP_LT }, { "<=", OP_LE }, { ">", OP_GT }, { ">=", OP_GE },
    };
    for (size_t i = 0; i < sizeof ops / sizeof *ops; i++)
        if (token_is(t, ops[i].text))
            return ops[i].op;
    return 0;
}

static int direction(int op) { return op == OP_LT || op == OP_LE ? 1 : op == OP_GT || op == OP_GE ? -1 : 0; }

/* May `op` follow the link `before` of a chain? If not: refused, with the two relations. */
static bool chain_refused(Parser *p, const AstList *list, int before, int op)
{
    bool  unequal = op == OP_NE || before == OP_NE, equation = op == OP_EQUATION || before == OP_EQUATION;
    if (!before || (!unequal && !equation && direction(op) * direction(before) >= 0))
        return false;
    const Ast *a = list->at[list->n - 2], *b = list->at[list->n - 1];
    Span  here = span_join(a->span, tok(p, 0)->span);
    Str   first = source_text(p, (Span){ a->span.start, b->span.end }), middle = source_text(p, b->span), op_text = tok(p, 0)->text;
    advance(p);
    Str   last = operand_text(p, parse_range, "c");
    const char *message = !equation ? "a chain of comparisons runs one way" : op == before ? "an equation has one =" : "= makes an equation and does not mix with comparisons";
    refuse(p, here, message, equation ? "(%.*s and %.*s %.*s %.*s)" : "%.*s and %.*s %.*s %.*s", STR_ARGS(first), STR_ARGS(middle), STR_ARGS(op_text), STR_ARGS(last));
    return true;
}

static bool touching_factorial(Parser *p, const Ast *left)          /* 5!=120 */
{
    const Token op = *tok(p, 0);
    if (!token_is(&op, "!=") || op.blank_before)
        return false;
    Str a = source_text(p, left->span);
    advance(p);
    Str b = operand_text(p, parse_range, "b");
    refuse(p, span_join(left->span, op.span), "two readings", "%.*s != %.*s  or  %.*s! == %.*s", STR_ARGS(a), STR_ARGS(b), STR_ARGS(a), STR_ARGS(b));
    return true;
}

/* Inside brackets = makes an equation; outside it belongs to the statement. */
Ast *parse_relation(Parser *p)
{
    Ast    *first = parse_range(p);
    AstList list = { 0 };
    VEC(uint8_t) ops = { 0 };
    if (!first)
        return NULL;
    for (int op; (op = relation_op(tok(p, 0)));) {
        if (op == OP_EQUATION && !in_brackets(p) && !p->in_call)
            break;
        if (!list.n)
            vec_push(p->arena, &list, first);
        if (touching_factorial(p, list.at[list.n - 1]) || chain_refused(p, &list, ops.n ? ops.at[ops.n - 1] : 0, op))
            return NULL;
        vec_push(p->arena, &ops, (uint8_t)op);
        advance(p);
        Ast *right = parse_range(p);
        if (!right)
            return NULL;
        vec_push(p->arena, &list, right);
    }
    if (refuse_operator(p, list.n ? list.at[list.n - 1] : first, FOREIGN_RELATION))
        return NULL;
    if (!ops.n)
        return first;
    vec_push(p->arena, &ops, 0);
    return ast_chain(p, AST_RELATION, &list, ops.at);
}

/* ---- sums -------------------------------------------------------------------------------------------------------------------- */

static int sum_op(const Token *t)
{
    return token_is(t, "+") ? OP_ADD : token_is(t, "-") ? OP_SUB : token_is(t, ".+") ? OP_DOT_ADD : token_is(t, ".-") ? OP_DOT_SUB : 0;
}

/* [1 -2]: a blank before the sign and none behind it. */
static bool entry_or_term(Parser *p, const Ast *left)
{
    const Token op = *tok(p, 0);
    if (!p->in_list || !op.blank_before || tok(p, 1)->blank_before || op.text.n != 1)
        return false;
    Str l = source_text(p, left->span);
    advance(p);
    Str r = operand_text(p, parse_product, "1");
    refuse(p, span_join(left->span, op.span), "two readings", "[%.*s %.*s %.*s]  or  [%.*s, %.*s%.*s]", STR_ARGS(l), STR_ARGS(op.text), STR_ARGS(r), STR_ARGS(l),
           STR_ARGS(op.text), STR_ARGS(r));
    return true;
}

Ast *parse_sum(Parser *p)
{
    Ast    *first = parse_product(p);
    AstList list = { 0 };
    VEC(uint8_t) ops = { 0 };
    for (int op; first && (op = sum_op(tok(p, 0)));) {
        const Token *next = tok(p, 1);
        if (op <= OP_SUB && p->in_call && (token_is(next, ",") || token_is(next, ")")))
            break;                                           /* the side of an arrow: x -> 0+ */
        if (!list.n) {
            vec_push(p->arena, &list, first);
            vec_push(p->arena, &ops, 0);
        }
        if (entry_or_term(p, list.n == 1 ? first : list.at[list.n - 1]))
            return NULL;
        advance(p);
        Ast *right = parse_product(p);
        if (!right)
            return NULL;
        if (op > OP_SUB) {                                   /* the entrywise ones are pairs */
            Ast *left = list.n == 1 ? first : ast_chain(p, AST_SUM, &list, ops.at);
            first = ast_with(p, AST_BINARY, left->span, left, right, NULL);
            first->op = op;
            list.n = ops.n = 0;
            continue;
        }
        vec_push(p->arena, &list, right);
        vec_push(p->arena, &ops, (uint8_t)op);
    }
    if (!first)
        return NULL;
    Ast *sum = list.n > 1 ? ast_chain(p, AST_SUM, &list, ops.at) : first;
    return refuse_operator(p, sum, FOREIGN_SUM) ? NULL : sum;
}
