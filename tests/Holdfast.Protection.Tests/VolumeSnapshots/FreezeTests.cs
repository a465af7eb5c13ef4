using System.Diagnostics;
using Holdfast.Protection.Tests.Machines;
using Holdfast.Protection.VolumeSnapshots;

namespace Holdfast.Protection.Tests.VolumeSnapshots;

/// <summary>On a real ext4. A writer that waits for the thaw is what shows that it was frozen.</summary>
public sealed class FreezeTests : IDisposable
{
    private readonly LoopVolume _volume = LoopVolume.Ext4();
    private readonly string _run = Directory.CreateTempSubdirectory("holdfast-notes-").FullName;

    private FreezeNotes Notes => new(Path.Combine("/dev/shm", Path.GetFileName(_run)));

    public void Dispose()
    {
        Notes.ThawLeftOvers();
        _volume.Dispose();
        Directory.Delete(Notes.Folder, recursive: true);
        Directory.Delete(_run, recursive: true);
    }

    [Fact]
    public async Task A_frozen_file_system_waits_and_a_thawed_one_goes_on()
    {
        Process writer;
        await using (await Freeze.BeginAsync(_volume.Mount, TimeSpan.FromMinutes(1), Notes, default))
        {
            writer = Write();
            Assert.True(IsFrozen());
        }

        await writer.WaitForExitAsync();
        Assert.Equal(0, writer.ExitCode);
        Assert.False(IsFrozen());
        Assert.Empty(Directory.EnumerateFiles(Notes.Folder));
    }

    [Fact]
    public async Task At_its_deadline_it_is_thawed_by_the_guard()
    {
        var freeze = await Freeze.BeginAsync(_volume.Mount, TimeSpan.FromSeconds(1), Notes, default);

        using var writer = Write(); // Ends only when it is thawed.
        await writer.WaitForExitAsync();

        Assert.Equal(0, writer.ExitCode);
        await freeze.DisposeAsync();
    }

    [Fact]
    public async Task When_the_guard_was_killed_as_well_the_next_start_thaws()
    {
        var freeze = await Freeze.BeginAsync(_volume.Mount, TimeSpan.FromMinutes(1), Notes, default);
        LoopVolume.Run("kill", "-KILL", freeze.GuardId.ToString(System.Globalization.CultureInfo.InvariantCulture));
        await freeze.DisposeAsync();
        Assert.True(IsFrozen());

        var thawed = Notes.ThawLeftOvers();

        Assert.Equal([_volume.Mount], thawed);
        Assert.False(IsFrozen());
    }

    [Fact]
    public async Task What_a_living_backup_holds_frozen_is_left_to_it()
    {
        await using var freeze = await Freeze.BeginAsync(_volume.Mount, TimeSpan.FromMinutes(1), Notes, default);

        Assert.Empty(Notes.ThawLeftOvers());

        Assert.True(IsFrozen());
    }

    [Fact]
    public async Task What_the_one_who_thaws_needs_is_never_frozen()
    {
        var error = await Assert.ThrowsAsync<HoldfastException>(() => Freeze.BeginAsync("/", TimeSpan.FromMinutes(1), Notes, default));

        Assert.Equal("freeze.unsafe", error.Code);
    }

    // A second freeze is refused with EBUSY while the first holds.
    private bool IsFrozen()
    {
        using var second = Process.Start(new ProcessStartInfo("fsfreeze", ["--freeze", _volume.Mount]) { RedirectStandardError = true })!;
        second.WaitForExit();
        if (second.ExitCode == 0) LoopVolume.Run("fsfreeze", "--unfreeze", _volume.Mount);
        return second.ExitCode != 0;
    }

    private Process Write() => Process.Start("sh", ["-c", $"echo x >'{_volume.Mount}/file'"]);
}
