/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The verified cases of lesson 14: run_stability MODE FILE.
 *   stabilize  expressions with ranges: the form found has at most half a bit of error on average over points that the search did not use, is
 *              worse than the input on neither sampling, and equals it
 *   forms      the same for more expressions, each in a format of its own and with a largest mean error
 *   cases      expressions in formats: bits, error in all, error of the arithmetic
 *   sums       methods of summation; bounds: certified rounding errors; clip: gradients
 *   rounding   single operations in all formats, directions and rules of overflow, with the record of each result
 *   why        the same file, at the worst point of each row: the node named is the smallest one whose true value removes the error */
#include "tests/session.h"

#include "base/report.h"
#include "symbolic/expr/evaluate.h"
#include "symbolic/stability/contract.h"
#include "symbolic/stability/error_analysis.h"
#include "symbolic/stability/stabilize.h"

#include <math.h>

enum { NAME = 0, FORMAT = 2, EXPRESSION = 3, RANGES = 5, CONDITION = 6, MOST_BITS_LEFT = 7, WORST = 12, POINTS = 200, SLOW_POINTS = 30, SEED = 4711 };

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
        printf("%.*s: %s: %.*s\n", STR_ARGS(field(r->line, NAME)), what, STR_ARGS(r->line));
    return good;
}

/* ---- stabilize ---------------------------------------------------------------------------------------------------------------------- */

/* The formats of the rows: a name, `contracted` or `toward zero` behind it, `200 bits`, float(...). */
static bool format_typed(Str text, Format *f)
{
    long n[3];
    Str  name = str_slice(text, 0, strcspn(text.s, ". \t\n"));
    Str  rest = str_slice(text, name.n, text.n);
    bool contract = str_starts(rest, STR(".contracted")), zero = str_starts(rest, STR(" toward zero"));
    if (sscanf(text.s, "float(%ld, %ld, %ld)", &n[0], &n[1], &n[2]) == 3)
        return format_float(n[0], n[1], n[2], f);
    if (sscanf(text.s, "%ld bits", &n[0]) == 1)
        *f = format_mpfr(n[0]);
    else if (!format_named(name, f))
        return false;
    *f = format_with(*f, zero ? ROUND_ZERO : ROUND_NEAREST, false, false);
    *f = contract ? format_contracted(*f) : *f;
    return true;
}

/* What the format runs. */
static Operations contracted(Row *r, const Expr *e, const Format *f, const Operations *plain)
{
    Operations o;
    e = expr_contracted(r->pool, expr_typed_form(r->pool, e), f);
    return f->contract && e && operations_of(r->pool, r->arena, e, r->box.variable, r->box.n, &o) ? o : *plain;
}

static void check_form(Row *r, const Expr *form, const Format *f, double *mean, Checks *c)
{
    Operations in, out;
    *mean = NAN;
    if (!check(operations_of(r->pool, r->arena, r->e, r->box.variable, r->box.n, &in)
                   && operations_of(r->pool, r->arena, form, r->box.variable, r->box.n, &out), r, "the form is no expression in the variables", c))
        return;
    Samples s = samples_new(r->arena, &r->box, f, &in, f->family == FAMILY_MPFR ? SLOW_POINTS : POINTS, SEED);
    Operations run = contracted(r, r->e, f, &in), better = contracted(r, form, f, &out);
    Errors  before = samples_errors(&s, &run, r->arena, NULL), after = samples_errors(&s, &better, r->arena, NULL);
    double  difference;
    Search  search = { .pool = r->pool, .arena = r->arena, .box = &r->box, .format = f, .samples = s, .n = 1, .at = &(Candidate){ .ops = in } };
    *mean = fmax(after.mean_ordinal, after.mean_value);
    check(search_verify(&search, &(Candidate){ .ops = out }, &difference), r, "the form has another value", c);
    double noise = f->precision < 8 ? 0.1 : 0.02;           /* the same few numbers come again and again */
    check(after.mean_ordinal <= before.mean_ordinal + noise, r, "the form is worse for points uniform in ordinals", c);
    check(after.mean_value <= before.mean_value + noise, r, "the form is worse for points uniform in value", c);
}

/* A line of the session is over when the next one begins: what is read here lives as long as this row is checked. */
static bool read_expression(Row *r, Checks *c)
{
    r->pool = env_pool(r->env);
    r->e = pool_read_typed(r->pool, str_copy(r->arena, field(r->line, EXPRESSION)).s, NULL, 0);
    return check(r->e != NULL, r, "the expression cannot be read", c);
}

