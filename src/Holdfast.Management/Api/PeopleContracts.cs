using Holdfast.Cluster.Access;

namespace Holdfast.Management.Api;

/// <summary>POST /api/v1/session: signs in.</summary>
/// <param name="NewPassword">Needed with a one-time password: the person's own from then on, of 12 to 200 characters.</param>
public sealed record SignIn(string Name, string Password, string? NewPassword = null);

/// <summary>Who is signed in.</summary>
/// <param name="Csrf">What changes have to repeat in the header <c>Holdfast-Csrf</c>; null for tokens.</param>
public sealed record SessionInfo(string Name, AccessLevel Level, string? Csrf, DateTimeOffset? Expires);

/// <summary>A person.</summary>
/// <param name="OneTimePassword">Whether they have to choose a password at the next sign-in.</param>
public sealed record PersonInfo(string Name, AccessLevel Level, bool OneTimePassword, bool Disabled);

/// <summary>PUT /api/v1/people/{name}. What is null stays as it is.</summary>
/// <param name="Password">12 to 200 characters.</param>
/// <param name="OneTimePassword">Makes a password that serves once, and answers with it.</param>
public sealed record PersonPut(AccessLevel? Level = null, string? Password = null, bool OneTimePassword = false, bool? Disabled = null);

/// <summary>The answer to that.</summary>
/// <param name="OneTimePassword">The password, shown this once; null when none was asked for.</param>
public sealed record PersonDone(string Message, string? OneTimePassword);

/// <summary>POST /api/v1/tokens.</summary>
/// <param name="Expires">At most 400 days from now.</param>
/// <param name="Areas">The areas of the API (<c>x-areas</c> of each request) that it is limited to; none means all.</param>
public sealed record TokenAsked(string Name, AccessLevel Level, DateTimeOffset Expires, IReadOnlyList<string>? Areas = null);

/// <summary>A token, without its secret.</summary>
/// <param name="By">The person who made it.</param>
/// <param name="Areas">The areas of the API that it is limited to; none means all.</param>
public sealed record TokenInfo(string Id, string Name, AccessLevel Level, DateTimeOffset Expires, string By, IReadOnlyList<string> Areas);

/// <summary>A token that was just made.</summary>
/// <param name="Token">Its text, shown this once.</param>
public sealed record TokenMade(TokenInfo Info, string Token);
