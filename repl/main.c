/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The program nabla: the library with all built-ins and the prompt. */
#include "repl/prompt.h"
#include "repl/registry.h"

int main(int argc, char **argv)
{
    return program_run(argc, argv, builtin_tables, prompt_run);
}
