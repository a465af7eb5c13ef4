using System.Collections.Immutable;
using Holdfast.Cluster.Access;

namespace Holdfast.Management.People;

/// <summary>Document <c>people</c>: who may sign in, and with which tokens programs come.</summary>
internal sealed record PeopleRecord
{
    public const string Document = "people";

    public ImmutableArray<PersonRecord> People { get; init; } = [];

    public ImmutableArray<TokenRecord> Tokens { get; init; } = [];

    public PersonRecord? Find(string name) => People.FirstOrDefault(person => person.Name == name);

    public PeopleRecord With(PersonRecord person) => this with { People = [.. People.Where(other => other.Name != person.Name), person] };
}

/// <summary>A person.</summary>
/// <param name="Name">Name to sign in with.</param>
/// <param name="Level">What they may do.</param>
/// <param name="Password">As <see cref="PasswordHash"/> wrote it.</param>
/// <param name="OneTime">Whether the password only serves to choose another one.</param>
/// <param name="Disabled">Whether nobody can sign in under this name now.</param>
/// <param name="PasswordBy">Who chose the password, and so could sign in under this name; null when nobody wrote that down.</param>
internal sealed record PersonRecord(string Name, AccessLevel Level, string Password, bool OneTime = false, bool Disabled = false, string? PasswordBy = null);

/// <summary>A token of a program.</summary>
/// <param name="Id">Names it without being a secret.</param>
/// <param name="Name">What it is for.</param>
/// <param name="Level">What it may do.</param>
/// <param name="Hash">SHA-256 of its secret, hexadecimal: the secret has 256 bits, so it needs no slow hash. Of a token that is limited to areas it begins with <see cref="Limited"/>.</param>
/// <param name="Expires">Until when it counts.</param>
/// <param name="By">The person who made it, also by another token: for whom it speaks.</param>
internal sealed record TokenRecord(string Id, string Name, AccessLevel Level, string Hash, DateTimeOffset Expires, string By)
{
    // A build that knows no areas finds no hash like this, neither as it was written nor after it wrote the token again without its areas: to it the token is none, not one that may everything.
    private const string Limited = "limited ";

    /// <summary>Gets the areas of the API that it is limited to; empty for all.</summary>
    public ImmutableArray<string> Areas { get; init => field = value.IsDefault ? [] : value; } = [];

    /// <summary>The hash of a token.</summary>
    /// <param name="hash">Of its secret.</param>
    public static string HashOf(string hash, ImmutableArray<string> areas) => areas.IsEmpty ? hash : Limited + hash;

    /// <summary>Whether this is whose secret has a hash.</summary>
    public bool Has(string hash) => Hash == HashOf(hash, Areas);
}

/// <summary>Document <c>sessions</c>: who is signed in. In the store, so that nobody has to sign in again because the service moved.</summary>
internal sealed record SessionsRecord
{
    public const string Document = "sessions";

    public ImmutableArray<SessionRecord> Sessions { get; init; } = [];
}

/// <summary>One session.</summary>
/// <param name="Hash">SHA-256 of the secret in the cookie, hexadecimal.</param>
/// <param name="Person">Who.</param>
/// <param name="Csrf">What changes have to repeat in a header.</param>
/// <param name="Expires">Until when.</param>
internal sealed record SessionRecord(string Hash, string Person, string Csrf, DateTimeOffset Expires);
