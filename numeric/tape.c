/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Runs tapes: each pass does its uniform part once, then its lane part block by block. Lanes are cut into chunks of CHUNK blocks;
 * a chunk has partial sums of its own, and chunks are added in their order, so that threads change no bit. In a pass every partial sum
 * belongs to one reduction, which may set it in the first block instead of adding to zero. */
#include "numeric/tape_work.h"

#include "base/interrupt.h"

#include <pthread.h>
#include <stdatomic.h>
#include <string.h>

enum { CHUNK_LANES = CHUNK * BLOCK, MAX_THREADS = 64, FEW_LANES = 4, LANES_PER_THREAD = 16 * CHUNK_LANES };

typedef struct Worker {             /* one thread's bank 0 and its view of the banks */
    void  *memory;
    void **bank;
    void **gathered;                /* per input column: a block of lanes, for rows out of order; else NULL */
    Rng    random;
} Worker;

struct Machine {
    const Tape   *tape;
    const TapePass *pass;           /* those of the tape, their slots spaced for `block` lanes */
    uint32_t      block;
    TapePass     *packed;           /* the same for runs of fewer lanes: spaced for `packed_lanes` */
    uint32_t      packed_lanes;
    const Format *format;
    Arena        *arena;
    unsigned      threads, n_workers;
    Worker       *worker;
    const void  **column;           /* by bank */
    bool         *is_input;         /* by bank */
    const uint32_t *row;
    void         *chunk_sums;       /* partial sums of each chunk, one behind the other */
    size_t        chunk_room;
    uint64_t      seed, runs;
    TapeCount     count;
};

/* Lanes of doubles that begin with a line of the cache. */
static void *aligned_lanes(const Machine *m, size_t n)
{
    enum { LINE = 64 };
    char *x = format_lanes(m->format, m->arena, n + LINE / sizeof(double));
    return m->format->lane == sizeof(double) ? x + (LINE - (uintptr_t)x % LINE) % LINE : x;
}

static void add_worker(Machine *m)
{
    const Tape *t = m->tape;
    Worker     *w = &m->worker[m->n_workers++];
    w->memory = aligned_lanes(m, (size_t)t->slots_off + (size_t)t->slots * m->block);
    w->bank = arena_array(m->arena, void *, t->banks);
    w->gathered = arena_array(m->arena, void *, t->banks);
    w->bank[0] = w->memory;
}

static void set_constant(Machine *m, const TapeConstant *c, size_t lanes)
{
    void *x = format_at(m->format, m->worker[0].memory, c->off);
    switch (c->kind) {
    case TAPE_RATIONAL: format_set_fmpq(m->format, x, (fmpq *)&c->value, &m->worker[0].random); break;
    case TAPE_PI:       format_set_constant(m->format, x, FLOAT_PI, &m->worker[0].random); break;
    case TAPE_E:        format_set_constant(m->format, x, FLOAT_E, &m->worker[0].random); break;
    case TAPE_EULER:    format_set_constant(m->format, x, FLOAT_EULER, &m->worker[0].random); break;
    case TAPE_INFINITY: format_set_class(m->format, x, FLOAT_INFINITE); break;
    case TAPE_COUNT:    format_set_double(m->format, x, (double)lanes, &m->worker[0].random); break;
    }
}

/* ---- blocks --------------------------------------------------------------------------------------------------------------------- */

static void space_view(const Tape *t, View *v, uint32_t lanes)
{
    if (v->bank || v->off < t->slots_off)
        return;
    v->off = t->slots_off + (v->off - t->slots_off) / BLOCK * lanes;
    v->row_stride = v->row_stride / BLOCK * lanes;
}

/* Spaces the slots of a copy of the tape's passes for so many lanes. */
static void space_slots(const Tape *t, TapePass *pass, uint32_t lanes)
{
    for (size_t p = 0; p < t->n_passes; p++) {
        Instruction *lane = (Instruction *)(uintptr_t)pass[p].lane;
        memcpy(lane, t->pass[p].lane, pass[p].n_lane * sizeof *lane);
        for (size_t k = 0; k < pass[p].n_lane; k++) {
            space_view(t, &lane[k].d, lanes);
            space_view(t, &lane[k].a, lanes);
            space_view(t, &lane[k].b, lanes);
            space_view(t, &lane[k].c, lanes);
        }
    }
}

