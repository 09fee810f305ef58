/* SPDX-License-Identifier: GPL-3.0-or-later */
/* print and O. */
#ifndef PARSER_COMMANDS_H
#define PARSER_COMMANDS_H

#include "base/builtin.h"

extern const Builtin session_builtins[];

#endif
