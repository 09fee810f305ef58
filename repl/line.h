/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The line editor: GNU Readline behind three functions. */
#ifndef REPL_LINE_H
#define REPL_LINE_H

#include "parser/env.h"

typedef enum LineEnd { LINE_TYPED, LINE_DROPPED, LINE_CLOSED } LineEnd;     /* Enter, Ctrl-C, end of the input */

void    line_open(Env *env);
/* The text lives in a and is terminated; after a paste it may hold several lines. */
LineEnd line_read(Arena *a, const char *prompt, Str *text);
/* The next line_read() starts with this text, typed before the user's eyes; a key of his ends the show. */
void    line_offer(Str text);
size_t  line_width(void);           /* columns of the screen */
/* In a process that took over from one that died, perhaps while it was reading: the terminal is as it was at the start. */
void    line_take_over(void);

#endif
