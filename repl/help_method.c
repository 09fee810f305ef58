/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The rows of optimizers.def are shown as they are read: one assignment on a line; and as LaTeX, where := is an arrow. */
#include "repl/help_method.h"

#include "repl/box.h"
#include "symbolic/optimize/method.h"

#include <string.h>

static void new_line(Buf *b)
{
    if (b->n)
        buf_add_c(b, '\n');
}

/* "optimizer gd(lr: 0.01) { ... }" up to the brace, without the first word. */
static Str head_of(const RuleText *row)
{
    const char *start = strchr(row->text, ' ') + 1, *brace = strchr(row->text, '{');
    return str_trim((Str){ start, (size_t)(brace - start) });
}

/* Statements of the block from at to end, one on a line, starts together; what stands in a loop is further in. */
static void statements(Buf *b, const char *at, const char *end)
{
    size_t depth = 1;
    bool   starts = false;
    while (at < end) {
        size_t n = 0;
        while (at + n < end && !strchr(";{}", at[n]))
            n++;
        Str line = str_trim((Str){ at, n });
        char stop = at + n < end ? at[n] : ';';
        bool another = starts && str_starts(line, STR("state "));
        if (another)
            buf_printf(b, "; %.*s", STR_ARGS(line));
        else if (line.n)
            buf_printf(b, "\n%*s%.*s%s", (int)(2 * depth), "", STR_ARGS(line), stop == '{' ? " {" : "");
        starts = str_starts(line, STR("state "));
        depth += stop == '{';
        depth -= stop == '}';
        if (stop == '}')
            buf_printf(b, "\n%*s}", (int)(2 * depth), "");
        at += n + 1;
    }
}

/* ---- as LaTeX -------------------------------------------------------------------------------------------------------------------- */

/* A formula in input syntax; what has no form is left as text. */
static void latex(Buf *b, Str text)
{
    const Box *box = formula_box(b->arena, text);
    if (box)
        buf_add(b, box_latex(b->arena, box));
    else
        buf_printf(b, "\\text{%.*s}", STR_ARGS(text));
}

/* "m = beta*m + g" and "state p = 1" with an arrow, "for k in 1..5" in words; another: one more start on the line of starts. */
static void latex_line(Buf *b, Str line, bool another)
{
    bool   state = str_starts(line, STR("state "));
    Str    text = state ? str_slice(line, 6, line.n) : line;
    size_t equals = 0;
    while (equals < text.n && text.s[equals] != '=')
        equals++;
    buf_add_s(b, another ? ",\\quad " : "\n  ");
    if (equals == text.n) {
        buf_printf(b, "\\text{%.*s:}", STR_ARGS(text));
        return;
    }
    latex(b, str_trim(str_slice(text, 0, equals)));
    buf_add_s(b, state ? "_0 = " : " \\leftarrow ");
    latex(b, str_trim(str_slice(text, equals + 1, text.n)));
}

static void latex_statements(Buf *b, const char *at, const char *end)
{
    bool starts = false;
    buf_add_s(b, "\nLaTeX");
    while (at < end) {
        size_t n = 0;
        while (at + n < end && !strchr(";{}", at[n]))
            n++;
        Str line = str_trim((Str){ at, n });
        bool state = str_starts(line, STR("state "));
        if (line.n)
            latex_line(b, line, starts && state);
        starts = state;
        at += n + 1;
    }
}

/* ---- pages ------------------------------------------------------------------------------------------------------------------------- */

static void dialects(Buf *b, const RuleText *row)
{
    if (row->libraries[0])
        buf_printf(b, "\nlibraries %s: these formulas and numbers", row->libraries);
    for (const RuleText *d = dialect_texts; d->name; d++)
        if (strcmp(d->name, row->name) == 0)
            buf_printf(b, "\ndialect: %s   %s", d->dialect, d->difference);
}

