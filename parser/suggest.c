/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Did you mean: edit distance over the known names, and the splitting of run-together products. */
#include "parser/suggest.h"

#include "numeric/function.h"

enum { LONGEST = 64 };

static size_t least(size_t a, size_t b) { return a < b ? a : b; }

/* Optimal string alignment: insertions, deletions, replacements, swaps of neighbours. */
static size_t edit_distance(Str a, Str b)
{
    size_t d[LONGEST + 1][LONGEST + 1];
    for (size_t i = 0; i <= a.n; i++)
        d[i][0] = i;
    for (size_t j = 0; j <= b.n; j++)
        d[0][j] = j;
    for (size_t i = 1; i <= a.n; i++)
        for (size_t j = 1; j <= b.n; j++) {
            size_t same = (a.s[i - 1] | 32) == (b.s[j - 1] | 32) ? 0 : 1;
            d[i][j] = least(least(d[i - 1][j] + 1, d[i][j - 1] + 1), d[i - 1][j - 1] + same);
            if (i > 1 && j > 1 && a.s[i - 1] == b.s[j - 2] && a.s[i - 2] == b.s[j - 1])
                d[i][j] = least(d[i][j], d[i - 2][j - 2] + 1);
        }
    return d[a.n][b.n];
}

Str suggest_nearest(Str word, const Str *candidate, size_t n)
{
    Str    best = { 0 };
    size_t limit = word.n / 3 > 0 ? word.n / 3 : 1;
    if (word.n < 2 || word.n > LONGEST)
        return best;
    for (size_t i = 0; i < n; i++) {
        size_t longer = candidate[i].n > word.n ? candidate[i].n - word.n : word.n - candidate[i].n;
        if (candidate[i].n < 2 || candidate[i].n > LONGEST || longer > limit)
            continue;
        size_t d = edit_distance(word, candidate[i]);
        if (d <= limit) {
            best = candidate[i];
            if (d == 0)
                return best;
            limit = d - 1;
        }
    }
    return best;
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

/* The longest function name that the word starts with and leaves something for; 0 if none. */
static size_t function_prefix(Str word)
{
    for (size_t n = word.n; n >= 2; n--)
        if (fn_find(str_slice(word, 0, n)))
            return n;
    return 0;
}

Str suggest_product(Arena *a, Str word, bool call)
{
    Buf    b = buf_new(a);
    size_t parts = 0;
    if (word.n > 12)
        return (Str){ 0 };
    for (size_t at = 0; at < word.n; parts++) {
        Str    rest = str_slice(word, at, word.n);
        size_t f = function_prefix(rest), g = greek_prefix(rest);
        if (parts)
            buf_add_c(&b, '*');
        if (f && f == rest.n && call && parts) {
            buf_add(&b, rest);
            return buf_str(&b);
        }
        if (f && f < rest.n && !call && parts == 0 && rest.n - f <= 2) {      /* sinx */
            buf_printf(&b, "%.*s(%.*s)", (int)f, rest.s, (int)(rest.n - f), rest.s + f);
            return buf_str(&b);
        }
        size_t take = g ? g : is_letter(rest.s[0]) ? 1 : 0;
        while (take && at + take < word.n && is_digit(word.s[at + take]))
            take++;
        if (!take || (!g && word.n > 4))
            return (Str){ 0 };
        buf_add(&b, str_slice(rest, 0, take));
        at += take;
    }
    return parts > 1 && !call ? buf_str(&b) : (Str){ 0 };
}
