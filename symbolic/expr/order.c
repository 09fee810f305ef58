/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Inspection and the two orders: by content for the constructors, by degree and name for display. */
#include "symbolic/matrix/matrix_int.h"

#include <string.h>

bool expr_is_int(const Expr *e, slong n)
{
    return expr_is_integer(e) && fmpz_equal_si(fmpq_numref(&e->number), n);
}

bool expr_fits_slong(const Expr *e, slong *n)
{
    if (!expr_is_integer(e) || !fmpz_fits_si(fmpq_numref(&e->number)))
        return false;
    *n = fmpz_get_si(fmpq_numref(&e->number));
    return true;
}

static size_t size_of(const Expr *length)
{
    slong n;
    return expr_fits_slong(length, &n) && n > 0 ? (size_t)n : 1;
}

size_t expr_rows(const Expr *e)   { return e->shape ? size_of(e->shape->rows) : 1; }
size_t expr_cols(const Expr *e)   { return e->shape ? size_of(e->shape->cols) : 1; }
bool   expr_is_scalar(const Expr *e)
{
    return !e->shape || (expr_is_one(e->shape->rows) && expr_is_one(e->shape->cols));
}

bool shape_common(Pool *p, const Expr *const *arg, size_t n, const Shape **out)
{
    const Expr  *axis = NULL;
    const Shape *size = NULL;
    const Expr  *like = NULL;
    for (size_t i = 0; i < n; i++) {
        const Shape *s = arg[i]->shape;
        if (!s)
            continue;
        if (s->axis && axis && s->axis != axis)
            return pool_fail(p, "one value varies over %.*s and over %.*s", STR_ARGS(axis->axis.name), STR_ARGS(s->axis->axis.name)), false;
        axis = s->axis ? s->axis : axis;
        if (expr_is_scalar(arg[i]))
            continue;
        if (size && (size->rows != s->rows || size->cols != s->cols))
            return shapes_misfit(p, "entry by entry", like, arg[i]) != NULL;
        size = s;
        like = arg[i];
    }
    *out = NULL;
    if (axis || size) {
        const Expr *one = expr_int(p, 1);
        *out = shape_new(p, size ? size->rows : one, size ? size->cols : one, axis);
    }
    return true;
}

/* ---- content order ----------------------------------------------------------------------------------------------- */

static int sign_of(long long d) { return (d > 0) - (d < 0); }

/* Equal hashes of different nodes are rare enough that a deep comparison costs nothing on average. */
int expr_cmp(const Expr *a, const Expr *b)
{
    if (a == b)
        return 0;
    if (a->kind != b->kind)
        return a->kind < b->kind ? -1 : 1;
    if (a->kind == EXPR_NUMBER)
        return fmpq_cmp(&a->number, &b->number);
    if (a->hash != b->hash)
        return a->hash < b->hash ? -1 : 1;
    if (a->arity != b->arity)
        return a->arity < b->arity ? -1 : 1;
    for (uint32_t i = 0; i < a->arity; i++) {
        int c = expr_cmp(a->arg[i], b->arg[i]);
        if (c)
            return c;
    }
    return a->kind == EXPR_SYMBOL ? str_cmp(a->name, b->name) : sign_of((long long)a->id - b->id);
}

/* ---- display order ------------------------------------------------------------------------------------------------
 * Terms of a sum stand by falling degree, those without symbols last; factors: numbers, names, calls, sums. */

typedef struct Rank {
    uint32_t    order;             /* the highest derivative of an unknown function */
    double      degree;            /* total degree in the symbols that occur polynomially */
    int         group;             /* names before functions before constants */
    const Expr *lead;              /* the symbol seen first by the user, or the first function call */
    double      lead_degree;
    const Expr *call;              /* the function call seen first, if any */
} Rank;

static double exponent_of(const Expr *e)
{
    return expr_is_number(e) ? fmpz_get_d(fmpq_numref(&e->number)) / fmpz_get_d(fmpq_denref(&e->number)) : 0;
}

