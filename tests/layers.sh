#!/bin/sh
# Fails when an include points up (repl -> parser -> symbolic -> numeric -> base), when base/ grows beyond 1,500 lines, when
# something below repl/ writes to the terminal, or when a file has no licence line.
set -u
cd "$1" || exit 1
awk '
    BEGIN { split("base numeric symbolic parser repl", order); for (i in order) rank[order[i]] = i }
    FNR == 1 && !/SPDX-License-Identifier: GPL-3.0-or-later/ { print FILENAME ": no licence line"; bad++ }
    { split(FILENAME, here, "/") }
    /^#include "/ { split($2, q, "\""); split(q[2], there, "/"); if (rank[there[1]] > rank[here[1]]) { print FILENAME ": includes " q[2]; bad++ } else good++ }
    here[1] != "repl" && /(^|[^a-z_])(printf|puts|putchar|fprintf|fputs|perror) *\(/ { print FILENAME ":" FNR ": writes to the terminal: " $0; bad++ }
    here[1] == "base" { base++ }
    END { if (base > 1500) { print "base/ has " base " lines"; bad++ } printf "CHECKS %d %d\n", good, bad; exit bad > 0 }
' $(find base numeric symbolic parser repl -name '*.[ch]' -o -name '*.def' | grep -E '^(base|numeric|symbolic|parser|repl)/')
