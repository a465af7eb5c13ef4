using Holdfast.Protection.Patterns;

namespace Holdfast.Protection.Databases.Postgres;

/// <summary>What of a data folder is no part of a base backup: what the server makes anew, and what would be wrong in a copy (as pg_basebackup has it).</summary>
internal static class DataFolderFilter
{
    /// <summary>The folder beside the data in a restored data folder, for the log that recovery reads.</summary>
    public const string OwnFolder = "holdfast";

    // Their folders must be there, and empty.
    private static readonly string[] Emptied = ["pg_dynshmem", "pg_notify", "pg_replslot", "pg_serial", "pg_snapshots", "pg_stat_tmp", "pg_subtrans"];

    private static readonly string[] LeftOut =
    [
        "pg_wal", "postmaster.pid", "postmaster.opts", "backup_label", "backup_label.old", "tablespace_map", "tablespace_map.old", "postgresql.auto.conf.tmp",
        "current_logfiles.tmp", "recovery.signal", "standby.signal", "backup_manifest", OwnFolder,
        // Put in afterwards: read until two reads agree, for the server may be writing it.
        "global/pg_control",
    ];

    /// <summary>The filter of a snapshot whose data folder is <c>/data</c> and whose tablespaces are <c>/tablespace-ID</c>.</summary>
    public static SourceFilter Filter { get; } = new()
    {
        Excludes = new([.. Emptied.Select(name => $"/data/{name}/*"), .. LeftOut.Select(name => "/data/" + name), "pgsql_tmp*", "pg_internal.init*", "/data/base/*/t[0-9]*_[0-9]*"]),
    };
}
