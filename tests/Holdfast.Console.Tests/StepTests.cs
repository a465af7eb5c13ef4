using Holdfast.Management.Tests.Service;
using Holdfast.Protection.Tests.Databases;
using Microsoft.Playwright;

namespace Holdfast.Console.Tests;

/// <summary>What administrators do, in a browser.</summary>
[Collection(BrowserCollection.Name)]
public sealed class StepTests(Browser browser)
{
    [ConsoleFact]
    public async Task Who_has_a_password_that_serves_once_chooses_their_own()
    {
        var made = await browser.Service.Admin.SetAsync(HttpMethod.Put, "people/anna", new { level = "viewer", oneTimePassword = true });
        await using var window = await browser.OpenAsync();
        await window.LoadAsync("/");
        await window.Page.Locator("input[name=username]").FillAsync("anna");
        await window.Page.Locator("input[name=password]").FillAsync(made.GetProperty("oneTimePassword").GetString()!);

        await window.PressAsync("Sign in");
        await window.Page.Locator("input[name=new-password]").FillAsync("a quiet harbour at night");
        await window.Page.Locator("input[name=new-password-again]").FillAsync("a quiet harbour at night");
        await window.PressAsync("Sign in");

        await window.HeadingAsync("Overview");
    }

    [ConsoleFact]
    public async Task A_viewer_is_offered_nothing_that_changes_anything()
    {
        await browser.Service.Admin.SetAsync(HttpMethod.Put, "people/victor", new { level = "viewer", password = "only looking, thank you" });
        await using var window = await browser.OpenAsync();
        await window.SignInAsync("victor", "only looking, thank you");

        await window.GoAsync("/roles/management", "management");

        await window.SeesAsync("Who stands by");
        Assert.Equal(0, await window.Page.GetByRole(AriaRole.Button, new() { NameRegex = new("^(Move|Stop|Start|Edit|Delete|Maintenance|Rehearse|Add resource)") }).CountAsync());
        Assert.Equal(0, await window.Page.GetByRole(AriaRole.Link, new() { Name = "People and tokens" }).CountAsync());
    }

    [ConsoleFact]
    public async Task An_administrator_sets_a_node_and_a_viewer_sees_it_and_can_change_nothing()
    {
        var node = (await browser.Service.Admin.GetAsync("nodes"))[0].GetProperty("name").GetString()!;
        await using (var window = await browser.SignedInAsync())
        {
            await window.GoAsync($"/nodes/{node}", node);
            var jobs = window.Page.GetByLabel("Jobs at once");
            await Assertions.Expect(jobs).ToHaveAttributeAsync("placeholder", "any number");
            await jobs.FillAsync("0");
            await window.SeesAsync("A whole number from 1 to 100.");
            await Assertions.Expect(window.Page.GetByRole(AriaRole.Button, new() { Name = "Save", Exact = true })).ToBeDisabledAsync();
            await jobs.FillAsync("2");
            await window.Page.GetByLabel("Bandwidth of each run").FillAsync("10M");
            await window.PressAsync("Save");
            await window.SeesAsync($"Node {node} is set: jobs 2 (was as by default)");
            await Assertions.Expect(window.Page.GetByLabel("Bandwidth of each run")).ToHaveValueAsync("10MiB");
            await window.KeepAsync("node-settings");
        }

        await browser.Service.Admin.SetAsync(HttpMethod.Put, "people/vera", new { level = "viewer", password = "only looking, thank you" });
        await using (var window = await browser.OpenAsync())
        {
            await window.SignInAsync("vera", "only looking, thank you");
            await window.GoAsync($"/nodes/{node}", node);
            await Assertions.Expect(window.Page.GetByLabel("Jobs at once")).ToHaveValueAsync("2");
            await Assertions.Expect(window.Page.GetByLabel("Jobs at once")).Not.ToBeEditableAsync();
            Assert.Equal(0, await window.Page.GetByRole(AriaRole.Button, new() { Name = "Save", Exact = true }).CountAsync());
        }

        await browser.Service.Admin.PutAsync($"nodes/{node}/settings", new { });
    }

