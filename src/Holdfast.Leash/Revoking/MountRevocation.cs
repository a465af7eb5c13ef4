using Holdfast.Leash.Mounts;

namespace Holdfast.Leash.Revoking;

/// <summary>Cuts off and unmounts a device that the leash itself mounted.</summary>
internal sealed class MountRevocation(string device, string target) : Revocation
{
    private const int StepsBeforeLazy = 20;

    private readonly FileSystemMount _mount = new(device, target);
    private int _steps;

    public override bool Step(RevocationPass pass)
    {
        if (_mount.ShutDownIfMounted()) _mount.TryDetach(lazily: ++_steps > StepsBeforeLazy);
        return _mount.IsReleased();
    }
}
