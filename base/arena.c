/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A bump allocator over chunks that double in size. Hooks are a list in the arena's own memory, newest first, so that a
 * release runs them in reverse order of registration. */
#include "base/arena.h"

#include "base/interrupt.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <malloc.h>
#include <string.h>
#include <sys/mman.h>

/* Under AddressSanitizer, memory that is not handed out is poisoned: the use of released memory is reported. */
#ifdef __has_feature
#if __has_feature(address_sanitizer)
#define __SANITIZE_ADDRESS__ 1
#endif
#endif
#ifdef __SANITIZE_ADDRESS__
#include <sanitizer/asan_interface.h>
#else
#define ASAN_POISON_MEMORY_REGION(p, n)   ((void)(p), (void)(n))
#define ASAN_UNPOISON_MEMORY_REGION(p, n) ((void)(p), (void)(n))
#endif

enum { FIRST_CHUNK = 16 * 1024, LARGEST_STEP = 64 * 1024 * 1024, ALIGNMENT = 16, LARGE_PAGE = 2 * 1024 * 1024, LARGEST_SPARE = 8 * 1024 * 1024 };

typedef struct Chunk {
    struct Chunk *older;
    size_t        size, used, touched;  /* bytes behind this header; those beyond `touched` are still zero */
} Chunk;

typedef struct Hook {
    struct Hook *older;
    void       (*release)(void *);
    void        *object;
} Hook;

struct Arena {
    Chunk *chunk;                       /* newest */
    Chunk *spare;                       /* the last one released, kept for the next: marks come and go at a chunk's edge */
    Hook  *hook;
    size_t older_bytes;                 /* used in all chunks but the newest */
};

enum { HEADER = (sizeof(Chunk) + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT };

static void *checked(void *memory)
{
    if (!memory)
        memory_exhausted();
    return memory;
}

void arena_keep_memory(void)
{
#if defined(M_MMAP_THRESHOLD) && defined(M_TRIM_THRESHOLD)
    mallopt(M_MMAP_THRESHOLD, 32 * 1024 * 1024);         /* glibc's largest */
    mallopt(M_TRIM_THRESHOLD, 64 * 1024 * 1024);
#endif
}

Arena *arena_new(void)
{
    return checked(calloc(1, sizeof(Arena)));
}

static void run_hooks(Arena *a, const Hook *until)
{
    while (a->hook != until) {
        Hook *h = a->hook;
        a->hook = h->older;
        h->release(h->object);
    }
}

void arena_delete(Arena *a)
{
    if (!a)
        return;
    arena_release(a, (Mark){ 0 });
    free(a->spare);
    free(a);
}

/* A hint to the kernel that saves most page faults; without it all works the same. */
static void ask_for_large_pages(void *memory, size_t bytes)
{
    uintptr_t start = ((uintptr_t)memory + LARGE_PAGE - 1) / LARGE_PAGE * LARGE_PAGE, end = (uintptr_t)memory + bytes;
    if (bytes >= 2 * LARGE_PAGE && end > start)
        madvise((void *)start, end - start, MADV_HUGEPAGE);
}

static Chunk *new_chunk(const Arena *a, size_t bytes)
{
    size_t size = a->chunk ? 2 * a->chunk->size : FIRST_CHUNK;
    if (size > LARGEST_STEP)
        size = LARGEST_STEP;
    if (size < bytes)
        size = bytes;
    Chunk *c = checked(calloc(1, HEADER + size));
    c->size = size;
    ask_for_large_pages(c, HEADER + size);
    ASAN_POISON_MEMORY_REGION((char *)c + HEADER, size);
    return c;
}

static void add_chunk(Arena *a, size_t bytes)
{
    bool   reuse = a->spare && a->spare->size >= bytes;
    Chunk *c = reuse ? a->spare : new_chunk(a, bytes);
    if (reuse)
        a->spare = NULL;
    c->older = a->chunk;
    c->used = 0;
    a->older_bytes += a->chunk ? a->chunk->used : 0;
    a->chunk = c;
}

void *arena_alloc(Arena *a, size_t bytes)
{
    if (bytes > SIZE_MAX / 2)
        checked(NULL);
    bytes = (bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    if (bytes == 0)
        bytes = ALIGNMENT;
    if (!a->chunk || a->chunk->size - a->chunk->used < bytes)
        add_chunk(a, bytes);
    Chunk *c = a->chunk;
    char  *p = (char *)c + HEADER + c->used;
    size_t stale = c->touched > c->used ? c->touched - c->used : 0;
    ASAN_UNPOISON_MEMORY_REGION(p, bytes);
    if (stale)
        memset(p, 0, stale < bytes ? stale : bytes);
    c->used += bytes;
    if (c->touched < c->used)
        c->touched = c->used;
    return p;
}

void *arena_copy(Arena *a, const void *data, size_t bytes)
{
    void *p = arena_alloc(a, bytes);
    return bytes ? memcpy(p, data, bytes) : p;
}

Mark arena_mark(const Arena *a)
{
    return (Mark){ a->chunk, a->chunk ? a->chunk->used : 0, a->hook };
}

static void drop_chunk(Arena *a, Chunk *c)
{
    Chunk *loser = c;
    if (c->size <= LARGEST_SPARE && (!a->spare || a->spare->size < c->size)) {
        loser = a->spare;
        a->spare = c;
        ASAN_POISON_MEMORY_REGION((char *)c + HEADER, c->size);
    }
    free(loser);
}

void arena_release(Arena *a, Mark mark)
{
    run_hooks(a, mark.hook);
    while (a->chunk != mark.chunk) {
        Chunk *c = a->chunk;
        a->chunk = c->older;
        a->older_bytes -= a->chunk ? a->chunk->used : 0;
        drop_chunk(a, c);
    }
    if (!a->chunk)
        return;
    ASAN_POISON_MEMORY_REGION((char *)a->chunk + HEADER + mark.used, a->chunk->used - mark.used);
    a->chunk->used = mark.used;
}

void arena_on_release(Arena *a, void (*release)(void *), void *object)
{
    Hook *h = arena_alloc(a, sizeof *h);
    *h = (Hook){ a->hook, release, object };
    a->hook = h;
}

size_t arena_bytes(const Arena *a)
{
    return a->older_bytes + (a->chunk ? a->chunk->used : 0);
}
