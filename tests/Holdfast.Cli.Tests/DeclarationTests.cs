using Holdfast.Agent.Declarations;
using Holdfast.Cli.Resources;

namespace Holdfast.Cli.Tests;

public sealed class DeclarationTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("holdfast-cli-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("/usr/sbin/nginx -g \"daemon off;\"", new[] { "/usr/sbin/nginx", "-g", "daemon off;" })]
    [InlineData("a 'b c' d\\ e \"f\\\"g\" ''", new[] { "a", "b c", "d e", "f\"g", "" })]
    [InlineData("x'y'z  $HOME", new[] { "xyz", "$HOME" })]
    public void A_command_line_is_split_as_a_shell_would(string line, string[] words) => Assert.Equal(words, CommandWords.Split(line));

    [Fact]
    public async Task The_quick_form_makes_a_declaration_that_the_reader_takes()
    {
        await using var agent = await FakeAgent.StartAsync();
        agent.On("POST /v1/apply?dryRun=true", """{"changes":[{"role":"web","action":"create","fields":[],"restarts":[]}]}""");
        agent.On("POST /v1/apply?dryRun=false", """{"changes":[{"role":"web","action":"create","fields":[],"restarts":[]}]}""");

        var ran = await agent.RunAsync("role", "create", "web", "--process", "/usr/sbin/nginx -g \"daemon off;\"", "--user", "www-data", "--address", "10.0.0.50/24", "--interface", "eth0",
            "--probe", "tcp:10.0.0.50:80", "--probe", "http://10.0.0.50/ready", "--possible-owners", "a,b", "--preferred-owners", "a", "--failback", "at-once");

        Assert.Equal(("", 0), (ran.Error, ran.Exit));
        var yaml = agent.Asked.Last().Split("dryRun=false ")[1];
        var read = DeclarationReader.Read(yaml, "sent", nodes: null);
        Assert.Empty(read.Problems);
        var role = Assert.Single(read.Roles);
        Assert.Equal(["address", "process"], role.Resources.Select(r => r.Name.Value));
        Assert.Equal(["/usr/sbin/nginx", "-g", "daemon off;"], role.Resources[1].Properties["command"].Items!.Value.ToArray());
        Assert.Equal(["address"], role.Resources[1].DependsOn.Select(r => r.Value));
        Assert.Equal(2, role.Resources[1].Probes.Length);
        Assert.Equal(["a", "b"], role.PossibleOwners.Select(n => n.Value));
    }

    [Fact]
    public async Task Creating_a_role_that_exists_changes_nothing()
    {
        await using var agent = await FakeAgent.StartAsync();
        agent.On("POST /v1/apply?dryRun=true", """{"changes":[{"role":"web","action":"update","fields":[],"restarts":[]}]}""");

        var ran = await agent.RunAsync("role", "create", "web", "--process", "sleep infinity");

        Assert.Equal(4, ran.Exit);
        Assert.Contains("[role.exists]", ran.Error, StringComparison.Ordinal);
        Assert.Single(agent.Asked);
    }

    [Fact]
    public async Task A_service_becomes_part_of_a_role_with_one_command()
    {
        await using var agent = await FakeAgent.StartAsync();
        agent.On("POST /v1/roles/web/resources", """{"message":"Resource nginx is part of web."}""");

        var ran = await agent.RunAsync("resource", "add", "web", "nginx", "--type", "process", "--command", "/usr/sbin/nginx -g \"daemon off;\"", "--depends-on", "address", "--set", "stop-signal=QUIT", "--stop-timeout", "5s");

        Assert.Equal(("", 0), (ran.Error, ran.Exit));
        var body = agent.Asked.Single().Split("/resources ")[1];
        var indented = string.Join('\n', body.Split('\n').Select(line => "      " + line));
        var read = DeclarationReader.Read($"roles:\n  web:\n    resources:\n      address: {{type: ip-address, address: 10.0.0.50/24}}\n{indented}", "sent", nodes: null);
        Assert.Empty(read.Problems);
        Assert.Equal("QUIT", read.Roles[0].Resources[1].Properties["stop-signal"].Text);
    }

    [Fact]
    public async Task Checking_a_file_names_each_mistake_with_its_place()
    {
        var file = Path.Combine(_folder, "roles.yaml");
        await File.WriteAllTextAsync(file, "roles:\n  web:\n    resorces: {}\n    weight: many\n");

        var ran = await CommandLineRun.OfAsync(["config", "check", file]);

        Assert.Equal(2, ran.Exit);
        Assert.Contains("resorces", ran.Error, StringComparison.Ordinal);
        Assert.Contains("roles.web.weight", ran.Error, StringComparison.Ordinal);
        Assert.Contains("[declaration.invalid]", ran.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_that_is_well_lists_its_roles()
    {
        var file = Path.Combine(_folder, "roles.yaml");
        await File.WriteAllTextAsync(file, "roles:\n  web: {}\n  orders: {}\n");

        var ran = await CommandLineRun.OfAsync(["config", "check", file]);

        Assert.Equal(($"{file} is well: 2 roles (web, orders).\n", 0), (ran.Out, ran.Exit));
    }

    [Fact]
    public async Task A_diff_shows_what_changes_and_what_restarts()
    {
        await using var agent = await FakeAgent.StartAsync();
        agent.On("POST /v1/apply?dryRun=true", """{"changes":[{"role":"web","action":"update","fields":[{"path":"resources.nginx.command","before":"a","after":"b"},{"path":"priority","before":null,"after":"5"}],"restarts":["nginx"]},{"role":"same","action":"unchanged","fields":[],"restarts":[]}]}""");

        var ran = await agent.RunAsync("diff", "-f", "/dev/null");

        Assert.Equal("~ role web (restarts nginx)\n    ~ resources.nginx.command: a -> b\n    + priority: 5\n", ran.Out);
    }

    [Fact]
    public async Task Deleting_by_file_deletes_each_of_its_roles()
    {
        await using var agent = await FakeAgent.StartAsync();
        agent.On("DELETE /v1/roles/web", """{"message":"web is deleted."}""").On("DELETE /v1/roles/orders", """{"message":"orders is deleted."}""");
        var file = Path.Combine(_folder, "roles.yaml");
        await File.WriteAllTextAsync(file, "roles:\n  web: {}\n  orders: {}\n");

        var ran = await agent.RunAsync("delete", "-f", file);

        Assert.Equal(0, ran.Exit);
        Assert.Equal(["web is deleted.", "orders is deleted."], ran.Lines);
    }
}
