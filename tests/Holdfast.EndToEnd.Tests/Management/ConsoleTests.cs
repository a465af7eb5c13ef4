using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Holdfast.Console.Tests;
using Holdfast.EndToEnd.Tests.Labs;
using Holdfast.Lab.Clusters;
using Holdfast.Lab.Hosts;
using Microsoft.Playwright;
using Xunit;

namespace Holdfast.EndToEnd.Tests.Management;

/// <summary>The console in a real browser on a machine of the network, before a cluster of three real nodes.</summary>
[Collection(ManagedCluster.Name)]
public sealed partial class ConsoleTests(ThreeManagedNodes lab) : IAsyncLifetime
{
    private const string Password = "a quiet harbour at night";
    private const string Letters = "/opt/beats/letters";

    private const string Apply = "POST /v1/apply";
    private const string Run = "POST /v1/jobs/counted/run";

    private LabCluster Cluster => lab.Cluster;

    public Task InitializeAsync() => lab.ReadyAsync();

    /// <summary>Nothing may make jobs again in the next test.</summary>
    public async Task DisposeAsync()
    {
        if (ClusterFactAttribute.Problem is not null) return;
        await (await lab.ServingAsync()).RunAsync(["curl", "-s", "-X", "DELETE", "--unix-socket", "/run/holdfast/agent.sock", "http://x/v1/management/service/api/v1/policies/letters"], ClusterFixture.Limit);
        await LeaveAsync();
    }

    [BrowserFact]
    public async Task The_console_goes_on_by_itself_when_its_node_loses_power_and_what_was_typed_or_sent_is_neither_lost_nor_done_twice()
    {
        var owner = await lab.ServingAsync();
        var oneTime = (await Cluster.QueryAsync(owner, "console", "password", "anna", "--level", "admin")).Text("oneTimePassword");
        await Cluster.ApplyAsync(owner, Declarations.Sleeping("web"));
        await Cluster.ApplyAsync(owner, "kind: Job\nname: counted\nrun: command\ncommand: [/bin/sh, -c, 'echo $HOLDFAST_RUN >>/opt/beats/counted']\n");
        await owner.ShellAsync($"mkdir -p {Letters}; head -c 8M /dev/urandom >{Letters}/a; echo secret >/opt/beats/key; holdfast vault init --vault /opt/beats/vault --password-file /opt/beats/key");
        await using var browser = await LabBrowser.StartAsync(lab.Lab.Client);
        await using var window = await browser.OpenAsync(ThreeManagedNodes.Address);
        await SignInFirstAsync(window, oneTime);
        await Cluster.CommandAsync(lab.Spare, "node", "join", "--client", "--token", await Cluster.TokenAsync(owner), "--address", lab.Spare.Address, "--node", "laptop");
        await PagesAreUsableAsync(window, owner.Name);
        await ClientPageAsync(window);
        await LeaveAsync();

        await MakePolicyAsync(window);
        await WatchJobAsync(window);
        await MoveRoleAsync(window);

        // Half a form in one window, a job in another; both look at the virtual address.
        await window.GoAsync("/new-role", "New role");
        await window.Page.GetByRole(AriaRole.Textbox, new() { Name = "Name", Exact = true }).FillAsync("half-written");
        await using var beside = await window.BesideAsync();
        await beside.GoAsync("/jobs/counted", "counted");

        var changes = (Applied: (await ChangesAsync(Apply)).Count, Asked: (await ChangesAsync(Run)).Count);

        await owner.PowerOffAsync();
        await beside.PressAsync("Run now"); // Nobody has heard of the loss yet.

        var banner = window.Page.GetByText("Management moved to");
        await Assertions.Expect(banner).ToBeVisibleAsync(new() { Timeout = 60_000 });
        await window.KeepAsync("lab-moved");
        var said = MovedText().Match(await banner.InnerTextAsync());
        Assert.True(said.Success, await banner.InnerTextAsync());
        var now = await lab.TryOverviewAsync(ThreeManagedNodes.Address, await lab.TokenAsync(await lab.OnlineAsync("management")));
        var service = now.GetProperty("service");
        Assert.Equal(service.Text("node"), said.Groups[1].Value);
        Assert.NotEqual(owner.Name, said.Groups[1].Value);
        Assert.Equal(service.GetProperty("outageSeconds").GetDouble(), Seconds(said.Groups[2].Value, said.Groups[3].Value), 0.06);

        var name = window.Page.GetByRole(AriaRole.Textbox, new() { Name = "Name", Exact = true });
        await Assertions.Expect(name).ToHaveValueAsync("half-written");
        await FinishRoleAsync(window);
        await Assertions.Expect(window.Page.Locator("h1 + .badge")).ToHaveTextAsync("Online", new() { Timeout = 60_000 });
        Assert.Equal(changes.Applied + 1, (await ChangesAsync(Apply)).Count);

        // The run that was asked for while nobody answered was asked for once.
        await Assertions.Expect(beside.Page.GetByLabel("Ledger, table").GetByText("Completed")).ToBeVisibleAsync(new() { Timeout = 60_000 });
        Assert.Equal(changes.Asked + 1, (await ChangesAsync(Run)).Count);
        Assert.Single(lab.Lines("counted"));
        Assert.Empty(window.Faults.Concat(beside.Faults));

        await window.GoAsync("/", "Overview");
        await window.KeepAsync("lab-one-node-lost");
        await owner.PowerOnAsync();
        await lab.AllUpAsync();
    }

