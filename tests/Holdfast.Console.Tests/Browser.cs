using Holdfast.Management.Tests.Service;
using Microsoft.Playwright;

namespace Holdfast.Console.Tests;

/// <summary>A real Chromium in front of <c>holdfast dev</c>, one of both for all tests.</summary>
public sealed class Browser : IAsyncLifetime
{
    public const string Chromium = "/usr/bin/chromium";
    private static readonly float Patience = (float)TimeSpan.FromMinutes(1).TotalMilliseconds;
    private IPlaywright? _playwright;
    private IBrowser? _browser;

    public DevService Service { get; } = new();

    public async Task InitializeAsync()
    {
        if (ConsoleFactAttribute.Missing is not null) return;
        await Service.InitializeAsync();
        _playwright = await Playwright.CreateAsync();
        _browser = await _playwright.Chromium.LaunchAsync(new()
        {
            ExecutablePath = Chromium,
            ChromiumSandbox = false,
            Args = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
        });
    }

    public async Task DisposeAsync()
    {
        if (_browser is not null) await _browser.CloseAsync();
        _playwright?.Dispose();
        if (ConsoleFactAttribute.Missing is null) await Service.DisposeAsync();
    }

    /// <summary>A window of its own, with no cookies.</summary>
    public async Task<Window> OpenAsync(bool phone = false, bool dark = false)
    {
        var context = await _browser!.NewContextAsync(new()
        {
            BaseURL = Service.Address.ToString(),
            ViewportSize = phone ? new() { Width = 390, Height = 844 } : new() { Width = 1280, Height = 800 },
            ColorScheme = dark ? ColorScheme.Dark : ColorScheme.Light,
            ReducedMotion = ReducedMotion.Reduce,
        });
        context.SetDefaultTimeout(Patience); // Far more than it takes: a machine may be busy with other things.
        return new Window(context, await context.NewPageAsync());
    }

    /// <summary>A window in which the administrator is signed in.</summary>
    public async Task<Window> SignedInAsync(bool phone = false, bool dark = false)
    {
        var window = await OpenAsync(phone, dark);
        await window.SignInAsync("admin", DevService.AdminPassword);
        return window;
    }
}

[CollectionDefinition(Name)]
public sealed class BrowserCollection : ICollectionFixture<Browser>
{
    public const string Name = "browser";
}
