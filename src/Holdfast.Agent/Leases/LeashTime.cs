using Holdfast.Cluster.Leases;
using Holdfast.Cluster.Roles;
using Holdfast.Leash.Protocol;

namespace Holdfast.Agent.Leases;

/// <summary>The core's instants and epochs in the leash's own words; the leash knows nothing of the core.</summary>
internal static class LeashTime
{
    public static LeashInstant ToLeash(this ClockReading reading) => new(reading.Boot.Ticks * TimeSpan.NanosecondsPerTick, reading.Raw.Ticks * TimeSpan.NanosecondsPerTick);

    public static ClockReading ToReading(this LeashInstant instant) =>
        new(new TimeSpan(instant.BootNanoseconds / TimeSpan.NanosecondsPerTick), new TimeSpan(instant.RawNanoseconds / TimeSpan.NanosecondsPerTick));

    public static RoleEpoch ToLeash(this Epoch epoch) => new(epoch.Generation, epoch.Number);

    public static Epoch ToEpoch(this RoleEpoch epoch) => new(epoch.Generation, epoch.Number);
}
