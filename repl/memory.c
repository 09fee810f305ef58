/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The limit is RLIMIT_AS: what is mapped now plus what the user grants. The kernel then refuses, and the statement ends with a
 * sentence instead of the machine swapping. The libraries answer a failed allocation with abort() and a text of their own;
 * allocators that raise STOP_MEMORY first tell this end from others. */
#include "repl/memory.h"

#include "base/interrupt.h"

#include <flint/flint.h>
#include <gmp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

#ifdef __has_feature
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer) || __has_feature(memory_sanitizer)
#define __SANITIZE_ADDRESS__ 1
#endif
#endif

bool sanitizer_watches(void)
{
#if defined __SANITIZE_ADDRESS__ || defined __SANITIZE_THREAD__
    return true;
#else
    return false;
#endif
}

static void *checked(void *memory, size_t n)
{
    if (!memory && n)
        memory_exhausted();
    return memory;
}

static void *allocate(size_t n)                { return checked(malloc(n), n); }
static void *allocate_zero(size_t n, size_t k) { return checked(calloc(n, k), n && k); }
static void *reallocate(void *p, size_t n)     { return checked(realloc(p, n), n); }

static void *gmp_reallocate(void *p, size_t old, size_t n)
{
    (void)old;
    return reallocate(p, n);
}

static void gmp_free(void *p, size_t n)
{
    (void)n;
    free(p);
}

void memory_watch(void)
{
    mp_set_memory_functions(allocate, gmp_reallocate, gmp_free);
    __flint_set_memory_functions(allocate, allocate_zero, reallocate, free);
    flint_set_abort(abort);                 /* without the flush that would show the library's message */
}

#if __FLINT_RELEASE >= 30000
/* FLINT 3 writes its message to standard output before it aborts, come what may; the program's own definition precedes it. */
void flint_throw(flint_err_t cause, const char *format, ...)
{
    (void)cause;
    (void)format;
    abort();
}
#endif

static size_t mapped_bytes(void)
{
    unsigned long pages = 0;
    FILE *f = fopen("/proc/self/statm", "r");
    if (f && fscanf(f, "%lu", &pages) != 1)
        pages = 0;
    if (f)
        fclose(f);
    return pages * (size_t)sysconf(_SC_PAGESIZE);
}

void memory_limit(size_t bytes)
{
    struct rlimit limit;
    if (sanitizer_watches() || getrlimit(RLIMIT_AS, &limit) < 0)
        return;
    size_t mapped = mapped_bytes(), most = bytes < SIZE_MAX - mapped ? mapped + bytes : SIZE_MAX;
    if (limit.rlim_max != RLIM_INFINITY && most > limit.rlim_max)
        most = limit.rlim_max;
    limit.rlim_cur = most;
    setrlimit(RLIMIT_AS, &limit);
}

static size_t group_bytes(void)
{
    unsigned long long bytes;
    FILE *f = fopen("/sys/fs/cgroup/memory.max", "r");
    bool  known = f && fscanf(f, "%llu", &bytes) == 1;
    if (f)
        fclose(f);
    return known ? (size_t)bytes : SIZE_MAX;
}

size_t memory_default(void)
{
    size_t machine = (size_t)sysconf(_SC_PHYS_PAGES) * (size_t)sysconf(_SC_PAGESIZE), group = group_bytes();
    return (group < machine ? group : machine) / 2;
}
