namespace Holdfast.Lab.Hosts;

/// <summary>When a power-off took effect, on <see cref="Linux.BootClock"/>.</summary>
/// <param name="Begun">Just before anything was done.</param>
/// <param name="LinkDown">Nothing of the host reaches the network after this instant.</param>
/// <param name="DisksCut">No write of the host reaches a disk after this instant.</param>
/// <param name="Gone">No process of the host lives after this instant.</param>
public sealed record PowerOff(TimeSpan Begun, TimeSpan LinkDown, TimeSpan DisksCut, TimeSpan Gone);
