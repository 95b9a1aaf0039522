using Broadside.NetStack.Network;
using Broadside.NetStack.Wire;

namespace Broadside.NetStack.Tcp;

/// <summary>
/// Answers SYNs without keeping anything of them (RFC 4987 section 3.6): our initial sequence number is a keyed hash of the flow, of the
/// client's number and of the time, plus the place of its segment size in a table. With timestamps the other options are in the lowest
/// bits of ours, which the client echoes; the hash covers them.
/// </summary>
/// <remarks>
/// Of all acknowledgment numbers that a blind sender can try, 16 are good (8 sizes, 2 periods): one of 2^28, and none at all unless
/// cookies were sent lately.
/// </remarks>
internal sealed class SynCookies(Func<KeyedHash> createSecret)
{
    /// <summary>A cookie is good in the period in which it was made and in the next: for one to two of these.</summary>
    public static readonly TimeSpan Period = TimeSpan.FromSeconds(64);

    private const int OptionBits = 6;
    private const uint OptionMask = (1 << OptionBits) - 1;
    private const uint WindowScaleMask = 0xF;
    private const uint NoWindowScale = 0xF;
    private const uint SackBit = 0x10;
    private const uint EcnBit = 0x20;

    /// <summary>In the hash's input, for peers without timestamps.</summary>
    private const uint NoTimestamps = 1 << OptionBits;

    private const int DefaultSegmentSize = 536;

    // The least that is met, RFC 9293's default, IPv6's least (1280 - 60), tunnels, IPv6, PPPoE and IPv4 on Ethernet, IPv6 in jumbo frames.
    private static readonly ushort[] SegmentSizes = [216, DefaultSegmentSize, 1220, 1400, 1440, 1452, 1460, 8940];

    private readonly SynCookieSecrets _secrets = new(createSecret);
    private long _lastPeriod = long.MinValue;

    /// <summary>The cookie for a SYN.</summary>
    /// <param name="flow">The connection it asks for.</param>
    /// <param name="clientNumber">Its sequence number.</param>
    /// <param name="options">Its options.</param>
    /// <param name="ecn">Whether it asks for explicit congestion notification.</param>
    /// <param name="timestamp">What our timestamp would be now, the flow's offset included; not used if the SYN has none.</param>
    /// <param name="now">The time.</param>
    public SynCookie Create(in Flow flow, SequenceNumber clientNumber, in TcpOptions options, bool ecn, uint timestamp, TimeSpan now)
    {
        _lastPeriod = PeriodOf(now);
        var optionBits = NoTimestamps;
        if (options.Timestamps is not null)
        {
            optionBits = Encode(options, ecn);
            timestamp = WithLowBits(timestamp, optionBits);
        }

        var place = PlaceOf(options.MaximumSegmentSize ?? DefaultSegmentSize);
        return new(new(Hash(flow, clientNumber, optionBits, _lastPeriod) + (uint)place), timestamp);
    }

    /// <summary>Whether an ACK answers a cookie of ours that is still good.</summary>
    /// <param name="flow">The connection.</param>
    /// <param name="clientNumber">The SYN's sequence number: one less than the ACK's.</param>
    /// <param name="cookie">Our initial sequence number: one less than what is acknowledged.</param>
    /// <param name="timestampEcho">The timestamp that is echoed; null if there is none.</param>
    /// <param name="now">The time.</param>
    /// <param name="terms">What was agreed on.</param>
    public bool TryValidate(
        in Flow flow, SequenceNumber clientNumber, SequenceNumber cookie, uint? timestampEcho, TimeSpan now, out SynCookieTerms terms)
    {
        var period = PeriodOf(now);
        var optionBits = timestampEcho is { } echo ? echo & OptionMask : NoTimestamps;
        for (var made = period; made >= period - 1; made--)
        {
            var place = cookie.Value - Hash(flow, clientNumber, optionBits, made);
            if (made <= _lastPeriod && place < SegmentSizes.Length)
            {
                terms = Decode(SegmentSizes[place], optionBits);
                return true;
            }
        }

        terms = default;
        return false;
    }

    private static long PeriodOf(TimeSpan now) => now.Ticks / Period.Ticks;

    private static int PlaceOf(int segmentSize)
    {
        var place = SegmentSizes.Length - 1;
        while (place > 0 && SegmentSizes[place] > segmentSize)
        {
            place--;
        }

        return place;
    }

    private static uint Encode(in TcpOptions options, bool ecn) =>
        (options.WindowScale ?? NoWindowScale) | (options.SackPermitted ? SackBit : 0) | (ecn ? EcnBit : 0);

    private static SynCookieTerms Decode(int segmentSize, uint optionBits) => optionBits == NoTimestamps
        ? new() { MaximumSegmentSize = segmentSize }
        : new()
        {
            MaximumSegmentSize = segmentSize,
            Timestamps = true,
            WindowScale = (optionBits & WindowScaleMask) is var scale && scale != NoWindowScale ? (byte)scale : null,
            SackPermitted = (optionBits & SackBit) != 0,
            Ecn = (optionBits & EcnBit) != 0,
        };

    // Never ahead of the clock: the timestamps that follow must not be less (RFC 7323 section 5.4).
    private static uint WithLowBits(uint timestamp, uint optionBits)
    {
        var encoded = (timestamp & ~OptionMask) | optionBits;
        return (int)(encoded - timestamp) > 0 ? encoded - (1 << OptionBits) : encoded;
    }

    private uint Hash(in Flow flow, SequenceNumber clientNumber, uint optionBits, long period)
    {
        Span<ulong> words = stackalloc ulong[Flow.MaximumWords + 2];
        var count = flow.Pack(words);
        words[count] = ((ulong)clientNumber.Value << 32) | optionBits;
        words[count + 1] = (ulong)period;
        return (uint)_secrets.For(period).Secure(words[..(count + 2)]);
    }
}
