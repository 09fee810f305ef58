/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Matching modulo commutativity and association. A match is a stack of goals, worked off depth first with every alternative tried: "this pattern
 * is that node", "these terms of the pattern are among those of the node". At the root of a pattern other terms may stand beside, and a
 * rational factor in front; inside it everything must be used up. A letter alone takes one term or all that remain. */
#include "symbolic/stability/identity.h"

#include "symbolic/expr/memo.h"
#include "symbolic/expr/nary.h"

#include <string.h>

typedef struct Row { const char *pattern, *replacement; } Row;

static const Row rows[] = {
#define IDENTITY(pattern, replacement) { pattern, replacement },
#include "symbolic/stability/identities.def"
#undef IDENTITY
};
enum { ROWS = sizeof rows / sizeof *rows, LETTERS = 4, MOST_PARTS = 24, MOST_MATCHES = 6, MOST_STEPS = 4000 };

struct Identities {
    Pool       *pool;
    Arena      *arena;
    const Expr *letter[LETTERS];
    const Expr *pattern[ROWS];
    Terms       terms[ROWS];        /* of a pattern that is a sum; letters alone last */
    Factors     factors[ROWS];
    Memo        done;               /* node -> Rewritings */
};

/* ---- goals ----------------------------------------------------------------------------------------------------------------------- */

typedef enum GoalKind { GOAL_NODE, GOAL_SUM, GOAL_PRODUCT } GoalKind;

typedef struct Goal Goal;
struct Goal {
    GoalKind      kind;
    bool          root;             /* terms may remain */
    const Expr   *pattern, *node;   /* NODE */
    const Terms  *pt, *nt;          /* SUM */
    const Factors *pf, *nf;         /* PRODUCT */
    size_t        next;             /* part of the pattern to be placed */
    uint32_t      used;             /* parts of the node that are taken */
    const Expr   *scale;            /* SUM: node = scale * pattern; NULL: not known yet */
    const Goal   *rest;
};

typedef struct Match {
    Identities *r;
    Pool       *p;
    Arena      *a;
    const Expr *bound[LETTERS];
    uint32_t    used;               /* by the root goal, when it is done */
    const Expr *scale;
    size_t      steps;
    bool      (*found)(struct Match *m);        /* true: enough */
    size_t      row;
    const Expr *node;
    const Terms *nt;
    const Factors *nf;
    Rewritings *out;
} Match;

static bool solve(Match *m, const Goal *g);

static int letter_of(const Match *m, const Expr *e)
{
    for (int i = 0; i < LETTERS; i++)
        if (e == m->r->letter[i])
            return i;
    return -1;
}

static bool bind(Match *m, int letter, const Expr *value, const Goal *rest)
{
    const Expr *old = m->bound[letter];
    if (!value)
        return false;
    if (old)
        return expr_same(m->p, old, value) && solve(m, rest);
    m->bound[letter] = value;
    bool done = solve(m, rest);
    m->bound[letter] = done ? value : NULL;
    return done;
}

static const Goal *goal_node(Match *m, const Expr *pattern, const Expr *node, const Goal *rest)
{
    Goal *g = arena_alloc(m->a, sizeof *g);
    *g = (Goal){ .kind = GOAL_NODE, .pattern = pattern, .node = node, .rest = rest };
    return g;
}

static bool is_sum(const Expr *e)     { return e->kind == EXPR_ADD || e->kind == EXPR_SUB; }
static bool is_product(const Expr *e) { return e->kind == EXPR_MUL || e->kind == EXPR_DIV || e->kind == EXPR_NEG; }

/* Letters alone are placed last: by then most of them are bound. */
static void letters_last(const Match *m, Terms *t)
{
    for (size_t pass = 0, to = 0; pass < 3; pass++)
        for (size_t i = to; i < t->n; i++) {
            size_t rank = !t->at[i].rest ? 1 : letter_of(m, t->at[i].rest) >= 0 ? 2 : 0;
            if (rank != pass)
                continue;
            Term x = t->at[i];
            memmove(&t->at[to + 1], &t->at[to], (i - to) * sizeof x);
            t->at[to++] = x;
        }
}

