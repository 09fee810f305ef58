/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reading tables. The first scan takes every column for numbers and writes the doubles straight to their columns; room for the
 * rows comes from the number of lines. A second scan encodes the columns that turned out to be text, and keeps the numbers that their
 * doubles do not determine. Decimals with up to 19 digits and small exponents are converted by one exact operation
 * [Clinger 1990, fast path], others by strtod.
 *
 * Bad rows are those with another number of fields than the first row, with text behind a closing quote, or with something else than a
 * number in a column of which most entries are numbers; they are refused by line, or left out on request. A column of which all other entries
 * are like 1,5 is refused as well: it could be text, or numbers with decimal commas. */
#include "numeric/data_csv.h"

#include "base/interrupt.h"
#include "base/map.h"
#include "base/vec.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { SAMPLE_ROWS = 10, POLL_ROWS = 4096, PACK_BYTES = 1 << 16, MOST_ROWS_LOG2 = 32 };

/* ---- rows of fields --------------------------------------------------------------------------------------------------------- */

typedef struct Rows {
    Str    text;
    size_t at, line;                /* the next byte and its line, from 1 */
    size_t row_line;                /* where the row began */
    char   separator, decimal;
    Arena *scratch;                 /* of unescaped fields, for one row */
    VEC(Str) field;
    bool   broken;                  /* text behind a closing quote */
    bool   open;                    /* a quote is not closed */
} Rows;

static int peek(const Rows *r)
{
    return r->at < r->text.n ? (unsigned char)r->text.s[r->at] : -1;
}

static bool at_end(int c)
{
    return c < 0 || c == '\n' || c == '\r';
}

static void end_line(Rows *r)
{
    int c = peek(r);
    if (c == '\r') {
        r->at++;
        c = peek(r);
        r->at += c == '\n';
        r->line++;
    } else if (c == '\n') {
        r->at++;
        r->line++;
    }
}

static void skip_line(Rows *r)
{
    while (!at_end(peek(r)))
        r->at++;
    end_line(r);
}

static void skip_blanks(Rows *r)
{
    while (peek(r) == ' ' || (peek(r) == '\t' && r->separator != '\t'))
        r->at++;
}

/* Behind an opening quote: up to the closing one; "" stands for a quote. */
static Str quoted_field(Rows *r)
{
    size_t start = ++r->at, doubled = 0;
    for (;; r->at++) {
        int c = peek(r);
        if (c < 0) {
            r->open = true;
            return (Str){ 0 };
        }
        if (c == '"') {
            if (r->at + 1 >= r->text.n || r->text.s[r->at + 1] != '"')
                break;
            doubled++;
            r->at++;
        }
        r->line += c == '\n';
    }
    Str s = str_slice(r->text, start, r->at++);
    if (r->separator != ' ')
        skip_blanks(r);
    for (; !at_end(peek(r)) && peek(r) != r->separator; r->at++)
        r->broken = true;
    if (!doubled)
        return s;
    char  *plain = arena_alloc(r->scratch, s.n + 1);
    size_t n = 0;
    for (size_t i = 0; i < s.n; i++) {
        plain[n++] = s.s[i];
        i += s.s[i] == '"';
    }
    return (Str){ plain, n };
}

static Str plain_field(Rows *r)
{
    const char *s = r->text.s;
    size_t      start = r->at, at = start, end = r->text.n;
    char        separator = r->separator;
    while (at < end && s[at] != separator && s[at] != '\n' && s[at] != '\r')
        at++;
    r->at = at;
    while (at > start && (s[at - 1] == ' ' || s[at - 1] == '\t'))
        at--;
    return (Str){ s + start, at - start };
}

/* The next row that is neither blank nor a comment; false at the end. */
static bool next_row(Rows *r, Arena *lasting)
{
    for (;;) {
        skip_blanks(r);
        if (peek(r) < 0)
            return false;
        if (peek(r) == '#')
            skip_line(r);
        else if (at_end(peek(r)))
            end_line(r);
        else
            break;
    }
    r->row_line = r->line;
    r->field.n = 0;
    r->broken = r->open = false;
    for (;;) {
        skip_blanks(r);
        if (r->separator == ' ' && r->field.n && at_end(peek(r)))
            break;
        Str s = peek(r) == '"' ? quoted_field(r) : plain_field(r);
        vec_push(lasting, &r->field, s);
        if (peek(r) != r->separator || r->open)
            break;
        r->at++;
    }
    end_line(r);
    return true;
}

