/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The words before the cursor decide what is offered: settings after `set`, their values after that, listings after `show`, topics after
 * `?` and `help`, file names in a string, else names of the session, of functions and built-ins, and inside the
 * call of a built-in also its options, of which some name optimizers, schedules or formats. One pass over the line finds strings, comments and open brackets. */
#include "repl/complete.h"

#include "base/vec.h"
#include "numeric/format.h"
#include "parser/settings.h"
#include "parser/sig.h"
#include "repl/help_method.h"

#include <stdlib.h>
#include <string.h>

enum { MOST_OPEN = 100 };

typedef struct Context {
    bool   string, comment;
    size_t statement;               /* where the statement of the cursor begins */
    size_t open;                    /* brackets around the cursor, the innermost of which stands at bracket[open - 1] */
    size_t bracket[MOST_OPEN];
} Context;

typedef struct Offer {
    Env   *env;
    Arena *arena;
    Str    word;
    VEC(Completion) list;
} Offer;

static bool word_byte(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || (unsigned char)c >= 0x80;
}

static Context context_of(Str line)
{
    Context x = { 0 };
    for (size_t i = 0; i < line.n; i++) {
        char c = line.s[i];
        if (c == '\n')
            x.string = x.comment = false;
        else if (x.comment)
            continue;
        else if (x.string && c == '\\')
            i++;
        else if (c == '"')
            x.string = !x.string;
        else if (x.string)
            continue;
        else if (c == '#')
            x.comment = true;
        else if (strchr("([{", c) && x.open < MOST_OPEN)
            x.bracket[x.open++] = i;
        else if (strchr(")]}", c) && x.open)
            x.open--;
        if ((c == '\n' || c == ';') && x.open == 0 && !x.string && !x.comment)
            x.statement = i + 1;
    }
    return x;
}

static size_t word_start(Str line)
{
    size_t i = line.n;
    while (i > 0 && word_byte(line.s[i - 1]))
        i--;
    return i;
}

static void offer(Offer *o, Str text, char after)
{
    if (str_starts(text, o->word))
        vec_push(o->arena, &o->list, (Completion){ text, after });
}

static void offer_settings(Offer *o)
{
    for (const SettingRow *row = setting_rows; row->name; row++)
        offer(o, str_of(row->name), ' ');
}

/* The next blank-separated word of the text, cut off it. */
static Str take_word(Str *text)
{
    size_t from = 0, to;
    while (from < text->n && strchr(" \t\r\n", text->s[from]))
        from++;
    for (to = from; to < text->n && !strchr(" \t\r\n", text->s[to]);)
        to++;
    Str word = str_slice(*text, from, to);
    *text = str_slice(*text, to, text->n);
    return word;
}

/* "line, box or latex" offers all three; ranges of numbers offer nothing. */
static void offer_values(Offer *o, Str name)
{
    for (const SettingRow *row = setting_rows; row->name; row++) {
        Str values = str_of(row->values), word;
        if (!str_is(name, row->name) || !strstr(row->values, " or "))
            continue;
        while ((word = take_word(&values)).n) {
            word.n -= word.s[word.n - 1] == ',';
            if (!str_is(word, "or"))
                offer(o, word, 0);
        }
    }
}

typedef enum Wanted { WANT_ALL, WANT_TOPICS, WANT_USER } Wanted;

static void offer_names(Offer *o, Wanted wanted)
{
    Name  *name;
    size_t n = env_names(o->env, o->arena, &name);
    for (size_t i = 0; i < n; i++) {
        char call = wanted == WANT_ALL ? '(' : 0;
        switch (name[i].kind) {
        case NAME_VARIABLE:
            if (wanted != WANT_TOPICS)
                offer(o, name[i].text, 0);
            break;
        case NAME_FUNCTION:
            if (wanted != WANT_TOPICS)
                offer(o, name[i].text, call);
            break;
        case NAME_BUILTIN: case NAME_MATH:
            if (wanted != WANT_USER)
                offer(o, name[i].text, call);
            break;
        case NAME_WORD:
            if (wanted == WANT_ALL)
                offer(o, name[i].text, 0);
            break;
        case NAME_SETTING:
            break;
        }
    }
}

/* The optimizers, and behind lr: the schedules; in a call of one its options. */
static void offer_methods(Offer *o, bool schedules)
{
    Str         name, form;
    const char *help;
    for (size_t i = 0; help_method_row(o->arena, i, &name, &form, &help); i++)
        if (schedules == str_starts(str_of(help), STR("A schedule")))
            offer(o, name, memchr(form.s, '(', form.n) ? '(' : 0);
}

