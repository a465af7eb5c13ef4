namespace Holdfast.Store.Postgres;

/// <summary>How a shared database is used and how long its answers are waited for.</summary>
public sealed record PostgresOptions
{
    /// <summary>Gets where it is.</summary>
    public required PostgresAddress Address { get; init; }

    /// <summary>Gets the schema that holds the records; one cluster each. The default is <c>holdfast</c>.</summary>
    public string Schema { get; init; } = "holdfast";

    /// <summary>Gets how long a read may take, a new connection included. The default is 1 second.</summary>
    public TimeSpan ReadTimeout { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Gets how long a commit may take before it is unknown, a new connection included. The default is 2 seconds.</summary>
    public TimeSpan CommitTimeout { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Gets how long a watch relies on notifications before it looks by itself. The default is 500 ms.</summary>
    public TimeSpan PollInterval { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>Gets how many revisions are kept for watchers. The default is 10 000.</summary>
    public long KeptRevisions { get; init; } = 10_000;
}
