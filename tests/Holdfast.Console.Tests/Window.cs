using System.Collections.Concurrent;
using Deque.AxeCore.Commons;
using Deque.AxeCore.Playwright;
using Microsoft.Playwright;

namespace Holdfast.Console.Tests;

/// <summary>A browser's window with one page in it. Whatever the page's script threw is remembered.</summary>
public sealed class Window : IAsyncDisposable
{
    public const int MostTries = 120;
    public static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);
    private readonly IBrowserContext _context;
    private readonly string _screenshots;
    private readonly ConcurrentQueue<string> _faults = new();

    public Window(IBrowserContext context, IPage page, string screenshots)
    {
        (_context, Page, _screenshots) = (context, page, screenshots);
        page.PageError += (_, error) => _faults.Enqueue(error);
        page.Console += (_, message) =>
        {
            if (message.Text.Contains("Content Security Policy", StringComparison.Ordinal)) _faults.Enqueue(message.Text);
        };
    }

    public IPage Page { get; }

    /// <summary>Gets what scripts of the page threw, and what the page's own policy refused.</summary>
    public IReadOnlyCollection<string> Faults => _faults;

    public async Task SignInAsync(string name, string password)
    {
        await LoadAsync("/");
        await Page.Locator("input[name=username]").FillAsync(name);
        await Page.Locator("input[name=password]").FillAsync(password);
        await Page.GetByRole(AriaRole.Button, new() { Name = "Sign in" }).ClickAsync();
        await HeadingAsync("Overview");
    }

    /// <summary>Goes to a page by its address, and waits for its title.</summary>
    public async Task GoAsync(string path, string title)
    {
        await LoadAsync(path);
        await HeadingAsync(title);
    }

    /// <summary>Loads an address. On a busy machine the one node may just have lost its lease: the door says so with 503 until the service is back.</summary>
    public async Task LoadAsync(string path)
    {
        for (var tries = 0; ; tries++)
        {
            var answer = await Page.GotoAsync(path, new() { WaitUntil = WaitUntilState.DOMContentLoaded });
            if (answer?.Status != 503 || tries == MostTries) return;
            await Page.WaitForTimeoutAsync((float)Pause.TotalMilliseconds);
        }
    }

    public Task HeadingAsync(string title) => Assertions.Expect(Page.GetByRole(AriaRole.Heading, new() { Name = title, Level = 1, Exact = true })).ToBeVisibleAsync(new() { Timeout = 60_000 });

    public Task SeesAsync(string text) => Assertions.Expect(Page.GetByText(text).First).ToBeVisibleAsync(new() { Timeout = 60_000 });

    public Task PressAsync(string button) => Page.GetByRole(AriaRole.Button, new() { Name = button, Exact = true }).First.ClickAsync();

    /// <summary>What axe holds against the page: one line for each serious or critical fault.</summary>
    public async Task<IReadOnlyList<string>> AxeFaultsAsync()
    {
        var result = await Page.RunAxe(new AxeRunOptions { RunOnly = new RunOnlyOptions { Type = "tag", Values = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"] } });
        return [.. result.Violations.Where(fault => fault.Impact is "serious" or "critical").Select(fault => $"{Page.Url} {fault.Id}: {fault.Help}: {fault.Nodes[0].Html}")];
    }

    /// <summary>Keeps what is seen.</summary>
    public Task KeepAsync(string name) => Page.ScreenshotAsync(new() { Path = Path.Combine(_screenshots, name + ".png") });

    /// <summary>Another page of the same person.</summary>
    public async Task<Window> BesideAsync() => new(_context, await _context.NewPageAsync(), _screenshots);

    public async ValueTask DisposeAsync() => await _context.CloseAsync();
}
