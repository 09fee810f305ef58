/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Readline keeps its own signal handlers while it reads; ours are called when it has restored the terminal. Ctrl-C at the
 * prompt raises the flag of base/interrupt.h, and the function that reads keys then ends the line: signals are blocked
 * except while it waits, so none slips in between the look at the flag and the wait. */
#include "repl/line.h"

#include "base/interrupt.h"
#include "repl/colour.h"
#include "repl/complete.h"

#include <errno.h>
#include <langinfo.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#define _FUNCTION_DEF                /* Readline's old names of types, one of which is ours */
#include <readline/readline.h>

/* Readline is told what takes no columns: codes stand between these two characters. */
#define IN_COLOUR "\001%s\002%s\001%s\002"

/* Readline's callbacks have no argument for it. */
static struct Line {
    Env           *env;
    struct termios modes;           /* of the terminal at the start */
    bool           known;
    volatile sig_atomic_t continued;    /* after Ctrl-Z and fg: the line is to be drawn again */
    char          *offered;         /* text that the next line starts with; NULL: none */
    Arena         *scratch;         /* of one completion */
    Completions    found;
} line;

static int wait_for_key(int fd)
{
    sigset_t all, before;
    struct pollfd p = { .fd = fd, .events = POLLIN };
    sigfillset(&all);
    sigprocmask(SIG_SETMASK, &all, &before);
    bool now = interrupt_cause() == STOP_CTRL_C || line.continued || rl_pending_signal();
    int  n = now ? (errno = EINTR, -1) : ppoll(&p, 1, NULL, &before);
    int  why = errno;
    sigprocmask(SIG_SETMASK, &before, NULL);
    errno = why;
    return n;
}

static void on_continue(int signal_number)
{
    (void)signal_number;
    line.continued = 1;
}

static void draw_again(void)
{
    line.continued = 0;
    rl_on_new_line();
    rl_forced_update_display();
}

static int read_key(FILE *stream)
{
    for (;;) {
        unsigned char key;
        int n = wait_for_key(fileno(stream));
        if (n > 0) {
            ssize_t got = read(fileno(stream), &key, 1);
            if (got == 1)
                return key;
            if (got == 0 || errno != EINTR)
                return EOF;
        } else if (n < 0 && errno != EINTR) {
            return EOF;
        }
        rl_check_signals();
        if (line.continued)
            draw_again();
        if (interrupt_cause() == STOP_CTRL_C) {
            rl_replace_line("", 0);
            return '\n';
        }
    }
}

static char *next_match(const char *word, int again)
{
    static size_t k;                /* as Readline asks for one after the other */
    (void)word;
    k = again ? k + 1 : 0;
    if (k >= line.found.n)
        return NULL;
    Str s = line.found.at[k].text;
    return strndup(s.s, s.n);
}

/* Asked before the word is cut out: a name of a file ends at the quote only. */
static char *word_breaks(void)
{
    static char in_text[] = "\"", in_formula[] = " \t\n\"+-*/^=<>()[]{},;:!.~|'?&";
    if (!line.scratch)
        line.scratch = arena_new();
    arena_release(line.scratch, (Mark){ 0 });
    line.found = complete(line.env, line.scratch, str_of(rl_line_buffer), (size_t)rl_point);
    return line.found.files ? in_text : in_formula;
}

static char **matches(const char *word, int start, int end)
{
    (void)start;
    (void)end;
    rl_attempted_completion_over = !line.found.files;
    if (line.found.files)
        return NULL;
    rl_completion_append_character = line.found.n == 1 ? line.found.at[0].after : 0;
    rl_completion_suppress_append = rl_completion_append_character == 0;
    return rl_completion_matches(word, next_match);
}

/* Readline calls it when the prompt is on the screen. */
static int type_offered(void)
{
    enum { KEY_MS = 12 };
    struct pollfd p = { .fd = STDIN_FILENO, .events = POLLIN };
    Str text = str_of(line.offered);
    for (size_t at = 0; at < text.n;) {
        uint32_t c;
        size_t   length = utf8_decode(text, at, &c), n = poll(&p, 1, KEY_MS) ? text.n - at : length ? length : 1;
        char     key[5] = "";
        if (n < sizeof key) {
            memcpy(key, text.s + at, n);
            rl_insert_text(key);
            rl_redisplay();
        } else {
            rl_insert_text(text.s + at);
        }
        at += n;
    }
    free(line.offered);
    line.offered = NULL;
    return 0;
}

void line_offer(Str text)
{
    free(line.offered);
    line.offered = strndup(text.s, text.n);
    rl_pre_input_hook = line.offered ? type_offered : NULL;
}

void line_open(Env *env)
{
    line.env = env;
    line.known = tcgetattr(STDIN_FILENO, &line.modes) == 0;
    rl_readline_name = "nabla";
    rl_instream = stdin;
    rl_outstream = isatty(STDOUT_FILENO) ? stdout : stderr;     /* results may go elsewhere than the conversation */
    rl_change_environment = 0;
    rl_getc_function = read_key;
    rl_attempted_completion_function = matches;
    rl_completion_word_break_hook = word_breaks;
    rl_completer_quote_characters = "\"";
    rl_variable_bind("show-all-if-ambiguous", "on");            /* inputrc, read later, has the last word */
    rl_initialize();
    if (strcmp(nl_langinfo(CODESET), "UTF-8")) {                /* Greek letters typed in the C locale are bytes, not commands */
        rl_variable_bind("input-meta", "on");
        rl_variable_bind("convert-meta", "off");
        rl_variable_bind("output-meta", "on");
    }
    rl_reset_screen_size();
    signal(SIGCONT, on_continue);
}

LineEnd line_read(Arena *a, const char *prompt, Str *text)
{
    rl_reset_screen_size();         /* the window may have changed while a statement ran */
    interrupt_clear();
    line.continued = 0;
    const char *start = colour_start(rl_outstream, COLOUR_PROMPT), *end = colour_end(rl_outstream);
    char *typed = readline(*start ? str_printf(a, IN_COLOUR, start, prompt, end).s : prompt);
    bool  dropped = interrupt_cause() == STOP_CTRL_C;
    interrupt_clear();
    rl_pre_input_hook = NULL;
    *text = str_copy(a, str_of(typed));
    free(typed);
    if (!typed && !dropped)
        fputc('\n', rl_outstream);
    fflush(rl_outstream);
    return dropped ? LINE_DROPPED : typed ? LINE_TYPED : LINE_CLOSED;
}

size_t line_width(void)
{
    int rows, columns;
    rl_get_screen_size(&rows, &columns);
    return columns > 0 ? (size_t)columns : 80;
}

void line_take_over(void)
{
    if (line.known)
        tcsetattr(STDIN_FILENO, TCSADRAIN, &line.modes);
    rl_reset_screen_size();
}
