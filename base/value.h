/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What an expression evaluates to. Mathematics (numbers, truth values, vectors, matrices, relations) is one kind: an
 * expression. The rest is what commands take and return besides. Values are immutable and live in an arena. */
#ifndef BASE_VALUE_H
#define BASE_VALUE_H

#include "base/str.h"

typedef struct Expr     Expr;       /* symbolic/expr/expr.h */
typedef struct Pool     Pool;       /* symbolic/expr/expr.h */
typedef struct Function Function;   /* parser/env.h: defined by f(x) = ... or x |-> ... */
typedef struct Report   Report;     /* base/report.h */
typedef struct Data     Data;       /* numeric/data.h: a table of columns */
typedef struct Method   Method;     /* symbolic/optimize/method.h: adam(lr: 0.1) */
typedef struct Format   Format;     /* numeric/format.h: bf16 */

typedef enum ValueKind {
    VALUE_FAILED,                   /* the failure is in the Diag; passes through like NaN */
    VALUE_NONE,                     /* a statement without a result */
    VALUE_EXPR,
    VALUE_TEXT,
    VALUE_LIST,
    VALUE_RECORD,
    VALUE_RANGE,
    VALUE_FUNCTION,
    VALUE_REPORT,
    VALUE_DATA,                     /* numeric/data.h counts the arenas that keep it */
    VALUE_METHOD,
    VALUE_FORMAT
} ValueKind;

typedef enum Truth { NO, YES, UNKNOWN } Truth;

typedef struct List   List;
typedef struct Record Record;
typedef struct Range  Range;

typedef struct Value {
    ValueKind kind;
    union {
        const Expr     *expr;
        Str             text;
        const List     *list;
        const Record   *record;
        const Range    *range;
        const Function *function;
        const Report   *report;
        const Data     *data;
        const Method   *method;
        const Format   *format;
    };
    Str note;                       /* printed behind the value ("at x = 3"); empty if none */
} Value;

struct List   { size_t n; const Value *item; };
struct Record { size_t n; const Str *name; const Value *item; };
struct Range  { const Expr *low, *high, *step; };      /* step NULL: not given */

static inline Value value_failed(void)              { return (Value){ .kind = VALUE_FAILED }; }
static inline Value value_none(void)                { return (Value){ .kind = VALUE_NONE }; }
static inline Value value_text(Str s)               { return (Value){ .kind = VALUE_TEXT, .text = s }; }
static inline Value value_report(const Report *r)   { return (Value){ .kind = VALUE_REPORT, .report = r }; }
static inline Value value_data(const Data *d)       { return d ? (Value){ .kind = VALUE_DATA, .data = d } : value_failed(); }
static inline Value value_method(const Method *m)   { return m ? (Value){ .kind = VALUE_METHOD, .method = m } : value_failed(); }
static inline Value value_format(const Format *f)   { return f ? (Value){ .kind = VALUE_FORMAT, .format = f } : value_failed(); }
/* A NULL expression, the mark of a failed computation, becomes VALUE_FAILED. */
static inline Value value_expr(const Expr *e)
{
    return e ? (Value){ .kind = VALUE_EXPR, .expr = e } : value_failed();
}

Value        value_list(Arena *a, const Value *item, size_t n);
Value        value_record(Arena *a, const Str *name, const Value *item, size_t n);
Value        value_range(Arena *a, const Expr *low, const Expr *high, const Expr *step);
const Value *record_get(const Record *r, Str name);    /* NULL if absent */

#endif
