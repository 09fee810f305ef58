/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Products, signs, implicit products, powers, postfix operators, primaries. What has two readings (1/2x, 2^3x, x^1/2,
 * sin^-1(x)) is refused here with both of them. */
#include "parser/parse_int.h"

#include "numeric/function.h"

static Ast *pair(Parser *p, AstKind kind, int op, Ast *a, Ast *b)
{
    Ast *t = ast_with(p, kind, a->span, a, b, NULL);
    t->op = op;
    return t;
}

static bool is_power(const Ast *t) { return !t->grouped && t->kind == AST_BINARY && (t->op == OP_POW || t->op == OP_DOT_POW); }

static Ast *parse_beside(Parser *p);

/* ---- products -------------------------------------------------------------------------------------------------------- */

static int product_op(const Token *t)
{
    return token_is(t, "*") ? OP_MUL : token_is(t, "/") ? OP_DIV : token_is(t, ".*") ? OP_DOT_MUL : token_is(t, "./") ? OP_DOT_DIV : 0;
}

/* x^1/2 */
static bool power_one_slash(Parser *p, const Ast *left)
{
    if (!is_power(left) || left->child[1]->kind != AST_NUMBER || !str_is(left->child[1]->text, "1") || left->child[1]->grouped
        || !token_is(tok(p, 0), "/") || tok(p, 1)->kind != TOKEN_NUMBER)
        return false;
    Str base = source_text(p, left->child[0]->span), d = source_text(p, tok(p, 1)->span);
    refuse(p, span_join(left->span, tok(p, 1)->span), "two readings", "%.*s^(1/%.*s)  or  %.*s/%.*s", STR_ARGS(base), STR_ARGS(d), STR_ARGS(base), STR_ARGS(d));
    return true;
}

/* 1/2x: what stands beside a divisor. The span runs over both, unless the right side cannot be read. */
static Ast *beside_divisor(Parser *p, Span start, const Ast *divisor)
{
    Span whole = span_join(start, span_join(divisor->span, tok(p, 0)->span));
    Str  above = str_trim(source_text(p, (Span){ start.start, divisor->span.start })), d = source_text(p, divisor->span);
    Str  r = operand_text(p, parse_power, "x");
    above = str_trim(str_slice(above, 0, above.n - 1));
    if (r.s >= p->source->text.s && r.s < p->source->text.s + p->source->text.n)
        whole.end = (uint32_t)(r.s + r.n - p->source->text.s);
    return refuse(p, whole, "two readings", "(%.*s/%.*s)*%.*s  or  %.*s/(%.*s*%.*s)", STR_ARGS(above), STR_ARGS(d), STR_ARGS(r), STR_ARGS(above), STR_ARGS(d), STR_ARGS(r));
}

/* A sign and what one rule reads behind it. */
static Ast *parse_sign(Parser *p, Ast *(*rule)(Parser *))
{
    Span start = tok(p, 0)->span;
    int  op = token_is(tok(p, 0), "-") ? OP_SUB : OP_ADD;
    if (!enter(p))
        return NULL;
    advance(p);
    Ast *operand = rule(p);
    p->nesting--;
    Ast *sign = operand ? ast_with(p, AST_SIGN, start, operand, NULL, NULL) : NULL;
    if (sign)
        sign->op = op;
    return sign;
}

static bool at_sign(Parser *p) { return token_is(tok(p, 0), "-") || token_is(tok(p, 0), "+"); }

static Ast *parse_divisor(Parser *p)
{
    return at_sign(p) ? parse_sign(p, parse_divisor) : parse_power(p);
}

static Ast *parse_factor(Parser *p, int op, Span start)
{
    Ast *right = op == OP_DIV ? parse_divisor(p) : parse_signed(p);
    if (right && op == OP_DIV && starts_operand(tok(p, 0)) && !tok(p, 0)->line_before && tok(p, 0)->kind != TOKEN_STRING)
        return beside_divisor(p, start, right);
    return right;
}

