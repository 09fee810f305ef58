/* SPDX-License-Identifier: GPL-3.0-or-later */
/* libFuzzer entry: any bytes to the parser, statement after statement. Built with clang and -Dfuzz=true. */
#include "parser/parse.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    Arena *a = arena_new();
    Source source = { .text = { (const char *)data, size } };
    for (size_t at = 0; at < size;) {
        Diag   d = diag_new(a);
        size_t before = at;
        Ast   *t = parse_statement(a, &d, &source, &at, (ParseMode){ .prompt = true });
        if (at <= before || at > size || !t != d.failed || d.span.start > d.span.end || d.span.end > size)
            abort();
    }
    arena_delete(a);
    return 0;
}
