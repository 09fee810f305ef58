/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Round numbers along an axis. */
#ifndef REPL_AXIS_H
#define REPL_AXIS_H

#include "base/str.h"

enum { MOST_TICKS = 64 };

typedef struct Tick { double at; Str text; } Tick;

/* At most `most` numbers from low to high (low > high: the same downwards). whole: no fractions. */
size_t axis_ticks(Arena *a, double low, double high, bool logarithmic, bool whole, size_t most, Tick *out);
/* Where x lies between the ends: 0 at low, 1 at high. NAN: nowhere on a logarithmic axis. */
double axis_place(double low, double high, bool logarithmic, double x);
/* A number for a legend: "0.25", "1.5e7". */
Str    axis_number(Arena *a, double x, int digits);

#endif
