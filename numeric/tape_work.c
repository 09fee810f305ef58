/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Counts are computed from the instructions, not measured while they run: a run adds a sum over the tape, which is short beside
 * its work, and costs nothing when nobody counts. */
#include "numeric/tape_work.h"

typedef struct Count { double flops, elements; } Count;      /* of one row and lane; elements read and written */

static Count count_of(const Instruction *i)
{
    double k = i->k;
    switch ((TapeOp)i->op) {
    case TAPE_COPY:         return (Count){ 0, 2 };
    case TAPE_NEG:          return (Count){ 1, 2 };
    case TAPE_SQRT:         return (Count){ 1, 2 };
    case TAPE_ADD: case TAPE_SUB: case TAPE_MUL: case TAPE_DIV: case TAPE_POW:
    case TAPE_LT: case TAPE_LE: case TAPE_EQ: case TAPE_NE:
        return (Count){ 1, 3 };
    case TAPE_MULADD: case TAPE_MULSUB: case TAPE_FMA: return (Count){ 2, 4 };
    case TAPE_CALL:         return (Count){ 1, 1 + k };
    case TAPE_SELECT:       return (Count){ 0, 4 };
    case TAPE_GEMM: case TAPE_UNIFORM_GEMM: return (Count){ 2 * k, 1 + i->has_c + k };
    case TAPE_OUTER:        return (Count){ 2 * k, 1 + k };
    case TAPE_ROW_SUM:      return (Count){ 1, 1 };
    case TAPE_ROW_DOT:      return (Count){ 2, 2 };
    case TAPE_SUM:          return (Count){ 1, 1 };
    case TAPE_DOT:          return (Count){ 2, 2 };
    case TAPE_FINAL:        return (Count){ PARTIALS - 1, PARTIALS + 1 };
    }
    return (Count){ 0, 0 };
}

static void add(TapeWork *w, const Instruction *i, size_t count, size_t lane, double lanes)
{
    for (size_t k = 0; k < count; k++) {
        Count  c = count_of(&i[k]);
        double n = i[k].rows * (lanes > 0 ? lanes : i[k].lanes);
        w->flops += n * c.flops;
        w->bytes += n * c.elements * (double)lane;
    }
}

void tape_work_add(TapeWork *w, const Tape *t, size_t lane, size_t lanes, uint32_t block)
{
    w->runs++;
    w->lanes += lanes;
    for (size_t p = 0; p < t->n_passes; p++) {
        w->instructions += t->pass[p].n_uniform + t->pass[p].n_lane * ((lanes + block - 1) / block);
        add(w, t->pass[p].uniform, t->pass[p].n_uniform, lane, 0);
        if (lanes)
            add(w, t->pass[p].lane, t->pass[p].n_lane, lane, (double)lanes);
    }
}
