/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The beam. A round takes the best candidates that were not taken before and rewrites each of their nodes by every identity and by the algebra of
 * fractions and factors; a result counts by its errors on the samples alone. Wrong forms (an identity outside its domain) show large errors and
 * die; the winner is compared with the input in balls. Ties go to the shorter form. */
#include "symbolic/stability/stabilize.h"

#include "base/interrupt.h"
#include "symbolic/algebra/poly.h"
#include "symbolic/expr/memo.h"
#include "symbolic/expr/nary.h"
#include "symbolic/stability/contract.h"

#include <math.h>
#include <string.h>

enum { POINTS = 128, SLOW_POINTS = 24, SEED = 14, BEAM = 12, ROUNDS = 7, MOST_CANDIDATES = 6000, LONGEST = 160, ALGEBRA_NODES = 24, MOST_WORK = 40000, SAME_PROFILE = 3, SLOW_CALL = 400 };

/* ---- candidates ---------------------------------------------------------------------------------------------------------------------- */

static size_t cost_of(const Operations *o)
{
    size_t cost = 0;
    for (size_t k = 0; k < o->n; k++)
        cost += o->at[k].n > 0 ? o->at[k].kind == EXPR_CALL || o->at[k].kind == EXPR_POW ? 2 : 1 : 0;
    return cost;
}

/* Worse than the input on either sampling counts three times. */
static double rank_of(const Search *s, const Candidate *c)
{
    double rank = c->errors.mean_ordinal + c->errors.mean_value + 0.02*c->errors.worst + 0.01*(double)c->cost;
    if (s->n) {
        const Errors *input = &s->at[0].errors;
        rank += 3*fmax(0, c->errors.mean_ordinal - input->mean_ordinal) + 3*fmax(0, c->errors.mean_value - input->mean_value);
    }
    return rank;
}

static bool is_known(const Search *s, const Expr *e)
{
    for (size_t i = s->n; i-- > 0;)
        if (s->at[i].e == e)
            return true;
    return false;
}

size_t search_add(Search *s, const Expr *e, Candidate how)
{
    if (!e) {
        pool_clear_error(s->pool);
        return SIZE_MAX;
    }
    if (is_known(s, e) || s->n >= MOST_CANDIDATES || e->flags & (EXPR_HAS_I | EXPR_HAS_INFINITE))
        return SIZE_MAX;
    how.e = e;
    s->work += 8;
    Arena *scratch = arena_new();
    e = expr_contracted(s->pool, expr_typed_form(s->pool, e), s->format);
    bool   fine = e && operations_of(s->pool, s->arena, e, s->box->variable, s->box->n, &how.ops) && (how.ops.n <= LONGEST || s->n == 0);
    if (fine) {
        how.errors = samples_errors(&s->samples, &how.ops, scratch, NULL);
        s->work += how.ops.n + SLOW_CALL*operations_slow_calls(&how.ops);
        how.cost = cost_of(&how.ops);
        how.rank = rank_of(s, &how);
        vec_push(s->arena, s, how);
    }
    arena_delete(scratch);
    pool_clear_error(s->pool);
    return fine ? s->n - 1 : SIZE_MAX;
}

/* ---- moves ---------------------------------------------------------------------------------------------------------------------------- */

static const Expr *with(Pool *p, const Expr *whole, const Expr *node, const Expr *to)
{
    return whole == node ? to : expr_tidy(p, expr_subst(p, whole, &node, &to, 1));
}

static void move_algebra(Search *s, size_t from, const Expr *node)
{
    typedef const Expr *Algebra(Pool *, const Expr *);
    static const struct { const char *name; Algebra *run; } algebra[] = {
        { "factor", expr_factor }, { "one fraction", expr_together }, { "multiply out", expr_expand_outside },
    };
    Pool *p = s->pool;
    bool  region = node->kind == EXPR_ADD || node->kind == EXPR_SUB || node->kind == EXPR_MUL || node->kind == EXPR_DIV || node->kind == EXPR_POW;
    if (!region || expr_size(p, node) > ALGEBRA_NODES)
        return;
    for (size_t i = 0; i < sizeof algebra / sizeof *algebra; i++) {
        const Expr *canonical = expr_canonical(p, node), *made = canonical ? algebra[i].run(p, canonical) : NULL;
        const Expr *form = made && !(made->flags & EXPR_HAS_I) ? expr_typed_form(p, made) : NULL;
        pool_clear_error(p);
        if (form && form != node)
            search_add(s, with(p, s->at[from].e, node, form),
                       (Candidate){ .parent = from, .kind = MOVE_ALGEBRA, .name = algebra[i].name, .before = node, .after = form });
    }
}

static void expand_candidate(Search *s, size_t from)
{
    Arena *a = arena_new();
    Nodes  nodes = expr_nodes(s->pool, a, &s->at[from].e, 1);
    s->at[from].expanded = true;
    for (size_t k = nodes.n; k-- > 0 && s->work < MOST_WORK && !should_stop();) {
        const Expr       *node = nodes.at[k];
        const Rewritings *w = identities_apply(s->rows, node);
        for (size_t i = 0; i < w->n; i++)
            search_add(s, with(s->pool, s->at[from].e, node, w->at[i].to),
                       (Candidate){ .parent = from, .kind = MOVE_IDENTITY, .row = w->at[i].row, .before = node, .after = w->at[i].to });
        move_algebra(s, from, node);
    }
    arena_delete(a);
}

/* ---- the beam ------------------------------------------------------------------------------------------------------------------------- */

static bool same_profile(const Errors *a, const Errors *b)
{
    return fabs(a->mean_ordinal - b->mean_ordinal) < 0.01 && fabs(a->mean_value - b->mean_value) < 0.01;
}

