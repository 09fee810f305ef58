/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The first Ctrl-C, or the end of the time limit, raises the flag of base/interrupt.h: whoever polls it returns what he has.
 * A timer of 180 ms then looks whether anybody does. If not (a long factorisation inside a library), or a second Ctrl-C
 * comes, or the answer takes more than a second after that, the session ends itself and its snapshot goes on.
 *
 * A fatal signal ends the session in any case. The handler only notes what a wait status cannot tell: that the stack is used up (an
 * address at its end) or the memory (STOP_MEMORY was raised before abort()). Without a snapshot there is nobody to explain
 * the death, so the handler itself writes a line with the place of the statement, and exits with the status of a failure. */
#include "repl/watch.h"

#include "base/interrupt.h"
#include "repl/loss.h"
#include "repl/memory.h"
#include "repl/options.h"
#include "repl/status.h"

#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

enum { GRACE_MS = 180, MOST_GRACES = 6, SAME_PRESS_MS = 60, HANDLER_STACK = 64 * 1024, STACK_MARGIN = 1 << 20 };

/* Signal handlers have nowhere else to look: one per process, as the handlers are. */
static struct Watch {
    Page         *page;
    bool          prompt;
    uintptr_t     stack_end;        /* about the lowest address that the stack may reach; 0: unlimited */
    const Source *source;           /* of the running statement; NULL between statements */
    size_t        start;
    unsigned      graces, polls;    /* timer rounds since the flag was raised, and polls seen by then */
    struct timespec raised;
} watch;

static void arm(double seconds)
{
    struct itimerval t = { 0 };
    t.it_value.tv_sec = (time_t)seconds;
    t.it_value.tv_usec = (suseconds_t)((seconds - (double)t.it_value.tv_sec) * 1e6);
    if (seconds > 0 && t.it_value.tv_sec == 0 && t.it_value.tv_usec == 0)
        t.it_value.tv_usec = 1;
    setitimer(ITIMER_REAL, &t, NULL);
}

/* FILE:LINE: error: ... on standard error, with nothing that allocates. */
static void write_loss(Loss loss)
{
    char     text[256 + 128];
    status_erase(watch.page);
    unsigned line = 1;
    size_t   at = watch.start;
    int      n = 0;
    const Source *s = watch.source;
    while (s && at < s->text.n && strchr(" \t\r\n;", s->text.s[at]))
        at++;
    for (size_t i = 0; s && i < at && i < s->text.n; i++)
        line += s->text.s[i] == '\n';
    if (s && s->name.n)
        n = snprintf(text, 256, "%.200s:%u: ", s->name.s, line);
    n += snprintf(text + n, 128, "error: %s\n", loss_sentence(loss));
    ssize_t ignored = write(STDERR_FILENO, text, (size_t)n);
    (void)ignored;
}

/* Nobody polls: the heir, or without one this line, says so. */
static void end_session(LossCause cause)
{
    Page *page = watch.page;
    page->cause = cause;
    if (!page->supervised && watch.source)
        write_loss((Loss){ .cause = cause });
    if (!watch.source)
        page->finished = true;
    _exit(cause == LOSS_CTRL_C ? EXIT_INTERRUPTED : EXIT_EVALUATION);
}

static LossCause stop_loss(StopCause cause)
{
    return cause == STOP_TIME ? LOSS_TIME : LOSS_CTRL_C;
}

static void raise_flag(StopCause cause)
{
    interrupt_raise(cause);
    clock_gettime(CLOCK_MONOTONIC, &watch.raised);
    watch.graces = watch.polls = 0;
    arm(GRACE_MS / 1000.0);
}

static bool same_press(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (now.tv_sec - watch.raised.tv_sec) * 1000 + (now.tv_nsec - watch.raised.tv_nsec) / 1000000 < SAME_PRESS_MS;
}

static void on_interrupt(int signal_number)
{
    (void)signal_number;
    if (!watch.source && watch.prompt)
        interrupt_raise(STOP_CTRL_C);
    else if (!watch.source)
        end_session(LOSS_CTRL_C);
    else if (interrupt_cause() == STOP_NONE)
        raise_flag(STOP_CTRL_C);
    else if (!same_press())
        end_session(LOSS_CTRL_C);
}

static void on_timer(int signal_number)
{
    (void)signal_number;
    if (!watch.source)
        return;
    if (interrupt_cause() == STOP_NONE) {
        raise_flag(STOP_TIME);
        return;
    }
    if (interrupt_polls() == 0 || ++watch.graces >= MOST_GRACES)
        end_session(stop_loss(interrupt_cause()));
    arm(GRACE_MS / 1000.0);
}

static bool at_stack_end(const siginfo_t *info)
{
    uintptr_t at = (uintptr_t)info->si_addr;
    return info->si_signo == SIGSEGV && watch.stack_end && at > watch.stack_end - STACK_MARGIN && at < watch.stack_end + STACK_MARGIN;
}

static void on_fatal(int signal_number, siginfo_t *info, void *context)
{
    (void)context;
    Loss loss = { .status = signal_number };
    if (interrupt_cause() == STOP_MEMORY)
        loss.cause = LOSS_MEMORY;
    else if (at_stack_end(info))
        loss.cause = LOSS_STACK;
    watch.page->cause = loss.cause;
    if (!watch.page->supervised)
        write_loss(loss);
    if (!watch.page->supervised || loss.cause != LOSS_SIGNAL)      /* no core file of a full memory */
        _exit(EXIT_EVALUATION);
    signal(signal_number, SIG_DFL);
    raise(signal_number);
}

static void handle(int signal_number, void (*simple)(int))
{
    struct sigaction act = { .sa_flags = SA_RESTART }, old;
    act.sa_handler = simple;
    if (sigaction(signal_number, NULL, &old) == 0 && old.sa_handler != SIG_IGN)     /* nohup and & stay in force */
        sigaction(signal_number, &act, NULL);
}

static void handle_faults(void)
{
    static const int faults[] = { SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT };
    static char      stack[HANDLER_STACK];
    struct sigaction act = { .sa_flags = SA_SIGINFO | SA_ONSTACK };
    const stack_t    own = { .ss_sp = stack, .ss_size = sizeof stack };
    struct rlimit    limit;
    act.sa_sigaction = on_fatal;
    sigaltstack(&own, NULL);
    if (getrlimit(RLIMIT_STACK, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY)
        watch.stack_end = (uintptr_t)&act - limit.rlim_cur;
    for (size_t i = 0; i < sizeof faults / sizeof *faults; i++)
        sigaction(faults[i], &act, NULL);
}

void watch_install(Page *page, bool prompt)
{
    watch = (struct Watch){ .page = page, .prompt = prompt };
    handle(SIGINT, on_interrupt);
    handle(SIGALRM, on_timer);
    if (!sanitizer_watches())
        handle_faults();
}

void watch_begin(const Source *source, double seconds)
{
    sigset_t ours, before;
    sigemptyset(&ours);
    sigaddset(&ours, SIGINT);
    sigaddset(&ours, SIGALRM);
    sigprocmask(SIG_BLOCK, &ours, &before);
    bool pressed = interrupt_cause() == STOP_CTRL_C;       /* since the last statement of the same entry */
    interrupt_clear();
    watch.start = watch.page->next;
    watch.source = source;
    if (pressed)
        raise_flag(STOP_CTRL_C);
    else if (seconds > 0)
        arm(seconds);
    sigprocmask(SIG_SETMASK, &before, NULL);
}

void watch_end(void)
{
    watch.source = NULL;
    arm(0);
}
