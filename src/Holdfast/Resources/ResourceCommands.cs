using System.CommandLine;
using Holdfast.Cli.Client;
using Holdfast.Cli.CommandLine;

namespace Holdfast.Cli.Resources;

/// <summary><c>holdfast resource …</c></summary>
internal static class ResourceCommands
{
    public static VerbGroup Create() => new("resource", "Add resources to a role and switch them.",
        "holdfast resource add web nginx --type process --command '/usr/sbin/nginx -g \"daemon off;\"' --depends-on address")
    {
        AddResourceCommand.Create(),
        TypesCommand.Create(),
        Act("online", "Bring one resource online while its role is."),
        Act("offline", "Take one resource offline and leave it so."),
        Act("restart", "Restart one resource, and what depends on it."),
    };

    private static Verb Act(string act, string description)
    {
        var role = Arguments.Role();
        var resource = new Argument<string>("RESOURCE") { Description = "The resource." };
        return new Verb(act, description, $"holdfast resource {act} web nginx") { role, resource }
            .Does(async (run, cancellationToken) => run.Report.Done(await run.Agent.ResourceActAsync(run.Get(role), run.Get(resource), act, cancellationToken)));
    }
}
