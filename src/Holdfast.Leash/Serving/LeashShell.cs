using Holdfast.Leash.Core;
using Holdfast.Leash.Native;
using Holdfast.Leash.Protocol;

namespace Holdfast.Leash.Serving;

/// <summary>
/// What the parts of the running leash share: the core behind its gate, the queue, and the way to tell the agent.
/// The gate is held only for decisions and for calls that cannot block (signals, polls); never across an effect.
/// </summary>
internal sealed class LeashShell(LeashSettings settings, LeashCore core, Reactor reactor)
{
    public LeashSettings Settings { get; } = settings;

    public LeashCore Core { get; } = core;

    public Lock Gate { get; } = new();

    public Reactor Reactor { get; } = reactor;

    /// <summary>Gets or sets who is told what happens.</summary>
    public Action<LeashEvent> Tell { get; set; } = _ => { };

    /// <summary>Gets or sets what wakes the guard's threads.</summary>
    public Action WakeGuards { get; set; } = () => { };

    /// <summary>Gets or sets what ends the leash in order.</summary>
    public Action End { get; set; } = () => { };

    /// <summary>Asks the core under the gate, at this instant.</summary>
    public Refusal? Ask(Func<LeashCore, LeashInstant, Refusal?> question)
    {
        lock (Gate) return question(Core, BootClock.Now);
    }

    /// <summary>Takes an effect off the list; it is verified gone.</summary>
    public void Remove(UnitEntry entry)
    {
        lock (Gate)
        {
            entry.Gone = true;
            Core.Remove(entry);
        }

        WakeGuards(); // It may have been the last that a sweep waited for.
    }

    /// <summary>Makes a step that may block on a thread of its own, and finishes on the queue.</summary>
    public void Aside<T>(string name, Func<T> step, Action<T> finish) =>
        new Thread(() =>
        {
            var result = step();
            Reactor.Post(() => finish(result));
        }) { Name = name, IsBackground = true }.Start();
}
