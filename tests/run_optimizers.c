/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Trajectories of optimizers and rates of schedules against verified ones: run_optimizers trajectories|schedules FILE.
 *
 * Each point is compared in fp64 (1e-12) and in 200 bits (25 digits), relative to the largest coordinate. Rows of
 * methods that nabla lacks are counted apart. */
#include "tests/session.h"

#include "base/report.h"
#include "numeric/ball.h"
#include "numeric/data.h"

typedef struct Run { Arena *arena; const char *folder; Str why; } Run;

/* Names of the file and of nabla; hyperparameters that are called otherwise: "theirs=ours;...". "*": what the file says about them is in the name. */
static const struct { const char *theirs, *ours, *names; } methods[] = {
    { "sgd", "gd", "" }, { "sgd_momentum", "momentum", "momentum=beta;" }, { "sgd_nesterov", "nesterov", "momentum=beta;" },
    { "sgd_weight_decay", "gd", "" }, { "adagrad", "adagrad", "" }, { "adadelta", "adadelta", "" }, { "rmsprop", "rmsprop", "" },
    { "rmsprop_centered", "rmsprop_centered", "" }, { "adam", "adam", "" }, { "adam_l2", "adam_l2", "" }, { "adamw", "adamw", "" },
    { "amsgrad", "amsgrad", "" }, { "nadam", "nadam", "momentum_decay=psi;" }, { "rprop", "rprop", "eta_minus=down;eta_plus=up;min=least;max=most;" },
    { "lion", "lion", "" }, { "lamb", "lamb", "" }, { "adabelief", "adabelief", "eps_root=!;" },
    { "adafactor_unfactored", "adafactor_unfactored", "decay_rate=decay;min_scale=least;" }, { "heavy_ball_paper", "heavy_ball", "alpha=lr;" },
    { "newton_armijo", "newton", "*" }, { "newton_pure", "newton(form: pure)", "*" }, { "gauss_newton", "gauss_newton(search: none)", "*" },
    { "sgd_polyak_average", "average", "" }, { "gd_armijo", "gd(search: armijo)", "*" }, { "barzilai_borwein1", "gd(search: bb1, lr: 0.01, memory: 0)", "*" }, { "barzilai_borwein2", "gd(search: bb2, lr: 0.01, memory: 0)", "*" },
    { "cg_fr", "cg(form: fr, search: exact, restart: 0)", "*" }, { "cg_prp_plus", "cg(form: pr, search: exact, restart: 0)", "*" },
    { "bfgs_armijo", "bfgs(search: armijo, scale: 0)", "*" }, { "lbfgs_no_linesearch", "lbfgs(search: none)", "*" }, { "coordinate_descent", "coordinate", "*" },
    { "nadam_torch113", "nadam(dialect: torch113", "momentum_decay=psi;" }, { "adagrad_optax", "adagrad(dialect: optax", "initial_accumulator=first;" },
    { "nadam_optax", "nadam(dialect: optax", "" }, { "amsgrad_optax", "amsgrad(dialect: optax", "" }, { "sophia_exact_diag", "sophia", "clip=!;interval=every;" },
    { "muon", "muon", "momentum=beta;ns_steps=!;coeffs=!;nesterov=!;" }, { "nesterov_1983_fista", "fista", "alpha=lr;t0=!;" },
    { "schedule_free_sgd", "schedule_free", "" }, { "sam_sgd", "sam", "" }, { "lookahead_sgd", "lookahead", "k=every;" },
};

