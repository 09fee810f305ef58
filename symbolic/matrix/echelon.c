/* SPDX-License-Identifier: GPL-3.0-or-later */
/* rref, rank, null_space, linear_solve: Gauss-Jordan elimination of matrices with their entries written out. Rational ones go to FLINT.
 * For others every pivot must be proved nonzero, numbers before letters. A pivot in letters that is not zero everywhere is taken as
 * nonzero, and the answer says so: it holds for all values of the letters but those. What cannot be decided is refused. */
#include "symbolic/matrix/echelon.h"

#include "symbolic/matrix/format_solve.h"

#include "base/interrupt.h"
#include "base/vec.h"
#include "symbolic/algebra/poly.h"
#include "symbolic/algebra/radicals.h"
#include "symbolic/algebra/simplify.h"
#include "symbolic/algebra/zero.h"
#include "symbolic/expr/show.h"
#include "symbolic/matrix/exact_matrix.h"
#include "symbolic/matrix/matrix.h"

enum { MOST_ENTRIES = 1600 };

/* ---- entries ---------------------------------------------------------------------------------------------------------------- */

const Expr *entry_tidy(Pool *p, const Expr *e)
{
    if (!e || expr_is_number(e) || e->flags & EXPR_HAS_BALL)
        return e;
    if (!expr_is_numeric(e))
        return expr_together(p, e);
    const Expr *r = expr_radicals(p, e);
    return r ? r : expr_simplify(p, e);
}

Truth entry_is_zero(Pool *p, const Expr *e)
{
    return expr_is_number(e) ? (expr_is_zero(e) ? YES : NO) : expr_zero_test(p, e).answer;
}

bool matrix_product_is(Pool *p, Arena *a, const Expr *u, const Expr *v, const Expr *product)
{
    size_t       rows = expr_rows(u), inner = expr_cols(u), cols = expr_cols(v);
    const Expr **term = arena_array(a, const Expr *, inner + 1);
    for (size_t i = 0; i < rows; i++)
        for (size_t j = 0; j < cols; j++) {
            for (size_t k = 0; k < inner; k++)
                term[k] = expr_mul(p, u->arg[i * inner + k], v->arg[k * cols + j]);
            term[inner] = product ? expr_neg(p, product->arg[i * cols + j]) : expr_int(p, 0);
            const Expr *d = expr_sum(p, term, inner + 1);
            if (!d || entry_is_zero(p, d) != YES)
                return false;
        }
    return true;
}

Str expr_shown(Call *c, const Expr *e)
{
    Buf b = buf_new(c->arena);
    expr_show(&b, c->pool, e, (ShowStyle){ .unicode = c->settings->unicode, .digits = c->settings->digits });
    return buf_str(&b);
}

const Expr *matrix_argument(Call *c, int i)
{
    const Expr *m = c->arg[i].expr;
    if (expr_is_tensor(m) && m->kind != EXPR_TENSOR) {
        call_fail(c, i, "%.*s needs a matrix whose sizes are numbers, and its entries known", STR_ARGS(c->name));
        diag_hint(c->diag, "matrix A(2, 2)  or  A = [1, 2; 3, 4]");
        return NULL;
    }
    if (m->kind != EXPR_TENSOR)
        return call_fail(c, i, "%.*s needs a matrix, as [1, 2; 3, 4]", STR_ARGS(c->name)), NULL;
    if (m->flags & (EXPR_HAS_INFINITE | EXPR_HAS_ORDER))
        return call_fail(c, i, "%.*s needs finite entries", STR_ARGS(c->name)), NULL;
    for (uint32_t k = 0; k < m->arity; k++)
        if (m->arg[k]->kind == EXPR_RELATION)
            return call_fail(c, i, "%.*s needs numbers or expressions as entries", STR_ARGS(c->name)), NULL;
    return m;
}

const Expr *square_argument(Call *c, int i)
{
    const Expr *m = matrix_argument(c, i);
    if (m && expr_rows(m) != expr_cols(m))
        return call_fail(c, i, "%.*s needs a square matrix, found %zu x %zu", STR_ARGS(c->name), expr_rows(m), expr_cols(m)), NULL;
    return m;
}

