using System.Globalization;
using Holdfast.Leash.Native;
using Holdfast.Leash.Protocol;

namespace Holdfast.Leash.Tests.Running;

/// <summary>Two agents, of which one controls. These agents only say hello, and write down what becomes of them.</summary>
[Collection("leash")]
public sealed class StandbyTests : IDisposable
{
    private const int SigUser1 = 10;

    /// <summary>Says "started", then "controls" with whether the last one that controlled is gone. SIGUSR1: it loses its connection and lives on.</summary>
    private static readonly string Agent = """
        use IO::Socket::UNIX;
        my $log = shift;
        sub note { open(my $file, '>>', $log); syswrite $file, "$$ @_\n"; }
        sub last_one { open(my $file, '<', $log); my $last = 0; while (<$file>) { $last = $1 if /^(\d+) controls/ } $last }
        $SIG{TERM} = sub { note('told to end'); exit 0 };
        $SIG{USR1} = sub { close $leash; note('lives on'); sleep 1 while 1 };
        note('started');
        $leash = IO::Socket::UNIX->new("$ENV{HOLDFAST_RUN}/leash.sock") or die $!;
        syswrite $leash, pack('VCVVC', 10, 1, 1, WIRE, 0);
        sysread($leash, my $answer, 4) or exit 1;
        my $before = last_one();
        note('controls', !$before ? 'as the first' : kill(0, $before) ? "beside $before" : "after $before");
        1 while sysread($leash, $answer, 4096);
        """.Replace("WIRE", Wire.Version.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal);

    private readonly string _folder = Directory.CreateTempSubdirectory("holdfast-leash-agent-").FullName;

    private string Notes => Path.Combine(_folder, "notes");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [RootFact]
    public async Task When_the_agent_is_killed_the_one_that_waits_goes_on_and_another_waits()
    {
        await using var leash = await StartAsync();
        var (first, second) = await PairAsync(leash);
        Assert.Equal([$"{first} started", $"{first} controls as the first", $"{second} started"], File.ReadAllLines(Notes));

        Libc.kill(first, Libc.SIGKILL);

        await RunningLeash.EventuallyAsync(() => Noted($"{second} controls after {first}"));
        await RunningLeash.EventuallyAsync(() => Pid(leash, "agent.pid") == second);
        Assert.Contains($"agent-promoted: process {second}", leash.ReadLog(), StringComparison.Ordinal);
        Assert.Equal(second, (await PairAsync(leash)).Agent);
    }

    [RootFact]
    public async Task An_agent_that_lost_its_connection_is_gone_before_another_controls()
    {
        await using var leash = await StartAsync();
        var (first, second) = await PairAsync(leash);

        Libc.kill(first, SigUser1);

        await RunningLeash.EventuallyAsync(() => Noted($"{second} controls"));
        Assert.True(Noted($"{first} lives on"));
        Assert.True(Noted($"{second} controls after {first}"), File.ReadAllText(Notes));
    }

    [RootFact]
    public async Task A_standby_that_ends_is_replaced_and_nobody_else_notices()
    {
        await using var leash = await StartAsync();
        var (first, second) = await PairAsync(leash);

        Libc.kill(second, Libc.SIGKILL);

        await RunningLeash.EventuallyAsync(() => Pid(leash, "standby.pid") is not 0 and var third && third != second);
        Assert.Equal(first, Pid(leash, "agent.pid"));
        Assert.Contains("standby-ended: exit code 137", leash.ReadLog(), StringComparison.Ordinal);
        Assert.DoesNotContain("agent-ended", leash.ReadLog(), StringComparison.Ordinal);
    }

    [RootFact]
    public async Task At_the_end_the_standby_goes_first_and_only_the_agent_is_asked()
    {
        await using var leash = await StartAsync();
        var (first, second) = await PairAsync(leash);

        Assert.Equal(0, await leash.TerminateAsync());

        Assert.Equal($"{first} told to end", File.ReadAllLines(Notes)[^1]);
        var log = leash.ReadLog();
        Assert.InRange(log.IndexOf("standby-ended: exit code 137", StringComparison.Ordinal), 0, log.IndexOf("agent-ended: exit code 0", StringComparison.Ordinal));
        Assert.False(RunningLeash.IsAlive(first) || RunningLeash.IsAlive(second));
        Assert.DoesNotContain("agent-promoted", log, StringComparison.Ordinal);
    }

    [RootFact]
    public async Task A_killed_leash_takes_both_with_it_and_its_successor_does_not_take_a_stranger_for_them()
    {
        await using var leash = await StartAsync();
        var (first, second) = await PairAsync(leash);

        await leash.KillAsync();

        await RunningLeash.EventuallyAsync(() => !RunningLeash.IsAlive(first) && !RunningLeash.IsAlive(second));
        await leash.LaunchAsync();
        Assert.False(File.Exists(Path.Combine(leash.RunDirectory, "agent.pid")));
        Assert.False(File.Exists(Path.Combine(leash.RunDirectory, "standby.pid")));
    }

    [RootFact]
    public Task Told_to_keep_no_standby_it_starts_the_next_agent_when_the_first_is_gone() => GoesOnAloneAsync("--no-standby-agent");

    [RootFact]
    public Task Unprivileged_it_starts_the_next_agent_when_the_first_is_gone() => GoesOnAloneAsync("--unprivileged");

    private async Task GoesOnAloneAsync(string option)
    {
        await using var leash = await StartAsync(option);
        await RunningLeash.EventuallyAsync(() => Pid(leash, "agent.pid") != 0);
        var first = Pid(leash, "agent.pid");
        await RunningLeash.EventuallyAsync(() => File.Exists(Notes) && Noted($"{first} controls")); // It has said who it is: killed before, it never would.
        Assert.Contains("standby agent no", leash.ReadLog(), StringComparison.Ordinal);

        Libc.kill(first, Libc.SIGKILL);

        await RunningLeash.EventuallyAsync(() => Pid(leash, "agent.pid") is not 0 and var next && next != first && File.ReadAllLines(Notes).Length == 4);
        var second = Pid(leash, "agent.pid");
        Assert.Equal([$"{first} started", $"{first} controls as the first", $"{second} started", $"{second} controls after {first}"], File.ReadAllLines(Notes));
        Assert.DoesNotContain("standby-started", leash.ReadLog(), StringComparison.Ordinal);
    }

    private Task<RunningLeash> StartAsync(params string[] options) => RunningLeash.StartWithAgentAsync(options, "perl", "-e", Agent, Notes);

    private bool Noted(string start) => File.ReadAllLines(Notes).Any(line => line.StartsWith(start, StringComparison.Ordinal));

    private static async Task<(int Agent, int Standby)> PairAsync(RunningLeash leash)
    {
        await RunningLeash.EventuallyAsync(() => Pid(leash, "agent.pid") != 0 && Pid(leash, "standby.pid") != 0);
        return (Pid(leash, "agent.pid"), Pid(leash, "standby.pid"));
    }

    private static int Pid(RunningLeash leash, string name)
    {
        try
        {
            return int.Parse(File.ReadAllText(Path.Combine(leash.RunDirectory, name)));
        }
        catch (FileNotFoundException)
        {
            return 0;
        }
    }
}
