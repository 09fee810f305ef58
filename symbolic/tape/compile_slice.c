/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Parts of vectors on a tape. A slice is a view of the vector that begins later: no instruction. A sum in which vectors are placed
 * among zeros (the adjoint of slices) gets a target of its own, and each of them is added where it belongs: one instruction. */
#include "symbolic/matrix/matrix.h"
#include "symbolic/tape/compile_int.h"

bool compile_index(Compiler *c, const Expr *e, slong *out)
{
    const uint32_t *known = known_length(c, e);
    slong           part;
    if (expr_fits_slong(e, out))
        return true;
    if (known)
        return *out = (slong)*known, true;
    if (e->kind != EXPR_ADD && e->kind != EXPR_MUL)
        return false;
    *out = e->kind == EXPR_MUL;
    for (uint32_t i = 0; i < e->arity; i++) {
        if (!compile_index(c, e->arg[i], &part))
            return false;
        if (e->kind == EXPR_MUL ? __builtin_mul_overflow(*out, part, out) : __builtin_add_overflow(*out, part, out))
            return false;
    }
    return true;
}

static bool refuse_index(Compiler *c, slong k, uint32_t n)
{
    return pool_fail(c->pool, "index %ld is not in 1..%u", (long)k, n) != NULL;
}

/* Rows from..from+rows-1 of a column. */
static View part_of(View v, uint32_t from, uint32_t rows)
{
    if (v.row_stride)
        v.off += v.bank == BANK_TEMPORARY ? from : from * v.row_stride;
    if (rows == 1)
        v.row_stride = 0;
    return v;
}

bool compile_part(Compiler *c, const Expr *e, View *out)
{
    slong first, last;
    uint32_t rows = place_of_node(c, e->arg[0])->rows;
    if (!compile_index(c, e->arg[1], &first) || !compile_index(c, e->arg[2], &last))
        return pool_fail(c->pool, "an entry whose index is no number cannot run in a number format") != NULL;
    if (first < 1 || first > (slong)rows || last < first || last > (slong)rows)
        return refuse_index(c, first < 1 || first > (slong)rows ? first : last, rows);
    *out = part_of(view_of(c, e->arg[0]), (uint32_t)first - 1, (uint32_t)(last - first + 1));
    return true;
}

bool compile_indices(Compiler *c, const Expr *e, View *out)
{
    slong first, last;
    if (!compile_index(c, e->arg[0], &first) || !compile_index(c, e->arg[1], &last) || last < first)
        return pool_fail(c->pool, "indices that are no numbers cannot run in a number format") != NULL;
    *out = fresh_uniform(c, (uint32_t)(last - first + 1));
    for (slong k = first; k <= last; k++)
        vec_push(c->scratch, &c->constants, (TapeConstant){ .off = out->off + (uint32_t)(k - first), .value = expr_int(c->pool, k)->number });
    return true;
}

/* ---- sums with placed vectors ------------------------------------------------------------------------------------------- */

/* s*embed(v, ..), or embed alone with *scale NULL. */
static const Expr *placed(Compiler *c, const Expr *term, const Expr **scale)
{
    *scale = NULL;
    if (expr_is_matrix_op(term, MATRIX_EMBED))
        return place_of_node(c, term)->uses == 1 ? term : NULL;
    if (term->kind != EXPR_MUL || term->arity != 2 || place_of_node(c, term)->uses != 1 || place_of_node(c, term)->pass >= 0)
        return NULL;
    for (int i = 0; i < 2; i++)
        if (expr_is_matrix_op(term->arg[i], MATRIX_EMBED) && place_of_node(c, term->arg[i])->uses == 1 && !expr_is_tensor(term->arg[1 - i])) {
            *scale = term->arg[1 - i];
            return term->arg[i];
        }
    return NULL;
}

bool is_placed(Compiler *c, const Expr *term)
{
    const Expr *scale;
    return placed(c, term, &scale) != NULL;
}

View zero_column(Compiler *c, uint32_t rows, bool lane)
{
    View zero = constant_view(c, expr_int(c->pool, 0)), d = lane ? fresh_lanes(c, rows) : fresh_uniform(c, rows);
    push_instruction(c, (Instruction){ .op = TAPE_COPY, .rows = lane ? rows : 1, .lanes = lane ? 0 : rows, .d = lane ? d : entries_as_lanes(d),
                                       .a = zero, .b = zero, .c = zero });
    return d;
}

/* d[first..] += s*v */
static bool add_placed(Compiler *c, View d, uint32_t rows, const Expr *e, const Expr *scale)
{
    slong    first;
    uint32_t n = place_of_node(c, e->arg[0])->rows, outer = c->entries;
    if (!compile_index(c, e->arg[1], &first))
        return pool_fail(c->pool, "an entry whose index is no number cannot run in a number format") != NULL;
    if (first < 1 || first > (slong)rows || (slong)n - 1 > (slong)rows - first)
        return refuse_index(c, first, rows);
    c->entries = n;
    bool minus = scale && expr_is_int(scale, -1);
    View v = view_of(c, e->arg[0]), s = scale && !minus ? view_of(c, scale) : v, part = part_of(d, (uint32_t)first - 1, n);
    c->entries = outer;
    bool        fused = scale && !minus, lane = !view_is_uniform(d);
    Instruction i = { .op = fused ? TAPE_MULADD : minus ? TAPE_SUB : TAPE_ADD, .rows = lane ? n : 1, .lanes = lane ? 0 : n,
                      .d = part, .a = fused ? s : part, .b = v, .c = part };
    if (!lane)
        i.d = entries_as_lanes(i.d), i.a = entries_as_lanes(i.a), i.b = entries_as_lanes(i.b), i.c = entries_as_lanes(i.c);
    push_instruction(c, i);
    return true;
}

View own_column(Compiler *c, View v, uint32_t rows)
{
    bool lane = !view_is_uniform(v);
    View d = lane ? fresh_lanes(c, rows) : fresh_uniform(c, rows);
    Instruction copy = { .op = TAPE_COPY, .rows = lane ? rows : 1, .lanes = lane ? 0 : rows, .d = lane ? d : entries_as_lanes(d),
                         .a = lane ? v : entries_as_lanes(v) };
    copy.b = copy.c = copy.a;
    push_instruction(c, copy);
    return d;
}

bool compile_placed(Compiler *c, const Expr *e, View *out)
{
    const Place *p = place_of_node(c, e);
    *out = zero_column(c, p->rows, p->lane);
    return add_placed(c, *out, p->rows, e, NULL);
}

bool add_all_placed(Compiler *c, View d, const Expr *const *term, uint32_t n, uint32_t rows)
{
    const Expr *scale;
    for (uint32_t i = 0; i < n; i++) {
        const Expr *e = placed(c, term[i], &scale);
        if (e && !add_placed(c, d, rows, e, scale))
            return false;
    }
    return true;
}
