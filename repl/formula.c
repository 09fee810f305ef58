/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From text in input syntax to boxes, by way of the syntax tree: a result prints as text that can be typed back, so every result,
 * every formula of a step and every row of a table has a tree. Brackets that the layout makes needless fall away. */
#include "repl/box.h"

#include "base/vec.h"
#include "parser/parse.h"

#include <ctype.h>
#include <string.h>

typedef enum Level { LEVEL_ANY, LEVEL_RELATION, LEVEL_SUM, LEVEL_PRODUCT, LEVEL_POWER, LEVEL_ATOM } Level;

typedef struct Formula {
    Arena *arena;
    bool   failed;                  /* something has no form */
} Formula;

static const Box *box_at(Formula *f, const Ast *a, Level least);

/* ---- making boxes ---------------------------------------------------------------------------------------------------------------- */

static const Box *text_box(Formula *f, BoxClass class, Str text)
{
    Box *box = arena_alloc(f->arena, sizeof *box);
    *box = (Box){ .kind = BOX_TEXT, .class = class, .text = text };
    return box;
}

static const Box *sign(Formula *f, BoxClass class, const char *text) { return text_box(f, class, str_of(text)); }

static Box *parts(Formula *f, BoxKind kind, const Box *const *child, size_t n)
{
    Box *box = arena_alloc(f->arena, sizeof *box);
    *box = (Box){ .kind = kind, .n = n, .child = arena_copy(f->arena, child, n * sizeof *child) };
    return box;
}

#define PARTS(f, kind, ...) parts(f, kind, (const Box *const[]){ __VA_ARGS__ }, sizeof((const Box *const[]){ __VA_ARGS__ }) / sizeof(const Box *))

static const Box *fence(Formula *f, const Box *inside, const char *open, const char *close)
{
    Box *box = PARTS(f, BOX_FENCE, inside);
    box->text = str_of(open);
    box->close = str_of(close);
    return box;
}

static const Box *big(Formula *f, const char *name, const Box *body, const Box *below, const Box *above)
{
    Box *box = PARTS(f, BOX_BIG, body, below, above);
    box->text = str_of(name);
    return box;
}

typedef struct Row { VEC(const Box *) box; } Row;

static void row_add(Formula *f, Row *row, const Box *box)
{
    vec_push(f->arena, &row->box, box);
}

static const Box *row_box(Formula *f, const Row *row)
{
    return row->box.n == 1 ? row->box.at[0] : parts(f, BOX_ROW, row->box.at, row->box.n);
}

static const Box *no_form(Formula *f)
{
    f->failed = true;
    return sign(f, CLASS_WORDS, "");
}

/* ---- names and numbers ------------------------------------------------------------------------------------------------------------- */

static bool is_letter_name(Str name)
{
    const Symbol *s = symbol_named(name);
    return name.n == 1 || (s && s->latex[0] == '\\' && strcmp(s->unicode, s->name));
}

/* x_max and x1 are a letter with an index. */
static const Box *name_box(Formula *f, Str name)
{
    size_t split = 0;
    while (split < name.n && name.s[split] != '_' && !isdigit((unsigned char)name.s[split]))
        split++;
    size_t after = split + (split < name.n && name.s[split] == '_');
    Str    letter = str_slice(name, 0, split), index = str_slice(name, after, name.n);
    if (split == 0 || split == name.n || !index.n || !is_letter_name(letter) || memchr(index.s, '_', index.n))
        return text_box(f, CLASS_NAME, name);
    bool digits = true;
    for (size_t i = 0; i < index.n; i++)
        digits = digits && isdigit((unsigned char)index.s[i]);
    return PARTS(f, BOX_INDEX, text_box(f, CLASS_NAME, letter), text_box(f, digits ? CLASS_NUMBER : CLASS_NAME, index));
}

