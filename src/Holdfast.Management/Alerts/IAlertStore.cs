using System.Collections.Immutable;

namespace Holdfast.Management.Alerts;

/// <summary>Where the engine's state is kept. One owner writes; a copy that is not it any more is refused.</summary>
public interface IAlertStore
{
    /// <summary>Reads the state; <see cref="AlertState.Empty"/> when there is none.</summary>
    Task<AlertState> LoadAsync(CancellationToken cancellationToken);

    /// <summary>Writes the state over the one that was loaded or written last.</summary>
    /// <param name="state">The state.</param>
    /// <param name="changed">The alerts that changed, for the history; who keeps that may be late with it.</param>
    /// <exception cref="HoldfastException">Kind Conflict: somebody else is the owner; whoever drives the engine ends. Kind Unavailable: not now; it is tried again.</exception>
    Task SaveAsync(AlertState state, ImmutableArray<Alert> changed, CancellationToken cancellationToken);
}
