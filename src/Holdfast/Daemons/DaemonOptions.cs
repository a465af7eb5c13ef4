using System.CommandLine;
using Holdfast.Cli.CommandLine;

namespace Holdfast.Cli.Daemons;

/// <summary>Where the daemons keep what they keep.</summary>
internal static class DaemonOptions
{
    public const string DefaultStateDirectory = "/var/lib/holdfast";

    public static Option<string?> State(string otherwise) => Arguments.Text("--state", $"The state folder; else $HOLDFAST_STATE, else {otherwise}.", "DIR");
}