static const struct { const char *theirs, *ours, *names; } schedules[] = {
    { "constant", "constant", "lr=;" }, { "step", "step", "lr=;step_size=every;gamma=factor;" }, { "exponential", "exponential", "lr=;gamma=factor;" },
    { "multistep", "multistep", "lr=;gamma=factor;" }, { "polynomial", "polynomial", "lr=;total_iters=T;end=last;" },
    { "linear_factor", "warmup", "lr=;start_factor=first;end_factor=!;total_iters=T;" }, { "cosine", "cosine", "lr=;T_max=T;eta_min=last;" },
    { "one_cycle", "one_cycle", "max_lr=;total_steps=T;pct_start=rise;div_factor=div;final_div_factor=last_div;anneal=!;" },
    { "inverse_sqrt", "inverse_sqrt", "peak=;" }, { "inverse_time_staircase", "inverse_time_stairs", "lr=;decay_rate=factor;decay_steps=every;" },
    { "cosine_decay_optax", "cosine optax", "init=;decay_steps=T;" },
    { "cyclic_triangular", "cyclic", "base_lr=;max_lr=most;step_size_up=up;step_size_down=down;" },
    { "polynomial_decay_keras", "polynomial", "init=;decay_steps=T;end=last;cycle=!;" }, { "reduce_on_plateau", "plateau", "lr=;min_lr=least;metric_i=!;" },
    { "wsd_linear", "wsd", "peak=;stable_until=stable;total=T;end=last;" },
};

/* ---- text ------------------------------------------------------------------------------------------------------------------- */

static bool split(Str *rest, char separator, Str *part)
{
    if (!rest->n)
        return false;
    const char *end = memchr(rest->s, separator, rest->n);
    size_t      n = end ? (size_t)(end - rest->s) : rest->n;
    *part = str_slice(*rest, 0, n);
    *rest = str_slice(*rest, n + (end != NULL), rest->n);
    return true;
}

/* What a hyperparameter is called: itself, another name, or nothing. */
static Str renamed(const char *names, Str name)
{
    Str rest = str_of(names), pair;
    while (split(&rest, ';', &pair))
        if (pair.n > name.n && str_starts(pair, name) && pair.s[name.n] == '=')
            return str_slice(pair, name.n + 1, pair.n);
    return name;
}

/* "lr=0.1,eps=1e-8" -> ", lr: 0.1, eps: 1e-8"; nameless ones come first. */
static Str options_of(Run *r, Str given, const char *names)
{
    Buf first = buf_new(r->arena), b = buf_new(r->arena);
    Str part;
    while (split(&given, ',', &part)) {
        Str name, value = part;
        split(&value, '=', &name);
        Str ours = renamed(names, name);
        Str whole = value;
        split(&whole, ' ', &value);                     /* "1e-7 inside sqrt" */
        if (!value.n || (ours.n == 1 && ours.s[0] == '!'))
            continue;
        if (ours.n)
            buf_printf(&b, ", %.*s: %.*s", STR_ARGS(ours), STR_ARGS(value));
        else if (first.n == 0)
            buf_add(&first, value);
    }
    return str_printf(r->arena, "%.*s%.*s", STR_ARGS(buf_str(&first)), STR_ARGS(buf_str(&b)));
}

/* ---- numbers ------------------------------------------------------------------------------------------------------------------ */

static bool exact_of(Value v, fmpq_t q)
{
    if (v.kind != VALUE_EXPR)
        return false;
    if (v.expr->kind == EXPR_NUMBER)
        return fmpq_set(q, expr_number(v.expr)), true;
    if (v.expr->kind != EXPR_BALL)
        return false;
    arf_get_fmpq(q, arb_midref(acb_realref(v.expr->ball->value)));
    return true;
}

