/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Writes a tree by the levels of GRAMMAR 2: a child that binds looser than its place asks for gets brackets. Brackets that
 * the user wrote are written again, so the text of a parsed line stays close to the line. Places where a tree has more than
 * one spelling (3x or 3*x never are the same tree) need no choice; places where a spelling is refused (x^1/2) get brackets. */
#include "tests/parser/ast_text.h"

#include <string.h>

typedef enum Level {
    FULL = 1, EXPR, OR, AND, NOT, RELATION, RANGE, SUM, PRODUCT, SIGNED, BESIDE, POWER, POSTFIX, PRIMARY
} Level;

typedef struct Writer {
    Buf  out;
    bool inside;                    /* in some bracket: there = makes an equation */
} Writer;

static void write(Writer *w, const Ast *t, Level least);
static void write_statement(Writer *w, const Ast *t);

static const char *op_text(int op)
{
    static const char *const text[] = { "", "+", "-", "*", "/", "^", ".+", ".-", ".*", "./", ".^", "=", "==", "!=", "<", "<=", ">", ">=" };
    return text[op];
}

static Level binary_level(int op)
{
    return op == OP_POW || op == OP_DOT_POW ? POWER : op == OP_DOT_ADD || op == OP_DOT_SUB ? SUM : PRODUCT;
}

/* Kinds that are not listed bring their own brackets. */
static Level level_of(const Ast *t)
{
    static const Level levels[AST_PREFIX + 1] = {
        [AST_AT] = FULL, [AST_USING] = FULL, [AST_LAMBDA] = EXPR, [AST_IF_EXPR] = EXPR, [AST_OR] = OR, [AST_AND] = AND, [AST_NOT] = NOT,
        [AST_RELATION] = RELATION, [AST_RANGE] = RANGE, [AST_SUM] = SUM, [AST_PRODUCT] = PRODUCT, [AST_SIGN] = SIGNED, [AST_BESIDE] = BESIDE,
        [AST_FNPOW] = POWER, [AST_FACTORIAL] = POSTFIX, [AST_INDEX] = POSTFIX, [AST_FIELD] = POSTFIX, [AST_PRIME] = POSTFIX,
    };
    if (t->kind == AST_BINARY)
        return binary_level(t->op);
    if (t->kind == AST_CALL && t->child[0]->kind != AST_NAME)
        return POSTFIX;
    return levels[t->kind] ? levels[t->kind] : PRIMARY;
}

static void write_bracketed(Writer *w, const Ast *t)
{
    bool outer = w->inside;
    w->inside = true;
    buf_add_c(&w->out, '(');
    Ast bare = *t;
    bare.grouped = false;
    write(w, &bare, FULL);
    buf_add_c(&w->out, ')');
    w->inside = outer;
}

/* An equation among the items of a tuple would be a named entry. */
static Level item_level(const Ast *item)
{
    return item->kind == AST_RELATION ? PRIMARY : FULL;
}

static void write_items(Writer *w, const char *open, const Ast *t, size_t from, const char *close)
{
    bool outer = w->inside;
    w->inside = true;
    buf_add_s(&w->out, open);
    for (size_t i = from; i < t->n; i++) {
        buf_add_s(&w->out, i > from ? ", " : "");
        write(w, t->child[i], t->kind == AST_TUPLE ? item_level(t->child[i]) : FULL);
    }
    buf_add_s(&w->out, close);
    w->inside = outer;
}

static void write_list(Writer *w, const Ast *t)
{
    bool outer = w->inside;
    w->inside = true;
    buf_add_c(&w->out, '[');
    for (size_t i = 0; i < t->n; i++) {
        buf_add_s(&w->out, i == 0 ? "" : i % (size_t)t->op ? ", " : "; ");
        write(w, t->child[i], FULL);
    }
    buf_add_c(&w->out, ']');
    w->inside = outer;
}

static void write_chain(Writer *w, const Ast *t, Level child)
{
    for (size_t i = 0; i < t->n; i++) {
        if (i)
            buf_printf(&w->out, child == SIGNED ? "%s" : " %s ", op_text(t->ops[i]));
        bool divisor = child == SIGNED && i && t->ops[i] == OP_DIV;
        bool before_divisor = child == SIGNED && i + 1 < t->n && t->ops[i + 1] == OP_DIV && t->child[i]->kind == AST_BINARY;
        write(w, t->child[i], before_divisor ? POSTFIX : divisor ? POWER : child);
    }
}

