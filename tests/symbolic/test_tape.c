/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Laws of tapes: neither the block size nor the number of threads nor the width of vectors changes a bit of value or gradient. */
#include "tests/symbolic/session.h"

#include "numeric/data.h"
#include "numeric/format_double.h"
#include "symbolic/calculus/diff.h"
#include "symbolic/data/table.h"
#include "symbolic/matrix/matrix.h"

#include <string.h>

enum { ROWS = 9000, WIDTH = 5, PARAMETERS = 2 * WIDTH + WIDTH + WIDTH + 1 };

typedef struct Model {
    Pool        *p;
    const Expr  *output[4];         /* value and slopes */
    CompileInput in[3];
    size_t       numbers;           /* in the outputs */
} Model;

static Data *make_data(Arena *a)
{
    Data *d = data_new(a, 3);
    Rng   random = rng_stream(1, STR("tape"));
    d->rows = ROWS;
    for (size_t j = 0; j < 3; j++) {
        double *value = arena_array(d->memory, double, ROWS);
        for (size_t i = 0; i < ROWS; i++)
            value[i] = j == 2 ? rng_unit(&random) < 0.5 : rng_normal(&random);
        d->column[j] = (Column){ .name = str_printf(d->memory, "c%zu", j), .value = value };
    }
    return d;
}

static const Expr *shaped(Pool *p, const char *name, slong rows, slong cols)
{
    return expr_symbol_shaped(p, str_of(name), shape_new(p, rows == WIDTH ? expr_symbol(p, STR("h")) : expr_int(p, rows), expr_int(p, cols), NULL));
}

/* The mean of softplus(z) - y*z + z^2/4 with z = v^T*tanh(W*x + b), its gradient in W, b, v: sums over rows, outer products, a product of a
 * matrix; and the variance of z, which takes two passes. */
static Model model_new(Pool *p, const Data *d)
{
    Model       w = { .p = p, .numbers = PARAMETERS };
    const Expr *axis = expr_axis(p, STR("d"), (Data *)d), *x = expr_tensor(p, 2, 1, (const Expr *const[]){ expr_column(p, axis, 0), expr_column(p, axis, 1) });
    const Expr *W = shaped(p, "W", WIDTH, 2), *b = shaped(p, "b", WIDTH, 1), *v = shaped(p, "v", WIDTH, 1), *variable[] = { W, b, v };
    const Expr *z = expr_dot(p, v, expr_call1(p, FN_tanh, expr_add(p, expr_matmul(p, W, x), b)));
    const Expr *loss = expr_add(p, expr_call1(p, FN_softplus, z), expr_sub(p, expr_div(p, expr_powi(p, z, 2), expr_int(p, 4)), expr_mul(p, expr_column(p, axis, 2), z)));
    const Expr *off = expr_sub(p, z, axis_mean(p, axis, z)), *f = expr_add(p, axis_mean(p, axis, loss), axis_mean(p, axis, expr_powi(p, off, 2)));
    for (int i = 0; i < 3; i++)
        w.in[i] = (CompileInput){ .symbol = variable[i], .rows = WIDTH, .cols = i ? 1 : 2 };
    w.output[0] = f;
    cr_assert(expr_gradient(p, f, variable, 3, w.output + 1), "%s", pool_error(p).s);
    return w;
}

/* Value and gradient as doubles, bits and all. */
static void run_rows(const Model *w, const Format *f, uint32_t block, unsigned threads, size_t rows, double *out)
{
    Arena   *a = arena_new();
    Program *program = arena_alloc(a, sizeof *program);
    cr_assert(expr_compile(w->p, a, w->in, 3, w->output, 4, program), "%s", pool_error(w->p).s);
    Machine *m = block ? machine_new_block(a, program->tape, f, block) : machine_new(a, program->tape, f);
    for (size_t k = 0; k < program->n_columns; k++)
        machine_column(m, 3 + k, 0, program->axis->axis.data->column[program->column[k]].value);
    machine_threads(m, threads);
    for (size_t i = 0; i < PARAMETERS - 1; i++)
        format_set_double(f, format_at(f, machine_input(m, 0), i), 0.125 * (double)((i * 5) % 13) - 0.75, NULL);
    cr_assert(machine_run(m, 3 * rows / 2 < ROWS ? 3 * rows / 2 : rows) && machine_run(m, rows));     /* another run before it leaves no trace */
    for (size_t i = 0; i < PARAMETERS; i++)
        out[i] = format_get_double(f, format_at(f, machine_output(m, 0), i));
    arena_delete(a);
}

static void run_model(const Model *w, const Format *f, uint32_t block, unsigned threads, double *out)
{
    run_rows(w, f, block, threads, ROWS, out);
}

