#!/usr/bin/env bash
# Runs every fuzz target of the workspace for the given time each.
set -euo pipefail
time=${1:-1m}
for dir in $(go list -m -f '{{.Dir}}'); do
  while IFS=: read -r file name; do
    echo "fuzzing ${name} in ${file%/*} for ${time}"
    (cd "${file%/*}" && go test -run='^$' -fuzz="^${name}\$" -fuzztime="$time" .)
  done < <(grep -rhoE --include='*_test.go' -H '^func Fuzz[A-Za-z0-9_]+' "$dir" | sed -E 's/:func /:/')
done
