namespace Holdfast.Management.Policies;

/// <summary>A job's declaration while it is put together; what is null or empty is left out.</summary>
internal sealed class JobText(string name, string run)
{
    private readonly YamlBuilder _fields = new YamlBuilder().Add("kind", "Job").Add("name", name).Add("run", run);

    public string Name => name;

    public JobText Add(string key, string? text) => Done(_fields.Add(key, text));

    public JobText Add(string key, IReadOnlyCollection<string> items) => Done(_fields.Add(key, items));

    public JobText Add(string key, IReadOnlyDictionary<string, string> entries) => Done(_fields.Add(key, entries));

    /// <summary>Where it runs: bound to a node, with a role, or anywhere.</summary>
    public JobText AddPlace(ProtectedThing? thing, IReadOnlyCollection<string> preferred) =>
        thing?.Node is { } node ? Add("possible-owners", [node])
        : Done(_fields.Add("placement", thing?.Role is { } role ? new YamlBuilder().Add("with", role) : new YamlBuilder().Add("preferred", preferred)));

    public override string ToString() => _fields.ToString();

    private JobText Done(YamlBuilder _) => this;
}
