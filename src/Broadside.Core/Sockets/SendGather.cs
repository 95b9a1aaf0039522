using System.Net.Sockets;
using Broadside.Channels;

namespace Broadside.Sockets;

/// <summary>
/// Sends batches without blocking. Neighbouring small extents are copied together and go out as one; larger ones are gathered
/// where they lie. One per channel.
/// </summary>
/// <remarks>
/// The framework allocates for more than eight buffers in a gather and pins each by a GC handle. A pinned entry costs about as much as
/// copying a few KiB, and eight entries a call would waste a system call on eight small records: hence the copying of up to
/// <see cref="SmallLength"/>.
/// </remarks>
internal sealed class SendGather
{
    public const int ScratchLength = 64 * 1024;

    private const int MaximumSegments = 8;
    private const int SmallLength = 4096;

    private readonly List<ArraySegment<byte>> _segments = new(MaximumSegments);
    private byte[]? _scratch;

    /// <summary>Memory for bytes nobody wants to see; its content is undefined.</summary>
    public byte[] Scratch => _scratch ??= GC.AllocateUninitializedArray<byte>(ScratchLength, pinned: true);

    /// <summary>Sends as much of a batch as the transport takes now.</summary>
    /// <returns>Success when the end was reached, <see cref="SocketError.WouldBlock"/> when there is no room for more, or a failure.</returns>
    public SocketError Send(Socket socket, SendBatch batch, ref SendPosition position, ChannelCounters counters)
    {
        while (!position.IsEnd(batch))
        {
            int sent;
            SocketError error;
            if (position.Index == batch.Count - 1)
            {
                sent = socket.Send(position.Rest(batch, position.Index).Span, SocketFlags.None, out error);
            }
            else
            {
                Gather(batch, position);
                sent = _segments.Count == 1
                    ? socket.Send(_segments[0].AsSpan(), SocketFlags.None, out error)
                    : socket.Send(_segments, SocketFlags.None, out error);
            }

            // A partial send reports the bytes together with WouldBlock.
            if (sent > 0)
            {
                counters.CountSend(sent);
                position = position.Advance(batch, sent);
            }

            if (error != SocketError.Success)
            {
                return error;
            }
        }

        return SocketError.Success;
    }

    private void Gather(SendBatch batch, SendPosition position)
    {
        _segments.Clear();
        var copied = 0;
        for (var index = position.Index; index < batch.Count && _segments.Count < MaximumSegments;)
        {
            var end = index;
            var length = 0;
            while (end < batch.Count && position.Rest(batch, end).Length is var next && next <= SmallLength
                && copied + length + next <= ScratchLength)
            {
                length += next;
                end++;
            }

            if (end - index > 1)
            {
                _segments.Add(Copy(batch, position, index, end, copied, length));
                copied += length;
                index = end;
            }
            else
            {
                _segments.Add(position.Rest(batch, index++).Segment);
            }
        }
    }

    private ArraySegment<byte> Copy(SendBatch batch, SendPosition position, int index, int end, int start, int length)
    {
        var target = Scratch.AsSpan(start, length);
        for (; index < end; index++)
        {
            var extent = position.Rest(batch, index);
            extent.Span.CopyTo(target);
            target = target[extent.Length..];
        }

        return new ArraySegment<byte>(Scratch, start, length);
    }
}
