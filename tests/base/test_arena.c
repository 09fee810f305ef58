/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Arenas: alignment, zeroed memory, marks that nest, hooks in reverse order, byte counts that return to the mark. */
#include "base/arena.h"
#include "base/rng.h"
#include "base/str.h"

#include <criterion/criterion.h>
#include <stdint.h>
#include <stdbool.h>
#include <string.h>

static bool all_bytes(const unsigned char *p, size_t n, unsigned char value)
{
    for (size_t i = 0; i < n; i++)
        if (p[i] != value)
            return false;
    return true;
}

/* Memory is zero even where an earlier owner has written, and neighbours do not overlap. */
Test(arena, memory_is_zeroed_aligned_and_apart)
{
    enum { BLOCKS = 200 };
    Arena *a = arena_new();
    Rng    r = rng_stream(1, STR("arena"));
    for (int round = 0; round < 20; round++) {
        Mark           mark = arena_mark(a);
        unsigned char *block[BLOCKS];
        size_t         size[BLOCKS];
        for (int i = 0; i < BLOCKS; i++) {
            size[i] = rng_below(&r, i % 50 == 0 ? 100000 : 300);
            block[i] = arena_alloc(a, size[i]);
            cr_assert_eq((uintptr_t)block[i] % 16, 0);
            cr_assert(all_bytes(block[i], size[i], 0));
            memset(block[i], i + 1, size[i]);
        }
        for (int i = 0; i < BLOCKS; i++)
            cr_assert(all_bytes(block[i], size[i], (unsigned char)(i + 1)));
        arena_release(a, mark);
    }
    cr_assert_eq(arena_bytes(a), 0);
    arena_delete(a);
}

Test(arena, marks_nest)
{
    enum { DEPTH = 300 };
    Arena *a = arena_new();
    Rng    r = rng_stream(2, STR("marks"));
    Mark   mark[DEPTH];
    size_t bytes[DEPTH];
    for (int i = 0; i < DEPTH; i++) {
        mark[i] = arena_mark(a);
        bytes[i] = arena_bytes(a);
        arena_alloc(a, rng_below(&r, 5000));
    }
    for (int i = DEPTH; i-- > 0;) {
        arena_release(a, mark[i]);
        cr_assert_eq(arena_bytes(a), bytes[i]);
    }
    arena_delete(a);
}

typedef struct Trace { int order[8]; int n; } Trace;
typedef struct Hooked { Trace *trace; int id; } Hooked;

static void note(void *object)
{
    Hooked *h = object;
    h->trace->order[h->trace->n++] = h->id;
}

Test(arena, hooks_run_once_and_in_reverse)
{
    Arena *a = arena_new();
    Trace  t = { 0 };
    Mark   mark = { 0 };
    for (int i = 0; i < 6; i++) {
        if (i == 3)
            mark = arena_mark(a);
        Hooked *h = arena_alloc(a, sizeof *h);
        *h = (Hooked){ &t, i };
        arena_on_release(a, note, h);
    }
    arena_release(a, mark);
    cr_assert_eq(t.n, 3);
    arena_delete(a);
    static const int expected[] = { 5, 4, 3, 2, 1, 0 };
    cr_assert_eq(t.n, 6);
    cr_assert_arr_eq(t.order, expected, sizeof expected);
}

Test(arena, deleting_nothing_is_fine)
{
    arena_delete(NULL);
}
