/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The prompt under a pseudo terminal: what survives, what the keys do, what the history keeps. */
#include "repl/memory.h"
#include "tests/terminal/drive.h"

static char history[64];

static void fresh_history(void)
{
    int file;
    strcpy(history, "/tmp/nabla-history-XXXXXX");
    file = mkstemp(history);
    cr_assert(file >= 0);
    close(file);
    setenv("NABLA_HISTORY", history, 1);
}

static void remove_history(void)
{
    unlink(history);
}

TestSuite(prompt, .init = fresh_history, .fini = remove_history, .timeout = 120);

Test(prompt, harm_leaves_all_variables)
{
    static const struct { const char *line, *answer; bool needs_limit; } harm[] = {
        { "debug_crash()", "crashed (invalid memory access)", false }, { "debug_abort()", "given up by a library", false },
        { "debug_kill()", "was killed", false },                       { "debug_exit()", "ended the session", false },
        { "debug_overflow()", "nests too deeply", true },              { "debug_exhaust()", "more memory than it may use", true },
    };
    Terminal *t = open_prompt("dumb");
    terminal_ask(t, "a = 40", "40\r\n");
    terminal_ask(t, "f(x) = x + a", "");
    for (size_t i = 0; i < sizeof harm / sizeof *harm; i++) {
        char line[40], answer[40];
        if (harm[i].needs_limit && sanitizer_watches())
            continue;
        terminal_ask(t, harm[i].line, harm[i].answer);
        snprintf(line, sizeof line, "f(%zu)", i + 2);
        snprintf(answer, sizeof answer, "\n%zu\r\n", i + 42);
        terminal_ask(t, line, answer);
    }
    leave(t);
}

Test(prompt, what_a_library_says_before_it_aborts_is_not_shown)
{
    Terminal *t = open_prompt("dumb");
    terminal_ask(t, "debug_flint()", "given up by a library");
    cr_expect(!strstr(t->text, "xception"), "%s", t->text);
    leave(t);
}

Test(prompt, ctrl_c_during_work)
{
    static const char *const work[] = { "debug_spin()", "debug_poll()", "while true { }" };
    Terminal *t = open_prompt("dumb");
    terminal_ask(t, "a = 40", "40\r\n");
    for (size_t i = 0; i < sizeof work / sizeof *work; i++) {
        char line[60];
        snprintf(line, sizeof line, "print(\"go\"); %s\r", work[i]);
        terminal_send(t, line);
        terminal_expect(t, "\ngo");
        terminal_send(t, "\x03");
        terminal_expect(t, "stopped by Ctrl-C");
        terminal_expect(t, "nabla> ");
        terminal_ask(t, "a + 2", "42\r\n");
    }
    terminal_send(t, "print(\"go\"); debug_partial()\r");
    terminal_expect(t, "\ngo");
    usleep(200000);                 /* print() is over: it would be what is stopped */
    terminal_send(t, "\x03");
    terminal_expect(t, "stopped early");
    terminal_expect(t, "nabla> ");
    leave(t);
}

Test(prompt, ctrl_c_drops_what_is_typed)
{
    Terminal *t = open_prompt("dumb");
    terminal_send(t, "7 + ");
    terminal_expect(t, "7 + ");
    terminal_send(t, "\x03");
    terminal_expect(t, "nabla> ");
    terminal_ask(t, "20 + 3", "\n23\r\n");
    terminal_send(t, "[1,\r");
    terminal_expect(t, "   ... ");
    terminal_send(t, "\x03");
    terminal_expect(t, "nabla> ");
    terminal_ask(t, "20 + 4", "\n24\r\n");
    leave(t);
}

Test(prompt, unfinished_entries_go_on)
{
    Terminal *t = open_prompt("dumb");
    terminal_send(t, "g(x) = {\r");
    terminal_expect(t, "   ... ");
    terminal_send(t, "x + 1\r");
    terminal_expect(t, "   ... ");
    terminal_ask(t, "}", "");
    terminal_ask(t, "g(4)", "\n5\r\n");
    terminal_send(t, "(1 +\r");
    terminal_expect(t, "   ... ");
    terminal_send(t, "\x04");       /* the end of the entry, not of the session */
    terminal_expect(t, "error: ");
    terminal_expect(t, "nabla> ");
    leave(t);
}

