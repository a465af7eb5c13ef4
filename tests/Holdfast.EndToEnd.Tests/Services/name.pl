# Answers each connection with the name that the machine has for it: ADDRESS PORT.
use strict;
use Socket;
use Sys::Hostname;
my ($address, $port) = @ARGV;
$SIG{PIPE} = 'IGNORE';
socket(my $server, PF_INET, SOCK_STREAM, 0) or die $!;
setsockopt($server, SOL_SOCKET, SO_REUSEADDR, 1);
bind($server, sockaddr_in($port, inet_aton($address))) or die "bind: $!";
listen($server, 16) or die $!;
while (accept(my $client, $server)) { print $client hostname(), "\n"; close $client }
