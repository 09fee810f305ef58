/* SPDX-License-Identifier: GPL-3.0-or-later */
/* JSON: one object on one line per statement, failures included. Values are text in input syntax. */
#include "repl/view.h"

#include <jansson.h>

/* Malformed UTF-8, which JSON cannot hold, becomes null. */
static json_t *text_json(Str s)
{
    json_t *j = json_stringn(s.n ? s.s : "", s.n);
    return j ? j : json_null();
}

static void failure_fields(json_t *line, const Diag *d)
{
    Place p = place_of(d->source, d->span);
    json_object_set_new(line, "error", text_json(d->message));
    json_object_set_new(line, "hint", d->hint.n ? text_json(d->hint) : json_null());
    json_object_set_new(line, "line", json_integer(p.line_number));
    json_object_set_new(line, "column", json_integer(p.column));
}

static void value_fields(json_t *line, Env *env, Value v)
{
    Str approx = env_value_approx(env, v, false);
    json_object_set_new(line, "kind", json_string(env_value_kind(env, v)));
    json_object_set_new(line, "value", v.kind == VALUE_NONE ? json_null() : text_json(env_value_text(env, v, false)));
    json_object_set_new(line, "approx", approx.n ? text_json(approx) : json_null());
}

void print_json(FILE *out, Env *env, const Outcome *o, Str printed)
{
    json_t *line = json_object();
    json_object_set_new(line, "in", text_json(o->input));
    bool ok = o->kind != RUN_FAILED && o->kind != RUN_UNFINISHED;
    json_object_set_new(line, "ok", json_boolean(ok));
    if (ok)
        value_fields(line, env, o->value);
    else
        failure_fields(line, o->diag);
    if (printed.n)
        json_object_set_new(line, "output", text_json(printed));
    json_dumpf(line, out, JSON_COMPACT);
    fputc('\n', out);
    json_decref(line);
}
