using System.Runtime.InteropServices;
using Holdfast.Vault.Locks;
using Holdfast.Vault.Repository;
using Holdfast.Vault.Tests.Backends;
using Holdfast.Vault.Tests.Snapshots;

namespace Holdfast.Vault.Tests.Repository;

public sealed partial class HostNameTests
{
    private const int NewHostName = 0x04000000; // CLONE_NEWUTS

    [RootFact]
    public void Two_machines_whose_names_differ_after_the_first_dot_do_not_take_each_others_locks()
    {
        var (east, west) = (NameOn("web1.east.example"), NameOn("web1.west.example"));

        Assert.Equal(("web1.east.example", "web1.west.example"), (east, west));
        var theirs = LockOwner.Record(exclusive: false, Some.Noon) with { Hostname = west };
        Assert.False(LockRules.IsStale(theirs, Some.Noon, east, _ => false));
        Assert.True(LockRules.IsStale(theirs, Some.Noon, west, _ => false));
    }

    // In a thread of its own, which takes its name with it when it ends.
    private static string NameOn(string machine)
    {
        string? found = null;
        var thread = new Thread(() =>
        {
            if (unshare(NewHostName) == 0 && sethostname(machine, (nuint)machine.Length) == 0) found = HostName.Current;
        });
        thread.Start();
        thread.Join();
        return Assert.IsType<string>(found);
    }

    [LibraryImport("libc", SetLastError = true)] private static partial int unshare(int flags);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)] private static partial int sethostname(string name, nuint length);
}
