/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reads the command line by a table of options. An unknown option is refused with the nearest known one as a hint;
 * `--name value` and `--name=value` mean the same, `--` ends the options. */
#include "repl/options.h"

#include "parser/settings.h"
#include "parser/suggest.h"

#include <stdlib.h>
#include <string.h>

typedef enum Kind { FLAG, SETTING, SECONDS, SIZE } Kind;

typedef struct Row {
    const char *name;
    Kind        kind;
    size_t      member;             /* offset in Options */
} Row;

#define ROW(name_, kind_, member_) { name_, kind_, offsetof(Options, member_) }

static const Row rows[] = {
    ROW("--json", FLAG, json), ROW("--keep-going", FLAG, keep_going), ROW("--quiet", FLAG, quiet), ROW("--sandbox", FLAG, sandbox),
    ROW("--latex", FLAG, latex), ROW("--version", FLAG, version), ROW("--help", FLAG, help), ROW("--digits", SETTING, digits), ROW("--seed", SETTING, seed),
    ROW("--timeout", SECONDS, timeout), ROW("--memory", SIZE, memory),
};
enum { ROWS = sizeof rows / sizeof rows[0] };

const char options_help[] =
    "usage: nabla [options] [FILE]\n"
    "Without FILE and -e: a prompt at a terminal, else the statements of standard input.\n"
    "  -e EXPR         run this text; may be repeated\n"
    "  --json          one JSON object per statement\n"
    "  --latex         results as LaTeX\n"
    "  --keep-going    go on after an error\n"
    "  --timeout S     seconds that a statement may take\n"
    "  --memory SIZE   memory that the session may take, as 800M or 2G (K, M, G: powers of 1024);\n"
    "                  at a prompt half of the machine's unless given\n"
    "  --digits N      significant digits of approximations\n"
    "  --seed N        seed of random streams\n"
    "  --quiet         no banner\n"
    "  --sandbox       no access to files\n"
    "  --version, --help\n"
    "exit status: 0 fine, 1 a statement failed, 2 usage, 3 a file cannot be read, 130 stopped by Ctrl-C\n";

static const Row *row_of(Str name)
{
    for (size_t i = 0; i < ROWS; i++)
        if (str_is(name, rows[i].name))
            return &rows[i];
    return NULL;
}

/* `--digits N` takes what `set digits N` takes. */
static bool setting_read(Arena *a, const Row *row, Str text, Str *out, Str *message)
{
    Settings scratch = settings_default();
    for (const SettingRow *s = setting_rows; s->name; s++)
        if (!strcmp(s->name, row->name + 2) && !s->set(&scratch, text)) {
            *message = str_printf(a, "%s takes %s", row->name, s->values);
            return false;
        }
    *out = text;
    return true;
}

static bool seconds_read(Arena *a, const Row *row, Str text, double *out, Str *message)
{
    char *end = NULL;
    *out = text.n ? strtod(text.s, &end) : 0;
    if (text.n && end == text.s + text.n && strspn(text.s, "0123456789.eE+-") == text.n && *out > 0 && *out <= 1e9)
        return true;
    *message = str_printf(a, "%s needs a number of seconds, as 2 or 0.5", row->name);
    return false;
}

static bool size_read(Arena *a, const Row *row, Str text, size_t *out, Str *message)
{
    static const char units[] = "KMG";
    size_t n = 0, digits = 0;
    bool   fits = true;
    for (; digits < text.n && text.s[digits] >= '0' && text.s[digits] <= '9'; digits++)
        fits = fits && !__builtin_mul_overflow(n, 10, &n) && !__builtin_add_overflow(n, (size_t)(text.s[digits] - '0'), &n);
    const char *unit = digits + 1 == text.n ? strchr(units, text.s[digits] & ~32) : NULL;
    if (unit)
        fits = fits && !__builtin_mul_overflow(n, (size_t)1024 << 10 * (unit - units), &n);
    *out = n;
    if (fits && n > 0 && digits > 0 && (unit || digits == text.n))
        return true;
    *message = str_printf(a, "%s needs a size in bytes, as 800M or 2G", row->name);
    return false;
}

static bool value_read(Arena *a, const Row *row, Str text, Options *o, Str *message)
{
    void *member = (char *)o + row->member;
    switch (row->kind) {
    case FLAG:    break;
    case SETTING: return setting_read(a, row, text, member, message);
    case SECONDS: return seconds_read(a, row, text, member, message);
    case SIZE:    return size_read(a, row, text, member, message);
    }
    *message = str_printf(a, "%s takes no value", row->name);
    return false;
}

/* One option at argv[*i]; moves *i over its value. */
static bool option_read(Arena *a, int argc, char **argv, int *i, Options *o, Str *message, Str *hint)
{
    const char *equals = strchr(argv[*i], '=');
    Str arg = str_of(argv[*i]), name = equals ? str_slice(arg, 0, (size_t)(equals - argv[*i])) : arg;
    const Row *row = row_of(name);
    if (!row) {
        Str known[ROWS + 1] = { STR("-e") };
        for (size_t k = 0; k < ROWS; k++)
            known[k + 1] = str_of(rows[k].name);
        *hint = suggest_nearest(name, known, ROWS + 1);
        *message = str_printf(a, "unknown option %.*s", STR_ARGS(name));
        return false;
    }
    if (row->kind == FLAG && !equals) {
        *(bool *)((char *)o + row->member) = true;
        return true;
    }
    if (!equals && *i + 1 == argc) {
        value_read(a, row, STR(""), o, message);
        return false;
    }
    return value_read(a, row, equals ? str_of(equals + 1) : str_of(argv[++*i]), o, message);
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