static void factor_letters_last(const Match *m, Factors *f)
{
    for (size_t pass = 0, to = 0; pass < 2; pass++)
        for (size_t i = to; i < f->n; i++) {
            if ((size_t)(letter_of(m, f->at[i].base) >= 0) != pass)
                continue;
            Factor x = f->at[i];
            memmove(&f->at[to + 1], &f->at[to], (i - to) * sizeof x);
            f->at[to++] = x;
        }
}

static bool sum_goal(Match *m, const Expr *pattern, const Expr *node, const Goal *rest)
{
    Terms *pt = arena_alloc(m->a, sizeof *pt), *nt = arena_alloc(m->a, sizeof *nt);
    *pt = terms_of(m->p, m->a, pattern);
    *nt = terms_of(m->p, m->a, node);
    letters_last(m, pt);
    if (nt->n > MOST_PARTS || nt->n < pt->n)
        return false;
    return solve(m, &(Goal){ .kind = GOAL_SUM, .pt = pt, .nt = nt, .scale = expr_int(m->p, 1), .rest = rest });
}

static bool product_goal(Match *m, const Expr *pattern, const Expr *node, const Goal *rest)
{
    Factors *pf = arena_alloc(m->a, sizeof *pf), *nf = arena_alloc(m->a, sizeof *nf);
    *pf = factors_of(m->p, m->a, pattern);
    *nf = factors_of(m->p, m->a, node);
    factor_letters_last(m, pf);
    if (nf->n > MOST_PARTS)
        return false;
    return solve(m, &(Goal){ .kind = GOAL_PRODUCT, .pf = pf, .nf = nf, .rest = rest });
}

/* ---- one node --------------------------------------------------------------------------------------------------------------------- */

static bool solve_call(Match *m, const Expr *pattern, const Expr *node, const Goal *rest)
{
    if (node->kind != EXPR_CALL || node->fn != pattern->fn || node->arity != pattern->arity)
        return false;
    const Goal *g = rest;
    for (uint32_t i = pattern->arity; i-- > 0;)
        g = goal_node(m, pattern->arg[i], node->arg[i], g);
    if (solve(m, g))
        return true;
    FnId id = node->fn->id;
    if (node->arity != 2 || (id != FN_max && id != FN_min && id != FN_hypot))
        return false;
    return solve(m, goal_node(m, pattern->arg[0], node->arg[1], goal_node(m, pattern->arg[1], node->arg[0], rest)));
}

static bool solve_power(Match *m, const Expr *pattern, const Expr *node, const Goal *rest)
{
    if (node->kind == EXPR_POW) {
        if (solve(m, goal_node(m, pattern->arg[0], node->arg[0], goal_node(m, pattern->arg[1], node->arg[1], rest))))
            return true;
        const Expr *times = expr_is_number(pattern->arg[1]) && expr_is_number(node->arg[1]) ? expr_div(m->p, node->arg[1], pattern->arg[1]) : NULL;
        if (!times || !expr_is_integer(times) || expr_is_one(times) || expr_number_sign(times) < 0)
            return false;
        const Expr *base = typed_node(m->p, EXPR_POW, (const Expr *const[]){ node->arg[0], times }, 2);     /* x^4 is (x^2)^2 */
        return solve(m, goal_node(m, pattern->arg[0], base, rest));
    }
    if (is_product(node) && expr_is_number(pattern->arg[1])) {              /* x*x is x^2 */
        Factors f = factors_of(m->p, m->a, node);
        return f.n == 1 && expr_is_one(f.coefficient) && f.at[0].exponent == pattern->arg[1]
            && solve(m, goal_node(m, pattern->arg[0], f.at[0].base, rest));
    }
    const Expr *root = expr_is_call(node, FN_sqrt) ? expr_ratio(m->p, 1, 2) : expr_is_call(node, FN_cbrt) ? expr_ratio(m->p, 1, 3) : NULL;
    return root && solve(m, goal_node(m, pattern->arg[0], node->arg[0], goal_node(m, pattern->arg[1], root, rest)));
}

