/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Arenas: memory with a lifetime instead of an owner.
 *
 * nabla has three lifetimes: session (variables, history), line (AST, expressions, reports) and scratch (inside one
 * function). A function that needs memory takes the arena as an argument, so its header tells how long the result lives.
 * Objects that own foreign memory (FLINT, Arb, MPFR) register a release hook; hooks run in reverse order. */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include <stddef.h>

typedef struct Arena Arena;

typedef struct Mark {
    void  *chunk;
    size_t used;
    void  *hook;
} Mark;

/* Asks the allocator to keep freed chunks with the process: a page that was touched once costs no second fault. Once per session. */
void   arena_keep_memory(void);
Arena *arena_new(void);
void   arena_delete(Arena *a);                         /* runs the hooks, returns the memory; NULL is fine */
void  *arena_alloc(Arena *a, size_t bytes);            /* zeroed, aligned to 16; never NULL: out of memory aborts */
void  *arena_copy(Arena *a, const void *data, size_t bytes);
Mark   arena_mark(const Arena *a);
void   arena_release(Arena *a, Mark mark);             /* everything allocated or hooked since the mark goes */
void   arena_on_release(Arena *a, void (*release)(void *), void *object);
size_t arena_bytes(const Arena *a);                    /* bytes handed out and still alive */

/* A zeroed array of n elements of type T. */
#define arena_array(a, T, n) ((T *)arena_alloc((a), sizeof(T) * (n)))

#endif
