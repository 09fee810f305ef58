/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Products, signs, implicit products, powers, postfix operators, primaries. What has two readings (1/2x, 2^3x, x^1/2,
 * sin^-1(x)) is refused here with both of them. */
#include "parser/parse_int.h"

#include "numeric/function.h"

static Ast *parse_signed(Parser *p);
static Ast *parse_power(Parser *p);

static Ast *pair(Parser *p, AstKind kind, int op, Ast *a, Ast *b)
{
    AstList list = { 0 };
    vec_push(p->arena, &list, a);
    vec_push(p->arena, &list, b);
    Ast *t = ast_node(p, kind, span_join(a->span, b->span), &list);
    t->op = op;
    return t;
}

/* ---- products -------------------------------------------------------------------------------------------------------- */

static int product_op(const Token *t)
{
    return token_is(t, "*") ? OP_MUL : token_is(t, "/") ? OP_DIV : token_is(t, ".*") ? OP_DOT_MUL : token_is(t, "./") ? OP_DOT_DIV : 0;
}

/* x^1/2 */
static bool power_one_slash(Parser *p, const Ast *left)
{
    if (left->kind != AST_BINARY || left->op != OP_POW || left->grouped || left->child[1]->kind != AST_NUMBER
        || !str_is(left->child[1]->text, "1") || left->child[1]->grouped || !token_is(tok(p, 0), "/") || tok(p, 1)->kind != TOKEN_NUMBER)
        return false;
    Str base = source_text(p, left->child[0]->span), d = source_text(p, tok(p, 1)->span);
    refuse(p, span_join(left->span, tok(p, 1)->span), "two readings", "%.*s^(1/%.*s)  or  %.*s/%.*s", STR_ARGS(base), STR_ARGS(d), STR_ARGS(base), STR_ARGS(d));
    return true;
}

/* 1/2x: what stands beside a divisor. */
static Ast *beside_divisor(Parser *p, Span start, Ast *divisor)
{
    Ast *right = parse_power(p);
    if (!right)
        return NULL;
    Str n = source_text(p, (Span){ start.start, divisor->span.start }), d = source_text(p, divisor->span), r = source_text(p, right->span);
    Str above = str_trim(n);
    above = str_trim(str_slice(above, 0, above.n - 1));
    return refuse(p, span_join(start, right->span), "two readings", "(%.*s/%.*s)*%.*s  or  %.*s/(%.*s*%.*s)", STR_ARGS(above), STR_ARGS(d), STR_ARGS(r),
                  STR_ARGS(above), STR_ARGS(d), STR_ARGS(r));
}

Ast *parse_product(Parser *p)
{
    Ast    *first = parse_signed(p);
    AstList list = { 0 };
    VEC(uint8_t) ops = { 0 };
    if (!first)
        return NULL;
    if (product_op(tok(p, 0))) {                             /* most products are single factors and need no list */
        vec_push(p->arena, &list, first);
        vec_push(p->arena, &ops, 0);
    }
    for (int op; (op = product_op(tok(p, 0)));) {
        if (power_one_slash(p, list.at[list.n - 1]))
            return NULL;
        advance(p);
        Ast *right = op == OP_DIV ? parse_power(p) : parse_signed(p);
        if (right && op == OP_DIV && starts_operand(tok(p, 0)) && !tok(p, 0)->line_before && tok(p, 0)->kind != TOKEN_STRING)
            return beside_divisor(p, list.at[0]->span, right);
        if (!right)
            return NULL;
        if (op > OP_DIV) {
            Ast *left = list.at[0];
            if (list.n > 1) {
                left = ast_node(p, AST_PRODUCT, span_join(left->span, list.at[list.n - 1]->span), &list);
                left->ops = arena_copy(p->arena, ops.at, ops.n);
            }
            list.n = ops.n = 0;
            vec_push(p->arena, &list, pair(p, AST_BINARY, op, left, right));
            vec_push(p->arena, &ops, 0);
            continue;
        }
        vec_push(p->arena, &list, right);
        vec_push(p->arena, &ops, (uint8_t)op);
    }
    if (token_is(tok(p, 0), "**") || token_is(tok(p, 0), "//") || token_is(tok(p, 0), "&&") || token_is(tok(p, 0), "||")) {
        Str a = source_text(p, list.n ? list.at[list.n - 1]->span : first->span), op = tok(p, 0)->text, b = tok(p, 1)->kind == TOKEN_END ? STR("2") : source_text(p, tok(p, 1)->span);
        return refuse(p, tok(p, 0)->span, "this is no operator here", str_is(op, "**") ? "%.*s^%.*s" : str_is(op, "//") ? "floor(%.*s/%.*s)"
                      : str_is(op, "&&") ? "%.*s and %.*s" : "%.*s or %.*s", STR_ARGS(a), STR_ARGS(b));
    }
    if (list.n <= 1)
        return list.n ? list.at[0] : first;
    Ast *t = ast_node(p, AST_PRODUCT, span_join(list.at[0]->span, list.at[list.n - 1]->span), &list);
    t->ops = arena_copy(p->arena, ops.at, ops.n);
    return t;
}

