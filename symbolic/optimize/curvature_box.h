/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The extreme curvatures over a box, enclosed. */
#ifndef SYMBOLIC_OPTIMIZE_CURVATURE_BOX_H
#define SYMBOLIC_OPTIMIZE_CURVATURE_BOX_H

#include "symbolic/optimize/box.h"

/* The largest eigenvalue of the Hessian over the box lies in [largest[0], largest[1]], the least one in [least[0], least[1]]: proved. An end may
 * be infinite, where nothing is known. */
typedef struct CurvatureBox {
    double largest[2], least[2];
    bool   constant;
} CurvatureBox;

/* False with pool_error(): there are no second derivatives. */
bool curvature_box(const Region *b, CurvatureBox *out);

#endif
