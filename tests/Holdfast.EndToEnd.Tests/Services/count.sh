#!/bin/sh
# A job that can be resumed: it writes each number that it counts, with its node, to FILE, and goes on after its checkpoint.
# Usage: count.sh FILE LAST
n=${HOLDFAST_CHECKPOINT:-0}
trap 'exit 143' TERM
while [ "$n" -lt "$2" ]; do
  n=$((n + 1))
  echo "$HOLDFAST_NODE $n" >>"$1"
  echo "##holdfast checkpoint $n"
  sleep 0.1
done
