namespace Holdfast.Management.Alerts;

/// <summary>One message to one channel, from when it was decided until it was sent. Kept in the state, so that a new owner sends what the old one did not.</summary>
public sealed record AlertDelivery
{
    /// <summary>Gets its id, the same with every try and every owner: by it a receiver tells what it has already.</summary>
    public required string Id { get; init; }

    /// <summary>Gets the channel.</summary>
    public required string Channel { get; init; }

    /// <summary>Gets what it says.</summary>
    public required AlertMessage Message { get; init; }

    /// <summary>Gets when it was decided.</summary>
    public required DateTimeOffset Created { get; init; }

    /// <summary>Gets when it is tried next.</summary>
    public required DateTimeOffset NextTry { get; init; }

    /// <summary>Gets how often it was tried in vain.</summary>
    public int Tries { get; init; }
}