static void rank_factor(const Expr *e, Rank *r)
{
    const Expr *base = e->kind == EXPR_POW ? e->arg[0] : e;
    double      degree = e->kind == EXPR_POW ? exponent_of(e->arg[1]) : 1;
    if (base->kind == EXPR_SYMBOL) {
        r->degree += degree;
        if (!r->lead || r->lead->kind != EXPR_SYMBOL || base->id < r->lead->id) {
            r->lead = base;
            r->lead_degree = degree;
        }
        if (r->group > 0)
            r->group = 0;
    } else if (base->kind == EXPR_UNKNOWN) {
        uint32_t order = 0;
        for (uint32_t i = 0; i < base->arity; i++)
            order += base->unknown.order[i];
        r->order = order > r->order ? order : r->order;        /* y'' before y' before y */
        r->lead = base;
        r->group = 0;
    } else if (base->flags & EXPR_HAS_SYMBOL) {
        if (!r->call || base->id < r->call->id)
            r->call = base;
        if (!r->lead) {
            r->lead = base;
            r->lead_degree = degree;
        }
        if (r->group > 1)
            r->group = 1;
    }
}

static Rank rank_term(const Expr *e)
{
    Rank r = { .group = 2 };
    if (e->kind == EXPR_MUL)
        for (uint32_t i = 0; i < e->arity; i++)
            rank_factor(e->arg[i], &r);
    else
        rank_factor(e, &r);
    return r;
}

/* A fraction first, then by kind, function and arguments. Nothing here depends on what was typed before. */
int expr_constant_cmp(const Expr *a, const Expr *b)
{
    if (a == b)
        return 0;
    if ((a->kind == EXPR_NUMBER) != (b->kind == EXPR_NUMBER))
        return a->kind == EXPR_NUMBER ? -1 : 1;
    if (a->kind == EXPR_NUMBER)
        return fmpq_cmp(&a->number, &b->number);
    if (a->kind != b->kind)
        return a->kind < b->kind ? -1 : 1;
    if (a->kind == EXPR_CALL && a->fn != b->fn)
        return strcmp(a->fn->name, b->fn->name);
    for (uint32_t i = a->arity, j = b->arity; i > 0 && j > 0; i--, j--) {
        int c = expr_constant_cmp(a->arg[i - 1], b->arg[j - 1]);
        if (c)
            return c;
    }
    return a->arity != b->arity ? a->arity < b->arity ? -1 : 1 : expr_cmp(a, b);
}

/* Constants as terms: those with a minus last. */
static int constant_term_cmp(const Expr *a, const Expr *b)
{
    bool minus_a = expr_leads_negative(a), minus_b = expr_leads_negative(b);
    return minus_a != minus_b ? minus_a - minus_b : expr_constant_cmp(a, b);
}

int expr_display_cmp(Pool *p, const Expr *a, const Expr *b)
{
    (void)p;
    Rank ra = rank_term(a), rb = rank_term(b);
    if (ra.group != rb.group)
        return ra.group - rb.group;
    if (ra.group == 2)
        return constant_term_cmp(a, b);
    if (ra.call && rb.call && ra.call != rb.call)           /* 2x*sin(x) + x^2*cos(x): the function seen first */
        return ra.call->id < rb.call->id ? -1 : 1;
    if (ra.order != rb.order)
        return ra.order > rb.order ? -1 : 1;
    if (ra.degree != rb.degree)
        return ra.degree > rb.degree ? -1 : 1;
    if (ra.lead && rb.lead && ra.lead != rb.lead)
        return ra.lead->id < rb.lead->id ? -1 : 1;
    if (ra.lead_degree != rb.lead_degree)
        return ra.lead_degree > rb.lead_degree ? -1 : 1;
    return a->id == b->id ? 0 : a->id < b->id ? -1 : 1;
}
