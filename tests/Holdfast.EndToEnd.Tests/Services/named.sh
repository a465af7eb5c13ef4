#!/bin/sh
# Runs the name server of the tests in the foreground, with its zone made anew.
set -e
rm -rf /tmp/named
mkdir -m 777 /tmp/named
printf '%s\n' '$TTL 60' '@ IN SOA ns.lab.test. root.lab.test. ( 1 3600 600 86400 60 )' '@ IN NS ns.lab.test.' 'ns IN A 10.77.0.250' >/tmp/named/lab.test
exec named -f -c /opt/services/named.conf
