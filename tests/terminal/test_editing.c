/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Keys at the prompt: completion, history, modes of editing, long lines and sizes, characters outside ASCII. */
#include "tests/terminal/drive.h"

#include <sys/stat.h>

static char history[64], keys[64];

static void fresh_files(void)
{
    strcpy(history, "/tmp/nabla-history-XXXXXX");
    strcpy(keys, "/tmp/nabla-keys-XXXXXX");
    int file = mkstemp(history), other = mkstemp(keys);
    cr_assert(file >= 0 && other >= 0);
    close(file);
    close(other);
    setenv("NABLA_HISTORY", history, 1);
    setenv("LC_ALL", "C.UTF-8", 1);
}

static void remove_files(void)
{
    unlink(history);
    unlink(keys);
}

TestSuite(editing, .init = fresh_files, .fini = remove_files, .timeout = 120);

static void write_keys(const char *text)
{
    FILE *f = fopen(keys, "w");
    cr_assert(f && fputs(text, f) >= 0 && fclose(f) == 0);
    setenv("INPUTRC", keys, 1);
}

Test(editing, tab_completes_names_options_methods_and_files)
{
    Terminal *t = open_prompt("dumb");
    char      line[200];
    terminal_ask(t, "lim\tsin(x)/x, x -> 0)", "\n1\r\n");
    terminal_ask(t, "minimize(x^2, fr\t3, meth\tadagr\tlr: 1/4), steps: 1).steps", "\n1\r\n");
    terminal_ask(t, "compare(x^2, fr\t1, methods: [heav\tlr: 1/4)], steps: 1)", "heavy_ball");
    terminal_ask(t, "set tim\ton", "set timing on");
    terminal_ask(t, "set timing off", "");
    snprintf(line, sizeof line, "include \"%.*s\t", (int)strlen(history) - 3, history);
    terminal_send(t, line);
    terminal_expect(t, history);
    terminal_send(t, "\x03");
    terminal_expect(t, "nabla> ");
    leave(t);
}

Test(editing, search_in_the_history_of_two_sessions)
{
    struct stat about;
    Terminal  *t = open_prompt("dumb");
    Terminal   other;
    terminal_start(&other, "dumb", ARGS("--quiet"));
    terminal_expect(&other, "nabla> ");
    terminal_ask(t, "1000 + 1", "\n1001\r\n");
    terminal_ask(&other, "2000 + 1", "\n2001\r\n");
    terminal_ask(t, "3000 + 1", "\n3001\r\n");
    leave(t);
    leave(&other);
    cr_assert_eq(stat(history, &about), 0);
    cr_expect_eq(about.st_mode & 0777, 0600);
    t = open_prompt("dumb");
    terminal_send(t, "\x12" "2000");            /* Ctrl-R */
    terminal_expect(t, "2000 + 1");
    terminal_ask(t, "", "\n2001\r\n");
    terminal_send(t, "\x12" "1000");
    terminal_expect(t, "1000 + 1");
    terminal_ask(t, "", "\n1001\r\n");
    leave(t);
}

Test(editing, vi_mode_and_bindings_for_this_program)
{
    write_keys("set editing-mode vi\n$if nabla\n\"\\C-b\": \"40 + 2\"\n$endif\n$if octave\n\"\\C-b\": \"7\"\n$endif\n");
    Terminal *t = open_prompt("dumb");
    terminal_ask(t, "\x02", "\n42\r\n");
    terminal_ask(t, "13\x1b" "0xi5", "\n53\r\n");          /* Escape, to the start, delete, insert */
    terminal_send(t, "debug_spin()\r");
    usleep(200000);
    terminal_send(t, "\x03");
    terminal_expect(t, "stopped by Ctrl-C");
    terminal_expect(t, "nabla> ");
    terminal_ask(t, "debug_crash()", "crashed");
    leave(t);
}

/* 60 terms: more than two rows of 80 columns; then a change at the start. */
Test(editing, long_lines_wrap_and_follow_the_size)
{
    static const unsigned short columns[] = { 80, 33, 120 };
    Terminal *t = open_prompt("xterm");
    for (size_t i = 0; i < sizeof columns / sizeof *columns; i++) {
        terminal_resize(t, 80);
        for (int k = 0; k < 60; k++)
            terminal_send(t, k ? " + 1" : "1");
        terminal_resize(t, columns[i]);
        terminal_ask(t, "\x01" "5 + ", "65\r\n");
    }
    leave(t);
}

Test(editing, characters_outside_ascii)
{
    Terminal *t = open_prompt("xterm");
    terminal_ask(t, "sin(π)", "0\r\n");
    terminal_ask(t, "limit(1/x, x → ∞)", "0\r\n");
    terminal_ask(t, "2·3 − 1", "5\r\n");
    terminal_ask(t, "αβ\x7f\x02" "2 \x05 = 3\x01\x04\x04", "");        /* delete a letter, move over one, end, start */
    terminal_ask(t, "π+*2", "\r         ^\r\n");
    terminal_ask(t, "\"日本\" + *", "\r                ^\r\n");
    leave(t);
}

Test(editing, a_status_line_after_a_second_on_terminals_that_can_go_back)
{
    Terminal *t = open_prompt("xterm");
    terminal_send(t, "while true { }\r");
    terminal_expect(t, "Ctrl-C stops");
    terminal_send(t, "\x03");
    terminal_expect(t, "stopped by Ctrl-C");
    terminal_expect(t, "nabla> ");
    leave(t);
    t = open_prompt("dumb");
    terminal_send(t, "while true { }\r");
    usleep(1400000);
    terminal_send(t, "\x03");
    terminal_expect(t, "stopped by Ctrl-C");
    cr_expect(!strstr(t->text, "Ctrl-C stops"), "%s", t->text);
    cr_expect(!strchr(t->text, '\x1b'), "%s", t->text);
    terminal_expect(t, "nabla> ");
    leave(t);
}

/* What the program writes after these lines; NO_COLOR empty is as if it were not set. */
static const char *conversation(const char *term, const char *no_color)
{
    setenv("NO_COLOR", no_color, 1);
    Terminal *t = open_prompt(term);
    terminal_ask(t, "1.5 + sqrt(2)", "2.9142");
    terminal_ask(t, "1 + sinn(1)", "sin(1)");
    leave(t);
    return t->text;
}

Test(editing, colour_is_for_terminals_that_want_it)
{
    static const char *const codes[] = { "\x1b[1mnabla> \x1b[0m", "\x1b[31m^~~~\x1b[0m", "\x1b[1;31merror:\x1b[0m unknown", "\x1b[2m" };
    const char *text = conversation("xterm", "");
    for (size_t i = 0; i < sizeof codes / sizeof *codes; i++)
        cr_expect(strstr(text, codes[i]), "no %s in %s", codes[i] + 1, text);
    static const struct { const char *term, *no_color; } plain[] = { { "xterm", "1" }, { "dumb", "" } };
    for (size_t k = 0; k < sizeof plain / sizeof *plain; k++) {
        text = conversation(plain[k].term, plain[k].no_color);
        cr_expect(strstr(text, "error: unknown function sinn"), "%s", text);
        cr_expect(!strstr(text, "\x1b[1m") && !strstr(text, "\x1b[31m") && !strstr(text, "\x1b[1;31m") && !strstr(text, "\x1b[2m"), "%s", text);
    }
    unsetenv("NO_COLOR");
}
