using Holdfast.Protection.Native;
using Holdfast.Protection.Scanning;

namespace Holdfast.Protection.Tests.Trees;

/// <summary>A tree with one of everything that Linux has and restic records.</summary>
internal static class SampleTree
{
    private const string Script = """
        mkdir -p tree/dir/deeper tree/empty tree/many
        echo hello > tree/file; : > tree/nothing
        head -c 5000000 /dev/urandom > tree/dir/large
        head -c 3000000 /dev/zero > tree/dir/zeros
        truncate -s 20M tree/dir/sparse; echo end >> tree/dir/sparse; printf x | dd of=tree/dir/sparse bs=1 seek=9000001 conv=notrunc status=none
        truncate -s 5M tree/dir/hole
        ln tree/file tree/dir/second; ln -s ../file tree/dir/link; ln -s /nowhere/at/all tree/dangling
        mkfifo tree/fifo; mknod tree/block b 7 300; mknod tree/char c 1 3
        for i in $(seq 1 300); do echo $i > tree/many/$i; done
        printf x > "tree/quote\"back\\slash"; printf x > $'tree/new\nline\ttab\x01\x7f'; printf x > $'tree/bad\xff\xfeutf8\xed\xa0\x80'; printf x > 'tree/<html>&'
        printf x > tree/grüße; printf x > tree/日本語; printf x > tree/😀; printf x > $'tree/nbsp\u00a0zero\u200bwidth'; printf x > $'tree/\uff5e'; printf x > $'tree/private\ue000'
        chmod 4755 tree/file; chmod 2775 tree/dir; chmod 1777 tree/empty; chmod 000 tree/nothing
        chown 12345:54321 tree/dir/large; chown -h 1:1 tree/dangling
        touch -d '1969-07-20 20:17:40.123456789 UTC' tree/dir/large; touch -d '2038-01-19 03:14:08.5 UTC' tree/many/7; touch -h -d '2001-02-03 04:05:06.000000007 UTC' tree/dangling
        touch -d '2011-11-11 11:11:11.1 UTC' tree/empty
        """;

    // Versions, tags, permissions and ids of entries, as Linux stores access control lists: anna may read and write what others may not.
    private const string AccessList = "0200000001000600FFFFFFFF020006003930000004000400FFFFFFFF10000600FFFFFFFF20000400FFFFFFFF";

    /// <summary>Makes <c>tree</c> in a folder.</summary>
    public static void Make(string folder)
    {
        Commands.Shell(Script, folder);
        SetAttribute(folder + "/tree/file", "user.colour", "626C7565");
        SetAttribute(folder + "/tree/dir", "user.empty", "");
        SetAttribute(folder + "/tree/dir/large", "user.binary", "00FF10");
        SetAttribute(folder + "/tree/many/1", "system.posix_acl_access", AccessList);
        SetAttribute(folder + "/tree/empty", "system.posix_acl_default", AccessList);
        SetAttribute(folder + "/tree/fifo", "trusted.note", "01");
    }

    public static unsafe void SetAttribute(string path, string name, string hex)
    {
        var value = Convert.FromHexString(hex);
        fixed (byte* at = LinuxPath.Of(path).Terminated, key = LinuxPath.Of(name).Terminated, bytes = value)
        {
            if (LibC.lsetxattr(at, key, bytes, (nuint)value.Length, 0) != 0) throw LinuxError.Last("setxattr " + name);
        }
    }
}