/* 2e-3 is 2*10^-3. */
static const Box *number_box(Formula *f, Str text)
{
    const char *e = text.n > 1 && !(text.s[0] == '0' && (text.s[1] | 32) == 'x') ? memchr(text.s, 'e', text.n) : NULL;
    if (!e)
        return text_box(f, CLASS_NUMBER, text);
    size_t at = (size_t)(e - text.s);
    Str    exponent = str_slice(text, at + 1 + (text.s[at + 1] == '+'), text.n);
    return PARTS(f, BOX_ROW, text_box(f, CLASS_NUMBER, str_slice(text, 0, at)), sign(f, CLASS_OPERATOR, "*"),
                 PARTS(f, BOX_POWER, sign(f, CLASS_NUMBER, "10"), text_box(f, CLASS_NUMBER, exponent)));
}

/* ---- products ----------------------------------------------------------------------------------------------------------------------- */

typedef struct Product { VEC(const Ast *) above, below; bool minus; } Product;

static bool has_division(const Ast *a)
{
    for (size_t i = 1; a->kind == AST_PRODUCT && i < a->n; i++)
        if (a->ops[i] == OP_DIV)
            return true;
    return false;
}

static void collect(Formula *f, Product *p, const Ast *a, bool below)
{
    if (a->kind == AST_SIGN && !below && !p->above.n) {
        p->minus ^= a->op == OP_SUB;
        collect(f, p, a->child[0], below);
    } else if (a->kind == AST_BESIDE || (a->kind == AST_PRODUCT && !(below && has_division(a)))) {
        for (size_t i = 0; i < a->n; i++)
            collect(f, p, a->child[i], below != (a->kind == AST_PRODUCT && i && a->ops[i] == OP_DIV));
    } else if (below) {
        vec_push(f->arena, &p->below, a);
    } else {
        vec_push(f->arena, &p->above, a);
    }
}

static const Box *first_of(const Box *box)
{
    while (box->kind == BOX_ROW || box->kind == BOX_POWER || box->kind == BOX_INDEX)
        box = box->child[0];
    return box;
}

static bool is_number_box(const Box *box) { return box->kind == BOX_TEXT && box->class == CLASS_NUMBER; }

/* What stands between two factors: a point before a number, nothing behind one, else a little room. */
static const char *joint(const Box *left, const Box *right)
{
    const Box *first = first_of(right);
    if (is_number_box(first) || first->kind == BOX_FRACTION)
        return "*";
    bool tight = first->kind == BOX_ROOT || first->kind == BOX_FENCE || (first->kind == BOX_TEXT && first->class == CLASS_NAME && is_letter_name(first->text));
    return (is_number_box(left) && tight) || (left->kind == BOX_FENCE && first->kind == BOX_FENCE) ? NULL : " ";
}

static const Box *factors(Formula *f, const Ast *const *factor, size_t n)
{
    Row        row = { 0 };
    const Box *last = NULL;
    for (size_t i = 0; i < n; i++) {
        const Box  *box = box_at(f, factor[i], n == 1 ? LEVEL_SUM : LEVEL_PRODUCT);
        const char *between = last ? joint(last, box) : NULL;
        if (between)
            row_add(f, &row, sign(f, *between == '*' ? CLASS_OPERATOR : CLASS_MARK, between));
        row_add(f, &row, box);
        last = box;
    }
    return row.box.n ? row_box(f, &row) : sign(f, CLASS_NUMBER, "1");
}

static const Box *product_box(Formula *f, const Ast *a)
{
    Product p = { 0 };
    collect(f, &p, a, false);
    const Box *above = factors(f, p.above.at, p.above.n);
    if (p.below.n)
        above = PARTS(f, BOX_FRACTION, above, factors(f, p.below.at, p.below.n));
    return p.minus ? PARTS(f, BOX_ROW, sign(f, CLASS_MARK, "-"), above) : above;
}

/* ---- sums, relations, lists ----------------------------------------------------------------------------------------------------------- */

