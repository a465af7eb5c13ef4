using System.Runtime.InteropServices;
using static Holdfast.Lab.Disk.FuseProtocol;

namespace Holdfast.Lab.Disk;

/// <summary>Answers the kernel for a file system with one file, <c>disk</c>. One thread, no allocation per request.</summary>
internal sealed unsafe class DiskServer
{
    private const int MaxTransfer = 1 << 20;
    private const ulong RootNode = 1;
    private const ulong DiskNode = 2;
    private const ulong Forever = 86400;

    private readonly int _fuse;
    private readonly VolatileImage _image;
    private readonly byte* _request = (byte*)NativeMemory.AlignedAlloc(MaxTransfer + 8192, 4096);
    private readonly byte* _reply = (byte*)NativeMemory.AlignedAlloc(MaxTransfer + 8192, 4096);

    internal DiskServer(int fuse, VolatileImage image)
    {
        _fuse = fuse;
        _image = image;
    }

    /// <summary>Serves until the file system is unmounted.</summary>
    internal void Run(Action initialised)
    {
        // A real disk does not wait for a processor. Where this is not allowed the disk is slower on a busy machine.
        const int RoundRobin = 2;
        var priority = 5;
        Native.sched_setscheduler(0, RoundRobin, &priority);
        while (true)
        {
            var length = Native.read(_fuse, _request, MaxTransfer + 4096);
            if (length < 0)
            {
                switch (Marshal.GetLastPInvokeError())
                {
                    case Native.NoDevice:
                        return;
                    case Native.Interrupted or Native.Again or Native.NoEntry: // NoEntry: the request was interrupted meanwhile.
                        continue;
                    default:
                        throw Native.Failure("Cannot read from /dev/fuse");
                }
            }

            var header = (InHeader*)_request;
            Handle(header, _request + sizeof(InHeader));
            if (header->Opcode == Opcode.Init)
            {
                initialised();
            }
        }
    }

    private void Handle(InHeader* header, byte* body)
    {
        switch (header->Opcode)
        {
            case Opcode.Init:
                Reply(header, new InitOut
                {
                    Major = 7,
                    Minor = MinorVersion,
                    MaxReadAhead = MaxTransfer,
                    Flags = InitFlags,
                    MaxBackground = 64,
                    CongestionThreshold = 48,
                    MaxWrite = MaxTransfer,
                    TimeGranularity = 1,
                    MaxPages = MaxTransfer / 4096,
                });
                break;
            case Opcode.Lookup when new ReadOnlySpan<byte>(body, 5).SequenceEqual("disk\0"u8):
                Reply(header, new EntryOut { Node = DiskNode, EntryValid = Forever, AttributesValid = Forever, Attributes = AttributesOf(DiskNode) });
                break;
            case Opcode.Lookup:
                Reply(header, error: Native.NoEntry, bodyBytes: 0);
                break;
            case Opcode.GetAttributes or Opcode.SetAttributes: // Times and owners of the file do not matter; its size cannot change.
                Reply(header, new AttributesOut { Valid = Forever, Attributes = AttributesOf(header->Node) });
                break;
            case Opcode.Open:
                Reply(header, new OpenOut { Flags = DirectIo });
                break;
            case Opcode.Read:
                var read = (TransferIn*)body;
                Reply(header, error: 0, bodyBytes: _image.Read(read->Offset, Math.Min(read->Size, MaxTransfer), _reply + sizeof(OutHeader)));
                break;
            case Opcode.Write:
                var write = (TransferIn*)body;
                if (_image.Write(write->Offset, write->Size, body + sizeof(TransferIn)))
                {
                    Reply(header, new WriteOut { Size = write->Size });
                }
                else
                {
                    Reply(header, error: 28, bodyBytes: 0); // ENOSPC
                }

                break;
            case Opcode.FSync:
                _image.Flush();
                Reply(header, error: 0, bodyBytes: 0);
                break;
            case Opcode.StatFs:
                new Span<byte>(_reply + sizeof(OutHeader), 80).Clear();
                Reply(header, error: 0, bodyBytes: 80);
                break;
            case Opcode.Release or Opcode.Destroy:
                Reply(header, error: 0, bodyBytes: 0);
                break;
            case Opcode.Forget or Opcode.BatchForget or Opcode.Interrupt: // The kernel expects no answer.
                break;
            default:
                Reply(header, error: Native.NotImplemented, bodyBytes: 0);
                break;
        }
    }

    private Attributes AttributesOf(ulong node) => new()
    {
        Inode = node,
        Size = node == RootNode ? 0 : (ulong)_image.Bytes,
        Blocks = node == RootNode ? 0 : (ulong)_image.Bytes / 512,
        Mode = node == RootNode ? RootMode : DiskMode,
        Links = node == RootNode ? 2u : 1u,
        BlockSize = 4096,
    };

    private void Reply<T>(InHeader* header, T body)
        where T : unmanaged
    {
        *(T*)(_reply + sizeof(OutHeader)) = body;
        Reply(header, error: 0, sizeof(T));
    }

    private void Reply(InHeader* header, int error, int bodyBytes)
    {
        var length = sizeof(OutHeader) + bodyBytes;
        *(OutHeader*)_reply = new OutHeader { Length = (uint)length, Error = -error, Unique = header->Unique };

        // A request that was aborted meanwhile makes this fail; nobody waits for it.
        Native.write(_fuse, _reply, (nuint)length);
    }
}