/* The form that stabilize finds in the format, checked; the mean error that is left. */
static double stabilized(Row *r, Str format, Checks *c)
{
    Source source;
    double mean = NAN;
    Str    ranges = ranges_text(r), conditions = conditions_text(r);
    Format *f = arena_alloc(r->arena, sizeof *f);
    if (!check(format_typed(format, f), r, "no such format", c))
        return mean;
    Outcome o = run_text(r->env, &source, str_printf(r->arena, "stabilize(%.*s%.*s%.*s) using %.*s", STR_ARGS(field(r->line, EXPRESSION)), STR_ARGS(ranges),
                                             STR_ARGS(conditions), STR_ARGS(format)));
    if (!check(o.kind == RUN_DONE && o.value.kind == VALUE_REPORT && o.value.report->main.kind == VALUE_EXPR, r, "no form", c))
        return mean;
    r->pool = env_pool(r->env);
    ranges_text(r);
    conditions_text(r);
    if (read_expression(r, c))
        check_form(r, o.value.report->main.expr, f, &mean, c);
    return mean;
}

static void check_stabilize(Row *r, double *sum, Checks *c)
{
    *sum += stabilized(r, STR("fp64"), c);
}

static void check_forms(Row *r, Checks *c)
{
    double mean = stabilized(r, field(r->line, FORMAT), c);
    check(mean <= strtod(field(r->line, MOST_BITS_LEFT).s, NULL), r, "too much error is left", c);
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
    Format      fp64;
    format_named(STR("fp64"), &fp64);
    Operation  *op = malloc(o->n * sizeof *op);
    Operations  changed = { o->n, o->variables, op };
    memcpy(op, o->at, o->n * sizeof *op);
    if (k < o->n)
        op[k] = (Operation){ .e = o->at[k].e, .kind = EXPR_NUMBER, .value = value };
    operations_doubles(&changed, x, 1, scratch);
    result[0] = scratch[o->n - 1];
    free(op);
    return bits_between(&fp64, result, &truth);
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
    static const struct { const char *name, *ours; } names[] = {
        { "fp8e4m3fn", "fp8_e4m3" }, { "fp8e5m2", "fp8_e5m2" }, { "fp8e4m3", "float(4, -6, 7)" }, { "fp6e3m2", "fp6_e3m2" }, { "fp6e2m3", "fp6_e2m3" },
        { "fp4e2m1", "fp4_e2m1" },
    };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (str_is(name, names[i].name))
            return str_of(names[i].ours);
    return name;
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
    bool finite = !str_is(field(r->line, 4), "inf") && !str_is(field(r->line, 4), "-inf") && !str_is(field(r->line, 4), "nan");
    if (finite)
        check(near(field_of(r, o, "ulps"), field(r->line, 8)), r, "another error", c);
    if (finite)
        check(near(field_of(r, o, "arithmetic_ulps"), field(r->line, 9)), r, "another error of the arithmetic", c);
}

/* The terms k of a list as exact numbers, numerator and denominator; a list enters `using` with each number rounded once. */
static Str list_text(Row *r, long from, long to, void (*term)(long k, long *over, long *under))
{
    Buf b = buf_new(r->arena);
    for (long k = from; k <= to; k++) {
        long over, under;
        term(k, &over, &under);
        buf_printf(&b, "%s%ld/%ld", k == from ? "[" : ", ", over, under);
    }
    buf_add_s(&b, "]");
    return buf_str(&b);
}

static void inverse(long k, long *over, long *under)        { *over = 1, *under = k; }
static void inverse_square(long k, long *over, long *under) { *over = 1, *under = k*k; }
static void leibniz(long k, long *over, long *under)        { *over = k % 2 ? -1 : 1, *under = 2*k + 1; }
static void sixteenths(long k, long *over, long *under)     { *over = 160000 + k, *under = 16; }

/* What is summed; "a;b x n" is a and then n times b. */
static Str terms_text(Row *r, Str data)
{
    static const struct { const char *data; long from, to; void (*term)(long, long *, long *); } lists[] = {
        { "1/i i=1..1000", 1, 1000, inverse }, { "1/i^2 i=1..1000", 1, 1000, inverse_square },
        { "(-1)^i/(2*i+1) i=0..999", 0, 999, leibniz }, { "10000+i/16 i=0..63", 0, 63, sixteenths },
    };
    Str first = STR(""), rest = replaced(r->arena, data, " after 1", "");
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++)
        if (str_is(data, lists[i].data))
            return list_text(r, lists[i].from, lists[i].to, lists[i].term);
    if (rest.n < data.n)
        first = STR("1");
    if (!memchr(rest.s, 'x', rest.n))
        return str_printf(r->arena, "[%.*s]", STR_ARGS(replaced(r->arena, rest, ";", ", ")));
    if (memchr(rest.s, ';', rest.n))
        first = take(&rest, ';');
    Str  term = take(&rest, 'x');
    long n = strtol(str_copy(r->arena, rest).s, NULL, 10);
    Buf  b = buf_new(r->arena);
    buf_printf(&b, "[%.*s", STR_ARGS(first));
    for (long i = 0; i < n; i++)
        buf_printf(&b, "%s%.*s", b.n > 1 ? ", " : "", STR_ARGS(term));
    buf_add_s(&b, "]");
    return buf_str(&b);
}

