using System.Diagnostics;
using Holdfast.Lab.Linux;

namespace Holdfast.Lab.Hosts;

/// <summary>A process that the lab started on a host.</summary>
public sealed class HostProcess
{
    private readonly Process _entry; // nsenter, outside of the host's PID namespace; it ends as its child does.

    internal HostProcess(Process entry) => _entry = entry;

    /// <summary>Gets its process id as the machine sees it; null before it was forked and after it has ended.</summary>
    public int? Id => _entry.HasExited ? null : ProcFs.FirstChild(_entry.Id);

    /// <summary>Gets whether it has ended.</summary>
    public bool HasExited => _entry.HasExited;

    /// <summary>Waits for its end; returns its exit code, 128 + n when a signal ended it.</summary>
    public async Task<int> WaitForExitAsync(CancellationToken cancellationToken = default)
    {
        await _entry.WaitForExitAsync(cancellationToken);
        return _entry.ExitCode;
    }

    internal void Abandon()
    {
        if (!_entry.HasExited)
        {
            _entry.Kill();
        }

        _entry.Dispose();
    }
}