static void rule_page(Buf *b, const RuleText *row)
{
    Str head = head_of(row);
    new_line(b);
    buf_add(b, head);
    statements(b, strchr(row->text, '{') + 1, strrchr(row->text, '}'));
    buf_add_s(b, "\nx are the parameters, g is the gradient, t = 1, 2, ... the step; other names start at 0.");
    buf_printf(b, "\nranges    %s", row->range);
    dialects(b, row);
    latex_statements(b, strchr(row->text, '{') + 1, strrchr(row->text, '}'));
    buf_printf(b, "\nsource    %s\nsee also  minimize, compare, optimizer", row->cite);
}

static void schedule_page(Buf *b, const ScheduleText *row)
{
    new_line(b);
    buf_printf(b, "%s\n%s\na schedule: lr: %s(0.1); t = 0, 1, ... counts the steps", row->text, row->help, row->name);
    for (const ScheduleText *d = schedule_texts; d->name; d++)
        if (d->dialect && strcmp(d->name, row->name) == 0)
            buf_printf(b, "\ndialect: %s   %s", d->dialect, d->help);
    const char *formula = strchr(row->text, '=') + 1;
    buf_add_s(b, "\nLaTeX\n  r_t = ");
    latex(b, str_trim((Str){ formula, strlen(formula) }));
    buf_add_s(b, "\nsee also  schedule, minimize");
}

static void memory_page(Buf *b, const MemoryText *row)
{
    const char *start = strchr(row->text, ' ') + 1, *brace = strchr(row->text, '{');
    Str         head = str_trim((Str){ start, (size_t)(brace - start) });
    new_line(b);
    buf_add(b, head);
    statements(b, brace + 1, strrchr(row->text, '}'));
    buf_printf(b, "\nx is the rate, f the value after the last step, t = 0, 1, ... counts the steps.\n%s\na schedule: lr: %s(0.1)", row->help, row->name);
    latex_statements(b, brace + 1, strrchr(row->text, '}'));
    buf_add_s(b, "\nsee also  schedule, minimize");
}

/* "search: armijo, wolfe or exact", "memory: 10 (from 1 to 1000)" */
static void option_line(Buf *b, const RowOption *o)
{
    buf_printf(b, "%s:", o->name);
    if (!o->words)
        buf_printf(b, " %g (from %g to %g)", o->fallback, o->least, o->most);
    size_t place = 0;
    for (const char *word = o->words; word; place++) {
        const char *end = strchr(word, ' ');
        size_t      n = end ? (size_t)(end - word) : strlen(word);
        buf_printf(b, "%s%.*s%s", place == 0 ? " " : end ? ", " : " or ", (int)n, word, (double)place == o->fallback ? " (unless said)" : "");
        word = end ? end + 1 : NULL;
    }
    buf_add_c(b, '\n');
}

bool help_method(Buf *b, Str name)
{
    bool found = false;
    for (const RuleText *row = rule_texts; row->name; row++)
        if (str_is(name, row->name)) {
            rule_page(b, row);
            found = true;
        }
    for (const MethodRow *row = method_rows; row->name; row++)
        if (str_is(name, row->name)) {
            new_line(b);
            buf_printf(b, "method: %s in minimize and compare\n%s\n", row->name, row->help);
            for (const RowOption *o = row->option; o->name; o++)
                option_line(b, o);
            for (size_t i = 0; i < sizeof row->example / sizeof *row->example && row->example[i].in; i++)
                buf_printf(b, "%s %s\n          %s\n", i ? "         " : "example  ", row->example[i].in, row->example[i].out);
            buf_printf(b, "source    %s", row->cite);
            found = true;
        }
    for (const ScheduleText *row = schedule_texts; row->name; row++)
        if (!row->dialect && str_is(name, row->name)) {
            schedule_page(b, row);
            found = true;
        }
    for (const MemoryText *row = memory_texts; row->name; row++)
        if (str_is(name, row->name)) {
            memory_page(b, row);
            found = true;
        }
    return found;
}

/* Names with the years of their sources, in three columns. */
static void add_cell(Buf *b, size_t k, const char *name, const char *cite)
{
    size_t at = strlen(cite);
    while (at > 4 && !(strspn(cite + at - 4, "0123456789") >= 4))
        at--;
    Str text = str_printf(b->arena, "%-19s %.4s", name, at > 4 ? cite + at - 4 : "");
    buf_printf(b, k % 3 == 2 ? "%.*s" : "%-28.*s", STR_ARGS(text));
    if (k % 3 == 2)
        buf_add_c(b, '\n');
}