const Expr *matrix_columns(Pool *p, Arena *a, const Expr *m, size_t j, size_t n)
{
    size_t       rows = expr_rows(m), cols = expr_cols(m);
    const Expr **at = arena_array(a, const Expr *, rows * n);
    for (size_t i = 0; i < rows; i++)
        for (size_t k = 0; k < n; k++)
            at[i * n + k] = m->arg[i * cols + j + k];
    return expr_tensor(p, rows, n, at);
}

/* The form that is shown: functions are simplified. */
static const Expr *entry_final(Pool *p, const Expr *e)
{
    return expr_is_numeric(e) ? e : expr_simplify(p, e);
}

/* The factors in letters of e but those of one sign everywhere, each once. */
Nodes nonzero_factors(Pool *p, Arena *a, const Expr *e)
{
    const Expr *num, *den;
    VEC(const Expr *) list = { 0 };
    if (!e || expr_is_numeric(e))
        return (Nodes){ 0 };
    expr_fraction(p, entry_final(p, entry_tidy(p, e)), &num, &den);
    num = expr_factor(p, num);
    for (size_t i = 0; num && i < (num->kind == EXPR_MUL ? num->arity : 1); i++) {
        const Expr *f = num->kind == EXPR_MUL ? num->arg[i] : num;
        int         sign;
        bool        or_zero;
        if (f->kind == EXPR_POW && expr_is_number(f->arg[1]))
            f = f->arg[0];
        if (!expr_is_numeric(f) && (expr_sign_everywhere(p, f, &sign, &or_zero).answer != YES || !sign || or_zero))
            vec_push(a, &list, f);
    }
    return (Nodes){ list.n, list.at };
}

Str nonzero_note(Call *c, Nodes nonzero)
{
    Buf b = buf_new(c->arena);
    for (size_t i = 0; i < nonzero.n; i++)
        buf_printf(&b, "%s%.*s != 0", i ? " and " : "if ", STR_ARGS(expr_shown(c, nonzero.at[i])));
    return buf_str(&b);
}

/* ---- elimination -------------------------------------------------------------------------------------------------------------- */

typedef struct Elimination {
    Pool       *p;
    Arena      *a;
    Echelon    *e;
    const Expr *minor;              /* the product of the pivots; where it is not zero, the rank is the one found and the form is defined */
} Elimination;

/* Numbers first, then constants, then the shortest expression in letters. */
static size_t pivot_cost(Pool *p, const Expr *e)
{
    return expr_is_number(e) ? 0 : expr_is_numeric(e) ? 1 : 2 + expr_cost(p, e);
}

/* The best row from `row` on whose entry in this column is proved nonzero; rows: all are zero, SIZE_MAX: undecided. */
static size_t find_pivot(Elimination *s, size_t row, size_t column)
{
    Echelon *e = s->e;
    size_t   best = e->rows, cost = SIZE_MAX;
    bool     undecided = false;
    for (size_t i = row; i < e->rows; i++) {
        const Expr **at = &e->at[i * e->cols + column];
        size_t       c = pivot_cost(s->p, *at);
        if (c >= cost)
            continue;
        Truth zero = entry_is_zero(s->p, *at);
        if (zero == YES)
            *at = expr_int(s->p, 0);
        undecided = undecided || zero == UNKNOWN;
        if (zero == NO) {
            best = i;
            cost = c;
        }
    }
    return best == e->rows && undecided ? SIZE_MAX : best;
}

static bool clear_column(Elimination *s, size_t row, size_t column)
{
    Echelon     *e = s->e;
    Pool        *p = s->p;
    const Expr **top = e->at + row * e->cols, *pivot = top[column];
    s->minor = expr_mul(p, s->minor, pivot);
    for (size_t j = column; j < e->cols; j++)
        if (!(top[j] = j == column ? expr_int(p, 1) : entry_tidy(p, expr_div(p, top[j], pivot))))
            return false;
    for (size_t i = 0; i < e->rows; i++) {
        const Expr **at = e->at + i * e->cols, *f = at[column];
        if (i == row || expr_is_zero(f))
            continue;
        at[column] = expr_int(p, 0);
        for (size_t j = column + 1; j < e->cols; j++)
            if (!expr_is_zero(top[j]) && !(at[j] = entry_tidy(p, expr_sub(p, at[j], expr_mul(p, f, top[j])))))
                return false;
    }
    return true;
}

