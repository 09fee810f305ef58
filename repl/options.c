/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reads the command line by a table of options. An unknown option is refused with the nearest known one as a hint;
 * `--name value` and `--name=value` mean the same, `--` ends the options. */
#include "repl/options.h"

#include "parser/settings.h"
#include "parser/suggest.h"

#include <stdlib.h>
#include <string.h>

#define ROW(name_, letter_, kind_, member_, value_, help_) { name_, letter_, kind_, value_, help_, offsetof(Options, member_) }

const OptionRow option_rows[] = {
    ROW("--eval", 'e', OPTION_TEXTS, expression, "TEXT", "run this text; may be repeated"),
    ROW("--json", 0, OPTION_FLAG, json, NULL, "one JSON object per statement"),
    ROW("--latex", 0, OPTION_FLAG, latex, NULL, "results as LaTeX"),
    ROW("--html", 0, OPTION_TEXT, html, "FILE", "writes a report besides: a page with formulas, tables and pictures"),
    ROW("--keep-going", 'k', OPTION_FLAG, keep_going, NULL, "go on after an error"),
    ROW("--timeout", 0, OPTION_SECONDS, timeout, "SECONDS", "how long a statement may take"),
    ROW("--memory", 0, OPTION_SIZE, memory, "SIZE", "memory that the session may take, as 800M or 2G (K, M, G are powers of 1024); at a prompt half of the machine's"),
    ROW("--digits", 0, OPTION_SETTING, digits, "N", "significant digits of approximations"),
    ROW("--seed", 0, OPTION_SETTING, seed, "N", "seed of random streams"),
    ROW("--demo", 0, OPTION_TEXT, demo, "FILE", "types the statements of a file at the prompt and waits for Enter before each runs"),
    ROW("--lesson", 0, OPTION_NUMBER, lesson, "N", "the same with a lesson: its explanations, and its statements to run or to change"),
    ROW("--transcript", 0, OPTION_TEXT, transcript, "FILE", "writes what is entered and answered as a page of HTML"),
    ROW("--quiet", 'q', OPTION_FLAG, quiet, NULL, "no banner"),
    ROW("--sandbox", 0, OPTION_FLAG, sandbox, NULL, "no access to files other than those on the command line"),
    ROW("--version", 'V', OPTION_FLAG, version, NULL, "the version"),
    ROW("--help", 'h', OPTION_FLAG, help, NULL, "this text"),
    { 0 },
};
enum { ROWS = sizeof option_rows / sizeof option_rows[0] - 1, HELP_COLUMN = 24, HELP_WIDTH = 79 };

const char options_usage[] = "usage: nabla [options] [FILE]\n"
    "Without FILE and -e: a prompt at a terminal, else the statements of standard input.\n";
const char options_statuses[] = "exit status: 0 fine, 1 a statement failed, 2 usage, 3 a file cannot be read, 130 stopped by Ctrl-C\n";

Str option_form(Arena *a, const OptionRow *row)
{
    Buf b = buf_new(a);
    if (row->letter)
        buf_printf(&b, "-%c, ", row->letter);
    buf_printf(&b, "%s%s%s", row->name, row->value ? " " : "", row->value ? row->value : "");
    return buf_str(&b);
}

Str options_help(Arena *a)
{
    Buf b = buf_new(a);
    buf_add_s(&b, options_usage);
    for (const OptionRow *row = option_rows; row->name; row++) {
        Str    form = option_form(a, row);
        size_t column = HELP_COLUMN + 2;
        buf_printf(&b, "  %-*.*s", HELP_COLUMN - 1, STR_ARGS(form));
        for (const char *word = row->help; *word; word += strspn(word, " ")) {
            size_t n = strcspn(word, " ");
            if (column + 1 + n > HELP_WIDTH) {
                buf_printf(&b, "\n%*s", HELP_COLUMN + 1, "");
                column = HELP_COLUMN + 1;
            }
            buf_printf(&b, " %.*s", (int)n, word);
            column += 1 + n;
            word += n;
        }
        buf_add_c(&b, '\n');
    }
    buf_add_s(&b, options_statuses);
    return buf_str(&b);
}

