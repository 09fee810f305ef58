/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sorting of arrays that are nearly always short: sums and products have a handful of operands, and for those an insertion
 * costs a fraction of qsort. Orders are total, so that both give the same result. */
#ifndef BASE_SORT_H
#define BASE_SORT_H

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

enum { SORT_SHORT = 12, SORT_WIDEST = 64 };

static inline void sort_array(void *array, size_t n, size_t size, int (*order)(const void *, const void *))
{
    char *at = array, item[SORT_WIDEST];
    if (n > SORT_SHORT || size > SORT_WIDEST) {
        qsort(array, n, size, order);
        return;
    }
    for (size_t i = 1; i < n; i++) {
        size_t k = i;
        while (k > 0 && order(at + (k - 1) * size, at + i * size) > 0)
            k--;
        if (k == i)
            continue;
        memcpy(item, at + i * size, size);
        memmove(at + (k + 1) * size, at + k * size, (i - k) * size);
        memcpy(at + k * size, item, size);
    }
}

#endif
