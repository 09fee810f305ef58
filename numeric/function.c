/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Finding a function by name, and evaluating it on complex balls: the real kernel while the arguments are real, the
 * complex one where they are complex or proved to lie outside the real domain. */
#include "numeric/function.h"

#include <string.h>

const FnRow *fn_find(Str name)
{
    for (size_t i = 0; i < FN_COUNT; i++)
        if (name.n && name.s[0] == fn_rows[i].name[0] && str_is(name, fn_rows[i].name))
            return &fn_rows[i];
    return NULL;
}

static bool all_real(acb_srcptr u, slong n)
{
    for (slong i = 0; i < n; i++)
        if (!arb_is_zero(acb_imagref(u + i)))
            return false;
    return true;
}

/* An exact argument of ordinary size at which the kernel has no finite value sits on a pole. */
static bool exact_and_small(acb_srcptr u, slong n)
{
    for (slong i = 0; i < n; i++)
        if (!acb_is_exact(u + i) || arf_cmpabs_2exp_si(arb_midref(acb_realref(u + i)), 20) > 0
            || arf_cmpabs_2exp_si(arb_midref(acb_imagref(u + i)), 20) > 0)
            return false;
    return true;
}

static CallStatus eval_complex(acb_t r, const FnRow *fn, acb_srcptr u, slong n, slong prec)
{
    if (!fn->complex)
        return CALL_DOMAIN;
    fn->complex(r, u, n, prec);
    if (acb_is_finite(r))
        return CALL_OK;
    return exact_and_small(u, n) ? CALL_POLE : CALL_IMPRECISE;
}

CallStatus fn_eval(acb_t r, const FnRow *fn, acb_srcptr u, slong n, slong prec)
{
    for (slong i = 0; i < n; i++)
        if (!acb_is_finite(u + i))
            return CALL_IMPRECISE;
    if (!all_real(u, n))
        return eval_complex(r, fn, u, n, prec);
    arb_ptr v = _arb_vec_init(n);
    arb_t   x;
    arb_init(x);
    for (slong i = 0; i < n; i++)
        arb_set(v + i, acb_realref(u + i));
    bool       outside = fn->outside && fn->outside(v);
    CallStatus status;
    if (outside) {
        status = eval_complex(r, fn, u, n, prec);
    } else {
        fn->real(x, v, n, prec);
        status = arb_is_finite(x) ? CALL_OK : exact_and_small(u, n) ? CALL_POLE : CALL_IMPRECISE;
        arb_set(acb_realref(r), x);
        arb_zero(acb_imagref(r));
    }
    arb_clear(x);
    _arb_vec_clear(v, n);
    return status;
}
