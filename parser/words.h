/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The words and signs of the language: one row each, for help and completion. */
#ifndef PARSER_WORDS_H
#define PARSER_WORDS_H

#include "base/builtin.h"

typedef struct WordRow {
    const char *name;
    bool        complete;           /* may be completed: a word that starts a statement, or a constant */
    const char *form;               /* how it is written */
    const char *help;               /* sentences */
    Example     example[3];         /* executed by the tests, as those of built-ins */
    const char *see;
} WordRow;

extern const WordRow word_rows[];   /* ended by a row without name */

#endif
