namespace Holdfast.Protection.Databases;

/// <summary>A server on restored files, with a folder of its own for its socket that only its owner enters. Both are gone when this is disposed.</summary>
internal sealed class TemporaryServer : IAsyncDisposable
{
    private static readonly TimeSpan AskEvery = TimeSpan.FromMilliseconds(200);

    private readonly GuardedServer _server;

    private TemporaryServer(string folder, GuardedServer server) => (Folder, _server) = (folder, server);

    /// <summary>Gets the folder of its socket.</summary>
    public string Folder { get; }

    /// <summary>Makes the folder and starts a server that has its socket there.</summary>
    /// <param name="prefix">What the folder's name begins with. It is not below the data: a socket's path has at most 107 bytes.</param>
    /// <param name="owner">As whom the server runs.</param>
    /// <param name="start">Starts it, given the folder.</param>
    public static TemporaryServer Start(string prefix, FileOwner owner, Func<string, GuardedServer> start)
    {
        var folder = Directory.CreateTempSubdirectory(prefix).FullName;
        try
        {
            owner.Take(folder);
            return new(folder, start(folder));
        }
        catch
        {
            Directory.Delete(folder, recursive: true);
            throw;
        }
    }

    /// <summary>Waits until it answers; disposes it when it does not come to that.</summary>
    /// <param name="isReady">Asks it.</param>
    /// <param name="limit">How long.</param>
    /// <param name="time">The clock.</param>
    /// <param name="failure">What to fail with: given what it said when it has ended, null when it took too long.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    public async Task UntilReadyAsync(Func<Task<bool>> isReady, TimeSpan limit, TimeProvider time, Func<IReadOnlyList<string>?, HoldfastException> failure, CancellationToken cancellationToken)
    {
        try
        {
            var began = time.GetTimestamp();
            while (true)
            {
                if (_server.HasEnded) throw failure(await _server.LastWordsAsync());
                if (await isReady()) return;
                if (time.GetElapsedTime(began) > limit) throw failure(null);
                await Task.Delay(AskEvery, time, cancellationToken);
            }
        }
        catch
        {
            await DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        if (Directory.Exists(Folder)) Directory.Delete(Folder, recursive: true);
    }
}
