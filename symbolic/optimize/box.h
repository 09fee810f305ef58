/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Ranges as arguments, x = a..b, y = c..d: the box over which an objective is looked at. */
#ifndef SYMBOLIC_OPTIMIZE_BOX_H
#define SYMBOLIC_OPTIMIZE_BOX_H

#include "symbolic/optimize/minimize.h"

enum { MOST_BOX_VARIABLES = 8 };

typedef struct Region {
    Problem      q;                 /* its start is the middle of the box */
    double      *low, *high;        /* to nearest */
    const Expr **low_end, **high_end;
} Region;

/* From the arguments f and range (one, or a list) of a call. hint: of a call that is right. False after call_fail. */
bool region_read(Call *c, int f, int range, const char *hint, Region *out);

#endif