static bool eliminate(Elimination *s, size_t limit, size_t *pivot)
{
    Echelon *e = s->e;
    for (size_t j = 0; j < limit && e->rank < e->rows; j++) {
        size_t best = find_pivot(s, e->rank, j);
        if (best == SIZE_MAX)
            return pool_fail(s->p, "could not decide whether a pivot is zero"), false;
        if (should_stop())
            return pool_fail(s->p, "interrupted"), false;
        if (best == e->rows)
            continue;
        for (size_t k = 0; k < e->cols; k++) {
            const Expr *swap = e->at[best * e->cols + k];
            e->at[best * e->cols + k] = e->at[e->rank * e->cols + k];
            e->at[e->rank * e->cols + k] = swap;
        }
        if (!clear_column(s, e->rank, j))
            return false;
        pivot[e->rank++] = j;
    }
    return true;
}

/* Rows whose pivot lies beyond the limit do not count: they say that right sides contradict each other. */
static void rational_echelon(Elimination *s, const Expr *m, size_t limit, size_t *pivot)
{
    Echelon   *e = s->e;
    fmpq_mat_t f;
    tensor_get_fmpq_mat(f, m);
    size_t rank = (size_t)fmpq_mat_rref(f, f);
    for (size_t i = 0; i < m->arity; i++)
        e->at[i] = expr_fmpq(s->p, fmpq_mat_entry(f, (slong)(i / e->cols), (slong)(i % e->cols)));
    fmpq_mat_clear(f);
    for (size_t j = 0; e->rank < rank && j < limit; j++)
        if (!expr_is_zero(e->at[e->rank * e->cols + j]))
            pivot[e->rank++] = j;
}

bool matrix_echelon(Pool *p, Arena *a, const Expr *m, size_t limit, Echelon *out)
{
    Elimination s = { .p = p, .a = a, .e = out, .minor = expr_int(p, 1) };
    *out = (Echelon){ .rows = expr_rows(m), .cols = expr_cols(m), .at = arena_array(a, const Expr *, m->arity) };
    size_t *pivot = arena_array(a, size_t, out->rows + 1);
    out->pivot = pivot;
    if (tensor_is_rational(m)) {
        rational_echelon(&s, m, limit, pivot);
        return true;
    }
    if (m->arity > MOST_ENTRIES)
        return pool_fail(p, "a matrix with entries that are not rational may have %d of them at most", (int)MOST_ENTRIES), false;
    for (size_t i = 0; i < m->arity; i++)
        if (!(out->at[i] = entry_tidy(p, m->arg[i])))
            return false;
    if (!eliminate(&s, limit, pivot))
        return false;
    for (size_t i = 0; i < m->arity; i++)
        if (!(out->at[i] = entry_final(p, out->at[i])))
            return false;
    out->nonzero = nonzero_factors(p, a, s.minor);
    return true;
}

const Expr *echelon_null_space(Pool *p, Arena *a, const Echelon *e)
{
    size_t       n = e->cols - e->rank, column = 0, next = 0;
    const Expr **at = arena_array(a, const Expr *, e->cols * n + 1);
    if (n == 0)
        return NULL;
    for (size_t i = 0; i < e->cols * n; i++)
        at[i] = expr_int(p, 0);
    for (size_t j = 0; j < e->cols; j++) {
        if (next < e->rank && e->pivot[next] == j) {
            next++;
            continue;
        }
        for (size_t i = 0; i < e->rank; i++)
            at[e->pivot[i] * n + column] = expr_neg(p, e->at[i * e->cols + j]);
        at[j * n + column++] = expr_int(p, 1);
    }
    return expr_tensor(p, e->cols, n, at);
}

Str echelon_note(Call *c, const Echelon *e) { return nonzero_note(c, e->nonzero); }

/* ---- commands -------------------------------------------------------------------------------------------------------------------- */

static Value with_note(Call *c, Value v, const Echelon *e)
{
    if (v.kind != VALUE_FAILED)
        v.note = echelon_note(c, e);
    return v;
}

/* The echelon form of argument 0. */
static bool argument_echelon(Call *c, const Expr **m, Echelon *e)
{
    *m = matrix_argument(c, 0);
    return *m && matrix_echelon(c->pool, c->arena, *m, expr_cols(*m), e);
}

