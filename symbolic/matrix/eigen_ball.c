/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Eigenvalues and eigenvectors of matrices of numbers as certified balls: approximations by the QR algorithm, then enclosures
 * [Rump 2010; van der Hoeven, Mourrain 2017] by Arb, with doubling precision until the digits are certain. Of a real matrix an
 * eigenvalue is proved real if its ball is alone and meets its mirror image, or if the matrix is symmetric. */
#include "symbolic/matrix/spectrum.h"

#include "base/interrupt.h"
#include "symbolic/expr/evaluate.h"

#if __FLINT_RELEASE >= 30000
#include <flint/acb_mat.h>
#else
#include <acb_mat.h>
#endif

enum { GUARD_BITS = 64, MOST_DOUBLINGS = 5, LEAST_BITS = 8 };

typedef struct Enclosure {
    Pool       *p;
    const Expr *m;
    slong       n, wanted;          /* wanted: relative accuracy in bits */
    bool        real, symmetric, balls;
    acb_mat_t   a, right;
    acb_ptr     value;
} Enclosure;

static bool read_entries(Enclosure *s, slong prec)
{
    s->real = true;
    for (slong i = 0; i < s->n * s->n; i++) {
        acb_ptr z = acb_mat_entry(s->a, i / s->n, i % s->n);
        if (expr_enclose(s->p, s->m->arg[i], NULL, NULL, 0, prec, z, NULL) != EVAL_OK)
            return pool_fail(s->p, "an entry has no value that could be enclosed"), false;
        s->real = s->real && acb_is_real(z);
    }
    return true;
}

/* Symmetric as written: equal entries are equal nodes. */
static bool is_symmetric(const Expr *m, size_t n)
{
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < i; j++)
            if (m->arg[i * n + j] != m->arg[j * n + i])
                return false;
    return true;
}

static bool accurate(const Enclosure *s, acb_srcptr z, bool may_be_zero)
{
    if (!acb_is_finite(z))
        return false;
    if (acb_contains_zero(z))
        return may_be_zero;
    return acb_rel_accuracy_bits(z) >= (s->balls ? LEAST_BITS : s->wanted);
}

/* One attempt. The zeros that are proved may stay balls about 0. */
static bool attempt(Enclosure *s, size_t zeros, bool vectors, slong prec)
{
    acb_ptr   approximate = _acb_vec_init(s->n);
    acb_mat_t right;
    acb_mat_init(right, s->n, s->n);
    acb_mat_approx_eig_qr(approximate, NULL, right, s->a, NULL, 0, prec);
    bool fine = vectors ? acb_mat_eig_simple(s->value, NULL, s->right, s->a, approximate, right, prec)
                        : acb_mat_eig_multiple(s->value, s->a, approximate, right, prec);
    size_t about_zero = 0;
    for (slong i = 0; i < s->n && fine; i++) {
        about_zero += acb_contains_zero(s->value + i);
        fine = accurate(s, s->value + i, zeros > 0);
    }
    fine = fine && about_zero == zeros;
    acb_mat_clear(right);
    _acb_vec_clear(approximate, s->n);
    return fine;
}

/* Is the eigenvalue in ball i proved real? Ball i holds one eigenvalue and no other meets the mirror image. */
static bool is_real(const Enclosure *s, slong i)
{
    acb_t mirror;
    bool  alone = s->real;
    if (s->real && s->symmetric)
        return true;
    acb_init(mirror);
    acb_conj(mirror, s->value + i);
    for (slong j = 0; j < s->n && alone; j++)
        alone = acb_overlaps(mirror, s->value + j) == (j == i);
    acb_clear(mirror);
    return alone;
}

const Expr *spectrum_ball(Pool *p, const acb_t z, size_t digits)
{
    Ball ball = { .digits = (slong)digits };
    acb_init(ball.value);
    acb_set(ball.value, z);
    const Expr *e = expr_ball(p, &ball);
    acb_clear(ball.value);
    return e;
}