/* --name, or -n alone. */
static const OptionRow *row_of(Str name)
{
    for (const OptionRow *row = option_rows; row->name; row++)
        if (str_is(name, row->name) || (name.n == 2 && row->letter && name.s[1] == row->letter))
            return row;
    return NULL;
}

/* `--digits N` takes what `set digits N` takes. */
static bool setting_read(Arena *a, const OptionRow *row, Str text, Str *out, Str *message)
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

static bool seconds_read(Arena *a, const OptionRow *row, Str text, double *out, Str *message)
{
    char *end = NULL;
    *out = text.n ? strtod(text.s, &end) : 0;
    if (text.n && end == text.s + text.n && strspn(text.s, "0123456789.eE+-") == text.n && *out > 0 && *out <= 1e9)
        return true;
    *message = str_printf(a, "%s needs a number of seconds, as 2 or 0.5", row->name);
    return false;
}

static bool size_read(Arena *a, const OptionRow *row, Str text, size_t *out, Str *message)
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

static bool number_read(Arena *a, const OptionRow *row, Str text, size_t *out, Str *message)
{
    bool digits = text.n > 0 && text.n < 4 && strspn(text.s, "0123456789") == text.n;
    *out = digits ? strtoul(text.s, NULL, 10) : 0;
    if (*out)
        return true;
    *message = str_printf(a, "%s needs a number from 1 on", row->name);
    return false;
}

static bool value_read(Arena *a, const OptionRow *row, Str text, Options *o, Str *message)
{
    void *member = (char *)o + row->member;
    switch (row->kind) {
    case OPTION_FLAG:    break;
    case OPTION_SETTING: return setting_read(a, row, text, member, message);
    case OPTION_SECONDS: return seconds_read(a, row, text, member, message);
    case OPTION_SIZE:    return size_read(a, row, text, member, message);
    case OPTION_NUMBER:  return number_read(a, row, text, member, message);
    case OPTION_TEXTS:
        o->expression[o->expressions++] = text;
        return true;
    case OPTION_TEXT:
        *(Str *)member = text;
        *message = str_printf(a, "%s needs a file name", row->name);
        return text.n > 0;
    }
    *message = str_printf(a, "%s takes no value", row->name);
    return false;
}

/* Names of two characters are near to all others. */
static Str nearest(Str name)
{
    Str known[ROWS];
    for (size_t k = 0; k < ROWS; k++)
        known[k] = str_of(option_rows[k].name);
    return name.n > 2 ? suggest_nearest(name, known, ROWS) : (Str){ 0 };
}

/* One option at argv[*i]; moves *i over its value. */
static bool option_read(Arena *a, int argc, char **argv, int *i, Options *o, Str *message, Str *hint)
{
    const char *equals = argv[*i][1] == '-' ? strchr(argv[*i], '=') : NULL;
    Str arg = str_of(argv[*i]), name = equals ? str_slice(arg, 0, (size_t)(equals - argv[*i])) : arg;
    const OptionRow *row = row_of(name);
    if (!row) {
        Str near = nearest(name);
        *hint = near.n ? near : STR("--help");
        *message = str_printf(a, "unknown option %.*s", STR_ARGS(name));
        return false;
    }
    if (row->kind == OPTION_FLAG && !equals) {
        *(bool *)((char *)o + row->member) = true;
        return true;
    }
    if (!equals && *i + 1 == argc) {
        *message = str_printf(a, "%.*s needs a value: %s", STR_ARGS(name), row->value);
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
    bool shown = o->demo.n || o->lesson;
    *message = STR("a demo or a lesson runs at the prompt, with neither a file nor -e nor --json");
    return !shown || (!o->file.n && !o->expressions && !o->json && !(o->demo.n && o->lesson));
}
