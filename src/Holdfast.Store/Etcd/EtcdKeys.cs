using System.Text;
using Google.Protobuf;

namespace Holdfast.Store.Etcd;

/// <summary>Turns the store's keys into etcd's and back.</summary>
internal sealed class EtcdKeys(string prefix)
{
    private readonly int _prefixBytes = Encoding.UTF8.GetByteCount(prefix);

    /// <summary>Returns etcd's key.</summary>
    public ByteString ToEtcd(string key) => ByteString.CopyFromUtf8(prefix + key);

    /// <summary>Returns the store's key.</summary>
    public string FromEtcd(ByteString key) => Encoding.UTF8.GetString(key.Span[_prefixBytes..]);

    /// <summary>Returns the first key after all that begin with this one.</summary>
    public static ByteString RangeEnd(ByteString start)
    {
        // UTF-8 holds no byte 0xFF, so the last one can always be raised.
        var end = start.ToByteArray();
        end[^1]++;
        return UnsafeByteOperations.UnsafeWrap(end);
    }
}