/* Column i scaled to length 1, its largest entry positive: so a real eigenvalue of a real matrix has a real vector. */
static void scale_column(Enclosure *s, slong i, bool real, slong prec)
{
    slong largest = 0;
    arb_t size, length;
    acb_t by;
    arb_init(size);
    arb_init(length);
    acb_init(by);
    for (slong k = 0; k < s->n; k++) {
        acb_abs(size, acb_mat_entry(s->right, k, i), prec);
        acb_abs(length, acb_mat_entry(s->right, largest, i), prec);
        largest = arf_cmp(arb_midref(size), arb_midref(length)) > 0 ? k : largest;
    }
    acb_set(by, acb_mat_entry(s->right, largest, i));
    arb_zero(length);
    for (slong k = 0; k < s->n; k++) {
        acb_ptr z = acb_mat_entry(s->right, k, i);
        k == largest ? acb_one(z) : acb_div(z, z, by, prec);
        if (real)
            arb_zero(acb_imagref(z));
        arb_addmul(length, acb_realref(z), acb_realref(z), prec);
        arb_addmul(length, acb_imagref(z), acb_imagref(z), prec);
    }
    arb_sqrt(length, length, prec);
    for (slong k = 0; k < s->n; k++)
        acb_div_arb(acb_mat_entry(s->right, k, i), acb_mat_entry(s->right, k, i), length, prec);
    acb_clear(by);
    arb_clear(length);
    arb_clear(size);
}

/* Balls in Arb's order: real ones ascending, then the others by falling real part. */
static int before(const Enclosure *s, slong i, slong j, bool real_i, bool real_j)
{
    int order = arf_cmp(arb_midref(acb_realref(s->value + i)), arb_midref(acb_realref(s->value + j)));
    if (real_i != real_j)
        return real_i;
    if (real_i)
        return order < 0;
    if (!arb_overlaps(acb_realref(s->value + i), acb_realref(s->value + j)))
        return order > 0;
    return arf_cmp(arb_midref(acb_imagref(s->value + i)), arb_midref(acb_imagref(s->value + j))) > 0;
}

static void collect(Enclosure *s, Arena *a, size_t digits, slong prec, Spectrum *out, const Expr **vectors)
{
    size_t       n = (size_t)s->n;
    slong       *order = arena_array(a, slong, n);
    bool        *real = arena_array(a, bool, n);
    const Expr **at = arena_array(a, const Expr *, n * n);
    for (slong i = 0; i < s->n; i++) {
        slong k = i;
        if (acb_contains_zero(s->value + i))
            acb_zero(s->value + i);
        real[i] = is_real(s, i);
        if (real[i])
            arb_zero(acb_imagref(s->value + i));
        for (; k > 0 && before(s, i, order[k - 1], real[i], real[order[k - 1]]); k--)
            order[k] = order[k - 1];
        order[k] = i;
        if (vectors)
            scale_column(s, i, real[i], prec);
    }
    out->n = n;
    out->exact = false;
    for (size_t i = 0; i < n; i++) {
        out->value[i] = (Eigenvalue){ .times = 1, .real = real[order[i]],
            .at = acb_is_zero(s->value + order[i]) ? expr_int(s->p, 0) : spectrum_ball(s->p, s->value + order[i], digits) };
        for (size_t k = 0; k < n && vectors; k++)
            at[k * n + i] = spectrum_ball(s->p, acb_mat_entry(s->right, (slong)k, order[i]), digits);
    }
    if (vectors)
        *vectors = expr_tensor(s->p, n, n, at);
}

bool matrix_enclose_eigen(Pool *p, Arena *a, const Expr *m, size_t digits, size_t zeros, Spectrum *out, const Expr **vectors)
{
    Enclosure s = { .p = p, .m = m, .n = (slong)expr_rows(m), .wanted = (slong)(3.33 * (double)digits) + 4, .balls = m->flags & EXPR_HAS_BALL,
                    .symmetric = is_symmetric(m, expr_rows(m)) };
    bool      done = false, read = true;
    acb_mat_init(s.a, s.n, s.n);
    acb_mat_init(s.right, s.n, s.n);
    s.value = _acb_vec_init(s.n);
    *out = (Spectrum){ .value = arena_array(a, Eigenvalue, (size_t)s.n) };
    for (int k = 0; k <= MOST_DOUBLINGS && !done && read && !should_stop(); k++) {
        slong prec = (s.wanted + GUARD_BITS) << k;
        read = read_entries(&s, prec);
        done = read && attempt(&s, zeros, vectors, prec);
        if (done)
            collect(&s, a, digits, prec, out, vectors);
    }
    _acb_vec_clear(s.value, s.n);
    acb_mat_clear(s.right);
    acb_mat_clear(s.a);
    if (!done && read)
        pool_fail(p, vectors ? "the eigenvalues could not be separated: some may be equal" : "the eigenvalues could not be enclosed: one may be zero, or some nearly equal");
    return done;
}
