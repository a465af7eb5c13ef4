#!/usr/bin/perl
# What spans are sent to: keeps the body of each request in a file of its own, for somebody who can read it.
# Usage: spans.pl PORT FOLDER
use strict;
use warnings;
use Socket;

my ($port, $folder) = @ARGV;
socket(my $server, PF_INET, SOCK_STREAM, 0) or die "socket: $!\n";
setsockopt($server, SOL_SOCKET, SO_REUSEADDR, 1);
bind($server, sockaddr_in($port, INADDR_ANY)) or die "Cannot listen on port $port: $!\n";
listen($server, 64) or die "listen: $!\n";
for (my $number = 1; accept(my $client, $server); $number++) {
    my ($length, $line) = (0);
    while (defined($line = <$client>) && $line =~ /\S/) { $length = $1 if $line =~ /^content-length:\s*(\d+)/i }
    read($client, my $body, $length);
    # Under its name only when it is whole.
    open(my $file, '>:raw', "$folder/$number.part") or die "$folder: $!\n";
    print $file $body;
    close($file);
    rename("$folder/$number.part", "$folder/$number.spans");
    print $client "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
    close($client);
}
