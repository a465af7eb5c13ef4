#!/usr/bin/perl
# A service with data that it has promised to keep: each connection sends a number, which is appended to FILE and synced before it is answered.
# Usage: ledger.pl PORT FILE
use strict;
use warnings;
use IO::Handle;
use IO::Socket::INET;

my ($port, $path) = @ARGV;
open(my $file, '>>', $path) or die "$path: $!\n";
my $server = IO::Socket::INET->new(LocalPort => $port, Listen => 64, ReuseAddr => 1) or die "Cannot listen on port $port: $!\n";
while (my $client = $server->accept) {
    my $number = <$client>;
    next unless defined $number && $number =~ /^\d+\n\z/;
    syswrite($file, $number) == length $number or die "$path: $!\n";
    $file->sync or die "sync: $!\n";
    print $client "kept $number";
    close $client;
}