Ast *parse_product(Parser *p)
{
    Ast    *first = parse_signed(p);
    AstList list = { 0 };
    VEC(uint8_t) ops = { 0 };
    for (int op; first && (op = product_op(tok(p, 0)));) {
        if (!list.n) {                                       /* most products are single factors and need no list */
            vec_push(p->arena, &list, first);
            vec_push(p->arena, &ops, 0);
        }
        if (power_one_slash(p, list.at[list.n - 1]))
            return NULL;
        advance(p);
        Ast *right = parse_factor(p, op, list.at[0]->span);
        if (!right)
            return NULL;
        if (op > OP_DIV) {                                   /* the entrywise ones are pairs */
            first = pair(p, AST_BINARY, op, list.n == 1 ? first : ast_chain(p, AST_PRODUCT, &list, ops.at), right);
            list.n = ops.n = 0;
            continue;
        }
        vec_push(p->arena, &list, right);
        vec_push(p->arena, &ops, (uint8_t)op);
    }
    if (!first)
        return NULL;
    Ast *t = list.n > 1 ? ast_chain(p, AST_PRODUCT, &list, ops.at) : first;
    return refuse_operator(p, t, FOREIGN_PRODUCT) ? NULL : t;
}

/* ---- signs and implicit products ------------------------------------------------------------------------------------------ */

/* May these two stand side by side as a product? */
static bool may_touch(const Ast *left, const Token *right)
{
    if (left->grouped)
        return right->kind == TOKEN_NAME || token_is(right, "(") || token_is(right, "√");
    if (left->kind == AST_NUMBER)
        return right->kind == TOKEN_NAME || token_is(right, "(") || token_is(right, "[") || token_is(right, "√") || token_is(right, "∇");
    return (left->kind == AST_CALL || left->kind == AST_FNPOW) && right->kind == TOKEN_NAME;
}

/* 2^3x, x^2y: the right side could belong to the exponent. */
static Ast *beside_power(Parser *p, const Ast *left)
{
    bool         superscript = left->child[1]->kind == AST_NUMBER && left->child[1]->span.end == left->span.end && !str_eq(left->child[1]->text, source_text(p, left->child[1]->span));
    Str          b = source_text(p, left->child[0]->span), e = superscript ? left->child[1]->text : source_text(p, left->child[1]->span);
    Span         whole = span_join(left->span, tok(p, 0)->span);
    bool         beside = left->child[1]->kind == AST_NUMBER && tok(p, 0)->kind != TOKEN_NUMBER;
    Str          r = operand_text(p, parse_power, "x");
    return refuse(p, whole, "two readings", beside ? "%.*s^%.*s*%.*s  or  %.*s^(%.*s%.*s)" : "%.*s^%.*s*%.*s  or  %.*s^(%.*s*%.*s)",
                  STR_ARGS(b), STR_ARGS(e), STR_ARGS(r), STR_ARGS(b), STR_ARGS(e), STR_ARGS(r));
}

static Ast *parse_beside(Parser *p)
{
    Ast   *left = parse_power(p);
    size_t factors = 0;
    while (left && starts_operand(tok(p, 0))) {
        Ast *last = left->kind == AST_BESIDE && !left->grouped ? left->child[1] : left;
        if (tok(p, 0)->line_before)
            return refuse_row_break(p, left);
        if (is_power(last))
            return beside_power(p, last);
        if (!may_touch(last, tok(p, 0))) {
            Diag before = *p->diag;
            Ast *right = parse_power(p);
            if (!right) {                                    /* the leftmost error is here, not inside the right side */
                Span here = span_join(left->span, tok(p, 0)->span);
                *p->diag = before;
                return refuse(p, (Span){ left->span.start, here.end }, "two values side by side", NULL);
            }
            return refuse_side_by_side(p, left, right);
        }
        if (++factors > MAX_NESTING)
            return refuse(p, tok(p, 0)->span, "too many factors side by side", NULL);
        Ast *right = parse_power(p);
        left = right ? pair(p, AST_BESIDE, 0, left, right) : NULL;
    }
    return left;
}

Ast *parse_signed(Parser *p)
{
    return at_sign(p) ? parse_sign(p, parse_signed) : parse_beside(p);
}

/* ---- powers ----------------------------------------------------------------------------------------------------------------- */

static Ast *parse_postfix(Parser *p);

static Ast *parse_exponent(Parser *p)
{
    return at_sign(p) ? parse_sign(p, parse_exponent) : parse_power(p);
}

