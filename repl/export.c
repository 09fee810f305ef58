/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The page of --html grows with the session: each statement is written at once, so the page is whole at any time.
 *
 * For `export`, which may come at any time, passages are remembered as text, with the numbers of their figures, in two arenas:
 * when the younger is full the older one is forgotten and they change places. So the last part of a long session is
 * kept, at least 8 MB of it, and the report says how much is missing. A snapshot of the session remembers what the session does. */
#include "repl/export.h"

#include "base/vec.h"
#include "repl/filter.h"
#include "repl/html.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

enum { HALF = 8 << 20, MOST_INPUT = 1 << 16 };

typedef struct Part {               /* a half of the memory */
    Arena *arena;
    VEC(Passage) passages;
} Part;

struct Export {
    Env    *env;
    bool    sandbox;
    Str     title;
    Part    older, younger;
    size_t  forgotten;              /* passages */
    FILE   *page;                   /* of --html; NULL: none */
    size_t  pictures;               /* in it */
    size_t  end;                    /* where the last statement of the source ends: what follows are comments */
};

/* ---- writing ---------------------------------------------------------------------------------------------------------------------------- */

static Str title_of(const Options *o)
{
    const char *slash = o->file.n ? strrchr(o->file.s, '/') : NULL;
    return slash ? str_of(slash + 1) : o->file.n ? o->file : STR("nabla");
}

static void add_start(Buf *b, const Export *e)
{
    html_head(b, e->title);
    buf_add_s(b, "<h1>");
    html_text(b, e->title);
    buf_add_s(b, "</h1>\n");
}

static void add_end(Buf *b)
{
    buf_printf(b, "<footer>nabla " NABLA_VERSION "</footer>\n%s", html_tail);
}

static void add_passage(Buf *b, const Export *e, const Passage *p, size_t *pictures)
{
    *pictures += p->figure || p->graph.n;
    print_html_passage(b, p, *pictures, e->sandbox, env_settings(e->env)->unicode);
}

static bool page_put(const Export *e, const Buf *b)
{
    return fwrite(b->s, 1, b->n, e->page) == b->n && fflush(e->page) == 0;
}

/* ---- remembering ------------------------------------------------------------------------------------------------------------------------- */

static void part_new(Part *part)
{
    *part = (Part){ .arena = arena_new() };
}

static void part_delete(Part *part)
{
    arena_delete(part->arena);
    *part = (Part){ 0 };
}

static void remember(Export *e, const Passage *p)
{
    if (arena_bytes(e->younger.arena) + p->text.n + p->graph.n > HALF) {
        e->forgotten += e->older.passages.n;
        part_delete(&e->older);
        e->older = e->younger;
        part_new(&e->younger);
    }
    Arena *a = e->younger.arena;
    vec_push(a, &e->younger.passages, (Passage){ str_copy(a, p->text), p->figure ? figure_copy(a, p->figure) : NULL, str_copy(a, p->graph), p->at });
}

/* ---- export ------------------------------------------------------------------------------------------------------------------------------- */

/* Is there nothing to lose at this path? */
static bool may_replace(const char *path)
{
    char  start[256] = "";
    FILE *f = fopen(path, "rb");
    if (!f)
        return true;
    size_t n = fread(start, 1, sizeof start - 1, f);
    fclose(f);
    return n == 0 || str_starts((Str){ start, n }, str_of(html_start));
}

