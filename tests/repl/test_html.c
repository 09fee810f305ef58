/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reports as HTML: what a passage looks like, tags that nest, text that stays text, pages of --html and of export. */
#include "tests/session.h"
#include "tests/terminal/drive.h"

#include "repl/html.h"
#include "repl/print_html.h"

enum { MOST_DEPTH = 200, MOST_NAME = 40, MOST_PAGE = 20 << 20 };

/* ---- pages as a browser reads them -------------------------------------------------------------------------------------------------- */

static bool is_void(const char *name)
{
    return !strcmp(name, "meta");
}

/* Where the tag ends: behind the first > outside of quotes; NULL: nowhere. */
static const char *tag_end(const char *at)
{
    for (char quote = 0; *at; at++) {
        if (quote ? *at == quote : *at == '"' || *at == '\'')
            quote = quote ? 0 : *at;
        else if (!quote && *at == '>')
            return at + 1;
        else if (!quote && *at == '<')
            return NULL;
    }
    return NULL;
}

/* Every element that opens closes, innermost first. Returns the place of the first fault, NULL: there is none. Counts the elements of a name. */
static const char *nesting_fault(const char *page, const char *counted, size_t *count)
{
    static char open[MOST_DEPTH][MOST_NAME];
    size_t      depth = 0;
    *count = 0;
    for (const char *at = strchr(page, '<'), *end; at; at = strchr(end, '<')) {
        end = !strncmp(at, "<!--", 4) ? strstr(at, "-->") : tag_end(at + 1);
        if (!end)
            return at;
        if (at[1] == '!')
            continue;
        bool   closes = at[1] == '/';
        char   name[MOST_NAME] = "";
        size_t n = strcspn(at + 1 + closes, " \t\n/>");
        snprintf(name, sizeof name, "%.*s", (int)n, at + 1 + closes);
        *count += !closes && !strcmp(name, counted);
        if (closes && (!depth || strcmp(open[--depth], name) != 0))
            return at;
        if (!closes && end[-2] != '/' && !is_void(name))
            strcpy(open[depth < MOST_DEPTH ? depth++ : 0], name);
    }
    return depth ? open[depth - 1] : NULL;
}

static void expect_page(const char *page, const char *counted, size_t expected)
{
    size_t      n;
    const char *fault = nesting_fault(page, counted, &n);
    cr_expect(!fault, "tags do not nest at %.200s", fault);
    cr_expect_eq(n, expected, "%zu elements %s", n, counted);
    cr_expect(str_starts(str_of(page), str_of(html_start)));
    cr_expect(!strstr(page, "http://") || !strstr(page, "src=\"http"));
    nesting_fault(page, "script", &n);
    cr_expect_eq(n, 0, "a page holds no script");
}

/* ---- passages -------------------------------------------------------------------------------------------------------------------------- */

static Str passage(Arena *a, const char *input, Asked asked)
{
    Env    *env = env_new(builtin_tables);
    Source  source;
    env_settings(env)->unicode = true;
    Outcome o = run_text(env, &source, str_of(input));
    asked.input = o.input;
    Str text = str_copy(a, print_html(env, &o, &asked).text);
    env_delete(env);
    return text;
}

typedef struct Row { const char *input, *shown; } Row;

Test(html, passages)
{
    static const Row rows[] = {
        { "1/3", "<section>\n<pre class=\"in\"><span class=\"number\">1</span>/<span class=\"number\">3</span></pre>\n<div class=\"value\">"
                 "<math xmlns=\"http://www.w3.org/1998/Math/MathML\"><mfrac><mn>1</mn><mn>3</mn></mfrac></math></div>\n</section>\n" },
        { "x = 3;", "<section>\n<pre class=\"in\">x = <span class=\"number\">3</span></pre>\n</section>\n" },
        { "pi", "<section>\n<pre class=\"in\"><span class=\"word\">pi</span></pre>\n<div class=\"value\"><math xmlns=\"http://www.w3.org/1998/Math/MathML\">"
                "<mi>π</mi></math><span class=\"about\">≈ 3.1415926535897932</span></div>\n</section>\n" },
        { "\"a < b & \\\"c\\\"\"", "<section>\n<pre class=\"in\"><span class=\"string\">&quot;a &lt; b &amp; \\&quot;c\\&quot;&quot;</span></pre>\n"
                                   "<div class=\"value\">a &lt; b &amp; &quot;c&quot;</div>\n</section>\n" },
        { "1 +* 2", "<section>\n<pre class=\"in\"><span class=\"number\">1</span> +* <span class=\"number\">2</span></pre>\n"
                    "<pre class=\"error\">  1 +* 2\n     ^\nerror: expected an expression, found *</pre>\n</section>\n" },
    };
    Arena *a = arena_new();
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        Str got = passage(a, rows[i].input, (Asked){ 0 });
        cr_expect(str_is(got, rows[i].shown), "%s\nexpected\n%s\ngot\n%s", rows[i].input, rows[i].shown, got.s);
    }
    arena_delete(a);
}

