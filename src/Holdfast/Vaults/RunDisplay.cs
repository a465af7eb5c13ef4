using System.Globalization;
using Holdfast.Cli.CommandLine;
using Holdfast.Cli.Output;
using Holdfast.Protection.Backups;
using Holdfast.Vault.Trees;

namespace Holdfast.Cli.Vaults;

/// <summary>Shows how far a run is: a line that moves on a terminal, lines of JSON with <c>--json</c>, nothing else.</summary>
internal sealed class RunDisplay(Invocation run)
{
    private const int BarCells = 20;
    private static readonly TimeSpan OnTerminal = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan AsJson = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private bool _isShown;
    private bool _isUnseen;

    /// <summary>Something went wrong with a file.</summary>
    public void Issue(FileIssue issue)
    {
        Line(() =>
        {
            if (run.Json) run.Report.JsonLine(new("error", ByteText.ToPrintable(issue.Path), issue.Kind.ToString(), issue.Message), RunLinesJson.Default.RunIssueLine);
            else run.Report.Warn($"{NameText.ForPeople(issue.Path)}: {issue.Message}");
        });
    }

    /// <summary>Prints a line, above the one that moves.</summary>
    public void Line(Action print) => OnScreen(() =>
    {
        Clear();
        print();
    });

    /// <summary>A bar of how much is done, with the percentage.</summary>
    public static string Bar(double share) => string.Create(CultureInfo.InvariantCulture, $"[{new string('#', (int)(share * BarCells)).PadRight(BarCells, '.')}] {(int)(share * 100),3}%  ");

    /// <summary>Shows the progress until the work ends.</summary>
    public Task<T> WhileAsync<T>(Func<Task<T>> work, Func<BackupProgress> progress) => WhileAsync(work, run.Report.Live || run.Json, () => Show(progress()));

    /// <summary>Shows a line on a terminal until the work ends.</summary>
    public Task<T> WhileAsync<T>(Func<Task<T>> work, Func<string> line) => WhileAsync(work, run.Report.Live, () => Write(line()));

    private async Task<T> WhileAsync<T>(Func<Task<T>> begin, bool isShown, Action show)
    {
        if (!isShown) return await begin();
        var work = Task.Run(begin); // It may go far before it waits for anything.
        using (var timer = new PeriodicTimer(run.Json ? AsJson : OnTerminal, run.Surroundings.Time))
        {
            var tick = timer.WaitForNextTickAsync().AsTask();
            while (await Task.WhenAny(work, tick) != work)
            {
                tick = timer.WaitForNextTickAsync().AsTask();
                OnScreen(show);
            }

            OnScreen(Clear);
        }

        return await work;
    }

    // Who looks on may go, with a session that ends or a pipe that is closed; what is being done goes on.
    private void OnScreen(Action show)
    {
        lock (_lock)
        {
            if (_isUnseen) return;
            try
            {
                show();
            }
            catch (OutputClosedException)
            {
                _isUnseen = true;
            }
        }
    }

    private void Show(BackupProgress at)
    {
        double? share = at.TotalsAreKnown && at.TotalBytes > 0 ? Math.Min(1, (double)at.BytesDone / at.TotalBytes) : null;
        if (run.Json)
        {
            run.Report.JsonLine(
                new("status", at.Elapsed.TotalSeconds, at.Remaining?.TotalSeconds, share, at.TotalFiles, at.FilesDone, at.TotalBytes, at.BytesDone, (long)at.BytesPerSecond, at.CurrentPath is { } path ? ByteText.ToPrintable(path) : null),
                RunLinesJson.Default.RunStatusLine);
            return;
        }

        var bar = share is { } part ? Bar(part) : "";
        var left = at.Remaining is { } remaining ? string.Create(CultureInfo.InvariantCulture, $", {remaining:h\\:mm\\:ss} left") : "";
        var text = string.Create(CultureInfo.InvariantCulture, $"{bar}{at.FilesDone} files, {SizeText.Format(at.BytesDone)}, {SizeText.Format((long)at.BytesPerSecond)}/s{left}");
        var room = run.Report.Width - text.Length - 3;
        if (at.CurrentPath is { } current && room > 10)
        {
            current = NameText.ForPeople(current);
            text += "  " + (current.Length <= room ? current : "…" + current[^(room - 1)..]);
        }

        Write(text);
    }

    private void Write(string text)
    {
        run.Report.Out.Write("\r" + text + "\u001b[K");
        run.Report.Out.Flush();
        _isShown = true;
    }

    private void Clear()
    {
        if (!_isShown) return;
        run.Report.Out.Write("\r\u001b[K");
        _isShown = false;
    }
}