static bool runs(Row *r, Str text)
{
    Source source;
    return run_text(r->env, &source, text).kind == RUN_DONE;
}

/* A recurrence as statements; its last number is x. */
static Str recurrence_text(Row *r, Str kind)
{
    Str data = field(r->line, 1), algorithm = field(r->line, 2), number = str_slice(data, str_is(str_slice(data, 0, 2), "n=") ? 2 : 1, data.n);
    long steps = strtol(str_copy(r->arena, number).s, NULL, 10);
    if (str_is(kind, "muller"))
        return str_printf(r->arena, "y = 11/2; x = 61/11; for k in 2..%ld { z = 111 - 1130/x + 3000/(x*y); y = x; x = z }", steps);
    if (str_is(str_slice(kind, 0, 8), "logistic"))
        return str_printf(r->arena, "r = 15/4; x = 1/4; for k in 1..%ld { x = %.*s }", steps, STR_ARGS(algorithm));
    if (str_is(algorithm, "kahan"))
        return str_printf(r->arena, "x = 1; c = 0; for k in 1..%ld { y = 0.0001 - c; z = x + y; c = (z - x) - y; x = z }", steps);
    return str_printf(r->arena, "x = 1; for k in 1..%ld { x = x + 0.0001 }", steps);
}

/* The recurrence in the format against the same one in exact numbers. */
static void check_recurrence(Row *r, Str kind, Str format, Checks *c)
{
    Source source;
    Str    body = recurrence_text(r, kind);
    if (!check(runs(r, str_printf(r->arena, "using %.*s { %.*s }", STR_ARGS(format), STR_ARGS(body))), r, "the recurrence does not run", c))
        return;
    check_bits(r, run_text(r->env, &source, str_printf(r->arena, "x using %.*s", STR_ARGS(format))), field(r->line, 5), c);
    bool exact = runs(r, STR("w = x")) && runs(r, str_printf(r->arena, "if true { %.*s }", STR_ARGS(body)))
              && runs(r, str_printf(r->arena, "u = x using %.*s", STR_ARGS(format)));
    Outcome o = run_text(r->env, &source, STR("abs(w - x)/u.ulp"));
    bool    number = exact && o.kind == RUN_DONE && o.value.kind == VALUE_EXPR && expr_is_number(o.value.expr);
    double  ulps = number ? fmpq_get_d(expr_number(o.value.expr)) : NAN;
    check(fabs(ulps/strtod(field(r->line, 7).s, NULL) - 1) < 2e-5, r, "another error", c);
}

