namespace Holdfast.Vault.Keeping;

/// <summary>One rule at work: it takes the first snapshot that it meets of each hour, day, week…, as long as its count lasts.</summary>
/// <param name="reason">What it says of those it takes.</param>
/// <param name="count">How many it takes, or <see cref="KeepRules.Unlimited"/>.</param>
/// <param name="after">It takes none that is not after this.</param>
/// <param name="slot">The hour, day, week… of a time.</param>
internal sealed class KeepBucket(string reason, int count, DateTimeOffset after, Func<DateTimeOffset, int, int> slot)
{
    private int _left = count;
    private int _taken = -1;

    public void Offer(DateTimeOffset time, int number, List<string> reasons)
    {
        if (_left == 0 || (time <= after && after != DateTimeOffset.MinValue)) return;
        var value = slot(time, number);
        if (value == _taken) return;
        _taken = value;
        if (_left > 0) _left--;
        reasons.Add(reason);
    }
}
