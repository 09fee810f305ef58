/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where temporaries of lanes and partial sums lie. A temporary takes as many neighbouring slots as it has rows; they are free again after
 * the last instruction that reads one of them, and serve the next temporary that fits. */
#include "symbolic/tape/compile_int.h"

typedef struct Hole { uint32_t at, rows; } Hole;

typedef struct Slots {
    const uint32_t *first_row;      /* of a row of a temporary: the first row of that temporary */
    uint32_t       *last, *slot;    /* by first row: the last instruction that reads the temporary, and its first slot */
    uint32_t       *rows;
    VEC(Hole)       free;
    uint32_t        end;            /* slots in use at most */
} Slots;

static void note_use(Slots *s, View v, uint32_t at)
{
    if (v.bank == BANK_TEMPORARY)
        s->last[s->first_row[v.off]] = at;
}

static void resolve(const Slots *s, View *v, uint32_t slots_off)
{
    if (v->bank != BANK_TEMPORARY)
        return;
    uint32_t first = s->first_row[v->off], slot = s->slot[first] + v->off - first;
    *v = (View){ .off = slots_off + slot * BLOCK, .row_stride = v->row_stride, .lane_stride = 1 };
}

static void free_after(Compiler *c, Slots *s, View v, uint32_t at)
{
    uint32_t first = v.bank == BANK_TEMPORARY ? s->first_row[v.off] : 0;
    if (v.bank != BANK_TEMPORARY || s->last[first] != at)
        return;
    vec_push(c->scratch, &s->free, (Hole){ s->slot[first], s->rows[first] });
    s->last[first] = UINT32_MAX;                    /* not twice for a*a */
}

/* The hole that fits best. */
static uint32_t take_slots(Slots *s, uint32_t rows)
{
    size_t best = s->free.n;
    for (size_t i = 0; i < s->free.n; i++)
        if (s->free.at[i].rows >= rows && (best == s->free.n || s->free.at[i].rows <= s->free.at[best].rows))
            best = i;
    if (best == s->free.n) {
        s->end += rows;
        return s->end - rows;
    }
    Hole *hole = &s->free.at[best];
    uint32_t at = hole->at;
    hole->at += rows;
    hole->rows -= rows;
    if (!hole->rows)
        *hole = s->free.at[--s->free.n];
    return at;
}

uint32_t assign_slots(Compiler *c, Code *code, uint32_t slots_off)
{
    size_t n = c->temporaries + 1;
    Slots  s = { .first_row = c->first_row.at, .last = arena_array(c->scratch, uint32_t, n), .slot = arena_array(c->scratch, uint32_t, n),
                 .rows = arena_array(c->scratch, uint32_t, n) };
    bool  *placed = arena_array(c->scratch, bool, n);
    for (uint32_t r = 0; r < c->temporaries; r++)
        s.rows[s.first_row[r]]++;
    for (uint32_t k = 0; k < code->n; k++) {
        note_use(&s, code->at[k].a, k);
        note_use(&s, code->at[k].b, k);
        note_use(&s, code->at[k].c, k);
    }
    for (uint32_t k = 0; k < code->n; k++) {
        Instruction *i = &code->at[k];
        View         a = i->a, b = i->b, third = i->c;
        uint32_t     first = i->d.bank == BANK_TEMPORARY ? s.first_row[i->d.off] : 0;
        if (i->d.bank == BANK_TEMPORARY && !placed[first]) {
            s.slot[first] = take_slots(&s, s.rows[first]);
            placed[first] = true;
        }
        free_after(c, &s, a, k);
        free_after(c, &s, b, k);
        free_after(c, &s, third, k);
        resolve(&s, &i->a, slots_off);
        resolve(&s, &i->b, slots_off);
        resolve(&s, &i->c, slots_off);
        resolve(&s, &i->d, slots_off);
    }
    return s.end;
}

/* ---- partial sums ------------------------------------------------------------------------------------------------------- */

static void place_partial(View *v, uint32_t partials_off)
{
    if (v->bank == BANK_PARTIAL)
        *v = (View){ .off = partials_off + v->off, .row_stride = v->row_stride };
}

void place_partials(Code *code, uint32_t partials_off)
{
    for (size_t k = 0; k < code->n; k++) {
        place_partial(&code->at[k].a, partials_off);
        place_partial(&code->at[k].b, partials_off);
        place_partial(&code->at[k].c, partials_off);
        place_partial(&code->at[k].d, partials_off);
    }
}
