namespace Holdfast.Reliability.Tests.Damage;

/// <summary>Where a bit is flipped.</summary>
public enum DamagedPart
{
    Config,
    Key,
    Index,
    Snapshot,
    Lock,
    PackHeader,
    DataBlob,
    TreeBlob,
}
