/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The one list of tables of built-ins. A new table is one declaration and one line in registry.c. */
#ifndef REPL_REGISTRY_H
#define REPL_REGISTRY_H

#include "base/builtin.h"

extern const Builtin *const builtin_tables[];          /* ended by NULL */

#endif