static TapePass *copied_passes(Arena *a, const Tape *t)
{
    TapePass *pass = arena_copy(a, t->pass, t->n_passes * sizeof *pass);
    for (size_t p = 0; p < t->n_passes; p++)
        pass[p].lane = arena_copy(a, pass[p].lane, pass[p].n_lane * sizeof *pass[p].lane);
    return pass;
}

static const TapePass *spaced(Arena *a, const Tape *t, uint32_t lanes)
{
    if (lanes == BLOCK)
        return t->pass;
    TapePass *pass = copied_passes(a, t);
    space_slots(t, pass, lanes);
    return pass;
}

/* The passes for a run of so many lanes: a mini-batch has its slots one behind the other. */
static const TapePass *passes_for(Machine *m, size_t lanes)
{
    uint32_t close = (uint32_t)((lanes + PARTIALS - 1) / PARTIALS * PARTIALS);
    if (lanes <= FEW_LANES || lanes >= m->block || close == m->block)
        return m->pass;
    if (!m->packed)
        m->packed = copied_passes(m->arena, m->tape);
    if (m->packed_lanes != close)
        space_slots(m->tape, m->packed, close);
    m->packed_lanes = close;
    return m->packed;
}

/* Products of matrices gain nothing from more lanes; other instructions are short beside their dispatch. Stochastic rounding draws
 * its numbers instruction by instruction, so its results would depend on the block. */
static uint32_t best_block(const Tape *t, const Format *f)
{
    enum { MOST_TIMES = 4, CACHE = 32768 };
    uint32_t times = MOST_TIMES;
    for (size_t p = 0; p < t->n_passes; p++)
        for (size_t k = 0; k < t->pass[p].n_lane; k++)
            if (t->pass[p].lane[k].op == TAPE_GEMM || t->pass[p].lane[k].op == TAPE_OUTER)
                return BLOCK;
    while (times > 1 && (f->rounding == ROUND_STOCHASTIC || (size_t)t->slots * times * BLOCK * f->lane > CACHE))
        times /= 2;
    return times * BLOCK;
}

Machine *machine_new(Arena *a, const Tape *t, const Format *f)
{
    return machine_new_block(a, t, f, best_block(t, f));
}

Machine *machine_new_block(Arena *a, const Tape *t, const Format *f, uint32_t block)
{
    Machine *m = arena_alloc(a, sizeof *m);
    *m = (Machine){ .tape = t, .pass = spaced(a, t, block), .block = block, .format = f, .arena = a, .threads = 1, .worker = arena_array(a, Worker, MAX_THREADS), .seed = 1,
                    .column = arena_array(a, const void *, t->banks), .is_input = arena_array(a, bool, t->banks) };
    if (t->work)
        m->count = tape_count(t);
    add_worker(m);
    machine_seed(m, 1);
    for (size_t i = 0; i < t->n_constants; i++)
        set_constant(m, &t->constant[i], 0);
    for (size_t i = 0; i < t->n_inputs; i++)
        for (uint32_t r = 0; t->input[i].column && r < t->input[i].rows; r++)
            m->is_input[t->input[i].bank + r] = true;
    return m;
}

void machine_threads(Machine *m, unsigned threads)
{
    m->threads = threads < 1 ? 1 : threads > MAX_THREADS ? MAX_THREADS : threads;
}

void machine_seed(Machine *m, uint64_t seed)
{
    m->seed = seed;
    m->runs = 0;
    m->worker[0].random = rng_stream(seed, STR("rounding"));
}

void *machine_input(Machine *m, size_t i)
{
    return format_at(m->format, m->worker[0].memory, m->tape->input[i].off);
}

void machine_column(Machine *m, size_t i, size_t row, const void *column)
{
    m->column[m->tape->input[i].bank + row] = column;
}

void machine_output_column(Machine *m, size_t i, size_t row, void *column)
{
    m->column[m->tape->output[i].bank + row] = column;
}

