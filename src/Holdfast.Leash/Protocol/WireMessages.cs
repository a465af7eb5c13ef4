namespace Holdfast.Leash.Protocol;

/// <summary>The messages of more than a few fields, written and read at one place each.</summary>
internal static class WireMessages
{
    public static WireWriter Write(this WireWriter writer, StartRequest request) => writer
        .Text(request.Unit).Warrant(request.Warrant).Texts(request.Command).Texts(request.Environment)
        .Text(request.User).Text(request.Directory).Text(request.LogFile).Text(request.Tag).Text(request.HostName);

    public static StartRequest ReadStart(ref WireReader reader) => new()
    {
        Unit = reader.Text(), Warrant = reader.Warrant(), Command = reader.Texts(), Environment = reader.Texts(),
        User = reader.OptionalText(), Directory = reader.OptionalText(), LogFile = reader.OptionalText(), Tag = reader.Text(),
        HostName = reader.OptionalText(),
    };

    public static WireWriter Write(this WireWriter writer, RunRequest request) => writer
        .Text(request.Unit).Warrant(request.Warrant).Texts(request.Command).Texts(request.Environment)
        .Text(request.User).Text(request.Directory).Long(request.Timeout.Ticks).Text(request.Tag).Text(request.HostName).Texts(request.Revocations).Flag(request.InMachine);

    public static RunRequest ReadRun(ref WireReader reader) => new()
    {
        Unit = reader.Text(), Warrant = reader.Warrant(), Command = reader.Texts(), Environment = reader.Texts(),
        User = reader.OptionalText(), Directory = reader.OptionalText(), Timeout = TimeSpan.FromTicks(reader.Long()),
        Tag = reader.OptionalText(), HostName = reader.OptionalText(), Revocations = reader.Texts(), InMachine = reader.Flag(),
    };

    public static WireWriter Write(this WireWriter writer, AddressRequest request) => writer
        .Text(request.Unit).Warrant(request.Warrant).Text(request.Interface).Text(request.Address).Text(request.Tag);

    public static AddressRequest ReadAddress(ref WireReader reader) => new(reader.Text(), reader.Warrant(), reader.Text(), reader.Text(), reader.Text());

    public static WireWriter Write(this WireWriter writer, MountRequest request) => writer
        .Text(request.Unit).Warrant(request.Warrant).Text(request.Device).Text(request.Target).Text(request.FileSystem).Text(request.Options).Text(request.Tag);

    public static MountRequest ReadMount(ref WireReader reader) =>
        new(reader.Text(), reader.Warrant(), reader.Text(), reader.Text(), reader.Text(), reader.Text(), reader.Text());

    public static WireWriter Write(this WireWriter writer, LeashState state)
    {
        writer.Text(state.BootId).Long(state.Incarnation).Flag(state.Expired).Flag(state.Clean).Instant(state.Deadline).Long(state.WorstSweep.Ticks).Int(state.Units.Length);
        foreach (var unit in state.Units) writer.Text(unit.Unit).Byte((byte)unit.Kind).Text(unit.Role).Epoch(unit.Epoch).Text(unit.Tag).Int(unit.ProcessId);
        return writer;
    }

    public static LeashState ReadState(ref WireReader reader)
    {
        var state = new LeashState
        {
            BootId = reader.Text(), Incarnation = reader.Long(), Expired = reader.Flag(), Clean = reader.Flag(), Deadline = reader.Instant(),
            WorstSweep = TimeSpan.FromTicks(reader.Long()), Units = new HeldUnit[Math.Clamp(reader.Int(), 0, Core.LeashCore.Capacity)],
        };
        for (var i = 0; i < state.Units.Length; i++)
        {
            state.Units[i] = new(reader.Text(), (UnitKind)reader.Byte(), reader.OptionalText(), reader.Epoch(), reader.Text(), reader.Int());
        }

        return state;
    }
}
