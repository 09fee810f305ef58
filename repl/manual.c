/* SPDX-License-Identifier: GPL-3.0-or-later */
/* At build time: the reference manual, the manual page and the completions of shells, from the same rows as help and options.
 * Usage: manual reference|man|bash|zsh|fish, on standard output. */
#include "numeric/function.h"
#include "parser/settings.h"
#include "parser/words.h"
#include "repl/help.h"
#include "repl/help_method.h"
#include "repl/options.h"
#include "repl/registry.h"

#include <stdio.h>
#include <string.h>

/* ---- the reference ------------------------------------------------------------------------------------------------------- */

static void page(Env *env, Str name)
{
    const Source none = { 0 };
    Outcome o = { .kind = RUN_HELP, .topic = name };
    help_answer(env, &none, &o);
    if (o.kind == RUN_DONE)
        printf("### %.*s\n\n```\n%.*s\n```\n\n", STR_ARGS(name), STR_ARGS(o.value.text));
}

static void built_ins(Env *env)
{
    const Builtin *const *rows;
    size_t n = env_builtins(env, &rows);
    for (int k = 1; k <= help_lessons(); k++) {
        int lesson = k % help_lessons(), shown = 0;
        for (size_t i = 0; i < n; i++)
            if (rows[i]->lesson == lesson && !shown++)
                printf("## %s\n\n", help_lesson(lesson));
        for (size_t i = 0; i < n; i++)
            if (rows[i]->lesson == lesson)
                page(env, builtin_name(rows[i]));
    }
}

static void reference(Arena *a, Env *env)
{
    Str         name, form;
    const char *help;
    puts("# nabla: reference\n\nWhat `?name` says, in one page: generated from the rows of the program.\n");
    built_ins(env);
    puts("## functions\n");
    for (size_t i = 0; i < FN_COUNT; i++)
        if (!env_builtin(env, str_of(fn_rows[i].name)))
            page(env, str_of(fn_rows[i].name));
    puts("## words and signs\n");
    for (const WordRow *row = word_rows; row->name; row++)
        page(env, str_of(row->name));
    puts("## optimizers and schedules\n");
    for (size_t i = 0; help_method_row(a, i, &name, &form, &help); i++)
        page(env, name);
    puts("## settings\n");
    for (const SettingRow *row = setting_rows; row->name; row++)
        page(env, str_of(row->name));
    printf("## the command line\n\n```\n%.*s```\n", STR_ARGS(options_help(a)));
}

/* ---- the manual page ------------------------------------------------------------------------------------------------------ */

/* Text of a line: backslashes and minus signs are escaped, a point or quote at the start too. */
static void roff(const char *text)
{
    if (*text == '.' || *text == '\'')
        fputs("\\&", stdout);
    for (; *text; text++)
        if (*text == '\\')
            fputs("\\e", stdout);
        else if (*text == '-')
            fputs("\\-", stdout);
        else
            putchar(*text);
    putchar('\n');
}

static void term(const char *name, const char *help)
{
    fputs(".TP\n.B ", stdout);
    roff(name);
    roff(help);
}

static void man(Arena *a, Env *env)
{
    const Builtin *const *rows;
    size_t n = env_builtins(env, &rows);
    puts(".TH NABLA 1 \"\" \"nabla " NABLA_VERSION "\"\n.SH NAME\nnabla \\- a calculator for calculus and optimization\n"
         ".SH SYNOPSIS\n.B nabla\n[\\fIoptions\\fR] [\\fIFILE\\fR]\n.SH DESCRIPTION");
    puts("Without a file and \\fB\\-e\\fR: a prompt at a terminal, else the statements of standard input. Results are exact, or decimals of which\n"
         "every digit is right; what has two readings is refused with a hint. At the prompt \\fBhelp\\fR lists what there is, \\fB?name\\fR explains\n"
         "one name, \\fB??words\\fR searches, and Tab completes.\n.SH OPTIONS");
    for (const OptionRow *row = option_rows; row->name; row++)
        term(option_form(a, row).s, row->help);
    puts(".SH \"EXIT STATUS\"");
    roff(options_statuses);
    puts(".SH ENVIRONMENT");
    term("NABLA_HISTORY", "The file of the lines entered; else nabla/history in XDG_STATE_HOME or ~/.local/state.");
    term("INPUTRC", "The file of key bindings, else ~/.inputrc; in it, $if nabla ... $endif holds for this program alone.");
    puts(".SH STATEMENTS");
    for (const WordRow *row = word_rows; row->name; row++)
        if (row->complete)
            term(row->form, row->help);
    puts(".SH COMMANDS");
    for (size_t i = 0; i < n; i++)
        term(str_copy(a, builtin_name(rows[i])).s, rows[i]->help);
    puts(".SH \"SEE ALSO\"\nThe reference manual in the folder of the documentation; \\fBreadline\\fR(3).");
}