/* ---- numbers ----------------------------------------------------------------------------------------------------------------- */

typedef enum EntryKind { ENTRY_NUMBER, ENTRY_MISSING, ENTRY_OTHER } EntryKind;

typedef struct Entry {
    EntryKind kind;
    double    value;
    int       scale;                /* decimal places that the number needs */
} Entry;

static bool is_missing(Str s)
{
    static const char *const words[] = { "NA", "N/A", "n/a", "NaN", "nan", "NAN", "NULL", "null", "?" };
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (str_is(s, words[i]))
            return true;
    return s.n == 0;
}

static Entry no_number(Str s)
{
    return (Entry){ is_missing(s) ? ENTRY_MISSING : ENTRY_OTHER, NAN, 0 };
}

static bool digit(Str s, size_t i)
{
    return i < s.n && s.s[i] >= '0' && s.s[i] <= '9';
}

static double power_of_ten(int n)
{
    static const double power[] = { 1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18,
                                    1e19, 1e20, 1e21, 1e22 };
    return power[n];
}

/* What a fast conversion does not do. */
static double long_number(Str s, char decimal)
{
    enum { MOST = 1000 };
    char plain[MOST + 1], *comma;
    if (decimal == '.' || s.n > MOST)
        return decimal == '.' ? strtod(s.s, NULL) : NAN;
    memcpy(plain, s.s, s.n);
    plain[s.n] = 0;
    if ((comma = strchr(plain, decimal)))
        *comma = '.';
    return strtod(plain, NULL);
}

/* 1,5 and -20,75: a number if the comma is a point. */
static bool has_comma(Str s)
{
    size_t i = s.n && (s.s[0] == '-' || s.s[0] == '+'), start = i;
    while (digit(s, i))
        i++;
    size_t comma = i;
    if (i == start || i >= s.n || s.s[i++] != ',')
        return false;
    while (digit(s, i))
        i++;
    return i == s.n && i > comma + 1;
}

/* `decimal` stands between the whole and the fraction. */
static Entry entry_of(Str s, char decimal)
{
    enum { MOST_DIGITS = 19, MOST_EXPONENT = 99999 };
    uint64_t mantissa = 0;
    size_t   i = s.n && (s.s[0] == '-' || s.s[0] == '+'), digits = 0, zeros = 0, significant = 0;
    int      exponent = 0, places = 0;
    bool     point = false;
    for (; digit(s, i) || (!point && i < s.n && s.s[i] == decimal); i++) {
        if (s.s[i] == decimal) {
            point = true;
            continue;
        }
        digits++;
        places += point;
        zeros = s.s[i] == '0' ? zeros + 1 : 0;
        if ((significant || s.s[i] != '0') && ++significant <= MOST_DIGITS)
            mantissa = 10 * mantissa + (uint64_t)(s.s[i] - '0');
    }
    if (digits == 0)
        return no_number(s);
    if (i < s.n && (s.s[i] | 32) == 'e') {
        int sign = i + 1 < s.n && s.s[i + 1] == '-' ? -1 : 1;
        i += 1 + (i + 1 < s.n && (s.s[i + 1] == '-' || s.s[i + 1] == '+'));
        if (!digit(s, i))
            return no_number(s);
        for (; digit(s, i); i++)
            exponent = exponent < MOST_EXPONENT ? 10 * exponent + (s.s[i] - '0') : exponent;
        exponent *= sign;
    }
    if (i < s.n)
        return no_number(s);
    int    shift = exponent - places, scale = -shift - (int)zeros;
    double value;
    if (significant <= MOST_DIGITS && mantissa <= (uint64_t)1 << 53 && shift >= -DATA_MOST_SCALE && shift <= DATA_MOST_SCALE)
        value = (s.s[0] == '-' ? -1 : 1) * (shift < 0 ? (double)mantissa / power_of_ten(-shift) : (double)mantissa * power_of_ten(shift));
    else
        value = long_number(s, decimal);
    if (!isfinite(value))
        return no_number(s);
    return (Entry){ ENTRY_NUMBER, value, significant && scale > 0 ? scale : 0 };
}