/* sin^2(x) and sin²(x): the power that stands between the name of a function and its bracket; 0 if none does. */
static size_t function_power_ahead(Parser *p)
{
    const Token *t = tok(p, 0);
    if (t->kind != TOKEN_NAME)
        return 0;
    if (token_is(tok(p, 1), "^"))
        return tok(p, 2)->kind == TOKEN_NUMBER && token_is(tok(p, 3), "(") ? 2 : 0;
    return (token_is(tok(p, 1), "²") || token_is(tok(p, 1), "³")) && token_is(tok(p, 2), "(") && !tok(p, 2)->line_before ? 1 : 0;
}

static bool function_inverse_ahead(Parser *p)
{
    return tok(p, 0)->kind == TOKEN_NAME && token_is(tok(p, 1), "^") && fn_find(tok(p, 0)->text)
        && ((token_is(tok(p, 2), "-") && tok(p, 3)->kind == TOKEN_NUMBER && token_is(tok(p, 4), "("))
            || (token_is(tok(p, 2), "(") && token_is(tok(p, 3), "-") && token_is(tok(p, 5), ")") && token_is(tok(p, 6), "(")));
}

static Str exponent_text(const Token *t) { return token_is(t, "²") ? STR("2") : token_is(t, "³") ? STR("3") : t->text; }

static Ast *parse_function_power(Parser *p, size_t at)
{
    const Token name = *tok(p, 0), power = *tok(p, at);
    Str         n = exponent_text(&power);
    if (!fn_find(name.text)) {                               /* f^2(x) */
        for (size_t i = 0; i <= at; i++)
            advance(p);
        Span here = span_join(name.span, tok(p, 0)->span);
        Ast *call = parse_call_arguments(p, ast_leaf(p, AST_NAME, &name));
        Str  all = call ? source_text(p, (Span){ power.span.end, call->span.end }) : STR("(x)");
        *p->diag = call ? *p->diag : diag_new(p->diag->arena);
        return refuse(p, here, "two readings", "%.*s%.*s^%.*s  or  %.*s^%.*s*%.*s", STR_ARGS(name.text), STR_ARGS(all), STR_ARGS(n), STR_ARGS(name.text), STR_ARGS(n),
                      STR_ARGS(all));
    }
    for (size_t i = 0; i < n.n; i++)
        if (n.s[i] < '0' || n.s[i] > '9' || i > 5)
            return refuse(p, power.span, "a power of a function is a whole number", "%.*s(x)^(%.*s)", STR_ARGS(name.text), STR_ARGS(n));
    for (size_t i = 0; i <= at; i++)
        advance(p);
    Ast *call = parse_call_arguments(p, ast_leaf(p, AST_NAME, &name));
    if (!call)
        return NULL;
    AstList list = { call->child + 1, call->n - 1, call->n - 1 };
    Ast    *t = ast_node(p, AST_FNPOW, span_join(name.span, call->span), &list);
    t->text = name.text;
    for (size_t i = 0; i < n.n; i++)
        t->op = 10 * t->op + n.s[i] - '0';
    return t;
}

static Ast *refuse_function_inverse(Parser *p)
{
    Str  f = tok(p, 0)->text;
    bool inverse = fn_find(str_printf(p->arena, "a%.*s", STR_ARGS(f))) != NULL;
    Span here = span_join(tok(p, 0)->span, tok(p, 3)->span);
    while (!token_is(tok(p, 0), "(") || token_is(tok(p, 1), "-"))
        advance(p);
    Ast *call = parse_call_arguments(p, ast_leaf(p, AST_NAME, tok(p, 0)));
    Str  x = call ? source_text(p, (Span){ call->child[0]->span.start, call->span.end }) : STR("(x)");
    *p->diag = call ? *p->diag : diag_new(p->diag->arena);
    if (!inverse)
        return refuse(p, here, "two readings", "1/%.*s%.*s", STR_ARGS(f), STR_ARGS(x));
    return refuse(p, here, "two readings", "a%.*s%.*s  or  1/%.*s%.*s", STR_ARGS(f), STR_ARGS(x), STR_ARGS(f), STR_ARGS(x));
}

/* x^{2} */
static Ast *braced_exponent(Parser *p, const Ast *base)
{
    Str  rest = rest_of_line(p, tok(p, 0)->span.end);
    size_t n = 0;
    while (n < rest.n && rest.s[n] != '}')
        n++;
    return refuse(p, tok(p, 0)->span, "braces open blocks", "%.*s^(%.*s)", STR_ARGS(source_text(p, base->span)), (int)n, rest.s);
}

