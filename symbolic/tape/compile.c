/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The compiler from expressions to tapes. Nodes sorted by id are in topological order, so each pass is one loop over them: uniform
 * values of the pass first, then what the pass needs per lane. A product that only sums use, and a divisor that only products
 * use, is folded into them and gets no value of its own. Temporaries of lanes share slots: a slot is free again after the last
 * instruction that reads it. */
#include "symbolic/data/text_columns.h"
#include "symbolic/matrix/matrix.h"
#include "symbolic/tape/compile_int.h"
#include "symbolic/tape/log_sums.h"
#include "symbolic/tape/share.h"

#include <string.h>

static const View none = { 0 };

Place *place_of_node(Compiler *c, const Expr *e)
{
    return memo_get(&c->place, e);
}

bool view_is_uniform(View v)
{
    return v.bank == 0;
}

/* ---- views and instructions ---------------------------------------------------------------------------------------------------- */

static View uniform_view(uint32_t off)
{
    return (View){ .off = off };
}

View fresh_uniform(Compiler *c, uint32_t entries)
{
    View v = { .off = c->elements, .row_stride = entries > 1 };
    c->elements += entries;
    return v;
}

View fresh_lanes(Compiler *c, uint32_t rows)
{
    View v = { .off = c->temporaries, .row_stride = rows > 1 ? BLOCK : 0, .lane_stride = 1, .bank = BANK_TEMPORARY };
    for (uint32_t r = 0; r < rows; r++)
        vec_push(c->scratch, &c->first_row, v.off);
    c->temporaries += rows;
    return v;
}

View entry_view(View v, uint32_t k)
{
    if (v.row_stride)
        v.off += v.bank == BANK_TEMPORARY ? k : k * v.row_stride;
    v.row_stride = 0;
    return v;
}

void push_instruction(Compiler *c, Instruction i)
{
    bool uniform = view_is_uniform(i.a) && view_is_uniform(i.b) && view_is_uniform(i.c) && view_is_uniform(i.d);
    vec_push(c->scratch, uniform ? &c->uniform[c->pass] : &c->lane[c->pass], i);
}

/* The entries of uniform vectors and matrices are the lanes of an instruction in the uniform part. */
View entries_as_lanes(View v)
{
    return (View){ .off = v.off, .lane_stride = v.row_stride != 0 };
}

View emit(Compiler *c, TapeOp op, FnId fn, unsigned arity, View a, View b, View third)
{
    bool     uniform = view_is_uniform(a) && view_is_uniform(b) && view_is_uniform(third);
    uint32_t rows = a.row_stride || b.row_stride || third.row_stride ? c->entries : 1;
    View     d = uniform ? fresh_uniform(c, rows) : fresh_lanes(c, rows);
    Instruction i = { .op = (uint16_t)op, .fn = (uint16_t)fn, .rows = rows, .k = arity, .d = d, .a = a, .b = b, .c = third };
    if (uniform) {
        i.rows = 1;
        i.lanes = rows;
        i.a = entries_as_lanes(a), i.b = entries_as_lanes(b), i.c = entries_as_lanes(third), i.d = entries_as_lanes(d);
    }
    push_instruction(c, i);
    return d;
}

View emit2(Compiler *c, TapeOp op, View a, View b) { return emit(c, op, FN_exp, 2, a, b, a); }
View emit1(Compiler *c, TapeOp op, View a)         { return emit(c, op, FN_exp, 1, a, a, a); }

/* The rational number at the middle of a real ball. */
static bool ball_number(const Expr *e, fmpq *out)
{
    fmpz_t man, exp;
    bool   fine = acb_is_real(e->ball->value) && arb_is_finite(acb_realref(e->ball->value));
    if (!fine)
        return false;
    fmpz_init(man);
    fmpz_init(exp);
    arf_get_fmpz_2exp(man, exp, arb_midref(acb_realref(e->ball->value)));
    fine = fmpz_fits_si(exp) && fmpz_cmpabs(exp, man) < 0 ? true : fmpz_get_si(exp) > -1000000 && fmpz_get_si(exp) < 1000000;
    if (fine) {
        fmpz_set(fmpq_numref(out), man);
        slong shift = fmpz_get_si(exp);
        if (shift >= 0)
            fmpz_mul_2exp(fmpq_numref(out), man, (ulong)shift);
        else
            fmpz_one_2exp(fmpq_denref(out), (ulong)-shift);
        fmpq_canonicalise(out);
    }
    fmpz_clear(man);
    fmpz_clear(exp);
    return fine;
}

static void clear_number(void *q)
{
    fmpq_clear(q);
}

