/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Help from the rows: built-ins, mathematical functions, words and signs of the language, settings, and what the user has
 * defined. A page has at most 24 lines of 80 columns; a search lists one line for each row that holds all of its words in
 * its name, form, help, examples or other names. Nothing is written here that a row could say. */
#include "repl/help.h"

#include "base/vec.h"
#include "numeric/function.h"
#include "parser/settings.h"
#include "parser/sig.h"
#include "parser/suggest.h"
#include "parser/words.h"
#include "repl/help_method.h"

#include <string.h>

enum { WIDTH = 79, MOST_HITS = 22, FORM_COLUMNS = 32, LEAST_COLUMNS = 24, MOST_COLUMNS = 46 };

/* The lessons that rows name; 0: of none. */
static const char *const lesson_titles[] = {
    "algebra and others", "limits", "derivatives", "several variables", "graphs of a computation", "series and equations", "gradient descent",
    "stochastic gradients", "adaptive methods", "constraints", "convexity", "integrals, expectation", "calculus of variations",
    "second order", "numerical stability", "non-smooth, proximal", "loss landscapes", "implicit functions", "games, min-max",
};
enum { LESSONS = sizeof lesson_titles / sizeof *lesson_titles };

int         help_lessons(void)  { return LESSONS; }
const char *help_lesson(int k) { return lesson_titles[k]; }

/* ---- lines ------------------------------------------------------------------------------------------------------------ */

static void add_line(Buf *b, const char *format, ...) __attribute__((format(printf, 2, 3)));
static void add_line(Buf *b, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    Str s = str_vprintf(b->arena, format, args);
    va_end(args);
    if (b->n)
        buf_add_c(b, '\n');
    buf_add(b, s);
}

/* The next word of the text, which loses it; empty at the end. */
static Str take_word(Str *text)
{
    *text = str_trim(*text);
    size_t n = 0;
    while (n < text->n && text->s[n] != ' ')
        n++;
    Str word = str_slice(*text, 0, n);
    *text = str_slice(*text, n, text->n);
    return word;
}

/* Words behind a label, wrapped, further lines under the first; with no label, from the left edge. */
static void add_wrapped(Buf *b, const char *label, Str text, const char *separator)
{
    Buf    line = buf_new(b->arena);
    size_t margin = label[0] ? 2 + strlen(label) : 0;
    buf_printf(&line, "%s%s", label, label[0] ? "  " : "");
    for (Str word; (word = take_word(&text)).n;) {
        bool first = utf8_columns(buf_str(&line)) == margin;
        if (!first && utf8_columns(buf_str(&line)) + 1 + utf8_columns(word) > WIDTH) {
            add_line(b, "%.*s", STR_ARGS(buf_str(&line)));
            line = buf_new(b->arena);
            buf_printf(&line, "%*s", (int)margin, "");
            first = true;
        }
        buf_printf(&line, "%s%.*s%s", first ? "" : " ", STR_ARGS(word), str_trim(text).n ? separator : "");
    }
    add_line(b, "%.*s", STR_ARGS(buf_str(&line)));
}

static void add_examples(Buf *b, const Example *e, size_t n)
{
    size_t columns = LEAST_COLUMNS;
    for (size_t i = 0; i < n && e[i].in; i++)
        columns = strlen(e[i].in) > columns && strlen(e[i].in) <= MOST_COLUMNS ? strlen(e[i].in) : columns;
    for (size_t i = 0; i < n && e[i].in; i++) {
        Str in = str_of(e[i].in), out = str_of(e[i].out);
        if (in.n > columns || columns + out.n + 4 > WIDTH || strchr(e[i].out, '\n')) {
            add_line(b, "  %.*s", STR_ARGS(in));
            for (size_t at = 0; at < out.n;) {
                const char *end = memchr(out.s + at, '\n', out.n - at);
                size_t      stop = end ? (size_t)(end - out.s) : out.n;
                add_line(b, "      %.*s", STR_ARGS(str_slice(out, at, stop)));
                at = stop + 1;
            }
        } else {
            add_line(b, "  %-*.*s  %.*s", (int)columns, STR_ARGS(in), STR_ARGS(out));
        }
    }
}

/* The file of the examples, its lines behind its name. */
static void add_file(Buf *b, SampleFile file)
{
    Buf lines = buf_new(b->arena);
    for (const char *text = file.name ? file.text : ""; *text; text += strspn(text, "\n")) {
        size_t n = strcspn(text, "\n");
        buf_printf(&lines, "%s%.*s", lines.n ? " | " : "", (int)n, text);
        text += n;
    }
    if (lines.n)
        add_line(b, "  %s: %.*s", file.name, STR_ARGS(buf_str(&lines)));
}

