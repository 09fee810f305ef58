/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Conversions between tables and values of the language. Numbers keep their exact values in both directions: decimals by a
 * scale for their column, other fractions as text. */
#include "symbolic/data/columns.h"

#include "base/map.h"
#include "numeric/ball.h"

#include <math.h>
#include <mpfr.h>

/* ---- from tables ---------------------------------------------------------------------------------------------------------- */

const Expr *column_entry(Pool *p, const Column *c, size_t row)
{
    fmpq_t      q;
    const Expr *e = NULL;
    fmpq_init(q);
    if (column_exact(c, row, q))
        e = expr_fmpq(p, q);
    else if (isinf(c->value[row]))
        e = c->value[row] > 0 ? expr_constant(p, CONSTANT_OO) : expr_neg(p, expr_constant(p, CONSTANT_OO));
    else
        e = expr_constant(p, CONSTANT_UNDEFINED);
    fmpq_clear(q);
    return e;
}

static Value entry_value(Pool *p, Arena *a, const Column *c, size_t row)
{
    return c->text && !isnan(c->value[row]) ? value_text(column_text(c, a, row)) : value_expr(column_entry(p, c, row));
}

Value column_value(Pool *p, Arena *a, const Data *d, const Column *c, Str *why)
{
    if (d->rows > COLUMNS_MOST_ENTRIES) {
        *why = str_printf(a, "the column %.*s has %zu entries, too many for a vector", STR_ARGS(c->name), d->rows);
        return value_failed();
    }
    if (c->text) {
        Value *item = arena_array(a, Value, d->rows);
        for (size_t i = 0; i < d->rows; i++)
            item[i] = entry_value(p, a, c, i);
        return value_list(a, item, d->rows);
    }
    const Expr **entry = arena_array(a, const Expr *, d->rows);
    for (size_t i = 0; i < d->rows; i++)
        entry[i] = column_entry(p, c, i);
    return value_expr(expr_tensor(p, d->rows, 1, entry));
}

Value row_value(Pool *p, Arena *a, const Data *d, size_t row)
{
    Str   *name = arena_array(a, Str, d->columns);
    Value *item = arena_array(a, Value, d->columns);
    for (size_t k = 0; k < d->columns; k++) {
        name[k] = str_copy(a, d->column[k].name);
        item[k] = entry_value(p, a, &d->column[k], row);
    }
    return value_record(a, name, item, d->columns);
}

/* ---- from records ---------------------------------------------------------------------------------------------------------- */

typedef struct Entries { size_t n; const Expr *const *expr; const Value *item; } Entries;

static Value entry_at(const Entries *e, size_t i)
{
    return e->expr ? value_expr(e->expr[i]) : e->item[i];
}

static bool entries_of(Value v, Entries *out)
{
    if (v.kind == VALUE_EXPR && v.expr->kind == EXPR_TENSOR && (expr_cols(v.expr) == 1 || expr_rows(v.expr) == 1))
        *out = (Entries){ v.expr->arity, v.expr->arg, NULL };
    else if (v.kind == VALUE_LIST)
        *out = (Entries){ v.list->n, NULL, v.list->item };
    else
        return false;
    return true;
}

/* The places that a fraction needs as a decimal; above DATA_MOST_SCALE if it has too many or never ends. */
static int places_of(const fmpq *q)
{
    fmpz_t rest, ten;
    int    places = 0;
    fmpz_init(ten);
    fmpz_init_set(rest, fmpq_denref(q));
    while (!fmpz_is_one(rest) && places <= DATA_MOST_SCALE) {
        fmpz_set_ui(ten, 10);
        fmpz_gcd(ten, ten, rest);
        fmpz_divexact(rest, rest, ten);
        places = fmpz_is_one(ten) ? DATA_MOST_SCALE + 1 : places + 1;
    }
    fmpz_clear(rest);
    fmpz_clear(ten);
    return places;
}

static double nearest_double(const fmpq *q)
{
    mpfr_t x;
    mpq_t  m;
    mpfr_init2(x, 53);
    mpq_init(m);
    fmpq_get_mpq(m, q);
    mpfr_set_q(x, m, MPFR_RNDN);
    double d = mpfr_get_d(x, MPFR_RNDN);
    mpfr_clear(x);
    mpq_clear(m);
    return d;
}