static TapeConstant constant_of(Compiler *c, const Expr *e)
{
    TapeConstant k = { .off = c->elements };
    if (e->kind == EXPR_NUMBER) {
        k.value = e->number;
    } else if (e->kind == EXPR_BALL) {
        fmpq *q = arena_alloc(c->arena, sizeof *q);
        fmpq_init(q);
        arena_on_release(c->arena, clear_number, q);
        if (!ball_number(e, q))
            pool_fail(c->pool, "a complex or unbounded number cannot run in a number format");
        k.value = *q;
    } else if (e->constant == CONSTANT_TRUE || e->constant == CONSTANT_FALSE) {
        k.value = expr_int(c->pool, e->constant == CONSTANT_TRUE)->number;
    } else {
        k.kind = e->constant == CONSTANT_PI ? TAPE_PI : e->constant == CONSTANT_E ? TAPE_E : e->constant == CONSTANT_EULER ? TAPE_EULER : TAPE_INFINITY;
    }
    return k;
}

View constant_view(Compiler *c, const Expr *e)
{
    View *known = memo_get(&c->constant, e);
    if (known)
        return *known;
    View *v = arena_alloc(c->scratch, sizeof *v);
    vec_push(c->scratch, &c->constants, constant_of(c, e));
    *v = uniform_view(c->elements++);
    memo_put(&c->constant, e, v);
    return *v;
}

View view_of(Compiler *c, const Expr *argument)
{
    Place *p = place_of_node(c, argument);
    if (p->pass < 0 || (p->lane && !p->is_input && (unsigned)p->pass != c->pass)) {
        uint32_t outer = c->entries;
        p->pass = (int)c->pass;             /* folded where its first user hoped to, but needed as a value after all */
        c->entries = p->rows * p->cols;
        if (!compile_node(c, argument, &p->view))
            p->view = none;
        c->entries = outer;
    }
    return p->view;
}

/* ---- which value is needed where ------------------------------------------------------------------------------------------------- */

/* Is argument i a place or a size? Those are numbers when the tape is made, and no values on it. */
static bool is_index(const Expr *e, uint32_t i)
{
    return expr_is_matrix_op(e, MATRIX_INDICES) || ((expr_is_matrix_op(e, MATRIX_SLICE) || expr_is_matrix_op(e, MATRIX_EMBED)) && i > 0);
}

static bool place_nodes(Compiler *c, Nodes nodes, const CompileInput *input, size_t inputs)
{
    for (size_t k = 0; k < nodes.n; k++) {
        Place *p = arena_alloc(c->scratch, sizeof *p);
        p->pass = -1;
        memo_put(&c->place, nodes.at[k], p);
    }
    for (size_t i = 0; i < inputs; i++) {
        Place *p = place_of_node(c, input[i].symbol);
        if (p)
            p->lane = input[i].column;
    }
    for (size_t k = 0; k < nodes.n; k++) {
        const Expr *e = nodes.at[k];
        Place      *p = place_of_node(c, e);
        if (!place_shape(c, e, p))
            return false;
        for (uint32_t i = 0; i < e->arity; i++) {
            Place *q = place_of_node(c, e->arg[i]);
            if (is_index(e, i))
                continue;
            q->uses++;
            q->products += e->kind == EXPR_MATMUL;
            p->lane = p->lane || q->lane;
            p->level = q->level > p->level ? q->level : p->level;
        }
        if (e->kind == EXPR_COLUMN)
            p->lane = true;
        if (e->kind == EXPR_OVER) {
            p->lane = false;
            p->level++;
            place_of_node(c, e->arg[1])->summed = true;
        }
    }
    return true;
}

/* May the node be left to its only user? Products and placed vectors in sums, divisors in products. */
static bool is_folded(const Expr *e, const Place *p)
{
    return p->uses == 1 && ((e->kind == EXPR_MUL && e->arity == 2) || expr_is_matrix_op(e, MATRIX_EMBED)
                            || (e->kind == EXPR_POW && !(e->flags & EXPR_AS_TYPED) && expr_is_number(e->arg[1]) && expr_number_sign(e->arg[1]) < 0));
}

/* A node with a value of its own: neither folded into its user nor a mere part of another, nor the transpose of a matrix that only
 * products read, which step over it the other way, nor a product that is summed without being formed. An inverse is made where it is not a factor. */
static bool has_value(const Expr *e, const Place *p)
{
    if (expr_is_matrix_op(e, MATRIX_TRANSPOSE) && p->uses && p->uses == p->products)
        return false;
    if (p->lane && p->rows > 1 && p->cols > 1)
        return false;
    if (expr_is_matrix_op(e, MATRIX_INVERSE))
        return false;
    return e->kind != EXPR_AXIS && e->kind != EXPR_NUMBER && p->uses && !is_folded(e, p);
}