void machine_rows(Machine *m, const uint32_t *row)
{
    m->row = row;
}

const void *machine_output(const Machine *m, size_t i)
{
    return format_at(m->format, m->worker[0].memory, m->tape->output[i].view.off);
}

/* ---- one pass -------------------------------------------------------------------------------------------------------------------- */

static void run_uniform(Machine *m, const TapePass *pass)
{
    Worker *w = &m->worker[0];
    Banks   banks = { w->bank, &w->random, false };
    if (m->format->kernels->run_uniform) {
        m->format->kernels->run_uniform(m->format, pass->uniform, pass->n_uniform, &banks);
        return;
    }
    for (size_t i = 0; i < pass->n_uniform; i++)
        m->format->kernels->run(m->format, &pass->uniform[i], &banks, pass->uniform[i].lanes);
}

static void gather(const Machine *m, void *to, const void *column, size_t from, size_t n)
{
    const Format   *f = m->format;
    const uint32_t *row = m->row + from;
    if (f->family == FAMILY_DOUBLE || f->family == FAMILY_SMALL) {
        double       *d = to;
        const double *x = column;
        for (size_t l = 0; l < n; l++)
            d[l] = x[row[l]];
        return;
    }
    for (size_t l = 0; l < n; l++)
        format_copy(f, format_at(f, to, l), format_at(f, column, row[l]), 1);
}

/* Points the banks of a worker at the lanes from..from+n-1. */
static void place_banks(const Machine *m, Worker *w, size_t from, size_t n)
{
    const Format *f = m->format;
    for (unsigned b = 1; b < m->tape->banks; b++) {
        if (!m->row || !m->is_input[b]) {
            w->bank[b] = format_at(f, m->column[b], from);
            continue;
        }
        if (!w->gathered[b])
            w->gathered[b] = aligned_lanes(m, m->block);
        gather(m, w->gathered[b], m->column[b], from, n);
        w->bank[b] = w->gathered[b];
    }
}

static void *partials_of(const Machine *m, const Worker *w)
{
    return format_at(m->format, w->memory, m->tape->partials_off);
}

static void clear_partials(const Machine *m, Worker *w)
{
    const Format *f = m->format;
    if (f->family == FAMILY_DOUBLE || f->family == FAMILY_SMALL) {
        memset(partials_of(m, w), 0, m->tape->partials * f->lane);
        return;
    }
    for (uint32_t i = 0; i < m->tape->partials; i++)
        format_set_double(f, format_at(f, partials_of(m, w), i), 0, NULL);
}

static void run_chunk(const Machine *m, Worker *w, const TapePass *pass, size_t pass_number, size_t chunk, size_t lanes)
{
    size_t from = chunk * CHUNK_LANES, end = from + CHUNK_LANES < lanes ? from + CHUNK_LANES : lanes;
    Banks  banks = { w->bank, &w->random, m->format->kernels->takes_first };
    if (!banks.first)
        clear_partials(m, w);
    if (m->format->rounding == ROUND_STOCHASTIC) {
        w->random = rng_stream(m->seed, STR("rounding"));
        rng_seek(&w->random, (m->runs * (uint64_t)m->tape->n_passes + pass_number + 1) << 40 | (uint64_t)chunk << 20);
    }
    for (; from < end; from += m->block, banks.first = false) {
        size_t n = end - from < m->block ? end - from : m->block;
        if (m->tape->banks > 1)
            place_banks(m, w, from, n);
        if (n <= FEW_LANES && m->format->kernels->run_few) {
            m->format->kernels->run_few(m->format, pass->lane, pass->n_lane, &banks, n);
            continue;
        }
        for (size_t i = 0; i < pass->n_lane; i++)
            m->format->kernels->run(m->format, &pass->lane[i], &banks, n);
    }
}

