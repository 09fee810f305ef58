/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The limit of memory, and what happens when an allocation fails. */
#ifndef REPL_MEMORY_H
#define REPL_MEMORY_H

#include <stdbool.h>
#include <stddef.h>

bool   sanitizer_watches(void);            /* built with one that has its own shadow memory and handlers */
void   memory_watch(void);                 /* failed allocations of GMP, MPFR and FLINT raise STOP_MEMORY too */
void   memory_limit(size_t bytes);         /* beyond what is mapped now; nothing under a sanitizer */
size_t memory_default(void);               /* of a prompt: half of what the machine or its control group has */

#endif