/* The uniform values of this pass: what no later reduction has a part in. Sums of the pass before end here. */
static void compile_uniform(Compiler *c, Nodes nodes)
{
    for (size_t k = 0; k < nodes.n; k++) {
        const Expr *e = nodes.at[k];
        Place      *p = place_of_node(c, e);
        if (p->lane || p->level != c->pass || p->pass >= 0)
            continue;
        if (e->kind == EXPR_OVER) {
            uint32_t    entries = p->broadcast ? 1 : p->rows * p->cols;
            Instruction end = { .op = TAPE_FINAL, .rows = entries, .lanes = 1, .a = p->view, .b = p->view, .c = p->view, .d = fresh_uniform(c, entries) };
            vec_push(c->scratch, &c->uniform[c->pass], end);
            p->view = end.d;
            p->pass = (int)c->pass;
        } else if (has_value(e, p)) {
            view_of(c, e);
        }
    }
}

/* Marks the values of lanes that the node at k is made of. */
static void need(Compiler *c, const Expr *e, Memo *needed)
{
    VEC(const Expr *) todo = { 0 };
    vec_push(c->scratch, &todo, e);
    while (todo.n) {
        const Expr *top = todo.at[--todo.n];
        if (!place_of_node(c, top)->lane || memo_get(needed, top))
            continue;
        memo_put(needed, top, top);
        for (uint32_t i = 0; i < top->arity; i++)
            vec_push(c->scratch, &todo, top->arg[i]);
    }
}

/* Is it a product of two that only one sum over rows reads? Then the sum is a dot product. */
static bool is_summed(const Expr *e, const Place *p)
{
    return p->summed && e->kind == EXPR_MUL && e->arity == 2 && p->uses == 1;
}

/* Adds the lanes of the sum's operand to its partial sums; a product of two is a dot product. */
static void accumulate(Compiler *c, const Expr *over)
{
    Place      *p = place_of_node(c, over);
    const Expr *e = over->arg[1];
    bool        dot = is_summed(e, place_of_node(c, e));
    if (is_outer(c, e)) {
        p->view = accumulate_outer(c, e);
        return;
    }
    View     a = view_of(c, dot ? e->arg[0] : e), b = dot ? view_of(c, e->arg[1]) : a;
    uint32_t rows = a.row_stride || b.row_stride ? p->rows * p->cols : 1;
    p->broadcast = rows == 1;
    p->view = (View){ .off = c->partials, .row_stride = rows > 1 ? PARTIALS : 0, .bank = BANK_PARTIAL };
    c->partials += rows * PARTIALS;
    Instruction add = { .op = dot ? TAPE_DOT : TAPE_SUM, .rows = rows, .d = p->view, .a = a, .b = b, .c = a };
    vec_push(c->scratch, &c->lane[c->pass], add);
}

/* What this pass computes per lane: the operands of the sums that end in the next pass, and in the last one the outputs: written
 * no earlier, because they may be the very columns that are read. */
static void compile_lanes(Compiler *c, Nodes nodes, const Expr *const *output, size_t outputs, bool last)
{
    Memo needed = memo_new(c->scratch);
    for (size_t k = 0; k < nodes.n; k++)
        if (nodes.at[k]->kind == EXPR_OVER && place_of_node(c, nodes.at[k])->level == c->pass + 1)
            need(c, nodes.at[k]->arg[1], &needed);
    for (size_t i = 0; last && i < outputs; i++)
        if (place_of_node(c, output[i])->lane)
            need(c, output[i], &needed);
    for (size_t k = 0; k < nodes.n; k++) {
        const Expr *e = nodes.at[k];
        Place      *p = place_of_node(c, e);
        if (e->kind == EXPR_OVER && p->level == c->pass + 1)
            accumulate(c, e);
        else if (memo_get(&needed, e) && has_value(e, p) && !is_summed(e, p))
            view_of(c, e);
    }
}

/* ---- the whole tape --------------------------------------------------------------------------------------------------------------------- */

/* The number of rows of a run, filled in by the machine. */
static View count_view(Compiler *c)
{
    vec_push(c->scratch, &c->constants, (TapeConstant){ .off = c->elements, .kind = TAPE_COUNT });
    return uniform_view(c->elements++);
}

