using Holdfast.Leash.Protocol;

namespace Holdfast.Leash.Tests.Protocol;

public sealed class WireTests
{
    [Fact]
    public void A_start_request_arrives_as_it_was_sent()
    {
        var sent = new StartRequest
        {
            Unit = "orders/web", Warrant = new("orders", 7, new(2, 9)), Command = ["sh", "-c", "echo grüße"], Environment = ["A=1", "B="],
            User = null, Directory = "/srv", LogFile = "", Tag = "v1",
        };

        var reader = ReaderOf(new WireWriter().Begin(FrameKind.Start, 3).Write(sent).End());
        var received = WireMessages.ReadStart(ref reader);

        Assert.Equivalent(sent, received, strict: true);
    }

    [Fact]
    public void A_state_arrives_as_it_was_sent()
    {
        var sent = new LeashState
        {
            BootId = "b", Incarnation = 4, Expired = true, Clean = false, Deadline = new(1, 2), WorstSweep = TimeSpan.FromMilliseconds(7),
            Units = [new("orders/web", UnitKind.Process, "orders", new(1, 2), "tag", 77), new("@etcd", UnitKind.Process, null, default, "", 0)],
        };

        var reader = ReaderOf(new WireWriter().Begin(FrameKind.Done, 3).Write(sent).End());

        Assert.Equivalent(sent, WireMessages.ReadState(ref reader), strict: true);
    }

    [Fact]
    public void A_frame_cut_short_anywhere_is_refused_and_never_misread()
    {
        var whole = new WireWriter().Begin(FrameKind.Start, 1)
            .Write(new StartRequest { Unit = "orders/web", Warrant = new("orders", 1, new(1, 1)), Command = ["true"] }).End().Frame[Wire.HeaderBytes..].ToArray();

        for (var length = 0; length < whole.Length; length++)
        {
            Assert.Throws<InvalidDataException>(() =>
            {
                var reader = new WireReader(whole.AsSpan(0, length));
                WireMessages.ReadStart(ref reader);
            });
        }
    }

    private static WireReader ReaderOf(WireWriter writer) => new(writer.Frame.Span[Wire.HeaderBytes..].ToArray());
}