/* kind, data, algorithm, format, result, bits, true value, ulps */
static void check_sum(Row *r, Checks *c)
{
    Source source;
    Str    kind = field(r->line, 0), data = field(r->line, 1), method = field(r->line, 2), format = format_of(field(r->line, 3)), text;
    if (str_is(kind, "sum")) {
        check(runs(r, str_printf(r->arena, "v = %.*s", STR_ARGS(terms_text(r, data)))), r, "the terms cannot be read", c);
        text = str_printf(r->arena, "sum(v, method: %.*s)", STR_ARGS(method));
    } else if (str_is(kind, "dot")) {
        const char *between = strstr(str_copy(r->arena, data).s, " . ");
        if (!check(between != NULL, r, "an inner product has two vectors", c))
            return;
        Str left = replaced(r->arena, data, between, ""), right = str_of(between + 3);
        text = str_printf(r->arena, "dot([%.*s], [%.*s], method: %.*s)", STR_ARGS(replaced(r->arena, left, " ", ", ")),
                          STR_ARGS(replaced(r->arena, right, " ", ", ")), STR_ARGS(method));
    } else if (str_is(kind, "variance")) {
        text = str_printf(r->arena, "welford([%.*s])", STR_ARGS(replaced(r->arena, data, " ", ", ")));
    } else {
        check_recurrence(r, kind, format, c);
        return;
    }
    Outcome o = run_text(r->env, &source, str_printf(r->arena, "%.*s using %.*s", STR_ARGS(text), STR_ARGS(format)));
    check_bits(r, o, field(r->line, 5), c);
    check(near(field_of(r, o, "ulps"), field(r->line, 7)), r, "another error", c);
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

/* ---- rounding --------------------------------------------------------------------------------------------------------------------------- */

static bool number_field(Row *r, Outcome o, const char *name, fmpq_t out)
{
    Value v = field_of(r, o, name);
    bool  number = v.kind == VALUE_EXPR && expr_is_number(v.expr);
    if (number)
        fmpq_set(out, expr_number(v.expr));
    return number;
}

/* The record of a finite result fits together: error = value - true value, half-way between its parts, and the neighbours lie on both sides. */
static void check_record(Row *r, Outcome o, Checks *c)
{
    fmpq_t value, truth, error, data, arithmetic, below, above, ulp;
    fmpq  *all[] = { value, truth, error, data, arithmetic, below, above, ulp };
    static const char *const names[] = { "value", "true_value", "error", "data_error", "arithmetic_error", "below", "above", "ulp" };
    enum { VALUE, TRUTH, ERROR, DATA, ARITHMETIC, BELOW, ABOVE, ULP, FIELDS };
    bool has[FIELDS];
    for (size_t i = 0; i < FIELDS; i++) {
        fmpq_init(all[i]);
        has[i] = number_field(r, o, names[i], all[i]);
    }
    check(has[VALUE] && has[ULP] && fmpq_sgn(ulp) > 0 && field_of(r, o, "decimal").kind == VALUE_TEXT, r, "an incomplete record", c);
    check((!has[BELOW] || fmpq_cmp(below, value) < 0) && (!has[ABOVE] || fmpq_cmp(above, value) > 0), r, "the neighbours are on the wrong sides", c);
    if (has[TRUTH]) {
        fmpq_sub(below, value, truth);
        check(has[ERROR] && fmpq_equal(below, error) && field_of(r, o, "ulps").kind == VALUE_TEXT && field_of(r, o, "error_bits").kind == VALUE_TEXT, r,
              "the error is not value - true value", c);
        fmpq_add(below, data, arithmetic);
        check(!has[DATA] || (has[ARITHMETIC] && fmpq_equal(below, error)), r, "the error is not that of the data and of the arithmetic", c);
    }
    for (size_t i = 0; i < FIELDS; i++)
        fmpq_clear(all[i]);
}

/* format, mode, overflow, operation, operands, bits, hexadecimal value: the operands are stored numbers, which enter rounded once */
static void check_rounding(Row *r, Checks *c)
{
    static const struct { const char *name, *text; } operations[] = {
        { "round", "a" }, { "add", "a + b" }, { "sub", "a - b" }, { "mul", "a*b" }, { "div", "a/b" }, { "sqrt", "sqrt(a)" }, { "fma", "fma(a, b, c)" },
    }, modes[] = { { "RNE", "nearest" }, { "RUP", "up" }, { "RDN", "down" }, { "RTZ", "toward zero" } };
    static const char *const names[] = { "a", "b", "c" };
    Source source;
    Str    operation = STR("?"), mode = STR("?"), operands = field(r->line, 4);
    for (size_t i = 0; i < sizeof operations / sizeof *operations; i++)
        operation = str_is(field(r->line, 3), operations[i].name) ? str_of(operations[i].text) : operation;
    for (size_t i = 0; i < sizeof modes / sizeof *modes; i++)
        mode = str_is(field(r->line, 1), modes[i].name) ? str_of(modes[i].text) : mode;
    for (size_t i = 0; i < 3 && operands.n; i++) {
        Str x = take(&operands, ';');
        if (str_is(x, "-0") || str_is(x, "-0x0p+0"))
            return;                                         /* an exact number has no sign of zero */
        if (!check(runs(r, str_printf(r->arena, "%s = %.*s", names[i], STR_ARGS(x))), r, "an operand cannot be read", c))
            return;
    }
    bool    saturate = str_is(field(r->line, 2), "sat");
    Outcome o = run_text(r->env, &source, str_printf(r->arena, "%.*s using %.*s%s %.*s", STR_ARGS(operation), STR_ARGS(format_of(field(r->line, 0))),
                                                     saturate ? ".saturating" : "", STR_ARGS(mode)));
    if (!check(o.kind == RUN_DONE && o.value.kind == VALUE_REPORT, r, "no result", c))
        return;
    Value hex = field_of(r, o, "hex"), bits = field_of(r, o, "bits");
    check(hex.kind == VALUE_TEXT && str_eq(hex.text, field(r->line, 6)), r, "another value", c);
    if (!str_is(field(r->line, 5), "nan"))
        check(bits.kind == VALUE_TEXT && str_eq(bits.text, field(r->line, 5)), r, "other bits", c);
    if (field_of(r, o, "value").kind == VALUE_EXPR && expr_is_number(field_of(r, o, "value").expr))
        check_record(r, o, c);
}

typedef struct Mode { const char *name; void (*check)(Row *, Checks *); } Mode;
static const Mode modes[] = { { "why", check_why }, { "forms", check_forms }, { "cases", check_case }, { "sums", check_sum }, { "bounds", check_bound }, { "clip", check_clip }, { "rounding", check_rounding } };

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