static const char *operator_name(int op)
{
    static const char *const names[] = { [OP_ADD] = "+", [OP_SUB] = "-", [OP_MUL] = "*", [OP_DIV] = "/", [OP_POW] = "^", [OP_DOT_ADD] = "+", [OP_DOT_SUB] = "-",
                                         [OP_DOT_MUL] = ".*", [OP_DOT_DIV] = "./", [OP_DOT_POW] = ".^", [OP_EQUATION] = "=", [OP_EQ] = "=", [OP_NE] = "!=",
                                         [OP_LT] = "<", [OP_LE] = "<=", [OP_GT] = ">", [OP_GE] = ">=" };
    return names[op];
}

/* Children with operators between them. */
static const Box *chain(Formula *f, const Ast *a, Level first, Level rest)
{
    Row            row = { 0 };
    const uint8_t *op = a->kind == AST_RELATION ? a->ops - 1 : a->ops;
    for (size_t i = 0; i < a->n; i++) {
        if (i)
            row_add(f, &row, sign(f, CLASS_OPERATOR, operator_name(op[i])));
        row_add(f, &row, box_at(f, a->child[i], i ? rest : first));
    }
    return row_box(f, &row);
}

static const Box *joined(Formula *f, Ast *const *item, size_t n, const char *separator, BoxClass class, Level least)
{
    Row row = { 0 };
    for (size_t i = 0; i < n; i++) {
        if (i)
            row_add(f, &row, sign(f, class, separator));
        if (i && class == CLASS_MARK)
            row_add(f, &row, sign(f, CLASS_MARK, " "));
        row_add(f, &row, box_at(f, item[i], least));
    }
    return n ? row_box(f, &row) : sign(f, CLASS_WORDS, "");
}

static const Box *listed(Formula *f, const Ast *a, size_t from) { return joined(f, a->child + from, a->n - from, ",", CLASS_MARK, LEVEL_ANY); }

static const Box *list_box(Formula *f, const Ast *a)
{
    size_t columns = (size_t)a->op;
    if (a->n == 0 || columns == 0 || columns == a->n)
        return fence(f, listed(f, a, 0), "[", "]");
    const Box **entry = arena_array(f->arena, const Box *, a->n);
    for (size_t i = 0; i < a->n; i++)
        entry[i] = box_at(f, a->child[i], LEVEL_ANY);
    Box *box = parts(f, BOX_MATRIX, entry, a->n);
    box->columns = columns;
    return box;
}

static const Box *cases_box(Formula *f, const Ast *a)
{
    Row row = { 0 };
    for (; a->kind == AST_IF_EXPR; a = a->child[2]) {
        row_add(f, &row, box_at(f, a->child[1], LEVEL_ANY));
        row_add(f, &row, PARTS(f, BOX_ROW, sign(f, CLASS_WORDS, "if "), box_at(f, a->child[0], LEVEL_ANY)));
    }
    row_add(f, &row, box_at(f, a, LEVEL_ANY));
    row_add(f, &row, sign(f, CLASS_WORDS, "otherwise"));
    return parts(f, BOX_CASES, row.box.at, row.box.n);
}

/* ---- calls ------------------------------------------------------------------------------------------------------------------------------ */

static bool calls(const Ast *a, const char *name) { return a->kind == AST_CALL && a->child[0]->kind == AST_NAME && str_is(a->child[0]->text, name); }

/* A range as an argument, k = a..b. */
static const Ast *range_of(const Ast *a)
{
    return a->kind == AST_RELATION && a->n == 2 && a->ops[0] == OP_EQUATION && a->child[1]->kind == AST_RANGE && a->child[1]->n == 2 ? a->child[1] : NULL;
}

static const Box *equation(Formula *f, const Box *left, const char *op, const Box *right)
{
    return PARTS(f, BOX_ROW, left, sign(f, CLASS_OPERATOR, op), right);
}

