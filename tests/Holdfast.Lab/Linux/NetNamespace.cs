using System.Globalization;
using Microsoft.Win32.SafeHandles;

namespace Holdfast.Lab.Linux;

/// <summary>
/// A network namespace without a name: it lives as long as this handle or a process in it, so a lab that is killed
/// leaves none behind.
/// </summary>
public sealed class NetNamespace : IDisposable
{
    private readonly SafeFileHandle _handle;

    private NetNamespace(SafeFileHandle handle)
    {
        _handle = handle;
        var link = new FileInfo(Path).LinkTarget!; // net:[4026532001]
        Inode = ulong.Parse(link.AsSpan(5, link.Length - 6), CultureInfo.InvariantCulture);
    }

    /// <summary>Gets a path by which other processes (<c>nsenter --net=…</c>) enter it while this handle is open.</summary>
    public string Path => $"/proc/{Environment.ProcessId}/fd/{_handle.Descriptor()}";

    internal ulong Inode { get; }

    /// <summary>Creates an empty namespace.</summary>
    public static NetNamespace Create()
    {
        NetNamespace? created = null;
        OnThread("lab-netns", () =>
        {
            Libc.Check(Libc.unshare(Libc.CloneNewNet), "Cannot create a network namespace");
            created = new NetNamespace(Libc.Open("/proc/thread-self/ns/net", Libc.ReadOnly));
        });
        return created!;
    }

    /// <summary>Starts a thread that works inside the namespace. Sockets that it makes stay there.</summary>
    public Thread StartThread(string name, ThreadStart body)
    {
        var thread = new Thread(() =>
        {
            Enter();
            body();
        })
        { Name = name, IsBackground = true };
        thread.Start();
        return thread;
    }

    /// <summary>Runs a short piece of code inside the namespace, on a thread of its own.</summary>
    public void Run(Action body) => OnThread("lab-in-netns", () =>
    {
        Enter();
        body();
    });

    /// <inheritdoc/>
    public void Dispose() => _handle.Dispose();

    private void Enter() => Libc.Check(Libc.setns(_handle.Descriptor(), Libc.CloneNewNet), "Cannot enter a network namespace");

    // A thread that has changed its namespace must never go back to a pool: it ends here.
    private static void OnThread(string name, Action body)
    {
        Exception? failure = null;
        var thread = new Thread(() =>
        {
            try
            {
                body();
            }
            catch (Exception exception)
            {
                failure = exception;
            }
        })
        { Name = name, IsBackground = true };
        thread.Start();
        thread.Join();
        if (failure is not null)
        {
            throw new InvalidOperationException(failure.Message, failure);
        }
    }
}
