using Holdfast.Leash.Mounts;
using Holdfast.Leash.Native;

namespace Holdfast.Leash.Revoking;

/// <summary>Unmounts what a unit's commands mounted at a path, whatever it turns out to be.</summary>
/// <remarks>
/// A file system is shut down only when it is mounted nowhere else on this machine: behind a bind mount is one that others use.
/// </remarks>
internal sealed class AnyMountRevocation(string target) : Revocation
{
    private const int StepsBeforeLazy = 20;

    private readonly string _target = MountUnits.TryRealPath(target) ?? target;
    private FileSystemMount? _own;
    private int _steps;

    public override bool Step(RevocationPass pass)
    {
        var table = MountTable.Read();
        if (table.LastOrDefault(entry => entry.Target == _target) is not { } mounted) return _own?.IsReleased() ?? true;
        var lazily = pass.Urgent && ++_steps > StepsBeforeLazy; // When nothing hurries, busy is an answer.
        if (table.Count(entry => entry.Number == mounted.Number) > 1)
        {
            FileSystemMount.Detach(_target, lazily);
            return false;
        }

        if (_own?.Device != mounted.Source) _own = new FileSystemMount(mounted.Source, _target);
        if (pass.Urgent)
        {
            _own.ShutDownIfMounted();
        }
        else if (_own.LookAndOpen() is var root and >= 0)
        {
            Libc.syncfs(root);
            Libc.close(root);
        }

        _own.TryDetach(lazily);
        return false; // The next look verifies.
    }
}
