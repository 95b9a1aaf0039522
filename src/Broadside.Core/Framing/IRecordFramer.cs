using System.Buffers;

namespace Broadside;

/// <summary>Finds record boundaries in a byte stream; the wire format stays the application's.</summary>
/// <remarks>
/// One framer serves any number of connections on any threads: what it must remember between calls is in the connection's
/// <see cref="FramerState"/>. It never rescans: the bytes given always begin at the record's first byte, and the
/// state tells how far the last call got.
/// </remarks>
public interface IRecordFramer
{
    /// <summary>The largest record it will frame, in bytes. Longer ones are <see cref="FrameResult.Invalid"/> as soon as that can be told.</summary>
    int MaximumLength { get; }

    /// <summary>Looks for the end of the record that begins at the first byte.</summary>
    /// <param name="bytes">At least one byte; all that was received from the record's first byte on.</param>
    /// <param name="state"><c>default</c> for a record's first call, then as the last call left it.</param>
    /// <returns>Complete, more needed, or invalid. Never throws on any input.</returns>
    FrameResult TryFrame(in ReadOnlySequence<byte> bytes, ref FramerState state);
}