/* ---- one scan ------------------------------------------------------------------------------------------------------------------ */

typedef struct Reading {            /* a column while it is read */
    double *value;
    size_t  numbers, others, missing;
    size_t  commas;                 /* of the others, those like 1,5 */
    Str     other;                  /* the first entry that is no number, and its line */
    size_t  other_line;
    int     scale;
    bool    as_text;                /* on request */
    bool    strict;                 /* entries that are no numbers make a row bad */
} Reading;

typedef struct Reader {
    Arena            *a, *scratch;
    const CsvOptions *options;
    CsvNotes         *notes;
    Rows              rows;         /* at the first data row */
    Data             *data;
    Reading          *column;
    Entry            *entry;        /* of one row */
} Reader;

static Data *fail(Reader *r, const char *format, ...) __attribute__((format(printf, 2, 3)));
static Data *fail(Reader *r, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    r->notes->error = str_vprintf(r->a, format, args);
    va_end(args);
    return NULL;
}

/* Is the row fit to be stored? Reads its entries. */
static bool row_is_good(Reader *r, const Rows *rows)
{
    if (rows->field.n != r->data->columns || rows->broken)
        return false;
    for (size_t k = 0; k < rows->field.n; k++) {
        r->entry[k] = entry_of(rows->field.at[k], rows->decimal);
        if (r->column[k].strict && r->entry[k].kind == ENTRY_OTHER)
            return false;
    }
    return true;
}

static void store_row(Reader *r, const Rows *rows)
{
    for (size_t k = 0; k < r->data->columns; k++) {
        Reading *c = &r->column[k];
        Entry    e = r->entry[k];
        c->value[r->data->rows] = e.value;
        c->missing += e.kind == ENTRY_MISSING;
        c->numbers += e.kind == ENTRY_NUMBER;
        if (e.scale > c->scale)
            c->scale = e.scale;
        c->commas += e.kind == ENTRY_OTHER && has_comma(rows->field.at[k]);
        if (e.kind == ENTRY_OTHER && c->others++ == 0) {
            c->other = str_copy(r->scratch, str_slice(rows->field.at[k], 0, 40));
            c->other_line = rows->row_line;
        }
    }
    r->data->rows++;
}

/* Most rows are short decimals without blanks, quotes and exponents. Such a row is read in one go: its entries, exactly as entry_of() gives
 * them. False if it is another one; then nothing has moved. The text ends in a NUL, which is no digit. */
static bool read_plain_row(Reader *r, Rows *rows)
{
    enum { MOST_DIGITS = 15 };
    const char *s = rows->text.s;
    size_t      at = rows->at, columns = r->data->columns;
    for (size_t k = 0; k < columns; k++) {
        bool     negative = s[at] == '-';
        size_t   start = at += negative, point;
        uint64_t mantissa = 0;
        unsigned next;
        while ((next = (unsigned)(unsigned char)s[at] - '0') < 10)
            mantissa = 10 * mantissa + next, at++;
        point = at;
        if (s[at] == rows->decimal)
            for (at++; (next = (unsigned)(unsigned char)s[at] - '0') < 10; at++)
                mantissa = 10 * mantissa + next;
        size_t places = at > point ? at - point - 1 : 0, digits = point - start + places, zeros = 0;
        if (digits == 0 || digits > MOST_DIGITS || (k + 1 < columns && s[at] != rows->separator))
            return false;
        while (zeros < places && s[at - 1 - zeros] == '0')
            zeros++;
        double value = (double)mantissa / power_of_ten((int)places);
        r->entry[k] = (Entry){ ENTRY_NUMBER, negative ? -value : value, (int)(places - zeros) };
        at += k + 1 < columns;
    }
    if (s[at] != '\n' && s[at] != '\r' && at < rows->text.n)
        return false;
    rows->row_line = rows->line;
    rows->at = at;
    end_line(rows);
    return true;
}

static bool bad_row(Reader *r, const Rows *rows)
{
    CsvNotes *n = r->notes;
    if (r->options->skip_bad) {
        if (n->bad < CSV_LINES_NOTED)
            n->bad_line[n->bad] = rows->row_line;
        n->bad++;
        return true;
    }
    if (rows->broken)
        fail(r, "line %zu: text behind a closing quote", rows->row_line);
    else
        fail(r, "line %zu has %zu field%s, expected %zu", rows->row_line, rows->field.n, rows->field.n == 1 ? "" : "s", r->data->columns);
    n->hint = STR("skip_bad: true leaves such rows out");
    return false;
}

