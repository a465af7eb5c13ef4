using Holdfast.Agent.Declarations;
using Holdfast.Agent.Resources.Vaults;
using Holdfast.Cluster.Roles;
using Holdfast.Leash.Protocol;

namespace Holdfast.Agent.Tests.Resources;

public sealed class VaultServerTests
{
    private const string Below = """
        disk: { type: disk, device: /dev/x, target: /srv/vaults }
        address: { type: ip-address, address: 10.0.0.5/24 }
        """;

    [Fact]
    public void It_serves_the_roles_disk_on_the_roles_address()
    {
        var role = Role("it: { type: vault-server, path: /srv/vaults/data, port: '8443', append-only: yes, quota: 2T, tls-cert: /srv/vaults/tls.pem, users: /srv/vaults/users, depends-on: [disk, address] }");

        Assert.Equal(
            ["vault-server", "--data", "/srv/vaults/data", "--listen", "10.0.0.5:8443", "--append-only", "--quota", "2T", "--tls-cert", "/srv/vaults/tls.pem", "--users", "/srv/vaults/users"],
            VaultServerType.ArgumentsOf(role, role.Resources[^1]));
    }

    [Fact]
    public void Without_probes_it_is_online_when_it_accepts_connections()
    {
        var role = Role("it: { type: vault-server, path: /srv/vaults, depends-on: [disk, address] }");

        Assert.Equal((ProbeKind.Tcp, "10.0.0.5:8000"), (role.Resources[^1].Probes.Single().Kind, role.Resources[^1].Probes.Single().Target));
        Assert.Equal(role, SpecCompiler.Complete(role));
    }

    [Fact]
    public async Task It_is_a_process_of_the_role_as_the_account_named()
    {
        await using var leash = new FakeLeash();
        var role = Role("it: { type: vault-server, path: /srv/vaults, user: backup, depends-on: [disk, address] }");

        await TestRole.Create(TestRole.Context(role, leash) with { Resource = role.Resources[^1] }).OnlineAsync(null, CancellationToken.None);

        var start = leash.Calls.OfType<StartRequest>().Single();
        Assert.Equal(("backup", "vault-server"), (start.User, start.Command[1]));
    }

    [Theory]
    [InlineData("path: /srv/other, depends-on: [disk, address]", "is on no disk of this role that it depends on")]
    [InlineData("path: /srv/vaults, depends-on: [address]", "is on no disk of this role that it depends on")]
    [InlineData("path: /srv/vaults, depends-on: [disk]", "names no ip-address of this role")]
    [InlineData("path: vaults, depends-on: [disk, address]", "it must be an absolute path")]
    [InlineData("path: /srv/vaults, quota: much, depends-on: [disk, address]", "is not a size such as 500G")]
    [InlineData("path: /srv/vaults, port: '0', depends-on: [disk, address]", "is not a port from 1 to 65535")]
    [InlineData("path: /srv/vaults, append-only: maybe, depends-on: [disk, address]", "it must be yes or no")]
    [InlineData("path: /srv/vaults, tls-key: /a, depends-on: [disk, address]", "is given without tls-cert")]
    public void A_wrong_declaration_is_refused_with_what_to_do(string properties, string complaint)
    {
        var result = Read($"it: {{ type: vault-server, {properties} }}");

        Assert.Contains(result.Problems, problem => problem.Message.Contains(complaint, StringComparison.Ordinal));
    }

    private static RoleSpec Role(string resources) => TestRole.Declared(Below + "\n" + resources);

    private static DeclarationResult Read(string resources) => TestRole.Read(Below + "\n" + resources);
}
