using Holdfast.Management.Tests.Service;

namespace Holdfast.Console.Tests;

/// <summary>A real Chromium in front of <c>holdfast dev</c>, one of both for all tests.</summary>
public sealed class Browser : IAsyncLifetime
{
    private Chromium? _chromium;
    private Task<Contents>? _contents;

    public DevService Service { get; } = new();

    public async Task InitializeAsync()
    {
        if (ConsoleFactAttribute.Missing is not null) return;
        await Service.InitializeAsync();
        _chromium = await Chromium.StartAsync(Path.Combine(DevService.Root(), "artifacts", "screenshots"));
    }

    public async Task DisposeAsync()
    {
        if (_chromium is not null) await _chromium.DisposeAsync();
        if (ConsoleFactAttribute.Missing is null) await Service.DisposeAsync();
    }

    /// <summary>A window of its own, with no cookies.</summary>
    public Task<Window> OpenAsync(bool phone = false, bool dark = false) => _chromium!.OpenAsync(Service.Address, phone, dark);

    /// <summary>What the service has been filled with, by the first who asks.</summary>
    internal Task<Contents> ContentsAsync() => _contents ??= Contents.FillAsync(Service);

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
