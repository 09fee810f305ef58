/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Random streams: Philox against the published known answers (through a plain second implementation), independence of the
 * order of use, and the first moments of the distributions. */
#include "base/rng.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>

typedef struct Known { uint32_t counter[4], key[2], out[4]; } Known;

/* philox4x32x10 in the known-answer file of Random123. */
static const Known known[] = {
    { { 0, 0, 0, 0 }, { 0, 0 }, { 0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8 } },
    { { 0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff }, { 0xffffffff, 0xffffffff },
      { 0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd } },
};

/* One round after the other, as the paper writes them. */
static void philox_plain(const uint32_t counter[4], const uint32_t key[2], uint32_t out[4])
{
    uint32_t l0 = counter[0], r0 = counter[1], l1 = counter[2], r1 = counter[3], k0 = key[0], k1 = key[1];
    for (int round = 0; round < 10; round++, k0 += 0x9e3779b9u, k1 += 0xbb67ae85u) {
        uint64_t a = (uint64_t)l0 * 0xd2511f53u, b = (uint64_t)l1 * 0xcd9e8d57u;
        l0 = (uint32_t)(b >> 32) ^ r0 ^ k0;
        r0 = (uint32_t)b;
        l1 = (uint32_t)(a >> 32) ^ r1 ^ k1;
        r1 = (uint32_t)a;
    }
    out[0] = l0, out[1] = r0, out[2] = l1, out[3] = r1;
}

Test(rng, philox_known_answers)
{
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        uint32_t out[4];
        philox_plain(known[i].counter, known[i].key, out);
        cr_assert_arr_eq(out, known[i].out, sizeof out);
    }
    Rng zero = { .used = 4 };
    for (int i = 0; i < 4; i++)
        cr_assert_eq(rng_u32(&zero), known[0].out[i]);
}

Test(rng, stream_is_philox_of_key_and_counter)
{
    for (uint64_t seed = 0; seed < 200; seed++) {
        Rng      r = rng_stream(seed, STR("law"));
        uint64_t block = rng_u64(&r);
        uint32_t counter[4] = { (uint32_t)block, (uint32_t)(block >> 32), 0, 0 }, out[4];
        philox_plain(counter, r.key, out);
        rng_seek(&r, block);
        for (int i = 0; i < 4; i++)
            cr_assert_eq(rng_u32(&r), out[i]);
    }
}

Test(rng, draws_depend_on_seed_use_and_place_only)
{
    Rng a = rng_stream(7, STR("minibatch")), b = rng_stream(7, STR("minibatch"));
    Rng other_use = rng_stream(7, STR("start")), other_seed = rng_stream(8, STR("minibatch"));
    int same_use = 0, same_seed = 0;
    for (int i = 0; i < 1000; i++) {
        uint32_t x = rng_u32(&a);
        cr_assert_eq(x, rng_u32(&b));
        same_use += x == rng_u32(&other_use);
        same_seed += x == rng_u32(&other_seed);
    }
    cr_assert(same_use < 3 && same_seed < 3);
}

Test(rng, below_is_in_range_and_even)
{
    Rng r = rng_stream(9, STR("below"));
    int count[6] = { 0 };
    for (int i = 0; i < 60000; i++)
        count[rng_below(&r, 6)]++;
    for (int i = 0; i < 6; i++)
        cr_assert(abs(count[i] - 10000) < 500, "%d: %d", i, count[i]);
    for (int shift = 0; shift < 64; shift++)
        for (int i = 0; i < 20; i++)
            cr_assert(rng_below(&r, (uint64_t)1 << shift) < (uint64_t)1 << shift);
    cr_assert(rng_below(&r, UINT64_MAX) < UINT64_MAX);
}

Test(rng, moments)
{
    enum { N = 200000 };
    Rng    r = rng_stream(10, STR("moments"));
    double unit = 0, mean = 0, square = 0, cube = 0, fourth = 0;
    for (int i = 0; i < N; i++) {
        double u = rng_unit(&r), z = rng_normal(&r);
        cr_assert(u >= 0 && u < 1 && isfinite(z));
        unit += u, mean += z, square += z * z, cube += z * z * z, fourth += z * z * z * z;
    }
    cr_assert_float_eq(unit / N, 0.5, 0.005);
    cr_assert_float_eq(mean / N, 0, 0.015);
    cr_assert_float_eq(square / N, 1, 0.02);
    cr_assert_float_eq(cube / N, 0, 0.06);
    cr_assert_float_eq(fourth / N, 3, 0.12);
}
