/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Common parts of flat products and sums.
 *
 * Canonical products are flat, so the slopes of a product of n factors are n products of n - 1 factors, and the adjoints along a chain are
 * products of 1, 2, 3, ... factors. The pair of factors that most products have is made a factor of its own, again and again until no
 * pair stands in two products; the same for the terms of sums. This is the greedy heuristic for common subexpressions of
 * associative operations [Breuer: Generation of optimal code for expressions via factorization, CACM 1969]. */
#include "symbolic/tape/share.h"

#include "base/sort.h"
#include "base/vec.h"
#include "symbolic/expr/expr_int.h"
#include "symbolic/expr/memo.h"

enum { MOST_ITEMS = 2 * ABSORB_LIMIT };     /* longer lists are left alone: their pairs would be too many */

typedef struct Item {               /* a factor or term: a node, or a pair of items */
    const Expr *node;               /* NULL: a pair */
    uint32_t    first, second;
    const Shape *shape;
    const Expr *made;               /* what it has become */
    VEC(uint32_t) lists;            /* that have had it */
} Item;

typedef struct ItemList {           /* the items of a product or sum, in ascending order */
    const Expr *node;
    uint32_t   *item;
    uint32_t    n;
} ItemList;

typedef struct Pair {
    uint32_t first, second;         /* first < second; both 0: a free place */
    uint32_t count;                 /* of the lists that have both */
} Pair;

typedef struct Share {
    Pool    *pool;
    Arena   *arena;
    ExprKind kind;                  /* MUL or ADD */
    VEC(Item)     items;            /* item 0 is unused */
    VEC(ItemList) lists;
    VEC(Pair)     heap;             /* the most frequent pair on top; counts that have fallen since are noticed when they come up */
    Pair    *pair;                  /* hash table */
    size_t   n_pairs, room;
    Memo     item_of, list_of;      /* node -> Item number + 1, ItemList number + 1 */
} Share;

/* ---- pairs ------------------------------------------------------------------------------------------------------------------- */

static Pair *pair_slot(const Share *s, uint32_t first, uint32_t second)
{
    size_t i = (first * 2654435769u ^ second * 2246822519u) & (s->room - 1);
    while (s->pair[i].second && (s->pair[i].first != first || s->pair[i].second != second))
        i = (i + 1) & (s->room - 1);
    return &s->pair[i];
}

static Pair *pair_of(Share *s, uint32_t a, uint32_t b)
{
    if (2 * s->n_pairs >= s->room) {
        Pair  *old = s->pair;
        size_t room = s->room;
        s->room = room ? 2 * room : 256;
        s->pair = arena_array(s->arena, Pair, s->room);
        for (size_t i = 0; i < room; i++)
            if (old[i].second)
                *pair_slot(s, old[i].first, old[i].second) = old[i];
    }
    uint32_t first = a < b ? a : b, second = a < b ? b : a;
    Pair    *p = pair_slot(s, first, second);
    s->n_pairs += !p->second;
    p->first = first;
    p->second = second;
    return p;
}

/* The more frequent pair comes first; among equals the one that was made first. */
static bool comes_before(const Pair *a, const Pair *b)
{
    if (a->count != b->count)
        return a->count > b->count;
    return a->first != b->first ? a->first < b->first : a->second < b->second;
}

static void heap_push(Share *s, Pair p)
{
    vec_push(s->arena, &s->heap, p);
    size_t i = s->heap.n - 1;
    for (; i > 0 && comes_before(&p, &s->heap.at[(i - 1) / 2]); i = (i - 1) / 2)
        s->heap.at[i] = s->heap.at[(i - 1) / 2];
    s->heap.at[i] = p;
}

static Pair heap_pop(Share *s)
{
    Pair   top = s->heap.at[0], last = s->heap.at[--s->heap.n];
    size_t i = 0;
    for (size_t child; (child = 2 * i + 1) < s->heap.n; i = child) {
        if (child + 1 < s->heap.n && comes_before(&s->heap.at[child + 1], &s->heap.at[child]))
            child++;
        if (!comes_before(&s->heap.at[child], &last))
            break;
        s->heap.at[i] = s->heap.at[child];
    }
    if (s->heap.n)
        s->heap.at[i] = last;
    return top;
}

/* Only what stands in several lists can be common to two; most terms of long sums do not. */
static bool is_common(const Item *i)
{
    return !i->node || i->lists.n > 1;
}

