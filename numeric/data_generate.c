/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Each set is one row: where its i-th point lies. Classes alternate, so every initial part is balanced. Noise is normal, and of a
 * stream of its own: more noise moves the same points. Coordinates become decimals with six places, so that
 * a run in 200 bits and one in fp64 see the same numbers. */
#include "numeric/data_generate.h"

#include <math.h>

static const double PI = 3.14159265358979323846;

/* i/2 of n/2 as a share of 0..1, both ends included. */
static double along(size_t i, size_t n, size_t classes)
{
    size_t count = (n + classes - 1) / classes;
    return count > 1 ? (double)(i / classes) / (double)(count - 1) : 0;
}

static Point moons(size_t i, size_t n, Rng *random)
{
    (void)random;
    double t = PI * along(i, n, 2);
    return i % 2 ? (Point){ 1 - cos(t), 0.5 - sin(t), 1 } : (Point){ cos(t), sin(t), 0 };
}

static Point spirals(size_t i, size_t n, Rng *random)
{
    (void)random;
    double s = along(i, n, 2), r = 0.1 + 0.9 * s, angle = 3 * PI * s + PI * (double)(i % 2);
    return (Point){ r * cos(angle), r * sin(angle), (int)(i % 2) };
}

/* Quadrants by turns, so that the classes are balanced. */
static Point xor_squares(size_t i, size_t n, Rng *random)
{
    (void)n;
    double x = rng_unit(random), y = rng_unit(random);
    return (Point){ (i / 2) % 2 ? -x : x, ((i / 2) % 2 == i % 2) ? y : -y, (int)(i % 2) };
}

static Point circles(size_t i, size_t n, Rng *random)
{
    (void)random;
    size_t count = (n + 1) / 2;
    double angle = 2 * PI * (double)(i / 2) / (double)count, r = i % 2 ? 0.5 : 1;
    return (Point){ r * cos(angle), r * sin(angle), (int)(i % 2) };
}

static Point blobs(size_t i, size_t n, Rng *random)
{
    (void)n;
    (void)random;
    double angle = PI / 2 + 2 * PI * (double)(i % 3) / 3;
    return (Point){ 2 * cos(angle), 2 * sin(angle), (int)(i % 3) };
}

static Point line(size_t i, size_t n, Rng *random)
{
    (void)random;
    double x = -1 + 2 * along(i, n, 1);
    return (Point){ x, 2 * x + 1, 0 };
}

const Generator generators[] = {
    { "moons", "two interleaved half circles", true, 0.1, moons, false },
    { "spirals", "two spirals of one and a half turns", true, 0.02, spirals, false },
    { "xor", "the square -1..1, class 1 where x*y < 0", true, 0, xor_squares, false },
    { "circles", "circles of radius 1 and 1/2", true, 0.05, circles, false },
    { "blobs", "three clouds around (0, 2) and its turns by 120 degrees", true, 0.5, blobs, false },
    { "line", "y = 2x + 1 for x in -1..1, noise in y", false, 0.1, line, true },
    { 0 }
};

const Generator *generator_find(Str name)
{
    for (const Generator *g = generators; g->name; g++)
        if (str_is(name, g->name))
            return g;
    return NULL;
}

static double rounded(double x)
{
    double r = nearbyint(x * 1e6) / 1e6;
    return r == 0 ? 0 : r;
}

Data *data_generate(Arena *a, const Generator *g, size_t n, double noise, uint64_t seed)
{
    static const char *const names[] = { "x", "y", "class" };
    Data   *d = data_new(a, g->labelled ? 3 : 2);
    Rng     position = rng_stream(seed, STR("generate")), shift = rng_stream(seed, STR("noise"));
    double *value[3];
    d->rows = n;
    for (size_t k = 0; k < d->columns; k++) {
        value[k] = data_values(d, k, n);
        d->column[k] = (Column){ .name = str_of(names[k]), .value = value[k] };
    }
    for (size_t i = 0; i < n; i++) {
        Point  p = g->point(i, n, &position);
        double dx = noise * rng_normal(&shift), dy = noise * rng_normal(&shift);
        value[0][i] = rounded(p.x + (g->only_y ? 0 : dx));
        value[1][i] = rounded(p.y + dy);
        if (g->labelled)
            value[2][i] = p.label;
    }
    for (size_t k = 0; k < d->columns; k++)
        column_decimal(&d->column[k], n, k < 2 ? GENERATED_PLACES : 0);
    return d;
}