/* Sums, products, integrals over one range or more, the first the innermost. */
static const Box *big_operator(Formula *f, const Ast *a, const char *name)
{
    bool       integral = !strcmp(name, "integral");
    const Box *body = box_at(f, a->child[1], integral ? LEVEL_SUM : LEVEL_PRODUCT);
    for (size_t i = 2; i < a->n; i++) {
        const Ast *range = range_of(a->child[i]);
        if (!range && !(integral && a->child[i]->kind == AST_NAME))
            return NULL;
        const Box *variable = box_at(f, range ? a->child[i]->child[0] : a->child[i], LEVEL_ATOM);
        const Box *low = range ? box_at(f, range->child[0], LEVEL_ANY) : NULL, *high = range ? box_at(f, range->child[1], LEVEL_ANY) : NULL;
        if (integral)
            body = big(f, name, PARTS(f, BOX_ROW, body, sign(f, CLASS_MARK, " "), sign(f, CLASS_NAME, "d"), variable), low, high);
        else
            body = big(f, name, body, equation(f, variable, "=", low), high);
    }
    return a->n > 2 ? body : NULL;
}

static const Box *limit_box(Formula *f, const Ast *a)
{
    if (a->n != 3 || a->child[2]->kind != AST_ARROW)
        return NULL;
    return big(f, "lim", box_at(f, a->child[1], LEVEL_PRODUCT), box_at(f, a->child[2], LEVEL_ANY), NULL);
}

/* diff(f, x, 2, y): the variables, each with how often. */
static const Box *derivative_box(Formula *f, const Ast *a)
{
    Row    below = { 0 };
    long   order = 0;
    size_t names = 0;
    for (size_t i = 2; i < a->n; i++)
        names += a->child[i]->kind == AST_NAME;
    const char *d = names > 1 ? "partial" : "d";
    for (size_t i = 2; i < a->n; i++) {
        bool times = i + 1 < a->n && a->child[i + 1]->kind == AST_NUMBER && a->child[i + 1]->text.n < 4;
        if (a->child[i]->kind != AST_NAME)
            return NULL;
        const Box *variable = name_box(f, a->child[i]->text);
        row_add(f, &below, sign(f, CLASS_NAME, d));
        row_add(f, &below, times ? PARTS(f, BOX_POWER, variable, number_box(f, a->child[i + 1]->text)) : variable);
        long n = 0;
        for (size_t k = 0; times && k < a->child[i + 1]->text.n; k++)
            n = 10 * n + (a->child[i + 1]->text.s[k] - '0');
        order += times ? n : 1;
        i += times;
    }
    const Box *above = sign(f, CLASS_NAME, d);
    if (order > 1)
        above = PARTS(f, BOX_POWER, above, text_box(f, CLASS_NUMBER, str_printf(f->arena, "%ld", order)));
    return names ? PARTS(f, BOX_ROW, PARTS(f, BOX_FRACTION, above, row_box(f, &below)), sign(f, CLASS_MARK, " "), box_at(f, a->child[1], LEVEL_PRODUCT)) : NULL;
}

static const struct { const char *name, *open, *close; } fenced_functions[] = {
    { "abs", "|", "|" }, { "norm", "norm", "norm" }, { "floor", "[floor", "floor]" }, { "ceil", "[ceil", "ceil]" },
};

/* Functions with a form of their own; NULL: as f(x). */
static const Box *special_call(Formula *f, const Ast *a)
{
    static const struct { const char *name, *sign; } operators[] = { { "sum", "sum" }, { "product", "product" }, { "integrate", "integral" } };
    for (size_t i = 0; i < sizeof operators / sizeof *operators; i++)
        if (calls(a, operators[i].name) && a->n > 2)
            return big_operator(f, a, operators[i].sign);
    if (calls(a, "limit"))
        return limit_box(f, a);
    if (calls(a, "diff") && a->n > 2)
        return derivative_box(f, a);
    if (a->n != 2)
        return NULL;
    if (calls(a, "sqrt"))
        return PARTS(f, BOX_ROOT, box_at(f, a->child[1], LEVEL_ANY));
    if (calls(a, "exp"))
        return PARTS(f, BOX_POWER, sign(f, CLASS_NAME, "e"), box_at(f, a->child[1], LEVEL_ANY));
    for (size_t i = 0; i < sizeof fenced_functions / sizeof *fenced_functions; i++)
        if (calls(a, fenced_functions[i].name))
            return fence(f, box_at(f, a->child[1], LEVEL_ANY), fenced_functions[i].open, fenced_functions[i].close);
    return NULL;
}

