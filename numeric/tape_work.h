/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What tapes did: for `time`, and for whoever wonders where the time goes. */
#ifndef NUMERIC_TAPE_WORK_H
#define NUMERIC_TAPE_WORK_H

#include "numeric/tape.h"

struct TapeWork {                   /* sums over runs */
    uint64_t runs, instructions, lanes;     /* instructions count once per block of lanes */
    double   flops;                 /* operations that were rounded, and comparisons; a function of the library counts as one */
    double   bytes;                 /* read and written by instructions, in lanes of the format */
};

typedef struct TapeCount {          /* of one run: the uniform parts, and what each lane adds */
    double   flops, elements, lane_flops, lane_elements;
    uint64_t uniform, lane;         /* instructions */
} TapeCount;

TapeCount tape_count(const Tape *t);
/* Adds one run over so many lanes, cut into blocks, in a format with lanes of so many bytes. */
void      tape_work_add(TapeWork *w, const TapeCount *c, size_t lane, size_t lanes, uint32_t block);

#endif
