using Holdfast.Console.Tests;
using Holdfast.Lab.Hosts;

namespace Holdfast.EndToEnd.Tests.Labs;

/// <summary>A browser whose network is that of a host: it resolves neighbours, connects and loses connections as that machine's would.</summary>
internal sealed class LabBrowser : IAsyncDisposable
{
    private readonly string _program;
    private readonly Chromium _chromium;

    private LabBrowser(string program, Chromium chromium) => (_program, _chromium) = (program, chromium);

    /// <summary>Starts it.</summary>
    public static async Task<LabBrowser> StartAsync(LabHost host)
    {
        // Playwright starts one program; that one enters the host's network and becomes the browser.
        var program = Path.Combine(Path.GetTempPath(), $"holdfast-browser-{Guid.NewGuid():n}");
        await File.WriteAllTextAsync(program, $"#!/bin/sh\nexec nsenter --net=/proc/{host.InitId}/ns/net {Chromium.Program} \"$@\"\n");
        File.SetUnixFileMode(program, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        try
        {
            return new LabBrowser(program, await Chromium.StartAsync(Path.Combine(Repository.Root, "artifacts", "screenshots"), program));
        }
        catch
        {
            File.Delete(program);
            throw;
        }
    }

    /// <summary>Opens the console at an address of the cluster.</summary>
    public Task<Window> OpenAsync(string address, bool phone = false, bool dark = false) => _chromium.OpenAsync(new Uri($"https://{address}:7400/"), phone, dark);

    public async ValueTask DisposeAsync()
    {
        await _chromium.DisposeAsync();
        File.Delete(_program);
    }
}
