/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Vectors and matrices as text: 2*A^T*(A*x - b), x .* y ./ z, norm(x)^2, softmax(z). */
#include "symbolic/expr/show_int.h"
#include "symbolic/matrix/matrix.h"

#include "symbolic/expr/expr_int.h"

static bool is_transpose_of(const Expr *a, const Expr *b)
{
    return (expr_is_matrix_op(a, MATRIX_TRANSPOSE) && a->arg[0] == b) || (expr_is_matrix_op(b, MATRIX_TRANSPOSE) && b->arg[0] == a);
}

/* The u whose norm squared e is: u^T*u, where u^T is written as x^T*A^T for u = A*x; or the sum of the squares of a matrix. NULL. */
static const Expr *square_of(const Expr *e)
{
    if (e->kind == EXPR_MATMUL && !expr_is_tensor(e)) {
        const Expr *f[ABSORB_LIMIT], *u = e;
        size_t      n = expr_matrix_factors(e, f, ABSORB_LIMIT);
        for (size_t i = 0; i < n / 2; i++)
            if (n % 2 || n == ABSORB_LIMIT || !is_transpose_of(f[i], f[n - 1 - i]))
                return NULL;
        for (size_t i = 0; i < n / 2 && u->kind == EXPR_MATMUL; i++)      /* numbers are nested from the right */
            u = u->arg[1];
        return n % 2 ? NULL : u;
    }
    if (expr_is_matrix_op(e, MATRIX_TOTAL) && e->arg[0]->kind == EXPR_POW && expr_is_int(e->arg[0]->arg[1], 2))
        return e->arg[0]->arg[0];
    return NULL;
}

bool show_norm_power(const Expr *e)
{
    return e->kind == EXPR_POW && expr_is_number(e->arg[1]) && expr_number_sign(e->arg[1]) > 0 && square_of(e->arg[0]);
}

static void show_norm(Show *s, const Expr *u, const Expr *exponent)
{
    show_text(s, "norm(");
    show_at(s, u, LEVEL_ANY);
    show_text(s, ")");
    if (!expr_is_one(exponent)) {
        show_text(s, "^");
        show_at(s, exponent, LEVEL_ATOM);
    }
}

/* Equal neighbours are a power. */
static void show_chain(Show *s, const Expr *e)
{
    const Expr *f[ABSORB_LIMIT];
    size_t      n = expr_matrix_factors(e, f, ABSORB_LIMIT);
    if (n == 2 && !expr_is_tensor(e) && expr_is_matrix_op(f[0], MATRIX_TRANSPOSE) && f[0]->arg[0]->id > f[1]->id) {
        const Expr *u = f[0]->arg[0];                         /* u^T*v = v^T*u: the one seen first leads */
        f[0] = expr_transpose(s->pool, f[1]);
        f[1] = u;
    }
    for (size_t i = 0, end; i < n; i = end) {
        for (end = i + 1; end < n && f[end] == f[i]; end++)
            continue;
        if (i)
            show_text(s, "*");
        show_at(s, f[i], end - i > 1 ? LEVEL_ATOM : LEVEL_POWER);
        if (end - i > 1) {
            show_text(s, "^");
            show_at(s, expr_int(s->pool, (slong)(end - i)), LEVEL_ATOM);
        }
    }
}

/* zeros(n), ones(m, n) */
static void show_constant_entries(Show *s, const Expr *e)
{
    bool zero = expr_is_zero(e->arg[0]);
    if (!zero && !expr_is_one(e->arg[0])) {
        show_at(s, e->arg[0], LEVEL_POWER);
        show_text(s, "*");
    }
    const Expr *size[] = { e->shape->rows, e->shape->cols };
    bool        row = expr_is_one(size[0]);
    show_text(s, zero ? "zeros(" : "ones(");
    show_list(s, size + row, row || expr_is_one(size[1]) ? 1 : 2);
    show_text(s, row ? ")^T" : ")");
}