/* Only what varies alike is paired: a value that is the same for all rows would cost work in every row. */
static void count_pair(Share *s, uint32_t a, uint32_t b, int change)
{
    const Item *x = &s->items.at[a], *y = &s->items.at[b];
    if (x->shape == y->shape && is_common(x) && is_common(y))
        pair_of(s, a, b)->count += (uint32_t)change;
}

/* ---- lists --------------------------------------------------------------------------------------------------------------------- */

static uint32_t item_of(Share *s, const Expr *node)
{
    uintptr_t known = (uintptr_t)memo_get(&s->item_of, node);
    if (known)
        return (uint32_t)known;
    vec_push(s->arena, &s->items, (Item){ .node = node, .shape = node->shape });
    memo_put(&s->item_of, node, (const void *)(s->items.n - 1));
    return (uint32_t)(s->items.n - 1);
}

static int ascending(const void *a, const void *b)
{
    uint32_t i = *(const uint32_t *)a, j = *(const uint32_t *)b;
    return i < j ? -1 : i > j;
}

static bool is_listed(const Share *s, const Expr *e)
{
    return e->kind == s->kind && e->arity <= MOST_ITEMS && !(e->flags & (EXPR_AS_TYPED | EXPR_HAS_TENSOR));
}

static void list_node(Share *s, const Expr *e)
{
    ItemList l = { .node = e, .item = arena_array(s->arena, uint32_t, e->arity) };
    for (uint32_t i = 0; i < e->arity; i++)
        if (!expr_is_number(e->arg[i]))
            l.item[l.n++] = item_of(s, e->arg[i]);
    sort_array(l.item, l.n, sizeof *l.item, ascending);
    for (uint32_t i = 0; i < l.n; i++)
        vec_push(s->arena, &s->items.at[l.item[i]].lists, (uint32_t)s->lists.n);
    vec_push(s->arena, &s->lists, l);
    memo_put(&s->list_of, e, (const void *)s->lists.n);
}

static void count_pairs(Share *s, const ItemList *l)
{
    for (uint32_t i = 0; i < l->n; i++)
        for (uint32_t j = 0; j < i && is_common(&s->items.at[l->item[i]]); j++)
            count_pair(s, l->item[j], l->item[i], 1);
}

static uint32_t *find_item(const ItemList *l, uint32_t item)
{
    return bsearch(&item, l->item, l->n, sizeof *l->item, ascending);
}

static void remove_item(ItemList *l, uint32_t item)
{
    uint32_t *at = find_item(l, item);
    memmove(at, at + 1, (size_t)(l->item + --l->n - at) * sizeof *at);
}

/* The pair gives way to the item `joint`, which is younger than all others. */
static void join_pair(Share *s, ItemList *l, uint32_t first, uint32_t second, uint32_t joint)
{
    count_pair(s, first, second, -1);
    remove_item(l, first);
    remove_item(l, second);
    for (uint32_t i = 0; i < l->n; i++) {
        count_pair(s, l->item[i], first, -1);
        count_pair(s, l->item[i], second, -1);
        count_pair(s, l->item[i], joint, 1);
    }
    l->item[l->n++] = joint;
}

static void push_pairs_of(Share *s, uint32_t joint)
{
    for (size_t k = 0; k < s->items.at[joint].lists.n; k++) {
        const ItemList *l = &s->lists.at[s->items.at[joint].lists.at[k]];
        for (uint32_t i = 0; i < l->n; i++)
            if (l->item[i] != joint && is_common(&s->items.at[l->item[i]]) && s->items.at[l->item[i]].shape == s->items.at[joint].shape && pair_of(s, l->item[i], joint)->count > 1)
                heap_push(s, *pair_of(s, l->item[i], joint));
    }
}

static void make_joint(Share *s, Pair p)
{
    uint32_t joint = (uint32_t)s->items.n;
    vec_push(s->arena, &s->items, (Item){ .first = p.first, .second = p.second, .shape = s->items.at[p.first].shape });
    size_t n = s->items.at[p.first].lists.n;
    for (size_t k = 0; k < n; k++) {
        uint32_t  number = s->items.at[p.first].lists.at[k];
        ItemList *l = &s->lists.at[number];
        if (!find_item(l, p.first) || !find_item(l, p.second))
            continue;
        join_pair(s, l, p.first, p.second, joint);
        vec_push(s->arena, &s->items.at[joint].lists, number);
    }
    push_pairs_of(s, joint);
}

