using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Holdfast.Protection.Databases.Postgres;

/// <summary>A session of a server, through <c>psql</c> run as the owner of its files: so that the usual <c>peer</c> rule for local connections lets it in.</summary>
/// <remarks>When this process dies, psql reads the end of its input and ends, and with it everything that belongs to the session: backup mode and replication slot.</remarks>
internal sealed class PsqlSession : IAsyncDisposable
{
    private const string Mark = "=end of answer=";

    private readonly string _name;
    private readonly Process _process;
    private readonly Task<string> _error;

    private PsqlSession(string name, Process process)
    {
        (_name, _process) = (name, process);
        _error = process.StandardError.ReadToEndAsync();
    }

    /// <summary>Opens one and waits until the server answers.</summary>
    /// <exception cref="HoldfastException"><c>database.unreachable</c> with what psql said.</exception>
    public static async Task<PsqlSession> OpenAsync(string name, string programs, FileOwner owner, PostgresAddress address, string role, string database, CancellationToken cancellationToken)
    {
        var process = DatabaseProgram.Launch(DatabaseProgram.Start(owner, Path.Combine(programs, "psql"), [
            "-X", "-q", "-A", "-t", "-w", "-v", "ON_ERROR_STOP=1", "-h", address.Host, "-p", address.Port.ToString(CultureInfo.InvariantCulture), "-U", role, "-d", database]));
        var session = new PsqlSession(name, process);
        try
        {
            await session.AskAsync("select 1", cancellationToken);
            return session;
        }
        catch
        {
            await session.DisposeAsync();
            throw;
        }
    }

    /// <summary>Runs a statement and returns what it printed: one line for each row.</summary>
    /// <exception cref="HoldfastException"><c>database.unreachable</c>, <c>database.refused</c>: the session is over.</exception>
    public async Task<string> AskAsync(string statement, CancellationToken cancellationToken)
    {
        try
        {
            await _process.StandardInput.WriteAsync($"{statement};\n\\echo {Mark}\n".AsMemory(), cancellationToken);
            await _process.StandardInput.FlushAsync(cancellationToken);
        }
        catch (IOException)
        {
            throw await OverAsync(cancellationToken);
        }

        var answer = new StringBuilder();
        while (await _process.StandardOutput.ReadLineAsync(cancellationToken) is { } line)
        {
            if (line == Mark) return answer.ToString().TrimEnd('\n');
            answer.Append(line).Append('\n');
        }

        throw await OverAsync(cancellationToken);
    }

    /// <summary>Runs a statement that answers with one JSON object.</summary>
    public async Task<JsonElement> AskJsonAsync(string statement, CancellationToken cancellationToken)
    {
        using var document = JsonDocument.Parse(await AskAsync(statement, cancellationToken));
        return document.RootElement.Clone();
    }

    /// <summary>A text as a literal of SQL.</summary>
    public static string Literal(string text) => "'" + text.Replace("'", "''", StringComparison.Ordinal) + "'";

    public async ValueTask DisposeAsync()
    {
        try
        {
            _process.StandardInput.Close();
            // It is ours, and waits at most for a statement that nobody wants any more.
            if (!_process.WaitForExit(TimeSpan.FromSeconds(5))) _process.Kill(entireProcessTree: true);
        }
        catch (Exception over) when (over is IOException or InvalidOperationException)
        {
        }

        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private async Task<HoldfastException> OverAsync(CancellationToken cancellationToken)
    {
        await _process.WaitForExitAsync(cancellationToken);
        var said = DatabaseProgram.LastLines(await _error);
        // psql ends with 2 when it has no connection, with 3 when a statement failed.
        return _process.ExitCode == 3
            ? new HoldfastException(ErrorKind.Unavailable, "database.refused", $"The server of '{_name}' refused: {said}")
            : DatabaseErrors.Unreachable(_name, said);
    }
}
