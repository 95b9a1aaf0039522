using Broadside.NetStack.Network;
using Broadside.NetStack.Wire;

namespace Broadside.NetStack.Tcp;

/// <summary>
/// Where a connection's sequence numbers and timestamps begin. For one flow both go on rising from connection to connection, so that
/// segments of an old one are known as such; from one flow nothing is learnt of another (RFC 6528 section 3).
/// </summary>
internal sealed class InitialSequenceNumbers(KeyedHash secret)
{
    /// <summary>The clock M of RFC 6528: one every 4 microseconds.</summary>
    private const long ClockTicks = 4 * TimeSpan.TicksPerMicrosecond;

    /// <summary>ISN = M + F(flow, secret).</summary>
    public SequenceNumber For(in Flow flow, TimeSpan now) =>
        new((uint)(now.Ticks / ClockTicks) + (uint)secret.Secure(flow, Purpose.SequenceNumber));

    /// <summary>
    /// What a flow adds to the clock of its timestamps, so that they do not tell how long the host is up (RFC 7323 section 7.1).
    /// </summary>
    public uint TimestampOffset(in Flow flow) => (uint)secret.Secure(flow, Purpose.Timestamp);

    private static class Purpose
    {
        public const ulong SequenceNumber = 1;
        public const ulong Timestamp = 2;
    }
}
