/* SPDX-License-Identifier: GPL-3.0-or-later */
/* load("file.csv"): finds the file beside the one that includes it, reads it whole, and hands the text to numeric/data_csv.c.
 * The sandbox refuses it like include. Missing values and rows left out are told behind the value. */
#include "parser/env_int.h"

#include "base/interrupt.h"
#include "numeric/data_csv.h"
#include "parser/token.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const size_t MOST_FILE = (size_t)1 << 32, MOST_STREAM = (size_t)1 << 26, FIRST_READ = 65536;

/* The bytes of a file and a NUL behind them. NULL after an error; *why is a word of the system. */
static char *read_all(Arena *a, int file, size_t *n, const char **why)
{
    struct stat info;
    if (fstat(file, &info) || S_ISDIR(info.st_mode)) {
        *why = "it is a folder";
        return NULL;
    }
    bool   regular = S_ISREG(info.st_mode);
    size_t most = regular ? MOST_FILE : MOST_STREAM, room = regular ? (size_t)info.st_size + 1 : FIRST_READ;
    char  *text = arena_alloc(a, room + 1);
    for (*n = 0;;) {
        ssize_t got = read(file, text + *n, room - *n);
        if (got == 0)
            break;
        if (got < 0 && errno == EINTR && !should_stop())
            continue;
        if (got < 0 || should_stop() || *n + (size_t)got >= most) {
            *why = got < 0 ? strerror(errno) : should_stop() ? "interrupted" : "it is too large";
            return NULL;
        }
        *n += (size_t)got;
        if (*n == room) {
            char *wide = arena_alloc(a, 2 * room + 1);
            text = memcpy(wide, text, *n);
            room *= 2;
        }
    }
    text[*n] = 0;
    return text;
}

static Str read_path(Arena *a, Str path, const char **why)
{
    size_t n = 0;
    int    file = open(path.s, O_RDONLY | O_CLOEXEC);
    if (file < 0) {
        *why = errno == ENOENT ? "there is no such file" : strerror(errno);
        return (Str){ 0 };
    }
    char *text = read_all(a, file, &n, why);
    close(file);
    return (Str){ text, n };
}

static bool read_separator(Call *c, CsvOptions *o)
{
    if (!call_has(c, 1))
        return true;
    Str s = c->arg[1].text;
    o->separator = s.n == 1 ? s.s[0] : 0;
    if (s.n == 1 && !strchr("\"\r\n#+-.0123456789", s.s[0]))
        return true;
    call_fail(c, 1, "a separator is one character: \",\", \";\", \"\\t\", \" \"");
    return false;
}

static bool read_decimal(Call *c, CsvOptions *o)
{
    enum { ARG = 5 };
    if (!call_has(c, ARG))
        return true;
    o->decimal = c->arg[ARG].text.n == 1 ? c->arg[ARG].text.s[0] : 0;
    if ((o->decimal == '.' || o->decimal == ',') && o->decimal != o->separator)
        return true;
    call_fail(c, ARG, o->decimal && o->decimal == o->separator ? "the comma is the separator already" : "decimal is \".\" or \",\"");
    return false;
}

static bool read_truth(Call *c, int i, Truth *out)
{
    if (!call_has(c, (size_t)i))
        return true;
    if (c->arg[i].kind == VALUE_EXPR)
        *out = truth_of(c->arg[i].expr);
    if (c->arg[i].kind == VALUE_EXPR && *out != UNKNOWN)
        return true;
    call_fail(c, i, "this is true or false");
    return false;
}

static bool read_options(Call *c, CsvOptions *o)
{
    Truth skip = NO;
    *o = (CsvOptions){ .header = UNKNOWN, .reserved = word_is_reserved };
    if (!read_separator(c, o) || !read_decimal(c, o) || !read_truth(c, 2, &o->header) || !read_truth(c, 3, &skip))
        return false;
    o->skip_bad = skip == YES;
    if (!call_has(c, 4))
        return true;
    const Value *item = c->arg[4].kind == VALUE_LIST ? c->arg[4].list->item : &c->arg[4];
    size_t       n = c->arg[4].kind == VALUE_LIST ? c->arg[4].list->n : 1;
    Str         *text = arena_array(c->arena, Str, n);
    for (size_t i = 0; i < n; i++) {
        if (item[i].kind != VALUE_TEXT)
            return call_fail(c, 4, "text names columns: text: [\"id\"]"), false;
        text[i] = item[i].text;
    }
    o->text = text;
    o->n_text = n;
    return true;
}

static Str note_of(Arena *a, const CsvNotes *n)
{
    Buf b = buf_new(a);
    if (n->missing)
        buf_printf(&b, "%zu missing value%s", n->missing, n->missing == 1 ? "" : "s");
    if (n->bad) {
        buf_printf(&b, "%s%zu bad row%s left out: line", b.n ? "; " : "", n->bad, n->bad == 1 ? "" : "s");
        for (size_t i = 0; i < n->bad && i < CSV_LINES_NOTED; i++)
            buf_printf(&b, "%s %zu", i ? "," : n->bad == 1 ? "" : "s", n->bad_line[i]);
        buf_add_s(&b, n->bad > CSV_LINES_NOTED ? ", ..." : "");
    }
    return buf_str(&b);
}

static Value load_call(Call *c)
{
    Env        *env = call_env(c);
    CsvOptions  options;
    CsvNotes    notes;
    const char *why = NULL;
    Str         name = c->arg[0].text;
    if (env->mode.sandbox)
        return call_fail(c, -1, "load is forbidden in the sandbox");
    if (!name.n || memchr(name.s, 0, name.n))
        return call_fail(c, 0, "load needs the name of a file");
    if (!read_options(c, &options))
        return value_failed();
    Str    path = beside_source(c->arena, c->source, name);
    Arena *scratch = arena_new();
    Str    text = read_path(scratch, path, &why);
    Data  *d = NULL;
    if (why)
        call_fail(c, 0, "cannot read %.*s: %s", STR_ARGS(path), why);
    else if (!(d = data_read_csv(c->arena, text, &options, &notes))) {
        call_fail(c, 0, "%.*s: %.*s", STR_ARGS(path), STR_ARGS(notes.error));
        if (notes.hint.n)
            diag_hint(c->diag, "%.*s", STR_ARGS(notes.hint));
    }
    c->diag->interrupted = c->diag->interrupted || (!d && should_stop());
    arena_delete(scratch);
    Value v = value_data(d);
    if (d)
        v.note = note_of(c->arena, &notes);
    return v;
}

const Builtin load_builtins[] = {
    { .sig = "load(file: text; separator: text?, header: value?, skip_bad: value?, text: value?, decimal: text?) -> data",
      .help = "Reads a table from a text file: columns separated by commas, semicolons, tabs or blanks, with or without a header line. decimal: \",\" reads 1,5 as 1.5.",
      .example = { { "d = load(\"points.csv\"); d.y", "[2, 3, 5]" },
                   { "load(\"points.csv\")", "data with 3 rows: x, y" } },
      .file = { "points.csv", "x,y\n1,2\n2,3\n3,5\n" },
      .lesson = 7, .see = "describe head filter split standardize generate", .call = load_call },
    { 0 }
};
