/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Pictures that Graphviz draws. */
#ifndef REPL_PICTURE_H
#define REPL_PICTURE_H

#include "parser/env.h"

/* If the outcome is a report with a plot of kind "dot", whose data is the field that it names: runs `dot -Tsvg`. The SVG goes to the
 * file that is the plot's title, or becomes the summary. False, with d telling why: it could not be drawn. */
bool picture_draw(Env *env, Outcome *o, bool sandbox, Diag *d, const Source *source);

#endif
