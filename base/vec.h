/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A typed growable array over an arena:  struct { T *at; size_t n, room; } v = { 0 };  vec_push(arena, &v, x);  */
#ifndef BASE_VEC_H
#define BASE_VEC_H

#include "base/arena.h"

#include <string.h>

#define VEC(T) struct { T *at; size_t n, room; }

#define vec_push(arena, v, ...)                                                                     \
    do {                                                                                            \
        if ((v)->n == (v)->room)                                                                    \
            (v)->at = vec_grow((arena), (v)->at, (v)->n, &(v)->room, sizeof *(v)->at);              \
        (v)->at[(v)->n++] = (__VA_ARGS__);                                                          \
    } while (0)

static inline void *vec_grow(Arena *arena, const void *old, size_t n, size_t *room, size_t size)
{
    *room = *room ? 2 * *room : 8;
    void *fresh = arena_alloc(arena, *room * size);
    if (n)
        memcpy(fresh, old, n * size);
    return fresh;
}

#endif