static void find_common(Share *s, Nodes nodes)
{
    vec_push(s->arena, &s->items, (Item){ 0 });
    for (size_t k = 0; k < nodes.n; k++)
        if (is_listed(s, nodes.at[k]))
            list_node(s, nodes.at[k]);
    for (size_t k = 0; k < s->lists.n; k++)
        count_pairs(s, &s->lists.at[k]);
    for (size_t i = 0; i < s->room; i++)
        if (s->pair[i].count > 1)
            heap_push(s, s->pair[i]);
    while (s->heap.n) {
        Pair top = heap_pop(s);
        top.count = pair_of(s, top.first, top.second)->count;
        if (top.count < 2)
            continue;
        if (s->heap.n && comes_before(&s->heap.at[0], &top))
            heap_push(s, top);
        else
            make_joint(s, top);
    }
}

/* ---- the new nodes --------------------------------------------------------------------------------------------------------------- */

static const Expr *made_item(Share *s, const Memo *made, uint32_t i)
{
    Item *item = &s->items.at[i];
    if (item->made)
        return item->made;
    if (item->node)
        return item->made = memo_get(made, item->node);
    const Expr *pair[2] = { made_item(s, made, item->first), made_item(s, made, item->second) };
    return item->made = pair[0] && pair[1] ? expr_node(s->pool, s->kind, item->shape, pair, 2) : NULL;
}

/* The arguments of e in their new form, numbers first. *n: how many. False with pool_error(). */
static bool new_arguments(Share *s, const Memo *made, const Expr *e, const Expr **arg, uint32_t *n)
{
    uintptr_t       listed = (uintptr_t)memo_get(&s->list_of, e);
    const ItemList *l = listed ? &s->lists.at[listed - 1] : NULL;
    if (l && (l->n == 0 || s->items.at[l->item[l->n - 1]].node))
        l = NULL;                                   /* no pair: in the order they had */
    *n = 0;
    for (uint32_t i = 0; i < e->arity; i++)
        if (!l || expr_is_number(e->arg[i]))
            arg[(*n)++] = memo_get(made, e->arg[i]);
    for (uint32_t i = 0; l && i < l->n; i++)
        if (!(arg[(*n)++] = made_item(s, made, l->item[i])))
            return false;
    return true;
}

static const Expr *make_node(Share *s, const Memo *made, const Expr *e)
{
    Mark         mark = arena_mark(pool_scratch(s->pool));
    const Expr **arg = arena_array(pool_scratch(s->pool), const Expr *, e->arity + 1), *new = NULL;
    uint32_t     n;
    if (new_arguments(s, made, e, arg, &n))
        new = n == 1 && e->kind == s->kind && e->arity > 1 ? arg[0]
            : n == e->arity && memcmp(arg, e->arg, n * sizeof *arg) == 0 ? e : expr_intern(s->pool, e, arg, n);
    arena_release(pool_scratch(s->pool), mark);
    return new;
}

static bool share_kind(Pool *p, ExprKind kind, const Expr **root, size_t n)
{
    Arena *arena = arena_new();
    Share  s = { .pool = p, .arena = arena, .kind = kind, .item_of = memo_new(arena), .list_of = memo_new(arena) };
    Nodes  nodes = expr_nodes(p, arena, root, n);
    Memo   made = memo_new(arena);
    bool   fine = true;
    find_common(&s, nodes);
    for (size_t k = 0; fine && k < nodes.n; k++) {
        const Expr *e = nodes.at[k]->arity ? make_node(&s, &made, nodes.at[k]) : nodes.at[k];
        memo_put(&made, nodes.at[k], e);
        fine = e != NULL;
    }
    for (size_t i = 0; fine && i < n; i++)
        root[i] = memo_get(&made, root[i]);
    arena_delete(arena);
    return fine;
}

bool expr_share(Pool *p, const Expr **root, size_t n)
{
    return share_kind(p, EXPR_MUL, root, n) && share_kind(p, EXPR_ADD, root, n);
}

size_t expr_cost_of_run(Pool *p, Arena *scratch, const Expr *const *root, size_t n)
{
    Nodes  nodes = expr_nodes(p, scratch, root, n);
    size_t cost = 0;
    for (size_t k = 0; k < nodes.n; k++)
        cost += nodes.at[k]->kind == EXPR_TENSOR ? 0 : nodes.at[k]->arity;
    return cost;
}
