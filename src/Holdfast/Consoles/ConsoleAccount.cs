using Holdfast.Cli.Client;
using Holdfast.Cluster;
using Holdfast.Cluster.Access;
using Holdfast.Management.Api;

namespace Holdfast.Cli.Consoles;

/// <summary>Accounts of the console, as root on a node makes them: through the agent, which says to the management service who asks.</summary>
internal sealed class ConsoleAccount(NodeApiClient agent, TimeProvider time)
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    /// <summary>Makes a one-time password; waits for the service where it is just being started or is on its way to another node.</summary>
    /// <exception cref="HoldfastException">What the service says.</exception>
    public async Task<string> OneTimePasswordAsync(string name, AccessLevel? level, CancellationToken cancellationToken)
    {
        var people = await PatientlyAsync(() => agent.GetAsync(ManagementApi.People, NodeApiJson.Default.PersonInfoArray, cancellationToken), cancellationToken);
        var put = new PersonPut(level ?? (people.Length == 0 ? AccessLevel.Admin : null), OneTimePassword: true);
        return (await PatientlyAsync(() => agent.PutAsync(ManagementApi.Person(name), put, NodeApiJson.Default.PersonPut, NodeApiJson.Default.PersonDone, cancellationToken), cancellationToken)).OneTimePassword!;
    }

    /// <summary>Whether nobody can sign in yet.</summary>
    public async Task<bool> IsEmptyAsync(CancellationToken cancellationToken) =>
        (await PatientlyAsync(() => agent.GetAsync(ManagementApi.People, NodeApiJson.Default.PersonInfoArray, cancellationToken), cancellationToken)).Length == 0;

    private async Task<T> PatientlyAsync<T>(Func<Task<T>> ask, CancellationToken cancellationToken)
    {
        var begun = time.GetTimestamp();
        while (true)
        {
            try
            {
                return await ask();
            }
            catch (HoldfastException away) when (away.Code == "management.away" && time.GetElapsedTime(begun) < Limit)
            {
                await Task.Delay(Pause, time, cancellationToken);
            }
        }
    }
}
