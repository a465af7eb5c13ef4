namespace Holdfast.Management.Collecting;

/// <summary>Where a collector may be when it is killed.</summary>
internal enum CollectorStep
{
    /// <summary>It knows the position.</summary>
    PositionRead,

    /// <summary>It has a part of the journal.</summary>
    JournalRead,

    /// <summary>The rows are in the transaction, the position is not.</summary>
    RowsWritten,

    /// <summary>The position is in the transaction, too.</summary>
    PositionWritten,

    /// <summary>The transaction is done.</summary>
    Committed,
}