/* One line of a list, cut at the edge. */
static void add_row(Buf *b, Str form, Str help)
{
    Str    line = str_printf(b->arena, "%-*.*s  %.*s", form.n > FORM_COLUMNS / 2 ? FORM_COLUMNS : FORM_COLUMNS / 2, STR_ARGS(form), STR_ARGS(help));
    add_line(b, "%.*s%s", STR_ARGS(str_slice(line, 0, line.n > WIDTH ? WIDTH - 3 : line.n)), line.n > WIDTH ? "..." : "");
}

static void add_see(Buf *b, const char *see)
{
    if (see)
        add_wrapped(b, "see also", str_of(see), "");
}

/* ---- the pages --------------------------------------------------------------------------------------------------------- */

/* How an argument looks where it is written: x -> a, x = a..b. */
static void add_param(Buf *b, const Param *p)
{
    int         n = (int)p->name.n;
    const char *name = p->name.s;
    switch (p->type) {
    case PARAM_ARROW:   buf_printf(b, "%.*s -> a", n, name); break;
    case PARAM_POINT:   buf_printf(b, "%.*s = a", n, name); break;
    case PARAM_OVER:    buf_printf(b, "%.*s = a..b", n, name); break;
    case PARAM_UNKNOWN: buf_printf(b, "%.*s(x)", n, name); break;
    case PARAM_EXPR: case PARAM_SCALAR: case PARAM_INT: case PARAM_TEXT: case PARAM_VALUE: case PARAM_LIST: case PARAM_RELATION:
    case PARAM_RANGE: case PARAM_OBJECTIVE: case PARAM_LAGRANGIAN: case PARAM_POLYNOMIAL: case PARAM_VAR: case PARAM_CLOSEDVAR: case PARAM_TARGET: case PARAM_AGAIN: case PARAM_DATA:
    case PARAM_WORD: case PARAM_TABLE: case PARAM_COLUMNS: case PARAM_SITE:
    case PARAM_START: case PARAM_METHOD: case PARAM_METHODS: case PARAM_RATE: case PARAM_FORMAT: case PARAM_FORMATS: case PARAM_ROLES:
    case PARAM_CHOICE:
        buf_printf(b, "%.*s", n, name);
        break;
    }
}

/* taylor(f, x = a, order: 6), diff(f[, x, ...]): options with their defaults, what may be missing in brackets. */
static Str friendly_form(Arena *a, const Builtin *row)
{
    Signature s = sig_parse(a, row->sig);
    Buf       b = buf_new(a);
    size_t    open = 0;
    buf_printf(&b, "%.*s(", STR_ARGS(s.name));
    for (size_t i = 0; i < s.n; i++) {
        const Param *p = &s.param[i];
        if (p->optional && !p->option) {
            buf_add_c(&b, '[');
            open++;
        }
        if (p->option)
            for (; open; open--)
                buf_add_c(&b, ']');
        buf_add_s(&b, i ? ", " : "");
        if (p->option)
            buf_printf(&b, "%.*s: %.*s", STR_ARGS(p->name), STR_ARGS(p->fallback.n ? p->fallback : STR("...")));
        else
            add_param(&b, p);
        buf_add_s(&b, p->repeats ? ", ..." : "");
    }
    for (; open; open--)
        buf_add_c(&b, ']');
    buf_add_c(&b, ')');
    return buf_str(&b);
}

static void builtin_page(Buf *b, const Builtin *row)
{
    add_wrapped(b, "", friendly_form(b->arena, row), "");
    add_wrapped(b, "", str_of(row->help), "");
    add_file(b, row->file);
    add_examples(b, row->example, sizeof row->example / sizeof *row->example);
    if (row->lesson > 0 && row->lesson < LESSONS)
        add_line(b, "lesson %d  %s", row->lesson, lesson_titles[row->lesson]);
    add_see(b, row->see);
}

/* u, v, w as far as the function has arguments. */
static Str math_form(Arena *a, const FnRow *fn)
{
    static const char *const arguments[] = { "", "u", "u, v", "u, v, w" };
    return str_printf(a, "%s(%s)", fn->name, fn->max_args < 0 ? "u, v, ..." : arguments[fn->max_args < 3 ? fn->max_args : 3]);
}

