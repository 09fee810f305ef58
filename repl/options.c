/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reads the command line by a table of options. An unknown option is refused with the nearest known one as a hint;
 * `--name value` and `--name=value` mean the same, `--` ends the options. */
#include "repl/options.h"

#include "parser/suggest.h"

#include <string.h>

typedef struct Row {
    const char *name;
    size_t      flag, text;         /* offset of the bool or of the Str that the option sets; the other is 0 */
} Row;

#define FLAG(text_, member) { text_, offsetof(Options, member) + 1, 0 }
#define TEXT(text_, member) { text_, 0, offsetof(Options, member) + 1 }

static const Row rows[] = {
    FLAG("--json", json), FLAG("--keep-going", keep_going), FLAG("--quiet", quiet), FLAG("--sandbox", sandbox),
    FLAG("--version", version), FLAG("--help", help), TEXT("--digits", digits), TEXT("--seed", seed),
};
enum { ROWS = sizeof rows / sizeof rows[0] };

const char options_help[] =
    "usage: nabla [options] [FILE]\n"
    "  -e EXPR         run this text; may be repeated\n"
    "  --json          one JSON object per statement\n"
    "  --keep-going    go on after an error\n"
    "  --digits N      significant digits of approximations\n"
    "  --seed N        seed of random streams\n"
    "  --quiet         no banner\n"
    "  --sandbox       no access to files\n"
    "  --version, --help\n";

static const Row *row_of(Str name)
{
    for (size_t i = 0; i < ROWS; i++)
        if (str_is(name, rows[i].name))
            return &rows[i];
    return NULL;
}

static bool is_number(Str s)
{
    for (size_t i = 0; i < s.n; i++)
        if (s.s[i] < '0' || s.s[i] > '9')
            return false;
    return s.n > 0;
}

/* One option at argv[*i]; moves *i over its value. */
static bool option_read(Arena *a, int argc, char **argv, int *i, Options *o, Str *message, Str *hint)
{
    const char *equals = strchr(argv[*i], '=');
    Str arg = str_of(argv[*i]), name = equals ? str_slice(arg, 0, (size_t)(equals - argv[*i])) : arg;
    const Row *row = row_of(name);
    if (!row) {
        Str known[ROWS];
        for (size_t k = 0; k < ROWS; k++)
            known[k] = str_of(rows[k].name);
        *hint = suggest_nearest(name, known, ROWS);
        *message = str_printf(a, "unknown option %.*s", STR_ARGS(name));
        return false;
    }
    if (row->flag) {
        if (equals)
            *message = str_printf(a, "%s takes no value", row->name);
        *(bool *)((char *)o + row->flag - 1) = true;
        return !equals;
    }
    Str value = equals ? str_of(equals + 1) : *i + 1 < argc ? str_of(argv[++*i]) : (Str){ 0 };
    if (!is_number(value))
        *message = str_printf(a, "%s needs a number", row->name);
    *(Str *)((char *)o + row->text - 1) = value;
    return is_number(value);
}

bool options_read(Arena *a, int argc, char **argv, Options *o, Str *message, Str *hint)
{
    *o = (Options){ .expression = arena_array(a, Str, (size_t)argc) };
    *hint = (Str){ 0 };
    bool names = true;              /* until `--` */
    for (int i = 1; i < argc; i++) {
        if (names && !strcmp(argv[i], "--")) {
            names = false;
        } else if (names && !strcmp(argv[i], "-e")) {
            if (i + 1 == argc) {
                *message = STR("-e needs a text");
                return false;
            }
            o->expression[o->expressions++] = str_of(argv[++i]);
        } else if (names && argv[i][0] == '-' && argv[i][1]) {
            if (!option_read(a, argc, argv, &i, o, message, hint))
                return false;
        } else if (o->file.n) {
            *message = STR("only one file can be run");
            return false;
        } else {
            o->file = str_of(argv[i]);
        }
    }
    return true;
}
