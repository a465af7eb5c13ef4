using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Holdfast.Vault.Backends;
using Holdfast.Vault.Blobs;
using Holdfast.Vault.Locks;
using Holdfast.Vault.Repairing;
using Holdfast.Vault.Snapshots;
using Holdfast.Vault.Tests.Snapshots;
using Holdfast.Vault.Tests.Vaults;
using Holdfast.Vault.Trees;

namespace Holdfast.Vault.Tests.Fuzzing;

/// <summary>What anybody wrote into a vault is read, or refused with a code: no other exception, however it is damaged.</summary>
public sealed class ParserFuzzTests
{
    private const string Id = "5ac2f6b3a9d4c07f8e1b2d3c4f5a69788796a5b4c3d2e1f00f1e2d3c4b5a6978";

    private static readonly Config Long = Config.QuickThrowOnFailure.WithMaxTest(20_000);

    private static readonly string SnapshotText = $$$"""{"time":"2026-03-31T12:00:00.123456789+02:00","parent":"{{{Id}}}","tree":"{{{Id}}}","paths":["/srv/a"],"hostname":"web1","username":"root","uid":1000,"gid":100,"excludes":["*.tmp","hf:type=full","hf:delta=12","hf:volume=a%20b"],"tags":["a","b"],"original":"{{{Id}}}","program_version":"restic 0.17.0","summary":{"backup_start":"2026-03-31T12:00:00+02:00","files_new":1,"later":13},"from_the_future":{"a":[1,2]}}""";
    private static readonly string LockText = """{"time":"2026-03-31T12:00:00.123456789+02:00","exclusive":true,"hostname":"web1","username":"root","pid":4711,"uid":1000,"gid":100}""";
    private static readonly string TreeTextSample = $$$"""{"nodes":[{"name":"a\\xff","type":"file","mode":420,"mtime":"2026-03-31T12:00:00.123456789+02:00","atime":"2026-03-31T12:00:00Z","ctime":"1969-03-31T12:00:00Z","uid":1,"gid":2,"user":"u","group":"g","inode":18446744073709551615,"device_id":3,"size":5,"links":1,"linktarget":"x","linktarget_raw":"/w==","extended_attributes":[{"name":"user.a","value":"eA=="}],"generic_attributes":{"a":1},"device":7,"content":["{{{Id}}}"],"error":"e","later":[1]},{"name":"d","type":"dir","subtree":"{{{Id}}}","content":null}]}""";

    [Fact]
    public void A_snapshot_is_read_or_refused_and_what_was_read_can_be_used_and_written() =>
        Prop.ForAll(Mutations.Of(SnapshotText), text =>
        {
            try
            {
                var snapshot = SnapshotJson.Read(Id, text);
                var again = SnapshotJson.Read(Id, SnapshotJson.Write(snapshot));
                return again.Time == snapshot.Time && again.Tree == snapshot.Tree && again.Paths.SequenceEqual(snapshot.Paths) && again.Tags.SequenceEqual(snapshot.Tags) && again.Facts == snapshot.Facts;
            }
            catch (HoldfastException refused)
            {
                return refused.Code == "snapshot.damaged";
            }
        }).Check(Long);

    [Fact]
    public void A_tree_is_read_or_refused_and_what_was_read_is_written_the_same() =>
        Prop.ForAll(Mutations.Of(TreeTextSample), text =>
        {
            try
            {
                // A writer demands the order of names; what others wrote may be in any.
                var nodes = TreeRepair.InOrder(TreeJson.Parse(text, BlobId.Of(text)).Nodes);
                using var written = TreeJson.Write(nodes);
                using var again = TreeJson.Write(TreeJson.Parse(written.Written.Span, default).Nodes);
                return written.Written.Span.SequenceEqual(again.Written.Span);
            }
            catch (HoldfastException refused)
            {
                return refused.Code == "tree.damaged";
            }
        }).Check(Long);

    [Fact]
    public void Any_bytes_make_a_name_that_comes_back() =>
        Prop.ForAll<byte[]>(bytes =>
        {
            var node = new Node { Name = ByteText.Decode(bytes), Type = NodeType.SymbolicLink, LinkTarget = ByteText.Decode(bytes) };
            using var written = TreeJson.Write([node]);
            var read = TreeJson.Parse(written.Written.Span, default).Nodes.Single();
            return ByteText.Encode(read.Name).AsSpan().SequenceEqual(bytes) && ByteText.Encode(read.LinkTarget).AsSpan().SequenceEqual(bytes);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(5000));

    [Fact]
    public async Task A_lock_is_read_or_left_out_and_never_stops_those_who_look_at_locks()
    {
        var backend = new MemoryBackend();
        await using var vault = await TestVault.InitAsync(backend);
        foreach (var text in Gen.Sample(Mutations.Of(LockText).Generator, 1000).Append(Encoding.UTF8.GetBytes(LockText))) await vault.SaveUnpackedAsync(VaultFileKind.Lock, text, default);

        var locks = await LockFiles.ListAsync(vault, default);
        var removed = await VaultLock.UnlockAsync(vault, all: false, new StillClock(Some.Noon.AddYears(8000 - 2026)), default);

        Assert.NotEmpty(locks);
        Assert.InRange(removed, locks.Count / 2, locks.Count);
    }
}
