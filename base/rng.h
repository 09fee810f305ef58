/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Counter-based random streams: Philox4x32-10 (Salmon, Moraes, Dror, Shaw: Parallel random numbers, SC 2011).
 * A stream is keyed by a seed and a name of its use; draw number k of a stream is a function of k alone, so results
 * do not depend on the number of threads or on what other code draws. */
#ifndef BASE_RNG_H
#define BASE_RNG_H

#include "base/str.h"

typedef struct Rng {
    uint32_t key[2];
    uint64_t counter;               /* next block */
    uint32_t block[4];
    unsigned used;                  /* words of block already handed out */
} Rng;

Rng      rng_stream(uint64_t seed, Str use);
void     rng_seek(Rng *r, uint64_t block);         /* the next draw is the first of this block of four words */
uint32_t rng_u32(Rng *r);
uint64_t rng_u64(Rng *r);
double   rng_unit(Rng *r);                         /* uniform on [0, 1), 53 bits */
uint64_t rng_below(Rng *r, uint64_t n);            /* uniform on 0..n-1 without bias; n > 0 */
double   rng_normal(Rng *r);                       /* standard normal (Box, Muller 1958) */

#endif