/* ---- signs and implicit products ------------------------------------------------------------------------------------------ */

static bool is_power(const Ast *t) { return !t->grouped && ((t->kind == AST_BINARY && (t->op == OP_POW || t->op == OP_DOT_POW))); }

/* May these two stand side by side as a product? */
static bool may_touch(const Ast *left, const Token *right)
{
    if (left->kind == AST_NUMBER && !left->grouped)
        return right->kind == TOKEN_NAME || token_is(right, "(") || token_is(right, "[") || token_is(right, "√") || token_is(right, "∇");
    if (left->grouped)
        return right->kind == TOKEN_NAME || token_is(right, "(") || token_is(right, "√");
    return (left->kind == AST_CALL || left->kind == AST_FNPOW) && right->kind == TOKEN_NAME;
}

/* 2^3x, x^2y: the right side could belong to the exponent. */
static Ast *beside_power(Parser *p, Ast *left)
{
    Ast *right = parse_power(p);
    if (!right)
        return NULL;
    Str l = source_text(p, left->span), r = source_text(p, right->span), b = source_text(p, left->child[0]->span), e = source_text(p, left->child[1]->span);
    bool number = left->child[1]->kind == AST_NUMBER;
    return refuse(p, span_join(left->span, right->span), "two readings", number ? "%.*s*%.*s  or  %.*s^(%.*s%.*s)" : "%.*s*%.*s  or  %.*s^(%.*s*%.*s)",
                  STR_ARGS(l), STR_ARGS(r), STR_ARGS(b), STR_ARGS(e), STR_ARGS(r));
}

static Ast *parse_beside(Parser *p)
{
    Ast *left = parse_power(p);
    while (left && starts_operand(tok(p, 0))) {
        const Token *next = tok(p, 0);
        if (next->line_before)
            return refuse(p, next->span, "no product over a line break", "rows are separated by ;, factors by *");
        if (is_power(left))
            return beside_power(p, left);
        if (left->kind == AST_BESIDE && is_power(left->child[1])) {
            Ast *e = beside_power(p, left->child[1]);
            return e;
        }
        const Ast *last = left->kind == AST_BESIDE ? left->child[1] : left;
        if (!may_touch(last, next)) {
            Ast *right = parse_power(p);
            return right ? refuse_side_by_side(p, left, right) : NULL;
        }
        Ast *right = parse_power(p);
        if (!right)
            return NULL;
        left = pair(p, AST_BESIDE, 0, left, right);
    }
    return left;
}

static Ast *parse_signed(Parser *p)
{
    const Token *t = tok(p, 0);
    if (!token_is(t, "-") && !token_is(t, "+"))
        return parse_beside(p);
    Span    start = t->span;
    int     op = token_is(t, "-") ? OP_SUB : OP_ADD;
    AstList one = { 0 };
    if (++p->nesting > MAX_NESTING)
        return refuse(p, start, "nested too deeply", NULL);
    advance(p);
    Ast *operand = parse_signed(p);
    p->nesting--;
    if (!operand)
        return NULL;
    vec_push(p->arena, &one, operand);
    Ast *sign = ast_node(p, AST_SIGN, span_join(start, operand->span), &one);
    sign->op = op;
    return sign;
}

