/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Colour by roles. Only terminals get it, and only if TERM is not dumb and NO_COLOR is unset or empty; nothing is told by
 * colour alone. Text between colour_start and colour_end takes the same columns with and without. */
#ifndef REPL_COLOUR_H
#define REPL_COLOUR_H

#include "base/str.h"

#include <stdio.h>

typedef enum ColourRole { COLOUR_ERROR, COLOUR_CARET, COLOUR_NOTE, COLOUR_PROMPT } ColourRole;

bool        colour_on(FILE *out);
const char *colour_start(FILE *out, ColourRole role);       /* empty without colour, as is the end */
const char *colour_end(FILE *out);
void        colour_error(FILE *err);                        /* the word in front of a message */
void        colour_curve(Buf *b, uint8_t from, uint8_t to); /* of a picture: 0 the terminal's own, 1..7 its colours, others of 256 */

#endif