static bool scan(Reader *r)
{
    Mark mark = arena_mark(r->rows.scratch);
    Rows rows = r->rows;
    r->data->rows = r->notes->bad = 0;
    for (size_t k = 0; k < r->data->columns; k++)
        r->column[k] = (Reading){ .value = r->column[k].value, .as_text = r->column[k].as_text, .strict = r->column[k].strict };
    for (size_t i = 0;; i++) {
        if (i % POLL_ROWS == 0 && should_stop()) {
            r->notes->stopped = true;
            return fail(r, "interrupted") != NULL;
        }
        if (read_plain_row(r, &rows)) {
            store_row(r, &rows);
            continue;
        }
        if (!next_row(&rows, r->scratch))
            return true;
        if (rows.open)
            return fail(r, "line %zu: a quote is not closed", rows.row_line) != NULL;
        if (row_is_good(r, &rows))
            store_row(r, &rows);
        else if (!bad_row(r, &rows))
            return false;
        arena_release(rows.scratch, mark);
    }
}

/* Text or numbers? */
static bool refuse_commas(Reader *r, const Reading *c, Str name)
{
    fail(r, "line %zu: \"%.*s\" in the column %.*s is a text or has a decimal comma", c->other_line, STR_ARGS(c->other), STR_ARGS(name));
    Str point = str_copy(r->a, c->other);
    *(char *)memchr(point.s, ',', point.n) = '.';
    r->notes->hint = str_printf(r->a, "decimal: \",\" reads it as %.*s; text: \"%.*s\" as text", STR_ARGS(point), STR_ARGS(name));
    return false;
}

/* Columns of which most entries are numbers are numbers: the others are mistakes. False if that refuses the text; *again if the
 * rows must be scanned again without the bad ones. */
static bool check_kinds(Reader *r, bool *again)
{
    *again = false;
    for (size_t k = 0; k < r->data->columns; k++) {
        Reading *c = &r->column[k];
        Str      name = r->data->column[k].name;
        if (c->others && c->commas == c->others && !c->as_text)
            return refuse_commas(r, c, name);
        if (c->others == 0 || c->others >= c->numbers || c->as_text)
            continue;
        if (!r->options->skip_bad) {
            fail(r, "line %zu: \"%.*s\" in the column %.*s is no number", c->other_line, STR_ARGS(c->other), STR_ARGS(name));
            r->notes->hint = str_printf(r->a, "skip_bad: true leaves such rows out; text: \"%.*s\" reads the column as text", STR_ARGS(name));
            return false;
        }
        c->strict = *again = true;
    }
    return true;
}

/* ---- text columns, and numbers as written ------------------------------------------------------------------------------------ */

typedef struct Pack { char *at; size_t left; } Pack;          /* many small copies without padding */

static Str pack_copy(Arena *a, Pack *p, Str s)
{
    if (p->left < s.n) {
        p->left = s.n > PACK_BYTES ? s.n : PACK_BYTES;
        p->at = arena_alloc(a, p->left);
    }
    Str copy = { p->at, s.n };
    if (s.n)
        memcpy(p->at, s.s, s.n);
    p->at += s.n;
    p->left -= s.n;
    return copy;
}

/* With a point, whatever the file has. */
static Str written_number(Arena *a, Pack *p, Str s, char decimal)
{
    Str   copy = pack_copy(a, p, s);
    char *comma = decimal == '.' ? NULL : memchr(copy.s, decimal, copy.n);
    if (comma)
        *comma = '.';
    return copy;
}

static double label_code(Reader *r, Map *codes, Pack *pack, Str s)
{
    void *known = map_get(codes, s);
    if (!known) {
        Str label = pack_copy(r->data->memory, pack, s);
        known = (void *)(uintptr_t)(codes->n + 1);
        map_put(codes, label, known);
    }
    return (double)((uintptr_t)known - 1);
}

