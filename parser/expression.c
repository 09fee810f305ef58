/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Expressions down to sums: at and using, anonymous functions, if, logic, relations, ranges, calls, lists, tuples.
 * One function per level of GRAMMAR 2, loosest first; products and below are in product.c. */
#include "parser/parse_int.h"

#include <string.h>

static bool enter(Parser *p)
{
    if (++p->nesting <= MAX_NESTING)
        return true;
    refuse(p, tok(p, 0)->span, "nested too deeply", NULL);
    return false;
}

/* ---- at and using ------------------------------------------------------------------------------------------------------ */

static bool entry_ahead(Parser *p)
{
    return tok(p, 0)->kind == TOKEN_NAME && token_is(tok(p, 1), "=");
}

static Ast *parse_entry(Parser *p)
{
    const Token name = *tok(p, 0);
    advance(p);
    advance(p);
    Ast *value = parse_sum(p);
    if (!value)
        return NULL;
    AstList one = { 0 };
    vec_push(p->arena, &one, value);
    Ast *entry = ast_node(p, AST_ENTRY, span_join(name.span, value->span), &one);
    entry->text = name.text;
    return entry;
}

static Ast *parse_at(Parser *p, Ast *operand)
{
    AstList list = { 0 };
    vec_push(p->arena, &list, operand);
    if (!entry_ahead(p)) {
        Ast *point = parse_sum(p);
        if (!point)
            return NULL;
        vec_push(p->arena, &list, point);
        return ast_node(p, AST_AT, span_join(operand->span, point->span), &list);
    }
    do {
        Ast *entry = entry_ahead(p) ? parse_entry(p) : expected(p, "a name and its value");
        if (!entry)
            return NULL;
        vec_push(p->arena, &list, entry);
    } while (p->open.n == 0 && token_is(tok(p, 0), ",") && tok(p, 1)->kind == TOKEN_NAME && token_is(tok(p, 2), "=") && accept(p, ","));
    return ast_node(p, AST_AT, span_join(operand->span, list.at[list.n - 1]->span), &list);
}

Ast *parse_format(Parser *p)
{
    const Token first = *tok(p, 0);
    AstList     list = { 0 };
    Ast        *format;
    if (first.kind == TOKEN_NUMBER) {
        Ast *count = ast_leaf(p, AST_NUMBER, &first);
        advance(p);
        if (!token_is_word(tok(p, 0), "digits") && !token_is_word(tok(p, 0), "bits"))
            return expected(p, "digits or bits");
        vec_push(p->arena, &list, count);
        format = ast_node(p, AST_FORMAT, span_join(first.span, tok(p, 0)->span), &list);
        format->text = tok(p, 0)->text;
        advance(p);
    } else if (first.kind == TOKEN_NAME) {
        advance(p);
        if (token_is(tok(p, 0), "(")) {
            Ast *call = parse_call_arguments(p, ast_leaf(p, AST_NAME, &first));
            if (!call)
                return NULL;
            for (size_t i = 1; i < call->n; i++)
                vec_push(p->arena, &list, call->child[i]);
        }
        format = ast_node(p, AST_FORMAT, first.span, &list);
        format->text = first.text;
    } else {
        return expected(p, "a format: fp16, bf16, 200 bits, 50 digits");
    }
    static const char *const modes[] = { "nearest", "up", "down", "toward", "stochastic" };
    for (int i = 0; i < 5; i++)
        if (accept_word(p, modes[i])) {
            format->op = i + 1;
            if (i == 3 && !accept_word(p, "zero"))
                return expected(p, "zero");
        }
    return format;
}

static Ast *parse_using(Parser *p, Ast *operand)
{
    Ast    *format = parse_format(p);
    AstList list = { 0 };
    if (!format)
        return NULL;
    vec_push(p->arena, &list, operand);
    vec_push(p->arena, &list, format);
    return ast_node(p, AST_USING, span_join(operand->span, format->span), &list);
}

Ast *parse_full(Parser *p)
{
    Ast *e = parse_expr(p);
    bool at = false, format = false;
    while (e && (token_is_word(tok(p, 0), "at") || token_is_word(tok(p, 0), "using"))) {
        bool  is_at = token_is_word(tok(p, 0), "at");
        bool *seen = is_at ? &at : &format;
        if (*seen)
            return refuse(p, tok(p, 0)->span, "at and using stand once each", NULL);
        *seen = true;
        advance(p);
        e = is_at ? parse_at(p, e) : parse_using(p, e);
    }
    return e;
}

