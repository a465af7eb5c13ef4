using Holdfast.Agent.Api;
using Holdfast.Cluster.Access;
using Holdfast.Management.Repository;
using Holdfast.Management.Settings;
using static Holdfast.Management.Api.Answering;

namespace Holdfast.Management.Api;

/// <summary>What the service is set to, and whether a database would do.</summary>
internal sealed class SettingsOperations(SettingsDesk desk, RepositoryDatabase repository, DatabaseTest test)
{
    /// <summary>Every one of them.</summary>
    public IEnumerable<Operation> All() =>
    [
        Get("/settings", AccessLevel.Viewer, "What the service is set to.", SettingsJson.Default.ManagementSettings, (_, _) => Task.FromResult(desk.Numbered)),
        Send("PUT", "/settings", AccessLevel.Admin, "Sets all of it; what is left out is as it came.", SettingsJson.Default.ManagementSettings, ApiJson.Default.Done, async (http, by, settings) =>
            new Done(await desk.PutAsync(settings, by, http.RequestAborted))),
        Send("POST", "/database/test", AccessLevel.Admin, "Tries a repository database without changing anything in it.", SettingsJson.Default.DatabaseAsked, SettingsJson.Default.DatabaseReport, async (http, _, asked) =>
            await test.TryAsync(asked.Address ?? repository.Options.Address, http.RequestAborted)),
    ];
}
