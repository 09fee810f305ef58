/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The map against a plain array: after any sequence of put and remove, the same answers and the order of first insertion. */
#include "base/map.h"
#include "base/rng.h"

#include <criterion/criterion.h>
#include <stdio.h>

enum { KEYS = 500, STEPS = 20000 };

Test(map, agrees_with_an_array)
{
    static int values[KEYS];
    Arena  *a = arena_new();
    Map     m = map_new(a);
    Rng     r = rng_stream(5, STR("map"));
    void   *model[KEYS] = { 0 };
    size_t  order[KEYS], seen = 0;
    bool    inserted[KEYS] = { 0 };
    cr_assert_null(map_get(&m, STR("k0")));
    map_remove(&m, STR("k0"));
    for (int step = 0; step < STEPS; step++) {
        size_t k = rng_below(&r, KEYS);
        char   text[16];
        int    n = snprintf(text, sizeof text, "k%zu", k);
        Str    key = { text, (size_t)n };
        if (rng_below(&r, 3)) {
            model[k] = &values[rng_below(&r, KEYS)];
            map_put(&m, key, model[k]);
            if (!inserted[k])
                order[seen++] = k;
            inserted[k] = true;
        } else {
            model[k] = NULL;
            map_remove(&m, key);
        }
        cr_assert_eq(map_get(&m, key), model[k]);
    }
    cr_assert_eq(m.n, seen);
    for (size_t i = 0; i < seen; i++) {
        Str key = str_printf(a, "k%zu", order[i]);
        cr_assert(str_eq(m.entry[i].key, key));
        cr_assert_eq(m.entry[i].value, model[order[i]]);
    }
    arena_delete(a);
}

Test(map, keys_are_copied_and_may_hold_any_bytes)
{
    Arena *a = arena_new();
    Map    m = map_new(a);
    char   key[] = { 'a', 0, 'b' };
    int    one, two;
    map_put(&m, (Str){ key, 3 }, &one);
    map_put(&m, STR(""), &two);
    key[2] = 'c';
    cr_assert_eq(map_get(&m, STR("a\0b")), &one);
    cr_assert_eq(map_get(&m, STR("")), &two);
    cr_assert_null(map_get(&m, (Str){ key, 3 }));
    arena_delete(a);
}