Ast *parse_power(Parser *p)
{
    size_t power = function_power_ahead(p);
    if (power)
        return parse_function_power(p, power);
    if (function_inverse_ahead(p))
        return refuse_function_inverse(p);
    Ast *base = parse_postfix(p);
    if (base && refuse_operator(p, base, FOREIGN_POWER))
        return NULL;
    if (!base || !(token_is(tok(p, 0), "^") || token_is(tok(p, 0), ".^")))
        return base;
    int op = token_is(tok(p, 0), "^") ? OP_POW : OP_DOT_POW;
    if (!enter(p))
        return NULL;
    advance(p);
    if (token_is(tok(p, 0), "{"))
        return braced_exponent(p, base);
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
    bool    in_call = p->in_call, in_list = p->in_list;
    vec_push(p->arena, &list, object);
    if (!open_bracket(p))
        return NULL;
    p->in_call = p->in_list = false;
    do {
        bool all = token_is(tok(p, 0), "..") && (token_is(tok(p, 1), ",") || token_is(tok(p, 1), "]"));
        Ast *index = all ? take_leaf(p, AST_ALL) : parse_full(p);
        if (!index)
            return NULL;
        vec_push(p->arena, &list, index);
    } while (accept(p, ","));
    p->in_call = in_call;
    p->in_list = in_list;
    Span end = tok(p, 0)->span;
    return close_bracket(p, "]") ? ast_node(p, AST_INDEX, span_join(object->span, end), &list) : NULL;
}

static bool call_follows(Parser *p) { return token_is(tok(p, 0), "(") && !tok(p, 0)->line_before; }

static Ast *parse_prime(Parser *p, Ast *operand)
{
    int  order = 0;
    Span end = tok(p, 0)->span;
    while (token_is(tok(p, 0), "'") && !tok(p, 0)->blank_before) {
        end = tok(p, 0)->span;
        advance(p);
        order++;
    }
    Ast *prime = ast_with(p, AST_PRIME, span_join(operand->span, end), operand, NULL, NULL);
    prime->op = order;
    return call_follows(p) ? parse_call_arguments(p, prime) : prime;
}

static Ast *parse_field(Parser *p, Ast *object)
{
    advance(p);
    if (tok(p, 0)->kind != TOKEN_NAME)
        return expected(p, "the name of a field");
    Ast *field = ast_with(p, AST_FIELD, span_join(object->span, tok(p, 0)->span), object, NULL, NULL);
    field->text = tok(p, 0)->text;
    advance(p);
    return call_follows(p) ? parse_call_arguments(p, field) : field;
}

static Ast *parse_superscript(Parser *p, Ast *base)
{
    Token power = *tok(p, 0);
    power.text = exponent_text(&power);
    Ast *exponent = ast_leaf(p, AST_NUMBER, &power);
    advance(p);
    const Token next = *tok(p, 0);
    if (!token_is(&next, "²") && !token_is(&next, "³") && !token_is(&next, "^"))
        return pair(p, AST_BINARY, OP_POW, base, exponent);
    Str  b = source_text(p, base->span), two = power.text;
    Span both = span_join(base->span, next.span);
    if (!token_is(&next, "^"))
        return refuse(p, both, "two readings", "%.*s^%.*s%.*s  or  (%.*s^%.*s)^%.*s", STR_ARGS(b), STR_ARGS(two), STR_ARGS(exponent_text(&next)), STR_ARGS(b), STR_ARGS(two),
                      STR_ARGS(exponent_text(&next)));
    advance(p);
    Str e = operand_text(p, parse_exponent, "2");
    return refuse(p, both, "two readings", "(%.*s^%.*s)^%.*s  or  %.*s^(%.*s^%.*s)", STR_ARGS(b), STR_ARGS(two), STR_ARGS(e), STR_ARGS(b), STR_ARGS(two), STR_ARGS(e));
}

static Ast *parse_factorial(Parser *p, Ast *t)
{
    Span both = span_join(t->span, tok(p, 0)->span);
    if (t->kind == AST_FACTORIAL && !t->grouped)
        return refuse(p, both, "a factorial of a factorial needs brackets", "(%.*s)!", STR_ARGS(source_text(p, t->span)));
    advance(p);
    return ast_with(p, AST_FACTORIAL, both, t, NULL, NULL);
}

