namespace Holdfast.Vault.Backends;

/// <summary>Where a vault is, written as restic writes it: <c>/srv/vault</c>, <c>local:/srv/vault</c>, <c>rest:https://user:password@host:8000/path/</c>,
/// <c>s3:https://host/bucket/prefix</c> or <c>s3:host/bucket</c>.</summary>
public abstract record VaultUrl
{
    private VaultUrl()
    {
    }

    /// <summary>A directory of this machine.</summary>
    /// <param name="Path">Its path, absolute or from the current directory.</param>
    public sealed record Directory(string Path) : VaultUrl
    {
        /// <inheritdoc/>
        public override string ToString() => Path;
    }

    /// <summary>A server of the REST protocol.</summary>
    /// <param name="Address">Where the vault is, ending with a slash, without user and password.</param>
    /// <param name="User">Who asks, or null.</param>
    /// <param name="Password">Their password, or null. Never printed.</param>
    public sealed record Rest(Uri Address, string? User, string? Password) : VaultUrl
    {
        /// <inheritdoc/>
        public override string ToString() =>
            "rest:" + (User is null ? Address.AbsoluteUri : new UriBuilder(Address) { UserName = Uri.EscapeDataString(User) }.Uri.AbsoluteUri);
    }

    /// <summary>A bucket of an S3 server.</summary>
    /// <param name="Endpoint">The server.</param>
    /// <param name="Bucket">The bucket.</param>
    /// <param name="Prefix">What the names of all its objects begin with, without slashes around; may be empty.</param>
    public sealed record S3(Uri Endpoint, string Bucket, string Prefix) : VaultUrl
    {
        /// <inheritdoc/>
        public override string ToString() => $"s3:{Endpoint.GetLeftPart(UriPartial.Authority)}/{Bucket}{(Prefix.Length == 0 ? "" : "/" + Prefix)}";
    }

    /// <summary>Reads a location.</summary>
    /// <exception cref="HoldfastException"><c>vault.url-invalid</c>. The message never repeats what may hold a password.</exception>
    public static VaultUrl Parse(string text)
    {
        if (text.Length == 0) throw Invalid("The location of a vault is empty.");
        var colon = text.IndexOf(':');
        // As restic: a scheme is what stands before the first colon, unless that is clearly a path.
        if (colon < 0 || text[0] is '/' or '.' || text.AsSpan(0, colon).Contains('/')) return new Directory(text);
        var rest = text[(colon + 1)..];
        return text[..colon] switch
        {
            "local" => rest.Length == 0 ? throw Invalid("local: must be followed by a directory.") : new Directory(rest),
            "rest" => ParseRest(rest),
            "s3" => ParseS3(rest),
            var scheme => throw Invalid($"'{scheme}' is not a kind of vault that Holdfast knows."),
        };
    }

    private static Rest ParseRest(string text)
    {
        if (!Uri.TryCreate(text, UriKind.Absolute, out var uri) || uri.Scheme is not ("http" or "https") || uri.Host.Length == 0)
        {
            throw Invalid("rest: must be followed by an address that begins with http:// or https://.");
        }

        if (uri.Query.Length > 0 || uri.Fragment.Length > 0) throw Invalid("The address after rest: cannot have a query or a fragment.");
        var colon = uri.UserInfo.IndexOf(':');
        var (user, password) = uri.UserInfo.Length == 0 ? (null, null)
            : colon < 0 ? (Uri.UnescapeDataString(uri.UserInfo), (string?)null)
            : (Uri.UnescapeDataString(uri.UserInfo[..colon]), Uri.UnescapeDataString(uri.UserInfo[(colon + 1)..]));
        var path = uri.AbsolutePath.EndsWith('/') ? uri.AbsolutePath : uri.AbsolutePath + "/";
        return new(new UriBuilder(uri.Scheme, uri.Host, uri.Port, path).Uri, user, password);
    }

    private static S3 ParseS3(string text)
    {
        // s3:https://host/bucket, s3:http://host/bucket, s3://host/bucket, s3:host/bucket; without a scheme it is https.
        var address = text.StartsWith("http://", StringComparison.Ordinal) || text.StartsWith("https://", StringComparison.Ordinal) ? text
            : "https://" + (text.StartsWith("//", StringComparison.Ordinal) ? text[2..] : text);
        if (!Uri.TryCreate(address, UriKind.Absolute, out var uri) || uri.Host.Length == 0) throw Invalid("s3: must be followed by a host and a bucket, such as s3:https://host/bucket.");
        if (uri.UserInfo.Length > 0) throw Invalid("The keys of S3 are not part of its address.", "Put them into AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.");
        var path = Uri.UnescapeDataString(uri.AbsolutePath).Split('/', StringSplitOptions.RemoveEmptyEntries);
        if (path.Length == 0) throw Invalid("The address after s3: has no bucket.");
        return new(new Uri(uri.GetLeftPart(UriPartial.Authority)), path[0], string.Join('/', path[1..]));
    }

    private static HoldfastException Invalid(string message, string? hint = null) =>
        new(ErrorKind.Invalid, "vault.url-invalid", message, hint ?? "Write a directory, rest:https://host:8000/path/ or s3:https://host/bucket/prefix.");
}