Test(html, steps_and_tables)
{
    Arena *a = arena_new();
    size_t n;
    Str    steps = passage(a, "steps diff(x^2*sin(x), x)", (Asked){ 0 });
    cr_expect(strstr(steps.s, "<li class=\"step\"><span class=\"rule\">product rule</span><div class=\"formula\"><math"), "%s", steps.s);
    cr_expect(strstr(steps.s, "<li><span class=\"rule\">result</span>") && strstr(steps.s, "<span class=\"note\">checked at 8 points</span>"), "%s", steps.s);
    cr_expect(!nesting_fault(steps.s, "li", &n) && n == 4, "%zu", n);
    Str table = passage(a, "minimize(x^2, from: (x = 1), method: gd(lr: 0.001), steps: 3)", (Asked){ 0 });
    cr_expect(!nesting_fault(table.s, "tr", &n) && n == 5, "%s", table.s);
    cr_expect(strstr(table.s, "<th class=\"number\">step</th>") && strstr(table.s, "<td class=\"number\">0.996004</td>"), "%s", table.s);
    Str longer = passage(a, "minimize(x^2, from: (x = 1), method: gd(lr: 0.001), steps: 100)", (Asked){ 0 });
    cr_expect(!nesting_fault(longer.s, "tr", &n) && n == 42 && strstr(longer.s, "61 more rows"), "%zu", n);
    longer = passage(a, "trace minimize(x^2, from: (x = 1), method: gd(lr: 0.001), steps: 100)", (Asked){ 0 });
    cr_expect(!nesting_fault(longer.s, "tr", &n) && n == 102, "%zu", n);
    arena_delete(a);
}

Test(html, what_stands_around)
{
    Arena *a = arena_new();
    Str    got = passage(a, "x = 3;", (Asked){ .prose = STR("\uFEFF  # one\n# two <b>\n\n## three\n"), .printed = STR("1\n<i>\n") });
    cr_expect(str_starts(got, STR("<p>one\ntwo &lt;b&gt;</p>\n<p>three</p>\n<section>\n")), "%s", got.s);
    cr_expect(strstr(got.s, "<pre class=\"out\">1\n&lt;i&gt;</pre>"), "%s", got.s);
    arena_delete(a);
}

Test(html, text_is_escaped)
{
    Arena *a = arena_new();
    Buf    b = buf_new(a);
    html_text(&b, (Str){ "<a b=\"&\">\0\x1b\xff\xc3\r\n\xe2\x80\xae\tπ", 21 });
    cr_expect_str_eq(buf_str(&b).s, "&lt;a b=&quot;&amp;&quot;&gt;\uFFFD\uFFFD\uFFFD\uFFFD\n\uFFFD\tπ");
    arena_delete(a);
}

Test(html, names_of_pictures_differ)
{
    Arena *a = arena_new();
    Buf    b = buf_new(a);
    html_svg(&b, STR("<?xml?>\n<!DOCTYPE svg>\n<svg\n><title>Gnuplot</title><desc>x</desc><g id='a'/><use xlink:href='#a' fill=\"url(#b)\"/><text> id='a' </text></svg>\n"), 7, STR("\"<"));
    cr_expect_str_eq(buf_str(&b).s, "<svg role=\"img\" aria-label=\"&quot;&lt;\" ><g id='p7-a'/><use xlink:href='#p7-a' fill=\"url(#p7-b)\"/><text> id='a' </text></svg>\n");
    arena_delete(a);
}

/* ---- pages ----------------------------------------------------------------------------------------------------------------------------- */

static char folder[] = "/tmp/nabla-html-XXXXXX", first[64], second[64], sheet[64];

static void folder_make(void)
{
    cr_assert(mkdtemp(folder));
    snprintf(first, sizeof first, "%s/first.html", folder);
    snprintf(second, sizeof second, "%s/second.html", folder);
    snprintf(sheet, sizeof sheet, "%s/sheet.nabla", folder);
}

static void folder_remove(void)
{
    remove(first);
    remove(second);
    remove(sheet);
    rmdir(folder);
}

static const char *page(const char *path)
{
    static char text[MOST_PAGE];
    FILE  *f = fopen(path, "r");
    size_t n = f ? fread(text, 1, sizeof text - 1, f) : 0;
    text[n] = 0;
    if (f)
        fclose(f);
    return text;
}

static void sheet_write(const char *text)
{
    FILE *f = fopen(sheet, "w");
    fputs(text, f);
    fclose(f);
}

