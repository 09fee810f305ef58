/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The verified cases of lesson 14: run_stability MODE FILE.
 *   stabilize  expressions with ranges: the form found has at most half a bit of error on average over points that the search did not use, is
 *              worse than the input on neither sampling, and equals it
 *   cases      expressions in formats: bits, error in all, error of the arithmetic
 *   sums       methods of summation; bounds: certified rounding errors; clip: gradients
 *   why        the same file, at the worst point of each row: the node named is the smallest one whose true value removes the error */
#include "tests/session.h"

#include "base/report.h"
#include "symbolic/expr/evaluate.h"
#include "symbolic/stability/error_analysis.h"
#include "symbolic/stability/stabilize.h"

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

/* ---- cases, sums, bounds, clip ---------------------------------------------------------------------------------------------------------- */

static Str format_of(Str name)
{
    return str_is(name, "fp8e4m3fn") ? STR("fp8_e4m3") : str_is(name, "fp8e5m2") ? STR("fp8_e5m2") : name;
}

static Value field_of(Row *r, Outcome o, const char *name)
{
    const Field *f = o.kind == RUN_DONE && o.value.kind == VALUE_REPORT ? report_field(o.value.report, str_of(name)) : NULL;
    (void)r;
    return f ? f->value : value_none();
}

/* Five digits are given. */
static bool near(Value v, Str wanted)
{
    double want = strtod(wanted.s, NULL), got = v.kind == VALUE_TEXT ? strtod(v.text.s, NULL) : NAN;
    return got == want || fabs(got - want) <= 2e-5*fabs(want) + 1e-12;
}

static void check_bits(Row *r, Outcome o, Str wanted, Checks *c)
{
    Value bits = field_of(r, o, "bits");
    const Field *value = o.kind == RUN_DONE && o.value.kind == VALUE_REPORT ? report_field(o.value.report, STR("value")) : NULL;
    bool         nan = value && value->value.kind == VALUE_EXPR && expr_is_constant(value->value.expr, CONSTANT_UNDEFINED);
    check(str_is(wanted, "nan") ? nan : bits.kind == VALUE_TEXT && str_eq(bits.text, wanted), r, "other bits", c);
}

/* name, expression, values, format, result, bits, true values, ulps in all and of the arithmetic */
static void check_case(Row *r, Checks *c)
{
    Source source;
    Str    values = field(r->line, 2);
    Str    at = str_is(values, "-") ? STR("") : str_printf(r->arena, " at %.*s", STR_ARGS(replaced(r->arena, values, ";", ",")));
    Outcome o = run_text(r->env, &source, str_printf(r->arena, "%.*s using %.*s%.*s", STR_ARGS(field(r->line, 1)), STR_ARGS(format_of(field(r->line, 3))), STR_ARGS(at)));
    check_bits(r, o, field(r->line, 5), c);
    Str total = field(r->line, 8), arithmetic = field(r->line, 9);
    if (!str_is(total, "inf") && !str_is(total, "nan"))
        check(near(field_of(r, o, "ulps"), total), r, "another error", c);
    if (!str_is(arithmetic, "inf") && !str_is(arithmetic, "nan"))
        check(near(field_of(r, o, "arithmetic_ulps"), arithmetic), r, "another error of the arithmetic", c);
}

/* The statement of a row of sums: kind, data, algorithm. Empty: a recurrence, which files show. */
static Str sum_text(Row *r)
{
    static const struct { const char *data, *text; } data[] = {
        { "0.1 x 10", "0.1, k = 1..10" }, { "0.1 x 1000", "0.1, k = 1..1000" }, { "0.001 x 1000", "0.001, k = 1..1000" }, { "1 x 4096", "1, k = 1..4096" },
        { "1;1e100;1;-1e100", "[1, 1e100, 1, -1e100]" }, { "1;1e30;1;-1e30", "[1, 1e30, 1, -1e30]" }, { "1;10000;1;-10000", "[1, 10000, 1, -10000]" },
    };
    Str kind = field(r->line, 0), text = field(r->line, 1), method = field(r->line, 2);
    if (str_is(kind, "variance"))
        return STR("welford([10001, 10002, 10003, 10004])");
    for (size_t i = 0; str_is(kind, "sum") && i < sizeof data / sizeof *data; i++)
        if (str_is(text, data[i].data))
            return str_printf(r->arena, "sum(%s, method: %.*s)", data[i].text, STR_ARGS(method));
    return STR("");
}

static void check_sum(Row *r, Checks *c)
{
    Source source;
    Str    text = sum_text(r);
    if (text.n)
        check_bits(r, run_text(r->env, &source, str_printf(r->arena, "%.*s using %.*s", STR_ARGS(text), STR_ARGS(format_of(field(r->line, 3))))), field(r->line, 5), c);
}

