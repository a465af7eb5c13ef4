namespace Holdfast.Vault.Trees;

/// <summary>Dates of the proleptic Gregorian calendar as days since 1970-01-01, for all years: .NET's own begin with 1 and files' times do not.</summary>
internal static class CivilDate
{
    private const long DaysOfEra = 146_097; // 400 years
    private const long EpochInEra = 719_468; // 0000-03-01 to 1970-01-01

    public static (long Year, int Month, int Day) FromDays(long days)
    {
        // Years are taken to begin in March, so that the leap day is the last of a year.
        days += EpochInEra;
        var era = (days >= 0 ? days : days - DaysOfEra + 1) / DaysOfEra;
        var dayOfEra = days - (era * DaysOfEra);
        var yearOfEra = (dayOfEra - (dayOfEra / 1460) + (dayOfEra / 36_524) - (dayOfEra / 146_096)) / 365;
        var dayOfYear = dayOfEra - ((365 * yearOfEra) + (yearOfEra / 4) - (yearOfEra / 100));
        var month = ((5 * dayOfYear) + 2) / 153;
        var day = (int)(dayOfYear - (((153 * month) + 2) / 5) + 1);
        var calendarMonth = (int)(month < 10 ? month + 3 : month - 9);
        return (yearOfEra + (era * 400) + (calendarMonth <= 2 ? 1 : 0), calendarMonth, day);
    }

    public static long ToDays(long year, int month, int day)
    {
        if (month <= 2) year--;
        var era = (year >= 0 ? year : year - 399) / 400;
        var yearOfEra = year - (era * 400);
        var dayOfYear = (((153 * (month > 2 ? month - 3 : month + 9)) + 2) / 5) + day - 1;
        var dayOfEra = (yearOfEra * 365) + (yearOfEra / 4) - (yearOfEra / 100) + dayOfYear;
        return (era * DaysOfEra) + dayOfEra - EpochInEra;
    }
}
