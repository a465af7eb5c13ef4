using System.Net;
using Holdfast.Lab.Clusters;
using Holdfast.Lab.Hosts;
using Holdfast.Lab.Linux;
using Holdfast.Lab.Observation;
using Xunit;

namespace Holdfast.Lab.Tests;

/// <summary>That the count of double ownership is not zero by construction: with the leash out of order it is not.</summary>
public sealed class BrokenLeashTests
{
    private const string Role = "echo";
    private const string Address = "10.77.0.101";
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    [ProductFact]
    public async Task Two_owners_are_counted_when_nothing_ends_the_roles_of_a_lost_node()
    {
        await using var lab = await LabNetwork.CreateAsync(new LabOptions
        {
            ProductFolder = Path.Combine(ProductFactAttribute.Root, "dist"),
            Folders = new Dictionary<string, string> { ["/opt/samples"] = Path.Combine(ProductFactAttribute.Root, "samples") },
        });
        var cluster = await LabCluster.CreateAsync(lab, [await lab.AddHostAsync("a"), await lab.AddHostAsync("b"), await lab.AddHostAsync("c")]);
        using var observer = new Observer(lab);
        observer.Assign(Role, IPAddress.Parse(Address));
        await cluster.ApplyAsync(cluster.Hosts[0], $$"""
            roles:
              {{Role}}:
                resources:
                  address: { type: ip-address, address: {{Address}}/24 }
                  service: { type: process, depends-on: [address], command: [perl, /opt/samples/echo/echo.pl], user: nobody }
            """);
        var owner = await cluster.WaitOnlineAsync(Role);
        Assert.Equal(0, observer.DoubleActive(Role));

        // The leash and its second, the agent, do nothing any more; the node is cut off and its processes live on.
        foreach (var process in owner.Find(ProductProcess.Leash).Concat(owner.Find(ProductProcess.Agent)).ToList())
        {
            owner.Send(process, Signal.Stop);
        }

        await owner.PullCableAsync();

        await Waiting.UntilAsync(() => observer.DoubleActive(Role) > 0, Limit, "nobody takes over, or the second owner is not counted");
        Assert.Contains(owner.Name, observer.FindDouble(Role)[0].Hosts);
    }
}
