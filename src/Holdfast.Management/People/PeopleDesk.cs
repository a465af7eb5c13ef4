using System.Collections.Immutable;
using Holdfast.Cluster;
using Holdfast.Cluster.Access;
using Holdfast.Cluster.Naming;
using Holdfast.Management.Api;
using Holdfast.Management.Link;
using Holdfast.Management.Settings;

namespace Holdfast.Management.People;

/// <summary>People, their sessions and the tokens of programs.</summary>
internal sealed class PeopleDesk(Documents documents, Func<ManagementSettings> settings, TimeProvider time)
{
    private const int ShortestPassword = 12;
    private const int LongestPassword = 200;
    private const int MostSessions = 1000;
    private const int MostTokens = 200;
    private readonly Throttle _throttle = new(time);

    private PeopleRecord People => documents.Find(PeopleRecord.Document, ManagementJson.Default.PeopleRecord) ?? new PeopleRecord();

    private SessionsRecord Sessions => documents.Find(SessionsRecord.Document, ManagementJson.Default.SessionsRecord) ?? new SessionsRecord();

    /// <summary>Everybody who may sign in.</summary>
    public IReadOnlyList<PersonRecord> List() => [.. People.People.OrderBy(person => person.Name, StringComparer.Ordinal)];

    /// <summary>Somebody who may sign in; null when there is nobody of that name.</summary>
    public PersonRecord? Find(string name) => People.Find(name);

    /// <summary>How many people there are who could approve what somebody asks for.</summary>
    public int ApproversBeside(Person asker) => People.People.Count(person => IsAdmin(person) && person.Name != asker.Principal);

    /// <summary>Every token.</summary>
    public IReadOnlyList<TokenRecord> Tokens() => [.. People.Tokens.OrderBy(token => token.Name, StringComparer.Ordinal)];

    /// <summary>Signs somebody in.</summary>
    /// <returns>The session, and the secret for the cookie.</returns>
    /// <exception cref="HoldfastException">Codes <c>session.refused</c>, <c>session.too-many-attempts</c>, <c>session.password-used</c>.</exception>
    public async Task<(SessionRecord Session, string Secret, PersonRecord Person)> SignInAsync(string name, string password, string? newPassword, string address, CancellationToken cancellationToken)
    {
        string[] keys = ["name " + name, "address " + address];
        if (_throttle.WaitOf(keys) is { Ticks: > 0 } wait)
            throw new HoldfastException(ErrorKind.TooMany, "session.too-many-attempts", $"There were too many attempts that failed. The next one is looked at in {Math.Ceiling(wait.TotalSeconds)} s.", "Wait, or have root on a node set a new password: holdfast console password NAME");
        var person = People.Find(name);
        // As long for a name that does not exist, and with the same words: nobody learns names here.
        var right = PasswordHash.Matches(person?.Password ?? PasswordHash.OfNobody, password) && person is { Disabled: false };
        if (!right)
        {
            _throttle.Failed(keys);
            throw new HoldfastException(ErrorKind.Unauthenticated, "session.refused", "Name or password is wrong.", "Try again, or have root on a node set a new password: holdfast console password NAME");
        }

        if (person!.OneTime)
        {
            if (newPassword is null) throw new HoldfastException(ErrorKind.Conflict, "session.password-used", "This password serves once: to choose your own.", "Sign in with it and with newPassword.");
            Require(newPassword);
            person = person with { Password = PasswordHash.Make(newPassword), OneTime = false, PasswordBy = name };
            await ChangeAsync(people => people.With(person), $"chose the password of {name}", new Person(name, person.Level, address), cancellationToken);
        }

        _throttle.Succeeded(keys[0]);
        var secret = Secrets.Make();
        var now = time.GetUtcNow();
        var session = new SessionRecord(Secrets.HashOf(secret), name, Secrets.Make(), now.AddHours(settings().Sessions.Hours));
        await documents.ChangeAsync(SessionsRecord.Document, ManagementJson.Default.SessionsRecord, sessions => new SessionsRecord { Sessions = [.. (sessions?.Sessions ?? []).Where(other => other.Expires > now).TakeLast(MostSessions - 1), session] }, new Person(name, person.Level, address).Did("signed in"), cancellationToken);
        return (session, secret, person);
    }