Test(tape, blocks_and_threads_change_no_bit)
{
    static const char *const formats[] = { "fp64", "bf16" };
    Env  *env = env_new(calculus_tables);
    Arena *a = arena_new();
    Model w = model_new(env_pool(env), make_data(a));
    for (size_t k = 0; k < sizeof formats / sizeof *formats; k++) {
        Format f;
        double expected[PARAMETERS], found[PARAMETERS];
        cr_assert(format_named(str_of(formats[k]), &f));
        run_model(&w, &f, 64, 1, expected);
        cr_expect(expected[0] == expected[0] && expected[1] != 0);
        for (uint32_t block = 0; block <= 1024; block = block ? 2 * block : 64)
            for (unsigned threads = 1; threads <= 8; threads *= 2) {
                run_model(&w, &f, block, threads, found);
                cr_expect_eq(memcmp(found, expected, sizeof found), 0, "%s, blocks of %u lanes, %u threads", formats[k], block, threads);
            }
    }
    arena_delete(a);
    env_delete(env);
}

/* The first rows alone, against a longer precision, whose kernels know nothing of rows that lie together. */
Test(tape, batches_of_every_size)
{
    Env   *env = env_new(calculus_tables);
    Arena *a = arena_new();
    Model  w = model_new(env_pool(env), make_data(a));
    Format f, ball = format_ball(100);
    double found[PARAMETERS], again[PARAMETERS], expected[PARAMETERS];
    format_named(STR("fp64"), &f);
    for (size_t rows = 1; rows <= 140; rows += 1 + rows / 20) {
        run_rows(&w, &f, 0, 1, rows, found);
        run_rows(&w, &f, 1024, 1, rows, again);
        cr_expect_eq(memcmp(found, again, sizeof found), 0, "%zu rows", rows);
        Data *d = make_data(a);                              /* the same numbers as lanes of balls */
        for (size_t j = 0; j < 3; j++) {
            arb_ptr x = format_lanes(&ball, a, 2 * rows);
            for (size_t i = 0; i < 2 * rows; i++)
                arb_set_d(x + i, d->column[j].value[i]);
            d->column[j].value = (double *)x;
        }
        Model exact = model_new(env_pool(env), d);
        run_rows(&exact, &ball, 0, 1, rows, expected);
        for (size_t i = 0; i < PARAMETERS; i++)
            cr_expect(found[i] - expected[i] < 1e-13 && expected[i] - found[i] < 1e-13, "%zu rows, number %zu: %.17g and %.17g", rows, i, found[i], expected[i]);
    }
    arena_delete(a);
    env_delete(env);
}

#if defined(__x86_64__)
Test(tape, the_width_of_vectors_changes_no_bit)
{
    Env   *env = env_new(calculus_tables);
    Arena *a = arena_new();
    Model  w = model_new(env_pool(env), make_data(a));
    Format f;
    double narrow[PARAMETERS], wide[PARAMETERS], old[PARAMETERS];
    format_named(STR("fp64"), &f);
    f.kernels = &double_kernels_base;
    run_model(&w, &f, 0, 1, old);
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) {
        f.kernels = &double_kernels_avx2;
        run_model(&w, &f, 0, 1, narrow);
        for (size_t i = 0; i < PARAMETERS; i++)         /* functions without fused multiply-add differ in their last bit */
            cr_expect(narrow[i] - old[i] < 1e-13 && old[i] - narrow[i] < 1e-13, "%zu", i);
    }
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl")) {
        f.kernels = &double_kernels_avx512;
        run_model(&w, &f, 0, 1, wide);
        cr_expect_eq(memcmp(narrow, wide, sizeof wide), 0);
        for (size_t rows = 1; rows <= 200; rows += 1 + rows / 40) {       /* mini-batches lie closer together */
            f.kernels = &double_kernels_avx2;
            run_rows(&w, &f, 0, 1, rows, narrow);
            f.kernels = &double_kernels_avx512;
            run_rows(&w, &f, 0, 1, rows, wide);
            cr_expect_eq(memcmp(narrow, wide, sizeof wide), 0, "%zu rows", rows);
        }
    }
    arena_delete(a);
    env_delete(env);
}
#endif

/* ---- linear systems ---------------------------------------------------------------------------------------------------------------- */

/* v^T*inverse(A)*sin(v) + |v^T*inverse(A)|^2 + log_det(A^T*A) + det(A) with its gradient in A and v. A needs its rows exchanged. */
typedef struct System {
    Pool        *p;
    const Expr  *output[3];
    CompileInput in[2];
} System;