static void derivative_lines(Buf *b, const FnRow *fn)
{
    const char *rule = fn->derivative;
    for (size_t k = 0; *rule; k++) {
        size_t n = strcspn(rule, ";");
        if (n && fn->max_args == 1)
            add_line(b, "derivative  %.*s", (int)n, rule);
        else if (n)
            add_line(b, "derivative in %c  %.*s", "uvw"[k % 3], (int)n, rule);
        rule += n + (rule[n] == ';');
    }
}

static void math_page(Buf *b, const FnRow *fn)
{
    add_line(b, "%.*s", STR_ARGS(math_form(b->arena, fn)));
    add_line(b, "%s", fn->help);
    derivative_lines(b, fn);
    if (fn->domain[0])
        add_line(b, "real for    %s", fn->domain);
    if (fn->parity != PARITY_NONE)
        add_line(b, "symmetry    %s(-u) = %s%s(u)", fn->name, fn->parity == PARITY_ODD ? "-" : "", fn->name);
    if (!fn->complex)
        add_line(b, "real arguments only");
}

static void word_page(Buf *b, const WordRow *row)
{
    add_line(b, "%s", row->form);
    add_wrapped(b, "", str_of(row->help), "");
    add_examples(b, row->example, sizeof row->example / sizeof *row->example);
    add_see(b, row->see);
}

static void setting_page(Buf *b, Env *env, const SettingRow *row)
{
    add_line(b, "set %s %.*s", row->name, STR_ARGS(row->get(env_settings(env), b->arena)));
    add_line(b, "%s: %s", row->help, row->values);
    add_line(b, "see also  set, show settings");
}

static const WordRow *find_word(Str name)
{
    for (const WordRow *row = word_rows; row->name; row++)
        if (str_is(name, row->name))
            return row;
    return NULL;
}

static const SettingRow *find_setting(Str name)
{
    for (const SettingRow *row = setting_rows; row->name; row++)
        if (str_is(name, row->name))
            return row;
    return NULL;
}

/* A name can be several things: gamma is a function and may hold a value. */
static bool add_pages(Buf *b, Env *env, Str name)
{
    const Builtin    *builtin = env_builtin(env, name);
    const FnRow      *fn = fn_find(name);
    const WordRow    *word = find_word(name);
    const SettingRow *setting = find_setting(name);
    bool              own = env_definition(env, name, b);
    if (builtin)
        builtin_page(b, builtin);
    if (fn && !builtin)
        math_page(b, fn);
    if (word)
        word_page(b, word);
    if (setting)
        setting_page(b, env, setting);
    bool method = help_method(b, name);
    return own || builtin || fn || word || setting || method;
}

/* ?lessons, or ?lesson 7: what its commands do, one line each. */
static bool lesson_page(Buf *b, Env *env, Str topic)
{
    const Builtin *const *rows;
    Str    first = take_word(&topic), number = take_word(&topic);
    size_t n = env_builtins(env, &rows), lesson = 0, shown = 0;
    bool   list = str_is(first, "lessons") || (str_is(first, "lesson") && !number.n);
    for (size_t k = 1; k < LESSONS && list; k++)
        add_line(b, "lesson %-2zu  %s", k, lesson_titles[k]);
    for (size_t k = 1; k < LESSONS && !list; k++)
        if (str_is(number, str_printf(b->arena, "%zu", k).s))
            lesson = k;
    if (list || !str_is(first, "lesson") || !lesson)
        return list;
    add_line(b, "lesson %zu  %s", lesson, lesson_titles[lesson]);
    for (size_t i = 0; i < n; i++)
        if ((size_t)rows[i]->lesson == lesson && ++shown <= MOST_HITS - 1)
            add_row(b, builtin_name(rows[i]), str_of(rows[i]->help));
    if (shown > MOST_HITS - 1)
        add_line(b, "... %zu more", shown - MOST_HITS + 1);
    add_line(b, "nabla --lesson %zu goes through it at the prompt.", lesson);
    return true;
}

/* ---- the overview ------------------------------------------------------------------------------------------------------ */

/* As many of the names as fit into a line. */
static void add_names(Buf *b, const char *label, Str names)
{
    Buf line = buf_new(b->arena);
    buf_printf(&line, "%-24s", label);
    for (Str word; (word = take_word(&names)).n;) {
        if (line.n + word.n + 5 > WIDTH) {
            buf_add_s(&line, " ...");
            break;
        }
        buf_printf(&line, " %.*s", STR_ARGS(word));
    }
    add_line(b, "%.*s", STR_ARGS(buf_str(&line)));
}