    private static async Task SignInFirstAsync(Window window, string oneTime)
    {
        await window.LoadAsync("/");
        await window.Page.Locator("input[name=username]").FillAsync("anna");
        await window.Page.Locator("input[name=password]").FillAsync(oneTime);
        await window.PressAsync("Sign in");
        await window.Page.Locator("input[name=new-password]").FillAsync(Password);
        await window.Page.Locator("input[name=new-password-again]").FillAsync(Password);
        await window.PressAsync("Sign in");
        await window.HeadingAsync("Overview");
    }

    /// <summary>The pages that show more than one node.</summary>
    private static async Task PagesAreUsableAsync(Window window, string node)
    {
        List<string> faults = [];
        foreach (var (path, title) in ((string, string)[])[("/", "Overview"), ("/cluster", "Cluster"), ("/nodes", "Nodes"), ($"/nodes/{node}", node), ("/roles/web", "web"), ("/machines", "Machines"), ($"/machines/{node}", node), ("/schedules", "Schedules")])
        {
            await window.GoAsync(path, title);
            await Assertions.Expect(window.Page.Locator("[aria-busy=true]")).ToHaveCountAsync(0, new() { Timeout = 60_000 });
            faults.AddRange(await window.AxeFaultsAsync());
            if (await window.Page.EvaluateAsync<int>("document.documentElement.scrollWidth - window.innerWidth") > 0) faults.Add($"{path} is wider than the window.");
            await window.KeepAsync($"lab-{(path == "/" ? "overview" : path[1..].Replace('/', '-'))}");
        }

        Assert.Empty(faults);
    }

    /// <summary>The page of a machine outside of the cluster: what it is, and what it has.</summary>
    private async Task ClientPageAsync(Window window)
    {
        var page = window.Page;
        await window.GoAsync("/machines", "Machines");
        await Assertions.Expect(page.GetByRole(AriaRole.Row).Filter(new() { HasText = "laptop" })).ToContainTextAsync("client", new() { Timeout = 60_000 });
        await page.GetByRole(AriaRole.Link, new() { Name = "laptop", Exact = true }).ClickAsync();
        await window.HeadingAsync("laptop");
        await Assertions.Expect(page.Locator("h1 + .badge")).ToHaveTextAsync("Up", new() { Timeout = 60_000 });
        await window.SeesAsync($"client · {lab.Spare.Address} · inventory of");
        await Assertions.Expect(page.GetByLabel("Volumes, table").GetByText("/var/lib/holdfast").First).ToBeVisibleAsync(new() { Timeout = 60_000 });
        await window.SeesAsync("It sees no shared volumes.");
        Assert.Empty(await window.AxeFaultsAsync());
        await window.KeepAsync("lab-client-machine");
    }

    /// <summary>Whoever comes after this test finds the cluster that it expects.</summary>
    private async Task LeaveAsync()
    {
        var asked = await lab.OnlineAsync("management");
        await Cluster.TryCommandAsync(asked, "node", "evict", "laptop", "--yes");
        await lab.UntilAsync(async () => (await Cluster.QueryAsync(asked, "node", "list")).GetArrayLength() == Cluster.Hosts.Count, "the client machine is gone");
    }