/* ---- powers ----------------------------------------------------------------------------------------------------------------- */

static Ast *parse_postfix(Parser *p);

static Ast *parse_exponent(Parser *p)
{
    const Token *t = tok(p, 0);
    if (!token_is(t, "-") && !token_is(t, "+"))
        return parse_power(p);
    Span    start = t->span;
    int     op = token_is(t, "-") ? OP_SUB : OP_ADD;
    AstList one = { 0 };
    advance(p);
    Ast *operand = parse_exponent(p);
    if (!operand)
        return NULL;
    vec_push(p->arena, &one, operand);
    Ast *sign = ast_node(p, AST_SIGN, span_join(start, operand->span), &one);
    sign->op = op;
    return sign;
}

/* sin^2(x) is a power of the value; sin^-1(x) has two readings. */
static bool function_power_ahead(Parser *p)
{
    return tok(p, 0)->kind == TOKEN_NAME && token_is(tok(p, 1), "^") && fn_find(tok(p, 0)->text) && tok(p, 2)->kind == TOKEN_NUMBER
        && token_is(tok(p, 3), "(");
}

static bool function_inverse_ahead(Parser *p)
{
    return tok(p, 0)->kind == TOKEN_NAME && token_is(tok(p, 1), "^") && fn_find(tok(p, 0)->text)
        && ((token_is(tok(p, 2), "-") && tok(p, 3)->kind == TOKEN_NUMBER && token_is(tok(p, 4), "("))
            || (token_is(tok(p, 2), "(") && token_is(tok(p, 3), "-") && token_is(tok(p, 5), ")") && token_is(tok(p, 6), "(")));
}

static Ast *parse_function_power(Parser *p)
{
    const Token name = *tok(p, 0), power = *tok(p, 2);
    for (size_t i = 0; i < power.text.n; i++)
        if (power.text.s[i] < '0' || power.text.s[i] > '9' || i > 5)
            return refuse(p, power.span, "a power of a function is a whole number", "%.*s(x)^(%.*s)", STR_ARGS(name.text), STR_ARGS(power.text));
    advance(p);
    advance(p);
    advance(p);
    Ast *call = parse_call_arguments(p, ast_leaf(p, AST_NAME, &name));
    if (!call)
        return NULL;
    AstList list = { 0 };
    for (size_t i = 1; i < call->n; i++)
        vec_push(p->arena, &list, call->child[i]);
    Ast *t = ast_node(p, AST_FNPOW, span_join(name.span, call->span), &list);
    t->text = name.text;
    for (size_t i = 0; i < power.text.n; i++)
        t->op = 10 * t->op + power.text.s[i] - '0';
    return t;
}

static Ast *refuse_function_inverse(Parser *p)
{
    Str  f = tok(p, 0)->text;
    bool inverse = fn_find(str_printf(p->arena, "a%.*s", STR_ARGS(f))) != NULL;
    return refuse(p, span_join(tok(p, 0)->span, tok(p, 3)->span), "two readings", inverse ? "a%.*s(x)  or  1/%.*s(x)" : "1/%.*s(x)", STR_ARGS(f), STR_ARGS(f));
}

static Ast *parse_power(Parser *p)
{
    if (function_power_ahead(p))
        return parse_function_power(p);
    if (function_inverse_ahead(p))
        return refuse_function_inverse(p);
    Ast *base = parse_postfix(p);
    if (!base || !(token_is(tok(p, 0), "^") || token_is(tok(p, 0), ".^")))
        return base;
    int op = token_is(tok(p, 0), "^") ? OP_POW : OP_DOT_POW;
    if (++p->nesting > MAX_NESTING)
        return refuse(p, tok(p, 0)->span, "nested too deeply", NULL);
    advance(p);
    Ast *exponent = parse_exponent(p);
    p->nesting--;
    if (!exponent)
        return NULL;
    if (exponent->kind == AST_FACTORIAL && !exponent->grouped) {
        Str b = source_text(p, base->span), e = source_text(p, exponent->child[0]->span);
        return refuse(p, span_join(base->span, exponent->span), "two readings", "(%.*s^%.*s)!  or  %.*s^(%.*s!)", STR_ARGS(b), STR_ARGS(e), STR_ARGS(b), STR_ARGS(e));
    }
    return pair(p, AST_BINARY, op, base, exponent);
}

