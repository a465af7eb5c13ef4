using Holdfast.Cluster.Copies;

namespace Holdfast.Cluster.Tests.Copies;

public sealed class CopyFreshnessTests
{
    private const int Own = 40;

    [Fact]
    public void A_later_mark_that_anybody_saw_makes_a_copy_old()
    {
        Assert.Equal(CopyVerdict.Old, CopyFreshness.Judge(Own, 3, [new(Own + 1, Quorate: false)]));
        Assert.Equal(CopyVerdict.Old, CopyFreshness.Judge(Own, 3, [new(Own, Quorate: true), new(Own + 1, Quorate: false)]));
        Assert.Equal(CopyVerdict.Old, CopyFreshness.Judge(own: 0, 3, [new(Own, Quorate: true)])); // Its disk is empty: it has forgotten everything.
    }

    [Fact]
    public void A_store_that_answers_without_this_voter_knows_its_last_mark() =>
        Assert.Equal(CopyVerdict.Current, CopyFreshness.Judge(Own, 3, [new(Own - 30, Quorate: true)]));

    [Fact]
    public void After_all_lost_their_power_one_that_followed_it_to_its_end_is_enough()
    {
        Assert.Equal(CopyVerdict.Current, CopyFreshness.Judge(Own, 3, [new(Own - CopyFreshness.Lag, Quorate: false)]));
        Assert.Equal(CopyVerdict.Unproven, CopyFreshness.Judge(Own, 3, [new(Own - CopyFreshness.Lag - 1, Quorate: false)])); // It was away when this voter went on.
    }

    [Fact]
    public void So_are_enough_others_that_one_was_in_every_majority()
    {
        var stranger = new MarkSighting(1, Quorate: false);
        Assert.Equal(CopyVerdict.Current, CopyFreshness.Judge(Own, 3, [stranger, stranger]));
        Assert.Equal(CopyVerdict.Unproven, CopyFreshness.Judge(Own, 5, [stranger, stranger]));
        Assert.Equal(CopyVerdict.Current, CopyFreshness.Judge(Own, 5, [stranger, stranger, stranger]));
    }

    [Fact]
    public void When_nobody_answers_nothing_is_proven() => Assert.Equal(CopyVerdict.Unproven, CopyFreshness.Judge(Own, 3, []));

    [Fact]
    public void Within_a_boot_the_machine_itself_knows()
    {
        Assert.Equal(CopyVerdict.Current, CopyFreshness.Judge(Own, 3, [], ofThisBoot: Own)); // The guard died, not the machine: nobody need be asked.
        Assert.Equal(CopyVerdict.Old, CopyFreshness.Judge(Own, 3, [new(Own, Quorate: true)], ofThisBoot: Own + 1));
        Assert.Equal(CopyVerdict.Unproven, CopyFreshness.Judge(Own, 3, [], ofThisBoot: Own - 1));
    }

    [Fact]
    public void The_only_voter_needs_nobody() => Assert.Equal(CopyVerdict.Current, CopyFreshness.Judge(0, 1, []));

    /// <summary>
    /// Three voters; in each step a majority of them takes part, and whoever does has this voter's mark. Then this voter comes back, with its own copy or
    /// with one of an earlier step, while any of the others answer.
    /// </summary>
    [Fact]
    public void In_every_short_history_an_old_copy_is_found_out_and_its_own_is_not()
    {
        const int Steps = 7, Majorities = 4;
        var judged = 0;
        for (var history = 0; history < (int)Math.Pow(Majorities, Steps); history++)
        {
            // 0: all three; 1: this and the first other; 2: this and the second; 3: only the others.
            var steps = Enumerable.Range(0, Steps).Select(step => history / (int)Math.Pow(Majorities, step) % Majorities).ToList();
            var marks = new List<int>(); // Of this voter, after each step.
            var (own, first, second) = (1, 1, 1);
            foreach (var step in steps)
            {
                if (step != 3) own++;
                if (step is 0 or 1 or 3) first = own;
                if (step is 0 or 2 or 3) second = own;
                marks.Add(own);
            }

            foreach (var copy in marks.Distinct())
            {
                foreach (var answers in new[] { [first], [second], new[] { first, second } })
                {
                    // Two others that answer after it went down are a majority; what each of them knows is what the store does.
                    var quorate = answers.Length == 2;
                    var known = quorate ? [Math.Max(first, second), Math.Max(first, second)] : answers;
                    var verdict = CopyFreshness.Judge(copy, 3, [.. known.Select(seen => new MarkSighting(seen, quorate))]);
                    judged++;
                    if (copy == own)
                    {
                        Assert.NotEqual(CopyVerdict.Old, verdict);
                        if (quorate || answers.Any(seen => seen == own)) Assert.Equal(CopyVerdict.Current, verdict);
                    }
                    else if (verdict == CopyVerdict.Current)
                    {
                        // What is left open, and said so: the only one who answers went away just when the copy was taken.
                        Assert.True(!quorate && answers[0] <= copy && answers[0] >= copy - CopyFreshness.Lag, $"history {string.Join("", steps)}, copy {copy} of {own}, answers {string.Join(", ", answers)}");
                    }
                }
            }
        }

        Assert.True(judged > 100_000);
    }
}
