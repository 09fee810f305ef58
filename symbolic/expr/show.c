/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Expressions as text in input syntax. Sums stand by falling degree (a series by rising), products as one fraction, and a
 * number directly before a name is a product: 2x^2, 2 sqrt(2), (x + 1)/3. Shared graphs can unfold without bound, so the
 * text is cut at a size with "...". */
#include "symbolic/expr/expr_int.h"
#include "symbolic/expr/show_int.h"
#include "symbolic/matrix/matrix.h"

#include <stdlib.h>
#include <string.h>

enum { MAX_TEXT = 4000000, MAX_DEPTH = 3000 };

void show_text(Show *s, const char *t)
{
    buf_add_s(s->out, t);
}

void show_list(Show *s, const Expr *const *arg, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (i)
            show_text(s, ", ");
        show_at(s, arg[i], LEVEL_ANY);
    }
}

/* ---- names and numbers --------------------------------------------------------------------------------------------- */

static const struct { const char *name, *letter; } greek[] = {
    { "alpha", "α" }, { "beta", "β" }, { "gamma", "γ" }, { "delta", "δ" }, { "epsilon", "ε" }, { "zeta", "ζ" },
    { "eta", "η" }, { "theta", "θ" }, { "iota", "ι" }, { "kappa", "κ" }, { "lambda", "λ" }, { "mu", "μ" }, { "nu", "ν" },
    { "xi", "ξ" }, { "rho", "ρ" }, { "sigma", "σ" }, { "tau", "τ" }, { "phi", "φ" }, { "chi", "χ" }, { "psi", "ψ" },
    { "omega", "ω" }, { "pi", "π" }, { "oo", "∞" },
};

static void show_name(Show *s, Str name)
{
    size_t n = 0;
    while (n < name.n && (unsigned char)name.s[n] > 2)           /* what follows tells fresh symbols apart */
        n++;
    name.n = n;
    for (size_t i = 0; s->style.unicode && i < sizeof greek / sizeof *greek; i++)
        if (str_is(name, greek[i].name)) {
            show_text(s, greek[i].letter);
            return;
        }
    buf_add(s->out, name);
}

static void show_fmpz(Show *s, const fmpz_t n)
{
    char *t = fmpz_get_str(NULL, 10, n);
    show_text(s, t);
    flint_free(t);
}

static void show_number(Show *s, const Expr *e)
{
    show_fmpz(s, fmpq_numref(&e->number));
    if (!expr_is_integer(e)) {
        show_text(s, "/");
        show_fmpz(s, fmpq_denref(&e->number));
    }
}

static void show_constant(Show *s, Constant c)
{
    static const char *const names[] = { "pi", "e", "euler", "i", "oo", "nan", "true", "false" };
    show_name(s, str_of(names[c]));
}

static Str real_digits(Show *s, const arb_t x, slong digits)
{
    Str    out;
    size_t decided;
    if (arb_is_zero(x))
        return STR("0");
    return ball_decimal_best(s->out->arena, x, (size_t)digits, &out, &decided) ? out : STR("0");
}

static bool ball_is_real(const Expr *e)   { return arb_is_zero(acb_imagref(e->ball->value)); }

static void show_ball(Show *s, const Expr *e)
{
    Str re = real_digits(s, acb_realref(e->ball->value), e->ball->digits);
    if (ball_is_real(e)) {
        buf_add(s->out, re);
        return;
    }
    Str  im = real_digits(s, acb_imagref(e->ball->value), e->ball->digits);
    bool minus = im.n && im.s[0] == '-';
    if (!arb_is_zero(acb_realref(e->ball->value))) {
        buf_add(s->out, re);
        show_text(s, minus ? " - " : " + ");
        im = minus ? str_slice(im, 1, im.n) : im;
    }
    buf_add(s->out, im);
    show_text(s, "*i");
}

/* ---- products: one fraction ---------------------------------------------------------------------------------------- */

static bool below_line(const Expr *e)
{
    return e->kind == EXPR_POW && expr_is_number(e->arg[1]) && expr_number_sign(e->arg[1]) < 0;
}