Test(prompt, pasted_lines_run_in_order)
{
    Terminal *t = open_prompt("xterm");
    terminal_send(t, "\x1b[200~b = 11+1\nb + 22\nfoo(1)\nb + 33\x1b[201~");
    terminal_expect(t, "b + 33");
    terminal_send(t, "\r");
    terminal_expect(t, "12\r\n34\r\n");
    terminal_expect(t, "unknown function foo");
    terminal_expect(t, "45\r\n");
    terminal_expect(t, "nabla> ");
    leave(t);
}

Test(prompt, greek_letters_in_the_c_locale)
{
    setenv("LC_ALL", "C", 1);
    Terminal *t = open_prompt("dumb");
    terminal_ask(t, "\xce\xbb = 30", "\n30\r\n");
    terminal_ask(t, "lambda + 1", "\n31\r\n");
    leave(t);
}

Test(prompt, history_outlives_the_session)
{
    Terminal *t = open_prompt("dumb");
    terminal_ask(t, "1 + 10", "11\r\n");
    terminal_ask(t, " 1 + 11", "12\r\n");      /* a leading blank: not recorded */
    terminal_send(t, "[1,\r");
    terminal_expect(t, "   ... ");
    terminal_ask(t, "2]", "[1, 2]\r\n");
    kill(t->pid, SIGHUP);           /* the window is closed */
    cr_expect_eq(terminal_end(t), -SIGHUP);
    t = open_prompt("dumb");
    terminal_ask(t, "\x10\x10", "\n11\r\n");
    terminal_ask(t, "\x10\x10", "[1, 2]\r\n");
    leave(t);
}

Test(prompt, tab_completes)
{
    Terminal *t = open_prompt("dumb");
    terminal_ask(t, "velocity = 30", "30\r\n");
    terminal_ask(t, "velo\t + 1", "\n31\r\n");
    terminal_ask(t, "eul\t", "euler");
    terminal_ask(t, "taylor(exp(x), x = 0, orde\t1)", "1 + x + O(x^2)");
    terminal_ask(t, "set dig\t5", "set digits 5");
    leave(t);
}

Test(prompt, a_terminal_that_goes_away_ends_a_statement)
{
    int       status;
    Terminal *t = open_prompt("dumb");
    terminal_send(t, "print(\"go\"); debug_spin()\r");
    terminal_expect(t, "\ngo");
    close(t->fd);
    cr_assert_eq(waitpid(t->pid, &status, 0), t->pid);
    cr_expect_eq(status_of(status), -SIGHUP);
}

/* The session's process is the first child of the supervisor. */
static pid_t session_of(pid_t supervisor)
{
    char path[64];
    int  pid = 0;
    snprintf(path, sizeof path, "/proc/%d/task/%d/children", (int)supervisor, (int)supervisor);
    FILE *f = fopen(path, "r");
    cr_assert(f && fscanf(f, "%d", &pid) == 1);
    fclose(f);
    return pid;
}

Test(prompt, a_session_killed_while_it_reads_loses_nothing)
{
    Terminal *t = open_prompt("dumb");
    terminal_ask(t, "a = 41", "41\r\n");
    for (int i = 0; i < 2; i++) {
        terminal_send(t, "half");
        terminal_expect(t, "half");
        kill(session_of(t->pid), SIGKILL);
        terminal_expect(t, "all variables are kept");
        terminal_expect(t, "nabla> ");
        terminal_ask(t, "a + 1", "\n42\r\n");
    }
    leave(t);
}

Test(prompt, quit_and_signals_end_it_with_the_terminal_restored)
{
    struct termios before, after;
    static const char *const words[] = { "quit\r", "exit\r", "\x04" };
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        Terminal *t = open_prompt("dumb");
        int       keep = dup(t->fd);
        terminal_send(t, words[i]);
        cr_expect_eq(terminal_end(t), 0);
        close(keep);
    }
    Terminal *t = open_prompt("dumb");
    terminal_ask(t, "1", "1\r\n");
    cr_assert_eq(tcgetattr(t->fd, &before), 0);
    cr_expect(!(before.c_lflag & ICANON));
    kill(t->pid, SIGTERM);
    int status;
    cr_assert_eq(waitpid(t->pid, &status, 0), t->pid);
    cr_expect_eq(status_of(status), -SIGTERM);
    cr_assert_eq(tcgetattr(t->fd, &after), 0);
    cr_expect(after.c_lflag & ICANON);
    close(t->fd);
}