static Value rref_call(Call *c)
{
    const Expr *m;
    Echelon     e;
    return argument_echelon(c, &m, &e) ? with_note(c, value_expr(expr_tensor(c->pool, e.rows, e.cols, e.at)), &e) : value_failed();
}

static Value rank_call(Call *c)
{
    const Expr *m;
    Echelon     e;
    return argument_echelon(c, &m, &e) ? with_note(c, value_expr(expr_int(c->pool, (slong)e.rank)), &e) : value_failed();
}

static Value null_space_call(Call *c)
{
    const Expr *m;
    Echelon     e;
    if (!argument_echelon(c, &m, &e))
        return value_failed();
    const Expr *basis = echelon_null_space(c->pool, c->arena, &e);
    if (!basis)
        return with_note(c, value_text(STR("only the zero vector")), &e);
    if (!matrix_product_is(c->pool, c->arena, m, basis, NULL))
        return call_fail(c, -1, "the null space could not be verified");
    return with_note(c, value_expr(basis), &e);
}

/* Letters for what is free: not in the system, and without a value. */
static const Expr *free_letter(Call *c, const Expr *system, size_t *next)
{
    static const char *const letters[] = { "t", "s", "u", "v", "w", "r", "q", "p", "k" };
    while (*next < sizeof letters / sizeof *letters) {
        const Expr *x = expr_symbol(c->pool, str_of(letters[(*next)++]));
        if (!c->taken(c, x->name) && !expr_depends(c->pool, system, x))
            return x;
    }
    for (size_t i = *next; ; i++) {
        const Expr *x = expr_symbol(c->pool, str_printf(c->arena, "t%zu", i));
        *next = i + 1;
        if (!c->taken(c, x->name) && !expr_depends(c->pool, system, x))
            return x;
    }
}

/* The right sides that elimination left, as the values of the pivots' unknowns; each basis vector of the null space times a letter is
 * added to every column. */
static Value solutions(Call *c, const Expr *system, const Echelon *e, size_t n)
{
    Pool        *p = c->pool;
    size_t       k = e->cols - n, letter = 0, next = 0;
    const Expr **x = arena_array(c->arena, const Expr *, n * k);
    Buf          note = buf_new(c->arena);
    bool         several = n - e->rank > 1 || k > 1;
    buf_add(&note, echelon_note(c, e));
    for (size_t i = 0; i < n * k; i++)
        x[i] = expr_int(p, 0);
    for (size_t i = 0; i < e->rank; i++)
        for (size_t l = 0; l < k; l++)
            x[e->pivot[i] * k + l] = e->at[i * e->cols + n + l];
    for (size_t j = 0; j < n; j++) {
        if (next < e->rank && e->pivot[next] == j) {
            next++;
            continue;
        }
        for (size_t l = 0; l < k; l++) {
            const Expr *t = free_letter(c, system, &letter);
            for (size_t i = 0; i < e->rank; i++)
                x[e->pivot[i] * k + l] = expr_sub(p, x[e->pivot[i] * k + l], expr_mul(p, e->at[i * e->cols + j], t));
            x[j * k + l] = t;
            buf_printf(&note, "%s%.*s", note.n ? ", " : "", STR_ARGS(t->name));
        }
    }
    if (e->rank < n)
        buf_add_s(&note, several ? " are free" : " is free");
    Value v = value_expr(expr_tensor(p, n, k, x));
    v.note = buf_str(&note);
    return v;
}

/* [A | b] */
static const Expr *side_by_side(Call *c, const Expr *m, const Expr *b)
{
    size_t       rows = expr_rows(m), n = expr_cols(m), k = expr_cols(b);
    const Expr **at = arena_array(c->arena, const Expr *, rows * (n + k));
    for (size_t i = 0; i < rows; i++)
        for (size_t j = 0; j < n + k; j++)
            at[i * (n + k) + j] = j < n ? m->arg[i * n + j] : b->arg[i * k + j - n];
    return expr_tensor(c->pool, rows, n + k, at);
}

/* YES if a solution can exist; NO if a row 0 = d with d that is no zero stands in the echelon form. */
static Truth consistent(Call *c, const Echelon *e, size_t n, const Expr **because)
{
    Truth answer = YES;
    for (size_t i = e->rank; i < e->rows; i++)
        for (size_t j = n; j < e->cols; j++) {
            const Expr *d = e->at[i * e->cols + j];
            Truth       zero = entry_is_zero(c->pool, d);
            if (zero == NO && expr_is_numeric(d))
                return NO;
            if (zero != YES) {
                answer = UNKNOWN;
                *because = d;
            }
        }
    return answer;
}

