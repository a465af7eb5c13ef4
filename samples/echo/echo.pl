#!/usr/bin/perl
# A service to watch a cluster with: answers every TCP connection with one line, the node and the epoch it runs at.
# Usage: echo.pl [PORT]    The environment is what Holdfast gives every role process.
use strict;
use warnings;
use Socket;

my $port = shift // 7000;
my $line = "$ENV{HOLDFAST_NODE} $ENV{HOLDFAST_EPOCH}\n";
socket(my $server, PF_INET, SOCK_STREAM, 0) or die "socket: $!\n";
setsockopt($server, SOL_SOCKET, SO_REUSEADDR, 1);
bind($server, sockaddr_in($port, INADDR_ANY)) or die "Cannot listen on port $port: $!\n";
listen($server, 512) or die "listen: $!\n";
while (1) {
    accept(my $client, $server) or next;
    syswrite($client, $line);
    close($client);
}
