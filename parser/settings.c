/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The rows of `set NAME VALUE`. */
#include "parser/settings.h"

#include <errno.h>
#include <stdlib.h>

enum { DEFAULT_DIGITS = 17, MOST_DIGITS = 1000000 };

Settings settings_default(void)
{
    return (Settings){ .digits = DEFAULT_DIGITS, .seed = 1 };
}

static bool whole(Str text, unsigned long long least, unsigned long long most, unsigned long long *out)
{
    char   number[24] = { 0 };
    if (text.n == 0 || text.n > 20)
        return false;
    for (size_t i = 0; i < text.n; i++) {
        if (text.s[i] < '0' || text.s[i] > '9')
            return false;
        number[i] = text.s[i];
    }
    errno = 0;
    *out = strtoull(number, NULL, 10);
    return errno == 0 && *out >= least && *out <= most;
}

static bool set_digits(Settings *s, Str text)
{
    unsigned long long n;
    if (!whole(text, 1, MOST_DIGITS, &n))
        return false;
    s->digits = n;
    return true;
}

static bool set_seed(Settings *s, Str text)
{
    unsigned long long n;
    if (!whole(text, 0, UINT64_MAX, &n))
        return false;
    s->seed = n;
    return true;
}

static bool on_or_off(Str text, bool *out)
{
    if (!str_is(text, "on") && !str_is(text, "off"))
        return false;
    *out = str_is(text, "on");
    return true;
}

static const char *const formulas_names[] = { [FORMULAS_LINE] = "line", [FORMULAS_BOX] = "box", [FORMULAS_LATEX] = "latex" };

static bool set_formulas(Settings *s, Str text)
{
    for (Formulas i = FORMULAS_LINE; i <= FORMULAS_LATEX; i++)
        if (str_is(text, formulas_names[i])) {
            s->formulas = i;
            return true;
        }
    return false;
}

static bool set_unicode(Settings *s, Str text) { return on_or_off(text, &s->unicode); }
static bool set_timing(Settings *s, Str text)  { return on_or_off(text, &s->timing); }

static Str get_digits(const Settings *s, Arena *a)  { return str_printf(a, "%zu", s->digits); }
static Str get_seed(const Settings *s, Arena *a)    { return str_printf(a, "%llu", (unsigned long long)s->seed); }
static Str get_unicode(const Settings *s, Arena *a) { (void)a; return s->unicode ? STR("on") : STR("off"); }
static Str get_timing(const Settings *s, Arena *a)  { (void)a; return s->timing ? STR("on") : STR("off"); }

static Str get_formulas(const Settings *s, Arena *a) { (void)a; return str_of(formulas_names[s->formulas]); }

const SettingRow setting_rows[] = {
    { "digits",  "significant decimal digits of approximations", set_digits, get_digits, "1 to 1000000" },
    { "formulas", "formulas as they are typed, in two dimensions, or as LaTeX", set_formulas, get_formulas, "line, box or latex" },
    { "seed",    "seed of random numbers", set_seed, get_seed, "a whole number" },
    { "unicode", "output with characters outside ASCII", set_unicode, get_unicode, "on or off" },
    { "timing",  "the seconds of each statement are shown", set_timing, get_timing, "on or off" },
    { 0 },
};
