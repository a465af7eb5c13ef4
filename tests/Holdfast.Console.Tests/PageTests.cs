namespace Holdfast.Console.Tests;

/// <summary>Every page of a service that has been at work, on a desktop in light and on a phone in dark: that it is there, that axe finds no serious fault, that nothing is wider than the window. What it looked like is kept.</summary>
[Collection(BrowserCollection.Name)]
public sealed class PageTests(Browser browser)
{
    private static readonly (string Path, string Title)[] Pages =
    [
        ("/", "Overview"), ("/cluster", "Cluster"), ("/roles", "Roles"), ("/roles/management", "management"), ("/new-role", "New role"), ("/nodes", "Nodes"), ("/jobs", "Jobs"), ("/jobs/broken", "broken"), ("/schedules", "Schedules"),
        ("/charts", "Charts"), ("/events", "Events"), ("/audit", "Audit"), ("/people", "People and tokens"), ("/snapshots", "Snapshots"), ("/machines", "Machines"), ("/policies", "Policies"), ("/policies/library", "library"), ("/new-policy", "New policy"), ("/things", "Protected things"), ("/vaults", "Vaults"), ("/alerts", "Alerts"), ("/alerts?tab=rules", "Alerts"), ("/approvals", "Approvals"), ("/settings", "Settings"),
    ];

    // What is on a page of a service that has been at work: it is full, and not only there.
    private static readonly Dictionary<string, string> Seen = new() { ["/snapshots"] = "Restore", ["/alerts"] = "broken", ["/things"] = "library", ["/jobs/broken"] = "Failed", ["/vaults"] = "archive", ["/policies"] = "library" };

    [ConsoleTheory]
    [InlineData(false, false)]
    [InlineData(true, true)]
    public async Task Every_page_can_be_used_by_everybody(bool phone, bool dark)
    {
        var contents = await browser.ContentsAsync();
        await using var window = await browser.SignedInAsync(phone, dark);
        List<string> faults = [];

        (string, string, string)[] filled = [($"/jobs/{contents.Job}", contents.Job, "job"), ($"/machines/{contents.Machine}", contents.Machine, "machine"), ($"/nodes/{contents.Machine}", contents.Machine, "node"), ($"/restore/{Uri.EscapeDataString(contents.Vault)}/{contents.Snapshot}", $"Restore from {contents.Snapshot[..8]}", "restore")];
        foreach (var (path, title, name) in Pages.Select(page => (page.Path, page.Title, page.Path == "/" ? "overview" : page.Path[1..].Replace('/', '-'))).Concat(filled))
        {
            await window.GoAsync(path, title);
            if (Seen.GetValueOrDefault(path) is { } text) await window.SeesAsync(text);
            await Microsoft.Playwright.Assertions.Expect(window.Page.Locator("[aria-busy=true]")).ToHaveCountAsync(0, new() { Timeout = 60_000 });
            faults.AddRange(await window.AxeFaultsAsync());
            if (await window.Page.EvaluateAsync<int>("document.documentElement.scrollWidth - window.innerWidth") > 0) faults.Add($"{path} is wider than the window.");
            await window.KeepAsync($"{(phone ? "phone" : "desktop")}-{(dark ? "dark" : "light")}-{name}");
        }

        Assert.True(faults.Count == 0, string.Join('\n', faults));
        Assert.Empty(window.Faults);
    }

    [ConsoleFact]
    public async Task The_keyboard_alone_leads_to_every_page()
    {
        await using var window = await browser.SignedInAsync();
        await window.GoAsync("/", "Overview");
        await window.Page.Locator("body").PressAsync("Tab");

        Assert.Equal("Skip to the page", await window.Page.EvaluateAsync<string>("document.activeElement.textContent"));
        await window.Page.GetByRole(Microsoft.Playwright.AriaRole.Link, new() { Name = "Roles", Exact = true }).FocusAsync();
        await window.Page.Keyboard.PressAsync("Enter");

        await window.HeadingAsync("Roles");
        Assert.Equal("H1", await window.Page.EvaluateAsync<string>("document.activeElement.tagName"));
    }
}
