using System.Diagnostics.CodeAnalysis;
using Holdfast.Agent.Declarations;
using Holdfast.Agent.Jobs;
using Holdfast.Agent.Resources.Addresses;
using Holdfast.Agent.Resources.Disks;
using Holdfast.Agent.Resources.Files;
using Holdfast.Agent.Resources.Management;
using Holdfast.Agent.Resources.Names;
using Holdfast.Agent.Resources.OpenCluster;
using Holdfast.Agent.Resources.Processes;
using Holdfast.Agent.Resources.Scripts;
using Holdfast.Agent.Resources.Services;
using Holdfast.Agent.Resources.Shares;
using Holdfast.Agent.Resources.Vaults;
using Holdfast.Cluster;

namespace Holdfast.Agent.Resources;

/// <summary>Every kind of resource that this version knows.</summary>
public static class ResourceTypes
{
    /// <summary>Gets them, in the order in which help lists them.</summary>
    public static IReadOnlyList<IResourceType> All { get; } = 
    [
        new ProcessResourceType(), new ScriptResourceType(), new AddressResourceType(), new DiskResourceType(), new OcfResourceType(), new FilesResourceType(), new ServiceResourceType(), new NetworkNameType(), new FileShareType(), new JobResourceType(), new VaultServerType(), new ManagementType(),
    ];

    /// <summary>Finds a type by its name in declarations.</summary>
    public static bool TryFind(string name, [NotNullWhen(true)] out IResourceType? type)
    {
        type = All.FirstOrDefault(candidate => candidate.Name == name);
        return type is not null;
    }

    /// <summary>Finds a type, or throws with the nearest one as the hint.</summary>
    /// <exception cref="HoldfastException">Code <c>resource.type-unknown</c>.</exception>
    public static IResourceType Require(string name) =>
        TryFind(name, out var type) ? type : throw new HoldfastException(ErrorKind.Invalid, "resource.type-unknown", Unknown(name));

    /// <summary>The sentence that says that a type is unknown, and what was perhaps meant.</summary>
    internal static string Unknown(string name) => NearestName.Sentence("resource type", name, All.Select(type => type.Name));
}