/* Is every coordinate within 10^-digits of the largest one, or of 1/scale if that is larger? scale 0: of the largest one. */
static bool point_close(const Value *x, const Str *y, size_t n, size_t digits, ulong scale)
{
    fmpq_t a, b, d, most, worst;
    fmpq_init(a);
    fmpq_init(b);
    fmpq_init(d);
    fmpq_init(most);
    fmpq_init(worst);
    bool fine = true;
    if (scale)
        fmpq_set_si(most, 1, scale);
    for (size_t i = 0; i < n && fine; i++) {
        fine = exact_of(x[i], a) && decimal_exact(y[i], b);
        fmpq_sub(d, a, b);
        fmpq_abs(d, d);
        fmpq_abs(b, b);
        if (fmpq_cmp(d, worst) > 0)
            fmpq_set(worst, d);
        if (fmpq_cmp(b, most) > 0)
            fmpq_set(most, b);
    }
    for (size_t k = 0; k < digits; k++)
        fmpz_mul_ui(fmpq_numref(worst), fmpq_numref(worst), 10);
    fmpq_canonicalise(worst);
    fine = fine && fmpq_cmp(worst, most) <= 0;
    fmpq_clear(a);
    fmpq_clear(b);
    fmpq_clear(d);
    fmpq_clear(most);
    fmpq_clear(worst);
    return fine;
}

/* The value of a unit in the last place that the decimal shows. */
static void last_place(Str decimal, fmpq_t unit)
{
    slong  exponent = 0, places = 0;
    bool   point = false;
    fmpz_t ten;
    fmpz_init_set_ui(ten, 10);
    for (size_t i = 0; i < decimal.n; i++) {
        if ((decimal.s[i] | 32) == 'e') {
            exponent = strtol(decimal.s + i + 1, NULL, 10);
            break;
        }
        point = point || decimal.s[i] == '.';
        places += point && decimal.s[i] != '.';
    }
    exponent -= places;
    fmpq_one(unit);
    fmpz_pow_ui(exponent < 0 ? fmpq_denref(unit) : fmpq_numref(unit), ten, (ulong)labs(exponent));
    fmpz_clear(ten);
}

/* Do all coordinates round to the decimals? Beside a coordinate of 1, digits behind the 50th are no part of the reference; a tie may round
 * either way. */
static bool point_rounds(const Value *x, const Str *y, size_t n)
{
    fmpq_t a, b, unit, slack;
    fmpq_init(a);
    fmpq_init(b);
    fmpq_init(unit);
    fmpq_init(slack);
    bool fine = decimal_exact(STR("1e-50"), slack);
    for (size_t i = 0; i < n && fine; i++) {
        fine = exact_of(x[i], a) && decimal_exact(y[i], b);
        fmpq_sub(a, a, b);
        fmpq_abs(a, a);
        fmpz_mul_ui(fmpq_numref(a), fmpq_numref(a), 2);
        fmpq_canonicalise(a);
        last_place(y[i], unit);
        fmpq_add(unit, unit, slack);
        fine = fine && fmpq_cmp(a, unit) <= 0;
    }
    fmpq_clear(a);
    fmpq_clear(b);
    fmpq_clear(unit);
    fmpq_clear(slack);
    return fine;
}

/* ---- trajectories ---------------------------------------------------------------------------------------------------------------- */

typedef struct Case { Str method, start, expr; bool batches, matrix; Str names[16]; size_t n; } Case;

enum { MATRIX_ROWS = 2 };       /* what a method of matrices moves has two rows here */

/* The variables in order of the start: those of the expression in order of their names, as the file lists them. */
static void read_names(Run *r, Case *c)
{
    Env    *env = env_new(builtin_tables);
    Source  source;
    Outcome o = run_text(env, &source, c->expr);
    c->n = 0;
    if (o.kind == RUN_DONE && o.value.kind == VALUE_EXPR) {
        Nodes names = expr_symbols(env_pool(env), env_line(env), o.value.expr);
        for (size_t i = 0; i < names.n && i < 16; i++)
            if (!c->batches || names.at[i]->name.s[0] < 'x')
                c->names[c->n++] = str_copy(r->arena, names.at[i]->name);
    }
    env_delete(env);
    for (size_t i = 1; i < c->n; i++)
        for (size_t k = i; k > 0 && str_cmp(c->names[k], c->names[k - 1]) < 0; k--) {
            Str t = c->names[k];
            c->names[k] = c->names[k - 1];
            c->names[k - 1] = t;
        }
}

