using Holdfast.Cluster;
using Holdfast.Leash.Protocol;

namespace Holdfast.Agent.Resources;

/// <summary>How resources say that they cannot be brought online here.</summary>
internal static class ResourceFailure
{
    public static HoldfastException Of(string code, string message, string? hint = null, Exception? inner = null) =>
        new(ErrorKind.Conflict, $"resource.{code}", message, hint, inner);

    /// <summary>
    /// Awaits an effect. That the leash tried and failed is the resource's failure; that it refused (the lease is over, the epoch
    /// is closed) says nothing about the resource and passes through.
    /// </summary>
    public static async Task<T> AsEffectOf<T>(this Task<T> effect, string code, string what)
    {
        await ((Task)effect).AsEffectOf(code, what);
        return await effect;
    }

    /// <inheritdoc cref="AsEffectOf{T}"/>
    public static async Task AsEffectOf(this Task effect, string code, string what)
    {
        try
        {
            await effect;
        }
        catch (LeashRefusedException refusal) when (refusal.Code == "leash.failed")
        {
            throw Of(code, $"{what}: {refusal.Message}", inner: refusal);
        }
    }

    /// <summary>The last line that a command printed, short enough for a sentence.</summary>
    public static string LastLine(string output)
    {
        var line = output.AsSpan().TrimEnd();
        line = line[(line.LastIndexOf('\n') + 1)..].Trim();
        return line.IsEmpty ? "it printed nothing" : line.Length <= 200 ? line.ToString() : string.Concat(line[..200], "…");
    }
}
