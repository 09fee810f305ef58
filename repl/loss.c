/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One sentence per cause: what the session noted before it ended, else the signal that ended it. */
#include "repl/loss.h"

#include <sys/wait.h>

static const char *signal_sentence(int signal_number)
{
    switch (signal_number) {
    case SIGSEGV: return "the statement crashed (invalid memory access)";
    case SIGBUS:  return "the statement crashed (bus error)";
    case SIGILL:  return "the statement crashed (illegal instruction)";
    case SIGFPE:  return "the statement crashed (arithmetic exception in a library)";
    case SIGABRT: return "the statement was given up by a library (abort)";
    case SIGKILL: return "the statement was killed, by a user or because the machine ran out of memory";
    default:      return "the statement was ended by a signal";
    }
}

const char *loss_sentence(Loss loss)
{
    switch (loss.cause) {
    case LOSS_CTRL_C: return "stopped by Ctrl-C";
    case LOSS_TIME:   return "stopped at the time limit";
    case LOSS_MEMORY: return "the statement needs more memory than it may use";
    case LOSS_STACK:  return "the statement nests too deeply (the stack is used up)";
    case LOSS_SIGNAL: break;
    }
    return WIFSIGNALED(loss.status) ? signal_sentence(WTERMSIG(loss.status)) : "the statement ended the session";
}

const char *loss_hint(Loss loss)
{
    switch (loss.cause) {
    case LOSS_TIME:   return "a larger --timeout gives it more time";
    case LOSS_MEMORY: return "a larger --memory gives it more";
    case LOSS_CTRL_C: case LOSS_STACK: case LOSS_SIGNAL:
        return NULL;
    }
    return NULL;
}
