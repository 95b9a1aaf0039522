using Broadside.NetStack.Wire;
using Broadside.PacketScripts.Parsing;

namespace Broadside.PacketScripts.Running;

/// <summary>Compares a packet that the stack sent, in the script's numbers, with the one expected.</summary>
/// <param name="configuration">What to compare, and how closely.</param>
/// <param name="isStrict">Whether echoes of timestamps are compared, which packetdrill does not.</param>
internal sealed class PacketMatcher(ScriptConfiguration configuration, bool isStrict)
{
    public bool Matches(ScriptPacket expected, ScriptPacket actual) =>
        Matches(expected.Network, actual.Network) && (expected.Transport, actual.Transport) switch
        {
            (TcpFields tcp, TcpFields actualTcp) => Matches(tcp, actualTcp),
            (UdpFields udp, UdpFields actualUdp) => udp.PayloadLength == actualUdp.PayloadLength,
            (IcmpFields icmp, IcmpFields actualIcmp) => Matches(icmp, actualIcmp),
            _ => false,
        };

    /// <summary>The actual packet with no more said than the expected one says, for a message.</summary>
    public static ScriptPacket Reduce(ScriptPacket actual, ScriptPacket expected) => actual with
    {
        Network = new(
            expected.Network.Ecn is null ? null : actual.Network.Ecn,
            expected.Network.TypeOfService is null ? null : actual.Network.TypeOfService,
            expected.Network.FlowLabel is null ? null : actual.Network.FlowLabel,
            expected.Network.TimeToLive is null ? null : actual.Network.TimeToLive),
    };

    private static bool Matches(NetworkFields expected, NetworkFields actual) =>
        expected.Ecn switch
        {
            null => true,
            EcnExpectation.EcnCapable => actual.Ecn is EcnExpectation.EcnCapable0 or EcnExpectation.EcnCapable1,
            var ecn => ecn == actual.Ecn,
        }
        && (expected.TypeOfService ?? actual.TypeOfService) == actual.TypeOfService
        && (expected.TimeToLive ?? actual.TimeToLive) == actual.TimeToLive
        && (expected.FlowLabel is null || actual.FlowLabel > 0);

    private static bool Matches(IcmpFields expected, IcmpFields actual) =>
        expected.Type == actual.Type
        && (expected.Code ?? actual.Code) == actual.Code
        && (expected.Mtu ?? actual.Mtu) == actual.Mtu
        && (expected.Identifier ?? actual.Identifier) == actual.Identifier;

    private bool Matches(TcpFields expected, TcpFields actual) =>
        ((expected.Flags ^ actual.Flags) & ~configuration.IgnoredFlags) == TcpFlags.None
        && expected.Sequence == actual.Sequence
        && expected.PayloadLength == actual.PayloadLength
        && ((actual.Flags & TcpFlags.Ack) == 0 || expected.Acknowledgment == actual.Acknowledgment)
        && (expected.Window ?? actual.Window) == actual.Window
        && expected.UrgentPointer == actual.UrgentPointer
        && (expected.Options is null || Matches(expected.Options, actual.Options ?? []));

    private bool Matches(IReadOnlyList<TcpOptionField> expected, IReadOnlyList<TcpOptionField> actual) =>
        expected.Count == actual.Count && expected.Zip(actual).All(pair => Matches(pair.First, pair.Second));

    private bool Matches(TcpOptionField expected, TcpOptionField actual) => (expected, actual) switch
    {
        (TimestampsField timestamps, TimestampsField actualTimestamps) => Matches(timestamps, actualTimestamps),
        (SackField sack, SackField actualSack) => sack.Ranges.SequenceEqual(actualSack.Ranges),
        _ => expected == actual,
    };

    private bool Matches(TimestampsField expected, TimestampsField actual) =>
        (!isStrict || expected.EchoReply == actual.EchoReply)
        && (configuration.TimestampTick == TimeSpan.Zero
            || Math.Abs((long)(int)(actual.Value - expected.Value)) * configuration.TimestampTick <= configuration.Tolerance);
}