/* ---- postfix ------------------------------------------------------------------------------------------------------------------- */

static Ast *parse_index(Parser *p, Ast *object)
{
    AstList list = { 0 };
    vec_push(p->arena, &list, object);
    if (!open_bracket(p))
        return NULL;
    do {
        Ast *index;
        if (token_is(tok(p, 0), "..") && (token_is(tok(p, 1), ",") || token_is(tok(p, 1), "]"))) {
            index = ast_leaf(p, AST_ALL, tok(p, 0));
            advance(p);
        } else if (!(index = parse_full(p))) {
            return NULL;
        }
        vec_push(p->arena, &list, index);
    } while (accept(p, ","));
    Span end = tok(p, 0)->span;
    return close_bracket(p, "]") ? ast_node(p, AST_INDEX, span_join(object->span, end), &list) : NULL;
}

static Ast *parse_prime(Parser *p, Ast *operand)
{
    AstList one = { 0 };
    int     order = 0;
    Span    end = tok(p, 0)->span;
    while (token_is(tok(p, 0), "'") && !tok(p, 0)->blank_before) {
        end = tok(p, 0)->span;
        advance(p);
        order++;
    }
    vec_push(p->arena, &one, operand);
    Ast *prime = ast_node(p, AST_PRIME, span_join(operand->span, end), &one);
    prime->op = order;
    return token_is(tok(p, 0), "(") && !tok(p, 0)->line_before ? parse_call_arguments(p, prime) : prime;
}

static Ast *parse_field(Parser *p, Ast *object)
{
    AstList one = { 0 };
    advance(p);
    if (tok(p, 0)->kind != TOKEN_NAME)
        return expected(p, "the name of a field");
    vec_push(p->arena, &one, object);
    Ast *field = ast_node(p, AST_FIELD, span_join(object->span, tok(p, 0)->span), &one);
    field->text = tok(p, 0)->text;
    advance(p);
    return token_is(tok(p, 0), "(") && !tok(p, 0)->line_before ? parse_call_arguments(p, field) : field;
}

static Ast *parse_superscript(Parser *p, Ast *base)
{
    Token two = *tok(p, 0);
    two.text = token_is(&two, "²") ? STR("2") : STR("3");
    Ast *exponent = ast_leaf(p, AST_NUMBER, &two);
    advance(p);
    if (token_is(tok(p, 0), "²") || token_is(tok(p, 0), "³") || token_is(tok(p, 0), "^"))
        return refuse(p, span_join(base->span, tok(p, 0)->span), "two readings", "write the power with ^ and brackets");
    return pair(p, AST_BINARY, OP_POW, base, exponent);
}

static bool indexable(const Ast *t)
{
    return t->grouped || t->kind == AST_NAME || t->kind == AST_CALL || t->kind == AST_INDEX || t->kind == AST_FIELD || t->kind == AST_PRIME || t->kind == AST_LIST;
}

static Ast *parse_primary(Parser *p);

