using System.Collections;
using System.Collections.Concurrent;
using System.Reflection;
using System.Text.Json;

namespace Holdfast.Cluster.Upgrades;

/// <summary>
/// A property that a record has only from a format on. It is left out of the store while it has its default, so that what does not use it
/// has the older shape, and refused while the cluster's format is older (<see cref="RecordFormat.Require"/>).
/// </summary>
/// <param name="format">The format; above <see cref="RecordFormat.First"/>.</param>
[AttributeUsage(AttributeTargets.Property)]
public sealed class SinceFormatAttribute(int format) : Attribute
{
    private const string Product = "Holdfast";
    private static readonly ConcurrentDictionary<Type, PropertyInfo[]> Properties = new();

    /// <summary>Gets the format.</summary>
    public int Format { get; } = format;

    /// <summary>The newest format that a record, or what is in it, makes use of, with the key that does; null when it has the first one's shape.</summary>
    public static (int Format, string Key)? UsedBy(object? record)
    {
        (int Format, string Key)? newest = null;
        foreach (var part in Parts(record))
        {
            foreach (var property in PropertiesOf(part.GetType()))
            {
                var value = property.GetValue(part);
                if (value is null) continue;
                if (property.GetCustomAttribute<SinceFormatAttribute>() is { } since && !IsDefault(value)) Take((since.Format, JsonNamingPolicy.KebabCaseLower.ConvertName(property.Name)));
                if (UsedBy(value) is { } within) Take(within);
            }
        }

        return newest;

        void Take((int Format, string Key) used)
        {
            if (newest is null || used.Format > newest.Value.Format) newest = used;
        }
    }

    /// <summary>Whether a value is what a property has that was never set: null, zero, false or nothing in it.</summary>
    public static bool IsDefault(object? value) => value switch
    {
        null => true,
        string text => text.Length == 0,
        ICollection { Count: 0 } => true,
        ValueType number => number.Equals(Activator.CreateInstance(number.GetType())),
        _ => false,
    };

    // Of the product's own records only; everything else is a value.
    private static IEnumerable<object> Parts(object? record) => record switch
    {
        null or string => [],
        IEnumerable many when !IsDefaultArray(many) => many.Cast<object>().SelectMany(Parts),
        _ when record.GetType() is { IsValueType: false, Namespace: { } space } && (space == Product || space.StartsWith(Product + ".", StringComparison.Ordinal)) => [record],
        _ => [],
    };

    private static bool IsDefaultArray(IEnumerable many) => many.GetType() is { IsValueType: true } type && many.Equals(Activator.CreateInstance(type));

    private static PropertyInfo[] PropertiesOf(Type type) => Properties.GetOrAdd(type, static t => [.. t.GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(property => property.GetIndexParameters().Length == 0)]);
}
