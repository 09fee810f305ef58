/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Columns of text hold codes of labels, which are no quantities. */
#ifndef SYMBOLIC_DATA_TEXT_COLUMNS_H
#define SYMBOLIC_DATA_TEXT_COLUMNS_H

#include "symbolic/expr/expr.h"

/* False, with pool_error(), if a column of text stands elsewhere than beside == or !=. */
bool columns_are_numbers(Pool *p, Nodes nodes);

#endif
