#!/bin/sh
# Fails when an include points up (repl -> parser -> symbolic -> numeric -> base), when base/ grows beyond 1,500 lines, when
# something below repl/ writes to the terminal, or when a file has no licence line. Tests may include and print what they like.
set -u
cd "$1" || exit 1
awk '
    BEGIN { n = split("base numeric symbolic parser repl tests", order); for (i = 1; i <= n; i++) rank[order[i]] = i }
    FNR == 1 { split(FILENAME, here, "/"); if (/SPDX-License-Identifier: GPL-3.0-or-later/) good++; else { print FILENAME ": no licence line"; bad++ } }
    /^# *include "/ {
        split($0, quoted, "\""); split(quoted[2], there, "/")
        if (!(there[1] in rank) && here[1] != "tests") { print FILENAME ": include without folder: " quoted[2]; bad++ }
        else if (rank[there[1]] > rank[here[1]]) { print FILENAME ": includes " quoted[2]; bad++ }
        else good++
    }
    rank[here[1]] < rank["repl"] && (/(^|[^a-z_])(v?printf|puts|putchar|v?fprintf|fputs|fputc|perror) *\(/ || /(^|[^a-zA-Z_])std(out|err)([^a-zA-Z_]|$)/) {
        print FILENAME ":" FNR ": writes to the terminal: " $0; bad++
    }
    here[1] == "base" { base++ }
    END { if (base > 1500) { print "base/ has " base " lines"; bad++ } printf "CHECKS %d %d\n", good, bad; exit bad > 0 }
' $(find base numeric symbolic parser repl tests -name '*.[ch]' -o -name '*.def')