static void set_labels(Reader *r, size_t k, const Map *codes)
{
    Column *c = &r->data->column[k];
    Str    *label = arena_array(r->data->memory, Str, codes->n);
    Pack    pack = { 0 };
    for (size_t i = 0; i < codes->n; i++)
        label[i] = pack_copy(r->data->memory, &pack, codes->entry[i].key);
    c->label = label;
    c->n_labels = codes->n;
}

static void second_scan(Reader *r)
{
    Data  *d = r->data;
    Map   *codes = arena_array(r->scratch, Map, d->columns);
    Str  **written = arena_array(r->scratch, Str *, d->columns);
    Pack   pack = { 0 };
    size_t row = 0;
    for (size_t k = 0; k < d->columns; k++) {
        if (d->column[k].text)
            codes[k] = map_new(r->scratch);
        else if (d->column[k].exactness == EXACT_WRITTEN)
            d->column[k].written = written[k] = arena_array(d->memory, Str, d->rows);
    }
    Mark mark = { 0 };
    Rows rows = r->rows;
    rows.scratch = arena_new();
    while (row < d->rows && next_row(&rows, r->scratch)) {
        if (!row_is_good(r, &rows))
            continue;
        for (size_t k = 0; k < d->columns; k++) {
            Str s = rows.field.at[k];
            if (d->column[k].text)
                r->column[k].value[row] = r->entry[k].kind == ENTRY_MISSING ? NAN : label_code(r, &codes[k], &pack, s);
            else if (written[k] && r->entry[k].kind == ENTRY_NUMBER)
                written[k][row] = written_number(d->memory, &pack, s, rows.decimal);
        }
        row++;
        arena_release(rows.scratch, mark);
    }
    arena_delete(rows.scratch);
    for (size_t k = 0; k < d->columns; k++)
        if (d->column[k].text)
            set_labels(r, k, &codes[k]);
}

static void finish_columns(Reader *r)
{
    bool again = false;
    for (size_t k = 0; k < r->data->columns; k++) {
        Column  *c = &r->data->column[k];
        Reading *reading = &r->column[k];
        c->value = reading->value;
        c->text = reading->as_text || reading->others > 0;
        if (!column_decimal(c, r->data->rows, c->text ? 0 : reading->scale) && !c->text)
            c->exactness = EXACT_WRITTEN;
        c->missing = reading->missing;
        r->notes->missing += reading->missing;
        again = again || c->text || c->exactness == EXACT_WRITTEN;
    }
    if (again)
        second_scan(r);
}

/* ---- the shape of the text ------------------------------------------------------------------------------------------------------ */

static size_t sample(Reader *r, char separator, bool *alike)
{
    Rows   rows = r->rows;
    size_t first = 0;
    rows.separator = separator;
    *alike = true;
    for (size_t i = 0; i < SAMPLE_ROWS && next_row(&rows, r->scratch); i++) {
        if (i == 0)
            first = rows.field.n;
        *alike = *alike && rows.field.n == first;
    }
    return first;
}

/* Are all fields of the first rows numbers, but for the first row? */
static bool sample_is_numbers(Reader *r, char separator)
{
    Rows   rows = r->rows;
    size_t n = 0;
    rows.separator = separator;
    for (; n < SAMPLE_ROWS && next_row(&rows, r->scratch); n++)
        for (size_t k = 0; n && k < rows.field.n; k++)
            if (entry_of(rows.field.at[k], rows.decimal).kind != ENTRY_NUMBER)
                return false;
    return n > 1;
}

static char find_separator(Reader *r)
{
    const char *candidates = r->rows.decimal == ',' ? "\t;" : "\t;,";
    char   best = r->rows.decimal == ',' ? ';' : ',';
    size_t most = 1;
    bool   alike;
    for (size_t i = 0; candidates[i]; i++)
        if (sample(r, candidates[i], &alike) > 1 && alike)
            return candidates[i];
    for (size_t i = 0; candidates[i]; i++) {
        size_t n = sample(r, candidates[i], &alike);
        if (n > most) {
            most = n;
            best = candidates[i];
        }
    }
    if (most == 1 && sample(r, ' ', &alike) > 1 && alike && sample_is_numbers(r, ' '))
        return ' ';
    return best;
}

static bool is_header(const Rows *row)
{
    bool word = false;
    for (size_t k = 0; k < row->field.n; k++) {
        EntryKind kind = entry_of(row->field.at[k], row->decimal).kind;
        if (kind == ENTRY_NUMBER)
            return false;
        word = word || kind == ENTRY_OTHER;
    }
    return word;
}

