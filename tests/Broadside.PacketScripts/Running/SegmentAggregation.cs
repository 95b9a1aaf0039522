using Broadside.NetStack.Wire;
using Broadside.PacketScripts.Parsing;

namespace Broadside.PacketScripts.Running;

/// <summary>Which segments could have been cut from one by a device, and what that one was.</summary>
internal static class SegmentAggregation
{
    /// <summary>What a device sets on the first or the last of the segments that it cuts only.</summary>
    private const TcpFlags OnOneSegment = TcpFlags.Fin | TcpFlags.Psh | TcpFlags.Cwr;

    public static bool Continues(TcpFields whole, TcpFields previous, TcpFields next, int expectedLength) =>
        next.Sequence == whole.Sequence + (uint)whole.PayloadLength
        && next.PayloadLength > 0
        && (previous.Flags & (TcpFlags.Fin | TcpFlags.Psh)) == 0
        && ((next.Flags ^ previous.Flags) & ~OnOneSegment) == 0
        && next.Acknowledgment == previous.Acknowledgment
        && next.Window == previous.Window
        && next.PayloadLength <= previous.PayloadLength
        && (next.PayloadLength == previous.PayloadLength || whole.PayloadLength + next.PayloadLength >= expectedLength);

    public static TcpFields Join(TcpFields whole, TcpFields next) => whole with
    {
        PayloadLength = whole.PayloadLength + next.PayloadLength,
        Flags = whole.Flags | (next.Flags & OnOneSegment),
    };
}
