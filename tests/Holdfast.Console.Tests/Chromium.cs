using Microsoft.Playwright;

namespace Holdfast.Console.Tests;

/// <summary>Debian's Chromium, driven by Playwright; each window of it has cookies of its own.</summary>
public sealed class Chromium : IAsyncDisposable
{
    public const string Program = "/usr/bin/chromium";
    private static readonly float Patience = (float)TimeSpan.FromMinutes(1).TotalMilliseconds;
    private readonly IPlaywright _playwright;
    private readonly IBrowser _browser;
    private readonly string _screenshots;

    private Chromium(IPlaywright playwright, IBrowser browser, string screenshots) => (_playwright, _browser, _screenshots) = (playwright, browser, screenshots);

    /// <summary>Gets what is missing for it; null when nothing is.</summary>
    public static string? Missing => File.Exists(Program) ? null : $"There is no {Program}: apt-get install chromium.";

    /// <summary>Starts it.</summary>
    /// <param name="screenshots">The folder of what windows keep.</param>
    /// <param name="program">What to start; something else than Chromium itself puts it somewhere first.</param>
    public static async Task<Chromium> StartAsync(string screenshots, string program = Program)
    {
        var playwright = await Playwright.CreateAsync();
        try
        {
            return new Chromium(playwright, await playwright.Chromium.LaunchAsync(new()
            {
                ExecutablePath = program,
                ChromiumSandbox = false,
                Args = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-proxy-server", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
            }), screenshots);
        }
        catch
        {
            playwright.Dispose();
            throw;
        }
    }

    /// <summary>A window of its own, with no cookies.</summary>
    /// <param name="service">Where paths lead to. Its certificate is taken as it is.</param>
    public async Task<Window> OpenAsync(Uri service, bool phone = false, bool dark = false)
    {
        var context = await _browser.NewContextAsync(new()
        {
            BaseURL = service.ToString(),
            IgnoreHTTPSErrors = true,
            ViewportSize = phone ? new() { Width = 390, Height = 844 } : new() { Width = 1280, Height = 800 },
            ColorScheme = dark ? ColorScheme.Dark : ColorScheme.Light,
            ReducedMotion = ReducedMotion.Reduce,
        });
        context.SetDefaultTimeout(Patience); // Far more than it takes: a machine may be busy with other things.
        return new Window(context, await context.NewPageAsync(), _screenshots);
    }

    public async ValueTask DisposeAsync()
    {
        await _browser.CloseAsync();
        _playwright.Dispose();
    }
}
