/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Pages of HTML need neither scripts nor a network, and say so to the browser: a policy forbids both, whatever a page may hold.
 * One style for the screen, the phone, paper and the dark. */
#include "repl/html.h"

#include "parser/words.h"

#include <string.h>

const char html_start[] = "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"generator\" content=\"nabla\">\n";
const char html_tail[] = "</body>\n</html>\n";

static const char style[] =
    ":root { color-scheme: light dark; --text: #1d2129; --page: #fff; --soft: #667; --line: #d5d9e0; --in: #f4f6f9; --mark: #3b6fb5; --error: #b3261e;\n"
    "  --word: #8a3ea8; --number: #0b6e75; --string: #4d7a1e }\n"
    "@media (prefers-color-scheme: dark) { :root { --text: #dde1e8; --page: #14171c; --soft: #98a0ae; --line: #343a45; --in: #1d2129; --mark: #7aa7e0;\n"
    "  --error: #ff8a80; --word: #d39be8; --number: #6fc7cd; --string: #a5cf75 } }\n"
    "* { box-sizing: border-box }\n"
    "body { max-width: 50rem; margin: 0 auto; padding: 1.5rem 1rem 3rem; color: var(--text); background: var(--page); line-height: 1.5;\n"
    "  font-family: system-ui, -apple-system, \"Segoe UI\", Roboto, \"Noto Sans\", \"DejaVu Sans\", sans-serif; overflow-wrap: break-word }\n"
    "h1 { font-size: 1.35rem; font-weight: 600; margin: 0 0 1.5rem; padding-bottom: 0.4rem; border-bottom: 1px solid var(--line) }\n"
    "section { margin: 1.25rem 0 }\np { margin: 0.35rem 0 }\n"
    "pre { margin: 0.35rem 0; white-space: pre-wrap; overflow-wrap: anywhere;\n"
    "  font: 0.9rem/1.45 ui-monospace, SFMono-Regular, Menlo, Consolas, \"DejaVu Sans Mono\", monospace }\n"
    "pre.in { padding: 0.45rem 0.8rem; background: var(--in); border-left: 3px solid var(--mark); border-radius: 0 4px 4px 0 }\n"
    "pre.in .word { color: var(--word) }\npre.in .number { color: var(--number) }\npre.in .string { color: var(--string) }\n"
    "pre.in .comment { color: var(--soft); font-style: italic }\n"
    "pre.out, .value, .wide, pre.picture { margin-left: 0.95rem }\n"
    ".value, .wide, pre.picture, .formula { overflow-x: auto; overflow-y: hidden }\npre.picture { white-space: pre; line-height: 1.2 }\n"
    ".value { padding: 0.3rem 0; font-size: 1.1rem }\n.about { margin-left: 0.6rem; color: var(--soft); font-variant-numeric: tabular-nums }\n"
    ".note { margin-left: 0.95rem; color: var(--soft); font-size: 0.93rem }\n.value .note { margin-left: 1rem }\n"
    "pre.error { margin-left: 0.95rem; color: var(--error); white-space: pre; overflow-x: auto }\n"
    "math { font-size: 1.08em; math-style: normal }\nmtable { math-style: normal }\nmtd { padding: 0.25em 0.45em }\n.digits { overflow-wrap: anywhere }\n"
    "table { border-collapse: collapse; font-variant-numeric: tabular-nums; margin: 0.5rem 0 }\n"
    "th { font-weight: 600; text-align: left; border-bottom: 1px solid var(--soft) }\nth, td { padding: 0.2rem 1.1rem 0.2rem 0; vertical-align: baseline }\n"
    "td { border-bottom: 1px solid var(--line) }\n.number, th.number { text-align: right }\npre .number { text-align: inherit }\n"
    "ol.steps { margin: 0.5rem 0 0.5rem 0.95rem; padding: 0; list-style: none; counter-reset: step }\n"
    "ol.steps li { display: grid; grid-template-columns: 1.7rem 11rem 1fr; column-gap: 0.5rem; align-items: baseline; padding: 0.3rem 0;\n"
    "  border-bottom: 1px solid var(--line) }\n"
    "ol.steps li:last-child { border-bottom: 0 }\nol.steps li::before { content: \"\"; color: var(--soft); font-size: 0.85rem }\n"
    "ol.steps li.step { counter-increment: step }\nol.steps li.step::before { content: counter(step) }\n"
    ".rule { color: var(--mark); font-size: 0.93rem }\n.formula .note { margin-left: 0.9rem; display: inline-block }\n"
    "figure { margin: 0.7rem 0 }\nfigure svg { display: block; max-width: min(100%, 46rem); height: auto; background: #fff; border-radius: 4px }\n"
    "figcaption { color: var(--soft); font-size: 0.85rem; margin-left: 0.95rem }\n"
    "footer { margin-top: 2.5rem; color: var(--soft); font-size: 0.8rem }\n"
    "@media (max-width: 36rem) { ol.steps li { grid-template-columns: 1.7rem 1fr } ol.steps .formula { grid-column: 2 } }\n"
    "@media print { :root { --text: #000; --page: #fff; --soft: #555; --line: #ccc; --in: #f4f4f4; --mark: #555; --error: #900; --word: #000; --number: #000;\n"
    "  --string: #000 } body { max-width: none; padding: 0; font-size: 10.5pt } li, tr, figure, .value { break-inside: avoid } pre.in { break-after: avoid } }\n";

