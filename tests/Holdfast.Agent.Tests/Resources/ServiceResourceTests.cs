using Holdfast.Agent.Declarations;
using Holdfast.Agent.Resources.Services;

namespace Holdfast.Agent.Tests.Resources;

public sealed class ServiceResourceTests
{
    [Theory]
    [InlineData("nginx", "nginx.service")]
    [InlineData("nginx.service", "nginx.service")]
    [InlineData("postgresql@15-main", "postgresql@15-main.service")]
    [InlineData("openvpn@a.b", "openvpn@a.b.service")]
    [InlineData("nginx.socket", null)]
    [InlineData("../x", null)]
    [InlineData("a%b", null)]
    [InlineData("a b", null)]
    [InlineData("", null)]
    public void A_service_is_named_as_systemd_names_it(string text, string? name) => Assert.Equal(name, ServiceUnit.NameOf(text));

    [Theory]
    [InlineData("system.slice", "/system.slice/x.service")]
    [InlineData("system-getty.slice", "/system.slice/system-getty.slice/x.service")]
    [InlineData("-.slice", "/x.service")]
    [InlineData("", "/x.service")]
    public void Its_control_group_follows_from_its_slice(string slice, string group) => Assert.Equal(group, ServiceUnit.ControlGroupOf("x.service", slice));

    [Theory]
    [InlineData("service: nginx.timer", "is not the name of a service")]
    [InlineData("service: getty@", "is a template; name an instance of it")]
    [InlineData("service: holdfast", "is something that the node itself needs")]
    [InlineData("service: nginx, check-interval: 1ms", "it must be from 100ms to 1h")]
    public void A_wrong_declaration_is_refused_with_what_to_do(string properties, string complaint)
    {
        var result = DeclarationReader.Read($"roles: {{ orders: {{ resources: {{ it: {{ type: service, {properties} }} }} }} }}", "f", null);

        Assert.Contains(result.Problems, problem => problem.Message.Contains(complaint, StringComparison.Ordinal));
    }

    [Fact]
    public void One_service_belongs_to_one_resource()
    {
        var result = DeclarationReader.Read("roles: { orders: { resources: { a: { type: service, service: nginx }, b: { type: service, service: nginx.service } } } }", "f", null);

        Assert.Contains(result.Problems, problem => problem.Message.Contains("is run by another resource of this role too", StringComparison.Ordinal));
    }
}
