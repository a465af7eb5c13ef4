namespace Holdfast.Simulation.Jobs;

/// <summary>What jobs do to the world outside: each effect under the name that was claimed for it.</summary>
internal sealed class SimulatedVault
{
    private readonly Dictionary<(string Job, string Run), List<string>> _effects = [];

    /// <summary>Gets or sets how many attempts were not allowed theirs, because their run went on without them.</summary>
    public int Refused { get; set; }

    /// <summary>An effect is there.</summary>
    public void Write(string job, string run, string name)
    {
        if (!_effects.TryGetValue((job, run), out var there)) _effects[(job, run)] = there = [];
        there.Add(name);
    }

    /// <summary>The effects of a run.</summary>
    public IReadOnlyList<string> Of(string job, string run) => _effects.TryGetValue((job, run), out var there) ? there : [];

    /// <summary>The runs of a job that had any.</summary>
    public IEnumerable<string> RunsOf(string job) => _effects.Keys.Where(key => key.Job == job).Select(key => key.Run);
}
