using Holdfast.Leash.Protocol;

namespace Holdfast.Agent.Roles;

/// <summary>Ending a unit without knowing its resource.</summary>
internal static class LeashUnits
{
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(10);

    /// <summary>Ends a held unit by its kind; returns when that is verified.</summary>
    public static Task EndAsync(this ILeash leash, HeldUnit unit, CancellationToken cancellationToken) => unit.Kind switch
    {
        UnitKind.Process => leash.StopAsync(unit.Unit, 15, Grace, cancellationToken),
        UnitKind.Address => leash.RemoveAddressAsync(unit.Unit, cancellationToken),
        UnitKind.Mount => leash.UnmountAsync(unit.Unit, cancellationToken),
        _ => throw new InvalidOperationException($"Unknown kind of unit {unit.Kind}."),
    };
}
