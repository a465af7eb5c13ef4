using System.Diagnostics;
using System.Text;

namespace Holdfast.Protection.Databases;

/// <summary>A server that is our child. It is told to end when this is disposed, and when this process ends, however it ends.</summary>
internal sealed class GuardedServer : IAsyncDisposable
{
    private const int KeptText = 64 * 1024;

    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(60);

    private readonly Process _process;
    private readonly TimeProvider _time;
    private readonly StringBuilder _said = new();
    private readonly Task _listening;

    private GuardedServer(Process process, TimeProvider time)
    {
        (_process, _time) = (process, time);
        _listening = Task.WhenAll(ListenAsync(process.StandardError), ListenAsync(process.StandardOutput));
    }

    /// <summary>Gets whether it has ended.</summary>
    public bool HasEnded => _process.HasExited;

    /// <summary>Starts one.</summary>
    /// <param name="owner">As whom.</param>
    /// <param name="signal">What asks it to end, such as <c>INT</c>.</param>
    /// <param name="program">The server.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="time">The clock.</param>
    public static GuardedServer Start(FileOwner owner, string signal, string program, IEnumerable<string> arguments, TimeProvider time)
    {
        // The shell becomes the server; its child waits for our end of the pipe to close and then tells the server, unless that has ended and its number may be another's.
        var guard = $"exec 3<&0; {{ read -r _ <&3; read -r _ _ _ parent _ </proc/self/stat; [ \"$parent\" = $$ ] && kill -{signal} $$; }} >/dev/null 2>&1 & exec \"$@\" 3<&- </dev/null";
        return new(DatabaseProgram.Launch(DatabaseProgram.Start(owner, "sh", ["-c", guard, "sh", program, .. arguments])), time);
    }

    /// <summary>What it said, once it has ended.</summary>
    public async Task<IReadOnlyList<string>> LastWordsAsync()
    {
        await _process.WaitForExitAsync();
        await _listening;
        lock (_said) return _said.ToString().Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
    }

    public async ValueTask DisposeAsync()
    {
        // Also when it has ended: the guard waits for it.
        _process.StandardInput.Close();
        using (var limit = new CancellationTokenSource(StopLimit, _time))
        {
            try
            {
                await _process.WaitForExitAsync(limit.Token);
            }
            catch (OperationCanceledException)
            {
                _process.Kill(entireProcessTree: true);
            }
        }

        await _process.WaitForExitAsync();
        await _listening;
        _process.Dispose();
    }

    private async Task ListenAsync(StreamReader from)
    {
        while (await from.ReadLineAsync() is { } line)
        {
            lock (_said)
            {
                _said.Append(line).Append('\n');
                if (_said.Length > KeptText) _said.Remove(0, KeptText / 2);
            }
        }
    }
}
