/* SPDX-License-Identifier: GPL-3.0-or-later */
/* First integrals of Lagrangians of one variable x, by Noether's theorem with the momenta of Ostrogradsky
 *
 *     p[i][k] = sum over j >= k of (-d/dx)^(j-k) dL/dy_i^(j),       k = 1, 2, ...
 *
 * Where x does not occur, sum p[i][k] y_i^(k) - L is constant (energy, the integral of Beltrami); where a motion y_i -> y_i + s*Q_i leaves
 * L as it is, so is sum p[i][k] (d/dx)^(k-1) Q_i: for Q = 1 in one function its momentum, in all of them the total one, for a
 * rotation in two of them the angular momentum. Each is returned only if its derivative is proved to be the combination of
 * the equations that Noether's identity names. [Gelfand, Fomin: Calculus of Variations, 1963, 20 and 42; Ostrogradsky 1850] */
#include "symbolic/expr/show.h"
#include "symbolic/variation/variation_int.h"

enum { MOST_ORDER = 12 };

typedef struct Momenta {
    const Variation *v;
    const Expr      *x;
    Jets             jets;
    const Expr     **partial;                       /* dL/d(jet) */
    const Expr      *p[MOST_FUNCTIONS][MOST_ORDER + 1];
    uint32_t         order[MOST_FUNCTIONS];         /* the highest derivative of each function in L */
} Momenta;

static const Expr *derivative(const Momenta *m, size_t i, uint32_t k)
{
    return jet_node(m->v->pool, m->v->y[i], &k);
}

static const Expr *partial_in(const Momenta *m, size_t i, uint32_t k)
{
    const Expr *y = derivative(m, i, k);
    for (size_t q = 0; q < m->jets.n; q++)
        if (m->jets.at[q] == y)
            return m->partial[q];
    return expr_int(m->v->pool, 0);
}

/* p[n] = dL/dy^(n), p[k] = dL/dy^(k) - p[k+1]' */
static bool read_momenta(Momenta *m, const Variation *v)
{
    Pool *p = v->pool;
    m->v = v;
    m->x = v->x[0];
    m->jets = jets_of(p, v->arena, v->lagrangian, v->y, v->n);
    m->partial = arena_array(v->arena, const Expr *, m->jets.n + 1);
    if (!m->jets.n || !jets_gradient(p, v->lagrangian, &m->jets, m->partial))
        return false;
    for (size_t q = 0; q < m->jets.n; q++)
        for (size_t i = 0; i < v->n; i++)
            if (jet_is_of(m->jets.at[q], v->y[i]) && jet_order(m->jets.at[q]) > m->order[i])
                m->order[i] = jet_order(m->jets.at[q]);
    for (size_t i = 0; i < v->n; i++) {
        const Expr *next = expr_int(p, 0);
        if (m->order[i] > MOST_ORDER)
            return false;
        for (uint32_t k = m->order[i]; k >= 1; k--)
            next = m->p[i][k] = expr_sub(p, partial_in(m, i, k), jet_total(p, next, m->x, 1));
    }
    return true;
}

/* quantity' + combination = 0 is the identity that is proved. */
static bool is_proved(const Momenta *m, const Expr *quantity, const Expr *combination)
{
    const Expr *identity = expr_add(m->v->pool, jet_total(m->v->pool, quantity, m->x, 1), combination);
    return identity && jet_zero_test(m->v->pool, identity).answer == YES;
}

/* Where the constraints hold, their part of L is zero: it is left out. */
static const Expr *energy(const Momenta *m)
{
    const Variation *v = m->v;
    Pool            *p = v->pool;
    if (jet_zero_test(p, jet_explicit(p, v->lagrangian, &m->jets, m->x)).answer != YES)
        return NULL;
    const Expr *h = expr_sub(p, v->pointwise, v->lagrangian), *work = expr_int(p, 0);
    for (size_t i = 0; i < v->n; i++) {
        for (uint32_t k = 1; k <= m->order[i]; k++)
            h = expr_add(p, h, expr_mul(p, m->p[i][k], derivative(m, i, k)));
        work = expr_add(p, work, expr_mul(p, derivative(m, i, 1), v->raw[i]));
    }
    work = expr_sub(p, work, jet_total(p, v->pointwise, m->x, 1));
    return is_proved(m, h, work) ? h : NULL;
}