static void write_binary(Writer *w, const Ast *t)
{
    Level own = binary_level(t->op);
    write(w, t->child[0], own == POWER ? POSTFIX : own + 1);
    buf_printf(&w->out, own == POWER && t->op == OP_POW ? "%s" : " %s ", op_text(t->op));
    const Ast *right = t->child[1];
    bool sign = own == POWER && right->kind == AST_SIGN;
    write(w, right, own == POWER && right->kind == AST_FACTORIAL ? PRIMARY : sign ? SIGNED : own == POWER || t->op == OP_DOT_DIV ? POWER : own + 1);
}

/* A sign in an exponent takes an exponent; elsewhere everything that binds tighter. Brackets suit both. */
static void write_sign(Writer *w, const Ast *t)
{
    buf_add_s(&w->out, op_text(t->op));
    buf_add_s(&w->out, t->child[0]->kind == AST_SIGN ? " " : "");         /* ++ is refused */
    write(w, t->child[0], t->child[0]->kind == AST_FACTORIAL ? PRIMARY : t->child[0]->kind == AST_SIGN ? SIGNED : POWER);
}

static bool takes_postfix(const Ast *t)
{
    return t->kind == AST_NAME || t->kind == AST_CALL || t->kind == AST_INDEX || t->kind == AST_FIELD;
}

/* Does the text of this factor begin with a name, and not with a bracket? */
static bool begins_with_name(const Ast *t)
{
    if (t->grouped || level_of(t) < POWER)
        return false;
    if (t->kind == AST_NAME || t->kind == AST_FNPOW)
        return true;
    bool power = t->kind == AST_BINARY, factorial = t->kind == AST_FACTORIAL && t->child[0]->kind != AST_FACTORIAL;
    bool postfix = t->kind == AST_CALL || t->kind == AST_INDEX || t->kind == AST_FIELD || t->kind == AST_PRIME;
    const Ast *head = t->n ? t->child[0] : t;
    if (power || factorial)
        return level_of(head) >= POSTFIX && begins_with_name(head);
    return postfix && (takes_postfix(head) || t->kind == AST_CALL) && begins_with_name(head);
}

static void write_beside(Writer *w, const Ast *t)
{
    const Ast *left = t->child[0], *right = t->child[1];
    bool       name = begins_with_name(right);
    write(w, left, left->kind == AST_NUMBER || (left->kind == AST_CALL && name) ? POWER : PRIMARY + 1);
    buf_add_s(&w->out, name ? " " : "");
    write(w, right, name ? POWER : PRIMARY + 1);
}

static void write_object(Writer *w, const Ast *t)
{
    write(w, t, takes_postfix(t) ? POSTFIX : PRIMARY + 1);
}

static void write_text(Writer *w, Str s)
{
    for (size_t i = 0; i < s.n; i++) {
        char c = s.s[i];
        if (c && memchr("\n\t\"\\{}", c, 6))
            buf_printf(&w->out, "\\%c", c == '\n' ? 'n' : c == '\t' ? 't' : c);
        else
            buf_add_c(&w->out, c);
    }
}

static void write_string(Writer *w, const Ast *t)
{
    buf_add_c(&w->out, '"');
    for (size_t i = 0; i < t->n; i++) {
        if (t->child[i]->kind == AST_TEXT) {
            write_text(w, t->child[i]->text);
        } else {
            buf_add_c(&w->out, '{');
            write(w, t->child[i], FULL);
            buf_add_c(&w->out, '}');
        }
    }
    buf_add_c(&w->out, '"');
}

static void write_format(Writer *w, const Ast *t)
{
    static const char *const rounding[] = { "", " nearest", " up", " down", " toward zero", " stochastic" };
    bool count = t->n && (str_is(t->text, "digits") || str_is(t->text, "bits"));
    if (count)
        buf_printf(&w->out, "%.*s ", STR_ARGS(t->child[0]->text));
    buf_add(&w->out, t->text);
    if (!count && t->n)
        write_items(w, "(", t, 0, ")");
    buf_add_s(&w->out, rounding[t->op]);
}

static void write_names(Writer *w, const Ast *t)
{
    if (t->kind == AST_TUPLE)
        write_items(w, "(", t, 0, ")");
    else
        buf_add(&w->out, t->text);
}