static void overview(Buf *b, Env *env)
{
    const Builtin *const *rows;
    size_t                n = env_builtins(env, &rows);
    Buf             names;
    add_line(b, "An expression is evaluated, x = 3 keeps a value, f(x) = x^2 defines a function.");
    for (int lesson = 1; lesson <= LESSONS; lesson++) {
        names = buf_new(b->arena);
        for (size_t i = 0; i < n; i++)
            if (rows[i]->lesson == lesson % LESSONS)
                buf_printf(&names, " %.*s", STR_ARGS(builtin_name(rows[i])));
        if (names.n)
            add_names(b, lesson_titles[lesson % LESSONS], buf_str(&names));
    }
    names = buf_new(b->arena);
    for (size_t i = 0; i < FN_COUNT; i++)
        if (!env_builtin(env, str_of(fn_rows[i].name)))
            buf_printf(&names, " %s", fn_rows[i].name);
    add_names(b, "functions", buf_str(&names));
    names = buf_new(b->arena);
    for (const WordRow *row = word_rows; row->name; row++)
        buf_printf(&names, " %s", row->name);
    add_names(b, "words and signs", buf_str(&names));
    names = buf_new(b->arena);
    for (const SettingRow *row = setting_rows; row->name; row++)
        buf_printf(&names, " %s", row->name);
    add_names(b, "settings", buf_str(&names));
    add_line(b, "?limit explains one name, ??slope searches, show vars lists what you defined.");
}

/* ---- the search --------------------------------------------------------------------------------------------------------- */

static bool holds(const char *text, Str word)
{
    for (; text && *text; text++)
        if (strncasecmp(text, word.s, word.n) == 0)
            return true;
    return false;
}

static bool is_prefix(Str prefix, Str s)
{
    return s.n >= prefix.n && strncasecmp(prefix.s, s.s, prefix.n) == 0;
}

static bool is_one_of(Str word, const char *words)
{
    Str rest = str_of(words);
    for (Str one; (one = take_word(&rest)).n;)
        if (one.n == word.n && is_prefix(one, word))
            return true;
    return false;
}

/* How near a row is to a word: it is the name, one of the other names, a part of a name (minimum also finds min), it stands
 * in the help, in an example, nowhere. */
typedef enum Rank { RANK_NAME, RANK_WORD, RANK_PART, RANK_HELP, RANK_EXAMPLE, RANK_NONE } Rank;
typedef struct Row { Str name; const char *words, *help; const Example *example; size_t examples; } Row;

static Rank rank_word(const Row *row, Str word)
{
    if (row->name.n == word.n && is_prefix(row->name, word))
        return RANK_NAME;
    if (is_one_of(word, row->words))
        return RANK_WORD;
    if (holds(row->name.s, word) || holds(row->words, word) || (row->name.n > 2 && is_prefix(row->name, word)))
        return RANK_PART;
    if (holds(row->help, word))
        return RANK_HELP;
    for (size_t i = 0; i < row->examples && row->example[i].in; i++)
        if (holds(row->example[i].in, word) || holds(row->example[i].out, word))
            return RANK_EXAMPLE;
    return RANK_NONE;
}

/* The worst rank of the topic's words; a plural s may be missing. */
static Rank rank_row(Arena *a, Str topic, Str name, const char *words, const char *help, const Example *example, size_t examples)
{
    Row  row = { str_copy(a, name), words, help, example, examples };
    Rank worst = RANK_NAME;
    for (Str word; (word = take_word(&topic)).n;) {
        Rank rank = rank_word(&row, word), singular = RANK_NONE;
        if (word.n > 4 && (word.s[word.n - 1] | 32) == 's')
            singular = rank_word(&row, str_slice(word, 0, word.n - 1));
        rank = singular < rank ? singular : rank;
        worst = rank > worst ? rank : worst;
    }
    return worst;
}

typedef struct Hit { Str form, help; Rank rank; } Hit;
typedef VEC(Hit) Hits;

