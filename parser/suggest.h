/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Did you mean: the nearest name, or the product or call that a run-together word was meant to be. */
#ifndef PARSER_SUGGEST_H
#define PARSER_SUGGEST_H

#include "base/str.h"

/* The candidate with the smallest Damerau-Levenshtein distance if that is small for the length (a third, at least one), ten
 * for each edit; a doubled letter or swapped neighbours cost less. Among equals the one with the longest common start. */
enum { EDIT_COST = 10 };
typedef struct Near { Str name; size_t cost; } Near;
Near suggest_near(Str word, const Str *candidate, size_t n);
Str  suggest_nearest(Str word, const Str *candidate, size_t n);
/* Our name for a word of another program: tg, derivative, infinity. Empty if it is not known. */
Str  suggest_foreign(Str word);
/* "xy" -> "x*y", "sinx" -> "sin(x)", "xsin" -> "x*sin", when every part is a single letter, a Greek name or a function. Empty otherwise.
 * call: the word is followed by a bracket. */
Str  suggest_product(Arena *a, Str word, bool call);
/* May this be a free variable? A letter or a Greek name, then digits or one _suffix: x, x1, lambda, u_xt, x_max. */
bool name_is_variable(Str name);

#endif
