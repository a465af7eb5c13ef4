using System.Text.Json;
using Holdfast.Cluster.Roles;
using Holdfast.Management.Policies;

namespace Holdfast.Management.Tests.Policies;

public sealed class PolicyTextTests
{
    private static readonly Policy Everything = PolicySamples.Gold with
    {
        Description = "yes: \"quoted\", no", Suspended = true, AlertChannels = ["night"],
        Things =
        [
            new() { Kind = ThingKind.Tree, Name = "/srv/data", With = "files", Exclude = ["*.tmp", "# no comment"] }, new() { Kind = ThingKind.Volume, Name = "/srv/*", Node = "a", FileSystems = ["xfs"] }, new() { Kind = ThingKind.Node, Name = "*" },
            new() { Kind = ThingKind.SharedVolume, Name = "pro?ects" }, new() { Kind = ThingKind.Database, Name = "orders", With = "db", Server = new() { Data = "/var/lib/pg", Spool = "/var/spool/wal", User = "postgres" } },
        ],
        Schedule = new()
        {
            When = "0 2 * * *", Preferred = ["a", "b"], Required = ["a", "b", "c"],
            Rules = PolicySamples.Rules(("zone", "Europe/Berlin"), ("missed", "run-within 2h"), ("jitter", "10m"), ("bandwidth", "10MiB"), ("days", "mon-fri"))
                .Add("window", PropertyValue.Of(["mon-fri 22:00-06:00", "sat,sun"])).Add("not-on", PropertyValue.Of(["calendar holidays"])).Add("caps", PropertyValue.Of(PolicySamples.Map(("node", "1")))),
        },
        Retention = new() { Keep = PolicySamples.Map(("within", "30d")), When = "@weekly", Delay = "7d" },
    };

    [Fact]
    public void A_policy_is_written_as_YAML_and_read_back_the_same()
    {
        var (policies, problems) = PolicyText.Read(PolicyText.Write(Everything), "again.yaml");

        Assert.Empty(problems);
        Assert.Equal(Json(Everything), Json(Assert.Single(policies)));
    }

    [Fact]
    public void A_policy_is_written_as_JSON_and_read_back_the_same_with_durations_in_seconds()
    {
        var json = Json(Everything);

        Assert.Equal(json, Json(JsonSerializer.Deserialize(json, PolicyJson.Default.Policy)!));
        Assert.Contains("\"rpoSeconds\":7200", json, StringComparison.Ordinal);
        Assert.Contains("\"kind\":\"shared-volume\"", json, StringComparison.Ordinal);
    }

    [Fact]
    public void A_key_that_does_not_exist_is_refused_in_both()
    {
        var (_, problems) = PolicyText.Read("{ kind: Policy, name: p, things: [{ tree: /x, nodes: a }], vaults: [v], schedul: every 1h, rpo: 60 }", "p.yaml");

        Assert.Equal(["rpo", "schedul", "schedule", "things[0].nodes"], problems.Select(problem => problem.Path).Order(StringComparer.Ordinal));
        Assert.Throws<JsonException>(() => JsonSerializer.Deserialize("""{ "name": "p", "schedule": { "when": "every 1h" }, "vault": "v" }""", PolicyJson.Default.Policy));
    }

    [Theory]
    [InlineData("""{ "name": "p", "schedule": { "when": "every 1h" }, "things": [null], "vaults": [null], "alertChannels": [" "] }""", "alertChannels[0],things[0],vaults[0]")]
    [InlineData("""{ "name": "p", "schedule": { "when": "every 1h", "preferred": [null] }, "things": [{ "kind": "tree", "name": "/x", "exclude": [null] }], "vaults": ["v"] }""", "schedule.preferred[0],things[0].exclude[0]")]
    public void What_is_null_is_a_mistake_with_its_field_and_no_accident(string json, string fields)
    {
        var problems = PolicyCompiler.Compile(JsonSerializer.Deserialize(json, PolicyJson.Default.Policy)!, [new("v", "/v", "/k")], PolicyInventory.Empty).Problems;

        Assert.Equal(fields.Split(','), problems.Select(problem => problem.Field).Order(StringComparer.Ordinal));
        Assert.Throws<JsonException>(() => JsonSerializer.Deserialize("""{ "name": null, "schedule": { "when": "every 1h" } }""", PolicyJson.Default.Policy));
    }

    [Fact]
    public void A_policy_that_was_kept_by_an_earlier_build_is_read()
    {
        const string Earlier = """{ "name": "p", "things": [{ "kind": "node", "name": "a" }], "vaults": ["v"], "schedule": { "when": "every 1h", "window": "22:00-06:00", "missed": null, "retries": { "transient": "5" }, "preferred": [] } }""";

        var schedule = JsonSerializer.Deserialize(Earlier, PolicyJson.Default.Policy)!.Schedule;

        Assert.Equal(["retries", "window"], schedule.Rules.Keys);
        Assert.Equal("""{"when":"every 1h","retries":{"transient":"5"},"window":"22:00-06:00"}""", JsonSerializer.Serialize(schedule, PolicyJson.Default.PolicySchedule));
        Assert.Contains("did you mean 'window'", Assert.Throws<JsonException>(() => JsonSerializer.Deserialize(Earlier.Replace("window", "windows", StringComparison.Ordinal), PolicyJson.Default.Policy)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_short_form_of_a_schedule_is_enough()
    {
        var (policies, problems) = PolicyText.Read("{ kind: Policy, name: p, things: [{ node: a }], vaults: v, schedule: every 1h, rpo: 2h }", "p.yaml");

        Assert.Empty(problems);
        Assert.Equal((ThingKind.Node, "a", "every 1h", TimeSpan.FromHours(2)), (policies[0].Things[0].Kind, policies[0].Things[0].Name, policies[0].Schedule.When, policies[0].Rpo));
    }

    private static string Json(Policy policy) => JsonSerializer.Serialize(policy, PolicyJson.Default.Policy);
}