/* The columns of the table that occur, as further inputs; a table at a time. */
static bool place_columns(Compiler *c, Nodes nodes)
{
    if (!columns_are_numbers(c->pool, nodes))
        return false;
    for (size_t k = 0; k < nodes.n; k++) {
        const Expr *e = nodes.at[k];
        if (e->kind == EXPR_AXIS && c->axis && e != c->axis)
            return pool_fail(c->pool, "the rows of two tables, %.*s and %.*s, do not mix", STR_ARGS(c->axis->axis.name), STR_ARGS(e->axis.name)) != NULL;
        if (e->kind == EXPR_AXIS)
            c->axis = e;
        if (e->kind == EXPR_COLUMN)
            vec_push(c->scratch, &c->columns, e->column.index);
    }
    return true;
}

static void place_inputs(Compiler *c, Tape *t, Nodes nodes, const CompileInput *input, size_t inputs)
{
    TapeInput *in = arena_array(c->arena, TapeInput, inputs + c->columns.n);
    t->banks = 1;
    for (size_t i = 0; i < inputs; i++) {
        Place *p = place_of_node(c, input[i].symbol);
        uint32_t rows = input[i].rows ? input[i].rows : 1, cols = input[i].cols ? input[i].cols : 1;
        View     view = { .lane_stride = 1 };
        in[i] = (TapeInput){ .rows = rows, .cols = cols, .column = input[i].column };
        if (input[i].column)
            view.bank = in[i].bank = (uint8_t)t->banks++;
        else
            in[i].off = (view = fresh_uniform(c, rows * cols)).off;
        if (p) {
            p->pass = 0;
            p->is_input = true;
            p->view = view;
        }
    }
    for (size_t k = 0; k < nodes.n; k++)
        if (nodes.at[k]->kind == EXPR_COLUMN) {
            Place *p = place_of_node(c, nodes.at[k]);
            in[inputs] = (TapeInput){ .rows = 1, .cols = 1, .column = true, .bank = (uint8_t)t->banks++ };
            *p = (Place){ .lane = true, .uses = p->uses, .is_input = true, .rows = 1, .cols = 1, .view = { .lane_stride = 1, .bank = in[inputs++].bank } };
        } else if (nodes.at[k]->kind == EXPR_COUNT) {
            place_of_node(c, nodes.at[k])->view = count_view(c);
            place_of_node(c, nodes.at[k])->pass = 0;
        } else if (nodes.at[k]->kind == EXPR_SYMBOL && known_length(c, nodes.at[k])) {
            place_of_node(c, nodes.at[k])->view = constant_view(c, expr_int(c->pool, *known_length(c, nodes.at[k])));
            place_of_node(c, nodes.at[k])->pass = 0;
        }
    t->input = in;
    t->n_inputs = inputs;
}

static void copy_output(Compiler *c, View from, View to, uint32_t entries)
{
    bool        lane = to.bank != 0;
    Instruction copy = { .op = TAPE_COPY, .rows = entries, .lanes = !lane, .d = to, .a = from, .b = from, .c = from };
    vec_push(c->scratch, lane ? &c->lane[c->pass] : &c->uniform[c->pass], copy);
}

/* Lanes of outputs go to banks of their own. An output that is an input is set aside first: its column may be the target of another. */
static void copy_lane_outputs(Compiler *c, Tape *t, TapeOutput *out, const Expr *const *output, size_t outputs)
{
    View *from = arena_array(c->scratch, View, outputs);
    for (size_t i = 0; i < outputs; i++) {
        if (!place_of_node(c, output[i])->lane)
            continue;
        from[i] = view_of(c, output[i]);
        if (from[i].bank != BANK_TEMPORARY)
            from[i] = emit1(c, TAPE_COPY, from[i]);
    }
    for (size_t i = 0; i < outputs; i++) {
        if (!place_of_node(c, output[i])->lane)
            continue;
        out[i] = (TapeOutput){ .rows = 1, .cols = 1, .column = true, .bank = (uint8_t)t->banks++ };
        copy_output(c, from[i], (View){ .lane_stride = 1, .bank = out[i].bank }, 1);
    }
}

/* Uniform outputs lie side by side, in the last pass. */
static void copy_uniform_outputs(Compiler *c, TapeOutput *out, const Expr *const *output, size_t outputs)
{
    uint32_t first = c->elements;
    for (size_t i = 0; i < outputs; i++) {
        const Place *p = place_of_node(c, output[i]);
        c->elements += p->lane ? 0 : p->rows * p->cols;
    }
    for (size_t i = 0; i < outputs; i++) {
        const Place *p = place_of_node(c, output[i]);
        if (p->lane)
            continue;
        uint32_t entries = p->rows * p->cols;
        out[i] = (TapeOutput){ .rows = p->rows, .cols = p->cols, .view = { .off = first, .row_stride = entries > 1 } };
        copy_output(c, view_of(c, output[i]), out[i].view, entries);
        first += entries;
    }
}