/* The name of a function: a letter like f, or a word. */
static const Box *function_name(Formula *f, const Ast *callee)
{
    if (callee->kind != AST_NAME)
        return box_at(f, callee, LEVEL_ATOM);
    if (str_is(callee->text, "gamma"))
        return sign(f, CLASS_NAME, "Gamma");
    return is_letter_name(callee->text) ? name_box(f, callee->text) : text_box(f, CLASS_FUNCTION, callee->text);
}

static const Box *call_box(Formula *f, const Ast *a)
{
    const Box *special = special_call(f, a);
    return special ? special : PARTS(f, BOX_ROW, function_name(f, a->child[0]), fence(f, listed(f, a, 1), "(", ")"));
}

/* ---- powers ------------------------------------------------------------------------------------------------------------------------------- */

static bool is_plain_call(Formula *f, const Ast *a)
{
    return a->kind == AST_CALL && a->child[0]->kind == AST_NAME && !is_letter_name(a->child[0]->text) && !special_call(f, a);
}

/* A quotient of numbers as an exponent keeps its stroke: x^(1/3). */
static const Box *exponent_box(Formula *f, const Ast *a)
{
    const Ast *top = a->kind == AST_PRODUCT && a->n == 2 && a->ops[1] == OP_DIV ? a->child[0] : NULL;
    const Ast *number = top && top->kind == AST_SIGN ? top->child[0] : top;
    if (!top || number->kind != AST_NUMBER || a->child[1]->kind != AST_NUMBER)
        return box_at(f, a, LEVEL_ANY);
    return PARTS(f, BOX_ROW, box_at(f, top, LEVEL_ANY), sign(f, CLASS_MARK, "/"), box_at(f, a->child[1], LEVEL_ANY));
}

static const Box *power_box(Formula *f, const Ast *a)
{
    const Ast *base = a->child[0], *exponent = a->child[1];
    const Box *raised = exponent_box(f, exponent);
    if (a->op == OP_DOT_POW)
        return PARTS(f, BOX_POWER, box_at(f, base, LEVEL_ATOM), PARTS(f, BOX_ROW, sign(f, CLASS_MARK, "."), raised));
    if (is_plain_call(f, base) && exponent->kind == AST_NUMBER)         /* sin^2(x) */
        return PARTS(f, BOX_ROW, PARTS(f, BOX_POWER, function_name(f, base->child[0]), raised), fence(f, listed(f, base, 1), "(", ")"));
    return PARTS(f, BOX_POWER, box_at(f, base, LEVEL_ATOM), raised);
}

static const Box *primes(Formula *f, const Ast *a)
{
    Row row = { 0 };
    for (int i = 0; i < a->op && i < 20; i++)
        row_add(f, &row, sign(f, CLASS_MARK, "'"));
    const Box *base = box_at(f, a->child[0], LEVEL_ATOM);
    if (a->child[0]->kind == AST_CALL)
        base = fence(f, base, "(", ")");
    return PARTS(f, BOX_POWER, base, row_box(f, &row));
}

/* ---- the switch ------------------------------------------------------------------------------------------------------------------------------ */

static const Box *binary_box(Formula *f, const Ast *a)
{
    if (a->op == OP_POW || a->op == OP_DOT_POW)
        return power_box(f, a);
    Level level = a->op == OP_DOT_ADD || a->op == OP_DOT_SUB ? LEVEL_SUM : LEVEL_PRODUCT;
    return PARTS(f, BOX_ROW, box_at(f, a->child[0], level), sign(f, CLASS_OPERATOR, operator_name(a->op)), box_at(f, a->child[1], level + 1));
}

static const Box *arrow_box(Formula *f, const Ast *a)
{
    const Box *to = box_at(f, a->child[1], LEVEL_SUM);
    if (a->op)
        to = PARTS(f, BOX_POWER, to, sign(f, CLASS_MARK, a->op > 0 ? "+" : "-"));
    return equation(f, box_at(f, a->child[0], LEVEL_ATOM), "->", to);
}

