using Holdfast.Agent.Declarations;
using Holdfast.Agent.Resources.Shares;
using Holdfast.Cluster.Roles;
using Holdfast.Leash.Protocol;

namespace Holdfast.Agent.Tests.Resources;

public sealed class FileShareTests
{
    private const string Below = """
        disk: { type: disk, device: /dev/x, target: /srv/files }
        address: { type: ip-address, address: 10.0.0.5/24 }
        name: { type: network-name, name: files.example.com, depends-on: [address] }
        """;

    [Fact]
    public void Servers_listen_on_the_roles_address_and_remember_on_its_disk()
    {
        var role = Role("nfs: { type: file-share, protocol: nfs, path: /srv/files/data, clients: [10.0.0.0/24, 10.1.0.1], read-only: yes, depends-on: [disk, address] }\nsmb: { type: file-share, protocol: smb, path: /srv/files/data, share: data, users: [ann, bob], depends-on: [disk, address] }");

        var nfs = ShareConfiguration.Ganesha(role, role.Resources[^2]);
        var smb = ShareConfiguration.Samba(role, role.Resources[^1], "files", "/run/x");

        Assert.Contains("Bind_addr = 10.0.0.5;", nfs, StringComparison.Ordinal);
        Assert.Contains("RecoveryRoot = \"/srv/files/.holdfast-share/nfs\";", nfs, StringComparison.Ordinal);
        Assert.Contains("CLIENT { Clients = 10.0.0.0/24, 10.1.0.1; Access_Type = RO; }", nfs, StringComparison.Ordinal);
        Assert.Contains("Pseudo = \"/nfs\";", nfs, StringComparison.Ordinal);
        Assert.Contains("interfaces = 10.0.0.5\nbind interfaces only = yes\n", smb, StringComparison.Ordinal);
        Assert.Contains("[data]\npath = /srv/files/data\nread only = no\nvalid users = ann bob\n", smb, StringComparison.Ordinal);
        Assert.Contains("map to guest = never\n", smb, StringComparison.Ordinal);
        Assert.Contains("private dir = /srv/files/.holdfast-share/smb\n", smb, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_calls_itself_as_the_network_name_that_it_depends_on_or_else_as_the_role()
    {
        await using var leash = new FakeLeash();
        var role = Role("one: { type: file-share, protocol: smb, path: /srv/files, depends-on: [disk, address, name] }\ntwo: { type: file-share, protocol: smb, path: /srv/files, port: '4450', depends-on: [disk, address] }");

        foreach (var share in role.Resources[^2..]) await TestRole.Create(TestRole.Context(role, leash) with { Resource = share }).OnlineAsync(null, CancellationToken.None);

        Assert.Equal(["files", "orders"], leash.Calls.OfType<StartRequest>().Select(start => start.HostName));
    }

    [Fact]
    public void A_share_without_probes_is_online_when_its_server_accepts_connections()
    {
        var role = Role("one: { type: file-share, protocol: smb, path: /srv/files, depends-on: [disk, address] }\ntwo: { type: file-share, protocol: smb, path: /srv/files, depends-on: [disk, address], probes: [{ command: [/bin/true] }] }");

        Assert.Equal((ProbeKind.Tcp, "10.0.0.5:445"), (role.Resources[^2].Probes.Single().Kind, role.Resources[^2].Probes.Single().Target));
        Assert.Equal(ProbeKind.Command, role.Resources[^1].Probes.Single().Kind);
        Assert.Equal(role, SpecCompiler.Complete(role));
    }

    [Theory]
    [InlineData("protocol: ftp, path: /srv/files, depends-on: [disk, address]", "it must be nfs or smb")]
    [InlineData("protocol: smb, path: /srv/files, depends-on: [disk]", "names no ip-address of this role")]
    [InlineData("protocol: smb, path: /srv/files, depends-on: [address]", "is on no disk of this role that it depends on")]
    [InlineData("protocol: smb, path: /srv/filesystem, depends-on: [disk, address]", "is on no disk of this role that it depends on")]
    [InlineData("protocol: smb, path: \"/srv/files/a\\nguest ok = yes\", depends-on: [disk, address]", "has a character that cannot stand in a server's configuration")]
    [InlineData("protocol: nfs, path: /srv/files, depends-on: [disk, address]", "name the addresses or networks that may use it")]
    [InlineData("protocol: nfs, path: /srv/files, clients: ['*; }'], depends-on: [disk, address]", "is not an address, a network such as 10.0.0.0/24, or *")]
    [InlineData("protocol: smb, path: /srv/files, users: ['a b'], depends-on: [disk, address]", "'a b' is not an account")]
    [InlineData("protocol: smb, path: /srv/files, share: 'a]b', depends-on: [disk, address]", "is not a name for a share")]
    [InlineData("protocol: smb, path: /srv/files, port: '70000', depends-on: [disk, address]", "is not a port from 1 to 65535")]
    public void A_wrong_declaration_is_refused_with_what_to_do(string properties, string complaint)
    {
        var result = Read($"it: {{ type: file-share, {properties} }}");

        Assert.Contains(result.Problems, problem => problem.Message.Contains(complaint, StringComparison.Ordinal));
    }

    private static RoleSpec Role(string resources) => TestRole.Declared(Below + "\n" + resources);

    private static DeclarationResult Read(string resources) => TestRole.Read(Below + "\n" + resources);
}
