/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fork() is the copy: 0.3 ms, and pages are duplicated only when the session writes them. The parent goes on, so that the
 * session keeps its process as long as all is well; the child blocks every signal and sleeps on the supervisor's pipe. */
#include "repl/snapshot.h"

#include "repl/supervisor.h"

#include <errno.h>
#include <stdio.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static void discard(Page *page)
{
    pid_t old = page->snapshot;
    if (!old)
        return;
    page->snapshot = 0;
    kill(old, SIGKILL);
    while (waitpid(old, NULL, 0) < 0 && errno == EINTR)
        continue;
}

/* Ctrl-C and Ctrl-Z went to the whole group; what the session has answered already is not for its heir. */
static void drop_pending_signals(const sigset_t *all)
{
    const struct timespec none = { 0 };
    while (sigtimedwait(all, NULL, &none) > 0)
        continue;
}

static void sleep_until_named(Page *page, Loss *loss)
{
    int     status;
    ssize_t n;
    while ((n = read(page->wake, &status, sizeof status)) < 0 && errno == EINTR)
        continue;
    if (n != sizeof status || page->session != getpid())
        _exit(0);                   /* the supervisor is gone */
    *loss = (Loss){ (LossCause)page->cause, status, page->reported };
    page->cause = LOSS_SIGNAL;
    page->reported = false;
}

bool snapshot_take(Page *page, Loss *loss)
{
    sigset_t all, before;
    if (!page->supervised)
        return true;
    fflush(NULL);
    sigfillset(&all);
    sigprocmask(SIG_SETMASK, &all, &before);
    discard(page);
    pid_t pid = fork();
    if (pid == 0) {
        sleep_until_named(page, loss);
        drop_pending_signals(&all);
        follow_supervisor(page);
    } else {
        page->snapshot = pid > 0 ? pid : 0;
    }
    sigprocmask(SIG_SETMASK, &before, NULL);
    return pid != 0;
}
