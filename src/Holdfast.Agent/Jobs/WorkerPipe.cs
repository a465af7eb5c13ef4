using System.ComponentModel;
using System.Runtime.InteropServices;
using Holdfast.Agent.Resources.Processes;

namespace Holdfast.Agent.Jobs;

/// <summary>
/// A worker's standard input as a named pipe, so that the agent after this one finds it again: the worker, and whoever writes, open it for both directions, and it has no end
/// of file when an agent goes.
/// </summary>
internal sealed partial class WorkerPipe : IDisposable
{
    /// <summary>How much may be written before anybody reads.</summary>
    public const int Capacity = 1024 * 1024; // What the kernel lets anybody have unless told otherwise.

    private const int SetPipeSize = 1031; // F_SETPIPE_SZ

    private readonly FileStream _stream;

    private WorkerPipe(FileStream stream) => _stream = stream;

    /// <summary>Makes a pipe that only this account may open.</summary>
    public static WorkerPipe Create(string path, Account account)
    {
        File.Delete(path);
        if (mkfifo(path, 0x180 /* 0600 */) != 0) throw Failed("make", path);
        if (Environment.IsPrivilegedProcess && chown(path, account.UserId, uint.MaxValue) != 0) throw Failed("give away", path);
        return Open(path);
    }

    /// <summary>Opens the pipe of a worker that runs. If nobody had it open, what was in it is gone, and so is its size.</summary>
    public static WorkerPipe Open(string path)
    {
        var pipe = new WorkerPipe(new FileStream(path, FileMode.Open, System.IO.FileAccess.ReadWrite, FileShare.ReadWrite, bufferSize: 0));
        if (fcntl((int)pipe._stream.SafeFileHandle.DangerousGetHandle(), SetPipeSize, Capacity) >= 0) return pipe;
        pipe.Dispose();
        throw Failed("enlarge", path);
    }

    /// <summary>Writes a line. What is written before anybody reads must fit into the pipe.</summary>
    public void WriteLine(byte[] json) => _stream.Write([.. json, (byte)'\n']);

    /// <inheritdoc/>
    public void Dispose() => _stream.Dispose();

    private static Win32Exception Failed(string what, string path) => new(Marshal.GetLastPInvokeError(), $"Cannot {what} {path}: {Marshal.GetLastPInvokeErrorMessage()}");

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)] private static partial int mkfifo(string path, uint mode);
    [LibraryImport("libc", SetLastError = true)] private static partial int fcntl(int descriptor, int command, int argument);
    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)] private static partial int chown(string path, uint user, uint group);
}