static void write_lambda(Writer *w, const Ast *t)
{
    buf_add_s(&w->out, t->n > 2 ? "(" : "");
    for (size_t i = 0; i + 1 < t->n; i++)
        buf_printf(&w->out, "%s%.*s", i ? ", " : "", STR_ARGS(t->child[i]->text));
    buf_add_s(&w->out, t->n > 2 ? ") |-> " : " |-> ");
    write(w, t->child[t->n - 1], EXPR);
}

static void write_joined(Writer *w, const Ast *t, size_t from, const char *between, Level child)
{
    for (size_t i = from; i < t->n; i++) {
        buf_add_s(&w->out, i > from ? between : "");
        write(w, t->child[i], child);
    }
}

static void write_range(Writer *w, const Ast *t)
{
    write(w, t->child[0], SUM);
    buf_add_s(&w->out, "..");
    size_t high = w->out.n;
    write(w, t->child[1], SUM);
    if (w->out.s[high] == '.') {                              /* three points in a row are refused */
        buf_add_c(&w->out, ' ');
        memmove(w->out.s + high + 1, w->out.s + high, w->out.n - high - 1);
        w->out.s[high] = ' ';
    }
    if (t->n == 3) {
        buf_add_s(&w->out, " by ");
        write(w, t->child[2], SUM);
    }
}

/* f at x = 2 using fp16: each once, nested either way. */
static void write_full(Writer *w, const Ast *t)
{
    const Ast *operand = t->child[0];
    bool other = (operand->kind == AST_AT || operand->kind == AST_USING) && operand->kind != t->kind
              && !(operand->child[0]->kind == t->kind && !operand->child[0]->grouped);
    write(w, operand, other ? FULL : EXPR);
    buf_add_s(&w->out, t->kind == AST_AT ? " at " : " using ");
    for (size_t i = 1; i < t->n; i++) {
        buf_add_s(&w->out, i > 1 ? ", " : "");
        write(w, t->child[i], SUM);
    }
}

static void write_expression(Writer *w, const Ast *t)
{
    switch (t->kind) {
    case AST_NUMBER: case AST_NAME: buf_add(&w->out, t->text); break;
    case AST_STRING:    write_string(w, t); break;
    case AST_TEXT:      write_text(w, t->text); break;
    case AST_TRUTH:     buf_add_s(&w->out, t->op ? "true" : "false"); break;
    case AST_BINARY:    write_binary(w, t); break;
    case AST_SUM:       write_chain(w, t, PRODUCT); break;
    case AST_PRODUCT:   write_chain(w, t, SIGNED); break;
    case AST_SIGN:      write_sign(w, t); break;
    case AST_BESIDE:    write_beside(w, t); break;
    case AST_FACTORIAL: write(w, t->child[0], t->child[0]->kind == AST_FACTORIAL ? PRIMARY + 1 : POSTFIX); buf_add_c(&w->out, '!'); break;
    case AST_CALL:      write(w, t->child[0], POSTFIX); write_items(w, "(", t, 1, ")"); break;
    case AST_FNPOW:     buf_printf(&w->out, "%.*s^%d", STR_ARGS(t->text), t->op); write_items(w, "(", t, 0, ")"); break;
    case AST_INDEX:     write_object(w, t->child[0]); write_items(w, "[", t, 1, "]"); break;
    case AST_ALL:       buf_add_s(&w->out, ".."); break;
    case AST_FIELD:     write_object(w, t->child[0]); buf_printf(&w->out, ".%.*s", STR_ARGS(t->text)); break;
    case AST_PRIME:     write_object(w, t->child[0]); for (int i = 0; i < t->op; i++) buf_add_c(&w->out, '\''); break;
    case AST_TUPLE: case AST_RECORD: write_items(w, "(", t, 0, ")"); break;
    case AST_ENTRY:     buf_printf(&w->out, "%.*s = ", STR_ARGS(t->text)); write(w, t->child[0], SUM); break;
    case AST_LIST:      write_list(w, t); break;
    case AST_RANGE:     write_range(w, t); break;
    case AST_RELATION:
        for (size_t i = 0; i < t->n; i++) {
            if (i)
                buf_printf(&w->out, " %s ", op_text(t->ops[i - 1]));
            write(w, t->child[i], RANGE);
        }
        break;
    case AST_AND:       write_joined(w, t, 0, " and ", NOT); break;
    case AST_OR:        write_joined(w, t, 0, " or ", AND); break;
    case AST_NOT:       buf_add_s(&w->out, "not "); write(w, t->child[0], NOT); break;
    case AST_IF_EXPR:
        buf_add_s(&w->out, "if "); write(w, t->child[0], OR);
        buf_add_s(&w->out, " then "); write(w, t->child[1], EXPR);
        buf_add_s(&w->out, " else "); write(w, t->child[2], EXPR);
        break;
    case AST_LAMBDA:    write_lambda(w, t); break;
    case AST_AT: case AST_USING: write_full(w, t); break;
    case AST_FORMAT:    write_format(w, t); break;
    case AST_ARROW:
        write_names(w, t->child[0]); buf_add_s(&w->out, " -> "); write(w, t->child[1], SUM);
        buf_add_s(&w->out, t->op > 0 ? "+" : t->op < 0 ? "-" : "");
        break;
    case AST_OPTION:    buf_printf(&w->out, "%.*s: ", STR_ARGS(t->text)); write(w, t->child[0], FULL); break;
    case AST_TILDE:     write_names(w, t->child[0]); buf_add_s(&w->out, " ~ "); write(w, t->child[1], RANGE); break;
    case AST_EMPTY: case AST_ASSIGN: case AST_ASSIGN_INDEX: case AST_DEFINE: case AST_PARAM: case AST_OPTIMIZER: case AST_STATE:
    case AST_DISTRIBUTION: case AST_DECLARE: case AST_ASSUME: case AST_PROPERTY: case AST_CLEAR: case AST_FOR: case AST_WHILE:
    case AST_BREAK: case AST_NEXT: case AST_USING_BLOCK: case AST_IF: case AST_BLOCK: case AST_ASSERT: case AST_FILE:
    case AST_SET: case AST_SHOW: case AST_HELP: case AST_QUIT: case AST_PREFIX:
        write_statement(w, t);
        break;
    }
}