static bool solve_node(Match *m, const Expr *pattern, const Expr *node, const Goal *rest)
{
    int letter = letter_of(m, pattern);
    if (letter >= 0)
        return bind(m, letter, node, rest);
    if (expr_is_numeric(pattern))
        return expr_same(m->p, pattern, node) && solve(m, rest);
    if (is_sum(pattern))
        return is_sum(node) && sum_goal(m, pattern, node, rest);
    if (pattern->kind == EXPR_POW)
        return solve_power(m, pattern, node, rest);
    if (is_product(pattern)) {
        Factors f = factors_of(m->p, m->a, pattern);        /* 2*u, -u, u/2: any node is that */
        if (f.n == 1 && expr_is_one(f.at[0].exponent) && letter_of(m, f.at[0].base) >= 0) {
            const Expr *value = expr_tidy(m->p, plain_scaled(m->p, expr_powi(m->p, f.coefficient, -1), node));
            return bind(m, letter_of(m, f.at[0].base), value, rest);
        }
        return (is_product(node) || node->kind == EXPR_POW || node->kind == EXPR_CALL) && product_goal(m, pattern, node, rest);
    }
    return pattern->kind == EXPR_CALL && solve_call(m, pattern, node, rest);
}

/* ---- sums -------------------------------------------------------------------------------------------------------------------------- */

/* The terms that are not used, divided by c. */
static const Expr *unused_terms(Match *m, const Terms *t, uint32_t used, const Expr *c)
{
    Terms left = { 0 };
    for (size_t j = 0; j < t->n; j++)
        if (!(used >> j & 1))
            vec_push(m->a, &left, (Term){ expr_div(m->p, t->at[j].coefficient, c), t->at[j].rest });
    return left.n ? terms_join(m->p, &left) : NULL;
}

/* Each term of a letter's value, times c, must be among those of the node. */
static bool take_bound(Match *m, const Goal *g, const Expr *value, const Expr *c)
{
    Terms    want = terms_of(m->p, m->a, value);
    uint32_t used = g->used;
    for (size_t i = 0; i < want.n; i++) {
        const Expr *wanted = expr_mul(m->p, want.at[i].coefficient, c);
        bool        found = false;
        for (size_t j = 0; j < g->nt->n && !found; j++) {
            const Term *x = &g->nt->at[j];
            bool same = (!x->rest && !want.at[i].rest) || (x->rest && want.at[i].rest && expr_same(m->p, x->rest, want.at[i].rest));
            if (!(used >> j & 1) && same && x->coefficient == wanted) {
                used |= 1u << j;
                found = true;
            }
        }
        if (!found)
            return false;
    }
    Goal next = *g;
    next.next++;
    next.used = used;
    return solve(m, &next);
}

static bool solve_sum(Match *m, const Goal *g)
{
    if (g->next == g->pt->n) {
        uint32_t all = g->nt->n >= 32 ? ~0u : (1u << g->nt->n) - 1;
        if (!g->root && g->used != all)
            return false;
        if (g->root) {
            m->used = g->used;
            m->scale = g->scale;
        }
        return solve(m, g->rest);
    }
    const Term *want = &g->pt->at[g->next];
    int         letter = want->rest ? letter_of(m, want->rest) : -1;
    if (letter >= 0 && g->scale) {
        const Expr *c = expr_mul(m->p, g->scale, want->coefficient);
        if (m->bound[letter] && take_bound(m, g, m->bound[letter], c))
            return true;
        const Expr *all = m->bound[letter] || g->next + 1 < g->pt->n ? NULL : unused_terms(m, g->nt, g->used, c);
        Goal next = *g;
        next.next++;
        next.used = ~0u >> (32 - (g->nt->n ? g->nt->n : 1));
        if (all && bind(m, letter, all, arena_copy(m->a, &next, sizeof next)))
            return true;
        if (m->bound[letter])
            return false;
    }
    for (size_t j = 0; j < g->nt->n; j++) {
        const Term *x = &g->nt->at[j];
        if (g->used >> j & 1 || (!x->rest && letter < 0) != !want->rest)
            continue;
        const Expr *ratio = expr_div(m->p, x->coefficient, want->coefficient);
        Goal       *next = arena_copy(m->a, g, sizeof *g);
        next->next++;
        next->used |= 1u << j;
        if (letter >= 0) {                                  /* one term for the letter: its coefficient goes along */
            next->scale = g->scale ? g->scale : expr_int(m->p, 1);
            const Expr *c = expr_div(m->p, ratio, next->scale);
            if (bind(m, letter, x->rest ? plain_scaled(m->p, c, x->rest) : c, next))
                return true;
            continue;
        }
        if (g->scale && ratio != g->scale)
            continue;
        next->scale = ratio;
        if (want->rest ? solve(m, goal_node(m, want->rest, x->rest, next)) : solve(m, next))
            return true;
    }
    return false;
}

