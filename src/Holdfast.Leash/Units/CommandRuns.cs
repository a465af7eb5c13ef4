using System.Text;
using Holdfast.Leash.Core;
using Holdfast.Leash.Native;
using Holdfast.Leash.Protocol;
using Holdfast.Leash.Serving;

namespace Holdfast.Leash.Units;

/// <summary>Runs commands to their end inside units. Started and finished on the reactor, awaited nowhere.</summary>
internal sealed unsafe class CommandRuns(LeashShell shell, ProcessUnits units, UnitCommand commands)
{
    private const int KeptOutput = 4096;

    private readonly int _null = Libc.Open("/dev/null", Libc.O_RDWR);

    public void Run(RunRequest request, Action<Refusal?, RunResult?> answer)
    {
        if (UnitCommand.Problem(request.Command, request.Environment) is { } problem)
        {
            answer(Refusal.Failure($"{request.Unit}: {problem}"), null);
            return;
        }

        units.WithAccount(request.User, (refusal, account) =>
        {
            refusal ??= shell.Ask((core, now) => core.Check(request.Warrant, now));
            if (refusal is not null)
            {
                answer(refusal, null);
                return;
            }

            units.EnsureNamespace(request, (failure, unit) =>
            {
                failure ??= units.Undertake(unit!, request.Revocations);
                // The namespace may have taken a while; the latch decides again.
                failure ??= shell.Ask((core, now) => core.Check(request.Warrant, now));
                if (failure is not null) answer(failure, null);
                else Enter(request, account!, unit!, answer);
            });
        });
    }

    private void Enter(RunRequest request, Account account, ProcessUnit unit, Action<Refusal?, RunResult?> answer)
    {
        var pipe = stackalloc int[2];
        if (Libc.pipe2(pipe, Libc.O_CLOEXEC | Libc.O_NONBLOCK) != 0)
        {
            answer(Refusal.Failure($"{request.Unit}: {Libc.LastError}."), null);
            return;
        }

        var (reading, writing) = (pipe[0], pipe[1]);
        SetBlocking(writing);
        var pid = Spawn.Start(commands.ForRun(request, account, unit.InitPid), commands.BaseEnvironment(request.Unit, request.Warrant, account, isMarked: request.InMachine), _null, writing, writing, -1, newSession: true);
        Libc.close(writing);
        if (pid < 0)
        {
            Libc.close(reading);
            answer(Refusal.Failure($"{request.Unit}: cannot start the command: error {-pid}."), null);
            return;
        }

        if (request.Tag is not null) unit.Tag = ""; // Nobody shall adopt what is half done.
        var run = new OneRun(pid, Libc.PidFdOpen(pid), reading);
        if (request.InMachine)
        {
            lock (shell.Gate)
            {
                unit.Beside = [.. unit.Beside, (run.Pid, run.PidFd)];
                if (shell.Core.Check(request.Warrant, BootClock.Now) is not null || unit.Phase != UnitPhase.Held) unit.Kill();
            }
        }

        shell.Reactor.Watch(reading, Libc.EPOLLIN, _ => Drain(run));
        var limit = shell.Reactor.After(request.Timeout, () =>
        {
            // The command and what it started in its session. What left the session stays in the unit's namespace, as after any run.
            run.TimedOut = true;
            Libc.kill(-run.Pid, Libc.SIGKILL);
        });
        shell.Reactor.Watch(run.PidFd, Libc.EPOLLIN, _ =>
        {
            if (!Libc.HasExited(run.PidFd)) return;
            lock (shell.Gate) unit.Beside = [.. unit.Beside.Where(beside => beside.Pid != run.Pid)];
            var code = Spawn.Reap(run.Pid);
            if (code < 0) return;
            limit.Dispose();
            shell.Reactor.Forget(run.PidFd);
            Libc.close(run.PidFd);
            if (!run.OutputEnded) Drain(run);
            // A daemon that the command left may still hold the pipe: it is read on, and thrown away, so that the daemon is not
            // ended by a broken pipe.
            run.Finished = true;
            if (request.Tag is { } tag && code == 0 && !run.TimedOut) unit.Tag = tag;
            answer(null, new RunResult(code, run.TimedOut, run.Text()));
        });
    }

    private void Drain(OneRun run)
    {
        var buffer = stackalloc byte[KeptOutput];
        while (true)
        {
            var count = Libc.read(run.Output, buffer, KeptOutput);
            if (count > 0)
            {
                if (!run.Finished) run.Keep(new ReadOnlySpan<byte>(buffer, (int)count));
                if (count < KeptOutput) return;
                continue;
            }

            if (count < 0 && Libc.Errno is Libc.EAGAIN or Libc.EINTR) return;
            shell.Reactor.Forget(run.Output);
            Libc.close(run.Output);
            run.OutputEnded = true;
            return;
        }
    }

    private static void SetBlocking(int fd)
    {
        var off = 0;
        Libc.ioctl(fd, 0x5421 /* FIONBIO */, &off);
    }

    private sealed class OneRun(int pid, int pidFd, int output)
    {
        private readonly byte[] _kept = new byte[KeptOutput];
        private long _total;

        public int Pid { get; } = pid;

        public int PidFd { get; } = pidFd;

        public int Output { get; } = output;

        public bool TimedOut { get; set; }

        public bool Finished { get; set; }

        public bool OutputEnded { get; set; }

        public void Keep(ReadOnlySpan<byte> bytes)
        {
            foreach (var value in bytes) _kept[_total++ % KeptOutput] = value;
        }

        public string Text()
        {
            if (_total <= KeptOutput) return Encoding.UTF8.GetString(_kept, 0, (int)_total);
            var split = (int)(_total % KeptOutput);
            return Encoding.UTF8.GetString([.. _kept[split..], .. _kept[..split]]);
        }
    }
}
