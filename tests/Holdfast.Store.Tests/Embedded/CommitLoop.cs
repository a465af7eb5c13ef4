using System.Globalization;
using System.Text;
using Holdfast.Store.Embedded;

namespace Holdfast.Store.Tests.Embedded;

/// <summary>Commits numbered transactions until it is killed, and prints the number of each once it was acknowledged.</summary>
internal static class CommitLoop
{
    public const string Name = "commit-loop";

    public static async Task<int> RunAsync(string[] args)
    {
        if (args is not [Name, var folder])
        {
            return 2;
        }

        await using var store = SqliteClusterStore.Open(folder);
        var (number, revision) = Last(await store.ReadAsync("", CancellationToken.None));
        while (true)
        {
            number++;
            var text = number.ToString(CultureInfo.InvariantCulture);
            var value = Encoding.ASCII.GetBytes(text.PadLeft(2000, '.'));
            var outcome = await store.CommitAsync(new([new("left", revision)], [new("left", value), new("right", value), new($"ring/{number % 10}", value)]), CancellationToken.None);
            revision = ((CommitOutcome.Committed)outcome).Revision;
            Console.WriteLine(text); // Flushed at once: Console.Out of a process is.
        }
    }

    /// <summary>Returns the last number committed and the revision that did.</summary>
    public static (int Number, long Revision) Last(StoreView view) =>
        view.Records.TryGetValue("left", out var left) ? (int.Parse(left.Value.Text().TrimStart('.'), CultureInfo.InvariantCulture), left.Revision) : (0, 0);
}
