/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Did you mean: edit distance over the known names, the names of other programs, and the splitting of run-together words. */
#include "parser/suggest.h"

#include "numeric/function.h"

enum { LONGEST = 64, FULL = EDIT_COST, SWAP = 8, DOUBLED = 6 };      /* costs: of swapped neighbours, of a doubled letter */

static size_t least(size_t a, size_t b) { return a < b ? a : b; }
static char lower(char c)               { return c >= 'A' && c <= 'Z' ? (char)(c + 'a' - 'A') : c; }

/* What it costs to have s[i] too much: less if it only repeats its neighbour. */
static size_t extra(Str s, size_t i)
{
    return i > 0 && lower(s.s[i]) == lower(s.s[i - 1]) ? DOUBLED : FULL;
}

/* Optimal string alignment: insertions, deletions, replacements, swaps of neighbours. */
static size_t edit_cost(Str a, Str b)
{
    size_t d[LONGEST + 1][LONGEST + 1];
    d[0][0] = 0;
    for (size_t i = 1; i <= a.n; i++)
        d[i][0] = d[i - 1][0] + FULL;
    for (size_t j = 1; j <= b.n; j++)
        d[0][j] = d[0][j - 1] + FULL;
    for (size_t i = 1; i <= a.n; i++)
        for (size_t j = 1; j <= b.n; j++) {
            char   x = lower(a.s[i - 1]), y = lower(b.s[j - 1]);
            size_t cost = least(d[i - 1][j] + extra(a, i - 1), d[i][j - 1] + extra(b, j - 1));
            d[i][j] = least(cost, d[i - 1][j - 1] + (x == y ? 0 : FULL));
            if (i > 1 && j > 1 && x == lower(b.s[j - 2]) && lower(a.s[i - 2]) == y)
                d[i][j] = least(d[i][j], d[i - 2][j - 2] + SWAP);
        }
    return d[a.n][b.n];
}

static size_t common_start(Str a, Str b)
{
    size_t n = 0;
    while (n < a.n && n < b.n && lower(a.s[n]) == lower(b.s[n]))
        n++;
    return n;
}

Near suggest_near(Str word, const Str *candidate, size_t n)
{
    Near   best = { .cost = FULL * (word.n / 3 > 0 ? word.n / 3 : 1) };
    size_t start = 0;
    if (word.n < 2 || word.n > LONGEST)
        return best;
    for (size_t i = 0; i < n; i++) {
        size_t longer = candidate[i].n > word.n ? candidate[i].n - word.n : word.n - candidate[i].n;
        if (candidate[i].n < 2 || candidate[i].n > LONGEST || longer * DOUBLED > best.cost)
            continue;
        size_t cost = edit_cost(word, candidate[i]), same = common_start(word, candidate[i]);
        if (cost < best.cost || (cost == best.cost && (!best.name.n || same > start))) {
            best = (Near){ candidate[i], cost };
            start = same;
        }
    }
    return best;
}

Str suggest_nearest(Str word, const Str *candidate, size_t n)
{
    return suggest_near(word, candidate, n).name;
}

/* Names of mathematical functions and constants in other programs and countries; rows of built-ins have theirs. */
static const struct { const char *word, *name; } foreign[] = {
    { "inf", "oo" }, { "infinity", "oo" }, { "infty", "oo" }, { "PI", "pi" }, { "None", "nan" },
    { "tg", "tan" }, { "ctg", "cot" }, { "cotan", "cot" }, { "cosec", "csc" }, { "arctg", "atan" }, { "arcctg", "acot" }, { "arccot", "acot" },
    { "arcsinh", "asinh" }, { "arccosh", "acosh" }, { "arctanh", "atanh" }, { "sh", "sinh" }, { "ch", "cosh" }, { "th", "tanh" },
    { "lg", "log10" }, { "fabs", "abs" }, { "sgn", "sign" }, { "signum", "sign" }, { "ceiling", "ceil" }, { "comb", "binomial" },
    { "choose", "binomial" }, { "nCr", "binomial" },
};

Str suggest_foreign(Str word)
{
    for (size_t i = 0; i < sizeof foreign / sizeof *foreign; i++)
        if (str_is(word, foreign[i].word))
            return str_of(foreign[i].name);
    return (Str){ 0 };
}