static Str start_of(Run *r, const Case *c)
{
    Buf b = buf_new(r->arena);
    Str rest = c->start, part;
    for (size_t i = 0; i < c->n && split(&rest, ',', &part); i++)
        buf_printf(&b, "%s%.*s = %.*s", i ? ", " : "", STR_ARGS(c->names[i]), STR_ARGS(part));
    return buf_str(&b);
}

/* The variables as entries of a matrix X: its start, and the expression with those entries. */
static void as_matrix(Run *r, const Case *c, Str *start, Str *expr)
{
    Buf    b = buf_new(r->arena), call = buf_new(r->arena);
    Str    rest = c->start, part;
    size_t cols = c->n / MATRIX_ROWS;
    for (size_t i = 0; i < c->n && split(&rest, ',', &part); i++)
        buf_printf(&b, "%s%.*s", i == 0 ? "X = [" : i % cols ? ", " : "; ", STR_ARGS(part));
    buf_add_c(&b, ']');
    *start = buf_str(&b);
    for (size_t i = 0; i < c->n; i++)
        buf_printf(&call, "%sX[%zu, %zu]", i ? ", " : "F(", i / cols + 1, i % cols + 1);
    buf_add_c(&call, ')');
    *expr = buf_str(&call);
}

/* "F(a, b) = ...\n", so that the expression may be called with entries of a matrix. */
static Str function_text(Run *r, const Case *c)
{
    Buf b = buf_new(r->arena);
    for (size_t i = 0; i < c->n; i++)
        buf_printf(&b, "%s%.*s", i ? ", " : "F(", STR_ARGS(c->names[i]));
    buf_printf(&b, ") = %.*s\n", STR_ARGS(c->expr));
    return buf_str(&b);
}

/* The coordinates of a point: a record of numbers, or of one matrix. */
static size_t coordinates(Run *r, Value v, const Value **out)
{
    const Expr *m = v.record->n == 1 && v.record->item[0].kind == VALUE_EXPR ? v.record->item[0].expr : NULL;
    *out = v.record->item;
    if (!m || m->kind != EXPR_TENSOR)
        return v.record->n;
    Value *entry = arena_array(r->arena, Value, m->arity);
    for (uint32_t i = 0; i < m->arity; i++)
        entry[i] = value_expr(m->arg[i]);
    *out = entry;
    return m->arity;
}

/* One point after so many steps, against "(1.5,-2)": to so many digits, or (0) all that it shows. */
static bool point_right(Run *r, const Case *c, Str steps, Str point, const char *format, size_t digits)
{
    Env    *env = env_new(builtin_tables);
    Source  source;
    Str     start = start_of(r, c), expr = c->expr, function = STR("");
    if (c->matrix) {
        function = function_text(r, c);
        as_matrix(r, c, &start, &expr);
    }
    Str     text = str_printf(r->arena, "%.*s%s%s%s\nminimize(%.*s, from: (%.*s), method: %.*s, steps: %.*s, tol: 0, format: %s%s).x",
                              STR_ARGS(function), c->batches ? "d = load(\"" : "", c->batches ? r->folder : "", c->batches ? "/lsq6.csv\")" : "", STR_ARGS(expr), STR_ARGS(start),
                              STR_ARGS(c->method), STR_ARGS(steps), format, c->batches ? ", over: d, batch: 2, shuffle: false" : "");
    Outcome o = run_text(env, &source, text);
    Str     want[16];
    size_t  n = 0;
    bool    fine = o.kind == RUN_DONE && o.value.kind == VALUE_RECORD;
    for (Str rest = str_slice(point, 1, point.n - 1), part; n < 16 && split(&rest, ',', &part);)
        want[n++] = part;
    r->why = fine ? str_copy(r->arena, env_value_text(env, o.value, false)) : o.kind == RUN_FAILED ? str_copy(r->arena, o.diag->message) : STR("no point");
    const Value *x = NULL;
    fine = fine && n == coordinates(r, o.value, &x) && (digits ? point_close(x, want, n, digits, 0) : point_rounds(x, want, n));
    if (!fine)
        r->why = str_printf(r->arena, "step %.*s in %s: %.*s", STR_ARGS(steps), format, STR_ARGS(r->why));
    env_delete(env);
    return fine;
}