/* The factor under the fraction line, as a raw node so that no constructor can move it back. */
static const Expr *turned(Show *s, const Expr *e)
{
    const Expr *exponent = expr_neg(s->pool, e->arg[1]);
    return expr_is_one(exponent) ? e->arg[0] : expr_node(s->pool, EXPR_POW, e->shape, ARGS(e->arg[0], exponent), 2);
}

static int factor_rank(const Expr *e)
{
    const Expr *base = e->kind == EXPR_POW ? e->arg[0] : e;
    if (base->kind == EXPR_NUMBER || base->kind == EXPR_BALL || base->kind == EXPR_CONSTANT)
        return e->kind == EXPR_POW ? 1 : 0;
    return base->kind == EXPR_SYMBOL ? 2 : base->kind == EXPR_ADD ? 5 : base->flags & EXPR_HAS_SYMBOL ? 4 : 3;
}

static int factor_cmp(const void *va, const void *vb)
{
    const Expr *a = *(const Expr *const *)va, *b = *(const Expr *const *)vb;
    int         ra = factor_rank(a), rb = factor_rank(b);
    if (ra != rb)
        return ra - rb;
    const Expr *base_a = a->kind == EXPR_POW ? a->arg[0] : a, *base_b = b->kind == EXPR_POW ? b->arg[0] : b;
    if (!((base_a->flags | base_b->flags) & EXPR_HAS_SYMBOL))
        return expr_constant_cmp(base_a, base_b);
    if (base_a->kind == EXPR_SYMBOL && base_b->kind == EXPR_SYMBOL)
        return str_cmp(base_a->name, base_b->name);         /* a*x, C1*x, x*y */
    return base_a->id < base_b->id ? -1 : base_a->id > base_b->id;
}

static void split_fraction(Show *s, Arena *scratch, const Expr *e, Fraction *f)
{
    const Expr *const *arg = e->kind == EXPR_MUL ? e->arg : &e;
    size_t             n = e->kind == EXPR_MUL ? e->arity : 1;
    f->above = arena_array(scratch, const Expr *, n);
    f->below = arena_array(scratch, const Expr *, n);
    fmpq_init(f->coefficient);
    fmpq_one(f->coefficient);
    for (size_t i = 0; i < n; i++) {
        if (expr_is_number(arg[i]))
            fmpq_mul(f->coefficient, f->coefficient, expr_number(arg[i]));
        else if (below_line(arg[i]))
            f->below[f->n_below++] = turned(s, arg[i]);
        else
            f->above[f->n_above++] = arg[i];
    }
    f->negative = fmpq_sgn(f->coefficient) < 0;
    fmpq_abs(f->coefficient, f->coefficient);
    qsort(f->above, f->n_above, sizeof *f->above, factor_cmp);
    qsort(f->below, f->n_below, sizeof *f->below, factor_cmp);
}

/* Would "2" directly before this text be read as another number (2e1) or not at all? */
static bool reads_as_exponent(Str t)
{
    return t.n && (t.s[0] == 'e' || t.s[0] == 'E') && (t.n == 1 || !((t.s[1] | 32) >= 'a' && (t.s[1] | 32) <= 'z'));
}

static const Expr *base_of(const Expr *e) { return e->kind == EXPR_POW ? e->arg[0] : e; }

static bool is_square_root(const Expr *e)
{
    return e->kind == EXPR_POW && expr_is_number(e->arg[1]) && fmpz_is_one(fmpq_numref(&e->arg[1]->number))
        && fmpz_equal_si(fmpq_denref(&e->arg[1]->number), 2);
}

/* What stands between a whole coefficient and the first factor: nothing before a name, a blank before a call, else *. */
const char *show_joint(const Expr *first)
{
    const Expr *b = base_of(first);
    if (is_square_root(first) || b->kind == EXPR_CALL)
        return reads_as_exponent(b->kind == EXPR_CALL && !is_square_root(first) ? str_of(b->fn->name) : STR("sqrt")) ? "*" : " ";
    if (b->kind == EXPR_SYMBOL)
        return reads_as_exponent(b->name) ? "*" : "";
    if (b->kind == EXPR_CONSTANT)
        return b->constant == CONSTANT_PI || b->constant == CONSTANT_I ? "" : "*";
    return "*";
}

