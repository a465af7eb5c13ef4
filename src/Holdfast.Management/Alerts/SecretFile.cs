namespace Holdfast.Management.Alerts;

/// <summary>A secret that is kept in a file of each node.</summary>
internal static class SecretFile
{
    private const int MostBytes = 4096;

    /// <summary>Reads it, without the end of its line.</summary>
    public static async Task<string> ReadAsync(string path, CancellationToken cancellationToken)
    {
        try
        {
            if (new FileInfo(path).Length > MostBytes) throw new AlertDeliveryException($"{path} is larger than {MostBytes} bytes, and no secret", permanent: false);
            var text = (await File.ReadAllTextAsync(path, cancellationToken)).TrimEnd('\r', '\n');
            return text.Length > 0 ? text : throw new AlertDeliveryException($"{path} is empty", permanent: false);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // Not for good: it may be there on the node that is the next owner, or a minute from now.
            throw new AlertDeliveryException($"{path} cannot be read: {exception.Message.TrimEnd('.')}", permanent: false, exception);
        }
    }
}