static Ast *parse_postfix(Parser *p)
{
    Ast *t = parse_primary(p);
    while (t) {
        const Token *next = tok(p, 0);
        if (next->line_before)
            return t;
        if (token_is(next, "[") && indexable(t) && !next->blank_before)
            t = parse_index(p, t);
        else if (token_is(next, "[") && t->kind == AST_NAME)
            return refuse(p, span_join(t->span, next->span), "an index stands directly after its name", "%.*s[1]", STR_ARGS(t->text));
        else if (token_is(next, ".") && !next->blank_before && (indexable(t)))
            t = parse_field(p, t);
        else if (token_is(next, "'") && !next->blank_before && (indexable(t)))
            t = parse_prime(p, t);
        else if (token_is(next, "'"))
            return refuse(p, next->span, "' is a prime, directly after a name or )", "\"text\"");
        else if (token_is(next, "²") || token_is(next, "³"))
            t = parse_superscript(p, t);
        else if (token_is(next, "!")) {
            if (t->kind == AST_FACTORIAL && !t->grouped)
                return refuse(p, span_join(t->span, next->span), "two readings: a factorial of a factorial needs brackets", "(%.*s)!", STR_ARGS(source_text(p, t->span)));
            AstList one = { 0 };
            vec_push(p->arena, &one, t);
            t = ast_node(p, AST_FACTORIAL, span_join(t->span, next->span), &one);
            advance(p);
        } else
            return t;
    }
    return NULL;
}

/* ---- primaries -------------------------------------------------------------------------------------------------------------------- */

static Ast *parse_root_sign(Parser *p)
{
    const Token sign = *tok(p, 0);
    bool        root = token_is(&sign, "√");
    advance(p);
    Ast *operand = parse_postfix(p);
    if (!operand)
        return NULL;
    if (root && !operand->grouped && (starts_operand(tok(p, 0)) || token_is(tok(p, 0), "^") || (operand->kind == AST_BINARY)))
        return refuse(p, span_join(sign.span, tok(p, 0)->span), "two readings: the root needs brackets", "sqrt(%.*s)", STR_ARGS(source_text(p, operand->span)));
    AstList list = { 0 };
    Ast    *name = ast_leaf(p, AST_NAME, &sign);
    name->text = root ? STR("sqrt") : STR("gradient");
    vec_push(p->arena, &list, name);
    vec_push(p->arena, &list, operand);
    return ast_node(p, AST_CALL, span_join(sign.span, operand->span), &list);
}

static bool is_entry(const Ast *t)
{
    return t->kind == AST_RELATION && !t->grouped && t->n == 2 && t->ops[0] == OP_EQUATION && t->child[0]->kind == AST_NAME;
}

static Ast *entry_of(Parser *p, Ast *relation)
{
    AstList one = { 0 };
    vec_push(p->arena, &one, relation->child[1]);
    Ast *entry = ast_node(p, AST_ENTRY, relation->span, &one);
    entry->text = relation->child[0]->text;
    return entry;
}

/* (a) is a group, (a, b) a vector, (x = 1, y = 2) a record. */
static Ast *parse_group(Parser *p)
{
    AstList list = { 0 };
    Span    start = tok(p, 0)->span;
    bool    outer = p->in_call;
    size_t  entries = 0;
    if (!open_bracket(p))
        return NULL;
    p->in_call = true;
    if (token_is(tok(p, 0), ")"))
        return expected(p, "an expression");
    do {
        Ast *item = parse_tilde(p);
        if (!item && !p->diag->failed)
            item = parse_full(p);
        if (!item)
            return NULL;
        vec_push(p->arena, &list, item);
        entries += is_entry(item);
    } while (accept(p, ","));
    p->in_call = outer;
    Span end = tok(p, 0)->span;
    if (!close_bracket(p, ")"))
        return NULL;
    if (list.n == 1) {
        list.at[0]->grouped = true;
        list.at[0]->span = span_join(start, end);
        return list.at[0];
    }
    if (entries && entries != list.n)
        return refuse(p, span_join(start, end), "names stand for all entries or for none", "(x = 1, y = 2)");
    for (size_t i = 0; entries && i < list.n; i++) {
        list.at[i] = entry_of(p, list.at[i]);
        for (size_t k = 0; k < i; k++)
            if (str_eq(list.at[k]->text, list.at[i]->text))
                return refuse(p, list.at[i]->span, "this name is given twice", NULL);
    }
    Ast *t = ast_node(p, entries ? AST_RECORD : AST_TUPLE, span_join(start, end), &list);
    t->grouped = true;
    return t;
}

