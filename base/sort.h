/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sorting of arrays that are short or nearly sorted: sums and products have a handful of operands, often one more than a
 * sorted node had. For those a binary insertion costs a fraction of qsort. Orders are total, so that both give the same. */
#ifndef BASE_SORT_H
#define BASE_SORT_H

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

enum { SORT_SHORT = 40, SORT_WIDEST = 64 };

static inline void sort_array(void *array, size_t n, size_t size, int (*order)(const void *, const void *))
{
    char *at = array, item[SORT_WIDEST];
    if (n > SORT_SHORT || size > SORT_WIDEST) {
        qsort(array, n, size, order);
        return;
    }
    for (size_t i = 1; i < n; i++) {
        size_t k = 0, high = i;
        if (order(at + (i - 1) * size, at + i * size) <= 0)
            continue;
        while (k < high) {
            size_t mid = (k + high) / 2;
            if (order(at + mid * size, at + i * size) <= 0)
                k = mid + 1;
            else
                high = mid;
        }
        memcpy(item, at + i * size, size);
        memmove(at + (k + 1) * size, at + k * size, (i - k) * size);
        memcpy(at + k * size, item, size);
    }
}

#endif