static bool is_rule(const char *name)
{
    for (const RuleText *row = rule_texts; row->name; row++)
        if (strcmp(row->name, name) == 0)
            return true;
    return false;
}

static void schedule_line(Buf *b, const char *name, const char *help)
{
    enum { HELP_COLUMNS = 58 };
    int n = (int)strlen(help);
    buf_printf(b, "\n%-19s %.*s%s", name, n > HELP_COLUMNS ? HELP_COLUMNS - 3 : n, help, n > HELP_COLUMNS ? "..." : "");
}

bool help_methods(Buf *b, Str topic)
{
    size_t k = 0;
    if (str_is(topic, "schedules")) {
        buf_add_s(b, "Rates that change with the step, for lr:, as in minimize(f, from: 0, lr: cosine(0.1)).");
        for (const ScheduleText *row = schedule_texts; row->name; row++)
            if (!row->dialect)
                schedule_line(b, row->name, row->help);
        for (const MemoryText *row = memory_texts; row->name; row++)
            schedule_line(b, row->name, row->help);
        return true;
    }
    if (!str_is(topic, "optimizers") && !str_is(topic, "methods"))
        return false;
    buf_add_s(b, "Methods of minimize and compare, as in minimize(f, from: 0, method: adam(lr: 0.1)).\n");
    for (const RuleText *row = rule_texts; row->name; row++)
        add_cell(b, k++, row->name, row->cite);
    for (const MethodRow *row = method_rows; row->name; row++)
        if (!is_rule(row->name))                            /* gd(search: armijo) is shown at ?gd */
            add_cell(b, k++, row->name, row->cite);
    while (b->n && (b->s[b->n - 1] == ' ' || b->s[b->n - 1] == '\n'))
        b->n--;
    buf_add_s(b, "\n?adam shows the formula that runs; ?schedules; ?optimizer tells how to write your own.");
    return true;
}

static void add_default(Buf *b, const RowOption *o)
{
    const char *word = o->words;
    for (double place = 0; word && place < o->fallback; place++)
        word = strchr(word, ' ') + 1;
    if (word)
        buf_printf(b, "%.*s", (int)strcspn(word, " "), word);
    else
        buf_printf(b, "%g", o->fallback);
}

bool help_method_row(Arena *a, size_t i, Str *name, Str *form, const char **help)
{
    const RuleText     *rule = rule_texts;
    const MethodRow    *method = method_rows;
    const ScheduleText *schedule = schedule_texts;
    for (; rule->name; rule++)
        if (i-- == 0) {
            *name = str_of(rule->name);
            *form = head_of(rule);
            *help = str_printf(a, "An optimizer. %s", rule->cite).s;
            return true;
        }
    for (; method->name; method++)
        if (i-- == 0) {
            Buf b = buf_new(a);
            *name = str_of(method->name);
            for (const RowOption *o = method->option; o->name; o++) {
                buf_printf(&b, "%s%s: ", o == method->option ? "(" : ", ", o->name);
                add_default(&b, o);
            }
            *form = b.n ? str_printf(a, "%s%.*s)", method->name, STR_ARGS(buf_str(&b))) : *name;
            *help = str_printf(a, "A method. %s", method->help).s;
            return true;
        }
    for (; schedule->name; schedule++)
        if (!schedule->dialect && i-- == 0) {
            *name = str_of(schedule->name);
            *form = str_trim((Str){ schedule->text, strcspn(schedule->text, "=") });
            *help = str_printf(a, "A schedule. %s", schedule->help).s;
            return true;
        }
    for (const MemoryText *memory = memory_texts; memory->name; memory++)
        if (i-- == 0) {
            const char *start = strchr(memory->text, ' ') + 1;
            *name = str_of(memory->name);
            *form = str_trim((Str){ start, strcspn(start, "{") });
            *help = str_printf(a, "A schedule. %s", memory->help).s;
            return true;
        }
    return false;
}
