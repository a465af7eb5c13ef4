namespace Holdfast.Cli.Machine;

/// <summary>A native library or tool that the product uses, and the Debian package that has it.</summary>
/// <param name="Name">The library's file name, or the tool's.</param>
/// <param name="Package">The Debian and Ubuntu package.</param>
/// <param name="For">What it is used for.</param>
/// <param name="Need">When it must be there.</param>
internal sealed record Prerequisite(string Name, string Package, string For, Need Need)
{
    public bool IsLibrary => Name.Contains(".so", StringComparison.Ordinal);

    public static IReadOnlyList<Prerequisite> All { get; } =
    [
        new("libsqlite3.so.0", "libsqlite3-0", "the embedded store", Need.Always),
        new("libssl.so.3", "libssl3", "TLS between nodes", Need.Always),
        new("libcrypto.so.3", "libssl3", "certificates", Need.Always),
        new("ip", "iproute2", "virtual addresses", Need.OnHosts),
        new("unshare", "util-linux", "a PID namespace for each role", Need.OnHosts),
        new("nsenter", "util-linux", "probes beside their role", Need.OnHosts),
        new("setpriv", "util-linux", "running programs as their account", Need.OnHosts),
        new("etcd", "etcd-server", "the store of several nodes", Need.ForSome),
        new("e2fsck", "e2fsprogs", "disk resources", Need.ForSome),
    ];
}

/// <summary>When something must be there.</summary>
internal enum Need
{
    /// <summary>Nothing works without it.</summary>
    Always,

    /// <summary>The agent of a real host needs it; <c>dev</c> does not.</summary>
    OnHosts,

    /// <summary>Only some clusters or roles need it.</summary>
    ForSome,
}
