/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A side table of a walk: from nodes of one pool to pointers. Open addressing, keyed by the node's id; its size follows
 * the walk, not the pool. Lives in the arena it is given. */
#ifndef SYMBOLIC_EXPR_MEMO_H
#define SYMBOLIC_EXPR_MEMO_H

#include "symbolic/expr/expr.h"

typedef struct MemoEntry {
    const Expr *key;                /* NULL: free */
    void       *value;
} MemoEntry;

typedef struct Memo {
    Arena     *arena;
    MemoEntry *entry;
    size_t     n, room;             /* room is a power of two */
} Memo;

static inline MemoEntry *memo_slot(const Memo *m, const Expr *key)
{
    size_t i = (key->id * 2654435769u) & (m->room - 1);
    while (m->entry[i].key && m->entry[i].key != key)
        i = (i + 1) & (m->room - 1);
    return &m->entry[i];
}

static inline Memo memo_new(Arena *a)
{
    return (Memo){ .arena = a, .entry = arena_array(a, MemoEntry, 64), .room = 64 };
}

static inline void *memo_get(const Memo *m, const Expr *key)      /* NULL if absent */
{
    return memo_slot(m, key)->value;
}

static inline void memo_put(Memo *m, const Expr *key, const void *value)
{
    if (2 * m->n >= m->room) {
        Memo wide = { .arena = m->arena, .entry = arena_array(m->arena, MemoEntry, 2 * m->room), .room = 2 * m->room };
        for (size_t i = 0; i < m->room; i++)
            if (m->entry[i].key)
                *memo_slot(&wide, m->entry[i].key) = m->entry[i];
        wide.n = m->n;
        *m = wide;
    }
    MemoEntry *slot = memo_slot(m, key);
    m->n += !slot->key;
    *slot = (MemoEntry){ key, (void *)(uintptr_t)value };
}

#endif