    private static async Task MakePolicyAsync(Window window)
    {
        var page = window.Page;
        await window.GoAsync("/vaults", "Vaults");
        await window.PressAsync("Add vault…");
        await page.GetByRole(AriaRole.Textbox, new() { Name = "Name", Exact = true }).FillAsync("attic");
        await page.GetByRole(AriaRole.Textbox, new() { Name = "Location" }).FillAsync("/opt/beats/vault");
        await page.GetByRole(AriaRole.Textbox, new() { Name = "Password file" }).FillAsync("/opt/beats/key");
        await window.PressAsync("Keep");
        await Assertions.Expect(page.GetByRole(AriaRole.Dialog)).ToBeHiddenAsync();
        await window.GoAsync("/new-policy", "New policy");
        await page.GetByRole(AriaRole.Textbox, new() { Name = "Name", Exact = true }).FillAsync("letters");
        await page.GetByRole(AriaRole.Textbox, new() { Name = "Path" }).FillAsync(Letters);
        await page.Locator(".mantine-MultiSelect-input").First.ClickAsync(); // The field inside has no size until something is typed.
        await page.GetByRole(AriaRole.Option, new() { Name = "attic" }).ClickAsync();
        await page.Keyboard.PressAsync("Escape");
        await page.GetByRole(AriaRole.Textbox, new() { Name = "When" }).FillAsync("on-demand");
        await page.GetByRole(AriaRole.Textbox, new() { Name = "At most per second" }).FillAsync("2MiB");
        await page.GetByRole(AriaRole.Textbox, new() { Name = "Account" }).FillAsync("root");
        await Assertions.Expect(page.GetByLabel("Jobs of the policy, table")).ToBeVisibleAsync(new() { Timeout = 60_000 });
        await window.KeepAsync("lab-policy-preview");
        await window.PressAsync("Apply");
        await window.HeadingAsync("Policies");
    }

    private static async Task WatchJobAsync(Window window)
    {
        await window.GoAsync("/jobs", "Jobs");
        await window.Page.GetByRole(AriaRole.Link, new() { NameRegex = new("^letters") }).First.ClickAsync();
        await window.PressAsync("Run now");
        await Assertions.Expect(window.Page.GetByRole(AriaRole.Progressbar).First).ToBeVisibleAsync(new() { Timeout = 60_000 });
        await window.KeepAsync("lab-job");
        await Assertions.Expect(window.Page.GetByLabel("Ledger, table").GetByText("Completed")).ToBeVisibleAsync(new() { Timeout = 60_000 });
    }

    private static async Task MoveRoleAsync(Window window)
    {
        var page = window.Page;
        await window.GoAsync("/roles/web", "web");
        await Assertions.Expect(page.Locator("h1 + .badge")).ToHaveTextAsync("Online", new() { Timeout = 60_000 });
        await window.PressAsync("Move…");
        var dialog = page.GetByRole(AriaRole.Dialog);
        var other = dialog.GetByRole(AriaRole.Radio).Nth(1);
        await other.ClickAsync();
        var to = await other.GetAttributeAsync("value");
        await window.SeesAsync($"then it starts on {to}");
        await window.KeepAsync("lab-move");
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Move" }).ClickAsync();
        await Assertions.Expect(dialog).ToBeHiddenAsync(new() { Timeout = 60_000 });
        await Assertions.Expect(page.Locator("dd").First).ToHaveTextAsync(to!, new() { Timeout = 60_000 });
    }

    private static async Task FinishRoleAsync(Window window)
    {
        var page = window.Page;
        await window.PressAsync("Next");
        await window.PressAsync("Add resource…");
        await page.GetByRole(AriaRole.Textbox, new() { Name = "Name", Exact = true }).FillAsync("nap");
        await page.GetByLabel("Command").FillAsync("/usr/bin/sleep infinity");
        await page.GetByLabel("Account").FillAsync("nobody");
        await window.PressAsync("Add");
        await window.PressAsync("Next");
        await window.PressAsync("Apply");
        await window.HeadingAsync("half-written");
    }

    private async Task<IReadOnlyList<JsonElement>> ChangesAsync(string what) =>
    [
        .. (await Cluster.QueryAsync(await lab.OnlineAsync("management"), "audit", "--limit", "200")).EnumerateArray()
            .Where(entry => entry.Text("who").Contains("anna", StringComparison.Ordinal) && entry.Text("what").StartsWith(what, StringComparison.Ordinal)),
    ];

    private static double Seconds(string number, string unit) => double.Parse(number, CultureInfo.InvariantCulture) / (unit == "ms" ? 1000 : 1);

    [GeneratedRegex("Management moved to ([a-z]+), ([0-9.]+) (s|ms)")]
    private static partial Regex MovedText();
}
