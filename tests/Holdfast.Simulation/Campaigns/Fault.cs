namespace Holdfast.Simulation.Campaigns;

/// <summary>What a storm may do to a cluster. Most heal by themselves after a while.</summary>
public enum Fault
{
    PowerOff,
    Reinstall,
    AgentKilled,
    AgentPaused,
    LeashKilled,
    LeashPaused,
    NodeCutOff,
    RequestsLost,
    AnswersLost,
    WatchBroken,
    WatchSilent,
    Compaction,
    StoreSlow,
    StoreLossy,
    StoreWithoutQuorum,
    OldMember,
    ServiceCrash,
    SlowStop,
    SlowStart,
    RunnerStuck,
    CannotKill,
    PlannedMove,
    Drain,
    StopAndStart,
    DeleteAndDeclare,
    Condemned,
    OtherTiming,
    Clone,
}