/* ---- products ----------------------------------------------------------------------------------------------------------------------- */

static const Expr *unused_factors(Match *m, const Factors *f, uint32_t used, bool above, uint32_t *taken)
{
    Factors left = { .coefficient = expr_int(m->p, 1) };
    *taken = used;
    for (size_t j = 0; j < f->n; j++) {
        bool positive = expr_number_sign(f->at[j].exponent) > 0;
        if (used >> j & 1 || positive != above)
            continue;
        vec_push(m->a, &left, (Factor){ f->at[j].base, above ? f->at[j].exponent : expr_neg(m->p, f->at[j].exponent) });
        *taken |= 1u << j;
    }
    return left.n ? factors_join(m->p, &left) : NULL;
}

static bool solve_letter_factor(Match *m, const Goal *g, int letter, const Factor *want)
{
    bool        above = expr_number_sign(want->exponent) > 0;
    const Expr *size = above ? want->exponent : expr_neg(m->p, want->exponent);
    Goal       *next = arena_copy(m->a, g, sizeof *g);
    next->next++;
    if (expr_is_one(size)) {
        const Expr *all = unused_factors(m, g->nf, g->used, above, &next->used);
        if (all && bind(m, letter, all, next))
            return true;
    }
    for (size_t j = 0; j < g->nf->n; j++) {
        const Factor *x = &g->nf->at[j];
        if (g->used >> j & 1 || (expr_number_sign(x->exponent) > 0) != above)
            continue;
        const Expr *e = expr_div(m->p, x->exponent, want->exponent);
        if (!expr_is_one(e) && !(expr_is_one(size) && expr_is_integer(e)))
            continue;
        next = arena_copy(m->a, g, sizeof *g);
        next->next++;
        next->used |= 1u << j;
        const Expr *value = expr_is_one(e) ? x->base : typed_node(m->p, EXPR_POW, (const Expr *const[]){ x->base, e }, 2);
        if (bind(m, letter, value, next))
            return true;
    }
    return false;
}

static bool solve_product(Match *m, const Goal *g)
{
    if (g->next == g->pf->n) {
        uint32_t all = g->nf->n >= 32 ? ~0u : g->nf->n ? ~0u >> (32 - g->nf->n) : 0;
        if (!g->root && (g->used != all || g->nf->coefficient != g->pf->coefficient))
            return false;
        if (g->root) {
            m->used = g->used;
            m->scale = expr_div(m->p, g->nf->coefficient, g->pf->coefficient);
        }
        return solve(m, g->rest);
    }
    const Factor *want = &g->pf->at[g->next];
    int           letter = letter_of(m, want->base);
    if (letter >= 0)
        return solve_letter_factor(m, g, letter, want);
    for (size_t j = 0; j < g->nf->n; j++) {
        if (g->used >> j & 1 || g->nf->at[j].exponent != want->exponent)
            continue;
        Goal *next = arena_copy(m->a, g, sizeof *g);
        next->next++;
        next->used |= 1u << j;
        if (solve(m, goal_node(m, want->base, g->nf->at[j].base, next)))
            return true;
    }
    return false;
}

static bool solve(Match *m, const Goal *g)
{
    if (++m->steps > MOST_STEPS)
        return false;
    if (!g)
        return m->found(m);
    switch (g->kind) {
    case GOAL_NODE:    return solve_node(m, g->pattern, g->node, g->rest);
    case GOAL_SUM:     return solve_sum(m, g);
    case GOAL_PRODUCT: return solve_product(m, g);
    }
    return false;
}

/* ---- results ------------------------------------------------------------------------------------------------------------------------- */

/* The replacement with what stood beside the pattern. */
static const Expr *beside_sum(Match *m, const Expr *made)
{
    const Expr *left = unused_terms(m, m->nt, m->used, expr_int(m->p, 1)), *scaled = plain_scaled(m->p, m->scale, made);
    return left ? plain_add(m->p, scaled, left) : scaled;
}

