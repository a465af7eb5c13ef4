using System.Collections.Immutable;

namespace Holdfast.Management.Alerts;

/// <summary>What a mail server said.</summary>
/// <param name="Code">Its code.</param>
/// <param name="Lines">Its lines, without the code.</param>
internal readonly record struct SmtpReply(int Code, ImmutableArray<string> Lines)
{
    /// <summary>Gets whether it means yes.</summary>
    public bool IsGood => Code is >= 200 and < 300;

    /// <summary>Gets whether it would be the same again.</summary>
    public bool IsPermanent => Code >= 500;

    /// <inheritdoc/>
    public override string ToString() => $"{Code} {string.Join(' ', Lines)}".TrimEnd(' ', '.');
}
