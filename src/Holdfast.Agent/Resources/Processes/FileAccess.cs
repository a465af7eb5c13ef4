using System.Runtime.InteropServices;

namespace Holdfast.Agent.Resources.Processes;

/// <summary>What an account may do with a file, by the mode bits of it and of every folder above. Only looks.</summary>
internal static partial class FileAccess
{
    private const int AtCurrentDirectory = -100;
    private const uint BasicStats = 0x7ff;
    private const ushort TypeMask = 0xf000;
    private const ushort DirectoryType = 0x4000;
    private const ushort RegularType = 0x8000;

    /// <summary>Says why <paramref name="account"/> cannot execute the program, or null when it can.</summary>
    public static string? WhyNotExecutable(string path, Account account)
    {
        if (WhyNotReachable(path, account) is { } reason) return reason;
        if (Status(path) is not { } status) return "does not exist";
        if ((status.Mode & TypeMask) != RegularType) return "is not a file";
        return MayExecute(status, account) ? null : $"may not be executed by {account.Name}";
    }

    /// <summary>Says why <paramref name="account"/> cannot read the file, or null when it can.</summary>
    public static string? WhyNotReadable(string path, Account account)
    {
        if (WhyNotReachable(path, account) is { } reason) return reason;
        if (Status(path) is not { } status) return "does not exist";
        if ((status.Mode & TypeMask) != RegularType) return "is not a file";
        if (account.IsRoot) return null;
        var bit = status.UserId == account.UserId ? 0b100_000_000 : account.Groups.Contains(status.GroupId) ? 0b000_100_000 : 0b000_000_100;
        return (status.Mode & bit) != 0 ? null : $"may not be read by {account.Name}";
    }

    /// <summary>Says why <paramref name="account"/> cannot work in the folder, or null when it can.</summary>
    public static string? WhyNotEnterable(string path, Account account)
    {
        if (WhyNotReachable(path, account) is { } reason) return reason;
        if (Status(path) is not { } status) return "does not exist";
        if ((status.Mode & TypeMask) != DirectoryType) return "is not a folder";
        return MayExecute(status, account) ? null : $"may not be entered by {account.Name}";
    }

    private static string? WhyNotReachable(string path, Account account)
    {
        for (var folder = Path.GetDirectoryName(path); folder is { Length: > 1 }; folder = Path.GetDirectoryName(folder))
        {
            if (Status(folder) is { } status && !MayExecute(status, account)) return $"is under {folder}, which {account.Name} may not enter";
        }

        return null;
    }

    private static bool MayExecute(FileStatus status, Account account)
    {
        // Root needs one execute bit on a file and none on a folder.
        if (account.IsRoot) return (status.Mode & TypeMask) == DirectoryType || (status.Mode & 0b001_001_001) != 0;
        if (status.UserId == account.UserId) return (status.Mode & 0b001_000_000) != 0;
        return account.Groups.Contains(status.GroupId) ? (status.Mode & 0b000_001_000) != 0 : (status.Mode & 0b000_000_001) != 0;
    }

    private static FileStatus? Status(string path) =>
        statx(AtCurrentDirectory, path, 0, BasicStats, out var status) == 0 ? status : null;

    // struct statx has the same layout on every architecture, which struct stat has not.
    [StructLayout(LayoutKind.Explicit, Size = 256)]
    private struct FileStatus
    {
        [FieldOffset(20)] public uint UserId;
        [FieldOffset(24)] public uint GroupId;
        [FieldOffset(28)] public ushort Mode;
    }

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int statx(int folder, string path, int flags, uint mask, out FileStatus status);
}