static const Box *at_box(Formula *f, const Ast *a)
{
    const Box *inside = box_at(f, a->child[0], LEVEL_SUM);
    return PARTS(f, BOX_INDEX, fence(f, inside, "[", "]"), listed(f, a, 1));
}

static const Box *lambda_box(Formula *f, const Ast *a)
{
    const Box *names = a->n == 2 ? box_at(f, a->child[0], LEVEL_ATOM) : fence(f, joined(f, a->child, a->n - 1, ",", CLASS_MARK, LEVEL_ANY), "(", ")");
    return equation(f, names, "|->", box_at(f, a->child[a->n - 1], LEVEL_ANY));
}

static const Box *option_box(Formula *f, const Ast *a)
{
    return PARTS(f, BOX_ROW, text_box(f, CLASS_WORDS, str_printf(f->arena, "%.*s: ", STR_ARGS(a->text))), box_at(f, a->child[0], LEVEL_ANY));
}

static const Box *definition_box(Formula *f, const Ast *a)
{
    size_t     n = (size_t)a->op;
    const Box *head = PARTS(f, BOX_ROW, name_box(f, a->text), fence(f, joined(f, a->child, n, ",", CLASS_MARK, LEVEL_ANY), "(", ")"));
    return a->child[n]->kind == AST_BLOCK ? no_form(f) : equation(f, head, "=", box_at(f, a->child[n], LEVEL_ANY));
}

static const Box *plain_box(Formula *f, const Ast *a)
{
    switch (a->kind) {
    case AST_NUMBER:    return number_box(f, a->text);
    case AST_STRING:    return a->n == 1 && a->child[0]->kind == AST_TEXT ? text_box(f, CLASS_WORDS, a->child[0]->text) : a->n ? no_form(f) : sign(f, CLASS_WORDS, "");
    case AST_NAME:      return name_box(f, a->text);
    case AST_TRUTH:     return sign(f, CLASS_WORDS, a->op ? "true" : "false");
    case AST_BINARY:    return binary_box(f, a);
    case AST_SUM:       return chain(f, a, LEVEL_SUM, LEVEL_PRODUCT);
    case AST_PRODUCT: case AST_BESIDE: return product_box(f, a);
    case AST_SIGN:      return PARTS(f, BOX_ROW, sign(f, CLASS_MARK, a->op == OP_SUB ? "-" : "+"), box_at(f, a->child[0], LEVEL_PRODUCT));
    case AST_FACTORIAL: return PARTS(f, BOX_ROW, box_at(f, a->child[0], LEVEL_ATOM), sign(f, CLASS_MARK, "!"));
    case AST_CALL:      return call_box(f, a);
    case AST_INDEX:     return PARTS(f, BOX_INDEX, box_at(f, a->child[0], LEVEL_ATOM), listed(f, a, 1));
    case AST_FIELD:     return PARTS(f, BOX_ROW, box_at(f, a->child[0], LEVEL_ATOM), sign(f, CLASS_MARK, "."), text_box(f, CLASS_WORDS, a->text));
    case AST_PRIME:     return primes(f, a);
    case AST_TUPLE: case AST_RECORD: return fence(f, listed(f, a, 0), "(", ")");
    case AST_ENTRY: case AST_ASSIGN: return equation(f, name_box(f, a->text), "=", box_at(f, a->child[0], LEVEL_ANY));
    case AST_DEFINE:    return definition_box(f, a);
    case AST_PARAM:     return name_box(f, a->text);
    case AST_LIST:      return list_box(f, a);
    case AST_RANGE:     return a->n == 2 ? equation(f, box_at(f, a->child[0], LEVEL_SUM), "..", box_at(f, a->child[1], LEVEL_SUM)) : no_form(f);
    case AST_RELATION:  return chain(f, a, LEVEL_SUM, LEVEL_SUM);
    case AST_AND: case AST_OR:
        return joined(f, a->child, a->n, a->kind == AST_AND ? "and" : "or", CLASS_OPERATOR, LEVEL_RELATION);
    case AST_NOT:       return PARTS(f, BOX_ROW, sign(f, CLASS_MARK, "not"), box_at(f, a->child[0], LEVEL_SUM));
    case AST_IF_EXPR:   return cases_box(f, a);
    case AST_LAMBDA:    return lambda_box(f, a);
    case AST_AT:        return at_box(f, a);
    case AST_ARROW:     return arrow_box(f, a);
    case AST_OPTION:    return option_box(f, a);
    case AST_TILDE:     return equation(f, box_at(f, a->child[0], LEVEL_ATOM), "~", box_at(f, a->child[1], LEVEL_ANY));
    case AST_TEXT: case AST_FNPOW: case AST_ALL: case AST_USING: case AST_FORMAT: case AST_EMPTY: case AST_ASSIGN_INDEX: case AST_OPTIMIZER: case AST_STATE:
    case AST_DISTRIBUTION: case AST_DECLARE: case AST_ASSUME: case AST_PROPERTY: case AST_CLEAR: case AST_FOR: case AST_WHILE: case AST_BREAK: case AST_NEXT:
    case AST_USING_BLOCK: case AST_IF: case AST_BLOCK: case AST_ASSERT: case AST_FILE: case AST_SET: case AST_SHOW: case AST_HELP: case AST_QUIT: case AST_PREFIX:
        break;
    }
    return no_form(f);
}

