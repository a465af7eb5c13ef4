using System.Text.Json;
using Holdfast.Management.Approvals;
using Holdfast.Management.Tests.Service;

namespace Holdfast.Management.Tests.Approvals;

/// <summary>The table of what can need a second person, against the document of the API, which another test compares with what is served.</summary>
public sealed class DestructiveActsTests
{
    private static readonly JsonElement Document = JsonElement.Parse(File.ReadAllBytes(Path.Combine(DevService.Root(), "docs", "api", "openapi.json")));

    [Fact]
    public void Every_request_that_changes_something_is_on_one_of_the_two_lists()
    {
        var undecided = Changes().Where(change => DestructiveActs.Harmless.Contains($"{change.Method} {change.Path}") == !DestructiveActs.Of(change.Method, change.Path).IsEmpty).Select(change => $"{change.Method} {change.Path}");

        Assert.Empty(undecided);
        Assert.InRange(Changes().Count(), 60, 200); // It looked at something.
    }

    [Fact]
    public void Neither_list_names_a_request_that_there_is_not()
    {
        var all = Changes().Select(change => $"{change.Method} {change.Path}").ToHashSet();

        Assert.Empty(DestructiveActs.Harmless.Except(all));
        Assert.Equal(DestructiveActs.All.Select(act => act.Name), Changes().SelectMany(change => DestructiveActs.Of(change.Method, change.Path)).Select(act => act.Name).Distinct().Order(StringComparer.Ordinal));
    }

    [Fact]
    public void What_can_need_a_second_person_says_so_and_answers_in_one_piece()
    {
        foreach (var (method, path, operation) in Changes())
        {
            var acts = DestructiveActs.Of(method, path).Select(act => act.Name);
            var said = operation.TryGetProperty("x-second-person", out var names) ? names.EnumerateArray().Select(name => name.GetString()!) : [];
            Assert.Equal(acts, said);
            // What is carried out for whoever is away cannot be a stream.
            if (acts.Any()) Assert.True(operation.GetProperty("responses").GetProperty("200").GetProperty("content").TryGetProperty("application/json", out _), $"{method} {path}");
        }
    }

    private static IEnumerable<(string Method, string Path, JsonElement Operation)> Changes() =>
        from path in Document.GetProperty("paths").EnumerateObject()
        from operation in path.Value.EnumerateObject()
        where operation.Name is not "get"
        select (operation.Name.ToUpperInvariant(), path.Name["/api/v1".Length..], operation.Value);
}
