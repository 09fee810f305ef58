/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The codes (ECMA-48, select graphic rendition) stand here alone. Roles use weight and the first eight colours, which a
 * terminal shows as its user has chosen them. */
#include "repl/colour.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char *const codes[] = {
    [COLOUR_ERROR] = "\033[1;31m", [COLOUR_CARET] = "\033[31m", [COLOUR_NOTE] = "\033[2m", [COLOUR_PROMPT] = "\033[1m",
};
static const char end_code[] = "\033[0m";

bool colour_on(FILE *out)
{
    const char *term = getenv("TERM"), *no_color = getenv("NO_COLOR");
    int         file = fileno(out);                         /* -1: a stream in memory */
    return file >= 0 && isatty(file) && term && term[0] && strcmp(term, "dumb") && !(no_color && no_color[0]);
}

const char *colour_start(FILE *out, ColourRole role)
{
    return colour_on(out) ? codes[role] : "";
}

const char *colour_end(FILE *out)
{
    return colour_on(out) ? end_code : "";
}

void colour_error(FILE *err)
{
    fprintf(err, "%serror:%s ", colour_start(err, COLOUR_ERROR), colour_end(err));
}

void colour_curve(Buf *b, uint8_t from, uint8_t to)
{
    if (from == to)
        return;
    if (to == 0)
        buf_add_s(b, end_code);
    else if (to < 16)
        buf_printf(b, "\033[%dm", 30 + to);
    else
        buf_printf(b, "\033[38;5;%dm", to);
}
