/* SPDX-License-Identifier: GPL-3.0-or-later */
/* reference_pi DIGITS: pi by a plain call of the library, without any safety net. */
#include <flint/flint.h>
#if __FLINT_RELEASE >= 30000
#include <flint/arb.h>
#else
#include <arb.h>
#endif

#include <stdio.h>
#include <stdlib.h>

int main(int argc, char **argv)
{
    slong digits = argc > 1 ? atol(argv[1]) : 100000;
    arb_t pi;
    arb_init(pi);
    arb_const_pi(pi, (slong)((double)digits * 3.3219280948873626) + 16);
    char *text = arb_get_str(pi, digits, ARB_STR_NO_RADIUS);
    puts(text);
    flint_free(text);
    arb_clear(pi);
    flint_cleanup();
    return 0;
}