static System system_new(Pool *p)
{
    System      s = { .p = p };
    const Expr *n = expr_symbol(p, STR("h")), *A = expr_symbol_shaped(p, STR("A"), shape_new(p, n, n, NULL)), *variable[2];
    const Expr *v = shaped(p, "v", WIDTH, 1), *inverse = expr_matrix_op(p, MATRIX_INVERSE, A), *row = expr_matmul(p, expr_transpose(p, v), inverse);
    const Expr *term[] = { expr_dot(p, v, expr_matmul(p, inverse, expr_call1(p, FN_sin, v))), expr_matmul(p, row, expr_transpose(p, row)),
                           expr_matrix_op(p, MATRIX_LOG_DET, expr_matmul(p, expr_transpose(p, A), A)), expr_matrix_op(p, MATRIX_DET, A) };
    variable[0] = A;
    variable[1] = v;
    s.output[0] = expr_sum(p, term, 4);
    s.in[0] = (CompileInput){ .symbol = A, .rows = WIDTH, .cols = WIDTH };
    s.in[1] = (CompileInput){ .symbol = v, .rows = WIDTH, .cols = 1 };
    cr_assert(expr_gradient(p, s.output[0], variable, 2, s.output + 1), "%s", pool_error(p).s);
    return s;
}

enum { UNKNOWNS = WIDTH * WIDTH + WIDTH };

/* out: the value, then the slopes; variable `moved` is larger by `step`. */
static void run_system(const System *s, const Format *f, size_t moved, double step, double *out, double *radius)
{
    static const double A[WIDTH * WIDTH] = { 0, 1, 2, -1, .5,  0, 0, 1, 3, 1,  2, 1, 0, 1, -2,  1, -1, 1, 0, 1,  .25, 2, 1, 1, 3 };
    Arena  *a = arena_new();
    Program program;
    cr_assert(expr_compile(s->p, a, s->in, 2, s->output, 3, &program), "%s", pool_error(s->p).s);
    Machine *m = machine_new(a, program.tape, f);
    for (size_t i = 0; i < UNKNOWNS; i++) {
        double x = i < WIDTH * WIDTH ? A[i] : 0.5 + 0.25 * (double)(i % 3);
        void  *lane = i < WIDTH * WIDTH ? format_at(f, machine_input(m, 0), i) : format_at(f, machine_input(m, 1), i - WIDTH * WIDTH);
        format_set_double(f, lane, i == moved ? x + step : x, NULL);
    }
    cr_assert(machine_run(m, 0));
    for (size_t i = 0; i <= UNKNOWNS; i++) {
        const void *x = i == 0 ? machine_output(m, 0)
                      : i <= WIDTH * WIDTH ? format_at(f, machine_output(m, 1), i - 1) : format_at(f, machine_output(m, 2), i - 1 - WIDTH * WIDTH);
        out[i] = format_get_double(f, x);
        radius[i] = f->family == FAMILY_BALL ? mag_get_d(arb_radref((arb_srcptr)x)) : 0;
    }
    arena_delete(a);
}

static void expect_close(double x, double y, double error, const char *what, size_t i)
{
    double most = error * (1 + (y < 0 ? -y : y));
    cr_expect(x - y <= most && y - x <= most, "%s, number %zu: %.17g and %.17g", what, i, x, y);
}

Test(tape, systems_and_determinants_in_every_format)
{
    Env   *env = env_new(calculus_tables);
    System s = system_new(env_pool(env));
    Format exact = format_mpfr(200), ball = format_ball(200), fp64, fp32;
    double expected[UNKNOWNS + 1], found[UNKNOWNS + 1], radius[UNKNOWNS + 1], step = 0x1p-26;
    format_named(STR("fp64"), &fp64);
    format_named(STR("fp32"), &fp32);
    run_system(&s, &exact, UNKNOWNS, 0, expected, radius);
    run_system(&s, &fp64, UNKNOWNS, 0, found, radius);
    for (size_t i = 0; i <= UNKNOWNS; i++)
        expect_close(found[i], expected[i], 1e-12, "fp64", i);
    run_system(&s, &fp32, UNKNOWNS, 0, found, radius);
    for (size_t i = 0; i <= UNKNOWNS; i++)
        expect_close(found[i], expected[i], 1e-3, "fp32", i);
    run_system(&s, &ball, UNKNOWNS, 0, found, radius);
    for (size_t i = 0; i <= UNKNOWNS; i++) {
        expect_close(found[i], expected[i], 1e-15, "balls", i);
        cr_expect(radius[i] < 1e-40, "%zu", i);
    }
    for (size_t i = 0; i < UNKNOWNS; i++) {
        run_system(&s, &exact, i, step, found, radius);
        expect_close((found[0] - expected[0]) / step, expected[i + 1], 1e-4, "difference", i);
    }
    env_delete(env);
}
