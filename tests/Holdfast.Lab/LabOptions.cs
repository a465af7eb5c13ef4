namespace Holdfast.Lab;

/// <summary>How a lab is set up.</summary>
public sealed record LabOptions
{
    /// <summary>Gets the first three bytes of the lab's network. Labs do not see each other, so all may have the same.</summary>
    /// <value>The default is <c>10.77.0</c>.</value>
    public string Subnet { get; init; } = "10.77.0";

    /// <summary>Gets the folder under which the lab keeps disk images and logs.</summary>
    /// <value>The default is <c>/dev/shm</c>, so that the machine's own disk does not take part in measurements.</value>
    public string Folder { get; init; } = "/dev/shm";

    /// <summary>Gets the folder with the published product; hosts have it at <c>/opt/holdfast</c> and in PATH. Null when no host runs the product.</summary>
    public string? ProductFolder { get; init; }

    /// <summary>Gets the folder with another build of the product. Hosts then have the two as <c>/opt/builds/1</c> and <c>/opt/builds/2</c>, and <c>/opt/holdfast</c> is a link to the first, as an installer leaves it. Null when there is one build only.</summary>
    public string? NextProductFolder { get; init; }

    /// <summary>Gets folders of the machine that every host sees, by the path they have there.</summary>
    public IReadOnlyDictionary<string, string> Folders { get; init; } = new Dictionary<string, string>();

    /// <summary>Gets the size of each host's own disk, mounted at <c>/var/lib/holdfast</c>. The image is sparse.</summary>
    /// <value>The default is 1 GiB.</value>
    public long StateDiskBytes { get; init; } = 1L << 30;

    /// <summary>Gets what <see cref="Hosts.LabHost.StartProduct"/> runs on a host.</summary>
    public IReadOnlyList<string> ProductCommand { get; init; } = ["holdfast-leash", "--", "holdfast", "agent"];

    /// <summary>Gets variables that every process on a host has, beside a small clean environment.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    /// <summary>Gets whether hosts are run by a real systemd, as their process 1, which starts nothing by itself.</summary>
    public bool ServiceManager { get; init; }

    /// <summary>Gets whether the lab cleans up and ends the process on SIGINT, SIGTERM and SIGHUP.</summary>
    public bool HandleSignals { get; init; } = true;
}
