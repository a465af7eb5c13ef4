// What bench/failover/run measures beside ./demo:
//
//   bench-failover peers CHECKOUT RUNS    the peers on the same hosts, seen by the same prober, in the same kind of line
//   bench-failover memory CHECKOUT        the product's processes in a cluster of three nodes with twenty roles
using System.Globalization;
using Holdfast.Bench.Failover;

switch (args)
{
    case ["peers", var checkout, var runs]:
        await Peers.PrintAsync(checkout, int.Parse(runs, CultureInfo.InvariantCulture));
        return 0;
    case ["memory", var checkout]:
        await Memory.PrintAsync(checkout);
        return 0;
    default:
        Console.Error.WriteLine("usage: bench-failover peers CHECKOUT RUNS | memory CHECKOUT");
        return 2;
}