    /// <summary>Who a cookie's secret belongs to; null when to nobody.</summary>
    public Person? FindSession(string secret, string address)
    {
        var hash = Secrets.HashOf(secret);
        return Sessions.Sessions.FirstOrDefault(session => session.Hash == hash && session.Expires > time.GetUtcNow()) is { } session
            && People.Find(session.Person) is { Disabled: false } person ? new Person(person.Name, person.Level, address, session) : null;
    }

    /// <summary>Who a token's text belongs to; null when to nobody.</summary>
    public Person? FindToken(string text, string address)
    {
        var hash = Secrets.HashOf(text);
        return People.Tokens.FirstOrDefault(token => token.Has(hash) && token.Expires > time.GetUtcNow()) is { } token ? new Person($"token {token.Name}", token.Level, address, Behind: token.By) { Areas = token.Areas } : null;
    }

    /// <summary>Ends a session.</summary>
    public Task SignOutAsync(Person person, CancellationToken cancellationToken) =>
        EndSessionsAsync(session => session.Hash == person.Session?.Hash, $"signed out {person.Name}", person, cancellationToken);

    /// <summary>Makes or changes a person. Whose password or level changes is signed out everywhere.</summary>
    /// <returns>The one-time password, when one was asked for.</returns>
    /// <exception cref="HoldfastException">Codes <c>person.invalid</c>, <c>person.last-admin</c>.</exception>
    public async Task<string?> PutAsync(string name, PersonPut put, Person by, CancellationToken cancellationToken)
    {
        EntityName.Require(name, "person");
        if (put is { Password: not null, OneTimePassword: true }) throw Invalid("password", "is given together with oneTimePassword; choose one.");
        if (put.Password is { } chosen) Require(chosen);
        if (put.Level is AccessLevel.None) throw Invalid("level", "is none; disable the person instead.");
        if (People.Find(name) is null && put is { Password: null, OneTimePassword: false }) throw Invalid("password", "is missing; give one, or ask for a one-time password.");
        var oneTime = put.OneTimePassword ? Secrets.MakePassword() : null;
        var hash = (oneTime ?? put.Password) is { } password ? PasswordHash.Make(password) : null;
        await ChangeAsync(
            people =>
            {
                var known = people.Find(name);
                var next = people.With(new PersonRecord(name, put.Level ?? known?.Level ?? AccessLevel.Viewer, hash ?? known!.Password, hash is null ? known!.OneTime : oneTime is not null, put.Disabled ?? known?.Disabled ?? false, hash is null ? known!.PasswordBy : by.Principal));
                RequireAdmins(people, next);
                return next;
            }, $"set person {name}", by, cancellationToken);
        await EndSessionsAsync(session => session.Person == name, $"signed out {name} everywhere", by, cancellationToken);
        return oneTime;
    }

    /// <summary>Removes a person and their sessions.</summary>
    /// <exception cref="HoldfastException">Codes <c>person.not-found</c>, <c>person.last-admin</c>.</exception>
    public async Task RemoveAsync(string name, Person by, CancellationToken cancellationToken)
    {
        await ChangeAsync(
            people =>
            {
                if (people.Find(name) is null) throw new HoldfastException(ErrorKind.NotFound, "person.not-found", $"There is nobody named {name}.", "GET /api/v1/people lists everybody.");
                var next = people with { People = people.People.RemoveAll(person => person.Name == name) };
                RequireAdmins(people, next);
                return next;
            }, $"removed person {name}", by, cancellationToken);
        await EndSessionsAsync(session => session.Person == name, $"signed out {name} everywhere", by, cancellationToken);
    }

