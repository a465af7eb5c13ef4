namespace Holdfast.Protection.Images;

/// <summary>Keeps the last values used; one that is wanted by several at once is loaded once.</summary>
internal sealed class LoadCache<TKey, TValue>(int capacity)
    where TKey : notnull
{
    private readonly Lock _lock = new();
    private readonly Dictionary<TKey, LinkedListNode<(TKey Key, Task<TValue> Value)>> _known = [];
    private readonly LinkedList<(TKey Key, Task<TValue> Value)> _order = [];

    public async ValueTask<TValue> GetAsync(TKey key, Func<CancellationToken, Task<TValue>> load, CancellationToken cancellationToken)
    {
        Task<TValue> value;
        lock (_lock)
        {
            if (_known.TryGetValue(key, out var node) && !node.Value.Value.IsFaulted && !node.Value.Value.IsCanceled)
            {
                _order.Remove(node);
                _order.AddFirst(node);
                value = node.Value.Value;
            }
            else
            {
                if (node is not null) _order.Remove(node);
                // Without the caller's token: others wait for the same load, and must not fail because this one gave up.
                value = Task.Run(() => load(CancellationToken.None), CancellationToken.None);
                _known[key] = _order.AddFirst((key, value));
                while (_order.Count > capacity)
                {
                    _known.Remove(_order.Last!.Value.Key);
                    _order.RemoveLast();
                }
            }
        }

        return value.IsCompletedSuccessfully ? value.Result : await value.WaitAsync(cancellationToken);
    }
}