static void search_rows(Env *env, Arena *a, Str topic, Hits *hits)
{
    const Builtin *const *rows;
    size_t                n = env_builtins(env, &rows);
    for (size_t i = 0; i < n; i++) {
        const Builtin *r = rows[i];
        Rank rank = rank_row(a, topic, builtin_name(r), r->words, r->help, r->example, sizeof r->example / sizeof *r->example);
        vec_push(a, hits, (Hit){ friendly_form(a, r), str_of(r->help), rank });
    }
    for (const FnRow *fn = fn_rows; fn < fn_rows + FN_COUNT; fn++)
        vec_push(a, hits, (Hit){ math_form(a, fn), str_of(fn->help), rank_row(a, topic, str_of(fn->name), "", fn->help, NULL, 0) });
    for (const WordRow *r = word_rows; r->name; r++)
        vec_push(a, hits, (Hit){ str_of(r->name), str_of(r->help), rank_row(a, topic, str_of(r->name), r->form, r->help, r->example, 3) });
    Str         name, form;
    const char *text;
    for (size_t i = 0; help_method_row(a, i, &name, &form, &text); i++)
        vec_push(a, hits, (Hit){ form, str_of(text), rank_row(a, topic, name, "", text, NULL, 0) });
    for (const SettingRow *r = setting_rows; r->name; r++)
        vec_push(a, hits, (Hit){ str_printf(a, "set %s", r->name), str_of(r->help), rank_row(a, topic, str_of(r->name), "", r->help, NULL, 0) });
}

static bool add_hits(Buf *b, Env *env, Str topic)
{
    Hits   hits = { 0 };
    size_t shown = 0, all = 0;
    search_rows(env, b->arena, topic, &hits);
    for (Rank rank = RANK_NAME; rank < RANK_NONE; rank++)
        for (size_t i = 0; i < hits.n; i++) {
            const Hit *h = &hits.at[i];
            if (h->rank != rank || ++all > MOST_HITS)
                continue;
            Str line = str_printf(b->arena, "%-*.*s  %.*s", FORM_COLUMNS, STR_ARGS(h->form), STR_ARGS(h->help));
            shown++;
            add_line(b, "%.*s%s", STR_ARGS(str_slice(line, 0, line.n > WIDTH ? WIDTH - 3 : line.n)), line.n > WIDTH ? "..." : "");
        }
    if (all > shown)
        add_line(b, "... %zu more", all - shown);
    return all > 0;
}

/* ---- the answer ---------------------------------------------------------------------------------------------------------- */

/* ?sin(x) and ?sin x ask for sin. */
static Str first_name(Str topic)
{
    size_t n = 0;
    while (n < topic.n && topic.s[n] != ' ' && topic.s[n] != '(')
        n++;
    return n ? str_slice(topic, 0, n) : topic;
}

static Str nearest_topic(Env *env, Arena *a, Str topic)
{
    Name    *names;
    size_t   n = env_names(env, a, &names);
    VEC(Str) known = { 0 };
    for (size_t i = 0; i < n; i++)
        vec_push(a, &known, names[i].text);
    Str foreign = suggest_foreign(topic), near = suggest_nearest(topic, known.at, known.n);
    return foreign.n ? foreign : near;
}

static void no_help(Env *env, const Source *source, Outcome *o)
{
    Arena *a = env_line(env);
    Diag  *d = arena_alloc(a, sizeof *d);
    size_t start = (size_t)(o->topic.s - source->text.s);
    Buf    found = buf_new(a);
    Str    near = o->search ? (Str){ 0 } : nearest_topic(env, a, o->topic);
    *d = diag_new(a);
    diag_fail(d, source, (Span){ (uint32_t)start, (uint32_t)(start + o->topic.n) },
              o->search ? "nothing in the help mentions %.*s" : "there is no help on %.*s", STR_ARGS(o->topic));
    if (near.n)
        diag_hint(d, "?%.*s", STR_ARGS(near));
    else if (!o->search && add_hits(&found, env, o->topic))
        diag_hint(d, "??%.*s", STR_ARGS(o->topic));
    else
        diag_hint(d, "help");
    o->kind = RUN_FAILED;
    o->diag = d;
}

void help_answer(Env *env, const Source *source, Outcome *o)
{
    Buf  b = buf_new(env_line(env));
    bool found = true;
    if (!o->topic.n)
        overview(&b, env);
    else if (o->search)
        found = add_hits(&b, env, o->topic);
    else
        found = add_pages(&b, env, o->topic) || help_methods(&b, o->topic) || lesson_page(&b, env, o->topic)
             || add_pages(&b, env, first_name(o->topic));
    if (!found) {
        no_help(env, source, o);
        return;
    }
    o->kind = RUN_DONE;
    o->value = value_text(buf_str(&b));
    o->show = true;
}
