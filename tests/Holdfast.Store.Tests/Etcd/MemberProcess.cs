using System.Collections.Concurrent;
using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Holdfast.Store.Tests.Etcd;

/// <summary>A process that ends with the test process, whatever ends that.</summary>
public sealed partial class MemberProcess : IDisposable
{
    // The signal of a parent's death follows the thread that started the child, so that thread must live as long as we do.
    private static readonly BlockingCollection<Action> Starts = [];

    private readonly Process _process;
    private readonly string _log;

    static MemberProcess()
    {
        new Thread(() =>
        {
            foreach (var start in Starts.GetConsumingEnumerable())
            {
                start();
            }
        })
        { IsBackground = true, Name = "launcher" }.Start();
    }

    private MemberProcess(Process process, string log) => (_process, _log) = (process, log);

    public string LogTail => string.Join('\n', File.ReadLines(_log).TakeLast(10));

    public bool HasExited => _process.HasExited;

    public static MemberProcess Start(string program, IEnumerable<string> arguments, string log)
    {
        var started = new TaskCompletionSource<MemberProcess>();
        Starts.Add(() =>
        {
            try
            {
                // The shell is replaced by setpriv and that by the program: one process, one id.
                var start = new ProcessStartInfo("/bin/sh") { ArgumentList = { "-c", "log=$1; shift; exec setpriv --pdeathsig KILL -- \"$@\" >>\"$log\" 2>&1 </dev/null", "sh", log, program } };
                foreach (var argument in arguments)
                {
                    start.ArgumentList.Add(argument);
                }

                started.SetResult(new MemberProcess(Process.Start(start)!, log));
            }
            catch (Exception e)
            {
                started.SetException(e);
            }
        });
        return started.Task.GetAwaiter().GetResult();
    }

    public void Stop() => Signal(19);

    public void Continue() => Signal(18);

    /// <summary>Asks it to drop everything at once, its children too (SIGQUIT).</summary>
    public void Quit()
    {
        Signal(3);
        _process.WaitForExit();
    }

    public void Kill()
    {
        _process.Kill();
        _process.WaitForExit();
    }

    public void Dispose()
    {
        Kill();
        _process.Dispose();
    }

    private void Signal(int signal) => Assert.Equal(0, kill(_process.Id, signal));

    [LibraryImport("libc", SetLastError = true)]
    private static partial int kill(int pid, int signal);
}
