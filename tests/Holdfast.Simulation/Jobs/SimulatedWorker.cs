using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using Holdfast.Agent.Jobs.Protocol;
using Holdfast.Leash.Protocol;
using Holdfast.Simulation.Engine;
using Holdfast.Simulation.Machines;
using Microsoft.Win32.SafeHandles;

namespace Holdfast.Simulation.Jobs;

/// <summary>
/// A worker that keeps the protocol (docs/design/jobs.md): it claims its effect before it makes it, and takes the effect of an attempt before it for its own. It may end at any
/// moment: with its leash (or, where that is not kept, some time after it), or by itself, or after the effect and before the word of it. Its pipe and its output are real files.
/// </summary>
internal sealed partial class SimulatedWorker(SimulationRun simulation, SimulatedNode node, SimulatedUnit unit, SimulatedVault vault, bool outlivesLease)
{
    private const int BytesWaiting = 0x541B; // FIONREAD
    private static readonly TimeSpan LongestAfterlife = TimeSpan.FromSeconds(15);
    private readonly StartRequest _request = unit.Request!;
    private readonly SimulatedKernel _kernel = node.Kernel;
    private TimeSpan? _goneAt;

    private bool IsGone
    {
        get
        {
            if (!unit.Gone || _kernel.IsDead || !outlivesLease) return unit.Gone;
            _goneAt ??= simulation.Time.Now;
            return simulation.Time.Now > _goneAt + LongestAfterlife;
        }
    }

    /// <summary>Works to its end.</summary>
    public async Task RunAsync()
    {
        File.AppendAllText(_request.LogFile!, ""); // As the leash makes it.
        if (simulation.Random.Next(4) == 0) await simulation.Delay(simulation.Between(0, 500)); // A busy machine: its agent may be gone before it looks at its input.
        if (IsGone || !File.Exists(_request.Command[3])) return;
        using var input = File.OpenHandle(_request.Command[3], FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
        if (await LineAsync(input) is not { } first || WorkerJson.ReadAssignment(first) is not { } assignment) return;
        for (var part = simulation.Random.Next(4); part > 0; part--)
        {
            await simulation.Delay(simulation.Between(5, 2000));
            if (IsGone) return;
            Say(new WorkerMessage.Checkpoint(JsonDocument.Parse($"{part}").RootElement));
        }

        if (simulation.Random.Next(12) == 0)
        {
            if (simulation.Random.Next(2) == 0) Say(new WorkerMessage.Result(Completed: false, "the vault did not answer", Cluster.Jobs.ErrorClass.Transient));
            Exit(1);
            return;
        }

        var name = assignment.Claimed;
        if (name is null || !vault.Of(assignment.Job, assignment.Run).Contains(name))
        {
            name = $"{assignment.Run}#{assignment.Epoch}#{assignment.Attempt}";
            Say(new WorkerMessage.Claim(name));
            WorkerAnswer answer;
            do
            {
                if (await LineAsync(input) is not { } line) return;
                answer = JsonSerializer.Deserialize(line, WorkerJson.Default.WorkerAnswer)!;
            }
            while (answer.Snapshot != name); // An agent that found it says again what it is to do.

            if (!answer.Granted)
            {
                vault.Refused++;
                Exit(1);
                return;
            }

            await simulation.Delay(simulation.Between(0, 300));
            if (IsGone) return; // The leash ends what would be late.
            vault.Write(assignment.Job, assignment.Run, name);
        }

        await simulation.Delay(simulation.Between(0, 300));
        if (IsGone) return;
        Say(new WorkerMessage.Result(Completed: true, "done", Snapshot: name));
        await simulation.Delay(simulation.Between(0, 50));
        Exit(0);
    }

    private void Say(WorkerMessage message)
    {
        if (!IsGone) File.AppendAllText(_request.LogFile!, JsonSerializer.Serialize(message, WorkerJson.Default.WorkerMessage) + "\n");
    }

    private void Exit(int code)
    {
        if (!unit.Gone && !node.Leash.IsDead) node.Leash.Crash(unit.Unit, code);
    }

    /// <summary>The next line of its input; null when it was ended before there was one. The pipe is never waited for: time would not pass.</summary>
    private async Task<string?> LineAsync(SafeFileHandle input)
    {
        var line = new StringBuilder();
        var one = new byte[1];
        while (!IsGone)
        {
            if (ioctl(input, BytesWaiting, out var waiting) != 0 || waiting == 0)
            {
                await simulation.Delay(TimeSpan.FromMilliseconds(20));
                continue;
            }

            if (read(input, one, 1) is not 1 and var got) throw new IOException($"The pipe says that {waiting} bytes wait, and gives {got}: {Marshal.GetLastPInvokeErrorMessage()}");
            if (one[0] == '\n') return line.ToString();
            line.Append((char)one[0]);
        }

        return null;
    }

    [LibraryImport("libc", SetLastError = true)] private static partial int ioctl(SafeFileHandle descriptor, nuint request, out int bytes);
    [LibraryImport("libc", SetLastError = true)] private static partial nint read(SafeFileHandle descriptor, byte[] buffer, nuint count);
}
