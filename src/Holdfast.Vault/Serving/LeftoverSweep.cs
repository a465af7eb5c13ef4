using Holdfast.Vault.Backends;
using Microsoft.Extensions.Hosting;

namespace Holdfast.Vault.Serving;

/// <summary>Removes what servers that were killed left half written, at the start and from time to time: clients cannot see it, and so not remove it.</summary>
internal sealed class LeftoverSweep(string directory, TimeProvider time) : BackgroundService
{
    /// <summary>An upload that was not written to for this long is nobody's: the server gives up those that stand still much sooner.</summary>
    internal static readonly TimeSpan Grace = TimeSpan.FromHours(1);

    /// <summary>Removes those of all vaults; how many.</summary>
    internal static int Sweep(string directory, DateTimeOffset writtenBefore, CancellationToken cancellationToken)
    {
        var folders = new EnumerationOptions { RecurseSubdirectories = true, IgnoreInaccessible = true, AttributesToSkip = FileAttributes.ReparsePoint };
        return Directory.EnumerateDirectories(directory, "*", folders).Prepend(directory).Sum(folder => Leftovers.Remove(folder, writtenBefore, cancellationToken));
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Grace, time);
        try
        {
            do
            {
                try
                {
                    await Task.Run(() => Sweep(directory, time.GetUtcNow() - Grace, stoppingToken), stoppingToken);
                }
                catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
                {
                    // The disk is away or read-only; who writes is told so, and the next time will do.
                }
            }
            while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
        }
    }
}
