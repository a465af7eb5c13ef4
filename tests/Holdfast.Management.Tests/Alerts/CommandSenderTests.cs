using System.Text.Json;
using Holdfast.Management.Alerts;

namespace Holdfast.Management.Tests.Alerts;

public sealed class CommandSenderTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("holdfast-command-").FullName;
    private readonly CommandSender _sender = new(new UserProcess(TimeProvider.System).RunAsync, "lab", TimeProvider.System);

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_command_reads_the_message_from_its_input()
    {
        var file = Path.Combine(_folder, "said");

        await _sender.SendAsync(Command($"cat > {file}"), Deliveries.Some(), CancellationToken.None);

        Assert.Equal(Deliveries.Some().Message, JsonSerializer.Deserialize(await File.ReadAllTextAsync(file), AlertJson.Default.WebhookBody)!.Message);
    }

    [Fact]
    public async Task A_command_runs_as_its_user_and_sees_nothing_of_the_service_s_environment()
    {
        if (!Environment.IsPrivilegedProcess) return; // Only root becomes somebody else.
        var file = Path.Combine(_folder, "who");
        await File.WriteAllTextAsync(file, "");
        File.SetUnixFileMode(file, (UnixFileMode)0b110_110_110);
        File.SetUnixFileMode(_folder, (UnixFileMode)0b111_101_101);

        await _sender.SendAsync(Command($"(id -un; id -Gn; env | cut -d= -f1 | sort | tr '\\n' ' ') > {file}") with { User = "nobody" }, Deliveries.Some(), CancellationToken.None);

        var lines = await File.ReadAllLinesAsync(file);
        Assert.Equal(["nobody", "nogroup"], lines[..2]);
        Assert.DoesNotContain("HOME", lines[2], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("exit 1", true)]
    [InlineData("exit 75", false)]
    [InlineData("kill -9 $$", false)]
    [InlineData("yes | head -c 1000000; yes | head -c 1000000 >&2; exit 3", true)] // More than a pipe holds.
    public async Task What_its_exit_code_means_is_as_with_jobs(string script, bool permanent) =>
        Assert.Equal(permanent, (await Assert.ThrowsAsync<AlertDeliveryException>(() => _sender.SendAsync(Command(script), Deliveries.Some(), CancellationToken.None))).Permanent);

    [Fact]
    public async Task A_command_that_does_not_end_is_killed_with_what_it_began()
    {
        var file = Path.Combine(_folder, "pid");

        var failure = await Assert.ThrowsAsync<AlertDeliveryException>(() => _sender.SendAsync(Command($"sleep 1000 & echo $! > {file}; wait") with { TimeoutSeconds = 2 }, Deliveries.Some(), CancellationToken.None));

        Assert.Contains("exited with 137", failure.Reason, StringComparison.Ordinal);
        var child = (await File.ReadAllTextAsync(file)).Trim();
        // Killed; whether somebody has reaped it is another matter.
        Assert.True(!File.Exists($"/proc/{child}/stat") || (await File.ReadAllTextAsync($"/proc/{child}/stat")).Contains(") Z ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_program_that_is_not_there_is_said_so() =>
        Assert.Contains("/no/such", (await Assert.ThrowsAsync<AlertDeliveryException>(() => _sender.SendAsync(new() { Command = ["/no/such"], User = Environment.UserName }, Deliveries.Some(), CancellationToken.None))).Reason, StringComparison.Ordinal);

    private static CommandChannel Command(string script) => new() { Command = ["/bin/sh", "-c", script], User = Environment.UserName };
}