static void finish(Compiler *c, Tape *t, unsigned passes)
{
    TapePass *pass = arena_array(c->arena, TapePass, passes);
    t->elements = c->elements;
    t->partials_off = (c->elements + PARTIALS - 1) / PARTIALS * PARTIALS;      /* whole vectors, in lines of the cache */
    t->partials = c->partials;
    t->slots_off = (t->partials_off + c->partials + PARTIALS - 1) / PARTIALS * PARTIALS;
    for (unsigned p = 0; p < passes; p++) {
        uint32_t rows = assign_slots(c, &c->lane[p], t->slots_off);
        t->slots = rows > t->slots ? rows : t->slots;
        place_partials(&c->lane[p], t->partials_off);
        place_partials(&c->uniform[p], t->partials_off);
        pass[p] = (TapePass){ c->uniform[p].n, c->lane[p].n, arena_copy(c->arena, c->uniform[p].at, c->uniform[p].n * sizeof(Instruction)),
                              arena_copy(c->arena, c->lane[p].at, c->lane[p].n * sizeof(Instruction)) };
    }
    t->pass = pass;
    t->n_passes = passes;
    t->constant = arena_copy(c->arena, c->constants.at, c->constants.n * sizeof(TapeConstant));
    t->n_constants = c->constants.n;
}

static bool compile_passes(Compiler *c, Tape *t, Nodes nodes, const Expr *const *output, size_t outputs)
{
    unsigned    passes = 1;
    TapeOutput *out = arena_array(c->arena, TapeOutput, outputs);
    size_t      columns = 0;
    for (size_t i = 0; i < outputs; i++) {
        passes = place_of_node(c, output[i])->level + 1 > passes ? place_of_node(c, output[i])->level + 1 : passes;
        columns += place_of_node(c, output[i])->lane;
    }
    if (passes > MOST_PASSES || t->banks + columns > MOST_BANKS)
        return pool_fail(c->pool, passes > MOST_PASSES ? "sums over rows are nested too deeply" : "more columns than a tape can hold") != NULL;
    for (c->pass = 0; c->pass < passes; c->pass++) {
        compile_uniform(c, nodes);
        compile_lanes(c, nodes, output, outputs, c->pass + 1 == passes);
        if (c->pass + 1 == passes)
            copy_lane_outputs(c, t, out, output, outputs);
        if (pool_error(c->pool).n)
            return false;
    }
    c->pass = passes - 1;
    copy_uniform_outputs(c, out, output, outputs);
    t->output = out;
    t->n_outputs = outputs;
    finish(c, t, passes);
    return !pool_error(c->pool).n;
}

bool expr_compile(Pool *p, Arena *a, const CompileInput *input, size_t inputs, const Expr *const *root, size_t outputs, Program *program)
{
    for (size_t i = 0; i < outputs; i++)
        if (!root[i])
            return false;
    Arena       *scratch = arena_new();
    const Expr **output = arena_copy(scratch, root, outputs * sizeof *root);
    Compiler *c = arena_alloc(scratch, sizeof *c);
    *c = (Compiler){ .pool = p, .arena = a, .scratch = scratch, .place = memo_new(scratch), .constant = memo_new(scratch), .length = memo_new(scratch), .one = expr_int(p, 1) };
    Tape *t = arena_alloc(a, sizeof *t);
    t->work = pool_work(p);
    pool_clear_error(p);
    bool  fine = expr_log_sums(p, output, outputs) && expr_share(p, output, outputs);
    Nodes nodes = expr_nodes(p, scratch, output, outputs);
    fine = fine && place_columns(c, nodes);
    if (fine && inputs + c->columns.n > MOST_BANKS && c->columns.n)
        fine = pool_fail(p, "more columns than a tape can hold") != NULL;
    if (fine) {
        fine = bind_lengths(c, input, inputs) && place_nodes(c, nodes, input, inputs);
        for (size_t i = 0; fine && i < outputs; i++) {
            Place *place = place_of_node(c, output[i]);
            place->uses += 2;                                   /* never folded */
            if (place->lane && place->rows * place->cols > 1)
                fine = pool_fail(p, "a vector for each row is no result of a tape") != NULL;
        }
    }
    if (fine) {
        place_inputs(c, t, nodes, input, inputs);
        fine = compile_passes(c, t, nodes, output, outputs);
    }
    *program = (Program){ t, c->axis, c->columns.n, arena_copy(a, c->columns.at, c->columns.n * sizeof(size_t)) };
    arena_delete(scratch);
    return fine;
}
