# Prints the body of http://ADDRESS:PORT/, or nothing.
use strict;
use Socket;
my ($address, $port) = @ARGV;
$SIG{ALRM} = sub { exit 1 };
alarm 2;
socket(my $server, PF_INET, SOCK_STREAM, 0) or exit 1;
connect($server, sockaddr_in($port, inet_aton($address))) or exit 1;
select((select($server), $| = 1)[0]);
print $server "GET / HTTP/1.0\r\nHost: $address\r\n\r\n";
my $answer = do { local $/; <$server> };
print $1 if $answer =~ /\r\n\r\n(.*)/s;
