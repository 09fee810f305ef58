/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The verified cases of lesson 14: run_stability MODE FILE.
 *   stabilize  expressions with ranges: the form found has at most half a bit of error on average over points that the search did not use, is
 *              worse than the input on neither sampling, and equals it
 *   why        the same file, at the worst point of each row: the node named is the smallest one whose true value removes the error */
#include "tests/session.h"

#include "base/report.h"
#include "symbolic/error_analysis.h"
#include "symbolic/stabilize.h"

#include <math.h>

enum { NAME = 0, EXPRESSION = 3, RANGES = 5, CONDITION = 6, WORST = 12, POINTS = 200, SEED = 4711 };

typedef struct Row {
    Env        *env;
    Pool       *pool;
    Arena      *arena;
    Str         line;
    Box         box;
    const Expr *e;
} Row;

static Str replaced(Arena *a, Str s, const char *from, const char *to)
{
    Buf    b = buf_new(a);
    size_t n = strlen(from);
    for (size_t i = 0; i < s.n;) {
        bool here = i + n <= s.n && memcmp(s.s + i, from, n) == 0;
        buf_add(&b, here ? str_of(to) : str_slice(s, i, i + 1));
        i += here ? n : 1;
    }
    return buf_str(&b);
}

static Str take(Str *s, char separator)
{
    const char *end = s->n ? memchr(s->s, separator, s->n) : NULL;
    size_t      n = end ? (size_t)(end - s->s) : s->n;
    Str         part = str_trim(str_slice(*s, 0, n));
    *s = str_slice(*s, n + (end != NULL), s->n);
    return part;
}

/* "x:1,2; y:0,1" as ", x = 1 .. 2, y = 0 .. 1", and into the box. */
static Str ranges_text(Row *r)
{
    const Expr **variable = arena_array(r->arena, const Expr *, 8);
    Buf          b = buf_new(r->arena);
    r->box = (Box){ .variable = variable, .low = arena_array(r->arena, double, 8), .high = arena_array(r->arena, double, 8) };
    for (Str list = field(r->line, RANGES); list.n; r->box.n++) {
        Str part = take(&list, ';'), name = take(&part, ':'), low = take(&part, ','), high = part;
        variable[r->box.n] = expr_symbol(r->pool, name);
        r->box.low[r->box.n] = strtod(str_copy(r->arena, low).s, NULL);
        r->box.high[r->box.n] = strtod(str_copy(r->arena, high).s, NULL);
        buf_printf(&b, ", %.*s = %.*s .. %.*s", STR_ARGS(name), STR_ARGS(low), STR_ARGS(high));
    }
    return buf_str(&b);
}

static Str conditions_text(Row *r)
{
    Str conditions = field(r->line, CONDITION);
    if (str_is(conditions, "-"))
        return STR("");
    Str text = replaced(r->arena, replaced(r->arena, conditions, "!=", " != "), "&&", ", ");
    Str both = replaced(r->arena, replaced(r->arena, conditions, "!=", " != "), "&&", " and ");
    const Expr *e = pool_read_typed(r->pool, both.s, NULL, 0);
    Operations *o = arena_alloc(r->arena, sizeof *o);
    if (e && operations_of(r->pool, r->arena, e, r->box.variable, r->box.n, o))
        r->box.condition = o;
    return str_printf(r->arena, ", %.*s", STR_ARGS(text));
}

static bool check(bool good, const Row *r, const char *what, Checks *c)
{
    c->passed += good;
    c->failed += !good;
    if (!good)
        printf("%.*s: %s\n", STR_ARGS(field(r->line, NAME)), what);
    return good;
}

/* ---- stabilize ---------------------------------------------------------------------------------------------------------------------- */

static void check_form(Row *r, const Expr *form, double *sum, Checks *c)
{
    Operations in, out;
    if (!check(operations_of(r->pool, r->arena, r->e, r->box.variable, r->box.n, &in)
                   && operations_of(r->pool, r->arena, form, r->box.variable, r->box.n, &out), r, "the form is no expression in the variables", c))
        return;
    Samples s = samples_new(r->arena, &r->box, &in, POINTS, SEED);
    Errors  before = samples_errors(&s, &in, r->arena, NULL), after = samples_errors(&s, &out, r->arena, NULL);
    double  difference;
    Search  search = { .pool = r->pool, .arena = r->arena, .box = &r->box, .samples = s, .n = 1, .at = &(Candidate){ .ops = in } };
    *sum += after.mean_ordinal;
    check(search_verify(&search, &(Candidate){ .ops = out }, &difference), r, "the form has another value", c);
    check(after.mean_ordinal <= before.mean_ordinal + 0.02, r, "the form is worse for points uniform in ordinals", c);
    check(after.mean_value <= before.mean_value + 0.02, r, "the form is worse for points uniform in value", c);
}

/* A line of the session is over when the next one begins: what is read here lives as long as this row is checked. */
static bool read_expression(Row *r, Checks *c)
{
    r->pool = env_pool(r->env);
    r->e = pool_read_typed(r->pool, str_copy(r->arena, field(r->line, EXPRESSION)).s, NULL, 0);
    return check(r->e != NULL, r, "the expression cannot be read", c);
}