static const char *const greek[] = { "alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta", "theta", "iota", "kappa", "lambda", "mu",
    "nu", "xi", "omicron", "pi", "rho", "sigma", "tau", "upsilon", "phi", "chi", "psi", "omega", "Gamma", "Delta", "Theta", "Lambda", "Xi",
    "Pi", "Sigma", "Phi", "Psi", "Omega" };

static size_t greek_prefix(Str s)
{
    size_t longest = 0;
    for (size_t i = 0; i < sizeof greek / sizeof *greek; i++)
        if (str_starts(s, str_of(greek[i])) && str_of(greek[i]).n > longest)
            longest = str_of(greek[i]).n;
    return longest;
}

static bool is_letter(char c) { return (c | 32) >= 'a' && (c | 32) <= 'z'; }
static bool is_digit(char c)  { return c >= '0' && c <= '9'; }

bool name_is_variable(Str name)
{
    size_t at = greek_prefix(name);
    if (at == 0 || (at < name.n && !is_digit(name.s[at]) && name.s[at] != '_'))
        at = name.n && is_letter(name.s[0]) ? 1 : 0;
    if (at == 0)
        return false;
    size_t end = at;
    while (end < name.n && is_digit(name.s[end]))
        end++;
    if (end == name.n)
        return true;
    if (name.s[end] != '_' || end + 1 == name.n)
        return false;
    for (end++; end < name.n; end++)
        if (name.s[end] == '_')
            return false;
    return true;
}

/* The longest function name that the word starts with; short names (re, im, si) are more often letters side by side. */
static size_t function_prefix(Str word)
{
    for (size_t n = word.n; n >= 3; n--)
        if (fn_find(str_slice(word, 0, n)))
            return n;
    return str_starts(word, STR("ln")) ? 2 : 0;
}

/* One letter or Greek name with its digits; 0 if there is none. */
static size_t variable_prefix(Str word)
{
    size_t greek_end = greek_prefix(word), n = greek_end ? greek_end : word.n && is_letter(word.s[0]) ? 1 : 0;
    while (n && n < word.n && is_digit(word.s[n]))
        n++;
    return n;
}

/* The product of the variables that s is; false if it is none, or no likely one: more than three letters, or twice the same. */
static bool add_product(Buf *b, Str s, size_t *parts)
{
    size_t letters = 0;
    bool   first = true;
    for (size_t at = 0; at < s.n; first = false) {
        Str    rest = str_slice(s, at, s.n);
        size_t n = variable_prefix(rest);
        letters += n && !greek_prefix(rest);
        if (!n || letters > 3 || (at && rest.s[0] == s.s[at - 1]))
            return false;
        if (!first)
            buf_add_c(b, '*');
        buf_add(b, str_slice(rest, 0, n));
        at += n;
        ++*parts;
    }
    return true;
}

/* Where a function name starts in the word, behind nothing but variables; word.n if nowhere. */
static size_t function_start(Str word, bool call)
{
    for (size_t at = 0; at < word.n;) {
        Str    rest = str_slice(word, at, word.n);
        size_t f = function_prefix(rest), v = variable_prefix(rest);
        if (f && (call ? f == rest.n && at : f < rest.n && greek_prefix(rest) < f))
            return at;
        if (!v)
            return word.n;
        at += v;
    }
    return word.n;
}

Str suggest_product(Arena *a, Str word, bool call)
{
    Buf    b = buf_new(a);
    size_t parts = 0, start = function_start(word, call), argument = 0;
    if (word.n > 24 || !add_product(&b, str_slice(word, 0, start), &parts))
        return (Str){ 0 };
    if (start == word.n)
        return parts > 1 && !call ? buf_str(&b) : (Str){ 0 };
    Str    rest = str_slice(word, start, word.n);
    size_t f = function_prefix(rest);
    buf_printf(&b, "%s%.*s", parts ? "*" : "", (int)f, rest.s);
    if (call)
        return buf_str(&b);
    buf_add_c(&b, '(');
    for (rest = str_slice(rest, f, rest.n); rest.n && is_digit(rest.s[0]); rest = str_slice(rest, 1, rest.n), argument = 1)
        buf_add_c(&b, rest.s[0]);
    if (!add_product(&b, rest, &argument) || argument > 3)
        return (Str){ 0 };
    buf_add_c(&b, ')');
    return buf_str(&b);
}