/* With a matrix of a letter's size: its inverse times b, which a tape computes by elimination. */
static Value solve_in_letters(Call *c)
{
    Value v = value_expr(expr_matmul(c->pool, expr_matrix_op(c->pool, MATRIX_INVERSE, c->arg[0].expr), c->arg[1].expr));
    v.note = STR("if A has an inverse");
    return v;
}

static Value linear_solve_call(Call *c)
{
    if (expr_is_tensor(c->arg[0].expr) && c->arg[0].expr->kind != EXPR_TENSOR && !call_has(c, 2))
        return solve_in_letters(c);
    const Expr *m = matrix_argument(c, 0), *b = m ? matrix_argument(c, 1) : NULL, *rest = NULL;
    Echelon     e;
    if (!b)
        return value_failed();
    if (expr_rows(m) != expr_rows(b)) {
        call_fail(c, 1, "the shapes %zu x %zu and %zu x %zu do not fit: A and b need the same number of rows", expr_rows(m), expr_cols(m), expr_rows(b), expr_cols(b));
        if (expr_cols(m) == 1)
            diag_hint(c->diag, "[1, 1, 1]^T is a row");
        return value_failed();
    }
    if (call_has(c, 2))
        return format_solve(c, m, b, c->arg[2].format);
    const Expr *system = side_by_side(c, m, b);
    size_t      n = expr_cols(m);
    if (!matrix_echelon(c->pool, c->arena, system, n, &e))
        return value_failed();
    switch (consistent(c, &e, n, &rest)) {
    case NO:      return with_note(c, value_text(STR("no solution")), &e);
    case UNKNOWN: return call_fail(c, -1, "there is a solution only if %.*s = 0, which depends on the letters", STR_ARGS(expr_shown(c, rest)));
    case YES:     break;
    }
    Value v = solutions(c, system, &e, n);
    if (v.kind != VALUE_FAILED && !matrix_product_is(c->pool, c->arena, m, v.expr, b))
        return call_fail(c, -1, "the solution could not be verified");
    return v;
}

extern const Builtin echelon_builtins[];
const Builtin echelon_builtins[] = {
    { .sig = "rank(A: expr) -> expr", .help = "The number of independent rows of a matrix, exactly.",
      .example = { { "rank([1, 2; 2, 4])", "1" }, { "rank([a, 1; 1, 1])", "2   if 1 - a != 0" } },
      .lesson = 3, .see = "rref null_space det", .words = "independent rows columns dimension of the image", .call = rank_call },
    { .sig = "null_space(A: expr) -> value", .help = "A basis of the vectors x with A*x = 0, as columns.",
      .example = { { "null_space([1, 2; 2, 4])", "[-2, 1]" }, { "null_space([1, 1, 1]^T)", "[-1, -1; 1, 0; 0, 1]" } },
      .lesson = 3, .see = "rank rref linear_solve", .words = "kernel nullspace homogeneous", .call = null_space_call },
    { .sig = "rref(A: expr) -> expr", .help = "The reduced row echelon form of a matrix.",
      .example = { { "rref([1, 2, 3; 4, 5, 6])", "[1, 0, -1; 0, 1, 2]" },
                   { "rref([1, 2; 2, 4])", "[1, 2; 0, 0]" } },
      .lesson = 3, .see = "rank linear_solve lu", .words = "Gauss Jordan elimination echelon", .call = rref_call },
    { .sig = "linear_solve(A: expr, b: expr; format: format?) -> value", .help = "All solutions of A*x = b, exactly, or the one in a number format; several right sides are the columns of b.",
      .example = { { "linear_solve([2, 1; 1, 3], [3, 5])", "[4/5, 7/5]" }, { "linear_solve([1, 2; 2, 4], [1, 2])", "[1 - 2t, t]   t is free" },
                   { "linear_solve([1, 2; 2, 4], [1, 1])", "no solution" } },
      .lesson = 3, .see = "solve inverse null_space lu lstsq cg", .words = "linear system equations backslash linsolve", .call = linear_solve_call },
    { 0 }
};
