namespace Holdfast.Console.Tests;

/// <summary>Every page, on a desktop in light and on a phone in dark: that it is there, that axe finds no serious fault, that nothing is wider than the window. What it looked like is kept.</summary>
[Collection(BrowserCollection.Name)]
public sealed class PageTests(Browser browser)
{
    private static readonly (string Path, string Title)[] Pages =
    [
        ("/", "Overview"), ("/cluster", "Cluster"), ("/roles", "Roles"), ("/roles/management", "management"), ("/new-role", "New role"), ("/nodes", "Nodes"), ("/jobs", "Jobs"),
        ("/charts", "Charts"), ("/events", "Events"), ("/audit", "Audit"), ("/people", "People and tokens"), ("/snapshots", "Snapshots"), ("/machines", "Machines"), ("/policies", "Policies"), ("/new-policy", "New policy"), ("/things", "Protected things"), ("/vaults", "Vaults"), ("/alerts", "Alerts"), ("/alerts?tab=rules", "Alerts"), ("/approvals", "Approvals"), ("/settings", "Settings"),
    ];

    [ConsoleTheory]
    [InlineData(false, false)]
    [InlineData(true, true)]
    public async Task Every_page_can_be_used_by_everybody(bool phone, bool dark)
    {
        await using var window = await browser.SignedInAsync(phone, dark);
        List<string> faults = [];

        foreach (var (path, title) in Pages)
        {
            await window.GoAsync(path, title);
            await Microsoft.Playwright.Assertions.Expect(window.Page.Locator("[aria-busy=true]")).ToHaveCountAsync(0, new() { Timeout = 60_000 });
            faults.AddRange(await window.AxeFaultsAsync());
            if (await window.Page.EvaluateAsync<int>("document.documentElement.scrollWidth - window.innerWidth") > 0) faults.Add($"{path} is wider than the window.");
            await window.KeepAsync($"{(phone ? "phone" : "desktop")}-{(dark ? "dark" : "light")}-{(path == "/" ? "overview" : path[1..].Replace('/', '-'))}");
        }

        Assert.Empty(faults);
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
