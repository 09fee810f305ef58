/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Philox4x32-10: ten rounds of two 32 x 32 bit products over a 128-bit counter. The counter's upper half is zero. */
#include "base/rng.h"

#include <math.h>

static void philox(const uint32_t key[2], uint64_t counter, uint32_t out[4])
{
    uint32_t c[4] = { (uint32_t)counter, (uint32_t)(counter >> 32), 0, 0 }, k0 = key[0], k1 = key[1];
    for (int round = 0; round < 10; round++) {
        uint64_t p0 = (uint64_t)0xD2511F53u * c[0], p1 = (uint64_t)0xCD9E8D57u * c[2];
        uint32_t next[4] = { (uint32_t)(p1 >> 32) ^ c[1] ^ k0, (uint32_t)p1, (uint32_t)(p0 >> 32) ^ c[3] ^ k1, (uint32_t)p0 };
        for (int i = 0; i < 4; i++)
            c[i] = next[i];
        k0 += 0x9E3779B9u;
        k1 += 0xBB67AE85u;
    }
    for (int i = 0; i < 4; i++)
        out[i] = c[i];
}

Rng rng_stream(uint64_t seed, Str use)
{
    uint64_t key = seed * 0x9e3779b97f4a7c15u ^ str_hash(use);
    return (Rng){ .key = { (uint32_t)key, (uint32_t)(key >> 32) }, .used = 4 };
}

void rng_seek(Rng *r, uint64_t block)
{
    r->counter = block;
    r->used = 4;
}

uint32_t rng_u32(Rng *r)
{
    if (r->used == 4) {
        philox(r->key, r->counter++, r->block);
        r->used = 0;
    }
    return r->block[r->used++];
}

uint64_t rng_u64(Rng *r)
{
    uint64_t high = rng_u32(r);
    return high << 32 | rng_u32(r);
}

double rng_unit(Rng *r)
{
    return (double)(rng_u64(r) >> 11) * 0x1p-53;
}

/* Draws below the largest multiple of n that fits are unbiased; the others are thrown away. */
uint64_t rng_below(Rng *r, uint64_t n)
{
    uint64_t limit = UINT64_MAX - UINT64_MAX % n, u;
    do
        u = rng_u64(r);
    while (u >= limit);
    return u % n;
}

double rng_normal(Rng *r)
{
    double u = 1 - rng_unit(r), v = rng_unit(r);
    return sqrt(-2 * log(u)) * cos(6.283185307179586 * v);
}
