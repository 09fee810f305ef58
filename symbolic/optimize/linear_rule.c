/* SPDX-License-Identifier: GPL-3.0-or-later */
/* On a quadratic the gradient is the curvature times x, so a rule like gd, momentum or Nesterov's is a linear map of x and its states. Its
 * matrix is found by running the rule on unit vectors; two mixed vectors and another step number show whether it is linear at all. The spectral radius is
 * the limit of |M^k|^(1/k), by repeated squaring [Gelfand 1941]. */
#include "symbolic/optimize/linear_rule.h"

#include "symbolic/expr/evaluate.h"

#include <math.h>
#include <string.h>

enum { MOST_SIDE = 6, SQUARINGS = 26, RULE_BITS = 96 };

typedef struct LinearRule {
    Pool         *pool;
    const Rule   *rule;
    size_t        n, inputs;        /* n: x and the states */
    const Expr  **symbol;           /* x, states, g, t, hyperparameters */
    acb_ptr       value;
    double        curvature;
} LinearRule;

/* One step from z at step number t. */
static bool run(LinearRule *w, const double *z, double t, double *out)
{
    acb_t y;
    bool  fine = true;
    for (size_t k = 0; k < w->n; k++)
        acb_set_d(w->value + k, z[k]);
    acb_set_d(w->value + w->n, w->curvature * z[0]);
    acb_set_d(w->value + w->n + 1, t);
    acb_init(y);
    for (size_t k = 0; k < w->n && fine; k++) {
        fine = expr_enclose(w->pool, w->rule->update[k], w->symbol, w->value, w->inputs, RULE_BITS, y, NULL) == EVAL_OK && acb_is_real(y);
        out[k] = arf_get_d(arb_midref(acb_realref(y)), ARF_RND_NEAR);
        fine = fine && isfinite(out[k]);
    }
    acb_clear(y);
    pool_clear_error(w->pool);
    return fine;
}

static bool matrix_of(LinearRule *w, double *m)
{
    double z[MOST_SIDE], column[MOST_SIDE];
    for (size_t j = 0; j < w->n; j++) {
        memset(z, 0, sizeof z);
        z[j] = 1;
        if (!run(w, z, 1, column))
            return false;
        for (size_t i = 0; i < w->n; i++)
            m[i * w->n + j] = column[i];
    }
    return true;
}

static bool is_linear(LinearRule *w, const double *m)
{
    double z[MOST_SIDE], got[MOST_SIDE];
    for (int k = 0; k < 3; k++) {
        for (size_t j = 0; j < w->n; j++)
            z[j] = k == 2 ? 0 : (k ? -3.25 : 1.75) + (double)(j * j) * (k ? 1.125 : -0.625);
        if (!run(w, z, k ? 1000 : 2, got))
            return false;
        for (size_t i = 0; i < w->n; i++) {
            double sum = 0, size = 0;
            for (size_t j = 0; j < w->n; j++) {
                sum += m[i * w->n + j] * z[j];
                size += (1 + fabs(m[i * w->n + j])) * fabs(z[j]);
            }
            if (!(fabs(got[i] - sum) <= 1e-12 * size))
                return false;
        }
    }
    return true;
}

static double spectral_radius(double *m, size_t n)
{
    double logarithm = 0, square[MOST_SIDE * MOST_SIDE];
    for (int k = 0;; k++) {
        double norm = 0;
        for (size_t i = 0; i < n * n; i++)
            norm += fabs(m[i]);
        if (norm == 0)
            return 0;
        logarithm += ldexp(log(norm), -k);
        if (k == SQUARINGS)
            return exp(logarithm);
        for (size_t i = 0; i < n * n; i++)
            m[i] /= norm;
        for (size_t i = 0; i < n; i++)
            for (size_t j = 0; j < n; j++) {
                square[i * n + j] = 0;
                for (size_t l = 0; l < n; l++)
                    square[i * n + j] += m[i * n + l] * m[l * n + j];
            }
        memcpy(m, square, n * n * sizeof *m);
    }
}

double rule_factor(Pool *p, Arena *a, const Method *method, double curvature, double lr)
{
    const Rule *r = method->rule;
    long        rate = method_hyper(method, STR("lr"));
    double      m[MOST_SIDE * MOST_SIDE], factor = NAN;
    if (!r || r->parts || r->by_block || method->memory || method->clip || r->states + 1 > MOST_SIDE)
        return NAN;
    LinearRule w = { p, r, r->states + 1, r->states + 3 + r->hypers, arena_array(a, const Expr *, r->states + 3 + r->hypers), NULL, curvature };
    w.value = _acb_vec_init((slong)w.inputs);
    w.symbol[0] = r->x;
    for (size_t k = 0; k < r->states; k++)
        w.symbol[k + 1] = r->state_symbol[k];
    w.symbol[w.n] = r->g;
    w.symbol[w.n + 1] = r->t;
    bool fine = true;
    for (size_t k = 0; k < r->hypers && fine; k++) {
        acb_ptr v = w.value + w.n + 2 + k;
        w.symbol[w.n + 2 + k] = r->hyper_symbol[k];
        if ((long)k == rate && !isnan(lr))
            acb_set_d(v, lr);
        else
            fine = expr_is_numeric(method->value[k]) && expr_enclose(p, method->value[k], NULL, NULL, 0, RULE_BITS, v, NULL) == EVAL_OK;
    }
    if (fine && matrix_of(&w, m) && is_linear(&w, m))
        factor = spectral_radius(m, w.n);
    _acb_vec_clear(w.value, (slong)w.inputs);
    pool_clear_error(p);
    return factor;
}
