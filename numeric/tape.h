/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tapes: straight-line programs over blocks of lanes, which any number format can run.
 *
 * The elements of a tape lie in banks of lanes (numbers of a format). Bank 0 is the machine's own memory: constants, uniform
 * values, partial sums, and slots of BLOCK lanes per row. Further banks are the caller's columns, read and written in place.
 * A view names rows x lanes of elements; its strides cover every broadcast:
 *
 *     element (r, l) = bank[off + r*row_stride + l*lane_stride]
 *     lane tensor (BLOCK, 1)   lane scalar (0, 1)   uniform vector (1, 0)   uniform scalar (0, 0)
 *
 * A tape is a list of passes: the uniform part of a pass runs once (lanes = 1, or the entries of a tensor as lanes), then its
 * lane part once per block. A compiled tape has blocks of BLOCK lanes; a machine takes more where its slots then still lie in the
 * first-level cache, and sets the slots of a run of fewer lanes closer together, so that the rows of a matrix are one row for its kernels. A reduction over lanes keeps PARTIALS partial sums per value, lane l into partial l mod PARTIALS; a chunk of
 * CHUNK blocks has partial sums of its own, and chunks are added in their order. So a sum depends neither on the block size, nor on the
 * width of vectors, nor on the number of threads. The uniform part of the next pass finishes the sums: a value below two
 * nested reductions (a variance) needs two passes, and lane values are recomputed, never carried over. */
#ifndef NUMERIC_TAPE_H
#define NUMERIC_TAPE_H

#include "numeric/format.h"
#include "numeric/function.h"

enum { BLOCK = 64, PARTIALS = 8, CHUNK = 16 };

typedef enum TapeOp {
    /* entry by entry: d = ...; every operation named is rounded on its own */
    TAPE_COPY,          /* a */
    TAPE_NEG,           /* -a */
    TAPE_ADD, TAPE_SUB, TAPE_MUL, TAPE_DIV,
    TAPE_MULADD,        /* c + a*b, two roundings */
    TAPE_MULSUB,        /* c - a*b, two roundings */
    TAPE_FMA,           /* c + a*b, one rounding */
    TAPE_SQRT,
    TAPE_POW,           /* a^b */
    TAPE_CALL,          /* fn(a), fn(a, b), fn(a, b, c) by the arity in k */
    TAPE_LT, TAPE_LE, TAPE_EQ, TAPE_NE,        /* 1 or 0 */
    TAPE_SELECT,        /* c where a is not 0, else b */
    /* tensors */
    TAPE_GEMM,          /* d (rows x lanes) = c + A b: A uniform, rows x k with strides row_stride and inner; b k x lanes. c absent: inner of c is ABSENT */
    TAPE_OUTER,         /* partial sums d (rows x k): sum over lanes of a (rows) times b (k) */
    TAPE_UNIFORM_GEMM,  /* d (rows x cols) = A (rows x k) B (k x cols), all uniform; lanes = cols; B's lane_stride steps its columns */
    TAPE_ROW_SUM,       /* d (1 x lanes) = sum over the rows of a */
    TAPE_ROW_DOT,       /* d (1 x lanes) = sum over the rows of a*b */
    /* reductions over lanes into partial sums, and their end */
    TAPE_SUM,           /* d[r][l mod PARTIALS] += a */
    TAPE_DOT,           /* d[r][l mod PARTIALS] += a*b, two roundings */
    TAPE_FINAL          /* uniform: d[r] = ((p0+p4)+(p2+p6)) + ((p1+p5)+(p3+p7)) */
} TapeOp;

typedef struct View {
    uint32_t off, row_stride;
    uint8_t  lane_stride, bank;
} View;

typedef struct Instruction {
    uint16_t op, fn;            /* TapeOp; FnId of a CALL */
    uint32_t rows;
    uint32_t k;                 /* inner length of products; arity of a CALL */
    uint32_t lanes;             /* 0: as many as the block has; uniform instructions say how many */
    uint32_t inner;             /* stride of A along the inner index */
    bool     has_c;             /* GEMM starts from c */
    View     d, a, b, c;
} Instruction;