static void show_op(Show *s, const Expr *e)
{
    static const char *const names[] = {
        [MATRIX_TRACE] = "trace(", [MATRIX_DET] = "det(", [MATRIX_LOG_DET] = "log_det(", [MATRIX_TOTAL] = "sum(",
        [MATRIX_LOGSUMEXP] = "logsumexp(", [MATRIX_DIAG] = "diag(", [MATRIX_DIAGONAL] = "diag(", [MATRIX_IDENTITY] = "identity(",
    };
    switch ((MatrixOp)e->matrix_op) {
    case MATRIX_TRANSPOSE: case MATRIX_INVERSE:
        show_at(s, e->arg[0], LEVEL_ATOM);
        show_text(s, expr_is_matrix_op(e, MATRIX_INVERSE) ? "^-1" : "^T");
        break;
    case MATRIX_FILL:
        show_constant_entries(s, e);
        break;
    case MATRIX_SLICE:
        show_at(s, e->arg[0], LEVEL_ATOM);
        show_text(s, "[");
        show_at(s, e->arg[1], LEVEL_SUM);
        if (!expr_is_entry(e)) {
            show_text(s, "..");
            show_at(s, e->arg[2], LEVEL_SUM);
        }
        show_text(s, "]");
        break;
    case MATRIX_EMBED: case MATRIX_INDICES:
        show_text(s, expr_is_matrix_op(e, MATRIX_EMBED) ? "embed(" : "indices(");
        show_list(s, e->arg, e->arity);
        show_text(s, ")");
        break;
    case MATRIX_TRACE: case MATRIX_DET: case MATRIX_LOG_DET: case MATRIX_TOTAL: case MATRIX_LOGSUMEXP: case MATRIX_DIAG:
    case MATRIX_DIAGONAL: case MATRIX_IDENTITY:
        show_text(s, names[e->matrix_op]);
        show_at(s, e->arg[0], LEVEL_ANY);
        show_text(s, ")");
        break;
    }
}

/* The u with e = exp(u - logsumexp(u)); NULL. */
static const Expr *softmax_of(Show *s, const Expr *e)
{
    const Expr *sum = expr_is_call(e, FN_exp) && e->arg[0]->kind == EXPR_ADD ? e->arg[0] : NULL;
    for (uint32_t i = 0; sum && i < sum->arity; i++) {
        if (!expr_is_matrix_op(sum->arg[i], MATRIX_FILL))
            continue;
        const Expr *lse = expr_neg(s->pool, sum->arg[i]->arg[0]);
        if (expr_is_matrix_op(lse, MATRIX_LOGSUMEXP) && expr_add(s->pool, sum, expr_fill(s->pool, lse, sum->shape)) == lse->arg[0])
            return lse->arg[0];
    }
    return NULL;
}

/* ---- entry by entry --------------------------------------------------------------------------------------------------- */

static bool below_line(const Expr *e)
{
    return e->kind == EXPR_POW && expr_is_tensor(e) && expr_is_number(e->arg[1]) && expr_number_sign(e->arg[1]) < 0;
}

static void show_entry_power(Show *s, const Expr *base, const Expr *exponent)
{
    show_at(s, base, LEVEL_ATOM);
    if (!expr_is_one(exponent)) {
        show_text(s, " .^ ");
        show_at(s, exponent, LEVEL_ATOM);
    }
}

/* Tensors of the product e that stand above or below the line. */
static size_t show_tensors(Show *s, const Expr *const *arg, size_t n, bool below, bool alone)
{
    size_t shown = 0;
    for (size_t i = 0; i < n; i++) {
        if (!expr_is_tensor(arg[i]) || below_line(arg[i]) != below)
            continue;
        if (shown || below)
            show_text(s, below ? " ./ " : " .* ");
        shown++;
        if (below) {
            const Expr *exponent = expr_neg(s->pool, arg[i]->arg[1]);
            show_entry_power(s, arg[i]->arg[0], exponent);
        } else {
            show_at(s, arg[i], alone ? LEVEL_PRODUCT : LEVEL_POWER);
        }
    }
    return shown;
}

void show_matrix_product(Show *s, const Expr *e, bool without_sign)
{
    const Expr *const *arg = e->kind == EXPR_MUL ? e->arg : &e;
    size_t             n = e->kind == EXPR_MUL ? e->arity : 1, above = 0, below = 0, scalars = 0;
    const Expr       **scalar = arena_array(s->out->arena, const Expr *, n), *first = NULL;
    for (size_t i = 0; i < n; i++) {
        if (!expr_is_tensor(arg[i]))
            scalar[scalars++] = arg[i];
        else if (below_line(arg[i]))
            below++;
        else
            first = above++ ? first : arg[i];
    }
    Fraction f = show_split(s, expr_product(s->pool, scalar, scalars));
    bool     number = !fmpz_is_one(fmpq_numref(f.coefficient)) || f.n_above || !above;
    if (f.negative && !without_sign)
        show_text(s, "-");
    if (number && above && f.n_above == 1 && fmpz_is_one(fmpq_numref(f.coefficient)))
        show_at(s, f.above[0], LEVEL_POWER);
    else if (number)
        show_above(s, &f);
    if (number && above)
        show_text(s, f.n_above ? "*" : show_joint(first));
    show_tensors(s, arg, n, false, above == 1);
    show_tensors(s, arg, n, true, below == 1);
    show_below(s, &f);
    fmpq_clear(f.coefficient);
}

