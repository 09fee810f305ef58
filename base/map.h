/* SPDX-License-Identifier: GPL-3.0-or-later */
/* An open-addressing hash map from strings to pointers, which remembers the order of insertion. */
#ifndef BASE_MAP_H
#define BASE_MAP_H

#include "base/str.h"

typedef struct MapEntry {
    Str   key;                      /* copied into the map's arena */
    void *value;                    /* NULL after map_remove */
} MapEntry;

typedef struct Map {
    Arena    *arena;
    MapEntry *entry;                /* n entries in order of insertion */
    uint32_t *slot;                 /* room slots: index into entry plus one, 0 is free */
    size_t    n, room;
} Map;

Map   map_new(Arena *a);
void *map_get(const Map *m, Str key);              /* NULL if absent */
void  map_put(Map *m, Str key, void *value);       /* replaces; value is not NULL */
void  map_remove(Map *m, Str key);

#endif