static void factors(Show *s, const fmpz_t coefficient, const Expr *const *arg, size_t n)
{
    bool one = fmpz_is_one(coefficient);
    if (!one || n == 0)
        show_fmpz(s, coefficient);
    for (size_t i = 0; i < n; i++) {
        if (i)
            show_text(s, "*");
        else if (!one)
            show_text(s, show_joint(arg[0]));
        show_at(s, arg[i], n == 1 && one ? LEVEL_PRODUCT : LEVEL_POWER);
    }
}

Fraction show_split(Show *s, const Expr *e)
{
    Fraction f = { 0 };
    split_fraction(s, s->out->arena, e, &f);
    return f;
}

void show_above(Show *s, const Fraction *f)
{
    factors(s, fmpq_numref(f->coefficient), f->above, f->n_above);
}

void show_below(Show *s, const Fraction *f)
{
    const fmpz *below = fmpq_denref(f->coefficient);
    size_t      count = f->n_below + !fmpz_is_one(below);
    bool        group = count > 1;
    if (!count)
        return;
    show_text(s, group ? "/(" : "/");
    if (count == 1 && f->n_below == 1)
        show_at(s, f->below[0], LEVEL_POWER);
    else
        factors(s, below, f->below, f->n_below);
    if (group)
        show_text(s, ")");
}

static void show_fraction(Show *s, const Expr *e, bool without_sign)
{
    if (e->flags & EXPR_HAS_TENSOR && expr_is_tensor(e)) {
        show_matrix_product(s, e, without_sign);
        return;
    }
    Fraction f = show_split(s, e);
    if (f.negative && !without_sign)
        show_text(s, "-");
    show_above(s, &f);
    show_below(s, &f);
    fmpq_clear(f.coefficient);
}

/* ---- sums ------------------------------------------------------------------------------------------------------------ */

typedef struct Keyed { const Expr *term; double degree; Pool *pool; } Keyed;

static int by_display(const void *va, const void *vb)
{
    const Keyed *a = va, *b = vb;
    if (a->degree != b->degree)
        return a->degree < b->degree ? -1 : 1;
    return expr_display_cmp(a->pool, a->term, b->term);
}

static double exponent_in(const Expr *e, const Expr *base)
{
    if (e == base)
        return 1;
    if (e->kind == EXPR_POW && e->arg[0] == base && expr_is_number(e->arg[1]))
        return fmpz_get_d(fmpq_numref(&e->arg[1]->number)) / fmpz_get_d(fmpq_denref(&e->arg[1]->number));
    double degree = 0;
    if (e->kind == EXPR_MUL)
        for (uint32_t i = 0; i < e->arity; i++)
            degree += exponent_in(e->arg[i], base);
    return degree;
}

/* The order term of a series; NULL if the sum holds none. */
static const Expr *order_term(const Expr *e)
{
    for (uint32_t i = 0; i < e->arity; i++)
        if (e->arg[i]->kind == EXPR_ORDER)
            return e->arg[i];
    return NULL;
}

static bool shows_minus(const Expr *t)
{
    return (t->kind == EXPR_MUL || t->kind == EXPR_NUMBER) && expr_leads_negative(t) && (t->kind == EXPR_NUMBER || expr_is_number(t->arg[0]));
}

/* A minus does not lead two terms if one has none: sqrt(5) - 1, 1 - x^2; nor a sum that holds a product or power of sums:
 * (x + y)^2 - x^2 - y^2. A polynomial keeps its falling degrees: -x^3 + 2x + 1. */
static void lead_with_plus(Keyed *term, uint32_t n)
{
    uint32_t k = 1;
    while (k < n && (shows_minus(term[k].term) || (n > 2 && base_of(term[k].term)->kind != EXPR_ADD)))
        k++;
    if (!shows_minus(term[0].term) || k == n)
        return;
    Keyed first = term[k];
    memmove(term + 1, term, k * sizeof *term);
    term[0] = first;
}