static bool is_equation(const Ast *t)
{
    for (size_t i = 0; t->kind == AST_RELATION && i + 1 < t->n; i++)
        if (t->ops[i] == OP_EQUATION)
            return true;
    return false;
}

static void write(Writer *w, const Ast *t, Level least)
{
    bool own = t->kind == AST_TUPLE || t->kind == AST_RECORD;
    if ((t->grouped && !own) || (level_of(t) < least && !(own && least > PRIMARY)) || (!w->inside && is_equation(t)))
        write_bracketed(w, t);
    else
        write_expression(w, t);
}

/* ---- statements ---------------------------------------------------------------------------------------------------------- */

static void write_block(Writer *w, const Ast *t)
{
    bool outer = w->inside;
    w->inside = false;
    buf_add_s(&w->out, "{ ");
    for (size_t i = 0; i < t->n; i++) {
        write_statement(w, t->child[i]);
        if (i + 1 < t->n || t->child[i]->hidden)
            buf_add_s(&w->out, t->child[i]->hidden ? "; " : "\n");
    }
    buf_add_s(&w->out, " }");
    w->inside = outer;
}

static void write_params(Writer *w, const Ast *t)
{
    bool outer = w->inside;
    w->inside = true;
    buf_printf(&w->out, "%.*s(", STR_ARGS(t->text));
    for (int i = 0; i < t->op; i++) {
        const Ast *p = t->child[i];
        buf_printf(&w->out, "%s%.*s", i ? ", " : "", STR_ARGS(p->text));
        if (p->n) {
            buf_add_s(&w->out, ": ");
            write(w, p->child[0], FULL);
        }
    }
    buf_add_c(&w->out, ')');
    w->inside = outer;
}

static void write_body(Writer *w, const Ast *t)
{
    if (t->kind == AST_BLOCK)
        write_block(w, t);
    else
        write(w, t, FULL);
}

static void write_control(Writer *w, const char *word, const Ast *t)
{
    buf_add_s(&w->out, word);
    write(w, t->child[0], EXPR);
    buf_add_c(&w->out, ' ');
    write_block(w, t->child[1]);
    if (t->n == 3) {
        buf_add_s(&w->out, " else ");
        write_statement(w, t->child[2]);
    }
}

static void write_index_assignment(Writer *w, const Ast *t)
{
    Ast index = *t;
    index.n--;
    buf_add(&w->out, t->text);
    write_items(w, "[", &index, 0, "]");
    buf_add_s(&w->out, " = ");
    write(w, t->child[t->n - 1], FULL);
}

