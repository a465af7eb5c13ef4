using System.CommandLine;
using Holdfast.Cli.CommandLine;
using Holdfast.Protection.Databases;
using Holdfast.Protection.Databases.Postgres;

namespace Holdfast.Cli.Databases;

/// <summary>The options that say which server runs, or whose programs are used. Each command makes its own: a symbol belongs to one command.</summary>
internal sealed class EngineOptions
{
    private readonly Option<string> _engine = new("--engine") { Description = "postgresql or mariadb.", HelpName = "ENGINE", DefaultValueFactory = _ => PostgresEngine.EngineName };
    private readonly Option<string?> _data = Arguments.Text("--data", "The server's data folder.", "FOLDER");
    private readonly Option<string?> _user = Arguments.Text("--user", "The superuser to connect as. The default is postgres, or root for MariaDB.", "USER");
    private readonly Option<string?> _socket = Arguments.Text("--socket", "MariaDB's socket. PostgreSQL's is found from its data folder.", "FILE");
    private readonly Option<string?> _programs = Arguments.Text("--programs", "The folder of PostgreSQL's programs. The default is where distributions put that version.", "FOLDER");

    public EngineOptions() => _engine.AcceptOnlyFromAmong([.. DatabaseEngines.Names]);

    /// <summary>Adds what a command needs that reads a running server.</summary>
    public T AddTo<T>(T command)
        where T : Command
    {
        command.Add(_engine);
        command.Add(_data);
        command.Add(_user);
        command.Add(_socket);
        command.Add(_programs);
        return command;
    }

    /// <summary>Adds what a command needs that works on restored files.</summary>
    public T AddProgramsTo<T>(T command)
        where T : Command
    {
        command.Add(_programs);
        return command;
    }

    /// <summary>The engine of the server that runs here.</summary>
    public IDatabaseEngine Running(Invocation run, string name) =>
        DatabaseEngines.Running(run.Get(_engine)!, name, Data(run), run.Get(_user), run.Get(_socket), run.Get(_programs), run.Surroundings.Time);

    /// <summary>The engine that a chain was made with.</summary>
    /// <exception cref="HoldfastException"><c>database.engine-unknown</c></exception>
    public IDatabaseEngine Of(Invocation run, DatabaseFacts facts) => DatabaseEngines.Of(facts, run.Get(_programs), run.Surroundings.Time);

    private string Data(Invocation run) => run.Get(_data) ?? throw new UsageException("option-missing", "--data is missing: the server's data folder.", "Ask the server: show data_directory");
}