typedef struct TapeConstant {   /* an element of bank 0 that never changes */
    uint32_t off;
    enum { TAPE_RATIONAL, TAPE_PI, TAPE_E, TAPE_EULER, TAPE_INFINITY, TAPE_COUNT } kind;     /* COUNT: the number of lanes of the run */
    fmpq     value;             /* RATIONAL; owned by the expressions the tape was compiled from */
} TapeConstant;

typedef struct TapeInput {
    uint32_t rows, cols;        /* of a uniform input; a column has one row per entry of a sample, usually 1 */
    bool     column;            /* varies over the lanes: lives in bank `bank` (row r of it in bank + r) */
    uint32_t off;               /* of a uniform input in bank 0, entries row by row */
    uint8_t  bank;
} TapeInput;

typedef struct TapeOutput {
    uint32_t rows, cols;
    bool     column;            /* one value per lane: written to bank `bank` (+ r) */
    View     view;              /* uniform: where in bank 0 */
    uint8_t  bank;
} TapeOutput;

typedef struct TapePass {
    size_t             n_uniform, n_lane;
    const Instruction *uniform, *lane;
} TapePass;

typedef struct TapeWork TapeWork;           /* numeric/tape_work.h */

typedef struct Tape {
    size_t              n_inputs, n_outputs, n_constants, n_passes;
    const TapeInput    *input;
    const TapeOutput   *output;
    const TapeConstant *constant;
    const TapePass     *pass;
    uint32_t            elements;        /* of bank 0 without slots: constants, inputs, uniform values */
    uint32_t            partials, partials_off;   /* elements of partial sums and where they begin */
    uint32_t            slots_off, slots;         /* rows of BLOCK lanes, behind the partial sums */
    unsigned            banks;           /* the largest bank in use plus one */
    TapeWork           *work;            /* where its runs are counted; NULL: nowhere */
} Tape;

/* What a family of formats can do. All lengths in lanes; views as above, resolved against bank[]. */
typedef struct Banks {
    void *const *bank;          /* addresses of the first element of each bank, for this block: columns start at its first lane */
    Rng         *random;        /* of stochastic rounding */
    bool         first;         /* reductions begin at 0, whatever their partial sums hold; only for kernels that say so */
} Banks;

struct Kernels {
    /* Runs one instruction on n lanes. Everything but FINAL and reductions writes d; reductions add to partial sums. */
    void (*run)(const Format *f, const Instruction *i, const Banks *b, size_t n);
    /* Runs count uniform instructions, each on its own number of lanes. NULL: one by one through run. */
    void (*run_uniform)(const Format *f, const Instruction *i, size_t count, const Banks *b);
    /* Runs count instructions on n lanes, where n is so small that calls cost more than lanes. NULL: one by one through run. */
    void (*run_few)(const Format *f, const Instruction *i, size_t count, const Banks *b, size_t n);
    bool takes_first;           /* else partial sums are cleared before the first block */
};

extern const Kernels small_kernels, mpfr_kernels, ball_kernels, contracted_double_kernels;
const Kernels *double_kernels(void);    /* the widest build that this processor runs */

/* ---- running --------------------------------------------------------------------------------------------------------------- */

/* A tape bound to a format: its memory, constants and columns. It lives in the arena. */
typedef struct Machine Machine;

Machine    *machine_new(Arena *a, const Tape *t, const Format *f);
Machine    *machine_new_block(Arena *a, const Tape *t, const Format *f, uint32_t block);    /* BLOCK times 1, 2, 4, ... up to CHUNK */
void        machine_threads(Machine *m, unsigned threads);              /* default 1; more only helps with many lanes */
void        machine_seed(Machine *m, uint64_t seed);                    /* of stochastic rounding */
void       *machine_input(Machine *m, size_t i);                        /* the lanes of uniform input i, to be filled */
void        machine_column(Machine *m, size_t i, size_t row, const void *column);     /* lanes of an input that is a column */
void        machine_rows(Machine *m, const uint32_t *row);              /* lane l reads row[l] of the columns; NULL: row l */
void        machine_output_column(Machine *m, size_t i, size_t row, void *column);
const void *machine_output(const Machine *m, size_t i);                 /* the lanes of a uniform output, after a run */
bool        machine_run(Machine *m, size_t lanes);                      /* false: should_stop() */

#endif
