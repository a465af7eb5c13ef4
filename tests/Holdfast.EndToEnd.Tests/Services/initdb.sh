#!/bin/sh
# Makes a database in the folder given, unless there is one.
set -e
[ ! -e "$1/PG_VERSION" ] || exit 0
install -d -o postgres -g postgres -m 700 "$1"
for initdb in /usr/lib/postgresql/*/bin/initdb; do :; done
cd /
exec setpriv --reuid=postgres --regid=postgres --init-groups "$initdb" -D "$1" --auth=trust >/dev/null
