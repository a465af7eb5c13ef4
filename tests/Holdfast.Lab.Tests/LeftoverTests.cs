using System.Diagnostics;
using System.Globalization;
using Holdfast.Lab.Disks;
using Holdfast.Lab.Linux;
using Xunit;

namespace Holdfast.Lab.Tests;

public sealed class LeftoverTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);
    private static readonly string Folder = new LabOptions().Folder;

    [LabFact]
    public async Task A_killed_lab_is_swept_by_the_next_one()
    {
        using var victim = StartLab();
        var id = (await victim.StandardOutput.ReadLineAsync())!;
        Assert.NotEmpty(Traces(id));

        victim.Kill();
        await victim.WaitForExitAsync();
        await using var next = await LabNetwork.CreateAsync(new LabOptions { StateDiskBytes = 64 << 20 });

        Assert.Empty(Traces(id));
        Assert.DoesNotContain(LabLeftovers.List(Folder), line => line.Contains(id, StringComparison.Ordinal));
    }

    [LabFact]
    public async Task Hosts_and_disks_of_a_killed_lab_end_by_themselves()
    {
        using var victim = StartLab();
        var id = (await victim.StandardOutput.ReadLineAsync())!;

        victim.Kill();

        await Waiting.UntilAsync(() => Traces(id).All(trace => trace.StartsWith("folder", StringComparison.Ordinal)), Limit, "something lives on");
        await LabLeftovers.SweepAsync(Folder);
        Assert.Empty(Traces(id));
    }

    [LabFact]
    public async Task An_interrupted_lab_leaves_nothing()
    {
        using var victim = StartLab();
        var id = (await victim.StandardOutput.ReadLineAsync())!;

        Libc.kill(victim.Id, (int)Signal.Terminate);
        await victim.WaitForExitAsync();

        Assert.Equal(128 + 15, victim.ExitCode);
        Assert.Empty(Traces(id));
    }

    [LabFact]
    public async Task A_living_lab_is_not_swept()
    {
        await using var first = await LabNetwork.CreateAsync(new LabOptions { StateDiskBytes = 64 << 20 });
        var host = await first.AddHostAsync("a");
        await host.PowerOnAsync();

        await using var second = await LabNetwork.CreateAsync(new LabOptions { StateDiskBytes = 64 << 20 });

        Assert.NotEmpty(Traces(first.Id));
        Assert.Equal("a\n", (await host.RunAsync(["hostname"], Limit)).Output);
    }

    private static Process StartLab()
    {
        var start = Command.StartInfo([DotnetHost.Path, typeof(LeftoverTests).Assembly.Location]);
        start.RedirectStandardOutput = true;
        start.RedirectStandardInput = true;
        return Process.Start(start)!;
    }

    // Everything on the machine that carries the lab's name, whether or not the lab lives.
    private static List<string> Traces(string id) =>
    [
        .. Directory.EnumerateDirectories(Folder, id + "*").Select(path => $"folder {path}"),
        .. LoopDevice.All().Where(device => device.Label.StartsWith(id, StringComparison.Ordinal)).Select(device => $"loop{device.Number}"),
        .. from process in ProcFs.ProcessIds()
           where ProcFs.Variable(process, LabLeftovers.ProcessMark)?.StartsWith(id, StringComparison.Ordinal) == true
           select string.Create(CultureInfo.InvariantCulture, $"process {process}"),
    ];
}
