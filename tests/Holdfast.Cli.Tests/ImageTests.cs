using System.Text.Json;

namespace Holdfast.Cli.Tests;

/// <summary>In memory: a file system that cannot share blocks, whatever machine this is.</summary>
public sealed class ImageTests : IAsyncLifetime
{
    private const int Length = 3 << 20;
    private ScratchVault _scratch = null!;

    public async Task InitializeAsync()
    {
        _scratch = await ScratchVault.MakeAsync("/dev/shm");
        var content = new byte[1 << 20];
        new Random(7).NextBytes(content);
        await using var file = File.Create(_scratch["disk+1.img"]);
        await file.WriteAsync(content);
        file.SetLength(Length);
    }

    Task IAsyncLifetime.DisposeAsync()
    {
        _scratch.Dispose();
        return Task.CompletedTask;
    }

    [Fact]
    public async Task An_image_is_backed_up_continued_and_restored()
    {
        var image = _scratch["disk+1.img"];

        var first = await BackUpAsync();
        await using (var file = new FileStream(image, FileMode.Open, FileAccess.Write)) file.Write("changed"u8);
        var second = await BackUpAsync();

        Assert.Contains("anybody could write to it", first.Error, StringComparison.Ordinal);
        var (one, two) = (Summary(first), Summary(second));
        Assert.Equal("full", one.GetProperty("type").GetString());
        Assert.Equal(1 << 20, one.GetProperty("used").GetInt64());
        Assert.Equal(one.GetProperty("snapshot_id").GetString(), two.GetProperty("parent").GetString());
        Assert.InRange(two.GetProperty("data_added").GetInt64(), 1, 1 << 16);
        Assert.Contains("no errors were found", _scratch.Restic("check", "--read-data"), StringComparison.Ordinal);

        var restored = await _scratch.RunAsync("restore", "latest", "--target", _scratch["out/"], "--verify", "--json");
        Assert.Equal((0, ""), (restored.Exit, restored.Error));
        Assert.Equal(await File.ReadAllBytesAsync(image), await File.ReadAllBytesAsync(_scratch["out/disk+1.img"]));
        Assert.Equal(1 << 20, Summary(restored).GetProperty("bytes_written").GetInt64());

        // Over it, only the differences: here back to the first.
        var back = await _scratch.RunAsync("restore", one.GetProperty("snapshot_id").GetString()!, "--target", _scratch["out/disk+1.img"], "--json");
        Assert.InRange(Summary(back).GetProperty("bytes_written").GetInt64(), 1, 1 << 16);
    }

    [Fact]
    public async Task Of_two_volumes_at_one_path_each_has_its_own_chain()
    {
        var first = await BackUpAsync("--volume", "a");

        var other = await BackUpAsync("--volume", "b");
        var second = await BackUpAsync("--volume", "a");

        Assert.False(Summary(other).TryGetProperty("parent", out _));
        Assert.Equal(Summary(first).GetProperty("snapshot_id").GetString(), Summary(second).GetProperty("parent").GetString());
    }

    [Theory]
    [InlineData("--include", "x")]
    [InlineData("--dry-run")]
    public async Task What_means_nothing_for_an_image_is_refused_before_anything_is_written(params string[] option)
    {
        await BackUpAsync();

        var ran = await _scratch.RunAsync(["restore", "latest", "--target", _scratch["out.img"], .. option]);

        Assert.Equal(2, ran.Exit);
        Assert.Contains("[usage.image-option]", ran.Error, StringComparison.Ordinal);
        Assert.False(File.Exists(_scratch["out.img"]));
    }

    [Fact]
    public async Task A_volume_that_is_not_there_is_named()
    {
        var ran = await _scratch.RunAsync("backup", "--image", _scratch["gone.img"]);

        Assert.Equal(3, ran.Exit);
        Assert.Contains("[volume.not-found]", ran.Error, StringComparison.Ordinal);
    }

    private static JsonElement Summary(Ran ran) => JsonDocument.Parse(ran.Lines[^1]).RootElement;

    private async Task<Ran> BackUpAsync(params string[] more)
    {
        var ran = await _scratch.RunAsync(["backup", "--image", _scratch["disk+1.img"], "--json", .. more]);
        Assert.True(ran.Exit == 0, ran.Error);
        return ran;
    }
}
