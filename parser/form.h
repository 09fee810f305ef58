/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The written form of arguments against the types of parameters. */
#ifndef PARSER_FORM_H
#define PARSER_FORM_H

#include "parser/env_int.h"

bool        form_names_only(const Ast *t);                             /* x, (x, y), [x, y] */
bool        form_is_equation(const Ast *t);                           /* a = b */
bool        form_binds_name(const Ast *t);                             /* x = ..., (x, y) = ... */
bool        form_fits(const Eval *ev, const Ast *t, const Param *p);
const char *form_text(ParamType type);                                 /* what a parameter looks like, for messages */

#endif