    /// <summary>Makes a token.</summary>
    /// <returns>The token, and its text, which is shown this once.</returns>
    /// <exception cref="HoldfastException">Code <c>token.invalid</c>.</exception>
    public async Task<(TokenRecord Token, string Text)> MakeTokenAsync(TokenAsked asked, Person by, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        if (!EntityName.IsValid(asked.Name)) throw new HoldfastException(ErrorKind.Invalid, "token.invalid", $"name: '{asked.Name}' is not a name.", "Use lower-case letters, digits and hyphens.");
        if (asked.Level is AccessLevel.None || asked.Level > by.Level) throw new HoldfastException(ErrorKind.Invalid, "token.invalid", "level: nobody can give more than they have, or nothing.", "Choose viewer, operator or admin, up to your own.");
        var days = settings().Sessions.LongestTokenDays;
        if (asked.Expires <= now || asked.Expires > now.AddDays(days)) throw new HoldfastException(ErrorKind.Invalid, "token.invalid", $"expires: {asked.Expires:O} is not within the next {days} days.", "A token that never ends is one that nobody remembers.");
        var areas = TokenAreas.Of(asked.Areas, by);
        var text = "hf_" + Secrets.Make();
        var token = new TokenRecord(Guid.NewGuid().ToString("N")[..12], asked.Name, asked.Level, TokenRecord.HashOf(Secrets.HashOf(text), areas), asked.Expires, by.Principal) { Areas = areas };
        await ChangeAsync(
            people => people.Tokens.Length >= MostTokens ? throw new HoldfastException(ErrorKind.Conflict, "token.too-many", $"There are {MostTokens} tokens.", "Remove some.")
                : people with { Tokens = [.. people.Tokens.Where(other => other.Expires > now), token] },
            $"made token {asked.Name} ({string.Join(", ", (string[])[asked.Level.ToString().ToLowerInvariant(), .. areas])})", by, cancellationToken);
        return (token, text);
    }

    /// <summary>Takes a token back.</summary>
    /// <exception cref="HoldfastException">Code <c>token.not-found</c>.</exception>
    public Task RemoveTokenAsync(string id, Person by, CancellationToken cancellationToken) => ChangeAsync(
        people => people.Tokens.Any(token => token.Id == id) ? people with { Tokens = people.Tokens.RemoveAll(token => token.Id == id) }
            : throw new HoldfastException(ErrorKind.NotFound, "token.not-found", $"There is no token {id}.", "GET /api/v1/tokens lists them."),
        $"took back token {id}", by, cancellationToken);

    private static void Require(string password)
    {
        if (password.Length is < ShortestPassword or > LongestPassword) throw Invalid("password", $"has {password.Length} characters; it needs {ShortestPassword} to {LongestPassword}.");
    }

    // Root on a node could always make one, but nobody should have to find a node for it.
    private void RequireAdmins(PeopleRecord before, PeopleRecord after)
    {
        var (had, has) = (before.People.Count(IsAdmin), after.People.Count(IsAdmin));
        if (had > 0 && has == 0) throw new HoldfastException(ErrorKind.Conflict, "person.last-admin", "Nobody who may do everything would be left.", "Make somebody else an administrator first.");
        if (had > 1 && has == 1 && settings().SecondPerson.IsOn)
            throw new HoldfastException(ErrorKind.Conflict, "person.last-approver", "Acts need a second person, and only one who may approve them would be left.", "Make somebody else an administrator first, or switch the second person off.");
    }

    private static bool IsAdmin(PersonRecord person) => person is { Level: AccessLevel.Admin, Disabled: false };

    private static HoldfastException Invalid(string field, string message) => new(ErrorKind.Invalid, "person.invalid", $"{field}: {message}", "Nothing was changed.");

    private Task ChangeAsync(Func<PeopleRecord, PeopleRecord> change, string what, Person by, CancellationToken cancellationToken) =>
        documents.ChangeAsync(PeopleRecord.Document, ManagementJson.Default.PeopleRecord, people => change(people ?? new PeopleRecord()), by.Did(what), cancellationToken);

    private async Task EndSessionsAsync(Func<SessionRecord, bool> which, string what, Person by, CancellationToken cancellationToken)
    {
        if (!Sessions.Sessions.Any(which)) return;
        await documents.ChangeAsync(SessionsRecord.Document, ManagementJson.Default.SessionsRecord, sessions => new SessionsRecord { Sessions = [.. (sessions?.Sessions ?? ImmutableArray<SessionRecord>.Empty).Where(session => !which(session))] }, by.Did(what), cancellationToken);
    }
}
