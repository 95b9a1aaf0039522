using System.Buffers;

namespace Broadside.Tests.Framing;

/// <summary>What became of a stream: the records it was cut into, and why it was refused, if it was.</summary>
public sealed record FramedStream(IReadOnlyList<byte[]> Records, string? Reason, int Calls)
{
    /// <summary>
    /// Frames a stream as a connection would, checking every answer: a framer never looks at a byte twice (those it has scanned are
    /// spoilt before it is called again), never claims bytes it was not given, never asks for bytes beyond the record's end.
    /// </summary>
    /// <param name="framer">The framer under test.</param>
    /// <param name="stream">What is received.</param>
    /// <param name="nextReceive">How many bytes the next receive brings, at least 1.</param>
    /// <param name="nextSegment">How many bytes the next segment of a call's sequence has; null for one segment.</param>
    public static FramedStream Of(IRecordFramer framer, byte[] stream, Func<int> nextReceive, Func<int>? nextSegment = null)
    {
        var working = stream.ToArray();
        var records = new List<byte[]>();
        var state = default(FramerState);
        var (start, received, promised, calls) = (0, 0, 0, 0);
        while (received < stream.Length)
        {
            received += Math.Min(nextReceive(), stream.Length - received);
            while (start < received)
            {
                var scanned = state.Scanned;
                var available = received - start;
                var bytes = new ReadOnlySequence<byte>(working, start, available);
                var result = framer.TryFrame(nextSegment is null ? bytes : Segmented(bytes, nextSegment), ref state);
                calls++;
                Assert.InRange(state.Scanned, scanned, available);
                if (result.Status == FrameStatus.Invalid)
                {
                    Assert.False(string.IsNullOrEmpty(result.Reason));
                    return new FramedStream(records, result.Reason, calls);
                }

                if (result.Status == FrameStatus.NeedMore)
                {
                    Assert.InRange(result.Count, 1, framer.MaximumLength - available);
                    promised = Math.Max(promised, received + result.Count);
                    working.AsSpan(start + scanned, state.Scanned - scanned).Fill(0xEE);
                    break;
                }

                Assert.InRange(result.Count, 1, Math.Min(available, framer.MaximumLength));
                Assert.True(start + result.Count >= promised, "more was asked for than the record had");
                records.Add(stream[start..(start + result.Count)]);
                start += result.Count;
                (state, promised) = (default, 0);
            }
        }

        return new FramedStream(records, null, calls);
    }

    public static FramedStream InOnePiece(IRecordFramer framer, byte[] stream) => Of(framer, stream, () => Math.Max(1, stream.Length));

    public static FramedStream ByteByByte(IRecordFramer framer, byte[] stream) => Of(framer, stream, () => 1);

    /// <summary>The same bytes in several segments, some of them empty.</summary>
    public static ReadOnlySequence<byte> Segmented(ReadOnlySequence<byte> bytes, Func<int> nextSegment)
    {
        var rest = bytes.ToArray().AsMemory();
        var first = new Segment(Memory<byte>.Empty, 0);
        var last = first;
        while (!rest.IsEmpty)
        {
            var length = Math.Min(nextSegment(), rest.Length);
            last = last.Append(rest[..length]);
            rest = rest[length..];
        }

        return new ReadOnlySequence<byte>(first, 0, last, last.Memory.Length);
    }

    private sealed class Segment : ReadOnlySequenceSegment<byte>
    {
        public Segment(ReadOnlyMemory<byte> memory, long runningIndex)
        {
            Memory = memory;
            RunningIndex = runningIndex;
        }

        public Segment Append(ReadOnlyMemory<byte> memory)
        {
            var next = new Segment(memory, RunningIndex + Memory.Length);
            Next = next;
            return next;
        }
    }
}