static void show_sum(Show *s, const Expr *e)
{
    Keyed      *term = arena_array(s->out->arena, Keyed, e->arity);
    const Expr *order = order_term(e), *base = order ? base_of(order->arg[0]) : NULL;
    int         rising = order && exponent_in(order->arg[0], base) < 0 ? -1 : 1;      /* in 1/x at infinity */
    for (uint32_t i = 0; i < e->arity; i++)
        term[i] = (Keyed){ e->arg[i], e->arg[i] == order || expr_is_matrix_op(e->arg[i], MATRIX_FILL) ? 1e300 : base ? rising * exponent_in(e->arg[i], base) : 0, s->pool };
    qsort(term, e->arity, sizeof *term, by_display);
    if (!order)
        lead_with_plus(term, e->arity);
    for (uint32_t i = 0; i < e->arity; i++) {
        bool        fill = i && expr_is_matrix_op(term[i].term, MATRIX_FILL);      /* a number that is added to every entry */
        const Expr *t = fill ? term[i].term->arg[0] : term[i].term;
        bool        minus = shows_minus(t);
        if (i)
            show_text(s, fill ? minus ? " .- " : " .+ " : minus ? " - " : " + ");
        else if (minus)
            show_text(s, "-");
        if (t->kind == EXPR_MUL || t->kind == EXPR_NUMBER || t->kind == EXPR_POW)
            minus || t->kind != EXPR_NUMBER ? show_fraction(s, t, minus) : show_number(s, t);
        else
            show_at(s, t, LEVEL_PRODUCT);
    }
}

/* ---- powers, calls, the rest ------------------------------------------------------------------------------------------ */

static void show_power(Show *s, const Expr *e)
{
    if (below_line(e)) {
        show_fraction(s, e, false);
        return;
    }
    if (is_square_root(e)) {
        show_text(s, "sqrt(");
        show_at(s, e->arg[0], LEVEL_ANY);
        show_text(s, ")");
        return;
    }
    show_at(s, e->arg[0], LEVEL_ATOM);
    show_text(s, "^");
    show_at(s, e->arg[1], LEVEL_ATOM);
}

/* root_of(x^5 - x - 1, 1), from the number (negative: not real) and the coefficients. */
static void show_root(Show *s, const Expr *e)
{
    const Expr  *x = expr_symbol(s->pool, STR("x"));
    const Expr **term = arena_array(s->out->arena, const Expr *, e->arity);
    for (uint32_t i = 1; i < e->arity; i++)
        term[i - 1] = expr_mul(s->pool, e->arg[i], expr_powi(s->pool, x, (slong)i - 1));
    const Expr *f = expr_sum(s->pool, term, e->arity - 1), *k = expr_number_sign(e->arg[0]) < 0 ? expr_neg(s->pool, e->arg[0]) : e->arg[0];
    show_text(s, "root_of(");
    if (f)
        show_at(s, f, LEVEL_ANY);
    show_text(s, ", ");
    show_at(s, k, LEVEL_ANY);
    show_text(s, ")");
}

static void show_unknown(Show *s, const Expr *e)
{
    Str  name = e->unknown.name;
    bool bare = name.n && name.s[name.n - 1] == UNKNOWN_BARE, pending = bare && name.n == 1;
    bool derived = false;
    for (uint32_t i = 0; i < e->arity; i++)
        derived = derived || e->unknown.order[i];
    if (derived && e->arity > 1 && !bare)
        show_text(s, "diff(");
    show_name(s, name);
    if (pending) {                  /* (x^2)', in derivations */
        show_text(s, "(");
        show_at(s, e->arg[0], LEVEL_ANY);
        show_text(s, ")");
    }
    if (e->arity == 1)
        for (uint32_t k = 0; k < e->unknown.order[0]; k++)
            show_text(s, "'");
    if (bare && derived && e->arity > 1) {
        show_text(s, "_");
        for (uint32_t i = 0; i < e->arity; i++)
            for (uint32_t k = 0; k < e->unknown.order[i]; k++)
                show_at(s, e->arg[i], LEVEL_ATOM);
    }
    if (!bare) {
        show_text(s, "(");
        show_list(s, e->arg, e->arity);
        show_text(s, ")");
    }
    if (derived && e->arity > 1 && !bare) {
        for (uint32_t i = 0; i < e->arity; i++)
            for (uint32_t k = 0; k < e->unknown.order[i]; k++) {
                show_text(s, ", ");
                show_at(s, e->arg[i], LEVEL_ANY);
            }
        show_text(s, ")");
    }
}

