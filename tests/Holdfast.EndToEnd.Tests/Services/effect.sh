#!/bin/sh
# A job with a side effect that counts: FILE has each run once, however many attempts it took. FILE.attempts says who tried, FILE.overlaps who found
# another at work.
# Usage: effect.sh FILE
exec 9>>"$1.lock"
flock --nonblock 9 || { echo "$HOLDFAST_RUN" >>"$1.overlaps"; exit 75; }
echo "$HOLDFAST_RUN $HOLDFAST_ATTEMPT $HOLDFAST_NODE" >>"$1.attempts"
sleep 1.5
grep -qsx "$HOLDFAST_RUN" "$1" || echo "$HOLDFAST_RUN" >>"$1"