/* ---- anonymous functions, if -------------------------------------------------------------------------------------------- */

/* names |->  : a name, or names in brackets, before the arrow. */
static bool lambda_ahead(Parser *p)
{
    if (tok(p, 0)->kind == TOKEN_NAME && token_is(tok(p, 1), "|->"))
        return true;
    if (!token_is(tok(p, 0), "(") || tok(p, 1)->kind != TOKEN_NAME)
        return false;
    size_t k = 2;
    while (token_is(tok(p, k), ",") && tok(p, k + 1)->kind == TOKEN_NAME)
        k += 2;
    return token_is(tok(p, k), ")") && token_is(tok(p, k + 1), "|->");
}

static Ast *parse_lambda(Parser *p)
{
    AstList list = { 0 };
    Span    start = tok(p, 0)->span;
    bool    group = accept(p, "(");
    do {
        vec_push(p->arena, &list, ast_leaf(p, AST_NAME, tok(p, 0)));
        advance(p);
    } while (accept(p, ","));
    if (group)
        accept(p, ")");
    accept(p, "|->");
    Ast *body = parse_expr(p);
    if (!body)
        return NULL;
    vec_push(p->arena, &list, body);
    return ast_node(p, AST_LAMBDA, span_join(start, body->span), &list);
}

static Ast *parse_or(Parser *p);

static Ast *parse_if_expression(Parser *p)
{
    Span    start = tok(p, 0)->span;
    AstList list = { 0 };
    advance(p);
    Ast *condition = parse_or(p);
    if (!condition)
        return NULL;
    if (!accept_word(p, "then"))
        return token_is(tok(p, 0), ":") ? refuse(p, tok(p, 0)->span, "blocks are in braces", "if x > 0 { }  or  if x > 0 then 1 else 0")
                                        : expected(p, "then");
    Ast *yes = parse_expr(p);
    if (!yes)
        return NULL;
    if (!accept_word(p, "else"))
        return expected(p, "else");
    Ast *no = parse_expr(p);
    if (!no)
        return NULL;
    vec_push(p->arena, &list, condition);
    vec_push(p->arena, &list, yes);
    vec_push(p->arena, &list, no);
    return ast_node(p, AST_IF_EXPR, span_join(start, no->span), &list);
}

Ast *parse_expr(Parser *p)
{
    if (!enter(p))
        return NULL;
    Ast *e = lambda_ahead(p) ? parse_lambda(p) : token_is_word(tok(p, 0), "if") ? parse_if_expression(p) : parse_or(p);
    p->nesting--;
    return e;
}

/* ---- logic and relations --------------------------------------------------------------------------------------------------- */

static Ast *parse_relation(Parser *p);

static Ast *parse_not(Parser *p)
{
    if (!token_is_word(tok(p, 0), "not"))
        return parse_relation(p);
    Span    start = tok(p, 0)->span;
    AstList list = { 0 };
    if (!enter(p))
        return NULL;
    advance(p);
    Ast *operand = parse_not(p);
    p->nesting--;
    if (!operand)
        return NULL;
    vec_push(p->arena, &list, operand);
    return ast_node(p, AST_NOT, span_join(start, operand->span), &list);
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
    return ast_node(p, kind, span_join(first->span, list.at[list.n - 1]->span), &list);
}

static Ast *parse_and(Parser *p) { return parse_junction(p, "and", AST_AND, parse_not); }
static Ast *parse_or(Parser *p)  { return parse_junction(p, "or", AST_OR, parse_and); }

