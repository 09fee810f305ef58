/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Taylor polynomials of several variables by total degree. */
#ifndef SYMBOLIC_LIMITS_APPROXIMATE_H
#define SYMBOLIC_LIMITS_APPROXIMATE_H

#include "base/builtin.h"

/* taylor(f, (x, y) = (a, b), order: n): the call whose second argument is a record of variables and their point. */
Value taylor_several(Call *c);

#endif