/* ---- shells ------------------------------------------------------------------------------------------------------------------ */

static bool takes_file(const OptionRow *row)
{
    return row->value && !strcmp(row->value, "FILE");
}

static void bash(void)
{
    puts("# Completion of nabla for bash.\n_nabla()\n{\n    local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]}\n    COMPREPLY=()\n    case $before in");
    for (const OptionRow *row = option_rows; row->name; row++)
        if (row->value)
            printf("        %s%s%.1s) %s ;;\n", row->name, row->letter ? "|-" : "", row->letter ? (char[]){ row->letter, 0 } : "",
                   takes_file(row) ? "COMPREPLY=($(compgen -f -- \"$word\")); return" : "return");
    fputs("    esac\n    if [[ $word == -* ]]; then\n        COMPREPLY=($(compgen -W '", stdout);
    for (const OptionRow *row = option_rows; row->name; row++)
        printf("%s%s", row == option_rows ? "" : " ", row->name);
    puts("' -- \"$word\"))\n    else\n        COMPREPLY=($(compgen -f -X '!*.nabla' -- \"$word\") $(compgen -d -- \"$word\"))\n    fi\n}\n"
         "complete -o filenames -F _nabla nabla");
}

/* Inside single quotes and square brackets of _arguments. */
static void zsh_text(const char *text)
{
    for (; *text; text++)
        if (*text == '\'')
            fputs("'\\''", stdout);
        else if (strchr("[]:\\", *text))
            printf("\\%c", *text);
        else
            putchar(*text);
}

static void zsh_option(const OptionRow *row, const char *name)
{
    printf("    '%s%s[", row->kind == OPTION_TEXTS ? "*" : "", name);
    zsh_text(row->help);
    printf("]%s%s%s' \\\n", row->value ? ":" : "", row->value ? row->value : "", takes_file(row) ? ":_files" : row->value ? ": " : "");
}

static void zsh(void)
{
    puts("#compdef nabla\n_arguments \\");
    for (const OptionRow *row = option_rows; row->name; row++) {
        if (row->letter)
            zsh_option(row, (char[]){ '-', row->letter, 0 });
        zsh_option(row, row->name);
    }
    puts("    '*:file:_files -g \"*.nabla(-.)\"'");
}

static void fish(void)
{
    puts("# Completion of nabla for fish.");
    for (const OptionRow *row = option_rows; row->name; row++) {
        printf("complete -c nabla -l %s", row->name + 2);
        if (row->letter)
            printf(" -s %c", row->letter);
        if (row->value)
            fputs(takes_file(row) ? " -rF" : " -x", stdout);
        fputs(" -d '", stdout);
        for (const char *c = row->help; *c; c++)
            printf("%s%c", *c == '\'' ? "\\" : "", *c);
        puts("'");
    }
}

int main(int argc, char **argv)
{
    Str    what = str_of(argc == 2 ? argv[1] : "");
    Arena *a = arena_new();
    Env   *env = env_new(builtin_tables);
    int    status = 0;
    if (str_is(what, "reference"))
        reference(a, env);
    else if (str_is(what, "man"))
        man(a, env);
    else if (str_is(what, "bash"))
        bash();
    else if (str_is(what, "zsh"))
        zsh();
    else if (str_is(what, "fish"))
        fish();
    else
        status = fputs("usage: manual reference|man|bash|zsh|fish\n", stderr) < 0 ? 1 : 2;
    env_delete(env);
    arena_delete(a);
    return status;
}
