using Holdfast.Agent.Jobs.Protocol;
using Holdfast.Protection.Backups;
using Holdfast.Store;

namespace Holdfast.Cli.Workers;

/// <summary>Tells how far a piece of work is, once a second, for as long as it lasts.</summary>
internal static class ProgressTelling
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    public static async Task<T> WhileTellingAsync<T>(this WorkerTalk talk, Func<BackupProgress> read, TimeProvider time, Func<Task<T>> work)
    {
        using var over = new CancellationTokenSource();
        var telling = TellAsync(talk, read, time, over.Token);
        try
        {
            return await talk.PhaseAsync("move data", work);
        }
        finally
        {
            await over.CancelAsync();
            await telling;
        }
    }

    private static async Task TellAsync(WorkerTalk talk, Func<BackupProgress> read, TimeProvider time, CancellationToken over)
    {
        while (!over.IsCancellationRequested)
        {
            await time.PauseAsync(Pause, over);
            var now = read();
            talk.Progress(new WorkerMessage.Progress(now.BytesDone, now.TotalsAreKnown ? now.TotalBytes : null, now.BytesPerSecond, now.Remaining?.TotalSeconds, now.CurrentPath));
        }
    }
}