/* The names before the colons of "adam(lr: 0.001, beta1: 0.9)". */
static void offer_method_options(Offer *o, Str method)
{
    Str         name, form;
    const char *help;
    for (size_t i = 0; help_method_row(o->arena, i, &name, &form, &help); i++)
        for (size_t k = 0; str_eq(name, method) && k < form.n; k++)
            if (form.s[k] == ':') {
                size_t from = word_start(str_slice(form, 0, k));
                offer(o, str_slice(form, from, k + 1), ' ');
            }
}

static void offer_formats(Offer *o)
{
    static const char *const counted[] = { "digits", "bits" };
    const char *const *names;
    size_t n = format_names(&names);
    for (size_t i = 0; i < n; i++)
        offer(o, str_of(names[i]), 0);
    for (size_t i = 0; i < sizeof counted / sizeof *counted; i++)
        offer(o, str_of(counted[i]), 0);
}

/* Behind `option:`, or inside the brackets of `options: [`, what the option takes; behind `using` formats. */
static bool offer_option_values(Offer *o, Str before)
{
    before = str_trim(before);
    for (size_t list = before.n; list > 0 && memchr(before.s, '[', before.n); list--)
        if (before.s[list - 1] == '[' && !memchr(before.s + list, ']', before.n - list)) {
            before = str_trim(str_slice(before, 0, list - 1));
            break;
        }
    bool colon = before.n && before.s[before.n - 1] == ':';
    if (colon)
        before = str_trim(str_slice(before, 0, before.n - 1));
    Str word = str_slice(before, word_start(before), before.n);
    bool method = colon && (str_is(word, "method") || str_is(word, "methods")), rate = colon && str_is(word, "lr");
    bool format = colon ? str_is(word, "format") || str_is(word, "formats") : str_is(word, "using");
    if (method || rate)
        offer_methods(o, rate);
    else if (format)
        offer_formats(o);
    return method || format;
}

/* The options of the built-in, optimizer or schedule whose argument list surrounds the cursor. */
static void offer_options(Offer *o, Str line, const Context *x)
{
    if (!x->open || line.s[x->bracket[x->open - 1]] != '(')
        return;
    Str before = str_trim(str_slice(line, 0, x->bracket[x->open - 1]));
    Str            callee = str_slice(before, word_start(before), before.n);
    const Builtin *b = env_builtin(o->env, callee);
    if (!b) {
        offer_method_options(o, callee);
        return;
    }
    Signature sig = sig_parse(o->arena, b->sig);
    for (size_t i = 0; i < sig.n; i++)
        if (sig.param[i].option)
            offer(o, str_printf(o->arena, "%.*s:", STR_ARGS(sig.param[i].name)), ' ');
}

/* Statements that are words rather than formulas. */
static bool offer_command(Offer *o, Str before)
{
    Str first = take_word(&before), second = take_word(&before);
    if (str_is(first, "set")) {
        if (second.n)
            offer_values(o, second);
        else
            offer_settings(o);
    } else if (str_is(first, "show")) {
        for (size_t i = 0; env_listing(i); i++)
            offer(o, str_of(env_listing(i)), 0);
        offer_names(o, WANT_USER);
    } else if (str_is(first, "clear")) {
        offer(o, STR("all"), 0);
        offer_names(o, WANT_USER);
    } else if (str_is(first, "help") || (first.n && first.s[0] == '?')) {
        offer_names(o, WANT_TOPICS);
    } else {
        return false;
    }
    return true;
}

static int by_text(const void *a, const void *b)
{
    return str_cmp(((const Completion *)a)->text, ((const Completion *)b)->text);
}

Completions complete(Env *env, Arena *a, Str line, size_t cursor)
{
    Str         text = str_slice(line, 0, cursor);
    Context     x = context_of(text);
    size_t      start = word_start(text);
    Offer       o = { .env = env, .arena = a, .word = str_slice(text, start, text.n) };
    Completions c = { .files = x.string, .start = start };
    if (x.string || x.comment || (o.word.n && o.word.s[0] >= '0' && o.word.s[0] <= '9'))
        return c;
    Str before = str_slice(text, x.statement, start);
    if (!offer_command(&o, before) && !offer_option_values(&o, before)) {
        offer_options(&o, text, &x);
        if (o.word.n)
            offer_names(&o, WANT_ALL);
    }
    if (o.list.n)
        qsort(o.list.at, o.list.n, sizeof *o.list.at, by_text);
    for (size_t i = 0; i < o.list.n; i++)
        if (i == 0 || !str_eq(o.list.at[i].text, c.at[c.n - 1].text)) {
            c.at = o.list.at;
            c.at[c.n++] = o.list.at[i];
        }
    return c;
}