static void show_tensor(Show *s, const Expr *e)
{
    size_t cols = expr_cols(e), rows = expr_rows(e);
    show_text(s, "[");
    for (size_t i = 0; i < e->arity; i++) {
        if (i)
            show_text(s, cols == 1 || rows == 1 || i % cols ? ", " : "; ");
        show_at(s, e->arg[i], LEVEL_ANY);
    }
    show_text(s, rows == 1 && cols > 1 ? "]^T" : "]");
}

static void infix(Show *s, const Expr *e, const char *op, Level first, Level rest)
{
    for (uint32_t i = 0; i < e->arity; i++) {
        if (i)
            show_text(s, op);
        show_at(s, e->arg[i], i ? rest : first);
    }
}

/* 0 < x and x <= 1 is written 0 < x <= 1. */
static bool is_chain(const Expr *e)
{
    const Expr *a = e->arg[0], *b = e->arg[1];
    return e->arity == 2 && a->kind == EXPR_RELATION && b->kind == EXPR_RELATION && a->arg[1] == b->arg[0]
        && (a->relop == REL_LT || a->relop == REL_LE) && (b->relop == REL_LT || b->relop == REL_LE);
}

static void show_piecewise(Show *s, const Expr *e)
{
    for (uint32_t i = 0; i + 1 < e->arity; i += 2) {
        show_text(s, "if ");
        show_at(s, e->arg[i], LEVEL_LOGIC);
        show_text(s, " then ");
        show_at(s, e->arg[i + 1], LEVEL_LOGIC);
        show_text(s, " else ");
    }
    show_at(s, e->arg[e->arity - 1], LEVEL_LOGIC);
}

/* How tightly the text of e binds. */
static Level level_of(const Expr *e)
{
    switch ((ExprKind)e->kind) {
    case EXPR_NUMBER:
        return expr_number_sign(e) < 0 || !expr_is_integer(e) ? LEVEL_PRODUCT : LEVEL_ATOM;
    case EXPR_BALL:      return ball_is_real(e) && !arb_contains_negative(acb_realref(e->ball->value)) ? LEVEL_ATOM : LEVEL_SUM;
    case EXPR_ADD: case EXPR_SUB: case EXPR_NEG:
        return LEVEL_SUM;
    case EXPR_MUL:
        return expr_leads_negative(e) ? LEVEL_SUM : LEVEL_PRODUCT;
    case EXPR_MATMUL: case EXPR_MATRIX:
        return show_matrix_level(e);
    case EXPR_DIV:       return LEVEL_PRODUCT;
    case EXPR_POW:       return show_norm_power(e) ? LEVEL_POWER : below_line(e) ? LEVEL_PRODUCT : is_square_root(e) ? LEVEL_ATOM : LEVEL_POWER;
    case EXPR_RELATION:  return LEVEL_RELATION;
    case EXPR_AND: case EXPR_OR: case EXPR_NOT:
        return LEVEL_LOGIC;
    case EXPR_PIECEWISE: return LEVEL_ANY;
    case EXPR_TENSOR:    return expr_rows(e) == 1 ? LEVEL_POWER : LEVEL_ATOM;
    case EXPR_CONSTANT: case EXPR_SYMBOL: case EXPR_CALL: case EXPR_UNKNOWN: case EXPR_ORDER: case EXPR_AXIS: case EXPR_COLUMN: case EXPR_COUNT: case EXPR_OVER:
        return LEVEL_ATOM;
    }
    return LEVEL_ATOM;
}

