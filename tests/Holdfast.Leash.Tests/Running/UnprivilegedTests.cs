using Holdfast.Leash.Protocol;

namespace Holdfast.Leash.Tests.Running;

[Collection("leash")]
public sealed class UnprivilegedTests
{
    [RootFact]
    public Task Units_are_ended_whole_in_user_namespaces() => EndsUnitsAsync(namespacesAllowed: true, "unprivileged PID namespaces");

    [RootFact]
    public Task Units_are_ended_by_their_mark_where_the_kernel_refuses_namespaces() => EndsUnitsAsync(namespacesAllowed: false, "sessions only");

    private static async Task EndsUnitsAsync(bool namespacesAllowed, string mode)
    {
        await using var leash = await (await RunningLeash.StartUnprivilegedAsync(namespacesAllowed)).ArmedAsync();
        Assert.Contains(mode, leash.ReadLog(), StringComparison.Ordinal);

        var stopped = await leash.StartDaemonisingAsync();
        var ran = await leash.Client.RunAsync(new() { Unit = "orders/web", Warrant = leash.Warrant(), Command = ["sh", "-c", "echo in; exit 4"], Timeout = TimeSpan.FromSeconds(20) }, default);
        Assert.Equal((4, "in\n"), (ran.ExitCode, ran.Output));
        await leash.Client.StopAsync("orders/web", 15, TimeSpan.Zero, default);
        Assert.False(RunningLeash.IsAlive(stopped));

        await ProcessUnitTests.Refused("leash.failed", () => leash.StartShellAsync("orders/web", "true", user: "daemon"));
        if (namespacesAllowed)
        {
            await leash.StartShellAsync("orders/short", "exit 5");
            Assert.Equal(5, (await leash.NextAsync<LeashEvent.UnitExited>()).ExitCode);
        }

        var expired = await leash.StartDaemonisingAsync();
        await leash.Client.ExpireAsync(leash.Incarnation, "test", default);
        await leash.NextAsync<LeashEvent.Clean>();
        await RunningLeash.EventuallyAsync(() => !RunningLeash.IsAlive(expired));

        await leash.ArmedAsync();
        var killed = await leash.StartDaemonisingAsync();
        await leash.KillAsync();
        await leash.SweepAsync();
        Assert.False(RunningLeash.IsAlive(killed));
    }
}
