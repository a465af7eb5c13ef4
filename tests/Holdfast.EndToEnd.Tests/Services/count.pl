#!/usr/bin/perl
# A service with data: counts on from where the file says, and syncs each number before it goes on to the next. Whoever
# reads a number knows that the one before it survives a power-off.
# Usage: count.pl FILE
use strict;
use warnings;
use Fcntl qw(:DEFAULT :seek);
use IO::Handle;
use Time::HiRes qw(usleep);

my ($path) = @ARGV;
sysopen(my $file, $path, O_RDWR | O_CREAT) or die "$path: $!\n";
sysread($file, my $old, 11);
my $count = ($old // '') =~ /^(\d+)/ ? $1 : 0;
while (1) {
    $count++;
    sysseek($file, 0, SEEK_SET);
    syswrite($file, sprintf("%010d\n", $count)) == 11 or die "$path: $!\n";
    $file->sync or die "sync: $!\n";
    usleep(20_000);
}