static Str on_export(void *context, Str path, bool *failed)
{
    Export *e = context;
    Arena  *a = env_line(e->env);
    Buf     b = buf_new(a);
    size_t  pictures = 0, n = e->older.passages.n + e->younger.passages.n;
    Str     file = str_copy(a, path), part = str_printf(a, "%.*s.part", STR_ARGS(path));
    *failed = true;
    if (!may_replace(file.s))
        return str_printf(a, "%.*s exists and was not written by export", STR_ARGS(path));
    add_start(&b, e);
    if (e->forgotten)
        buf_printf(&b, "<p class=\"note\">The first %zu statements of the session are left out.</p>\n", e->forgotten);
    for (size_t i = 0; i < n; i++)
        add_passage(&b, e, i < e->older.passages.n ? &e->older.passages.at[i] : &e->younger.passages.at[i - e->older.passages.n], &pictures);
    add_end(&b);
    if (!file_write(a, part, buf_str(&b)) || rename(part.s, file.s) != 0) {
        int error = errno;
        remove(part.s);
        return str_printf(a, "cannot write %.*s: %s", STR_ARGS(path), strerror(error));
    }
    *failed = false;
    return str_printf(a, "wrote %.*s: %zu statement%s", STR_ARGS(path), n, n == 1 ? "" : "s");
}

/* ---- the session --------------------------------------------------------------------------------------------------------------------------- */

bool export_open(Arena *a, Env *env, const Options *o, Export **out)
{
    Export *e = arena_alloc(a, sizeof *e);
    *e = (Export){ .env = env, .sandbox = o->sandbox, .title = title_of(o), .page = o->html.n ? fopen(o->html.s, "w") : NULL };
    *out = e;
    part_new(&e->older);
    part_new(&e->younger);
    env_on_export(env, on_export, e);
    if (!e->page)
        return !o->html.n;
    Buf b = buf_new(a);
    add_start(&b, e);
    return page_put(e, &b);
}

void export_source(Export *e)
{
    e->end = 0;
}

/* A statement as typed, with the comment behind it; the columns that comments are lined up in are not those of the page. */
static Str typed(Arena *a, const Source *source, Str input, size_t *end)
{
    size_t start = (size_t)(input.s - source->text.s), at = start + input.n, comment;
    Str    text = source->text;
    while (at < text.n && memchr(" \t;\r", text.s[at], 4))
        at++;
    for (comment = at; at < text.n && text.s[comment] == '#' && text.s[at] != '\n';)
        at++;
    *end = at;
    Str statement = str_trim(str_slice(text, start, comment));
    return at > comment ? str_printf(a, "%.*s   %.*s", STR_ARGS(statement), STR_ARGS(str_trim(str_slice(text, comment, at)))) : statement;
}

/* Between the last statement and this one stand blanks and comments. */
bool export_add(Export *e, const Source *source, const Outcome *o, Str printed, bool written)
{
    Asked  asked = { .input = o->input, .printed = str_slice(printed, 0, MOST_PRINTED) };
    Str    text = source->text;
    bool   inside = o->input.s >= text.s && o->input.s <= text.s + text.n;
    size_t start = o->kind == RUN_END ? text.n : inside ? (size_t)(o->input.s - text.s) : e->end;
    asked.prose = start > e->end ? str_slice(text, e->end, start) : (Str){ 0 };
    e->end = start;
    if (inside && o->kind != RUN_END)
        asked.input = typed(env_line(e->env), source, o->input, &e->end);
    size_t hidden = asked.input.n > MOST_INPUT ? asked.input.n - MOST_INPUT : 0;
    if (hidden)
        asked.input = str_printf(env_line(e->env), "%.*s\n# %zu more characters", MOST_INPUT, asked.input.s, hidden);
    Passage p = print_html(e->env, o, &asked);
    if (!p.text.n)
        return true;
    if (!e->sandbox)
        remember(e, &p);
    if (!e->page)
        return true;
    Buf b = buf_new(env_line(e->env));
    if (written)
        e->pictures += p.figure || p.graph.n;
    else
        add_passage(&b, e, &p, &e->pictures);
    return written || page_put(e, &b);
}

bool export_close(Export *e)
{
    bool fine = true;
    env_on_export(e->env, NULL, NULL);
    if (e->page) {
        Buf b = buf_new(e->younger.arena);
        add_end(&b);
        fine = page_put(e, &b);
        fine = fclose(e->page) == 0 && fine;
    }
    part_delete(&e->older);
    part_delete(&e->younger);
    return fine;
}
