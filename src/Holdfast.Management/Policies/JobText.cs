using Holdfast.Cluster.Roles;

namespace Holdfast.Management.Policies;

/// <summary>A job's declaration while it is put together; what is null or empty is left out.</summary>
internal sealed class JobText(string name, string run)
{
    private readonly YamlBuilder _fields = new YamlBuilder().Add("kind", "Job").Add("name", name).Add("run", run);

    public string Name => name;

    public JobText Add(string key, string? text) => Done(_fields.Add(key, text));

    public JobText Add(string key, IReadOnlyCollection<string> items) => Done(_fields.Add(key, items));

    public JobText Add(string key, IReadOnlyDictionary<string, string> entries) => Done(_fields.Add(key, entries));

    public JobText Add(string key, PropertyValue? value) => Done(_fields.Add(key, value));

    /// <summary>When and how it works, as its policy says.</summary>
    public JobText Add(PolicySchedule schedule)
    {
        Add("schedule", schedule.When);
        foreach (var (key, value) in schedule.Rules) Add(key, value);
        return this;
    }

    /// <summary>Where it runs: bound to a node, with a role, or where its policy likes.</summary>
    public JobText AddPlace(ProtectedThing? thing, PolicySchedule schedule) =>
        thing?.Node is { } node ? Add("possible-owners", [node])
        : Done(_fields.Add("placement", thing?.Role is { } role ? new YamlBuilder().Add("with", role) : new YamlBuilder().Add("preferred", schedule.Preferred).Add("required", schedule.Required)));

    public override string ToString() => _fields.ToString();

    private JobText Done(YamlBuilder _) => this;
}