/* How tightly the layout of a node holds together: so much less than an atom. */
static Level level_of(Formula *f, const Ast *a)
{
    enum { SUM = LEVEL_ATOM - LEVEL_SUM, PRODUCT = LEVEL_ATOM - LEVEL_PRODUCT, POWER = LEVEL_ATOM - LEVEL_POWER, RELATION = LEVEL_ATOM - LEVEL_RELATION };
    static const unsigned char looser[AST_PREFIX + 1] = {
        [AST_SUM] = SUM, [AST_SIGN] = SUM, [AST_PRODUCT] = PRODUCT, [AST_BESIDE] = PRODUCT, [AST_FACTORIAL] = POWER,
        [AST_RELATION] = RELATION, [AST_AND] = RELATION, [AST_OR] = RELATION, [AST_NOT] = RELATION, [AST_TILDE] = RELATION, [AST_ARROW] = RELATION,
        [AST_IF_EXPR] = LEVEL_ATOM, [AST_LAMBDA] = LEVEL_ATOM, [AST_OPTION] = LEVEL_ATOM, [AST_ENTRY] = LEVEL_ATOM, [AST_RANGE] = LEVEL_ATOM,
    };
    static const char *const open_ended[] = { "sum", "product", "integrate", "limit", "diff" };
    if (a->kind == AST_NUMBER && memchr(a->text.s, 'e', a->text.n))
        return LEVEL_PRODUCT;
    if (a->kind == AST_BINARY)
        return a->op == OP_POW || a->op == OP_DOT_POW ? LEVEL_POWER : a->op == OP_DOT_MUL || a->op == OP_DOT_DIV ? LEVEL_PRODUCT : LEVEL_SUM;
    if (calls(a, "exp"))
        return LEVEL_POWER;
    for (size_t i = 0; i < sizeof open_ended / sizeof *open_ended; i++)
        if (calls(a, open_ended[i]) && special_call(f, a))
            return LEVEL_SUM;
    return LEVEL_ATOM - looser[a->kind];
}

static const Box *box_at(Formula *f, const Ast *a, Level least)
{
    if (f->failed)
        return no_form(f);
    const Box *box = plain_box(f, a);
    return level_of(f, a) < least ? fence(f, box, "(", ")") : box;
}

const Box *formula_box(Arena *a, Str text)
{
    Formula f = { .arena = a };
    Source  source = { .text = text };
    Diag    d = { .arena = a };
    size_t  at = 0;
    Ast    *tree = parse_statement(a, &d, &source, &at, (ParseMode){ 0 });
    if (!tree || str_trim(str_slice(text, at, text.n)).n)
        return NULL;
    const Box *box = box_at(&f, tree, LEVEL_ANY);
    return f.failed ? NULL : box;
}
