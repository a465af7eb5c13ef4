#!/usr/bin/perl
# A client of ledger.pl that never stops: sends number after number, the same one again until it is acknowledged, and writes down which were.
# Usage: writer.pl ADDRESS PORT FILE
use strict;
use warnings;
use IO::Handle;
use IO::Socket::INET;
use Time::HiRes qw(usleep);

$SIG{PIPE} = 'IGNORE';
my ($address, $port, $path) = @ARGV;
open(my $acknowledged, '>>', $path) or die "$path: $!\n";
for (my $number = 1; ; usleep(5_000)) {
    my $server = IO::Socket::INET->new(PeerAddr => $address, PeerPort => $port, Timeout => 0.3) or next;
    local $SIG{ALRM} = sub { $server->shutdown(2) };
    Time::HiRes::alarm(1);
    print $server "$number\n";
    my $answer = <$server>;
    Time::HiRes::alarm(0);
    next unless ($answer // '') eq "kept $number\n";
    syswrite($acknowledged, "$number\n");
    $number++;
}
