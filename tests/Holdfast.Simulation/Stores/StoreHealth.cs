namespace Holdfast.Simulation.Stores;

/// <summary>How the store itself is, for every node alike.</summary>
internal sealed class StoreHealth
{
    /// <summary>Gets or sets whether it has no quorum.</summary>
    public bool IsDown { get; set; }

    /// <summary>Gets or sets how long a call is waited for.</summary>
    public TimeSpan CallTimeout { get; set; } = TimeSpan.FromMilliseconds(150);

    /// <summary>Gets or sets how many commits got through of which nobody heard.</summary>
    public int LostAcknowledgements { get; set; }
}