/* The best BEAM candidates not taken yet, at most a few of each error profile. */
static size_t choose_beam(const Search *s, size_t *beam)
{
    size_t n = 0;
    bool  *taken = arena_array(s->arena, bool, s->n);
    while (n < BEAM) {
        size_t best = SIZE_MAX;
        for (size_t i = 0; i < s->n; i++)
            if (!taken[i] && !s->at[i].expanded && (best == SIZE_MAX || s->at[i].rank < s->at[best].rank))
                best = i;
        if (best == SIZE_MAX)
            break;
        taken[best] = true;
        size_t alike = 0;
        for (size_t j = 0; j < n; j++)
            alike += same_profile(&s->at[beam[j]].errors, &s->at[best].errors);
        if (alike < SAME_PROFILE)
            beam[n++] = best;
    }
    return n;
}

/* ---- the choice ----------------------------------------------------------------------------------------------------------------------- */

/* A gain of half a bit on average, or of ten times in the worst error; nowhere worse than the input beyond what samples tell apart. */
bool search_worth(const Search *s, const Candidate *c, double tolerance)
{
    const Errors *old = &s->at[0].errors, *new = &c->errors;
    bool gain = old->mean_ordinal - new->mean_ordinal >= 0.5 || old->mean_value - new->mean_value >= 0.5 || old->worst - new->worst >= 3.3;
    return gain && new->mean_ordinal <= old->mean_ordinal + tolerance && new->mean_value <= old->mean_value + tolerance
        && new->worst <= fmax(old->worst, 1.6);
}

static size_t best_worth(const Search *s, double tolerance)
{
    size_t best = SIZE_MAX;
    for (size_t i = 1; i < s->n; i++)
        if (!s->at[i].refused && search_worth(s, &s->at[i], tolerance) && (best == SIZE_MAX || s->at[i].rank < s->at[best].rank))
            best = i;
    return best;
}

/* Of the forms about as good as the best one, the shortest. */
static size_t shortest_like(const Search *s, size_t best, double tolerance)
{
    const Errors *e = &s->at[best].errors;
    size_t        pick = best;
    for (size_t i = 1; i < s->n; i++) {
        const Errors *d = &s->at[i].errors;
        double        room = 2*s->at[i].cost <= s->at[best].cost ? 0.5 : 0.15;      /* half a bit for a form half as long */
        bool like = d->mean_ordinal <= e->mean_ordinal + room && d->mean_value <= e->mean_value + room && d->worst <= fmax(e->worst + 0.7, 1.6);
        if (like && !s->at[i].refused && search_worth(s, &s->at[i], tolerance)
            && (s->at[i].cost < s->at[pick].cost || (s->at[i].cost == s->at[pick].cost && s->at[i].rank < s->at[pick].rank)))
            pick = i;
    }
    return pick;
}

static bool good_enough(const Search *s)
{
    size_t best = best_worth(s, 0);
    const Errors *e = best == SIZE_MAX ? &s->at[0].errors : &s->at[best].errors;
    return e->mean_ordinal < 0.35 && e->mean_value < 0.35 && e->worst <= 1.6;
}

static void choose_winner(Search *s)
{
    static const double tolerances[] = { 0, 0.03, 0.1 };
    double difference;
    s->best = 0;
    for (size_t t = 0; t < 3 && !s->best; t++)
        for (size_t best; !s->best && (best = best_worth(s, tolerances[t])) != SIZE_MAX;) {
            size_t pick = shortest_like(s, best, tolerances[t]);
            if (search_verify(s, &s->at[pick], &difference))
                s->best = pick;
            else
                s->at[pick].refused = true;
        }
}

/* Numbers of fp64 in the box, where the input has a value: a format of 8 bits alone would not tell many forms apart. */
static Samples more_samples(Arena *a, const Box *box, const Operations *o)
{
    enum { MORE = 32 };
    Format *fp64 = arena_alloc(a, sizeof *fp64);
    format_named(STR("fp64"), fp64);
    return samples_new(a, box, fp64, o, MORE, SEED);
}

bool stabilize(Pool *p, Arena *a, const Expr *e, const Box *box, const Format *f, Search *s)
{
    Operations ops;
    size_t     beam[BEAM];
    *s = (Search){ .pool = p, .arena = a, .box = box, .format = f };
    e = expr_typed_form(p, e);
    if (!e || !operations_of(p, a, e, box->variable, box->n, &ops))
        return false;
    bool slow = f->family == FAMILY_MPFR;
    s->samples = samples_new(a, box, f, &ops, slow ? SLOW_POINTS : POINTS, SEED);
    if (s->samples.points < 4)
        return pool_fail(p, "no numbers of %.*s where it has a value were found in the range", STR_ARGS(format_name(f, a))), false;
    if (f->family != FAMILY_DOUBLE)
        s->more = more_samples(a, box, &ops);
    s->rows = identities_new(p, a);
    if (!s->rows || search_add(s, e, (Candidate){ .kind = MOVE_INPUT }) == SIZE_MAX)
        return pool_fail(p, "the expression could not be run"), false;
    const Expr *tidied = expr_tidy(p, e);
    search_add(s, tidied, (Candidate){ .kind = MOVE_ALGEBRA, .name = "cancel", .before = e, .after = tidied });
    for (int round = 0; round < ROUNDS && !good_enough(s) && !should_stop(); round++) {
        size_t n = choose_beam(s, beam);
        for (size_t i = 0; i < n; i++)
            expand_candidate(s, beam[i]);
    }
    if (!good_enough(s))
        search_differences(s);
    if (!good_enough(s))
        search_series(s);
    if (!good_enough(s))
        search_regimes(s);
    choose_winner(s);
    return true;
}