/* The partial sums of worker 0 become the sums of all chunks, added in their order. */
static void add_chunks(Machine *m, size_t chunks)
{
    const Format  own = format_accumulators(m->format), *f = &own;
    Worker       *w = &m->worker[0];
    uint32_t      n = m->tape->partials;
    Instruction   add = { .op = TAPE_ADD, .rows = 1, .lanes = n, .d = { 0, 0, 1, 0 }, .a = { 0, 0, 1, 0 }, .b = { 0, 0, 1, 1 } };
    format_copy(f, partials_of(m, w), m->chunk_sums, n);
    for (size_t k = 1; k < chunks; k++) {
        void *bank[2] = { partials_of(m, w), format_at(f, m->chunk_sums, k * n) };
        f->kernels->run(f, &add, &(Banks){ bank, &w->random, false }, n);
    }
}

typedef struct Share {              /* what one thread does: chunks, as long as there are any left */
    Machine        *m;
    Worker         *w;
    const TapePass *pass;
    size_t          pass_number, lanes, chunks;
    atomic_size_t  *next;           /* no thread waits for one that the system has put aside */
} Share;

static void *run_share(void *argument)
{
    Share  *s = argument;
    Worker *w = s->w;
    for (size_t k; !should_stop() && (k = atomic_fetch_add(s->next, 1)) < s->chunks;) {
        run_chunk(s->m, w, s->pass, s->pass_number, k, s->lanes);
        if (s->m->tape->partials)
            format_copy(s->m->format, format_at(s->m->format, s->m->chunk_sums, k * s->m->tape->partials), partials_of(s->m, w), s->m->tape->partials);
    }
    return NULL;
}

static unsigned threads_for(const Machine *m, size_t lanes)
{
    size_t useful = 1 + lanes / LANES_PER_THREAD;
    bool   shared = m->format->family == FAMILY_DOUBLE || m->format->family == FAMILY_SMALL;      /* the arena serves one thread */
    return !shared ? 1 : useful < m->threads ? (unsigned)useful : m->threads;
}

static void run_lanes(Machine *m, const TapePass *pass, size_t pass_number, size_t lanes)
{
    size_t   chunks = (lanes + CHUNK_LANES - 1) / CHUNK_LANES;
    unsigned threads = threads_for(m, lanes);
    if (chunks <= 1) {
        run_chunk(m, &m->worker[0], pass, pass_number, 0, lanes);
        return;
    }
    while (m->n_workers < threads)
        add_worker(m);
    if (m->chunk_room < chunks * m->tape->partials) {
        m->chunk_room = chunks * m->tape->partials;
        m->chunk_sums = format_lanes(m->format, m->arena, m->chunk_room);
    }
    Share     share[MAX_THREADS];
    atomic_size_t next = 0;
    pthread_t thread[MAX_THREADS];
    bool      started[MAX_THREADS] = { 0 };
    for (unsigned k = 0; k < threads; k++)
        share[k] = (Share){ m, &m->worker[k], pass, pass_number, lanes, chunks, &next };
    for (unsigned k = 1; k < threads; k++) {
        Worker *w = &m->worker[k];
        format_copy(m->format, w->memory, m->worker[0].memory, m->tape->elements);
        for (unsigned b = 1; m->row && b < m->tape->banks; b++)       /* before the thread runs: the arena serves one thread */
            if (m->is_input[b] && !w->gathered[b])
                w->gathered[b] = aligned_lanes(m, m->block);
        started[k] = pthread_create(&thread[k], NULL, run_share, &share[k]) == 0;
    }
    run_share(&share[0]);
    for (unsigned k = 1; k < threads; k++)
        if (started[k])
            pthread_join(thread[k], NULL);
    if (m->tape->partials)
        add_chunks(m, chunks);
}

bool machine_run(Machine *m, size_t lanes)
{
    const Tape     *t = m->tape;
    const TapePass *pass = passes_for(m, lanes);
    for (size_t i = 0; i < t->n_constants; i++)
        if (t->constant[i].kind == TAPE_COUNT)
            set_constant(m, &t->constant[i], lanes);
    for (size_t p = 0; p < t->n_passes; p++) {
        run_uniform(m, &pass[p]);
        if (pass[p].n_lane && lanes)
            run_lanes(m, &pass[p], p, lanes);
        else if (pass[p].n_lane)
            clear_partials(m, &m->worker[0]);
        if (should_stop())
            return false;
    }
    m->runs++;
    if (t->work)
        tape_work_add(t->work, &m->count, m->format->lane, lanes, m->block);
    return true;
}