static Ast *parse_range(Parser *p)
{
    AstList list = { 0 };
    Ast    *low = parse_sum(p);
    if (!low || !token_is(tok(p, 0), ".."))
        return low && token_is(tok(p, 0), "...") ? refuse(p, tok(p, 0)->span, "a range has two points", "1..5") : low;
    advance(p);
    Ast *high = parse_sum(p);
    if (!high)
        return NULL;
    vec_push(p->arena, &list, low);
    vec_push(p->arena, &list, high);
    if (accept_word(p, "by")) {
        Ast *step = parse_sum(p);
        if (!step)
            return NULL;
        vec_push(p->arena, &list, step);
    }
    return ast_node(p, AST_RANGE, span_join(low->span, list.at[list.n - 1]->span), &list);
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

static bool chain_refused(Parser *p, const Ast *left, int before, int op, Span here)
{
    if (!before)
        return false;
    if (op == before && (op == OP_EQUATION || op == OP_NE)) {
        refuse(p, span_join(left->span, here), op == OP_NE ? "a chain of != has two readings" : "an equation has one =",
               op == OP_NE ? "a != b and b != c" : "a = b and b = c");
        return true;
    }
    if (direction(op) * direction(before) < 0) {
        refuse(p, span_join(left->span, here), "a chain of comparisons runs one way", "a < b and b > c");
        return true;
    }
    if ((op == OP_EQUATION) != (before == OP_EQUATION)) {
        refuse(p, span_join(left->span, here), "= makes an equation and does not mix with comparisons", "==");
        return true;
    }
    return false;
}

static bool touching_factorial(Parser *p, Ast *left)          /* 5!=120 */
{
    const Token *op = tok(p, 0);
    if (!token_is(op, "!=") || op->blank_before)
        return false;
    Str a = source_text(p, left->span);
    const Token *next = tok(p, 1);
    Str b = next->kind == TOKEN_END || next->kind == TOKEN_NEWLINE ? STR("b") : source_text(p, next->span);
    refuse(p, span_join(left->span, next->span), "two readings", "%.*s != %.*s  or  %.*s! == %.*s", STR_ARGS(a), STR_ARGS(b), STR_ARGS(a), STR_ARGS(b));
    return true;
}

static Ast *parse_relation(Parser *p)
{
    Ast    *first = parse_range(p);
    AstList list = { 0 };
    uint8_t ops[64];
    size_t  n = 0;
    if (!first)
        return NULL;
    vec_push(p->arena, &list, first);
    for (int op; (op = relation_op(tok(p, 0))) && n < 63;) {
        if (op == OP_EQUATION && p->open.n == 0 && !p->in_call)
            break;
        if (touching_factorial(p, list.at[list.n - 1]) || chain_refused(p, first, n ? ops[n - 1] : 0, op, tok(p, 0)->span))
            return NULL;
        ops[n++] = (uint8_t)op;
        advance(p);
        Ast *right = parse_range(p);
        if (!right)
            return NULL;
        vec_push(p->arena, &list, right);
    }
    if (token_is(tok(p, 0), "<-"))
        return refuse(p, span_join(first->span, tok(p, 0)->span), "two readings", "x < -3  or  x = 3");
    if (!n)
        return first;
    Ast *r = ast_node(p, AST_RELATION, span_join(first->span, list.at[list.n - 1]->span), &list);
    r->ops = arena_copy(p->arena, ops, n + 1);
    return r;
}

/* ---- sums -------------------------------------------------------------------------------------------------------------------- */

Ast *parse_sum(Parser *p)
{
    Ast    *first = parse_product(p);
    AstList list = { 0 };
    VEC(uint8_t) ops = { 0 };
    if (!first)
        return NULL;
    vec_push(p->arena, &list, first);
    vec_push(p->arena, &ops, 0);
    for (;;) {
        const Token *t = tok(p, 0);
        int          op = token_is(t, "+") ? OP_ADD : token_is(t, "-") ? OP_SUB : token_is(t, ".+") ? OP_DOT_ADD : token_is(t, ".-") ? OP_DOT_SUB : 0;
        if (token_is(t, "++") || token_is(t, "+=") || token_is(t, "-=") || token_is(t, "*=") || token_is(t, "/="))
            return refuse(p, t->span, "this is no operator here", "x = x %.*s 1", 1, t->text.s);
        if (!op)
            break;
        const Token *next = tok(p, 1);
        if (p->in_call && (token_is(next, ",") || token_is(next, ")")) && op <= OP_SUB)
            break;                                           /* the side of an arrow: x -> 0+ */
        advance(p);
        Ast *right = parse_product(p);
        if (!right)
            return NULL;
        if (op > OP_SUB) {
            Ast    *left = list.n == 1 ? list.at[0] : ast_node(p, AST_SUM, span_join(list.at[0]->span, list.at[list.n - 1]->span), &list);
            AstList two = { 0 };
            left->ops = list.n == 1 ? left->ops : arena_copy(p->arena, ops.at, ops.n);
            vec_push(p->arena, &two, left);
            vec_push(p->arena, &two, right);
            list.n = ops.n = 0;
            vec_push(p->arena, &list, ast_node(p, AST_BINARY, span_join(left->span, right->span), &two));
            list.at[0]->op = op;
            vec_push(p->arena, &ops, 0);
            continue;
        }
        vec_push(p->arena, &list, right);
        vec_push(p->arena, &ops, (uint8_t)op);
    }
    if (list.n == 1)
        return list.at[0];
    Ast *sum = ast_node(p, AST_SUM, span_join(list.at[0]->span, list.at[list.n - 1]->span), &list);
    sum->ops = arena_copy(p->arena, ops.at, ops.n);
    return sum;
}

/* ---- calls ---------------------------------------------------------------------------------------------------------------------- */

/* names -> a : does an arrow follow a name or names in brackets? */
static bool arrow_ahead(Parser *p)
{
    if (tok(p, 0)->kind == TOKEN_NAME)
        return token_is(tok(p, 1), "->");
    if (!token_is(tok(p, 0), "("))
        return false;
    size_t k = 1;
    while (tok(p, k)->kind == TOKEN_NAME && token_is(tok(p, k + 1), ","))
        k += 2;
    return tok(p, k)->kind == TOKEN_NAME && token_is(tok(p, k + 1), ")") && token_is(tok(p, k + 2), "->");
}

static Ast *parse_names(Parser *p)
{
    if (!accept(p, "(")) {
        Ast *name = ast_leaf(p, AST_NAME, tok(p, 0));
        advance(p);
        return name;
    }
    AstList list = { 0 };
    Span    start = tok(p, 0)->span;
    do {
        vec_push(p->arena, &list, ast_leaf(p, AST_NAME, tok(p, 0)));
        advance(p);
    } while (accept(p, ","));
    Span end = tok(p, 0)->span;
    accept(p, ")");
    return ast_node(p, AST_TUPLE, span_join(start, end), &list);
}

static Ast *parse_arrow(Parser *p)
{
    AstList list = { 0 };
    vec_push(p->arena, &list, parse_names(p));
    accept(p, "->");
    Ast *target = parse_sum(p);
    if (!target)
        return NULL;
    vec_push(p->arena, &list, target);
    Ast *arrow = ast_node(p, AST_ARROW, span_join(list.at[0]->span, target->span), &list);
    if (token_is(tok(p, 0), "+") || token_is(tok(p, 0), "-")) {
        arrow->op = token_is(tok(p, 0), "+") ? 1 : -1;
        arrow->span = span_join(arrow->span, tok(p, 0)->span);
        advance(p);
    }
    return arrow;
}

Ast *parse_tilde(Parser *p)
{
    size_t k = 0;
    if (tok(p, 0)->kind == TOKEN_NAME) {
        k = 1;
    } else if (token_is(tok(p, 0), "(")) {
        k = 1;
        while (tok(p, k)->kind == TOKEN_NAME && token_is(tok(p, k + 1), ","))
            k += 2;
        k += tok(p, k)->kind == TOKEN_NAME && token_is(tok(p, k + 1), ")") ? 2 : 1000;
    }
    if (k == 0 || k >= 1000 || !token_is(tok(p, k), "~"))
        return NULL;
    AstList list = { 0 };
    vec_push(p->arena, &list, parse_names(p));
    accept(p, "~");
    Ast *d = parse_sum(p);
    if (!d)
        return NULL;
    vec_push(p->arena, &list, d);
    return ast_node(p, AST_TILDE, span_join(list.at[0]->span, d->span), &list);
}

static Ast *parse_item(Parser *p)
{
    Ast *tilde = parse_tilde(p);
    if (tilde || p->diag->failed)
        return tilde;
    if (arrow_ahead(p))
        return parse_arrow(p);
    Ast *e = parse_full(p);
    if (e && token_is(tok(p, 0), "->"))
        return refuse(p, span_join(e->span, tok(p, 0)->span), "an arrow needs a variable on its left", "x -> 0");
    return e;
}

static Ast *parse_argument(Parser *p)
{
    const Token name = *tok(p, 0);
    if (name.kind != TOKEN_NAME || !token_is(tok(p, 1), ":"))
        return parse_item(p);
    AstList one = { 0 };
    advance(p);
    advance(p);
    Ast *value = parse_item(p);
    if (!value)
        return NULL;
    vec_push(p->arena, &one, value);
    Ast *option = ast_node(p, AST_OPTION, span_join(name.span, value->span), &one);
    option->text = name.text;
    return option;
}

static bool option_twice(Parser *p, const AstList *list)
{
    const Ast *last = list->at[list->n - 1];
    for (size_t i = 0; last->kind == AST_OPTION && i + 1 < list->n; i++)
        if (list->at[i]->kind == AST_OPTION && str_eq(list->at[i]->text, last->text)) {
            refuse(p, last->span, "this option is given twice", NULL);
            return true;
        }
    return false;
}

Ast *parse_call_arguments(Parser *p, Ast *callee)
{
    AstList list = { 0 };
    bool    outer = p->in_call;
    vec_push(p->arena, &list, callee);
    if (!open_bracket(p) || !enter(p))
        return NULL;
    p->in_call = true;
    while (!token_is(tok(p, 0), ")")) {
        Ast *argument = parse_argument(p);
        if (!argument)
            return NULL;
        vec_push(p->arena, &list, argument);
        if (option_twice(p, &list))
            return NULL;
        if (!accept(p, ","))
            break;
        if (token_is(tok(p, 0), ")"))
            return expected(p, "an argument");
    }
    p->in_call = outer;
    p->nesting--;
    Span end = tok(p, 0)->span;
    if (!close_bracket(p, ")"))
        return NULL;
    return ast_node(p, AST_CALL, span_join(callee->span, end), &list);
}

/* ---- strings ------------------------------------------------------------------------------------------------------------------------ */

static Ast *text_piece(Parser *p, const Buf *b, Span span)
{
    AstList none = { 0 };
    Ast    *t = ast_node(p, AST_TEXT, span, &none);
    t->text = str_copy(p->arena, buf_str(b));
    return t;
}

/* The expression between { and }: parsed in place, so that its spans are those of the line. */
static Ast *embedded(Parser *p, size_t start, size_t end)
{
    Source *source = arena_alloc(p->arena, sizeof *source);
    *source = (Source){ p->source->name, str_slice(p->source->text, 0, end) };
    Parser inner = { .arena = p->arena, .diag = p->diag, .source = p->source, .lexer = { p->arena, p->diag, source, start }, .nesting = p->nesting + 1 };
    Ast   *e = parse_full(&inner);
    if (e && tok(&inner, 0)->kind != TOKEN_END)
        return expected(&inner, "}");
    return e;
}

Ast *parse_string(Parser *p)
{
    const Token t = *tok(p, 0);
    Str         s = t.text;
    AstList     list = { 0 };
    Buf         piece = buf_new(p->arena);
    advance(p);
    for (size_t i = 0; i < s.n; i++) {
        if (s.s[i] == '\\' && i + 1 < s.n) {
            char c = s.s[++i];
            if (!strchr("nt\"\\{}", c))
                return refuse(p, t.span, "unknown escape in a text", "\\n \\t \\\" \\\\ \\{ \\}");
            buf_add_c(&piece, c == 'n' ? '\n' : c == 't' ? '\t' : c);
        } else if (s.s[i] == '{') {
            size_t end = i + 1;
            while (end < s.n && s.s[end] != '}')
                end++;
            if (end == s.n)
                return refuse(p, t.span, "{ in a text is not closed", "\\{");
            vec_push(p->arena, &list, text_piece(p, &piece, t.span));
            piece = buf_new(p->arena);
            size_t base = t.span.start + 1;
            Ast   *e = embedded(p, base + i + 1, base + end);
            if (!e)
                return NULL;
            vec_push(p->arena, &list, e);
            i = end;
        } else {
            buf_add_c(&piece, s.s[i]);
        }
    }
    vec_push(p->arena, &list, text_piece(p, &piece, t.span));
    return ast_node(p, AST_STRING, t.span, &list);
}