static bool points_right(Run *r, const Case *c, Str points, const char *format, size_t digits)
{
    Str point, steps;
    while (split(&points, ';', &point)) {
        split(&point, ':', &steps);
        if (!point_right(r, c, steps, point, format, digits))
            return false;
    }
    return true;
}

static int trajectory_row(Run *r, Str line)
{
    Str  name = field(line, 0);
    Case c = { .start = field(line, 3), .expr = field(line, 4), .matrix = str_is(name, "muon"), .batches = str_is(field(line, 2), "lsq6_batch2") };
    for (size_t i = 0; i < sizeof methods / sizeof *methods; i++) {
        if (!str_is(name, methods[i].theirs))
            continue;
        Str options = methods[i].names[0] == '*' ? (Str){ 0 } : options_of(r, field(line, 1), methods[i].names);
        bool open = strchr(methods[i].ours, '(') != NULL;       /* a dialect */
        c.method = options.n && open ? str_printf(r->arena, "%s%.*s)", methods[i].ours, STR_ARGS(options))
                   : options.n       ? str_printf(r->arena, "%s(%.*s)", methods[i].ours, STR_ARGS(str_slice(options, 2, options.n))) : str_of(methods[i].ours);
        read_names(r, &c);
        return points_right(r, &c, field(line, 6), "fp64", 12) && points_right(r, &c, field(line, 7), "200 bits", 0) ? 1 : 0;
    }
    return -1;
}

/* ---- schedules --------------------------------------------------------------------------------------------------------------------- */

/* The rate of step t is the one that a trace shows in row t + 1. */
static bool rates_right(Run *r, Str schedule, Str rates)
{
    Env    *env = env_new(builtin_tables);
    Source  source;
    Str     text = str_printf(r->arena, "minimize(x, from: 0, lr: %.*s, steps: 101, format: 200 bits)", STR_ARGS(schedule)), rate, step;
    Outcome o = run_text(env, &source, text);
    bool    fine = o.kind == RUN_DONE && o.value.kind == VALUE_REPORT;
    r->why = fine ? STR("another rate") : o.kind == RUN_FAILED ? str_copy(r->arena, o.diag->message) : STR("no report");
    const Table *t = fine ? report_field(o.value.report, STR("trace"))->table : NULL;
    while (fine && split(&rates, ';', &rate)) {
        split(&rate, ':', &step);
        size_t row = strtoul(str_copy(r->arena, step).s, NULL, 10) + 1;
        fine = row < t->rows && point_close(&t->cell[row * t->columns + 3], &rate, 1, 15, 1000);
        if (!fine)
            r->why = str_printf(r->arena, "another rate at step %.*s", STR_ARGS(step));
    }
    env_delete(env);
    return fine;
}

/* "..., metric_i=1/(1+i)+0.1*(7i mod 5) (reported after step i)": what the schedule is told, in t. */
static Str told_values(Run *r, Str options)
{
    const char *at = strstr(str_copy(r->arena, options).s, "metric_i=");
    if (!at)
        return (Str){ 0 };
    const char *end = strstr(at, " (reported");
    Buf         b = buf_new(r->arena);
    for (at += strlen("metric_i="); at < end; at++)
        if (strncmp(at, "(7i mod 5)", 10) == 0) {
            buf_add_s(&b, "mod(7*t, 5)");
            at += 9;
        } else {
            buf_add_c(&b, *at == 'i' ? 't' : *at);
        }
    return buf_str(&b);
}

