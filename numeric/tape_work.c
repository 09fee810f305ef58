/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Counts are computed from the instructions, once for each machine, not measured while they run: a run adds a few numbers. */
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

TapeCount tape_count(const Tape *t)
{
    TapeCount total = { 0 };
    for (size_t p = 0; p < t->n_passes; p++) {
        const TapePass *pass = &t->pass[p];
        for (size_t k = 0; k < pass->n_uniform; k++) {
            Count  c = count_of(&pass->uniform[k]);
            double n = (double)pass->uniform[k].rows * pass->uniform[k].lanes;
            total.flops += n * c.flops;
            total.elements += n * c.elements;
        }
        for (size_t k = 0; k < pass->n_lane; k++) {
            Count c = count_of(&pass->lane[k]);
            total.lane_flops += pass->lane[k].rows * c.flops;
            total.lane_elements += pass->lane[k].rows * c.elements;
        }
        total.uniform += pass->n_uniform;
        total.lane += pass->n_lane;
    }
    return total;
}

void tape_work_add(TapeWork *w, const TapeCount *c, size_t lane, size_t lanes, uint32_t block)
{
    w->runs++;
    w->lanes += lanes;
    w->instructions += c->uniform + c->lane * ((lanes + block - 1) / block);
    w->flops += c->flops + c->lane_flops * (double)lanes;
    w->bytes += (c->elements + c->lane_elements * (double)lanes) * (double)lane;
}
