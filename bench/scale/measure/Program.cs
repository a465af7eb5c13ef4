// What bench/scale/run measures:
//
//   bench-scale planner              what a decision costs in a large cluster
//   bench-scale lab CHECKOUT ROLES LOSSES
//                                    many light roles on three nodes: the loss of a node, and what is said while nothing happens
using System.Globalization;
using Holdfast.Bench.Scale;

switch (args)
{
    case ["planner"]:
        PlannerDecisions.Print();
        return 0;
    case ["lab", var checkout, var roles, var losses]:
        await ManyRoles.PrintAsync(checkout, int.Parse(roles, CultureInfo.InvariantCulture), int.Parse(losses, CultureInfo.InvariantCulture));
        return 0;
    default:
        Console.Error.WriteLine("usage: bench-scale planner | lab CHECKOUT ROLES LOSSES");
        return 2;
}
