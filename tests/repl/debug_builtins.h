/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Built-ins that crash, abort, spin, exhaust memory or stack: for the tests of transactions. */
#ifndef TESTS_DEBUG_BUILTINS_H
#define TESTS_DEBUG_BUILTINS_H

#include "base/builtin.h"
#include "base/report.h"

extern const Builtin debug_builtins[];

#endif
