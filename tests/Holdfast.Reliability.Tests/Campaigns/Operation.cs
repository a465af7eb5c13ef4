namespace Holdfast.Reliability.Tests.Campaigns;

/// <summary>What is killed.</summary>
internal enum Operation
{
    Backup,
    Copy,
    Forget,
    Prune,
}