static void show_plain(Show *s, const Expr *e)
{
    if (e->flags & EXPR_HAS_TENSOR && show_matrix(s, e))
        return;
    static const char *const relop[] = { " = ", " != ", " < ", " <= ", " > ", " >= " };
    static const char *const relop_unicode[] = { " = ", " ≠ ", " < ", " ≤ ", " > ", " ≥ " };
    switch ((ExprKind)e->kind) {
    case EXPR_NUMBER:    show_number(s, e); break;
    case EXPR_BALL:      show_ball(s, e); break;
    case EXPR_CONSTANT:  show_constant(s, e->constant); break;
    case EXPR_SYMBOL:    show_name(s, e->name); break;
    case EXPR_ADD:       e->flags & EXPR_AS_TYPED ? infix(s, e, " + ", LEVEL_SUM, LEVEL_PRODUCT) : show_sum(s, e); break;
    case EXPR_MUL:
        e->flags & EXPR_AS_TYPED ? infix(s, e, "*", LEVEL_PRODUCT, LEVEL_POWER) : show_fraction(s, e, false);
        break;
    case EXPR_POW:
        e->flags & EXPR_AS_TYPED ? infix(s, e, "^", LEVEL_ATOM, LEVEL_ATOM) : show_power(s, e);
        break;
    case EXPR_CALL:
        if (e->fn->id == FN_root_of && !(e->flags & (EXPR_HAS_SYMBOL | EXPR_AS_TYPED))) {
            show_root(s, e);
            break;
        }
        show_text(s, e->fn->name);
        show_text(s, "(");
        show_list(s, e->arg, e->arity);
        show_text(s, ")");
        break;
    case EXPR_UNKNOWN:   show_unknown(s, e); break;
    case EXPR_PIECEWISE: show_piecewise(s, e); break;
    case EXPR_RELATION:
        infix(s, e, (s->style.unicode ? relop_unicode : relop)[e->relop], LEVEL_SUM, LEVEL_SUM);
        break;
    case EXPR_AND:
        if (is_chain(e)) {
            show_at(s, e->arg[0], LEVEL_RELATION);
            show_text(s, (s->style.unicode ? relop_unicode : relop)[e->arg[1]->relop]);
            show_at(s, e->arg[1]->arg[1], LEVEL_SUM);
        } else {
            infix(s, e, " and ", LEVEL_RELATION, LEVEL_RELATION);
        }
        break;
    case EXPR_OR:        infix(s, e, " or ", LEVEL_RELATION, LEVEL_RELATION); break;
    case EXPR_NOT:
        show_text(s, "not ");
        show_at(s, e->arg[0], LEVEL_SUM);
        break;
    case EXPR_TENSOR:    show_tensor(s, e); break;
    case EXPR_MATMUL: case EXPR_MATRIX:
        break;                      /* done above */
    case EXPR_ORDER:
        show_text(s, "O(");
        show_at(s, e->arg[0], LEVEL_ANY);
        show_text(s, ")");
        break;
    case EXPR_AXIS:      show_name(s, e->axis.name); break;
    case EXPR_COLUMN:    show_name(s, e->column.name); break;
    case EXPR_COUNT: case EXPR_OVER:
        show_text(s, e->kind == EXPR_COUNT ? "count(" : "sum(");
        show_at(s, e->arg[e->arity - 1], LEVEL_ANY);
        if (e->kind == EXPR_OVER) {
            show_text(s, ", over: ");
            show_name(s, e->arg[0]->axis.name);
        }
        show_text(s, ")");
        break;
    case EXPR_SUB:       infix(s, e, " - ", LEVEL_SUM, LEVEL_PRODUCT); break;
    case EXPR_DIV:       infix(s, e, "/", LEVEL_PRODUCT, LEVEL_POWER); break;
    case EXPR_NEG:
        show_text(s, "-");
        show_at(s, e->arg[0], LEVEL_PRODUCT);
        break;
    }
}

void show_at(Show *s, const Expr *e, Level level)
{
    if (s->out->n > MAX_TEXT || s->depth >= MAX_DEPTH) {
        show_text(s, "...");
        return;
    }
    s->depth++;
    bool group = level_of(e) < level;
    if (group)
        show_text(s, "(");
    show_plain(s, e);
    if (group)
        show_text(s, ")");
    s->depth--;
}

void expr_show(Buf *b, Pool *p, const Expr *e, ShowStyle style)
{
    Show s = { b, p, style, 0 };
    show_at(&s, e, LEVEL_ANY);
}

Str expr_text(Arena *a, Pool *p, const Expr *e)
{
    Buf b = buf_new(a);
    expr_show(&b, p, e, (ShowStyle){ .digits = 17 });
    return buf_str(&b);
}
