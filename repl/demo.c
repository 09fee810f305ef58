/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A file as entries for the prompt. Of a worksheet each statement is an entry and comments are prose; of a Markdown file, as the
 * lessons are, the prompts in its `nabla` blocks are entries, the text is prose, and the answers in the blocks are left out: the
 * program gives them. Lessons are looked for beside the program: where it is installed, else where it was built. */
#include "repl/demo.h"

#include "repl/batch.h"
#include "repl/prompt.h"

#include <glob.h>
#include <string.h>
#include <unistd.h>

static const char first_prompt[] = "nabla> ", next_prompt[] = "   ... ";

/* The next line of the text, which loses it. */
static bool take_line(Str *text, Str *line)
{
    if (!text->n)
        return false;
    const char *end = memchr(text->s, '\n', text->n);
    size_t      n = end ? (size_t)(end - text->s) : text->n;
    *line = str_slice(*text, 0, n);
    *text = str_slice(*text, n + (end != NULL), text->n);
    while (line->n && line->s[line->n - 1] == '\r')
        line->n--;
    return true;
}

static Str joined(Arena *a, Str entry, Str line)
{
    return entry.n ? str_printf(a, "%.*s\n%.*s", STR_ARGS(entry), STR_ARGS(line)) : str_copy(a, line);
}

static bool next_of_worksheet(Demo *d, Arena *a, Str *entry, FILE *prose)
{
    Str line;
    while (take_line(&d->text, &line)) {
        Str bare = str_trim(line);
        if (!entry->n && (!bare.n || bare.s[0] == '#')) {
            fprintf(prose, "%.*s\n", STR_ARGS(line));
            continue;
        }
        *entry = joined(a, *entry, line);
        if (entry_finished(a, *entry))
            return true;
    }
    return entry->n > 0;
}

static bool next_of_lesson(Demo *d, Arena *a, Str *entry, FILE *prose)
{
    Str line;
    for (Str before = d->text; take_line(&d->text, &line); before = d->text) {
        bool more = d->block && str_starts(line, STR(next_prompt));
        if (entry->n && !more) {
            d->text = before;
            return true;
        }
        if (str_starts(line, STR("```")))
            d->block = !d->block;
        else if (more || (d->block && str_starts(line, STR(first_prompt))))
            *entry = joined(a, *entry, str_slice(line, sizeof first_prompt - 1, line.n));
        else if (!d->block)
            fprintf(prose, "%.*s\n", STR_ARGS(line));
    }
    return entry->n > 0;
}

bool demo_next(Demo *d, Arena *a, Str *entry, FILE *prose)
{
    *entry = (Str){ 0 };
    return d->lesson ? next_of_lesson(d, a, entry, prose) : next_of_worksheet(d, a, entry, prose);
}

/* DIRECTORY/07-*.md */
static Str lesson_in(Arena *a, const char *directory, size_t number)
{
    glob_t found;
    Str    path = { 0 };
    if (glob(str_printf(a, "%s/%02zu-*.md", directory, number).s, 0, NULL, &found) == 0) {
        path = str_copy(a, str_of(found.gl_pathv[0]));
        globfree(&found);
    }
    return path;
}

static Str lesson_path(Arena *a, size_t number)
{
    static const char *const places[] = { "../share/nabla/lessons", "../../docs/lessons" };
    char    program[4096];
    ssize_t n = readlink("/proc/self/exe", program, sizeof program - 1);
    Str     path = { 0 };
    while (n > 0 && program[n - 1] != '/')
        n--;
    for (size_t i = 0; n > 0 && !path.n && i < sizeof places / sizeof *places; i++)
        path = lesson_in(a, str_printf(a, "%.*s%s", (int)n, program, places[i]).s, number);
    return path;
}

bool demo_open(Arena *a, const Options *o, Demo *d, Str *message)
{
    Str path = o->lesson ? lesson_path(a, o->lesson) : o->demo;
    *d = (Demo){ 0 };
    if (!o->lesson && !o->demo.n)
        return true;
    if (!path.n) {
        *message = str_printf(a, "there is no lesson %zu", o->lesson);
        return false;
    }
    *message = str_printf(a, "cannot read %.*s", STR_ARGS(path));
    FILE *f = fopen(path.s, "r");
    bool  fine = f && stream_text(a, f, &d->text);
    if (f)
        fclose(f);
    d->lesson = path.n > 3 && !strcmp(path.s + path.n - 3, ".md");
    d->goes_on = fine;
    return fine;
}
