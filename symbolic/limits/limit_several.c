/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Limits of several variables: the value where the function is continuous; else two paths that disagree, else a proof. Otherwise
 * all that can be said is that all paths agree. */
#include "symbolic/limits/limit_several_int.h"

static SeveralLimit undecided(const Several *s, const char *why)
{
    return (SeveralLimit){ .answer = LIMIT_UNDECIDED, .value = s->value, .why = str_of(why) };
}

static SeveralLimit decide(Several *s)
{
    Pool       *p = s->pool;
    const char *how;
    const Expr *value = several_continuous(s, s->f);
    if (value)
        return (SeveralLimit){ .answer = LIMIT_FOUND, .value = value, .proof = "continuous there" };
    if (!several_paths(s))
        return s->result;
    if (several_prove(s, s->f, &value, &how)) {
        if (s->value && several_differ(p, s->value, value))
            return undecided(s, "it is uncertain: a proof and the limit along a path disagree");
        return (SeveralLimit){ .answer = LIMIT_FOUND, .value = value, .proof = how };
    }
    if (s->value)
        return undecided(s, "all paths that were tried agree on a value, which is no proof");
    return undecided(s, "no limit along a path was found");
}

SeveralLimit expr_limit_several(Pool *p, Arena *a, const Expr *e, const Expr *const *x, const Expr *const *to, size_t n,
                                double seconds, const Settings *settings)
{
    Several s = { .pool = p, .arena = a, .n = n, .t = expr_positive(p, expr_symbol(p, STR("t"))), .seconds = seconds, .settings = settings };
    if (n > MOST_VARIABLES || n < 2)
        return undecided(&s, "so many variables");
    const Expr *image[MOST_VARIABLES];
    for (size_t i = 0; i < n; i++) {
        s.x[i] = x[i];
        s.to[i] = to[i];
        if (!to[i] || (to[i]->flags & EXPR_HAS_INFINITE))
            return undecided(&s, "only finite points of several variables are looked at");
        image[i] = expr_add(p, to[i], x[i]);
    }
    s.f = expr_subst(p, e, x, image, n);
    if (!s.f || !expr_is_scalar(s.f) || (s.f->flags & (EXPR_HAS_INFINITE | EXPR_HAS_I)))
        return undecided(&s, "a limit needs a real expression");
    SeveralLimit r = decide(&s);
    pool_clear_error(p);
    return r;
}