/* ---- text --------------------------------------------------------------------------------------------------------------------------- */

/* No control characters but tab and newline, no halves of pairs, none of the characters that will never be any. */
static bool allowed(uint32_t c)
{
    bool control = (c < ' ' && c != '\t' && c != '\n') || (c >= 0x7f && c < 0xa0);
    bool turns = (c >= 0x202a && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069);         /* would show text in another order than it is read */
    return !control && !turns && !(c >= 0xd800 && c <= 0xdfff) && !(c >= 0xfdd0 && c <= 0xfdef) && (c & 0xfffe) != 0xfffe;
}

/* How many characters stand there that are themselves. */
static size_t plain_run(Str text, size_t at)
{
    size_t end = at;
    while (end < text.n && ((text.s[end] >= ' ' && text.s[end] < 0x7f && !memchr("<>&\"", text.s[end], 4)) || text.s[end] == '\n'))
        end++;
    return end - at;
}

void html_text(Buf *b, Str text)
{
    for (size_t at = 0, n; at < text.n; at += n ? n : 1) {
        uint32_t c = 0;
        n = plain_run(text, at);
        if (n) {
            buf_add(b, str_slice(text, at, at + n));
            continue;
        }
        n = utf8_decode(text, at, &c);
        if (c == '\r' && at + 1 < text.n && text.s[at + 1] == '\n')
            continue;
        if (!n || !allowed(c))
            buf_add_s(b, "\uFFFD");
        else if (c == '<')
            buf_add_s(b, "&lt;");
        else if (c == '>')
            buf_add_s(b, "&gt;");
        else if (c == '&')
            buf_add_s(b, "&amp;");
        else if (c == '"')
            buf_add_s(b, "&quot;");
        else
            buf_add(b, str_slice(text, at, at + n));
    }
}

/* A newline directly behind <pre> would be lost, one at the end would be an empty line. */
void html_block(Buf *b, const char *element, const char *class, Str text)
{
    while (text.n && (text.s[text.n - 1] == '\n' || text.s[text.n - 1] == '\r'))
        text.n--;
    if (!text.n)
        return;
    buf_printf(b, "<%s class=\"%s\">%s", element, class, text.s[0] == '\n' ? "\n" : "");
    html_text(b, text);
    buf_printf(b, "</%s>\n", element);
}

void html_head(Buf *b, Str title)
{
    buf_add_s(b, html_start);
    buf_add_s(b, "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
                 "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; img-src data:\">\n<title>");
    html_text(b, title);
    buf_printf(b, "</title>\n<style>\n%s</style>\n</head>\n<body>\n", style);
}

/* ---- statements ------------------------------------------------------------------------------------------------------------------------ */

