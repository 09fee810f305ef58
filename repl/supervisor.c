/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The supervisor does no work that could fail: it waits. It keeps the terminal's process id and inherits the children of a
 * dead session (child subreaper). When the session dies, the snapshot becomes the session: the supervisor names it in the
 * page, then writes the status of the dead into the pipe on which the snapshot sleeps. It alone holds the write end, so
 * that its own death wakes the snapshot with an end of file.
 *
 * All three are one process group. Signals of the terminal reach the session directly; the supervisor takes its own signals
 * from sigwaitinfo(), without handlers, forwards what another process sent and a hangup (which the terminal tells the leader of
 * its session alone), and stops when the session has stopped (not
 * before: the session restores the terminal first). */
#include "repl/supervisor.h"

#include "base/interrupt.h"
#include "repl/options.h"

#include <errno.h>
#include <stdnoreturn.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

Page *page_new(void)
{
    Page *page = mmap(NULL, sizeof *page, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (page == MAP_FAILED)
        memory_exhausted();
    page->session = getpid();
    return page;
}

static noreturn void leave(const Page *page, int status)
{
    if (page->snapshot) {
        kill(page->snapshot, SIGKILL);
        while (waitpid(page->snapshot, NULL, 0) < 0 && errno == EINTR)
            continue;
    }
    if (WIFSIGNALED(status)) {
        sigset_t only;
        signal(WTERMSIG(status), SIG_DFL);
        sigemptyset(&only);
        sigaddset(&only, WTERMSIG(status));
        sigprocmask(SIG_UNBLOCK, &only, NULL);
        raise(WTERMSIG(status));
    }
    _exit(WIFEXITED(status) ? WEXITSTATUS(status) : EXIT_EVALUATION);
}

/* Signals that mean the whole program, not one statement. */
static bool ends_all(int status)
{
    int s = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
    return s == SIGTERM || s == SIGHUP || s == SIGPIPE || s == SIGQUIT;
}

static void promote(Page *page, int wake, int status)
{
    static const char lost[] = "error: the session died, and no copy of it is left\n";
    if (!page->snapshot) {
        ssize_t ignored = write(STDERR_FILENO, lost, sizeof lost - 1);
        (void)ignored;
        leave(page, status);
    }
    page->session = page->snapshot;
    page->snapshot = 0;
    while (write(wake, &status, sizeof status) < 0 && errno == EINTR)
        continue;
}

static void reap(Page *page, int wake)
{
    int   status;
    pid_t pid;
    while ((pid = waitpid(-1, &status, WNOHANG | WUNTRACED)) > 0) {
        if (pid != page->session)
            continue;               /* a snapshot of a dead session */
        if (WIFSTOPPED(status)) {
            kill(getpid(), SIGSTOP);
            kill(page->session, SIGCONT);
        } else if (page->finished || ends_all(status)) {
            leave(page, status);
        } else {
            promote(page, wake, status);
        }
    }
}

static noreturn void wait_for_session(Page *page, int wake, const sigset_t *mine)
{
    for (;;) {
        siginfo_t info;
        int       s = sigwaitinfo(mine, &info);
        if (s == SIGCHLD)
            reap(page, wake);
        else if (s == SIGHUP || (s > 0 && info.si_code <= 0 && info.si_pid != page->session))
            kill(page->session, s);
    }
}

void follow_supervisor(const Page *page)
{
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    if (getppid() != page->supervisor)      /* it died before the call */
        raise(SIGTERM);
}

bool supervise(Page *page)
{
    static const int taken[] = { SIGCHLD, SIGINT, SIGQUIT, SIGTSTP, SIGTERM, SIGHUP, SIGUSR1, SIGUSR2 };
    int      pipe_ends[2];
    sigset_t mine, before;
    sigemptyset(&mine);
    for (size_t i = 0; i < sizeof taken / sizeof *taken; i++)
        sigaddset(&mine, taken[i]);
    if (pipe(pipe_ends) < 0)
        return false;
    page->wake = pipe_ends[0];
    page->supervisor = getpid();
    prctl(PR_SET_CHILD_SUBREAPER, 1);
    sigprocmask(SIG_BLOCK, &mine, &before);
    pid_t pid = fork();
    if (pid > 0) {
        page->session = pid;
        close(pipe_ends[0]);
        signal(SIGTTOU, SIG_IGN);
        wait_for_session(page, pipe_ends[1], &mine);
    }
    sigprocmask(SIG_SETMASK, &before, NULL);
    close(pipe_ends[1]);
    if (pid < 0) {
        close(pipe_ends[0]);
        return false;
    }
    page->session = getpid();
    page->supervised = true;
    follow_supervisor(page);
    return true;
}