    [ConsoleFact]
    public async Task A_role_is_made_step_by_step_stopped_started_and_deleted_by_its_name()
    {
        await using var window = await browser.SignedInAsync();
        var page = window.Page;
        await window.GoAsync("/new-role", "New role");

        await page.GetByRole(AriaRole.Textbox, new() { Name = "Name", Exact = true }).FillAsync("napper");
        await window.PressAsync("Next");
        await window.PressAsync("Add resource…");
        await page.GetByRole(AriaRole.Textbox, new() { Name = "Name", Exact = true }).FillAsync("nap");
        await page.GetByLabel("Command").FillAsync("/bin/sleep infinity");
        await page.GetByLabel("Account").FillAsync(Environment.UserName);
        await window.PressAsync("Add");
        await window.PressAsync("Next");
        await window.SeesAsync("+ ");
        await window.KeepAsync("role-summary");
        await window.PressAsync("Apply");
        await window.HeadingAsync("napper");
        await Assertions.Expect(page.Locator("h1 + .badge")).ToHaveTextAsync("Online", new() { Timeout = 60_000 });
        await window.PressAsync("Move…");
        await window.SeesAsync("No other node can take it now.");
        await window.PressAsync("Cancel");
        await window.PressAsync("Stop");
        await page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Button, new() { Name = "Stop" }).ClickAsync();
        await Assertions.Expect(page.Locator("h1 + .badge")).ToHaveTextAsync("Offline", new() { Timeout = 60_000 });
        await window.PressAsync("Start");
        await Assertions.Expect(page.Locator("h1 + .badge")).ToHaveTextAsync("Online", new() { Timeout = 60_000 });
        await window.PressAsync("Delete");
        var delete = page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Button, new() { Name = "Delete" });
        await Assertions.Expect(delete).ToBeDisabledAsync();
        await page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Textbox).FillAsync("napper");
        await delete.ClickAsync();

        await window.HeadingAsync("Roles");
        Assert.Empty(window.Faults);
    }

    [ConsoleFact]
    public async Task What_needs_a_second_person_is_asked_for_by_one_and_approved_by_another()
    {
        const string Password = "four eyes see more";
        var api = browser.Service.Admin;
        await api.SetAsync(HttpMethod.Put, "people/second", new { level = "admin", password = Password });
        await api.SetAsync(HttpMethod.Put, "vaults/cellar", new { location = "/srv/cellar", passwordFile = "/etc/cellar.key" });
        await using var window = await browser.SignedInAsync();
        await window.GoAsync("/settings", "Settings");
        await window.Page.GetByLabel("Forget a vault").CheckAsync();
        await window.PressAsync("Keep");
        await window.SeesAsync("secondPerson.acts none → vault.delete");
        await window.GoAsync("/vaults", "Vaults");
        await window.Page.GetByRole(AriaRole.Button, new() { Name = "Forget cellar" }).ClickAsync();
        var dialog = window.Page.GetByRole(AriaRole.Dialog);
        await Assertions.Expect(dialog.GetByText("This needs a second person")).ToBeVisibleAsync();
        await dialog.GetByRole(AriaRole.Textbox).First.FillAsync("cellar");
        await dialog.GetByLabel("Why, for whoever approves it").FillAsync("It was flooded");
        await dialog.GetByRole(AriaRole.Button, new() { NameRegex = new("^Ask: ") }).ClickAsync();
        await window.SeesAsync("it waits for a second person");
        await window.GoAsync("/approvals", "Approvals");
        await window.SeesAsync("It was flooded");
        Assert.Equal(0, await window.Page.GetByRole(AriaRole.Button, new() { NameRegex = new("^Approve") }).CountAsync());

        await using var other = await browser.OpenAsync();
        await other.SignInAsync("second", Password);
        await other.Page.GetByRole(AriaRole.Link, new() { Name = "Look at it" }).ClickAsync();
        await other.HeadingAsync("Approvals");
        await other.KeepAsync("approvals");
        Assert.Empty(await other.AxeFaultsAsync());
        await other.Page.GetByRole(AriaRole.Button, new() { NameRegex = new("^Approve: ") }).ClickAsync();
        await other.Page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Button, new() { Name = "Approve", Exact = true }).ClickAsync();

        await other.SeesAsync("is forgotten");
        await Assertions.Expect(window.Page.GetByText("Done").First).ToBeVisibleAsync(new() { Timeout = 30_000 }); // It came to whoever asked by itself.
        Assert.Empty(window.Faults);
        Assert.Empty(other.Faults);
        var off = await api.SetAsync(HttpMethod.Put, "settings", new { });
        using var second = new Management.Tests.Service.ApiClient(browser.Service.Address);
        await second.SignInAsync("second", Password);
        await second.SetAsync(HttpMethod.Post, $"approvals/{off.GetProperty("approval").GetProperty("id").GetString()}/approve", new { digest = off.GetProperty("approval").GetProperty("digest").GetString() });
    }

    [ConsoleFact]
    public async Task A_token_is_limited_to_areas_and_the_list_shows_them()
    {
        await using var window = await browser.SignedInAsync();
        var page = window.Page;
        await window.GoAsync("/people", "People and tokens");
        await window.PressAsync("New token…");
        await page.GetByRole(AriaRole.Textbox, new() { Name = "What it is for" }).FillAsync("prometheus");
        await page.Locator(".mantine-MultiSelect-input").First.ClickAsync(); // The field inside has no size until something is typed.
        await page.GetByRole(AriaRole.Option, new() { NameRegex = new("^metrics") }).ClickAsync();
        await page.Keyboard.PressAsync("Escape");
        await window.KeepAsync("token-areas");
        Assert.Empty(await window.AxeFaultsAsync());
        await window.PressAsync("Make");

        var row = page.GetByRole(AriaRole.Row).Filter(new() { HasText = "prometheus" });
        await Assertions.Expect(row.GetByText("metrics", new() { Exact = true })).ToBeVisibleAsync(new() { Timeout = 60_000 });
        Assert.Empty(window.Faults);
    }

    [ConsoleFact]
    public async Task A_policy_is_shown_with_its_jobs_before_it_is_applied()
    {
        await browser.Service.Admin.SetAsync(HttpMethod.Put, "vaults/attic", new { location = Path.Combine(browser.Service.State, "attic"), passwordFile = Path.Combine(browser.Service.State, "attic.key") });
        await using var window = await browser.SignedInAsync();
        var page = window.Page;
        await window.GoAsync("/new-policy", "New policy");
        var apply = page.GetByRole(AriaRole.Button, new() { Name = "Apply" });

        await page.GetByRole(AriaRole.Textbox, new() { Name = "Name", Exact = true }).FillAsync("letters");
        await page.GetByRole(AriaRole.Textbox, new() { Name = "Path" }).FillAsync("relative/path");
        await page.Locator(".mantine-MultiSelect-input").First.ClickAsync(); // The field inside has no size until something is typed.
        await page.GetByRole(AriaRole.Option, new() { Name = "attic" }).ClickAsync();
        await page.Keyboard.PressAsync("Escape");
        await window.SeesAsync("things[0]");
        await Assertions.Expect(apply).ToBeDisabledAsync();
        await page.GetByRole(AriaRole.Textbox, new() { Name = "Path" }).FillAsync(browser.Service.State);
        await Assertions.Expect(page.GetByLabel("Jobs of the policy, table")).ToBeVisibleAsync(new() { Timeout = 60_000 });
        await window.KeepAsync("policy-preview");
        await apply.ClickAsync();

        await window.HeadingAsync("Policies");
        await Assertions.Expect(page.GetByRole(AriaRole.Link, new() { Name = "letters" })).ToBeVisibleAsync();
        Assert.Empty(window.Faults);
    }

    [ConsoleFact]
    public async Task A_job_is_run_and_watched_to_its_end()
    {
        await browser.Service.Admin.ApplyAsync($"kind: Job\nname: hello\nrun: command\nuser: {Environment.UserName}\ncommand: [/bin/sh, -c, \"echo '##holdfast progress 50 100 half'; sleep 2\"]\n");
        await using var window = await browser.SignedInAsync();
        await window.GoAsync("/jobs/hello", "hello");

        await window.PressAsync("Run now");

        await Assertions.Expect(window.Page.Locator("h1 + .badge")).ToHaveTextAsync("Running", new() { Timeout = 60_000 });
        await Assertions.Expect(window.Page.GetByLabel("Ledger, table").GetByText("Completed")).ToBeVisibleAsync(new() { Timeout = 90_000 });
    }

    [ConsoleFact]
    public async Task A_file_is_found_in_a_snapshot_and_brought_back()
    {
        var contents = await browser.ContentsAsync();
        await using var window = await browser.SignedInAsync();
        var page = window.Page;
        await window.GoAsync("/snapshots", "Snapshots");
        await window.PressAsync("Find a file…");
        await ChooseAsync(page, "Vault", "archive");
        await page.GetByRole(AriaRole.Textbox, new() { Name = "Name", Exact = true }).FillAsync("register*");
        await window.PressAsync("Find");
        await Assertions.Expect(page.GetByLabel("Files like register*, table").GetByText(Contents.Register).First).ToBeVisibleAsync(new() { Timeout = 60_000 });
        await window.KeepAsync("find");
        Assert.Empty(await window.AxeFaultsAsync());
        await window.GoAsync("/snapshots", "Snapshots");
        await page.GetByRole(AriaRole.Link, new() { Name = $"Restore from {contents.Snapshot[..8]}" }).ClickAsync();

        foreach (var folder in contents.Papers.Split('/', StringSplitOptions.RemoveEmptyEntries)) await page.GetByRole(AriaRole.Button, new() { Name = folder + "/", Exact = true }).ClickAsync();
        await page.GetByLabel($"Restore {Contents.Register}").CheckAsync();
        await window.KeepAsync("restore-files");
        await window.PressAsync("Next");
        await page.GetByRole(AriaRole.Textbox, new() { Name = "On node" }).ClickAsync();
        await page.GetByRole(AriaRole.Option, new() { Name = contents.Machine, Exact = true }).ClickAsync();
        var target = Path.Combine(browser.Service.State, "restored");
        await page.GetByRole(AriaRole.Textbox, new() { Name = "Folder" }).FillAsync(target);
        await window.PressAsync("Next");
        var restore = page.GetByRole(AriaRole.Button, new() { Name = "Restore", Exact = true });
        await Assertions.Expect(restore).ToBeDisabledAsync();
        await window.PressAsync("Dry run");
        await Assertions.Expect(page.GetByLabel("What would change, table").GetByText(Contents.Register)).ToBeVisibleAsync(new() { Timeout = 60_000 });
        await window.KeepAsync("restore-dry-run");
        Assert.False(Directory.Exists(target));
        await restore.ClickAsync();

        await Assertions.Expect(page.Locator("h1 + .badge")).ToHaveTextAsync("Completed", new() { Timeout = 90_000 });
        Assert.Equal("Run 1\n", await File.ReadAllTextAsync(Path.Join(target, contents.Papers, Contents.Register)));
        Assert.Empty(window.Faults);
    }

    [ConsoleFact]
    public async Task A_database_is_found_in_a_vault_and_brought_back_as_it_was_at_the_end_of_a_backup()
    {
        await using var vault = await KnownVault.CreateAsync(browser.Service, "databases");
        using (var server = PostgresServer.Create())
        {
            await vault.RunAsync("database", "backup", "shop", "--data", server.Data);
        }

        await using var window = await browser.SignedInAsync();
        var page = window.Page;
        await window.GoAsync("/vaults", "Vaults");
        await window.PressAsync("Restore a database of databases");
        await window.HeadingAsync("Restore a database");
        await ChooseAsync(page, "Database", "shop (postgresql");
        await page.GetByRole(AriaRole.Radio, new() { Name = "The end of a base backup" }).CheckAsync();
        await page.GetByRole(AriaRole.Textbox, new() { Name = "Base backup" }).ClickAsync();
        await page.GetByRole(AriaRole.Option).First.ClickAsync();
        await window.KeepAsync("restore-database");
        Assert.Empty(await window.AxeFaultsAsync());
        await window.PressAsync("Next");
        await ChooseAsync(page, "On node", (await browser.Service.Admin.GetAsync("nodes"))[0].GetProperty("name").GetString()!);
        var target = Path.Combine(vault.Folder, "restored");
        await page.GetByRole(AriaRole.Textbox, new() { Name = "Folder" }).FillAsync(target);
        await window.PressAsync("Next");
        await window.PressAsync("Dry run");
        await window.SeesAsync("shop is laid down from the base backup");
        await window.KeepAsync("restore-database-dry-run");
        Assert.False(Directory.Exists(target));
        await page.GetByRole(AriaRole.Button, new() { Name = "Restore", Exact = true }).ClickAsync();

        await Assertions.Expect(page.Locator("h1 + .badge")).ToHaveTextAsync("Completed", new() { Timeout = 90_000 });
        Assert.Contains("recovery_target = 'immediate'", await File.ReadAllTextAsync(Path.Combine(target, "postgresql.auto.conf")), StringComparison.Ordinal);
        Assert.Empty(window.Faults);
    }

    [ConsoleFact]
    public async Task A_snapshot_is_put_on_hold_released_forgotten_by_its_name_and_brought_back()
    {
        await using var vault = await KnownVault.CreateAsync(browser.Service, "shelf");
        await vault.RunAsync("backup", Path.Combine(vault.Folder, "key"));
        await vault.ListAsync();
        await using var window = await browser.SignedInAsync();
        var page = window.Page;
        await window.GoAsync("/snapshots", "Snapshots");
        await ChooseAsync(page, "Vault", vault.Name);

        await ActAsync("Put on hold…", "Put on hold", typed: false);
        await SeesAsync("Held");
        await ActAsync("Release…", "Release", typed: true);
        await SeesAsync("Complete");
        await ActAsync("Forget…", "Forget", typed: true);
        await SeesAsync("Forgotten");
        Assert.Equal(0, await page.GetByRole(AriaRole.Link, new() { NameRegex = new("^Restore from") }).CountAsync());
        await ActAsync("Bring back…", "Bring back", typed: false);
        await SeesAsync("Complete");
        Assert.Empty(window.Faults);

        async Task ActAsync(string item, string verb, bool typed)
        {
            var short8 = (await vault.CatalogueAsync())[0].GetProperty("id").GetString()![..8];
            await page.GetByRole(AriaRole.Button, new() { Name = $"Change {short8}" }).ClickAsync();
            await page.GetByRole(AriaRole.Menuitem, new() { Name = item }).ClickAsync();
            var dialog = page.GetByRole(AriaRole.Dialog);
            if (typed) await dialog.GetByRole(AriaRole.Textbox, new() { NameRegex = new("^Type") }).FillAsync(short8);
            await window.KeepAsync("snapshot-" + verb.ToLowerInvariant().Replace(' ', '-'));
            await dialog.GetByRole(AriaRole.Button, new() { Name = verb, Exact = true }).ClickAsync();
            await Assertions.Expect(dialog).ToBeHiddenAsync(new() { Timeout = 60_000 });
        }

        Task SeesAsync(string status) => Assertions.Expect(page.GetByLabel("Snapshots, table").Locator(".badge").First).ToHaveTextAsync(status, new() { Timeout = 60_000 });
    }

    private static async Task ChooseAsync(IPage page, string field, string option)
    {
        await page.GetByRole(AriaRole.Textbox, new() { Name = field, Exact = true }).ClickAsync();
        await page.GetByRole(AriaRole.Option, new() { Name = option }).First.ClickAsync();
    }

    [ConsoleFact]
    public async Task What_was_typed_outlives_the_session()
    {
        await using var window = await browser.SignedInAsync();
        await window.GoAsync("/new-role", "New role");
        await window.Page.GetByRole(AriaRole.Textbox, new() { Name = "Name", Exact = true }).FillAsync("half-written");
        await window.Page.Context.ClearCookiesAsync();

        var dialog = window.Page.GetByRole(AriaRole.Dialog);
        await Assertions.Expect(dialog).ToBeVisibleAsync(new() { Timeout = 60_000 }); // The next question that the page asks is refused.
        await dialog.Locator("input[name=password]").FillAsync(Management.Tests.Service.DevService.AdminPassword);
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Sign in" }).ClickAsync();

        await Assertions.Expect(dialog).ToBeHiddenAsync();
        await Assertions.Expect(window.Page.GetByRole(AriaRole.Textbox, new() { Name = "Name", Exact = true })).ToHaveValueAsync("half-written");
    }

    [ConsoleFact]
    public async Task Text_with_markup_in_it_stays_text()
    {
        const string Markup = "<img src=x onerror=\"document.title='taken'\"><script>document.title='taken'</script>";
        await browser.Service.Admin.ApplyAsync($"kind: Job\nname: marked\nrun: command\nuser: {Environment.UserName}\ncommand: [/bin/true]\n");
        await browser.Service.Admin.SetAsync(HttpMethod.Post, "jobs/marked/pause", new { reason = Markup });
        await browser.Service.Admin.SetAsync(HttpMethod.Post, "cluster/maintenance", new { seconds = 120, reason = Markup });
        await using var window = await browser.SignedInAsync();

        foreach (var (path, title) in ((string, string)[])[("/jobs", "Jobs"), ("/cluster", "Cluster"), ("/jobs/marked", "marked"), ("/", "Overview")]) await MarkupIsTextAsync(window, path, title, Markup);
        await browser.Service.Admin.SetAsync(HttpMethod.Delete, "cluster/maintenance");

        Assert.Empty(window.Faults);
    }

    private static async Task MarkupIsTextAsync(Window window, string path, string title, string markup)
    {
        await window.GoAsync(path, title);
        await window.SeesAsync(markup[..10]);
        Assert.Equal(0, await window.Page.Locator("main img[src=x]").CountAsync());
        Assert.DoesNotContain("taken", await window.Page.TitleAsync());
    }
}