/* ---- entry points ----------------------------------------------------------------------------------------------------- */

Level show_matrix_level(const Expr *e)
{
    if (square_of(e))
        return LEVEL_POWER;
    if (e->kind == EXPR_MATMUL)
        return LEVEL_PRODUCT;
    switch ((MatrixOp)e->matrix_op) {
    case MATRIX_TRANSPOSE: case MATRIX_INVERSE:
        return LEVEL_POWER;
    case MATRIX_FILL:
        return expr_is_zero(e->arg[0]) || expr_is_one(e->arg[0]) ? expr_is_one(e->shape->rows) ? LEVEL_POWER : LEVEL_ATOM : LEVEL_PRODUCT;
    case MATRIX_TRACE: case MATRIX_DET: case MATRIX_LOG_DET: case MATRIX_TOTAL: case MATRIX_LOGSUMEXP: case MATRIX_DIAG:
    case MATRIX_DIAGONAL: case MATRIX_IDENTITY: case MATRIX_SLICE: case MATRIX_EMBED: case MATRIX_INDICES:
        break;
    }
    return LEVEL_ATOM;
}

/* As typed: two operands, the operator with a point where it acts entry by entry and another reading exists. */
static bool show_typed(Show *s, const Expr *e)
{
    bool both = e->arity == 2 && expr_is_tensor(e->arg[0]) && expr_is_tensor(e->arg[1]), fill = e->arity == 2 && expr_is_matrix_op(e->arg[1], MATRIX_FILL);
    const char *op = e->kind == EXPR_MATMUL ? "*" : e->kind == EXPR_MUL && both ? " .* " : e->kind == EXPR_DIV && expr_is_tensor(e->arg[1]) ? " ./ "
                   : e->kind == EXPR_POW && expr_is_tensor(e) ? " .^ " : e->kind == EXPR_ADD && fill ? " .+ " : e->kind == EXPR_SUB && fill ? " .- " : NULL;
    if (e->kind == EXPR_MATRIX) {
        show_op(s, e);
        return true;
    }
    if (!op)
        return false;
    bool sum = e->kind == EXPR_ADD || e->kind == EXPR_SUB, power = e->kind == EXPR_POW;
    show_at(s, e->arg[0], sum ? LEVEL_SUM : power ? LEVEL_ATOM : LEVEL_PRODUCT);
    show_text(s, op);
    show_at(s, sum && fill ? e->arg[1]->arg[0] : e->arg[1], sum ? LEVEL_PRODUCT : power ? LEVEL_ATOM : LEVEL_POWER);
    return true;
}

bool show_matrix(Show *s, const Expr *e)
{
    const Expr *u;
    if (e->flags & EXPR_AS_TYPED)
        return show_typed(s, e);
    if ((u = square_of(e))) {
        show_norm(s, u, expr_int(s->pool, 2));
    } else if (show_norm_power(e)) {
        show_norm(s, square_of(e->arg[0]), expr_mul(s->pool, expr_int(s->pool, 2), e->arg[1]));
    } else if (e->kind == EXPR_MATMUL) {
        show_chain(s, e);
    } else if (e->kind == EXPR_MATRIX) {
        show_op(s, e);
    } else if (expr_is_tensor(e) && (e->kind == EXPR_MUL || below_line(e))) {
        show_matrix_product(s, e, false);
    } else if (expr_is_tensor(e) && e->kind == EXPR_POW && !(expr_is_number(e->arg[1]) && fmpq_cmp(expr_number(e->arg[1]), expr_number(expr_ratio(s->pool, 1, 2))) == 0)) {
        show_entry_power(s, e->arg[0], e->arg[1]);
    } else if (expr_is_tensor(e) && (u = softmax_of(s, e))) {
        show_text(s, "softmax(");
        show_at(s, u, LEVEL_ANY);
        show_text(s, ")");
    } else {
        return false;
    }
    return true;
}
