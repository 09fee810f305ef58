/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The settings of a session: one row each. */
#ifndef PARSER_SETTINGS_H
#define PARSER_SETTINGS_H

#include "base/builtin.h"

typedef struct SettingRow {
    const char *name, *help;
    bool      (*set)(Settings *s, Str text);        /* false: not a possible value */
    Str       (*get)(const Settings *s, Arena *a);
    const char *values;                             /* what is possible, for the hint */
} SettingRow;

extern const SettingRow setting_rows[];             /* ended by a row without name */
Settings settings_default(void);

#endif
