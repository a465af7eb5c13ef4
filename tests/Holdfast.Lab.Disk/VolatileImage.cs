using System.Runtime.InteropServices;

namespace Holdfast.Lab.Disk;

/// <summary>
/// A stable image file under a volatile cache of 4 KiB blocks. All of the cache is unmanaged memory, so a request
/// allocates nothing. One thread only.
/// </summary>
internal sealed unsafe class VolatileImage
{
    private const int BlockBytes = 4096;
    private const int BlocksPerChunk = 1024;
    private const int RunBytes = 1 << 20;

    private readonly int _image;
    private readonly int _cacheBlocks;
    private readonly int* _slotOfBlock; // Slot + 1; 0 means the stable image has the newest content.
    private readonly List<nint> _chunks = [];
    private readonly int[] _dirty;
    private readonly byte* _run;
    private readonly long* _lastWriter; // Which door made the newest change to the image; shared with the other doors.
    private readonly long _self = Random.Shared.NextInt64(1, long.MaxValue);
    private long _seenWriter;
    private int _dirtyCount;

    /// <param name="image">The stable image.</param>
    /// <param name="lastWriter">A word that all who have this image open share.</param>
    /// <param name="bytes">The size of the disk.</param>
    /// <param name="cacheBytes">The size of the cache.</param>
    internal VolatileImage(int image, long* lastWriter, long bytes, long cacheBytes)
    {
        _image = image;
        _lastWriter = lastWriter;
        _seenWriter = Volatile.Read(ref *lastWriter);
        Bytes = bytes;
        _cacheBlocks = (int)(cacheBytes / BlockBytes);
        _slotOfBlock = (int*)NativeMemory.AllocZeroed((nuint)((bytes + BlockBytes - 1) / BlockBytes), sizeof(int));
        _dirty = new int[_cacheBlocks];
        _run = (byte*)NativeMemory.AlignedAlloc(RunBytes, BlockBytes);
    }

    internal long Bytes { get; }

    /// <summary>Reads what was last written. Returns the bytes read, less than asked only at the end.</summary>
    internal int Read(long offset, int count, byte* target)
    {
        GiveWay();
        count = (int)Math.Clamp(Bytes - offset, 0, count);
        for (var done = 0; done < count;)
        {
            var (block, within) = Math.DivRem(offset + done, BlockBytes);
            var slot = _slotOfBlock[block];
            var length = (int)Math.Min(BlockBytes - within, count - done);
            if (slot != 0)
            {
                Buffer.MemoryCopy(Slot(slot - 1) + within, target + done, length, length);
            }
            else
            {
                // One read for as many clean blocks as follow.
                while (done + length < count && _slotOfBlock[(offset + done + length) / BlockBytes] == 0)
                {
                    length = Math.Min(length + BlockBytes, count - done);
                }

                ReadStable(offset + done, length, target + done);
            }

            done += length;
        }

        return count;
    }

    /// <summary>Keeps a write in the cache. Returns false when it does not fit on the disk.</summary>
    internal bool Write(long offset, int count, byte* source)
    {
        if (offset < 0 || offset + count > Bytes)
        {
            return false;
        }

        GiveWay();
        for (var done = 0; done < count;)
        {
            var (block, within) = Math.DivRem(offset + done, BlockBytes);
            var length = (int)Math.Min(BlockBytes - within, count - done);
            var slot = _slotOfBlock[block];
            if (slot == 0)
            {
                if (_dirtyCount == _cacheBlocks)
                {
                    Flush(); // A full cache is written out.
                }

                slot = ++_dirtyCount;
                _dirty[slot - 1] = (int)block;
                if (length < BlockBytes)
                {
                    ReadStable(block * BlockBytes, BlockBytes, Slot(slot - 1));
                }

                _slotOfBlock[block] = slot;
            }

            Buffer.MemoryCopy(source + done, Slot(slot - 1) + within, BlockBytes - within, length);
            done += length;
        }

        return true;
    }

    /// <summary>Makes everything written so far stable.</summary>
    internal void Flush()
    {
        GiveWay();
        if (_dirtyCount == 0)
        {
            return;
        }

        var dirty = _dirty.AsSpan(0, _dirtyCount);
        dirty.Sort();
        for (var first = 0; first < dirty.Length;)
        {
            var blocks = 0;
            do
            {
                var block = dirty[first + blocks];
                Buffer.MemoryCopy(Slot(_slotOfBlock[block] - 1), _run + (blocks * BlockBytes), BlockBytes, BlockBytes);
                blocks++;
            }
            while (blocks < RunBytes / BlockBytes && first + blocks < dirty.Length && dirty[first + blocks] == dirty[first] + blocks);

            WriteStable((long)dirty[first] * BlockBytes, blocks * BlockBytes);
            first += blocks;
        }

        Volatile.Write(ref *_lastWriter, _seenWriter = _self);
        Forget(); // Only now may reads go to the image again.
    }

    /// <summary>
    /// Another door has changed the image: the disk's owner changed, and what the one before had not flushed is as lost as in a
    /// power cut. Kept, it would cover the new owner's blocks when this host gets the disk back.
    /// </summary>
    private void GiveWay()
    {
        var last = Volatile.Read(ref *_lastWriter);
        if (last != _seenWriter)
        {
            _seenWriter = last;
            Forget();
        }
    }

    private void Forget()
    {
        foreach (var block in _dirty.AsSpan(0, _dirtyCount))
        {
            _slotOfBlock[block] = 0;
        }

        _dirtyCount = 0;
    }

    private byte* Slot(int index)
    {
        var chunk = index / BlocksPerChunk;
        while (chunk >= _chunks.Count)
        {
            _chunks.Add((nint)NativeMemory.AlignedAlloc(BlocksPerChunk * BlockBytes, BlockBytes));
        }

        return (byte*)_chunks[chunk] + (index % BlocksPerChunk * BlockBytes);
    }

    private void ReadStable(long offset, int count, byte* target)
    {
        for (var done = 0; done < count;)
        {
            var got = Native.pread(_image, target + done, (nuint)(count - done), offset + done);
            if (got < 0)
            {
                throw Native.Failure("Cannot read the image");
            }

            if (got == 0)
            {
                NativeMemory.Clear(target + done, (nuint)(count - done)); // Past the end of a sparse image.
                return;
            }

            done += (int)got;
        }
    }

    private void WriteStable(long offset, int count)
    {
        for (var done = 0; done < count;)
        {
            var put = Native.pwrite(_image, _run + done, (nuint)(count - done), offset + done);
            done += put > 0 ? (int)put : throw Native.Failure("Cannot write the image");
        }
    }
}
