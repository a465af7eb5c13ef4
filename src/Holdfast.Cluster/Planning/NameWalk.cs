using System.Collections.Immutable;
using Holdfast.Cluster.Naming;

namespace Holdfast.Cluster.Planning;

/// <summary>Goes through the records of roles once, in the order of their names, beside something else in that order.</summary>
internal sealed class NameWalk<T>
{
    private readonly List<Versioned<T>> _passed = [];
    private ImmutableSortedDictionary<RoleName, Versioned<T>>.Enumerator _records;
    private bool _more;

    public NameWalk(ImmutableSortedDictionary<RoleName, Versioned<T>> records)
    {
        _records = records.GetEnumerator();
        _more = _records.MoveNext();
    }

    /// <summary>Returns the record of a role that comes after every one asked for before; null when there is none.</summary>
    public Versioned<T>? Reach(RoleName name)
    {
        while (_more)
        {
            var order = _records.Current.Key.CompareTo(name);
            if (order > 0) break;
            var record = _records.Current.Value;
            _more = _records.MoveNext();
            if (order == 0) return record;
            _passed.Add(record);
        }

        return null;
    }

    /// <summary>Returns the records that nobody asked for. Ends the walk.</summary>
    public IReadOnlyList<Versioned<T>> Passed()
    {
        for (; _more; _more = _records.MoveNext()) _passed.Add(_records.Current.Value);
        return _passed;
    }
}