static const Expr *beside_product(Match *m, const Expr *made)
{
    Factors f = { .coefficient = expr_int(m->p, 1) };
    Factors inner = factors_of(m->p, m->a, made);
    bool    flat = inner.n <= 1 || made->kind == EXPR_NEG;
    if (!flat || expr_is_one(made))
        vec_push(m->a, &f, (Factor){ made, expr_int(m->p, 1) });
    else {
        f.coefficient = inner.coefficient;
        for (size_t i = 0; i < inner.n; i++)
            vec_push(m->a, &f, inner.at[i]);
    }
    f.coefficient = expr_mul(m->p, f.coefficient, m->scale);
    for (size_t j = 0; j < m->nf->n; j++)
        if (!(m->used >> j & 1))
            vec_push(m->a, &f, m->nf->at[j]);
    return factors_join(m->p, &f);
}

static bool found_one(Match *m)
{
    const Expr *letters[LETTERS];
    for (int i = 0; i < LETTERS; i++)
        letters[i] = m->bound[i] ? m->bound[i] : expr_int(m->p, 0);
    const Expr *made = pool_read_typed(m->p, rows[m->row].replacement, letters, LETTERS);
    made = made && m->nt ? beside_sum(m, made) : made && m->nf ? beside_product(m, made) : made;
    made = expr_tidy(m->p, made);
    if (!made) {
        pool_clear_error(m->p);
        return false;
    }
    bool known = made == m->node;
    for (size_t i = 0; i < m->out->n; i++)
        known = known || m->out->at[i].to == made;
    if (!known)
        vec_push(m->r->arena, m->out, (Rewriting){ made, m->row });
    return m->out->n >= 64 || ++m->steps > MOST_STEPS;
}

static void apply_row(Identities *r, size_t row, const Expr *e, const Terms *nt, const Factors *nf, Arena *a, Rewritings *out)
{
    const Expr *pattern = r->pattern[row];
    Match       m = { .r = r, .p = r->pool, .a = a, .found = found_one, .row = row, .node = e, .out = out };
    if (is_sum(pattern)) {
        if (!is_sum(e) || nt->n < r->terms[row].n || nt->n > MOST_PARTS)
            return;
        m.nt = nt;
        solve(&m, &(Goal){ .kind = GOAL_SUM, .root = true, .pt = &r->terms[row], .nt = nt });
    } else if (is_product(pattern)) {
        if (!is_product(e) || nf->n < r->factors[row].n || nf->n > MOST_PARTS)
            return;
        m.nf = nf;
        solve(&m, &(Goal){ .kind = GOAL_PRODUCT, .root = true, .pf = &r->factors[row], .nf = nf });
    } else {
        solve(&m, goal_node(&m, pattern, e, NULL));
    }
}

/* ---- entry points ----------------------------------------------------------------------------------------------------------------------- */

Identities *identities_new(Pool *p, Arena *a)
{
    static const char *const names[LETTERS] = { "u", "v", "w", "s" };
    Identities *r = arena_alloc(a, sizeof *r);
    *r = (Identities){ .pool = p, .arena = a, .done = memo_new(a) };
    for (int i = 0; i < LETTERS; i++)
        r->letter[i] = expr_fresh(p, expr_symbol(p, str_of(names[i])));
    Match m = { .r = r };
    for (size_t k = 0; k < ROWS; k++) {
        r->pattern[k] = pool_read_typed(p, rows[k].pattern, r->letter, LETTERS);
        if (!r->pattern[k])
            return NULL;
        r->terms[k] = terms_of(p, a, r->pattern[k]);
        r->factors[k] = factors_of(p, a, r->pattern[k]);
        letters_last(&m, &r->terms[k]);
        factor_letters_last(&m, &r->factors[k]);
    }
    return r;
}

const Rewritings *identities_apply(Identities *r, const Expr *e)
{
    Rewritings *out = memo_get(&r->done, e);
    if (out)
        return out;
    out = arena_alloc(r->arena, sizeof *out);
    memo_put(&r->done, e, out);
    if (e->arity == 0 || e->kind == EXPR_PIECEWISE || e->kind == EXPR_RELATION)
        return out;
    Arena  *a = arena_new();
    Terms   nt = terms_of(r->pool, a, e);
    Factors nf = factors_of(r->pool, a, e);
    for (size_t row = 0; row < ROWS; row++)
        apply_row(r, row, e, &nt, &nf, a, out);
    arena_delete(a);
    return out;
}

const char *identity_pattern(size_t row)     { return rows[row].pattern; }
const char *identity_replacement(size_t row) { return rows[row].replacement; }
size_t      identity_count(void)             { return ROWS; }