/* name, expression, ranges, largest error that samples found: the bound lies above it, by a factor of 2.5 at most */
static void check_bound(Row *r, Checks *c)
{
    Source  source;
    Str     ranges = field(r->line, 2);
    Buf     b = buf_new(r->arena);
    double  sampled = strtod(field(r->line, 3).s, NULL);
    while (ranges.n) {
        Str part = take(&ranges, ';'), name = take(&part, ':'), low = take(&part, ',');
        buf_printf(&b, ", %.*s = %.*s .. %.*s", STR_ARGS(name), STR_ARGS(low), STR_ARGS(part));
    }
    Outcome o = run_text(r->env, &source, str_printf(r->arena, "bound(%.*s%.*s)", STR_ARGS(field(r->line, 1)), STR_ARGS(buf_str(&b))));
    Value   v = field_of(r, o, "bound"), found = field_of(r, o, "found");
    double  bound = v.kind == VALUE_EXPR && expr_is_number(v.expr) ? fmpq_get_d(expr_number(v.expr)) : NAN;
    check(bound >= sampled && found.kind == VALUE_EXPR && bound >= fmpq_get_d(expr_number(found.expr)), r, "the bound is below an error that occurs", c);
    check(bound <= 2.5*sampled, r, "the bound is more than 2.5 times what occurs", c);
}

/* kind, gradients separated by |, limit, p, norm, result */
static void check_clip(Row *r, Checks *c)
{
    Source source;
    Str    gradients = field(r->line, 1), p = field(r->line, 3), wanted = field(r->line, 5);
    bool   norm = str_is(field(r->line, 0), "norm");
    Buf    b = buf_new(r->arena);
    size_t groups = 0;
    for (Str list = gradients; list.n; groups++) {
        Str part = take(&list, '|');
        buf_printf(&b, "%s[%.*s]", groups ? ", " : "", STR_ARGS(part));
    }
    Str text = str_printf(r->arena, groups > 1 ? "[%.*s]" : "%.*s", STR_ARGS(buf_str(&b)));
    Outcome o = run_text(r->env, &source, str_printf(r->arena, "clip(%.*s, %s: %.*s%s%.*s)", STR_ARGS(text), norm ? "norm" : "value", STR_ARGS(field(r->line, 2)),
                                                     norm ? ", p: " : "", norm ? (int)(str_is(p, "inf") ? 2 : p.n) : 0, str_is(p, "inf") ? "oo" : p.s));
    if (!check(o.kind == RUN_DONE, r, o.diag ? o.diag->message.s : "no result", c))
        return;
    const List *lists = o.value.kind == VALUE_LIST ? o.value.list : &(List){ 1, &o.value };
    for (size_t i = 0; i < lists->n; i++) {
        const Expr *e = lists->item[i].kind == VALUE_EXPR ? lists->item[i].expr : NULL;
        for (uint32_t k = 0; e && k < e->arity; k++) {
            Pool  *pool = env_pool(r->env);
            acb_t  x;
            double want = strtod(str_copy(r->arena, take(&wanted, ',')).s, NULL);
            acb_init(x);
            bool known = expr_enclose(pool, e->arg[k], NULL, NULL, 0, 100, x, NULL) == EVAL_OK;
            check(known && fabs(arf_get_d(arb_midref(acb_realref(x)), ARF_RND_NEAR) - want) <= 1e-15*fabs(want), r, "another entry", c);
            acb_clear(x);
        }
    }
    check(wanted.n == 0, r, "too few entries", c);
}

typedef struct Mode { const char *name; void (*check)(Row *, Checks *); } Mode;
static const Mode modes[] = { { "why", check_why }, { "cases", check_case }, { "sums", check_sum }, { "bounds", check_bound }, { "clip", check_clip } };

int main(int argc, char **argv)
{
    Checks c = { 0 };
    Str    text, line;
    double sum = 0;
    size_t rows = 0;
    const Mode *mode = NULL;
    if (argc != 3)
        return 2;
    for (size_t i = 0; i < sizeof modes / sizeof *modes; i++)
        if (strcmp(argv[1], modes[i].name) == 0)
            mode = &modes[i];
    Arena *a = arena_new();
    text = read_all(a, argv[2]);
    next_line(&text, &line);
    while (next_line(&text, &line)) {
        Row r = { .env = env_new(builtin_tables), .arena = arena_new() };
        r.line = replaced(r.arena, line, "eps", "h");       /* a row of the rules knows names of one letter */
        r.pool = env_pool(r.env);
        if (mode)
            mode->check(&r, &c);
        else
            check_stabilize(&r, &sum, &c);
        rows++;
        arena_delete(r.arena);
        env_delete(r.env);
    }
    if (!mode && rows && sum/(double)rows > 0.5) {
        printf("mean error %.3f bits\n", sum/(double)rows);
        c.failed++;
    }
    printf("CHECKS %zu %zu\n", c.passed, c.failed);
    arena_delete(a);
    return c.failed > 0;
}
