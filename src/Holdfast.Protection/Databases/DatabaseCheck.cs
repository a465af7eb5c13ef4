namespace Holdfast.Protection.Databases;

/// <summary>Something that was checked.</summary>
/// <param name="What">What.</param>
/// <param name="IsGood">Whether it was as it should be.</param>
/// <param name="Finding">What was found: counts, or what is wrong.</param>
public sealed record DatabaseCheck(string What, bool IsGood, string Finding);
