/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The program nabla with the debug built-ins beside all others. */
#include "repl/prompt.h"
#include "repl/registry.h"
#include "tests/repl/debug_builtins.h"

enum { MOST_TABLES = 100 };

int main(int argc, char **argv)
{
    const Builtin *tables[MOST_TABLES + 2];
    size_t n = 0;
    while (builtin_tables[n] && n < MOST_TABLES) {
        tables[n] = builtin_tables[n];
        n++;
    }
    tables[n++] = debug_builtins;
    tables[n] = NULL;
    return program_run(argc, argv, tables, prompt_run);
}