static bool number_column(Data *d, Column *c, const Entries *e, double *value, Str *why)
{
    int  scale = 0;
    bool ball = false;
    for (size_t i = 0; i < e->n; i++) {
        Value v = entry_at(e, i);
        if (v.kind == VALUE_EXPR && expr_is_number(v.expr)) {
            int places = places_of(expr_number(v.expr));
            scale = places > scale ? places : scale;
            value[i] = nearest_double(expr_number(v.expr));
        } else if (v.kind == VALUE_EXPR && v.expr->kind == EXPR_BALL && arb_is_zero(acb_imagref(v.expr->ball->value))) {
            ball = true;
            value[i] = arf_get_d(arb_midref(acb_realref(v.expr->ball->value)), ARF_RND_NEAR);
        } else if (v.kind == VALUE_EXPR && expr_is_constant(v.expr, CONSTANT_UNDEFINED)) {
            value[i] = NAN;
        } else {
            *why = str_printf(d->memory, "entry %zu of %.*s is no rational number", i + 1, STR_ARGS(c->name));
            return false;
        }
        if (isinf(value[i]))
            return *why = str_printf(d->memory, "entry %zu of %.*s is too large", i + 1, STR_ARGS(c->name)), false;
    }
    if (ball || column_decimal(c, d->rows, scale))
        return true;
    Str *written = arena_array(d->memory, Str, d->rows);
    for (size_t i = 0; i < e->n; i++)
        if (!isnan(value[i])) {
            char *s = fmpq_get_str(NULL, 10, expr_number(entry_at(e, i).expr));
            written[i] = str_copy(d->memory, str_of(s));
            flint_free(s);
        }
    c->exactness = EXACT_WRITTEN;
    c->written = written;
    return true;
}

static bool text_column(Data *d, Column *c, const Entries *e, double *value, Str *why)
{
    Map  codes = map_new(d->memory);
    Str *label = arena_array(d->memory, Str, e->n);
    for (size_t i = 0; i < e->n; i++) {
        Value v = entry_at(e, i);
        if (v.kind != VALUE_TEXT) {
            *why = str_printf(d->memory, "%.*s mixes texts and numbers", STR_ARGS(c->name));
            return false;
        }
        uintptr_t code = (uintptr_t)map_get(&codes, v.text);
        if (!code) {
            code = codes.n + 1;
            label[codes.n] = str_copy(d->memory, v.text);
            map_put(&codes, v.text, (void *)code);
        }
        value[i] = (double)(code - 1);
    }
    c->text = true;
    c->label = label;
    c->n_labels = codes.n;
    return column_decimal(c, d->rows, 0);
}

const Data *data_from_record(Arena *a, const Record *r, Str *why)
{
    Data *d = data_new(a, r->n);
    for (size_t k = 0; k < r->n; k++) {
        Entries e;
        if (!entries_of(r->item[k], &e) || e.n == 0 || (k && e.n != d->rows)) {
            *why = k && entries_of(r->item[k], &e) && e.n
                 ? str_printf(a, "the columns %.*s and %.*s have %zu and %zu entries", STR_ARGS(r->name[0]), STR_ARGS(r->name[k]), d->rows, e.n)
                 : entries_of(r->item[k], &e) ? str_printf(a, "%.*s is empty: a table has one row at least", STR_ARGS(r->name[k]))
                 : str_printf(a, "%.*s is no vector of numbers", STR_ARGS(r->name[k]));
            return NULL;
        }
        double *value = data_values(d, k, e.n);
        Column *c = &d->column[k];
        *c = (Column){ .name = str_copy(d->memory, r->name[k]), .value = value };
        d->rows = e.n;
        if (!(entry_at(&e, 0).kind == VALUE_TEXT ? text_column : number_column)(d, c, &e, value, why))
            return NULL;
    }
    return d;
}

const Data *data_of(Arena *a, Value v, Str *why)
{
    if (v.kind == VALUE_DATA)
        return v.data;
    if (v.kind == VALUE_RECORD)
        return data_from_record(a, v.record, why);
    if (v.kind == VALUE_EXPR && v.expr->kind == EXPR_RELATION && v.expr->relop == REL_EQ && v.expr->arg[0]->kind == EXPR_SYMBOL) {
        Value column = value_expr(v.expr->arg[1]);             /* (x = [1, 2]), a record of one entry */
        return data_from_record(a, value_record(a, &v.expr->arg[0]->name, &column, 1).record, why);
    }
    *why = STR("this is no table of data");
    return NULL;
}
