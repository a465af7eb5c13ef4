using Holdfast.Lab;

// Started by LeftoverTests: a lab with two hosts that runs until it is killed.
await using var lab = await LabNetwork.CreateAsync(new LabOptions { StateDiskBytes = 64 << 20 });
await lab.AddSharedDiskAsync("orders", 64 << 20);
foreach (var name in new[] { "a", "b" })
{
    var host = await lab.AddHostAsync(name);
    await host.PowerOnAsync();
    host.Start(["setsid", "sleep", "1000"]);
    await host.RunAsync(["sh", "-c", "mkdir /srv/orders && mount /dev/shared/orders /srv/orders"], TimeSpan.FromSeconds(20));
    await lab.Hosts[0].RunAsync(["umount", "/srv/orders"], TimeSpan.FromSeconds(20));
}

Console.WriteLine(lab.Id);
await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System);
