#!/usr/bin/perl
# A service that cannot run twice unnoticed: every few milliseconds it appends to FOLDER/ROLE, a file that all hosts of the
# lab share, who it is and the time on the machine's one boot clock. It answers TCP connections with node and epoch.
# Usage: beat.pl PORT FOLDER
use strict;
use warnings;
use Socket;
use Time::HiRes qw(clock_gettime);

use constant CLOCK_BOOTTIME => 7;

my ($port, $folder) = @ARGV;
sub now { return sprintf '%.6f', clock_gettime(CLOCK_BOOTTIME) }

open(my $beats, '>>', "$folder/$ENV{HOLDFAST_ROLE}") or die "beats: $!\n";
my $run = "$ENV{HOLDFAST_NODE} $ENV{HOLDFAST_EPOCH} " . now();
syswrite($beats, "$run " . now() . "\n");

socket(my $server, PF_INET, SOCK_STREAM, 0) or die "socket: $!\n";
setsockopt($server, SOL_SOCKET, SO_REUSEADDR, 1);
bind($server, sockaddr_in($port, INADDR_ANY)) or die "Cannot listen on port $port: $!\n";
listen($server, 512) or die "listen: $!\n";
while (1) {
    syswrite($beats, "$run " . now() . "\n"); # One write to a file opened for appending: lines of two writers never mix.
    my $ready = '';
    vec($ready, fileno($server), 1) = 1;
    next if select($ready, undef, undef, 0.003) <= 0;
    accept(my $client, $server) or next;
    syswrite($client, "$ENV{HOLDFAST_NODE} $ENV{HOLDFAST_EPOCH}\n");
    close($client);
}
