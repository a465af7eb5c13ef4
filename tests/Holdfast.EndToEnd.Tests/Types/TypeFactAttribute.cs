using Holdfast.EndToEnd.Tests.Labs;
using Xunit;

namespace Holdfast.EndToEnd.Tests.Types;

/// <summary>A test of a resource type with a program of somebody else's: skipped, with the package that is missing, where there is none.</summary>
public class TypeFactAttribute : FactAttribute
{
    private static readonly (string Path, string Package)[] Needs =
    [
        ("/usr/lib/ocf/resource.d/heartbeat/IPaddr2", "resource-agents"), ("/usr/sbin/modprobe", "kmod"), ("/usr/bin/curl", "curl"), ("/usr/sbin/nginx", "nginx"),
        ("/lib/systemd/systemd", "systemd"), ("/usr/sbin/named", "bind9"), ("/usr/bin/nsupdate", "bind9-dnsutils"),
    ];

    public TypeFactAttribute()
        : this(Needs)
    {
    }

    protected TypeFactAttribute((string Path, string Package)[] needs)
    {
        var missing = needs.Where(need => !File.Exists(need.Path)).Select(need => need.Package).ToList();
        Skip = ClusterFactAttribute.Problem ?? (missing.Count > 0 ? $"Missing Debian packages: {string.Join(' ', missing)}. Install them with: apt-get install {string.Join(' ', missing)}" : null);
    }
}

/// <summary>A test with file servers and their clients.</summary>
public sealed class ShareFactAttribute() : TypeFactAttribute(
[
    ("/usr/sbin/smbd", "samba"), ("/usr/bin/smbclient", "smbclient"), ("/usr/bin/ganesha.nfsd", "nfs-ganesha"), ("/usr/lib/x86_64-linux-gnu/ganesha/libfsalvfs.so", "nfs-ganesha-vfs"), ("/usr/bin/nfs-cp", "libnfs-utils"),
]);
