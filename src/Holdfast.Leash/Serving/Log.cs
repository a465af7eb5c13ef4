namespace Holdfast.Leash.Serving;

/// <summary>Short lines on standard error, each with a stable event name first; the journal adds time and host.</summary>
internal static class Log
{
    private static readonly Lock Gate = new();

    public static void Write(string eventName, string message)
    {
        lock (Gate) Console.Error.WriteLine($"{eventName}: {message}");
    }
}
