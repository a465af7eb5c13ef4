using Holdfast.Leash.Native;
using Holdfast.Leash.Protocol;
using Holdfast.Leash.Serving;

namespace Holdfast.Leash.Units;

/// <summary>Builds the chains of programs that units are made of. The README of this project draws them.</summary>
internal sealed class UnitCommand(Isolation isolation, string scope)
{
    /// <summary>
    /// The init of a unit. It forks the main command, which waits for the leash's word; tells the leash that it stands; and ends
    /// with the main command's exit code, reaping orphans meanwhile. It runs as root throughout, because changing credentials
    /// would clear the parent-death signal that unshare has set on it.
    /// </summary>
    /// <remarks>
    /// The word is the whole point: it is given only after the leash holds a descriptor of this init and has checked its latch once
    /// more. If the leash dies before, the read ends and nothing was started; if it dies after, the parent-death signal is set already.
    /// </remarks>
    private const string Init = "(read -r word <&3 || exit 125; exec 3<&-; exec \"$@\") & printf r >&3 || exit 125; exec 3<&-; wait $!";

    private static readonly string[] Keeper = ["sleep", "infinity"];

    private readonly string _instance = $"{Environment.ProcessId}-{BootClock.Now.BootNanoseconds:x}";

    /// <summary>Returns the text by which a later leash recognises the unit in a command line.</summary>
    public string MarkerOf(string unit) => $"{UnitMarker.Prefix(scope)}{_instance}:{unit}";

    /// <summary>The chain that makes a namespace with a main command.</summary>
    public string[] ForMain(StartRequest request, Account account) =>
        [.. Namespace(request.Unit, request.HostName, sharesMounts: false), .. AsAccount(account), .. WithEnvironment(request.Directory, request.Environment, "--default-signal=INT,QUIT"), .. request.Command];

    /// <summary>The chain that makes a namespace for commands to run in.</summary>
    public string[] ForKeeper(RunRequest request) => [.. Namespace(request.Unit, request.HostName, sharesMounts: request.Revocations.Length > 0), .. Keeper];

    /// <summary>The chain that runs a command in a unit's namespace.</summary>
    public string[] ForRun(RunRequest request, Account account, int init)
    {
        string[] enter = isolation switch
        {
            _ when request.InMachine => ["setpriv", "--pdeathsig", "KILL", "--"],
            Isolation.Namespaces => ["nsenter", $"--target={init}", "--pid", "--mount", "--uts", "--"],
            Isolation.UserNamespaces => ["nsenter", $"--target={init}", "--user", "--preserve-credentials", "--pid", "--mount", "--"],
            _ => ["setpriv", "--pdeathsig", "KILL", "--"],
        };
        return [.. enter, .. AsAccount(account), .. WithEnvironment(request.Directory, request.Environment), .. request.Command];
    }

    /// <summary>The environment of the chain itself. What a request adds is set only after the account was changed, so that it cannot make root load a library.</summary>
    public string[] BaseEnvironment(string unit, Warrant warrant, Account account, bool isMarked = false)
    {
        List<string> environment =
        [
            "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "LANG=C.UTF-8",
            $"HOME={account.Home}", $"USER={account.Name}", $"LOGNAME={account.Name}", $"HOLDFAST_UNIT={unit}",
        ];
        if (warrant.Role is { } role) environment.AddRange([$"HOLDFAST_ROLE={role}", $"HOLDFAST_RESOURCE={unit[(role.Length + 1)..]}", $"HOLDFAST_EPOCH={warrant.Epoch}"]);
        if (isMarked || isolation == Isolation.Sessions) environment.Add($"{UnitMarker.Variable}={MarkerOf(unit)}");
        return [.. environment];
    }

    /// <summary>What is wrong with a command before it is tried; null when nothing is.</summary>
    public static string? Problem(string[] command, string[] environment)
    {
        if (command.Length == 0 || command[0].Length == 0) return "The command is empty.";
        if (command[0].Contains('=')) return $"The program's name {command[0]} contains '=', which env would take for a variable.";
        if (environment.FirstOrDefault(variable => variable.IndexOf('=') <= 0) is { } bad) return $"The variable {bad} is not NAME=value.";
        return command.Concat(environment).Any(text => text.Contains('\0')) ? "The command contains a NUL character." : null;
    }

    private static IEnumerable<string> AsAccount(Account account) => account.Uid == Account.Own.Uid
        ? []
        : ["setpriv", $"--reuid={account.Uid}", $"--regid={account.Gid}", "--init-groups", "--"];

    private static IEnumerable<string> WithEnvironment(string? directory, string[] environment, params string[] options) =>
        ["env", "-C", directory ?? "/", .. options, .. environment];

    /// <param name="unit">The unit.</param>
    /// <param name="hostName">What its processes take for the machine's name; null is the real one.</param>
    /// <param name="sharesMounts">Whether what is mounted in it is mounted for the machine. Else it would be seen in it alone, and nowhere revoked.</param>
    private IEnumerable<string> Namespace(string unit, string? hostName, bool sharesMounts)
    {
        string[] uts = hostName is null ? [] : ["--uts"];
        string[] unshare = isolation switch
        {
            Isolation.Namespaces => ["unshare", "--mount", "--propagation", sharesMounts ? "unchanged" : "slave", .. uts, "--pid", "--fork", "--kill-child=KILL", "--mount-proc", "--", .. Named(hostName)],
            Isolation.UserNamespaces => ["unshare", "--user", "--map-current-user", "--mount", "--pid", "--fork", "--kill-child=KILL", "--mount-proc", "--"],
            _ => [],
        };
        IEnumerable<string> main = isolation == Isolation.Sessions ? ["setpriv", "--pdeathsig", "KILL", "--"] : [];
        return ["setpriv", "--pdeathsig", "KILL", "--", .. unshare, "sh", "-c", Init, MarkerOf(unit), .. main];
    }

    /// <summary>Gives the namespace its host name, before anything of the unit runs in it.</summary>
    private static string[] Named(string? hostName) =>
        hostName is null ? [] : ["sh", "-c", "printf %s \"$0\" >/proc/sys/kernel/hostname || exit 125; exec \"$@\"", hostName];
}
