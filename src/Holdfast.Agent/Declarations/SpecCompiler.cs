using Holdfast.Agent.Resources;
using Holdfast.Agent.Resources.Disks;
using Holdfast.Agent.Resources.OpenCluster;
using Holdfast.Agent.Resources.Shares;
using Holdfast.Agent.Resources.Vaults;
using Holdfast.Cluster.Roles;

namespace Holdfast.Agent.Declarations;

/// <summary>Puts a role into the form in which it is stored: lists as lists, and what follows from the rest computed.</summary>
public static class SpecCompiler
{
    /// <summary>Completes a role; idempotent.</summary>
    public static RoleSpec Complete(RoleSpec role) => role with
    {
        // Leases rule 15: nothing but the lease keeps a lost owner's kernel from writing to such a disk.
        NeedsConfirmedEnd = role.Resources.Any(resource => (resource.Type == DiskResourceType.TypeName && DiskResourceType.NeedsConfirmedEnd(resource)) || OcfEffects.NeedsConfirmedEnd(resource)),
        Resources = [.. role.Resources.Select(resource => VaultServerType.Complete(role, FileShareType.Complete(role, Normalize(resource))))],
    };

    private static ResourceSpec Normalize(ResourceSpec resource)
    {
        if (!ResourceTypes.TryFind(resource.Type, out var type)) return resource;

        var properties = resource.Properties;
        foreach (var rule in type.Properties)
        {
            // A command line given as one text; a list has one form only, so that equal declarations are equal.
            if (rule.Shape == PropertyShape.List && properties.TryGetValue(rule.Name, out var value) && value.Text is not null)
                properties = properties.SetItem(rule.Name, PropertyValue.Of(resource.List(rule.Name)));
        }

        return resource with { Properties = properties };
    }
}
