/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Open addressing with linear probing over an insertion-ordered array of entries. */
#include "base/map.h"

#include <string.h>

Map map_new(Arena *a)
{
    return (Map){ .arena = a };
}

/* The slot of the key, or the free slot where it belongs. */
static size_t slot_of(const Map *m, Str key)
{
    size_t i = str_hash(key) & (m->room - 1);
    while (m->slot[i] && !str_eq(m->entry[m->slot[i] - 1].key, key))
        i = (i + 1) & (m->room - 1);
    return i;
}

void *map_get(const Map *m, Str key)
{
    if (!m->room)
        return NULL;
    size_t i = slot_of(m, key);
    return m->slot[i] ? m->entry[m->slot[i] - 1].value : NULL;
}

static void grow(Map *m)
{
    size_t    room = m->room ? 2 * m->room : 16;
    MapEntry *entry = arena_array(m->arena, MapEntry, room / 2);
    if (m->n)
        memcpy(entry, m->entry, m->n * sizeof *entry);
    m->entry = entry;
    m->room = room;
    m->slot = arena_array(m->arena, uint32_t, room);
    for (size_t i = 0; i < m->n; i++)
        m->slot[slot_of(m, m->entry[i].key)] = (uint32_t)i + 1;
}

void map_put(Map *m, Str key, void *value)
{
    if (2 * (m->n + 1) > m->room)
        grow(m);
    size_t i = slot_of(m, key);
    if (!m->slot[i]) {
        m->entry[m->n] = (MapEntry){ str_copy(m->arena, key), NULL };
        m->slot[i] = (uint32_t)++m->n;
    }
    m->entry[m->slot[i] - 1].value = value;
}

void map_remove(Map *m, Str key)
{
    size_t i = m->room ? slot_of(m, key) : 0;
    if (m->room && m->slot[i])
        m->entry[m->slot[i] - 1].value = NULL;
}
