/* SPDX-License-Identifier: GPL-3.0-or-later */
/* minimize in low precision: what the call asks for, and what its run says about it. */
#ifndef SYMBOLIC_OPTIMIZE_LOW_PRECISION_H
#define SYMBOLIC_OPTIMIZE_LOW_PRECISION_H

#include "numeric/low_precision.h"
#include "symbolic/optimize/minimize.h"

enum { MOST_LOW_WARNINGS = 6 };

typedef struct LowPlaces { int format, scale, rounding, update; } LowPlaces;       /* arguments of a call */

/* Does the call ask for more than one format? Then it needs an update rule. */
bool   low_precision_asked(const Call *c, LowPlaces at);
/* The formats, the scale and the way of rounding; s->low stays NULL where the plain run does. Without `format:` *f is fp64, else the format. s->format is
 * that of the arithmetic afterwards. False after call_fail. */
bool   low_precision_read(const Problem *q, LowPlaces at, const Format *f, Solution *s);
/* The same for one format of a list: a record of formats by role. */
bool   low_precision_roles(const Problem *q, int at, Value formats, Solution *s);
/* s->o and its point, in s->low. False with pool_error() or call_fail. */
bool   low_precision_problem(const Problem *q, Solution *s, unsigned extras);

/* After a run whose last gradient overflowed, and would have been skipped: its norm is that of the true slopes. */
void   low_precision_settle(Solution *s);

/* What helps against a value or slope that is not finite at the start. */
void   low_precision_hint(const Problem *q, const Solution *s);

/* low_precision_report.c: fields, the course of the scale, the histogram; sentences about what was lost, with what helps. The picture comes before
 * other ones where low precision was asked for, and behind them where the run counts by itself. */
void   low_precision_report(const Problem *q, const Solution *s, Report *r);
void   low_precision_course(const Problem *q, const Solution *s, Report *r);
size_t low_precision_warnings(const Problem *q, const Solution *s, Str text[MOST_LOW_WARNINGS]);
Str    low_precision_text(const Problem *q, const LowPrecision *p);        /* "bf16, master fp32" */

#endif
