using Holdfast.Leash.Protocol;

namespace Holdfast.Leash.Core;

/// <summary>Why the leash says no.</summary>
internal sealed record Refusal(string Code, string Message)
{
    public const string Expired = "leash.expired", Incarnation = "leash.incarnation", EpochClosed = "leash.epoch-closed", NotClean = "leash.not-clean", Failed = "leash.failed";

    public static Refusal Failure(string message) => new(Failed, message);
}