static Ast *parse_list(Parser *p)
{
    AstList list = { 0 };
    Span    start = tok(p, 0)->span;
    size_t  cols = 0, rows = 0;
    if (!open_bracket(p))
        return NULL;
    while (!token_is(tok(p, 0), "]")) {
        size_t first = list.n;
        do {
            Ast *item = parse_full(p);
            const Token *next = tok(p, 0);
            if (!item)
                return NULL;
            if (item->kind == AST_SUM && !item->grouped)      /* [1 -2] */
                for (size_t i = 1; i < item->n; i++) {
                    size_t at = item->child[i]->span.start;
                    bool   touching = at > 1 && p->source->text.s[at - 1] == '-' && p->source->text.s[at - 2] == ' ';
                    if (touching)
                        return refuse(p, item->span, "two readings", "a blank around - subtracts, a comma separates: [1 - 2]  or  [1, -2]");
                }
            vec_push(p->arena, &list, item);
            if (starts_operand(next))
                return refuse(p, span_join(item->span, next->span), "entries are separated by commas", "[1, 2, 3]");
        } while (accept(p, ","));
        if (rows++ && list.n - first != cols)
            return refuse(p, span_join(list.at[first]->span, list.at[list.n - 1]->span), "the rows have different lengths", NULL);
        cols = list.n - first;
        if (!accept(p, ";"))
            break;
    }
    Span end = tok(p, 0)->span;
    if (!close_bracket(p, "]"))
        return NULL;
    Ast *t = ast_node(p, AST_LIST, span_join(start, end), &list);
    t->op = (int)cols;
    return t;
}

/* 50 digits, 200 bits: a format as a value in lists. */
static Ast *parse_number(Parser *p)
{
    const Token t = *tok(p, 0);
    Ast        *n = ast_leaf(p, AST_NUMBER, &t);
    if (token_is_word(tok(p, 1), "digits") || token_is_word(tok(p, 1), "bits"))
        return parse_format(p);
    advance(p);
    return n;
}

static Ast *parse_name(Parser *p)
{
    const Token t = *tok(p, 0);
    if (token_is_word(&t, "true") || token_is_word(&t, "false")) {
        Ast *truth = ast_leaf(p, AST_TRUTH, &t);
        truth->op = token_is_word(&t, "true");
        advance(p);
        return truth;
    }
    static const char *const words[] = { "and", "or", "not", "if", "then", "else", "for", "while", "in", "by", "break", "next", "at", "using", "assert", "assume" };
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (token_is_word(&t, words[i]))
            return token_is_word(&t, "if") ? refuse(p, t.span, "if needs brackets inside an operator", "1 + (if x < 0 then -x else x)") : expected(p, "an expression");
    Ast *name = ast_leaf(p, AST_NAME, &t);
    advance(p);
    return token_is(tok(p, 0), "(") && !tok(p, 0)->line_before ? parse_call_arguments(p, name) : name;
}

static Ast *parse_primary(Parser *p)
{
    while (tok(p, 0)->kind == TOKEN_NEWLINE)                  /* a line that ended in an operator goes on */
        p->pos++;
    const Token *t = tok(p, 0);
    if (++p->nesting > MAX_NESTING)
        return refuse(p, t->span, "nested too deeply", NULL);
    Ast *e;
    if (t->kind == TOKEN_NUMBER)
        e = parse_number(p);
    else if (t->kind == TOKEN_STRING)
        e = parse_string(p);
    else if (t->kind == TOKEN_NAME)
        e = parse_name(p);
    else if (token_is(t, "("))
        e = parse_group(p);
    else if (token_is(t, "["))
        e = parse_list(p);
    else if (token_is(t, "√") || token_is(t, "∇"))
        e = parse_root_sign(p);
    else if (token_is(t, "{"))
        e = refuse(p, t->span, "braces open blocks", "[1, 2, 3] is a list; if x < 0 then -x else x is an expression");
    else if (token_is(t, "'"))
        e = refuse(p, t->span, "' is a prime, directly after a name or )", "\"text\"");
    else
        e = expected(p, "an expression");
    p->nesting--;
    return e;
}