Test(report, worksheet_with_markup_everywhere, .init = folder_make, .fini = folder_remove)
{
    sheet_write("# <script>alert(1)</script>\nx = 3   # </pre><script>\n\"</div><script>\"\nprint(\"<script>\")\nno_name_</script>\nplot(sin(x), x = 0..1, title: \"</svg><script>\")\n"
                "graph(sin(t), view: dot)\n# the end <script>\n");
    Run r = run(ARGS("--keep-going", "--html", first, sheet), "");
    cr_expect_eq(r.status, 1);
    cr_expect(str_starts(str_of(r.out), STR("3\n</div><script>\n<script>\n")), "%s", r.out);
    expect_page(page(first), "section", 6);
    cr_expect(strstr(page(first), "<title>sheet.nabla</title>") && strstr(page(first), "<p>the end &lt;script&gt;</p>"));
    cr_expect(strstr(page(first), "x = <span class=\"number\">3</span>   <span class=\"comment\"># &lt;/pre&gt;&lt;script&gt;</span></pre>"));
}

Test(report, pictures, .init = folder_make, .fini = folder_remove)
{
    const char *input = "plot(x^2, x = 0..1)\nplot(x^3, x = 0..1)\nexport \"/dev/null/x.html\"\n";
    run(ARGS("--keep-going", "--html", first), input);
    bool drawn = strstr(page(first), "<svg role=\"img\"") != NULL;
    expect_page(page(first), "figure", 2);
    cr_expect(drawn || strstr(page(first), "<figcaption>Drawn as text: gnuplot is not installed: there is no program gnuplot.</figcaption>"));
    cr_expect(!drawn || (strstr(page(first), "id='p1-") && strstr(page(first), "id='p2-") && !strstr(page(first), "<title>Gnuplot")));
    run(ARGS("--sandbox", "--html", first), input);
    expect_page(page(first), "pre", 6);
    cr_expect(strstr(page(first), "<figcaption>Drawn as text: no program is run in the sandbox.</figcaption>"));
}

Test(report, export_is_the_session_so_far, .init = folder_make, .fini = folder_remove)
{
    char input[500];
    snprintf(input, sizeof input, "a = sqrt(2)\nif true { print(2); debug_abort() }\na/2\nexport \"%s\"\n7\nexport \"%s.txt\"\nexport \"%s\"\n", first, first, sheet);
    sheet_write("mine\n");
    Run r = run(ARGS("--keep-going", "--html", second), input);
    cr_expect(strstr(r.out, "first.html: 3 statements\n7\n"), "%s", r.out);
    cr_expect(strstr(r.err, "its name ends in .html"), "%s", r.err);
    expect_page(page(second), "section", 7);
    expect_page(page(first), "section", 3);
    cr_expect(strstr(page(first), "the statement was given up by a library (abort)") && strstr(page(first), "<msqrt><mn>2</mn></msqrt>"));
    cr_expect_str_eq(page(sheet), "mine\n");
    rename(sheet, first);
    snprintf(input, sizeof input, "export \"%s\"", first);
    r = run(ARGS("-e", input), "");
    cr_expect(r.status == 1 && strstr(r.err, "exists and was not written by export"), "%s", r.err);
    cr_expect_str_eq(page(first), "mine\n");
    r = run(ARGS("--sandbox", "-e", input), "");
    cr_expect(r.status == 1 && strstr(r.err, "export is forbidden in the sandbox"), "%s", r.err);
}

Test(report, a_time_limit_is_told_once, .init = folder_make, .fini = folder_remove)
{
    char input[200];
    snprintf(input, sizeof input, "1\nwhile true { }\nexport \"%s\"\n", second);
    run(ARGS("--keep-going", "--timeout", "0.3", "--html", first), input);
    expect_page(page(first), "section", 3);
    expect_page(page(second), "section", 2);
    cr_expect(strstr(page(first), "class=\"error\"") && strstr(page(second), "class=\"error\""));
}

Test(report, long_sessions_keep_their_end, .init = folder_make, .fini = folder_remove)
{
    FILE *f = fopen(sheet, "w");
    fprintf(f, "s = \"%0500d\"\n", 0);
    for (int i = 0; i < 20; i++)
        fputs("for k in 1..2000 { print(s) }\n", f);
    fprintf(f, "last_one = 12345\nexport \"%s\"\n", first);
    fclose(f);
    Run r = run(ARGS(sheet), "");
    cr_expect(strstr(page(first), "statements of the session are left out.</p>") && strstr(page(first), "last_one = "), "%.100s", r.err);
}

Test(report, endless_input_is_cut, .init = folder_make, .fini = folder_remove)
{
    FILE *f = fopen(sheet, "w");
    for (int i = 0; i < 200000; i++)
        fputs("1+", f);
    fputs("1\n", f);
    fclose(f);
    run(ARGS("--html", first, sheet), "");
    expect_page(page(first), "section", 1);
    cr_expect(strstr(page(first), "# 334465 more characters</span></pre>"));
}

Test(report, a_page_that_cannot_be_written, .init = folder_make, .fini = folder_remove)
{
    Run r = run(ARGS("--html", "/dev/null/page.html", "-e", "1"), "");
    cr_expect(r.status == 3 && strstr(r.err, "cannot write /dev/null/page.html"), "%d %s", r.status, r.err);
    r = run(ARGS("--html", "/dev/full", "-e", "1"), "");
    cr_expect_neq(r.status, 0);
}
