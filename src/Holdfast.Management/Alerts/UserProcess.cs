using System.ComponentModel;
using System.Diagnostics;
using Holdfast.Agent.Resources.Processes;

namespace Holdfast.Management.Alerts;

/// <summary>Runs a program as a user with <c>setpriv</c>, in a session of its own with a small clean environment.</summary>
public sealed class UserProcess(TimeProvider time)
{
    /// <summary>Runs it and returns its exit code; 137 when its time was over.</summary>
    /// <exception cref="AlertDeliveryException">It could not be started.</exception>
    public async Task<int> RunAsync(CommandRequest request, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false, WorkingDirectory = "/" };
        foreach (var part in Prefix(request.User).Concat(request.Command)) start.ArgumentList.Add(part);
        start.FileName = start.ArgumentList[0];
        start.ArgumentList.RemoveAt(0);
        start.Environment.Clear();
        start.Environment["PATH"] = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
        using var patience = new CancellationTokenSource(request.Timeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, patience.Token);
        using var process = Start(start, request);
        try
        {
            // What it prints is read and dropped, or it would wait for a pipe that is full; and it need not read what it is told.
            await Task.WhenAll(FeedAsync(process, request.Input, either.Token), DrainAsync(process.StandardOutput, either.Token), DrainAsync(process.StandardError, either.Token), process.WaitForExitAsync(either.Token));
            return process.ExitCode;
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync(CancellationToken.None);
            cancellationToken.ThrowIfCancellationRequested();
            return 137;
        }
    }

    private static IEnumerable<string> Prefix(string user) =>
        user == Environment.UserName ? []
        : Account.Find(user) is { } account ? ["/usr/bin/setpriv", $"--reuid={account.UserId}", $"--regid={account.Groups[0]}", "--init-groups", "--no-new-privs", "--"]
        : throw new AlertDeliveryException($"there is no account {user} on this node", permanent: false);

    private static Process Start(ProcessStartInfo start, CommandRequest request)
    {
        try
        {
            return Process.Start(start)!;
        }
        catch (Win32Exception exception)
        {
            throw new AlertDeliveryException($"{request.Command[0]} could not be started as {request.User}: {exception.Message}", permanent: false, exception);
        }
    }

    private static async Task FeedAsync(Process process, ReadOnlyMemory<byte> input, CancellationToken cancellationToken)
    {
        try
        {
            await process.StandardInput.BaseStream.WriteAsync(input, cancellationToken);
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It did not read it.
        }
    }

    private static async Task DrainAsync(StreamReader reader, CancellationToken cancellationToken)
    {
        var buffer = new char[4096];
        while (await reader.ReadAsync(buffer, cancellationToken) > 0)
        {
        }
    }
}
