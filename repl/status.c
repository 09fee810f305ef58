/* SPDX-License-Identifier: GPL-3.0-or-later */
/* After a second of work, and twice a second from then on: how long it takes, and how far a loop is that tells it. Only on a terminal
 * that can go back to the start of a line. A timer's signal writes it, so that it also moves while a library is busy; blanks
 * and carriage returns erase it, no escape codes. The page knows its length, so that the heir of a session that died can erase it. */
#include "repl/status.h"

#include "numeric/progress.h"

#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

enum { FIRST_S = 1, NEXT_MS = 500, MOST_COLUMNS = 79 };

/* A signal handler has no argument for it. */
static struct Status {
    Page           *page;
    bool            armed;
    timer_t         timer;
    struct timespec since;
} status;

static void put(const char *text, size_t n)
{
    ssize_t ignored = write(STDERR_FILENO, text, n);
    (void)ignored;
}

void status_erase(Page *page)
{
    char text[MOST_COLUMNS + 4];
    int  n = page->status;
    if (n <= 0 || n > MOST_COLUMNS)
        return;
    memset(text, ' ', sizeof text);
    text[0] = text[n + 3] = '\r';         /* and the terminal's ^C behind it */
    put(text, (size_t)n + 4);
    page->status = 0;
}

static int columns(void)
{
    struct winsize size;
    int n = ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 3 ? size.ws_col - 3 : MOST_COLUMNS;
    return n < MOST_COLUMNS ? n : MOST_COLUMNS;
}

static void on_tick(int signal_number)
{
    char            text[2 * MOST_COLUMNS];
    struct timespec now;
    Progress        p = progress_now();
    (void)signal_number;
    clock_gettime(CLOCK_MONOTONIC, &now);
    double seconds = (double)(now.tv_sec - status.since.tv_sec) + 1e-9 * (double)(now.tv_nsec - status.since.tv_nsec);
    int    n = snprintf(text, sizeof text, "%.1f s", seconds);
    if (p.round)
        n += snprintf(text + n, sizeof text - (size_t)n, "   round %zu", p.round);
    if (p.round && !isnan(p.value))
        n += snprintf(text + n, sizeof text - (size_t)n, "   value %.6g", p.value);
    n += snprintf(text + n, sizeof text - (size_t)n, "   Ctrl-C stops");
    n = n < columns() ? n : columns();
    if (n < status.page->status)
        status_erase(status.page);
    put("\r", 1);
    put(text, (size_t)n);
    status.page->status = n;
}

static void block(int how)
{
    sigset_t tick;
    sigemptyset(&tick);
    sigaddset(&tick, SIGRTMIN);
    sigprocmask(how, &tick, NULL);
}

void status_begin(Page *page)
{
    const struct itimerspec when = { .it_value.tv_sec = FIRST_S, .it_interval.tv_nsec = NEXT_MS * 1000000L };
    const char      *term = getenv("TERM");
    struct sigaction act = { .sa_flags = SA_RESTART };
    struct sigevent  event = { .sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGRTMIN };
    progress_set(0, NAN);
    if (!isatty(STDERR_FILENO) || !term || !strcmp(term, "dumb"))
        return;
    status.page = page;
    act.sa_handler = on_tick;
    sigaction(SIGRTMIN, &act, NULL);
    clock_gettime(CLOCK_MONOTONIC, &status.since);
    status.armed = timer_create(CLOCK_MONOTONIC, &event, &status.timer) == 0 && timer_settime(status.timer, 0, &when, NULL) == 0;
}

void status_pause(void)
{
    if (!status.armed)
        return;
    block(SIG_BLOCK);
    status_erase(status.page);
}

void status_resume(void)
{
    if (status.armed)
        block(SIG_UNBLOCK);
}

void status_end(void)
{
    if (!status.armed)
        return;
    signal(SIGRTMIN, SIG_IGN);      /* a tick that is on its way */
    timer_delete(status.timer);
    status.armed = false;
    status_erase(status.page);
}