/* Names from the header, made different from each other; without a header x1, x2, ... */
static void set_names(Reader *r, const Rows *row, bool header)
{
    Data *d = r->data;
    Map   used = map_new(r->scratch);
    static char present;
    for (size_t k = 0; k < d->columns; k++) {
        Str base = data_name(d->memory, header ? row->field.at[k] : (Str){ 0 }, k), name = base;
        if (r->options->reserved && r->options->reserved(name))
            name = base = str_printf(d->memory, "%.*s_", STR_ARGS(base));
        for (size_t i = 2; map_get(&used, name); i++)
            name = str_printf(d->memory, "%.*s_%zu", STR_ARGS(base), i);
        map_put(&used, name, &present);
        d->column[k].name = name;
    }
}

static size_t count_byte(Str s, char byte)
{
    size_t      n = 0;
    const char *at = s.s, *end = s.s + s.n;
    while (at < end && (at = memchr(at, byte, (size_t)(end - at)))) {
        n++;
        at++;
    }
    return n;
}

static size_t count_lines(Str s) { return 1 + count_byte(s, '\n') + count_byte(s, '\r'); }

/* Every row has at least one byte per column, so the room is bounded by the size of the text. */
static void make_columns(Reader *r)
{
    Data  *d = r->data;
    Str    rest = str_slice(r->rows.text, r->rows.at, r->rows.text.n);
    size_t lines = count_lines(rest), fit = rest.n / d->columns + 1, room = lines < fit ? lines : fit;
    r->column = arena_array(r->scratch, Reading, d->columns);
    r->entry = arena_array(r->scratch, Entry, d->columns);
    for (size_t k = 0; k < d->columns; k++)
        r->column[k].value = data_values(d, k, room);
}

static bool request_text(Reader *r)
{
    for (size_t i = 0; i < r->options->n_text; i++) {
        const Column *c = data_column(r->data, r->options->text[i]);
        if (!c)
            return fail(r, "there is no column %.*s", STR_ARGS(r->options->text[i])) != NULL;
        r->column[c - r->data->column].as_text = true;
    }
    return true;
}

static bool read_shape(Reader *r)
{
    if (r->rows.text.n >> MOST_ROWS_LOG2)
        return fail(r, "the text is too long") != NULL;
    if (r->rows.text.n && memchr(r->rows.text.s, 0, r->rows.text.n))
        return fail(r, "this is no text: it has NUL bytes") != NULL;
    r->rows.separator = r->options->separator ? r->options->separator : find_separator(r);
    Rows first = r->rows;
    if (!next_row(&first, r->scratch))
        return fail(r, "there are no rows") != NULL;
    if (first.open || first.broken)
        return fail(r, first.open ? "line %zu: a quote is not closed" : "line %zu: text behind a closing quote", first.row_line) != NULL;
    bool header = r->options->header == YES || (r->options->header == UNKNOWN && is_header(&first));
    r->data = data_new(r->a, first.field.n);
    set_names(r, &first, header);
    if (header) {
        r->rows.at = first.at;
        r->rows.line = first.line;
    }
    make_columns(r);
    return request_text(r);
}

static Data *read_table(Reader *r)
{
    bool again;
    if (!read_shape(r) || !scan(r) || !check_kinds(r, &again) || (again && !scan(r)))
        return NULL;
    if (r->data->rows == 0)
        return fail(r, r->notes->bad ? "all rows are bad" : "there is a header but no row");
    finish_columns(r);
    return r->data;
}

Data *data_read_csv(Arena *a, Str text, const CsvOptions *o, CsvNotes *notes)
{
    Reader r = { .a = a, .scratch = arena_new(), .options = o, .notes = notes };
    *notes = (CsvNotes){ 0 };
    if (str_starts(text, STR("\xef\xbb\xbf")))
        text = str_slice(text, 3, text.n);
    r.rows = (Rows){ .text = text, .line = 1, .decimal = o->decimal ? o->decimal : '.', .scratch = arena_new() };
    Data *d = read_table(&r);
    arena_delete(r.rows.scratch);
    arena_delete(r.scratch);
    return d;
}