static void write_statement(Writer *w, const Ast *t)
{
    Buf *b = &w->out;
    switch (t->kind) {
    case AST_EMPTY:     break;
    case AST_ASSIGN:    buf_printf(b, "%.*s = ", STR_ARGS(t->text)); write(w, t->child[0], FULL); break;
    case AST_ASSIGN_INDEX: write_index_assignment(w, t); break;
    case AST_DEFINE:    write_params(w, t); buf_add_s(b, " = "); write_body(w, t->child[t->n - 1]); break;
    case AST_PARAM:     break;
    case AST_OPTIMIZER: buf_add_s(b, "optimizer "); write_params(w, t); buf_add_c(b, ' '); write_block(w, t->child[t->n - 1]); break;
    case AST_STATE:     buf_printf(b, "state %.*s = ", STR_ARGS(t->text)); write(w, t->child[0], FULL); break;
    case AST_DISTRIBUTION: write(w, t->child[0], FULL); break;
    case AST_DECLARE:   buf_printf(b, "%.*s ", STR_ARGS(t->text)); write_joined(w, t, 0, ", ", FULL); break;
    case AST_ASSUME:    buf_add_s(b, "assume "); write_joined(w, t, 0, ", ", FULL); break;
    case AST_PROPERTY:  write(w, t->child[0], FULL); buf_printf(b, " %.*s", STR_ARGS(t->text)); break;
    case AST_CLEAR:     buf_add_s(b, "clear "); write_joined(w, t, 0, ", ", FULL); break;
    case AST_FOR:       buf_printf(b, "for %.*s in ", STR_ARGS(t->text)); write_control(w, "", t); break;
    case AST_WHILE:     write_control(w, "while ", t); break;
    case AST_BREAK:     buf_add_s(b, "break"); break;
    case AST_NEXT:      buf_add_s(b, "next"); break;
    case AST_USING_BLOCK: write_control(w, "using ", t); break;
    case AST_IF:        write_control(w, "if ", t); break;
    case AST_BLOCK:     write_block(w, t); break;
    case AST_ASSERT:
        buf_add_s(b, "assert ");
        write(w, t->child[0], FULL);
        if (t->n == 2) {
            buf_add_s(b, " within ");
            write(w, t->child[1], SUM);
        }
        break;
    case AST_FILE: case AST_SET:
        buf_printf(b, t->kind == AST_SET ? "set %.*s " : "%.*s ", STR_ARGS(t->text));
        write(w, t->child[0], FULL);
        break;
    case AST_SHOW:      buf_add_s(b, "show "); write_joined(w, t, 0, ", ", FULL); break;
    case AST_HELP:      buf_printf(b, t->op == 2 ? "??%.*s" : t->text.n ? "help %.*s" : "help", STR_ARGS(t->text)); break;
    case AST_QUIT:      buf_add_s(b, "quit"); break;
    case AST_PREFIX:    buf_printf(b, "%.*s ", STR_ARGS(t->text)); write_statement(w, t->child[0]); break;
    case AST_NUMBER: case AST_STRING: case AST_TEXT: case AST_NAME: case AST_TRUTH: case AST_BINARY: case AST_SUM:
    case AST_PRODUCT: case AST_SIGN: case AST_BESIDE: case AST_FACTORIAL: case AST_CALL: case AST_FNPOW: case AST_INDEX:
    case AST_ALL: case AST_FIELD: case AST_PRIME: case AST_TUPLE: case AST_RECORD: case AST_ENTRY: case AST_LIST: case AST_RANGE:
    case AST_RELATION: case AST_AND: case AST_OR: case AST_NOT: case AST_IF_EXPR: case AST_LAMBDA: case AST_AT: case AST_USING:
    case AST_FORMAT: case AST_ARROW: case AST_OPTION: case AST_TILDE:
        write(w, t, FULL);
        break;
    }
}

Str ast_text(Arena *a, const Ast *t)
{
    Writer w = { .out = buf_new(a) };
    write_statement(&w, t);
    return buf_str(&w.out);
}

bool ast_same(const Ast *a, const Ast *b)
{
    if (a->kind != b->kind || a->op != b->op || a->n != b->n || a->hidden != b->hidden || !str_eq(a->text, b->text) || !a->ops != !b->ops)
        return false;
    for (size_t i = 0; i < a->n; i++) {
        bool op_here = a->ops && (a->kind == AST_RELATION ? i + 1 < a->n : i > 0);
        if ((op_here && a->ops[i] != b->ops[i]) || !ast_same(a->child[i], b->child[i]))
            return false;
    }
    return true;
}
