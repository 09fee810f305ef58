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

/* Adds one run of the tape over so many lanes, cut into blocks, in a format with lanes of so many bytes. */
void tape_work_add(TapeWork *w, const Tape *t, size_t lane, size_t lanes, uint32_t block);

#endif
