/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Statements that harm their session on purpose, each in another way. Only the test program knows them. */
#include "base/builtin.h"
#include "base/interrupt.h"
#include "tests/repl/debug_builtins.h"

#include <flint/fmpz.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static Value crash_call(Call *c)
{
    volatile uintptr_t nowhere = 8;
    (void)c;
    *(volatile int *)nowhere = 1;
    return value_none();
}

static Value abort_call(Call *c)
{
    (void)c;
    abort();
}

/* What a library does that finds an impossible argument: a text on standard output, then abort(). */
static Value flint_call(Call *c)
{
    fmpz_t zero;
    (void)c;
    fmpz_init(zero);
    fmpz_invmod(zero, zero, zero);
    fmpz_fdiv_q(zero, zero, zero);
    return value_none();
}

static Value kill_call(Call *c)
{
    (void)c;
    raise(SIGKILL);
    return value_none();
}

static Value exit_call(Call *c)
{
    (void)c;
    _exit(0);
}

static Value spin_call(Call *c)
{
    (void)c;
    for (volatile int go = 1; go;)
        continue;
    return value_none();
}

static Value poll_call(Call *c)
{
    while (!should_stop())
        usleep(1000);
    return call_fail(c, -1, "gave up");
}

/* A command that returns what it has when it is stopped. */
static Value partial_call(Call *c)
{
    while (!should_stop())
        usleep(1000);
    Report *r = report_new(c->arena, "debug_partial");
    r->summary = STR("stopped early");
    return value_report(r);
}

static Value exhaust_arena_call(Call *c)
{
    for (volatile int go = 1; go;)
        arena_alloc(c->arena, 1 << 20);
    return value_none();
}

static Value exhaust_number_call(Call *c)
{
    mpz_t n;
    (void)c;
    mpz_init(n);
    for (mp_bitcnt_t bits = 1 << 20; bits; bits *= 2)
        mpz_realloc2(n, bits);
    return value_none();
}

static int deeper(int n)
{
    volatile char room[4096];
    room[n % 4096] = (char)n;
    return n < 0 ? 0 : deeper(n + 1) + room[n % 4096];
}

static Value overflow_call(Call *c)
{
    (void)c;
    return deeper(0) ? value_none() : value_failed();
}

#define ROW(name, call_) { .sig = name "() -> none", .help = "For tests.", .call = call_ }

const Builtin debug_builtins[] = {
    ROW("debug_crash", crash_call), ROW("debug_abort", abort_call), ROW("debug_flint", flint_call), ROW("debug_kill", kill_call),
    ROW("debug_exit", exit_call), ROW("debug_spin", spin_call), ROW("debug_poll", poll_call), ROW("debug_partial", partial_call),
    ROW("debug_exhaust", exhaust_arena_call), ROW("debug_exhaust_number", exhaust_number_call), ROW("debug_overflow", overflow_call),
    { 0 }
};