static bool indexable(const Ast *t)
{
    return t->grouped || t->kind == AST_NAME || t->kind == AST_CALL || t->kind == AST_FNPOW || t->kind == AST_INDEX || t->kind == AST_FIELD
        || t->kind == AST_PRIME || t->kind == AST_LIST;
}

static Ast *parse_primary(Parser *p);

static Ast *parse_postfix(Parser *p)
{
    Ast   *t = parse_primary(p);
    size_t parts = 0;
    while (t) {
        const Token *next = tok(p, 0);
        bool         touching = !next->blank_before && indexable(t);
        if (next->line_before || next->kind != TOKEN_OP)
            return t;
        if (++parts > MAX_NESTING)
            return refuse(p, next->span, "nested too deeply", NULL);
        if (token_is(next, "[") && touching)
            t = parse_index(p, t);
        else if (token_is(next, "[") && t->kind == AST_NAME && !p->in_list)
            return refuse(p, span_join(t->span, next->span), "an index stands directly after its name", "%.*s[1]", STR_ARGS(t->text));
        else if (token_is(next, ".") && touching)
            t = parse_field(p, t);
        else if (token_is(next, "'") && touching)
            t = parse_prime(p, t);
        else if (token_is(next, "'"))
            return refuse(p, next->span, "' is a prime, directly after a name or )", "\"text\"");
        else if (token_is(next, "²") || token_is(next, "³"))
            t = parse_superscript(p, t);
        else if (token_is(next, "!"))
            t = parse_factorial(p, t);
        else
            return t;
    }
    return NULL;
}

/* ---- primaries -------------------------------------------------------------------------------------------------------------------- */

/* √2x and √x^2: may the root end after its operand? */
static Ast *refuse_root(Parser *p, Span sign, const Ast *operand)
{
    Span here = span_join(sign, operand->span);
    if (operand->kind == AST_BINARY) {                       /* √x² */
        Str b = source_text(p, operand->child[0]->span), e = operand->child[1]->text;
        return refuse(p, here, "two readings", "sqrt(%.*s)^%.*s  or  sqrt(%.*s^%.*s)", STR_ARGS(b), STR_ARGS(e), STR_ARGS(b), STR_ARGS(e));
    }
    Str   b = source_text(p, operand->span);
    bool  power = accept(p, "^");
    Str   r = operand_text(p, power ? parse_exponent : parse_power, "x");
    const char *op = power ? "^" : "*";
    return refuse(p, here, "two readings", "sqrt(%.*s)%s%.*s  or  sqrt(%.*s%s%.*s)", STR_ARGS(b), op, STR_ARGS(r), STR_ARGS(b), op, STR_ARGS(r));
}

static Ast *parse_root_sign(Parser *p)
{
    const Token sign = *tok(p, 0);
    bool        root = token_is(&sign, "√");
    if (!enter(p))
        return NULL;
    advance(p);
    Ast *operand = parse_postfix(p);
    p->nesting--;
    if (!operand)
        return NULL;
    bool more = starts_operand(tok(p, 0)) || token_is(tok(p, 0), "^") || operand->kind == AST_BINARY;
    if (root && !operand->grouped && more && !tok(p, 0)->line_before)
        return refuse_root(p, sign.span, operand);
    Ast *name = ast_leaf(p, AST_NAME, &sign);
    name->text = root ? STR("sqrt") : STR("gradient");
    return ast_with(p, AST_CALL, sign.span, name, operand, NULL);
}

static bool is_entry(const Ast *t)
{
    return t->kind == AST_RELATION && !t->grouped && t->n == 2 && t->ops[0] == OP_EQUATION && t->child[0]->kind == AST_NAME;
}

/* The entries of a record: (x = 1, y = 2). */
static bool make_entries(Parser *p, AstList *list)
{
    for (size_t i = 0; i < list->n; i++) {
        Ast  *relation = list->at[i];
        Token name = { .span = relation->child[0]->span, .text = relation->child[0]->text };
        if (!name_is_free(p, &name, false))
            return false;
        list->at[i] = ast_with(p, AST_ENTRY, relation->span, relation->child[1], NULL, NULL);
        list->at[i]->text = name.text;
    }
    return names_differ(p, list->at, list->n, AST_ENTRY, "this name is given twice");
}