/* The rates that the schedule command tabulates for these values. */
static bool plateau_right(Run *r, Str schedule, Str told, Str rates)
{
    Env    *env = env_new(builtin_tables);
    Source  source;
    Str     text = str_printf(r->arena, "schedule(%.*s, value: %.*s, steps: 100)", STR_ARGS(schedule), STR_ARGS(told)), rate, step;
    Outcome o = run_text(env, &source, text);
    bool    fine = o.kind == RUN_DONE && o.value.kind == VALUE_REPORT;
    r->why = o.kind == RUN_FAILED ? str_copy(r->arena, o.diag->message) : STR("no report");
    const Table *t = fine ? report_field(o.value.report, STR("rates"))->table : NULL;
    while (fine && split(&rates, ';', &rate)) {
        split(&rate, ':', &step);
        size_t row = strtoul(str_copy(r->arena, step).s, NULL, 10);
        fine = row < t->rows && point_close(&t->cell[row * t->columns + 1], &rate, 1, 15, 1000);
        if (!fine)
            r->why = str_printf(r->arena, "another rate at step %.*s", STR_ARGS(step));
    }
    env_delete(env);
    return fine;
}

/* "at=10/30/75" -> "at=[10/30/75]" would be a quotient: milestones become a list. */
static Str with_lists(Run *r, Str options)
{
    Buf  b = buf_new(r->arena);
    bool list = false;
    for (size_t i = 0; i < options.n; i++) {
        bool starts = i >= 11 && str_is(str_slice(options, i - 11, i), "milestones:");
        if (starts)
            buf_add_s(&b, " [");
        list = list || starts;
        if (list && options.s[i] == ',') {
            buf_add_c(&b, ']');
            list = false;
        }
        if (list && options.s[i] == '/')
            buf_add_s(&b, ", ");
        else
            buf_add_c(&b, options.s[i]);
    }
    return buf_str(&b);
}

static int schedule_row(Run *r, Str line)
{
    Str told = told_values(r, field(line, 1));
    for (size_t i = 0; i < sizeof schedules / sizeof *schedules; i++)
        if (str_is(field(line, 0), schedules[i].theirs)) {
            Str options = with_lists(r, options_of(r, field(line, 1), schedules[i].names));
            Str dialect = str_of(schedules[i].ours), name;
            split(&dialect, ' ', &name);
            Str schedule = str_printf(r->arena, "%.*s(%.*s%s%.*s)", STR_ARGS(name), STR_ARGS(options), dialect.n ? ", dialect: " : "", STR_ARGS(dialect));
            return told.n ? plateau_right(r, schedule, told, field(line, 3)) : rates_right(r, schedule, field(line, 3));
        }
    return -1;
}

int main(int argc, char **argv)
{
    if (argc < 3)
        return 2;
    Arena *a = arena_new();
    Str    text = read_all(a, argv[2]), line, path = str_of(argv[2]);
    size_t passed = 0, failed = 0, missing = 0, cut = path.n;
    while (cut > 0 && path.s[cut - 1] != '/')
        cut--;
    Run r = { .arena = a, .folder = str_copy(a, str_slice(path, 0, cut ? cut - 1 : 0)).s };
    next_line(&text, &line);
    while (next_line(&text, &line)) {
        int right = (str_is(str_of(argv[1]), "schedules") ? schedule_row : trajectory_row)(&r, line);
        passed += right == 1;
        failed += right == 0;
        missing += right < 0;
        if (right == 0)
            printf("WRONG %.*s %.*s %.*s: %.*s\n", STR_ARGS(field(line, 0)), STR_ARGS(field(line, 1)), STR_ARGS(field(line, 2)), STR_ARGS(r.why));
    }
    printf("%s: %zu right, %zu of methods that are not built in\nCHECKS %zu %zu\n", argv[1], passed, missing, passed, failed);
    arena_delete(a);
    return failed > 0;
}
