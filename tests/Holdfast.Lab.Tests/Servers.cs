using Holdfast.Lab.Hosts;
using Holdfast.Lab.Linux;

namespace Holdfast.Lab.Tests;

/// <summary>Small real servers and clients for hosts, in what Debian's perl-base has.</summary>
internal static class Servers
{
    /// <summary>Answers each connection with one line: PORT LINE.</summary>
    internal const string Line = """
        use IO::Socket::INET; $SIG{PIPE}='IGNORE';
        my $s = IO::Socket::INET->new(LocalPort => $ARGV[0], Listen => 128, ReuseAddr => 1) or die $!;
        while (my $c = $s->accept) { print $c "$ARGV[1]\n"; close $c }
        """;

    /// <summary>Appends each datagram to /run/datagrams: PORT.</summary>
    internal const string CountDatagrams = """
        use IO::Socket::INET; my $s = IO::Socket::INET->new(Proto => 'udp', LocalPort => $ARGV[0]) or die $!;
        while (defined $s->recv(my $d, 100)) { open my $f, '>>', '/run/datagrams'; print $f "$d\n"; close $f }
        """;

    private const string Ask = """
        use IO::Socket::INET; $SIG{ALRM} = sub { print "timeout"; exit 0 }; alarm 1;
        my $c = IO::Socket::INET->new(PeerAddr => $ARGV[0], PeerPort => $ARGV[1]) or do { print $!{ECONNREFUSED} ? 'refused' : "$!"; exit 0 };
        my $l = <$c>; chomp $l; print $l;
        """;

    private const string Send = """
        use IO::Socket::INET; IO::Socket::INET->new(Proto => 'udp', PeerAddr => $ARGV[0], PeerPort => 7001)->send($ARGV[1]);
        """;

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    internal static async Task<string> AskAsync(LabHost from, string address, int port) =>
        (await from.RunAsync(["perl", "-e", Ask, address, $"{port}"], Limit)).Output;

    internal static Task WaitAsync(LabHost host, int port) =>
        Waiting.UntilAsync(async () => await AskAsync(host, "127.0.0.1", port) is not "refused", Limit, $"nobody listens on port {port}", TimeSpan.FromMilliseconds(20));

    internal static Task SendDatagramAsync(LabHost from, LabHost to, string text) => from.RunAsync(["perl", "-e", Send, to.Address, text], Limit);

    internal static async Task<string[]> DatagramsAsync(LabHost host) =>
        (await host.RunAsync(["cat", "/run/datagrams"], Limit)).Output.Split('\n');

    internal static Task WaitDatagramAsync(LabHost from, LabHost to) => Waiting.UntilAsync(
        async () =>
        {
            await SendDatagramAsync(from, to, "hello");
            return (await DatagramsAsync(to)).Contains("hello");
        },
        Limit,
        "no datagram arrives",
        TimeSpan.FromMilliseconds(20));
}
