namespace Holdfast.Cli.Output;

/// <summary>What a state word means to whoever reads it.</summary>
internal enum Meaning
{
    Plain,
    Good,
    Changing,
    Bad,
}

/// <summary>Colour by meaning; none at all where it is not welcome.</summary>
internal sealed class Palette(bool enabled)
{
    private static readonly Dictionary<string, Meaning> Meanings = new(StringComparer.OrdinalIgnoreCase)
    {
        ["online"] = Meaning.Good, ["up"] = Meaning.Good, ["ok"] = Meaning.Good, ["member"] = Meaning.Good,
        ["starting"] = Meaning.Changing, ["stopping"] = Meaning.Changing, ["waiting"] = Meaning.Changing, ["degraded"] = Meaning.Changing,
        ["joining"] = Meaning.Changing, ["closing"] = Meaning.Changing, ["paused"] = Meaning.Changing, ["draining"] = Meaning.Changing,
        ["warning"] = Meaning.Changing, ["problem"] = Meaning.Bad, ["failed"] = Meaning.Bad, ["down"] = Meaning.Bad, ["no-quorum"] = Meaning.Bad, ["fenced"] = Meaning.Bad, ["evicted"] = Meaning.Bad,
    };

    public bool Enabled { get; } = enabled;

    /// <summary>The meaning of a state; of several ("up, draining") that of the last.</summary>
    public static Meaning MeaningOf(string state) => Meanings.GetValueOrDefault(state.Split(',')[^1].Trim());

    public string Bold(string text) => Paint("1", text);

    public string Faint(string text) => Paint("2", text);

    public string Added(string text) => Paint("32", text);

    public string Removed(string text) => Paint("31", text);

    public string Changed(string text) => Paint("33", text);

    /// <summary>Colours a word that is a state, and leaves any other.</summary>
    public string State(string word) => MeaningOf(word) switch
    {
        Meaning.Good => Added(word),
        Meaning.Bad => Removed(word),
        Meaning.Changing => Changed(word),
        _ => word,
    };

    private string Paint(string code, string text) => Enabled ? $"\e[{code}m{text}\e[0m" : text;
}
