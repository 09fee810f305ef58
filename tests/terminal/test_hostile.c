/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Statements that harm their session, one after the other, and a variable of the start that is still there: in one batch session by the
 * hundred, and at a prompt with data of a size in it. HOSTILE_ROUNDS says how often the list is run (20 statements). */
#include "repl/memory.h"
#include "tests/terminal/drive.h"

static const char *const statements[] = {
    "debug_crash()", "debug_abort()", "debug_flint()", "debug_kill()", "debug_exit()", "debug_spin()", "debug_poll()",
    "while true { }", "x = 1; while true { x = x + 1 }", "f(n) = f(n + 1); f(0)", "for k in 1..10^12 { y = k }",
    "factor(x^400 - y^400 + 1)", "(10^8)!", "2^(10^10) - 1", "N(zeta(3), 1000000)", "expand((a1 + b1 + c1 + d1 + e1)^80)",
    "v = [1]; while true { v = [v, v] }", "if true { print(1); debug_crash() }",
};
static const char *const limited[] = { "debug_overflow()", "debug_exhaust()" };
enum { STATEMENTS = sizeof statements / sizeof *statements, LIMITED = sizeof limited / sizeof *limited, MOST_INPUT = 1 << 16 };

static size_t count(const char *text, const char *part)
{
    size_t n = 0;
    for (; (text = strstr(text, part)); text++)
        n++;
    return n;
}

/* One statement of each round may work after all on a fast machine: what counts is that all are answered and the session lives. */
Test(hostile, a_session_outlives_them_all, .timeout = 300)
{
    static char input[MOST_INPUT];
    const char *wanted = getenv("HOSTILE_ROUNDS");
    int         rounds = wanted ? atoi(wanted) : 1;
    char       *at = input + sprintf(input, "keep = 41\nsquare(t) = t^2\n");
    for (int k = 0; k < rounds; k++) {
        for (size_t i = 0; i < STATEMENTS; i++)
            at += sprintf(at, "%s\n", statements[i]);
        for (size_t i = 0; i < LIMITED && !sanitizer_watches(); i++)
            at += sprintf(at, "%s\n", limited[i]);
        at += sprintf(at, "square(keep) + %d\n", k);
    }
    Run r = run(ARGS("--json", "--keep-going", "--timeout", "0.1", "--memory", "300M"), input);
    cr_expect_eq(r.status, 1);
    for (int k = 0; k < rounds; k++) {
        char answer[60];
        snprintf(answer, sizeof answer, "\"in\":\"square(keep) + %d\",\"ok\":true", k);
        cr_expect(strstr(r.out, answer), "%s", answer);
        snprintf(answer, sizeof answer, "\"value\":\"%d\"", 41 * 41 + k);
        cr_expect(strstr(r.out, answer), "%s", answer);
    }
    cr_expect_geq(count(r.out, "\"ok\":false"), (size_t)rounds * (STATEMENTS - 3), "%s", r.out);
    cr_expect_eq(*r.err, 0, "%s", r.err);
}

Test(hostile, at_a_prompt_that_holds_data, .timeout = 120)
{
    static Terminal t;
    setenv("NABLA_HISTORY", "/dev/null", 1);
    terminal_start(&t, "dumb", ARGS("--quiet"));
    terminal_expect(&t, "nabla> ");
    terminal_ask(&t, "d = generate(moons, n: 1000000, seed: 3);", "");
    for (int k = 0; k < 2; k++) {
        terminal_ask(&t, "debug_crash()", "crashed (invalid memory access)");
        terminal_ask(&t, "debug_kill()", "was killed");
        terminal_send(&t, "print(\"go\"); debug_spin()\r");
        terminal_expect(&t, "\ngo");
        usleep(100000);
        terminal_send(&t, "\x03");
        terminal_expect(&t, "stopped by Ctrl-C");
        terminal_expect(&t, "nabla> ");
        terminal_ask(&t, "d", "1000000");
    }
    terminal_send(&t, "\x04");
    cr_expect_eq(terminal_end(&t), 0);
}
