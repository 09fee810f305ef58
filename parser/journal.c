/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The statements of the session that worked, in their order: `history` lists them with the numbers of their results, `save` writes
 * them as a script that makes the session again. What failed is left out, and so is what changes nothing: help, show, save. The
 * script replaces a file only if an earlier `save` wrote it, and in one step: a full disk leaves the old one. */
#include "parser/env_int.h"

#include "base/vec.h"

#include <stdio.h>
#include <string.h>

static const char first_line[] = "# A nabla session, written by save.\n";

/* At the prompt a line that starts with an operator goes on from ans; a script says so. */
static bool goes_on(Str input)
{
    static const char *const operators[] = { "*", "/", "^", "×", "·", "÷" };
    for (size_t i = 0; i < sizeof operators / sizeof *operators; i++)
        if (str_starts(input, str_of(operators[i])))
            return true;
    return false;
}

void journal_add(Env *env, const Ast *t, Str input, size_t outs_before)
{
    if (t->kind == AST_SHOW || (t->kind == AST_FILE && !str_is(t->text, "include")))
        return;
    Str text = str_printf(env->session_arena, "%s%.*s", goes_on(input) ? "ans" : "", STR_ARGS(input));
    vec_push(env->session_arena, &env->journal, (Entry){ text, t->hidden, env->n_out > outs_before ? env->n_out : 0 });
}

/* out[1]  2 + 3 */
void journal_list(Buf *b, Env *env, size_t most)
{
    size_t n = env->journal.n, first = most && most < n ? n - most : 0;
    Str    last = str_printf(env->line_arena, "out[%zu]", env->n_out);
    for (size_t i = first; i < n; i++) {
        const Entry *e = &env->journal.at[i];
        Str number = e->out ? str_printf(env->line_arena, "out[%zu]", e->out) : STR("");
        buf_printf(b, "%s%-*.*s  ", b->n ? "\n" : "", (int)last.n, STR_ARGS(number));
        for (size_t k = 0; k < e->text.n; k++) {
            buf_add_c(b, e->text.s[k]);
            if (e->text.s[k] == '\n')
                buf_printf(b, "%*s", (int)last.n + 2, "");
        }
    }
}

/* Is there nothing to lose at this path? */
static bool may_replace(const char *path)
{
    char  start[sizeof first_line] = "";
    FILE *f = fopen(path, "rb");
    if (!f)
        return true;
    size_t n = fread(start, 1, sizeof start - 1, f);
    fclose(f);
    return n == 0 || !strcmp(start, first_line);
}

static bool write_script(const Env *env, const char *path)
{
    Buf   b = buf_new(env->line_arena);
    FILE *f = fopen(path, "wb");
    if (!f)
        return false;
    buf_add_s(&b, first_line);
    for (size_t i = 0; i < env->journal.n; i++)
        buf_printf(&b, "%.*s%s\n", STR_ARGS(env->journal.at[i].text), env->journal.at[i].hidden ? ";" : "");
    bool fine = fwrite(buf_str(&b).s, 1, b.n, f) == b.n;
    return fclose(f) == 0 && fine;
}

Value journal_save(const Eval *ev, const Ast *t, Str name)
{
    Env *env = ev->env;
    Str  path = beside_source(env->line_arena, ev->source, name), part = str_printf(env->line_arena, "%.*s.part", STR_ARGS(path));
    if (!name.n)
        return eval_fail(ev, t->child[0], "a file name is missing");
    if (!may_replace(path.s)) {
        eval_fail(ev, t->child[0], "%.*s exists and was not written by save", STR_ARGS(path));
        eval_hint(ev, "save \"%.*s.nabla\"", STR_ARGS(name));
        return value_failed();
    }
    if (!write_script(env, part.s) || rename(part.s, path.s) != 0) {
        remove(part.s);
        return eval_fail(ev, t->child[0], "cannot write %.*s", STR_ARGS(path));
    }
    size_t n = env->journal.n;
    return value_text(str_printf(env->line_arena, "wrote %.*s: %zu statement%s", STR_ARGS(path), n, n == 1 ? "" : "s"));
}
