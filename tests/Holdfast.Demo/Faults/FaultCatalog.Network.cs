using Holdfast.Lab.Hosts;
using Holdfast.Lab.Linux;

namespace Holdfast.Demo.Faults;

internal static partial class FaultCatalog
{
    private static readonly TimeSpan FlapTime = TimeSpan.FromSeconds(20);

    private static IEnumerable<Fault> OfNetwork() =>
    [
        new Fault
        {
            Name = "unheard",
            Summary = "every frame that the active node sends is lost; it still hears everybody",
            Strike = (_, owner) => owner.DropAsync(OneWay.Out),
            Mend = (_, owner) => owner.HealAsync(),
        },
        new Fault
        {
            Name = "deaf",
            Summary = "every frame to the active node is lost; it is still heard",
            Strike = (_, owner) => owner.DropAsync(OneWay.In),
            Mend = (_, owner) => owner.HealAsync(),
        },
        new Fault
        {
            Name = "flapping-link",
            Summary = "the active node's cable is pulled and put back again and again for 20 s, each time for 50 ms to 1.5 s (the same times in every run)",
            Strike = (_, owner) => owner.PullCableAsync(),
            Hold = (_, owner) => FlapAsync(owner),
            Lift = (_, owner) => owner.HealAsync(),
        },
    ];

    private static async Task FlapAsync(LabHost host)
    {
        const int Shortest = 50, Longest = 1500;
        var dice = new Random(1);
        for (var end = BootClock.Now + FlapTime; BootClock.Now < end;)
        {
            await RestAsync();
            await host.PlugCableAsync();
            await RestAsync();
            await host.PullCableAsync();
        }

        Task RestAsync() => PassAsync(TimeSpan.FromMilliseconds(dice.Next(Shortest, Longest)));
    }

    /// <summary>Lets time pass while a fault lasts.</summary>
    private static Task PassAsync(TimeSpan time)
    {
        var end = BootClock.Now + time;
        return Waiting.UntilAsync(() => BootClock.Now > end, time + Limit, "time");
    }
}