static void check_stabilize(Row *r, double *sum, Checks *c)
{
    Source source;
    Str    ranges = ranges_text(r), conditions = conditions_text(r);
    Str    text = str_printf(r->arena, "stabilize(%.*s%.*s%.*s)", STR_ARGS(field(r->line, EXPRESSION)), STR_ARGS(ranges), STR_ARGS(conditions));
    Outcome o = run_text(r->env, &source, text);
    if (!check(o.kind == RUN_DONE && o.value.kind == VALUE_REPORT && o.value.report->main.kind == VALUE_EXPR, r, "no form", c))
        return;
    r->pool = env_pool(r->env);
    ranges_text(r);
    conditions_text(r);
    if (read_expression(r, c))
        check_form(r, o.value.report->main.expr, sum, c);
}

/* ---- why ------------------------------------------------------------------------------------------------------------------------------- */

/* "x=0x1.8p+3;y=..." as exact numbers. */
static size_t worst_point(Row *r, const Expr **at)
{
    size_t n = 0;
    for (Str list = field(r->line, WORST); list.n; n++) {
        Str    part = take(&list, ';'), name = take(&part, '=');
        double x = strtod(str_copy(r->arena, part).s, NULL);
        fmpq_t q;
        arf_t  v;
        (void)name;
        fmpq_init(q);
        arf_init(v);
        arf_set_d(v, x);
        arf_get_fmpq(q, v);
        at[n] = expr_fmpq(r->pool, q);
        fmpq_clear(q);
        arf_clear(v);
    }
    return n;
}

/* Bits of error of the result in doubles when node k has the value given. */
static double bits_with(const Operations *o, size_t k, double value, const double *x, double truth, double *scratch)
{
    double      result[1];
    Operation  *op = malloc(o->n * sizeof *op);
    Operations  changed = { o->n, o->variables, op };
    memcpy(op, o->at, o->n * sizeof *op);
    if (k < o->n)
        op[k] = (Operation){ .e = o->at[k].e, .kind = EXPR_NUMBER, .value = value };
    operations_doubles(&changed, x, 1, scratch);
    result[0] = scratch[o->n - 1];
    free(op);
    return double_bits(result[0], truth);
}

static void check_cause(Row *r, const ErrorAnalysis *e, const double *x, Checks *c)
{
    size_t  n = e->ops.n;
    double *scratch = arena_array(r->arena, double, n), truth = arf_get_d(arb_midref(e->node[n - 1].truth), ARF_RND_NEAR);
    double  bits = bits_with(&e->ops, n, 0, x, truth, scratch);
    if (!check(e->cause < n || bits < 2, r, "no cause was found", c) || e->cause == n)
        return;
    if (e->fault < n) {                                     /* doubles cannot go on behind an overflow: it has to be named */
        check(e->cause == e->fault || e->node[e->cause].cured < 0.25 * e->bits, r, "the overflow is not the cause", c);
        return;
    }
    double cured = bits_with(&e->ops, e->cause, arf_get_d(arb_midref(e->node[e->cause].truth), ARF_RND_NEAR), x, truth, scratch);
    check(cured < 0.25 * bits + 1, r, "the true value of the cause does not help", c);
    for (size_t k = 0; k < e->cause; k++) {
        bool below = false;
        for (size_t j = 0; j < e->ops.at[e->cause].n; j++)
            below = below || e->ops.at[e->cause].arg[j] == k;
        double smaller = below ? bits_with(&e->ops, k, arf_get_d(arb_midref(e->node[k].truth), ARF_RND_NEAR), x, truth, scratch) : bits;
        check(smaller > cured + 1, r, "a part of the cause is enough", c);
    }
}

static void check_why(Row *r, Checks *c)
{
    const Expr   *at[8];
    double        x[8];
    Format        fp64;
    ErrorAnalysis e;
    ranges_text(r);
    if (!read_expression(r, c))
        return;
    size_t n = worst_point(r, at);
    format_named(STR("fp64"), &fp64);
    for (size_t i = 0; i < n; i++)
        format_set_fmpq(&fp64, &x[i], expr_number(at[i]), NULL);
    if (check(error_analysis(r->pool, r->arena, r->e, r->box.variable, at, n, &fp64, &e), r, "no analysis", c))
        check_cause(r, &e, x, c);
}

int main(int argc, char **argv)
{
    Checks c = { 0 };
    Str    text, line;
    double sum = 0;
    size_t rows = 0;
    if (argc != 3)
        return 2;
    Arena *a = arena_new();
    bool   why = strcmp(argv[1], "why") == 0;
    text = read_all(a, argv[2]);
    next_line(&text, &line);
    while (next_line(&text, &line)) {
        Row r = { .env = env_new(builtin_tables), .arena = arena_new() };
        r.line = replaced(r.arena, line, "eps", "h");       /* a row of the rules knows names of one letter */
        r.pool = env_pool(r.env);
        why ? check_why(&r, &c) : check_stabilize(&r, &sum, &c);
        rows++;
        arena_delete(r.arena);
        env_delete(r.env);
    }
    if (!why && rows && sum/(double)rows > 0.5) {
        printf("mean error %.3f bits\n", sum/(double)rows);
        c.failed++;
    }
    printf("CHECKS %zu %zu\n", c.passed, c.failed);
    arena_delete(a);
    return c.failed > 0;
}