static bool is_word_part(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || (unsigned char)c >= 0x80;
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_language(Str word)
{
    for (const WordRow *row = word_rows; row->name; row++)
        if (str_is(word, row->name))
            return true;
    return false;
}

static size_t string_end(Str text, size_t at)
{
    for (at++; at < text.n && text.s[at] != '"' && text.s[at] != '\n'; at++)
        at += text.s[at] == '\\' && at + 1 < text.n && text.s[at + 1] != '\n';
    return at < text.n && text.s[at] == '"' ? at + 1 : at;
}

static size_t number_end(Str text, size_t at)
{
    while (at < text.n && (is_word_part(text.s[at]) || (text.s[at] == '.' && at + 1 < text.n && is_digit(text.s[at + 1]))
                           || ((text.s[at] == '-' || text.s[at] == '+') && (text.s[at - 1] | 32) == 'e' && at + 1 < text.n && is_digit(text.s[at + 1])))) {
        bool letter = !is_digit(text.s[at]) && (text.s[at] | 32) != 'e' && text.s[at] != '.' && text.s[at] != '-' && text.s[at] != '+';
        if (letter)                     /* 2x is a product */
            break;
        at++;
    }
    return at;
}

void html_statement(Buf *b, Str text)
{
    for (size_t at = 0, end; at < text.n; at = end) {
        const char *class = NULL;
        char        c = text.s[at];
        end = at + 1;
        if (c == '#') {
            const char *newline = memchr(text.s + at, '\n', text.n - at);
            end = newline ? (size_t)(newline - text.s) : text.n;
            class = "comment";
        } else if (c == '"') {
            end = string_end(text, at);
            class = "string";
        } else if (is_digit(c)) {
            end = number_end(text, at);
            class = "number";
        } else {
            while (is_word_part(c) && end < text.n && is_word_part(text.s[end]))
                end++;
            while (!is_word_part(c) && end < text.n && !is_word_part(text.s[end]) && text.s[end] != '#' && text.s[end] != '"')
                end++;
            class = is_word_part(c) && is_language(str_slice(text, at, end)) ? "word" : NULL;
        }
        if (class)
            buf_printf(b, "<span class=\"%s\">", class);
        html_text(b, str_slice(text, at, end));
        buf_add_s(b, class ? "</span>" : "");
    }
}

/* ---- pictures -------------------------------------------------------------------------------------------------------------------------- */

/* Names are given and used as id="x", href="#x" and url(#x), with either sort of quotes. */
static size_t name_after(Str svg, size_t at)
{
    static const char *const before[] = { " id=\"", " id='", "\tid=\"", "\tid='", "\nid=\"", "href=\"#", "href='#", "url(#", "url('#" };
    for (size_t k = 0; k < sizeof before / sizeof *before; k++)
        if (str_starts(str_slice(svg, at, svg.n), str_of(before[k])))
            return strlen(before[k]);
    return 0;
}

/* The program's own name as a title would be shown beside the mouse. */
static Str without_title(Arena *a, Str svg)
{
    const char *title = memmem(svg.s, svg.n, "<title>Gnuplot</title>", 22), *end = title ? memmem(title, svg.n - (size_t)(title - svg.s), "</desc>", 7) : NULL;
    size_t      from = title ? (size_t)(title - svg.s) : 0, to = end ? (size_t)(end - svg.s) + 7 : 0;
    return end ? str_printf(a, "%.*s%.*s", (int)from, svg.s, (int)(svg.n - to), svg.s + to) : svg;
}

void html_svg(Buf *b, Str svg, size_t number, Str label)
{
    const char *start = memmem(svg.s, svg.n, "<svg", 4);
    if (!start)
        return;
    Str rest = str_trim(without_title(b->arena, str_slice(svg, (size_t)(start - svg.s) + 4, svg.n)));
    buf_add_s(b, "<svg role=\"img\" aria-label=\"");
    html_text(b, label);
    buf_add_s(b, "\" ");
    bool tag = true;
    for (size_t at = 0; at < rest.n; at++) {
        size_t n = tag ? name_after(rest, at) : 0;
        if (n) {
            buf_add(b, str_slice(rest, at, at + n));
            buf_printf(b, "p%zu-", number);
            at += n - 1;
            continue;
        }
        tag = rest.s[at] == '<' || (tag && rest.s[at] != '>');
        buf_add_c(b, rest.s[at]);
    }
    buf_add_c(b, '\n');
}