/* (a) is a group, (a, b) a vector, (x = 1, y = 2) a record. */
static Ast *parse_group(Parser *p)
{
    AstList list = { 0 };
    Span    start = tok(p, 0)->span;
    bool    in_call = p->in_call, in_list = p->in_list;
    size_t  entries = 0;
    if (!open_bracket(p))
        return NULL;
    p->in_call = true;
    p->in_list = false;
    if (token_is(tok(p, 0), ")"))
        return expected(p, "an expression");
    do {
        Ast *item = names_ahead(p, "~") ? parse_tilde(p) : parse_full(p);
        if (!item)
            return NULL;
        vec_push(p->arena, &list, item);
        entries += is_entry(item);
    } while (accept(p, ","));
    p->in_call = in_call;
    p->in_list = in_list;
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
    if (entries && !make_entries(p, &list))
        return NULL;
    Ast *t = ast_node(p, entries ? AST_RECORD : AST_TUPLE, span_join(start, end), &list);
    t->grouped = true;
    return t;
}

/* One row: expressions up to ; or ]. */
static bool parse_row(Parser *p, AstList *list)
{
    do {
        Ast *item = parse_full(p);
        if (!item)
            return false;
        vec_push(p->arena, list, item);
    } while (accept(p, ","));
    return true;
}

static Ast *parse_list(Parser *p)
{
    AstList list = { 0 };
    Span    start = tok(p, 0)->span;
    bool    in_call = p->in_call, in_list = p->in_list;
    size_t  cols = 0;
    if (!open_bracket(p))
        return NULL;
    p->in_call = false;
    p->in_list = true;
    if (!token_is(tok(p, 0), "]"))
        do {
            size_t first = list.n;
            if (!parse_row(p, &list))
                return NULL;
            if (first && list.n - first != cols)
                return refuse(p, span_join(list.at[first]->span, list.at[list.n - 1]->span), "the rows have different lengths", NULL);
            cols = list.n - first;
        } while (accept(p, ";"));
    p->in_call = in_call;
    p->in_list = in_list;
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
    bool format = (token_is_word(tok(p, 1), "digits") || token_is_word(tok(p, 1), "bits")) && !token_is(tok(p, 2), "(");
    return format ? parse_format(p) : take_leaf(p, AST_NUMBER);
}

static Ast *parse_name(Parser *p)
{
    const Token t = *tok(p, 0);
    if (format_ahead(p))
        return parse_format(p);
    if (token_is_word(&t, "true") || token_is_word(&t, "false")) {
        Ast *truth = take_leaf(p, AST_TRUTH);
        truth->op = token_is_word(&t, "true");
        return truth;
    }
    static const char *const words[] = { "and", "or", "not", "if", "then", "else", "for", "while", "in", "by", "break", "next", "at", "using", "assert", "assume" };
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (token_is_word(&t, words[i])) {
            if (!token_is_word(&t, "if"))
                return expected(p, "an expression");
            Str whole = operand_text(p, parse_expr, "if x < 0 then -x else x");
            return refuse(p, t.span, "if needs brackets inside an operator", "(%.*s)", STR_ARGS(whole));
        }
    Ast *name = take_leaf(p, AST_NAME);
    return call_follows(p) ? parse_call_arguments(p, name) : name;
}

static Ast *parse_primary(Parser *p)
{
    const Token *t = tok(p, 0);
    if (t->kind == TOKEN_NUMBER)
        return parse_number(p);
    if (t->kind == TOKEN_STRING)
        return parse_string(p);
    if (t->kind == TOKEN_NAME)
        return parse_name(p);
    if (token_is(t, "("))
        return parse_group(p);
    if (token_is(t, "["))
        return parse_list(p);
    if (token_is(t, "√") || token_is(t, "∇"))
        return parse_root_sign(p);
    if (token_is(t, "{"))
        return refuse_braces(p);
    if (token_is(t, "|") || token_is(t, "||"))
        return refuse_bars(p);
    if (token_is(t, "'"))
        return refuse(p, t->span, "' is a prime, directly after a name or )", "\"text\"");
    return expected(p, "an expression");
}