/* The charge of the motion with velocities q[i] (NULL: 0), if it leaves L as it is. */
static const Expr *charge(const Momenta *m, const Expr *const *q)
{
    const Variation *v = m->v;
    Pool            *p = v->pool;
    const Expr      *change = expr_int(p, 0), *sum = change, *work = change;
    for (size_t i = 0; i < v->given; i++) {
        if (!q[i])
            continue;
        for (uint32_t k = 0; k <= m->order[i]; k++)
            change = expr_add(p, change, expr_mul(p, partial_in(m, i, k), jet_total(p, q[i], m->x, k)));
        for (uint32_t k = 1; k <= m->order[i]; k++)
            sum = expr_add(p, sum, expr_mul(p, m->p[i][k], jet_total(p, q[i], m->x, k - 1)));
        work = expr_add(p, work, expr_mul(p, q[i], v->raw[i]));
    }
    if (!sum || expr_is_zero(sum) || jet_zero_test(p, change).answer != YES)
        return NULL;
    return is_proved(m, sum, work) ? sum : NULL;
}

static int name_length(const Expr *y) { return (int)y->unknown.name.n - 1; }

typedef struct Found { Conserved *out; size_t n, most; } Found;

static void add(Found *f, const Momenta *m, const char *name, Str field, const Expr *quantity, Str why)
{
    const Expr *simple = quantity ? jet_simplified(m->v->pool, quantity) : NULL;
    if (simple && f->n < f->most && !expr_is_numeric(simple))
        f->out[f->n++] = (Conserved){ name, field, simple, why };
}

/* Single functions, then all together, where not each of them has a momentum of its own. */
static void add_momenta(Found *f, const Momenta *m)
{
    const Variation *v = m->v;
    const Expr      *q[MOST_FUNCTIONS] = { 0 }, *one = expr_int(v->pool, 1);
    size_t           moving = 0, single = 0;
    for (size_t i = 0; i < v->given; i++) {
        const Expr *y = v->y[i];
        q[i] = one;
        const Expr *p = m->order[i] ? charge(m, q) : NULL;
        q[i] = NULL;
        moving += m->order[i] > 0;
        single += p != NULL;
        Str field = v->given == 1 ? STR("momentum") : str_printf(v->arena, "momentum_%.*s", name_length(y), y->unknown.name.s);
        add(f, m, "momentum", field, p, str_printf(v->arena, "%.*s does not occur", name_length(y), y->unknown.name.s));
    }
    for (size_t i = 0; i < v->given; i++)
        q[i] = one;
    if (moving > 1 && !single)
        add(f, m, "momentum", STR("momentum"), charge(m, q), STR("the same added to all functions changes nothing"));
}

static void add_rotations(Found *f, const Momenta *m)
{
    const Variation *v = m->v;
    const Expr      *q[MOST_FUNCTIONS] = { 0 };
    for (size_t i = 0; i < v->given; i++)
        for (size_t k = i + 1; k < v->given && v->given <= 4; k++) {
            const Expr *a = v->y[i], *b = v->y[k];
            q[i] = expr_neg(v->pool, b);
            q[k] = a;
            Str field = v->given == 2 ? STR("angular_momentum") : str_printf(v->arena, "angular_momentum_%.*s%.*s", name_length(a), a->unknown.name.s, name_length(b), b->unknown.name.s);
            add(f, m, "angular momentum", field, charge(m, q),
                str_printf(v->arena, "a rotation of %.*s and %.*s changes nothing", name_length(a), a->unknown.name.s, name_length(b), b->unknown.name.s));
            q[i] = q[k] = NULL;
        }
}

size_t variation_conserved(const Variation *v, Conserved *out, size_t most)
{
    Momenta *m = arena_alloc(v->arena, sizeof *m);
    Found    f = { out, 0, most };
    if (v->nx != 1 || !read_momenta(m, v))
        return 0;
    add(&f, m, "energy", STR("energy"), energy(m), str_printf(v->arena, "%.*s does not occur", STR_ARGS(expr_text(v->arena, v->pool, m->x))));
    add_momenta(&f, m);
    add_rotations(&f, m);
    pool_clear_error(v->pool);
    return f.n;
}
