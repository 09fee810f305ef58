/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Columns as lanes: fp64 reads the doubles of the table where they lie. Other formats round the exact values behind them. */
#include "numeric/lanes.h"

const void *column_lanes(Arena *a, const Column *c, size_t rows, const Format *f)
{
    if (f->family == FAMILY_DOUBLE)
        return c->value;
    void  *lanes = format_lanes(f, a, rows);
    fmpq_t q;
    fmpq_init(q);
    for (size_t i = 0; i < rows; i++) {
        void *x = format_at(f, lanes, i);
        if (column_exact(c, i, q))
            format_set_fmpq(f, x, q, NULL);
        else
            format_set_double(f, x, c->value[i], NULL);
    }
    fmpq_clear(q);
    return lanes;
}
