/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is said about a statement that took its session with it. */
#ifndef REPL_LOSS_H
#define REPL_LOSS_H

#include "repl/page.h"

const char *loss_sentence(Loss loss);      /* constant text: signal handlers print it */
const char *loss_hint(Loss loss);          /* NULL if there is nothing to advise */

#endif
