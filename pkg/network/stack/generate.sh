#!/usr/bin/env bash
# Compiles the programs of bpf/ with the clang that Debian 12 has. The outcome is in the
# tree, so that building DECNET takes Go alone; a test holds it to its source.
set -euo pipefail
cd "$(dirname "$0")"
out=${1:-stack_bpfel.o}
clang-14 -O2 -g -Wall -Wextra -Werror -Wno-unused-function -fdebug-prefix-map="$PWD"=. \
  -target bpfel -mcpu=v3 -c bpf/stack.c -o "$out"
llvm-strip-14 -g "$out"
